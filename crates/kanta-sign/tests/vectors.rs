//! Published vectors: Wycheproof, and the layers of published XML signatures.
//!
//! Read from the folder that `KANTA_CONFORMANCE` names; without it the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::path::{Path, PathBuf};

use base64_simd::STANDARD;
use kanta_sign::{Certificate, DigestAlgorithm, PublicKey, SignatureAlgorithm, SignatureValue};
use kanta_xml::{Element, Limits, Tree, canonical};
use serde_json::Value;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("KANTA_CONFORMANCE").map(|root| Path::new(&root).join("xmldsig"));
    if folder.is_none() {
        eprintln!("SKIPPED: KANTA_CONFORMANCE does not name the folder of conformance material");
    }
    folder
}

fn hex(text: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digits).collect()
}

/// What our verification says of each test of a Wycheproof file.
fn wycheproof(name: &str, verifies: impl Fn(&Value, &[u8], &[u8]) -> bool) -> usize {
    let Some(folder) = folder() else {
        return 0;
    };
    let text = std::fs::read(folder.join("wycheproof").join(name)).unwrap();
    let file: Value = serde_json::from_slice(&text).unwrap();
    let mut count = 0;
    for group in file["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let message = hex(test["msg"].as_str().unwrap());
            let signature = hex(test["sig"].as_str().unwrap());
            let found = verifies(group, &message, &signature);
            let what = format!("{name} {}: {}", test["tcId"], test["comment"]);
            match test["result"].as_str().unwrap() {
                "valid" => assert!(found, "{what}"),
                "invalid" => assert!(!found, "{what}"),
                _ => {}
            }
            count += 1;
        }
    }
    assert!(count > 50, "{name}: {count} tests");
    count
}

fn rsa_key(group: &Value) -> PublicKey {
    let der = hex(group["publicKeyDer"].as_str().unwrap());
    PublicKey::from_spki_der(&der).unwrap()
}

fn p256_key(group: &Value) -> PublicKey {
    let point = group["publicKey"]["uncompressed"].as_str().unwrap();
    PublicKey::P256 { point: hex(point) }
}

#[test]
fn wycheproof_agrees() {
    wycheproof(
        "rsa_signature_2048_sha256_test.json",
        |group, message, signature| {
            SignatureAlgorithm::RsaSha256.verifies(&rsa_key(group), message, signature)
        },
    );
    wycheproof(
        "rsa_pss_2048_sha256_mgf1_32_test.json",
        |group, message, signature| {
            SignatureAlgorithm::RsaPssSha256.verifies(&rsa_key(group), message, signature)
        },
    );
    wycheproof(
        "ecdsa_secp256r1_sha256_p1363_test.json",
        |group, message, signature| {
            SignatureAlgorithm::EcdsaP256Sha256.verifies(&p256_key(group), message, signature)
        },
    );
    wycheproof(
        "ecdsa_secp256r1_sha256_test.json",
        |group, message, signature| {
            let algorithm = SignatureAlgorithm::EcdsaP256Sha256;
            SignatureValue::from_ecdsa_der(signature, algorithm).is_some_and(|value| {
                algorithm.verifies(&p256_key(group), message, value.as_bytes())
            })
        },
    );
}

fn named<'t, 'a>(tree: &'t Tree<'a>, name: &str) -> Option<Element<'t, 'a>> {
    let mut all = tree.root().descendants();
    all.find(|element| element.local_name() == name)
}

fn decoded(element: Element<'_, '_>) -> Vec<u8> {
    let text: Vec<u8> = element
        .text()
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    STANDARD.decode_to_vec(text).unwrap()
}

fn form(element: Element<'_, '_>, method: &str) -> Vec<u8> {
    let options = canonical::Options::default();
    if method.contains("exc-c14n") {
        canonical::exclusive_of_to_vec(element, &options).unwrap()
    } else {
        canonical::inclusive_of_to_vec(element, &options).unwrap()
    }
}

/// Digest and value of published enveloping signatures, whose shape no profile takes.
#[test]
fn layers_of_published_signatures_agree() {
    let Some(folder) = folder() else {
        return;
    };
    let mut values = 0;
    for (name, certificate) in [
        ("xmldsig-sha2/enveloping-sha256-rsa-sha256.xml", None),
        ("xmldsig-sha2/enveloping-sha256-ecdsa-sha256.xml", None),
        ("xmldsig-sha2/enveloping-rsa-x509chain.xml", None),
        (
            "xmldsig11-ec/signature-enveloping-p256_sha256.xml",
            Some("p256-key.crt"),
        ),
        (
            "xmldsig11-ec/signature-enveloping-p384_sha384.xml",
            Some("p384-key.crt"),
        ),
    ] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let tree = Tree::parse(&bytes, &Limits::default()).unwrap();
        let attribute = |element: &str| {
            let element = named(&tree, element).unwrap();
            element.attribute("Algorithm").unwrap().to_owned()
        };
        if let Some(digest) = DigestAlgorithm::from_uri(&attribute("DigestMethod"))
            && named(&tree, "Transforms").is_none()
            && let Some(object) = named(&tree, "Object")
        {
            let expected = decoded(named(&tree, "DigestValue").unwrap());
            assert_eq!(
                digest.digest(&form(object, "inclusive")),
                expected,
                "{name}"
            );
        }
        let key = match certificate {
            Some(file) => {
                let der = std::fs::read(folder.join("xmldsig11-ec").join(file)).unwrap();
                Certificate::from_der(&der)
                    .ok()
                    .map(|certificate| certificate.public_key().clone())
            }
            None => key_in(&tree),
        };
        let algorithm = SignatureAlgorithm::from_uri(&attribute("SignatureMethod"));
        let (Some(key), Some(algorithm)) = (key, algorithm) else {
            eprintln!("{name}: no key that we know");
            continue;
        };
        let octets = form(
            named(&tree, "SignedInfo").unwrap(),
            &attribute("CanonicalizationMethod"),
        );
        let value = decoded(named(&tree, "SignatureValue").unwrap());
        assert!(algorithm.verifies(&key, &octets, &value), "{name}");
        values += 1;
    }
    assert!(values >= 4, "{values} values were verified");
}

/// The key of `KeyValue` or of the first certificate.
fn key_in(tree: &Tree<'_>) -> Option<PublicKey> {
    if let Some(certificate) = named(tree, "X509Certificate") {
        let mut keys = tree
            .root()
            .descendants()
            .filter(|element| element.local_name() == "X509Certificate")
            .filter_map(|element| Certificate::from_der(&decoded(element)).ok());
        let _ = certificate;
        return keys
            .next()
            .map(|certificate| certificate.public_key().clone());
    }
    if let Some(modulus) = named(tree, "Modulus") {
        let exponent = decoded(named(tree, "Exponent")?);
        return Some(PublicKey::rsa(&decoded(modulus), &exponent));
    }
    let point = decoded(named(tree, "PublicKey")?);
    Some(PublicKey::P256 { point })
}
