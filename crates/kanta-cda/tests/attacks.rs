//! Wrapping and substitution: hand-made attacks on signed documents, each refused for its own reason.
//!
//! An attack begins with a document that is valid, changes it as a forger would, and names the rule that must find it out.
//! None may pass, and none may leave a body that is told to be covered.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeSet;

use kanta_cda::{SignOptions, verify};
use kanta_sign::xmldsig::{self, DigestedReference};
use kanta_sign::{DigestAlgorithm, SignatureAlgorithm, SignatureProfile, Signer, ToBeSigned};
use kanta_xml::{Limits, Tree, canonical};
use rcgen::{KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256};

mod signing;

use signing::{Desk, now, professional_params, rsa, signer, system_params};

/// Two signed documents of the same system, one of a professional, and the tools of a forger who holds no key of theirs.
struct Scene {
    desk: Desk,
    system: String,
    other: String,
    professional: String,
}

struct Attack {
    name: &'static str,
    rule: &'static str,
    forge: fn(&Scene) -> String,
}

const fn attack(name: &'static str, rule: &'static str, forge: fn(&Scene) -> String) -> Attack {
    Attack { name, rule, forge }
}

impl Scene {
    fn set() -> Self {
        let desk = Desk::open();
        let text = |signed: kanta_cda::Signed| String::from_utf8(signed.as_xml().to_vec()).unwrap();
        let other = desk
            .valid_with("Toinen", "11.2026.77")
            .sign(&desk.system, SignOptions::system(now()), &desk.spec)
            .unwrap();
        Self {
            system: text(desk.signed_by_system()),
            other: text(other),
            professional: text(desk.signed_by_professional()),
            desk,
        }
    }

    /// The system's document with one thing replaced, once.
    fn with(&self, what: &str, by: &str) -> String {
        replaced(&self.system, what, by)
    }

    /// A document whose `SignedInfo` is made anew and signed with a key: what a forger with a key of their own can do.
    fn signed_anew(&self, signer: &dyn Signer, edit: impl Fn(String) -> String) -> String {
        let info = part(&self.system, "<SignedInfo>", "</SignedInfo>");
        let edited = edit(info.clone());
        let octets = exclusive(&replaced(&self.system, &info, &edited), "SignedInfo");
        let algorithm = signer.algorithms()[0];
        let value = signer.sign(&ToBeSigned::new(&octets, algorithm)).unwrap();
        let old_value = part(&self.system, "<SignatureValue>", "</KeyInfo>");
        let made = xmldsig::signature_element(&octets, &value, signer.certificate());
        let made = String::from_utf8(made).unwrap();
        let new_value = part(&made, "<SignatureValue>", "</KeyInfo>");
        let forged = replaced(&self.system, &info, &edited);
        replaced(&forged, &old_value, &new_value)
    }

    /// The document as the right key would sign it, were its holder to sign another shape.
    fn reshaped(&self, edit: impl Fn(String) -> String) -> String {
        self.signed_anew(&self.desk.system, edit)
    }
}

fn replaced(text: &str, what: &str, by: &str) -> String {
    assert!(text.contains(what), "there is no {what} to replace");
    text.replacen(what, by, 1)
}

/// A part of a text, with both ends.
fn part(text: &str, from: &str, to: &str) -> String {
    let start = text
        .find(from)
        .unwrap_or_else(|| panic!("there is no {from}"));
    let end = start
        + text[start..]
            .find(to)
            .unwrap_or_else(|| panic!("there is no {to}"))
        + to.len();
    text[start..end].to_owned()
}

fn body(text: &str) -> String {
    part(text, "<nonXMLBody", "</nonXMLBody>")
}

fn id(text: &str) -> String {
    part(&body(text), "OID", "\"")
        .trim_end_matches('"')
        .to_owned()
}

fn stamp(text: &str) -> String {
    part(text, "<signatureTimestamp", "</signatureTimestamp>")
}

fn xml_signature(text: &str) -> String {
    part(text, "<Signature xmlns", "</Signature>")
}

fn whole_signature(text: &str) -> String {
    part(text, "<signature xmlns", "</signature>")
}

/// The canonical form of the first element of a name.
fn exclusive(text: &str, name: &str) -> Vec<u8> {
    let tree = Tree::parse(text.as_bytes(), &Limits::default()).unwrap();
    let mut all = tree.root().descendants();
    let element = all.find(|element| element.local_name() == name).unwrap();
    canonical::exclusive_of_to_vec(element, &canonical::Options::default()).unwrap()
}

const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

const ATTACKS: &[Attack] = &[
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

#[test]
fn every_attack_is_refused_for_its_own_reason() {
    let scene = Scene::set();
    for document in [&scene.system, &scene.other, &scene.professional] {
        let verdict = verify(document.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
        assert!(verdict.is_valid());
    }
    let mut names = BTreeSet::new();
    let mut rules = BTreeSet::new();
    for attack in ATTACKS {
        let forged = (attack.forge)(&scene);
        assert!(names.insert(attack.name), "{} is told twice", attack.name);
        rules.insert(attack.rule);
        match verify(forged.as_bytes(), &scene.desk.spec, &Limits::default()) {
            Err(error) => {
                assert!(
                    error.to_string().contains(attack.rule),
                    "{}: {error}",
                    attack.name
                );
            }
            Ok(verdict) => {
                let found: Vec<&str> = verdict
                    .all_findings()
                    .map(|finding| finding.rule())
                    .collect();
                assert!(!verdict.is_valid(), "PASSED: {}", attack.name);
                assert_eq!(verdict.covered_body(), None, "{}", attack.name);
                assert!(
                    found.contains(&attack.rule),
                    "{}: found {found:?}",
                    attack.name
                );
            }
        }
    }
    assert!(ATTACKS.len() >= 40, "{} attacks", ATTACKS.len());
    assert!(rules.len() >= 25, "{} rules", rules.len());
}

/// A self-made certificate on the same names makes a document that is whole in itself: only the path tells.
#[test]
fn another_key_is_a_matter_of_trust() {
    let scene = Scene::set();
    let stranger = Desk::open();
    let forged = scene.signed_anew(&stranger.system, |info| info);
    let verdict = verify(forged.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
    assert!(verdict.is_valid());
    let anchors =
        kanta_sign::TrustAnchors::from_pem(scene.desk.authority.as_ref().pem().as_bytes());
    let anchors = anchors.unwrap();
    let judgement = verdict.signatures()[0]
        .judge(&kanta_sign::Trust::new(&anchors))
        .unwrap();
    assert!(judgement.findings().has("KANTA-CERT-PATH"), "{judgement:?}");
    let genuine = verify(
        scene.system.as_bytes(),
        &scene.desk.spec,
        &Limits::default(),
    )
    .unwrap();
    let judgement = genuine.signatures()[0]
        .judge(&kanta_sign::Trust::new(&anchors))
        .unwrap();
    assert!(judgement.findings().is_empty(), "{judgement:?}");
}

/// What does not change what was signed keeps the signature valid.
#[test]
fn harmless_changes_pass() {
    let scene = Scene::set();
    for (name, changed) in [
        (
            "an unrelated prefix at the root",
            scene.with("<ClinicalDocument ", "<ClinicalDocument xmlns:x=\"urn:x\" "),
        ),
        (
            "a comment in the header",
            scene.with("<componentOf>", "<!-- x --><componentOf>"),
        ),
        (
            "a comment in the body",
            scene.with("<text mediaType", "<!-- x --><text mediaType"),
        ),
        (
            "the order of attributes",
            scene.with(
                "mediaType=\"application/xhtml+xml\" representation=\"B64\"",
                "representation='B64'  mediaType='application/xhtml+xml'",
            ),
        ),
        (
            "base64 of the value in lines",
            scene.with("<SignatureValue>", "<SignatureValue>\n "),
        ),
    ] {
        let verdict = verify(changed.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
        let found: Vec<String> = verdict.all_findings().map(ToString::to_string).collect();
        assert!(verdict.is_valid(), "{name}: {found:?}");
    }
}

#[test]
fn white_space_is_told_and_never_passes() {
    let scene = Scene::set();
    let indented = scene.system.replace("><", ">\n  <");
    let verdict = verify(indented.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
    assert!(!verdict.is_valid());
    assert!(verdict.findings().has("KANTA-SIGNATURE-WHITE-SPACE"));
    let damaged = indented.replace(">2026-02-02T08", ">2026-02-02T09");
    let verdict = verify(damaged.as_bytes(), &scene.desk.spec, &Limits::default()).unwrap();
    assert!(!verdict.findings().has("KANTA-SIGNATURE-WHITE-SPACE"));
}

/// The profile decides, so a profile that allows more would find its own shape.
#[test]
fn a_reference_is_made_of_id_and_digest() {
    let desk = Desk::open();
    let profile = SignatureProfile::from_spec(&desk.spec, "social-system-2026").unwrap();
    let digest = DigestAlgorithm::Sha256.digest(b"");
    let reference = DigestedReference::new("a&b", &digest);
    let info = xmldsig::signed_info(&profile, SignatureAlgorithm::RsaSha256, &[reference]);
    let info = String::from_utf8(info).unwrap();
    assert!(info.contains("URI=\"#a&amp;b\""));
    assert_eq!(exclusive(&info, "SignedInfo"), info.as_bytes());
}
