//! Signatures judged by strangers: xmlsec1 and the JDK verify ours, we verify what xmlsec1 makes in the same shape, and
//! both agree about published and prepared documents.
//!
//! Tools that are not installed and the folder that `KANTA_CONFORMANCE` names are said to be missing; nothing of that
//! folder is in the project.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kanta_cda::{DocumentVerification, SignOptions, verify};
use kanta_core::spec::{Bundle, Inferred, Spec};
use kanta_sign::Signer;
use kanta_xml::Limits;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};
use tempfile::TempDir;

mod common;
mod signing;

use common::{conformance, read};
use signing::{Desk, RSA_KEY, now, professional_params, rsa, signer};

const IDS: [&str; 4] = [
    "--id-attr:ID",
    "urn:hl7-org:v3:nonXMLBody",
    "--id-attr:ID",
    "urn:hl7finland:signatureTimestamp",
];

/// Whether a tool is there; says so loudly when it is not.
fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: {tool} is not installed");
    }
    found
}

fn verdict(document: &[u8]) -> DocumentVerification {
    verify(document, &common::spec(), &Limits::default()).unwrap()
}

fn findings(verification: &DocumentVerification) -> Vec<String> {
    verification
        .all_findings()
        .map(ToString::to_string)
        .collect()
}

/// Documents of every kind that we sign, by file name, with the certificates of their signers.
fn ours(folder: &Path) -> Vec<(PathBuf, Vec<PathBuf>)> {
    let desk = Desk::open();
    let authority = folder.join("authority.pem");
    fs::write(&authority, desk.authority.as_ref().pem()).unwrap();
    let mut made = vec![
        ("system", desk.signed_by_system()),
        ("professional", desk.signed_by_professional()),
    ];
    let other = signer(&desk.authority, &rsa(), professional_params("99999999922"));
    let both = desk
        .signed_by_professional()
        .sign_again(&other, SignOptions::professional(now()), &desk.spec)
        .unwrap()
        .sign_again(&desk.system, SignOptions::system(now()), &desk.spec)
        .unwrap();
    made.push(("three", both));
    let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow);
    for (name, kind) in [
        ("p256", &PKCS_ECDSA_P256_SHA256),
        ("p384", &PKCS_ECDSA_P384_SHA384),
    ] {
        let key = KeyPair::generate_for(kind).unwrap();
        let signer = signer(&desk.authority, &key, professional_params("99999999933"));
        let options = SignOptions::professional(now());
        made.push((name, desk.valid().sign(&signer, options, &spec).unwrap()));
    }
    made.into_iter()
        .map(|(name, signed)| {
            let path = folder.join(format!("{name}.xml"));
            fs::write(&path, signed.as_xml()).unwrap();
            (path, vec![authority.clone()])
        })
        .collect()
}

/// Runs xmlsec1 on one signature of a file.
fn xmlsec1(file: &Path, trusted: &[PathBuf], number: usize, more: &[&str]) -> (bool, String) {
    let mut command = Command::new("xmlsec1");
    command.args(["--verify"]).args(IDS).args(more);
    for trusted in trusted {
        command.arg("--trusted-pem").arg(trusted);
    }
    let signature = format!(
        "(//*[local-name()='Signature' and namespace-uri()='http://www.w3.org/2000/09/xmldsig#'])[{number}]"
    );
    let output = command
        .args(["--node-xpath", &signature])
        .arg(file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

#[test]
fn xmlsec1_verifies_ours_and_digests_the_same_octets() {
    if !has("xmlsec1") {
        return;
    }
    let folder = TempDir::new().unwrap();
    for (file, trusted) in ours(folder.path()) {
        let document = fs::read(&file).unwrap();
        let verification = verdict(&document);
        assert!(verification.is_valid());
        for number in 1..=verification.signatures().len() {
            let (verifies, said) = xmlsec1(&file, &trusted, number, &["--store-references"]);
            assert!(verifies, "{}: {said}", file.display());
            let body = String::from_utf8(common::canonical_body(&document)).unwrap();
            assert!(said.contains(&body), "{}: other octets", file.display());
        }
    }
}

#[test]
fn the_jdk_verifies_ours() {
    if !has("java") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jdk/Verify.java");
    let files: Vec<PathBuf> = ours(folder.path())
        .into_iter()
        .map(|(file, _)| file)
        .collect();
    let changed = folder.path().join("changed.xml");
    let text = fs::read_to_string(&files[0]).unwrap();
    fs::write(&changed, text.replace("</hl7fi:json>", " </hl7fi:json>")).unwrap();
    let output = Command::new("java")
        .arg(&program)
        .args(&files)
        .arg(&changed)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let problems = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && problems.contains("compil") {
        eprintln!("SKIPPED: this java has no compiler: {problems}");
        return;
    }
    assert!(output.status.success(), "{problems}");
    let verdicts: Vec<&str> = said.lines().collect();
    assert_eq!(verdicts.len(), 8, "{said}");
    for line in verdicts {
        let expected = if line.contains("changed.xml") {
            "false"
        } else {
            "true"
        };
        assert!(line.ends_with(expected), "{line}");
    }
}

/// A document in the shape of Kanta that xmlsec1 signs: its own prefixes, indentation and order.
fn template(kind: &str, references: [(&str, &str); 2], algorithm: &str, digest: &str) -> String {
    let reference = |(id, transforms): (&str, &str)| {
        format!(
            "<ds:Reference URI=\"#{id}\"><ds:Transforms>{transforms}</ds:Transforms><ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue/></ds:Reference>"
        )
    };
    format!(
        "<?xml version=\"1.0\"?>\n<c:ClinicalDocument xmlns:c=\"urn:hl7-org:v3\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n\
         <c:id root=\"2.999.7\"/>\n<f:localSocialHeader xmlns:f=\"urn:hl7finland\">\n<f:signatureCollection>\n<f:signature ID=\"s\">\n\
         <f:signatureDescription code=\"{kind}\" codeSystem=\"1.2.246.537.5.40127.2006\"/>\n\
         <f:signatureTimestamp ID=\"t\">2026-02-02T08:15:30Z</f:signatureTimestamp>\n\
         <ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n<ds:SignedInfo>\n\
         <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\n\
         <ds:SignatureMethod Algorithm=\"{algorithm}\"/>\n{}{}</ds:SignedInfo>\n<ds:SignatureValue/>\n\
         <ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>\n</ds:Signature>\n</f:signature>\n\
         </f:signatureCollection>\n</f:localSocialHeader>\n<c:component><c:nonXMLBody ID=\"OID2.999.7\">\n\
         <!-- comment --><c:text representation='B64'  mediaType=\"text/plain\" >\r\n\tZWs=&#13;<![CDATA[ & ]]></c:text>\n\
         <f:json xmlns:f=\"urn:hl7finland\" xmlns:unused=\"urn:u\" a=\"&#9;ä&quot;'\"/></c:nonXMLBody></c:component>\n</c:ClinicalDocument>\n",
        reference(references[0]),
        reference(references[1]),
    )
}

#[test]
fn what_xmlsec1_signs_verifies_with_us() {
    if !has("xmlsec1") {
        return;
    }
    const EXC: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    const ENV: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
    const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
    const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let desk = Desk::open();
    let folder = TempDir::new().unwrap();
    let p384 = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let elliptic = signer(&desk.authority, &p384, professional_params("99999999933"));
    let p384 = p384.serialize_pem();
    for (name, xml, key, certificate) in [
        (
            "system",
            template("3", [("t", ENV), ("OID2.999.7", ENV)], RSA, SHA256),
            RSA_KEY,
            desk.system.certificate(),
        ),
        (
            "professional",
            template("1", [("OID2.999.7", EXC), ("t", EXC)], RSA, SHA256),
            RSA_KEY,
            desk.professional.certificate(),
        ),
        (
            "p384",
            template(
                "1",
                [("OID2.999.7", EXC), ("t", EXC)],
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
                SHA384,
            ),
            &p384,
            elliptic.certificate(),
        ),
    ] {
        let file = |ending: &str| folder.path().join(format!("{name}.{ending}"));
        fs::write(file("xml"), &xml).unwrap();
        fs::write(file("key"), key).unwrap();
        fs::write(file("der"), certificate.as_der()).unwrap();
        let certificate_pem = Command::new("openssl")
            .args(["x509", "-inform", "DER", "-in"])
            .arg(file("der"))
            .output()
            .unwrap();
        fs::write(file("pem"), certificate_pem.stdout).unwrap();
        let key = format!("{},{}", file("key").display(), file("pem").display());
        let output = Command::new("xmlsec1")
            .args(["--sign"])
            .args(IDS)
            .args(["--privkey-pem", &key, "--output"])
            .arg(file("signed"))
            .arg(file("xml"))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let signed = fs::read(file("signed")).unwrap();
        let verification = verdict(&signed);
        assert!(
            verification.is_valid(),
            "{name}: {:?}",
            findings(&verification)
        );
        let check = verification.signatures()[0].check().unwrap();
        assert_eq!(check.certificate(), Some(certificate));
        let text = String::from_utf8(signed).unwrap();
        for (what, by) in [
            ("ZWs=", "ZWt="),
            ("08:15:30Z", "08:15:31Z"),
            ("<![CDATA[ & ]]>", "<![CDATA[ &  ]]>"),
        ] {
            assert!(text.contains(what), "{name}: {what}");
            let changed = verdict(text.replacen(what, by, 1).as_bytes());
            assert!(!changed.is_valid(), "{name}: {what}");
        }
    }
}

#[test]
fn prepared_documents_are_judged_as_named() {
    let Some(folder) = conformance() else {
        return;
    };
    let mut count = 0;
    for set in ["kanta-social", "kanta-health-2015-shaped"] {
        let set = folder.join("xmldsig").join(set);
        for entry in fs::read_dir(&set).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if !name.ends_with(".xml") || name.contains("template") {
                continue;
            }
            count += 1;
            let document = read(&set, &name);
            if name.starts_with("doctype") {
                assert!(verify(&document, &common::spec(), &Limits::default()).is_err());
                continue;
            }
            let verification = verdict(&document);
            assert_eq!(
                verification.is_valid(),
                !name.starts_with("neg-"),
                "{name}: {:?}",
                findings(&verification)
            );
            if name == "neg-pretty-printed.xml" {
                assert!(verification.signatures().len() == 1 || !verification.is_valid());
            }
        }
    }
    assert!(count >= 15, "{count} documents");
}

/// The published message was indented after it was signed: the verdict is about the bytes, the diagnostic tells why.
#[test]
fn the_published_document_is_refused_with_a_diagnostic() {
    let Some(folder) = conformance() else {
        return;
    };
    let published = read(
        &folder.join("real-documents"),
        "client-relationship-document.xml",
    );
    let verification = verdict(&published);
    assert!(!verification.is_valid());
    let found: Vec<&str> = verification
        .all_findings()
        .map(|finding| finding.rule())
        .collect();
    assert!(found.contains(&"KANTA-SIGNATURE-BODY-DIGEST"), "{found:?}");
    assert!(found.contains(&"KANTA-SIGNATURE-WHITE-SPACE"), "{found:?}");
}

/// Published signatures of other shapes verify elsewhere; no profile takes their shape.
#[test]
fn signatures_of_other_shapes_have_no_profile() {
    let Some(folder) = conformance() else {
        return;
    };
    let folder = folder.join("xmldsig");
    for name in [
        "merlin-c14n-three/signature.xml",
        "xmldsig-sha2/enveloping-sha256-rsa-sha256.xml",
        "xmldsig-sha2/enveloping-rsa-x509chain.xml",
        "xmldsig-sha2/enveloping-sha256-ecdsa-sha256.xml",
        "xmldsig11-ec/signature-enveloping-p256_sha256.xml",
        "xmldsig11-ec/signature-enveloping-p384_sha384.xml",
        "xmldsig11-ec/signature-enveloping-rsa-sha256.xml",
    ] {
        let document = read(&folder, name);
        let refused = verify(&document, &common::spec(), &Limits::default());
        assert!(refused.is_err(), "{name}: it is no document of ours");
        // Inside a document of ours the shape is refused too.
        let text = String::from_utf8(document).unwrap();
        let name_at = text.find("Signature xmlns").unwrap();
        let start = text[..name_at].rfind('<').unwrap();
        let end = text.rfind("Signature>").unwrap() + "Signature>".len();
        let inside = format!(
            "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><id root=\"2.999.7\"/><localSocialHeader xmlns=\"urn:hl7finland\"><signatureCollection><signature>\
             <signatureDescription code=\"3\" codeSystem=\"1.2.246.537.5.40127.2006\"/><signatureTimestamp ID=\"t\">2026-02-02T08:15:30Z</signatureTimestamp>{}</signature>\
             </signatureCollection></localSocialHeader><component><nonXMLBody ID=\"OID2.999.7\"/></component></ClinicalDocument>",
            &text[start..end]
        );
        let verification = verify(inside.as_bytes(), &common::spec(), &Limits::default());
        assert!(
            verification.is_ok_and(|verification| !verification.is_valid()),
            "{name}"
        );
    }
}
