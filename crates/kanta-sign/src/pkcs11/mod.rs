//! Keys on cards and in HSMs, through the PKCS#11 module that comes with them (feature `pkcs11`).
//!
//! A [`Token`] is found by label, serial number or certificate; a [`TokenSigner`] is one key on it, found by its certificate.
//! Threads of the token's own hold its sessions, so that an error never leaves a session behind in a state that nobody knows,
//! and a token that went away is taken up again when it is back. Whoever gives PINs ([`PinProvider`]) is told what for, and is
//! never made to lose a try: a PIN that was wrong is not sent twice.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use kanta_sign::KeyUsage;
//! use kanta_sign::pkcs11::{KeySelector, Pin, PinRequest, Token, TokenOptions, TokenSelector};
//!
//! let ask = |request: &PinRequest| -> Option<Pin> {
//!     eprintln!("{} ({:?}):", request.token.expose_label(), request.purpose);
//!     let mut line = String::new();
//!     std::io::stdin().read_line(&mut line).ok()?;
//!     Some(Pin::new(line.trim_end().to_owned()))
//! };
//! let options = TokenOptions::new("/usr/lib64/libcryptoki.so", TokenSelector::Single);
//! let token = Token::open(&options, Arc::new(ask))?;
//! let signer = token.signer(&KeySelector::for_usage(KeyUsage::NonRepudiation))?;
//! # Ok::<(), kanta_sign::pkcs11::TokenError>(())
//! ```
//!
//! # What was tried and what was not
//!
//! Tried: SoftHSM2 2.6.1, a virtual card behind OpenSC 0.23 and `pcscd`, `p11-kit` 0.24 as a remote HSM that is killed and comes
//! back. **Never tried: a real social and health care card with DVV's card reader software, a reader with its own keys, a real
//! HSM.** How today's card software lays out slots, labels and PINs is unknown; both layouts that PKCS#11 has are handled: one
//! token for each PIN, and one token whose signature key wants its PIN each time.

mod batch;
mod call;
mod error;
mod login;
mod mechanism;
mod module;
mod objects;
mod pin;
mod select;
mod session;
mod signer;
mod token;
mod worker;

pub use batch::{Batch, BatchOptions, BatchProgress, BatchStep};
pub use error::TokenError;
pub use pin::{FixedPin, Pin, PinProvider, PinPurpose, PinRequest, PinTries};
pub use select::{KeySelector, TokenIdentity, TokenSelector};
pub use signer::TokenSigner;
pub use token::{Token, TokenOptions, tokens};
