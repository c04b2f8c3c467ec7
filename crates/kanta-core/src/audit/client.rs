//! The client in the log.

use std::fmt;

use crate::{ClientIdentifier, InstanceIdentifier};

/// How a client is named in the log.
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub enum ClientInLog<'k> {
    /// Not at all: documents and cases tell enough.
    #[default]
    Omit,
    /// By the identifier itself: the log is then personal data as a whole.
    Plain,
    /// By an HMAC of the identifier under the host's key: the same client is recognised, nobody else finds out who it is.
    Keyed(&'k dyn HostKey),
}

/// A key of the host and its HMAC: the library has no cryptography here.
///
/// The key is at least as long as the hash, random, and kept where the log is not.
pub trait HostKey {
    /// Returns the name of the key, which the log keeps so that keys can change.
    fn name(&self) -> &str;

    /// Returns the HMAC-SHA-256 of a message under the key.
    fn hmac_sha256(&self, message: &[u8]) -> [u8; 32];
}

/// The client of an entry. `Debug` never shows an identifier.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LoggedClient {
    /// Left out.
    #[default]
    Omitted,
    /// The identifier itself.
    Plain(InstanceIdentifier),
    /// An HMAC of the identifier.
    Keyed {
        /// The name of the key.
        key: String,
        /// The HMAC, 64 hexadecimal digits.
        hmac: String,
    },
}

impl ClientInLog<'_> {
    /// Names a client as chosen. Of who has both kinds of identifier, give the official one
    /// ([`ClientIdentity::identifier`](crate::ClientIdentity::identifier)).
    ///
    /// The message under the HMAC is the root, a line feed and the extension: two organisations' temporary identifiers with the
    /// same extension differ.
    #[must_use]
    pub fn of(&self, client: &ClientIdentifier) -> LoggedClient {
        let identifier = client.expose();
        match self {
            Self::Omit => LoggedClient::Omitted,
            Self::Plain => LoggedClient::Plain(identifier),
            Self::Keyed(key) => {
                let extension = identifier.extension.as_deref().unwrap_or_default();
                let message = format!("{}\n{extension}", identifier.root);
                let digits = key.hmac_sha256(message.as_bytes());
                LoggedClient::Keyed {
                    key: key.name().to_owned(),
                    hmac: digits.iter().map(|byte| format!("{byte:02x}")).collect(),
                }
            }
        }
    }
}

impl fmt::Debug for ClientInLog<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Omit => "Omit",
            Self::Plain => "Plain",
            Self::Keyed(_) => "Keyed(…)",
        })
    }
}

impl fmt::Debug for LoggedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Omitted => "Omitted",
            Self::Plain(_) => "Plain(…)",
            Self::Keyed { .. } => "Keyed(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::fixture::{aino, newborn};
    use std::cell::RefCell;

    /// Keeps what it was asked to hash; the host's real function is tested where it is.
    struct Recorder(RefCell<Vec<String>>);

    impl HostKey for Recorder {
        fn name(&self) -> &str {
            "2026"
        }

        fn hmac_sha256(&self, message: &[u8]) -> [u8; 32] {
            self.0
                .borrow_mut()
                .push(String::from_utf8(message.to_vec()).unwrap());
            [0xA5; 32]
        }
    }

    #[test]
    fn a_client_is_named_as_chosen_and_never_by_debug() {
        let key = Recorder(RefCell::default());
        let keyed = ClientInLog::Keyed(&key).of(&aino().identifier());
        assert_eq!(
            keyed,
            LoggedClient::Keyed {
                key: "2026".into(),
                hmac: "a5".repeat(32)
            }
        );
        let plain = ClientInLog::Plain.of(&aino().identifier());
        assert_eq!(plain, LoggedClient::Plain(aino().identifier().expose()));
        assert_eq!(
            ClientInLog::default().of(&aino().identifier()),
            LoggedClient::Omitted
        );
        for client in [keyed, plain] {
            assert!(!format!("{client:?}").contains("0905"));
        }
        let _ = ClientInLog::Keyed(&key).of(&newborn().identifier());
        let code = aino().identity_code().unwrap().expose().to_owned();
        assert_eq!(
            *key.0.borrow(),
            [
                format!("1.2.246.21\n{code}"),
                "1.2.246.10.99999999.22.2026\n1".to_owned()
            ]
        );
    }
}
