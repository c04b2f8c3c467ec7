//! Documents through the outbox into a test archive that runs as a server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::process::Child;

use common::{Fixture, config_for, kanta};
use kanta_testkit::{Fault, TestArchive, structures};
use serde_json::Value;
use tempfile::TempDir;

struct Server {
    process: Child,
    config: String,
    outbox: String,
    _temporary: TempDir,
}

impl Server {
    fn start() -> Self {
        // Killed, a test bed leaves its folder behind.
        let temporary = tempfile::tempdir().unwrap();
        let (process, line) =
            common::start_testbed(|command| command.env("TMPDIR", temporary.path()));
        let pki = line["pki"].as_str().unwrap();
        Self {
            process,
            config: format!("{pki}/config.toml"),
            outbox: format!("{pki}/outbox.db"),
            _temporary: temporary,
        }
    }

    fn archive(&self, file: &str, more: &[&str]) -> common::Run {
        kanta(&[&["archive", file, "--config", &self.config], more].concat())
    }

    fn outbox(&self, arguments: &[&str]) -> common::Run {
        kanta(&[&["outbox"], arguments, &["--db", &self.outbox]].concat())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The fixture's plan, unsigned, under an identifier of its own.
fn plan(fixture: &Fixture, number: u32) -> String {
    let id = "\nid = \"1.2.246.10.99999999.11.2026.1\"";
    assert!(common::PLAN_METADATA.contains(id));
    let own = id.replace(".1\"", &format!(".{number}\""));
    fixture.write("plan.toml", common::PLAN_METADATA.replace(id, &own));
    fixture.write(&format!("{number}.xml"), fixture.unsigned("plan"))
}

#[test]
fn a_document_is_signed_queued_and_archived_once() {
    let (fixture, server) = (Fixture::new(), Server::start());
    let file = plan(&fixture, 71);
    // Without --sign an unsigned document is refused, and nothing is queued.
    let refused = server.archive(&file, &[]).exits(1);
    assert!(
        refused.text().contains("KANTA-MASS-SIGNER"),
        "{}",
        refused.text()
    );
    let archived = server.archive(&file, &["--sign", "system"]).exits(0);
    assert!(
        archived.text().contains("71.xml: archived"),
        "{}",
        archived.text()
    );
    // Once more: it is known, and not sent again.
    let again = server
        .archive(&file, &["--sign", "system", "--json"])
        .exits(0)
        .json();
    assert_eq!(again["state"], "archived");
    let list = server.outbox(&["list", "--json"]).exits(0).json();
    assert_eq!(
        (&list["state"], &list["attempts"]),
        (&"archived".into(), &1.into())
    );
    let oid = list["oid"].as_str().unwrap();
    let shown = server.outbox(&["show", oid]).exits(0).text();
    assert!(shown.contains("environment: test"), "{shown}");
    let content = server.outbox(&["show", oid, "--content"]).exits(0).out;
    let signed = fixture.write("signed.xml", content);
    kanta(&["verify", &signed]).exits(0);
    // A signed file goes as it is.
    server.archive(&signed, &[]).exits(0);
    server
        .outbox(&["retry", oid])
        .exits(2)
        .says("KANTA-OUTBOX-DECISION");
    server
        .outbox(&["show", "2.999.1"])
        .exits(2)
        .says("KANTA-OUTBOX-NOT-FOUND");
}

/// A numbering that went wrong does not pass for a document that was archived.
#[test]
fn another_document_under_the_same_identifier_is_refused() {
    let (fixture, server) = (Fixture::new(), Server::start());
    let first = plan(&fixture, 75);
    let content = common::PLAN_CONTENT.replace("Arki", "Toinen");
    assert_ne!(content, common::PLAN_CONTENT);
    fixture.write("plan.json", content);
    let second = fixture.write("second.xml", fixture.unsigned("plan"));
    let sign = ["--sign", "system"];
    let refused = "second.xml: refused 1.2.246.10.99999999.11.2026.75";
    for both in [true, false] {
        let run = match both {
            true => server.archive(&first, &[&[second.as_str()], &sign[..]].concat()),
            false => server.archive(&second, &sign),
        };
        let run = run.exits(1);
        assert!(run.text().contains(refused), "{}", run.text());
        assert!(
            run.text().contains("KANTA-OUTBOX-CONFLICT"),
            "{}",
            run.text()
        );
    }
    let again = server.archive(&first, &sign).exits(0);
    assert!(
        again.text().contains("75.xml: archived"),
        "{}",
        again.text()
    );
}

/// Nothing leaves for the server, so that none is needed here.
#[test]
fn documents_do_not_go_to_another_machine_in_clear() {
    let db = "postgresql://user:secret@db.example/queue";
    let told = kanta(&["outbox", "list", "--db", db])
        .exits(2)
        .says("KANTA-OUTBOX-CLEAR")
        .says("with --db-trust");
    assert!(!told.err.contains("secret"), "{}", told.err);
}

#[test]
fn a_rate_that_is_none_is_refused() {
    let (fixture, server) = (Fixture::new(), Server::start());
    let file = plan(&fixture, 76);
    for rate in ["nan", "0", "-0.5", "inf", "fast"] {
        let rate = format!("--per-second={rate}");
        server.archive(&file, &[&rate]).exits(2).says("above zero");
    }
}

#[test]
fn an_archive_that_is_away_keeps_documents_waiting() {
    let (fixture, mut server) = (Fixture::new(), Server::start());
    let file = plan(&fixture, 72);
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    let waits = server
        .archive(&file, &["--sign", "system"])
        .exits(4)
        .says("documents that wait: 1");
    assert!(waits.text().contains("queued"), "{}", waits.text());
    let run = ["outbox", "run", "--config", &server.config];
    let told = kanta(&run)
        .exits(4)
        .says("queued: error KANTA-OUTBOX-NOT-SENT")
        .says("check the address, the network and that the service is up, then try again [KANTA-TRANSPORT-UNREACHABLE]")
        .says("documents that wait: 1. Nothing is tried after this command has ended: call `kanta outbox run` again");
    assert!(told.text().contains("waiting: 1"), "{}", told.text());
    assert_eq!(told.err.lines().count(), 2, "{}", told.err);
    let told = kanta(&[&run[..], &["--json"]].concat()).exits(4);
    assert_eq!(told.json()["waiting"], 1);
    let lines: Vec<Value> = told
        .err
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [reason, next] = &lines[..] else {
        panic!("{}", told.err);
    };
    assert!(
        next["message"]
            .as_str()
            .unwrap()
            .contains("kanta outbox run")
    );
    assert_eq!(reason["state"], "queued");
    assert_eq!(reason["findings"][0]["rule"], "KANTA-OUTBOX-NOT-SENT");
    let listed = server
        .outbox(&["list", "--state", "queued"])
        .exits(0)
        .says("1 in all");
    assert!(listed.text().contains("attempts 3"), "{}", listed.text());
}

#[test]
fn a_mistake_in_usage_or_configuration_is_told() {
    let (fixture, server) = (Fixture::new(), Server::start());
    let file = plan(&fixture, 73);
    let production = ["--environment", "production"];
    server
        .archive(&file, &production)
        .exits(2)
        .says("KANTA-CLI-ENVIRONMENT");
    let config = fixture.write("bad.toml", "environment = \"test\"\nnonsense = 1\n");
    kanta(&["archive", &file, "--config", &config])
        .exits(2)
        .says("nonsense");
    kanta(&["outbox", "list", "--db", &fixture.path("none.db")])
        .exits(2)
        .says("no such file");
    let not_a_queue = fixture.write("notes.db", "x".repeat(2000));
    kanta(&["outbox", "list", "--db", &not_a_queue])
        .exits(2)
        .says("KANTA-OUTBOX-SCHEMA");
    kanta(&["archive", &file]).exits(2);
}

/// Nobody knows whether the document arrived, and the archive cannot be asked: exit code 3. When it can, the document is there
/// once.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_outcome_is_told_apart_and_settled_later() {
    let archive = TestArchive::start(vec![structures::client_plan()])
        .await
        .unwrap();
    let fixture = Fixture::new();
    let config = config_for(&archive, &fixture);
    let file = plan(&fixture, 74);
    archive.script(
        [Fault::CloseAfterStoring]
            .into_iter()
            .chain([Fault::CloseWithoutStoring; 50]),
    );
    let arguments = ["archive", &file, "--config", &config, "--sign", "system"];
    let unknown = kanta(&arguments).exits(3).text();
    assert!(unknown.contains("unknown"), "{unknown}");
    let run = ["outbox", "run", "--config", &config];
    let run_again = kanta(&run).exits(3).text();
    assert!(run_again.contains("unknown: 1"), "{run_again}");
    archive.clear_script();
    let settled = kanta(&run).exits(0).text();
    assert!(settled.contains("archived: 1"), "{settled}");
    assert_eq!(archive.documents().len(), 1);
}

#[test]
fn documents_wait_encrypted_under_a_key_from_a_file() {
    let (fixture, mut server) = (Fixture::new(), Server::start());
    let file = plan(&fixture, 75);
    let digits = "5a".repeat(32);
    let keys = fixture.write("outbox.keys", format!("2026-1 {digits}\n"));
    let key_file = ["--outbox-key-file", keys.as_str()];
    // The archive is away, so that the document waits.
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    server
        .archive(&file, &[&["--sign", "system"][..], &key_file].concat())
        .exits(4);
    for name in ["outbox.db", "outbox.db-wal"] {
        let stored = std::fs::read(server.outbox.replace("outbox.db", name)).unwrap_or_default();
        assert!(
            !stored.windows(8).any(|bytes| bytes == b"<Clinica"),
            "{name} is in clear"
        );
    }
    let listed = server.outbox(&["list", "--json"]).exits(0).json();
    assert_eq!(listed["key"], "2026-1");
    let oid = listed["oid"].as_str().unwrap();
    // Without the key there is no document; with another one of its name the queue does not open.
    let show = ["show", oid, "--content"];
    server.outbox(&show).exits(2).says("KANTA-OUTBOX-KEY");
    let shown = server
        .outbox(&[&show[..], &key_file].concat())
        .exits(0)
        .text();
    assert!(shown.contains("<ClinicalDocument"), "{shown}");
    fixture.write("outbox.keys", format!("2026-1 {}\n", "a5".repeat(32)));
    server
        .outbox(&[&show[..], &key_file].concat())
        .exits(2)
        .says("KANTA-OUTBOX-KEY");
    // An older key stands after the new one, in the configuration too.
    fixture.write(
        "outbox.keys",
        format!("2026-2 {}\n2026-1 {digits}\n", "a5".repeat(32)),
    );
    server.outbox(&[&show[..], &key_file].concat()).exits(0);
    let config = std::fs::read_to_string(&server.config).unwrap();
    let with_keys = format!("{config}\n[outbox]\ndatabase = \"outbox.db\"\nkeys = '{keys}'\n");
    std::fs::write(&server.config, with_keys).unwrap();
    kanta(&["outbox", "run", "--config", &server.config]).exits(4);
    let wrong = fixture.write("wrong.keys", "2026-1 12345\n");
    let told = server.outbox(&[&show[..], &["--outbox-key-file", &wrong]].concat());
    let told = told.exits(2).says("KANTA-CLI-OUTBOX-KEY");
    assert!(!told.err.contains("12345"), "{}", told.err);
}
