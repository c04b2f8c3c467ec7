//! What became of a document that was sent.

use kanta_core::{Report, Retry};

/// What became of a document (Finnish: arkistoinnin tulos).
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
    #[error("no answer came: {0}")]
    NoAnswer(String),
    /// An answer came that is not the archive's.
    #[error("the answer cannot be understood: {0}")]
    NotUnderstood(String),
    /// The answer speaks of another message.
    #[error("the answer is about another message")]
    OtherMessage,
}

impl Outcome {
    /// Returns whether and how the same document may be sent again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Archived(_) | Self::Rejected(_) => Retry::Never,
            Self::Unknown(_) => Retry::AfterReconcile,
        }
    }
}
