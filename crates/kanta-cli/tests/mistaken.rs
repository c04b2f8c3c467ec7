//! Mistakes of people who do not know the command yet: the right file in the wrong place. The message says what to do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use common::{Fixture, PLAN, RELATION, document_new, kanta};
use kanta_testkit::TestArchive;

/// A command line, what the message says, and the exit code.
type Mistake<'m> = (&'m [&'m str], &'m str, i32);

#[track_caller]
fn told(mistakes: &[Mistake<'_>]) {
    for (arguments, told, code) in mistakes {
        let run = kanta(arguments).exits(*code);
        let all = format!("{}{}", run.err, run.text());
        assert!(
            all.contains(told),
            "{arguments:?}: {told:?} is not in\n{all}"
        );
        assert!(all.contains("KANTA-"), "{arguments:?} has no code: {all}");
    }
}

#[test]
fn files_in_the_wrong_place_are_told_by_what_they_are() {
    let fixture = Fixture::new();
    let [plan, content, cert, key] =
        ["plan.toml", "plan.json", "signing.pem", "signing.key"].map(|name| fixture.path(name));
    let document = fixture.write("plan.xml", fixture.unsigned("plan"));
    let new = |metadata: &str, content: &str, structure: &str| {
        document_new(metadata, content, structure, &[])
    };
    new(&content, &plan, PLAN)
        .exits(2)
        .says("this is JSON, and TOML is read here")
        .says("`kanta document template` shows the TOML");
    new(&document, &content, PLAN)
        .exits(2)
        .says("this is XML, and TOML is read here");
    new(&cert, &content, PLAN)
        .exits(2)
        .says("this is PEM, and TOML is read here");
    new(&plan, &content, RELATION)
        .exits(1)
        .says("give the structure that the content follows");
    let none = fixture.write("none", "");
    told(&[
        (&["structure", "show", &none], "KANTA-SCHEMA-JSON", 2),
        (
            &["structure", "show", &content],
            "KANTA-SCHEMA-INCOMPLETE",
            2,
        ),
        (&["xml", "canonicalize", &content], "KANTA-CLI-XML", 2),
        (
            &[
                "sign", "document", &document, "--kind", "system", "--key", &cert, "--cert", &key,
            ],
            "the two are the other way round",
            2,
        ),
        (
            &["spec", "check", &fixture.path("no-bundle")],
            "give a folder that is there and can be read",
            2,
        ),
        (
            &["testbed", "--data", &plan],
            "give a folder that is there or can be made",
            2,
        ),
        (
            &["--json", "testbed", "--listen", "8443"],
            "such as 127.0.0.1:8443",
            2,
        ),
        (
            &["outbox", "list", "--db", &plan, "--db-trust", &cert],
            "leave --db-trust out",
            2,
        ),
        (
            &[
                "outbox",
                "list",
                "--db",
                "postgresql://u:p@localhost:port/x",
            ],
            "write postgresql://user:password@host/database",
            2,
        ),
        (
            &["outbox", "list", "--db", "postgresql://"],
            "it names no host",
            2,
        ),
    ]);
    let missing = kanta(&["spec", "check", &fixture.path("no-bundle")]);
    assert_eq!(
        missing.err.matches("no-bundle").count(),
        1,
        "{}",
        missing.err
    );
    let empty = fixture.path("empty");
    std::fs::create_dir(&empty).unwrap();
    kanta(&["structure", "list", &empty])
        .exits(0)
        .says("no structures");
    kanta(&["structure", "diff", PLAN, PLAN])
        .exits(0)
        .says("nothing changed");
}

/// The places are those of the file that was given, even where they look like places of a document.
#[test]
fn a_document_in_place_of_its_display_form_is_told_once() {
    let fixture = Fixture::new();
    let document = fixture.write("plan.xml", fixture.unsigned("plan"));
    let plan = fixture.path("plan.toml");
    let new = ["document", "new", "--metadata", &plan];
    let run = kanta(&[&new[..], &["--display", &document]].concat())
        .exits(1)
        .says(&format!(
            "KANTA-DOC-DISPLAY-FORM at {document}, /ClinicalDocument: "
        ));
    assert!(!run.err.contains("DISPLAY-ACTIVE"), "{}", run.err);
    kanta(&[&new[..], &["--pdf", &document]].concat())
        .exits(1)
        .says(&format!("KANTA-DOC-PDF at {document}: "));
}

/// The verdict that comes with signing was kept back.
#[test]
fn a_signature_of_the_wrong_certificate_is_told_when_it_is_made() {
    let fixture = Fixture::new();
    let document = fixture.write("plan.xml", fixture.unsigned("plan"));
    let (cert, key) = (fixture.path("client.pem"), fixture.path("client.key"));
    kanta(&[
        "sign", "document", &document, "--kind", "system", "--key", &key, "--cert", &cert,
    ])
    .exits(0)
    .says("KANTA-SIGNER-ORGANISATION");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_archive_run_lacks_is_told_by_the_names_of_the_command() {
    let fixture = Fixture::new();
    let archive = TestArchive::start(Vec::new()).await.unwrap();
    let config = common::config_for(&archive, &fixture);
    let document = fixture.write("plan.xml", fixture.unsigned("plan"));
    let (cert, key) = (fixture.path("signing.pem"), fixture.path("signing.key"));
    let run = ["archive", &document, "--config", &config];
    kanta(&run).exits(1).says("give --sign system");
    kanta(&[&run[..], &["--key", &key, "--cert", &cert]].concat())
        .exits(2)
        .says("add --sign system or --sign professional");
    let text = std::fs::read_to_string(&config).unwrap();
    for address in ["http://localhost:1/", "localhost", "https://"] {
        let wrong = fixture.write("wrong.toml", text.replace(&archive.url(), address));
        kanta(&["archive", &document, "--config", &wrong, "--sign", "system"])
            .exits(2)
            .says("write https://host/path [KANTA-CLI-ADDRESS]");
    }
}
