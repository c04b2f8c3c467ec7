//! Rules of the header that hold for every kind.

use kanta_core::metadata::{DocumentMetadata, ItemRef};
use kanta_core::spec::{Environment, Spec};
use kanta_core::{Oid, Precision, Report, TimeStamp, VersionNumber};

use super::catalogue::{
    KIND, KIND_INFERRED, LANGUAGE, LATER_VERSION, PATIENT_REGISTER, PLACEHOLDER, RECORD_STATUS,
    REGISTER_KEEPER, REGISTER_TYPE, TEST_VALUE, TIME, UNIT, VERSION,
};
use crate::document::layout::{Layout, is_of_same_system};
use crate::document::placeholder;

pub(super) fn check(
    metadata: &DocumentMetadata,
    spec: &Spec,
    layout: &Layout,
    report: &mut Report,
) {
    check_version(metadata, report);
    check_times(metadata, report);
    check_language(metadata, layout, report);
    check_register(metadata, layout, report);
    check_record_status(metadata, layout, report);
    check_made_up_values(metadata, spec, layout, report);
    if metadata.register_keeper.is_none() {
        report.push(REGISTER_KEEPER.finding(
            "/ClinicalDocument/custodian",
            "rekisterinpitäjä puuttuu",
            "the register keeper is missing",
        ));
    }
    if metadata.service_unit.is_none() {
        report.push(UNIT.finding(
            "/ClinicalDocument/componentOf/encompassingEncounter/encounterParticipant",
            "palveluyksikkö puuttuu",
            "the service unit is missing",
        ));
    }
    const GROUP: &str = "/ClinicalDocument/localSocialHeader/documentGroup";
    match layout.kind(&metadata.kind) {
        None => report.push(KIND.finding(
            GROUP,
            "asiakirjaryhmää ei tunneta",
            "the document group is not one that the spec bundle knows; only general rules were checked",
        )),
        Some(kind) if kind.is_a_guess(metadata) => report.push(KIND_INFERRED.finding(
            GROUP,
            "asiakirjaryhmän koodi on päätelty, eikä sisällön rakenne vahvista sitä",
            "the code of the document group is an inference, and the structure of the content does not confirm it",
        )),
        Some(_) => {}
    }
}

fn check_version(metadata: &DocumentMetadata, report: &mut Report) {
    const PLACE: &str = "/ClinicalDocument/setId";
    let is_original = metadata.id == metadata.set_id;
    if metadata.version == VersionNumber::FIRST && !is_original {
        report.push(VERSION.finding(
            PLACE,
            "ensimmäisen version alkuperäisen asiakirjan tunniste ei ole asiakirjan oma tunniste",
            "the first version has its own identifier as set id",
        ));
    }
    if metadata.version > VersionNumber::FIRST && is_original {
        report.push(LATER_VERSION.finding(
            PLACE,
            "uudella versiolla on oma tunniste ja alkuperäisen asiakirjan tunniste",
            "a later version has an identifier of its own and keeps the first one's as set id",
        ));
    }
}

fn check_times(metadata: &DocumentMetadata, report: &mut Report) {
    let is_whole = |time: &TimeStamp| {
        matches!(time.precision(), Precision::Second | Precision::Fraction) && time.has_offset()
    };
    let mut check = |place: &str, time: &TimeStamp| {
        if !is_whole(time) {
            report.push(TIME.finding(
                place,
                "ajassa ei ole sekunteja tai aikavyöhykettä",
                "the time lacks seconds or an offset",
            ));
        }
    };
    // A legacy document may be older than its clock.
    if metadata.kind != kanta_core::metadata::DocumentKind::Legacy {
        check("/ClinicalDocument/effectiveTime/@value", &metadata.drafted);
    }
    if let Some(created) = &metadata.created {
        check(
            "/ClinicalDocument/localSocialHeader/creationTime/@value",
            created,
        );
    }
}

fn check_language(metadata: &DocumentMetadata, layout: &Layout, report: &mut Report) {
    // Real documents write `FI` too.
    let is_known = metadata.language.as_ref().is_some_and(|language| {
        layout
            .languages
            .iter()
            .any(|known| language.eq_ignore_ascii_case(known))
    });
    if !is_known {
        let known = layout.languages.join(", ");
        report.push(LANGUAGE.finding(
            "/ClinicalDocument/languageCode/@code",
            format!("kieli ei ole mikään näistä: {known}"),
            format!("the language is none of these: {known}"),
        ));
    }
}

/// The patient register has an archive of its own: nothing of it may go into this one.
fn check_register(metadata: &DocumentMetadata, layout: &Layout, report: &mut Report) {
    let social = layout.confidentiality.for_reading();
    let patient = layout.patient_confidentiality.for_reading();
    if let (Some(found), Some(social), Some(patient)) = (&metadata.confidentiality, social, patient)
        && found.system() == social.system()
        && found.code() == patient
    {
        report.push(PATIENT_REGISTER.finding(
            "/ClinicalDocument/confidentialityCode/@code",
            "luottamuksellisuus on potilasasiakirjan",
            "the confidentiality is that of a patient document",
        ));
    }
    if let (Some(found), Some(client)) =
        (&metadata.register_type, layout.register_type.for_reading())
        && (found.code() != client.code() || !is_of_same_system(found, client))
    {
        report.push(REGISTER_TYPE.finding(
            "/ClinicalDocument/localSocialHeader/registryType",
            "rekisterityyppi ei ole sosiaalihuollon asiakasrekisteri",
            "the register type is not the client register of social care",
        ));
    }
}

/// Other states are in the code set; a document in one of them was not seen in the archive's messages.
fn check_record_status(metadata: &DocumentMetadata, layout: &Layout, report: &mut Report) {
    if let (Some(found), Some(ready)) =
        (&metadata.record_status, layout.record_status.for_reading())
        && (found.code() != ready.code() || !is_of_same_system(found, ready))
    {
        report.push(RECORD_STATUS.finding(
            "/ClinicalDocument/localSocialHeader/recordStatus",
            "valmistumisen tila ei ole arkistointivalmis",
            "the record status is not ready for archiving",
        ));
    }
}

fn check_made_up_values(
    metadata: &DocumentMetadata,
    spec: &Spec,
    layout: &Layout,
    report: &mut Report,
) {
    if let Some(place) = placeholder::find(metadata, layout) {
        report.push(PLACEHOLDER.finding(
            place,
            "arvo on paikanpitäjä",
            "the value is a placeholder",
        ));
    }
    if spec.environment() == Environment::Test {
        return;
    }
    let example = Oid::parse("2.999").ok();
    for item in &layout.items {
        if let Some(ItemRef::Code(value) | ItemRef::Process(value)) = item.value(metadata)
            && (value.code().starts_with("TEST-")
                || example
                    .as_ref()
                    .is_some_and(|example| value.system().starts_with(example)))
        {
            report.push(TEST_VALUE.finding(
                item.path(),
                "keksitty koodi ei kelpaa testiarkiston ulkopuolella",
                "a made-up code is good for nothing outside the test archive",
            ));
        }
    }
}
