//! Documents of every kind, about people who do not exist.

use kanta_cda::Draft;
use kanta_cda::structure::Structure;
use kanta_core::codes::{
    DisplayRestriction, DocumentType, GuardianDisclosure, RetentionClass, ServiceProcess,
    ServiceTask, SpecialContent,
};
use kanta_core::metadata::{
    CaseDocument, Client, ClientDocument, ClientRelationDocument, DisclosureDocument, DocumentKind,
    DocumentMetadata, LegacyDocument, Office, Software,
};
use kanta_core::spec::Spec;
use kanta_core::{
    CaseId, ClientIdentifier, ClientRelationId, CodedValue, Date, DocumentOid, Instant, Oid,
    Organisation, OrganisationOid, PersonName, PersonalIdentityCode, Professional,
    ProfessionalRegistrationNumber, TemporaryId, TimeStamp,
};
use kanta_testkit::structures;
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) const CHILD: &str = "090514A9226";
pub(crate) const ADULT: &str = "170281-935M";

/// A PDF that claims to follow PDF/A, and nothing more.
pub(crate) const PDF: &[u8] = b"%PDF-1.7\n1 0 obj <</Type/Metadata>> stream\n<pdfaid:part>2</pdfaid:part>\
    <pdfaid:conformance>B</pdfaid:conformance>\nendstream endobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";

pub(crate) fn oid(rest: &str) -> Oid {
    Oid::parse(&format!("1.2.246.10.99999999.{rest}")).unwrap()
}

pub(crate) fn document_oid(rest: &str) -> DocumentOid {
    DocumentOid::new(oid(rest))
}

pub(crate) fn made_at() -> Instant {
    Instant::parse("2026-02-02T08:15:30Z").unwrap()
}

pub(crate) fn organisation(rest: &str, name: &str) -> Organisation {
    Organisation::new(OrganisationOid::new(oid(rest)).unwrap(), name)
}

pub(crate) fn office() -> Office {
    Office {
        register_keeper: organisation("10.0", "Kuvitelman hyvinvointialue"),
        organiser: organisation("10.0", "Kuvitelman hyvinvointialue"),
        producer: organisation("10.0", "Kuvitelman hyvinvointialue"),
        service_unit: organisation("10.21", "Kuvitelman perhepalvelut"),
        software: Software {
            vendor: "Esimerkkitoimittaja".to_owned(),
            product: "Esimerkki-ATJ".to_owned(),
            version: "1.0.0".to_owned(),
        },
    }
}

pub(crate) fn client(code: &str) -> Client {
    let name = PersonName::new(["Aino", "Tuulikki"], "Kuvitelma").unwrap();
    let code = PersonalIdentityCode::parse(code).unwrap();
    Client::new(
        ClientIdentifier::PersonalIdentityCode(code),
        name.with_call_name("Aino"),
    )
}

pub(crate) fn newborn() -> Client {
    let id = TemporaryId::new(oid("22.2026"), "010126A999X").unwrap();
    let name = PersonName::new(["Tyttö"], "Kuvitelma").unwrap();
    Client::new(ClientIdentifier::Temporary(id), name)
}

pub(crate) fn author() -> Professional {
    Professional {
        registration_number: ProfessionalRegistrationNumber::parse("99999999911").ok(),
        name: PersonName::new(["Onni"], "Esimerkillinen").unwrap(),
    }
}

pub(crate) fn client_document() -> ClientDocument {
    ClientDocument {
        general_type: DocumentType::PLAN,
        specific_type: DocumentType::FAMILY_SERVICES_CLIENT_PLAN,
        client: client(ADULT),
        author: author(),
        case: CaseId::new(oid("14.2026.2")),
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        service_process: ServiceProcess::PLANNING,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    }
}

/// Metadata of the first version of each kind.
pub(crate) fn metadata(kind: &DocumentKind) -> DocumentMetadata {
    let (office, id, made) = (office(), document_oid("11.2026.1"), made_at());
    let (retention, special_content) = (RetentionClass::PERMANENT, SpecialContent::NO);
    let disclosure = DisclosureDocument {
        client: client(ADULT),
        retention: retention.clone(),
        special_content: special_content.clone(),
    };
    match kind {
        DocumentKind::ClientRelation => {
            let details = ClientRelationDocument {
                relation: ClientRelationId::new(oid("13.2026.1")),
                client: client(ADULT),
                retention,
                special_content,
            };
            DocumentMetadata::client_relation(&office, id, made, details)
        }
        DocumentKind::Case => {
            let details = CaseDocument {
                case: CaseId::new(oid("14.2026.2")),
                client: client(ADULT),
                opened: Date::parse("2026-01-12").unwrap(),
                closed: None,
                service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
                retention,
                special_content,
            };
            DocumentMetadata::case(&office, id, made, details)
        }
        DocumentKind::CaseNote => DocumentMetadata::case_note(&office, id, made, client_document()),
        DocumentKind::FirstPhase => {
            DocumentMetadata::first_phase(&office, id, made, client_document())
        }
        DocumentKind::Legacy => {
            let details = LegacyDocument {
                general_type: DocumentType::PLAN,
                client: client(ADULT),
                author: None,
                drafted: TimeStamp::parse("19990304").unwrap(),
                case: None,
                service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
                retention,
                special_content,
            };
            DocumentMetadata::legacy(&office, id, made, details)
        }
        DocumentKind::DisclosurePermission => {
            DocumentMetadata::disclosure_permission(&office, id, made, disclosure)
        }
        DocumentKind::DisclosureBan => {
            DocumentMetadata::disclosure_ban(&office, id, made, disclosure)
        }
        _ => DocumentMetadata::client_document(&office, id, made, client_document()),
    }
}

/// A display form that fits metadata.
pub(crate) fn xhtml(metadata: &DocumentMetadata) -> String {
    format!(
        "<div class=\"soc-document\" id=\"{}\" xmlns=\"http://www.w3.org/1999/xhtml\"><h1>Asiakirja</h1></div>",
        metadata.id.body_anchor()
    )
}

/// A draft of each kind that passes every rule under the filled bundle, and its structure when it has one.
pub(crate) fn draft(kind: &DocumentKind) -> (Draft, Option<Structure>) {
    draft_of(metadata(kind))
}

pub(crate) fn draft_of(metadata: DocumentMetadata) -> (Draft, Option<Structure>) {
    match metadata.kind {
        DocumentKind::FirstPhase => (Draft::pdf(metadata, PDF), None),
        DocumentKind::Legacy => {
            let display = xhtml(&metadata);
            (Draft::xhtml(metadata, display), None)
        }
        DocumentKind::Case => {
            let structure = structures::case();
            let content = case_content();
            (Draft::new(metadata, content.to_string()), Some(structure))
        }
        DocumentKind::ClientRelation => {
            let content = relation_content();
            (
                Draft::new(metadata, content.to_string()),
                Some(structures::client_relation()),
            )
        }
        _ => (
            Draft::new(metadata, plan_content().to_string()),
            Some(structures::client_plan()),
        ),
    }
}

fn identity_code(code: &str) -> Value {
    json!({"system": "urn:oid:1.2.246.21", "value": code})
}

fn unit(rest: &str, name: &str) -> Value {
    json!({"system": "urn:oid:1.2.246.537.6.202.2008", "code": oid(rest).as_str(), "display": name})
}

pub(crate) fn relation_content() -> Value {
    json!({"asiakkuusasiakirja": {
        "asiakkuuden_yksilointitunnus": {"system": "urn:oid:1.2.246.1", "value": oid("13.2026.1").as_str()},
        "asiakas": {"sukunimi": "Kuvitelma", "etunimet": "Aino Tuulikki", "henkilotunnus": identity_code(ADULT), "turvakielto": false},
        "sosiaalihuollon_asiakkuus": {"asiakkuuden_alkamispvm": "2026-01-12"},
        "palvelunjarjestajan_toimintayksikko": unit("10.0", "Kuvitelman hyvinvointialue"),
        "sosiaalihuollon_palvelutehtava": [{
            "palvelutehtava": {"system": "urn:oid:1.2.246.537.6.1221.201601", "code": "24", "display": "Lapsiperheiden palvelut"},
            "palvelunjarjestajan_palveluyksikko": [{"palveluyksikon_nimi": unit("10.21", "Kuvitelman perhepalvelut"), "asiakkuuden_alkamispvm": "2026-01-12"}],
        }],
    }})
}

pub(crate) fn plan_content() -> Value {
    json!({"lapsiperheiden_palvelujen_asiakassuunnitelma": {
        "asiakas": [{"sukunimi": "Kuvitelma", "etunimet": "Aino Tuulikki", "henkilotunnus": identity_code(ADULT)}],
        "laatija": [{"sukunimi": "Esimerkillinen", "etunimet": "Onni"}],
    }})
}

pub(crate) fn case_content() -> Value {
    json!({"asia_asiakirja": {
        "asiakas": [{"sukunimi": "Kuvitelma", "henkilotunnus": identity_code(ADULT)}],
        "asian_tiedot": {
            "asiatunnus": {"value": oid("14.2026.2").as_str()},
            "nimi": {"system": "urn:oid:1.2.246.537.6.1265", "code": "99", "display": "Muu"},
            "lisatieto_luokkaan_muu": "Palvelutarpeen selvittäminen",
            "tila": {"system": "urn:oid:2.999.6", "code": "TEST-OPEN", "display": "Testi: avoin"},
            "avauspaiva": "2026-01-12",
            "palvelutehtava": {"system": "urn:oid:1.2.246.537.6.1221.201601", "code": "24", "display": "Lapsiperheiden palvelut"},
            "yhteinen_asia": false,
        },
    }})
}

/// A document of each kind, as it leaves the check.
pub(crate) fn one_of_each_kind(spec: &Spec) -> Vec<Vec<u8>> {
    let checked = |kind| {
        let (draft, structure) = draft(kind);
        let valid = draft.check(structure.as_ref(), spec).unwrap();
        valid.as_xml().to_vec()
    };
    DocumentKind::NAMED.iter().map(checked).collect()
}

/// Text of every sort that XML can hold, white space and markup among it.
pub(crate) fn text() -> impl Strategy<Value = String> {
    "[ -~äöåÄÖÅ€😀&<>\"'\t\n\r\u{85}\u{2028}]{0,40}"
}

/// CDA R2 knows no empty names.
fn name() -> impl Strategy<Value = String> {
    text().prop_filter("a name is not empty", |name| !name.is_empty())
}

fn any_code() -> impl Strategy<Value = CodedValue> {
    (
        "[!-~åÅ€]{1,12}",
        "2\\.999(\\.[1-9][0-9]{0,6}){1,4}",
        prop::option::of(name()),
        prop::option::of(name()),
    )
        .prop_map(|(code, system, name, display)| {
            let mut value = CodedValue::new(code, Oid::parse(&system).unwrap());
            if let Some(name) = name {
                value = value.with_system_name(name);
            }
            if let Some(display) = display {
                value = value.with_display(display);
            }
            value
        })
}

fn any_client() -> impl Strategy<Value = Client> {
    let id = prop_oneof![Just(client(ADULT)), Just(client(CHILD)), Just(newborn())];
    let name = (
        prop::collection::vec(text(), 0..4),
        prop::option::of(text()),
        text(),
    );
    (id, name, any::<bool>()).prop_map(|(mut client, (given, call_name, family), with_birth)| {
        client.name = PersonName::as_read(given, call_name, family);
        if !with_birth {
            client.birth = None;
            client.gender = None;
        }
        client
    })
}

/// Metadata of any kind with any of the items.
pub(crate) fn any_metadata() -> impl Strategy<Value = DocumentMetadata> {
    let kind = prop::sample::select(DocumentKind::NAMED.to_vec());
    let codes = prop::collection::vec(prop::option::of(any_code()), 8);
    let texts = prop::collection::vec(prop::option::of(text()), 5);
    let clients = prop::collection::vec(any_client(), 1..4);
    let flags = prop::collection::vec(any::<bool>(), 6);
    (kind, codes, texts, clients, flags).prop_map(|(kind, codes, texts, clients, flags)| {
        let mut metadata = metadata(&kind);
        let mut clients = clients.into_iter();
        metadata.client = clients.next();
        metadata.further_clients = clients.collect();
        let mut codes = codes.into_iter().flatten();
        let mut texts = texts.into_iter().flatten();
        for slot in [
            &mut metadata.general_type,
            &mut metadata.service_process,
            &mut metadata.retention,
            &mut metadata.correction_ground,
            &mut metadata.social_service,
            &mut metadata.arrival_mode,
            &mut metadata.display_restriction,
        ] {
            if let Some(code) = codes.next() {
                *slot = Some(code);
            }
        }
        metadata.organiser_name = texts.next();
        metadata.restriction_reason = texts.next();
        metadata.sender = texts.next();
        metadata.disclosure_despite_ban = texts.next();
        if let (Some(name), Some(keeper)) = (texts.next(), &mut metadata.register_keeper) {
            keeper.name = Some(name);
        }
        if flags[0] {
            metadata = metadata.with_guardian_disclosure(GuardianDisclosure::PERMITTED);
        }
        if flags[1] {
            metadata.display_restriction = Some(DisplayRestriction::ENDANGERS_CLIENT.into());
        }
        if flags[2] {
            metadata.security_ban = Some(flags[3]);
            metadata.shown_from = Some(TimeStamp::parse("20270101").unwrap());
        }
        if flags[4] {
            metadata.author = None;
            metadata.producer = None;
        }
        if flags[5] {
            let ground = CodedValue::new("TEST-1", Oid::parse("2.999.5").unwrap());
            let revision = metadata.revise().correct(ground);
            metadata = revision
                .into_version(document_oid("11.2026.2"), made_at())
                .unwrap();
        }
        metadata
    })
}
