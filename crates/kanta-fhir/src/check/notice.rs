//! Kanta's rules of a notice, as far as they are known.

use kanta_core::Instant;

use super::Checker;
use super::node::Node;
use crate::rules;

impl Checker<'_> {
    pub(super) fn audit_event(&mut self, notice: &Node<'_>, place: &str) {
        self.contained(notice, place);
        self.identified(notice, place);
        self.profile(notice, place, "fhir.profile.audit_event");
        self.contained_profiles(notice, place);
        for (name, node) in [
            ("action", Some(notice)),
            ("outcome", Some(notice)),
            ("outcomeDesc", Some(notice)),
            ("end", notice.get("period")),
        ] {
            if node.is_some_and(|node| node.has(name)) {
                let path = if name == "end" { "period.end" } else { name };
                self.push(
                    &rules::A_03,
                    format!("{place}.{path}"),
                    "profiili kieltää elementin: poista se",
                    "the profile forbids the element: leave it out",
                );
            }
        }
        self.times(notice, place);
        self.kind(notice, place);
        self.agents(notice, place);
        self.consents(notice, place);
        self.data_sets(notice, place);
        self.client(notice, place);
        self.data_type_pattern(notice, place);
    }

    fn times(&mut self, notice: &Node<'_>, place: &str) {
        let start = notice.get("period").and_then(|period| period.text("start"));
        if start.is_none() {
            self.push(
                &rules::A_04,
                format!("{place}.period.start"),
                "luovutuksen ajankohta puuttuu",
                "the time of the disclosure is missing",
            );
        }
        let parsed = |text: Option<&str>| Instant::parse(text?).ok();
        if let (Some(start), Some(recorded)) = (parsed(start), parsed(notice.text("recorded")))
            && recorded < start
        {
            self.push(
                &rules::A_05,
                format!("{place}.recorded"),
                "ilmoitus on tehty ennen luovutusta",
                "the notice was made before the disclosure",
            );
        }
    }

    fn kind(&mut self, notice: &Node<'_>, place: &str) {
        if notice.list("subtype").len() > 1 {
            self.push(
                &rules::A_07,
                format!("{place}.subtype"),
                "alatyyppejä on enintään yksi",
                "there is at most one subtype",
            );
        }
        const KEY: &str = "fhir.extension.disclosure_type";
        let Some(url) = self.binding(KEY) else {
            return;
        };
        let kinds: Vec<&Node<'_>> = notice.extensions(url).collect();
        if !matches!(kinds[..], [kind] if kind.has("valueCoding")) {
            self.push_by(
                &[KEY],
                &rules::A_06,
                format!("{place}.extension"),
                "luovutuksen tyyppi annetaan täsmälleen kerran, koodina",
                "the kind of disclosure is given exactly once, as a coding",
            );
        }
    }

    /// The pattern of data types in the profile: codes with system and name, references by address only, no element ids.
    fn data_type_pattern(&mut self, notice: &Node<'_>, place: &str) {
        let mut places = Vec::new();
        let observer = format!("{place}.source.observer");
        notice.each_object(place, &mut |node, path| {
            let member = path.rsplit('.').next().unwrap_or_default();
            let name = member.split('[').next().unwrap_or_default();
            let is_resource = node.has("resourceType");
            if !is_resource && node.has("id") {
                places.push((
                    format!("{path}.id"),
                    "elementillä ei ole tunnusta",
                    "an element has no id",
                ));
            }
            let is_coding = matches!(name, "coding" | "valueCoding" | "subtype")
                || (name == "type" && path == format!("{place}.type"));
            if is_coding {
                let complete = ["system", "code", "display"]
                    .iter()
                    .all(|part| node.has(part));
                if !complete || node.has("version") || node.has("userSelected") {
                    places.push((
                        path.to_owned(),
                        "koodilla on koodisto, koodi ja nimi eikä muuta",
                        "a coding has system, code and display, and nothing else",
                    ));
                }
            }
            let only_reference = node.has("reference")
                && path != observer
                && ["type", "identifier", "display"]
                    .iter()
                    .any(|part| node.has(part));
            if only_reference {
                places.push((
                    path.to_owned(),
                    "viittauksessa on vain reference",
                    "a reference has its address only",
                ));
            }
        });
        for (place, finnish, english) in places {
            self.push(&rules::A_15, place, finnish, english);
        }
    }
}
