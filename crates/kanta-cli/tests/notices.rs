//! `kanta notice`: sample, check, sign; and notices in the queue of `kanta outbox`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::path::Path;
use std::time::Duration;

use common::{Fixture, config_for, kanta, kanta_with};
use kanta_client::core::Report;
use kanta_client::outbox::sqlite::{self, SqliteOptions};
use kanta_client::outbox::{Claiming, Kind, Outbox, State, Verdict, conformance};
use kanta_testkit::TestArchive;
use kanta_testkit::pki::TestPki;
use serde_json::Value;

#[test]
fn a_sample_is_checked_signed_and_checked_again() {
    let folder = tempfile::tempdir().unwrap();
    let pki = TestPki::generate().unwrap();
    let (key, certificate) = (folder.path().join("k"), folder.path().join("c"));
    std::fs::write(&key, &pki.signing_key).unwrap();
    std::fs::write(&certificate, &pki.signing).unwrap();
    let sample = kanta(&["notice", "sample", "--pairs", "3"]).exits(0);
    assert_eq!(kanta(&["notice", "sample", "--pairs", "3"]).out, sample.out);
    let bundle: Value = serde_json::from_slice(&sample.out).unwrap();
    assert_eq!(bundle["entry"].as_array().unwrap().len(), 6);
    let check = kanta_with(sample.out.clone(), &["notice", "check", "-", "--json"]).exits(0);
    assert!(check.text().contains("KANTA-FHIR-NOT-SIGNED"));
    let sign = [
        "notice",
        "sign",
        "-",
        "--key",
        key.to_str().unwrap(),
        "--cert",
        certificate.to_str().unwrap(),
        "--time",
        "2026-03-02T10:20:32+02:00",
    ];
    let signed = kanta_with(sample.out.clone(), &sign).exits(0);
    let check = kanta_with(signed.out.clone(), &["notice", "check", "-", "--json"]).exits(0);
    assert_eq!(check.text().trim(), "[]");
    let changed = signed.text().replacen("Aino", "Eino", 1);
    let changed = changed.replacen("sosiaalityöntekijä", "sosiaaliohjaaja", 1);
    let check = kanta_with(changed.as_bytes(), &["notice", "check", "-", "--json"]).exits(1);
    assert!(check.text().contains("KANTA-FHIR-B-07"));
    kanta_with(signed.out.clone(), &sign).exits(2);

    // What production needs is not known, so nothing is verified there: that is no good verdict.
    for bundle in [signed.text(), changed] {
        let check = ["notice", "check", "-", "--environment", "production"];
        kanta_with(bundle, &check)
            .exits(2)
            .says("the signature cannot be verified: ")
            .says("KANTA-SPEC-INCOMPLETE");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_not_signed() {
    let sample = kanta(&["notice", "sample"]).exits(0).text();
    let wrong = sample.replacen("\"recorded\"", "\"recordet\"", 1);
    let check = kanta_with(wrong.as_bytes(), &["notice", "check", "-"]).exits(1);
    assert!(check.text().contains("Bundle.entry[0].resource.recorded"));
    kanta_with("<html>", &["notice", "check", "-"]).exits(2);
    for other in [
        r#"{"resourceType":"Patient"}"#,
        r#"{"resourceType":"Plan"}"#,
    ] {
        kanta_with(other, &["notice", "check", "-"])
            .exits(2)
            .says("give a Bundle of notices, an AuditEvent or a Provenance");
    }
    // A bundle that cannot be read as one is a matter of findings, signed or not.
    for malformed in [
        r#"{"resourceType":"Bundle","type":"transaction","entry":"x"}"#,
        r#"{"resourceType":"Bundle","type":1,"entry":"x","signature":{"data":7}}"#,
        r#"{"resourceType":"Bundle","signature":"x","entry":[7]}"#,
        r#"{"resourceType":"Bundle","signature":{"data":"eA=="},"entry":[{"resource":{"resourceType":"AuditEvent"}}]}"#,
    ] {
        let check = kanta_with(malformed, &["notice", "check", "-"]).exits(1);
        assert!(check.text().contains("Bundle.entry"), "{}", check.text());
    }
    let typeless = kanta_with("{}", &["notice", "check", "-"]).exits(1);
    assert!(typeless.text().contains("resourceType"));
    let doubled = r#"{"resourceType":"Patient","resourceType":"Patient"}"#;
    let doubled = kanta_with(doubled, &["notice", "check", "-"]);
    assert_ne!(doubled.code, 0);
    kanta(&["notice", "sample", "--pairs", "0"]).exits(2);
}

#[test]
fn in_production_everything_that_is_missing_is_told() {
    let run = kanta(&["notice", "sample", "--environment", "production"]).exits(2);
    assert!(run.err.contains("fhir.profile.patient"), "{}", run.err);
    assert!(run.err.contains("KANTA-SPEC-INCOMPLETE"));
}

/// A queue with notices in doubt, notices that wait and a document that waits, as a host leaves it; returns both notices.
async fn queue(path: &Path) -> [String; 2] {
    let outbox = sqlite::open(path, SqliteOptions::default()).await.unwrap();
    let [doubtful, waiting] = [1, 2].map(conformance::notices);
    let oids = [doubtful.oid().to_string(), waiting.oid().to_string()];
    outbox.put(vec![doubtful]).await.unwrap();
    let claiming = Claiming {
        worker: "host".to_owned(),
        kind: Kind::Notices,
        limit: 1,
        lease: Duration::from_secs(60),
        bundle_hash: None,
    };
    let claim = outbox.take(claiming).await.unwrap().remove(0);
    let lost = Verdict::Unknown(Report::new(), Duration::ZERO);
    let state = outbox.finish(&claim, lost).await.unwrap();
    assert_eq!(state, State::Parked);
    let entries = vec![waiting, conformance::entry("a", 1, 1)];
    outbox.put(entries).await.unwrap();
    outbox.close().await;
    oids
}

#[tokio::test]
async fn notices_in_the_queue_are_shown_decided_about_and_left_to_their_host() {
    let fixture = Fixture::new();
    let db = fixture.path("outbox.db");
    let [doubtful, waiting] = queue(Path::new(&db)).await;
    let outbox = |arguments: &[&str]| kanta(&[&["outbox"], arguments, &["--db", &db]].concat());
    let listed = outbox(&["list", "--kind", "notices"]).exits(0).text();
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert!(listed.contains(&format!("parked {doubtful} notices")));
    let shown = outbox(&["show", &doubtful, "--json"]).exits(0).json();
    assert_eq!(
        (&shown["kind"], &shown["doubts"]),
        (&"notices".into(), &1.into())
    );
    outbox(&["list", "--kind", "letters"])
        .exits(2)
        .says("KANTA-OUTBOX-KIND");

    // In doubt there is no plain retry, nor one of everything.
    outbox(&["retry", &doubtful])
        .exits(2)
        .says("KANTA-OUTBOX-CANNOT-ASK");
    outbox(&["retry", "--all", "parked", "--as", "absent"])
        .exits(0)
        .says("notices that are parked: 1")
        .says("`kanta outbox list --kind notices --state parked` lists them");
    let told = outbox(&["retry", "--all", "parked", "--json"]).exits(0);
    let told: Value = serde_json::from_str(&told.err).unwrap();
    assert!(
        told["message"].as_str().unwrap().contains("parked: 1"),
        "{told}"
    );
    let shown = outbox(&["show", &doubtful]).exits(0).text();
    assert!(shown.contains("state: parked"), "{shown}");

    // The worker of the command carries documents; this one has none that can be read.
    let archive = TestArchive::start(Vec::new()).await.unwrap();
    let config = config_for(&archive, &fixture);
    let run = ["run", "--config", &config];
    let run = outbox(&run).exits(1).says("disclosure notices: 1");
    assert!(run.text().contains("parked: 1"), "{}", run.text());
    let shown = outbox(&["show", &waiting]).exits(0).text();
    assert!(shown.contains("state: queued"), "{shown}");
    assert!(shown.contains("attempts: 0"), "{shown}");

    kanta(&["outbox", "retry", "--all", "archived", "--db", &db])
        .exits(2)
        .says("give rejected or parked");

    // A person decides, and is told what that may bring.
    // What comes after a mistake is not decided; what came before it is told.
    let again = outbox(&["retry", &doubtful, "2.999.1", "--as", "absent"])
        .exits(2)
        .says("KANTA-OUTBOX-NOT-FOUND");
    assert!(again.says("twice").text().contains("queued"));
}

#[test]
fn looking_makes_no_queue() {
    let fixture = Fixture::new();
    let (missing, empty) = (fixture.path("missing.db"), fixture.write("empty.db", ""));
    let folder = fixture.path("");
    let oid = "1.2.246.10.99999999.11.2026.1";
    for look in [
        &["outbox", "list"][..],
        &["outbox", "show", oid],
        &["outbox", "retry", oid],
    ] {
        for (db, problem) in [
            (&missing, "there is no such file; give the path"),
            (&empty, "the file is empty; give the path"),
            (&folder, "it is a folder; give the path of a file in it"),
        ] {
            kanta(&[look, &["--db", db]].concat())
                .exits(2)
                .says(problem);
        }
    }
    assert!(!Path::new(&missing).exists());
    assert_eq!(std::fs::read(&empty).unwrap(), b"");
}
