//! PKCS#11 modules of this process: each is loaded and started once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, Weak};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::slot::Slot;

use super::call::SignFunction;
use super::login::Login;
use super::{TokenError, TokenIdentity};

/// Every module that was loaded. None is ever unloaded: finalising it would end it for everybody in the process.
static MODULES: Mutex<Vec<Arc<Module>>> = Mutex::new(Vec::new());

/// A module that was loaded and started.
pub(super) struct Module {
    path: PathBuf,
    context: Pkcs11,
    /// None when the function found is of another instance of the module than the wrapper's: `p11-kit`'s client makes a new one
    /// each time it is asked for its functions.
    sign: Option<SignFunction>,
    /// Whether it was started here, and so may be started again here.
    started_here: bool,
    /// Counts the starts. Whoever calls the module holds it for reading: handles of one start mean something else after the
    /// next.
    start: RwLock<u64>,
    /// Set when the module lost its link to the tokens, as a remote one does, until a token is seen again.
    link_lost: AtomicBool,
    logins: Mutex<Vec<Weak<Login>>>,
}

impl Module {
    /// Returns the module of a path, loading and starting it the first time.
    pub(super) fn load(path: &Path) -> Result<Arc<Self>, TokenError> {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = modules.iter().find(|module| module.path == real) {
            return Ok(module.clone());
        }
        let unusable = |error: Error| TokenError::Module {
            module: path.display().to_string(),
            problem: error.to_string(),
        };
        let context = Pkcs11::new(&real).map_err(unusable)?;
        let sign = SignFunction::load(&real).map_err(unusable)?;
        let started_here = start(&context).map_err(unusable)?;
        let module = Arc::new(Self {
            path: real,
            context,
            sign: Some(sign).filter(SignFunction::is_started),
            started_here,
            start: RwLock::new(0),
            link_lost: AtomicBool::new(false),
            logins: Mutex::new(Vec::new()),
        });
        modules.push(module.clone());
        Ok(module)
    }

    pub(super) fn context(&self) -> &Pkcs11 {
        &self.context
    }

    /// Returns the function that signs in one call after a signature was begun, if the module lets it be found.
    pub(super) fn sign(&self) -> Option<&SignFunction> {
        self.sign.as_ref()
    }

    /// Enters the module for some calls and returns the number of its start.
    pub(super) fn enter(&self) -> RwLockReadGuard<'_, u64> {
        self.start.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the slots that have a token, with the tokens. Only this list tells whether a token is there: what a module says
    /// about a slot may come from its memory.
    pub(super) fn tokens(&self) -> Result<Vec<(Slot, TokenIdentity)>, TokenError> {
        let slots = self.context.get_slots_with_token().map_err(|error| {
            self.link_lost.store(true, Ordering::Relaxed);
            TokenError::of(&error)
        })?;
        let tokens: Vec<_> = slots
            .into_iter()
            .filter_map(|slot| Some((slot, self.context.get_token_info(slot).ok()?)))
            .filter(|(_, info)| info.token_initialized())
            .map(|(slot, info)| (slot, TokenIdentity::of(&info)))
            .collect();
        // A remote module whose server is away shows no slot at all, and looks for the server only when it is started.
        let no_slot = tokens.is_empty()
            && self
                .context
                .get_all_slots()
                .map_or(true, |slots| slots.is_empty());
        self.link_lost.store(no_slot, Ordering::Relaxed);
        Ok(tokens)
    }

    /// Starts the module again if it lost its link to the tokens, unless somebody did so since the start `seen`. Returns whether
    /// it is worth while to look again.
    pub(super) fn mend_link(&self, seen: u64) -> bool {
        if !self.started_here || !self.link_lost.load(Ordering::Relaxed) {
            return false;
        }
        let mut start_count = self.start.write().unwrap_or_else(PoisonError::into_inner);
        if *start_count == seen {
            // Whatever finalising says, the next call tells whether the module is of use.
            let _ = self.context.clone().finalize();
            *start_count += 1;
            if start(&self.context).is_err() {
                return false;
            }
        }
        true
    }

    /// Returns the state of login to a token, which belongs to the process and not to a session.
    pub(super) fn login_of(&self, token: &TokenIdentity) -> Arc<Login> {
        let mut logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        logins.retain(|login| login.strong_count() > 0);
        let known = logins
            .iter()
            .filter_map(Weak::upgrade)
            .find(|login| login.is_of(token));
        known.unwrap_or_else(|| {
            let login = Arc::new(Login::new(token.clone()));
            logins.push(Arc::downgrade(&login));
            login
        })
    }
}

/// Starts a module and returns whether it was not running before.
fn start(context: &Pkcs11) -> Result<bool, Error> {
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) => Ok(true),
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(false),
        Err(error) => Err(error),
    }
}
