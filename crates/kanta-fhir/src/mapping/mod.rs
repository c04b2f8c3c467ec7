//! From the domain to resources: an AuditEvent and a Provenance for each notice, in a transaction.

mod audit_event;
mod contained;
mod provenance;
mod values;

use kanta_core::spec::Environment;

use crate::bindings::{Bindings, BindingsError, ConsentBindings};
use crate::notice::{Disclosure, NoticeBatch, NoticeError, Permit};
use crate::resource::{Bundle, BundleEntry, BundleRequest, Resource};
use crate::rules;

/// The identifier system of URNs.
pub(crate) const URN: &str = "urn:ietf:rfc:3986";

/// A batch that cannot be put into FHIR.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// The spec bundle lacks values.
    #[error(transparent)]
    Bindings(#[from] BindingsError),
    /// The notice may not be sent in this environment.
    #[error(transparent)]
    Notice(#[from] NoticeError),
}

impl NoticeBatch {
    /// Makes the transaction that stores the notices; it borrows from the notices and the bindings.
    ///
    /// # Errors
    /// [`MappingError`] when the spec bundle lacks what a permit or consent needs, or the client could be a real person and
    /// the environment is not production.
    pub fn to_bundle<'b>(&'b self, bindings: &'b Bindings) -> Result<Bundle<'b>, MappingError> {
        if bindings.environment != Environment::Production && self.client().can_be_a_real_person() {
            return Err(NoticeError::from(rules::NOTICE_REAL_PERSON.finding(
                "client",
                "henkilötunnus voi olla oikean ihmisen: testiympäristöihin lähetetään vain keinotekoisia (yksilönumero \
                 900–999)",
                "the identity code can be a real person's: only artificial ones (individual number 900–999) go to test \
                 environments",
            ))
            .into());
        }
        let mut entry = Vec::with_capacity(2 * self.notices().len());
        for notice in self.notices() {
            let mapping = Mapping {
                disclosure: notice.disclosure(),
                bindings,
            };
            let consent = mapping.consent()?;
            entry.push(to_store(
                mapping.disclosure.id.as_oid().to_urn(),
                "AuditEvent",
                mapping.audit_event(notice, consent).into(),
            ));
            entry.push(to_store(
                mapping.disclosure.provenance_id.as_oid().to_urn(),
                "Provenance",
                mapping.provenance().into(),
            ));
        }
        Ok(Bundle {
            kind: Some("transaction".into()),
            entry,
            ..Bundle::default()
        })
    }
}

fn to_store<'b>(full_url: String, url: &'static str, resource: Resource<'b>) -> BundleEntry<'b> {
    BundleEntry {
        full_url: Some(full_url.into()),
        resource: Some(resource),
        request: Some(BundleRequest {
            method: Some("POST".into()),
            url: Some(url.into()),
            ..BundleRequest::default()
        }),
        ..BundleEntry::default()
    }
}

/// The permit or consent of a notice with its bindings.
type ConsentParts<'b> = (&'b Permit, &'b ConsentBindings);

/// One notice on its way to FHIR.
#[derive(Clone, Copy)]
struct Mapping<'b> {
    disclosure: &'b Disclosure,
    bindings: &'b Bindings,
}

impl<'b> Mapping<'b> {
    fn consent(self) -> Result<Option<ConsentParts<'b>>, BindingsError> {
        let Some(permit) = self.disclosure.basis.permit() else {
            return Ok(None);
        };
        match &self.bindings.consent {
            Ok(bindings) => Ok(Some((permit, bindings))),
            Err(error) => Err(error.clone()),
        }
    }
}
