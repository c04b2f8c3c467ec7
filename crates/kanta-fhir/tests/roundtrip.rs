//! Generated notices: what is made passes the rules, is read back, and is written again byte for byte.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::sync::LazyLock;

use common::SPEC;
use kanta_core::codes::{DocumentType, ServiceTask};
use kanta_core::{Date, Instant};
use kanta_fhir::Bindings;
use kanta_fhir::notice::{
    Basis, DisclosedData, DisclosureNotice, NamedCode, NoticeBatch, NoticeLanguage,
    OriginalServiceTask, Permit, Recipient, What,
};
use kanta_fhir::resource::{Bundle, Resource};
use kanta_testkit::register::{disclosure, temporary_client};
use proptest::prelude::*;

static BINDINGS: LazyLock<Bindings> = LazyLock::new(|| Bindings::from_spec(&SPEC).unwrap());

/// Text with quotes, escapes, letters of Finland and beyond, never empty.
fn text() -> impl Strategy<Value = String> {
    "[a-zåäö\"\\\\/€\u{1F600}\n\t ]{0,20}[a-zA-Z]"
}

fn code() -> impl Strategy<Value = NamedCode> {
    ("[A-Z0-9-]{1,8}", text()).prop_map(|(code, display)| NamedCode::new(code, display).unwrap())
}

fn data() -> impl Strategy<Value = DisclosedData> {
    let what = (0_u8..3, text(), code()).prop_map(|(kind, text, code)| {
        let document = DocumentType::other(code.code(), code.display());
        match kind {
            0 => What::general_type(document),
            1 => What::specified_type(document)
                .with_description(text)
                .unwrap(),
            _ => What::description(text).unwrap(),
        }
    });
    (code(), what, proptest::option::of(code()), any::<bool>()).prop_map(
        |(task, what, original, of_1989)| {
            let task = ServiceTask::other(task.code(), task.display());
            let set = DisclosedData::new(task, what);
            match original {
                Some(code) if of_1989 => set.with_original_task(OriginalServiceTask::Of1989(code)),
                Some(code) => set.with_original_task(OriginalServiceTask::Of2011(code)),
                None => set.with_service_task(ServiceTask::CHILD_PROTECTION),
            }
        },
    )
}

prop_compose! {
    fn notice(number: u32)(
        seconds in 1_700_000_000_i64..1_900_000_000,
        nanoseconds in 0_u32..1_000_000_000,
        title in text(),
        name in text(),
        (kind, purpose, authentication) in (code(), code(), code()),
        basis in 0_u8..4,
        recipient in 0_u8..3,
        language in prop::sample::select(vec![NoticeLanguage::Finnish, NoticeLanguage::Swedish, NoticeLanguage::English]),
        sets in prop::collection::vec(data(), 1..4),
        without_number in any::<bool>(),
    ) -> DisclosureNotice {
        let mut parts = disclosure(number);
        let permit = Permit { given_on: Date::new(2026, 1, 31).unwrap() };
        parts.client = temporary_client(7);
        parts.language = language;
        parts.disclosed_at = Instant::from_unix(seconds, 0).unwrap();
        parts.recorded_at = Instant::from_unix(seconds, nanoseconds).unwrap();
        parts.kind = kind;
        parts.purpose = purpose;
        parts.discloser.title = title;
        parts.discloser.authentication = authentication;
        if without_number {
            parts.discloser.professional.registration_number = None;
        }
        parts.basis = match basis {
            0 => Basis::Statute,
            1 => Basis::StoredWill,
            2 => Basis::Permit(permit),
            _ => Basis::Consent(permit),
        };
        match recipient {
            0 => parts.recipient = Recipient::Client,
            1 => parts.recipient = Recipient::OtherOrganisation { name },
            _ => {}
        }
        let mut sets = sets.into_iter();
        let first = DisclosureNotice::new(parts, sets.next().unwrap()).unwrap();
        sets.fold(first, DisclosureNotice::with_data)
    }
}

fn batch() -> impl Strategy<Value = NoticeBatch> {
    (notice(1), proptest::option::of(notice(2))).prop_map(|(first, second)| {
        let notices = std::iter::once(first).chain(second).collect();
        NoticeBatch::new(notices).unwrap()
    })
}

proptest! {
    #[test]
    fn what_is_made_is_right_and_comes_back(batch in batch()) {
        let bundle = batch.to_bundle(&BINDINGS).unwrap();
        let json = serde_json::to_vec(&bundle).unwrap();
        let report = kanta_fhir::check(&json, &SPEC).unwrap();
        prop_assert!(!report.has_errors(), "{report}");
        let read: Bundle<'_> = serde_json::from_slice(&json).unwrap();
        prop_assert_eq!(&read, &bundle);
        prop_assert_eq!(serde_json::to_vec(&read).unwrap(), json);
    }

    #[test]
    fn no_input_panics(input in "[\\[\\]{}\",:a-z0-9 ]{0,60}") {
        let _ = kanta_fhir::check(input.as_bytes(), &SPEC);
        let _ = serde_json::from_str::<Resource<'_>>(&input);
    }
}
