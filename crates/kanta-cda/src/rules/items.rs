//! Rules of the social-care header's items, by what the spec bundle says about the kind.

use kanta_core::metadata::{DocumentMetadata, ItemRef};
use kanta_core::{Report, VersionNumber};

use super::CheckContext;
use super::catalogue::{ARRIVAL, CODE_SYSTEM, CORRECTION_GROUND, ITEM, REQUIRED_ITEM};
use crate::document::layout::{ItemLayout, KindLayout, Layout};

pub(super) fn check(
    metadata: &DocumentMetadata,
    context: &CheckContext<'_>,
    layout: &Layout,
    report: &mut Report,
) {
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

fn check_code_system(item: &ItemLayout, value: ItemRef<'_>, report: &mut Report) {
    let (ItemRef::Code(code) | ItemRef::Process(code)) = value else {
        return;
    };
    if let Some(expected) = &item.code_system
        && !code.system().starts_with(expected)
    {
        report.push(CODE_SYSTEM.finding(
            item.path(),
            format!("koodisto ei ole {expected}"),
            format!("the code is not of the code system {expected}"),
        ));
    }
}
