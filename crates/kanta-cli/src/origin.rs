//! Where a finding about a new document arises in what the user gave: the key of the metadata, the part of the content.

use kanta_client::core::spec::Spec;
use kanta_client::core::{Finding, Report};

use crate::input::Input;

const HEADER: &str = "/ClinicalDocument/localSocialHeader/";
const CONTENT: &str = "/ClinicalDocument/component/nonXMLBody/json";
const DISPLAY: &str = "/ClinicalDocument/component/nonXMLBody/text";

/// What a document is made of.
pub(crate) struct Origin<'o> {
    pub(crate) metadata: &'o Input,
    pub(crate) content: Option<&'o Input>,
    /// The display form, in XHTML or PDF.
    pub(crate) display: Option<&'o Input>,
}

impl Origin<'_> {
    /// Moves every finding to its place in the input; one that has none there stays where it is.
    pub(crate) fn of_all(&self, report: Report, spec: &Spec) -> Report {
        let moved = report.into_iter().map(|finding| {
            let place = self.place(&finding, spec);
            match place {
                Some(place) => finding.at(place),
                None => finding,
            }
        });
        moved.collect()
    }

    fn place(&self, finding: &Finding, spec: &Spec) -> Option<String> {
        let (rule, place) = (finding.rule(), finding.place());
        if let Some(pointer) = place.strip_prefix(CONTENT) {
            return Some(inside(self.content?, pointer.trim_start_matches('#')));
        }
        if let Some(path) = place.strip_prefix(DISPLAY) {
            return Some(inside(self.display?, path));
        }
        // Its places are those of the display form itself, whatever its root is called.
        if rule.starts_with("KANTA-DOC-DISPLAY") {
            return Some(inside(self.display?, place));
        }
        if let Some(key) = key_of(place, spec) {
            return Some(format!("{}, `{key}`", self.metadata));
        }
        // Those of the content have places of their own, such as a JSON pointer or a line.
        let is_of_content =
            rule.starts_with("KANTA-STRUCTURE") || rule.starts_with("KANTA-CONTENT");
        (is_of_content && !place.starts_with("/ClinicalDocument"))
            .then_some(self.content?)
            .map(|content| inside(content, place))
    }
}

fn inside(input: &Input, place: &str) -> String {
    match place {
        "" => input.to_string(),
        place => format!("{input}, {place}"),
    }
}

/// Finds the key of the metadata that an element of the header is written from.
fn key_of(place: &str, spec: &Spec) -> Option<String> {
    if let Some(rest) = place.strip_prefix(HEADER) {
        let element = rest.split('/').next().unwrap_or_default();
        return key_of_item(&item_of(element, spec)?);
    }
    let clients = "/ClinicalDocument/recordTarget";
    if let Some(rest) = place.strip_prefix(clients) {
        let (table, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((number, rest)) if number != "1" => ("further_clients", rest),
            Some((_, rest)) => ("client", rest),
            None => ("client", rest),
        };
        let key = match rest {
            "/patientRole/id" if table == "client" => ".identity_code",
            "/patientRole/patient/name" if table == "client" => ".family",
            "/patientRole/patient/birthTime" if table == "client" => ".birth",
            _ => "",
        };
        return Some(format!("{table}{key}"));
    }
    let place = place.split("/@").next().unwrap_or_default();
    KEYS.iter()
        .find(|(element, _)| *element == place)
        .map(|(_, key)| (*key).to_owned())
}

/// The elements outside the social-care header, and the keys that they are written from.
const KEYS: [(&str, &str); 14] = [
    ("/ClinicalDocument/id", "id"),
    ("/ClinicalDocument/setId", "set_id"),
    ("/ClinicalDocument/versionNumber", "version"),
    ("/ClinicalDocument/relatedDocument", "replaces"),
    ("/ClinicalDocument/code", "general_type"),
    ("/ClinicalDocument/effectiveTime", "drafted"),
    ("/ClinicalDocument/languageCode", "language"),
    ("/ClinicalDocument/confidentialityCode", "confidentiality"),
    (
        "/ClinicalDocument/authorization/consent/code",
        "guardian_disclosure",
    ),
    ("/ClinicalDocument/author", "author"),
    (
        "/ClinicalDocument/author/assignedAuthor/id",
        "author.registration_number",
    ),
    ("/ClinicalDocument/custodian", "register_keeper"),
    (
        "/ClinicalDocument/componentOf/encompassingEncounter/encounterParticipant",
        "service_unit",
    ),
    (
        "/ClinicalDocument/componentOf/encompassingEncounter",
        "service_unit",
    ),
];

/// Finds the item of the social-care header that the spec bundle writes as this element; where it does not know the element,
/// places name the item itself.
fn item_of(element: &str, spec: &Spec) -> Option<String> {
    spec.entries()
        .filter_map(|entry| {
            let rest = entry.key.strip_prefix("document.local_header.item.")?;
            let item = rest.strip_suffix(".element")?;
            let written = spec.text_for_reading(entry.key).unwrap_or(item);
            (written == element).then(|| item.to_owned())
        })
        .next()
}

/// Returns the key of the metadata for an item: its own, or one in `items`. What follows from other things has none.
fn key_of_item(item: &str) -> Option<String> {
    Some(match item {
        "specific_document_type" => "specific_type".to_owned(),
        "creation_time" => "created".to_owned(),
        "retention_class" => "retention".to_owned(),
        "organiser_name" => "organiser.name".to_owned(),
        // The group follows from the kind.
        "document_group" => "kind".to_owned(),
        "software"
        | "service_task"
        | "organiser"
        | "special_content"
        | "content_specification"
        | "client_relation"
        | "service_process"
        | "restriction_reason"
        | "display_restriction" => item.to_owned(),
        "display_format" | "structured_format" | "record_status" | "register_type" => return None,
        other => format!("items.{other}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata;
    use kanta_client::core::{Mark, Rule, Severity};

    const RULE: Rule = Rule::new("KANTA-DOC-X", Severity::Error, Mark::Own, "own check");

    #[test]
    fn places_are_those_of_the_input() {
        let spec = kanta_testkit::test_spec();
        let [metadata, content] = ["a.toml", "a.json"].map(|name| Input::Path(name.into()));
        let origin = Origin {
            metadata: &metadata,
            content: Some(&content),
            display: None,
        };
        for (place, expected) in [
            (
                "/ClinicalDocument/localSocialHeader/reasonOfCorrection",
                "a.toml, `items.correction_ground`",
            ),
            (
                "/ClinicalDocument/localSocialHeader/totalRetentionPeriodClass/@code",
                "a.toml, `retention`",
            ),
            (
                "/ClinicalDocument/recordTarget/patientRole/id",
                "a.toml, `client.identity_code`",
            ),
            (
                "/ClinicalDocument/recordTarget[1]/patientRole/patient/name",
                "a.toml, `client.family`",
            ),
            (
                "/ClinicalDocument/recordTarget[2]/patientRole/id",
                "a.toml, `further_clients`",
            ),
            ("/ClinicalDocument/languageCode/@code", "a.toml, `language`"),
            (
                "/ClinicalDocument/component/nonXMLBody/json#/a/b/0",
                "a.json, /a/b/0",
            ),
            ("/ClinicalDocument/component/nonXMLBody/json", "a.json"),
            // Rendered from the content: it has no file of its own.
            (
                "/ClinicalDocument/component/nonXMLBody/text",
                "/ClinicalDocument/component/nonXMLBody/text",
            ),
            ("/ClinicalDocument/typeId", "/ClinicalDocument/typeId"),
        ] {
            let report = std::iter::once(RULE.finding(place, "", "")).collect();
            let moved = origin.of_all(report, &spec);
            let found = moved.iter().next().map(Finding::place);
            assert_eq!(found, Some(expected));
        }
    }

    /// No item of the bundle is told by a key that the metadata do not take.
    #[test]
    fn every_key_is_one_of_the_template() {
        let spec = kanta_testkit::test_spec();
        let items = spec
            .entries()
            .filter_map(|entry| {
                let rest = entry.key.strip_prefix("document.local_header.item.")?;
                key_of_item(rest.strip_suffix(".element")?)
            })
            .collect::<Vec<_>>();
        assert!(items.len() > 20);
        let fixed = KEYS.iter().map(|(_, key)| (*key).to_owned());
        for key in items.into_iter().chain(fixed) {
            let is_there = match key.split_once('.') {
                Some(("items", item)) => metadata::TEMPLATE.contains(item),
                Some((table, key)) => {
                    metadata::TEMPLATE.contains(&format!("[{table}]"))
                        && metadata::TEMPLATE.contains(&format!("{key} = "))
                }
                None => {
                    metadata::TEMPLATE.contains(&format!("{key} = "))
                        || metadata::TEMPLATE.contains(&format!("[{key}]"))
                }
            };
            assert!(is_there, "{key}");
        }
    }
}
