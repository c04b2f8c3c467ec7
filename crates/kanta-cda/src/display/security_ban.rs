//! The security ban (Finnish: turvakielto): what a client-relation document does not show.
//!
//! The rule: when a client has a security ban, home municipality, temporary municipality and contact data other than the
//! phone number and the contact address are not shown (Sosmeta, `[S]`). Whoever lives with the client
//! has the same address, so the client's ban covers the persons related too; a related person's own ban covers that person.

use crate::json::Value;
use crate::structure::Field;

/// The document that the rule is about.
const DOCUMENT: &str = "asiakkuusasiakirja";
const CLIENT: &str = "asiakas";
/// The fields of the document that hold protected persons.
const PERSONS: [&str; 2] = [CLIENT, "asiakkaaseen_liittyvat_henkilot"];
const BAN: &str = "turvakielto";
/// A protected person's fields that are not shown.
const HIDDEN: [&str; 2] = ["kotikunta", "tilapainen_asuinkunta"];
const CONTACT_DATA: &str = "yhteystiedot";
/// The contact data that are shown all the same.
const SHOWN_CONTACT_DATA: [&str; 2] = ["puhelinnumero", "yhteysosoite"];

/// Whether the ban covers what is being shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct SecurityBan {
    in_scope: bool,
    client: bool,
    covers: bool,
}

impl SecurityBan {
    /// At the root of a document.
    pub(super) fn of_document(root: Field<'_>, document: Value<'_>) -> Self {
        let in_scope = root.name() == DOCUMENT;
        Self {
            in_scope,
            client: in_scope && document.get(CLIENT).is_some_and(banned),
            covers: false,
        }
    }

    /// Inside one value of a field.
    pub(super) fn inside(self, field: Field<'_>, value: Value<'_>) -> Self {
        let person = self.in_scope && PERSONS.contains(&field.name());
        Self {
            covers: self.covers || person && (self.client || banned(value)),
            ..self
        }
    }

    /// Returns whether a field inside `group` is not shown.
    pub(super) fn hides(self, group: Field<'_>, field: Field<'_>) -> bool {
        self.covers
            && (HIDDEN.contains(&field.name())
                || group.name() == CONTACT_DATA && !SHOWN_CONTACT_DATA.contains(&field.name()))
    }
}

fn banned(person: Value<'_>) -> bool {
    person.get(BAN).and_then(Value::as_bool) == Some(true)
}
