//! Attacks on keys and values.

use base64_simd::STANDARD;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm};

use crate::scene::*;
use crate::signing::{signer, system_params};

pub(crate) const ATTACKS: &[Attack] = &[
    // Keys and values.
    attack(
        "another digest in SignedInfo",
        "KANTA-SIGNATURE-VALUE",
        |scene| {
            let last = scene.system.rfind("<DigestValue>").unwrap() + "<DigestValue>".len();
            let changed = if &scene.system[last..=last] == "A" {
                "B"
            } else {
                "A"
            };
            format!(
                "{}{changed}{}",
                &scene.system[..last],
                &scene.system[last + 1..]
            )
        },
    ),
    attack(
        "the value of another document",
        "KANTA-SIGNATURE-VALUE",
        |scene| {
            let value = part(&scene.system, "<SignatureValue>", "</SignatureValue>");
            scene.with(
                &value,
                &part(&scene.other, "<SignatureValue>", "</SignatureValue>"),
            )
        },
    ),
    attack(
        "the certificate of a key of another kind",
        "KANTA-SIGNATURE-KEY-KIND",
        |scene| {
            let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
            let other = signer(&scene.desk.authority, &key, system_params());
            let own = part(&scene.system, "<X509Certificate>", "</X509Certificate>");
            let forged = scene.signed_anew(&other, |info| info);
            scene.with(
                &own,
                &part(&forged, "<X509Certificate>", "</X509Certificate>"),
            )
        },
    ),
    attack(
        "the certificate of a key that can be broken",
        "KANTA-SIGNATURE-KEY-SIZE",
        |scene| {
            let weak = system_params().signed_by(&WeakKey::new(), &scene.desk.authority);
            let der = STANDARD.encode_to_string(weak.unwrap().der());
            let own = part(&scene.system, "<X509Certificate>", "</X509Certificate>");
            scene.with(&own, &format!("<X509Certificate>{der}</X509Certificate>"))
        },
    ),
    attack(
        "a bare key beside the certificate",
        "KANTA-SIGNATURE-KEY-INFO",
        |scene| scene.with("<KeyInfo>", "<KeyInfo><KeyValue></KeyValue>"),
    ),
    attack("two certificates", "KANTA-SIGNATURE-KEY-INFO", |scene| {
        let own = part(&scene.system, "<X509Certificate>", "</X509Certificate>");
        scene.with(&own, &format!("{own}{own}"))
    }),
    attack(
        "no certificate that can be read",
        "KANTA-SIGNATURE-CERTIFICATE",
        |scene| {
            let own = part(&scene.system, "<X509Certificate>", "</X509Certificate>");
            scene.with(&own, "<X509Certificate>AAAA</X509Certificate>")
        },
    ),
    attack(
        "an object in the signature",
        "KANTA-SIGNATURE-ELEMENT",
        |scene| {
            let body = body(&scene.system).replace("ID=\"", "ID=\"x");
            scene.with(
                "</KeyInfo></Signature>",
                &format!("</KeyInfo><Object>{body}</Object></Signature>"),
            )
        },
    ),
    attack(
        "a manifest instead of a reference",
        "KANTA-SIGNATURE-ELEMENT",
        |scene| scene.reshaped(|info| replaced(&info, "<Reference ", "<Manifest/><Reference ")),
    ),
    attack(
        "text between the elements of SignedInfo",
        "KANTA-SIGNATURE-TEXT",
        |scene| scene.with("<CanonicalizationMethod", "x<CanonicalizationMethod"),
    ),
    attack(
        "white space in SignedInfo",
        "KANTA-SIGNATURE-VALUE",
        |scene| scene.with("<CanonicalizationMethod", "\n<CanonicalizationMethod"),
    ),
    attack(
        "the signature in a namespace of nobody",
        "KANTA-SIGNATURE-MISSING",
        |scene| {
            scene.with(
                "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">",
                "<Signature xmlns=\"urn:nobody\">",
            )
        },
    ),
    attack(
        "a professional's signature under a system's kind and another's key",
        "KANTA-SIGNATURE-REFERENCE-MISSING",
        |scene| {
            let signature =
                xml_signature(&scene.professional).replace("#timestamp-1", "#timestamp-9");
            scene.with(&xml_signature(&scene.system), &signature)
        },
    ),
];

/// An RSA key of 1024 bits, of which nobody has the private half.
struct WeakKey(Vec<u8>);

impl WeakKey {
    fn new() -> Self {
        // A sequence of two numbers: the modulus, which begins with a zero, and the exponent 65537.
        let mut der = vec![0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00];
        der.extend([0xC5; 128]);
        der.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
        Self(der)
    }
}

impl PublicKeyData for WeakKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}
