//! Tokens: cards and HSMs, found and opened.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::slot::Slot;

use super::module::Module;
use super::objects;
use super::session::Place;
use super::worker::Worker;
use super::{PinProvider, TokenError, TokenIdentity, TokenSelector};
use crate::Certificate;

/// How often a token that is away is looked for.
const LOOK: Duration = Duration::from_millis(250);

/// Which token to open, and how.
#[derive(Debug, Clone)]
pub struct TokenOptions {
    /// The PKCS#11 module: the library that came with the card or HSM.
    pub module: PathBuf,
    /// The token.
    pub token: TokenSelector,
    /// How many sessions may sign at the same time, each on a thread of its own (default: 1). A card signs one at a time
    /// whatever stands here; an HSM may be faster with more.
    pub sessions: usize,
}

impl TokenOptions {
    /// Makes options with one session.
    #[must_use]
    pub fn new(module: impl Into<PathBuf>, token: TokenSelector) -> Self {
        Self {
            module: module.into(),
            token,
            sessions: 1,
        }
    }
}

/// A token: a card (Finnish: toimikortti) or an HSM. Cloning gives another handle of the same.
///
/// Its sessions are owned by threads of its own. The login belongs to the process and the token: it is made when a key is
/// first needed and ended with the last handle. A token that was away is found again by what is written in it, in whatever
/// slot it comes back, and logged in to anew.
#[derive(Clone)]
pub struct Token {
    pub(super) place: Place,
    pub(super) worker: Arc<Worker>,
}

impl Token {
    /// Finds a token. Nobody is asked for a PIN yet.
    ///
    /// # Errors
    /// [`TokenError::Module`], [`TokenError::Absent`], [`TokenError::Ambiguous`], or what the module fails with.
    pub fn open(options: &TokenOptions, pins: Arc<dyn PinProvider>) -> Result<Self, TokenError> {
        let module = Module::load(&options.module)?;
        let first = Self::find(&module, &options.token);
        let token = match first {
            Err((seen, error)) if error.is_token_away() && module.mend_link(seen) => {
                Self::find(&module, &options.token).map_err(|(_, error)| error)?
            }
            found => found.map_err(|(_, error)| error)?,
        };
        Ok(Self::at(module, token, pins, options.sessions))
    }

    /// Returns which token it is.
    #[must_use]
    pub fn identity(&self) -> &TokenIdentity {
        &self.place.token
    }

    /// Waits until the token is there, at most so long. Returns whether it is.
    ///
    /// A signature asked for when it is away fails with [`TokenError::Removed`] and can be asked for again after this.
    #[must_use]
    pub fn wait(&self, at_most: Duration) -> bool {
        let until = Instant::now() + at_most;
        loop {
            if self.is_present() {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            thread::sleep(LOOK.min(until.saturating_duration_since(Instant::now())));
        }
    }

    /// Returns whether the token is there now.
    #[must_use]
    pub fn is_present(&self) -> bool {
        let module = &self.place.module;
        let look = || {
            let start = module.enter();
            let tokens = module.tokens().unwrap_or_default();
            (
                *start,
                tokens.iter().any(|(_, token)| *token == self.place.token),
            )
        };
        match look() {
            (_, true) => true,
            (seen, false) => module.mend_link(seen) && look().1,
        }
    }

    pub(super) fn at(
        module: Arc<Module>,
        token: TokenIdentity,
        pins: Arc<dyn PinProvider>,
        sessions: usize,
    ) -> Self {
        let place = Place {
            login: module.login_of(&token),
            module,
            token,
            pins,
        };
        Self {
            worker: Arc::new(Worker::start(&place, sessions)),
            place,
        }
    }

    /// Returns the token sought; with an error comes the start of the module that it was seen in.
    fn find(module: &Module, selector: &TokenSelector) -> Result<TokenIdentity, (u64, TokenError)> {
        let start = module.enter();
        let fail = |error| (*start, error);
        let tokens = module.tokens().map_err(fail)?;
        let mut fitting = Vec::new();
        for (slot, token) in &tokens {
            let holds = match selector {
                TokenSelector::Certificate(certificate) => {
                    holds(module, *slot, certificate).map_err(fail)?
                }
                _ => true,
            };
            if holds && selector.matches(token) {
                fitting.push(token);
            }
        }
        match fitting[..] {
            [token] => Ok(token.clone()),
            [] => Err(fail(TokenError::Absent {
                wanted: selector.to_string(),
                present: tokens.len(),
            })),
            _ => Err(fail(TokenError::Ambiguous {
                wanted: selector.to_string(),
            })),
        }
    }
}

/// Returns the tokens that a module has now.
///
/// # Errors
/// [`TokenError::Module`], or what the module fails with.
pub fn tokens(module: &Path) -> Result<Vec<TokenIdentity>, TokenError> {
    let module = Module::load(module)?;
    let _start = module.enter();
    let tokens = module.tokens()?;
    Ok(tokens.into_iter().map(|(_, token)| token).collect())
}

fn holds(module: &Module, slot: Slot, certificate: &Certificate) -> Result<bool, TokenError> {
    let session = module
        .context()
        .open_ro_session(slot)
        .map_err(|error| TokenError::of(&error))?;
    let found = objects::certificates(&session)?;
    Ok(found.iter().any(|found| found.certificate == *certificate))
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("sessions", &self.worker.sessions())
            .finish_non_exhaustive()
    }
}
