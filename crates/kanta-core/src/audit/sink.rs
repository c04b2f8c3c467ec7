//! Where events go, and what happens when they do not get there.

use super::event::AuditEvent;

/// Takes events; the host decides where they go.
pub trait AuditSink {
    /// Why an event was not taken.
    type Error;

    /// Takes one event, for good: what was taken survives a crash.
    ///
    /// # Errors
    /// When the event cannot be kept.
    fn record(&self, event: &AuditEvent) -> Result<(), Self::Error>;
}

/// What to do when the sink does not take an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// Stop what uses or gives out data, go on with the rest.
    #[default]
    StopUse,
    /// Stop everything.
    StopAll,
    /// Go on: the host has another log.
    GoOn,
}

/// An event was not logged, so the action must not go on (`KANTA-AUDIT-FAILED`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the log did not take the event, so nothing was sent; mend the log, then try again [KANTA-AUDIT-FAILED]"
)]
pub struct AuditFailure<E>(
    /// What the sink says; it may be of any type, so it is not part of the text.
    pub E,
);

/// Logs an event before its action goes on.
///
/// # Errors
/// [`AuditFailure`] when the sink does not take the event and the action must stop. When the action may go on, what the sink
/// said is returned in `Ok`.
///
/// ```
/// use kanta_core::audit::{AuditAction, AuditEvent, AuditSink, AuditUser, OnFailure, record};
/// use kanta_core::{Instant, OrganisationOid};
///
/// struct Broken;
/// impl AuditSink for Broken {
///     type Error = &'static str;
///     fn record(&self, _event: &AuditEvent) -> Result<(), Self::Error> {
///         Err("disk full")
///     }
/// }
///
/// let unit = OrganisationOid::parse("1.2.246.10.99999999.10.21")?;
/// let user = AuditUser::new("worker-17", unit.clone());
/// let event = AuditEvent::new(Instant::parse("2026-09-01T08:00:00Z")?, AuditAction::Fetch, user, unit);
/// assert!(record(&Broken, &event, OnFailure::default()).is_err());
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
pub fn record<S: AuditSink>(
    sink: &S,
    event: &AuditEvent,
    on_failure: OnFailure,
) -> Result<Option<S::Error>, AuditFailure<S::Error>> {
    match sink.record(event) {
        Ok(()) => Ok(None),
        Err(error) => match on_failure {
            OnFailure::StopAll => Err(AuditFailure(error)),
            OnFailure::StopUse if event.action.uses_data() => Err(AuditFailure(error)),
            OnFailure::StopUse | OnFailure::GoOn => Ok(Some(error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AuditAction, AuditUser};
    use super::*;
    use crate::Instant;
    use crate::relation::fixture::organisation;

    struct Sink(bool);

    impl AuditSink for Sink {
        type Error = &'static str;

        fn record(&self, _event: &AuditEvent) -> Result<(), Self::Error> {
            if self.0 { Ok(()) } else { Err("full") }
        }
    }

    #[test]
    fn use_of_data_does_not_go_on_unlogged() {
        use AuditAction::{
            Archive, ChangeRight, DirectDisclosure, Fetch, RecordWill, Search, Show,
        };
        for action in [
            Archive,
            ChangeRight,
            DirectDisclosure,
            Fetch,
            RecordWill,
            Search,
            Show,
        ] {
            let uses = [DirectDisclosure, Fetch, Search, Show].contains(&action);
            let user = AuditUser::new("worker-17", organisation("21").oid);
            let at = Instant::parse("2026-09-01T08:00:00Z").unwrap();
            let event = AuditEvent::new(at, action, user, organisation("0").oid);
            for (on_failure, stops) in [
                (OnFailure::StopUse, uses),
                (OnFailure::StopAll, true),
                (OnFailure::GoOn, false),
            ] {
                assert_eq!(
                    record(&Sink(false), &event, on_failure).is_err(),
                    stops,
                    "{action:?}"
                );
                assert_eq!(record(&Sink(true), &event, on_failure), Ok(None));
            }
        }
    }
}
