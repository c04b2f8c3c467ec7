//! On what ground another's register is searched.

use crate::codes::ExtendedSearchGround;

/// On what basis data are searched in another keeper's register.
///
/// Each is a service request of its own (Kela slides 2024, `[S]`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SearchBasis {
    /// The client's disclosure permission (Finnish: luovutuslupa).
    #[default]
    Permission,
    /// The extended right of access.
    ExtendedRight(ExtendedRight),
    /// The authority's right of access.
    AuthorityRight(AuthorityRight),
}

/// A provider's extended right of access: it may pass over a missing permission, bans, or both, for example because of a
/// memory disorder or an intellectual disability (Finnish: laaja tiedonsaantioikeus; 703/2023 55 § 2; requirement HaLu08, `[S]`
/// Kela slides 2024).
///
/// The system must demand the ground from the user (the second requirement printed as HaLu09, `[S]`): without it the type
/// cannot be made.
///
/// ```
/// use kanta_core::codes::ExtendedSearchGround;
/// use kanta_core::will::{Bypass, ExtendedRight};
///
/// let ground = ExtendedSearchGround::other("TEST-GROUND", "Esimerkkiperuste");
/// let right = ExtendedRight::new(ground, Bypass::Permission);
/// assert!(right.passes_over_permission() && !right.passes_over_bans());
/// ```
///
/// ```compile_fail
/// use kanta_core::will::{Bypass, ExtendedRight};
///
/// let right = ExtendedRight::new(Bypass::Permission); // no ground, no search
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedRight {
    ground: ExtendedSearchGround,
    bypass: Bypass,
}

/// What the extended right passes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bypass {
    /// A missing permission.
    Permission,
    /// Bans.
    Bans,
    /// Both.
    PermissionAndBans,
}

/// An authority's right of access: it reaches documents of the first phase and legacy documents too
/// (Finnish: viranomaisen tiedonsaantioikeus; 703/2023 55 § 2; requirement HaLu09, `[S]` Kela slides 2024).
///
/// For systems in authorities' use. The ground is demanded as for [`ExtendedRight`]:
///
/// ```compile_fail
/// use kanta_core::will::AuthorityRight;
///
/// let right = AuthorityRight::new(); // no ground, no search
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityRight {
    ground: ExtendedSearchGround,
}

impl SearchBasis {
    /// Returns the ground that the user gave; the client's permission needs none.
    #[must_use]
    pub fn ground(&self) -> Option<&ExtendedSearchGround> {
        match self {
            Self::Permission => None,
            Self::ExtendedRight(right) => Some(&right.ground),
            Self::AuthorityRight(right) => Some(&right.ground),
        }
    }
}

impl ExtendedRight {
    /// Makes the right of a ground that the user gave.
    #[must_use]
    pub fn new(ground: ExtendedSearchGround, bypass: Bypass) -> Self {
        Self { ground, bypass }
    }

    /// Returns whether a missing permission is passed over.
    #[must_use]
    pub fn passes_over_permission(&self) -> bool {
        matches!(self.bypass, Bypass::Permission | Bypass::PermissionAndBans)
    }

    /// Returns whether bans are passed over.
    #[must_use]
    pub fn passes_over_bans(&self) -> bool {
        matches!(self.bypass, Bypass::Bans | Bypass::PermissionAndBans)
    }
}

impl AuthorityRight {
    /// Makes the right of a ground that the user gave.
    #[must_use]
    pub fn new(ground: ExtendedSearchGround) -> Self {
        Self { ground }
    }
}
