//! Disclosure notices to the log-register preservation service (lokirekisterien säilytyspalvelu).
//!
//! The service only creates. A notice whose answer is lost may have been stored or not, nobody can ask, and sending it again
//! may store it twice: it waits for a person's decision. The [`outbox`](crate::outbox) keeps notices before they are sent, and
//! those that wait.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use kanta_client::core::spec::Spec;
//! # use kanta_client::disclosures::LogRegister;
//! # use kanta_client::fhir::{exchange::Caller, notice::NoticeBatch};
//! # use kanta_client::sign::Signer;
//! use kanta_client::outbox::{BundleStamp, NewEntry, NoticeCourier, Outbox, Until, Worker, WorkerOptions};
//!
//! # async fn tell(outbox: Arc<dyn Outbox>, register: LogRegister, notices: NoticeBatch, caller: Caller, signer: Arc<dyn Signer>)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! let bundle = Arc::new(BundleStamp::of(register.spec()));
//! let signed = register.disclosures().prepare(&notices, &*signer)?;
//! outbox.put(vec![NewEntry::notices(&signed, &bundle)]).await?;
//! // Durable from here on; the worker may be another process.
//! let courier = NoticeCourier::with_caller(register, caller, signer);
//! Worker::new(outbox, Arc::new(courier), WorkerOptions::default()).run(Until::Drained).await?;
//! # Ok(()) }
//! ```

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use kanta_core::audit::{LoggedAction, LoggedResult, LoggedUser, UseLogEntry};
use kanta_core::spec::Spec;
use kanta_core::{ClientIdentifier, Instant, InvalidValue, Reason, Report, Retry};
use kanta_fhir::exchange::{Answer, Caller, Exchange, RequestError, StoredEntry, read_answer};
use kanta_fhir::notice::NoticeBatch;
use kanta_fhir::{
    Bindings, BindingsError, BundleSignatureProfile, MappingError, SignError, SignedNotices,
};
use kanta_sign::Signer;

use crate::audit;
use crate::blocking::BlockingError;
use crate::transport::{OutgoingMessage, Transport, TransportError};
use crate::{AuditSink, BundleStamp, MessageIds, RandomMessageIds, Unknown};

/// The log register of one environment (Finnish: lokirekisteri).
pub struct LogRegister {
    spec: Spec,
    bundle: BundleStamp,
    bindings: Bindings,
    profile: BundleSignatureProfile,
    exchange: Exchange,
    transport: Box<dyn Transport>,
    request_ids: Box<dyn MessageIds>,
    audit: Option<Box<dyn AuditSink>>,
}

/// The calls about disclosures; see [`LogRegister::disclosures`].
#[derive(Debug, Clone, Copy)]
pub struct Disclosures<'r> {
    register: &'r LogRegister,
}

/// What became of notices (Finnish: tallennuksen tulos).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoticeOutcome {
    /// The register has all of them, under identifiers of its own.
    Stored(Vec<StoredEntry>),
    /// The register refused all of them, for these reasons.
    Rejected(Report),
    /// Nobody knows, and nobody can be asked: keep the notices until a person has decided.
    Unknown(ParkedNotices),
}

/// Signed notices that wait for a person's decision, since they may be in the register already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedNotices {
    notices: SignedNotices,
    reason: Reason,
}

/// Why no notice was sent; the register has none of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotifyError {
    /// The notices may not be sent, or the spec bundle lacks a value.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The notices break a rule, or cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The request cannot be made.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The register was not reached.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The clock of the machine is beyond what can be written.
    #[error("the clock of this machine is wrong: {0}")]
    Clock(#[from] InvalidValue),
    /// A blocking call was not made.
    #[error(transparent)]
    Blocking(#[from] BlockingError),
}

impl NotifyError {
    /// Returns whether and when the same call may be made again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Transport(TransportError::Unreachable(_)) => {
                Retry::After(Duration::from_secs(30))
            }
            Self::Sign(SignError::Jws(kanta_sign::jws::JwsError::Signer(error)))
            | Self::Request(RequestError::Token(kanta_sign::jws::JwsError::Signer(error))) => {
                error.retry()
            }
            _ => Retry::Never,
        }
    }
}

impl NoticeOutcome {
    /// Returns whether the same notices may be sent again without a person's decision: never.
    #[must_use]
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}

impl ParkedNotices {
    /// Returns the notices as they were sent.
    #[must_use]
    pub fn notices(&self) -> &SignedNotices {
        &self.notices
    }

    /// Returns why nobody knows what became of them.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl LogRegister {
    /// Makes a client of the register in the environment of `spec`; `transport` knows the address.
    ///
    /// # Errors
    /// [`BindingsError`] with everything that the spec bundle lacks for notices, signature and token.
    pub fn new(spec: Spec, transport: impl Transport + 'static) -> Result<Self, BindingsError> {
        let found = (
            Bindings::from_spec(&spec),
            BundleSignatureProfile::from_spec(&spec),
            Exchange::from_spec(&spec),
        );
        match found {
            (Ok(bindings), Ok(profile), Ok(exchange)) => Ok(Self {
                bindings,
                profile,
                exchange,
                bundle: BundleStamp::of(&spec),
                spec,
                transport: Box::new(transport),
                request_ids: Box::new(RandomMessageIds),
                audit: None,
            }),
            (bindings, profile, exchange) => {
                let problems = [bindings.err(), profile.err(), exchange.err()];
                Err(BindingsError::all(problems.into_iter().flatten()))
            }
        }
    }

    /// Takes identifiers of requests from another source.
    #[must_use]
    pub fn with_request_ids(mut self, request_ids: impl MessageIds + 'static) -> Self {
        self.request_ids = Box::new(request_ids);
        self
    }

    /// Hands an entry of every request to the host's use log: one for each sending, whatever becomes of it.
    #[must_use]
    pub fn with_audit(mut self, sink: impl AuditSink + 'static) -> Self {
        self.audit = Some(Box::new(sink));
        self
    }

    /// Returns the effective spec bundle.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Returns the calls about disclosures.
    #[must_use]
    pub fn disclosures(&self) -> Disclosures<'_> {
        Disclosures { register: self }
    }
}

impl Disclosures<'_> {
    /// Makes, checks, signs and sends notices, and tells what became of them: [`Disclosures::prepare`] and
    /// [`Disclosures::send`].
    ///
    /// When the process dies before the answer, nobody knows of the notices any more. A host that must not lose one puts what
    /// [`Disclosures::prepare`] made into the outbox ([`NewEntry::notices`](crate::outbox::NewEntry::notices)) and lets a worker
    /// carry it.
    ///
    /// # Errors
    /// [`NotifyError`] when nothing was sent. Once the request may have arrived, the answer is a [`NoticeOutcome`].
    pub async fn notify(
        &self,
        notices: &NoticeBatch,
        caller: &Caller,
        signer: &dyn Signer,
    ) -> Result<NoticeOutcome, NotifyError> {
        let notices = self.prepare(notices, signer)?;
        self.send(&notices, caller, signer).await
    }

    /// Makes, checks and signs notices without sending them.
    ///
    /// # Errors
    /// [`NotifyError`].
    pub fn prepare(
        &self,
        notices: &NoticeBatch,
        signer: &dyn Signer,
    ) -> Result<SignedNotices, NotifyError> {
        let register = self.register;
        let bundle = notices.to_bundle(&register.bindings)?;
        let bundle = serde_json::to_vec(&bundle)
            .expect("texts, truth values and lists of them always serialise");
        let signed =
            SignedNotices::sign(&bundle, &register.spec, &register.profile, signer, now()?)?;
        Ok(signed)
    }

    /// Takes prepared notices from where they were kept; their rules and their signature are checked again.
    ///
    /// # Errors
    /// [`NotifyError::Sign`] when they are not what was prepared.
    pub fn take_up(&self, bytes: Vec<u8>) -> Result<SignedNotices, NotifyError> {
        let register = self.register;
        let notices = SignedNotices::from_bytes(bytes, &register.spec, &register.profile)?;
        Ok(notices)
    }

    /// Sends signed notices once.
    ///
    /// # Errors
    /// As [`Disclosures::notify`].
    pub async fn send(
        &self,
        notices: &SignedNotices,
        caller: &Caller,
        signer: &dyn Signer,
    ) -> Result<NoticeOutcome, NotifyError> {
        let register = self.register;
        let id = register.request_ids.next();
        let at = now()?;
        let request = register
            .exchange
            .request(notices, caller, &id, at, signer)?;
        let (parts, body) = request.into_parts();
        tracing::debug!(request = %id, entries = notices.entries(), "sending disclosure notices");
        let message = OutgoingMessage::new(Bytes::from(body), parts.headers);
        let mut entry = Entry {
            register,
            caller,
            client: notices.client(),
            at,
            result: LoggedResult::Unknown,
            answers: Vec::new(),
        };
        let answer = match register.transport.exchange(message).await {
            Ok(reply) => read_answer(reply.status, &reply.body, notices.entries(), &register.spec),
            // Without the advice for the archive, which could be asked.
            Err(TransportError::NoAnswer(why)) => Answer::Unclear(Unknown::NoAnswer(why).reason()),
            Err(error) => {
                entry.result = LoggedResult::Failed;
                return Err(error.into());
            }
        };
        let outcome = match answer {
            Answer::Stored(entries) => NoticeOutcome::Stored(entries),
            Answer::Rejected(report) => NoticeOutcome::Rejected(report),
            Answer::Unclear(reason) => parked(notices, reason),
            _ => parked(
                notices,
                Reason::new("vastaus on uudenlainen", "the answer is of a new kind"),
            ),
        };
        match &outcome {
            NoticeOutcome::Stored(_) => entry.result = LoggedResult::Succeeded,
            NoticeOutcome::Rejected(report) => {
                entry.result = LoggedResult::Refused;
                entry.answers = audit::codes_of(report);
            }
            NoticeOutcome::Unknown(_) => {}
        }
        tracing::debug!(request = %id, result = ?entry.result, "disclosure notices");
        Ok(outcome)
    }

    /// Sends parked notices again because a person has decided so, knowing that the register may store them twice.
    ///
    /// # Errors
    /// As [`Disclosures::notify`].
    pub async fn send_again_by_decision(
        &self,
        parked: &ParkedNotices,
        caller: &Caller,
        signer: &dyn Signer,
    ) -> Result<NoticeOutcome, NotifyError> {
        tracing::warn!("parked disclosure notices are sent again by decision; they may be doubled");
        self.send(&parked.notices, caller, signer).await
    }
}

/// What the use log is told of one request: kept when this ends, also when whoever waited for the answer has gone.
struct Entry<'s> {
    register: &'s LogRegister,
    caller: &'s Caller,
    client: &'s ClientIdentifier,
    at: Instant,
    result: LoggedResult,
    answers: Vec<String>,
}

impl Drop for Entry<'_> {
    /// The disclosure was made before, so a log that fails stops nothing here.
    fn drop(&mut self) {
        let Some(audit) = &self.register.audit else {
            return;
        };
        let caller = self.caller;
        let unit = caller.requester_unit.as_ref().unwrap_or(&caller.requester);
        let user = LoggedUser {
            authentication: Some(caller.authentication.code().to_owned()),
            ..LoggedUser::new(&caller.user_id, unit.oid.clone())
        };
        let organisation = caller.requester.oid.clone();
        let mut entry =
            UseLogEntry::new(self.at, LoggedAction::DirectDisclosure, user, organisation)
                .with_result(self.result)
                .about(audit.client_in_log().of(self.client));
        entry.joiner = Some(caller.joined.oid.clone());
        entry.answers = std::mem::take(&mut self.answers);
        entry.bundle = Some(self.register.bundle.to_string());
        if let Err(error) = audit.record(&entry) {
            tracing::error!(%error, "the entry of disclosure notices was not kept in the use log");
        }
    }
}

fn parked(notices: &SignedNotices, reason: Reason) -> NoticeOutcome {
    NoticeOutcome::Unknown(ParkedNotices {
        notices: notices.clone(),
        reason,
    })
}

fn now() -> Result<Instant, InvalidValue> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Instant::from_unix(since.as_secs().cast_signed(), since.subsec_nanos())
}

impl std::fmt::Debug for LogRegister {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogRegister")
            .field("spec", &self.spec.name())
            .field("environment", &self.spec.environment())
            .finish_non_exhaustive()
    }
}
