//! Logging in to a token: once for all sessions of the process, and for a single signature.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use secrecy::ExposeSecret;

use super::{Pin, PinProvider, PinPurpose, PinRequest, PinTries, TokenError, TokenIdentity};

/// The state of login to one token.
pub(super) struct Login {
    token: TokenIdentity,
    state: Mutex<LoginState>,
}

#[derive(Default)]
pub(super) struct LoginState {
    /// Whether it was we who logged in.
    ours: bool,
    /// How many workers' sessions may use the login.
    users: usize,
    /// Fingerprints of the PINs that were wrong last, by purpose. They are keyed anew in each process and cannot be turned
    /// back into PINs without its memory.
    wrong: Vec<(PinPurpose, u64)>,
    fingerprint: RandomState,
}

/// Where and for what a PIN is wanted.
pub(super) struct PinPlace<'p> {
    pub(super) context: &'p Pkcs11,
    pub(super) slot: Slot,
    pub(super) pins: &'p dyn PinProvider,
    pub(super) documents: usize,
}

/// A PIN in the hand, or word that the reader asks for it.
pub(super) enum GivenPin {
    Typed(Pin),
    OnReader,
}

impl Login {
    pub(super) fn new(token: TokenIdentity) -> Self {
        Self {
            token,
            state: Mutex::default(),
        }
    }

    pub(super) fn is_of(&self, token: &TokenIdentity) -> bool {
        self.token == *token
    }

    /// Takes the token for oneself: for logging in, and for signatures that carry their own PIN.
    pub(super) fn lock(&self) -> MutexGuard<'_, LoginState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add_user(&self) {
        self.lock().users += 1;
    }

    /// Ends one worker's use; the last one logs out.
    pub(super) fn remove_user(&self, session: Option<&Session>) {
        let mut state = self.lock();
        state.users -= 1;
        if state.users == 0 && std::mem::take(&mut state.ours) {
            // Without a session of this worker the last session is closed already, which logs out too.
            let _ = session.map(Session::logout);
        }
    }

    /// Sees to it that the session is logged in, asking for a PIN if it is not.
    pub(super) fn ensure(&self, session: &Session, place: &PinPlace<'_>) -> Result<(), TokenError> {
        let mut state = self.lock();
        let info = place.info()?;
        if !info.login_required() {
            return Ok(());
        }
        match session
            .get_session_info()
            .map_err(|error| TokenError::of(&error))?
            .session_state()
        {
            SessionState::RoPublic | SessionState::RwPublic => state.ours = false,
            SessionState::RoUser | SessionState::RwUser if state.ours => return Ok(()),
            _ => return Err(TokenError::ForeignLogin),
        }
        let pin = state.ask(PinPurpose::Login, &info, place)?;
        state.give(session, PinPurpose::Login, &pin, place)?;
        state.ours = true;
        Ok(())
    }
}

impl LoginState {
    /// Asks for the PIN of one signature.
    pub(super) fn ask_for_signature(&self, place: &PinPlace<'_>) -> Result<GivenPin, TokenError> {
        self.ask(PinPurpose::Signature, &place.info()?, place)
    }

    /// Gives the PIN for the signature that was begun in this session.
    pub(super) fn give_for_signature(
        &mut self,
        session: &Session,
        pin: &GivenPin,
        place: &PinPlace<'_>,
    ) -> Result<(), TokenError> {
        self.give(session, PinPurpose::Signature, pin, place)
    }

    fn ask(
        &self,
        purpose: PinPurpose,
        info: &TokenInfo,
        place: &PinPlace<'_>,
    ) -> Result<GivenPin, TokenError> {
        if info.user_pin_locked() {
            return Err(TokenError::PinLocked);
        }
        let request = PinRequest {
            purpose,
            token: TokenIdentity::of(info),
            documents: place.documents,
            tries: tries(info),
            min_length: info.min_pin_length(),
            max_length: info.max_pin_length(),
        };
        if info.protected_authentication_path() {
            place.pins.pin_is_asked_by_reader(&request);
            return Ok(GivenPin::OnReader);
        }
        let pin = place.pins.pin(&request).ok_or(TokenError::NoPin)?;
        let (min, max) = (request.min_length, request.max_length);
        if pin.characters() < min || (max > 0 && pin.characters() > max) {
            return Err(TokenError::PinLength { min, max });
        }
        if self.wrong.contains(&(purpose, self.fingerprint(&pin))) {
            return Err(TokenError::SameWrongPin);
        }
        Ok(GivenPin::Typed(pin))
    }

    fn give(
        &mut self,
        session: &Session,
        purpose: PinPurpose,
        pin: &GivenPin,
        place: &PinPlace<'_>,
    ) -> Result<(), TokenError> {
        let user = match purpose {
            PinPurpose::Login => UserType::User,
            PinPurpose::Signature => UserType::ContextSpecific,
        };
        let secret = match pin {
            GivenPin::Typed(pin) => Some(pin.secret()),
            GivenPin::OnReader => None,
        };
        let given = session.login(user, secret);
        let wrong = matches!(&given, Err(Error::Pkcs11(RvError::PinIncorrect, _)));
        if given.is_ok() || wrong {
            self.wrong.retain(|(known, _)| *known != purpose);
        }
        match (given, pin) {
            (Ok(()), _) => Ok(()),
            (Err(_), pin) if wrong => {
                if let GivenPin::Typed(pin) = pin {
                    let fingerprint = self.fingerprint(pin);
                    self.wrong.push((purpose, fingerprint));
                }
                Err(match place.info() {
                    Ok(info) if info.user_pin_locked() => TokenError::PinLocked,
                    Ok(info) => TokenError::WrongPin {
                        tries: tries(&info),
                    },
                    Err(_) => TokenError::WrongPin {
                        tries: PinTries::NotTold,
                    },
                })
            }
            (Err(error), _) => Err(TokenError::of(&error)),
        }
    }

    fn fingerprint(&self, pin: &Pin) -> u64 {
        self.fingerprint.hash_one(pin.secret().expose_secret())
    }
}

impl PinPlace<'_> {
    fn info(&self) -> Result<TokenInfo, TokenError> {
        self.context
            .get_token_info(self.slot)
            .map_err(|error| TokenError::of(&error))
    }
}

fn tries(info: &TokenInfo) -> PinTries {
    if info.user_pin_final_try() {
        PinTries::LastOne
    } else if info.user_pin_count_low() {
        PinTries::SomeUsed
    } else {
        PinTries::NotTold
    }
}
