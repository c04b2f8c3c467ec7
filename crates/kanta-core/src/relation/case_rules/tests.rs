use super::super::fixture::*;
use super::super::{CaseChange, CaseOpening};
use super::*;
use crate::codes::CaseKind;
use crate::spec::{Bundle, Spec};
use crate::{CaseId, Date};

fn states() -> CaseStates {
    CaseStates {
        open: CaseState::other("TEST-OPEN", "Auki"),
        closed: CaseState::other("TEST-CLOSED", "Suljettu"),
    }
}

fn opening() -> CaseOpening {
    CaseOpening {
        id: CaseId::parse("2.999.8.1").unwrap(),
        kind: CaseKind::other("1", "Esimerkki"),
        organiser: county(),
        service_task: task(),
        day: day("1.1"),
    }
}

fn stamp(on: &str) -> TimeStamp {
    TimeStamp::day(day(on))
}

fn joint() -> CaseChange {
    let mut opening = Case::open_joint(opening(), &states());
    opening.join(case_client(aino()), stamp("1.1")).unwrap();
    opening.join(case_client(onni()), stamp("2.1")).unwrap();
    opening
}

fn rules(case: &Case) -> String {
    let report = case.check(Some(&states()));
    let rules: Vec<_> = report.iter().map(|finding| finding.rule()).collect();
    rules.join(" ")
}

#[test]
fn each_condition_has_its_rule() {
    type Break = fn(&mut Case);
    let ordinary = Case::open(opening(), case_client(aino()), &states())
        .finish()
        .unwrap();
    let joint = joint().finish().unwrap();
    let cases: [(&Case, &str, Break); 13] = [
        (&ordinary, "", |_| {}),
        (&joint, "", |_| {}),
        (&ordinary, "KANTA-CASE-NO-CLIENT", |case| {
            case.clients.clear();
        }),
        (&ordinary, "KANTA-CASE-ONE-CLIENT", |case| {
            case.clients.push(case_client(onni()));
        }),
        (&ordinary, "KANTA-CASE-JOINED-NOT-JOINT", |case| {
            case.clients[0].joined = Some(stamp("1.1"));
        }),
        (&ordinary, "KANTA-CASE-LEFT-NOT-JOINT", |case| {
            case.clients[0].left = Some(stamp("1.1"));
        }),
        (&joint, "KANTA-CASE-JOINED-MISSING", |case| {
            case.clients[1].joined = None;
        }),
        (&joint, "KANTA-CASE-ORDER", |case| {
            case.clients[1].left = Some(stamp("1.31"));
        }),
        (&ordinary, "KANTA-CASE-CLOSING-DAY", |case| {
            case.state = states().closed;
        }),
        (&ordinary, "KANTA-CASE-ORDER", |case| {
            case.closed = Date::new(2025, 12, 31).ok();
        }),
        (&ordinary, "KANTA-CASE-KIND-TEXT", |case| {
            case.kind = CaseKind::other("99", "Muu");
        }),
        (&ordinary, "KANTA-CASE-KIND-TEXT", |case| {
            case.kind = CaseKind::other("99", "Muu");
            case.kind_text = Some(" ".into());
        }),
        (&ordinary, "", |case| {
            case.kind = CaseKind::other("99", "Muu");
            case.kind_text = Some("Esimerkki".into());
        }),
    ];
    for (case, expected, change) in cases {
        let mut case = case.clone();
        change(&mut case);
        assert_eq!(rules(&case), expected);
    }
}

#[test]
fn closing_sets_state_and_day_once() {
    let mut change = joint().finish().unwrap().change(&states()).unwrap();
    change.close(day("12.31")).unwrap();
    assert_eq!(
        change.close(day("12.31")).unwrap_err().code(),
        "KANTA-CASE-CLOSE"
    );
    let closed = change.finish().unwrap();
    assert_eq!(
        (closed.version.as_u32(), closed.closed),
        (2, Some(day("12.31")))
    );
    assert_eq!(closed.state, states().closed);
}

#[test]
fn members_join_and_leave() {
    let mut change = joint();
    assert_eq!(
        change
            .join(case_client(aino()), stamp("3.1"))
            .unwrap_err()
            .code(),
        "KANTA-CASE-JOIN"
    );
    change.leave(&aino(), stamp("3.1")).unwrap();
    assert!(change.leave(&aino(), stamp("3.1")).is_err());
    change.join(case_client(aino()), stamp("5.1")).unwrap();
    let case = change.finish().unwrap();
    for (client, on, expected) in [
        (aino(), "1.1", Some(true)),
        (onni(), "1.31", Some(false)),
        (onni(), "2.1", Some(true)),
        (aino(), "3.1", Some(true)),
        (aino(), "4.1", Some(false)),
        (aino(), "5.1", Some(true)),
        // A temporary identifier may be anybody's.
        (newborn(), "5.1", None),
    ] {
        assert_eq!(case.is_member(&client, day(on)), expected, "{on}");
    }
    let mut ordinary = Case::open(opening(), case_client(aino()), &states());
    assert!(ordinary.join(case_client(onni()), stamp("1.1")).is_err());
    assert!(ordinary.leave(&aino(), stamp("1.1")).is_err());
}

#[test]
fn the_codes_of_states_are_unknown_until_a_bundle_has_them() {
    let spec = Spec::for_test(&[Bundle::embedded()], &[]);
    let error = CaseStates::from_spec(&spec).unwrap_err();
    assert_eq!(error.code(), "KANTA-SPEC-INCOMPLETE");
    assert!(error.to_string().contains("1.2.246.537.6.1501"));

    let overlay = |system: &str| {
        let code = |code: &str| {
            format!(
                "{{ value = {{ code = \"{code}\", system = \"{system}\" }}, status = \"verified\", source = \"t\" }}"
            )
        };
        let text = format!("[state]\nopen = {}\nclosed = {}\n", code("A"), code("S"));
        let head = "name = \"t\"\nbased_on = []\ndate = \"2026-01-01\"\n";
        let bundle = Bundle::read([("bundle.toml", head), ("codes/case.toml", &text)]).unwrap();
        CaseStates::from_spec(&Spec::for_production(&[Bundle::embedded(), bundle]))
    };
    assert_eq!(
        overlay("1.2.246.537.6.1501.2020")
            .unwrap()
            .open
            .as_ref()
            .code(),
        "A"
    );
    assert_eq!(overlay("2.999").unwrap_err().code(), "KANTA-SPEC-INVALID");
}
