//! Naming tokens and certificates: by what is written in them, never by a slot number, which changes.

use std::fmt;

use cryptoki::slot::TokenInfo;

use crate::{Certificate, KeyUsage};

/// Which token it is, through removal and return.
///
/// Some drivers name a card by its holder, so `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenIdentity {
    label: String,
    serial: String,
}

impl TokenIdentity {
    pub(super) fn of(info: &TokenInfo) -> Self {
        Self {
            label: info.label().trim_end().to_owned(),
            serial: info.serial_number().trim_end().to_owned(),
        }
    }

    /// Returns the label, which may be a person's name.
    #[must_use]
    pub fn expose_label(&self) -> &str {
        &self.label
    }

    /// Returns the serial number.
    #[must_use]
    pub fn expose_serial(&self) -> &str {
        &self.serial
    }
}

impl fmt::Debug for TokenIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenIdentity(…)")
    }
}

/// Which token to use.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TokenSelector {
    /// The one token with this label.
    Label(String),
    /// The token with this serial number.
    Serial(String),
    /// The one token that holds this certificate.
    Certificate(Box<Certificate>),
    /// The one token that is there: a card in the only reader.
    Single,
}

impl TokenSelector {
    /// Selects by label.
    #[must_use]
    pub fn label(label: impl Into<String>) -> Self {
        Self::Label(label.into())
    }

    /// Selects by serial number.
    #[must_use]
    pub fn serial(serial: impl Into<String>) -> Self {
        Self::Serial(serial.into())
    }

    /// Selects by a certificate that the token holds.
    #[must_use]
    pub fn certificate(certificate: Certificate) -> Self {
        Self::Certificate(Box::new(certificate))
    }

    /// Returns whether a token has the name sought; a certificate has to be looked for on the token.
    pub(super) fn matches(&self, token: &TokenIdentity) -> bool {
        match self {
            Self::Label(label) => token.label == label.trim_end(),
            Self::Serial(serial) => token.serial == serial.trim_end(),
            Self::Certificate(_) | Self::Single => true,
        }
    }
}

impl fmt::Display for TokenSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => write!(f, "with the label `{label}`"),
            Self::Serial(serial) => write!(f, "with the serial number {serial}"),
            Self::Certificate(_) => f.write_str("with the given certificate"),
            Self::Single => f.write_str("at all"),
        }
    }
}

/// Which key of a token to use, named by its certificate: what is given must hold, and exactly one certificate may be left.
///
/// ```
/// use kanta_sign::KeyUsage;
/// use kanta_sign::pkcs11::KeySelector;
///
/// // The signature key of a person's card has a certificate for non-repudiation alone.
/// let person = KeySelector::for_usage(KeyUsage::NonRepudiation);
/// let system = KeySelector::labelled("system-signing").with_usage(KeyUsage::DigitalSignature);
/// # let _ = (person, system);
/// ```
#[derive(Debug, Clone, Default)]
pub struct KeySelector {
    pub(super) label: Option<String>,
    pub(super) usage: Option<KeyUsage>,
    pub(super) certificate: Option<Certificate>,
}

impl KeySelector {
    /// Selects the certificate of a label, or the one whose key has the label.
    #[must_use]
    pub fn labelled(label: impl Into<String>) -> Self {
        Self::default().with_label(label)
    }

    /// Selects the certificate that allows a usage.
    #[must_use]
    pub fn for_usage(usage: KeyUsage) -> Self {
        Self::default().with_usage(usage)
    }

    /// Selects the key of a certificate that the caller has: the token need not hold the certificate itself.
    #[must_use]
    pub fn of_certificate(certificate: Certificate) -> Self {
        Self {
            certificate: Some(certificate),
            ..Self::default()
        }
    }

    /// Demands a label as well.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Demands a usage as well.
    #[must_use]
    pub fn with_usage(mut self, usage: KeyUsage) -> Self {
        self.usage = Some(usage);
        self
    }

    /// Returns whether a certificate allows the usage; one that says nothing of usage allows every one.
    pub(super) fn allows(&self, certificate: &Certificate) -> bool {
        match (self.usage, certificate.key_usage()) {
            (Some(wanted), Some(usages)) => usages.contains(&wanted),
            _ => true,
        }
    }
}

impl fmt::Display for KeySelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(label) = &self.label {
            parts.push(format!("with the label `{label}`"));
        }
        if let Some(usage) = &self.usage {
            parts.push(format!("for {usage:?}"));
        }
        if self.certificate.is_some() {
            parts.push("equal to the given one".to_owned());
        }
        if parts.is_empty() {
            parts.push("at all".to_owned());
        }
        f.write_str(&parts.join(" and "))
    }
}
