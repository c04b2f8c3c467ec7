//! The sequence of the social-care header's items: those whose order was seen, and the others each at a place of its own.
//!
//! Readers find an item wherever it stands. Only writing asks for its place, and only for an item that the document has: a
//! place that nobody saw is refused like every other value of the bundle that is not known well enough.

use kanta_core::spec::{Spec, SpecError};

use super::slot::{self, Slot};

/// The list of items whose order is known.
pub(super) const ORDER: &str = "document.local_header.order";
const ITEMS: &str = "document.local_header.item";

/// Where an item stands that is not in the list.
#[derive(Debug)]
pub(crate) struct Place {
    /// The item right after which it is written.
    after: Slot<String>,
    /// Items behind it that were never seen together with it, when the bundle names any.
    before: Option<Slot<Vec<String>>>,
}

impl Place {
    fn of(spec: &Spec, key: &str) -> Self {
        let before = format!("{ITEMS}.{key}.before");
        Self {
            after: slot::text(spec, &format!("{ITEMS}.{key}.after")),
            before: spec
                .status(&before)
                .is_some()
                .then(|| slot::list(spec, &before)),
        }
    }

    /// Returns an error when the place is not known well enough for a document; `has` tells which other items it has.
    pub(crate) fn check(&self, has: impl FnMut(&String) -> bool) -> Result<(), SpecError> {
        self.after.get()?;
        let Some(before) = &self.before else {
            return Ok(());
        };
        let together = before.for_reading().into_iter().flatten().any(has);
        if together {
            before.get()?;
        }
        Ok(())
    }

    /// Returns the item right after which it is written, whatever the status.
    pub(super) fn after(&self) -> Option<&str> {
        self.after.for_reading().map(String::as_str)
    }
}

/// Returns every item in the order of writing; an item without a place stands last, and is never written.
pub(super) fn items(spec: &Spec) -> Vec<(String, Option<Place>)> {
    let order = spec.list_for_reading(ORDER);
    let mut sequence: Vec<(String, Option<Place>)> =
        order.iter().map(|key| (key.clone(), None)).collect();
    let mut waiting: Vec<(String, Place)> = spec
        .tables(ITEMS)
        .into_iter()
        .filter(|key| !order.iter().any(|ordered| ordered == key))
        .map(|key| (key.to_owned(), Place::of(spec, key)))
        .collect();
    refuse_shared_places(&mut waiting);
    // Items may stand after each other, so each round places those whose neighbour has its place.
    loop {
        let (ready, rest): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|(_, place)| index_of(&sequence, place.after()).is_some());
        waiting = rest;
        if ready.is_empty() {
            break;
        }
        for (key, place) in ready {
            let after = index_of(&sequence, place.after()).map_or(sequence.len(), |at| at + 1);
            sequence.insert(after, (key, Some(place)));
        }
    }
    for (key, mut place) in waiting {
        place.after.refuse(SpecError::invalid(
            &format!("{ITEMS}.{key}.after"),
            "it names no item that has a place",
        ));
        sequence.push((key, Some(place)));
    }
    sequence
}

fn index_of(sequence: &[(String, Option<Place>)], key: Option<&str>) -> Option<usize> {
    sequence
        .iter()
        .position(|(known, _)| Some(known.as_str()) == key)
}

/// Two items right after the same one: nothing says which of them comes first.
fn refuse_shared_places(waiting: &mut [(String, Place)]) {
    let places: Vec<Option<String>> = waiting
        .iter()
        .map(|(_, place)| place.after().map(str::to_owned))
        .collect();
    for (index, (key, place)) in waiting.iter_mut().enumerate() {
        let is_shared = places
            .iter()
            .enumerate()
            .any(|(other, after)| other != index && after.is_some() && *after == places[index]);
        if is_shared {
            place.after.refuse(SpecError::invalid(
                &format!("{ITEMS}.{key}.after"),
                "another item is written after the same one: let one of the two stand after the other",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_core::metadata::ItemKey;
    use kanta_core::spec::{Bundle, Inferred};

    const HEAD: &str = "name = \"t\"\nbased_on = []\ndate = \"2026-01-01\"";

    fn with(text: &str) -> Spec {
        let mine = Bundle::read([("bundle.toml", HEAD), ("document.toml", text)]).unwrap();
        Spec::for_production(&[Bundle::embedded(), mine])
    }

    fn place<'s>(sequence: &'s [(String, Option<Place>)], key: &str) -> (usize, &'s Option<Place>) {
        let index = index_of(sequence, Some(key)).unwrap();
        (index, &sequence[index].1)
    }

    #[test]
    fn every_known_item_is_in_the_sequence_once() {
        let sequence = items(&Spec::for_production(&[Bundle::embedded()]));
        for key in ItemKey::all().map(ItemKey::as_str) {
            let found = sequence.iter().filter(|(known, _)| known == key).count();
            assert_eq!(found, 1, "{key}");
        }
    }

    /// What no source shows is not in the list that says it was seen, and has no place that could be written in customer
    /// test without the caller's word.
    #[test]
    fn the_embedded_bundle_claims_no_place_that_nobody_saw() {
        let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
        let sequence = items(&spec);
        for key in [
            "social_service",
            "shown_from",
            "correction_ground",
            "disclosure_despite_ban",
            "arrival_mode",
            "sender",
            "security_ban",
        ] {
            let (_, place) = place(&sequence, key);
            let error = place.as_ref().expect(key).check(|_| false).unwrap_err();
            assert!(
                error.to_string().contains(&format!("item.{key}.after")),
                "{error}"
            );
        }
        let (at, relation) = place(&sequence, "client_relation");
        let relation = relation.as_ref().unwrap();
        assert_eq!(sequence[at - 1].0, "content_specification");
        relation.check(|_| false).unwrap();
        let error = relation.check(|key| key == "service_process").unwrap_err();
        assert!(
            error.to_string().contains("client_relation.before"),
            "{error}"
        );
    }

    #[test]
    fn a_bundle_of_ones_own_gives_an_item_its_place() {
        let spec = with(
            "[local_header.item.arrival_mode]\n\
             after = { value = \"sender\", status = \"verified\", source = \"a test\" }\n\
             [local_header.item.sender]\n\
             after = { value = \"software\", status = \"verified\", source = \"a test\" }",
        );
        let sequence = items(&spec);
        let (at, sender) = place(&sequence, "sender");
        assert_eq!(
            (sequence[at - 1].0.as_str(), sequence[at + 1].0.as_str()),
            ("software", "arrival_mode")
        );
        sender.as_ref().unwrap().check(|_| false).unwrap();
    }

    #[test]
    fn a_place_that_decides_nothing_is_refused() {
        for (after, expected) in [
            (
                "display_restriction",
                "another item is written after the same one",
            ),
            ("unheard_of", "it names no item that has a place"),
            ("sender", "it names no item that has a place"),
        ] {
            let spec = with(&format!(
                "[local_header.item.sender]\n\
                 after = {{ value = \"{after}\", status = \"verified\", source = \"a test\" }}"
            ));
            let sequence = items(&spec);
            let (_, sender) = place(&sequence, "sender");
            let error = sender.as_ref().unwrap().check(|_| false).unwrap_err();
            assert!(error.to_string().contains(expected), "{after}: {error}");
        }
    }
}
