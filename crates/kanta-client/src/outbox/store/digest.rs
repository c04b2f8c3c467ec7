//! The digest that is kept with every document.

/// The BLAKE3 of some bytes: it tells damaged bytes, and other bytes under a known identifier, in a third of the time of SHA-256.
#[derive(Clone, Copy)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
