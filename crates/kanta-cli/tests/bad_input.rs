//! Bad and hostile input: an exit code and a message with place and remedy, never a panic, nothing personal repeated.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use kanta_client::core::PersonalIdentityCode;
use kanta_testkit::structures::client_relation_schema;

use common::{Fixture, PLAN, PLAN_CONTENT, PLAN_METADATA, kanta, kanta_with};

/// Commands that read a document from standard input.
fn readers(fixture: &Fixture) -> Vec<Vec<String>> {
    let (cert, key) = (fixture.path("signing.pem"), fixture.path("signing.key"));
    let context = fixture.path("context.toml");
    [
        &["document", "show", "-"][..],
        &["document", "check", "-"],
        &["document", "body", "-", "--part", "json"],
        &["document", "rewrite", "-"],
        &[
            "sign", "document", "-", "--kind", "system", "--key", &key, "--cert", &cert,
        ],
        &["verify", "-"],
        &["frame", "store", "-", "--context", &context],
        &["xml", "canonicalize", "-"],
        &["xml", "canonicalize", "-", "--inclusive"],
        &["xml", "canonicalize", "-", "--id", "x"],
        &["xml", "canonicalize", "-", "--id", "x", "--inclusive"],
    ]
    .iter()
    .map(|arguments| arguments.iter().map(ToString::to_string).collect())
    .collect()
}

#[test]
fn hostile_xml_is_refused_with_its_place() {
    let fixture = Fixture::new();
    let document = fixture.signed("plan");
    let text = String::from_utf8(document.clone()).unwrap();
    let after_declaration = |insert: &str| {
        text.replacen("?>\n", &format!("?>\n{insert}"), 1)
            .into_bytes()
    };
    let mut latin = document.clone();
    let letter = text.find('ä').unwrap();
    latin.splice(letter..letter + 2, [0xe4]);
    let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000)).into_bytes();
    for (what, input, problem) in [
        ("cut", document[..document.len() / 2].to_vec(), "KANTA"),
        ("empty", Vec::new(), "not well formed"),
        ("no XML", b"hello".to_vec(), "not well formed"),
        (
            "DTD",
            after_declaration("<!DOCTYPE a [<!ENTITY b 'c'>]>"),
            "document type declaration",
        ),
        (
            "entity",
            text.replacen("</family>", "&b;</family>", 1).into_bytes(),
            "unknown entity",
        ),
        (
            "NUL",
            text.replacen("</family>", "\0</family>", 1).into_bytes(),
            "character that XML does not allow",
        ),
        ("not UTF-8", latin, "not UTF-8"),
        ("10,000 levels", deep, "exceeds the limit of 100"),
    ] {
        for arguments in readers(&fixture) {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let run = kanta_with(input.clone(), &arguments).exits(2);
            assert!(run.out.is_empty(), "{what}: {arguments:?}");
            assert!(
                run.err.starts_with("error: standard input: "),
                "{what}: {arguments:?}: {}",
                run.err
            );
            assert!(
                run.err.contains(" at line "),
                "{what}: {arguments:?}: {}",
                run.err
            );
            assert!(
                problem == "KANTA" || run.err.contains(problem),
                "{what}: {arguments:?}: {}",
                run.err
            );
            assert!(
                !run.err.contains("Kuvitelma"),
                "{what}: {arguments:?}: {}",
                run.err
            );
        }
    }
}

#[test]
fn xml_that_is_no_document_is_refused() {
    let fixture = Fixture::new();
    for arguments in readers(&fixture) {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if arguments[0] != "xml" {
            kanta_with("<a/>", &arguments)
                .exits(2)
                .says("KANTA-READ-ROOT");
        }
    }
    let document = String::from_utf8(fixture.unsigned("plan")).unwrap();
    let without_version = document.replacen("<versionNumber value=\"1\"/>", "", 1);
    kanta_with(without_version, &["document", "show", "-"])
        .exits(2)
        .says("/ClinicalDocument/versionNumber");
}

#[test]
fn limits_are_the_callers() {
    let fixture = Fixture::new();
    let document = fixture.write("document.xml", fixture.signed("plan"));
    let run = kanta(&["document", "show", &document, "--max-bytes", "1000"]).exits(2);
    run.says("more than 1000 bytes")
        .says("KANTA-CLI-SIZE")
        .says(&document);
    kanta(&["verify", &document, "--max-depth", "3"])
        .exits(2)
        .says("exceeds the limit of 3");
    let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
    let run = kanta_with(
        deep.clone(),
        &["xml", "canonicalize", "-", "--max-depth", "10000"],
    )
    .exits(0);
    assert_eq!(run.text(), deep);
}

#[test]
fn wrong_base64_is_a_finding_with_its_place() {
    let fixture = Fixture::new();
    let document = String::from_utf8(fixture.unsigned("plan")).unwrap();
    let start = document.find("<hl7fi:json").unwrap();
    let start = start + document[start..].find('>').unwrap() + 1;
    let mut broken = document.clone();
    broken.replace_range(start..start + 1, "*");
    let run = kanta_with(broken.clone(), &["document", "check", "-"]).exits(1);
    assert!(
        run.text()
            .contains("KANTA-DOC-BODY at /ClinicalDocument/component/nonXMLBody/json"),
        "{}",
        run.text()
    );
    let run = kanta_with(broken.clone(), &["document", "body", "-", "--part", "json"])
        .exits(2)
        .says("KANTA-BODY-BASE64");
    assert!(run.out.is_empty());
    kanta_with(
        broken.clone(),
        &["document", "body", "-", "--part", "xhtml"],
    )
    .exits(0);
    kanta_with(broken.clone(), &["document", "show", "-"]).exits(0);
    kanta_with(broken, &["document", "rewrite", "-"]).exits(0);
}

#[test]
fn content_that_is_no_json_is_a_finding_with_its_place() {
    for content in [
        PLAN_CONTENT.as_bytes()[..PLAN_CONTENT.len() / 2].to_vec(),
        "[".repeat(10_000).into_bytes(),
        b"{\"a\": 1, \"a\": 2}".to_vec(),
        b"{\"a\": \"\xff\"}".to_vec(),
        b"\0".to_vec(),
        Vec::new(),
    ] {
        let run = kanta_with(content.clone(), &["structure", "validate", PLAN, "-"]).exits(1);
        assert!(
            run.text().starts_with("error KANTA-STRUCTURE-"),
            "{}",
            run.text()
        );
        kanta_with(content, &["structure", "render", PLAN, "-"]).exits(1);
    }
}

#[test]
fn schemas_outside_the_dialect_are_refused() {
    let schema = client_relation_schema();
    let conditional = schema.replacen("\"type\":", "\"if\": {}, \"type\":", 1);
    for (schema, problem) in [
        (&b"{"[..], "line 1"),
        (b"{}", "the schema needs"),
        (b"\xff", "line 1"),
        (conditional.as_bytes(), "the keyword \"if\""),
    ] {
        let fixture = tempfile::tempdir().unwrap();
        let path = fixture.path().join("schema.json");
        std::fs::write(&path, schema).unwrap();
        let path = path.to_str().unwrap();
        kanta_with(PLAN_CONTENT, &["structure", "validate", path, "-"])
            .exits(2)
            .says(problem)
            .says(path);
    }
}

#[test]
fn keys_and_certificates_are_judged_before_anything_is_signed() {
    let fixture = Fixture::new();
    let document = fixture.write("document.xml", fixture.unsigned("plan"));
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    fixture.write("encrypted.key", encrypted);
    fixture.write(
        "broken.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    for (key, cert, code) in [
        ("client.key", "signing.pem", "KANTA-SIGNER"),
        ("signing.key", "client.pem", "KANTA-SIGNER"),
        ("signing.pem", "signing.pem", "KANTA-SIGNER-KEY"),
        ("encrypted.key", "signing.pem", "KANTA-SIGNER-PASSWORD"),
        ("signing.key", "signing.key", "KANTA-CERT-PEM"),
        ("signing.key", "broken.pem", "KANTA-CERT-FORM"),
        ("none.key", "signing.pem", "KANTA-CLI-READ"),
        ("signing.key", "none.pem", "KANTA-CLI-READ"),
    ] {
        let (key, cert) = (fixture.path(key), fixture.path(cert));
        let arguments = [
            "sign", "document", &document, "--kind", "system", "--key", &key, "--cert", &cert,
        ];
        let run = kanta(&arguments).exits(2).says(code);
        assert!(run.out.is_empty());
    }
    // Whether Kanta takes ECDSA is an inference, which the customer test refuses.
    let (key, cert) = (fixture.path("client.key"), fixture.path("client.pem"));
    let arguments = [
        "sign",
        "document",
        &document,
        "--kind",
        "system",
        "--key",
        &key,
        "--cert",
        &cert,
        "--environment",
        "customer-test",
    ];
    kanta(&arguments).exits(2).says("KANTA-SIGN-ALGORITHM");

    let (key, cert) = (fixture.path("encrypted.key"), fixture.path("signing.pem"));
    let arguments = [
        "sign", "document", &document, "--kind", "system", "--key", &key, "--cert", &cert,
    ];
    kanta(&[&arguments[..], &["--password-env", "KANTA_TEST_NOT_SET"]].concat())
        .exits(2)
        .says("KANTA_TEST_NOT_SET");
}

#[test]
fn mistakes_in_toml_come_all_at_once_and_without_values() {
    let fixture = Fixture::new();
    let text = PLAN_METADATA
        .replace(
            "identity_code = \"090514A9226\"",
            "identity_code = \"090514A9227\"",
        )
        .replace("service_task = \"24\"", "service_tusk = \"24\"")
        .replace("special_content = \"E\"", "special_content = 5");
    let path = fixture.write("wrong.toml", text);
    let new = |more: &[&str]| fixture.new_plan(&path, more);
    let run = new(&[]).exits(2);
    assert_eq!(run.err.lines().count(), 3, "{}", run.err);
    for line in run.err.lines() {
        assert!(line.starts_with(&format!("error: {path}: line ")), "{line}");
    }
    let run = run
        .says("`service_tusk`: unknown key; did you mean `service_task`?")
        .says("KANTA-ID-HETU-CHECK");
    assert!(!run.err.contains("090514"), "{}", run.err);

    let as_json: serde_json::Value = serde_json::from_str(&new(&["--json"]).exits(2).err).unwrap();
    assert_eq!(as_json["errors"].as_array().unwrap().len(), 3);
    assert_eq!(
        as_json["errors"][2]["code"],
        serde_json::json!("KANTA-ID-HETU-CHECK")
    );

    fixture.write("wrong.toml", "kind = \"client");
    new(&[]).exits(2).says("line 1");
    fixture.write("wrong.toml", b"\xff");
    new(&[]).exits(2).says("not UTF-8");
    fixture.write("wrong.toml", format!("a = {}", "[".repeat(10_000)));
    new(&[]).exits(2).says("line 1");
    let signed = fixture.write("signed.xml", fixture.signed("plan"));
    kanta(&["frame", "store", &signed, "--context", &path]).exits(2);
}

#[test]
fn people_who_can_be_real_stay_inside() {
    let fixture = Fixture::new();
    // Made at run time: a code that a real person could have stands in no file of the project.
    let real = ('0'..='Y')
        .map(|check| format!("090514A002{check}"))
        .find(|code| PersonalIdentityCode::parse(code).is_ok())
        .unwrap();
    let real = real.as_str();
    let is_real = kanta(&["id", "check", "hetu", real]).exits(0).json();
    assert_eq!(is_real["artificial"], serde_json::json!(false));
    let metadata = fixture.write("real.toml", PLAN_METADATA.replace("090514A9226", real));
    let new = fixture.new_plan(&metadata, &[]);
    new.exits(1).says("KANTA-DOC-TEST-PERSON");
    let context = fixture.write("context.toml", common::CONTEXT.replace("170281-935M", real));
    let signed = fixture.write("signed.xml", fixture.signed("plan"));
    let run = kanta(&["frame", "store", &signed, "--context", &context])
        .exits(2)
        .says("KANTA-FRAME-TEST-PERSON");
    assert!(run.out.is_empty());
}

#[test]
fn inputs_that_cannot_be_read_are_named() {
    let fixture = Fixture::new();
    let none = fixture.path("none.xml");
    for arguments in [
        &["document", "show", &none][..],
        &["verify", &none],
        &["xml", "canonicalize", &none],
        &["structure", "validate", &none, &none],
    ] {
        kanta(arguments).exits(2).says(&none).says("KANTA-CLI-READ");
    }
    let folder = fixture.path("");
    kanta(&["verify", &folder]).exits(2).says("KANTA-CLI-READ");
    let new = [
        "document",
        "new",
        "--metadata",
        "-",
        "--content",
        "-",
        "--structure",
        PLAN,
    ];
    kanta_with(PLAN_METADATA, &new)
        .exits(2)
        .says("KANTA-CLI-STDIN");
}

#[test]
fn output_that_cannot_be_written_is_told() {
    let input = "<a/>";
    kanta_with(
        input,
        &["xml", "canonicalize", "-", "--out", "/no/such/folder/a.xml"],
    )
    .exits(2)
    .says("KANTA-CLI-WRITE");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    kanta_with(input, &["xml", "canonicalize", "-", "--out", path])
        .exits(2)
        .says("not a regular file");
}

/// Nobody reads, standard output is closed, the disk is full: no panic, and the verdict stays in the exit code.
#[cfg(unix)]
mod output {
    use super::*;
    use std::process::{Command, Stdio};

    fn command(arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kanta"));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    #[test]
    fn nobody_reads() {
        let fixture = Fixture::new();
        let signed = fixture.write("signed.xml", fixture.signed("plan"));
        let unsigned = fixture.write("unsigned.xml", fixture.unsigned("plan"));
        for (arguments, code) in [
            (&["--help"][..], 0),
            (&["document", "new", "--help"], 0),
            (&["document", "rewrite", &signed], 0),
            (&["verify", &signed], 0),
            (&["verify", &unsigned], 1),
            (&["no-such-command"], 2),
        ] {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let output = command(arguments).stdout(writer).output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{arguments:?}");
            assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
            // Neither does anybody read the messages.
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let status = command(arguments)
                .stdout(Stdio::null())
                .stderr(writer)
                .status()
                .unwrap();
            assert_eq!(status.code(), Some(code), "{arguments:?}");
        }
    }

    #[test]
    fn standard_output_is_closed_or_full() {
        let fixture = Fixture::new();
        let signed = fixture.write("signed.xml", fixture.signed("plan"));
        let program = assert_cmd::cargo::cargo_bin!("kanta");
        let shell = |redirection: &str| {
            let script = format!("\"$0\" verify \"$1\" {redirection}");
            Command::new("sh")
                .args(["-c", &script])
                .arg(program)
                .arg(&signed)
                .output()
                .unwrap()
        };
        assert_eq!(shell(">&-").status.code(), Some(0));
        assert_eq!(shell(">&- 2>&- <&-").status.code(), Some(0));
        if std::path::Path::new("/dev/full").exists() {
            let full = shell(">/dev/full");
            assert_eq!(full.status.code(), Some(2));
            assert!(String::from_utf8_lossy(&full.stderr).contains("KANTA-CLI-WRITE"));
        }
    }
}

#[test]
fn findings_about_a_new_document_name_the_key_or_the_part_that_was_given() {
    let fixture = Fixture::new();
    let later = PLAN_METADATA
        .replace("# version = 1", "version = 2")
        .replace("# set_id = \"1.2.246.10.99999999.11.2026.1\"", "set_id = \"1.2.246.10.99999999.11.2026.9\"")
        .replace("[register_keeper]\noid = \"1.2.246.10.99999999.10.0\"\nname = \"Kuvitelman hyvinvointialue\"\n", "");
    let later = fixture.write("later.toml", later);
    let content = PLAN_CONTENT.replace("090514A9226", "170281-935M");
    let content = fixture.write("other.json", content);
    let new = common::document_new(&later, &content, PLAN, &[]);
    let new = new
        .exits(1)
        .says(&format!("KANTA-DOC-CORRECTION-GROUND at {later}, `items.correction_ground`: "))
        .says(&format!("KANTA-DOC-REGISTER-KEEPER at {later}, `register_keeper`: "))
        .says(&format!(
            "KANTA-DOC-CONTENT-CLIENT at {content}, /lapsiperheiden_palvelujen_asiakassuunnitelma/asiakas: "
        ));
    assert!(!new.err.contains("/ClinicalDocument"), "{}", new.err);
    let broken = fixture.write("broken.json", "{\"a\":");
    let plan = fixture.path("plan.toml");
    common::document_new(&plan, &broken, PLAN, &[])
        .exits(1)
        .says(&format!(" at {broken}, line 1"));
    // Who gives a document hears of its elements.
    let document = String::from_utf8(fixture.unsigned("plan")).unwrap();
    let document = document.replace("090514A9226", "170281-935M");
    let check = kanta_with(document, &["document", "check", "-"]);
    assert!(
        check.text().contains("/ClinicalDocument/"),
        "{}",
        check.text()
    );
}

#[test]
fn unknown_parts_are_told_with_their_whole_path() {
    let fixture = Fixture::new();
    let document = String::from_utf8(fixture.unsigned("plan")).unwrap();
    let changed = document
        .replacen("<custodian>", "<custodian classCode=\"CST\">", 1)
        .replacen(
            "<typeId ",
            "<typeId xmlns:v=\"urn:v\" v:mark=\"PLACEHOLDER\" ",
            1,
        )
        .replacen("</recordTarget>", "<!-- --><note/></recordTarget>", 1);
    let shown = kanta_with(changed.clone(), &["document", "show", "-", "--json"]);
    assert_eq!(
        shown.exits(0).json()["unknown_parts"],
        serde_json::json!([
            "/ClinicalDocument/custodian/@classCode",
            "/ClinicalDocument/typeId/@v:mark",
            "/ClinicalDocument/recordTarget/note"
        ])
    );
    let check = kanta_with(changed, &["document", "check", "-"])
        .exits(1)
        .text();
    let placeholder = "KANTA-DOC-PLACEHOLDER at /ClinicalDocument/typeId/@v:mark: ";
    assert!(check.contains(placeholder), "{check}");
}
