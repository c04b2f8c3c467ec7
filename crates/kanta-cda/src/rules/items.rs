//! Rules of the social-care header's items, by what the spec bundle says about the kind.

use kanta_core::metadata::{DocumentMetadata, ItemRef};
use kanta_core::{CodedValue, Report, VersionNumber};

use super::CheckContext;
use super::catalogue::{ARRIVAL, CODE, CODE_SYSTEM, CORRECTION_GROUND, ITEM, REQUIRED_ITEM};
use crate::document::layout::{ItemLayout, KindLayout, Layout};

pub(super) fn check(
    metadata: &DocumentMetadata,
    context: &CheckContext<'_>,
    layout: &Layout,
    report: &mut Report,
) {
    for (place, code) in [
        ("/ClinicalDocument/code", &metadata.general_type),
        (
            "/ClinicalDocument/confidentialityCode",
            &metadata.confidentiality,
        ),
        (
            "/ClinicalDocument/authorization/consent/code",
            &metadata.guardian_disclosure,
        ),
    ] {
        if let Some(code) = code {
            check_code(code, place, report);
        }
    }
    let kind = layout.kind(&metadata.kind);
    for item in &layout.items {
        match (item.value(metadata), kind) {
            (Some(value), kind) => {
                check_code_system(item, value, report);
                if kind.is_some_and(|kind| kind.absent.contains(&item.key)) {
                    report.push(ITEM.finding(
                        item.path(),
                        "tietoa ei ole nähty tämän asiakirjaryhmän asiakirjassa",
                        "the item was not in the document of this group that was seen",
                    ));
                }
            }
            (None, Some(kind)) => check_missing(item, kind, metadata, context, report),
            (None, None) => {}
        }
    }
}

fn check_missing(
    item: &ItemLayout,
    kind: &KindLayout,
    metadata: &DocumentMetadata,
    context: &CheckContext<'_>,
    report: &mut Report,
) {
    let is_received =
        context.received || metadata.arrival_mode.is_some() || metadata.sender.is_some();
    if kind.required.contains(&item.key) {
        report.push(REQUIRED_ITEM.finding(
            item.path(),
            "pakollinen tieto puuttuu",
            "a mandatory item is missing",
        ));
    } else if metadata.version > VersionNumber::FIRST
        && kind.required_in_later_version.contains(&item.key)
    {
        report.push(CORRECTION_GROUND.finding(
            item.path(),
            "uuden version korjaamisen peruste puuttuu",
            "the later version does not tell why it was corrected",
        ));
    } else if is_received && kind.required_when_received.contains(&item.key) {
        report.push(ARRIVAL.finding(
            item.path(),
            "saapuneelta asiakirjalta puuttuu saapumistapa tai lähettäjä",
            "a document that came from elsewhere lacks its arrival mode or its sender",
        ));
    } else if kind.expected.contains(&item.key) {
        report.push(ITEM.finding(
            item.path(),
            "tieto puuttuu, vaikka tämän asiakirjaryhmän asiakirjassa on se ollut",
            "the item is missing, though the document of this group that was seen has it",
        ));
    }
}

/// Checks the form of a coded value by the data types of CDA R2.
fn check_code(value: &CodedValue, place: &str, report: &mut Report) {
    let is_empty = |text: Option<&str>| text.is_some_and(str::is_empty);
    if value.code().is_empty()
        || value.code().contains(char::is_whitespace)
        || is_empty(value.system_name())
        || is_empty(value.display())
    {
        report.push(CODE.finding(
            place,
            "koodissa on tyhjämerkki, tai koodi tai nimi on tyhjä",
            "the code holds white space, or the code or a name is empty",
        ));
    }
}

fn check_code_system(item: &ItemLayout, value: ItemRef<'_>, report: &mut Report) {
    let (ItemRef::Code(code) | ItemRef::Process(code)) = value else {
        return;
    };
    check_code(code, &item.path(), report);
    if let Some(expected) = &item.code_system
        && !code.system().starts_with(&expected.oid)
    {
        let rule = if expected.is_inferred {
            CODE_SYSTEM.by_inference()
        } else {
            CODE_SYSTEM
        };
        let expected = &expected.oid;
        report.push(rule.finding(
            item.path(),
            format!("koodisto ei ole {expected}"),
            format!("the code is not of the code system {expected}"),
        ));
    }
}
