//! What became of a document that was sent.

use kanta_core::{Reason, Report, Retry};

use crate::Exchange;

/// What became of a document (Finnish: arkistoinnin tulos).
///
/// For an annulment `Archived` says that the archive has done it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The archive has it; the report holds the archive's warnings.
    Archived(Report),
    /// The archive refused it, for the reasons in the report. Sending it again is of no use.
    Rejected(Report),
    /// Nobody knows yet: the message may have arrived. Ask the archive before anything is sent again.
    Unknown(Unknown),
}

/// Why an outcome is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unknown {
    /// The connection broke, or time ran out, after the request was on its way.
    #[error("no answer came: {0} [KANTA-TRANSPORT-NO-ANSWER]")]
    NoAnswer(Reason),
    /// An answer came that is not the archive's.
    #[error("the answer cannot be understood: {0}")]
    NotUnderstood(Reason),
    /// The answer speaks of another message.
    #[error("the answer is about another message")]
    OtherMessage,
    /// The message was taken in; whether the document is archived was not said.
    #[error("the message was accepted, which does not say that the document is archived")]
    OnlyAccepted,
    /// The archive holds something else under the document's identifier: a matter for a person.
    #[error("the archive has another document under this identifier: a person must look at it")]
    OtherDocument,
    /// Nobody can be asked: a matter for a person.
    #[error("nobody can be asked what became of it: {0}")]
    CannotAsk(Reason),
}

impl Outcome {
    /// Returns whether and how the same document may be sent again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Archived(_) | Self::Rejected(_) => Retry::Never,
            Self::Unknown(Unknown::OtherDocument) => Retry::Never,
            Self::Unknown(_) => Retry::AfterReconcile,
        }
    }

    /// Returns a word for logs and metrics.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Archived(_) => "archived",
            Self::Rejected(_) => "rejected",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// The outcome of one call, with the message and its answer exactly as they went, for support.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Receipt {
    /// What became of the document.
    pub outcome: Outcome,
    /// The exchanges in their order: one for each message that was sent, questions included.
    pub exchanges: Vec<Exchange>,
}
