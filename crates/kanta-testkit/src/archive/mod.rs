//! The test archive without its server: one message in, one answer out.
//!
//! It checks what is published of the real one (`[S]`): the identifiers of frame and document agree, temporary identifiers
//! are in two parts and name one client only, content fits its structure, versions follow each other; and that
//! the signature is valid and made by somebody it trusts. What the real archive checks besides is not known: to be
//! accepted here does not mean to be accepted there.

mod answer;
mod checks;

use kanta_client::cda::structure::Structure;
use kanta_client::core::metadata::DocumentKind;
use kanta_client::core::spec::Spec;
use kanta_client::core::{
    ClientIdentifier, DocumentOid, Instant, Oid, OrganisationOid, TemporaryId, VersionNumber,
};
use kanta_client::frame::{Request, read_request};
use kanta_client::sign::TrustAnchors;
use kanta_client::xml::Limits;

pub use checks::Refusal;

/// A document that the test archive holds.
///
/// `Debug` shows no content.
#[derive(Clone)]
pub struct StoredDocument {
    /// The identifier of this version.
    pub id: DocumentOid,
    /// The identifier of the first version.
    pub set_id: DocumentOid,
    /// The version.
    pub version: VersionNumber,
    /// The document, byte for byte as it came.
    pub document: Vec<u8>,
    kind: DocumentKind,
    register_keeper: Option<OrganisationOid>,
    temporary: Option<TemporaryId>,
    relation: Option<Oid>,
}

/// The archive: what it knows, whom it trusts and what it holds.
pub struct Archive {
    spec: Spec,
    structures: Vec<Structure>,
    trusted: TrustAnchors,
    documents: Vec<StoredDocument>,
    answers: u64,
}

impl Archive {
    /// Makes an empty archive that knows some structures and trusts some authorities.
    #[must_use]
    pub fn new(spec: Spec, structures: Vec<Structure>, trusted: TrustAnchors) -> Self {
        Self {
            spec,
            structures,
            trusted,
            documents: Vec::new(),
            answers: 0,
        }
    }

    /// Returns what the archive holds, in the order of arrival.
    #[must_use]
    pub fn documents(&self) -> &[StoredDocument] {
        &self.documents
    }

    /// Answers one message; `now` is the archive's clock.
    pub fn answer(&mut self, message: &[u8], now: Instant) -> Vec<u8> {
        self.answers += 1;
        let number = self.answers;
        let request = match read_request(message, &Limits::default()) {
            Ok(request) => request,
            Err(error) => {
                let refusal = Refusal::integrity("/", error.to_string());
                return answer::acknowledgement(&self.spec, now, number, None, &[refusal]);
            }
        };
        let id = Some(&request.wrapper.id);
        let fetch = self
            .spec
            .text("message.operation.fetch_document.interaction");
        if fetch == Ok(request.wrapper.interaction.as_str()) {
            return self.fetch(&request, now, number);
        }
        match checks::check_store(&request, self) {
            Ok(document) => {
                self.documents.push(document);
                answer::acknowledgement(&self.spec, now, number, id, &[])
            }
            Err(refusals) => answer::acknowledgement(&self.spec, now, number, id, &refusals),
        }
    }

    fn fetch(&self, request: &Request, now: Instant, number: u64) -> Vec<u8> {
        let wanted = request
            .parameters
            .iter()
            .find(|(name, _)| {
                Ok(name.as_str())
                    == self
                        .spec
                        .text("message.operation.fetch_document.parameter_document_id")
            })
            .map(|(_, value)| &value.root);
        let found = self
            .documents
            .iter()
            .find(|document| Some(document.id.as_oid()) == wanted);
        answer::query_response(&self.spec, now, number, &request.wrapper.id, found)
    }

    fn structure(&self, oid: &Oid) -> Option<&Structure> {
        self.structures
            .iter()
            .find(|structure| structure.oid() == oid)
    }

    /// Returns whether a temporary identifier already names another client of the register.
    fn names_another_client(
        &self,
        identifier: &ClientIdentifier,
        keeper: Option<&OrganisationOid>,
        relation: Option<&Oid>,
    ) -> bool {
        let ClientIdentifier::Temporary(temporary) = identifier else {
            return false;
        };
        self.documents.iter().any(|document| {
            document.kind == DocumentKind::ClientRelation
                && document.temporary.as_ref() == Some(temporary)
                && document.register_keeper.as_ref() == keeper
                && document.relation.as_ref() != relation
        })
    }
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive")
            .field("documents", &self.documents.len())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for StoredDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredDocument")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
