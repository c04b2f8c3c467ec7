//! What the tests share: samples and the strangers who judge.
#![allow(dead_code, reason = "each test file takes its part")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use kanta_core::spec::Spec;
use kanta_fhir::Bindings;
use kanta_testkit::register::sample_batch;
use serde_json::Value;

pub(crate) static SPEC: LazyLock<Spec> = LazyLock::new(kanta_testkit::test_spec);

/// The transaction of so many sample notices, not signed.
pub(crate) fn bundle_json(notices: u32) -> Vec<u8> {
    let batch = sample_batch(notices);
    let bindings = Bindings::from_spec(&SPEC).unwrap();
    serde_json::to_vec(&batch.to_bundle(&bindings).unwrap()).unwrap()
}

pub(crate) fn edit(json: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(json).unwrap();
    change(&mut value);
    serde_json::to_vec(&value).unwrap()
}

/// Where `scripts/test` put the judges; says loudly that they are not there.
pub(crate) fn judges(what: &str) -> Option<PathBuf> {
    let judges = std::env::var_os("KANTA_JUDGES").map(PathBuf::from);
    if judges.is_none() {
        eprintln!("SKIPPED: KANTA_JUDGES is not set (scripts/test sets it); {what}");
    }
    judges
}

pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/judges")
        .join(name)
}

/// Runs a judge with an input and returns what it says, as JSON.
pub(crate) fn ask(command: &mut Command, input: &[u8]) -> Value {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the judge failed");
    serde_json::from_slice(&output.stdout).unwrap()
}
