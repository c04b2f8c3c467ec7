//! What is done with one claimed document.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kanta_core::{DocumentOid, Mark, Reason, Report, Rule, Severity};

use crate::outbox::claim_guard::until;
use crate::outbox::{Claim, Courier, Kind, NotSent, Outbox, State, Task, Verdict, doubt};
use crate::{Outcome, Retry, Unknown};

const OTHER: Rule = Rule::new(
    "KANTA-OUTBOX-OTHER-DOCUMENT",
    Severity::Error,
    Mark::Own,
    "own check: the archive has the very bytes that were sent",
);
const DOUBTS: Rule = Rule::new(
    "KANTA-OUTBOX-DOUBTS",
    Severity::Error,
    Mark::Own,
    "own check: a document that brings down whoever sends it is not sent for ever",
);
/// How many times the worker's own time for trying again is the longest.
pub(super) const MOST_PATIENCE: u32 = 64;
/// How often the end of a delivery is written down when the store is away.
const WRITES: u32 = 6;
/// The same for notices, a hundred seconds in all: nobody can be asked for what is not written down.
const WRITES_OF_NOTICES: u32 = 12;

pub(super) struct Deliverer {
    pub(super) outbox: Arc<dyn Outbox>,
    pub(super) courier: Arc<dyn Courier>,
    pub(super) sending: Duration,
    pub(super) retry: Duration,
    pub(super) most_doubts: u32,
}

/// The end of one delivery.
pub(super) struct Delivered {
    pub(super) oid: DocumentOid,
    /// The new state; `None` when the claim was lost or the end could not be written down.
    pub(super) state: Option<State>,
    pub(super) findings: Report,
    /// Whether the next would fare no better now: nothing could be sent or asked, or nobody said what became of notices.
    pub(super) is_to_wait: bool,
    /// How long the document stays where it is, when it is to be sent again or asked for.
    pub(super) again_in: Duration,
}

impl Deliverer {
    pub(super) async fn deliver(self: Arc<Self>, claim: Claim, taken: Instant) -> Delivered {
        let work = {
            let (deliverer, claim) = (self.clone(), claim.clone());
            tokio::spawn(async move { deliverer.verdict(&claim, taken).await })
        };
        let abort = AbortOnDrop(work.abort_handle());
        // A courier that panics may have sent something before.
        let verdict = work.await.unwrap_or_else(|_| {
            Verdict::Unknown(
                doubt::about(
                    claim.kind,
                    &Reason::new("kuljettaja kaatui", "the courier broke down"),
                ),
                self.retry,
            )
        });
        drop(abort);
        let (findings, is_to_wait, again_in) = match &verdict {
            Verdict::Archived(report) | Verdict::Rejected(report) | Verdict::Parked(report) => {
                (report.clone(), false, Duration::ZERO)
            }
            Verdict::Later(report, after) => (report.clone(), true, *after),
            // Documents are asked for first; notices would go into doubt one after the other, each for a person to decide.
            Verdict::Unknown(report, after) => (
                report.clone(),
                claim.task == Task::Reconcile || claim.kind == Kind::Notices,
                *after,
            ),
            Verdict::Absent => (Report::new(), false, Duration::ZERO),
        };
        Delivered {
            state: self.write(&claim, verdict).await,
            oid: claim.oid,
            findings,
            is_to_wait,
            again_in,
        }
    }

    async fn verdict(&self, claim: &Claim, taken: Instant) -> Verdict {
        match claim.task {
            Task::Send => self.send(claim, taken + self.sending).await,
            Task::Reconcile => self.reconcile(claim).await,
        }
    }

    async fn send(&self, claim: &Claim, deadline: Instant) -> Verdict {
        match until(deadline, self.courier.send(claim)).await {
            Some(Ok(Outcome::Archived(report))) => Verdict::Archived(report),
            Some(Ok(Outcome::Rejected(report))) if claim.doubts > 0 => {
                self.believe_refusal(claim, report).await
            }
            Some(Ok(Outcome::Rejected(report))) => Verdict::Rejected(report),
            Some(Ok(Outcome::Unknown(why))) => {
                let why = match why {
                    Unknown::CannotAsk(reason) => reason,
                    other => other.reason(),
                };
                Verdict::Unknown(doubt::about(claim.kind, &why), Duration::ZERO)
            }
            Some(Err(not_sent)) => self.not_sent(not_sent),
            None => Verdict::Unknown(
                doubt::about(
                    claim.kind,
                    &Reason::new(
                        "lähetys kesti kauemmin kuin saa",
                        "the sending took longer than it may",
                    ),
                ),
                Duration::ZERO,
            ),
        }
    }

    /// A refusal may be about the identifier that an earlier sending has brought there after all.
    async fn believe_refusal(&self, claim: &Claim, refusal: Report) -> Verdict {
        match self.ask(claim).await {
            Ok(Some(Outcome::Archived(report))) => Verdict::Archived(report),
            Ok(_) => Verdict::Rejected(refusal),
            Err(not_sent) if not_sent.retry == Retry::Never => Verdict::Rejected(refusal),
            Err(_) => Verdict::Unknown(refusal, self.retry),
        }
    }

    async fn reconcile(&self, claim: &Claim) -> Verdict {
        let mut answer = self.ask(claim).await;
        if matches!(answer, Ok(None)) {
            // Something may still be on its way: an absence counts only when that is over.
            tokio::time::sleep(self.sending).await;
            answer = self.ask(claim).await;
        }
        match answer {
            Ok(Some(Outcome::Archived(report))) => Verdict::Archived(report),
            Ok(Some(Outcome::Rejected(report))) => Verdict::Rejected(report),
            Ok(Some(Outcome::Unknown(why))) => Verdict::Parked(other_document(&why)),
            Ok(None) if claim.doubts >= self.most_doubts => Verdict::Parked(doubts(claim.doubts)),
            Ok(None) => Verdict::Absent,
            Err(NotSent { report, retry }) => match retry {
                Retry::Never => Verdict::Parked(report),
                Retry::After(hint) => Verdict::Unknown(report, self.after(hint)),
                Retry::SafeNow | Retry::AfterReconcile => Verdict::Unknown(report, self.retry),
            },
        }
    }

    async fn ask(&self, claim: &Claim) -> Result<Option<Outcome>, NotSent> {
        let deadline = Instant::now() + self.sending;
        until(deadline, self.courier.reconcile(claim))
            .await
            .unwrap_or_else(|| {
                let late = Reason::new("vastausta ei tullut ajoissa", "no answer came in time");
                Err(NotSent::new(&late, Retry::SafeNow))
            })
    }

    fn not_sent(&self, NotSent { report, retry }: NotSent) -> Verdict {
        match retry {
            Retry::Never => Verdict::Parked(report),
            Retry::SafeNow => Verdict::Later(report, self.retry),
            Retry::After(hint) => Verdict::Later(report, self.after(hint)),
            Retry::AfterReconcile => Verdict::Unknown(report, Duration::ZERO),
        }
    }

    /// Follows a hint, as far as the worker's own patience goes.
    fn after(&self, hint: Duration) -> Duration {
        hint.min(self.retry * MOST_PATIENCE)
    }

    /// Writes the end down; when that fails for good the lease ends, and the archive is asked or notices are parked.
    async fn write(&self, claim: &Claim, verdict: Verdict) -> Option<State> {
        let writes = match claim.kind {
            Kind::Document => WRITES,
            Kind::Notices => WRITES_OF_NOTICES,
        };
        let mut pause = Duration::from_millis(50);
        for attempt in 1..=writes {
            match self.outbox.finish(claim, verdict.clone()).await {
                Ok(state) => return Some(state),
                Err(error) if error.may_pass() && attempt < writes => {
                    tracing::warn!(%error, document = %claim.oid, "an outcome waits to be written");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Err(error) => {
                    tracing::warn!(%error, document = %claim.oid, "an outcome was not written");
                    return None;
                }
            }
        }
        None
    }
}

/// A delivery that is dropped takes the courier with it: nothing leaves behind the worker's back.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn other_document(why: &Unknown) -> Report {
    let finding = OTHER.finding(
        "",
        format!(
            "arkiston vastaus asiakirjan tunnisteella ei ratkaise asiaa: {}",
            why.reason().finnish()
        ),
        format!("the archive's answer for the document's identifier does not settle it: {why}"),
    );
    [finding].into_iter().collect()
}

fn doubts(count: u32) -> Report {
    let finding = DOUBTS.finding(
        "",
        format!("asiakirjaa on lähetetty {count} kertaa ilman tietoa tuloksesta; selvitä syy ja yritä uudelleen"),
        format!("the document was sent {count} times without a known outcome; find out why, then retry it"),
    );
    [finding].into_iter().collect()
}
