//! Client relations and cases, as objects over their documents (Finnish: asiakkuus, asia).
//!
//! A register keeper has one client relation per client, described by the client-relation document, whose versions follow each
//! other. Under it stand the service tasks, under each task the organiser's service units and the producers with their
//! performers. A case belongs to one service task and has one client, or several when it is joint; client documents point to
//! their case.
//!
//! ```text
//! ClientRelation ─┬─ units: UnitRelation*                       the organiser's own units
//!                 └─ service_tasks: ServiceTaskBlock*
//!                      ├─ units: UnitRelation*                  the organiser's own units in this task
//!                      └─ producers: ServiceProducer*           ◄─ the register-use right (crate::right)
//!                           └─ performers: ServicePerformer*
//! Case ── clients: CaseClient*
//! ```
//!
//! Objects are changed by making the next version: [`ClientRelation::change`] and [`Case::change`] give a draft of it, and
//! `finish` checks every conditional rule of THL's structures before the version exists. The objects know nothing of JSON;
//! `kanta_cda::relation` reads them from the content of documents and writes them into it.

mod case;
mod case_rules;
mod change;
mod client_relation;
mod period;
mod rules;

#[cfg(test)]
pub(crate) mod fixture;

pub use case::{Case, CaseChange, CaseClient, CaseOpening, CaseStates};
pub use change::RelationChange;
pub use client_relation::{
    ClientRelation, RelationClient, SecurityBan, ServicePerformer, ServiceProducer,
    ServiceTaskBlock, UnitRelation,
};
pub use period::{EndDay, Period};

use crate::Rule;

/// The rules that the checks of relations and cases know.
pub const CATALOGUE: &[Rule] = &[
    rules::ID,
    rules::ORGANISER,
    rules::TASK,
    rules::UNIT,
    rules::LEGACY_CLIENT,
    rules::PERIOD,
    rules::OUTSIDE,
    rules::BIRTH_DATE,
    case_rules::NO_CLIENT,
    case_rules::ONE_CLIENT,
    case_rules::JOINED_MISSING,
    case_rules::JOINED_NOT_JOINT,
    case_rules::LEFT_NOT_JOINT,
    case_rules::CLOSING_DAY,
    case_rules::KIND_TEXT,
    case_rules::ORDER,
];
