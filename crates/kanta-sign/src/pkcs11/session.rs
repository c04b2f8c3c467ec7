//! One session on a token: opened when needed, dropped after any error, opened again when the token is back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

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

/// How long a system may take to notice that a card is gone: the card daemon of Unix systems looks every 0.4 seconds.
const NOTICED: Duration = Duration::from_secs(1);

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
    /// The slot where the token was last, if it was there once.
    last_slot: Option<Slot>,
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
        Self {
            place,
            open: None,
            last_slot: None,
        }
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
        loop {
            let module = self.place.module.clone();
            let start = module.enter();
            let seen = *start;
            let old = self.open.as_ref().is_some_and(|open| open.start == seen);
            let (error, pin_given) = match self.attempt(seen, &mut work) {
                Ok(done) => return Ok(done),
                Err(error) => {
                    let is_there = !error.is_token_away();
                    (error, self.replace(seen, is_there))
                }
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
                return Err(match (error, self.last_slot) {
                    (TokenError::Absent { .. }, Some(_)) => TokenError::Removed,
                    (TokenError::Device { .. }, Some(slot)) if self.is_gone(slot) => {
                        TokenError::Removed
                    }
                    (error, _) => error,
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
        self.last_slot = Some(open.slot);
        open.pin_given = false;
        work(open)
    }

    /// Returns whether the token is gone, having waited for the system to notice: a card that is pulled out in the middle of a
    /// command shows first as a failure of the device.
    ///
    /// Only the list of slots is asked for: OpenSC 0.23 hangs when it is asked about a card that it does not yet know to be gone.
    fn is_gone(&self, slot: Slot) -> bool {
        let until = Instant::now() + NOTICED;
        loop {
            let slots = {
                let _start = self.place.module.enter();
                self.place.module.context().get_slots_with_token()
            };
            match slots {
                Ok(slots) if !slots.contains(&slot) => return true,
                Ok(_) if Instant::now() < until => thread::sleep(NOTICED / 10),
                _ => return false,
            }
        }
    }

    /// Drops the session and returns whether a PIN was given in it for the signature in hand.
    ///
    /// While the token is there, another session is opened first: closing the last one logs out, and the person would be asked
    /// for the login PIN again because of a wrong signature PIN.
    fn replace(&mut self, start: u64, is_there: bool) -> bool {
        let Some(mut old) = self.open.take() else {
            return false;
        };
        if old.start == start {
            self.open = is_there.then(|| old.sibling()).flatten();
            // A session of a token that is gone is closed already.
            let _ = old.session.close();
        }
        std::mem::take(&mut old.pin_given)
    }

    /// Drops the session after work that did not come to its end.
    pub(super) fn drop_session(&mut self) {
        let module = self.place.module.clone();
        let start = module.enter();
        self.replace(*start, true);
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
        self.replace(*start, false);
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
                wanted: "that was opened".to_owned(),
                present: tokens.len(),
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

    /// Opens another session beside this one, in the same state of login.
    fn sibling(&self) -> Option<Self> {
        let context = self.place.module.context();
        let session = context.open_ro_session_no_drop(self.slot).ok()?;
        Some(Self {
            place: self.place.clone(),
            session,
            slot: self.slot,
            start: self.start,
            logged_in: self.logged_in,
            pin_given: false,
            keys: self.keys.clone(),
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
            self.sign_at_once(handle, way, &input)
                .inspect_err(|error| {
                    if *error == TokenError::NeedsPinPerSignature {
                        key.pin_each_time.store(true, Ordering::Relaxed);
                    }
                })?
        };
        Ok(SignatureValue::received(value, way.algorithm()))
    }

    fn sign_at_once(
        &self,
        key: ObjectHandle,
        way: Way,
        input: &[u8],
    ) -> Result<Vec<u8>, TokenError> {
        if self.place.module.sign().is_some() {
            self.begin(key, way)?;
            return self.end(input);
        }
        self.session
            .sign(&way.mechanism(), key, input)
            .map_err(|error| refused(&error, way))
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
            .map_err(|error| refused(&error, way))
    }

    fn end(&self, input: &[u8]) -> Result<Vec<u8>, TokenError> {
        let signed = match self.place.module.sign() {
            Some(function) => function.sign(&self.session, input),
            // In parts, as far as the wrapper goes: some modules do not do raw ECDSA so.
            None => self
                .session
                .sign_update(input)
                .and_then(|()| self.session.sign_final()),
        };
        signed.map_err(|error| match error {
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

fn refused(error: &Error, way: Way) -> TokenError {
    match error {
        Error::Pkcs11(RvError::MechanismInvalid | RvError::MechanismParamInvalid, _) => {
            TokenError::UnsupportedAlgorithm(way.algorithm())
        }
        error => TokenError::of(error),
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
