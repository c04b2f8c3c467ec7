//! The answer to "may this be disclosed?", with its reasons as data.

use crate::{Date, Mark};

/// Whether a document may be disclosed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureAnswer {
    reasons: Vec<Reason>,
}

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is no disclosure: the register is the same.
    NotADisclosure,
    /// It may.
    Permitted,
    /// It may not.
    Refused,
    /// A fact is missing.
    Undecided,
}

/// One reason of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What it is.
    pub why: Why,
    /// What it does to the answer.
    pub effect: Effect,
    /// How sure the project is that it does so.
    pub mark: Mark,
}

/// What a reason does to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It speaks for disclosure.
    Permits,
    /// It stops disclosure.
    Refuses,
    /// It leaves the answer open.
    LeavesOpen,
    /// It is passed over, and worth showing and logging.
    PassedOver,
}

/// What a reason is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The register is the searcher's own.
    SameRegister,
    /// The client has been informed of Kanta.
    Informed,
    /// The client has not been informed of Kanta.
    NotInformed,
    /// It was not asked whether the client has been informed.
    InformingNotAsked,
    /// The client has given the permission.
    PermissionGiven {
        /// On this day.
        on: Date,
    },
    /// There is no permission on the day.
    NoPermission,
    /// The client has cancelled the permission.
    PermissionCancelled {
        /// On this day.
        on: Date,
    },
    /// It was not asked whether there is a permission.
    PermissionNotAsked,
    /// A ban of the register keeper hits.
    RegisterKeeperBanned {
        /// Since this day.
        since: Date,
    },
    /// A ban of the service task hits.
    ServiceTaskBanned {
        /// Since this day.
        since: Date,
    },
    /// A ban of the document hits.
    DocumentBanned {
        /// Since this day.
        since: Date,
    },
    /// No ban hits.
    NoBan,
    /// It was not asked which bans there are.
    BansNotAsked,
    /// There are bans of service tasks, and the document's is not known.
    ServiceTaskNotKnown,
    /// The client has expressed something that is not understood.
    OtherExpression,
    /// The document is of the first phase.
    FirstPhase,
    /// The document is a legacy one.
    Legacy,
    /// The phase of the document is not known.
    PhaseNotKnown,
    /// The extended right of access, with the ground's code.
    ExtendedRight {
        /// The code of the ground.
        ground: String,
    },
    /// The authority's right of access, with the ground's code.
    AuthorityRight {
        /// The code of the ground.
        ground: String,
    },
}

impl DisclosureAnswer {
    pub(super) fn new(reasons: Vec<Reason>) -> Self {
        Self { reasons }
    }

    /// Returns the answer in one word: one reason that refuses is enough, then one that leaves it open.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let has = |effect| self.reasons.iter().any(|reason| reason.effect == effect);
        if self.has(&Why::SameRegister) {
            Verdict::NotADisclosure
        } else if has(Effect::Refuses) {
            Verdict::Refused
        } else if has(Effect::LeavesOpen) {
            Verdict::Undecided
        } else {
            Verdict::Permitted
        }
    }

    /// Returns every reason, also those that did not decide.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// Returns whether this reason is among them.
    #[must_use]
    pub fn has(&self, why: &Why) -> bool {
        self.reasons.iter().any(|reason| reason.why == *why)
    }
}

impl Why {
    /// Returns the reason in Finnish.
    #[must_use]
    pub fn finnish(&self) -> String {
        match self {
            Self::SameRegister => "rekisteri on haun tekijän oma".into(),
            Self::Informed => "asiakas on saanut Kanta-informoinnin".into(),
            Self::NotInformed => "asiakas ei ole saanut Kanta-informointia".into(),
            Self::InformingNotAsked => "Kanta-informointia ei ole haettu".into(),
            Self::PermissionGiven { on } => format!("asiakas on antanut luovutusluvan {on}"),
            Self::NoPermission => "luovutuslupaa ei ole".into(),
            Self::PermissionCancelled { on } => format!("asiakas on perunut luovutusluvan {on}"),
            Self::PermissionNotAsked => "luovutuslupaa ei ole haettu".into(),
            Self::RegisterKeeperBanned { since } => {
                format!("asiakas on kieltänyt rekisterinpitäjän tietojen luovutuksen {since}")
            }
            Self::ServiceTaskBanned { since } => {
                format!("asiakas on kieltänyt palvelutehtävän tietojen luovutuksen {since}")
            }
            Self::DocumentBanned { since } => {
                format!("asiakas on kieltänyt asiakirjan luovutuksen {since}")
            }
            Self::NoBan => "mikään kielto ei osu".into(),
            Self::BansNotAsked => "kieltoja ei ole haettu".into(),
            Self::ServiceTaskNotKnown => {
                "asiakas on kieltänyt palvelutehtäviä, mutta asiakirjan palvelutehtävää ei tiedetä"
                    .into()
            }
            Self::OtherExpression => "asiakkaalla on tahdonilmaisu, jota ei tunneta".into(),
            Self::FirstPhase => "ensimmäisen vaiheen asiakirjaa ei luovuteta".into(),
            Self::Legacy => "vanhaa asiakirjaa ei luovuteta".into(),
            Self::PhaseNotKnown => "asiakirjan vaihetta ei tiedetä".into(),
            Self::ExtendedRight { ground } => format!("laaja tiedonsaantioikeus, peruste {ground}"),
            Self::AuthorityRight { ground } => {
                format!("viranomaisen tiedonsaantioikeus, peruste {ground}")
            }
        }
    }

    /// Returns the reason in English.
    #[must_use]
    pub fn english(&self) -> String {
        match self {
            Self::SameRegister => "the register is the searcher's own".into(),
            Self::Informed => "the client has been informed of Kanta".into(),
            Self::NotInformed => "the client has not been informed of Kanta".into(),
            Self::InformingNotAsked => "the Kanta informing was not asked for".into(),
            Self::PermissionGiven { on } => format!("the client gave the permission on {on}"),
            Self::NoPermission => "there is no disclosure permission".into(),
            Self::PermissionCancelled { on } => {
                format!("the client cancelled the permission on {on}")
            }
            Self::PermissionNotAsked => "the disclosure permission was not asked for".into(),
            Self::RegisterKeeperBanned { since } => {
                format!("the client has banned the register keeper's data since {since}")
            }
            Self::ServiceTaskBanned { since } => {
                format!("the client has banned the service task's data since {since}")
            }
            Self::DocumentBanned { since } => {
                format!("the client has banned the document since {since}")
            }
            Self::NoBan => "no ban hits".into(),
            Self::BansNotAsked => "the bans were not asked for".into(),
            Self::ServiceTaskNotKnown => {
                "the client has banned service tasks, and the document's is not known".into()
            }
            Self::OtherExpression => {
                "the client has expressed something that is not understood".into()
            }
            Self::FirstPhase => "a first-phase document is not disclosed".into(),
            Self::Legacy => "a legacy document is not disclosed".into(),
            Self::PhaseNotKnown => "the phase of the document is not known".into(),
            Self::ExtendedRight { ground } => {
                format!("the extended right of access, on the ground {ground}")
            }
            Self::AuthorityRight { ground } => {
                format!("the authority's right of access, on the ground {ground}")
            }
        }
    }
}
