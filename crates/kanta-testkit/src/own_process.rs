//! Tests that need a process of their own: what they start is started once for a process, and reads the environment.
//!
//! Such a test runs the test program a second time for itself alone; so it does not matter whether the runner gives every test
//! a process or a thread.

use std::ffi::OsStr;
use std::process::Command;

const INSIDE: &str = "KANTA_TESTKIT_OWN_PROCESS";

/// Returns whether this process is the test's own.
#[must_use]
pub fn is_inside(test: &str) -> bool {
    std::env::var(INSIDE).is_ok_and(|inside| inside == test)
}

/// Runs a test, named as the test program names it, in its own process and waits for it.
///
/// # Panics
/// When it fails there.
pub fn run(test: &str, environment: &[(&str, &OsStr)]) {
    let program = std::env::current_exe().expect("a program knows where it is");
    let status = Command::new(program)
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(INSIDE, test)
        .envs(environment.iter().copied())
        .status()
        .expect("the test program can be started again");
    assert!(status.success(), "{test} failed in its own process");
}

/// Says loudly that a test is skipped.
pub fn skip<T>(test: &str, why: &str) -> Option<T> {
    eprintln!("SKIPPED: {test}: {why}");
    None
}
