use proptest::prelude::*;

use super::super::{AccessPolicy, ClientContext, ContextEvidence, UserContext};
use super::*;
use crate::codes::{CaseKind, CaseState};
use crate::relation::fixture::*;
use crate::relation::{Case, CaseOpening, CaseStates, EndDay};
use crate::right::RegisterUseRight;
use crate::will::{
    ClientWill, DisclosedDocument, Disclosure, DocumentPhase, SearchBasis, may_disclose,
};
use crate::{CaseId, ClientIdentity, DocumentOid, RegisterKeeper, TimeStamp};

/// Keeps a fixture to the end of the tests, for evidence to point at.
fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

const EXAMPLE: &str = include_str!("../../../tables/access-example.toml");

fn example() -> TablePolicy {
    TablePolicy::from_toml(EXAMPLE).unwrap()
}

fn everything_permitted() -> TablePolicy {
    let rows: String = WorkTask::NAMED
        .iter()
        .map(|task| {
            format!(
                "[[row]]\nwork_task = \"{}\"\ndecision = \"permit\"\n",
                task.key()
            )
        })
        .collect();
    TablePolicy::from_toml(&format!("name = \"t\"\n{rows}")).unwrap()
}

fn worker(work_task: WorkTask, unit_end: &str, keeper_end: &str) -> UserContext {
    UserContext {
        work_task,
        service_tasks: vec![task()],
        unit: unit(unit_end),
        register_keeper: RegisterKeeper::new(organisation(keeper_end)),
        strongly_identified: true,
    }
}

fn county_worker() -> UserContext {
    worker(WorkTask::PublicBroadResponsibility, "21", "0")
}

fn producer_worker() -> UserContext {
    worker(WorkTask::PrivateDelivery, "31", "30")
}

fn document() -> AccessedDocument {
    AccessedDocument {
        id: Some(DocumentOid::parse("2.999.11.1").unwrap()),
        register_keeper: Some(keeper()),
        client: Some(aino()),
        case: Some(CaseId::parse("2.999.8.1").unwrap()),
        service_task: Some(task()),
        unit: Some(unit("21")),
        document_type: Some(DocumentType::PLAN),
        ..AccessedDocument::default()
    }
}

fn own_relation() -> ClientContext<'static> {
    ClientContext::OwnRelation {
        relation: kept(relation()),
        register_keeper: kept(keeper()),
        end_day: EndDay::Included,
    }
}

fn right() -> ClientContext<'static> {
    let right = RegisterUseRight::from_relation(&relation_with_producer(), &keeper()).remove(0);
    ClientContext::RegisterUseRight(kept(right))
}

fn joint_case(clients: &[ClientIdentity]) -> Case {
    let states = CaseStates {
        open: CaseState::other("TEST-OPEN", "Auki"),
        closed: CaseState::other("TEST-CLOSED", "Suljettu"),
    };
    let opening = CaseOpening {
        id: CaseId::parse("2.999.8.1").unwrap(),
        kind: CaseKind::other("1", "Esimerkki"),
        organiser: county(),
        service_task: task(),
        day: day("1.1"),
    };
    let mut opening = Case::open_joint(opening, &states);
    for client in clients {
        opening
            .join(case_client(client.clone()), TimeStamp::day(day("1.1")))
            .unwrap();
    }
    opening.finish().unwrap()
}

fn disclosure(informed: bool) -> ContextEvidence<'static> {
    let document = DisclosedDocument {
        id: DocumentOid::parse("2.999.11.1").unwrap(),
        set_id: None,
        service_task: Some(task()),
        phase: DocumentPhase::SecondOrLater,
    };
    let client = crate::will::WillClient {
        identity_code: aino().identity_code().unwrap().clone(),
        name: name(),
    };
    let permission =
        crate::will::DisclosurePermission::given(client, day("1.1"), crate::will::Maker::OmaKanta);
    let will = ClientWill {
        informing: if informed {
            crate::will::Known::Present(crate::will::KantaInforming { on: day("1.1") })
        } else {
            crate::will::Known::NotAsked
        },
        permission: crate::will::Known::Present(permission),
        bans: crate::will::Known::Absent,
        others: Vec::new(),
    };
    let disclosure = Disclosure {
        from: &keeper(),
        to: &RegisterKeeper::new(organisation("30")),
        document: &document,
        basis: &SearchBasis::Permission,
        day: day("6.1"),
    };
    ContextEvidence::Disclosure {
        document: kept(document.id.clone()),
        basis: &SearchBasis::Permission,
        answer: kept(may_disclose(&disclosure, &will)),
    }
}

fn decide(
    policy: &TablePolicy,
    user: &UserContext,
    document: &AccessedDocument,
    evidence: &[ContextEvidence<'_>],
) -> AccessDecision {
    policy.decide(&AccessRequest {
        user,
        document,
        evidence,
        day: day("6.1"),
    })
}

fn deny(reason: DenyReason) -> AccessDecision {
    AccessDecision::Deny {
        reasons: vec![reason],
    }
}

fn permit(basis: Basis) -> AccessDecision {
    AccessDecision::Permit { basis }
}

fn undecided(fact: MissingFact) -> AccessDecision {
    AccessDecision::Undecided {
        missing: vec![fact],
    }
}

#[test]
fn evidence_must_fit_worker_register_client_and_day() {
    let client = |context| vec![ContextEvidence::Client(context)];
    let joint = |clients: &[ClientIdentity], through| {
        vec![ContextEvidence::JointCase {
            case: kept(joint_case(clients)),
            through,
        }]
    };
    let of = |identity: ClientIdentity| AccessedDocument {
        client: Some(identity),
        ..document()
    };
    let weak = UserContext {
        strongly_identified: false,
        ..producer_worker()
    };
    let other_register = AccessedDocument {
        register_keeper: Some(RegisterKeeper::new(organisation("9"))),
        ..document()
    };
    let without_case = AccessedDocument {
        case: None,
        ..of(onni())
    };
    let administration = || {
        vec![ContextEvidence::Administration {
            task: "arkistonhoito",
        }]
    };
    let cases = [
        (
            "nothing",
            county_worker(),
            document(),
            vec![],
            deny(DenyReason::NoEvidence),
        ),
        (
            "own relation",
            county_worker(),
            document(),
            client(own_relation()),
            permit(Basis::OwnRelation),
        ),
        (
            "other client",
            county_worker(),
            of(onni()),
            client(own_relation()),
            deny(DenyReason::OtherClient),
        ),
        (
            "client not comparable",
            county_worker(),
            of(newborn()),
            client(own_relation()),
            undecided(MissingFact::Client),
        ),
        (
            "other register",
            county_worker(),
            other_register.clone(),
            client(own_relation()),
            deny(DenyReason::OtherRegister),
        ),
        (
            "other unit",
            worker(WorkTask::PublicBroadResponsibility, "22", "0"),
            document(),
            client(own_relation()),
            deny(DenyReason::UnitNotNamed),
        ),
        (
            "another keeper's worker",
            worker(WorkTask::PublicBroadResponsibility, "21", "9"),
            document(),
            client(own_relation()),
            deny(DenyReason::OtherRegister),
        ),
        (
            "right",
            producer_worker(),
            document(),
            client(right()),
            permit(Basis::RegisterUseRight),
        ),
        (
            "right, weak login",
            weak,
            document(),
            client(right()),
            deny(DenyReason::StrongIdentificationNeeded),
        ),
        (
            "right, other register",
            producer_worker(),
            other_register.clone(),
            client(right()),
            deny(DenyReason::OtherRegister),
        ),
        (
            "right, other unit",
            county_worker(),
            document(),
            client(right()),
            deny(DenyReason::UnitNotNamed),
        ),
        (
            "joint case",
            county_worker(),
            of(onni()),
            joint(&[aino(), onni()], own_relation()),
            permit(Basis::JointCase),
        ),
        (
            "joint case by right",
            producer_worker(),
            of(onni()),
            joint(&[aino(), onni()], right()),
            permit(Basis::RegisterUseRightInJointCase),
        ),
        (
            "no member",
            county_worker(),
            of(onni()),
            joint(&[onni()], own_relation()),
            deny(DenyReason::NotAMember),
        ),
        (
            "no case",
            county_worker(),
            without_case,
            joint(&[aino(), onni()], own_relation()),
            undecided(MissingFact::Case),
        ),
        (
            "disclosed",
            producer_worker(),
            document(),
            vec![disclosure(true)],
            permit(Basis::Permission),
        ),
        (
            "perhaps disclosed",
            producer_worker(),
            document(),
            vec![disclosure(false)],
            undecided(MissingFact::Disclosure),
        ),
        (
            "another disclosed",
            producer_worker(),
            AccessedDocument {
                id: DocumentOid::parse("2.999.11.9").ok(),
                ..document()
            },
            vec![disclosure(true)],
            deny(DenyReason::OtherDocument),
        ),
        (
            "administration",
            worker(WorkTask::PublicAdministration, "1", "0"),
            document(),
            administration(),
            permit(Basis::Administration),
        ),
        (
            "no administration",
            county_worker(),
            document(),
            administration(),
            deny(DenyReason::NoAdministration),
        ),
        (
            "administration of another register",
            worker(WorkTask::PublicAdministration, "1", "0"),
            other_register,
            administration(),
            deny(DenyReason::OtherRegister),
        ),
        (
            "one fitting piece is enough",
            county_worker(),
            document(),
            vec![
                administration().remove(0),
                ContextEvidence::Client(own_relation()),
            ],
            permit(Basis::OwnRelation),
        ),
    ];
    for (name, user, document, evidence, expected) in cases {
        assert_eq!(
            decide(&everything_permitted(), &user, &document, &evidence),
            expected,
            "{name}"
        );
    }
}

#[test]
fn a_relation_that_has_ended_proves_nothing_even_when_a_unit_was_left_open() {
    let mut ended = relation();
    ended.period.end = Some(day("6.1"));
    for (end_day, expected) in [
        (EndDay::Included, permit(Basis::OwnRelation)),
        (EndDay::Excluded, deny(DenyReason::UnitNotNamed)),
    ] {
        let evidence = [ContextEvidence::Client(ClientContext::OwnRelation {
            relation: &ended,
            register_keeper: &keeper(),
            end_day,
        })];
        let decision = decide(
            &everything_permitted(),
            &county_worker(),
            &document(),
            &evidence,
        );
        assert_eq!(decision, expected);
    }
}

#[test]
fn the_worker_needs_the_service_task() {
    let evidence = [ContextEvidence::Client(own_relation())];
    let without = UserContext {
        service_tasks: vec![ServiceTask::CHILD_PROTECTION],
        ..county_worker()
    };
    let policy = everything_permitted();
    assert_eq!(
        decide(&policy, &without, &document(), &evidence),
        deny(DenyReason::ServiceTaskNotAssigned)
    );
    let no_task = AccessedDocument {
        service_task: None,
        ..document()
    };
    assert_eq!(
        decide(&policy, &county_worker(), &no_task, &evidence),
        undecided(MissingFact::ServiceTask)
    );
}

#[test]
fn the_first_row_that_fits_decides() {
    let own = || vec![ContextEvidence::Client(own_relation())];
    let deliverer = || worker(WorkTask::PublicDelivery, "21", "0");
    let decision = DocumentType::other("2", "Esimerkkityyppi");
    let other_type = AccessedDocument {
        document_type: Some(decision.clone()),
        ..document()
    };
    let other_unit = AccessedDocument {
        unit: Some(unit("22")),
        document_type: Some(decision),
        ..document()
    };
    let no_type = AccessedDocument {
        document_type: None,
        ..document()
    };
    let assistant = worker(WorkTask::PrivateAdministration, "31", "0");
    let right = || vec![ContextEvidence::Client(right())];
    for (name, user, document, evidence, expected) in [
        (
            "plan",
            deliverer(),
            document(),
            own(),
            permit(Basis::OwnRelation),
        ),
        (
            "own unit's",
            deliverer(),
            other_type,
            own(),
            permit(Basis::OwnRelation),
        ),
        (
            "another unit's",
            deliverer(),
            other_unit,
            own(),
            undecided(MissingFact::TableRow),
        ),
        (
            "type not known",
            deliverer(),
            no_type,
            own(),
            undecided(MissingFact::DocumentType),
        ),
        (
            "producer",
            producer_worker(),
            document(),
            right(),
            permit(Basis::RegisterUseRight),
        ),
        (
            "assistant",
            assistant,
            document(),
            vec![ContextEvidence::Administration { task: "laskutus" }],
            deny(DenyReason::Table {
                note: Some("hallinnon assistentti ei näe asiakirjoja".into()),
            }),
        ),
        (
            "no row",
            worker(WorkTask::PublicArranging, "21", "0"),
            document(),
            own(),
            undecided(MissingFact::TableRow),
        ),
    ] {
        assert_eq!(
            decide(&example(), &user, &document, &evidence),
            expected,
            "{name}"
        );
    }
}

#[test]
fn mistakes_in_a_table_are_told() {
    assert_eq!(example().name(), "example table, not the decree's");
    for (text, problem) in [
        ("", "name"),
        ("name = \"t\"\n[[row]]\nwork_task = \"x\"\n", "decision"),
        (
            "name = \"t\"\n[[row]]\nwork_task = \"x\"\ndecision = \"maybe\"\n",
            "maybe",
        ),
        (
            "name = \"t\"\n[[row]]\nwork_task = \"x\"\ndecision = \"deny\"\nbasis = [\"y\"]\n",
            "no basis `y`",
        ),
        (
            "name = \"t\"\n[[row]]\nwork_task = \"x\"\ndecision = \"deny\"\nunit = 1\n",
            "unit",
        ),
    ] {
        let error = TablePolicy::from_toml(text).unwrap_err().to_string();
        assert!(
            error.contains(problem) && error.contains("KANTA-ACCESS-TABLE"),
            "{error}"
        );
    }
}

#[test]
fn reasons_are_told_in_both_languages() {
    for reason in [
        DenyReason::NoEvidence,
        DenyReason::StrongIdentificationNeeded,
        DenyReason::Table { note: None },
    ] {
        assert!(!reason.finnish().is_empty() && !reason.english().is_empty());
    }
}

proptest! {
    /// Whatever the table says and whoever asks: no evidence, no access.
    #[test]
    fn without_evidence_the_answer_is_no(
        which in 0_usize..8, strong: bool, knows_keeper: bool, knows_task: bool,
    ) {
        let user = UserContext {
            strongly_identified: strong,
            ..worker(WorkTask::NAMED[which].clone(), "21", "0")
        };
        let document = AccessedDocument {
            register_keeper: knows_keeper.then(keeper),
            service_task: knows_task.then(task),
            ..document()
        };
        prop_assert_eq!(
            decide(&everything_permitted(), &user, &document, &[]),
            deny(DenyReason::NoEvidence)
        );
    }
}
