//! The structure of R4: known members, their number and type, required bindings; and the invariants of single elements.

use kanta_core::Instant;

use super::Checker;
use super::node::Node;
use crate::resource::definition::{Definition, Field, Shape};
use crate::rules;
use crate::time::{is_date_time, is_instant};

impl Checker<'_> {
    /// Checks a resource and everything in it.
    pub(super) fn resource_structure(&mut self, node: &Node<'_>, place: &str) {
        if !matches!(node, Node::Object(_)) {
            return self.wrong_type(place, "an object", "objekti");
        }
        let Some(resource_type) = node.resource_type() else {
            return self.push(
                &rules::RESOURCE_TYPE,
                format!("{place}.resourceType"),
                "resurssin tyyppi puuttuu",
                "the type of the resource is missing",
            );
        };
        match Definition::of_resource(resource_type) {
            Some(definition) => self.members(node, definition, place),
            None => self.push(
                &rules::RESOURCE_TYPE,
                format!("{place}.resourceType"),
                "luovutusilmoituksessa ei ole tämän tyyppistä resurssia",
                "a disclosure notice has no resource of this type",
            ),
        }
    }

    fn members(&mut self, node: &Node<'_>, definition: &'static Definition, place: &str) {
        let members = node.members();
        if members.iter().all(|(name, _)| *name == "id") {
            self.push(
                &rules::ELE_1,
                place,
                "elementti on tyhjä: anna sisältö tai jätä pois",
                "the element is empty: give content, or leave it out",
            );
        }
        for (index, (name, value)) in members.iter().enumerate() {
            if members[..index].iter().any(|(earlier, _)| earlier == name) {
                self.push(
                    &rules::DUPLICATE,
                    format!("{place}.{}", name.as_str()),
                    "sama jäsen on kahdesti",
                    "the member stands twice",
                );
            }
            self.member(name, value, definition, place);
        }
        for field in definition.fields {
            if field.required && !node.has(field.name) {
                self.push(
                    &rules::REQUIRED,
                    format!("{place}.{}", field.name),
                    "pakollinen elementti puuttuu",
                    "a mandatory element is missing",
                );
            }
        }
        self.invariant(node, definition, place);
    }

    fn member(
        &mut self,
        name: &str,
        value: &Node<'_>,
        definition: &'static Definition,
        place: &str,
    ) {
        if name == "resourceType" || definition.has_other(name) {
            return;
        }
        let place = format!("{place}.{name}");
        if let Some(field) = definition.field(name) {
            return self.field(value, field, &place);
        }
        // Id and extensions of a primitive stand beside it, under its name with an underscore.
        let beside = name
            .strip_prefix('_')
            .and_then(|primitive| definition.field(primitive));
        if !beside.is_some_and(|field| field.shape.is_primitive()) {
            self.push(
                &rules::UNKNOWN_ELEMENT,
                place,
                "FHIR R4 ei tunne elementtiä: poista se tai korjaa nimi",
                "FHIR R4 has no such element: leave it out, or mend its name",
            );
        }
    }

    fn field(&mut self, value: &Node<'_>, field: &'static Field, place: &str) {
        match (field.many, value) {
            (true, Node::List(items)) if items.is_empty() => self.push(
                &rules::ELE_1,
                place,
                "luettelo on tyhjä: anna sisältö tai jätä pois",
                "the list is empty: give content, or leave it out",
            ),
            (true, Node::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, field, &format!("{place}[{index}]"));
                }
            }
            (true, _) => self.wrong_type(place, "a list", "luettelo"),
            (false, _) => self.value(value, field, place),
        }
    }

    fn value(&mut self, value: &Node<'_>, field: &'static Field, place: &str) {
        match (field.shape, value) {
            (Shape::Resource, _) => self.resource_structure(value, place),
            (Shape::Complex(definition), Node::Object(_)) => {
                self.members(value, definition(), place);
            }
            (Shape::Complex(_), _) => self.wrong_type(place, "an object", "objekti"),
            (Shape::Boolean, Node::Boolean) => {}
            (Shape::Boolean, _) => self.wrong_type(place, "true or false", "true tai false"),
            (shape, Node::String(text)) => {
                if !has_format(shape, text) {
                    self.push(
                        &rules::FORMAT,
                        place,
                        &format!("arvo ei ole muotoa {}", format_name(shape).0),
                        &format!(
                            "the value does not have the form of {}",
                            format_name(shape).1
                        ),
                    );
                }
                if field.codes.is_some_and(|codes| !codes.contains(&&**text)) {
                    self.push(
                        &rules::BINDING,
                        place,
                        "koodi ei ole pakollisessa koodistossa",
                        "the code is not in the required value set",
                    );
                }
            }
            _ => self.wrong_type(place, "a string", "merkkijono"),
        }
    }

    fn wrong_type(&mut self, place: &str, english: &str, finnish: &str) {
        self.push(
            &rules::TYPE,
            place,
            &format!("väärä tyyppi: tässä on oltava {finnish}"),
            &format!("wrong type: {english} is expected here"),
        );
    }

    /// The invariants of single elements.
    fn invariant(&mut self, node: &Node<'_>, definition: &'static Definition, place: &str) {
        let violated = match definition.path {
            "AuditEvent.entity" if node.has("name") && node.has("query") => (
                &rules::SEV_1,
                "sekä name että query on annettu: anna vain toinen",
                "both name and query are given: give one of them",
            ),
            "Organization" if !node.has("identifier") && !node.has("name") => (
                &rules::ORG_1,
                "organisaatiolla ei ole tunnusta eikä nimeä: anna jompikumpi",
                "the organisation has neither identifier nor name: give one",
            ),
            "Consent" if !node.has("policy") && !node.has("policyRule") => (
                &rules::PPC_1,
                "suostumuksella on oltava policy tai policyRule",
                "a consent has a policy or a policyRule",
            ),
            "Consent" if !node.has("patient") && is_about_privacy(node) => (
                &rules::PPC_2,
                "tietosuojaa koskevalla suostumuksella on oltava patient",
                "a consent about privacy has a patient",
            ),
            "Extension" if !has_one_content(node) => (
                &rules::EXT_1,
                "laajennuksella on joko yksi arvo tai sisäkkäisiä laajennuksia",
                "an extension has either one value or extensions inside",
            ),
            "Period" if ends_before_it_starts(node) => (
                &rules::PER_1,
                "jakso päättyy ennen kuin se alkaa",
                "the period ends before it starts",
            ),
            _ => return,
        };
        self.push(violated.0, place, violated.1, violated.2);
    }
}

fn is_about_privacy(consent: &Node<'_>) -> bool {
    let Some(scope) = consent.get("scope") else {
        return false;
    };
    scope.list("coding").iter().any(|coding| {
        coding.text("system") == Some("http://terminology.hl7.org/CodeSystem/consentscope")
            && coding.text("code") == Some("patient-privacy")
    })
}

fn has_one_content(extension: &Node<'_>) -> bool {
    let values = extension
        .members()
        .iter()
        .filter(|(name, _)| name.starts_with("value"))
        .count();
    values + usize::from(extension.has("extension")) == 1
}

fn ends_before_it_starts(period: &Node<'_>) -> bool {
    let time = |name| Instant::parse(period.text(name)?).ok();
    matches!((time("start"), time("end")), (Some(start), Some(end)) if end < start)
}

fn has_format(shape: Shape, text: &str) -> bool {
    match shape {
        Shape::Id => {
            (1..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        }
        Shape::Code => !text.is_empty() && !text.split([' ', '\t', '\r', '\n']).any(str::is_empty),
        Shape::Uri => !text.is_empty() && !text.contains(char::is_whitespace),
        Shape::Instant => is_instant(text),
        Shape::DateTime => is_date_time(text),
        Shape::Base64 => base64_simd::STANDARD.decode_to_vec(text).is_ok() && !text.is_empty(),
        _ => {
            !text.trim().is_empty()
                && !text
                    .chars()
                    .any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n'))
        }
    }
}

/// The name of a form in Finnish and in English.
fn format_name(shape: Shape) -> (&'static str, &'static str) {
    match shape {
        Shape::Id => (
            "id (enintään 64 kirjainta, numeroa, pistettä tai viivaa)",
            "an id (at most 64 letters, digits, dots and hyphens)",
        ),
        Shape::Code => ("code", "a code"),
        Shape::Uri => ("uri", "a uri"),
        Shape::Instant => (
            "instant (päivä, kellonaika sekunteineen ja aikavyöhyke)",
            "an instant (day, time to the second, and zone)",
        ),
        Shape::DateTime => (
            "dateTime (vuosi, kuukausi, päivä tai kellonaika vyöhykkeineen)",
            "a dateTime (year, month, day, or a time with its zone)",
        ),
        Shape::Base64 => ("base64", "base64"),
        _ => ("string (ei tyhjä)", "a string that is not empty"),
    }
}
