use proptest::prelude::*;

use super::*;
use crate::relation::fixture::*;
use crate::relation::{RelationChange, ServicePerformer, ServiceProducer};

/// One thing that an organiser may do to a relation; what the relation cannot take is refused and changes nothing.
#[derive(Debug, Clone)]
enum Deed {
    Grant(u8, Date),
    GrantPerformer(u8, u8, Date),
    EndProducer(u8, Date),
    EndPerformer(u8, u8, Date),
    End(Date),
}

fn days() -> impl Strategy<Value = Date> {
    (1_i8..=12, 1_i8..=28).prop_map(|(month, day)| Date::new(2026, month, day).unwrap())
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        4 => (0_u8..3, days()).prop_map(|(unit, day)| Deed::Grant(unit, day)),
        4 => (0_u8..3, 0_u8..3, days()).prop_map(|(unit, sub, day)| Deed::GrantPerformer(unit, sub, day)),
        2 => (0_u8..3, days()).prop_map(|(unit, day)| Deed::EndProducer(unit, day)),
        2 => (0_u8..3, 0_u8..3, days()).prop_map(|(unit, sub, day)| Deed::EndPerformer(unit, sub, day)),
        1 => days().prop_map(Deed::End),
    ];
    proptest::collection::vec(deed, 0..14)
}

fn producer(number: u8) -> ServiceUnit {
    unit(&format!("3{number}"))
}

fn performer(number: u8) -> ServiceUnit {
    unit(&format!("4{number}"))
}

fn act(change: &mut RelationChange, deed: &Deed) -> bool {
    let task = task();
    match deed {
        Deed::Grant(unit, day) => change
            .grant(&task, ServiceProducer::starting(producer(*unit), *day))
            .is_ok(),
        Deed::GrantPerformer(unit, sub, day) => {
            let starting = ServicePerformer::starting(performer(*sub), *day);
            change
                .grant_performer(&task, &producer(*unit), starting)
                .is_ok()
        }
        Deed::EndProducer(unit, day) => change.end_producer(&task, &producer(*unit), *day).is_ok(),
        Deed::EndPerformer(unit, sub, day) => change
            .end_performer(&task, &producer(*unit), &performer(*sub), *day)
            .is_ok(),
        Deed::End(day) => change.end(*day, "syy").is_ok(),
    }
}

fn after(deeds: &[Deed]) -> ClientRelation {
    let mut change = relation().change().unwrap();
    for deed in deeds {
        act(&mut change, deed);
    }
    change
        .finish()
        .expect("no deed can break a rule of error severity")
}

fn rights(relation: &ClientRelation, end_day: EndDay) -> Vec<RegisterUseRight> {
    RegisterUseRight::from_relation(relation, &keeper())
        .into_iter()
        .map(|right| right.with_end_day(end_day))
        .collect()
}

fn permits(rights: &[RegisterUseRight], unit: &ServiceUnit, day: Date) -> bool {
    rights.iter().any(|right| right.permits(unit, day))
}

fn end_days() -> impl Strategy<Value = EndDay> {
    prop_oneof![Just(EndDay::Included), Just(EndDay::Excluded)]
}

proptest! {
    #[test]
    fn a_right_never_permits_outside_its_days_nor_another_unit(
        deeds in deeds(), day in days(), end_day in end_days(),
    ) {
        let relation = after(&deeds);
        for right in rights(&relation, end_day) {
            let within = right.period().contains(day, end_day);
            prop_assert_eq!(right.permits(right.unit(), day), within);
            prop_assert!(!within || relation.period.contains(day, end_day));
            prop_assert!(!right.permits(&unit("99"), day));
        }
    }

    #[test]
    fn a_performer_needs_its_producer(deeds in deeds(), day in days(), end_day in end_days()) {
        let rights = rights(&after(&deeds), end_day);
        for right in &rights {
            if let RightHolder::Performer { producer } = right.holder()
                && right.permits(right.unit(), day)
            {
                let has_producer = rights.iter().any(|other| {
                    *other.holder() == RightHolder::Producer && other.permits(producer, day)
                });
                prop_assert!(has_producer);
            }
        }
    }

    #[test]
    fn ending_is_monotone(deeds in deeds(), which in 0_u8..3, end in days(), day in days(), end_day in end_days()) {
        let before = after(&deeds);
        for ending in [Deed::EndProducer(which, end), Deed::EndPerformer(which, which, end), Deed::End(end)] {
            let mut change = before.change().unwrap();
            if !act(&mut change, &ending) {
                prop_assert_eq!(&change.relation().service_tasks, &before.service_tasks);
                continue;
            }
            let ended = change.finish().unwrap();
            let (old, new) = (rights(&before, end_day), rights(&ended, end_day));
            for number in 0..3 {
                for unit in [producer(number), performer(number)] {
                    prop_assert!(!permits(&new, &unit, day) || permits(&old, &unit, day));
                }
                if matches!(ending, Deed::End(_)) && day > end {
                    prop_assert!(!permits(&new, &producer(number), day));
                    prop_assert!(!permits(&new, &performer(number), day));
                }
            }
        }
    }

    #[test]
    fn granting_takes_nothing_away(deeds in deeds(), which in 0_u8..3, start in days(), day in days()) {
        let before = after(&deeds);
        let mut change = before.change().unwrap();
        act(&mut change, &Deed::Grant(which, start));
        let (old, new) = (
            rights(&before, EndDay::Included),
            rights(&change.finish().unwrap(), EndDay::Included),
        );
        for number in 0..3 {
            for unit in [producer(number), performer(number)] {
                prop_assert!(permits(&new, &unit, day) || !permits(&old, &unit, day));
            }
        }
    }
}

#[test]
fn days_are_cut_to_those_above() {
    let mut relation = relation_with_producer();
    relation.period.end = Some(day("9.30"));
    relation.service_tasks[0].producers[0].performers[0]
        .period
        .start = day("1.15");
    let rights = RegisterUseRight::from_relation(&relation, &keeper());
    let found: Vec<_> = rights
        .iter()
        .map(|right| (right.unit().clone(), right.period()))
        .collect();
    let until_september = |start| Period::new(day(start), Some(day("9.30")));
    assert_eq!(
        found,
        [
            (unit("31"), until_september("2.1")),
            (unit("41"), until_september("2.1"))
        ]
    );
}

#[test]
fn legacy_and_nameless_relations_give_no_right() {
    type Break = fn(&mut ClientRelation);
    let breaks: [Break; 3] = [
        |relation| relation.legacy = true,
        |relation| relation.id = None,
        |relation| relation.organiser = None,
    ];
    for change in breaks {
        let mut relation = relation_with_producer();
        change(&mut relation);
        assert!(RegisterUseRight::from_relation(&relation, &keeper()).is_empty());
    }
}

#[test]
fn the_organisers_own_unit_may_be_a_producer_too() {
    let mut change = relation().change().unwrap();
    change
        .grant(&task(), ServiceProducer::starting(unit("21"), day("1.1")))
        .unwrap();
    let rights = RegisterUseRight::from_relation(&change.finish().unwrap(), &keeper());
    assert!(permits(&rights, &unit("21"), day("1.1")));
}
