//! PINs, and who gives them.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::TokenIdentity;

/// A PIN (Finnish: tunnusluku). It is wiped from memory when it is dropped, and `Debug` does not show it.
pub struct Pin(SecretString);

impl Pin {
    /// Takes a PIN.
    #[must_use]
    pub fn new(pin: String) -> Self {
        Self(SecretString::from(pin))
    }

    pub(super) fn secret(&self) -> &SecretString {
        &self.0
    }

    pub(super) fn characters(&self) -> usize {
        self.0.expose_secret().chars().count()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// What a PIN is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PinPurpose {
    /// To log in to the token: on Finnish cards the basic PIN (perustunnusluku, PIN1), or the signature PIN where the card's
    /// driver shows each PIN as a token of its own.
    Login,
    /// To make one signature with a key that wants a PIN each time: the signature PIN (allekirjoitustunnusluku, PIN2).
    Signature,
}

/// What a token tells about the tries that are left. PKCS#11 has no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinTries {
    /// The token does not say that any try was used.
    NotTold,
    /// A wrong PIN was given since the last right one.
    SomeUsed,
    /// One wrong PIN more locks the token.
    LastOne,
}

impl fmt::Display for PinTries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotTold => "the token does not tell how many tries are left",
            Self::SomeUsed => "some tries are used",
            Self::LastOne => "one wrong PIN more locks the token",
        })
    }
}

/// What the one who gives a PIN should know, and tell the person who is asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PinRequest {
    /// What the PIN is for.
    pub purpose: PinPurpose,
    /// The token; its label names the PIN on many cards.
    pub token: TokenIdentity,
    /// How many documents wait for a signature, the one in turn included; 0 when nothing is signed yet.
    pub documents: usize,
    /// What the token tells about the tries that are left.
    pub tries: PinTries,
    /// The fewest characters a PIN has on this token.
    pub min_length: usize,
    /// The most characters a PIN has on this token.
    pub max_length: usize,
}

/// Somebody who gives PINs: a dialogue of the vendor's program, or a secret store for an HSM.
///
/// It is called on the token's own thread and may block. After a wrong PIN it is asked again only when somebody asks for the
/// next signature, and a PIN that was wrong once is not sent a second time: no try is lost to a program that repeats itself.
pub trait PinProvider: Send + Sync {
    /// Returns the PIN, or `None` when the person does not want to go on.
    fn pin(&self, request: &PinRequest) -> Option<Pin>;

    /// Tells that the person must now give the PIN on the reader's own keys (protected authentication path). The call that
    /// follows blocks until that is done.
    fn pin_is_asked_by_reader(&self, request: &PinRequest) {
        let _ = request;
    }
}

impl<F> PinProvider for F
where
    F: Fn(&PinRequest) -> Option<Pin> + Send + Sync,
{
    fn pin(&self, request: &PinRequest) -> Option<Pin> {
        self(request)
    }
}

/// The same PIN for every question: for HSMs, whose PIN is a password of the service. Never keep a person's PIN so.
#[derive(Debug)]
pub struct FixedPin(SecretString);

impl FixedPin {
    /// Takes the PIN.
    #[must_use]
    pub fn new(pin: Pin) -> Self {
        Self(pin.0)
    }
}

impl PinProvider for FixedPin {
    fn pin(&self, _: &PinRequest) -> Option<Pin> {
        Some(Pin(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_does_not_print() {
        let pin = Pin::new("987654".to_owned());
        assert!(!format!("{pin:?}").contains("9"));
        assert!(!format!("{:?}", FixedPin::new(pin)).contains("987654"));
    }
}
