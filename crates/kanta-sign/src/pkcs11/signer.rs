//! A key on a token as a signer.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::batch::{Batch, BatchOptions, Turn};
use super::mechanism::{Way, ways};
use super::objects::{self, FoundCertificate, FoundKey, KeyName};
use super::session::{OpenSession, SigningKey};
use super::{KeySelector, Token, TokenError};
use crate::{
    Certificate, Confirmation, SignatureAlgorithm, SignatureValue, Signer, SignerError, ToBeSigned,
};

/// A signer whose key is on a card or in an HSM.
///
/// The key never leaves the token; octets go to one of the token's threads and the caller waits. Key and certificate were
/// checked to belong together when the signer was made, by what the token tells of the key or by a trial signature; where a key
/// tells nothing and wants a PIN each time, the first signature shows it.
#[derive(Clone)]
pub struct TokenSigner {
    token: Token,
    key: Arc<SigningKey>,
    algorithms: Arc<[SignatureAlgorithm]>,
    chain: Arc<[Certificate]>,
}

/// What was learnt of a key when it was looked for.
struct Located {
    key: KeyName,
    pin_each_time: bool,
    fits: Option<bool>,
    ways: Vec<Way>,
}

impl Token {
    /// Finds a key by its certificate and returns its signer.
    ///
    /// The certificate is looked for first; then the private key with the same `CKA_ID`, in the same slot or, as drivers show
    /// that have a slot for each PIN, in another one. Whoever gives PINs is asked if the key does not show without.
    ///
    /// # Errors
    /// [`TokenError`]: no certificate or more than one is meant, there is no key of it, they do not belong together, or
    /// logging in fails.
    pub fn signer(&self, selector: &KeySelector) -> Result<TokenSigner, TokenError> {
        let (certificate, id) = self.certificate(selector)?;
        let name = KeyName {
            label: selector.label.clone().filter(|_| id.is_empty()),
            id,
        };
        let token = self.home_of(&name)?;
        let located = match token.locate(&name, &certificate)? {
            Some(located) => (token, located),
            None => self.locate_elsewhere(&name, &certificate)?,
        };
        let (token, located) = located;
        if located.fits == Some(false) {
            return Err(TokenError::KeyNotOfCertificate);
        }
        let signer = TokenSigner {
            token,
            algorithms: located.ways.iter().map(|way| way.algorithm()).collect(),
            chain: Arc::new([]),
            key: Arc::new(SigningKey {
                name: located.key,
                certificate,
                ways: located.ways,
                pin_each_time: AtomicBool::new(located.pin_each_time),
            }),
        };
        if located.fits.is_none() && !located.pin_each_time {
            signer.try_out()?;
        }
        Ok(signer)
    }

    /// Returns the certificate and its `CKA_ID`, which is empty for a certificate that the token does not hold.
    fn certificate(&self, selector: &KeySelector) -> Result<(Certificate, Vec<u8>), TokenError> {
        let wanted = selector.clone();
        let found = self.worker.run(move |session| {
            session.run(|open| match objects::pick(open.session(), &wanted)? {
                Some(found) => Ok(Ok(found)),
                None if wanted.certificate.is_some() => Ok(Err(Vec::new())),
                None => {
                    // Labels of private keys, and private certificates, show after logging in.
                    open.log_in(0)?;
                    match objects::pick(open.session(), &wanted)? {
                        Some(found) => Ok(Ok(found)),
                        None => Ok(Err(objects::certificates(open.session())?)),
                    }
                }
            })
        })?;
        match (found, &selector.certificate) {
            (Ok(found), _) => Ok((found.certificate, found.id)),
            (Err(_), Some(given)) if selector.allows(given) => Ok((given.clone(), Vec::new())),
            (Err(present), _) => Err(TokenError::NoCertificate {
                wanted: selector.to_string(),
                present: usages(&present),
            }),
        }
    }

    /// Returns the token of the one slot that shows the key without a PIN, which is this one unless another alone does.
    fn home_of(&self, name: &KeyName) -> Result<Self, TokenError> {
        if name.id.is_empty() {
            return Ok(self.clone());
        }
        let module = &self.place.module;
        let _start = module.enter();
        let mut others = Vec::new();
        for (slot, token) in module.tokens()? {
            let session = module
                .context()
                .open_ro_session(slot)
                .map_err(|error| TokenError::of(&error))?;
            if objects::shows_key(&session, &name.id)? {
                if token == self.place.token {
                    return Ok(self.clone());
                }
                others.push(token);
            }
        }
        Ok(match &others[..] {
            [other] => self.beside(other.clone()),
            _ => self.clone(),
        })
    }

    /// Looks for the key in the other slots, logging in where somebody gives a PIN.
    fn locate_elsewhere(
        &self,
        name: &KeyName,
        certificate: &Certificate,
    ) -> Result<(Self, Located), TokenError> {
        if name.id.is_empty() {
            return Err(TokenError::NoKey);
        }
        let tokens = {
            let _start = self.place.module.enter();
            self.place.module.tokens()?
        };
        let others = tokens
            .into_iter()
            .map(|(_, token)| token)
            .filter(|token| *token != self.place.token);
        for other in others {
            let token = self.beside(other);
            match token.locate(name, certificate) {
                Ok(Some(located)) if located.fits != Some(false) => return Ok((token, located)),
                Ok(_) | Err(TokenError::NoPin) => {}
                Err(error) => return Err(error),
            }
        }
        Err(TokenError::NoKey)
    }

    /// Returns another token of the same module with the same one to give PINs.
    fn beside(&self, token: super::TokenIdentity) -> Self {
        Self::at(
            self.place.module.clone(),
            token,
            self.place.pins.clone(),
            self.worker.sessions(),
        )
    }

    /// Looks for the key on this token, without a PIN and then with one.
    fn locate(
        &self,
        name: &KeyName,
        certificate: &Certificate,
    ) -> Result<Option<Located>, TokenError> {
        let (name, certificate) = (name.clone(), certificate.clone());
        self.worker.run(move |session| {
            session.run(|open| {
                let key = certificate.public_key();
                let mut found = objects::key(open.session(), &name, key)?;
                if found.is_none() {
                    open.log_in(0)?;
                    found = objects::key(open.session(), &name, key)?;
                }
                found
                    .map(|found| located(open, found, &certificate))
                    .transpose()
            })
        })
    }
}

/// Says what certificates are for. Their labels and names may be people's.
fn usages(certificates: &[FoundCertificate]) -> String {
    let each = certificates.iter().map(|found| {
        let usages = found.certificate.key_usage();
        usages.map_or_else(|| "anything".to_owned(), |usages| format!("{usages:?}"))
    });
    match certificates.len() {
        0 => "none".to_owned(),
        count => format!(
            "{count}, for {}",
            each.collect::<Vec<_>>().join(" and for ")
        ),
    }
}

fn located(
    open: &OpenSession,
    found: FoundKey,
    certificate: &Certificate,
) -> Result<Located, TokenError> {
    let listed = open.mechanisms()?;
    Ok(Located {
        key: found.name,
        pin_each_time: found.pin_each_time,
        fits: found.fits,
        ways: ways(&listed, |algorithm| {
            algorithm.fits(certificate.public_key())
        }),
    })
}

impl TokenSigner {
    /// Returns the token.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Takes the certificates of the authorities between the signer's and a root, the nearest first.
    #[must_use]
    pub fn with_chain(mut self, chain: Vec<Certificate>) -> Self {
        self.chain = chain.into();
        self
    }

    /// Signs many prepared documents in one session: see [`Batch`].
    pub fn batch<I, F>(
        &self,
        documents: I,
        octets: F,
        options: BatchOptions,
    ) -> Batch<I::IntoIter, F>
    where
        I: IntoIterator,
        F: Fn(&I::Item) -> ToBeSigned<'_>,
    {
        Batch::new(self.clone(), documents.into_iter(), octets, options)
    }

    /// Signs octets, with errors in the token's own words.
    ///
    /// # Errors
    /// [`TokenError`] when there is no signature.
    pub fn sign_on_token(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, TokenError> {
        let key = self.key.clone();
        let (bytes, algorithm) = (octets.octets().to_vec(), octets.algorithm());
        self.token.worker.run(move |session| {
            let octets = ToBeSigned::new(&bytes, algorithm);
            session.run(|open| open.sign(&key, &octets, 1))
        })
    }

    pub(super) fn sessions(&self) -> usize {
        self.token.worker.sessions()
    }

    /// Has octets signed by a thread of the token; the answer goes to `turn`.
    pub(super) fn put(&self, octets: &ToBeSigned<'_>, documents: usize, turn: Turn) {
        let key = self.key.clone();
        let (bytes, algorithm) = (octets.octets().to_vec(), octets.algorithm());
        self.token.worker.put(Box::new(move |session| {
            turn.take(|| {
                let octets = ToBeSigned::new(&bytes, algorithm);
                session.run(|open| open.sign(&key, &octets, documents))
            });
        }));
    }

    /// Makes a signature and verifies it with the certificate.
    fn try_out(&self) -> Result<(), TokenError> {
        let Some(algorithm) = self.algorithms.first().copied() else {
            return Ok(());
        };
        let octets = b"Does the key belong to the certificate?";
        let value = self.sign_on_token(&ToBeSigned::new(octets, algorithm))?;
        let public = self.key.certificate.public_key();
        if algorithm.verifies(public, octets, value.as_bytes()) {
            Ok(())
        } else {
            Err(TokenError::KeyNotOfCertificate)
        }
    }
}

impl Signer for TokenSigner {
    fn certificate(&self) -> &Certificate {
        &self.key.certificate
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        &self.algorithms
    }

    fn confirmation(&self) -> Confirmation {
        if self.key.pin_each_time.load(Ordering::Relaxed) {
            Confirmation::EverySignature
        } else {
            Confirmation::OncePerSession
        }
    }

    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError> {
        Ok(self.sign_on_token(octets)?)
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSigner")
            .field("certificate", &self.key.certificate)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}
