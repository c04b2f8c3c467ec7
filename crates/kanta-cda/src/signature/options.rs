//! Who signs, when, and what the document says of it.

use kanta_core::{Instant, PersonName, ProfessionalRegistrationNumber};
use kanta_sign::{Certificate, SignerIdentity};

/// Who signs (Finnish: allekirjoituksen tyyppi).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureKind {
    /// The organisation's system (Finnish: järjestelmäallekirjoitus).
    System,
    /// A professional, with the key of their card (Finnish: ammattihenkilön sähköinen allekirjoitus).
    Professional,
}

impl SignatureKind {
    /// Returns the name of the signature profile in the spec bundle.
    #[must_use]
    pub fn profile(self) -> &'static str {
        match self {
            Self::System => "social-system-2026",
            Self::Professional => "social-professional-2026",
        }
    }
}

/// How a document is signed.
#[derive(Debug, Clone)]
pub struct SignOptions {
    pub(super) kind: SignatureKind,
    pub(super) time: Instant,
    pub(super) signer: Option<DocumentSigner>,
}

/// The professional that the readable block of a document names (Finnish: allekirjoittaja).
///
/// `Debug` shows neither number nor name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSigner {
    /// The registration number.
    pub registration_number: ProfessionalRegistrationNumber,
    /// The name.
    pub name: PersonName,
}

impl SignOptions {
    /// A system signature that states this time: the signer's own clock.
    #[must_use]
    pub fn system(time: Instant) -> Self {
        Self::new(SignatureKind::System, time)
    }

    /// A professional's signature that states this time. Number and name of the signer are those of the certificate.
    #[must_use]
    pub fn professional(time: Instant) -> Self {
        Self::new(SignatureKind::Professional, time)
    }

    /// A signature of a kind that states this time.
    #[must_use]
    pub fn new(kind: SignatureKind, time: Instant) -> Self {
        Self {
            kind,
            time,
            signer: None,
        }
    }

    /// The same with the signer told, for certificates that do not tell number and name.
    #[must_use]
    pub fn with_signer(mut self, signer: DocumentSigner) -> Self {
        self.signer = Some(signer);
        self
    }

    /// Returns who signs.
    #[must_use]
    pub fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// Returns the time that the signature states.
    #[must_use]
    pub fn time(&self) -> Instant {
        self.time
    }

    /// The signer as told, or as the certificate names them.
    pub(super) fn signer(&self, certificate: &Certificate) -> Option<DocumentSigner> {
        if let Some(signer) = &self.signer {
            return Some(signer.clone());
        }
        let SignerIdentity::Professional {
            registration_number,
        } = certificate.identity()
        else {
            return None;
        };
        let (given, family) = certificate.expose_person_name()?;
        Some(DocumentSigner {
            registration_number,
            name: PersonName::new(given.split_whitespace(), family).ok()?,
        })
    }
}
