//! The kinds of documents.

use crate::CodedValue;

/// The kind of a document, which decides its header, its body and the message that carries it (Finnish: asiakirjaryhmä).
///
/// Whether a kind can be written depends on the spec bundle: where the code of its group is not known, writing fails with
/// `KANTA-SPEC-INCOMPLETE` before anything is made (Kela slides 2020; code server).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentKind {
    /// A client-relation document (Finnish: asiakkuusasiakirja).
    ClientRelation,
    /// A case document (Finnish: asia-asiakirja).
    Case,
    /// A client document of the second or a later phase (Finnish: toisen tai myöhemmän vaiheen asiakasasiakirja).
    ClientDocument,
    /// An entry of the client's case notes (Finnish: asiakaskertomusmerkintä).
    CaseNote,
    /// A client document of the first phase: a display form only (Finnish: ensimmäisen vaiheen asiakasasiakirja).
    FirstPhase,
    /// A legacy document, made before its maker joined the archive (Finnish: vanha asiakirja).
    Legacy,
    /// A permission to disclose data (Finnish: luovutuslupa-asiakirja).
    DisclosurePermission,
    /// A ban on disclosing data (Finnish: kieltoasiakirja).
    DisclosureBan,
    /// A document of another group, by its code, or of none. It can be written when the bundle has a table
    /// `document.kind.…` whose `group` is this code.
    Other(Option<CodedValue>),
}

impl DocumentKind {
    /// The kinds that have a name here.
    pub const NAMED: [Self; 8] = [
        Self::ClientRelation,
        Self::Case,
        Self::ClientDocument,
        Self::CaseNote,
        Self::FirstPhase,
        Self::Legacy,
        Self::DisclosurePermission,
        Self::DisclosureBan,
    ];

    /// Returns the word that the keys of the spec bundle use; `None` for a kind without a name here.
    #[must_use]
    pub fn key(&self) -> Option<&'static str> {
        match self {
            Self::ClientRelation => Some("client_relation"),
            Self::Case => Some("case"),
            Self::ClientDocument => Some("client_document"),
            Self::CaseNote => Some("case_note"),
            Self::FirstPhase => Some("first_phase"),
            Self::Legacy => Some("legacy"),
            Self::DisclosurePermission => Some("disclosure_permission"),
            Self::DisclosureBan => Some("disclosure_ban"),
            Self::Other(_) => None,
        }
    }

    /// Returns the kind that a word of the spec bundle names.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::NAMED.into_iter().find(|kind| kind.key() == Some(key))
    }

    /// Returns whether the kind belongs to a case and names its professional: client documents of every phase and case
    /// notes.
    #[must_use]
    pub fn is_client_document(&self) -> bool {
        matches!(
            self,
            Self::ClientDocument | Self::CaseNote | Self::FirstPhase | Self::Legacy
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_kind_has_its_own_key() {
        for kind in DocumentKind::NAMED {
            assert_eq!(DocumentKind::from_key(kind.key().unwrap()), Some(kind));
        }
        assert_eq!(DocumentKind::from_key("other"), None);
    }
}
