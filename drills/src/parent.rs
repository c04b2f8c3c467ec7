//! The drill itself: starts children, kills them, and judges in the end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kanta_testkit::{Fault, PostgresCluster, TestArchive, structures};

use crate::child::ENDED;
use crate::options::{Job, Options, Task};
use crate::random::Random;
use crate::verdict::{self, Verdict};
use crate::{Result, power_cut};

/// How long nothing may happen before the drill gives up.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(2);
/// What goes wrong at the archive now and then, besides the kills: whatever is not a clear refusal.
fn fault(random: &mut Random) -> Fault {
    loop {
        let fault = Fault::ALL[random.below(Fault::ALL.len() as u64) as usize];
        if !matches!(fault, Fault::RefuseIntegrity | Fault::RefuseAccess) {
            return fault;
        }
    }
}

pub(crate) async fn run(options: &Options) -> Result<bool> {
    let archive = TestArchive::start(vec![structures::client_plan()]).await?;
    let folder = tempfile::tempdir()?;
    write_pki(&archive, folder.path())?;
    let cluster = options.postgres.then(PostgresCluster::start).transpose()?;
    let database = folder.path().join("outbox.db");
    let outbox = match &cluster {
        Some(cluster) => cluster.url(),
        None => database.display().to_string(),
    };
    let jobs: &[Job] = if options.postgres {
        &[Job::Make, Job::Send, Job::Send, Job::Send]
    } else {
        &[Job::All]
    };
    let mut drill = Drill {
        archive: &archive,
        folder: folder.path().to_owned(),
        database,
        cluster,
        random: Random::new(options.seed),
        children: Vec::new(),
        tasks: Vec::new(),
        verdict: Verdict::new(options),
    };
    eprintln!("crash-drill: seed {}", options.seed);
    for job in jobs {
        drill.tasks.push(Task {
            job: *job,
            documents: options.documents,
            archive: archive.url(),
            folder: folder.path().to_owned(),
            outbox: outbox.clone(),
        });
        drill.children.push(None);
    }
    let begin = Instant::now();
    // Everything below waits with the thread: the archive has threads of its own.
    let end = tokio::task::block_in_place(|| drill.work(options));
    drill.end_children();
    if let Err(error) = end {
        let kept = folder.keep();
        return Err(format!("{error}; everything is kept in {}", kept.display()).into());
    }
    drill.verdict.seconds = begin.elapsed().as_secs_f64();
    verdict::judge(&mut drill.verdict, &archive, &outbox, folder.path()).await?;
    println!("{}", drill.verdict);
    Ok(drill.verdict.all_holds())
}

struct Drill<'a> {
    archive: &'a TestArchive,
    folder: PathBuf,
    database: PathBuf,
    cluster: Option<PostgresCluster>,
    random: Random,
    tasks: Vec<Task>,
    children: Vec<Option<Child>>,
    verdict: Verdict,
}

impl Drill<'_> {
    fn work(&mut self, options: &Options) -> Result<()> {
        for kill in 0..options.kills {
            self.start_children()?;
            self.archive.script([fault(&mut self.random)]);
            let ended = self.ended();
            let left = options.documents.saturating_sub(ended);
            // Kills are spread over the whole run; some fall into the start of a process.
            let share = left / (options.kills - kill) * 2;
            let until = ended + self.random.below(share + 1);
            if self.random.below(6) > 0 {
                self.wait_for(until, options.documents)?;
            }
            std::thread::sleep(Duration::from_micros(self.random.below(40_000)));
            self.kill()?;
        }
        self.wait_for_end(options.documents)
    }

    fn start_children(&mut self) -> Result<()> {
        for (task, child) in self.tasks.iter().zip(&mut self.children) {
            if let Some(running) = child
                && running.try_wait()?.is_none()
            {
                continue;
            }
            *child = Some(
                Command::new(std::env::current_exe()?)
                    .args(task.arguments())
                    .stdin(Stdio::null())
                    .stderr(Stdio::from(crate::child::append(
                        &self.folder.join("child.log"),
                    )?))
                    .spawn()?,
            );
        }
        Ok(())
    }

    fn kill(&mut self) -> Result<()> {
        if let Some(cluster) = &self.cluster
            && self.random.below(10) == 0
        {
            cluster.crash_and_restart()?;
            self.verdict.server_crashes += 1;
            return Ok(());
        }
        let which = self.random.below(self.children.len() as u64) as usize;
        let Some(child) = &mut self.children[which] else {
            return Ok(());
        };
        if self.cluster.is_none() && self.random.below(3) == 0 && self.database.exists() {
            power_cut::cut(child, &self.database, &self.folder, &mut self.random)?;
            self.verdict.power_cuts += 1;
        } else {
            child.kill()?;
            child.wait()?;
            self.verdict.kills += 1;
        }
        Ok(())
    }

    /// How many documents came to their end, as the children told.
    fn ended(&self) -> u64 {
        fs::metadata(self.folder.join(ENDED)).map_or(0, |log| log.len() / 2)
    }

    /// Waits until so many documents came to their end, keeping children alive. A child that was killed may not have told of its
    /// last one, so there is nothing to wait for when all are archived.
    fn wait_for(&mut self, ended: u64, documents: u64) -> Result<()> {
        let begin = Instant::now();
        while self.ended() < ended {
            std::thread::sleep(LOOK);
            self.start_children()?;
            let is_due = begin.elapsed() > LOOK * 100;
            if is_due && self.archive.documents().len() as u64 >= documents {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                return Err(self.stuck("waiting for a kill"));
            }
        }
        Ok(())
    }

    fn wait_for_end(&mut self, documents: u64) -> Result<()> {
        let begin = Instant::now();
        while (self.archive.documents().len() as u64) < documents || !self.all_ended()? {
            std::thread::sleep(LOOK * 20);
            if (self.archive.documents().len() as u64) < documents {
                self.start_children()?;
            }
            if begin.elapsed() > PATIENCE {
                return Err(self.stuck("waiting for the end"));
            }
        }
        // What the children knew last may not have been written down by them: once more, to the end.
        self.start_children()?;
        while !self.all_ended()? {
            std::thread::sleep(LOOK * 20);
            if begin.elapsed() > PATIENCE * 2 {
                return Err(self.stuck("waiting for the last run"));
            }
        }
        Ok(())
    }

    fn all_ended(&mut self) -> Result<bool> {
        for child in self.children.iter_mut().flatten() {
            if child.try_wait()?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn stuck(&self, at: &str) -> Box<dyn std::error::Error + Send + Sync> {
        let log = fs::read_to_string(self.folder.join("child.log")).unwrap_or_default();
        let last: Vec<_> = log.lines().rev().take(5).collect();
        let archived = self.archive.documents().len();
        format!("stuck {at}: {archived} are archived; the children said last: {last:?}").into()
    }

    fn end_children(&mut self) {
        for child in self.children.iter_mut().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn write_pki(archive: &TestArchive, folder: &Path) -> Result<()> {
    let pki = archive.pki();
    for (name, content) in [
        ("ca.pem", &pki.ca),
        ("client.pem", &pki.client),
        ("client.key", &pki.client_key),
        ("signing.pem", &pki.signing),
        ("signing.key", &pki.signing_key),
    ] {
        fs::write(folder.join(name), content)?;
    }
    Ok(())
}
