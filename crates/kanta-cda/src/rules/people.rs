//! Rules of clients and professionals.

use kanta_core::metadata::{Client, DocumentKind, DocumentMetadata};
use kanta_core::spec::{Environment, Spec};
use kanta_core::{ClientIdentifier, Date, Precision, Report, TimeStamp};
use memchr::memmem;

use crate::real_people;

use super::catalogue::{
    AUTHOR, AUTHOR_NUMBER, BIRTH, BIRTH_FORM, CLIENT, CLIENT_HETU, CLIENT_ID, CLIENT_NAME, MINOR,
    TEST_PERSON,
};

pub(super) fn check(metadata: &DocumentMetadata, spec: &Spec, report: &mut Report) {
    if metadata.client.is_none() {
        report.push(CLIENT.finding(
            "/ClinicalDocument/recordTarget",
            "asiakas puuttuu",
            "the client is missing",
        ));
    }
    for (index, client) in metadata.clients().enumerate() {
        let place = match metadata.further_clients.len() {
            0 => "/ClinicalDocument/recordTarget".to_owned(),
            _ => format!("/ClinicalDocument/recordTarget[{}]", index + 1),
        };
        check_client(client, &place, metadata, spec, report);
    }
    check_author(metadata, report);
}

/// Reports, outside production, that a part of the document holds an identity code that a real person can have.
pub(super) fn check_test_persons(
    holds_real: impl FnOnce() -> bool,
    place: &str,
    spec: &Spec,
    report: &mut Report,
) {
    if spec.environment() != Environment::Production && holds_real() {
        report.push(real_person(place));
    }
}

/// Looks at every value of a header as it was written, not only at identifiers: names, texts, extensions.
///
/// Nothing is added where a rule found a real person already.
pub(crate) fn check_people_in_header(document: &[u8], spec: &Spec, report: &mut Report) {
    if report.has(TEST_PERSON.id()) {
        return;
    }
    let end = memmem::find(document, b"<component>").unwrap_or(document.len());
    let header = &document[..end];
    check_test_persons(
        || real_people::has_real(header),
        "/ClinicalDocument",
        spec,
        report,
    );
}

fn real_person(place: &str) -> kanta_core::Finding {
    TEST_PERSON.finding(
        place,
        "tuotannon ulkopuolella saa käyttää vain keinotekoisia henkilötunnuksia (yksilönumero 900–999)",
        "outside production only artificial identity codes (individual number 900-999) may be used",
    )
}

fn check_author(metadata: &DocumentMetadata, report: &mut Report) {
    let needs_author = matches!(
        metadata.kind,
        DocumentKind::ClientDocument | DocumentKind::CaseNote | DocumentKind::FirstPhase
    );
    if !needs_author {
        return;
    }
    let author = metadata.author.as_ref();
    if !author.is_some_and(|author| author.name.is_complete()) {
        report.push(AUTHOR.finding(
            "/ClinicalDocument/author",
            "asiakirjan tallentaneen ammattihenkilön nimi puuttuu",
            "the name of the professional who saved the document is missing",
        ));
    }
    if author.is_some_and(|author| author.registration_number.is_none()) {
        report.push(AUTHOR_NUMBER.finding(
            "/ClinicalDocument/author/assignedAuthor/id",
            "asiakirjan tallentaneen ammattihenkilön rekisteröintinumero puuttuu",
            "the registration number of the professional who saved the document is missing",
        ));
    }
}

fn check_client(
    client: &Client,
    place: &str,
    metadata: &DocumentMetadata,
    spec: &Spec,
    report: &mut Report,
) {
    let id = format!("{place}/patientRole/id");
    if let ClientIdentifier::Unrecognised(_) = client.identifier {
        report.push(CLIENT_ID.finding(
            id.as_str(),
            "tunnus ei ole henkilötunnus eikä kahteen osaan jaettu tilapäinen yksilöintitunnus",
            "the identifier is neither a personal identity code nor a temporary identifier in two parts",
        ));
    }
    if spec.environment() != Environment::Production && client.identifier.can_be_a_real_person() {
        report.push(real_person(&id));
    }
    let is_disclosure = matches!(
        metadata.kind,
        DocumentKind::DisclosurePermission | DocumentKind::DisclosureBan
    );
    let has_code = matches!(client.identifier, ClientIdentifier::PersonalIdentityCode(_));
    if is_disclosure && !has_code {
        report.push(CLIENT_HETU.finding(
            id,
            "luovutuslupa- ja kieltoasiakirjan asiakkaalla pitää olla henkilötunnus",
            "the client of a disclosure permission or ban must have a personal identity code",
        ));
    }
    if !client.name.is_complete() {
        report.push(CLIENT_NAME.finding(
            format!("{place}/patientRole/patient/name"),
            "asiakkaan nimi on vajaa",
            "the client's name is not complete",
        ));
    }
    let is_day = |birth: &TimeStamp| birth.precision() == Precision::Day && !birth.has_offset();
    if !client.birth.as_ref().is_none_or(is_day) {
        report.push(BIRTH_FORM.finding(
            format!("{place}/patientRole/patient/birthTime"),
            "syntymäaika ei ole päivä muodossa vvvvkkpp",
            "the time of birth is not a day of the form yyyyMMdd",
        ));
    }
    let birth = client.birth.as_ref().and_then(TimeStamp::date);
    if let (ClientIdentifier::PersonalIdentityCode(code), Some(birth)) = (&client.identifier, birth)
        && birth != code.birth_date()
    {
        report.push(BIRTH.finding(
            format!("{place}/patientRole/patient/birthTime"),
            "syntymäaika on toinen kuin henkilötunnuksessa",
            "the day of birth differs from the one in the identity code",
        ));
    }
    if let (Some(birth), Some(drafted)) = (birth, metadata.drafted.date())
        && metadata.guardian_disclosure.is_none()
        && is_minor(birth, drafted)
    {
        report.push(MINOR.finding(
            "/ClinicalDocument/authorization/consent/code",
            "asiakas on alaikäinen, eikä asiakirja kerro, saako sen luovuttaa huoltajille",
            "the client is a minor, and the document does not tell whether it may be given to the guardians",
        ));
    }
}

fn is_minor(birth: Date, day: Date) -> bool {
    let of_age = (birth.year() + 18, birth.month(), birth.day());
    (day.year(), day.month(), day.day()) < of_age
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_of_age_on_the_eighteenth_birthday() {
        let day = |text: &str| Date::parse(text).unwrap();
        for (birth, now, expected) in [
            ("2008-02-02", "2026-02-01", true),
            ("2008-02-02", "2026-02-02", false),
            ("2008-02-29", "2026-02-28", true),
            ("2008-02-29", "2026-03-01", false),
            ("1950-01-01", "2026-01-01", false),
        ] {
            assert_eq!(is_minor(day(birth), day(now)), expected, "{birth} {now}");
        }
    }
}
