//! Disclosure notices to the log-register preservation service (lokirekisterien säilytyspalvelu).
//!
//! The service only creates. A notice whose answer is lost may have been stored or not, nobody can ask, and sending it again
//! may store it twice: it waits for a person's decision.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use kanta_core::spec::Spec;
use kanta_core::{Instant, InvalidValue, Report, Retry};
use kanta_fhir::exchange::{Answer, Caller, Exchange, RequestError, StoredEntry, read_answer};
use kanta_fhir::notice::NoticeBatch;
use kanta_fhir::{
    Bindings, BindingsError, BundleSignatureProfile, MappingError, SignError, SignedNotices,
};
use kanta_sign::Signer;

use crate::transport::{OutgoingMessage, Transport, TransportError};
use crate::{MessageIds, RandomMessageIds};

/// The log register of one environment (Finnish: lokirekisteri).
pub struct LogRegister {
    spec: Spec,
    bindings: Bindings,
    profile: BundleSignatureProfile,
    exchange: Exchange,
    transport: Box<dyn Transport>,
    request_ids: Box<dyn MessageIds>,
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
    reason: String,
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
    pub fn reason(&self) -> &str {
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
                spec,
                transport: Box::new(transport),
                request_ids: Box::new(RandomMessageIds),
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
    /// A host that must not lose a notice when the process dies keeps the bytes of [`Disclosures::prepare`] first.
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
        let request = register
            .exchange
            .request(notices, caller, &id, now()?, signer)?;
        let (parts, body) = request.into_parts();
        tracing::debug!(request = %id, entries = notices.entries(), "sending disclosure notices");
        let message = OutgoingMessage::new(Bytes::from(body), parts.headers);
        let answer = match register.transport.exchange(message).await {
            Ok(reply) => read_answer(reply.status, &reply.body, notices.entries(), &register.spec),
            Err(error) if error.may_have_arrived() => Answer::Unclear(error.to_string()),
            Err(error) => return Err(error.into()),
        };
        let (word, outcome) = match answer {
            Answer::Stored(entries) => ("stored", NoticeOutcome::Stored(entries)),
            Answer::Rejected(report) => ("rejected", NoticeOutcome::Rejected(report)),
            Answer::Unclear(reason) => ("unknown", parked(notices, reason)),
            _ => (
                "unknown",
                parked(notices, "the answer is of a new kind".to_owned()),
            ),
        };
        tracing::debug!(request = %id, outcome = word, "disclosure notices");
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

fn parked(notices: &SignedNotices, reason: String) -> NoticeOutcome {
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
