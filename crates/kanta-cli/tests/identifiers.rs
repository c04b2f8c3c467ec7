//! `kanta id check`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use common::{kanta, kanta_with};
use serde_json::{Value, json};

#[test]
fn identifiers_are_told_in_their_parts() {
    for (kind, value, expected) in [
        (
            "hetu",
            "090514A9226",
            json!({"kind": "hetu", "valid": true, "birth_date": "2014-05-09", "sex": "female", "artificial": true,
                   "masked": "090514*****", "root": "1.2.246.21"}),
        ),
        (
            "y-tunnus",
            "0123456-2",
            json!({"kind": "y-tunnus", "valid": true, "business_id": "0123456-2", "oid_arc": "1234562"}),
        ),
        (
            "oid",
            "1.2.246.10.1234562.10.40",
            json!({"kind": "oid", "valid": true, "oid": "1.2.246.10.1234562.10.40",
                   "urn": "urn:oid:1.2.246.10.1234562.10.40", "organisation": true, "business_id": "0123456-2"}),
        ),
        (
            "oid",
            "2.999",
            json!({"kind": "oid", "valid": true, "oid": "2.999", "urn": "urn:oid:2.999", "organisation": false,
                   "business_id": null}),
        ),
        (
            "registration-number",
            "99999999911",
            json!({"kind": "registration-number", "valid": true, "registration_number": "99999999911",
                   "usual_length": true, "root": "1.2.246.537.26"}),
        ),
    ] {
        assert_eq!(
            kanta(&["id", "check", kind, value]).exits(0).json(),
            expected
        );
        assert_eq!(
            kanta_with(value, &["id", "check", kind, "-"])
                .exits(0)
                .json(),
            expected
        );
    }
}

#[test]
fn wrong_identifiers_are_told_with_code_and_remedy_but_not_repeated() {
    for (kind, value, code) in [
        ("hetu", "090514A9227", "KANTA-ID-HETU-CHECK"),
        ("hetu", "310214A9227", "KANTA-ID-HETU-DATE"),
        ("hetu", "", "KANTA-ID-HETU-FORM"),
        ("y-tunnus", "0123456-7", "KANTA-ID-BUSINESS-CHECK"),
        ("oid", "1.02.3", "KANTA-ID-OID"),
        ("oid", "-1", "KANTA-ID-OID"),
        ("registration-number", "9999 9999", "KANTA-ID-REGISTRATION"),
    ] {
        let run = kanta(&["id", "check", kind, value]).exits(1).says(code);
        let told = run.json();
        assert_eq!(
            (&told["valid"], &told["code"]),
            (&json!(false), &json!(code))
        );
        assert!(
            !told["problem"].as_str().unwrap().is_empty()
                && !told["remedy"].as_str().unwrap().is_empty()
        );
        if value.len() > 8 {
            assert!(!run.err.contains(value) && !run.text().contains(value));
        }
    }
}

#[test]
fn many_identifiers_are_checked_line_by_line() {
    let run = kanta_with(
        "090514A9226\r\n090514A9227\n",
        &["id", "check", "hetu", "-"],
    )
    .exits(1);
    let lines: Vec<Value> = run
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[0]["valid"], &lines[1]["valid"]),
        (&json!(true), &json!(false))
    );
    assert!(run.err.starts_with("error: line 2: "), "{}", run.err);
    kanta_with("", &["id", "check", "hetu", "-"])
        .exits(2)
        .says("KANTA-CLI-EMPTY");
    kanta_with(b"090514A9226\n\xff\n", &["id", "check", "hetu", "-"])
        .exits(2)
        .says("line 2: not UTF-8");
}
