use super::super::fixture::*;
use super::super::{RelationClient, SecurityBan};
use super::*;
use crate::{ClientRelationId, Date};

fn legacy(client: RelationClient) -> ClientRelation {
    let mut relation = ClientRelation::open_legacy(client, Period::starting(day("1.1")))
        .relation()
        .clone();
    relation.units = relation_with_producer().service_tasks[0].units.clone();
    relation
}

#[test]
fn each_condition_has_its_rule() {
    type Break = fn(&mut ClientRelation);
    let cases: [(&str, Break); 12] = [
        ("", |_| {}),
        ("KANTA-RELATION-ID", |relation| relation.id = None),
        ("KANTA-RELATION-ORGANISER", |relation| {
            relation.organiser = None;
        }),
        ("KANTA-RELATION-TASK", |relation| {
            relation.units = relation.service_tasks[0].units.clone();
            relation.service_tasks.clear();
        }),
        ("KANTA-RELATION-UNIT", |relation| {
            relation.service_tasks[0].units.clear();
        }),
        ("KANTA-RELATION-PERIOD", |relation| {
            relation.child_protection = Some(Period::new(day("5.1"), Some(day("4.30"))));
        }),
        ("KANTA-RELATION-PERIOD", |relation| {
            relation.service_tasks[0].producers[0].performers[0]
                .period
                .end = Some(day("2.1"));
        }),
        ("KANTA-RELATION-OUTSIDE", |relation| {
            relation.service_tasks[0].units[0].period.start = Date::new(2025, 12, 31).unwrap();
        }),
        ("KANTA-RELATION-OUTSIDE", |relation| {
            relation.service_tasks[0].producers[0].performers[0]
                .period
                .start = day("1.31");
        }),
        ("KANTA-RELATION-OUTSIDE", |relation| {
            relation.service_tasks[0].producers[0].period.end = Some(day("6.30"));
        }),
        ("KANTA-RELATION-BIRTH-DATE", |relation| {
            relation.client.birth_date = Some(day("1.1"));
        }),
        (
            "KANTA-RELATION-LEGACY-CLIENT KANTA-RELATION-LEGACY-CLIENT",
            |relation| {
                relation.legacy = true;
                relation.client = RelationClient::new(newborn(), name());
            },
        ),
    ];
    for (expected, change) in cases {
        let mut relation = relation_with_producer();
        change(&mut relation);
        let report = relation.check();
        let rules: Vec<_> = report.iter().map(|finding| finding.rule()).collect();
        assert_eq!(rules.join(" "), expected);
    }
}

#[test]
fn a_legacy_relation_may_lack_what_others_must_have() {
    assert!(legacy(relation_client()).check().is_empty());
    let mut without_code = relation_client();
    without_code.identity = newborn();
    assert!(
        legacy(without_code)
            .check()
            .has("KANTA-RELATION-LEGACY-CLIENT")
    );
}

#[test]
fn both_kinds_of_identifier_may_be_there() {
    let mut relation = relation();
    relation.client.identity =
        newborn().with_identity_code(aino().identity_code().unwrap().clone());
    assert!(relation.check().is_empty());
    relation.id = Some(ClientRelationId::parse("2.999.1").unwrap());
    assert!(relation.check().is_empty());
}

#[test]
fn a_security_ban_holds_to_its_end() {
    let ban = |in_force, ends: Option<&str>| SecurityBan {
        in_force,
        ends: ends.map(day),
    };
    for (ban, on, holds) in [
        (ban(true, None), "1.1", true),
        (ban(true, Some("6.30")), "6.30", true),
        (ban(true, Some("6.30")), "7.1", false),
        (ban(false, None), "1.1", false),
    ] {
        assert_eq!(ban.holds(day(on)), holds);
    }
}
