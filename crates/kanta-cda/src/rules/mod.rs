//! The rules of documents: each one a function, each finding with its id, place, source and two languages.

mod body;
mod catalogue;
mod chain;
mod content;
mod context;
mod display;
mod header;
mod items;
mod people;

use kanta_core::Report;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::Spec;

pub(crate) use body::{Parts, check_pdf, structure_is_missing};
pub use catalogue::{CATALOGUE, rules_reference};
#[cfg(test)]
pub(crate) use content::check as check_content;
pub use context::CheckContext;
pub(crate) use people::check_people_in_header;

use crate::document::layout::Layout;
use crate::{BodyForm, ClinicalDocument};
use catalogue::{ANCHOR, BODY, FOREIGN, PATIENT_REGISTER, PLACEHOLDER, TYPE_ID};

/// Checks everything and goes on after the first finding.
pub(crate) fn check(
    metadata: &DocumentMetadata,
    parts: &Parts<'_>,
    context: &CheckContext<'_>,
    spec: &Spec,
) -> Report {
    let layout = Layout::of(spec);
    let mut report = Report::new();
    check_header(metadata, context, spec, &layout, &mut report);
    body::check(metadata, parts, context, spec, &layout, &mut report);
    report
}

fn check_header(
    metadata: &DocumentMetadata,
    context: &CheckContext<'_>,
    spec: &Spec,
    layout: &Layout,
    report: &mut Report,
) {
    header::check(metadata, spec, layout, report);
    people::check(metadata, spec, report);
    items::check(metadata, context, layout, report);
    chain::check(metadata, context, report);
}

impl ClinicalDocument {
    /// Checks a document that was read: header, both forms of the body, and what nobody knows.
    ///
    /// The context is the structure that the header names, or a [`CheckContext`] with more. Signatures are judged by
    /// [`crate::verify`].
    #[must_use]
    pub fn check<'c>(&self, context: impl Into<CheckContext<'c>>, spec: &Spec) -> Report {
        let context = context.into();
        let layout = Layout::of(spec);
        let mut report = match self.body() {
            Some(body) => {
                let parts = Parts::of_body(body);
                let mut report = check(self.metadata(), &parts, &context, spec);
                if body.anchor() != Some(self.metadata().id.body_anchor().as_str()) {
                    report.push(ANCHOR.finding(
                        "/ClinicalDocument/component/nonXMLBody/@ID",
                        "rungon ID ei ole OID ja asiakirjan yksilöintitunnus",
                        "the ID of the body is not OID followed by the document's identifier",
                    ));
                }
                if body.form() == BodyForm::Pdf {
                    body::check_read_pdf(body, &context, &mut report);
                }
                report
            }
            None => {
                let mut report = Report::new();
                check_header(self.metadata(), &context, spec, &layout, &mut report);
                report.push(BODY.finding(
                    "/ClinicalDocument/component",
                    "asiakirjassa ei ole runkoa nonXMLBody",
                    "the document has no nonXMLBody",
                ));
                report
            }
        };
        self.check_foreign(&layout, &mut report);
        report
    }

    fn check_foreign(&self, layout: &Layout, report: &mut Report) {
        if let Some(place) = self.foreign_placeholder() {
            report.push(PLACEHOLDER.finding(
                place,
                "arvo on paikanpitäjä",
                "the value is a placeholder",
            ));
        }
        if self.has_another_type_id() {
            report.push(TYPE_ID.finding(
                "/ClinicalDocument/typeId",
                "arvo ei ole CDA R2 -asiakirjan",
                "the value is not that of a CDA R2 document",
            ));
        }
        let patient_header = layout.patient_header.for_reading();
        for place in self.unknown_parts() {
            let name = place.rsplit('/').next().unwrap_or_default();
            if patient_header.is_some_and(|header| header == name) {
                report.push(PATIENT_REGISTER.finding(
                    place,
                    "asiakirjassa on potilasrekisterin otsake",
                    "the document has the header of the patient register",
                ));
            }
            report.push(FOREIGN.finding(
                place,
                "tuntematon kohta säilytetään sellaisenaan",
                "an unknown part is kept as it is",
            ));
        }
    }
}
