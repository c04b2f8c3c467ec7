//! One session on a token: opened when needed, dropped after any error, opened again when the token is back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cryptoki::error::{Error, RvError};
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use cryptoki::slot::Slot;

use super::login::{Login, PinPlace};
use super::mechanism::{Way, way};
use super::module::Module;
use super::objects::{self, KeyName};
use super::{PinProvider, TokenError, TokenIdentity};
use crate::{Certificate, SignatureValue, ToBeSigned};

/// A key that signs, as it is known outside of sessions.
pub(super) struct SigningKey {
    pub(super) name: KeyName,
    pub(super) certificate: Certificate,
    pub(super) ways: Vec<Way>,
    /// Whether the key wants a PIN for each signature: told by the token, or learnt from its refusal.
    pub(super) pin_each_time: AtomicBool,
}

/// Where a session is opened, and who may be asked for PINs.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) module: Arc<Module>,
    pub(super) token: TokenIdentity,
    pub(super) login: Arc<Login>,
    pub(super) pins: Arc<dyn PinProvider>,
}

/// A session that comes and goes.
pub(super) struct TokenSession {
    place: Place,
    open: Option<OpenSession>,
}

/// A session while it is open.
pub(super) struct OpenSession {
    place: Place,
    session: Session,
    slot: Slot,
    /// The start of the module that the handles belong to.
    start: u64,
    logged_in: bool,
    /// Whether a PIN was given for the signature in hand.
    pin_given: bool,
    keys: Vec<(KeyName, ObjectHandle)>,
}

impl TokenSession {
    pub(super) fn new(place: Place) -> Self {
        place.login.add_user();
        Self { place, open: None }
    }

    /// Does work in the session, opening it first if need be.
    ///
    /// Whatever fails, the session is dropped: an operation that failed stays active in it. Where the session was an old one,
    /// or the module lost its link, the work is done once more in a new session; not after a PIN was given for a signature,
    /// since nobody is to be asked twice for one.
    pub(super) fn run<T>(
        &mut self,
        mut work: impl FnMut(&mut OpenSession) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let (mut renewed, mut mended, mut learnt) = (false, false, false);
        let mut was_there = false;
        loop {
            let module = self.place.module.clone();
            let start = module.enter();
            let seen = *start;
            let old = self.open.as_ref().is_some_and(|open| open.start == seen);
            was_there |= self.open.is_some();
            let (error, pin_given) = match self.attempt(seen, &mut work) {
                Ok(done) => return Ok(done),
                Err(error) => (error, self.close(seen)),
            };
            drop(start);
            let again = match &error {
                _ if pin_given => false,
                TokenError::NeedsPinPerSignature => !std::mem::replace(&mut learnt, true),
                TokenError::Removed | TokenError::Device { .. } if old => {
                    !std::mem::replace(&mut renewed, true)
                }
                error if error.is_token_away() => {
                    !std::mem::replace(&mut mended, true) && module.mend_link(seen)
                }
                _ => false,
            };
            if !again {
                return Err(match error {
                    TokenError::Absent { .. } if was_there => TokenError::Removed,
                    error => error,
                });
            }
        }
    }

    fn attempt<T>(
        &mut self,
        start: u64,
        work: &mut impl FnMut(&mut OpenSession) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let open = match self.open.take() {
            Some(open) if open.start == start => self.open.insert(open),
            // A session of an earlier start is not closed: its handle may be another's by now.
            _ => self
                .open
                .insert(OpenSession::open(self.place.clone(), start)?),
        };
        open.pin_given = false;
        work(open)
    }

    /// Drops the session and returns whether a PIN was given in it for the signature in hand.
    fn close(&mut self, start: u64) -> bool {
        let Some(open) = self.open.take() else {
            return false;
        };
        if open.start == start {
            // A session of a token that is gone is closed already.
            let _ = open.session.close();
        }
        open.pin_given
    }

    /// Drops the session after work that did not come to its end.
    pub(super) fn drop_session(&mut self) {
        let module = self.place.module.clone();
        let start = module.enter();
        self.close(*start);
    }
}

impl Drop for TokenSession {
    fn drop(&mut self) {
        let module = self.place.module.clone();
        let start = module.enter();
        let session = self.open.as_ref().filter(|open| open.start == *start);
        self.place
            .login
            .remove_user(session.map(|open| &open.session));
        self.close(*start);
    }
}

impl OpenSession {
    fn open(place: Place, start: u64) -> Result<Self, TokenError> {
        let tokens = place.module.tokens()?;
        let slot = tokens
            .iter()
            .find(|(_, token)| *token == place.token)
            .map(|(slot, _)| *slot)
            .ok_or_else(|| TokenError::Absent {
                wanted: place.token.to_string(),
                present: present(tokens.iter().map(|(_, token)| token)),
            })?;
        // Closed by hand: a handle of an earlier start of the module must not be closed in a later one.
        let session = place
            .module
            .context()
            .open_ro_session_no_drop(slot)
            .map_err(|error| TokenError::of(&error))?;
        Ok(Self {
            place,
            session,
            slot,
            start,
            logged_in: false,
            pin_given: false,
            keys: Vec::new(),
        })
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Returns the mechanisms of the token.
    pub(super) fn mechanisms(&self) -> Result<Vec<cryptoki::mechanism::MechanismType>, TokenError> {
        let context = self.place.module.context();
        context
            .get_mechanism_list(self.slot)
            .map_err(|error| TokenError::of(&error))
    }

    /// Sees to it that the session is logged in.
    pub(super) fn log_in(&mut self, documents: usize) -> Result<(), TokenError> {
        if !self.logged_in {
            let place = self.place.clone();
            place
                .login
                .ensure(&self.session, &pin_place(&place, self.slot, documents))?;
            self.logged_in = true;
        }
        Ok(())
    }

    /// Signs octets.
    pub(super) fn sign(
        &mut self,
        key: &SigningKey,
        octets: &ToBeSigned<'_>,
        documents: usize,
    ) -> Result<SignatureValue, TokenError> {
        let way = way(&key.ways, octets.algorithm())?;
        self.log_in(documents)?;
        let handle = self.key(key)?;
        let input = way.input(octets);
        let value = if key.pin_each_time.load(Ordering::Relaxed) {
            self.sign_with_pin(handle, way, &input, documents)?
        } else {
            self.begin(handle, way)?;
            self.end(&input).inspect_err(|error| {
                if *error == TokenError::NeedsPinPerSignature {
                    key.pin_each_time.store(true, Ordering::Relaxed);
                }
            })?
        };
        Ok(SignatureValue::new(value))
    }

    /// Signs with a PIN of its own. The token is taken for that long: its PIN state is one for all sessions.
    fn sign_with_pin(
        &mut self,
        key: ObjectHandle,
        way: Way,
        input: &[u8],
        documents: usize,
    ) -> Result<Vec<u8>, TokenError> {
        let place = self.place.clone();
        let pin_place = pin_place(&place, self.slot, documents);
        let mut login = place.login.lock();
        // Asked for before the operation begins: a person takes time, and a card that is asked to wait may give up.
        let pin = login.ask_for_signature(&pin_place)?;
        self.begin(key, way)?;
        self.pin_given = true;
        login.give_for_signature(&self.session, &pin, &pin_place)?;
        self.end(input)
    }

    fn begin(&self, key: ObjectHandle, way: Way) -> Result<(), TokenError> {
        self.session
            .sign_init(&way.mechanism(), key)
            .map_err(|error| match error {
                Error::Pkcs11(RvError::MechanismInvalid | RvError::MechanismParamInvalid, _) => {
                    TokenError::UnsupportedAlgorithm(way.algorithm())
                }
                error => TokenError::of(&error),
            })
    }

    fn end(&self, input: &[u8]) -> Result<Vec<u8>, TokenError> {
        self.place
            .module
            .sign()
            .sign(&self.session, input)
            .map_err(|error| match error {
                Error::Pkcs11(RvError::UserNotLoggedIn, _) => TokenError::NeedsPinPerSignature,
                error => TokenError::of(&error),
            })
    }

    fn key(&mut self, key: &SigningKey) -> Result<ObjectHandle, TokenError> {
        if let Some((_, handle)) = self.keys.iter().find(|(name, _)| *name == key.name) {
            return Ok(*handle);
        }
        let found = objects::key(&self.session, &key.name, key.certificate.public_key())?
            .ok_or(TokenError::NoKey)?;
        if found.fits == Some(false) {
            return Err(TokenError::KeyNotOfCertificate);
        }
        self.keys.push((key.name.clone(), found.handle));
        Ok(found.handle)
    }
}

fn pin_place(place: &Place, slot: Slot, documents: usize) -> PinPlace<'_> {
    PinPlace {
        context: place.module.context(),
        slot,
        pins: &*place.pins,
        documents,
    }
}

/// Names tokens for a message.
pub(super) fn present<'t>(tokens: impl Iterator<Item = &'t TokenIdentity>) -> String {
    let names: Vec<_> = tokens.map(ToString::to_string).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
