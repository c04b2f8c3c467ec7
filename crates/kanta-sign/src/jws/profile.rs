//! What a JSON signature looks like, as data.

use super::{JwsError, canonical_json};
use crate::SignatureAlgorithm;

/// What is done to a payload before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Canonicalisation {
    /// Nothing: the bytes are signed as they are.
    #[default]
    None,
    /// The JSON Canonicalization Scheme (RFC 8785), after strict parsing.
    Jcs,
}

/// What a JSON signature looks like.
#[derive(Debug, Clone)]
pub struct JwsProfile {
    pub(super) algorithms: Vec<SignatureAlgorithm>,
    pub(super) canonicalisation: Canonicalisation,
    pub(super) is_detached: bool,
    pub(super) certificate_chain: bool,
    pub(super) media_type: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) key_id: Option<String>,
}

impl JwsProfile {
    /// A profile that allows these algorithms, the preferred one first.
    #[must_use]
    pub fn new(algorithms: &[SignatureAlgorithm]) -> Self {
        Self {
            algorithms: algorithms.to_vec(),
            canonicalisation: Canonicalisation::None,
            is_detached: false,
            certificate_chain: false,
            media_type: None,
            content_type: None,
            key_id: None,
        }
    }

    /// The same with a canonical form of the payload.
    #[must_use]
    pub fn with_canonicalisation(mut self, canonicalisation: Canonicalisation) -> Self {
        self.canonicalisation = canonicalisation;
        self
    }

    /// The same with the payload beside the signature, not in it (RFC 7515, appendix F).
    #[must_use]
    pub fn detached(mut self) -> Self {
        self.is_detached = true;
        self
    }

    /// The same with the certificate of the key, and what the signer knows of its chain, in the header (`x5c`).
    #[must_use]
    pub fn with_certificate_chain(mut self) -> Self {
        self.certificate_chain = true;
        self
    }

    /// The same with a type of the whole (`typ`); a receiver demands it.
    #[must_use]
    pub fn with_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// The same with a type of the payload (`cty`); a receiver demands it.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The same with a name of the key (`kid`); a receiver demands it.
    #[must_use]
    pub fn with_key_id(mut self, key_id: impl Into<String>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// Returns what is done to the payload.
    #[must_use]
    pub fn canonicalisation(&self) -> Canonicalisation {
        self.canonicalisation
    }

    /// Returns the octets that are signed.
    pub(super) fn signed_form(&self, payload: &[u8]) -> Result<Vec<u8>, JwsError> {
        match self.canonicalisation {
            Canonicalisation::None => Ok(payload.to_vec()),
            Canonicalisation::Jcs => Ok(canonical_json(payload)?),
        }
    }
}
