//! Signatures on bundles: made, verified, broken; strangers agree on the canonical form and on the signature.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::process::Command;

use common::{SPEC, ask, bundle_json, edit, judges, script};
use kanta_core::Instant;
use kanta_core::codes::{DocumentType, ServiceTask};
use kanta_core::spec::{Bundle as SpecBundle, Spec, TestOverlay};
use kanta_fhir::notice::{DisclosedData, DisclosureNotice, NoticeBatch, What};
use kanta_fhir::{Bindings, BundleSignatureProfile, SignError, SignedNotices, verify};
use kanta_sign::jws::canonical_json;
use kanta_sign::{DigestAlgorithm, Signer, SoftwareSigner};
use kanta_testkit::people;
use kanta_testkit::pki::TestPki;
use kanta_testkit::register::{disclosure, temporary_client};
use serde_json::{Value, json};

fn signer() -> SoftwareSigner {
    let pki = TestPki::generate().unwrap();
    SoftwareSigner::from_pem(pki.signing_key.as_bytes(), pki.signing.as_bytes()).unwrap()
}

fn now() -> Instant {
    Instant::parse("2026-03-02T08:20:32Z").unwrap()
}

fn profile(spec: &Spec) -> BundleSignatureProfile {
    BundleSignatureProfile::from_spec(spec).unwrap()
}

/// The test bundle with another canonical form and another form of the signature.
fn spec(canonicalisation: &str, form: &str) -> Spec {
    let fhir = format!(
        "[signature]\n\
         canonicalisation = {{ value = \"{canonicalisation}\", status = \"made-up\", source = \"this test\" }}\n\
         form = {{ value = \"{form}\", status = \"made-up\", source = \"this test\" }}\n"
    );
    let head = "name = \"t\"\nbased_on = []\ndate = \"2026-01-01\"\nenvironment = \"test\"";
    let overlay = TestOverlay::read([("bundle.toml", head), ("fhir.toml", &fhir)]).unwrap();
    Spec::for_test(
        &[SpecBundle::embedded()],
        &[kanta_testkit::overlay(), overlay],
    )
}

#[test]
fn what_is_signed_verifies_in_every_form_and_no_byte_before_it_changes() {
    let signer = signer();
    for canonicalisation in ["jcs", "none"] {
        for form in ["detached", "compact"] {
            let spec = spec(canonicalisation, form);
            let profile = profile(&spec);
            let bundle = bundle_json(2);
            let signed = SignedNotices::sign(&bundle, &spec, &profile, &signer, now()).unwrap();
            assert_eq!(signed.entries(), 4);
            let json = signed.as_json();
            assert!(json.starts_with(&bundle[..bundle.len() - 1]));
            let verification = verify(json, &profile).unwrap();
            assert!(verification.is_valid(), "{}", verification.findings());
            assert_eq!(verification.when(), Some(now()));
            let report = kanta_fhir::check(json, &spec).unwrap();
            assert!(!report.has_errors(), "{report}");
            assert!(!report.has("KANTA-FHIR-NOT-SIGNED"));
            let kept = SignedNotices::from_bytes(json.to_vec(), &spec, &profile).unwrap();
            assert!(kept == signed);
            let again = SignedNotices::sign(json, &spec, &profile, &signer, now());
            assert_eq!(again.unwrap_err(), SignError::AlreadySigned);
        }
    }
}

#[test]
fn nobody_signs_with_a_certificate_that_is_not_valid_at_the_time_of_the_signature() {
    let signer = signer();
    let certificate = signer.certificate();
    let (from, until) = (certificate.not_before(), certificate.not_after());
    let later = |time: Instant, seconds| Instant::from_unix(time.unix_seconds() + seconds, 0);
    let sign =
        |time: Instant| SignedNotices::sign(&bundle_json(1), &SPEC, &profile(&SPEC), &signer, time);
    for time in [later(from, -1), later(until, 1)] {
        let error = sign(time.unwrap()).unwrap_err();
        assert!(matches!(error, SignError::Validity(_)), "{error}");
        assert!(error.to_string().ends_with("[KANTA-SIGN-VALIDITY]"));
    }
    for time in [from, until] {
        assert!(sign(time).is_ok(), "{time}");
    }
}

#[test]
fn white_space_matters_only_without_a_canonical_form() {
    let signer = signer();
    for (canonicalisation, holds) in [("jcs", true), ("none", false)] {
        let spec = spec(canonicalisation, "detached");
        let signed =
            SignedNotices::sign(&bundle_json(1), &spec, &profile(&spec), &signer, now()).unwrap();
        let value: Value = serde_json::from_slice(signed.as_json()).unwrap();
        let pretty = serde_json::to_vec_pretty(&value).unwrap();
        let verification = verify(&pretty, &profile(&spec)).unwrap();
        assert_eq!(verification.is_valid(), holds, "{canonicalisation}");
    }
}

#[test]
fn whatever_is_changed_is_found() {
    let profile = profile(&SPEC);
    let signed = SignedNotices::sign(&bundle_json(1), &SPEC, &profile, &signer(), now()).unwrap();
    type Change = (&'static str, fn(&mut Value));
    let changes: &[Change] = &[
        ("recorded", |b| {
            b["entry"][0]["resource"]["recorded"] = json!("2026-03-02T10:20:31+02:00");
        }),
        ("one more member", |b| b["id"] = json!("x")),
        ("no signature", |b| {
            b.as_object_mut().unwrap().remove("signature");
        }),
        ("no data", |b| {
            b["signature"].as_object_mut().unwrap().remove("data");
        }),
        ("no base64", |b| b["signature"]["data"] = json!("?")),
        ("no signature in the data", |b| {
            b["signature"]["data"] = json!("YS4uYg==");
        }),
        ("another signer", |b| {
            b["signature"]["who"]["identifier"]["value"] = json!("urn:oid:2.999.1");
        }),
        ("no time", |b| {
            b["signature"].as_object_mut().unwrap().remove("when");
        }),
    ];
    for (name, change) in changes {
        let json = edit(signed.as_json(), *change);
        let verification = verify(&json, &profile).unwrap();
        assert!(!verification.is_valid(), "{name}");
        assert!(verification.findings().has("KANTA-FHIR-B-07"), "{name}");
        for finding in verification.findings().iter() {
            let finnish = finding.finnish();
            assert!(
                !finnish.contains(" the ") && !finnish.contains(" not "),
                "{finnish}"
            );
        }
        assert!(
            SignedNotices::from_bytes(json, &SPEC, &profile).is_err(),
            "{name}"
        );
    }
}

#[test]
fn signed_notices_are_known_by_their_first_notice_and_tell_their_client() {
    for client in [people::child().identifier, temporary_client(70_000_001)] {
        let mut told = disclosure(1);
        let id = told.id.as_oid().clone();
        told.client = client.clone();
        let batch = NoticeBatch::from(DisclosureNotice::new(told, plan()).unwrap());
        let bindings = Bindings::from_spec(&SPEC).unwrap();
        let bundle = serde_json::to_vec(&batch.to_bundle(&bindings).unwrap()).unwrap();
        let signed =
            SignedNotices::sign(&bundle, &SPEC, &profile(&SPEC), &signer(), now()).unwrap();
        assert_eq!((signed.id(), signed.client()), (&id, &client));
        let shown = format!("{signed:?}");
        let code = client.expose().extension.unwrap();
        assert!(!shown.contains(&code), "{shown}");
    }
}

fn plan() -> DisclosedData {
    let what = What::general_type(DocumentType::PLAN);
    DisclosedData::new(ServiceTask::FAMILIES_WITH_CHILDREN, what)
}

#[test]
fn one_resource_is_no_transaction_of_notices() {
    let bundle: Value = serde_json::from_slice(&bundle_json(1)).unwrap();
    let notice = serde_json::to_vec(&bundle["entry"][0]["resource"]).unwrap();
    let error = SignedNotices::sign(&notice, &SPEC, &profile(&SPEC), &signer(), now()).unwrap_err();
    assert_eq!(error, SignError::NoNotices);
}

#[test]
fn nothing_that_breaks_a_rule_is_signed() {
    let json = edit(&bundle_json(1), |b| b["type"] = json!("batch"));
    let error = SignedNotices::sign(&json, &SPEC, &profile(&SPEC), &signer(), now()).unwrap_err();
    let SignError::Findings(report) = error else {
        panic!("{error}");
    };
    assert!(report.has("KANTA-FHIR-B-01"));
}

#[test]
fn without_the_profile_of_kela_nothing_is_signed() {
    let spec = Spec::for_production(&[SpecBundle::embedded()]);
    let error = BundleSignatureProfile::from_spec(&spec)
        .unwrap_err()
        .to_string();
    for part in [
        "fhir.signature.canonicalisation",
        "Kanta JSON allekirjoitus",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

/// A composed example whose canonical form was computed by a stranger (measured, `[V]`).
#[test]
fn the_worked_example_has_its_canonical_form() {
    let example = include_bytes!("worked-example.json");
    let bare = edit(example, |b| {
        b.as_object_mut().unwrap().remove("signature");
    });
    let canonical = canonical_json(&bare).unwrap();
    assert_eq!(canonical.len(), 5540);
    let digest: String = DigestAlgorithm::Sha256
        .digest(&canonical)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        digest,
        "3d06131b7cc07b8b2525c2b47bd15ada3678e1db301ba44968ead4b6c25e9782"
    );
    // It is right by R4, and its value is a placeholder that verifies nothing.
    let production = Spec::for_production(&[SpecBundle::embedded()]);
    let report = kanta_fhir::check(example, &production).unwrap();
    assert!(!report.has_errors(), "{report}");
    let verification = verify(example, &profile(&SPEC)).unwrap();
    assert!(verification.findings().has("KANTA-FHIR-B-07"));
}

#[test]
fn strangers_agree_on_canonical_form_and_signature() {
    let Some(judges) = judges("jcs and jwcrypto do not judge the signature") else {
        return;
    };
    let profile = profile(&SPEC);
    for notices in [1, 3] {
        let signed =
            SignedNotices::sign(&bundle_json(notices), &SPEC, &profile, &signer(), now()).unwrap();
        let mut python = Command::new(judges.join("python/bin/python"));
        python.arg(script("verify.py"));
        let verdict = ask(&mut python, signed.as_json());
        assert_eq!(verdict["verifies"], true);
        assert_eq!(verdict["changed"], false);
        let canonical = canonical_json(&bundle_json(notices)).unwrap();
        assert_eq!(verdict["canonical"], String::from_utf8(canonical).unwrap());
    }
}
