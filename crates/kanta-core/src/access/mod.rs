//! Who may see what, as advice (Finnish: käyttöoikeudet).
//!
//! The right to use client data rests on the worker's task and the service given, only as far as is necessary, and on a context
//! that is verified technically (703/2023 9 §, Kela slides 2023, `[S]`). What each work task may use at most is laid down in the
//! ministry's decree 457/2024 (before: 825/2022), whose tables were not at hand: [`TablePolicy`] loads a table that the
//! provider answers for. **This is advice for a client system, not the law**; the example table of the tests is an example.
//!
//! What does not depend on the table is here: without evidence of a context the answer is no; evidence must fit the worker's
//! unit, the register, the client and the day; a worker without the document's service task sees nothing of it (vendor page); data
//! from another's register need strong identification (county letter). Where a fact or a row is missing the answer is
//! [`AccessDecision::Undecided`], never yes.
//!
//! ```
//! use kanta_core::access::{AccessDecision, AccessPolicy, AccessRequest, AccessedDocument, DenyReason, TablePolicy, UserContext, WorkTask};
//! use kanta_core::codes::ServiceTask;
//! use kanta_core::{Date, Organisation, OrganisationOid, RegisterKeeper, ServiceUnit};
//!
//! let table = TablePolicy::from_toml(
//!     r#"
//!     name = "an example"
//!     [[row]]
//!     work_task = "public-delivery"
//!     service_task = ["24"]
//!     decision = "permit"
//!     "#,
//! )?;
//! let county = Organisation::new(OrganisationOid::parse("1.2.246.10.99999999.10.0")?, "Kuvitelman hyvinvointialue");
//! let user = UserContext {
//!     work_task: WorkTask::PublicDelivery,
//!     service_tasks: vec![ServiceTask::FAMILIES_WITH_CHILDREN],
//!     unit: ServiceUnit::new(county.clone()),
//!     register_keeper: RegisterKeeper::new(county),
//!     strongly_identified: true,
//! };
//! let request = AccessRequest {
//!     user: &user,
//!     document: &AccessedDocument::default(),
//!     evidence: &[],
//!     day: Date::new(2026, 9, 1)?,
//! };
//! let decision = table.decide(&request);
//! assert_eq!(decision, AccessDecision::Deny { reasons: vec![DenyReason::NoEvidence] });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod card;
mod decision;
mod document;
mod evidence;
mod table;
mod work_task;

pub use card::{
    CardAction, CardAdvice, DocumentSigning, needs_strong_identification, requires_card,
};
pub use decision::{
    AccessDecision, AccessPolicy, AccessRequest, Basis, DenyReason, MissingFact, UserContext,
};
pub use document::AccessedDocument;
pub use evidence::{ClientContext, ContextEvidence};
pub use table::{TableError, TablePolicy};
pub use work_task::WorkTask;
