//! Where entries of the use log and figures go (Finnish: käyttöloki).

use std::time::Duration;

use kanta_core::access::Basis;
use kanta_core::audit::{ClientInLog, LoggedResult, LoggedUser, UseLogEntry};
use kanta_core::spec::Spec;
use kanta_core::{CodedValue, DocumentOid, InstanceIdentifier, Instant, OrganisationOid, Report};

use crate::frame::{Access, MessageId, Operation, Subject, use_situations};
use crate::{BundleStamp, Scope};

/// Where the entries of the use log go: one of every message and of every disclosure notice.
///
/// A question whose entry cannot be kept gives no answer to the user (`KANTA-CLIENT-AUDIT`): nothing is disclosed that is
/// not recorded. What was stored stays stored; the failure is told in the log.
pub trait AuditSink: Send + Sync {
    /// Keeps an entry.
    ///
    /// # Errors
    /// [`AuditError`] when it is not kept.
    fn record(&self, entry: &UseLogEntry) -> Result<(), AuditError>;

    /// Returns how clients are named in the entries (default: not at all).
    fn client_in_log(&self) -> ClientInLog<'_> {
        ClientInLog::Omit
    }
}

/// An entry of the use log that was not kept; the reason must hold no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AuditError(pub String);

/// How a message ended, as metrics and the log tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Archived,
    Rejected,
    Unknown,
    Answered,
    Refused,
    Failed,
}

impl End {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Archived => "archived",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    fn logged(self) -> LoggedResult {
        match self {
            Self::Archived | Self::Answered => LoggedResult::Succeeded,
            Self::Rejected | Self::Refused => LoggedResult::Refused,
            Self::Unknown => LoggedResult::Unknown,
            Self::Failed => LoggedResult::Failed,
        }
    }
}

/// Makes the entry of one message; documents that came with its answer and the answer's codes are added by the caller.
pub(crate) fn entry_of(
    subject: &Subject,
    naming: ClientInLog<'_>,
    at: Instant,
    message: &MessageId,
    end: End,
    bundle: &BundleStamp,
    spec: &Spec,
) -> UseLogEntry {
    let Subject {
        context,
        operation,
        access,
        ..
    } = subject;
    let organisation = context.joining.acting().oid.clone();
    let user = LoggedUser {
        work_task: context.user.work_task.clone(),
        authentication: Some(context.user.authentication.as_str().to_owned()),
        ..LoggedUser::new(&context.user.id, context.user.unit.oid.clone())
    };
    let mut entry = UseLogEntry::new(at, operation.logged_action(), user, organisation)
        .with_result(end.logged());
    if let Some(client) = &subject.client {
        entry = entry.about(naming.of(client));
    }
    entry.request = Some(operation.key().to_owned());
    entry.joiner = Some(context.joining.joiner().clone());
    entry.register_keepers = register_keepers(&context.scope, &entry.organisation);
    entry.documents.clone_from(&subject.documents);
    entry.cases.extend(subject.case.clone());
    if let Some(case) = context.case.clone()
        && !entry.cases.contains(&case)
    {
        entry.cases.push(case);
    }
    // The message was made with the same bundle, so both are there.
    entry.service_request = operation.service_request(spec).ok().cloned();
    entry.use_situations =
        use_situations(operation, access, &context.scope, spec).unwrap_or_default();
    entry.basis = basis(&context.scope, access);
    entry.ground = access.ground().cloned().map(CodedValue::from);
    entry.purpose.clone_from(&context.purpose);
    entry.message = Some(InstanceIdentifier {
        root: message.root.clone(),
        extension: Some(message.extension.clone()),
    });
    entry.bundle = Some(bundle.to_string());
    entry
}

/// Returns the codes that an answer gives.
pub(crate) fn codes_of(report: &Report) -> Vec<String> {
    report
        .iter()
        .map(|finding| finding.rule().to_owned())
        .collect()
}

/// Adds documents that an entry does not name yet.
pub(crate) fn add_documents(entry: &mut UseLogEntry, received: Vec<DocumentOid>) {
    for document in received {
        if !entry.documents.contains(&document) {
            entry.documents.push(document);
        }
    }
}

fn register_keepers(scope: &Scope, acting: &OrganisationOid) -> Vec<OrganisationOid> {
    match scope {
        Scope::OwnRegister => vec![acting.clone()],
        Scope::OrganiserRegister { register_keeper } => vec![register_keeper.clone()],
        Scope::OwnAndOrganiser { register_keeper } => vec![acting.clone(), register_keeper.clone()],
        Scope::OtherRegister { register_keeper } => register_keeper.iter().cloned().collect(),
    }
}

/// On what basis, as far as the message tells: of the own register only the host knows.
fn basis(scope: &Scope, access: &Access) -> Option<Basis> {
    match (scope, access) {
        (Scope::OrganiserRegister { .. }, Access::Register) => Some(Basis::RegisterUseRight),
        (_, Access::Permission) => Some(Basis::Permission),
        (_, Access::ExtendedRight(_)) => Some(Basis::ExtendedRight),
        (_, Access::AuthorityRight(_)) => Some(Basis::AuthorityRight),
        _ => None,
    }
}

/// Figures of one message, without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// What was asked for.
    pub operation: Operation,
    /// The environment, as the bundle's keys name it.
    pub environment: &'static str,
    /// How it ended, as a word: `archived`, `rejected`, `unknown`, `answered`, `refused`, `failed`.
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
