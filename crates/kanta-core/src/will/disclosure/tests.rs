use proptest::prelude::*;

use super::super::{
    AuthorityRight, BannedDocument, Bypass, DisclosureBan, ExtendedRight, Maker, Verdict,
    WillClient,
};
use super::*;
use crate::codes::ExtendedSearchGround;
use crate::relation::fixture::{aino, day, name, organisation};

fn keeper(end: &str) -> RegisterKeeper {
    RegisterKeeper::new(organisation(end))
}

fn client() -> WillClient {
    WillClient {
        identity_code: aino().identity_code().unwrap().clone(),
        name: name(),
    }
}

fn document() -> DisclosedDocument {
    DisclosedDocument {
        id: DocumentOid::parse("2.999.11.2").unwrap(),
        set_id: Some(DocumentOid::parse("2.999.11.1").unwrap()),
        service_task: Some(ServiceTask::CHILD_PROTECTION),
        phase: DocumentPhase::SecondOrLater,
    }
}

fn permission(on: &str) -> DisclosurePermission {
    DisclosurePermission::given(client(), day(on), Maker::OmaKanta)
}

fn banned(target: BanTarget, on: &str) -> Known<DisclosureBans> {
    let bans = DisclosureBans::none(client(), Maker::OmaKanta);
    Known::Present(bans.with(DisclosureBan::new(target, day(on))))
}

/// Informed, permitted, not banned.
fn willing() -> ClientWill {
    ClientWill {
        informing: Known::Present(KantaInforming { on: day("1.1") }),
        permission: Known::Present(permission("1.1")),
        bans: Known::Absent,
        others: Vec::new(),
    }
}

fn ground() -> ExtendedSearchGround {
    ExtendedSearchGround::other("TEST-GROUND", "Esimerkkiperuste")
}

fn extended(bypass: Bypass) -> SearchBasis {
    SearchBasis::ExtendedRight(ExtendedRight::new(ground(), bypass))
}

fn authority() -> SearchBasis {
    SearchBasis::AuthorityRight(AuthorityRight::new(ground()))
}

fn answer(
    document: &DisclosedDocument,
    will: &ClientWill,
    basis: &SearchBasis,
) -> DisclosureAnswer {
    let disclosure = Disclosure {
        from: &keeper("0"),
        to: &keeper("9"),
        document,
        basis,
        day: day("6.1"),
    };
    may_disclose(&disclosure, will)
}

#[test]
fn permission_needs_informing_a_permission_and_no_ban() {
    let keepers = |end| BanTarget::RegisterKeepers(vec![keeper(end)]);
    let tasks = |task| BanTarget::ServiceTasks(vec![task]);
    let documents = |oid: &str| {
        BanTarget::Documents(vec![BannedDocument {
            oid: DocumentOid::parse(oid).unwrap(),
            document_type: None,
            drafted: None,
        }])
    };
    use Verdict::{Permitted, Refused, Undecided};
    type Change = Box<dyn Fn(&mut ClientWill)>;
    let cases: Vec<(&str, Verdict, Change)> = vec![
        ("all there", Permitted, Box::new(|_| {})),
        (
            "not informed",
            Refused,
            Box::new(|will| will.informing = Known::Absent),
        ),
        (
            "informed later",
            Refused,
            Box::new(|will| will.informing = Known::Present(KantaInforming { on: day("6.2") })),
        ),
        (
            "informing not asked",
            Undecided,
            Box::new(|will| will.informing = Known::NotAsked),
        ),
        (
            "no permission",
            Refused,
            Box::new(|will| will.permission = Known::Absent),
        ),
        (
            "permission not asked",
            Undecided,
            Box::new(|will| will.permission = Known::NotAsked),
        ),
        (
            "permission given later",
            Refused,
            Box::new(|will| will.permission = Known::Present(permission("6.2"))),
        ),
        (
            "permission given today",
            Permitted,
            Box::new(|will| will.permission = Known::Present(permission("6.1"))),
        ),
        (
            "permission cancelled",
            Refused,
            Box::new(|will| {
                let cancelled = permission("1.1").cancelled(day("5.1"), Maker::OmaKanta);
                will.permission = Known::Present(cancelled);
            }),
        ),
        (
            "bans not asked",
            Undecided,
            Box::new(|will| will.bans = Known::NotAsked),
        ),
        (
            "keeper banned",
            Refused,
            Box::new(move |will| will.bans = banned(keepers("0"), "6.1")),
        ),
        (
            "keeper banned later",
            Permitted,
            Box::new(move |will| will.bans = banned(keepers("0"), "6.2")),
        ),
        (
            "the searcher banned",
            Permitted,
            Box::new(move |will| will.bans = banned(keepers("9"), "1.1")),
        ),
        (
            "task banned",
            Refused,
            Box::new(move |will| will.bans = banned(tasks(ServiceTask::CHILD_PROTECTION), "1.1")),
        ),
        (
            "other task banned",
            Permitted,
            Box::new(move |will| {
                will.bans = banned(tasks(ServiceTask::DISABILITY_SERVICES), "1.1");
            }),
        ),
        (
            "document banned",
            Refused,
            Box::new(move |will| will.bans = banned(documents("2.999.11.2"), "1.1")),
        ),
        (
            "first version banned",
            Refused,
            Box::new(move |will| will.bans = banned(documents("2.999.11.1"), "1.1")),
        ),
        (
            "other document banned",
            Permitted,
            Box::new(move |will| will.bans = banned(documents("2.999.11.3"), "1.1")),
        ),
        (
            "a ban not understood",
            Undecided,
            Box::new(|will| {
                let mut bans = DisclosureBans::none(client(), Maker::OmaKanta);
                bans.not_understood.push("laaja_luovutuskielto".into());
                will.bans = Known::Present(bans);
            }),
        ),
        (
            "not understood",
            Undecided,
            Box::new(|will| {
                will.others.push(OtherExpression {
                    content_specification: None,
                });
            }),
        ),
    ];
    for (name, verdict, change) in cases {
        let mut will = willing();
        change(&mut will);
        let answer = answer(&document(), &will, &SearchBasis::Permission);
        assert_eq!(answer.verdict(), verdict, "{name}: {answer:?}");
    }
}

#[test]
fn extended_and_authoritys_right_pass_over_what_they_may() {
    use Verdict::{Permitted, Refused};
    let unwilling = ClientWill {
        informing: Known::Absent,
        permission: Known::Absent,
        ..willing()
    };
    let forbidding = ClientWill {
        bans: banned(
            BanTarget::ServiceTasks(vec![ServiceTask::CHILD_PROTECTION]),
            "1.1",
        ),
        ..willing()
    };
    let of_phase = |phase| DisclosedDocument {
        phase,
        ..document()
    };
    for (basis, will, phase, verdict) in [
        (
            extended(Bypass::Permission),
            &unwilling,
            DocumentPhase::SecondOrLater,
            Permitted,
        ),
        (
            extended(Bypass::Bans),
            &unwilling,
            DocumentPhase::SecondOrLater,
            Refused,
        ),
        (
            extended(Bypass::Bans),
            &forbidding,
            DocumentPhase::SecondOrLater,
            Permitted,
        ),
        (
            extended(Bypass::Permission),
            &forbidding,
            DocumentPhase::SecondOrLater,
            Refused,
        ),
        (
            extended(Bypass::PermissionAndBans),
            &forbidding,
            DocumentPhase::SecondOrLater,
            Permitted,
        ),
        (
            extended(Bypass::PermissionAndBans),
            &unwilling,
            DocumentPhase::First,
            Refused,
        ),
        (
            extended(Bypass::PermissionAndBans),
            &unwilling,
            DocumentPhase::Legacy,
            Refused,
        ),
        (authority(), &unwilling, DocumentPhase::First, Permitted),
        (authority(), &forbidding, DocumentPhase::Legacy, Permitted),
        (
            SearchBasis::Permission,
            &willing(),
            DocumentPhase::First,
            Refused,
        ),
        (
            SearchBasis::Permission,
            &willing(),
            DocumentPhase::Legacy,
            Refused,
        ),
        (
            SearchBasis::Permission,
            &willing(),
            DocumentPhase::NotKnown,
            Verdict::Undecided,
        ),
    ] {
        let answer = answer(&of_phase(phase), will, &basis);
        assert_eq!(answer.verdict(), verdict, "{basis:?} {phase:?}: {answer:?}");
    }
    let passed = answer(&document(), &forbidding, &extended(Bypass::Bans));
    assert!(passed.has(&Why::ServiceTaskBanned { since: day("1.1") }));
    assert!(passed.has(&Why::ExtendedRight {
        ground: "TEST-GROUND".into()
    }));
}

#[test]
fn the_own_register_is_no_disclosure_whatever_the_client_wills() {
    let document = document();
    let own = keeper("0");
    let disclosure = Disclosure {
        from: &own,
        to: &own,
        document: &document,
        basis: &SearchBasis::Permission,
        day: day("6.1"),
    };
    let will = ClientWill {
        bans: banned(BanTarget::RegisterKeepers(vec![own.clone()]), "1.1"),
        ..ClientWill::default()
    };
    assert_eq!(
        may_disclose(&disclosure, &will).verdict(),
        Verdict::NotADisclosure
    );
}

#[test]
fn a_ban_of_tasks_leaves_a_document_without_task_open() {
    let document = DisclosedDocument {
        service_task: None,
        ..document()
    };
    let tasks = BanTarget::ServiceTasks(vec![ServiceTask::CHILD_PROTECTION]);
    let will = ClientWill {
        bans: banned(tasks, "1.1"),
        ..willing()
    };
    let answer = answer(&document, &will, &SearchBasis::Permission);
    assert_eq!(answer.verdict(), Verdict::Undecided);
    assert!(answer.has(&Why::ServiceTaskNotKnown));
}

#[test]
fn lifting_the_ban_opens_again_and_debug_shows_nobody() {
    let Known::Present(bans) = banned(BanTarget::RegisterKeepers(vec![keeper("0")]), "1.1") else {
        unreachable!("it was made present");
    };
    assert!(!format!("{bans:?} {:?}", permission("1.1")).contains("0905"));
    let lifted = bans.without(|ban| matches!(ban.target, BanTarget::RegisterKeepers(_)));
    let will = ClientWill {
        bans: Known::Present(lifted),
        ..willing()
    };
    let answer = answer(&document(), &will, &SearchBasis::Permission);
    assert_eq!(answer.verdict(), Verdict::Permitted);
    for reason in answer.reasons() {
        assert!(!reason.why.finnish().is_empty() && !reason.why.english().is_empty());
    }
}

#[test]
fn metadata_tell_phase_and_task() {
    let time = crate::TimeStamp::parse("20260601").unwrap();
    let id = DocumentOid::parse("2.999.11.2").unwrap();
    let set_id = DocumentOid::parse("2.999.11.1").unwrap();
    let version = crate::VersionNumber::new(2).unwrap();
    let mut metadata = DocumentMetadata::bare(id, set_id, version, time);
    metadata.service_task = Some(ServiceTask::CHILD_PROTECTION.into());
    for (kind, phase) in [
        (DocumentKind::ClientDocument, DocumentPhase::SecondOrLater),
        (DocumentKind::CaseNote, DocumentPhase::SecondOrLater),
        (DocumentKind::FirstPhase, DocumentPhase::First),
        (DocumentKind::Legacy, DocumentPhase::Legacy),
        (DocumentKind::ClientRelation, DocumentPhase::NotKnown),
    ] {
        metadata.kind = kind;
        let expected = DisclosedDocument {
            phase,
            ..document()
        };
        assert_eq!(DisclosedDocument::from(&metadata), expected);
    }
    // A code of another code system is no service task.
    metadata.service_task = Some(crate::codes::SocialService::SOCIAL_WORK.into());
    assert_eq!(DisclosedDocument::from(&metadata).service_task, None);
}

proptest! {
    /// More bans, or a permission taken away, never open what was closed.
    #[test]
    fn a_client_who_wants_less_gets_less(
        has_permission: bool, is_informed: bool, first in 0_u8..4, second in 0_u8..4, basis in 0_u8..5,
    ) {
        let target = |kind: u8| match kind {
            0 => BanTarget::RegisterKeepers(vec![keeper("0")]),
            1 => BanTarget::ServiceTasks(vec![ServiceTask::CHILD_PROTECTION]),
            2 => BanTarget::Documents(Vec::new()),
            _ => BanTarget::RegisterKeepers(vec![keeper("9")]),
        };
        let basis = [
            SearchBasis::Permission,
            extended(Bypass::Permission),
            extended(Bypass::Bans),
            extended(Bypass::PermissionAndBans),
            authority(),
        ][usize::from(basis)].clone();
        let bans = DisclosureBans::none(client(), Maker::OmaKanta).with(DisclosureBan::new(target(first), day("1.1")));
        let will = ClientWill {
            informing: if is_informed { willing().informing } else { Known::Absent },
            permission: if has_permission { willing().permission } else { Known::Absent },
            bans: Known::Present(bans.clone()),
            others: Vec::new(),
        };
        let before = answer(&document(), &will, &basis).verdict();
        let stricter = [
            ClientWill { bans: Known::Present(bans.with(DisclosureBan::new(target(second), day("1.1")))), ..will.clone() },
            ClientWill { permission: Known::Absent, ..will.clone() },
        ];
        for stricter in stricter {
            let after = answer(&document(), &stricter, &basis).verdict();
            prop_assert!(after != Verdict::Permitted || before == Verdict::Permitted);
        }
    }
}
