//! Frames judged by strangers: the schema of frames, a real frame, and composed examples.
//!
//! Files are read from the folder that the environment variable `KANTA_CONFORMANCE` names; without it, or without
//! `xmllint`, a judge says so and passes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use kanta_client::cda::Signed;
use kanta_client::core::spec::{Bundle, Inferred, Spec};
use kanta_client::core::{
    CodedValue, Instant, Oid, Organisation, OrganisationOid, PersonName, PersonalIdentityCode,
};
use kanta_client::frame::{
    Access, Frame, MessageHeader, MessageId, QueryKind, check_frame, query_frame, read_answer,
    read_request, store_frame,
};
use kanta_client::xml::{Element, Limits, Tree};
use kanta_client::{
    Authentication, ExtendedSearchGround, Joining, RequestContext, Scope, SearchQuery, User,
};
use kanta_testkit::archive::{Archive, Will};
use kanta_testkit::{documents, overlay, people, test_spec};

const HL7: &str = "urn:hl7-org:v3";

fn conformance() -> Option<PathBuf> {
    let folder = env::var_os("KANTA_CONFORMANCE").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: KANTA_CONFORMANCE does not name the folder of conformance material");
    }
    folder
}

fn has_xmllint() -> bool {
    let found = Command::new("xmllint").arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: xmllint is missing");
    }
    found
}

fn header(number: u32) -> MessageHeader {
    MessageHeader {
        id: MessageId {
            root: people::context().message_root,
            extension: format!("2026.{number}"),
        },
        time: common::time(),
    }
}

fn assert_valid(conformance: &Path, name: &str, frame: &[u8]) {
    // Made-up interactions have the shape of the one that the schema knows.
    let frame = String::from_utf8(frame.to_vec()).unwrap();
    let frame = frame
        .replace("TEST_IN000031", "RCMR_IN200031FI01")
        .replace("TEST_IN000032", "RCMR_IN200032FI01");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("message-frames");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    fs::write(&file, frame).unwrap();
    let judged = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(conformance.join("hl7v3-xsd/kanta-sos-mr-subset.xsd"))
        .arg(&file)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&judged.stderr);
    assert!(judged.status.success(), "{name}: {messages}");
}

/// Every question, in a scope that fits it.
fn questions() -> Vec<(QueryKind, Access, RequestContext)> {
    let ground = || ExtendedSearchGround::other("TEST-GROUND", "Testiperuste");
    let register_keeper = people::county().oid;
    let other = || {
        people::provider_context().with_scope(Scope::OtherRegister {
            register_keeper: Some(register_keeper.clone()),
        })
    };
    let both = people::provider_context().with_scope(Scope::OwnAndOrganiser {
        register_keeper: register_keeper.clone(),
    });
    let organiser = people::provider_context().with_scope(Scope::OrganiserRegister {
        register_keeper: register_keeper.clone(),
    });
    vec![
        (
            QueryKind::ClientRelations,
            Access::Register,
            people::context(),
        ),
        (QueryKind::Cases, Access::Register, organiser),
        (QueryKind::Metadata, Access::Register, both),
        (QueryKind::Documents, Access::Register, people::context()),
        (QueryKind::Summary, Access::Register, people::context()),
        (
            QueryKind::EnrichedSummary,
            Access::Register,
            people::context(),
        ),
        (QueryKind::Wills, Access::Register, people::context()),
        (QueryKind::Metadata, Access::Permission, other()),
        (QueryKind::Documents, Access::Permission, other()),
        (
            QueryKind::Metadata,
            Access::ExtendedRight(ground()),
            other(),
        ),
        (
            QueryKind::Documents,
            Access::ExtendedRight(ground()),
            other(),
        ),
        (
            QueryKind::Metadata,
            Access::AuthorityRight(ground()),
            other(),
        ),
        (
            QueryKind::Documents,
            Access::AuthorityRight(ground()),
            other(),
        ),
    ]
}

fn full_query() -> SearchQuery {
    let code = |code: &str| CodedValue::new(code, Oid::parse("2.999.7").unwrap());
    let time = |text| kanta_client::core::TimeStamp::parse(text).unwrap();
    let mut query = SearchQuery::of_client(people::child().identifier)
        .with_service_task(code("24"))
        .with_service_process(code("1"))
        .with_document_type(code("15007"))
        .with_created(time("20260101"), time("20261231"))
        .with_max_hits(50);
    query.case = Some(documents::case_id());
    query.documents = vec![documents::document_oid(1), documents::document_oid(2)];
    query.service_unit = Some(people::service_unit().oid);
    query.author = people::social_worker().registration_number;
    query
}

#[tokio::test]
async fn all_messages_are_valid_by_the_schema_of_frames() {
    let Some(conformance) = conformance() else {
        return;
    };
    if !has_xmllint() {
        return;
    }
    let archive = common::archive().await;
    let spec = test_spec();
    let first = common::plan(&archive, 1);
    let second = common::next_plan(&archive, 2, &first);
    let frames = [&common::relation(&archive, 3), &first, &second]
        .map(|signed| store_frame(signed, &people::context(), &header(1), &spec).unwrap());
    let query = full_query();
    let questions: Vec<Frame> = questions()
        .iter()
        .map(|(kind, access, context)| {
            query_frame(*kind, &query, access, context, &header(2), &spec).unwrap()
        })
        .collect();
    for (number, frame) in frames.iter().chain(&questions).enumerate() {
        assert_valid(
            &conformance,
            &format!("{number}-{}", frame.operation()),
            frame.as_xml(),
        );
        let report = check_frame(frame.as_xml(), &spec, &Limits::default()).unwrap();
        assert!(report.is_empty(), "{}: {report}", frame.operation());
    }
}

/// What the project read off patients' frames or off two test messages is data: a vendor who knows better says so.
#[tokio::test]
async fn the_words_of_a_frame_come_from_the_bundle() {
    let head = "name = \"mine\"\nbased_on = []\ndate = \"2026-01-01\"";
    let value = |word: &str| {
        format!("{{ value = \"{word}\", status = \"verified\", source = \"a test\" }}")
    };
    let message = format!("[descriptor]\nclient_status = {}", value("mine-normal"));
    let document = format!("[version]\nreplacement = {}", value("MINE"));
    let mine = Bundle::read([
        ("bundle.toml", head),
        ("message.toml", &message),
        ("document.toml", &document),
    ])
    .unwrap();
    let spec = Spec::for_test(&[Bundle::embedded(), mine], &[overlay()]);
    let archive = common::archive().await;
    let second = common::next_plan(&archive, 2, &common::plan(&archive, 1));
    let frame = store_frame(&second, &people::context(), &header(1), &spec).unwrap();
    let xml = std::str::from_utf8(frame.as_xml()).unwrap();
    for part in [
        "<statusCode code=\"mine-normal\"/>",
        "<relatedDocument typeCode=\"MINE\">",
    ] {
        assert!(xml.contains(part), "{part} is missing");
    }
}

/// The answers of the test archive: acknowledgements of both kinds, and responses with and without content.
#[tokio::test]
async fn all_answers_are_valid_by_the_schema_of_frames() {
    let Some(conformance) = conformance() else {
        return;
    };
    if !has_xmllint() {
        return;
    }
    let server = common::archive().await;
    let spec = test_spec();
    let trusted = kanta_client::sign::TrustAnchors::from_pem(server.pki().ca.as_bytes()).unwrap();
    let structures = common::options().structures;
    let mut archive = Archive::in_memory(spec.clone(), structures, trusted).unwrap();
    let child = people::child().identifier;
    archive.set_will(&child, &Will::permitting()).unwrap();
    let plan = common::plan(&server, 1);
    let stored = store_frame(&plan, &people::context(), &header(1), &spec).unwrap();
    let query = SearchQuery::of_client(child);
    let mut answers = Vec::new();
    for message in [stored.as_xml(), stored.as_xml(), b"<a/>"] {
        answers.push(archive.answer(message, common::time()));
    }
    for (number, (kind, access, context)) in (10..).zip(questions()) {
        let frame = query_frame(kind, &query, &access, &context, &header(number), &spec).unwrap();
        answers.push(archive.answer(frame.as_xml(), common::time()));
    }
    let codes: Vec<String> = answers
        .iter()
        .enumerate()
        .map(|(number, answer)| {
            assert_valid(&conformance, &format!("answer-{number}"), answer);
            let answer = read_answer(answer, &Limits::default()).unwrap();
            answer.acknowledgement.unwrap().code
        })
        .collect();
    assert_eq!(codes[..4], ["AA", "AE", "AE", "AA"], "{codes:?}");
}

#[test]
fn the_composed_examples_are_read() {
    let Some(conformance) = conformance() else {
        return;
    };
    let read = |name: &str| fs::read(conformance.join("messaging-examples").join(name)).unwrap();
    let limits = Limits::default();
    let store = read_request(&read("store_request.xml"), &limits).unwrap();
    assert_eq!(store.documents[0].contents.len(), 1);
    assert_eq!(store.reasons.len(), 2);
    let query = read_request(&read("query_request.xml"), &limits).unwrap();
    assert!(query.is_query);
    assert_eq!((query.reasons.len(), query.parameters.len()), (3, 2));
    let hits = read_answer(&read("query_response_two_hits.xml"), &limits).unwrap();
    assert_eq!(hits.documents.len(), 2);
    let told = hits.query.unwrap();
    assert_eq!(
        (told.code.as_str(), told.total, told.remaining),
        ("OK", Some(2), Some(0))
    );
    let error = read_answer(&read("error_response.xml"), &limits).unwrap();
    let acknowledgement = error.acknowledgement.unwrap();
    assert!(acknowledgement.is_negative());
    assert!(acknowledgement.details.has("4Y00007"));
    assert_eq!(acknowledgement.details.iter().count(), 2);
}

/// The real frame is read, and made again from its document and what it says of the sender: element by element the same,
/// but for the placeholder that its system left in place of the content.
#[test]
fn the_real_frame_is_read_and_made_again() {
    let Some(conformance) = conformance() else {
        return;
    };
    if !has_xmllint() {
        return;
    }
    let folder = conformance.join("real-documents");
    let published = fs::read(folder.join("client-relationship-frame.xml")).unwrap();
    // The copy was re-indented; without white-space-only nodes it is as it was signed.
    let document = Command::new("xmllint")
        .arg("--noblanks")
        .arg(folder.join("client-relationship-document.xml"))
        .output()
        .unwrap()
        .stdout;
    let spec = spec_of_frame_a();
    let limits = Limits::default();
    let document = Signed::from_bytes(document, &spec, &limits).unwrap();

    let request = read_request(&published, &limits).unwrap();
    assert!(request.documents[0].has_other_content);
    assert_eq!(
        request.documents[0].id.as_ref(),
        Some(document.metadata().id.as_oid())
    );
    let tree = Tree::parse(&published, &limits).unwrap();
    let (context, header) = sender_of(tree.root());
    let made = store_frame(&document, &context, &header, &spec).unwrap();

    let made_tree = Tree::parse(made.as_xml(), &limits).unwrap();
    assert_eq!(outline(made_tree.root()), outline(tree.root()));
    let report = check_frame(made.as_xml(), &spec, &limits).unwrap();
    assert!(report.errors().next().is_none(), "{report}");
}

/// The default bundle without what only the other real frame has.
fn spec_of_frame_a() -> Spec {
    let head = "name = \"frame-a\"\nbased_on = []\ndate = \"2026-11-24\"";
    let message = r#"
        [wrapper]
        version_code = { value = "", status = "seen", source = "A" }
        [descriptor]
        with_confidentiality = { value = false, status = "seen", source = "A" }
        with_language = { value = false, status = "seen", source = "A" }
        with_custodian_name = { value = false, status = "seen", source = "A" }
    "#;
    let overlay = Bundle::read([("bundle.toml", head), ("message.toml", message)]).unwrap();
    Spec::for_customer_test(&[Bundle::embedded(), overlay], Inferred::Allow)
}

/// What a frame says of who sends it, and its own identifier and time.
fn sender_of(root: Element<'_, '_>) -> (RequestContext, MessageHeader) {
    let find = |names: &[&str]| {
        names
            .iter()
            .fold(root, |element, name| element.child(HL7, name).unwrap())
    };
    let attribute = |names: &[&str], attribute: &str| {
        find(names)
            .attribute(attribute)
            .unwrap_or_default()
            .to_owned()
    };
    let oid = |names: &[&str]| OrganisationOid::parse(&attribute(names, "root")).unwrap();
    let user = ["controlActProcess", "authorOrPerformer", "assignedPerson"];
    let of_user = |more: &[&str]| -> Vec<String> {
        let path = user.iter().chain(more);
        path.map(ToString::to_string).collect()
    };
    let path = |names: Vec<String>| -> Vec<&'static str> {
        names.into_iter().map(|name| &*name.leak()).collect()
    };
    let given = path(of_user(&["assignedPerson", "name", "given"]));
    let family = path(of_user(&["assignedPerson", "name", "family"]));
    let unit = path(of_user(&["representedOrganization", "id"]));
    let unit_name = path(of_user(&["representedOrganization", "name"]));
    let id = path(of_user(&["id"]));
    let context = RequestContext::new(
        Joining::Direct {
            organisation: Organisation {
                oid: oid(&["sender", "device", "id"]),
                name: None,
            },
        },
        Oid::parse(&attribute(&["id"], "root")).unwrap(),
        User::new(
            "somebody",
            PersonalIdentityCode::parse(&attribute(&id, "extension")).unwrap(),
            PersonName::new([find(&given).text()], find(&family).text()).unwrap(),
            Organisation::new(oid(&unit), find(&unit_name).text()),
            Authentication::Basic,
        ),
        Scope::OwnRegister,
    );
    let time = attribute(&["creationTime"], "value");
    let part = |range| time.get(range).unwrap();
    let time = format!(
        "{}-{}-{}T{}:{}:{}{}:{}",
        part(0..4),
        part(4..6),
        part(6..8),
        part(8..10),
        part(10..12),
        part(12..14),
        part(14..17),
        part(17..19)
    );
    let header = MessageHeader {
        id: MessageId {
            root: context.message_root.clone(),
            extension: attribute(&["id"], "extension"),
        },
        time: Instant::parse(&time).unwrap(),
    };
    (context, header)
}

/// Every element in order with its attributes and its text; nothing of the content.
fn outline(element: Element<'_, '_>) -> Vec<String> {
    let mut attributes: Vec<String> = element
        .attributes()
        .map(|attribute| format!("{}={}", attribute.local_name(), attribute.value()))
        .collect();
    attributes.sort();
    let is_content = element.local_name() == "text";
    let text = if element.children().next().is_none() && !is_content {
        element.text().trim().to_owned()
    } else {
        String::new()
    };
    let mut lines = vec![format!("{} {attributes:?} {text}", element.local_name())];
    if !is_content {
        lines.extend(element.children().flat_map(outline));
    }
    lines
}
