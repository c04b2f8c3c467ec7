//! What tests with tokens share.

#![allow(dead_code, reason = "not every test program uses every helper")]

use std::sync::Arc;

use kanta_client::sign::pkcs11::{FixedPin, Pin, PinProvider, Token, TokenOptions, TokenSelector};
use kanta_testkit::softhsm::{PIN, SoftHsm};

/// Returns the right PIN, always.
pub(crate) fn fixed_pin() -> Arc<dyn PinProvider> {
    Arc::new(FixedPin::new(Pin::new(PIN.to_owned())))
}

/// Opens a SoftHSM2 token by its label.
pub(crate) fn open(label: &str, sessions: usize) -> Token {
    open_with(label, sessions, fixed_pin())
}

/// Opens a SoftHSM2 token with somebody to give PINs.
pub(crate) fn open_with(label: &str, sessions: usize, pins: Arc<dyn PinProvider>) -> Token {
    let module = SoftHsm::module().expect("it is installed");
    let mut options = TokenOptions::new(module, TokenSelector::label(label));
    options.sessions = sessions;
    Token::open(&options, pins).expect("the token is there")
}
