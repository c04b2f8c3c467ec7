//! A stand-in for the service follows the description: it knows nothing but the JSON it is sent.

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};
use serde_json::{Value, json};

use super::*;
use crate::SoftwareSigner;
use crate::test_kit::check_signer;

/// The service with a card in the reader.
struct StandIn {
    card: SoftwareSigner,
    der: bool,
}

impl StandIn {
    fn new(kind: &'static rcgen::SignatureAlgorithm, der: bool) -> Self {
        let key = KeyPair::generate_for(kind).unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap();
        let card =
            SoftwareSigner::from_pem(key.serialize_pem().as_bytes(), certificate.pem().as_bytes());
        Self {
            card: card.unwrap(),
            der,
        }
    }

    fn answer(&self, request: &Value) -> Value {
        for (name, value) in [
            ("version", json!("1.1")),
            ("contentType", json!("data")),
            ("signatureType", json!("signature")),
            ("selector", json!({ "keyusages": ["nonrepudiation"] })),
        ] {
            assert_eq!(request[name], value, "{request}");
        }
        let content = STANDARD
            .decode_to_vec(request["content"].as_str().unwrap())
            .unwrap();
        let algorithm = self.card.algorithms()[0];
        assert_eq!(
            request["hashAlgorithm"],
            json!(hash_name(algorithm).unwrap())
        );
        let value = self
            .card
            .sign(&ToBeSigned::new(&content, algorithm))
            .unwrap();
        let value = if self.der {
            value.to_ecdsa_der(algorithm).unwrap()
        } else {
            value.as_bytes().to_vec()
        };
        json!({
            "version": "1.1",
            "signatureType": "signature",
            "signature": STANDARD.encode_to_string(value),
            "chain": [STANDARD.encode_to_string(self.card.certificate().as_der())],
        })
    }
}

impl ScsTransport for StandIn {
    fn exchange(&self, request: &ScsRequest) -> Result<Vec<u8>, ScsError> {
        let request = serde_json::to_value(request).unwrap();
        Ok(self.answer(&request).to_string().into_bytes())
    }
}

const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::EcdsaP256Sha256;

fn octets() -> ToBeSigned<'static> {
    ToBeSigned::new(b"octets", ALGORITHM)
}

#[test]
fn a_signer_over_the_service_passes_the_suite_in_both_encodings() {
    for kind in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384] {
        for der in [false, true] {
            let service = StandIn::new(kind, der);
            let certificate = service.card.certificate().clone();
            let signer = ScsSigner::new(certificate, service);
            let failures = check_signer(&signer);
            assert!(failures.is_empty(), "{failures:#?}");
        }
    }
}

#[test]
fn another_card_in_the_reader_is_told() {
    let service = StandIn::new(&PKCS_ECDSA_P256_SHA256, false);
    let other = StandIn::new(&PKCS_ECDSA_P256_SHA256, false);
    let signer = ScsSigner::new(other.card.certificate().clone(), service);
    assert_eq!(signer.sign(&octets()), Err(SignerError::Pair));
}

#[test]
fn answers_that_are_no_signature_are_told_apart() {
    let service = StandIn::new(&PKCS_ECDSA_P256_SHA256, false);
    let request = ScsRequest::sign(&octets(), ScsSelector::non_repudiation()).unwrap();
    let good = service.answer(&serde_json::to_value(&request).unwrap());
    let with = |name: &str, value: Value| {
        let mut answer = good.clone();
        answer[name] = value;
        answer.to_string()
    };
    for (answer, code) in [
        ("<html>".to_owned(), "KANTA-SCS-ANSWER"),
        ("{}".to_owned(), "KANTA-SCS-REFUSED"),
        (
            json!({ "status": "failed", "reasonCode": 1, "reasonText": "no" }).to_string(),
            "KANTA-SCS-REFUSED",
        ),
        (with("chain", json!([])), "KANTA-SCS-ANSWER"),
        (with("chain", json!(["*"])), "KANTA-SCS-ANSWER"),
        (with("chain", json!(["AAAA"])), "KANTA-SCS-ANSWER"),
        (with("signature", json!("*")), "KANTA-SCS-ANSWER"),
        (with("signature", json!("AAAA")), "KANTA-SCS-VERIFY"),
    ] {
        let error = ScsSignature::read(answer.as_bytes(), &octets()).unwrap_err();
        assert!(error.to_string().contains(code), "{answer}: {error}");
    }
    let other = ToBeSigned::new(b"octetz", ALGORITHM);
    assert_eq!(
        ScsSignature::read(good.to_string().as_bytes(), &other),
        Err(ScsError::DoesNotVerify)
    );
    assert!(ScsSignature::read(good.to_string().as_bytes(), &octets()).is_ok());
}

#[test]
fn what_the_service_cannot_do_is_not_asked() {
    let octets = ToBeSigned::new(b"octets", SignatureAlgorithm::RsaPssSha256);
    let error = ScsRequest::sign(&octets, ScsSelector::non_repudiation()).unwrap_err();
    assert_eq!(error, ScsError::Algorithm(SignatureAlgorithm::RsaPssSha256));
}
