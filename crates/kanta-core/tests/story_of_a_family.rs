//! One family over two years: client relations, a joint case, a producer and its sub-contractor, a new identity code, a
//! permission, a ban and an extended search, told in the order in which they happen.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use kanta_core::access::{
    AccessDecision, AccessPolicy, AccessRequest, AccessedDocument, Basis, ClientContext,
    ContextEvidence, DenyReason, TablePolicy, UserContext, WorkTask,
};
use kanta_core::audit::{ClientInLog, LoggedAction, LoggedResult, LoggedUser, UseLogEntry};
use kanta_core::codes::{
    CaseKind, CaseState, ExtendedSearchGround, RelationRole, ServiceTask, SocialService,
};
use kanta_core::metadata::Software;
use kanta_core::relation::{
    Case, CaseClient, CaseOpening, CaseStates, ClientRelation, EndDay, RelationClient,
    ServicePerformer, ServiceProducer,
};
use kanta_core::right::{RegisterUseRight, RegisterUseRights, RightHolder};
use kanta_core::will::{
    BanTarget, Bypass, ClientWill, DisclosedDocument, Disclosure, DisclosureBan, DisclosureBans,
    DisclosurePermission, DocumentPhase, ExtendedRight, Giver, KantaInforming, Known, Maker,
    Representative, RepresentativeIdentifier, RepresentativeRole, SearchBasis, Verdict, Why,
    WillClient, WillRecorder, may_disclose,
};
use kanta_core::{
    CaseId, ClientIdentity, ClientRelationId, Counter, Date, DocumentOid, Instant, Organisation,
    OrganisationOid, PersonName, PersonalIdentityCode, RegisterKeeper, ServiceOrganiser,
    ServiceUnit, TemporaryIdGenerator, TimeStamp,
};

const FAMILIES: ServiceTask = ServiceTask::FAMILIES_WITH_CHILDREN;
const CHILD_PROTECTION: ServiceTask = ServiceTask::CHILD_PROTECTION;

// The organisations.

fn county() -> Organisation {
    organisation("99999999.10.0", "Kuvitelman hyvinvointialue")
}

fn family_services() -> ServiceUnit {
    ServiceUnit::new(organisation("99999999.10.21", "Kuvitelman perhepalvelut"))
}

fn family_workers() -> ServiceUnit {
    ServiceUnit::new(organisation("99999998.10.7", "Esimerkkityö, perhetyö"))
}

fn night_workers() -> ServiceUnit {
    ServiceUnit::new(organisation("99999996.10.3", "Yövuoro Oy"))
}

fn neighbour() -> Organisation {
    organisation("99999997.10.0", "Naapurin hyvinvointialue")
}

// The people.

fn aino() -> ClientIdentity {
    ClientIdentity::official(PersonalIdentityCode::parse("090514A9226").unwrap())
}

fn mother() -> ClientIdentity {
    ClientIdentity::official(PersonalIdentityCode::parse("140588-9148").unwrap())
}

fn code_of_the_baby() -> PersonalIdentityCode {
    PersonalIdentityCode::parse("020326A905L").unwrap()
}

fn worker_of(unit: ServiceUnit, keeper: Organisation, work_task: WorkTask) -> UserContext {
    UserContext {
        work_task,
        service_tasks: vec![FAMILIES, CHILD_PROTECTION],
        unit,
        register_keeper: RegisterKeeper::new(keeper),
        strongly_identified: true,
    }
}

/// A provider's table that lets everybody with a work task of delivery or responsibility see: the story is about contexts.
fn table() -> TablePolicy {
    TablePolicy::from_toml(
        r#"
        name = "the table of the story"
        [[row]]
        work_task = "public-broad-responsibility"
        decision = "permit"
        [[row]]
        work_task = "private-delivery"
        decision = "permit"
        "#,
    )
    .unwrap()
}

#[test]
fn one_family_over_two_years() {
    let keeper = RegisterKeeper::new(county());
    let organiser = ServiceOrganiser::new(county());
    let states = states();

    // 2026, January. Aino and her mother become clients, and a joint case is opened for the two.
    let january = day(2026, 1, 12);
    let mut opening = ClientRelation::open(
        relation_id(1),
        client(aino(), "Aino"),
        organiser.clone(),
        january,
    );
    opening
        .add_unit(FAMILIES, family_services(), january)
        .unwrap();
    let aino_1 = opening.finish().unwrap();

    let mut opening = ClientRelation::open(
        relation_id(2),
        client(mother(), "Helmi"),
        organiser.clone(),
        january,
    );
    opening
        .add_unit(FAMILIES, family_services(), january)
        .unwrap();
    let mother_1 = opening.finish().unwrap();

    let mut opening = Case::open_joint(
        CaseOpening {
            id: CaseId::parse("2.999.8.1").unwrap(),
            kind: CaseKind::other("1", "Esimerkkiasia"),
            organiser: organiser.clone(),
            service_task: FAMILIES,
            day: january,
        },
        &states,
    );
    opening
        .join(member(aino(), "Aino"), TimeStamp::day(january))
        .unwrap();
    opening
        .join(member(mother(), "Helmi"), TimeStamp::day(january))
        .unwrap();
    let case_1 = opening.finish().unwrap();

    // 2026, March. A baby is born and has no identity code yet: a temporary identifier is made, once and for ever.
    let march = day(2026, 3, 4);
    let county_oid = county().oid;
    let mut temporary_ids = TemporaryIdGenerator::for_organisation(&county_oid, 2026, InMemory(0));
    let nameless = ClientIdentity::temporary(temporary_ids.next().unwrap());
    let mut opening = ClientRelation::open(
        relation_id(3),
        client(nameless.clone(), "Vauva"),
        organiser,
        march,
    );
    opening
        .add_unit(FAMILIES, family_services(), march)
        .unwrap();
    let baby_1 = opening.finish().unwrap();

    let mut change = case_1.change(&states).unwrap();
    change
        .join(member(nameless.clone(), "Vauva"), TimeStamp::day(march))
        .unwrap();
    let case_2 = change.finish().unwrap();
    assert_eq!(case_2.members_on(january).count(), 2);
    assert_eq!(case_2.members_on(march).count(), 3);

    // 2026, April. The county buys family work for Aino. The producer cannot do anything before its first day.
    let april = day(2026, 4, 1);
    let mut change = aino_1.change().unwrap();
    let producer = ServiceProducer::starting(family_workers(), april)
        .with_services([SocialService::SOCIAL_GUIDANCE]);
    change.grant(&FAMILIES, producer).unwrap();
    let aino_2 = change.finish().unwrap();

    let mut rights = RegisterUseRights::new();
    for relation in [&aino_2, &mother_1, &baby_1] {
        rights.update(relation, &keeper);
    }
    assert!(
        rights
            .find(&keeper, &aino(), &family_workers(), day(2026, 3, 31))
            .is_none()
    );
    let right = rights
        .find(&keeper, &aino(), &family_workers(), april)
        .unwrap();
    assert!(
        rights
            .find(&keeper, &mother(), &family_workers(), april)
            .is_none()
    );

    // The county tells the producer the case; the producer archives in the county's register, under the county's name.
    let hand_over = right.hand_over(&case_2).unwrap();
    assert_eq!(hand_over.case, case_2.id);
    let producer = organisation("99999998.10.0", "Esimerkkityö Oy");
    let office = right
        .office(&family_workers(), april, producer, software())
        .unwrap();
    assert_eq!(office.register_keeper, county());
    assert_eq!(office.service_unit.oid, *family_workers().oid());

    // In the joint case it is told for whom the producer has a right; nothing more is concluded.
    let in_case = rights.in_joint_case(&case_2, &keeper, &family_workers(), april);
    assert_eq!(
        (in_case.with_right.len(), in_case.without_right.len()),
        (1, 2)
    );

    // What the worker of the producer sees of Aino, and how.
    let worker = worker_of(
        family_workers(),
        organisation("99999998.10.0", "Esimerkkityö Oy"),
        WorkTask::PrivateDelivery,
    );
    let plan = document("2.999.11.1", aino(), FAMILIES, &case_2);
    let by_right = [ContextEvidence::Client(ClientContext::RegisterUseRight(
        right,
    ))];
    assert_eq!(
        see(&worker, &plan, &by_right, april),
        AccessDecision::Permit {
            basis: Basis::RegisterUseRight
        }
    );
    assert_eq!(
        see(&worker, &plan, &[], april),
        denied(DenyReason::NoEvidence)
    );
    let without_card = UserContext {
        strongly_identified: false,
        ..worker.clone()
    };
    assert_eq!(
        see(&without_card, &plan, &by_right, april),
        denied(DenyReason::StrongIdentificationNeeded)
    );

    // 2026, May. The baby gets an identity code. The temporary identifier stays beside it, and it is the same client.
    let mut change = baby_1.change().unwrap();
    change.identify(code_of_the_baby());
    let baby_2 = change.finish().unwrap();
    assert_eq!(baby_2.client.identity.is_same_client(&nameless), Some(true));
    assert_eq!(case_2.is_member(&baby_2.client.identity, april), Some(true));

    // A document of the baby, archived under the temporary identifier, is still the baby's to the county's own worker.
    let social_worker = worker_of(
        family_services(),
        county(),
        WorkTask::PublicBroadResponsibility,
    );
    let first_note = document("2.999.11.2", nameless, FAMILIES, &case_2);
    let may = day(2026, 5, 20);
    let own = [ContextEvidence::Client(ClientContext::OwnRelation {
        relation: &baby_2,
        register_keeper: &keeper,
        end_day: EndDay::Included,
    })];
    assert_eq!(
        see(&social_worker, &first_note, &own, may),
        AccessDecision::Permit {
            basis: Basis::OwnRelation
        }
    );

    // 2026, autumn. The producer takes a sub-contractor for the nights and tells the county, which names it.
    let september = day(2026, 9, 1);
    let mut change = aino_2.change().unwrap();
    let nights = ServicePerformer::starting(night_workers(), september);
    change
        .grant_performer(&FAMILIES, &family_workers(), nights)
        .unwrap();
    let aino_3 = change.finish().unwrap();
    rights.update(&aino_3, &keeper);
    let performer = rights
        .find(&keeper, &aino(), &night_workers(), september)
        .unwrap();
    assert_eq!(
        *performer.holder(),
        RightHolder::Performer {
            producer: family_workers()
        }
    );

    // 2027, January. The family stays with relatives in the neighbouring county, whose workers ask to see Aino's data.
    // That is a disclosure: first nothing was asked, then the client is informed, then permits.
    let winter = day(2027, 1, 15);
    let mut will = ClientWill {
        informing: Known::Absent,
        permission: Known::Absent,
        bans: Known::Absent,
        others: Vec::new(),
    };
    let family_plan = disclosed("2.999.11.1", FAMILIES);
    let ask = |document: &DisclosedDocument, will: &ClientWill, basis: &SearchBasis, on| {
        let disclosure = Disclosure {
            from: &RegisterKeeper::new(county()),
            to: &RegisterKeeper::new(neighbour()),
            document,
            basis,
            day: on,
        };
        may_disclose(&disclosure, will)
    };
    let refused = ask(&family_plan, &will, &SearchBasis::Permission, winter);
    assert_eq!(refused.verdict(), Verdict::Refused);
    assert!(refused.has(&Why::NotInformed) && refused.has(&Why::NoPermission));

    will.informing = Known::Present(KantaInforming { on: winter });
    will.permission = Known::Present(DisclosurePermission::given(
        aino_as_client(),
        winter,
        written_down(),
    ));
    assert_eq!(
        ask(&family_plan, &will, &SearchBasis::Permission, winter).verdict(),
        Verdict::Permitted
    );

    // 2027, March. The mother, as Aino's guardian, bans the data of child protection, at the county's office: in OmaKanta
    // guardians cannot. The rest is still seen.
    let spring = day(2027, 3, 1);
    let mut ban = DisclosureBan::new(BanTarget::ServiceTasks(vec![CHILD_PROTECTION]), spring);
    ban.forbidder = Giver::Representatives(vec![guardian()]);
    let bans = DisclosureBans::none(aino_as_client(), written_down()).with(ban);
    assert!(bans.check().is_empty());
    will.bans = Known::Present(bans);
    let decision = disclosed("2.999.11.3", CHILD_PROTECTION);
    let banned = ask(&decision, &will, &SearchBasis::Permission, spring);
    assert_eq!(banned.verdict(), Verdict::Refused);
    assert!(banned.has(&Why::ServiceTaskBanned { since: spring }));
    assert_eq!(
        ask(&decision, &will, &SearchBasis::Permission, winter).verdict(),
        Verdict::Permitted
    );
    assert_eq!(
        ask(&family_plan, &will, &SearchBasis::Permission, spring).verdict(),
        Verdict::Permitted
    );

    // The ban does not touch the producer: it works inside the county's register.
    let right = rights
        .find(&keeper, &aino(), &family_workers(), spring)
        .unwrap();
    let by_right = [ContextEvidence::Client(ClientContext::RegisterUseRight(
        right,
    ))];
    assert_eq!(
        see(&worker, &plan, &by_right, spring),
        AccessDecision::Permit {
            basis: Basis::RegisterUseRight
        }
    );

    // 2027, June. The neighbouring county has a ground to pass over the ban, says which, and it is logged.
    let june = day(2027, 6, 10);
    let ground = ExtendedSearchGround::other("TEST-GROUND", "Esimerkkiperuste");
    let extended = SearchBasis::ExtendedRight(ExtendedRight::new(ground, Bypass::Bans));
    let answer = ask(&decision, &will, &extended, june);
    assert_eq!(answer.verdict(), Verdict::Permitted);

    let neighbours = worker_of(
        ServiceUnit::new(neighbour()),
        neighbour(),
        WorkTask::PublicBroadResponsibility,
    );
    let protected = document("2.999.11.3", aino(), CHILD_PROTECTION, &case_2);
    let evidence = [ContextEvidence::Disclosure {
        document: &decision.id,
        basis: &extended,
        answer: &answer,
    }];
    let seen = see(&neighbours, &protected, &evidence, june);
    let AccessDecision::Permit { basis } = seen else {
        panic!("the extended right was meant to open the document: {seen:?}");
    };
    let user = LoggedUser::new("worker-17", neighbour().oid);
    let at = Instant::parse("2027-06-10T09:00:00Z").unwrap();
    let mut entry = UseLogEntry::new(at, LoggedAction::Fetch, user, neighbour().oid)
        .about(ClientInLog::Omit.of(&aino().identifier()))
        .on(basis)
        .with_result(LoggedResult::Succeeded);
    entry.ground = extended.ground().map(|ground| ground.as_ref().clone());
    let line = serde_json::to_string(&entry).unwrap();
    assert!(line.contains("extended-right") && line.contains("TEST-GROUND"));
    assert!(!line.contains("090514"));

    // 2027, August. The family work ends, and with it the producer's right and the sub-contractor's.
    let last = day(2027, 8, 31);
    let mut change = aino_3.change().unwrap();
    change
        .end_producer(&FAMILIES, &family_workers(), last)
        .unwrap();
    let aino_4 = change.finish().unwrap();
    rights.update(&aino_4, &keeper);
    for unit in [family_workers(), night_workers()] {
        assert!(rights.find(&keeper, &aino(), &unit, last).is_some());
        assert!(
            rights
                .find(&keeper, &aino(), &unit, day(2027, 9, 1))
                .is_none()
        );
    }
    let ended = &RegisterUseRight::from_relation(&aino_4, &keeper)[0];
    let by_ended = [ContextEvidence::Client(ClientContext::RegisterUseRight(
        ended,
    ))];
    assert_eq!(
        see(&worker, &plan, &by_ended, day(2027, 9, 1)),
        denied(DenyReason::UnitNotNamed)
    );

    // 2027, December. The need has ended: the relation ends and the case is closed, each as a last version.
    let december = day(2027, 12, 31);
    let mut change = aino_4.change().unwrap();
    change.end(december, "palvelun tarve on päättynyt").unwrap();
    let aino_5 = change.finish().unwrap();
    let mut change = case_2.change(&states).unwrap();
    change.close(december).unwrap();
    let case_3 = change.finish().unwrap();
    assert_eq!((aino_5.version.as_u32(), case_3.version.as_u32()), (5, 3));
    assert!(!aino_5.is_active(day(2028, 1, 1), EndDay::Included));
    let after = [ContextEvidence::Client(ClientContext::OwnRelation {
        relation: &aino_5,
        register_keeper: &keeper,
        end_day: EndDay::Included,
    })];
    assert_eq!(
        see(&social_worker, &plan, &after, day(2028, 1, 1)),
        denied(DenyReason::UnitNotNamed)
    );
}

// How things are made in the story.

/// Forgets, which a real counter must not: the durable one is in kanta-client.
struct InMemory(u64);

impl Counter for InMemory {
    type Error = std::convert::Infallible;

    fn next(&mut self) -> Result<u64, Self::Error> {
        self.0 += 1;
        Ok(self.0)
    }
}

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap()
}

fn organisation(oid: &str, name: &str) -> Organisation {
    let oid = OrganisationOid::parse(&format!("1.2.246.10.{oid}")).unwrap();
    Organisation::new(oid, name)
}

fn relation_id(number: u64) -> ClientRelationId {
    ClientRelationId::parse(&format!("2.999.7.{number}")).unwrap()
}

fn name(given: &str) -> PersonName {
    PersonName::new([given], "Kuvitelma").unwrap()
}

fn client(identity: ClientIdentity, given: &str) -> RelationClient {
    RelationClient::new(identity, name(given))
}

fn member(identity: ClientIdentity, given: &str) -> CaseClient {
    CaseClient::new(identity, name(given))
}

/// The codes of a case's states were never seen; these are the test archive's.
fn states() -> CaseStates {
    CaseStates {
        open: CaseState::other("TEST-OPEN", "Auki"),
        closed: CaseState::other("TEST-CLOSED", "Suljettu"),
    }
}

fn software() -> Software {
    Software {
        vendor: "Esimerkki".into(),
        product: "Kirjaamo".into(),
        version: "1".into(),
    }
}

fn aino_as_client() -> WillClient {
    WillClient {
        identity_code: aino().identity_code().unwrap().clone(),
        name: name("Aino"),
    }
}

fn guardian() -> Representative {
    Representative {
        name: name("Helmi"),
        identifier: RepresentativeIdentifier::IdentityCode(
            mother().identity_code().unwrap().clone(),
        ),
        role: RepresentativeRole::try_from(RelationRole::GUARDIAN).unwrap(),
    }
}

fn written_down() -> Maker {
    Maker::ClientSystem(WillRecorder {
        name: PersonName::new(["Onni"], "Esimerkillinen").unwrap(),
        job_title: None,
        unit: Some(family_services()),
    })
}

fn document(
    id: &str,
    of: ClientIdentity,
    service_task: ServiceTask,
    case: &Case,
) -> AccessedDocument {
    AccessedDocument {
        id: DocumentOid::parse(id).ok(),
        register_keeper: Some(RegisterKeeper::new(county())),
        client: Some(of),
        case: Some(case.id.clone()),
        service_task: Some(service_task),
        ..AccessedDocument::default()
    }
}

fn disclosed(id: &str, service_task: ServiceTask) -> DisclosedDocument {
    DisclosedDocument {
        id: DocumentOid::parse(id).unwrap(),
        set_id: None,
        service_task: Some(service_task),
        phase: DocumentPhase::SecondOrLater,
    }
}

fn see(
    user: &UserContext,
    document: &AccessedDocument,
    evidence: &[ContextEvidence<'_>],
    on: Date,
) -> AccessDecision {
    table().decide(&AccessRequest {
        user,
        document,
        evidence,
        day: on,
    })
}

fn denied(reason: DenyReason) -> AccessDecision {
    AccessDecision::Deny {
        reasons: vec![reason],
    }
}
