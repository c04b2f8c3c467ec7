//! The test archive as a server ends by a signal in order, and nothing of it is left but what was asked for.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::io::Read;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

struct Server {
    process: Child,
    line: Value,
}

impl Server {
    /// Starts a test bed whose temporary folders come into this one.
    fn start(temporary: &Path, arguments: &[&str]) -> Self {
        let (process, line) = common::start_testbed(|command| {
            let command = command.args(arguments).env("TMPDIR", temporary);
            command.stderr(Stdio::piped())
        });
        Self { process, line }
    }

    fn text(&self, key: &str) -> &str {
        self.line[key].as_str().unwrap()
    }

    /// Sends a signal, and returns the exit code and what was told on standard error.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let process = self.process.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status();
        assert!(sent.unwrap().success(), "{signal}");
        let deadline = Instant::now() + Duration::from_secs(120);
        let status = loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "{signal} does not end it");
            sleep(Duration::from_millis(20));
        };
        let mut told = String::new();
        let mut err = self.process.stderr.take().unwrap();
        err.read_to_string(&mut told).unwrap();
        (status.code(), told)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const SIGNALS: [(&str, &str); 2] = [("-INT", "SIGINT"), ("-TERM", "SIGTERM")];

fn is_empty(folder: &Path) -> bool {
    folder.read_dir().unwrap().next().is_none()
}

#[test]
fn without_a_folder_everything_is_new_and_nothing_is_left() {
    for (signal, name) in SIGNALS {
        let temporary = tempfile::tempdir().unwrap();
        let server = Server::start(temporary.path(), &[]);
        assert_eq!(server.line["ui"], Value::Null);
        let pki = Path::new(server.text("pki"));
        assert!(pki.starts_with(temporary.path()) && pki.join("ca.pem").is_file());
        // A client that says nothing does not hold it up.
        let address = server.text("archive").strip_prefix("https://").unwrap();
        let client = TcpStream::connect(address.trim_end_matches('/')).unwrap();
        let (code, told) = server.end(signal);
        assert_eq!(code, Some(0), "{signal}: {told}");
        assert_eq!(
            told,
            format!("the test archive ended by {name}; its temporary folder is removed\n")
        );
        assert!(is_empty(temporary.path()), "{signal}");
        drop(client);
    }
}

#[test]
fn what_a_folder_keeps_is_kept() {
    for (signal, name) in SIGNALS {
        let temporary = tempfile::tempdir().unwrap();
        let data = tempfile::tempdir().unwrap();
        let arguments = ["--data", data.path().to_str().unwrap(), "--ui", "--json"];
        let server = Server::start(temporary.path(), &arguments);
        let (code, told) = server.end(signal);
        assert_eq!(code, Some(0), "{signal}: {told}");
        let message =
            format!("the test archive ended by {name}; what was stored is in the folder of --data");
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told, json!({ "message": message }));
        for file in ["archive.sqlite", "register.sqlite", "pki/ca.pem"] {
            assert!(data.path().join(file).is_file(), "{file}");
        }
        // The databases were closed: all that was written is in them, not in logs beside them.
        assert!(!data.path().join("archive.sqlite-wal").exists(), "{signal}");
        assert!(is_empty(temporary.path()), "{signal}");
    }
}
