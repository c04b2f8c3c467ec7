//! The rules of documents: each one a function, each finding with its id, place, source and two languages.

mod display;
mod header;

use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::Spec;
use kanta_core::{Mark, Report, Rule, Severity};

use crate::structure::Structure;
use crate::{Body, BodyError, ClinicalDocument};

/// Every rule of documents, in the order of their ids.
pub const CATALOGUE: &[Rule] = &[
    ANCHOR,
    AUTHOR,
    BIRTH,
    BODY,
    CLIENT,
    CLIENT_ID,
    CODE_SYSTEM,
    CONTENT_UNCHECKED,
    DISPLAY_ACTIVE,
    DISPLAY_FORM,
    FOREIGN,
    ITEM,
    KIND,
    LANGUAGE,
    LATER_VERSION,
    REGISTER_KEEPER,
    REQUIRED_ITEM,
    STRUCTURE,
    TEST_PERSON,
    VERSION,
];

const SEEN: &str = "public test messages, 3/2026 and 7/2026";
const CDA: &str = "HL7 CDA R2 schema";
const METADATA: &str = "metadata of the public test messages; spec bundle, document.toml";

pub(crate) const ANCHOR: Rule = Rule::new("KANTA-DOC-ANCHOR", Severity::Error, Mark::Stated, SEEN);
pub(crate) const AUTHOR: Rule = Rule::new(
    "KANTA-DOC-AUTHOR",
    Severity::Error,
    Mark::Stated,
    "Kela, vendor questions and answers, 3.12.2020",
);
pub(crate) const BIRTH: Rule =
    Rule::new("KANTA-DOC-BIRTH", Severity::Warning, Mark::Own, "own check");
pub(crate) const BODY: Rule = Rule::new("KANTA-DOC-BODY", Severity::Error, Mark::Stated, SEEN);
pub(crate) const CLIENT: Rule = Rule::new("KANTA-DOC-CLIENT", Severity::Error, Mark::Stated, CDA);
pub(crate) const CLIENT_ID: Rule = Rule::new(
    "KANTA-DOC-CLIENT-ID",
    Severity::Error,
    Mark::Stated,
    "form of personal identity codes; Kela, vendor questions and answers, 3.12.2020, for temporary identifiers",
);
pub(crate) const CODE_SYSTEM: Rule = Rule::new(
    "KANTA-DOC-CODE-SYSTEM",
    Severity::Error,
    Mark::Stated,
    METADATA,
);
pub(crate) const CONTENT_UNCHECKED: Rule = Rule::new(
    "KANTA-DOC-CONTENT-UNCHECKED",
    Severity::Warning,
    Mark::Own,
    "own check",
);
pub(crate) const DISPLAY_ACTIVE: Rule = Rule::new(
    "KANTA-DOC-DISPLAY-ACTIVE",
    Severity::Error,
    Mark::Own,
    "own check",
);
pub(crate) const DISPLAY_FORM: Rule = Rule::new(
    "KANTA-DOC-DISPLAY-FORM",
    Severity::Error,
    Mark::Stated,
    SEEN,
);
pub(crate) const FOREIGN: Rule = Rule::new(
    "KANTA-DOC-FOREIGN",
    Severity::Information,
    Mark::Own,
    "own check",
);
pub(crate) const ITEM: Rule =
    Rule::new("KANTA-DOC-ITEM", Severity::Warning, Mark::Stated, METADATA);
pub(crate) const KIND: Rule =
    Rule::new("KANTA-DOC-KIND", Severity::Warning, Mark::Own, "own check");
pub(crate) const LANGUAGE: Rule = Rule::new(
    "KANTA-DOC-LANGUAGE",
    Severity::Warning,
    Mark::Inferred,
    SEEN,
);
pub(crate) const LATER_VERSION: Rule = Rule::new(
    "KANTA-DOC-LATER-VERSION",
    Severity::Warning,
    Mark::Inferred,
    SEEN,
);
pub(crate) const REGISTER_KEEPER: Rule = Rule::new(
    "KANTA-DOC-REGISTER-KEEPER",
    Severity::Error,
    Mark::Stated,
    CDA,
);
pub(crate) const REQUIRED_ITEM: Rule = Rule::new(
    "KANTA-DOC-REQUIRED-ITEM",
    Severity::Error,
    Mark::Stated,
    METADATA,
);
pub(crate) const STRUCTURE: Rule = Rule::new(
    "KANTA-DOC-STRUCTURE",
    Severity::Error,
    Mark::Verified,
    "both public test messages: the content follows exactly the structure that the header names",
);
pub(crate) const TEST_PERSON: Rule = Rule::new(
    "KANTA-DOC-TEST-PERSON",
    Severity::Error,
    Mark::Own,
    "own check",
);
pub(crate) const VERSION: Rule =
    Rule::new("KANTA-DOC-VERSION", Severity::Error, Mark::Stated, SEEN);

/// What is checked: metadata with both forms of the body.
pub(crate) struct Subject<'s> {
    pub(crate) metadata: &'s DocumentMetadata,
    pub(crate) body: &'s Body,
    pub(crate) structure: Option<&'s Structure>,
}

/// Checks everything and goes on after the first finding.
pub(crate) fn check(subject: &Subject<'_>, spec: &Spec) -> Report {
    let mut report = Report::new();
    header::check(subject.metadata, spec, &mut report);
    check_body(subject, spec, &mut report);
    report
}

impl ClinicalDocument {
    /// Checks a document that was read: header, both forms of the body, and what nobody knows.
    ///
    /// The content is checked when the structure that the header names is given. Signatures are judged by
    /// [`crate::verify`].
    #[must_use]
    pub fn check(&self, structure: Option<&Structure>, spec: &Spec) -> Report {
        let Some(body) = self.body() else {
            let mut report = Report::new();
            header::check(self.metadata(), spec, &mut report);
            report.push(BODY.finding(
                "/ClinicalDocument/component",
                "asiakirjassa ei ole runkoa nonXMLBody",
                "the document has no nonXMLBody",
            ));
            return report;
        };
        let subject = Subject {
            metadata: self.metadata(),
            body,
            structure,
        };
        let mut report = check(&subject, spec);
        if body.anchor() != Some(self.metadata().id.body_anchor().as_str()) {
            report.push(ANCHOR.finding(
                "/ClinicalDocument/component/nonXMLBody/@ID",
                "rungon ID ei ole OID ja asiakirjan yksilöintitunnus",
                "the ID of the body is not OID followed by the document's identifier",
            ));
        }
        report.extend(self.unknown_parts().map(|place| {
            FOREIGN.finding(
                place,
                "tuntematon kohta säilytetään sellaisenaan",
                "an unknown part is kept as it is",
            )
        }));
        report
    }
}

fn check_body(subject: &Subject<'_>, spec: &Spec, report: &mut Report) {
    const DISPLAY: &str = "/ClinicalDocument/component/nonXMLBody/text";
    const JSON: &str = "/ClinicalDocument/component/nonXMLBody/json";
    match subject.body.display_form() {
        Err(error) => report.push(body_finding(DISPLAY, error)),
        Ok(display) => {
            let is_xhtml = subject.body.media_type()
                == spec
                    .text_for_reading("document.body.display_media_type")
                    .unwrap_or_default();
            if is_xhtml {
                display::check(&display, &subject.metadata.id, report);
                header::check_test_persons(&display, DISPLAY, spec, report);
            }
        }
    }
    match subject.body.structured_form() {
        Err(BodyError::NoStructuredForm) => {}
        Err(error) => report.push(body_finding(JSON, error)),
        Ok(content) => {
            header::check_test_persons(&content, JSON, spec, report);
            check_content(subject, &content, report);
        }
    }
}

fn check_content(subject: &Subject<'_>, content: &[u8], report: &mut Report) {
    const PLACE: &str = "/ClinicalDocument/localSocialHeader/contentSpecificationId";
    let named = subject.metadata.content_specification.as_ref();
    match (named, subject.structure) {
        (None, _) => report.push(STRUCTURE.finding(
            PLACE,
            "sisällön rakennetta ei ole nimetty",
            "the structure of the content is not named",
        )),
        (Some(named), Some(structure)) if named != structure.oid() => {
            report.push(STRUCTURE.finding(
                PLACE,
                "otsake nimeää toisen rakenteen kuin sisältö noudattaa",
                format!(
                    "the header names another structure than the content follows, which is {}",
                    structure.oid()
                ),
            ));
        }
        (Some(_), Some(structure)) => report.extend(structure.validate(content)),
        (Some(named), None) => report.push(CONTENT_UNCHECKED.finding(
            PLACE,
            "sisältöä ei tarkistettu, koska rakenne puuttuu",
            format!("the content was not checked: give the structure {named}"),
        )),
    }
}

fn body_finding(place: &str, error: BodyError) -> kanta_core::Finding {
    BODY.finding(place, "runkoa ei voi purkaa", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_in_order() {
        let ids: Vec<&str> = CATALOGUE.iter().map(Rule::id).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
    }
}
