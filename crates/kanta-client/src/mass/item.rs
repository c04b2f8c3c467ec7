//! What goes into a mass run, and what is refused on its way.

use std::fmt;
use std::sync::Arc;

use kanta_cda::structure::Structure;
use kanta_cda::{CheckError, Draft, Signed, SigningError};
use kanta_core::{DocumentOid, Mark, Reason, Report, Rule, Severity};

use crate::outbox::{Lane, NewEntry};
use crate::reasons;

const DOCUMENT: Rule = Rule::new(
    "KANTA-MASS-DOCUMENT",
    Severity::Error,
    Mark::Own,
    "own check: what cannot be checked, signed or queued is not archived",
);

/// One document of a mass run.
///
/// `Debug` shows no content.
#[derive(Clone)]
pub struct MassItem {
    pub(super) name: String,
    pub(super) work: Work,
    lane: Option<Lane>,
    context: Option<String>,
}

/// How far a document has come before the run.
#[derive(Clone)]
pub(super) enum Work {
    Draft(Box<Draft>, Arc<Structure>),
    /// A written document, signed or not.
    Document(Vec<u8>),
    Unreadable(String),
}

impl MassItem {
    /// A draft, which is checked against its structure and signed.
    pub fn draft(draft: Draft, structure: Arc<Structure>) -> Self {
        let name = draft.metadata().id.to_string();
        Self::new(name, Work::Draft(Box::new(draft), structure))
    }

    /// A written document under a name of the host's, such as that of its file: unsigned ones are checked and signed, signed
    /// ones verified. Its identifier is in it.
    pub fn document(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::new(name.into(), Work::Document(bytes))
    }

    /// Something that could not be read; it is reported as refused, and the run goes on.
    pub fn unreadable(name: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::new(name.into(), Work::Unreadable(why.to_string()))
    }

    fn new(name: String, work: Work) -> Self {
        Self {
            name,
            work,
            lane: None,
            context: None,
        }
    }

    /// Gives the document a name for the report, which must hold no personal data (default: its identifier).
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// As [`NewEntry::in_lane`].
    #[must_use]
    pub fn in_lane(mut self, lane: Lane) -> Self {
        self.lane = Some(lane);
        self
    }

    /// As [`NewEntry::with_context`].
    #[must_use]
    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Takes out what is to be done; what is left says where the document goes.
    pub(super) fn into_parts(self) -> (Work, Address) {
        let address = Address {
            name: self.name,
            lane: self.lane,
            context: self.context,
        };
        (self.work, address)
    }
}

impl fmt::Debug for MassItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MassItem({})", self.name)
    }
}

/// Where a document goes in the outbox.
pub(super) struct Address {
    pub(super) name: String,
    lane: Option<Lane>,
    context: Option<String>,
}

impl Address {
    pub(super) fn entry(
        &self,
        document: &Signed,
        bundle: &Arc<crate::outbox::BundleStamp>,
    ) -> NewEntry {
        let mut entry = NewEntry::new(document, bundle);
        if let Some(lane) = &self.lane {
            entry = entry.in_lane(lane.clone());
        }
        if let Some(context) = &self.context {
            entry = entry.with_context(context.clone());
        }
        entry
    }
}

/// How far a refused document came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// It could not be read.
    Reading,
    /// It breaks rules.
    Checking,
    /// It could not be signed.
    Signing,
    /// The outbox has another document in its place.
    Queueing,
    /// The archive refused it, or a person has to decide about it.
    Archiving,
}

/// A document that was refused, with the reasons.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Refused {
    /// The name that the host gave it, or its identifier.
    pub name: String,
    /// Its identifier, when it could be read.
    pub oid: Option<DocumentOid>,
    /// How far it came.
    pub stage: Stage,
    /// Every finding.
    pub findings: Report,
}

impl Refused {
    pub(super) fn new(
        name: &str,
        oid: Option<&DocumentOid>,
        stage: Stage,
        why: impl Into<Report>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            oid: oid.cloned(),
            stage,
            findings: why.into(),
        }
    }
}

/// Makes findings of a reason that is no report.
pub(super) fn because(why: &Reason) -> Report {
    let finding = DOCUMENT.finding(
        "",
        format!("asiakirjaa ei voi arkistoida: {}", why.finnish()),
        why.english().to_owned(),
    );
    [finding].into_iter().collect()
}

pub(super) fn check_reasons(error: CheckError) -> Report {
    match error {
        CheckError::Findings(report) => report,
        other => because(&reasons::checking(&other)),
    }
}

/// Tells whether the signer is at fault, not the document.
pub(super) fn is_signers_fault(error: &SigningError) -> bool {
    matches!(error, SigningError::Signer(_))
}
