//! Strangers judge: Medplum and `fhir` read every sample, Medplum's router stores one, `jcs` and `jwcrypto` verify.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::process::Command;

use common::{SPEC, ask, bundle_json, edit, judges, script};
use serde_json::{Map, Value};

#[test]
fn every_sample_is_valid_to_strangers() {
    let Some(judges) = judges("samples are not judged by Medplum and fhir") else {
        return;
    };
    let samples = [1_u32, 2, 3, 4, 10];
    let mut cases: Map<String, Value> = samples
        .into_iter()
        .map(|notices| {
            let bundle = serde_json::from_slice(&bundle_json(notices)).unwrap();
            (notices.to_string(), bundle)
        })
        .collect();
    // The judges must be able to say no.
    let faulty = edit(&bundle_json(1), |b| {
        b["entry"][0]["resource"]
            .as_object_mut()
            .unwrap()
            .remove("recorded");
    });
    cases.insert(
        "faulty".to_owned(),
        serde_json::from_slice(&faulty).unwrap(),
    );
    let mut node = Command::new("node");
    node.arg(script("validate.cjs")).env("KANTA_JUDGES", judges);
    let verdicts = ask(&mut node, &serde_json::to_vec(&cases).unwrap());
    for (name, verdict) in verdicts.as_object().unwrap() {
        let is_fine =
            verdict["medplum"].is_null() && verdict["fhir"].as_array().unwrap().is_empty();
        assert_eq!(is_fine, name != "faulty", "{name}: {verdict}");
    }
}

#[test]
fn a_strange_server_stores_the_transaction() {
    let Some(judges) = judges("the transaction is not stored by Medplum's router") else {
        return;
    };
    for notices in [1_u32, 4] {
        let mut node = Command::new("node");
        node.arg(script("router.cjs")).env("KANTA_JUDGES", &judges);
        let answer = ask(&mut node, &bundle_json(notices));
        assert_eq!(answer["status"], 200, "{answer}");
        let body = answer["body"].as_str().unwrap();
        let stored = kanta_fhir::exchange::read_answer(
            http::StatusCode::OK,
            body.as_bytes(),
            2 * notices as usize,
            &SPEC,
        );
        let kanta_fhir::exchange::Answer::Stored(entries) = stored else {
            panic!("{body}");
        };
        assert_eq!(entries.len(), 2 * notices as usize);
        assert!(entries.iter().all(|entry| entry.location.is_some()));
    }
}
