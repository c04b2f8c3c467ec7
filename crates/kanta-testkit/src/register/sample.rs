//! Disclosure notices of fictional people.

use kanta_client::core::codes::{DocumentType, ServiceTask};
use kanta_client::core::{
    ClientIdentifier, Date, Instant, Organisation, OrganisationOid, RegisterKeeper, ServiceUnit,
    TemporaryId,
};
use kanta_client::fhir::notice::{
    Basis, DisclosedData, Discloser, Disclosure, DisclosureNotice, NamedCode, NoticeBatch,
    NoticeLanguage, OriginalServiceTask, Permit, Recipient, TransferId, What,
};

use crate::people;

/// Returns the parts of a notice of the fictional county about the fictional child; the number makes the identifiers.
#[must_use]
pub fn disclosure(number: u32) -> Disclosure {
    let id = |kind: u32| {
        TransferId::new(people::county_oid(&format!("10.0.95.2026.{kind}.{number}")))
            .expect("the identifier is short")
    };
    let worker = people::social_worker();
    Disclosure {
        id: id(1),
        provenance_id: id(2),
        language: NoticeLanguage::Finnish,
        disclosed_at: instant("2026-03-02T08:15:00Z"),
        recorded_at: instant("2026-03-02T08:20:31.25Z"),
        kind: named("TEST-KIND", "Testi: suoraluovutus"),
        purpose: named("TEST-PURPOSE", "Testi: sosiaalihuollon toteuttaminen"),
        basis: Basis::Statute,
        client: people::child().identifier,
        discloser: Discloser {
            register_keeper: RegisterKeeper::new(people::county()),
            unit: ServiceUnit::new(people::service_unit()),
            professional: worker,
            title: "sosiaalityöntekijä".to_owned(),
            authentication: named("TEST-CARD", "Testi: ammattihenkilön varmenne"),
        },
        recipient: Recipient::Organisation(other_county()),
        software: people::office().software,
    }
}

/// Returns a batch of this many notices about one person, of every kind in turn; at least one. The same number gives the
/// same notices.
///
/// Identifiers repeat from call to call: they are for files and tests, and a real sender takes new ones.
#[must_use]
pub fn sample_batch(notices: u32) -> NoticeBatch {
    let notices = (1..=notices.max(1)).map(notice).collect();
    NoticeBatch::new(notices).expect("the notices are about one person, each under its own number")
}

fn notice(number: u32) -> DisclosureNotice {
    let mut disclosure = disclosure(number);
    let permit = Permit {
        given_on: Date::new(2026, 2, 27).expect("the day exists"),
    };
    let plan = What::general_type(DocumentType::PLAN)
        .with_specified_type(DocumentType::FAMILY_SERVICES_CLIENT_PLAN);
    let plan = DisclosedData::new(ServiceTask::FAMILIES_WITH_CHILDREN, plan);
    let letter = What::description("Lausunto, keväällä 2026 laadittu (keksitty)")
        .expect("the description is not empty");
    let letter = DisclosedData::new(ServiceTask::CHILD_PROTECTION, letter)
        .with_service_task(ServiceTask::FAMILIES_WITH_CHILDREN)
        .with_original_task(OriginalServiceTask::Of2011(named(
            "TEST-2011",
            "Testi: vanha palvelutehtävä",
        )));
    let sets = match number % 4 {
        1 => vec![plan],
        2 => {
            disclosure.basis = Basis::Permit(permit);
            vec![plan, letter]
        }
        3 => {
            disclosure.recipient = Recipient::Client;
            vec![letter]
        }
        _ => {
            disclosure.basis = Basis::Consent(permit);
            disclosure.recipient = Recipient::OtherOrganisation {
                name: "Kuvitteellinen vakuutusyhtiö".to_owned(),
            };
            vec![letter, plan]
        }
    };
    let mut sets = sets.into_iter();
    let first = sets.next().expect("each kind has a data set");
    let notice = DisclosureNotice::new(disclosure, first).expect("the parts are right");
    sets.fold(notice, DisclosureNotice::with_data)
}

/// Returns a temporary identifier of nobody, for notices about clients without an identity code.
#[must_use]
pub fn temporary_client(number: u32) -> ClientIdentifier {
    let temporary = TemporaryId::new(people::county_oid("22.2026"), number.to_string())
        .expect("the root is one of temporary identifiers");
    ClientIdentifier::Temporary(temporary)
}

fn other_county() -> Organisation {
    let oid =
        OrganisationOid::new(people::county_oid("10.77")).expect("the arc is an organisation's");
    Organisation::new(oid, "Toisen kuvitelman hyvinvointialue")
}

fn named(code: &str, display: &str) -> NamedCode {
    NamedCode::new(code, display).expect("code and name are not empty")
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).expect("the text is an instant")
}
