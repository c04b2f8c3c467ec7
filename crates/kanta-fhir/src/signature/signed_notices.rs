//! Notices that are signed, and nothing changes any more.

use std::fmt;

use kanta_core::spec::Spec;
use kanta_core::{ClientIdentifier, Instant, Oid, Report};
use kanta_sign::jws::{self, JwsError};
use kanta_sign::{OutsideValidity, Signer};

use super::outline::Outline;
use super::profile::BundleSignatureProfile;
use super::verify::verify;
use crate::check::{ReadError, Subject, check_notices};
use crate::resource::{Reference, Signature};
use crate::time::fhir_text;

/// Notices that are checked and signed: the bytes to send, which nothing changes any more.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedNotices {
    bytes: Vec<u8>,
    entries: usize,
    id: Oid,
    client: ClientIdentifier,
}

/// Why a bundle is not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The input is not a bundle.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Rules of error severity are broken (`KANTA-FHIR-FINDINGS`).
    #[error("the notices break rules and are not signed: {0} [KANTA-FHIR-FINDINGS]")]
    Findings(Report),
    /// The bundle is signed already (`KANTA-FHIR-SIGNED`).
    #[error("the bundle is signed already: sign the one without a signature [KANTA-FHIR-SIGNED]")]
    AlreadySigned,
    /// The input is one resource, not a transaction of notices (`KANTA-FHIR-NO-NOTICES`).
    #[error(
        "the input is no transaction of notices: give a Bundle with an AuditEvent and its Provenance for each \
         [KANTA-FHIR-NO-NOTICES]"
    )]
    NoNotices,
    /// The certificate does not tell who signs (`KANTA-FHIR-SIGNER`).
    #[error(
        "the certificate names neither an organisation nor a professional: use one that was ordered for signing \
         [KANTA-FHIR-SIGNER]"
    )]
    Nobody,
    /// The certificate is not valid at the time that the signature states.
    #[error(transparent)]
    Validity(#[from] OutsideValidity),
    /// No signature could be made.
    #[error(transparent)]
    Jws(#[from] JwsError),
}

impl SignedNotices {
    /// Checks an unsigned bundle and signs it.
    ///
    /// # Errors
    /// [`SignError`]; nothing is signed that breaks a rule.
    pub fn sign(
        bundle: &[u8],
        spec: &Spec,
        profile: &BundleSignatureProfile,
        signer: &dyn Signer,
        when: Instant,
    ) -> Result<Self, SignError> {
        let (report, subject) = check_notices(bundle, spec)?;
        if report.has_errors() {
            return Err(SignError::Findings(report));
        }
        let Subject { id, client } = subject.ok_or(SignError::NoNotices)?;
        let outline: Outline<'_> = serde_json::from_slice(bundle).map_err(ReadError::from)?;
        if outline.signature.is_some() {
            return Err(SignError::AlreadySigned);
        }
        let who = profile
            .signer_identifier(signer.certificate())
            .ok_or(SignError::Nobody)?;
        signer.certificate().must_be_valid(when)?;
        let bare = bundle.trim_ascii();
        let compact = jws::sign(bare, &profile.jws, signer)?;
        let signature = Signature {
            kind: vec![profile.kind.to_coding()],
            when: Some(fhir_text(when).into()),
            who: Some(Reference {
                identifier: Some(who),
                ..Reference::default()
            }),
            target_format: Some(profile.target_format.as_str().into()),
            sig_format: Some(profile.sig_format.as_str().into()),
            data: Some(base64_simd::STANDARD.encode_to_string(compact).into()),
            ..Signature::default()
        };
        let signature =
            serde_json::to_vec(&signature).expect("texts and lists of them always serialise");
        // The check has seen an object with a member: it ends with a brace.
        let mut bytes = bare[..bare.len() - 1].to_vec();
        bytes.extend_from_slice(b",\"signature\":");
        bytes.extend_from_slice(&signature);
        bytes.push(b'}');
        Ok(Self {
            bytes,
            entries: outline.entry.len(),
            id,
            client,
        })
    }

    /// Takes a signed bundle from where it was kept.
    ///
    /// # Errors
    /// [`SignError::Findings`] when it breaks a rule or the signature does not hold, [`SignError::NoNotices`] when it is
    /// something else.
    pub fn from_bytes(
        bytes: Vec<u8>,
        spec: &Spec,
        profile: &BundleSignatureProfile,
    ) -> Result<Self, SignError> {
        let (mut report, subject) = check_notices(&bytes, spec)?;
        report.extend(verify(&bytes, profile)?.findings);
        if report.has_errors() {
            return Err(SignError::Findings(report));
        }
        let Subject { id, client } = subject.ok_or(SignError::NoNotices)?;
        let outline: Outline<'_> = serde_json::from_slice(&bytes).map_err(ReadError::from)?;
        let entries = outline.entry.len();
        Ok(Self {
            bytes,
            entries,
            id,
            client,
        })
    }

    /// Returns the bytes to send.
    #[must_use]
    pub fn as_json(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns how many entries the bundle has: two for each notice.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// Returns the identifier of the first notice: that of the sender's own, by which a queue knows them.
    #[must_use]
    pub fn id(&self) -> &Oid {
        &self.id
    }

    /// Returns the identifier of the person whom all of them are about.
    #[must_use]
    pub fn client(&self) -> &ClientIdentifier {
        &self.client
    }
}

impl fmt::Debug for SignedNotices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedNotices({} bytes)", self.bytes.len())
    }
}
