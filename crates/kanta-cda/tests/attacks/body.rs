//! Attacks on the body: moved, doubled, another one, and written otherwise.

use crate::scene::*;

pub(crate) const ATTACKS: &[Attack] = &[
    // The body is moved, doubled, or another one.
    attack(
        "another body under the same signature",
        "KANTA-SIGNATURE-BODY-DIGEST",
        |scene| {
            scene.with(
                &body(&scene.system),
                &body(&scene.other).replace(&id(&scene.other), &id(&scene.system)),
            )
        },
    ),
    attack(
        "another document's body with its own ID",
        "KANTA-SIGNATURE-BODY-ID",
        |scene| scene.with(&body(&scene.system), &body(&scene.other)),
    ),
    attack(
        "the signed body moved into the header, a new one in its place",
        "KANTA-SIGNATURE-DUPLICATE-ID",
        |scene| {
            let signed = body(&scene.system);
            let forged = replaced(
                &scene.system,
                &signed,
                &signed.replace("<text ", "<text x=\"1\" "),
            );
            replaced(
                &forged,
                "<componentOf>",
                &format!("<wrapper>{signed}</wrapper><componentOf>"),
            )
        },
    ),
    attack(
        "the signed body beside the new one",
        "KANTA-SIGNATURE-BODY",
        |scene| {
            scene.with(
                "</nonXMLBody></component>",
                &format!("</nonXMLBody>{}</component>", body(&scene.other)),
            )
        },
    ),
    attack(
        "a second component with a body",
        "KANTA-SIGNATURE-BODY",
        |scene| {
            scene.with(
                "</ClinicalDocument>",
                &format!(
                    "<component>{}</component></ClinicalDocument>",
                    body(&scene.other)
                ),
            )
        },
    ),
    attack(
        "the body in an outer body",
        "KANTA-SIGNATURE-BODY-ID",
        |scene| {
            let signed = body(&scene.system);
            scene.with(
                &signed,
                &format!("<nonXMLBody ID=\"x\">{signed}</nonXMLBody>"),
            )
        },
    ),
    attack(
        "the body in the namespace of nobody",
        "KANTA-SIGNATURE-BODY",
        |scene| scene.with("<nonXMLBody ", "<nonXMLBody xmlns=\"urn:nobody\" "),
    ),
    attack("no body at all", "KANTA-SIGNATURE-BODY", |scene| {
        scene.with(&body(&scene.system), "")
    }),
    attack(
        "the header of another document",
        "KANTA-SIGNATURE-BODY-ID",
        |scene| {
            let own = part(&scene.system, "<id root=", "/>");
            scene.with(&own, &part(&scene.other, "<id root=", "/>"))
        },
    ),
    attack(
        "two identifiers of the document",
        "KANTA-SIGNATURE-BODY-ID",
        |scene| {
            let other = part(&scene.other, "<id root=", "/>");
            scene.with("<effectiveTime", &format!("{other}<effectiveTime"))
        },
    ),
    attack(
        "one letter of the content",
        "KANTA-SIGNATURE-BODY-DIGEST",
        |scene| {
            let signed = body(&scene.system);
            let at = signed.find("representation=\"B64\">").unwrap() + 21;
            let changed = if &signed[at..=at] == "P" { "Q" } else { "P" };
            scene.with(
                &signed,
                &format!("{}{changed}{}", &signed[..at], &signed[at + 1..]),
            )
        },
    ),
    attack(
        "the content type of the display form",
        "KANTA-SIGNATURE-BODY-DIGEST",
        |scene| {
            scene.with(
                "mediaType=\"application/xhtml+xml\"",
                "mediaType=\"text/html\"",
            )
        },
    ),
    attack(
        "display form and structured form exchanged",
        "KANTA-SIGNATURE-BODY-DIGEST",
        |scene| {
            let signed = body(&scene.system);
            let (text, json) = (
                part(&signed, "<text", "</text>"),
                part(&signed, "<hl7fi:json", "</hl7fi:json>"),
            );
            scene.with(&format!("{text}{json}"), &format!("{json}{text}"))
        },
    ),
    // Comments, white space, prefixes, entities.
    attack(
        "white space between the elements of the body",
        "KANTA-SIGNATURE-BODY-DIGEST",
        |scene| scene.with("<text mediaType", "\n  <text mediaType"),
    ),
    attack(
        "white space in the base64",
        "KANTA-SIGNATURE-BODY-DIGEST",
        |scene| scene.with("</hl7fi:json>", "\n</hl7fi:json>"),
    ),
    attack(
        "another prefix in the body",
        "KANTA-SIGNATURE-BODY-DIGEST",
        |scene| {
            scene
                .system
                .replace("hl7fi:json", "f:json")
                .replace("<f:json xmlns:hl7fi", "<f:json xmlns:f")
        },
    ),
    attack(
        "a comment splits the time stamp, for readers that take the first part",
        "KANTA-SIGNATURE-TIMESTAMP-DIGEST",
        |scene| {
            let signed = stamp(&scene.system);
            scene.with(&signed, &signed.replace("</", "<!-- x -->0</"))
        },
    ),
    attack(
        "a comment splits the digest value",
        "KANTA-SIGNATURE-BASE64",
        |scene| scene.with("<DigestValue>", "<DigestValue>A<!-- x -->"),
    ),
    attack("a document type", "KANTA-READ-XML", |scene| {
        scene.with(
            "<ClinicalDocument ",
            "<!DOCTYPE ClinicalDocument><ClinicalDocument ",
        )
    }),
    attack(
        "a document type with a default attribute",
        "KANTA-READ-XML",
        |scene| {
            let declared = "<!DOCTYPE ClinicalDocument [<!ATTLIST nonXMLBody x CDATA \"1\">]><ClinicalDocument ";
            scene.with("<ClinicalDocument ", declared)
        },
    ),
    attack("an entity in the body", "KANTA-READ-XML", |scene| {
        scene.with("</hl7fi:json>", "&x;</hl7fi:json>")
    }),
    attack("bytes behind the document", "KANTA-READ-XML", |scene| {
        format!("{}<x/>", scene.system)
    }),
    attack(
        "a line end as a reference",
        "KANTA-SIGNATURE-BODY-DIGEST",
        |scene| scene.with("</hl7fi:json>", "&#13;</hl7fi:json>"),
    ),
];
