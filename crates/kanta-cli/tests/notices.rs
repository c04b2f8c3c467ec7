//! `kanta notice`: sample, check, sign.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use common::{kanta, kanta_with};
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
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_not_signed() {
    let sample = kanta(&["notice", "sample"]).exits(0).text();
    let wrong = sample.replacen("\"recorded\"", "\"recordet\"", 1);
    let check = kanta_with(wrong.as_bytes(), &["notice", "check", "-"]).exits(1);
    assert!(check.text().contains("Bundle.entry[0].resource.recorded"));
    kanta_with("<html>", &["notice", "check", "-"]).exits(2);
    kanta(&["notice", "sample", "--pairs", "0"]).exits(2);
}

#[test]
fn in_production_everything_that_is_missing_is_told() {
    let run = kanta(&["notice", "sample", "--environment", "production"]).exits(2);
    assert!(run.err.contains("fhir.profile.patient"), "{}", run.err);
    assert!(run.err.contains("KANTA-SPEC-INCOMPLETE"));
}
