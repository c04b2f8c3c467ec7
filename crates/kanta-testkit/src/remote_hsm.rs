//! An HSM behind a network, that can be lost and come back: SoftHSM2 behind `p11-kit server`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::softhsm::SoftHsm;
use crate::tool::{self, ToolError};

/// The module that talks to the server, where Debian and others have it.
const MODULES: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so",
    "/usr/lib/aarch64-linux-gnu/pkcs11/p11-kit-client.so",
    "/usr/lib64/pkcs11/p11-kit-client.so",
];
const START: Duration = Duration::from_secs(10);

/// A server for the tokens of a [`SoftHsm`].
#[derive(Debug)]
pub struct RemoteHsm {
    socket: PathBuf,
    token: String,
    server: Option<Child>,
}

impl RemoteHsm {
    /// Returns the path of the module that talks to the server, if it is installed.
    #[must_use]
    pub fn module() -> Option<PathBuf> {
        tool::first_present(&MODULES)
    }

    /// Returns a server for a token, not yet started. The HSM's environment must be set in this process.
    #[must_use]
    pub fn new(hsm: &SoftHsm, token: &str) -> Self {
        Self {
            socket: hsm.scratch("hsm.socket"),
            token: token.to_owned(),
            server: None,
        }
    }

    /// Returns the environment that the module needs to find the server: it must be set before the process starts.
    #[must_use]
    pub fn environment(hsm: &SoftHsm) -> (&'static str, OsString) {
        let mut address = OsString::from("unix:path=");
        address.push(hsm.scratch("hsm.socket"));
        ("P11_KIT_SERVER_ADDRESS", address)
    }

    /// Starts the server and waits until it can be reached.
    ///
    /// # Errors
    /// [`ToolError`] when `p11-kit` is not installed or the server does not start.
    pub fn start(&mut self) -> Result<(), ToolError> {
        self.stop();
        let _ = fs::remove_file(&self.socket);
        let mut url = OsString::from("pkcs11:token=");
        url.push(&self.token);
        let server = Command::new("p11-kit")
            .args(["server", "--foreground", "--name"])
            .arg(&self.socket)
            .arg("--provider")
            .arg(SoftHsm::module().unwrap_or_default())
            .arg(url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|source| ToolError::Missing {
                program: "p11-kit".to_owned(),
                source,
            })?;
        self.server = Some(server);
        let until = Instant::now() + START;
        while !self.socket.exists() {
            if Instant::now() > until {
                return Err(ToolError::Failed {
                    program: "p11-kit".to_owned(),
                    output: "the server does not start".to_owned(),
                });
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Kills the server and the processes that it has for its clients, as a power cut does.
    pub fn stop(&mut self) {
        let Some(mut server) = self.server.take() else {
            return;
        };
        // Stopped first: a client that has lost its process connects again at once, and must not be given another.
        signal("-STOP", server.id());
        for process in children(server.id()) {
            signal("-KILL", process);
        }
        signal("-KILL", server.id());
        let _ = server.wait();
    }
}

impl Drop for RemoteHsm {
    fn drop(&mut self) {
        self.stop();
    }
}

fn signal(signal: &str, process: u32) {
    let _ = Command::new("kill")
        .arg(signal)
        .arg(process.to_string())
        .status();
}

/// Returns the processes that a process started, as Linux tells.
fn children(parent: u32) -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|process: &u32| parent_of(*process) == Some(parent))
        .collect()
}

fn parent_of(process: u32) -> Option<u32> {
    let stat =
        fs::read_to_string(Path::new("/proc").join(process.to_string()).join("stat")).ok()?;
    // The name in parentheses may hold anything; behind it come the state and the parent.
    let (_, behind) = stat.rsplit_once(')')?;
    behind.split_whitespace().nth(1)?.parse().ok()
}
