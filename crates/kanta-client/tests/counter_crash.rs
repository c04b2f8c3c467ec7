//! Processes that share a counter and are killed at any instruction never get a number twice.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::HashSet;
use std::io::{Read, Write};
use std::num::NonZeroU32;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kanta_client::core::Counter;
use kanta_client::counter::FileCounter;

/// Names the counter for the child; without it the child's test does nothing.
const COUNTER: &str = "KANTA_TEST_COUNTER";
const BLOCK: &str = "KANTA_TEST_COUNTER_BLOCK";

/// Not a test of its own: what a child process runs until it is killed. A number counts as handed out once it is written.
#[test]
fn child_takes_numbers_until_it_is_killed() {
    let Ok(path) = std::env::var(COUNTER) else {
        return;
    };
    let block: NonZeroU32 = std::env::var(BLOCK).unwrap().parse().unwrap();
    let mut counter = FileCounter::open(path).unwrap().with_block(block);
    let mut out = std::io::stdout().lock();
    loop {
        let number = counter.next().unwrap();
        writeln!(out, "number {number}").unwrap();
        out.flush().unwrap();
    }
}

fn start(path: &std::path::Path, block: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "child_takes_numbers_until_it_is_killed",
            "--nocapture",
        ])
        .env(COUNTER, path)
        .env(BLOCK, block.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn killed_processes_never_get_a_number_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("counter");
    FileCounter::create(&path, 1).unwrap();
    let mut seen = HashSet::new();
    for round in 0..12_u64 {
        let mut children: Vec<Child> = [1, 1, 7].map(|block| start(&path, block)).into();
        let readers: Vec<_> = children
            .iter_mut()
            .map(|child| {
                let mut out = child.stdout.take().unwrap();
                std::thread::spawn(move || {
                    let mut text = String::new();
                    out.read_to_string(&mut text).unwrap();
                    text
                })
            })
            .collect();
        // Another moment of the work each round.
        std::thread::sleep(Duration::from_millis(40 + round * 7));
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        for reader in readers {
            let text = reader.join().unwrap();
            // A line that the kill cut short counts for nothing.
            let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            for number in whole
                .lines()
                .filter_map(|line| line.strip_prefix("number "))
            {
                assert!(
                    seen.insert(number.to_owned()),
                    "{number} was handed out twice"
                );
            }
        }
    }
    assert!(
        seen.len() > 12,
        "the children were killed before they took numbers"
    );
}
