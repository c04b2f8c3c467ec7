//! XML signatures by profile: written as the profile says, checked against it, and nothing else understood.
//!
//! There is no general engine here: no XPath, no XSLT, no outside references. The caller finds the signed elements at
//! their places and gives them in as [`Target`]s; a signature is valid when it refers to exactly these.

mod check;
mod parts;
mod rules;
mod write;

pub use check::{Covered, SignatureCheck, Target, check};
pub use rules::CATALOGUE;
pub use write::{DigestedReference, signature_element, signed_info};

/// The namespace of XML signatures.
pub const NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
