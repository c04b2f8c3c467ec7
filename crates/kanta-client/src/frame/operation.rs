//! What a message asks for, as the spec bundle names it.

use std::borrow::Cow;
use std::fmt;

use kanta_core::CodedValue;
use kanta_core::audit::LoggedAction;
use kanta_core::metadata::DocumentKind;
use kanta_core::spec::{Spec, SpecError};

use super::FrameError;
use crate::ExtendedSearchGround;

/// What a message asks for: a key of the spec bundle under `message.operation`, which has its interaction, trigger event
/// and service request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operation(Cow<'static, str>);

impl Operation {
    /// Storing the first version of a document.
    ///
    /// # Errors
    /// [`FrameError::Kind`] for a kind without a name.
    pub fn store(kind: &DocumentKind) -> Result<Self, FrameError> {
        Self::of_kind("store", kind)
    }

    /// Storing a new version of a document.
    ///
    /// # Errors
    /// [`FrameError::Kind`] for a kind without a name.
    pub fn new_version(kind: &DocumentKind) -> Result<Self, FrameError> {
        Self::of_kind("new_version", kind)
    }

    /// Annulling a document.
    ///
    /// # Errors
    /// [`FrameError::Kind`] for a kind without a name.
    pub fn annul(kind: &DocumentKind) -> Result<Self, FrameError> {
        let key = kind.key().ok_or(FrameError::Kind)?;
        Ok(Self(Cow::Borrowed(if is_will(key) {
            "annul_will"
        } else {
            "annul"
        })))
    }

    /// Asking for something, by a right.
    ///
    /// # Errors
    /// [`FrameError::Access`] for a question that cannot be asked by that right.
    pub fn query(kind: QueryKind, access: &Access) -> Result<Self, FrameError> {
        let key = match (kind, access) {
            (QueryKind::ClientRelations, Access::Register) => "find_client_relations",
            (QueryKind::Cases, Access::Register) => "find_cases",
            (QueryKind::Metadata, Access::Register) => "search_metadata",
            (QueryKind::Metadata, Access::Permission) => "search_disclosed",
            (QueryKind::Metadata, Access::ExtendedRight(_)) => "search_extended",
            (QueryKind::Metadata, Access::AuthorityRight(_)) => "search_authority",
            (QueryKind::Documents, Access::Register) => "fetch_document",
            (QueryKind::Documents, Access::Permission) => "fetch_disclosed",
            (QueryKind::Documents, Access::ExtendedRight(_)) => "fetch_extended",
            (QueryKind::Documents, Access::AuthorityRight(_)) => "fetch_authority",
            (QueryKind::Summary, Access::Register) => "fetch_summary",
            (QueryKind::EnrichedSummary, Access::Register) => "fetch_enriched_summary",
            (QueryKind::Wills, Access::Register) => "fetch_wills",
            _ => return Err(FrameError::Access),
        };
        Ok(Self(Cow::Borrowed(key)))
    }

    /// Returns the key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0
    }

    /// Returns whether the will service (Tahdonilmaisupalvelu) answers, not the archive.
    #[must_use]
    pub fn is_about_wills(&self) -> bool {
        let kind = self.0.strip_prefix("store_");
        let kind = kind.or_else(|| self.0.strip_prefix("new_version_"));
        ["annul_will", "fetch_wills"].contains(&&*self.0) || kind.is_some_and(is_will)
    }

    /// Returns whether something is asked for, and nothing changed.
    pub(crate) fn asks(&self) -> bool {
        matches!(
            self.logged_action(),
            LoggedAction::Search | LoggedAction::Fetch
        )
    }

    /// Returns what the use log calls it.
    pub(crate) fn logged_action(&self) -> LoggedAction {
        match self.0.split('_').next() {
            Some("find" | "search") => LoggedAction::Search,
            Some("fetch") => LoggedAction::Fetch,
            _ if self.is_about_wills() => LoggedAction::RecordWill,
            Some("annul") => LoggedAction::Annul,
            _ => LoggedAction::Archive,
        }
    }

    /// Returns the service request (Finnish: palvelupyyntö).
    pub(crate) fn service_request<'s>(&self, spec: &'s Spec) -> Result<&'s CodedValue, SpecError> {
        self.code("service_request", spec)
    }

    pub(super) fn text<'s>(&self, part: &str, spec: &'s Spec) -> Result<&'s str, SpecError> {
        spec.text(&self.part(part))
    }

    fn code<'s>(&self, part: &str, spec: &'s Spec) -> Result<&'s CodedValue, SpecError> {
        spec.code(&self.part(part))
    }

    fn part(&self, part: &str) -> String {
        format!("message.operation.{}.{part}", self.0)
    }

    fn of_kind(verb: &str, kind: &DocumentKind) -> Result<Self, FrameError> {
        let key = kind.key().ok_or(FrameError::Kind)?;
        Ok(Self(Cow::Owned(format!("{verb}_{key}"))))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kinds of documents that the will service keeps.
fn is_will(kind: &str) -> bool {
    ["disclosure_permission", "disclosure_ban"].contains(&kind)
}

/// What a query asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryKind {
    /// Client relations (Finnish: hae asiakkuus).
    ClientRelations,
    /// Cases (Finnish: hae asia).
    Cases,
    /// Descriptions of documents (Finnish: hae asiakirjan metatiedot).
    Metadata,
    /// Documents (Finnish: hae asiakirja).
    Documents,
    /// The summary of a client's data (Finnish: hae kooste).
    Summary,
    /// The richer summary (Finnish: rikastettu kooste).
    EnrichedSummary,
    /// Permissions, bans and informing (Finnish: tahdonilmaisut).
    Wills,
}

impl QueryKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::ClientRelations,
        Self::Cases,
        Self::Metadata,
        Self::Documents,
        Self::Summary,
        Self::EnrichedSummary,
        Self::Wills,
    ];
}

/// By which right a query reaches what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// The register of the scope: the own one, or the organiser's by a register-use right.
    Register,
    /// The client's disclosure permission (Finnish: luovutuslupa).
    Permission,
    /// The extended right of access (Finnish: laaja tiedonsaantioikeus), with its ground.
    ExtendedRight(ExtendedSearchGround),
    /// The authority's right of access (Finnish: viranomaisen tiedonsaantioikeus), with its ground.
    AuthorityRight(ExtendedSearchGround),
}

impl Access {
    /// Returns the ground that the message tells.
    #[must_use]
    pub fn ground(&self) -> Option<&ExtendedSearchGround> {
        match self {
            Self::ExtendedRight(ground) | Self::AuthorityRight(ground) => Some(ground),
            Self::Register | Self::Permission => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_core::spec::Bundle;

    /// Every kind of document and every question has its place in the bundle, known or not.
    #[test]
    fn the_default_bundle_names_every_operation() {
        let spec = Spec::for_production(&[Bundle::embedded()]);
        let ground = ExtendedSearchGround::other("1", "");
        let mut operations = Vec::new();
        for kind in DocumentKind::NAMED {
            operations.push(Operation::store(&kind).unwrap());
            operations.push(Operation::new_version(&kind).unwrap());
            operations.push(Operation::annul(&kind).unwrap());
        }
        let accesses = [
            Access::Register,
            Access::Permission,
            Access::ExtendedRight(ground.clone()),
            Access::AuthorityRight(ground),
        ];
        for kind in QueryKind::ALL {
            let asked = accesses.iter().map(|access| Operation::query(kind, access));
            operations.extend(asked.filter_map(Result::ok));
        }
        assert_eq!(operations.len(), 24 + 13);
        for operation in operations {
            for part in [
                "interaction",
                "trigger",
                "service_request",
                "accept_acknowledgement",
            ] {
                let key = operation.part(part);
                assert!(spec.status(&key).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn wills_go_to_their_own_service() {
        let wills = [
            DocumentKind::DisclosurePermission,
            DocumentKind::DisclosureBan,
        ];
        for kind in DocumentKind::NAMED {
            let is_will = wills.contains(&kind);
            for operation in [
                Operation::store(&kind).unwrap(),
                Operation::new_version(&kind).unwrap(),
                Operation::annul(&kind).unwrap(),
            ] {
                assert_eq!(operation.is_about_wills(), is_will, "{operation}");
            }
        }
        assert_eq!(
            Operation::store(&DocumentKind::Other(None)),
            Err(FrameError::Kind)
        );
    }
}
