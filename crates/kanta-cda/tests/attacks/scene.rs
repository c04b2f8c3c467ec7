//! Signed documents, and the tools of a forger.

use kanta_cda::SignOptions;
use kanta_sign::xmldsig;
use kanta_sign::{Signer, ToBeSigned};
use kanta_xml::{Limits, Tree, canonical};

use crate::signing::{Desk, now};

/// Two signed documents of the same system, one of a professional, and the tools of a forger who holds no key of theirs.
pub(crate) struct Scene {
    pub(crate) desk: Desk,
    pub(crate) system: String,
    pub(crate) other: String,
    pub(crate) professional: String,
}

pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) forge: fn(&Scene) -> String,
}

pub(crate) const fn attack(
    name: &'static str,
    rule: &'static str,
    forge: fn(&Scene) -> String,
) -> Attack {
    Attack { name, rule, forge }
}

impl Scene {
    pub(crate) fn set() -> Self {
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
    pub(crate) fn with(&self, what: &str, by: &str) -> String {
        replaced(&self.system, what, by)
    }

    /// A document whose `SignedInfo` is made anew and signed with a key: what a forger with a key of their own can do.
    pub(crate) fn signed_anew(
        &self,
        signer: &dyn Signer,
        edit: impl Fn(String) -> String,
    ) -> String {
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
    pub(crate) fn reshaped(&self, edit: impl Fn(String) -> String) -> String {
        self.signed_anew(&self.desk.system, edit)
    }
}

pub(crate) fn replaced(text: &str, what: &str, by: &str) -> String {
    assert!(text.contains(what), "there is no {what} to replace");
    text.replacen(what, by, 1)
}

/// A part of a text, with both ends.
pub(crate) fn part(text: &str, from: &str, to: &str) -> String {
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

pub(crate) fn body(text: &str) -> String {
    part(text, "<nonXMLBody", "</nonXMLBody>")
}

pub(crate) fn id(text: &str) -> String {
    part(&body(text), "OID", "\"")
        .trim_end_matches('"')
        .to_owned()
}

pub(crate) fn stamp(text: &str) -> String {
    part(text, "<signatureTimestamp", "</signatureTimestamp>")
}

pub(crate) fn xml_signature(text: &str) -> String {
    part(text, "<Signature xmlns", "</Signature>")
}

pub(crate) fn whole_signature(text: &str) -> String {
    part(text, "<signature xmlns", "</signature>")
}

/// The canonical form of the first element of a name.
pub(crate) fn exclusive(text: &str, name: &str) -> Vec<u8> {
    let tree = Tree::parse(text.as_bytes(), &Limits::default()).unwrap();
    let mut all = tree.root().descendants();
    let element = all.find(|element| element.local_name() == name).unwrap();
    canonical::exclusive_of_to_vec(element, &canonical::Options::default()).unwrap()
}

pub(crate) const RSA: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(crate) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
