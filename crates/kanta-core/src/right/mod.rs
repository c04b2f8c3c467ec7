//! The register-use right: a producer at work in the organiser's register (Finnish: rekisterinkäyttöoikeus).
//!
//! It is use inside the organiser's register, no disclosure: it needs no permission, and the client cannot forbid it
//! (Kela slides 2023, `[S]`). It arises when the organiser archives a version of the client-relation document that names the
//! producer's or performer's service unit with a first day, and it lasts while the service does (county letter, `[S]`).
//!
//! # Which objects let a producer archive into a county's register?
//! Five, from three parties. The county makes the first three:
//!
//! 1. a [`ClientRelation`](crate::relation::ClientRelation), whose next version names the producer's unit in a service task:
//!    [`RelationChange::grant`](crate::relation::RelationChange::grant); the county archives that version;
//! 2. a [`Case`](crate::relation::Case) of the same service task with the client in it;
//! 3. a [`CaseHandOver`], made of the two by [`RegisterUseRight::hand_over`], given to the producer outside Kanta.
//!
//! The producer reads the relation document and has the fourth, and with its own unit the fifth:
//!
//! 4. a [`RegisterUseRight`]: [`RegisterUseRight::from_relation`], kept for the whole process in [`RegisterUseRights`];
//! 5. the [`Office`](crate::metadata::Office) of its documents: [`RegisterUseRight::office`] names the county as register
//!    keeper and organiser, and the producer's unit, and refuses when the right does not hold on the day.
//!
//! A sub-contractor needs the same, with its unit under the producer's
//! ([`RelationChange::grant_performer`](crate::relation::RelationChange::grant_performer)). Both the county and the producer
//! must have joined Kanta with systems that know the right, and have a contract (county letter): that is theirs to see to.
//!
//! ```
//! use kanta_core::codes::{ServiceTask, SocialService};
//! use kanta_core::metadata::Software;
//! use kanta_core::relation::{ClientRelation, RelationClient, ServiceProducer};
//! use kanta_core::right::RegisterUseRight;
//! use kanta_core::{
//!     ClientIdentity, ClientRelationId, Date, Organisation, OrganisationOid, PersonName, PersonalIdentityCode,
//!     RegisterKeeper, ServiceOrganiser, ServiceUnit,
//! };
//!
//! let organisation = |oid: &str, name: &str| OrganisationOid::parse(oid).map(|oid| Organisation::new(oid, name));
//! let county = organisation("1.2.246.10.99999999.10.0", "Kuvitelman hyvinvointialue")?;
//! let families = ServiceUnit::new(organisation("1.2.246.10.99999999.10.21", "Kuvitelman perhepalvelut")?);
//! let home = ServiceUnit::new(organisation("1.2.246.10.99999998.10.7", "Esimerkkikoti")?);
//! let client = RelationClient::new(
//!     ClientIdentity::official(PersonalIdentityCode::parse("090514A9226")?),
//!     PersonName::new(["Aino"], "Kuvitelma")?,
//! );
//!
//! // The county opens the relation and, in its next version, names the producer's unit.
//! let begin = Date::new(2026, 9, 1)?;
//! let task = ServiceTask::FAMILIES_WITH_CHILDREN;
//! let id = ClientRelationId::parse("2.999.7.1")?;
//! let mut opening = ClientRelation::open(id, client, ServiceOrganiser::new(county.clone()), begin);
//! opening.add_unit(task.clone(), families, begin)?;
//! let first = opening.finish().expect("complete");
//! let mut change = first.change()?;
//! change.grant(
//!     &task,
//!     ServiceProducer::starting(home.clone(), Date::new(2026, 10, 1)?).with_services([SocialService::SOCIAL_GUIDANCE]),
//! )?;
//! let second = change.finish().expect("complete");
//!
//! // The producer reads that version. Whose register it came from is told by the document's header.
//! let keeper = RegisterKeeper::new(county);
//! let rights = RegisterUseRight::from_relation(&second, &keeper);
//! let right = rights.iter().find(|right| *right.unit() == home).expect("the unit is named");
//! assert!(right.permits(&home, Date::new(2026, 10, 1)?));
//! assert!(!right.permits(&home, Date::new(2026, 9, 30)?));
//!
//! let producer = organisation("1.2.246.10.99999998.10.0", "Esimerkkihoiva Oy")?;
//! let software = Software { vendor: "Esimerkki".into(), product: "Kirjaamo".into(), version: "1".into() };
//! let office = right.office(&home, Date::new(2026, 10, 1)?, producer, software)?;
//! assert_eq!(office.register_keeper.name.as_deref(), Some("Kuvitelman hyvinvointialue"));
//! # Ok::<(), kanta_core::InvalidValue>(())
//! ```

mod archiving;
mod hand_over;
mod register_use_right;
mod search;
mod set;

pub use hand_over::{CaseHandOver, JointCaseRights};
pub use register_use_right::{RegisterUseRight, RightHolder};
pub use search::RegisterSearch;
pub use set::RegisterUseRights;

use crate::Rule;

/// The rules that the check of a producer's document knows.
pub const CATALOGUE: &[Rule] = &[
    archiving::KEEPER,
    archiving::ORGANISER,
    archiving::UNIT,
    archiving::DAY,
    archiving::CLIENT,
];
