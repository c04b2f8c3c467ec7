//! What a client allows and forbids (Finnish: tahdonilmaisut).
//!
//! Searching in **another** register keeper's register is a disclosure (Finnish: luovutus). It needs that the client has been
//! informed of Kanta, has given the disclosure permission of the social-care sector, and has set no ban that hits
//! (kanta.fi, `[S]`). [`may_disclose`] answers with its reasons as data; it is advice for a screen and for tests:
//! the archive decides, and the law is the law.
//!
//! Two rights reach further (703/2023 55 § 2, Kela slides 2024, `[S]`): the extended right of access may pass over a missing
//! permission or bans, and the authority's right of access reaches first-phase and legacy documents too. Both are asked with
//! a ground, which their types cannot be made without: [`ExtendedRight`], [`AuthorityRight`].
//!
//! The register-use right ([`crate::right`]) is no disclosure, and nothing here can stop it: no function of this module takes
//! one.
//!
//! ```compile_fail
//! use kanta_core::right::RegisterUseRight;
//! use kanta_core::will::BanTarget;
//!
//! fn forbid(right: RegisterUseRight) -> BanTarget {
//!     right.into() // a client cannot forbid it (Kela slides 2023)
//! }
//! ```

mod answer;
mod ban;
mod basis;
mod disclosure;
mod giver;
mod permission;
mod rules;

pub use answer::{DisclosureAnswer, Effect, Reason, Verdict, Why};
pub use ban::{BanTarget, BannedDocument, DisclosureBan, DisclosureBans};
pub use basis::{AuthorityRight, Bypass, ExtendedRight, SearchBasis};
pub use disclosure::{
    ClientWill, DisclosedDocument, Disclosure, DocumentPhase, Known, may_disclose,
};
pub use giver::{
    Giver, Maker, Representative, RepresentativeIdentifier, RepresentativeRole, WillClient,
    WillRecorder,
};
pub use permission::{DisclosurePermission, ExpressionOfWill, KantaInforming, OtherExpression};

use crate::Rule;

/// The rules that the checks of permissions and bans know.
pub const CATALOGUE: &[Rule] = &[rules::REPRESENTATIVE, rules::GUARDIAN_BAN];
