//! Later versions of a document: what changes and what stays.

use super::{Client, DocumentKind, DocumentMetadata, Software};
use crate::{CodedValue, DocumentOid, Instant, Oid, TimeStamp, VersionNumber};

/// The version that a document replaces (`relatedDocument`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// Its identifier.
    pub id: DocumentOid,
    /// The identifier of the first version, when it is told.
    pub set_id: Option<DocumentOid>,
    /// Its number, when it is told.
    pub version: Option<VersionNumber>,
}

/// A later version in the making (Finnish: uusi versio).
///
/// The chain is right by construction: the set id stays, the number grows by one, and the version before is named as
/// replaced. Everything else stays as it was until it is changed, except the times and the ground of an earlier correction.
///
/// ```
/// use kanta_core::metadata::DocumentMetadata;
/// use kanta_core::{DocumentOid, Instant, TimeStamp, VersionNumber};
///
/// let id = DocumentOid::parse("2.999.1")?;
/// let first = DocumentMetadata::bare(id.clone(), id, VersionNumber::FIRST, TimeStamp::parse("20260202")?);
/// let second = first.revise().into_version(DocumentOid::parse("2.999.2")?, Instant::parse("2026-03-01T09:00:00Z")?)?;
/// assert_eq!((second.set_id, second.version.as_u32()), (first.id, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a revision becomes metadata by `into_version`"]
pub struct Revision {
    metadata: DocumentMetadata,
}

/// Why a later version cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevisionError {
    /// The identifier is that of the version before or of the first one (`KANTA-VERSION-ID`).
    #[error(
        "a later version needs an identifier of its own, and this one is already in the chain: make a new one \
         [KANTA-VERSION-ID]"
    )]
    IdentifierInUse,
    /// The kind demands the ground of the correction (`KANTA-VERSION-GROUND`).
    #[error(
        "a later version of a client document or a case note tells why it was corrected: call `correct` with the ground \
         [KANTA-VERSION-GROUND]"
    )]
    GroundMissing,
    /// The chain has no numbers left (`KANTA-VERSION-NUMBER`).
    #[error("the version number cannot grow any more: start a new document [KANTA-VERSION-NUMBER]")]
    NumberExhausted,
}

impl DocumentMetadata {
    /// Begins a later version of this document.
    pub fn revise(&self) -> Revision {
        let mut metadata = self.clone();
        metadata.correction_ground = None;
        // The formats follow from the body, and the body is made anew.
        metadata.display_format = None;
        metadata.structured_format = None;
        Revision { metadata }
    }

    /// Returns whether a later version of this kind must tell why it was corrected: client documents of the first, second
    /// and later phases and case notes (Kela slides 2020, `[S]`).
    #[must_use]
    pub fn needs_correction_ground(&self) -> bool {
        matches!(
            self.kind,
            DocumentKind::ClientDocument | DocumentKind::CaseNote | DocumentKind::FirstPhase
        )
    }
}

impl Revision {
    /// Tells why the document is corrected. The code system of the grounds is not public, so the value is the caller's.
    pub fn correct(mut self, ground: CodedValue) -> Self {
        self.metadata.correction_ground = Some(ground);
        self
    }

    /// Changes the client's data, such as a temporary identifier to the official one.
    pub fn with_client(mut self, client: Client) -> Self {
        self.metadata.client = Some(client);
        self
    }

    /// Moves the content to another version of its structure.
    pub fn with_structure(mut self, structure: Oid) -> Self {
        self.metadata.content_specification = Some(structure);
        self
    }

    /// Names the program that makes this version.
    pub fn made_by(mut self, software: Software) -> Self {
        self.metadata.software = Some(software);
        self
    }

    /// Changes any other item; the chain is set afterwards, so it cannot be broken here.
    pub fn change(mut self, change: impl FnOnce(&mut DocumentMetadata)) -> Self {
        let kind = self.metadata.kind.clone();
        let chain = (
            self.metadata.id.clone(),
            self.metadata.set_id.clone(),
            self.metadata.version,
        );
        change(&mut self.metadata);
        self.metadata.kind = kind;
        (
            self.metadata.id,
            self.metadata.set_id,
            self.metadata.version,
        ) = chain;
        self
    }

    /// Makes the metadata of the later version.
    ///
    /// # Errors
    /// [`RevisionError`] when the identifier is already in the chain, the ground is missing, or numbers have run out.
    pub fn into_version(
        self,
        id: DocumentOid,
        made: Instant,
    ) -> Result<DocumentMetadata, RevisionError> {
        let mut metadata = self.metadata;
        if id == metadata.id || id == metadata.set_id {
            return Err(RevisionError::IdentifierInUse);
        }
        if metadata.needs_correction_ground() && metadata.correction_ground.is_none() {
            return Err(RevisionError::GroundMissing);
        }
        let number = metadata.version.as_u32().checked_add(1);
        let version = number
            .and_then(|number| VersionNumber::new(number).ok())
            .ok_or(RevisionError::NumberExhausted)?;
        let time = TimeStamp::in_finland(made);
        metadata.replaces = Some(Replaced {
            id: std::mem::replace(&mut metadata.id, id),
            set_id: Some(metadata.set_id.clone()),
            version: Some(std::mem::replace(&mut metadata.version, version)),
        });
        metadata.drafted = time.clone();
        metadata.created = Some(time);
        Ok(metadata)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(kind: DocumentKind) -> DocumentMetadata {
        let id = DocumentOid::parse("2.999.0").unwrap();
        let drafted = TimeStamp::parse("20260202").unwrap();
        let bare = DocumentMetadata::bare(id.clone(), id, VersionNumber::FIRST, drafted);
        DocumentMetadata { kind, ..bare }
    }

    fn ground() -> CodedValue {
        CodedValue::new("TEST-1", Oid::parse("2.999.5").unwrap())
    }

    fn made() -> Instant {
        Instant::parse("2026-03-01T09:00:00Z").unwrap()
    }

    #[test]
    fn client_documents_need_a_ground_and_others_do_not() {
        for kind in DocumentKind::NAMED {
            let document = first(kind.clone());
            let id = DocumentOid::parse("2.999.1").unwrap();
            let without = document.revise().into_version(id.clone(), made());
            let needs = document.needs_correction_ground();
            assert_eq!(
                without.err(),
                needs.then_some(RevisionError::GroundMissing),
                "{kind:?}"
            );
            assert!(
                document
                    .revise()
                    .correct(ground())
                    .into_version(id, made())
                    .is_ok()
            );
        }
    }

    #[test]
    fn an_earlier_ground_does_not_count_for_the_next_version() {
        let mut document = first(DocumentKind::CaseNote);
        document.correction_ground = Some(ground());
        let id = DocumentOid::parse("2.999.1").unwrap();
        let next = document.revise().into_version(id, made());
        assert_eq!(next.unwrap_err(), RevisionError::GroundMissing);
    }

    #[test]
    fn numbers_run_out_without_a_panic() {
        let mut document = first(DocumentKind::Case);
        document.version = VersionNumber::new(u32::MAX).unwrap();
        let id = DocumentOid::parse("2.999.1").unwrap();
        let next = document.revise().into_version(id, made());
        assert_eq!(next.unwrap_err(), RevisionError::NumberExhausted);
    }

    proptest! {
        #[test]
        fn every_chain_is_right(ids in prop::collection::vec(0_u64..20, 1..12)) {
            let root = Oid::parse("2.999").unwrap();
            let mut chain = vec![first(DocumentKind::ClientRelation)];
            for id in ids {
                let id = DocumentOid::new(root.child(id));
                let last = chain.last().unwrap();
                // What a caller does to the chain inside `change` does not count.
                let revision = last.revise().change(|metadata| {
                    metadata.set_id = DocumentOid::parse("2.999.99").unwrap();
                    metadata.kind = DocumentKind::Case;
                });
                match revision.into_version(id.clone(), made()) {
                    Ok(next) => chain.push(next),
                    Err(error) => {
                        prop_assert_eq!(error, RevisionError::IdentifierInUse);
                        prop_assert!(id == last.id || id == last.set_id);
                    }
                }
            }
            for pair in chain.windows(2) {
                let [before, after] = pair else { unreachable!() };
                prop_assert_eq!(&after.set_id, &chain[0].id);
                prop_assert_eq!(after.version.as_u32(), before.version.as_u32() + 1);
                prop_assert_ne!(&after.id, &before.id);
                let replaced = after.replaces.as_ref().unwrap();
                prop_assert_eq!(&replaced.id, &before.id);
                prop_assert_eq!(replaced.version, Some(before.version));
                prop_assert_eq!(&after.kind, &before.kind);
            }
        }
    }
}
