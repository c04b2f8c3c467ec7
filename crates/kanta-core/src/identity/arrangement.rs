//! How a service is arranged, and who keeps the register then.

use crate::{Organisation, RegisterKeeper, ServiceOrganiser};

/// How a client's service is arranged (Finnish: palvelun järjestämistapa): it decides who keeps the register.
///
/// | arrangement | register keeper | the producer needs a register-use right | source |
/// | --- | --- | --- | --- |
/// | the organiser's own work | the organiser | no | 703/2023 13 §, Kela slides 2023, `[S]` |
/// | bought from a producer | the organiser | yes | Kela slides 2023, `[S]` |
/// | by service voucher | the organiser | yes | Kela slides 2023, `[S]` |
/// | paid by the client | the provider with whom the client has the contract | no | 703/2023 13 §, Kela slides 2023, `[S]` |
///
/// Registers of providers that have ended may pass to a county or Helsinki (Kela slides 2024): the keeper that a document names counts
/// for documents that exist; this is for those that are about to be made.
///
/// ```
/// use kanta_core::{Organisation, OrganisationOid, ServiceArrangement, ServiceOrganiser};
///
/// let oid = OrganisationOid::parse("1.2.246.10.99999999.10.0")?;
/// let county = ServiceOrganiser::new(Organisation::new(oid, "Kuvitelman hyvinvointialue"));
/// let bought = ServiceArrangement::Purchased { organiser: county };
/// assert_eq!(bought.register_keeper().name(), Some("Kuvitelman hyvinvointialue"));
/// assert!(bought.needs_register_use_right());
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceArrangement {
    /// The organiser does it itself (Finnish: oma palvelutuotanto).
    OwnProduction {
        /// The organiser.
        organiser: ServiceOrganiser,
    },
    /// The organiser buys it (Finnish: ostopalvelu).
    Purchased {
        /// The organiser.
        organiser: ServiceOrganiser,
    },
    /// The client has a service voucher of the organiser (Finnish: palveluseteli).
    Voucher {
        /// The organiser.
        organiser: ServiceOrganiser,
    },
    /// The client pays for it (Finnish: asiakkaan itse maksama palvelu).
    PaidByClient {
        /// The private provider with whom the client has the contract.
        provider: Organisation,
    },
}

impl ServiceArrangement {
    /// Returns who keeps the register of the documents that the service makes.
    #[must_use]
    pub fn register_keeper(&self) -> RegisterKeeper {
        match self {
            Self::OwnProduction { organiser }
            | Self::Purchased { organiser }
            | Self::Voucher { organiser } => RegisterKeeper::new(organiser.clone().into()),
            Self::PaidByClient { provider } => RegisterKeeper::new(provider.clone()),
        }
    }

    /// Returns whether the one who does the work is a producer for another's register and needs a register-use right
    /// ([`crate::right`]): without it a pure producer cannot archive at all (Kela slides 2023, `[S]`).
    #[must_use]
    pub fn needs_register_use_right(&self) -> bool {
        matches!(self, Self::Purchased { .. } | Self::Voucher { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::fixture::{county, organisation};

    #[test]
    fn the_keeper_is_the_organiser_unless_the_client_pays() {
        let organiser = county();
        let provider = organisation("30");
        for (arrangement, keeper, right) in [
            (
                ServiceArrangement::OwnProduction {
                    organiser: organiser.clone(),
                },
                "0",
                false,
            ),
            (
                ServiceArrangement::Purchased {
                    organiser: organiser.clone(),
                },
                "0",
                true,
            ),
            (ServiceArrangement::Voucher { organiser }, "0", true),
            (ServiceArrangement::PaidByClient { provider }, "30", false),
        ] {
            assert_eq!(
                *arrangement.register_keeper().as_organisation(),
                organisation(keeper)
            );
            assert_eq!(arrangement.needs_register_use_right(), right);
        }
    }
}
