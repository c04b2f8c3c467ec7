//! What can go wrong with a token, each with what to do about it.

use std::time::Duration;

use cryptoki::error::{Error, RvError};
use kanta_core::Retry;

use super::PinTries;
use crate::{SignatureAlgorithm, SignerError};

/// Why a token does not sign.
///
/// Every case was seen with SoftHSM2, OpenSC or `p11-kit` unless its text says otherwise (measured). A signature that
/// failed left nothing behind: the same octets may be signed again once the cause is gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The module cannot be loaded or started (`KANTA-TOKEN-MODULE`).
    #[error(
        "the PKCS#11 module `{module}` cannot be used ({problem}): give the path of the library that came with the card or \
         HSM, for this processor and with what it needs installed [KANTA-TOKEN-MODULE]"
    )]
    Module {
        /// The path as it was given.
        module: String,
        /// What the loader or the module said.
        problem: String,
    },
    /// No token is the one sought (`KANTA-TOKEN-ABSENT`).
    #[error(
        "there is no token {wanted} ({present} others are there): insert the card, or check that the HSM is up and the name \
         is right [KANTA-TOKEN-ABSENT]"
    )]
    Absent {
        /// What was sought.
        wanted: String,
        /// How many tokens are there. Their labels may be people's names; [`tokens`](super::tokens) has them.
        present: usize,
    },
    /// Several tokens are the one sought (`KANTA-TOKEN-AMBIGUOUS`).
    #[error(
        "there is more than one token {wanted}: name it by its serial number [KANTA-TOKEN-AMBIGUOUS]"
    )]
    Ambiguous {
        /// What was sought.
        wanted: String,
    },
    /// The token was there and is gone (`KANTA-TOKEN-REMOVED`).
    #[error(
        "the token is gone: insert the card again, or bring the HSM back, and go on; nothing was signed halfway \
         [KANTA-TOKEN-REMOVED]"
    )]
    Removed,
    /// No certificate on the token is the one sought (`KANTA-TOKEN-CERTIFICATE`).
    #[error(
        "the token has no certificate {wanted} (it has {present}): check the label and the key usage, or give the \
         certificate from its file [KANTA-TOKEN-CERTIFICATE]"
    )]
    NoCertificate {
        /// What was sought.
        wanted: String,
        /// What the certificates that are there are for.
        present: String,
    },
    /// Several certificates are the one sought (`KANTA-TOKEN-CERTIFICATES`).
    #[error(
        "the token has {count} certificates {wanted}: name one by its label or give the certificate itself \
         [KANTA-TOKEN-CERTIFICATES]"
    )]
    AmbiguousCertificate {
        /// What was sought.
        wanted: String,
        /// How many there are.
        count: usize,
    },
    /// No private key belongs to the certificate (`KANTA-TOKEN-KEY`).
    #[error(
        "no token of this module has a private key with the certificate's CKA_ID or public key: store the key with the \
         same CKA_ID as its certificate [KANTA-TOKEN-KEY]"
    )]
    NoKey,
    /// The key that has the certificate's identifier is another certificate's (`KANTA-TOKEN-PAIR`).
    #[error(
        "the key with the certificate's CKA_ID is not the certificate's key: store the two that belong together \
         [KANTA-TOKEN-PAIR]"
    )]
    KeyNotOfCertificate,
    /// The PIN is wrong (`KANTA-TOKEN-PIN`). It is never sent again.
    #[error("the PIN is wrong ({tries}): ask the person again [KANTA-TOKEN-PIN]")]
    WrongPin {
        /// What the token tells about the tries that are left.
        tries: PinTries,
    },
    /// The PIN that was found wrong came again and was not sent (`KANTA-TOKEN-PIN-AGAIN`).
    #[error(
        "the PIN is the one that was wrong before: it was not sent, so that no try is lost; give another \
         [KANTA-TOKEN-PIN-AGAIN]"
    )]
    SameWrongPin,
    /// The token is locked against PINs (`KANTA-TOKEN-LOCKED`).
    #[error(
        "the PIN is locked after too many wrong tries: it must be unlocked with the card's PUK, or by the HSM's security \
         officer [KANTA-TOKEN-LOCKED]"
    )]
    PinLocked,
    /// The PIN is too short or too long and was not sent (`KANTA-TOKEN-PIN-LENGTH`).
    #[error(
        "the PIN has {min} to {max} characters on this token: it was not sent [KANTA-TOKEN-PIN-LENGTH]"
    )]
    PinLength {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// The PIN must be changed before the token may be used (`KANTA-TOKEN-PIN-EXPIRED`; not seen, PKCS#11 says so).
    #[error(
        "the PIN must be changed first: use the card's or HSM's own software [KANTA-TOKEN-PIN-EXPIRED]"
    )]
    PinExpired,
    /// Nobody gave a PIN (`KANTA-TOKEN-NO-PIN`).
    #[error("no PIN was given: nothing was signed [KANTA-TOKEN-NO-PIN]")]
    NoPin,
    /// Somebody else in this process has logged in to the token (`KANTA-TOKEN-LOGIN`).
    #[error(
        "another part of this program has logged in to the token: let one part own it [KANTA-TOKEN-LOGIN]"
    )]
    ForeignLogin,
    /// The key wants the PIN again although it was given (`KANTA-TOKEN-PIN-EACH`).
    #[error(
        "the key wants a PIN for each signature and did not take it: check which of the card's PINs belongs to this key \
         [KANTA-TOKEN-PIN-EACH]"
    )]
    NeedsPinPerSignature,
    /// The token or the key cannot make signatures of this algorithm (`KANTA-TOKEN-ALGORITHM`).
    #[error(
        "the token cannot sign with {0:?}: take an algorithm that fits the key and that the token lists \
         [KANTA-TOKEN-ALGORITHM]"
    )]
    UnsupportedAlgorithm(SignatureAlgorithm),
    /// The token has no session left (`KANTA-TOKEN-BUSY`; not seen, PKCS#11 says so).
    #[error(
        "the token has no session left: close other programs that use it, or open fewer sessions [KANTA-TOKEN-BUSY]"
    )]
    Busy,
    /// The token or its driver failed (`KANTA-TOKEN-DEVICE`).
    #[error(
        "the token failed ({code} from {function}): try again; if it stays so, see the log of the token or its driver \
         [KANTA-TOKEN-DEVICE]"
    )]
    Device {
        /// The PKCS#11 function.
        function: String,
        /// Its return value by name.
        code: String,
    },
    /// The token refuses what it was asked (`KANTA-TOKEN-REFUSED`): trying again is of no use.
    #[error(
        "the token refuses ({code} from {function}): check what the key is allowed to do in the settings of the token \
         [KANTA-TOKEN-REFUSED]"
    )]
    Refused {
        /// The PKCS#11 function.
        function: String,
        /// Its return value by name.
        code: String,
    },
    /// The PIN callback panicked (`KANTA-TOKEN-CALLBACK`).
    #[error(
        "the PIN callback panicked: nothing was signed; mend it and go on [KANTA-TOKEN-CALLBACK]"
    )]
    CallbackPanicked,
}

impl TokenError {
    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Module { .. } => "KANTA-TOKEN-MODULE",
            Self::Absent { .. } => "KANTA-TOKEN-ABSENT",
            Self::Ambiguous { .. } => "KANTA-TOKEN-AMBIGUOUS",
            Self::Removed => "KANTA-TOKEN-REMOVED",
            Self::NoCertificate { .. } => "KANTA-TOKEN-CERTIFICATE",
            Self::AmbiguousCertificate { .. } => "KANTA-TOKEN-CERTIFICATES",
            Self::NoKey => "KANTA-TOKEN-KEY",
            Self::KeyNotOfCertificate => "KANTA-TOKEN-PAIR",
            Self::WrongPin { .. } => "KANTA-TOKEN-PIN",
            Self::SameWrongPin => "KANTA-TOKEN-PIN-AGAIN",
            Self::PinLocked => "KANTA-TOKEN-LOCKED",
            Self::PinLength { .. } => "KANTA-TOKEN-PIN-LENGTH",
            Self::PinExpired => "KANTA-TOKEN-PIN-EXPIRED",
            Self::NoPin => "KANTA-TOKEN-NO-PIN",
            Self::ForeignLogin => "KANTA-TOKEN-LOGIN",
            Self::NeedsPinPerSignature => "KANTA-TOKEN-PIN-EACH",
            Self::UnsupportedAlgorithm(_) => "KANTA-TOKEN-ALGORITHM",
            Self::Busy => "KANTA-TOKEN-BUSY",
            Self::Device { .. } => "KANTA-TOKEN-DEVICE",
            Self::Refused { .. } => "KANTA-TOKEN-REFUSED",
            Self::CallbackPanicked => "KANTA-TOKEN-CALLBACK",
        }
    }

    /// Returns whether and when the same signature may be tried again without changing anything.
    ///
    /// A token that is away is looked for anew with every try. After a wrong PIN it is never: another PIN is another try, and a
    /// person's decision.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Absent { .. } | Self::Removed | Self::NoPin => Retry::SafeNow,
            Self::Device { .. } | Self::Busy => Retry::After(Duration::from_secs(1)),
            _ => Retry::Never,
        }
    }

    /// Returns whether the token is away or out of order: the same signature can be made when it is back.
    #[must_use]
    pub fn is_token_away(&self) -> bool {
        matches!(
            self,
            Self::Absent { .. } | Self::Removed | Self::Device { .. }
        )
    }

    /// Returns whether it concerns one document alone: others can be signed.
    pub(super) fn is_of_one_document(&self) -> bool {
        matches!(self, Self::UnsupportedAlgorithm(_))
    }

    /// Tells what an error of the module means.
    pub(super) fn of(error: &Error) -> Self {
        let Error::Pkcs11(code, function) = error else {
            return Self::Refused {
                function: "the wrapper".to_owned(),
                code: error.to_string(),
            };
        };
        let (name, function) = (format!("{code:?}"), format!("{function:?}"));
        match code {
            RvError::PinIncorrect | RvError::PinInvalid => Self::WrongPin {
                tries: PinTries::NotTold,
            },
            RvError::PinLocked => Self::PinLocked,
            RvError::PinExpired => Self::PinExpired,
            RvError::FunctionCanceled | RvError::Cancel | RvError::FunctionRejected => Self::NoPin,
            RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::TokenNotRecognized
            | RvError::SlotIdInvalid => Self::Removed,
            RvError::SessionCount => Self::Busy,
            RvError::UserAlreadyLoggedIn | RvError::UserAnotherAlreadyLoggedIn => {
                Self::ForeignLogin
            }
            // The link or the device, or a session, login or handle that is out of date: a new session may do.
            RvError::DeviceError
            | RvError::DeviceMemory
            | RvError::HostMemory
            | RvError::GeneralError
            | RvError::FunctionFailed
            | RvError::CryptokiNotInitialized
            | RvError::SessionHandleInvalid
            | RvError::SessionClosed
            | RvError::KeyHandleInvalid
            | RvError::ObjectHandleInvalid
            | RvError::UserNotLoggedIn
            | RvError::OperationActive
            | RvError::OperationNotInitialized
            | RvError::VendorDefined(_)
            | RvError::UnknownErrorCode(_) => Self::Device {
                function,
                code: name,
            },
            _ => Self::Refused {
                function,
                code: name,
            },
        }
    }
}

impl From<TokenError> for SignerError {
    /// Says what every signer may say in the common words, and the rest in the token's own.
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::WrongPin { tries } => Self::WrongPin {
                tries_left: (tries == PinTries::LastOne).then_some(1),
            },
            TokenError::PinLocked => Self::PinLocked,
            TokenError::NoPin => Self::NotConfirmed,
            TokenError::Absent { .. } => Self::TokenAbsent,
            TokenError::Removed => Self::TokenRemoved,
            TokenError::UnsupportedAlgorithm(algorithm) => Self::Algorithm(algorithm),
            TokenError::KeyNotOfCertificate => Self::Pair,
            error => Self::Token(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cryptoki::context::Function;

    #[test]
    fn every_code_of_the_table_has_its_error() {
        for (code, error) in [
            (RvError::PinIncorrect, "KANTA-TOKEN-PIN"),
            (RvError::PinLocked, "KANTA-TOKEN-LOCKED"),
            (RvError::PinExpired, "KANTA-TOKEN-PIN-EXPIRED"),
            (RvError::FunctionCanceled, "KANTA-TOKEN-NO-PIN"),
            (RvError::DeviceRemoved, "KANTA-TOKEN-REMOVED"),
            (RvError::TokenNotPresent, "KANTA-TOKEN-REMOVED"),
            (RvError::SessionHandleInvalid, "KANTA-TOKEN-DEVICE"),
            (RvError::DeviceError, "KANTA-TOKEN-DEVICE"),
            (RvError::SessionCount, "KANTA-TOKEN-BUSY"),
            (RvError::UserAlreadyLoggedIn, "KANTA-TOKEN-LOGIN"),
            (RvError::KeyFunctionNotPermitted, "KANTA-TOKEN-REFUSED"),
        ] {
            let told = TokenError::of(&Error::Pkcs11(code, Function::Sign));
            assert_eq!(told.code(), error, "{code:?}");
            assert!(told.to_string().ends_with(&format!("[{error}]")), "{told}");
        }
    }

    #[test]
    fn common_errors_are_told_in_the_common_words() {
        assert_eq!(
            SignerError::from(TokenError::WrongPin {
                tries: PinTries::LastOne
            }),
            SignerError::WrongPin {
                tries_left: Some(1)
            }
        );
        assert_eq!(
            SignerError::from(TokenError::Removed),
            SignerError::TokenRemoved
        );
        let own = SignerError::from(TokenError::SameWrongPin);
        assert_eq!(own.code(), "KANTA-TOKEN-PIN-AGAIN");
        assert_eq!(own.retry(), Retry::Never);
    }
}
