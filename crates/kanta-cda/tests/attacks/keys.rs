//! Attacks on keys and values.

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};

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
