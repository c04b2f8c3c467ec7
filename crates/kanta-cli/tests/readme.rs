//! The road that the README shows, run as it stands there.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const README: &str = include_str!("../../../README.md");
const HEADING: &str = "\n## Archive a document from the shell\n";

/// The blocks of commands below the heading: the one for the first terminal, and the one for the second.
fn blocks() -> [&'static str; 2] {
    let (_, section) = README.split_once(HEADING).unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let blocks: Vec<&str> = section
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split_once("```").unwrap().0)
        .collect();
    blocks.try_into().unwrap()
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A shell in a folder, in which `kanta` is the command under test.
fn shell(folder: &Path, script: &str) -> Command {
    let programs = Path::new(assert_cmd::cargo::cargo_bin!("kanta"))
        .parent()
        .unwrap();
    let mut paths = vec![programs.to_owned()];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let mut shell = Command::new("sh");
    shell
        .args(["-e", "-c", script])
        .current_dir(folder)
        .env("PATH", std::env::join_paths(paths).unwrap());
    shell
}

#[test]
fn a_newcomer_archives_a_document_by_pasting_from_the_readme() {
    let [first, second] = blocks();
    let (install, server) = first.trim_end().split_once('\n').unwrap();
    let path = install.rsplit_once(" --path ").unwrap().1;
    assert!(
        Path::new(env!("CARGO_MANIFEST_DIR")).ends_with(path),
        "{path}"
    );

    let folder = tempfile::tempdir().unwrap();
    // The shell becomes the server, so that no process is left behind.
    let mut server = shell(folder.path(), &format!("exec {server}"))
        .stdout(Stdio::piped())
        .spawn()
        .map(Server)
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(server.0.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    assert!(line.contains("\"archive\""), "{line}");

    let output = shell(folder.path(), second).output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(output.status.success(), "{out}{err}");
    for shown in [
        "2.999.1506.15007.2026.1.1  ",
        "valid: yes",
        "signed.xml: archived 1.2.246.10.99999999.11.2026.1",
        "\narchived 1.2.246.10.99999999.11.2026.1 ",
    ] {
        assert!(out.contains(shown), "{shown} is not in\n{out}{err}");
    }
    // A road without warnings: the only message is the count of the queue.
    assert_eq!(err, "1 in all: 1 archived\n");
}
