//! Why a call did not come to an outcome.

use std::time::Duration;

use http::StatusCode;
use kanta_core::spec::SpecError;
use kanta_core::{InvalidValue, Report, Retry};

use crate::blocking::BlockingError;
use crate::frame::{FrameError, ReadFrameError};
use crate::transport::TransportError;
use crate::{AuditError, Exchange};

/// Why an operation did not come to an outcome; nothing has been archived by it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The spec bundle lacks a value: nothing was sent.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The message cannot be made: nothing was sent.
    #[error(transparent)]
    Frame(FrameError),
    /// Documents of the first phase are stored only by systems that joined then (`KANTA-CLIENT-FIRST-PHASE`).
    #[error(
        "documents of the first phase are stored only by systems that joined in that phase: switch it on, or make a document \
         of the second phase [KANTA-CLIENT-FIRST-PHASE]"
    )]
    FirstPhase,
    /// The archive was not reached, or gave no answer to a question.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The answer cannot be understood.
    #[error("{source}")]
    Answer {
        /// Why.
        source: ReadFrameError,
        /// The message and its answer.
        exchange: Box<Exchange>,
    },
    /// The archive refused to answer, with these reasons (`KANTA-CLIENT-REFUSED`).
    #[error("the archive refused the request: {report} [KANTA-CLIENT-REFUSED]")]
    Refused {
        /// The reasons.
        report: Report,
        /// The message and its answer.
        exchange: Box<Exchange>,
    },
    /// The archive has no such document, or gives it to nobody in this way (`KANTA-CLIENT-NOT-FOUND`).
    #[error("the archive has no such document [KANTA-CLIENT-NOT-FOUND]")]
    NotFound,
    /// The answer has an HTTP status that says nothing of the request (`KANTA-CLIENT-STATUS`).
    #[error(
        "the answer has the HTTP status {status}: the service or something before it is in trouble [KANTA-CLIENT-STATUS]"
    )]
    Status {
        /// The status.
        status: StatusCode,
        /// The message and its answer.
        exchange: Box<Exchange>,
    },
    /// The answer is about another message (`KANTA-CLIENT-OTHER-MESSAGE`).
    #[error("the answer is about another message [KANTA-CLIENT-OTHER-MESSAGE]")]
    OtherMessage {
        /// The message and its answer.
        exchange: Box<Exchange>,
    },
    /// The entry of a question was not kept in the use log, so its answer is not given (`KANTA-CLIENT-AUDIT`).
    #[error(
        "the use log did not keep the entry ({0}), so the answer is not given: mend the log and ask again [KANTA-CLIENT-AUDIT]"
    )]
    Audit(AuditError),
    /// The clock of the machine is beyond what can be written.
    #[error("the clock of this machine is wrong: {0}")]
    Clock(#[from] InvalidValue),
    /// A blocking call was not made.
    #[error(transparent)]
    Blocking(#[from] BlockingError),
}

impl From<FrameError> for ClientError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Spec(error) => Self::Spec(error),
            error => Self::Frame(error),
        }
    }
}

impl ClientError {
    /// Returns whether and when the same call may be made again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Transport(TransportError::Unreachable(_) | TransportError::Proxy(_))
            | Self::Status { .. } => Retry::After(Duration::from_secs(30)),
            // Only questions end here: to repeat one is harmless.
            Self::Transport(TransportError::NoAnswer(_)) | Self::OtherMessage { .. } => {
                Retry::SafeNow
            }
            // Something before the archive is in trouble; it may pass.
            Self::Answer { .. } => Retry::After(Duration::from_secs(30)),
            _ => Retry::Never,
        }
    }

    /// Returns the message and its answer, when there was one.
    #[must_use]
    pub fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::Answer { exchange, .. }
            | Self::Refused { exchange, .. }
            | Self::Status { exchange, .. }
            | Self::OtherMessage { exchange } => Some(exchange),
            _ => None,
        }
    }
}
