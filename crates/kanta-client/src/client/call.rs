//! One message out, one answer in; with an entry of the use log and figures.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use kanta_core::spec::{Spec, SpecError};
use kanta_core::{DocumentOid, Instant, Reason};
use kanta_xml::Limits;

use super::{ArchiveClient, ClientError};
use crate::audit::{self, End};
use crate::frame::{Answer, Frame, MessageHeader, MessageId, ReadFrameError, Subject, read_answer};
use crate::transport::{Reply, TransportError};
use crate::{Attempt, Exchange, Outcome, RequestContext, Unknown};

/// What an answer adds to the entry of its message.
#[derive(Default)]
struct Received {
    codes: Vec<String>,
    documents: Vec<DocumentOid>,
}

impl ArchiveClient {
    /// Makes identifier and time of the next message; the shell is asked for first, because it may be unknown.
    pub(super) fn next_header(
        &self,
        context: &RequestContext,
    ) -> Result<MessageHeader, ClientError> {
        self.shell.as_ref().map_err(SpecError::clone)?;
        Ok(MessageHeader {
            id: MessageId {
                root: context.message_root.clone(),
                extension: self.message_ids.next(),
            },
            time: now()?,
        })
    }

    /// Sends a message that changes something: whatever is not clear is unknown.
    pub(super) async fn store(
        &self,
        frame: &Frame,
        deadline: Option<std::time::Instant>,
    ) -> Result<(Outcome, Exchange), ClientError> {
        let id = frame.id();
        let (exchange, error) = self.exchange(frame, deadline).await?;
        let outcome = match (&exchange.reply, error) {
            (Some(_), _) => self.outcome_of(&exchange, id),
            (None, Some(TransportError::NoAnswer(why))) => Outcome::Unknown(Unknown::NoAnswer(why)),
            (None, error) => {
                let nothing = Received::default();
                self.conclude(frame.subject(), &exchange, End::Failed, nothing)
                    .ok();
                return Err(error.map_or(ClientError::NotFound, ClientError::Transport));
            }
        };
        let (end, codes) = match &outcome {
            Outcome::Archived(report) => (End::Archived, audit::codes_of(report)),
            Outcome::Rejected(report) => (End::Rejected, audit::codes_of(report)),
            Outcome::Unknown(_) => (End::Unknown, Vec::new()),
        };
        let received = Received {
            codes,
            documents: Vec::new(),
        };
        if let Err(error) = self.conclude(frame.subject(), &exchange, end, received) {
            tracing::error!(message = %id, %error, "the entry of a stored document was not kept in the use log");
        }
        Ok((outcome, exchange))
    }

    /// Sends a question: its answer is given only when its entry is kept in the use log.
    pub(super) async fn ask(
        &self,
        frame: &Frame,
        deadline: Option<std::time::Instant>,
    ) -> Result<(Answer, Exchange), ClientError> {
        let id = frame.id();
        let (exchange, error) = self.exchange(frame, deadline).await?;
        let answered = match error {
            Some(error) => Err(ClientError::Transport(error)),
            None => self.answer_of(&exchange, id),
        };
        let mut received = Received::default();
        let end = match &answered {
            Ok(answer) => {
                received.documents = documents_of(answer);
                End::Answered
            }
            Err(ClientError::Refused { report, .. }) => {
                received.codes = audit::codes_of(report);
                End::Refused
            }
            Err(_) => End::Failed,
        };
        let kept = self.conclude(frame.subject(), &exchange, end, received);
        let answer = answered?;
        kept.map_err(ClientError::Audit)?;
        Ok((answer, exchange))
    }

    async fn exchange(
        &self,
        frame: &Frame,
        deadline: Option<std::time::Instant>,
    ) -> Result<(Exchange, Option<TransportError>), ClientError> {
        let started = now()?;
        let clock = std::time::Instant::now();
        let (message_id, operation) = (frame.id().clone(), frame.operation());
        let shell = self.shell.as_ref().map_err(SpecError::clone)?;
        let mut message = shell.wrap(frame)?;
        message.deadline = deadline;
        let request = message.body.clone();
        tracing::debug!(message = %message_id, %operation, bytes = request.len(), "sending a message");
        let (reply, error) = match self.transport.exchange(message).await {
            Ok(reply) => (Some(reply), None),
            Err(error) => (None, Some(error)),
        };
        let exchange = Exchange {
            operation: operation.clone(),
            message_id,
            bundle: Arc::clone(&self.bundle),
            started,
            took: clock.elapsed(),
            request,
            reply,
        };
        Ok((exchange, error))
    }

    /// Reads what became of a document from the answer.
    fn outcome_of(&self, exchange: &Exchange, id: &MessageId) -> Outcome {
        match &exchange.reply {
            Some(reply) => outcome_of(reply, id, &self.spec, &self.limits),
            None => Outcome::Unknown(Unknown::NotUnderstood(Reason::new(
                "sitä ei ole",
                "there is none",
            ))),
        }
    }

    fn answer_of(&self, exchange: &Exchange, id: &MessageId) -> Result<Answer, ClientError> {
        let kept = || Box::new(exchange.clone());
        let Some(reply) = &exchange.reply else {
            return Err(ClientError::NotFound);
        };
        let read = read_answer(&reply.body, &self.limits);
        let answer = match read {
            Ok(answer) => answer,
            Err(source @ ReadFrameError::SoapFault { .. }) => {
                let exchange = kept();
                return Err(ClientError::Answer { source, exchange });
            }
            Err(_) if reply.status != StatusCode::OK => {
                return Err(ClientError::Status {
                    status: reply.status,
                    exchange: kept(),
                });
            }
            Err(source) => {
                let exchange = kept();
                return Err(ClientError::Answer { source, exchange });
            }
        };
        let Some(acknowledgement) = &answer.acknowledgement else {
            return Err(ClientError::Answer {
                source: ReadFrameError::Part("acknowledgement"),
                exchange: kept(),
            });
        };
        if acknowledgement.target.as_ref() != Some(id) {
            return Err(ClientError::OtherMessage { exchange: kept() });
        }
        let failed = answer
            .query
            .as_ref()
            .is_some_and(|query| ["QE", "AE"].contains(&query.code.as_str()));
        if !acknowledgement.is_positive() || failed {
            return Err(ClientError::Refused {
                report: acknowledgement.details.clone(),
                exchange: kept(),
            });
        }
        if reply.status != StatusCode::OK {
            return Err(ClientError::Status {
                status: reply.status,
                exchange: kept(),
            });
        }
        Ok(answer)
    }

    /// Hands figures and the entry of the use log to the host.
    fn conclude(
        &self,
        subject: &Subject,
        exchange: &Exchange,
        end: End,
        received: Received,
    ) -> Result<(), crate::AuditError> {
        tracing::debug!(
            message = %exchange.message_id, operation = %subject.operation, result = end.as_str(), took = ?exchange.took,
            "a message has ended"
        );
        if let Some(metrics) = &self.metrics {
            metrics.attempt(&Attempt {
                operation: subject.operation.clone(),
                environment: self.spec.environment().key(),
                result: end.as_str(),
                took: exchange.took,
                request_bytes: exchange.request.len(),
                answer_bytes: exchange.reply.as_ref().map_or(0, |reply| reply.body.len()),
                certificate_days_left: self.transport.client_certificate_expires().map(|expires| {
                    (expires.unix_seconds() - exchange.started.unix_seconds()).div_euclid(86_400)
                }),
            });
        }
        let Some(audit) = &self.audit else {
            return Ok(());
        };
        let mut entry = audit::entry_of(
            subject,
            audit.client_in_log(),
            exchange.started,
            &exchange.message_id,
            end,
            &self.bundle,
            &self.spec,
        );
        audit::add_documents(&mut entry, received.documents);
        entry.answers = received.codes;
        audit.record(&entry)
    }
}

fn documents_of(answer: &Answer) -> Vec<DocumentOid> {
    answer
        .documents
        .iter()
        .filter_map(|entry| Some(DocumentOid::new(entry.id.clone()?)))
        .collect()
}

pub(super) fn now() -> Result<Instant, ClientError> {
    let since: Duration = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok(Instant::from_unix(
        since.as_secs().cast_signed(),
        since.subsec_nanos(),
    )?)
}

/// Reads what became of a document from an answer: whatever is not clear is unknown.
fn outcome_of(reply: &Reply, id: &MessageId, spec: &Spec, limits: &Limits) -> Outcome {
    let not_understood = |why: Reason| Outcome::Unknown(Unknown::NotUnderstood(why));
    let answer = match read_answer(&reply.body, limits) {
        Ok(answer) => answer,
        Err(error) if reply.status == StatusCode::OK => {
            return not_understood(error.reason());
        }
        Err(error @ ReadFrameError::SoapFault { .. }) => {
            return not_understood(error.reason());
        }
        Err(_) => {
            return not_understood(Reason::new(
                format!("HTTP-tila on {}", reply.status.as_u16()),
                format!("the HTTP status is {}", reply.status),
            ));
        }
    };
    let Some(acknowledgement) = answer.acknowledgement else {
        return not_understood(Reason::new(
            "siinä ei ole kuittausta",
            "it has no acknowledgement",
        ));
    };
    if acknowledgement.target.as_ref() != Some(id) {
        return Outcome::Unknown(Unknown::OtherMessage);
    }
    // Where the environment bars the bundle's value, no code means "archived": the outcome stays unknown.
    let archived = spec
        .list("message.acknowledgement.archived_codes")
        .unwrap_or_default();
    if acknowledgement.is_negative() {
        Outcome::Rejected(acknowledgement.details)
    } else if !acknowledgement.is_positive() || reply.status != StatusCode::OK {
        not_understood(Reason::new(
            "sen kuittauksen koodia ei tunneta",
            "its acknowledgement code is not known",
        ))
    } else if archived.contains(&acknowledgement.code) {
        Outcome::Archived(acknowledgement.details)
    } else {
        Outcome::Unknown(Unknown::OnlyAccepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_core::Oid;
    use kanta_core::spec::{Bundle, Inferred};

    /// What an accepting code means is an inference: it must not end a document's way where inferences are barred.
    #[test]
    fn an_inferred_code_archives_only_where_inferences_are_allowed() {
        let id = MessageId {
            root: Oid::parse("2.999.2").unwrap(),
            extension: "9".to_owned(),
        };
        let reply = |code: &str| {
            Reply {
            status: StatusCode::OK,
            body: format!(
                "<MCCI_IN000002UV01 xmlns=\"urn:hl7-org:v3\"><id root=\"2.999.1\" extension=\"7\"/>\
                 <acknowledgement><typeCode code=\"{code}\"/><targetMessage><id root=\"2.999.2\" extension=\"9\"/>\
                 </targetMessage></acknowledgement></MCCI_IN000002UV01>"
            )
            .into(),
        }
        };
        let bundles = [Bundle::embedded()];
        for (spec, archived) in [
            (Spec::for_production(&bundles), false),
            (Spec::for_customer_test(&bundles, Inferred::Refuse), false),
            (Spec::for_customer_test(&bundles, Inferred::Allow), true),
            (Spec::for_test(&bundles, &[]), true),
        ] {
            let outcome = |code| outcome_of(&reply(code), &id, &spec, &Limits::default());
            match outcome("AA") {
                Outcome::Archived(_) => assert!(archived, "{:?}", spec.environment()),
                other => {
                    assert_eq!(other, Outcome::Unknown(Unknown::OnlyAccepted));
                    assert!(!archived, "{:?}", spec.environment());
                }
            }
            assert!(matches!(outcome("AE"), Outcome::Rejected(_)));
        }
    }
}
