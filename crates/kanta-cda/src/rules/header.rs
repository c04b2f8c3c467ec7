//! Rules of the header.

use kanta_core::metadata::{Client, DocumentKind, DocumentMetadata, ItemValue};
use kanta_core::spec::{Environment, Spec};
use kanta_core::{ClientIdentifier, Oid, PersonalIdentityCode, Report, VersionNumber};

use super::{
    AUTHOR, BIRTH, CLIENT, CLIENT_ID, CODE_SYSTEM, ITEM, KIND, LANGUAGE, LATER_VERSION,
    REGISTER_KEEPER, REQUIRED_ITEM, TEST_PERSON, VERSION,
};

pub(super) fn check(metadata: &DocumentMetadata, spec: &Spec, report: &mut Report) {
    check_version(metadata, report);
    check_language(metadata, report);
    match &metadata.client {
        Some(client) => check_client(client, spec, report),
        None => report.push(CLIENT.finding(
            "/ClinicalDocument/recordTarget",
            "asiakas puuttuu",
            "the client is missing",
        )),
    }
    if metadata.register_keeper.is_none() {
        report.push(REGISTER_KEEPER.finding(
            "/ClinicalDocument/custodian",
            "rekisterinpitäjä puuttuu",
            "the register keeper is missing",
        ));
    }
    let has_author = metadata
        .author
        .as_ref()
        .is_some_and(|author| author.name.is_complete());
    if metadata.kind == DocumentKind::ClientDocument && !has_author {
        report.push(AUTHOR.finding(
            "/ClinicalDocument/author",
            "asiakirjan tallentaneen ammattihenkilön nimi puuttuu",
            "the name of the professional who saved the document is missing",
        ));
    }
    match metadata.kind.key() {
        Some(kind) => check_items(metadata, kind, spec, report),
        None => report.push(KIND.finding(
            "/ClinicalDocument/localSocialHeader/documentGroup",
            "asiakirjaryhmää ei tunneta",
            "the document group is not one that this version writes; only general rules were checked",
        )),
    }
}

/// Reports identity codes that real people can have, anywhere in a text, outside production.
pub(super) fn check_test_persons(text: &[u8], place: &str, spec: &Spec, report: &mut Report) {
    if spec.environment() != Environment::Production && PersonalIdentityCode::has_real(text) {
        report.push(real_person(place));
    }
}

fn real_person(place: &str) -> kanta_core::Finding {
    TEST_PERSON.finding(
        place,
        "tuotannon ulkopuolella saa käyttää vain keinotekoisia henkilötunnuksia (yksilönumero 900–999)",
        "outside production only artificial identity codes (individual number 900-999) may be used",
    )
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

fn check_language(metadata: &DocumentMetadata, report: &mut Report) {
    let known = metadata.language.as_deref().is_some_and(|language| {
        language.eq_ignore_ascii_case("fi") || language.eq_ignore_ascii_case("sv")
    });
    if !known {
        report.push(LANGUAGE.finding(
            "/ClinicalDocument/languageCode/@code",
            "kieli on fi tai sv",
            "the language is fi or sv",
        ));
    }
}

fn check_client(client: &Client, spec: &Spec, report: &mut Report) {
    const PLACE: &str = "/ClinicalDocument/recordTarget/patientRole/id";
    if let ClientIdentifier::Unrecognised(_) = client.identifier {
        report.push(CLIENT_ID.finding(
            PLACE,
            "tunnus ei ole henkilötunnus eikä kahteen osaan jaettu tilapäinen yksilöintitunnus",
            "the identifier is neither a personal identity code nor a temporary identifier in two parts",
        ));
    }
    if spec.environment() != Environment::Production && client.identifier.can_be_a_real_person() {
        report.push(real_person(PLACE));
    }
    if !client.name.is_complete() {
        report.push(CLIENT.finding(
            "/ClinicalDocument/recordTarget/patientRole/patient/name",
            "asiakkaan nimi on vajaa",
            "the client's name is not complete",
        ));
    }
    let birth = client.birth.as_ref().and_then(kanta_core::TimeStamp::date);
    if let (ClientIdentifier::PersonalIdentityCode(code), Some(birth)) = (&client.identifier, birth)
        && birth != code.birth_date()
    {
        report.push(BIRTH.finding(
            "/ClinicalDocument/recordTarget/patientRole/patient/birthTime",
            "syntymäaika on toinen kuin henkilötunnuksessa",
            "the day of birth differs from the one in the identity code",
        ));
    }
}

/// Checks each item of the social-care header against the bundle: whether the kind has it, and its code system.
fn check_items(metadata: &DocumentMetadata, kind: &str, spec: &Spec, report: &mut Report) {
    for key in spec.list_for_reading("document.local_header.order") {
        let part =
            |part: &str| spec.text_for_reading(&format!("document.local_header.item.{key}.{part}"));
        let place = format!(
            "/ClinicalDocument/localSocialHeader/{}",
            part("element").unwrap_or(key)
        );
        let item = metadata.item(key);
        let follows_from_kind = spec
            .code_for_reading(&format!("document.kind.{kind}.{}", kind_part(key)))
            .is_some();
        match (part(kind), item.as_deref()) {
            (Some("required"), None) if !follows_from_kind => report.push(REQUIRED_ITEM.finding(
                place,
                "pakollinen tieto puuttuu",
                "a mandatory item is missing",
            )),
            (Some("expected"), None) if !follows_from_kind => report.push(ITEM.finding(
                place,
                "tieto puuttuu, vaikka tämän asiakirjaryhmän asiakirjassa on se ollut",
                "the item is missing, though the document of this group that was seen has it",
            )),
            (Some("absent"), Some(_)) => report.push(ITEM.finding(
                place,
                "tietoa ei ole nähty tämän asiakirjaryhmän asiakirjassa",
                "the item was not in the document of this group that was seen",
            )),
            (_, Some(ItemValue::Code(code) | ItemValue::Process(code))) => {
                let expected = part("code_system").and_then(|system| Oid::parse(system).ok());
                if let Some(expected) = expected
                    && !code.system().starts_with(&expected)
                {
                    report.push(CODE_SYSTEM.finding(
                        place,
                        format!("koodisto ei ole {expected}"),
                        format!("the code is not of the code system {expected}"),
                    ));
                }
            }
            _ => {}
        }
    }
}

fn kind_part(key: &str) -> &str {
    if key == "document_group" {
        "group"
    } else {
        key
    }
}
