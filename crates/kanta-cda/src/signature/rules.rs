//! The rules of signatures as documents carry them: one for each way to be wrong.

use kanta_core::{Mark, Rule, Severity};
use kanta_sign::xmldsig;

const WRAPPING: &str = "own check against signature wrapping";
const MESSAGES: &str = "signatures of the public test messages";
const CERTIFICATES: &str = "certificates of the public test messages";

const fn wrapping(id: &'static str) -> Rule {
    Rule::new(id, Severity::Error, Mark::Own, WRAPPING)
}

const fn seen(id: &'static str) -> Rule {
    Rule::new(id, Severity::Error, Mark::Verified, MESSAGES)
}

const fn signer(id: &'static str) -> Rule {
    Rule::new(id, Severity::Warning, Mark::Inferred, CERTIFICATES)
}

/// Every rule of signatures, for the catalogue.
pub fn signature_rules() -> impl Iterator<Item = &'static Rule> {
    CATALOGUE.iter().chain(xmldsig::CATALOGUE)
}

/// There is more than one header or collection.
pub(super) const HEADER: Rule = wrapping("KANTA-SIGNATURE-HEADER");
/// An XML signature stands outside its place.
pub(super) const OUTSIDE: Rule = wrapping("KANTA-SIGNATURE-OUTSIDE");
/// A place of a signature has none, or more than one.
pub(super) const MISSING: Rule = wrapping("KANTA-SIGNATURE-MISSING");
/// Something unknown stands where signatures stand.
pub(super) const FOREIGN: Rule = wrapping("KANTA-SIGNATURE-FOREIGN");
/// More than one element has the same ID.
pub(super) const DUPLICATE_ID: Rule = wrapping("KANTA-SIGNATURE-DUPLICATE-ID");
/// There is not exactly one body.
pub(super) const BODY: Rule = seen("KANTA-SIGNATURE-BODY");
/// The body is another document's.
pub(super) const BODY_ID: Rule = seen("KANTA-SIGNATURE-BODY-ID");
/// The kind of the signature is not told once, in its code system.
pub(super) const KIND: Rule = seen("KANTA-SIGNATURE-KIND");
/// There is not exactly one time stamp.
pub(super) const TIMESTAMP: Rule = seen("KANTA-SIGNATURE-TIMESTAMP");
/// The time stamp is not a time.
pub(super) const TIMESTAMP_FORM: Rule = seen("KANTA-SIGNATURE-TIMESTAMP-FORM");
/// The organisation of a system signature's certificate is not the document's.
pub(super) const SIGNER_ORGANISATION: Rule = signer("KANTA-SIGNER-ORGANISATION");
/// The professional of the certificate is not the document's author.
pub(super) const SIGNER_AUTHOR: Rule = signer("KANTA-SIGNER-AUTHOR");
/// The certificate of a professional's signature is not a professional's.
pub(super) const SIGNER_PROFESSIONAL: Rule = signer("KANTA-SIGNER-PROFESSIONAL");
/// The readable block names another signer than the certificate.
pub(super) const SIGNER_BLOCK: Rule = signer("KANTA-SIGNER-BLOCK");
/// Without white space between elements the signature would verify.
pub(super) const WHITE_SPACE: Rule = Rule::new(
    "KANTA-SIGNATURE-WHITE-SPACE",
    Severity::Information,
    Mark::Verified,
    MESSAGES,
);

const CATALOGUE: &[Rule] = &[
    HEADER,
    OUTSIDE,
    MISSING,
    FOREIGN,
    DUPLICATE_ID,
    BODY,
    BODY_ID,
    KIND,
    TIMESTAMP,
    TIMESTAMP_FORM,
    SIGNER_ORGANISATION,
    SIGNER_AUTHOR,
    SIGNER_PROFESSIONAL,
    SIGNER_BLOCK,
    WHITE_SPACE,
];
