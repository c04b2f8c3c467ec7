//! Register-use rights, as the client-relation documents of the archive give them.

use kanta_client::cda::relation::read_client_relation;
use kanta_client::core::right::RegisterUseRight;
use kanta_client::core::{Date, Oid, Organisation, OrganisationOid, RegisterKeeper, ServiceUnit};

use super::StoredDocument;

/// Returns whether a client-relation document gives a unit the right to use the register on a day.
pub(super) fn gives_right(relation: &StoredDocument, unit: &Oid, day: Date) -> bool {
    let organisation = |oid: &Oid| {
        let oid = OrganisationOid::new(oid.clone()).ok()?;
        Some(Organisation { oid, name: None })
    };
    let (Some(keeper), Some(unit)) = (organisation(&relation.register_keeper), organisation(unit))
    else {
        return false;
    };
    let Some(content) = relation.structured_form() else {
        return false;
    };
    let Ok(described) = read_client_relation(&content, relation.version) else {
        return false;
    };
    let unit = ServiceUnit::new(unit);
    RegisterUseRight::from_relation(&described, &RegisterKeeper::new(keeper))
        .iter()
        .any(|right| right.permits(&unit, day))
}
