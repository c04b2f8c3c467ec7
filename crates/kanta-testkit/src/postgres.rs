//! A throw-away PostgreSQL cluster of Debian's `postgresql`, reached over a socket in its own folder.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A cluster that runs as long as it is kept.
#[derive(Debug)]
pub struct PostgresCluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
}

/// A cluster that does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// PostgreSQL is not installed.
    #[error("PostgreSQL is not installed: apt-get install postgresql")]
    NotInstalled,
    /// One of its programs failed.
    #[error("{0} failed")]
    Program(String),
    /// The folder cannot be made, or a program cannot be run.
    #[error("the cluster cannot be made: {0}")]
    System(#[from] io::Error),
}

impl PostgresCluster {
    /// Starts an empty cluster; as root it runs as the user `postgres`, since the server refuses to run as root.
    ///
    /// # Errors
    /// [`ClusterError`] when PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self, ClusterError> {
        let programs = programs().ok_or(ClusterError::NotInstalled)?;
        let folder = tempfile::Builder::new().prefix("kanta-pg-").tempdir()?;
        let cluster = Self { folder, programs };
        if is_root() {
            run(Command::new("chown")
                .arg("postgres")
                .arg(cluster.folder.path()))?;
        }
        let flags = "-U kanta -A trust -E UTF8 --locale=C --no-sync";
        run(cluster.program("initdb").args(flags.split(' ')))?;
        cluster.launch()?;
        Ok(cluster)
    }

    /// Returns the address, as `key=value` pairs.
    #[must_use]
    pub fn url(&self) -> String {
        let folder = self.folder.path().display();
        format!("host={folder} user=kanta dbname=postgres")
    }

    /// Stops the server as a crash would, without writing anything more, and starts it again.
    ///
    /// # Errors
    /// [`ClusterError`] when it does not start again.
    pub fn crash_and_restart(&self) -> Result<(), ClusterError> {
        run(self
            .program("pg_ctl")
            .args(["-m", "immediate", "-w", "stop"]))?;
        self.launch()
    }

    fn launch(&self) -> Result<(), ClusterError> {
        let folder = self.folder.path().display();
        let options = format!("-k {folder} -c listen_addresses= -c max_connections=50");
        run(self.program("pg_ctl").args([
            "-w",
            "-l",
            &format!("{folder}/log"),
            "-o",
            &options,
            "start",
        ]))
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Below the folder that belongs to the server's user.
        command.arg("-D").arg(self.folder.path().join("data"));
        command
            .current_dir("/")
            .stdout(Stdio::null())
            .stdin(Stdio::null());
        command
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        let _ = self
            .program("pg_ctl")
            .args(["-m", "immediate", "stop"])
            .status();
    }
}

/// Returns the folder of the newest installed version's programs.
fn programs() -> Option<PathBuf> {
    std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|programs| programs.join("initdb").exists())
        .max()
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout == b"0\n")
}

fn run(command: &mut Command) -> Result<(), ClusterError> {
    if command.status()?.success() {
        return Ok(());
    }
    let program = command.get_program().to_string_lossy();
    Err(ClusterError::Program(program.into_owned()))
}
