//! Rules of the body: its form, both of its parts, and PDFs.

use std::borrow::Cow;

use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::{Spec, Status};
use kanta_core::{Finding, Report};
use kanta_xml::Limits;

use super::CheckContext;
use super::catalogue::{
    BODY, BODY_FORM, BODY_FORM_UNUSUAL, CONTENT_UNCHECKED, PDF, PDF_CLAIM, PLACEHOLDER, STRUCTURE,
};
use super::people::check_test_persons;
use super::{content, display};
use crate::body::{BodySource, PdfFacts};
use crate::document::layout::Layout;
use crate::document::placeholder::is_placeholder;
use crate::json::{Json, Kind, Value};
use crate::real_people;
use crate::{Body, BodyError, BodyForm, Content};

const DISPLAY: &str = "/ClinicalDocument/component/nonXMLBody/text";
const JSON: &str = "/ClinicalDocument/component/nonXMLBody/json";

/// The decoded parts of a body, whether it is being made or was read.
pub(crate) struct Parts<'p> {
    form: BodyForm,
    display: Result<Cow<'p, [u8]>, BodyError>,
    json: Option<Result<Cow<'p, [u8]>, BodyError>>,
    /// The display form was rendered from the content: the two agree by construction.
    is_rendered: bool,
}

impl<'p> Parts<'p> {
    pub(crate) fn of(source: &BodySource<'p>, is_rendered: bool) -> Self {
        let (display, json): (&[u8], _) = match source {
            BodySource::Structured { xhtml, json } => (xhtml, Some(Ok(Cow::Borrowed(*json)))),
            BodySource::Xhtml(xhtml) => (xhtml, None),
            BodySource::Pdf(_) => (&[], None),
        };
        Self {
            form: source.form(),
            display: Ok(Cow::Borrowed(display)),
            json,
            is_rendered,
        }
    }

    pub(crate) fn of_body(body: &Body) -> Self {
        let form = body.form();
        Self {
            form,
            // A PDF may be large: it is looked at piece by piece.
            display: match form {
                BodyForm::Pdf => Ok(Cow::Borrowed(&[])),
                _ => body.display_form().map(Cow::Owned),
            },
            json: body
                .has_structured_form()
                .then(|| body.structured_form().map(Cow::Owned)),
            is_rendered: false,
        }
    }
}

pub(super) fn check(
    metadata: &DocumentMetadata,
    parts: &Parts<'_>,
    context: &CheckContext<'_>,
    spec: &Spec,
    layout: &Layout,
    report: &mut Report,
) {
    check_form(metadata, parts.form, spec, layout, report);
    let is_xhtml = matches!(parts.form, BodyForm::Structured | BodyForm::Xhtml);
    match &parts.display {
        Err(error) => report.push(body_finding(DISPLAY, *error)),
        Ok(xhtml) if is_xhtml => {
            display::check(xhtml, &metadata.id, report);
            check_test_persons(
                || real_people::in_xml(xhtml, &Limits::default()),
                DISPLAY,
                spec,
                report,
            );
        }
        Ok(_) => {}
    }
    match &parts.json {
        None => {}
        Some(Err(error)) => report.push(body_finding(JSON, *error)),
        Some(Ok(json)) => {
            check_test_persons(|| real_people::in_json(json), JSON, spec, report);
            check_structure(metadata, json, context, report);
            // What is no JSON is told by the structure's own findings.
            if let Ok(parsed) = Json::parse(json) {
                check_placeholders(parsed.root(), &mut String::new(), report);
                content::check(metadata, &parsed, report);
                if let (Ok(xhtml), false) = (&parts.display, parts.is_rendered) {
                    display::check_ban(xhtml, &parsed, report);
                    if let Some(structure) = context.structure {
                        display::check_agreement(&metadata.kind, xhtml, json, structure, report);
                    }
                }
            }
        }
    }
}

fn check_form(
    metadata: &DocumentMetadata,
    form: BodyForm,
    spec: &Spec,
    layout: &Layout,
    report: &mut Report,
) {
    let Some(kind) = layout.kind(&metadata.kind) else {
        return;
    };
    if kind.bodies.is_empty() || kind.bodies.iter().any(|allowed| allowed == form.key()) {
        return;
    }
    let status = spec.status(&format!("document.kind.{}.bodies", kind.key));
    let rule = match status {
        Some(Status::Official | Status::Verified) => BODY_FORM,
        _ => BODY_FORM_UNUSUAL,
    };
    report.push(rule.finding(
        "/ClinicalDocument/component/nonXMLBody",
        "asiakirjaryhmä ei salli rungon muotoa",
        format!(
            "a body of the form `{}` does not fit the kind of document, which takes: {}",
            form.key(),
            kind.bodies.join(", ")
        ),
    ));
}

fn check_structure(
    metadata: &DocumentMetadata,
    content: &[u8],
    context: &CheckContext<'_>,
    report: &mut Report,
) {
    const PLACE: &str = "/ClinicalDocument/localSocialHeader/contentSpecificationId";
    let named = metadata.content_specification.as_ref();
    match (named, context.structure) {
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
        // What the schema cannot express is a rule all the same.
        (Some(_), Some(structure)) => report.extend(Content::findings(structure, content)),
        (Some(named), None) => report.push(CONTENT_UNCHECKED.finding(
            PLACE,
            "sisältöä ei tarkistettu, koska rakenne puuttuu",
            format!("the content was not checked: give the structure {named}"),
        )),
    }
}

/// The report on a draft whose display form cannot be rendered, because its structure was not given.
pub(crate) fn structure_is_missing(metadata: &DocumentMetadata) -> Report {
    let named = metadata.content_specification.as_ref();
    let named = named.map_or_else(String::new, |named| format!(" {named}"));
    std::iter::once(STRUCTURE.finding(
        "/ClinicalDocument/localSocialHeader/contentSpecificationId",
        "näyttömuotoa ei voi tehdä, koska rakenne puuttuu",
        format!("the display form cannot be made: give the structure{named}, or a display form"),
    ))
    .collect()
}

fn check_placeholders(value: Value<'_>, path: &mut String, report: &mut Report) {
    let length = path.len();
    match value.kind() {
        Kind::Text if value.as_str().is_some_and(is_placeholder) => {
            report.push(PLACEHOLDER.finding(
                format!("{JSON}#{path}"),
                "arvo on paikanpitäjä",
                "the value is a placeholder",
            ));
        }
        Kind::Array => {
            for (index, item) in value.items().enumerate() {
                path.push_str(&format!("/{index}"));
                check_placeholders(item, path, report);
                path.truncate(length);
            }
        }
        Kind::Object => {
            for member in value.members() {
                path.push('/');
                path.push_str(member.name());
                check_placeholders(member, path, report);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// Checks what a light look at a PDF told.
pub(crate) fn check_pdf(facts: &PdfFacts, report: &mut Report) {
    let mut refuse = |finnish: &str, english: &str| {
        report.push(PDF.finding(DISPLAY, finnish, english));
    };
    if facts.version.is_none() {
        refuse(
            "tiedostolla ei ole PDF-otsaketta",
            "the file has no PDF header: it is no PDF",
        );
    }
    if !facts.has_trailer {
        refuse(
            "PDF-tiedoston loppuosa puuttuu: tiedosto on katkennut",
            "the PDF has no trailer: it was cut",
        );
    }
    if facts.is_encrypted {
        refuse(
            "PDF-tiedosto on salattu",
            "the PDF is encrypted: nobody could read it later",
        );
    }
    if facts.claim.is_none() {
        report.push(PDF_CLAIM.finding(
            DISPLAY,
            "PDF-tiedosto ei näytä ilmoittavan noudattavansa PDF/A-standardia",
            "no claim of PDF/A was found in the PDF's metadata",
        ));
    }
}

/// Looks at a PDF that was read, piece by piece.
pub(super) fn check_read_pdf(body: &Body, context: &CheckContext<'_>, report: &mut Report) {
    match body.pdf_facts() {
        Ok(facts) => check_pdf(&facts, report),
        Err(error) => report.push(body_finding(DISPLAY, error)),
    }
    if let (Some(inspector), Ok(mut reader)) = (context.pdf_inspector, body.display_reader()) {
        report.extend(inspector.inspect(&mut reader));
    }
}

fn body_finding(place: &str, error: BodyError) -> Finding {
    BODY.finding(place, "runkoa ei voi purkaa", error.to_string())
}
