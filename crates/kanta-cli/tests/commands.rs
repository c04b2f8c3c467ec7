//! Every command, its result in both forms and its exit codes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use common::{Fixture, PLAN, PLAN_CONTENT, PLAN_METADATA, document_new, kanta, kanta_with};
use serde_json::{Value, json};

#[test]
fn help_and_version_are_results_and_bad_usage_is_not() {
    assert!(kanta(&["--help"]).exits(0).text().contains("Exit codes:"));
    assert!(kanta(&["--version"]).exits(0).text().starts_with("kanta "));
    for arguments in [
        &[][..],
        &["no-such-command"],
        &["document"],
        &["document", "check"],
        &["id", "check", "shoe-size", "42"],
        &[
            "sign", "document", "-", "--kind", "nobody", "--key", "k", "--cert", "c",
        ],
        &["verify", "-", "--at", "yesterday"],
        &[
            "frame",
            "store",
            "-",
            "--context",
            "c",
            "--message-id",
            "1.2.3",
        ],
        &["xml", "canonicalize", "--inclusive", "--prefixes", "a", "-"],
        &["verify", "-", "--environment", "moon"],
    ] {
        let run = kanta(arguments).exits(2);
        assert!(
            run.out.is_empty() && run.err.contains("Usage: kanta") || run.err.contains("--help"),
            "{arguments:?}"
        );
    }
}

#[test]
fn bad_usage_is_json_for_who_asks_for_json() {
    for (arguments, code, told) in [
        (&["--json"][..], "KANTA-CLI-USAGE", "a command is missing"),
        (
            &["document", "--json"],
            "KANTA-CLI-USAGE",
            "a command is missing",
        ),
        (
            &["document", "check", "--json"],
            "KANTA-CLI-USAGE",
            "<FILE>; Usage: kanta document check",
        ),
        (
            &["--json", "verify", "-", "--at", "yesterday"],
            "KANTA-TIME-INSTANT",
            "give a date and time with a zone",
        ),
        (
            &["--json", "verify", "-", "--environment", "moon"],
            "KANTA-CLI-USAGE",
            "[possible values: production, customer-test, test]",
        ),
        (
            &["verify", "--nonsense", "--json"],
            "KANTA-CLI-USAGE",
            "unexpected argument '--nonsense'",
        ),
    ] {
        let run = kanta(arguments).exits(2);
        let error: Value = serde_json::from_str(&run.err).unwrap();
        assert_eq!(error["errors"][0]["code"], code, "{arguments:?}");
        assert_eq!(error["findings"], json!([]));
        let message = error["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(told), "{told} is not in {message}");
        assert!(
            run.out.is_empty() && run.err.lines().count() == 1,
            "{}",
            run.err
        );
    }
    // After `--` it is a value.
    kanta(&["verify", "a", "--", "--json"])
        .exits(2)
        .says("\nUsage: ");
    assert!(
        kanta(&["--json", "--help"])
            .exits(0)
            .text()
            .contains("Usage: kanta")
    );
}

#[test]
fn the_help_of_commands_with_toml_prints_the_toml() {
    for (arguments, toml) in [
        (&["document", "new", "--help"][..], PLAN_METADATA),
        (&["frame", "store", "--help"], common::CONTEXT),
    ] {
        let help = kanta(arguments).exits(0).text();
        assert!(help.contains(toml.trim()), "{help}");
    }
}

#[test]
fn content_is_validated_and_rendered() {
    let fixture = Fixture::new();
    let content = fixture.path("plan.json");
    let run = kanta(&["structure", "validate", PLAN, &content])
        .exits(0)
        .says("0 errors, 0 findings in all");
    assert!(run.out.is_empty());
    let run = kanta(&["structure", "validate", PLAN, &content, "--json"]).exits(0);
    assert_eq!((run.json(), run.err.as_str()), (json!([]), ""));

    let xhtml = kanta(&["structure", "render", PLAN, &content])
        .exits(0)
        .text();
    assert!(
        xhtml.starts_with("<div")
            && xhtml.contains("Arki &amp; &lt;rytmi&gt;")
            && !xhtml.contains("A9226")
    );
    let arguments = [
        "structure",
        "render",
        PLAN,
        "-",
        "--lang",
        "sv",
        "--oid",
        "2.999.7",
    ];
    let swedish = kanta_with(PLAN_CONTENT, &arguments).exits(0).text();
    assert!(swedish.contains("2.999.7") && swedish != xhtml);
}

#[test]
fn content_that_is_not_the_structures_is_told_place_by_place() {
    let fixture = Fixture::new();
    let content = PLAN_CONTENT
        .replace("\"2026-02-02\"", "\"2.2.2026\"")
        .replace("sukunimi", "sukunimmi");
    let path = fixture.write("wrong.json", &content);
    let run = kanta(&["structure", "validate", PLAN, &path]).exits(1);
    assert!(run.text().contains("error KANTA-STRUCTURE-PATTERN at /lapsiperheiden_palvelujen_asiakassuunnitelma/paivamaara: "));
    let findings = kanta(&["structure", "validate", PLAN, &path, "--json"])
        .exits(1)
        .json();
    let findings = findings.as_array().unwrap();
    assert!(findings.len() > 3);
    for finding in findings {
        let keys: Vec<&str> = finding
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            keys,
            [
                "english", "finnish", "mark", "place", "rule", "severity", "source"
            ]
        );
    }
    let rendered = kanta(&["structure", "render", PLAN, &path])
        .exits(1)
        .says("KANTA-STRUCTURE-PATTERN");
    assert!(rendered.out.is_empty());
    let metadata = fixture.path("plan.toml");
    let run = document_new(&metadata, &path, PLAN, &[])
        .exits(1)
        .says("KANTA-STRUCTURE-PATTERN");
    assert!(run.out.is_empty());
    let run = document_new(&metadata, &path, PLAN, &["--json"]).exits(1);
    let error: Value = serde_json::from_str(&run.err).unwrap();
    assert_eq!(error["findings"].as_array().unwrap().len(), findings.len());
    assert!(error["errors"][0]["message"].is_string());
}

#[test]
fn a_document_is_made_signed_verified_and_framed() {
    let fixture = Fixture::new();
    for which in ["plan", "relation"] {
        let unsigned = fixture.write("unsigned.xml", fixture.unsigned(which));
        kanta(&["document", "check", &unsigned]).exits(0);
        kanta(&["verify", &unsigned]).exits(1).says("is not signed");

        let (cert, key) = (fixture.path("signing.pem"), fixture.path("signing.key"));
        let signed = fixture.path("signed.xml");
        let time = "2026-02-02T10:20:30+02:00";
        let run = kanta(&[
            "sign", "document", &unsigned, "--kind", "system", "--key", &key, "--cert", &cert,
            "--time", time, "--out", &signed,
        ]);
        assert!(run.exits(0).out.is_empty());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&signed).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        kanta(&["document", "check", &signed]).exits(0);

        let verdict = kanta(&["verify", &signed, "--json"]).exits(0).json();
        assert_eq!(verdict["valid"], json!(true));
        let signature = &verdict["signatures"][0];
        assert_eq!(signature["time"], json!("2026-02-02T08:20:30Z"));
        assert_eq!(signature["digests"][0]["fits"], json!(true));
        assert_eq!(signature["digests"][1]["fits"], json!(true));
        assert_eq!(signature["signature"]["fits"], json!(true));
        assert_eq!(signature["covered"].as_array().unwrap().len(), 2);
        assert_eq!(
            signature["signer"]["identifier"],
            json!("1.2.246.10.99999999.10.0")
        );
        assert_eq!(signature["signer_against_document"], json!("agrees"));
        assert_eq!(signature["path"]["verdict"], json!("not checked"));

        let context = fixture.path("context.toml");
        let id = "1.2.246.10.99999999.18.1^42";
        let frame = kanta(&[
            "frame",
            "store",
            &signed,
            "--context",
            &context,
            "--message-id",
            id,
            "--time",
            time,
        ]);
        let frame = frame.exits(0).text();
        assert!(frame.contains("<id root=\"1.2.246.10.99999999.18.1\" extension=\"42\"/>"));
        assert!(frame.contains("<creationTime value=\"20260202102030+0200\"/>"));
        let run = kanta_with(
            std::fs::read(&signed).unwrap(),
            &["frame", "store", "-", "--context", &context],
        );
        assert_ne!(
            run.exits(0).text(),
            frame,
            "identifiers of messages never repeat"
        );
    }
}

#[test]
fn the_path_of_a_certificate_is_checked_when_authorities_are_named() {
    let fixture = Fixture::new();
    let signed = fixture.write("signed.xml", fixture.signed("plan"));
    let (ca, other) = (fixture.path("ca.pem"), Fixture::new());
    let other = other.path("ca.pem");
    let verdict = kanta(&["verify", &signed, "--trust", &ca, "--json"])
        .exits(0)
        .json();
    assert_eq!(
        verdict["signatures"][0]["path"]["verdict"],
        json!("trusted")
    );
    let late = [
        "verify",
        &signed,
        "--trust",
        &ca,
        "--at",
        "9000-01-01T00:00:00Z",
    ];
    for (arguments, reason) in [
        (
            &["verify", &signed, "--trust", &other][..],
            "path: not trusted: the signature of a certificate does not fit the key of its issuer",
        ),
        (&late, "path: not trusted: a certificate expired at "),
    ] {
        let text = kanta(arguments).exits(1).text();
        assert!(
            text.starts_with("valid: no\n") && text.contains(reason),
            "{text}"
        );
        assert!(!text.contains("Unix") && !text.contains("Issuer"), "{text}");
    }
    kanta(&["verify", &signed, "--trust", &fixture.path("signing.key")])
        .exits(2)
        .says("KANTA-CERT-PEM");
}

#[test]
fn a_changed_document_does_not_verify_and_gets_no_frame() {
    let fixture = Fixture::new();
    let signed = String::from_utf8(fixture.signed("plan")).unwrap();
    let changed = fixture.write("changed.xml", signed.replace("</text>", " </text>"));
    let verdict = kanta(&["verify", &changed, "--json"]).exits(1).json();
    assert_eq!(
        verdict["signatures"][0]["digests"][0],
        json!({"of": "body", "fits": false, "id": null, "digest": null})
    );
    let rules: Vec<&str> = verdict["signatures"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["KANTA-SIGNATURE-BODY-DIGEST"]);
    let context = fixture.path("context.toml");
    kanta(&["frame", "store", &changed, "--context", &context])
        .exits(1)
        .says("does not verify");
    let unsigned = fixture.write("unsigned.xml", fixture.unsigned("plan"));
    kanta(&["frame", "store", &unsigned, "--context", &context])
        .exits(1)
        .says("is not signed");
}

#[test]
fn a_document_is_shown_with_everything_it_says() {
    let fixture = Fixture::new();
    let signed = fixture.write("signed.xml", fixture.signed("plan"));
    let shown = kanta(&["document", "show", &signed, "--json"])
        .exits(0)
        .json();
    assert_eq!(shown["kind"], json!("client_document"));
    assert_eq!(shown["id"], json!("1.2.246.10.99999999.11.2026.1"));
    assert_eq!(shown["drafted"], json!("20260202101530+0200"));
    assert_eq!(
        shown["service_task"]["display"],
        json!("Lapsiperheiden palvelut")
    );
    assert_eq!(shown["client"]["identity_code"], json!("090514A9226"));
    assert_eq!(shown["client"]["given"], json!(["Aino", "Tuulikki"]));
    assert_eq!(shown["author"]["registration_number"], json!("99999999911"));
    assert_eq!(shown["structure"]["oid"], json!(PLAN));
    assert_eq!(
        shown["body"]["structured_form_bytes"],
        json!(PLAN_CONTENT.len())
    );
    assert_eq!(shown["signatures"][0]["valid"], json!(true));
    assert_eq!(shown["unknown_parts"], json!([]));
    let text = kanta(&["document", "show", &signed]).exits(0).text();
    assert!(
        text.contains("\nservice_task: 24 Lapsiperheiden palvelut (1.2.246.537.6.1221.201601)\n"),
        "{text}"
    );
    assert!(
        text.contains("\nclient:\n├─ identity_code: 090514A9226\n├─ given:\n│  ├─ Aino\n"),
        "{text}"
    );
}

#[test]
fn parts_come_out_unchanged() {
    let fixture = Fixture::new();
    let own = "<div xmlns=\"http://www.w3.org/1999/xhtml\" class=\"soc-document\" id=\"OID1.2.246.10.99999999.11.2026.1\"><p>Oma näyttö</p></div>";
    let (metadata, content) = (fixture.path("plan.toml"), fixture.path("plan.json"));
    let display = fixture.write("own.xhtml", own);
    let made = document_new(&metadata, &content, PLAN, &["--display", &display]);
    // The rules may warn of a display form that is not the rendered one; its bytes stay what they are.
    let document = made.exits(0).out;
    let part =
        |part: &str| kanta_with(document.clone(), &["document", "body", "-", "--part", part]);
    assert_eq!(part("json").exits(0).text(), PLAN_CONTENT);
    assert_eq!(part("xhtml").exits(0).text(), own);
    let run = part("pdf").exits(2).says("application/xhtml+xml");
    assert!(run.out.is_empty());
}

#[test]
fn rewriting_keeps_body_and_signatures() {
    let fixture = Fixture::new();
    let signed = fixture.signed("plan");
    let rewritten = kanta_with(signed.clone(), &["document", "rewrite", "-"])
        .exits(0)
        .out;
    assert_eq!(
        kanta_with(rewritten.clone(), &["document", "rewrite", "-"])
            .exits(0)
            .out,
        rewritten
    );
    kanta_with(rewritten, &["verify", "-"]).exits(0);
}

#[test]
fn canonical_forms_follow_the_options() {
    let input = "<a xmlns:p='urn:p' xmlns:q='urn:q'><!-- c --><p:b ID='x' k='1' z='2' b='3'/></a>";
    for (options, expected) in [
        (
            &[][..],
            "<a><p:b xmlns:p=\"urn:p\" ID=\"x\" b=\"3\" k=\"1\" z=\"2\"></p:b></a>",
        ),
        (
            &["--with-comments"],
            "<a><!-- c --><p:b xmlns:p=\"urn:p\" ID=\"x\" b=\"3\" k=\"1\" z=\"2\"></p:b></a>",
        ),
        (
            &["--inclusive"],
            "<a xmlns:p=\"urn:p\" xmlns:q=\"urn:q\"><p:b ID=\"x\" b=\"3\" k=\"1\" z=\"2\"></p:b></a>",
        ),
        (
            &["--prefixes", "q r"],
            "<a xmlns:q=\"urn:q\"><p:b xmlns:p=\"urn:p\" ID=\"x\" b=\"3\" k=\"1\" z=\"2\"></p:b></a>",
        ),
        (
            &["--id", "x"],
            "<p:b xmlns:p=\"urn:p\" ID=\"x\" b=\"3\" k=\"1\" z=\"2\"></p:b>",
        ),
        (
            &["--id", "1", "--id-attribute", "k"],
            "<p:b xmlns:p=\"urn:p\" ID=\"x\" b=\"3\" k=\"1\" z=\"2\"></p:b>",
        ),
        (
            &["--id", "x", "--inclusive"],
            "<p:b xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" ID=\"x\" b=\"3\" k=\"1\" z=\"2\"></p:b>",
        ),
    ] {
        let run = kanta_with(input, &[&["xml", "canonicalize", "-"], options].concat());
        assert_eq!(run.exits(0).text(), expected, "{options:?}");
    }
    kanta_with(input, &["xml", "canonicalize", "-", "--id", "y"])
        .exits(2)
        .says("no element has the wanted id");
    kanta_with(
        input,
        &["xml", "canonicalize", "-", "--id", "y", "--inclusive"],
    )
    .exits(2)
    .says("no element has");
}

#[test]
fn error_findings_of_a_document_end_with_one() {
    let fixture = Fixture::new();
    let document = String::from_utf8(fixture.unsigned("plan")).unwrap();
    let document = document.replace("ID=\"OID1.2.246", "ID=\"OID2.2.246");
    let findings = kanta_with(document.clone(), &["document", "check", "-", "--json"])
        .exits(1)
        .json();
    let rules: Vec<&str> = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    assert!(rules.contains(&"KANTA-DOC-ANCHOR"), "{rules:?}");
    let (cert, key) = (fixture.path("signing.pem"), fixture.path("signing.key"));
    let sign = [
        "sign", "document", "-", "--kind", "system", "--key", &key, "--cert", &cert,
    ];
    let run = kanta_with(document, &sign)
        .exits(1)
        .says("KANTA-DOC-ANCHOR");
    assert!(run.out.is_empty());
    kanta_with(fixture.signed("plan"), &sign)
        .exits(2)
        .says("KANTA-DRAFT-SIGNED");
}

#[test]
fn a_second_version_keeps_the_first_ones_identifier() {
    let fixture = Fixture::new();
    let first = "1.2.246.10.99999999.11.2026.1";
    let text = PLAN_METADATA
        .replace(
            &format!("\nid = \"{first}\""),
            "\nid = \"1.2.246.10.99999999.11.2026.9\"",
        )
        .replace("# set_id =", "set_id =")
        .replace("# version = 1", "version = 2")
        + "correction_ground = { code = \"TEST-1\", system = \"2.999.5\", display = \"Testi\" }\n";
    let metadata = fixture.write("second.toml", text);
    let document = fixture.new_plan(&metadata, &[]).exits(0).out;
    let shown = kanta_with(document, &["document", "show", "-", "--json"])
        .exits(0)
        .json();
    assert_eq!(
        (&shown["set_id"], &shown["version"]),
        (&json!(first), &json!(2))
    );
}

#[test]
fn a_pdf_and_a_display_form_alone_make_documents_of_their_kinds() {
    let fixture = Fixture::new();
    let pdf = b"%PDF-1.7\n<pdfaid:part>2</pdfaid:part>\ntrailer <<>>\nstartxref\n9\n%%EOF\n";
    let path = fixture.path("scan.pdf");
    std::fs::write(&path, pdf).unwrap();
    let first_phase = PLAN_METADATA.replace("kind = \"client_document\"", "kind = \"first_phase\"");
    let metadata = fixture.write("first-phase.toml", first_phase);
    let document = kanta(&["document", "new", "--metadata", &metadata, "--pdf", &path])
        .exits(0)
        .out;
    let taken = kanta_with(
        document.clone(),
        &["document", "body", "-", "--part", "pdf"],
    )
    .exits(0);
    assert!(taken.out == pdf);
    let shown = kanta_with(document, &["document", "show", "-", "--json"])
        .exits(0)
        .json();
    assert_eq!(shown["kind"], json!("first_phase"));
    // The kinds whose content is structured refuse it.
    let metadata = fixture.write(
        "plan.toml",
        PLAN_METADATA.replace("client_document\"", "case_note\""),
    );
    kanta(&["document", "new", "--metadata", &metadata, "--pdf", &path])
        .exits(1)
        .says("KANTA-DOC-BODY-FORM");
    // What came from elsewhere tells how and from whom.
    let metadata = fixture.write(
        "received.toml",
        PLAN_METADATA.replace("client_document\"", "first_phase\""),
    );
    kanta(&[
        "document",
        "new",
        "--metadata",
        &metadata,
        "--pdf",
        &path,
        "--received",
    ])
    .exits(1)
    .says("KANTA-DOC-ARRIVAL");
    // Without anything to put into the body there is no document.
    kanta(&["document", "new", "--metadata", &metadata]).exits(2);
}

#[test]
fn verify_says_that_the_header_is_not_signed() {
    let help = kanta(&["verify", "--help"]).exits(0).text();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        help.contains("covers the body and the time stamp only, not the header"),
        "{help}"
    );
    let fixture = Fixture::new();
    let signed = String::from_utf8(fixture.signed("plan")).unwrap();
    let header = signed.replacen("<setId root=\"1", "<setId root=\"2.999.1", 1);
    let body = signed.replacen("</nonXMLBody>", " </nonXMLBody>", 1);
    for (changed, exit) in [(header, 0), (body, 1)] {
        assert!(changed != signed);
        kanta_with(changed, &["verify", "-"]).exits(exit);
    }
}

#[test]
fn nobody_signs_with_a_certificate_that_is_not_valid_at_the_time_of_the_signature() {
    let fixture = Fixture::new();
    let document = fixture.write("unsigned.xml", fixture.unsigned("plan"));
    let notices = fixture.write("notices.json", kanta(&["notice", "sample"]).out);
    let (cert, key) = (fixture.path("signing.pem"), fixture.path("signing.key"));
    for time in ["1974-12-31T23:59:59Z", "4999-01-01T00:00:00Z"] {
        for (unsigned, sign) in [
            (
                &document,
                &["sign", "document", &document, "--kind", "system"][..],
            ),
            (&notices, &["notice", "sign", &notices]),
        ] {
            let with = ["--key", &key, "--cert", &cert, "--time", time];
            let run = kanta(&[sign, &with].concat())
                .exits(2)
                .says("KANTA-SIGN-VALIDITY")
                .says(&format!(
                    "the signature states {time}: sign with a certificate that is valid then"
                ));
            assert!(run.out.is_empty() && run.err.starts_with(&format!("error: {unsigned}: ")));
        }
    }
}
