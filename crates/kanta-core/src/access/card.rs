//! When a worker needs a card.

use super::decision::Basis;

/// What a worker is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CardAction {
    /// Write into the client system, without archiving (Finnish: kirjaaminen).
    Record,
    /// Archive a document.
    Archive,
    /// Archive the work of others who have no card (Finnish: massa-arkistointi).
    ArchiveForOthers,
    /// Search in Kanta (Finnish: haku).
    Search,
    /// Sign as a professional (Finnish: ammattilaisen sähköinen allekirjoitus).
    SignAsProfessional,
}

/// Who signs a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentSigning {
    /// A professional must: its structure has a signature component, as restriction decisions have.
    Professional,
    /// The system's signature is enough, as for case notes and implementation plans (county letter, `[S]`).
    System,
}

/// Whether a card is needed, and where that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardAdvice {
    /// A professional's, staff or actor card, or an identification as strong.
    Required {
        /// The source.
        source: &'static str,
    },
    /// No card is needed.
    NotRequired {
        /// The source.
        source: &'static str,
    },
    /// The sources differ: the provider decides, and the stricter reading is to use a card.
    SourcesDiffer {
        /// The source that asks for a card.
        stricter: &'static str,
        /// The source that does not.
        milder: &'static str,
    },
}

const VENDOR: &str = "vendor page";
const COUNTY: &str = "county letter";

/// Returns whether an action with a document of a kind needs a card.
///
/// | action | signed by | card | source |
/// | --- | --- | --- | --- |
/// | record | system | no | vendor page, county letter, `[S]` |
/// | record | professional | no: the card is needed when it is signed | vendor page, `[S]` |
/// | archive | system | sources differ: yes (001), not on mobile (004) | `[S]` |
/// | archive | professional | yes | vendor page, county letter, `[S]` |
/// | archive for others | any | yes: the one who archives has a card | vendor page, `[S]` |
/// | search | any | yes | vendor page, county letter, `[S]` |
/// | sign as a professional | any | yes | vendor page, `[S]` |
///
/// ```
/// use kanta_core::access::{CardAction, CardAdvice, DocumentSigning, requires_card};
///
/// let advice = requires_card(CardAction::Search, DocumentSigning::System);
/// assert!(matches!(advice, CardAdvice::Required { .. }));
/// assert!(advice.is_required_to_be_safe());
/// ```
#[must_use]
pub fn requires_card(action: CardAction, signing: DocumentSigning) -> CardAdvice {
    match (action, signing) {
        (CardAction::Record, _) => CardAdvice::NotRequired { source: VENDOR },
        (CardAction::Archive, DocumentSigning::System) => CardAdvice::SourcesDiffer {
            stricter: VENDOR,
            milder: COUNTY,
        },
        (CardAction::Archive | CardAction::ArchiveForOthers, _) => {
            CardAdvice::Required { source: VENDOR }
        }
        (CardAction::Search, _) => CardAdvice::Required { source: COUNTY },
        (CardAction::SignAsProfessional, _) => CardAdvice::Required { source: VENDOR },
    }
}

/// Returns whether data on a basis may be shown only to a worker who is identified by a card or as strongly: whatever comes by
/// disclosure or by a register-use right (county letter, `[S]`).
///
/// ```
/// use kanta_core::access::{Basis, needs_strong_identification};
///
/// assert!(needs_strong_identification(Basis::RegisterUseRight));
/// assert!(!needs_strong_identification(Basis::OwnRelation));
/// ```
#[must_use]
pub fn needs_strong_identification(basis: Basis) -> bool {
    basis.is_from_another_register()
}

impl CardAdvice {
    /// Returns whether the strictest source asks for a card.
    #[must_use]
    pub fn is_required_to_be_safe(self) -> bool {
        !matches!(self, Self::NotRequired { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_answer() {
        use CardAction::{Archive, ArchiveForOthers, Record, Search, SignAsProfessional};
        use DocumentSigning::{Professional, System};
        for (action, signing, word, safe) in [
            (Record, System, "NotRequired", false),
            (Record, Professional, "NotRequired", false),
            (Archive, System, "SourcesDiffer", true),
            (Archive, Professional, "Required", true),
            (ArchiveForOthers, System, "Required", true),
            (ArchiveForOthers, Professional, "Required", true),
            (Search, System, "Required", true),
            (Search, Professional, "Required", true),
            (SignAsProfessional, System, "Required", true),
            (SignAsProfessional, Professional, "Required", true),
        ] {
            let advice = requires_card(action, signing);
            assert!(
                format!("{advice:?}").starts_with(word),
                "{action:?} {signing:?}"
            );
            assert_eq!(advice.is_required_to_be_safe(), safe);
        }
    }

    #[test]
    fn data_from_another_register_need_strong_identification() {
        for basis in Basis::ALL {
            let own = ["own-relation", "joint-case", "administration"].contains(&basis.key());
            assert_eq!(needs_strong_identification(basis), !own, "{basis:?}");
        }
    }
}
