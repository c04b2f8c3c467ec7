//! Attacks on what is signed how: algorithms, transforms, references.

use crate::scene::*;

pub(crate) const ATTACKS: &[Attack] = &[
    // Downgrades and other algorithms, signed by the right key where it takes one.
    attack(
        "SHA-1 for the signature",
        "KANTA-SIGNATURE-ALGORITHM",
        |scene| scene.with(RSA, "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    ),
    attack(
        "an HMAC with the certificate as its key",
        "KANTA-SIGNATURE-ALGORITHM",
        |scene| scene.with(RSA, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
    ),
    attack("a truncated HMAC", "KANTA-SIGNATURE-PARAMETERS", |scene| {
        let method = format!("<SignatureMethod Algorithm=\"{RSA}\"></SignatureMethod>");
        let forged = method.replace("></", "><HMACOutputLength>1</HMACOutputLength></");
        scene.with(&method, &forged)
    }),
    attack(
        "SHA-1 for a digest",
        "KANTA-SIGNATURE-DIGEST-ALGORITHM",
        |scene| {
            scene.reshaped(|info| replaced(&info, SHA256, "http://www.w3.org/2000/09/xmldsig#sha1"))
        },
    ),
    attack(
        "a digest that nobody knows",
        "KANTA-SIGNATURE-DIGEST-ALGORITHM",
        |scene| scene.reshaped(|info| replaced(&info, SHA256, "urn:none")),
    ),
    attack(
        "inclusive canonical form",
        "KANTA-SIGNATURE-CANONICALIZATION",
        |scene| scene.with(EXCLUSIVE, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    ),
    attack(
        "canonical form with comments",
        "KANTA-SIGNATURE-CANONICALIZATION",
        |scene| scene.with(EXCLUSIVE, &format!("{EXCLUSIVE}WithComments")),
    ),
    attack("a prefix list", "KANTA-SIGNATURE-PARAMETERS", |scene| {
        let method = format!("<CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></");
        let list = "<InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"a\"/>";
        scene.with(&method, &method.replace("></", &format!(">{list}</")))
    }),
    // Transform games.
    attack(
        "a filter on the body",
        "KANTA-SIGNATURE-TRANSFORM",
        |scene| {
            scene.reshaped(|info| {
                replaced(
                    &info,
                    ENVELOPED,
                    "http://www.w3.org/TR/1999/REC-xpath-19991116",
                )
            })
        },
    ),
    attack("a style sheet", "KANTA-SIGNATURE-TRANSFORM", |scene| {
        scene.reshaped(|info| {
            replaced(
                &info,
                ENVELOPED,
                "http://www.w3.org/TR/1999/REC-xslt-19991116",
            )
        })
    }),
    attack(
        "base64 decoded before it is digested",
        "KANTA-SIGNATURE-TRANSFORM",
        |scene| {
            scene.reshaped(|info| {
                replaced(&info, ENVELOPED, "http://www.w3.org/2000/09/xmldsig#base64")
            })
        },
    ),
    attack("three transforms", "KANTA-SIGNATURE-TRANSFORM", |scene| {
        scene.reshaped(|info| {
            replaced(
                &info,
                "<Transforms>",
                &format!("<Transforms><Transform Algorithm=\"{EXCLUSIVE}\"></Transform>"),
            )
        })
    }),
    attack("no transforms", "KANTA-SIGNATURE-TRANSFORM", |scene| {
        scene.reshaped(|info| {
            let transforms = part(&info, "<Transforms>", "</Transforms>");
            replaced(&info, &transforms, "<Transforms></Transforms>")
        })
    }),
    attack(
        "the filter of the old layout",
        "KANTA-SIGNATURE-TRANSFORM",
        |scene| {
            scene.reshaped(|info| {
            let transforms = part(&info, "<Transforms>", "</Transforms>");
            let old = format!(
                "<Transforms><Transform Algorithm=\"{EXCLUSIVE}\"></Transform><Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><XPath xmlns:h=\"urn:hl7-org:v3\">ancestor-or-self::h:structuredBody</XPath></Transform></Transforms>"
            );
            replaced(&info, &transforms, &old)
        })
        },
    ),
    // References that lead elsewhere, signed by the right key.
    attack(
        "a reference to the whole document",
        "KANTA-SIGNATURE-REFERENCE-URI",
        |scene| {
            let uri = format!("URI=\"#{}\"", id(&scene.system));
            scene.reshaped(|info| replaced(&info, &uri, "URI=\"\""))
        },
    ),
    attack(
        "a reference out of the document",
        "KANTA-SIGNATURE-REFERENCE-URI",
        |scene| {
            let uri = format!("URI=\"#{}\"", id(&scene.system));
            scene.reshaped(|info| replaced(&info, &uri, "URI=\"http://example.invalid/body.xml\""))
        },
    ),
    attack("an XPointer", "KANTA-SIGNATURE-REFERENCE-URI", |scene| {
        let uri = format!("URI=\"#{}\"", id(&scene.system));
        let pointer = format!("URI=\"#xpointer(id('{}'))\"", id(&scene.system));
        scene.reshaped(|info| replaced(&info, &uri, &pointer))
    }),
    attack(
        "the body is not referred to",
        "KANTA-SIGNATURE-REFERENCE-COUNT",
        |scene| {
            scene.reshaped(|info| {
                let last = info.rfind("<Reference ").unwrap();
                format!("{}</SignedInfo>", &info[..last])
            })
        },
    ),
    attack(
        "the time stamp twice and no body",
        "KANTA-SIGNATURE-REFERENCE-TWICE",
        |scene| {
            scene.reshaped(|info| {
                let reference = part(&info, "<Reference ", "</Reference>");
                let last = info.rfind("<Reference ").unwrap();
                format!("{}{reference}</SignedInfo>", &info[..last])
            })
        },
    ),
    attack(
        "one reference too many",
        "KANTA-SIGNATURE-REFERENCE-COUNT",
        |scene| {
            scene.reshaped(|info| {
                let reference =
                    part(&info, "<Reference ", "</Reference>").replace("timestamp-1", "x");
                replaced(&info, "</SignedInfo>", &format!("{reference}</SignedInfo>"))
            })
        },
    ),
    attack(
        "a reference without a name",
        "KANTA-SIGNATURE-REFERENCE-URI",
        |scene| scene.reshaped(|info| replaced(&info, " URI=\"#timestamp-1\"", "")),
    ),
    attack(
        "a reference with a type",
        "KANTA-SIGNATURE-ATTRIBUTE",
        |scene| {
            let typed = " Type=\"http://www.w3.org/2000/09/xmldsig#Object\" URI=\"#timestamp-1\"";
            scene.reshaped(|info| replaced(&info, " URI=\"#timestamp-1\"", typed))
        },
    ),
];
