//! The rules that a signature may break: one for each way to be wrong, so that a verdict says what was done.

use kanta_core::{Mark, Rule, Severity};

const PROFILES: &str = "signature profiles of the spec bundle";
const UNKNOWN: &str = "signature profiles of the spec bundle: what they do not know is refused";
const WRAPPING: &str = "own check against signature wrapping";
const STANDARD: &str = "W3C XML Signature Syntax and Processing";

const fn own(id: &'static str, source: &'static str) -> Rule {
    Rule::new(id, Severity::Error, Mark::Own, source)
}

const fn stated(id: &'static str) -> Rule {
    Rule::new(id, Severity::Error, Mark::Stated, STANDARD)
}

/// The signature's kind has no profile.
pub(super) const PROFILE: Rule = own("KANTA-SIGNATURE-PROFILE", PROFILES);
/// An element is missing, unknown or in another order.
pub(super) const ELEMENT: Rule = own("KANTA-SIGNATURE-ELEMENT", UNKNOWN);
/// An attribute is missing or unknown.
pub(super) const ATTRIBUTE: Rule = own("KANTA-SIGNATURE-ATTRIBUTE", UNKNOWN);
/// Text stands between elements.
pub(super) const TEXT: Rule = own("KANTA-SIGNATURE-TEXT", UNKNOWN);
/// A value is not Base64.
pub(super) const BASE64: Rule = own("KANTA-SIGNATURE-BASE64", UNKNOWN);
/// An algorithm has parameters.
pub(super) const PARAMETERS: Rule = own("KANTA-SIGNATURE-PARAMETERS", UNKNOWN);
/// The canonical form of `SignedInfo` is another one.
pub(super) const CANONICALIZATION: Rule = own("KANTA-SIGNATURE-CANONICALIZATION", PROFILES);
/// The signature algorithm is another one.
pub(super) const ALGORITHM: Rule = own("KANTA-SIGNATURE-ALGORITHM", PROFILES);
/// The signature algorithm is one whose acceptance nobody has seen.
pub(super) const UNCONFIRMED: Rule = Rule::new(
    "KANTA-SIGNATURE-ALGORITHM-UNCONFIRMED",
    Severity::Warning,
    Mark::Inferred,
    PROFILES,
);
/// The signature rests on SHA-1.
pub(super) const SHA1: Rule = Rule::new(
    "KANTA-SIGNATURE-SHA1",
    Severity::Warning,
    Mark::Own,
    "SHA-1 no longer protects against a forged second document",
);
/// The digest algorithm of a reference is another one.
pub(super) const DIGEST_ALGORITHM: Rule = own("KANTA-SIGNATURE-DIGEST-ALGORITHM", PROFILES);
/// The transforms of a reference are others.
pub(super) const TRANSFORM: Rule = own("KANTA-SIGNATURE-TRANSFORM", PROFILES);
/// There are more or fewer references than targets.
pub(super) const REFERENCE_COUNT: Rule = own("KANTA-SIGNATURE-REFERENCE-COUNT", WRAPPING);
/// A reference leads out of the document, or nowhere that is known.
pub(super) const REFERENCE_URI: Rule = own("KANTA-SIGNATURE-REFERENCE-URI", WRAPPING);
/// A target is not referred to.
pub(super) const REFERENCE_MISSING: Rule = own("KANTA-SIGNATURE-REFERENCE-MISSING", WRAPPING);
/// A target is referred to more than once.
pub(super) const REFERENCE_TWICE: Rule = own("KANTA-SIGNATURE-REFERENCE-TWICE", WRAPPING);
/// A target holds the signature itself.
pub(super) const REFERENCE_AROUND: Rule = own("KANTA-SIGNATURE-REFERENCE-AROUND", WRAPPING);
/// The body was changed.
pub(super) const BODY_DIGEST: Rule = stated("KANTA-SIGNATURE-BODY-DIGEST");
/// The time stamp was changed.
pub(super) const TIMESTAMP_DIGEST: Rule = stated("KANTA-SIGNATURE-TIMESTAMP-DIGEST");
/// `SignedInfo` was changed, or the key is another one.
pub(super) const VALUE: Rule = stated("KANTA-SIGNATURE-VALUE");
/// The key is told otherwise than by one certificate.
pub(super) const KEY_INFO: Rule = own("KANTA-SIGNATURE-KEY-INFO", PROFILES);
/// The certificate cannot be read.
pub(super) const CERTIFICATE: Rule = stated("KANTA-SIGNATURE-CERTIFICATE");
/// The key cannot make signatures of the algorithm.
pub(super) const KEY_KIND: Rule = stated("KANTA-SIGNATURE-KEY-KIND");
/// The certificate is for something else.
pub(super) const KEY_USAGE: Rule = own("KANTA-SIGNATURE-KEY-USAGE", PROFILES);
/// The RSA key is too short.
pub(super) const KEY_SIZE: Rule = own(
    "KANTA-SIGNATURE-KEY-SIZE",
    "our own floor for the length of RSA keys",
);

/// Every rule of this module, for the catalogue.
pub const CATALOGUE: &[Rule] = &[
    PROFILE,
    ELEMENT,
    ATTRIBUTE,
    TEXT,
    BASE64,
    PARAMETERS,
    CANONICALIZATION,
    ALGORITHM,
    UNCONFIRMED,
    SHA1,
    DIGEST_ALGORITHM,
    TRANSFORM,
    REFERENCE_COUNT,
    REFERENCE_URI,
    REFERENCE_MISSING,
    REFERENCE_TWICE,
    REFERENCE_AROUND,
    BODY_DIGEST,
    TIMESTAMP_DIGEST,
    VALUE,
    KEY_INFO,
    CERTIFICATE,
    KEY_KIND,
    KEY_USAGE,
    KEY_SIZE,
];
