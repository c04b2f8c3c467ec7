//! Identity codes and business ids against python-stdnum, another author's judgement of the same rules.
//!
//! Needs Python with the package `python-stdnum` (`pip install python-stdnum==2.2`); `KANTA_PYTHON` names the interpreter.

use std::io::Write;
use std::process::{Command, Stdio};

use kanta_core::{BusinessId, PersonalIdentityCode};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Reads one value a line; answers 1 or 0.
const JUDGE: &str = "
import sys
from stdnum.fi import hetu, ytunnus
for line in sys.stdin:
    kind, value = line.rstrip('\\n').split(' ', 1)
    good = hetu.is_valid(value, allow_temporary=True) if kind == 'hetu' else ytunnus.is_valid(value)
    print(1 if good else 0)
";

fn judge(questions: &[String]) -> Option<Vec<bool>> {
    let python = std::env::var("KANTA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_package = Command::new(&python)
        .args(["-c", "import stdnum.fi.hetu"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_package {
        eprintln!("SKIPPED: {python} with the package python-stdnum is not here");
        return None;
    }
    let mut child = Command::new(&python)
        .args(["-c", JUDGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut input = child.stdin.take().expect("the input is a pipe");
    let text = questions.join("\n");
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("python ends");
    writer
        .join()
        .expect("the writer ends")
        .expect("python reads");
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).expect("digits");
    Some(answers.lines().map(|line| line == "1").collect())
}

fn sample(strategy: impl Strategy<Value = String>, count: usize) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).expect("a value").current())
        .collect()
}

/// Text in the canonical form's alphabet: the days of birth are often right, the individual number is 900–999, 000 or 001.
fn identity_codes() -> Vec<String> {
    let guessed = sample(
        "(0[1-9]|[12][0-9]|3[01])(0[0-9]|1[0-2])[0-9]{2}[-+YXWVUABCDEF](9[0-9]{2}|00[01])[0-9A-FHJ-NPR-Y]",
        4000,
    );
    // One in thirty-one guesses has the right check character; here are all of them for some, the right one among them.
    let every_check = guessed.iter().take(200).flat_map(|code| {
        "0123456789ABCDEFHJKLMNPRSTUVWXY"
            .chars()
            .map(|check| format!("{}{check}", &code[..10]))
    });
    every_check.chain(guessed.iter().cloned()).collect()
}

#[test]
fn python_stdnum_agrees_on_identity_codes() {
    let codes = identity_codes();
    let questions: Vec<String> = codes.iter().map(|code| format!("hetu {code}")).collect();
    let Some(answers) = judge(&questions) else {
        return;
    };
    assert_eq!(answers.len(), codes.len());
    for (code, answer) in codes.iter().zip(&answers) {
        assert_eq!(PersonalIdentityCode::parse(code).is_ok(), *answer, "{code}");
    }
    assert!(answers.iter().filter(|good| **good).count() > 100);
}

#[test]
fn python_stdnum_agrees_on_business_ids() {
    let ids = sample("[0-9]{7}-[0-9]", 4000);
    let questions: Vec<String> = ids.iter().map(|id| format!("y-tunnus {id}")).collect();
    let Some(answers) = judge(&questions) else {
        return;
    };
    assert_eq!(answers.len(), ids.len());
    for (id, answer) in ids.iter().zip(&answers) {
        assert_eq!(BusinessId::parse(id).is_ok(), *answer, "{id}");
    }
    assert!(answers.iter().filter(|good| **good).count() > 100);
}
