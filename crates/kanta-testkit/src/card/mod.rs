//! A virtual card in a virtual reader: a PIV card over `vsmartcard-vpcd` and `pcscd`, which OpenSC takes for a real one.
//!
//! It has what Finnish professionals' cards have in kind: two key pairs, one for login and one for signatures, whose
//! certificate is for non-repudiation alone and which wants its PIN for each signature. **It is no FINEID card**: it proves how
//! this library deals with a card, not how DVV's card reader software behaves.
//!
//! There is one card daemon for a machine, so tests with a card wait for each other: see [`CardReader`].

mod apdu;
mod piv;
mod reader;

pub use piv::{CardKeys, PIN, Pull};
pub use reader::{CardReader, VirtualCard};

/// OpenSC's module, where Debian and others have it.
const MODULES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/opensc-pkcs11.so",
    "/usr/lib64/opensc-pkcs11.so",
];

/// Returns the path of OpenSC's module, if it is installed.
#[must_use]
pub fn module() -> Option<std::path::PathBuf> {
    crate::tool::first_present(&MODULES)
}
