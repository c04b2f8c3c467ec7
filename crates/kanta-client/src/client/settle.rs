//! Going on until the outcome is known.

use std::time::{Duration, Instant};

use kanta_cda::Signed;
use kanta_core::{Reason, Retry};

use super::{ArchiveClient, ClientError};
use crate::{Exchange, Outcome, Receipt, RequestContext, Unknown};

/// How long and how often is tried until an outcome is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many messages may be sent in all, questions included (default: 12).
    pub max_messages: u32,
    /// How long the whole call may take over all attempts (default: 5 minutes).
    pub deadline: Duration,
    /// How long to wait after an unknown outcome before the archive is asked: the message may still be on its way
    /// (default: 2 seconds). Doubles with every attempt.
    pub first_wait: Duration,
    /// The longest wait (default: 1 minute).
    pub max_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_messages: 12,
            deadline: Duration::from_secs(300),
            first_wait: Duration::from_secs(2),
            max_wait: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// The same policy with another bound on the whole call.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The same policy with other waits.
    #[must_use]
    pub fn with_waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first_wait = first;
        self.max_wait = longest;
        self
    }

    /// The same policy with another number of messages.
    #[must_use]
    pub fn with_max_messages(mut self, messages: u32) -> Self {
        self.max_messages = messages;
        self
    }
}

/// What is left of the policy.
struct Budget<'p> {
    policy: &'p RetryPolicy,
    until: Instant,
    messages: u32,
    wait: Duration,
}

impl<'p> Budget<'p> {
    fn new(policy: &'p RetryPolicy) -> Self {
        Self {
            policy,
            until: Instant::now() + policy.deadline,
            messages: 0,
            wait: policy.first_wait,
        }
    }

    fn take_message(&mut self) -> bool {
        self.messages += 1;
        self.messages <= self.policy.max_messages && Instant::now() < self.until
    }

    /// Waits, each time longer, by chance up to a quarter shorter; `false` when the deadline comes first.
    async fn wait(&mut self) -> bool {
        let quarters = u32::from(uuid::Uuid::new_v4().as_bytes()[0]);
        let wait = self.wait - self.wait / 4 * quarters / 255;
        self.wait = (self.wait * 2).min(self.policy.max_wait);
        if Instant::now() + wait >= self.until {
            return false;
        }
        tokio::time::sleep(wait).await;
        true
    }
}

impl ArchiveClient {
    /// Stores a signed document and goes on until it is known what became of it, as far as the policy allows.
    ///
    /// After an unknown outcome the archive is asked; only when it has not got the document, the same signed bytes are sent
    /// again. When a message after an unknown outcome is refused, the archive is asked too: the first message may have
    /// arrived in the meantime, and the refusal speak of the second. An outcome that is unknown in the end says why in
    /// [`Unknown`]: the archive could not be asked, or the policy was used up.
    ///
    /// # Errors
    /// [`ClientError`] when nothing was sent, and trying again within the policy was of no use.
    pub async fn archive_until_settled(
        &self,
        document: &Signed,
        context: &RequestContext,
        policy: &RetryPolicy,
    ) -> Result<Receipt, ClientError> {
        let mut budget = Budget::new(policy);
        let mut exchanges = Vec::new();
        let mut doubt: Option<Unknown> = None;
        while budget.take_message() {
            let until = Some(budget.until);
            let message = self.store_message(document, context)?;
            let outcome = match self.store(&message, until).await {
                Ok((outcome, exchange)) => {
                    exchanges.push(exchange);
                    outcome
                }
                Err(error) if may_be_tried(&error) => {
                    if !budget.wait().await {
                        return unsettled(doubt, exchanges, Some(error));
                    }
                    continue;
                }
                Err(error) => return unsettled(doubt, exchanges, Some(error)),
            };
            match (&outcome, &doubt) {
                (Outcome::Archived(_), _) | (Outcome::Rejected(_), None) => {
                    return Ok(Receipt { outcome, exchanges });
                }
                _ => {}
            }
            let settled = self
                .settle(document, context, &mut budget, &mut exchanges)
                .await;
            match (settled, outcome) {
                (Ok(Some(outcome)), _) | (Ok(None), outcome @ Outcome::Rejected(_)) => {
                    return Ok(Receipt { outcome, exchanges });
                }
                (Ok(None), Outcome::Unknown(why)) => doubt = Some(why),
                (Ok(None), outcome @ Outcome::Archived(_)) => {
                    return Ok(Receipt { outcome, exchanges });
                }
                (Err(why), _) => {
                    let outcome = Outcome::Unknown(why);
                    return Ok(Receipt { outcome, exchanges });
                }
            }
        }
        unsettled(doubt, exchanges, None)
    }

    /// Asks the archive until it answers; `None` when it has not got the document.
    async fn settle(
        &self,
        document: &Signed,
        context: &RequestContext,
        budget: &mut Budget<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Option<Outcome>, Unknown> {
        let mut why = Reason::new(
            "aika tai sanomien määrä loppui",
            "the time or the number of messages was used up",
        );
        while budget.wait().await && budget.take_message() {
            let until = Some(budget.until);
            match self.ask_for(document, context, until).await {
                Ok((outcome, exchange)) => {
                    exchanges.push(exchange);
                    return Ok(outcome);
                }
                Err(error) => {
                    exchanges.extend(error.exchange().cloned());
                    why = error.reason();
                    if !may_be_tried(&error) {
                        break;
                    }
                }
            }
        }
        Err(Unknown::CannotAsk(why))
    }
}

fn may_be_tried(error: &ClientError) -> bool {
    matches!(error.retry(), Retry::SafeNow | Retry::After(_))
}

/// The policy is used up, or nothing can be sent: a doubt that is left is the outcome.
fn unsettled(
    doubt: Option<Unknown>,
    exchanges: Vec<Exchange>,
    error: Option<ClientError>,
) -> Result<Receipt, ClientError> {
    match (doubt, error) {
        (Some(why), _) => Ok(Receipt {
            outcome: Outcome::Unknown(why),
            exchanges,
        }),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Receipt {
            outcome: Outcome::Unknown(Unknown::CannotAsk(Reason::new(
                "käytäntö ei salli yhtään sanomaa",
                "the policy allows no message",
            ))),
            exchanges,
        }),
    }
}
