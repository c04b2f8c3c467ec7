//! Organisations in their roles: types that are not taken for each other.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::{Organisation, OrganisationOid};

macro_rules! role {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone)]
        pub struct $name(Organisation);

        impl $name {
            /// Gives an organisation this role.
            #[must_use]
            pub fn new(organisation: Organisation) -> Self {
                Self(organisation)
            }

            /// Returns the identifier in the SOTE organisation register.
            #[must_use]
            pub fn oid(&self) -> &OrganisationOid {
                &self.0.oid
            }

            /// Returns the name, when it is told.
            #[must_use]
            pub fn name(&self) -> Option<&str> {
                self.0.name.as_deref()
            }

            /// Returns the organisation, without its role.
            #[must_use]
            pub fn as_organisation(&self) -> &Organisation {
                &self.0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.oid == other.0.oid
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.oid.hash(state);
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.oid)
            }
        }

        impl From<$name> for Organisation {
            fn from(role: $name) -> Self {
                role.0
            }
        }
    };
}

role! {
    /// The operating unit of an organisation, its root in the SOTE organisation register (Finnish: toimintayksikkö).
    ///
    /// Its OID often ends in `.10.0`, but not always (test messages, `[S]`).
    OperatingUnit
}

role! {
    /// The unit where the client really is (Finnish: palveluyksikkö; in Soteri: palvelupiste, county letter, `[S]`).
    ///
    /// Two are the same when their OIDs are; names do not count. The unit of a register keeper may stand under another
    /// organisation's business id (test messages, `[S]`), so nothing about its owner is ever read from its OID:
    ///
    /// ```compile_fail
    /// use kanta_core::{RegisterKeeper, ServiceUnit};
    ///
    /// fn keeper_of(unit: ServiceUnit) -> RegisterKeeper {
    ///     unit.into() // there is no such conversion
    /// }
    /// ```
    ServiceUnit
}

role! {
    /// Who keeps the register and answers for it: the GDPR's controller (Finnish: rekisterinpitäjä).
    ///
    /// In public social care the service organiser; in private care the provider with whom the client has the contract
    /// (703/2023 13 §, Kela slides 2023, `[S]`). The keeper of a register can change, so it is always told, never derived.
    ///
    /// ```
    /// use kanta_core::{Organisation, OrganisationOid, RegisterKeeper};
    ///
    /// let oid = OrganisationOid::parse("1.2.246.10.99999999.10.0")?;
    /// let county = RegisterKeeper::new(Organisation::new(oid, "Kuvitelman hyvinvointialue"));
    /// assert_eq!(county.name(), Some("Kuvitelman hyvinvointialue"));
    /// # Ok::<(), kanta_core::InvalidValue>(())
    /// ```
    RegisterKeeper
}

role! {
    /// Who is responsible for the client's services, often a wellbeing services county (Finnish: palvelunjärjestäjä).
    ServiceOrganiser
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_make_a_difference() {
        let oid = OrganisationOid::parse("1.2.246.10.99999999.10.21").unwrap();
        let named = ServiceUnit::new(Organisation::new(oid.clone(), "Kuvitelman perhepalvelut"));
        let unnamed = ServiceUnit::new(Organisation { oid, name: None });
        assert_eq!(named, unnamed);
        assert_eq!(
            format!("{named:?}"),
            "ServiceUnit(1.2.246.10.99999999.10.21)"
        );
    }
}
