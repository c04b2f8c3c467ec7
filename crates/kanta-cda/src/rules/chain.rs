//! Rules of a later version against the version before it.

use kanta_core::Report;
use kanta_core::metadata::DocumentMetadata;

use super::CheckContext;
use super::catalogue::{CHAIN, CHAIN_ID, CHAIN_NUMBER};

pub(super) fn check(metadata: &DocumentMetadata, context: &CheckContext<'_>, report: &mut Report) {
    let Some(previous) = context.previous else {
        return;
    };
    if metadata.set_id != previous.set_id {
        report.push(CHAIN.finding(
            "/ClinicalDocument/setId",
            "alkuperäisen asiakirjan tunniste on toinen kuin edellisessä versiossa",
            "the set id is not the one of the version before",
        ));
    }
    if metadata.id == previous.id {
        report.push(CHAIN_ID.finding(
            "/ClinicalDocument/id",
            "uudella versiolla on edellisen version tunniste",
            "the later version has the identifier of the version before",
        ));
    }
    if Some(metadata.version.as_u32()) != previous.version.as_u32().checked_add(1) {
        report.push(CHAIN_NUMBER.finding(
            "/ClinicalDocument/versionNumber",
            "versionumero ei ole yhtä suurempi kuin edellisen version",
            "the version number is not the next one",
        ));
    }
    let replaced = metadata.replaces.as_ref().map(|replaced| &replaced.id);
    if replaced != Some(&previous.id) {
        report.push(CHAIN_NUMBER.finding(
            "/ClinicalDocument/relatedDocument",
            "asiakirja ei nimeä edellistä versiota korvaamakseen",
            "the document does not name the version before as replaced",
        ));
    }
}
