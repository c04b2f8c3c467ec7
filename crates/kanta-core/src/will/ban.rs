//! Disclosure bans.

use std::fmt;

use super::disclosure::DisclosedDocument;
use super::giver::{Giver, Maker, WillClient};
use crate::codes::{DocumentType, ServiceTask};
use crate::{Date, DocumentOid, RegisterKeeper, TimeStamp};

/// All disclosure bans of a client, as one version of the ban document has them
/// (Finnish: luovutuskiellot, kieltoasiakirja; Sosmeta 1505.9, `[S]`).
///
/// One document holds all bans, and a new version replaces them as a whole (`[I]`). A ban cannot stop the flow between an
/// organiser and its producer: that is the register-use right. `Debug` shows no personal data.
///
/// ```
/// use kanta_core::codes::ServiceTask;
/// use kanta_core::will::{BanTarget, DisclosureBan, DisclosureBans, Maker, WillClient};
/// use kanta_core::{Date, PersonName, PersonalIdentityCode};
///
/// let client = WillClient {
///     identity_code: PersonalIdentityCode::parse("090514A9226")?,
///     name: PersonName::new(["Aino"], "Kuvitelma")?,
/// };
/// let none = DisclosureBans::none(client, Maker::OmaKanta);
/// let bans = none.with(DisclosureBan::new(
///     BanTarget::ServiceTasks(vec![ServiceTask::SUBSTANCE_ABUSE_CARE]),
///     Date::new(2026, 9, 1)?,
/// ));
/// assert_eq!(bans.bans.len(), 1);
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DisclosureBans {
    /// The client.
    pub client: WillClient,
    /// The bans.
    pub bans: Vec<DisclosureBan>,
    /// Where the document was made.
    pub maker: Maker,
    /// Why bans were set or lifted, and other words about it.
    pub explanation: Option<String>,
    /// The day on which the document was drafted (Finnish: laatimispäivämäärä).
    pub drafted: Option<Date>,
    /// Names of parts of the document that are not understood: with any of them, no answer is yes.
    pub not_understood: Vec<String>,
}

/// One disclosure ban (Finnish: luovutuskielto).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureBan {
    /// What must not be disclosed.
    pub target: BanTarget,
    /// The day on which it was set (Finnish: kiellon asettamisen ajankohta).
    pub set_on: Date,
    /// Who set it.
    pub forbidder: Giver,
}

/// What a ban is about: the three kinds of Sosmeta 1505.9 (`[S]`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BanTarget {
    /// Everything in these keepers' registers.
    RegisterKeepers(Vec<RegisterKeeper>),
    /// Everything of these service tasks.
    ServiceTasks(Vec<ServiceTask>),
    /// These documents.
    Documents(Vec<BannedDocument>),
}

/// A document that must not be disclosed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BannedDocument {
    /// Its identifier (Finnish: OID-tunnus).
    pub oid: DocumentOid,
    /// Its type.
    pub document_type: Option<DocumentType>,
    /// When it was drafted (Finnish: laatimisaika).
    pub drafted: Option<TimeStamp>,
}

impl DisclosureBans {
    /// Makes a document without bans: what a client who lifts the last one has.
    #[must_use]
    pub fn none(client: WillClient, maker: Maker) -> Self {
        Self {
            client,
            bans: Vec::new(),
            maker,
            explanation: None,
            drafted: None,
            not_understood: Vec::new(),
        }
    }

    /// Returns the bans with one more.
    #[must_use]
    pub fn with(mut self, ban: DisclosureBan) -> Self {
        self.bans.push(ban);
        self
    }

    /// Returns the bans without those that `lifted` picks.
    #[must_use]
    pub fn without(mut self, lifted: impl Fn(&DisclosureBan) -> bool) -> Self {
        self.bans.retain(|ban| !lifted(ban));
        self
    }
}

impl DisclosureBan {
    /// Makes a ban that the client sets.
    #[must_use]
    pub fn new(target: BanTarget, set_on: Date) -> Self {
        Self {
            target,
            set_on,
            forbidder: Giver::Client,
        }
    }

    /// Returns whether the ban hits a document of a register on a day; `None` when it is about service tasks and the
    /// document's is not known.
    ///
    /// A ban holds from the day on which it was set (`[I]`). A ban of a document hits every version of it: whoever forbids one
    /// means the document (`[I]`, the narrower reading of what may be disclosed).
    #[must_use]
    pub fn hits(
        &self,
        register_keeper: &RegisterKeeper,
        document: &DisclosedDocument,
        day: Date,
    ) -> Option<bool> {
        if day < self.set_on {
            return Some(false);
        }
        match &self.target {
            BanTarget::RegisterKeepers(keepers) => Some(keepers.contains(register_keeper)),
            BanTarget::ServiceTasks(tasks) => document.service_task.as_ref().map(|task| {
                tasks.iter().any(|banned| {
                    let banned = banned.as_ref().code();
                    task.as_ref().is_same_code(banned, &ServiceTask::SYSTEM)
                })
            }),
            BanTarget::Documents(documents) => Some(documents.iter().any(|banned| {
                banned.oid == document.id || document.set_id.as_ref() == Some(&banned.oid)
            })),
        }
    }
}

impl fmt::Debug for DisclosureBans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisclosureBans")
            .field("bans", &self.bans.len())
            .finish_non_exhaustive()
    }
}
