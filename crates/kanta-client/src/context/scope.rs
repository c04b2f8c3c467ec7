//! Whose register a request is about.

use kanta_core::OrganisationOid;

/// Whose register a request is about; it decides the use-situation codes of the message, so that they cannot be forgotten
/// (Finnish: käyttötilanne).
///
/// | scope | stores | searches | search for disclosure |
/// | --- | --- | --- | --- |
/// | `OwnRegister` | yes | yes | no |
/// | `OrganiserRegister` | yes | yes | no |
/// | `OwnAndOrganiser` | no | yes | no |
/// | `OtherRegister` | no | no | yes |
///
/// A call that does not fit is refused before anything is sent (`KANTA-FRAME-SCOPE`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// The register of the organisation for whom the user works.
    #[default]
    OwnRegister,
    /// The organiser's register, by a register-use right (Finnish: rekisterinkäyttöoikeus).
    OrganiserRegister {
        /// The organiser that keeps the register.
        register_keeper: OrganisationOid,
    },
    /// The own and the organiser's register with one query, by a register-use right.
    OwnAndOrganiser {
        /// The organiser that keeps the other register.
        register_keeper: OrganisationOid,
    },
    /// Another's register: a disclosure, by the client's permission or by a right that needs none (Finnish: luovutus).
    OtherRegister {
        /// Whose register; `None` for all others.
        register_keeper: Option<OrganisationOid>,
    },
}

impl Scope {
    /// Returns the register keeper that a query names, when it names one.
    #[must_use]
    pub fn named_register_keeper(&self) -> Option<&OrganisationOid> {
        match self {
            Self::OwnRegister => None,
            Self::OrganiserRegister { register_keeper }
            | Self::OwnAndOrganiser { register_keeper } => Some(register_keeper),
            Self::OtherRegister { register_keeper } => register_keeper.as_ref(),
        }
    }

    /// Returns a word for audit events and errors.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::OwnRegister => "own-register",
            Self::OrganiserRegister { .. } => "organiser-register",
            Self::OwnAndOrganiser { .. } => "own-and-organiser",
            Self::OtherRegister { .. } => "other-register",
        }
    }
}
