//! May a document be disclosed?

use super::answer::{DisclosureAnswer, Effect, Reason, Why};
use super::ban::{BanTarget, DisclosureBans};
use super::basis::SearchBasis;
use super::permission::{DisclosurePermission, KantaInforming, OtherExpression};
use crate::codes::ServiceTask;
use crate::metadata::{DocumentKind, DocumentMetadata};
use crate::{Date, DocumentOid, Mark, RegisterKeeper};

/// One document on its way from one register keeper to another (Finnish: luovutus).
#[derive(Debug, Clone)]
pub struct Disclosure<'a> {
    /// In whose register the document is.
    pub from: &'a RegisterKeeper,
    /// Who searches.
    pub to: &'a RegisterKeeper,
    /// The document.
    pub document: &'a DisclosedDocument,
    /// On what basis.
    pub basis: &'a SearchBasis,
    /// On what day.
    pub day: Date,
}

/// What must be known of a document that is to be disclosed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosedDocument {
    /// Its identifier.
    pub id: DocumentOid,
    /// The identifier of its first version, when it is known.
    pub set_id: Option<DocumentOid>,
    /// Its service task, when it is known.
    pub service_task: Option<ServiceTask>,
    /// Its phase.
    pub phase: DocumentPhase,
}

/// In which phase of the archive a document was made (Kela slides 2020, `[S]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DocumentPhase {
    /// A legacy document, from before Kanta (Finnish: vanha asiakirja).
    Legacy,
    /// A document of the first phase (Finnish: 1. vaiheen asiakasasiakirja).
    First,
    /// A document of the second or a later phase (Finnish: 2. tai myöhemmän vaiheen asiakasasiakirja).
    SecondOrLater,
    /// It is not known.
    #[default]
    NotKnown,
}

impl From<&DocumentMetadata> for DisclosedDocument {
    /// Takes what the metadata tell; the phase is not known of kinds that belong to none, such as client-relation documents.
    fn from(metadata: &DocumentMetadata) -> Self {
        let task = metadata.service_task.clone();
        Self {
            id: metadata.id.clone(),
            set_id: Some(metadata.set_id.clone()),
            service_task: task.and_then(|code| ServiceTask::try_from(code).ok()),
            phase: match metadata.kind {
                DocumentKind::Legacy => DocumentPhase::Legacy,
                DocumentKind::FirstPhase => DocumentPhase::First,
                DocumentKind::ClientDocument | DocumentKind::CaseNote => {
                    DocumentPhase::SecondOrLater
                }
                _ => DocumentPhase::NotKnown,
            },
        }
    }
}

/// A fact that was asked for, or was not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Known<T> {
    /// Nobody asked: the answer stays open.
    #[default]
    NotAsked,
    /// There is none.
    Absent,
    /// There is this one.
    Present(T),
}

/// Everything that a client has expressed, as far as it was asked for. The default is that nothing was.
#[derive(Debug, Clone, Default)]
pub struct ClientWill {
    /// The Kanta informing.
    pub informing: Known<KantaInforming>,
    /// The newest disclosure permission or cancelling.
    pub permission: Known<DisclosurePermission>,
    /// The newest bans.
    pub bans: Known<DisclosureBans>,
    /// What is not understood.
    pub others: Vec<OtherExpression>,
}

/// Answers whether a document may be disclosed, with every reason for and against. Advice, not law: the archive decides.
///
/// | question | rule | source |
/// | --- | --- | --- |
/// | same register | no disclosure at all | KANTA, `[S]` |
/// | first-phase or legacy document | only by the authority's right | Kela slides 2024, `[S]` |
/// | basis: permission | informing, a permission that holds, no ban that hits | KANTA, `[S]` |
/// | basis: extended right | passes over a missing permission, bans or both, as it says | Kela slides 2024, `[S]` |
/// | extended right over the permission | informing, its precondition, is passed over with it | `[I]` |
/// | basis: authority's right | reaches everything | Kela slides 2024; that it passes over permission and bans, `[I]` |
/// | an expression that is not understood | leaves the answer open | own |
///
/// ```
/// use kanta_core::codes::ServiceTask;
/// use kanta_core::will::{
///     ClientWill, Disclosure, DisclosedDocument, DocumentPhase, Known, SearchBasis, Verdict, Why, may_disclose,
/// };
/// use kanta_core::{Date, DocumentOid, Organisation, OrganisationOid, RegisterKeeper};
///
/// let keeper = |oid: &str| OrganisationOid::parse(oid).map(|oid| RegisterKeeper::new(Organisation::new(oid, "Alue")));
/// let document = DisclosedDocument {
///     id: DocumentOid::parse("2.999.11.1")?,
///     set_id: None,
///     service_task: Some(ServiceTask::CHILD_PROTECTION),
///     phase: DocumentPhase::SecondOrLater,
/// };
/// let disclosure = Disclosure {
///     from: &keeper("1.2.246.10.99999999.10.0")?,
///     to: &keeper("1.2.246.10.99999997.10.0")?,
///     document: &document,
///     basis: &SearchBasis::Permission,
///     day: Date::new(2026, 9, 1)?,
/// };
/// // Nothing was asked yet, so nothing is decided.
/// assert_eq!(may_disclose(&disclosure, &ClientWill::default()).verdict(), Verdict::Undecided);
///
/// let will = ClientWill { informing: Known::Absent, ..ClientWill::default() };
/// let answer = may_disclose(&disclosure, &will);
/// assert_eq!(answer.verdict(), Verdict::Refused);
/// assert!(answer.has(&Why::NotInformed));
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[must_use]
pub fn may_disclose(disclosure: &Disclosure<'_>, will: &ClientWill) -> DisclosureAnswer {
    if disclosure.from == disclosure.to {
        return DisclosureAnswer::new(vec![stated(Why::SameRegister, Effect::Permits)]);
    }
    let mut reasons = Vec::new();
    let ground = disclosure
        .basis
        .ground()
        .map(|ground| ground.as_ref().code().to_owned())
        .unwrap_or_default();
    let (over_permission, over_bans, over_phase) = match disclosure.basis {
        SearchBasis::Permission => (None, None, None),
        SearchBasis::ExtendedRight(right) => {
            reasons.push(stated(Why::ExtendedRight { ground }, Effect::Permits));
            (
                right.passes_over_permission().then_some(Mark::Stated),
                right.passes_over_bans().then_some(Mark::Stated),
                None,
            )
        }
        SearchBasis::AuthorityRight(_) => {
            reasons.push(stated(Why::AuthorityRight { ground }, Effect::Permits));
            (
                Some(Mark::Inferred),
                Some(Mark::Inferred),
                Some(Mark::Stated),
            )
        }
    };
    let over_informing = over_permission.map(|_| Mark::Inferred);
    judge_phase(&mut reasons, disclosure.document.phase, over_phase);
    judge_informing(
        &mut reasons,
        &will.informing,
        disclosure.day,
        over_informing,
    );
    judge_permission(
        &mut reasons,
        &will.permission,
        disclosure.day,
        over_permission,
    );
    judge_bans(&mut reasons, &will.bans, disclosure, over_bans);
    if !will.others.is_empty() {
        reasons.push(own(Why::OtherExpression, Effect::LeavesOpen));
    }
    DisclosureAnswer::new(reasons)
}

fn stated(why: Why, effect: Effect) -> Reason {
    Reason {
        why,
        effect,
        mark: Mark::Stated,
    }
}

fn own(why: Why, effect: Effect) -> Reason {
    Reason {
        why,
        effect,
        mark: Mark::Own,
    }
}

/// Adds a reason that refuses or leaves open, unless the basis passes it over: then with the mark of that.
fn against(reasons: &mut Vec<Reason>, why: Why, effect: Effect, passed_over: Option<Mark>) {
    reasons.push(match passed_over {
        Some(mark) => Reason {
            why,
            effect: Effect::PassedOver,
            mark,
        },
        None => stated(why, effect),
    });
}

fn judge_phase(reasons: &mut Vec<Reason>, phase: DocumentPhase, over: Option<Mark>) {
    match phase {
        DocumentPhase::SecondOrLater => {}
        DocumentPhase::First => against(reasons, Why::FirstPhase, Effect::Refuses, over),
        DocumentPhase::Legacy => against(reasons, Why::Legacy, Effect::Refuses, over),
        DocumentPhase::NotKnown => against(reasons, Why::PhaseNotKnown, Effect::LeavesOpen, over),
    }
}

fn judge_informing(
    reasons: &mut Vec<Reason>,
    informing: &Known<KantaInforming>,
    day: Date,
    over: Option<Mark>,
) {
    match informing {
        Known::Present(informing) if informing.on <= day => {
            reasons.push(stated(Why::Informed, Effect::Permits));
        }
        Known::Present(_) | Known::Absent => {
            against(reasons, Why::NotInformed, Effect::Refuses, over);
        }
        Known::NotAsked => against(reasons, Why::InformingNotAsked, Effect::LeavesOpen, over),
    }
}

fn judge_permission(
    reasons: &mut Vec<Reason>,
    permission: &Known<DisclosurePermission>,
    day: Date,
    over: Option<Mark>,
) {
    match permission {
        Known::Present(permission) if permission.on > day => {
            // It does not hold yet.
            against(reasons, Why::NoPermission, Effect::Refuses, over);
        }
        Known::Present(permission) if permission.permitted => {
            let on = permission.on;
            reasons.push(stated(Why::PermissionGiven { on }, Effect::Permits));
        }
        Known::Present(permission) => {
            let on = permission.on;
            against(
                reasons,
                Why::PermissionCancelled { on },
                Effect::Refuses,
                over,
            );
        }
        Known::Absent => against(reasons, Why::NoPermission, Effect::Refuses, over),
        Known::NotAsked => against(reasons, Why::PermissionNotAsked, Effect::LeavesOpen, over),
    }
}

fn judge_bans(
    reasons: &mut Vec<Reason>,
    bans: &Known<DisclosureBans>,
    disclosure: &Disclosure<'_>,
    over: Option<Mark>,
) {
    let bans = match bans {
        Known::NotAsked => {
            return against(reasons, Why::BansNotAsked, Effect::LeavesOpen, over);
        }
        Known::Absent => [].as_slice(),
        Known::Present(bans) => {
            if !bans.not_understood.is_empty() {
                against(reasons, Why::OtherExpression, Effect::LeavesOpen, over);
            }
            &bans.bans
        }
    };
    let before = reasons.len();
    for ban in bans {
        let since = ban.set_on;
        match ban.hits(disclosure.from, disclosure.document, disclosure.day) {
            Some(false) => {}
            None => against(reasons, Why::ServiceTaskNotKnown, Effect::LeavesOpen, over),
            Some(true) => {
                let why = match ban.target {
                    BanTarget::RegisterKeepers(_) => Why::RegisterKeeperBanned { since },
                    BanTarget::ServiceTasks(_) => Why::ServiceTaskBanned { since },
                    BanTarget::Documents(_) => Why::DocumentBanned { since },
                };
                against(reasons, why, Effect::Refuses, over);
            }
        }
    }
    if reasons.len() == before {
        reasons.push(stated(Why::NoBan, Effect::Permits));
    }
}

#[cfg(test)]
mod tests;
