//! The command line, of the drill and of the children that it starts.

use std::path::PathBuf;

pub(crate) enum Role {
    Parent(Options),
    Child(Task),
}

/// What the drill does.
pub(crate) struct Options {
    pub(crate) documents: u64,
    pub(crate) kills: u64,
    pub(crate) postgres: bool,
    pub(crate) seed: u64,
}

/// What a child does.
#[derive(Clone)]
pub(crate) struct Task {
    pub(crate) job: Job,
    pub(crate) documents: u64,
    /// The address of the archive.
    pub(crate) archive: String,
    /// The folder of certificates, and where children leave their logs.
    pub(crate) folder: PathBuf,
    /// The file or the address of the outbox.
    pub(crate) outbox: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// Makes, queues and sends.
    All,
    /// Makes and queues.
    Make,
    /// Sends.
    Send,
}

impl Job {
    const ALL: [(Self, &str); 3] = [
        (Self::All, "all"),
        (Self::Make, "make"),
        (Self::Send, "send"),
    ];

    fn as_str(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

impl Task {
    /// The arguments by which a child gets its task.
    pub(crate) fn arguments(&self) -> Vec<String> {
        vec![
            "child".to_owned(),
            self.job.as_str().to_owned(),
            self.documents.to_string(),
            self.archive.clone(),
            self.folder.display().to_string(),
            self.outbox.clone(),
        ]
    }
}

pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Role, String> {
    let arguments: Vec<String> = arguments.collect();
    if let [first, job, documents, archive, folder, outbox] = arguments.as_slice()
        && first == "child"
    {
        let job = Job::ALL.iter().find(|(_, word)| word == job);
        return Ok(Role::Child(Task {
            job: job.ok_or("unknown job")?.0,
            documents: number("documents", Some(documents))?,
            archive: archive.clone(),
            folder: PathBuf::from(folder),
            outbox: outbox.clone(),
        }));
    }
    let mut options = Options {
        documents: 200,
        kills: 20,
        postgres: false,
        seed: std::process::id().into(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--documents" => options.documents = number("--documents", arguments.next())?,
            "--kills" => options.kills = number("--kills", arguments.next())?,
            "--seed" => options.seed = number("--seed", arguments.next())?,
            "--postgres" => options.postgres = true,
            other => return Err(format!("unknown argument `{other}`")),
        }
    }
    Ok(Role::Parent(options))
}

fn number(name: &str, value: Option<&String>) -> Result<u64, String> {
    value
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| format!("{name} needs a number"))
}
