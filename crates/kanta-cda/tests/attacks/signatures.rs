//! Attacks on signatures, their time stamps and their kinds: moved, doubled, taken away.

use rcgen::KeyUsagePurpose;

use crate::scene::*;
use crate::signing::{professional_params, rsa, signer};

pub(crate) const ATTACKS: &[Attack] = &[
    // Signatures that are moved, doubled, taken away.
    attack(
        "no signature in its place",
        "KANTA-SIGNATURE-MISSING",
        |scene| scene.with(&xml_signature(&scene.system), ""),
    ),
    attack(
        "the signature outside its place",
        "KANTA-SIGNATURE-OUTSIDE",
        |scene| {
            let moved = xml_signature(&scene.system);
            let forged = scene.with(&moved, "");
            replaced(&forged, "<componentOf>", &format!("{moved}<componentOf>"))
        },
    ),
    attack(
        "the signature inside the body",
        "KANTA-SIGNATURE-OUTSIDE",
        |scene| {
            scene.with(
                "</nonXMLBody>",
                &format!("{}</nonXMLBody>", xml_signature(&scene.system)),
            )
        },
    ),
    attack(
        "the signature behind the body",
        "KANTA-SIGNATURE-OUTSIDE",
        |scene| {
            scene.with(
                "</component></Clin",
                &format!("{}</component></Clin", xml_signature(&scene.system)),
            )
        },
    ),
    attack(
        "two XML signatures in one place",
        "KANTA-SIGNATURE-MISSING",
        |scene| {
            let signature = xml_signature(&scene.system);
            scene.with(&signature, &format!("{signature}{signature}"))
        },
    ),
    attack(
        "a second signature of another document",
        "KANTA-SIGNATURE-REFERENCE-MISSING",
        |scene| {
            let second = whole_signature(&scene.other)
                .replace("signature-1", "signature-2")
                .replace("timestamp-1", "timestamp-2");
            scene.with(
                "</signature></signatureCollection>",
                &format!("</signature>{second}</signatureCollection>"),
            )
        },
    ),
    attack(
        "a copy of the signature beside it",
        "KANTA-SIGNATURE-DUPLICATE-ID",
        |scene| {
            let signature = whole_signature(&scene.system);
            scene.with(&signature, &format!("{signature}{signature}"))
        },
    ),
    attack("two collections", "KANTA-SIGNATURE-HEADER", |scene| {
        let empty = "<signatureCollection xmlns=\"urn:hl7finland\"></signatureCollection>";
        scene.with(
            "<signatureCollection",
            &format!("{empty}<signatureCollection"),
        )
    }),
    attack("two headers", "KANTA-SIGNATURE-HEADER", |scene| {
        scene.with(
            "<component>",
            "<localHeader xmlns=\"urn:hl7finland\"/><component>",
        )
    }),
    attack(
        "something unknown among the signatures",
        "KANTA-SIGNATURE-FOREIGN",
        |scene| scene.with("</signatureCollection>", "<x/></signatureCollection>"),
    ),
    attack(
        "the old layout around the new signature",
        "KANTA-SIGNATURE-BODY",
        |scene| scene.system.replace("localSocialHeader", "localHeader"),
    ),
    // The time stamp.
    attack(
        "another time",
        "KANTA-SIGNATURE-TIMESTAMP-DIGEST",
        |scene| scene.with(">2026-02-02T08:15:30", ">2025-02-02T08:15:30"),
    ),
    attack("two time stamps", "KANTA-SIGNATURE-TIMESTAMP", |scene| {
        let signed = stamp(&scene.system);
        scene.with(
            &signed,
            &format!("{}{signed}", signed.replace("timestamp-1", "timestamp-0")),
        )
    }),
    attack(
        "the time stamp of somewhere else",
        "KANTA-SIGNATURE-TIMESTAMP",
        |scene| {
            let signed = stamp(&scene.system);
            let forged = scene.with(&signed, "");
            replaced(
                &forged,
                "</signatureCollection>",
                &format!("{signed}</signatureCollection>"),
            )
        },
    ),
    attack(
        "a time stamp that is no time",
        "KANTA-SIGNATURE-TIMESTAMP-FORM",
        |scene| scene.with(">2026-02-02T08:15:30", ">noon"),
    ),
    attack(
        "an element in the time stamp",
        "KANTA-SIGNATURE-TIMESTAMP",
        |scene| scene.with("</signatureTimestamp>", "<x/></signatureTimestamp>"),
    ),
    // The kind.
    attack(
        "a kind that nobody knows",
        "KANTA-SIGNATURE-PROFILE",
        |scene| {
            scene.with(
                "<signatureDescription code=\"3\"",
                "<signatureDescription code=\"99\"",
            )
        },
    ),
    attack(
        "a kind of another code system",
        "KANTA-SIGNATURE-KIND",
        |scene| {
            scene.with(
                "codeSystem=\"1.2.246.537.5.40127.2006\"",
                "codeSystem=\"2.999\"",
            )
        },
    ),
    attack("two kinds", "KANTA-SIGNATURE-KIND", |scene| {
        scene.with(
            "<signatureTimestamp",
            "<signatureDescription code=\"1\"/><signatureTimestamp",
        )
    }),
    attack(
        "a login certificate passed for a professional's",
        "KANTA-SIGNATURE-KEY-USAGE",
        |scene| {
            let mut params = professional_params("99999999911");
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            let login = signer(&scene.desk.authority, &rsa(), params);
            scene.signed_anew(&login, |info| info).replace(
                "<signatureDescription code=\"3\"",
                "<signatureDescription code=\"1\"",
            )
        },
    ),
];
