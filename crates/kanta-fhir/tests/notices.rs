//! Notices of fictional people: made, read again, checked; every seeded fault is refused.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use common::{SPEC, bundle_json, edit};
use kanta_core::Severity;
use kanta_core::spec::{Bundle as SpecBundle, Spec};
use kanta_fhir::Bindings;
use kanta_fhir::resource::{AuditEvent, Bundle, Resource};
use kanta_testkit::register::sample_batch;
use serde_json::{Value, json};

#[test]
fn every_sample_passes_every_rule() {
    for notices in [1, 2, 3, 4, 10] {
        let report = kanta_fhir::check(&bundle_json(notices), &SPEC).unwrap();
        let serious: Vec<_> = report
            .iter()
            .filter(|finding| finding.severity() != Severity::Information)
            .collect();
        assert!(serious.is_empty(), "{report}");
        assert!(report.has("KANTA-FHIR-NOT-SIGNED"));
        assert!(!report.has("KANTA-FHIR-NOT-CHECKED"), "{report}");
    }
}

#[test]
fn reading_and_writing_again_changes_nothing() {
    let json = bundle_json(4);
    let bundle: Bundle<'_> = serde_json::from_slice(&json).unwrap();
    assert_eq!(serde_json::to_vec(&bundle).unwrap(), json);
    // The type need not stand first, and what nobody knows is kept to the last digit.
    let odd = r#"{"id":"a","contained":[{"id":"x","resourceType":"Basic","n":1.500000000000000000001}],"score":1E+2,"resourceType":"AuditEvent","_recorded":{"id":"1"}}"#;
    let event: AuditEvent<'_> = serde_json::from_str(odd).unwrap();
    assert_eq!(event.id.as_deref(), Some("a"));
    let written = serde_json::to_string(&event).unwrap();
    assert_eq!(
        written,
        r#"{"resourceType":"AuditEvent","id":"a","contained":[{"resourceType":"Basic","id":"x","n":1.500000000000000000001}],"score":1E+2,"_recorded":{"id":"1"}}"#
    );
    let again: Resource<'_> = serde_json::from_str(&written).unwrap();
    assert_eq!(again.resource_type(), "AuditEvent");
    assert_eq!(serde_json::to_string(&again).unwrap(), written);
}

#[test]
fn nothing_personal_prints() {
    let batch = sample_batch(4);
    let bindings = Bindings::from_spec(&SPEC).unwrap();
    let bundle = batch.to_bundle(&bindings).unwrap();
    for text in [format!("{batch:?}"), format!("{bundle:?}")] {
        for secret in ["090514A9226", "Esimerkillinen", "Lausunto", "99999999911"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

/// One fault at a time, with the rule that must find it and its place.
#[test]
fn every_seeded_fault_is_refused_at_its_place() {
    type Fault = (&'static str, &'static str, &'static str, fn(&mut Value));
    let faults: &[Fault] = &[
        (
            "missing recorded",
            "KANTA-FHIR-REQUIRED",
            "Bundle.entry[0].resource.recorded",
            |b| {
                event(b).remove("recorded");
            },
        ),
        (
            "empty agent list",
            "KANTA-FHIR-ELE-1",
            "Bundle.entry[0].resource.agent",
            |b| {
                event(b).insert("agent".into(), json!([]));
            },
        ),
        (
            "no agent list",
            "KANTA-FHIR-REQUIRED",
            "Bundle.entry[0].resource.agent",
            |b| {
                event(b).remove("agent");
            },
        ),
        (
            "missing target",
            "KANTA-FHIR-REQUIRED",
            "Bundle.entry[1].resource.target",
            |b| {
                provenance(b).remove("target");
            },
        ),
        (
            "action outside its binding",
            "KANTA-FHIR-BINDING",
            "Bundle.entry[0].resource.action",
            |b| {
                event(b).insert("action".into(), json!("X"));
            },
        ),
        (
            "outcome outside its binding",
            "KANTA-FHIR-BINDING",
            "Bundle.entry[0].resource.outcome",
            |b| {
                event(b).insert("outcome".into(), json!("1"));
            },
        ),
        (
            "boolean as string",
            "KANTA-FHIR-TYPE",
            "Bundle.entry[0].resource.agent[1].requestor",
            |b| {
                b["entry"][0]["resource"]["agent"][1]["requestor"] = json!("true");
            },
        ),
        (
            "instant without time",
            "KANTA-FHIR-FORMAT",
            "Bundle.entry[0].resource.recorded",
            |b| {
                event(b).insert("recorded".into(), json!("2026-03-02"));
            },
        ),
        (
            "unknown element",
            "KANTA-FHIR-UNKNOWN-ELEMENT",
            "Bundle.entry[0].resource.recordet",
            |b| {
                event(b).insert("recordet".into(), json!(1.50));
            },
        ),
        (
            "sev-1",
            "KANTA-FHIR-SEV-1",
            "Bundle.entry[0].resource.entity[1]",
            |b| {
                let entity = &mut b["entry"][0]["resource"]["entity"][1];
                entity["name"] = json!("x");
                entity["query"] = json!("eA==");
            },
        ),
        ("bdl-1", "KANTA-FHIR-BDL-1", "Bundle.total", |b| {
            b["total"] = json!(2);
        }),
        (
            "bdl-3",
            "KANTA-FHIR-BDL-3",
            "Bundle.entry[0].request",
            |b| {
                b["entry"][0].as_object_mut().unwrap().remove("request");
            },
        ),
        (
            "org-1 in a contained resource",
            "KANTA-FHIR-ORG-1",
            "Bundle.entry[0].resource.contained[3]",
            |b| {
                let organisation = b["entry"][0]["resource"]["contained"][3]
                    .as_object_mut()
                    .unwrap();
                organisation.remove("identifier");
                organisation.remove("name");
            },
        ),
        (
            "dangling reference",
            "KANTA-FHIR-REF-1",
            "Bundle.entry[0].resource.agent[0].who.reference",
            |b| {
                b["entry"][0]["resource"]["agent"][0]["who"]["reference"] = json!("#NOBODY");
            },
        ),
        (
            "unreferenced contained",
            "KANTA-FHIR-DOM-3",
            "Bundle.entry[0].resource.contained[6]",
            |b| {
                let contained = b["entry"][0]["resource"]["contained"]
                    .as_array_mut()
                    .unwrap();
                contained.push(json!({"resourceType": "Organization", "id": "EXTRA", "name": "x"}));
            },
        ),
        // Beyond the fourteen.
        (
            "nested contained",
            "KANTA-FHIR-DOM-2",
            "Bundle.entry[0].resource.contained[0].contained",
            |b| {
                b["entry"][0]["resource"]["contained"][0]["contained"] =
                    json!([{"resourceType": "Organization", "id": "in", "name": "x"}]);
            },
        ),
        (
            "version of a contained",
            "KANTA-FHIR-DOM-4",
            "Bundle.entry[0].resource.contained[0].meta",
            |b| {
                b["entry"][0]["resource"]["contained"][0]["meta"]["versionId"] = json!("1");
            },
        ),
        (
            "security of a contained",
            "KANTA-FHIR-DOM-5",
            "Bundle.entry[0].resource.contained[0].meta.security",
            |b| {
                b["entry"][0]["resource"]["contained"][0]["meta"]["security"] =
                    json!([{"code": "x"}]);
            },
        ),
        (
            "two contents of an extension",
            "KANTA-FHIR-EXT-1",
            "Bundle.entry[0].resource.extension[0]",
            |b| {
                b["entry"][0]["resource"]["extension"][0]["valueString"] = json!("x");
            },
        ),
        (
            "search",
            "KANTA-FHIR-BDL-2",
            "Bundle.entry[0].search",
            |b| b["entry"][0]["search"] = json!({"mode": "match"}),
        ),
        (
            "response",
            "KANTA-FHIR-BDL-4",
            "Bundle.entry[0].response",
            |b| b["entry"][0]["response"] = json!({"status": "201"}),
        ),
        ("empty entry", "KANTA-FHIR-BDL-5", "Bundle.entry[0]", |b| {
            b["entry"][0] = json!({"id": "1"});
        }),
        (
            "same address",
            "KANTA-FHIR-BDL-7",
            "Bundle.entry[1].fullUrl",
            |b| b["entry"][1]["fullUrl"] = b["entry"][0]["fullUrl"].clone(),
        ),
        (
            "address of a version",
            "KANTA-FHIR-BDL-8",
            "Bundle.entry[0].fullUrl",
            |b| b["entry"][0]["fullUrl"] = json!("https://example.org/AuditEvent/1/_history/2"),
        ),
        ("no list", "KANTA-FHIR-TYPE", "Bundle.entry", |b| {
            b["entry"] = json!({});
        }),
        (
            "null",
            "KANTA-FHIR-TYPE",
            "Bundle.entry[0].resource.recorded",
            |b| {
                event(b).insert("recorded".into(), Value::Null);
            },
        ),
        ("another type", "KANTA-FHIR-B-01", "Bundle.type", |b| {
            b["type"] = json!("batch");
        }),
        ("no pair", "KANTA-FHIR-B-02", "Bundle.entry", |b| {
            b["entry"].as_array_mut().unwrap().pop();
        }),
        (
            "conditional",
            "KANTA-FHIR-B-05",
            "Bundle.entry[0].request",
            |b| b["entry"][0]["request"]["ifNoneExist"] = json!("x"),
        ),
        (
            "address is not the id",
            "KANTA-FHIR-B-06",
            "Bundle.entry[0].fullUrl",
            |b| {
                event(b).insert("id".into(), json!("2.999.1"));
            },
        ),
        (
            "no OID",
            "KANTA-FHIR-A-01",
            "Bundle.entry[0].resource.id",
            |b| {
                event(b).insert("id".into(), json!("abc"));
            },
        ),
        (
            "another profile",
            "KANTA-FHIR-A-02",
            "Bundle.entry[0].resource.meta.profile",
            |b| {
                b["entry"][0]["resource"]["meta"]["profile"][0] = json!("https://example.org/x");
            },
        ),
        (
            "forbidden outcome",
            "KANTA-FHIR-A-03",
            "Bundle.entry[0].resource.outcome",
            |b| {
                event(b).insert("outcome".into(), json!("0"));
            },
        ),
        (
            "no time of disclosure",
            "KANTA-FHIR-A-04",
            "Bundle.entry[0].resource.period.start",
            |b| {
                event(b).remove("period");
            },
        ),
        (
            "two kinds",
            "KANTA-FHIR-A-06",
            "Bundle.entry[0].resource.extension",
            |b| {
                let extensions = b["entry"][0]["resource"]["extension"]
                    .as_array_mut()
                    .unwrap();
                extensions.push(extensions[0].clone());
            },
        ),
        (
            "two subtypes",
            "KANTA-FHIR-A-07",
            "Bundle.entry[0].resource.subtype",
            |b| {
                let coding = json!({"system": "urn:oid:2.999", "code": "a", "display": "b"});
                event(b).insert("subtype".into(), json!([coding, coding]));
            },
        ),
        (
            "no register keeper",
            "KANTA-FHIR-A-08",
            "Bundle.entry[0].resource.agent",
            |b| {
                b["entry"][0]["resource"]["agent"]
                    .as_array_mut()
                    .unwrap()
                    .remove(0);
            },
        ),
        (
            "no recipient",
            "KANTA-FHIR-A-09",
            "Bundle.entry[0].resource.agent",
            |b| {
                b["entry"][0]["resource"]["agent"]
                    .as_array_mut()
                    .unwrap()
                    .pop();
            },
        ),
        (
            "who by identifier",
            "KANTA-FHIR-A-10",
            "Bundle.entry[0].resource.agent[0].who",
            |b| {
                b["entry"][0]["resource"]["agent"][0]["who"] = json!({"display": "x"});
            },
        ),
        (
            "no data set",
            "KANTA-FHIR-A-12",
            "Bundle.entry[0].resource.entity",
            |b| {
                b["entry"][0]["resource"]["entity"]
                    .as_array_mut()
                    .unwrap()
                    .pop();
            },
        ),
        (
            "no service task",
            "KANTA-FHIR-A-12",
            "Bundle.entry[0].resource.entity[1]",
            |b| {
                let parts =
                    &mut b["entry"][0]["resource"]["entity"][1]["extension"][0]["extension"];
                parts.as_array_mut().unwrap().remove(0);
            },
        ),
        (
            "original task of nowhere",
            "KANTA-FHIR-A-13",
            "Bundle.entry[0].resource.entity[1]",
            |b| {
                let parts =
                    &mut b["entry"][0]["resource"]["entity"][1]["extension"][0]["extension"];
                let mut task = parts[0].clone();
                task["valueCoding"]["system"] = json!("urn:oid:2.999.1");
                parts.as_array_mut().unwrap().push(task);
            },
        ),
        (
            "wrong check character",
            "KANTA-FHIR-A-14",
            "Bundle.entry[0].resource.contained[4].identifier[0]",
            |b| {
                b["entry"][0]["resource"]["contained"][4]["identifier"][0]["value"] =
                    json!("090514A9227");
            },
        ),
        (
            "a person who may be real",
            "KANTA-NOTICE-REAL-PERSON",
            "Bundle.entry[0].resource.contained[4].identifier[0]",
            |b| {
                b["entry"][0]["resource"]["contained"][4]["identifier"][0]["value"] =
                    json!("090514A0027");
            },
        ),
        (
            "code without name",
            "KANTA-FHIR-A-15",
            "Bundle.entry[0].resource.type",
            |b| {
                b["entry"][0]["resource"]["type"]
                    .as_object_mut()
                    .unwrap()
                    .remove("display");
            },
        ),
        (
            "element id",
            "KANTA-FHIR-A-15",
            "Bundle.entry[0].resource.period.id",
            |b| {
                b["entry"][0]["resource"]["period"]["id"] = json!("1");
            },
        ),
        (
            "no language",
            "KANTA-FHIR-P-01",
            "Bundle.entry[1].resource.language",
            |b| {
                provenance(b).remove("language");
            },
        ),
        (
            "no extension",
            "KANTA-FHIR-P-02",
            "Bundle.entry[1].resource.extension",
            |b| {
                provenance(b).remove("extension");
            },
        ),
    ];
    for (name, rule, place, fault) in faults {
        let json = edit(&bundle_json(1), *fault);
        let report = kanta_fhir::check(&json, &SPEC).unwrap();
        let found = report
            .errors()
            .any(|finding| finding.rule() == *rule && finding.place() == *place);
        assert!(found, "{name}: {rule} at {place} is not among\n{report}");
    }
}

/// The address of the profile of a consent is an inference: a notice with another one is perhaps right.
#[test]
fn a_rule_that_compares_with_an_inference_only_warns() {
    let head = "name = \"t\"\nbased_on = []\ndate = \"2026-01-01\"";
    let text = "[profile]\naudit_event = { value = \"https://example.org/inferred\", status = \"inferred\", \
                source = \"a test\" }";
    let mine = SpecBundle::read([("bundle.toml", head), ("fhir.toml", text)]).unwrap();
    let spec = Spec::for_production(&[SpecBundle::embedded(), mine]);
    let consent = br#"{"resourceType":"AuditEvent","contained":[{"resourceType":"Consent","meta":{"profile":["x"]}}]}"#;
    let report = kanta_fhir::check(consent, &spec).unwrap();
    let found: Vec<_> = report
        .iter()
        .filter(|finding| finding.rule() == "KANTA-FHIR-A-02")
        .collect();
    assert_eq!(found.len(), 2, "{report}");
    for finding in found {
        assert_eq!(finding.severity(), Severity::Warning, "{report}");
        assert_eq!(finding.mark(), kanta_core::Mark::Inferred, "{report}");
    }
}

/// So many values would fill the memory; those of ten thousand notices are far fewer.
#[test]
fn more_values_than_any_transaction_has_are_refused() {
    fn count(value: &Value) -> usize {
        1 + match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(members) => members.values().map(count).sum(),
            _ => 0,
        }
    }
    let hundred: Value = serde_json::from_slice(&bundle_json(100)).unwrap();
    assert!(count(&hundred) * 100 < 5_000_000, "{}", count(&hundred));
    let many = format!("{{\"a\":[{}0]}}", "0,".repeat(5_000_000));
    let error = kanta_fhir::check(many.as_bytes(), &SPEC)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("more than 5000000 values") && error.contains("[KANTA-FHIR-READ]"),
        "{error}"
    );
    let deep = format!("{{\"a\":{}0", "[".repeat(1_000_000));
    assert!(kanta_fhir::check(deep.as_bytes(), &SPEC).is_err());
}

#[test]
fn inferences_only_warn() {
    for (rule, fault) in [
        (
            "KANTA-FHIR-B-03",
            (|b: &mut Value| {
                b["entry"][1]["resource"]["target"][0]["reference"] = json!("urn:oid:2.999.404");
            }) as fn(&mut Value),
        ),
        ("KANTA-FHIR-A-05", |b| {
            event(b).insert("recorded".into(), json!("2026-01-01T00:00:00Z"));
        }),
        ("KANTA-FHIR-A-08-REGISTER", |b| {
            b["entry"][0]["resource"]["contained"][0]
                .as_object_mut()
                .unwrap()
                .remove("extension");
        }),
        ("KANTA-FHIR-P-03", |b| {
            b["entry"][1]["resource"]["agent"][0]["role"][0]["coding"][0]["code"] = json!("99");
        }),
    ] {
        let report = kanta_fhir::check(&edit(&bundle_json(1), fault), &SPEC).unwrap();
        let finding = report.iter().find(|finding| finding.rule() == rule);
        assert_eq!(finding.unwrap().severity(), Severity::Warning, "{report}");
    }
}

#[test]
fn notices_about_two_people_do_not_travel_together() {
    let json = edit(&bundle_json(2), |b| {
        b["entry"][2]["resource"]["contained"][4]["identifier"][0]["value"] = json!("170281-935M");
    });
    let report = kanta_fhir::check(&json, &SPEC).unwrap();
    assert!(report.has("KANTA-FHIR-B-04"), "{report}");
}

#[test]
fn a_member_that_stands_twice_is_found() {
    let json = br#"{"resourceType":"Bundle","type":"transaction","type":"batch"}"#;
    assert!(
        kanta_fhir::check(json, &SPEC)
            .unwrap()
            .has("KANTA-FHIR-DUPLICATE")
    );
    assert!(serde_json::from_slice::<Bundle<'_>>(json).is_err());
}

#[test]
fn what_is_no_json_is_told_with_its_place_and_without_its_content() {
    for (input, line) in [
        (&b"<html></html>"[..], 1),
        (b"", 1),
        (b"[]", 1),
        (b"{\n\"a\": 090514A9226}", 2),
        (b"{\"resourceType\": \"Bundle\"", 1),
    ] {
        let error = kanta_fhir::check(input, &SPEC).unwrap_err();
        assert_eq!(error.line(), line, "{error}");
        assert!(error.to_string().contains("KANTA-FHIR-READ"));
        assert!(!error.to_string().contains("090514"));
    }
    assert!(kanta_fhir::check("[".repeat(100_000).as_bytes(), &SPEC).is_err());
}

#[test]
fn nothing_leaves_while_the_bundle_lacks_a_value() {
    let spec = Spec::for_production(&[SpecBundle::embedded()]);
    let error = Bindings::from_spec(&spec).unwrap_err();
    let text = error.to_string();
    assert!(error.problems().len() > 20, "{text}");
    for key in [
        "fhir.profile.patient",
        "fhir.extension.disclosed_data.url",
        "fhir.agent.recipient.requestor",
    ] {
        assert!(text.contains(key), "{key}");
    }
    assert!(text.contains("kanta.sosiaalihuolto.r4"));
    // The structure and R4's invariants are checked all the same.
    let report = kanta_fhir::check(&bundle_json(1), &spec).unwrap();
    assert!(report.has("KANTA-FHIR-NOT-CHECKED"), "{report}");
}

fn event(bundle: &mut Value) -> &mut serde_json::Map<String, Value> {
    bundle["entry"][0]["resource"].as_object_mut().unwrap()
}

fn provenance(bundle: &mut Value) -> &mut serde_json::Map<String, Value> {
    bundle["entry"][1]["resource"].as_object_mut().unwrap()
}
