//! Keys in PKCS#12 files.

use p12_keystore::error::Error;
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};

use super::SoftwareSigner;
use super::key::Key;
use crate::{Certificate, SignerError};

pub(super) fn read(file: &[u8], password: &str) -> Result<SoftwareSigner, SignerError> {
    let store =
        KeyStore::from_pkcs12(file, password, Pkcs12ImportPolicy::Strict).map_err(|error| {
            match error {
                Error::MacError(_) => SignerError::Password,
                other => SignerError::Key(other.to_string()),
            }
        })?;
    let (_, entry) = store
        .private_key_chain()
        .ok_or_else(|| SignerError::Key("the file holds no key with its certificate".to_owned()))?;
    let mut chain = entry
        .certs()
        .iter()
        .map(|certificate| Certificate::from_der(certificate.as_der()))
        .collect::<Result<Vec<_>, _>>()?;
    if chain.is_empty() {
        return Err(SignerError::Key("the file holds no certificate".to_owned()));
    }
    let certificate = chain.remove(0);
    let key = Key::from_pkcs8(entry.key().as_der(), certificate.public_key())?;
    Ok(SoftwareSigner::new(certificate, chain, key))
}
