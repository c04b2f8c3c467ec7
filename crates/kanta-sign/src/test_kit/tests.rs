use super::*;
use crate::software::tests::signer;
use crate::{Certificate, SignatureValue};
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};

/// A signer that does one thing wrong.
struct Wrong {
    right: Box<dyn Signer>,
    certificate: Option<Certificate>,
    algorithms: Vec<SignatureAlgorithm>,
    spoil: fn(SignatureValue, &ToBeSigned<'_>) -> Result<SignatureValue, SignerError>,
}

impl Wrong {
    fn new() -> Self {
        let right = Box::new(signer(&PKCS_ECDSA_P256_SHA256));
        Self {
            algorithms: right.algorithms().to_vec(),
            right,
            certificate: None,
            spoil: |value, _| Ok(value),
        }
    }
}

impl Signer for Wrong {
    fn certificate(&self) -> &Certificate {
        self.certificate
            .as_ref()
            .unwrap_or_else(|| self.right.certificate())
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        &self.algorithms
    }

    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError> {
        (self.spoil)(self.right.sign(octets)?, octets)
    }
}

#[test]
fn software_signers_pass() {
    for kind in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384] {
        let failures = check_signer(&signer(kind));
        assert!(failures.is_empty(), "{failures:#?}");
    }
    let failures = check_signer(&Wrong::new());
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_wrong_signer_is_found_out() {
    let other = signer(&PKCS_ECDSA_P256_SHA256).certificate().clone();
    let cases: [(&str, Wrong); 7] = [
        (
            "no algorithm is offered",
            Wrong {
                algorithms: Vec::new(),
                ..Wrong::new()
            },
        ),
        (
            "does not fit",
            Wrong {
                algorithms: vec![SignatureAlgorithm::EcdsaP384Sha384],
                ..Wrong::new()
            },
        ),
        (
            "offered twice",
            Wrong {
                algorithms: vec![SignatureAlgorithm::EcdsaP256Sha256; 2],
                ..Wrong::new()
            },
        ),
        (
            "does not verify",
            Wrong {
                certificate: Some(other),
                ..Wrong::new()
            },
        ),
        (
            "no DER",
            Wrong {
                spoil: |value, octets| {
                    let der = value.to_ecdsa_der(octets.algorithm()).unwrap_or_default();
                    Ok(SignatureValue::new([der, vec![0]].concat()))
                },
                ..Wrong::new()
            },
        ),
        (
            "does not verify",
            Wrong {
                spoil: |value, _| {
                    let mut bytes = value.as_bytes().to_vec();
                    bytes.reverse();
                    Ok(SignatureValue::new(bytes))
                },
                ..Wrong::new()
            },
        ),
        (
            "it fails with",
            Wrong {
                spoil: |_, _| Err(SignerError::TokenAbsent),
                ..Wrong::new()
            },
        ),
    ];
    for (expected, wrong) in cases {
        let failures = check_signer(&wrong);
        assert!(
            failures.iter().any(|failure| failure.contains(expected)),
            "{expected}: {failures:#?}"
        );
    }
}
