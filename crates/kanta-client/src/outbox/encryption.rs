//! Encryption of the kept bytes under a key of the host's: AES-256-GCM.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use super::OutboxError;

/// What is encrypted to see later whether a key is the one that was used before.
const KNOWN: &[u8] = b"kanta outbox";

/// A key of the host's and its name.
///
/// `Debug` shows the name only.
pub struct EncryptionKey {
    id: String,
    key: LessSafeKey,
}

impl EncryptionKey {
    /// Takes a key of 256 bits; `id` is kept with every document that is encrypted under it.
    #[must_use]
    pub fn new(id: impl Into<String>, key: &[u8; 32]) -> Self {
        Self {
            id: id.into(),
            key: LessSafeKey::new(
                UnboundKey::new(&AES_256_GCM, key)
                    .expect("the key has the length of the algorithm"),
            ),
        }
    }

    /// Returns the name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptionKey({})", self.id)
    }
}

/// The keys of an outbox: the one that encrypts, and older ones that can still decrypt.
///
/// Without a key bytes are kept as they are.
#[derive(Debug, Default)]
pub struct Encryption {
    keys: Vec<EncryptionKey>,
}

impl Encryption {
    /// Encrypts under `key`.
    #[must_use]
    pub fn with(key: EncryptionKey) -> Self {
        Self { keys: vec![key] }
    }

    /// Can also decrypt what was encrypted under an older key.
    #[must_use]
    pub fn and_older(mut self, key: EncryptionKey) -> Self {
        self.keys.push(key);
        self
    }

    pub(super) fn current(&self) -> Option<&EncryptionKey> {
        self.keys.first()
    }

    pub(super) fn keys(&self) -> &[EncryptionKey] {
        &self.keys
    }

    /// Opens what was sealed under the key `id` for `owner`; `Ok(None)` when the bytes are damaged.
    pub(super) fn open(
        &self,
        id: &str,
        owner: &[u8],
        sealed: Vec<u8>,
    ) -> Result<Option<Vec<u8>>, OutboxError> {
        let key = self.keys.iter().find(|key| key.id == id).ok_or_else(|| {
            OutboxError::Key(format!(
                "documents are encrypted under the key `{id}`: give it"
            ))
        })?;
        Ok(key.open(owner, sealed))
    }
}

impl EncryptionKey {
    /// Seals bytes; `owner` is bound to them, so that rows cannot be exchanged.
    pub(super) fn seal(&self, owner: &[u8], bytes: &[u8]) -> Result<Vec<u8>, OutboxError> {
        let failed = |_| OutboxError::Store("the machine gives no random numbers".to_owned());
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(failed)?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + bytes.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(bytes);
        let nonce_again = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(nonce_again, Aad::from(owner), &mut sealed)
            .map_err(failed)?;
        sealed.extend_from_slice(&nonce);
        Ok(sealed)
    }

    fn open(&self, owner: &[u8], mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let at = sealed.len().checked_sub(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(&sealed[at..]).ok()?;
        sealed.truncate(at);
        let length = self
            .key
            .open_in_place(nonce, Aad::from(owner), &mut sealed)
            .ok()?
            .len();
        sealed.truncate(length);
        Some(sealed)
    }

    /// Makes the proof by which [`EncryptionKey::is_the_one_of`] knows the key again.
    pub(super) fn proof(&self) -> Result<Vec<u8>, OutboxError> {
        self.seal(self.id.as_bytes(), KNOWN)
    }

    pub(super) fn is_the_one_of(&self, proof: Vec<u8>) -> bool {
        self.open(self.id.as_bytes(), proof).as_deref() == Some(KNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_open_for_their_owner_and_key_only() {
        let key = EncryptionKey::new("k1", &[1; 32]);
        let sealed = key.seal(b"owner", b"content").unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"content"));
        assert_eq!(key.open(b"owner", sealed.clone()).unwrap(), b"content");
        assert_eq!(key.open(b"other", sealed.clone()), None);
        let mut damaged = sealed.clone();
        damaged[0] ^= 1;
        assert_eq!(key.open(b"owner", damaged), None);
        assert_eq!(key.open(b"owner", Vec::new()), None);
        let wrong = EncryptionKey::new("k1", &[2; 32]);
        assert!(!wrong.is_the_one_of(key.proof().unwrap()));
        assert!(key.is_the_one_of(key.proof().unwrap()));
        assert_eq!(format!("{key:?}"), "EncryptionKey(k1)");
    }

    #[test]
    fn a_missing_key_is_told_by_name() {
        let encryption = Encryption::with(EncryptionKey::new("new", &[1; 32]));
        let error = encryption.open("old", b"", Vec::new()).unwrap_err();
        assert!(error.to_string().contains("`old`"), "{error}");
    }
}
