//! Disclosure notices from the outbox to the log register.

use std::sync::Arc;
use std::time::Duration;

use kanta_core::{Mark, Reason, Report, Rule, Severity};
use kanta_fhir::SignedNotices;
use kanta_fhir::exchange::{Caller, StoredEntry};
use kanta_sign::Signer;

use super::courier::{Courier, Delivery, NotSent, check_claim};
use super::{BundleStamp, Claim, Kind, doubt};
use crate::disclosures::{LogRegister, NoticeOutcome, NotifyError};
use crate::{Outcome, Retry, Unknown};

const STORED: Rule = Rule::new(
    "KANTA-OUTBOX-STORED",
    Severity::Information,
    Mark::Own,
    "own note: where the log register keeps what it was told",
);
/// When a register that cannot be reached is tried again.
const AWAY: Duration = Duration::from_secs(30);

type Senders = dyn Fn(Option<&str>) -> Option<(Caller, Arc<dyn Signer>)> + Send + Sync;

/// Carries disclosure notices to a [`LogRegister`].
///
/// Each claim is sent once. What may have arrived is never asked for, since the register only creates: it is parked.
pub struct NoticeCourier {
    register: LogRegister,
    senders: Box<Senders>,
    stamp: BundleStamp,
}

impl NoticeCourier {
    /// Makes a courier; `senders` finds who calls, and who signs the token of the request, by the word that was kept with the
    /// notices ([`NewEntry::with_context`](super::NewEntry::with_context)).
    pub fn new(
        register: LogRegister,
        senders: impl Fn(Option<&str>) -> Option<(Caller, Arc<dyn Signer>)> + Send + Sync + 'static,
    ) -> Self {
        Self {
            stamp: BundleStamp::of(register.spec()),
            register,
            senders: Box::new(senders),
        }
    }

    /// Makes a courier for notices that all have the same caller and signer of tokens.
    pub fn with_caller(register: LogRegister, caller: Caller, signer: Arc<dyn Signer>) -> Self {
        Self::new(register, move |_| Some((caller.clone(), signer.clone())))
    }

    /// Takes the notices up as they were signed: rules and signature are checked again before they leave.
    fn unpack(&self, claim: &Claim) -> Result<(SignedNotices, Caller, Arc<dyn Signer>), NotSent> {
        check_claim(claim, self.kind(), self.register.spec().environment())?;
        let never = |why: &Reason| NotSent::new(why, Retry::Never);
        let (caller, signer) = (self.senders)(claim.context.as_deref()).ok_or_else(|| {
            never(&Reason::new(
                "järjestelmä ei tunne ilmoitusten lähettäjää ja allekirjoittajaa [KANTA-OUTBOX-CONTEXT]",
                "the host knows no caller and signer for the notices [KANTA-OUTBOX-CONTEXT]",
            ))
        })?;
        let notices = self.register.disclosures().take_up(claim.bytes.clone())?;
        if notices.id() != claim.oid.as_oid() {
            return Err(never(&Reason::new(
                "ilmoituksilla on toinen tunniste kuin niiden rivillä [KANTA-OUTBOX-BYTES]",
                "the notices have another identifier than their row [KANTA-OUTBOX-BYTES]",
            )));
        }
        Ok((notices, caller, signer))
    }
}

impl Courier for NoticeCourier {
    fn kind(&self) -> Kind {
        Kind::Notices
    }

    fn send<'c>(&'c self, claim: &'c Claim) -> Delivery<'c, Outcome> {
        Box::pin(async move {
            let (notices, caller, signer) = self.unpack(claim)?;
            let disclosures = self.register.disclosures();
            Ok(match disclosures.send(&notices, &caller, &*signer).await? {
                NoticeOutcome::Stored(entries) => Outcome::Archived(stored(&entries)),
                NoticeOutcome::Rejected(report) => Outcome::Rejected(report),
                NoticeOutcome::Unknown(parked) => {
                    Outcome::Unknown(Unknown::CannotAsk(parked.reason().clone()))
                }
            })
        })
    }

    fn reconcile<'c>(&'c self, _claim: &'c Claim) -> Delivery<'c, Option<Outcome>> {
        Box::pin(async move {
            Err(NotSent {
                report: doubt::about(
                    Kind::Notices,
                    &Reason::new("ne on lähetetty kerran", "they were sent once"),
                ),
                retry: Retry::Never,
            })
        })
    }

    fn bundle_hash(&self) -> Option<String> {
        Some(self.stamp.hash.clone())
    }
}

impl From<NotifyError> for NotSent {
    fn from(error: NotifyError) -> Self {
        let retry = match (&error, error.retry()) {
            // A connection that does not come about is no fault of the notices.
            (NotifyError::Transport(_), Retry::Never) => Retry::After(AWAY),
            (_, retry) => retry,
        };
        Self::new(&error.reason(), retry)
    }
}

/// Keeps where the register has them: the only word that tells them apart later.
fn stored(entries: &[StoredEntry]) -> Report {
    let places: Vec<&str> = entries
        .iter()
        .filter_map(|entry| entry.location.as_deref())
        .collect();
    if places.is_empty() {
        return Report::new();
    }
    let places = places.join(", ");
    let finding = STORED.finding(
        "",
        format!("lokirekisteri tallensi ilmoitukset: {places}"),
        format!("the log register stored the notices: {places}"),
    );
    [finding].into_iter().collect()
}

impl std::fmt::Debug for NoticeCourier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoticeCourier")
            .field("register", &self.register)
            .finish_non_exhaustive()
    }
}
