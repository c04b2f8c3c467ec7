//! Strangers judge what the command writes: xmlsec1, xmllint and the public schemas of HL7.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::path::{Path, PathBuf};

use common::{Fixture, conformance, has_tool, kanta, kanta_with, tool, xmlsec1};

#[test]
fn xmlsec1_verifies_both_references() {
    if !has_tool("xmlsec1") {
        return;
    }
    let fixture = Fixture::new();
    let ca = fixture.path("ca.pem");
    for which in ["plan", "relation"] {
        let signed = fixture.write("signed.xml", fixture.signed(which));
        let (verified, text) = xmlsec1(&ca, &signed);
        assert!(verified, "{which}: {text}");
        // The judge can say no.
        let changed = std::fs::read_to_string(&signed)
            .unwrap()
            .replace("</text>", " </text>");
        assert!(!xmlsec1(&ca, &fixture.write("changed.xml", changed)).0);
    }
}

#[test]
fn a_key_that_openssl_encrypted_signs_with_its_password() {
    if !has_tool("openssl") {
        return;
    }
    let fixture = Fixture::new();
    let (plain, encrypted) = (fixture.path("signing.key"), fixture.path("encrypted.key"));
    let arguments = [
        "pkcs8",
        "-topk8",
        "-in",
        &plain,
        "-out",
        &encrypted,
        "-passout",
        "pass:salasana",
    ];
    let (made, _, err) = tool("openssl", &arguments, b"");
    assert!(made, "{err}");
    let document = fixture.write("document.xml", fixture.unsigned("plan"));
    let cert = fixture.path("signing.pem");
    let sign = |password: &str| {
        let arguments = [
            "sign", "document", &document, "--kind", "system", "--key", &encrypted, "--cert", &cert,
        ];
        assert_cmd::cargo::cargo_bin_cmd!("kanta")
            .args(arguments)
            .args(["--password-env", "KANTA_TEST_PASSWORD"])
            .env("KANTA_TEST_PASSWORD", password)
            .output()
            .unwrap()
    };
    let signed = sign("salasana");
    assert!(
        signed.status.success(),
        "{}",
        String::from_utf8_lossy(&signed.stderr)
    );
    kanta_with(signed.stdout, &["verify", "-"]).exits(0);
    let wrong = sign("salaisuus");
    assert_eq!(wrong.status.code(), Some(2));
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        told.contains("KANTA-SIGNER-PASSWORD") && !told.contains("salaisuus"),
        "{told}"
    );
}

/// What xmllint says of a document by a schema.
fn by_schema(schema: &Path, document: &[u8]) -> (bool, Vec<u8>, String) {
    let schema = schema.to_str().unwrap();
    let arguments = ["--noout", "--nonet", "--schema", schema, "-"];
    tool("xmllint", &arguments, document)
}

#[test]
fn documents_are_valid_by_the_schema_of_hl7() {
    let Some(folder) = conformance() else { return };
    if !has_tool("xsltproc") || !has_tool("xmllint") {
        return;
    }
    let fixture = Fixture::new();
    let strip = folder.join("cda-examples/strip-hl7fi.xsl");
    let schema = folder.join("cda-xsd/hl7-normative/infrastructure/cda/CDA.xsd");
    for which in ["plan", "relation"] {
        let document = fixture.write("signed.xml", fixture.signed(which));
        let (stripped, out, err) = tool("xsltproc", &[strip.to_str().unwrap(), &document], b"");
        assert!(stripped, "{which}: {err}");
        let (valid, _, err) = by_schema(&schema, &out);
        assert!(valid, "{which}: {err}");
        let broken = String::from_utf8(out)
            .unwrap()
            .replace("<setId", "<setIdentifier");
        assert!(!by_schema(&schema, broken.as_bytes()).0);
    }
}

#[test]
fn frames_are_valid_by_the_schema_of_hl7() {
    let Some(folder) = conformance() else { return };
    if !has_tool("xmllint") {
        return;
    }
    let fixture = Fixture::new();
    let schema = folder.join("hl7v3-xsd/kanta-sos-mr-subset.xsd");
    let context = fixture.path("context.toml");
    for which in ["plan", "relation"] {
        let frame = kanta_with(
            fixture.signed(which),
            &["frame", "store", "-", "--context", &context],
        )
        .exits(0)
        .out;
        let (valid, _, err) = by_schema(&schema, &frame);
        assert!(valid, "{which}: {err}");
        let broken = String::from_utf8(frame)
            .unwrap()
            .replace("<creationTime", "<creation");
        assert!(!by_schema(&schema, broken.as_bytes()).0);
    }
}

#[test]
fn canonical_forms_are_those_of_xmllint() {
    let Some(folder) = conformance() else { return };
    if !has_tool("xmllint") {
        return;
    }
    let mut compared = 0;
    for path in xml_files(&folder) {
        let input = std::fs::read(&path).unwrap();
        // Documents with a type declaration are refused, others that xmllint cannot read are no matter of ours.
        if input.windows(9).any(|window| window == b"<!DOCTYPE") {
            continue;
        }
        for (option, ours) in [
            ("--exc-c14n", &["--with-comments"][..]),
            ("--c14n", &["--with-comments", "--inclusive"]),
        ] {
            let (readable, expected, _) = tool("xmllint", &["--nonet", option, "-"], &input);
            let run = kanta_with(
                input.clone(),
                &[&["xml", "canonicalize", "-"], ours].concat(),
            );
            if run.code == 2
                && (!readable || run.err.contains("not UTF-8") || run.err.contains("absolute URI"))
            {
                continue;
            }
            assert!(readable, "{}", path.display());
            assert!(run.exits(0).out == expected, "{} {option}", path.display());
            compared += 1;
        }
    }
    assert!(compared > 50, "only {compared} forms were compared");
}

fn xml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(xml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            files.push(path);
        }
    }
    files
}

#[test]
fn the_real_document_is_refused_as_published_and_verifies_without_its_indentation() {
    let Some(folder) = conformance() else { return };
    let path = folder.join("real-documents/client-relationship-document.xml");
    let path = path.to_str().unwrap();
    let structures = folder.join("sosmeta");
    let structures = structures.to_str().unwrap();
    let verdict = kanta(&["verify", path, "--json"]).exits(1).json();
    let digests = &verdict["signatures"][0]["digests"];
    assert_eq!(
        (&digests[0]["fits"], &digests[1]["fits"]),
        (&false.into(), &true.into())
    );
    kanta(&["document", "check", path, "--structures", structures]).exits(0);
    kanta(&["document", "show", path]).exits(0);
    if !has_tool("xmllint") {
        return;
    }
    let (_, without, _) = tool("xmllint", &["--noblanks", path], b"");
    let verdict = kanta_with(without, &["verify", "-", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        verdict["signatures"][0]["signer_against_document"],
        "agrees"
    );
}

#[test]
fn foreign_documents_keep_the_canonical_form_of_their_body() {
    let Some(folder) = conformance() else { return };
    for name in [
        "real-documents/client-relationship-document.xml",
        "cda-examples/01-phase2-xhtml-json-plan.xml",
        "cda-examples/04-asiakkuusasiakirja.xml",
    ] {
        let path = folder.join(name);
        let path = path.to_str().unwrap();
        let oid = kanta(&["document", "show", path, "--json"]).exits(0).json()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let anchor = format!("OID{oid}");
        let canonical = ["xml", "canonicalize", "-", "--id", &anchor];
        let original = kanta_with(std::fs::read(path).unwrap(), &canonical)
            .exits(0)
            .out;
        let rewritten = kanta(&["document", "rewrite", path]).exits(0).out;
        assert!(
            kanta_with(rewritten, &canonical).exits(0).out == original,
            "{name}"
        );
        for part in ["json", "xhtml"] {
            assert!(
                !kanta(&["document", "body", path, "--part", part])
                    .exits(0)
                    .out
                    .is_empty()
            );
        }
    }
}

#[test]
fn identifiers_are_judged_as_the_tables_of_others_have_it() {
    let Some(folder) = conformance() else { return };
    for (name, kind) in [("henkilotunnus.tsv", "hetu"), ("ytunnus.tsv", "y-tunnus")] {
        let table = std::fs::read_to_string(folder.join("identifiers").join(name)).unwrap();
        let rows: Vec<(String, bool)> = table
            .lines()
            .skip(1)
            .map(|row| {
                let mut columns = row.split('\t');
                let value = serde_json::from_str(columns.next().unwrap()).unwrap();
                (value, columns.next() == Some("1"))
            })
            // A value with a line end in it cannot be given by line.
            .filter(|(value, _): &(String, bool)| !value.contains(['\n', '\r']))
            .collect();
        let input: String = rows.iter().map(|(value, _)| format!("{value}\n")).collect();
        let run = kanta_with(input, &["id", "check", kind, "-", "--json"]).exits(1);
        let verdicts: Vec<bool> = run
            .text()
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["valid"] == true)
            .collect();
        let expected: Vec<bool> = rows.iter().map(|(_, valid)| *valid).collect();
        assert!(!rows.is_empty() && verdicts == expected, "{name}");
    }
}
