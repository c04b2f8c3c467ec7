//! Register-use rights, as far as the test archive needs them (domain.md 7): whole days, the end day included.

use kanta_client::cda::ClinicalDocument;
use kanta_client::core::spec::Spec;
use kanta_client::core::{Date, Oid};
use kanta_client::xml::Limits;
use serde_json::Value;

/// Returns whether a client-relation document gives a unit the right to use the register on a day: it names the unit as a
/// producer's or a performer's, and the relation to that unit has begun and not ended.
pub(super) fn gives_right(relation: &[u8], unit: &Oid, day: Date, spec: &Spec) -> bool {
    let content = ClinicalDocument::read(relation, spec, &Limits::default())
        .ok()
        .and_then(|document| document.body()?.structured_form().ok())
        .and_then(|json| serde_json::from_slice::<Value>(&json).ok());
    let Some(content) = content else {
        return false;
    };
    list(&content["asiakkuusasiakirja"]["sosiaalihuollon_palvelutehtava"])
        .flat_map(|task| list(&task["palveluntuottaja"]))
        .flat_map(|producer| {
            // A performer works only while its producer does.
            let performers = list(&producer["palveluntoteuttaja"]);
            let performers = performers.map(move |performer| vec![producer, performer]);
            std::iter::once(vec![producer]).chain(performers)
        })
        .any(|chain| {
            chain
                .last()
                .is_some_and(|block| block["palveluyksikon_nimi"]["code"] == unit.as_str())
                && chain.iter().all(|block| holds(block, day))
        })
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Days are compared as texts: the structure has them as year, month and day.
fn holds(block: &Value, day: Date) -> bool {
    let day = day.to_string();
    let begun = block["asiakkuuden_alkamispvm"]
        .as_str()
        .is_some_and(|begin| begin <= day.as_str());
    let ended = block["asiakkuuden_paattymispvm"]
        .as_str()
        .is_some_and(|end| end < day.as_str());
    begun && !ended
}
