//! The rights that a process knows.

use std::collections::HashMap;

use super::RegisterUseRight;
use crate::relation::ClientRelation;
use crate::{ClientIdentity, Date, RegisterKeeper, ServiceUnit, VersionNumber};

/// The register-use rights that a process knows, from the relations of any number of register keepers and clients.
///
/// One process may serve several organisations: a right counts in its own register and for its own client only.
///
/// ```
/// use kanta_core::right::RegisterUseRights;
///
/// let mut rights = RegisterUseRights::new();
/// // Whenever a client-relation document arrives:
/// // rights.update(&relation, &register_keeper);
/// assert_eq!(rights.iter().count(), 0);
/// ```
#[derive(Debug, Clone, Default)]
pub struct RegisterUseRights {
    /// By register keeper and relation: the version that was read last, and its rights.
    of_relation: HashMap<(String, String), (VersionNumber, Vec<RegisterUseRight>)>,
}

impl RegisterUseRights {
    /// Makes an empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the rights of a version of a client relation in place of those of the version before it. Returns whether it did:
    /// an older version than the one known changes nothing, nor does a relation without identifier.
    pub fn update(&mut self, relation: &ClientRelation, register_keeper: &RegisterKeeper) -> bool {
        let Some(id) = &relation.id else {
            return false;
        };
        let key = (register_keeper.oid().to_string(), id.to_string());
        if let Some((known, _)) = self.of_relation.get(&key)
            && *known > relation.version
        {
            return false;
        }
        let rights = RegisterUseRight::from_relation(relation, register_keeper);
        self.of_relation.insert(key, (relation.version, rights));
        true
    }

    /// Returns a right by which a unit may work in a register for a client on a day.
    #[must_use]
    pub fn find(
        &self,
        register_keeper: &RegisterKeeper,
        client: &ClientIdentity,
        unit: &ServiceUnit,
        day: Date,
    ) -> Option<&RegisterUseRight> {
        self.iter().find(|right| {
            right.register_keeper() == register_keeper
                && right.client().is_same_client(client) == Some(true)
                && right.permits(unit, day)
        })
    }

    /// Iterates over all rights, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &RegisterUseRight> {
        self.of_relation.values().flat_map(|(_, rights)| rights)
    }
}
