//! A throw-away PostgreSQL cluster of Debian's `postgresql`, reached over a socket in its own folder, or over TLS.

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use kanta_client::write_private_file;

use crate::pki::KeyPair;

/// A cluster that runs as long as it is kept.
#[derive(Debug)]
pub struct PostgresCluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    /// The port on `localhost`, where the server speaks TLS only; none for a server that listens at its socket only.
    tls_port: Option<u16>,
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
        let cluster = Self::prepare(None)?;
        cluster.launch()?;
        Ok(cluster)
    }

    /// Starts an empty cluster that also listens on `localhost`, with this certificate, and takes nobody there without TLS.
    ///
    /// # Errors
    /// As [`PostgresCluster::start`].
    pub fn start_with_tls(server: &KeyPair) -> Result<Self, ClusterError> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let cluster = Self::prepare(Some(port))?;
        let data = cluster.folder.path().join("data");
        let access = "local all all trust\nhostssl all all localhost trust\n";
        for (name, content) in [
            ("server.crt", server.certificate.as_str()),
            ("server.key", server.key.as_str()),
            ("pg_hba.conf", access),
        ] {
            write_private_file(&data.join(name), content.as_bytes())?;
            if is_root() {
                run(Command::new("chown").arg("postgres").arg(data.join(name)))?;
            }
        }
        cluster.launch()?;
        Ok(cluster)
    }

    fn prepare(tls_port: Option<u16>) -> Result<Self, ClusterError> {
        let programs = programs().ok_or(ClusterError::NotInstalled)?;
        let folder = tempfile::Builder::new().prefix("kanta-pg-").tempdir()?;
        let cluster = Self {
            folder,
            programs,
            tls_port,
        };
        if is_root() {
            run(Command::new("chown")
                .arg("postgres")
                .arg(cluster.folder.path()))?;
        }
        let flags = "-U kanta -A trust -E UTF8 --locale=C --no-sync";
        run(cluster.program("initdb").args(flags.split(' ')))?;
        Ok(cluster)
    }

    /// Returns the address of the socket, as `key=value` pairs.
    #[must_use]
    pub fn url(&self) -> String {
        let folder = self.folder.path().display();
        let port = self.tls_port.map(|port| format!(" port={port}"));
        format!(
            "host={folder} user=kanta dbname=postgres{}",
            port.unwrap_or_default()
        )
    }

    /// Returns the address on `localhost`, where the server speaks TLS; `None` for one that listens at its socket only.
    #[must_use]
    pub fn tls_url(&self) -> Option<String> {
        let port = self.tls_port?;
        Some(format!("postgresql://kanta@localhost:{port}/postgres"))
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
        let network = match self.tls_port {
            Some(port) => format!("-c ssl=on -c listen_addresses=localhost -c port={port}"),
            None => "-c listen_addresses=".to_owned(),
        };
        let options = format!("-k {folder} {network} -c max_connections=50");
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
