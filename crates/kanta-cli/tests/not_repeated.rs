//! What the user gave is not repeated in messages: it may be an identity code.

#![allow(clippy::unwrap_used, reason = "this is a test")]

mod common;

use common::{Fixture, PLAN_METADATA, kanta, kanta_with};

const CODE: &str = "090514A9226";

#[test]
fn arguments_are_not_repeated() {
    let fixture = Fixture::new();
    let context = fixture.path("context.toml");
    for arguments in [
        &["id", CODE][..],
        &[CODE],
        &["document", "show", "a.xml", CODE],
        &["document", "show", "a.xml", &format!("--{CODE}")],
        &["document", "body", "a.xml", "--part", CODE],
        &["frame", "store", "-", "--context", &context, "--time", CODE],
        &[
            "frame",
            "store",
            "-",
            "--context",
            &context,
            "--message-id",
            CODE,
        ],
        &["--environment", CODE, "document", "show", "a.xml"],
        &["outbox", "list", "--db", "a.db", "--state", CODE],
        &["outbox", "list", "--db", "a.db", "--limit", CODE],
        &["outbox", "show", CODE, "--db", "a.db"],
        &["structure", "sample", "a.json", "--seed", CODE],
        &[
            "archive",
            "a.xml",
            "--config",
            "a.toml",
            "--per-second",
            CODE,
        ],
        &["document", "show", CODE],
        &["document", "show", &format!("/no/{CODE}.xml")],
        &["spec", "check", &format!("/no/{CODE}")],
        &["testbed", "--structures", &format!("/no/{CODE}")],
    ] {
        for json in [&[][..], &["--json"]] {
            let run = kanta(&[json, arguments].concat()).exits(2);
            assert!(!run.err.contains(CODE), "{arguments:?}: {}", run.err);
            assert!(!run.err.is_empty(), "{arguments:?}");
        }
    }
    // An option is named as it was written: it is no value.
    kanta(&["document", "show", "a.xml", "--parts"])
        .exits(2)
        .says("--parts");
}

#[test]
fn keys_and_names_are_not_repeated() {
    let fixture = Fixture::new();
    let new = |metadata: &str| {
        let metadata = fixture.write("other.toml", metadata);
        fixture.new_plan(&metadata, &[])
    };
    for metadata in [
        format!("{PLAN_METADATA}\n[{CODE}]\na = 1\n"),
        format!("{CODE} = 1\n{PLAN_METADATA}"),
        format!("{CODE} = 1\n{CODE} = 1\n{PLAN_METADATA}"),
        format!("{PLAN_METADATA}\n[further_clients.{CODE}]\ngiven = 1\n"),
    ] {
        let run = new(&metadata).exits(2);
        assert!(!run.err.contains(CODE), "{}", run.err);
    }
    let folder = fixture.path("bundle");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(
        format!("{folder}/bundle.toml"),
        "name = \"x\"\nbased_on = []\ndate = \"2026-01-01\"",
    )
    .unwrap();
    for text in [
        format!("[{CODE}]\nx = 1"),
        format!("x = {{ {CODE} = 1, status = \"seen\" }}"),
        format!("x = {CODE}"),
    ] {
        std::fs::write(format!("{folder}/document.toml"), &text).unwrap();
        let run = kanta(&["--spec", &folder, "spec", "check"]);
        assert!(
            run.code == 2 && !run.err.contains(CODE),
            "{text}: {}",
            run.err
        );
    }
    let document = String::from_utf8(fixture.unsigned("plan")).unwrap();
    for (from, to) in [
        ("<typeId ".to_owned(), format!("<x{CODE}/><typeId ")),
        ("<typeId ".to_owned(), format!("<typeId x{CODE}=\"1\" ")),
        ("</family>".to_owned(), format!("</x{CODE}>")),
        ("<family>".to_owned(), format!("<x{CODE}:family>")),
        (
            "<family>".to_owned(),
            format!("<family x{CODE}=\"1\" x{CODE}=\"1\">"),
        ),
    ] {
        let changed = document.replacen(&from, &to, 1);
        assert_ne!(changed, document, "{from}");
        let run = kanta_with(changed, &["document", "check", "-"]);
        assert!(
            !format!("{}{}", run.err, run.text()).contains(CODE),
            "{to}: {}{}",
            run.err,
            run.text()
        );
    }
}

#[test]
fn what_nobody_means_is_refused() {
    let fixture = Fixture::new();
    let context = fixture.path("context.toml");
    let store = |option: &str, value: &str| {
        kanta_with(
            fixture.signed("plan"),
            &["frame", "store", "-", "--context", &context, option, value],
        )
    };
    store("--time", "0000-01-01T00:00:00Z")
        .exits(2)
        .says("before the year 1");
    store("--message-id", &format!("2.999.1^{}", "1".repeat(65)))
        .exits(2)
        .says("at most 64");
    store("--message-id", &format!("2.999.1^{}", "1".repeat(64))).exits(0);
    kanta_with(
        fixture.unsigned("plan"),
        &["frame", "store", "-", "--context", &context],
    )
    .exits(1)
    .says("the document is not signed");
    for (language, code) in [("sv", 0), ("en", 2), ("FI", 2), ("", 2)] {
        let metadata = fixture.write(
            "language.toml",
            PLAN_METADATA.replace("language = \"fi\"", &format!("language = \"{language}\"")),
        );
        fixture.new_plan(&metadata, &[]).exits(code);
    }
}
