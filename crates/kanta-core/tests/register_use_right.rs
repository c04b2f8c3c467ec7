//! The register-use right from both sides: two register keepers in one process, hand-over, search, archiving, joint case.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use kanta_core::codes::{CaseKind, CaseState, RetentionClass, ServiceTask, SpecialContent};
use kanta_core::metadata::{Client, ClientRelationDocument, DocumentMetadata, Software};
use kanta_core::relation::{
    Case, CaseClient, CaseOpening, CaseStates, ClientRelation, RelationClient, ServiceProducer,
};
use kanta_core::right::{RegisterSearch, RegisterUseRight, RegisterUseRights};
use kanta_core::spec::{Bundle, Inferred, Spec};
use kanta_core::{
    CaseId, ClientIdentity, ClientRelationId, Date, DocumentOid, Instant, Organisation,
    OrganisationOid, PersonName, PersonalIdentityCode, RegisterKeeper, ServiceOrganiser,
    ServiceUnit, TimeStamp,
};

const NORTH: &str = "1.2.246.10.99999999.10.0";
const SOUTH: &str = "1.2.246.10.99999997.10.40";

fn organisation(oid: &str) -> Organisation {
    Organisation::new(OrganisationOid::parse(oid).unwrap(), oid)
}

fn keeper(oid: &str) -> RegisterKeeper {
    RegisterKeeper::new(organisation(oid))
}

fn unit(oid: &str) -> ServiceUnit {
    ServiceUnit::new(organisation(oid))
}

fn home() -> ServiceUnit {
    unit("1.2.246.10.99999998.10.7")
}

fn aino() -> ClientIdentity {
    ClientIdentity::official(PersonalIdentityCode::parse("090514A9226").unwrap())
}

fn onni() -> ClientIdentity {
    ClientIdentity::official(PersonalIdentityCode::parse("170281-935M").unwrap())
}

fn day(month: i8, day: i8) -> Date {
    Date::new(2026, month, day).unwrap()
}

fn name() -> PersonName {
    PersonName::new(["Aino"], "Kuvitelma").unwrap()
}

/// A county's relation with a client; the producer's unit from 1.3.
fn relation(county: &str, id: &str, client: ClientIdentity) -> ClientRelation {
    let mut opening = ClientRelation::open(
        ClientRelationId::parse(id).unwrap(),
        RelationClient::new(client, name()),
        ServiceOrganiser::new(organisation(county)),
        day(1, 1),
    );
    let task = ServiceTask::FAMILIES_WITH_CHILDREN;
    opening
        .add_unit(task.clone(), unit(county), day(1, 1))
        .unwrap();
    opening
        .grant(&task, ServiceProducer::starting(home(), day(3, 1)))
        .unwrap();
    opening.finish().unwrap()
}

fn right_in_north() -> RegisterUseRight {
    let relation = relation(NORTH, "2.999.7.1", aino());
    RegisterUseRight::from_relation(&relation, &keeper(NORTH)).remove(0)
}

fn software() -> Software {
    Software {
        vendor: "Esimerkki".into(),
        product: "Kirjaamo".into(),
        version: "1".into(),
    }
}

#[test]
fn two_register_keepers_in_one_process_stay_apart() {
    let mut rights = RegisterUseRights::new();
    assert!(rights.update(&relation(NORTH, "2.999.7.1", aino()), &keeper(NORTH)));
    assert!(rights.update(&relation(SOUTH, "2.999.7.1", onni()), &keeper(SOUTH)));
    for (county, client, on, found) in [
        (NORTH, aino(), day(3, 1), true),
        (NORTH, onni(), day(3, 1), false),
        (SOUTH, aino(), day(3, 1), false),
        (SOUTH, onni(), day(3, 1), true),
        (SOUTH, onni(), day(2, 28), false),
    ] {
        let right = rights.find(&keeper(county), &client, &home(), on);
        assert_eq!(right.is_some(), found, "{county}");
    }
}

#[test]
fn a_newer_version_replaces_the_older_and_not_the_other_way_round() {
    let first = relation(NORTH, "2.999.7.1", aino());
    let mut change = first.change().unwrap();
    change
        .end_producer(&ServiceTask::FAMILIES_WITH_CHILDREN, &home(), day(3, 31))
        .unwrap();
    let second = change.finish().unwrap();

    let mut rights = RegisterUseRights::new();
    assert!(rights.update(&second, &keeper(NORTH)));
    assert!(!rights.update(&first, &keeper(NORTH)));
    assert!(
        rights
            .find(&keeper(NORTH), &aino(), &home(), day(3, 31))
            .is_some()
    );
    assert!(
        rights
            .find(&keeper(NORTH), &aino(), &home(), day(4, 1))
            .is_none()
    );
}

#[test]
fn the_producer_archives_under_the_organisers_name_on_the_days_of_the_right() {
    let right = right_in_north();
    let producer = organisation("1.2.246.10.99999998.10.0");
    let office = right
        .office(&home(), day(3, 1), producer.clone(), software())
        .unwrap();
    assert_eq!(office.register_keeper, organisation(NORTH));
    assert_eq!(office.organiser, organisation(NORTH));
    assert_eq!(office.producer, producer);
    assert_eq!(office.service_unit.oid, *home().oid());
    for (unit, on, code) in [
        (home(), day(2, 28), "KANTA-RIGHT-DAY"),
        (
            unit("1.2.246.10.99999998.10.8"),
            day(3, 1),
            "KANTA-RIGHT-UNIT",
        ),
    ] {
        let refused = right.office(&unit, on, producer.clone(), software());
        assert_eq!(refused.unwrap_err().code(), code);
        assert_eq!(right.search_both(&unit, on).unwrap_err().code(), code);
    }

    let id = DocumentOid::parse("2.999.11.1").unwrap();
    let client = Client::new(aino().identifier(), name());
    let made = Instant::parse("2026-03-01T10:00:00Z").unwrap();
    let document = ClientRelationDocument {
        relation: right.relation().clone(),
        client,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    };
    let good = DocumentMetadata::client_relation(&office, id, made, document);
    assert!(right.check_document(&good, day(3, 1)).is_empty());

    type Break = fn(&mut DocumentMetadata);
    let cases: [(&str, Break); 5] = [
        ("KANTA-RIGHT-KEEPER", |metadata| {
            metadata.register_keeper = Some(organisation(SOUTH));
        }),
        ("KANTA-RIGHT-KEEPER", |metadata| {
            metadata.register_keeper = None;
        }),
        ("KANTA-RIGHT-ORGANISER", |metadata| {
            metadata.organiser = None;
        }),
        ("KANTA-RIGHT-UNIT", |metadata| {
            metadata.service_unit = Some(organisation(NORTH));
        }),
        ("KANTA-RIGHT-CLIENT", |metadata| {
            metadata.client = Some(Client::new(onni().identifier(), name()));
        }),
    ];
    for (rule, change) in cases {
        let mut metadata = good.clone();
        change(&mut metadata);
        let report = right.check_document(&metadata, day(3, 1));
        assert!(report.has(rule) && report.len() == 1, "{rule}: {report}");
    }
    assert!(
        right
            .check_document(&good, day(2, 28))
            .has("KANTA-RIGHT-DAY")
    );
}

#[test]
fn one_message_searches_two_registers() {
    let search = right_in_north().search_both(&home(), day(3, 1)).unwrap();
    assert_eq!(search.register_keeper(), Some(&keeper(NORTH)));
    let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
    let codes = |search: &RegisterSearch| {
        search.use_situations(&spec).map(|codes| {
            let codes: Vec<_> = codes.iter().map(|code| code.code().to_owned()).collect();
            codes.join(" ")
        })
    };
    assert_eq!(codes(&search).unwrap(), "1 2");
    assert_eq!(codes(&RegisterSearch::Own).unwrap(), "1");
    let alone = right_in_north().search(&home(), day(3, 1)).unwrap();
    assert_eq!(codes(&alone).unwrap_err().code(), "KANTA-SPEC-INCOMPLETE");
}

fn joint_case(clients: &[ClientIdentity], task: ServiceTask) -> Case {
    let states = CaseStates {
        open: CaseState::other("TEST-OPEN", "Auki"),
        closed: CaseState::other("TEST-CLOSED", "Suljettu"),
    };
    let opening = CaseOpening {
        id: CaseId::parse("2.999.8.1").unwrap(),
        kind: CaseKind::other("1", "Esimerkki"),
        organiser: ServiceOrganiser::new(organisation(NORTH)),
        service_task: task,
        day: day(1, 1),
    };
    let mut opening = Case::open_joint(opening, &states);
    for client in clients {
        let client = CaseClient::new(client.clone(), name());
        opening.join(client, TimeStamp::day(day(1, 1))).unwrap();
    }
    opening.finish().unwrap()
}

#[test]
fn the_organiser_hands_the_case_over() {
    let right = right_in_north();
    let case = joint_case(&[onni(), aino()], ServiceTask::FAMILIES_WITH_CHILDREN);
    let hand_over = right.hand_over(&case).unwrap();
    assert_eq!(hand_over.case, case.id);
    assert_eq!(hand_over.unit, home());
    assert_eq!(hand_over.from, day(3, 1));
    for case in [
        joint_case(&[onni()], ServiceTask::FAMILIES_WITH_CHILDREN),
        joint_case(&[aino()], ServiceTask::CHILD_PROTECTION),
    ] {
        assert_eq!(
            right.hand_over(&case).unwrap_err().code(),
            "KANTA-RIGHT-CASE"
        );
    }
}

#[test]
fn in_a_joint_case_the_right_is_told_member_by_member() {
    let mut rights = RegisterUseRights::new();
    rights.update(&relation(NORTH, "2.999.7.1", aino()), &keeper(NORTH));
    let case = joint_case(&[aino(), onni()], ServiceTask::FAMILIES_WITH_CHILDREN);
    let found = rights.in_joint_case(&case, &keeper(NORTH), &home(), day(3, 1));
    assert_eq!(found.with_right.len(), 1);
    assert_eq!(found.with_right[0].identity, aino());
    assert_eq!(found.without_right.len(), 1);
    let before = rights.in_joint_case(&case, &keeper(NORTH), &home(), day(2, 1));
    assert!(before.with_right.is_empty());
}
