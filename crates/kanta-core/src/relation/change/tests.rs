use super::super::EndDay;
use super::super::fixture::*;
use super::*;
use crate::codes::SocialService;

fn change() -> RelationChange {
    relation_with_producer().change().unwrap()
}

#[test]
fn every_change_is_the_next_version() {
    let first = relation();
    let mut change = first.change().unwrap();
    change.identify(PersonalIdentityCode::parse("170281-935M").unwrap());
    let second = change.finish().unwrap();
    assert_eq!((first.version.as_u32(), second.version.as_u32()), (1, 2));
    assert_eq!(second.client.identity, onni());
    assert_eq!(second.client.birth_date, Date::new(1981, 2, 17).ok());
}

#[test]
fn a_relation_without_a_task_does_not_begin() {
    let id = ClientRelationId::parse("2.999.7.1").unwrap();
    let opening = ClientRelation::open(id, relation_client(), county(), day("1.1"));
    let report = opening.finish().unwrap_err();
    assert!(report.has("KANTA-RELATION-TASK") && report.has("KANTA-RELATION-UNIT"));
}

#[test]
fn what_cannot_be_changed_is_refused_and_changes_nothing() {
    let producer = |end: &str, start| ServiceProducer::starting(unit(end), day(start));
    let performer = |end: &str, start| ServicePerformer::starting(unit(end), day(start));
    let before = change().relation().clone();
    type Try = Box<dyn Fn(&mut RelationChange) -> Result<(), InvalidValue>>;
    let tries: Vec<(&str, Try)> = vec![
        (
            "KANTA-RELATION-NO-TASK",
            Box::new(move |c| {
                c.grant(&ServiceTask::CHILD_PROTECTION, producer("32", "2.1"))
                    .map(drop)
            }),
        ),
        (
            "KANTA-RELATION-TWICE",
            Box::new(move |c| c.grant(&task(), producer("31", "8.1")).map(drop)),
        ),
        (
            "KANTA-RELATION-TWICE",
            Box::new(|c| c.add_unit(task(), unit("21"), day("5.1")).map(drop)),
        ),
        (
            "KANTA-RELATION-NO-PRODUCER",
            Box::new(move |c| {
                c.grant_performer(&task(), &unit("39"), performer("42", "4.1"))
                    .map(drop)
            }),
        ),
        // The performer would begin before its producer.
        (
            "KANTA-RELATION-NO-PRODUCER",
            Box::new(move |c| {
                c.grant_performer(&task(), &unit("31"), performer("42", "1.15"))
                    .map(drop)
            }),
        ),
        (
            "KANTA-RELATION-TWICE",
            Box::new(move |c| {
                c.grant_performer(&task(), &unit("31"), performer("41", "4.1"))
                    .map(drop)
            }),
        ),
        (
            "KANTA-RELATION-NO-PRODUCER",
            Box::new(|c| c.end_producer(&task(), &unit("39"), day("4.1")).map(drop)),
        ),
        (
            "KANTA-RELATION-END",
            Box::new(|c| c.end_producer(&task(), &unit("31"), day("1.31")).map(drop)),
        ),
        (
            "KANTA-RELATION-NO-PRODUCER",
            Box::new(|c| {
                c.end_performer(&task(), &unit("31"), &unit("31"), day("4.1"))
                    .map(drop)
            }),
        ),
        (
            "KANTA-RELATION-END",
            Box::new(|c| {
                c.end_performer(&task(), &unit("31"), &unit("41"), day("2.15"))
                    .map(drop)
            }),
        ),
    ];
    for (code, attempt) in tries {
        let mut change = change();
        assert_eq!(attempt(&mut change).unwrap_err().code(), code);
        assert_eq!(change.relation(), &before);
    }
}

#[test]
fn ending_a_producer_ends_its_performers_and_is_final() {
    let mut change = change();
    change
        .end_producer(&task(), &unit("31"), day("6.30"))
        .unwrap();
    let producer = &change.relation().service_tasks[0].producers[0];
    assert_eq!(producer.period.end, Some(day("6.30")));
    assert_eq!(producer.performers[0].period.end, Some(day("6.30")));
    let later = change.end_producer(&task(), &unit("31"), day("7.31"));
    assert_eq!(later.unwrap_err().code(), "KANTA-RELATION-END");
    change
        .end_producer(&task(), &unit("31"), day("5.31"))
        .unwrap();
    // A new right after the old one stands beside it, and is the one that is ended next.
    change
        .grant(&task(), ServiceProducer::starting(unit("31"), day("9.1")))
        .unwrap();
    change
        .end_producer(&task(), &unit("31"), day("9.30"))
        .unwrap();
    let ends: Vec<_> = change.relation().service_tasks[0]
        .producers
        .iter()
        .map(|producer| producer.period.end)
        .collect();
    assert_eq!(ends, [Some(day("5.31")), Some(day("9.30"))]);
}

#[test]
fn a_performer_who_would_begin_after_the_end_never_begins() {
    let mut change = change();
    change
        .end_producer(&task(), &unit("31"), day("2.15"))
        .unwrap();
    assert!(
        change.relation().service_tasks[0].producers[0]
            .performers
            .is_empty()
    );
}

#[test]
fn ending_the_relation_ends_everything_under_it() {
    let mut change = change();
    change
        .end(day("12.31"), "palvelun tarve on päättynyt")
        .unwrap();
    let relation = change.finish().unwrap();
    let block = &relation.service_tasks[0];
    for period in [
        relation.period,
        block.units[0].period,
        block.producers[0].period,
        block.producers[0].performers[0].period,
    ] {
        assert_eq!(period.end, Some(day("12.31")));
    }
    assert!(!format!("{relation:?}").contains("tarve"));
}

#[test]
fn tasks_and_services_are_read_from_the_relation() {
    let relation = relation_with_producer();
    for (end, on, tasks, services) in [
        ("21", "1.1", 1, 0),
        ("31", "2.1", 1, 1),
        ("31", "1.31", 0, 0),
        ("41", "3.1", 1, 0),
        ("41", "2.1", 0, 0),
        ("99", "3.1", 0, 0),
    ] {
        let unit = unit(end);
        let found: Vec<_> = relation
            .services_of(&unit, day(on), EndDay::Included)
            .collect();
        assert_eq!(found.len(), tasks, "{end} on {on}");
        assert_eq!(
            found
                .iter()
                .map(|(_, services)| services.len())
                .sum::<usize>(),
            services
        );
    }
    let producer = unit("31");
    let (found, services) = relation
        .services_of(&producer, day("2.1"), EndDay::Included)
        .next()
        .unwrap();
    assert_eq!(
        (found, services),
        (&task(), [SocialService::FAMILY_COUNSELLING].as_slice())
    );
}
