//! Permission, informing, and expressions that are not known.

use std::fmt;

use super::ban::DisclosureBans;
use super::giver::{Giver, Maker, WillClient};
use crate::{Date, Oid};

/// A client's disclosure permission for the social-care sector, or its cancelling
/// (Finnish: luovutuslupa, luovutuslupa-asiakirja; Sosmeta 1505.8, `[S]`).
///
/// General: one document says yes or no for everything in the sector; a new version replaces the one before. Health care has
/// a permission of its own. `Debug` shows no personal data.
///
/// ```
/// use kanta_core::will::{DisclosurePermission, Maker, WillClient};
/// use kanta_core::{Date, PersonName, PersonalIdentityCode};
///
/// let client = WillClient {
///     identity_code: PersonalIdentityCode::parse("090514A9226")?,
///     name: PersonName::new(["Aino"], "Kuvitelma")?,
/// };
/// let permission = DisclosurePermission::given(client, Date::new(2026, 9, 1)?, Maker::OmaKanta);
/// assert!(permission.permitted);
/// assert!(!permission.cancelled(Date::new(2026, 10, 1)?, Maker::OmaKanta).permitted);
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DisclosurePermission {
    /// The client.
    pub client: WillClient,
    /// Whether data may be disclosed.
    pub permitted: bool,
    /// The day on which it was given or cancelled (Finnish: luovutusluvan antamisen ajankohta).
    pub on: Date,
    /// Who gave it.
    pub giver: Giver,
    /// Where it was made.
    pub maker: Maker,
    /// Why it was given or cancelled, and other words about it.
    pub explanation: Option<String>,
    /// The day on which the document was drafted (Finnish: laatimispäivämäärä).
    pub drafted: Option<Date>,
}

/// That the client has been informed of Kanta (Finnish: Kanta-informointi): a precondition of the permission.
///
/// The structure of its document is unknown, so only the day is modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KantaInforming {
    /// The day on which the client was informed.
    pub on: Date,
}

/// A will of a client that is not understood, such as the ban of the whole sector, whose document was not seen
/// (Finnish: laaja luovutuskielto).
///
/// It makes every answer about disclosure undecided: what is not understood is not passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherExpression {
    /// The structure of its document, when it has one.
    pub content_specification: Option<Oid>,
}

/// Something that a client has expressed in the will service (Finnish: tahdonilmaisu, Tahdonilmaisupalvelu).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpressionOfWill {
    /// A disclosure permission or its cancelling.
    Permission(DisclosurePermission),
    /// All bans.
    Bans(DisclosureBans),
    /// That the client has been informed.
    Informing(KantaInforming),
    /// Something else.
    Other(OtherExpression),
}

impl DisclosurePermission {
    /// Makes a permission that the client gives.
    #[must_use]
    pub fn given(client: WillClient, on: Date, maker: Maker) -> Self {
        Self {
            client,
            permitted: true,
            on,
            giver: Giver::Client,
            maker,
            explanation: None,
            drafted: Some(on),
        }
    }

    /// Returns what replaces it when the client cancels it.
    #[must_use]
    pub fn cancelled(&self, on: Date, maker: Maker) -> Self {
        Self {
            permitted: false,
            ..Self::given(self.client.clone(), on, maker)
        }
    }

    /// Names the legal representatives who gave it in the client's place.
    #[must_use]
    pub fn by(mut self, giver: Giver) -> Self {
        self.giver = giver;
        self
    }
}

impl fmt::Debug for DisclosurePermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisclosurePermission")
            .field("permitted", &self.permitted)
            .field("on", &self.on)
            .finish_non_exhaustive()
    }
}
