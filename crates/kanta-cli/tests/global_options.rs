//! Environments, spec bundles and the folder of structures.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use common::{Fixture, RELATION, document_new, kanta};
use kanta_testkit::structures::client_relation_schema;
use serde_json::json;

#[test]
fn the_environment_decides_what_may_be_used() {
    let fixture = Fixture::new();
    let new = |environment: &str| {
        fixture.new_plan(&fixture.path("plan.toml"), &["--environment", environment])
    };
    new("customer-test").exits(0);
    new("production").exits(2).says("KANTA-SPEC-INCOMPLETE");

    let signed = fixture.write("signed.xml", fixture.signed("plan"));
    let context = fixture.path("context.toml");
    let store = ["frame", "store", &signed, "--context", &context];
    // The layout of the document inside the frame is inferred: it may be tried on purpose only.
    let in_customer_test = [&store[..], &["--environment", "customer-test"]].concat();
    kanta(&in_customer_test)
        .exits(2)
        .says("message.descriptor.content_layout");
    kanta(&[&in_customer_test[..], &["--allow-inferred"]].concat()).exits(0);
    // To verify is to read: the status of values does not matter.
    kanta(&["verify", &signed, "--environment", "production"]).exits(0);
}

#[test]
fn bundles_are_laid_over_the_built_in_one() {
    let fixture = Fixture::new();
    let folder = |name: &str, extra: &str, message: &str| {
        let path = fixture.path(name);
        std::fs::create_dir(&path).unwrap();
        let head = format!("name = \"{name}\"\nbased_on = []\ndate = \"2026-02-02\"\n{extra}");
        fixture.write(&format!("{name}/bundle.toml"), head);
        fixture.write(&format!("{name}/message.toml"), message);
        path
    };
    let layout = |value: &str, status: &str| {
        format!(
            "[environment.test]\nreceiver = {{ value = \"{value}\", status = \"{status}\", source = \"test\" }}\n"
        )
    };
    let first = folder("first", "", &layout("2.999.5", "verified"));
    let overlay = folder(
        "overlay",
        "environment = \"test\"\n",
        &layout("2.999.6", "made-up"),
    );
    let broken = folder("broken", "", "x = 1\n");
    let signed = fixture.write("signed.xml", fixture.signed("plan"));
    let context = fixture.path("context.toml");
    let store = ["frame", "store", &signed, "--context", &context];
    let frame = kanta(&[&store[..], &["--spec", &first, "--spec", &overlay]].concat())
        .exits(0)
        .text();
    assert!(frame.contains("2.999.6"));
    let run = kanta(
        &[
            &store[..],
            &["--spec", &overlay, "--environment", "customer-test"],
        ]
        .concat(),
    )
    .exits(2);
    run.says("KANTA-CLI-TEST-OVERLAY").says(&overlay);
    kanta(&[&store[..], &["--spec", &broken]].concat())
        .exits(2)
        .says("message.toml, `message.x`");
    kanta(&[&store[..], &["--spec", &fixture.path("none")]].concat())
        .exits(2)
        .says("KANTA-FOLDER-READ");
}

#[test]
fn structures_are_found_by_the_oid_that_a_document_names() {
    let fixture = Fixture::new();
    let oid = "2.999.77.2026.1.1";
    let schema = client_relation_schema().replace(RELATION, oid);
    std::fs::create_dir(fixture.path("structures")).unwrap();
    fixture.write(&format!("structures/{oid}.json"), &schema);
    let folder = fixture.path("structures");
    let (metadata, content) = (fixture.path("relation.toml"), fixture.path("relation.json"));
    let document = document_new(&metadata, &content, oid, &["--structures", &folder])
        .exits(0)
        .out;
    let document = fixture.write("document.xml", document);
    let known = kanta(&[
        "document",
        "check",
        &document,
        "--structures",
        &folder,
        "--json",
    ])
    .exits(0)
    .json();
    assert_eq!(known, json!([]));
    let unknown = kanta(&["document", "check", &document, "--json"])
        .exits(0)
        .json();
    assert_eq!(unknown[0]["rule"], json!("KANTA-DOC-CONTENT-UNCHECKED"));
    document_new(&metadata, &content, oid, &[])
        .exits(2)
        .says("KANTA-CLI-STRUCTURE");
    fixture.write(&format!("structures/{oid}.json"), "{");
    kanta(&["document", "check", &document, "--structures", &folder])
        .exits(2)
        .says("the schema is not readable at line 1");
}

#[test]
fn a_file_that_is_no_structure_is_told_and_left_out() {
    let fixture = Fixture::new();
    let folder = fixture.path("structures");
    std::fs::create_dir(&folder).unwrap();
    fixture.write("structures/relation.json", client_relation_schema());
    fixture.write("structures/2.999.2.json", "{");
    // An address of nobody (RFC 5737): the test bed reads the folder and ends.
    let start = [
        "testbed",
        "--listen",
        "192.0.2.1:1",
        "--structures",
        &folder,
    ];
    kanta(&start)
        .exits(2)
        .says(&format!(
            "relation.json: the structure inside is {RELATION}; name the file {RELATION}.json [KANTA-FOLDER-NAME]"
        ))
        .says("2.999.2.json: the schema is not readable at line 1")
        .says("[KANTA-CLI-TESTBED]");
    kanta(&["testbed", "--structures", &fixture.path("none")])
        .exits(2)
        .says("give a folder that is there and can be read [KANTA-FOLDER-READ]");
}
