//! Relations, cases and wills between objects and content: round trips, THL's structures as judges, and a real document.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

use std::path::{Path, PathBuf};

use kanta_cda::ClinicalDocument;
use kanta_cda::relation::{
    read_bans, read_case, read_client_relation, read_permission, write_bans, write_case,
    write_client_relation, write_permission,
};
use kanta_cda::structure::Structure;
use kanta_core::codes::{
    CaseKind, CaseState, DocumentType, RelationRole, ServiceTask, SocialService,
};
use kanta_core::relation::{
    Case, CaseClient, CaseOpening, CaseStates, ClientRelation, EndDay, Period, RelationClient,
    SecurityBan, ServicePerformer, ServiceProducer,
};
use kanta_core::right::RegisterUseRight;
use kanta_core::spec::{Bundle, Spec};
use kanta_core::will::{
    BanTarget, BannedDocument, DisclosureBan, DisclosureBans, DisclosurePermission, Giver, Maker,
    Representative, RepresentativeIdentifier, RepresentativeRole, WillClient, WillRecorder,
};
use kanta_core::{
    CaseId, ClientIdentity, ClientRelationId, Date, DocumentOid, Oid, Organisation,
    OrganisationOid, PersonName, PersonalIdentityCode, RegisterKeeper, ServiceOrganiser,
    ServiceUnit, TemporaryId, TimeStamp, VersionNumber,
};
use kanta_testkit::structures;
use kanta_xml::Limits;
use proptest::prelude::*;
use serde_json::{Value, json};

fn conformance() -> Option<PathBuf> {
    let folder = std::env::var_os("KANTA_CONFORMANCE").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: KANTA_CONFORMANCE does not name the folder of conformance material");
    }
    folder
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn day(month: i8, day: i8) -> Date {
    Date::new(2026, month, day).unwrap()
}

fn organisation(end: &str) -> Organisation {
    let oid = OrganisationOid::parse(&format!("1.2.246.10.99999999.10.{end}")).unwrap();
    Organisation::new(oid, format!("Yksikkö {end}"))
}

fn unit(end: &str) -> ServiceUnit {
    ServiceUnit::new(organisation(end))
}

fn name() -> PersonName {
    PersonName::new(["Aino", "Tuulikki"], "Kuvitelma").unwrap()
}

fn code() -> PersonalIdentityCode {
    PersonalIdentityCode::parse("090514A9226").unwrap()
}

fn temporary() -> TemporaryId {
    let root = Oid::parse("1.2.246.10.99999999.22.2026").unwrap();
    TemporaryId::new(root, "17").unwrap()
}

/// A relation that uses every field of the object.
fn relation() -> ClientRelation {
    let client = RelationClient::new(ClientIdentity::temporary(temporary()), name());
    let mut opening = ClientRelation::open(
        ClientRelationId::parse("2.999.7.1").unwrap(),
        client,
        ServiceOrganiser::new(organisation("0")),
        day(1, 1),
    );
    let task = ServiceTask::FAMILIES_WITH_CHILDREN;
    let producer = ServiceProducer::starting(unit("31"), day(2, 1)).with_services([
        SocialService::FAMILY_COUNSELLING,
        SocialService::SOCIAL_WORK,
    ]);
    let performer = ServicePerformer::starting(unit("41"), day(3, 1))
        .with_services([SocialService::SOCIAL_WORK]);
    opening
        .identify(code())
        .set_security_ban(SecurityBan {
            in_force: true,
            ends: Some(day(12, 31)),
        })
        .set_child_protection(Period::new(day(4, 1), Some(day(5, 1))))
        .add_general_unit(unit("20"), day(1, 1))
        .add_unit(task.clone(), unit("21"), day(1, 1))
        .unwrap()
        .add_unit(ServiceTask::CHILD_PROTECTION, unit("22"), day(4, 1))
        .unwrap()
        .grant(&task, producer)
        .unwrap()
        .grant_performer(&task, &unit("31"), performer)
        .unwrap()
        .end_performer(&task, &unit("31"), &unit("41"), day(6, 30))
        .unwrap()
        .end(day(12, 31), "palvelun tarve on päättynyt")
        .unwrap();
    opening.finish().unwrap()
}

fn states() -> CaseStates {
    CaseStates {
        open: CaseState::other("TEST-OPEN", "Auki"),
        closed: CaseState::other("TEST-CLOSED", "Suljettu"),
    }
}

fn case() -> Case {
    let opening = CaseOpening {
        id: CaseId::parse("2.999.8.1").unwrap(),
        kind: CaseKind::other("99", "Muu"),
        organiser: ServiceOrganiser::new(organisation("0")),
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        day: day(1, 1),
    };
    let aino = ClientIdentity::official(code());
    let baby = ClientIdentity::temporary(temporary());
    let stamp = |text: &str| TimeStamp::parse(text).unwrap();
    let mut opening = Case::open_joint(opening, &states());
    opening
        .describe("esimerkki")
        .join(CaseClient::new(aino.clone(), name()), stamp("20260101"))
        .unwrap()
        .join(CaseClient::new(baby, name()), stamp("20260201101530+0200"))
        .unwrap()
        .leave(&aino, stamp("20260301101530.25+0200"))
        .unwrap()
        .join(CaseClient::new(aino, name()), stamp("20260401101530+0000"))
        .unwrap()
        .close(day(12, 31))
        .unwrap();
    opening.finish().unwrap()
}

fn representative(identifier: RepresentativeIdentifier) -> Representative {
    Representative {
        name: name(),
        identifier,
        role: RepresentativeRole::try_from(RelationRole::GUARDIAN).unwrap(),
    }
}

fn will_client() -> WillClient {
    WillClient {
        identity_code: code(),
        name: name(),
    }
}

fn recorder() -> Maker {
    Maker::ClientSystem(WillRecorder {
        name: PersonName::new(["Onni"], "Esimerkillinen").unwrap(),
        job_title: Some("sosiaalityöntekijä".into()),
        unit: Some(unit("21")),
    })
}

fn permission() -> DisclosurePermission {
    let mut permission = DisclosurePermission::given(will_client(), day(1, 2), recorder());
    permission.explanation = Some("esimerkki".into());
    permission.drafted = Some(day(1, 3));
    permission.by(Giver::Representatives(vec![
        representative(RepresentativeIdentifier::IdentityCode(code())),
        representative(RepresentativeIdentifier::Temporary(temporary())),
        representative(RepresentativeIdentifier::Trustee("yhdistys 17".into())),
    ]))
}

/// Bans of every kind, in the order in which the document groups them.
fn bans() -> DisclosureBans {
    let document = |end: &str, drafted: Option<&str>| BannedDocument {
        oid: DocumentOid::parse(&format!("2.999.11.{end}")).unwrap(),
        document_type: drafted.map(|_| DocumentType::PLAN),
        drafted: drafted.map(|text| TimeStamp::parse(text).unwrap()),
    };
    let keepers = vec![
        RegisterKeeper::new(organisation("0")),
        RegisterKeeper::new(organisation("9")),
    ];
    let tasks = vec![
        ServiceTask::CHILD_PROTECTION,
        ServiceTask::SUBSTANCE_ABUSE_CARE,
    ];
    let documents = vec![
        document("1", Some("20260101101530+0200")),
        document("2", None),
    ];
    let mut by_guardian = DisclosureBan::new(BanTarget::ServiceTasks(tasks), day(1, 2));
    by_guardian.forbidder = Giver::Representatives(vec![representative(
        RepresentativeIdentifier::Trustee("17".into()),
    )]);
    let mut bans = DisclosureBans::none(will_client(), recorder())
        .with(DisclosureBan::new(
            BanTarget::RegisterKeepers(keepers),
            day(1, 1),
        ))
        .with(by_guardian)
        .with(DisclosureBan::new(
            BanTarget::Documents(documents),
            day(1, 3),
        ));
    bans.explanation = Some("esimerkki".into());
    bans.drafted = Some(day(1, 4));
    bans
}

/// A structure of our own with nothing but the information text.
fn own_structure(root: &str) -> Structure {
    let schema = format!(
        r#"{{"type": "object", "additionalProperties": false, "required": ["{root}"],
        "sosmeta": {{"oid": "2.999.1.2026.1.1", "documentType": "Esimerkki", "documentDefinitionVersion": "2026-01-01"}},
        "properties": {{"{root}": {{"type": "object", "additionalProperties": false, "required": [], "properties": {{
            "infoteksti": {{"type": "string", "enum": ["Esimerkkiteksti"]}}}}}}}}}}"#
    );
    Structure::parse(schema.as_bytes()).unwrap()
}

#[test]
fn objects_survive_the_content() {
    let relation = relation();
    let written = write_client_relation(&relation, None).unwrap();
    assert_eq!(
        read_client_relation(&written, relation.version).unwrap(),
        relation
    );

    let case = case();
    let written = write_case(&case, None).unwrap();
    assert_eq!(read_case(&written, case.version).unwrap(), case);

    let written =
        write_permission(&permission(), &own_structure("luovutuslupa_asiakirja")).unwrap();
    assert_eq!(read_permission(&written).unwrap(), permission());
    let cancelled = permission().cancelled(day(2, 1), Maker::OmaKanta);
    let written = write_permission(&cancelled, &own_structure("luovutuslupa_asiakirja")).unwrap();
    assert_eq!(read_permission(&written).unwrap(), cancelled);

    let structure = own_structure("kieltoasiakirja");
    let written = write_bans(&bans(), &structure).unwrap();
    assert_eq!(read_bans(&written).unwrap(), bans());
    let none = DisclosureBans::none(will_client(), Maker::OmaKanta);
    assert_eq!(
        read_bans(&write_bans(&none, &structure).unwrap()).unwrap(),
        none
    );
}

#[test]
fn thl_structures_take_what_is_written() {
    let Some(folder) = conformance() else {
        return;
    };
    let structure = |name: &str| {
        let bytes = read(
            &folder.join("sosmeta"),
            &format!("1.2.246.537.6.{name}.json"),
        );
        Structure::parse(&bytes).unwrap()
    };
    let permissions = structure("1505.8.2023.6.1");
    let ban_documents = structure("1505.9.2023.6.5");
    let minimal = relation_with_task_only();
    for (structure, content) in [
        (
            &structure("1505.1.2023.6.1"),
            write_client_relation(&relation(), None).unwrap(),
        ),
        (
            &structure("1505.1.2023.6.1"),
            write_client_relation(&minimal, None).unwrap(),
        ),
        (
            &structure("1505.2.2022.6.28"),
            write_case(&case(), None).unwrap(),
        ),
        (
            &permissions,
            write_permission(&permission(), &permissions).unwrap(),
        ),
        (
            &permissions,
            write_permission(
                &permission().cancelled(day(2, 1), Maker::OmaKanta),
                &permissions,
            )
            .unwrap(),
        ),
        (&ban_documents, write_bans(&bans(), &ban_documents).unwrap()),
        (
            &ban_documents,
            write_bans(
                &DisclosureBans::none(will_client(), Maker::OmaKanta),
                &ban_documents,
            )
            .unwrap(),
        ),
    ] {
        let report = structure.validate(&content);
        assert!(report.is_empty(), "{}: {report}", structure.oid());
    }
}

fn relation_with_task_only() -> ClientRelation {
    let mut opening = ClientRelation::open(
        ClientRelationId::parse("2.999.7.1").unwrap(),
        RelationClient::new(ClientIdentity::official(code()), name()),
        ServiceOrganiser::new(organisation("0")),
        day(1, 1),
    );
    opening
        .add_unit(ServiceTask::FAMILIES_WITH_CHILDREN, unit("21"), day(1, 1))
        .unwrap();
    opening.finish().unwrap()
}

#[test]
fn a_real_relation_gives_a_right_and_is_written_as_it_was() {
    let Some(folder) = conformance() else {
        return;
    };
    let bytes = read(
        &folder.join("real-documents"),
        "client-relationship-document.xml",
    );
    let spec = Spec::for_test(&[Bundle::embedded()], &[]);
    let document = ClinicalDocument::read(&bytes, &spec, &Limits::default()).unwrap();
    let metadata = document.metadata();
    let content = document.body().unwrap().structured_form().unwrap();
    let relation = read_client_relation(&content, metadata.version).unwrap();

    assert_eq!(relation.id, metadata.client_relation);
    let report = relation.check();
    assert!(!report.has_errors(), "{report}");
    // The day of birth is not the one of the identity code; both kinds of identifier are there.
    assert!(report.has("KANTA-RELATION-BIRTH-DATE"));
    assert!(relation.client.identity.identity_code().is_some());
    assert!(relation.client.identity.temporary_id().is_some());

    // The organiser's own unit is the producer, and stands under another organisation than the register keeper.
    let keeper = RegisterKeeper::new(metadata.register_keeper.clone().unwrap());
    let rights = RegisterUseRight::from_relation(&relation, &keeper);
    let [right] = rights.as_slice() else {
        panic!("one producer, one right");
    };
    let own = &relation.service_tasks[0].units[0].unit;
    assert_eq!(right.unit(), own);
    assert_ne!(right.unit().oid().root(), keeper.oid().root());
    assert!(right.permits(own, relation.period.start));
    assert_eq!(
        relation
            .services_of(own, relation.period.start, EndDay::Included)
            .count(),
        2
    );

    let written = write_client_relation(&relation, Some(&content)).unwrap();
    let mut before: Value = serde_json::from_slice(&content).unwrap();
    let after: Value = serde_json::from_slice(&written).unwrap();
    // Two identifiers lack the prefix that is written.
    for identifier in ["henkilotunnus", "tilapainen_yksilointitunnus"] {
        let system = &mut before["asiakkuusasiakirja"]["asiakas"][identifier]["system"];
        *system = format!("urn:oid:{}", system.as_str().unwrap()).into();
    }
    assert_eq!(before, after);
}

#[test]
fn the_next_version_keeps_what_the_object_does_not_have() {
    let first = relation_with_task_only();
    let mut content: Value =
        serde_json::from_slice(&write_client_relation(&first, None).unwrap()).unwrap();
    let document = &mut content["asiakkuusasiakirja"];
    document["asiakas"]["ammatti"] = json!("opettaja");
    document["asiakkaaseen_liittyvat_henkilot"] = json!([{"sukunimi": "K", "etunimet": "O"}]);
    document["sosiaalihuollon_palvelutehtava"][0]["palvelunjarjestajan_palveluyksikko"][0]["yhteystiedot"] =
        json!({"puhelinnumero": "0"});
    let content = content.to_string().into_bytes();

    let mut change = read_client_relation(&content, VersionNumber::FIRST)
        .unwrap()
        .change()
        .unwrap();
    let task = ServiceTask::FAMILIES_WITH_CHILDREN;
    // Another unit comes first and must not get the other's telephone number.
    change
        .grant(&task, ServiceProducer::starting(unit("31"), day(2, 1)))
        .unwrap();
    change.add_unit(task, unit("22"), day(2, 1)).unwrap();
    let second = change.finish().unwrap();
    let written = write_client_relation(&second, Some(&content)).unwrap();
    let written: Value = serde_json::from_slice(&written).unwrap();
    let document = &written["asiakkuusasiakirja"];
    assert_eq!(document["asiakas"]["ammatti"], "opettaja");
    assert_eq!(
        document["asiakkaaseen_liittyvat_henkilot"][0]["etunimet"],
        "O"
    );
    let units =
        &document["sosiaalihuollon_palvelutehtava"][0]["palvelunjarjestajan_palveluyksikko"];
    assert_eq!(units[0]["yhteystiedot"]["puhelinnumero"], "0");
    assert!(units[1].get("yhteystiedot").is_none());

    let case = case();
    let mut content: Value = serde_json::from_slice(&write_case(&case, None).unwrap()).unwrap();
    content["asia_asiakirja"]["muut_asiaan_liittyvat_henkilot"] =
        json!([{"sukunimi": "K", "etunimet": "O"}]);
    let written = write_case(&case, Some(content.to_string().as_bytes())).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), content);
}

#[test]
fn a_ban_that_is_not_understood_is_not_lost() {
    let structure = own_structure("kieltoasiakirja");
    let mut content: Value =
        serde_json::from_slice(&write_bans(&bans(), &structure).unwrap()).unwrap();
    content["kieltoasiakirja"]["laaja_luovutuskielto"] = json!(true);
    let read = read_bans(content.to_string().as_bytes()).unwrap();
    assert_eq!(read.not_understood, ["laaja_luovutuskielto"]);
    let error = write_bans(&read, &structure).unwrap_err();
    assert_eq!(error.pointer(), "/kieltoasiakirja/laaja_luovutuskielto");
}

#[test]
fn mistakes_name_their_place_and_nobody() {
    let good: Value =
        serde_json::from_slice(&write_client_relation(&relation(), None).unwrap()).unwrap();
    let document = "/asiakkuusasiakirja";
    for (pointer, value) in [
        ("/asiakas/henkilotunnus/value", json!("090514A9227")),
        ("/asiakas/tilapainen_yksilointitunnus/system", Value::Null),
        ("/asiakas/turvakielto", json!("ei")),
        (
            "/sosiaalihuollon_asiakkuus/asiakkuuden_alkamispvm",
            json!("2026"),
        ),
        (
            "/palvelunjarjestajan_toimintayksikko/code",
            json!("2.999.1"),
        ),
        ("/sosiaalihuollon_palvelutehtava", json!({})),
        (
            "/sosiaalihuollon_palvelutehtava/0/palvelutehtava/system",
            json!("x"),
        ),
        (
            "/sosiaalihuollon_palvelutehtava/0/palveluntuottaja/0/palveluyksikon_nimi",
            Value::Null,
        ),
    ] {
        let mut content = good.clone();
        *content
            .pointer_mut(&format!("{document}{pointer}"))
            .unwrap() = value;
        let error =
            read_client_relation(content.to_string().as_bytes(), VersionNumber::FIRST).unwrap_err();
        assert_eq!(error.pointer(), format!("{document}{pointer}"), "{error}");
        assert!(!error.to_string().contains("0905"), "{error}");
    }
    let mut content = good.clone();
    let client = content.pointer_mut("/asiakkuusasiakirja/asiakas").unwrap();
    client
        .as_object_mut()
        .unwrap()
        .retain(|name, _| name.ends_with("nimi") || name == "etunimet");
    let error = read_client_relation(content.to_string().as_bytes(), VersionNumber::FIRST);
    assert!(error.unwrap_err().to_string().contains("KANTA-ID-CLIENT"));

    let mut nameless = relation_with_task_only();
    let mut organiser = organisation("0");
    organiser.name = None;
    nameless.organiser = Some(ServiceOrganiser::new(organiser));
    let error = write_client_relation(&nameless, None).unwrap_err();
    assert_eq!(
        error.pointer(),
        "/asiakkuusasiakirja/palvelunjarjestajan_toimintayksikko"
    );
    let without_text = structures::client_relation();
    let error = write_permission(&permission(), &without_text).unwrap_err();
    assert_eq!(error.pointer(), "/asiakkuusasiakirja/infoteksti");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_content_panics(place in 0_usize..4000, length in 0_usize..60, bytes in proptest::collection::vec(any::<u8>(), 0..4)) {
        let structure = own_structure("kieltoasiakirja");
        for content in [
            write_client_relation(&relation(), None).unwrap(),
            write_case(&case(), None).unwrap(),
            write_permission(&permission(), &structure).unwrap(),
            write_bans(&bans(), &structure).unwrap(),
        ] {
            let mut content = content;
            let start = place % content.len();
            let end = (start + length).min(content.len());
            content.splice(start..end, bytes.iter().copied());
            let _ = read_client_relation(&content, VersionNumber::FIRST);
            let _ = read_case(&content, VersionNumber::FIRST);
            let _ = read_permission(&content);
            let _ = read_bans(&content);
            let _ = write_client_relation(&relation(), Some(&content));
            let _ = write_case(&case(), Some(&content));
        }
    }
}
