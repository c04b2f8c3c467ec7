//! Wrapping and substitution: hand-made attacks on signed documents, each refused for its own reason.
//!
//! An attack begins with a document that is valid, changes it as a forger would, and names the rule that must find it out.
//! None may pass, and none may leave a body that is told to be covered.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod algorithms;
mod body;
mod keys;
mod old_layout;
mod scene;
mod signatures;
#[path = "../signing/mod.rs"]
mod signing;

use std::collections::BTreeSet;

use kanta_cda::verify;
use kanta_sign::xmldsig::{self, DigestedReference};
use kanta_sign::{DigestAlgorithm, SignatureAlgorithm, SignatureProfile};
use kanta_xml::Limits;

use scene::{Attack, Scene, exclusive};
use signing::Desk;

/// Every attack, by what it is on.
fn attacks() -> impl Iterator<Item = &'static Attack> {
    [
        body::ATTACKS,
        signatures::ATTACKS,
        algorithms::ATTACKS,
        keys::ATTACKS,
    ]
    .into_iter()
    .flatten()
}

#[test]
fn every_attack_is_refused_for_its_own_reason() {
    let scene = Scene::set();
    for document in [&scene.system, &scene.other, &scene.professional] {
        let verdict = verify(document.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
        let found: Vec<String> = verdict.all_findings().map(ToString::to_string).collect();
        assert!(verdict.is_valid() && found.is_empty(), "{found:?}");
    }
    let mut names = BTreeSet::new();
    let mut rules = BTreeSet::new();
    for attack in attacks() {
        let forged = (attack.forge)(&scene);
        assert!(names.insert(attack.name), "{} is told twice", attack.name);
        rules.insert(attack.rule);
        match verify(forged.as_bytes(), &scene.desk.spec, &Limits::default()) {
            Err(error) => {
                assert!(
                    error.to_string().contains(attack.rule),
                    "{}: {error}",
                    attack.name
                );
            }
            Ok(verdict) => {
                let found: Vec<&str> = verdict
                    .all_findings()
                    .map(|finding| finding.rule())
                    .collect();
                assert!(!verdict.is_valid(), "PASSED: {}", attack.name);
                assert_eq!(verdict.covered_body(), None, "{}", attack.name);
                for one in verdict.signatures() {
                    if one
                        .all_findings()
                        .any(|found| found.rule() == "KANTA-SIGNATURE-VALUE")
                    {
                        assert_eq!(one.covered().count(), 0, "{}", attack.name);
                    }
                }
                assert!(
                    found.contains(&attack.rule),
                    "{}: found {found:?}",
                    attack.name
                );
            }
        }
    }
    assert!(attacks().count() >= 40, "{} attacks", attacks().count());
    assert!(rules.len() >= 25, "{} rules", rules.len());
}

/// A self-made certificate on the same names makes a document that is whole in itself: only the path tells.
#[test]
fn another_key_is_a_matter_of_trust() {
    let scene = Scene::set();
    let stranger = Desk::open();
    let forged = scene.signed_anew(&stranger.system, |info| info);
    let verdict = verify(forged.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
    assert!(verdict.is_valid());
    let anchors =
        kanta_sign::TrustAnchors::from_pem(scene.desk.authority.as_ref().pem().as_bytes());
    let anchors = anchors.unwrap();
    let judgement = verdict.signatures()[0]
        .judge(&kanta_sign::Trust::new(&anchors))
        .unwrap();
    assert!(judgement.findings().has("KANTA-CERT-PATH"), "{judgement:?}");
    let genuine = verify(
        scene.system.as_bytes(),
        &scene.desk.spec,
        &Limits::default(),
    )
    .unwrap();
    let judgement = genuine.signatures()[0]
        .judge(&kanta_sign::Trust::new(&anchors))
        .unwrap();
    assert!(judgement.findings().is_empty(), "{judgement:?}");
}

/// What does not change what was signed keeps the signature valid.
#[test]
fn harmless_changes_pass() {
    let scene = Scene::set();
    for (name, changed) in [
        (
            "an unrelated prefix at the root",
            scene.with("<ClinicalDocument ", "<ClinicalDocument xmlns:x=\"urn:x\" "),
        ),
        (
            "a comment in the header",
            scene.with("<componentOf>", "<!-- x --><componentOf>"),
        ),
        (
            "a comment in the body",
            scene.with("<text mediaType", "<!-- x --><text mediaType"),
        ),
        (
            "the order of attributes",
            scene.with(
                "mediaType=\"application/xhtml+xml\" representation=\"B64\"",
                "representation='B64'  mediaType='application/xhtml+xml'",
            ),
        ),
        (
            "base64 of the value in lines",
            scene.with("<SignatureValue>", "<SignatureValue>\n "),
        ),
    ] {
        let verdict = verify(changed.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
        let found: Vec<String> = verdict.all_findings().map(ToString::to_string).collect();
        assert!(verdict.is_valid(), "{name}: {found:?}");
    }
}

#[test]
fn white_space_is_told_and_never_passes() {
    let scene = Scene::set();
    let indented = scene.system.replace("><", ">\n  <");
    let verdict = verify(indented.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
    assert!(!verdict.is_valid());
    assert!(verdict.findings().has("KANTA-SIGNATURE-WHITE-SPACE"));
    let damaged = indented.replace(">2026-02-02T08", ">2026-02-02T09");
    let verdict = verify(damaged.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
    assert!(!verdict.findings().has("KANTA-SIGNATURE-WHITE-SPACE"));
}

/// The profile decides, so a profile that allows more would find its own shape.
#[test]
fn a_reference_is_made_of_id_and_digest() {
    let desk = Desk::open();
    let profile = SignatureProfile::from_spec(&desk.spec, "social-system-2026").unwrap();
    let digest = DigestAlgorithm::Sha256.digest(b"");
    let reference = DigestedReference::new("a&b", &digest);
    let info = xmldsig::signed_info(&profile, SignatureAlgorithm::RsaSha256, &[reference]);
    let info = String::from_utf8(info).unwrap();
    assert!(info.contains("URI=\"#a&amp;b\""));
    assert_eq!(exclusive(&info, "SignedInfo"), info.as_bytes());
}
