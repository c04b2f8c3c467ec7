//! Audit events and metrics: what happened in a call, for the host to keep (Finnish: käyttöloki; domain.md 13).

use std::time::Duration;

use kanta_core::{
    CaseId, ClientIdentifier, DocumentOid, Instant, OrganisationOid, PersonalIdentityCode,
};

use crate::frame::{MessageId, Operation};
use crate::{Authentication, BundleStamp};

/// What one call did, with whom and on what ground. No content of documents.
///
/// The host decides what it writes of the two identities: `Debug` shows neither.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuditEvent {
    /// When the call ended.
    pub time: Instant,
    /// The user.
    pub user: PersonalIdentityCode,
    /// The user's role.
    pub role: Option<String>,
    /// The user's unit.
    pub unit: OrganisationOid,
    /// For whom the user works.
    pub organisation: OrganisationOid,
    /// Whose system sent the message.
    pub joiner: OrganisationOid,
    /// How the user was recognised.
    pub authentication: Authentication,
    /// The client, when the call names one.
    pub client: Option<ClientIdentifier>,
    /// The documents that the call names, and those that came.
    pub documents: Vec<DocumentOid>,
    /// The case that ties the user to the client.
    pub case: Option<CaseId>,
    /// What was asked for.
    pub operation: Operation,
    /// Whose register, as a word.
    pub scope: &'static str,
    /// By which right, as a word.
    pub access: &'static str,
    /// The code of the ground of an extended search.
    pub ground: Option<String>,
    /// Why the request was made.
    pub purpose: Option<String>,
    /// The message.
    pub message_id: MessageId,
    /// How it ended, as a word: `archived`, `rejected`, `unknown`, `answered`, `refused`, `failed`.
    pub result: &'static str,
    /// The archive's codes: the acknowledgement's and those of its details.
    pub answer_codes: Vec<String>,
    /// The spec bundle that the message was made with.
    pub bundle: BundleStamp,
}

/// Where audit events go.
///
/// A question whose event cannot be kept gives no answer to the user (`KANTA-CLIENT-AUDIT`): nothing is disclosed that is
/// not recorded. What was stored stays stored; the failure is told in the log.
pub trait AuditSink: Send + Sync {
    /// Keeps an event.
    ///
    /// # Errors
    /// [`AuditError`] when it is not kept.
    fn record(&self, event: &AuditEvent) -> Result<(), AuditError>;
}

/// An audit event that was not kept; the reason must hold no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AuditError(pub String);

/// Figures of one message, without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// What was asked for.
    pub operation: Operation,
    /// The environment, as the bundle's keys name it.
    pub environment: &'static str,
    /// How it ended: the words of [`AuditEvent::result`].
    pub result: &'static str,
    /// How long it took.
    pub took: Duration,
    /// Bytes of the message.
    pub request_bytes: usize,
    /// Bytes of the answer.
    pub answer_bytes: usize,
    /// Full days until the client certificate expires; negative when it has.
    pub certificate_days_left: Option<i64>,
}

/// Where figures go.
pub trait MetricsSink: Send + Sync {
    /// Takes the figures of one message.
    fn attempt(&self, attempt: &Attempt);
}

/// Hands figures to the `metrics` facade: `kanta_attempts_total`, `kanta_attempt_seconds`, `kanta_request_bytes_total`,
/// `kanta_answer_bytes_total` and `kanta_certificate_days_left`.
#[cfg(feature = "metrics")]
#[derive(Debug, Clone, Copy, Default)]
pub struct MetricsFacade;

#[cfg(feature = "metrics")]
impl MetricsSink for MetricsFacade {
    fn attempt(&self, attempt: &Attempt) {
        let labels = [
            ("operation", attempt.operation.key().to_owned()),
            ("environment", attempt.environment.to_owned()),
            ("result", attempt.result.to_owned()),
        ];
        metrics::counter!("kanta_attempts_total", &labels).increment(1);
        metrics::histogram!("kanta_attempt_seconds", &labels).record(attempt.took.as_secs_f64());
        metrics::counter!("kanta_request_bytes_total", &labels)
            .increment(attempt.request_bytes as u64);
        metrics::counter!("kanta_answer_bytes_total", &labels)
            .increment(attempt.answer_bytes as u64);
        if let Some(days) = attempt.certificate_days_left {
            #[expect(clippy::cast_precision_loss, reason = "days are small numbers")]
            metrics::gauge!("kanta_certificate_days_left").set(days as f64);
        }
    }
}
