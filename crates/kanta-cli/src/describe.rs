//! What a document says about itself, in the names of the metadata TOML.

use kanta_client::cda::ClinicalDocument;
use kanta_client::cda::structure::{Language, Structure};
use kanta_client::core::metadata::{Client, DocumentMetadata, ItemRef, Software};
use kanta_client::core::{
    ClientIdentifier, CodedValue, Organisation, PersonName, Professional, TimeStamp,
};

use crate::output::Shown;

type Group = Vec<(&'static str, Shown)>;

/// Describes the header.
pub(crate) fn metadata(metadata: &DocumentMetadata) -> Group {
    let code = |code: &Option<CodedValue>| Shown::maybe(code.as_ref(), coded);
    let organisation = |of: &Option<Organisation>| Shown::maybe(of.as_ref(), organisation);
    vec![
        ("kind", Shown::text(metadata.kind.key())),
        ("id", Shown::text(Some(&metadata.id))),
        ("set_id", Shown::text(Some(&metadata.set_id))),
        ("version", Shown::Number(metadata.version.as_u32().into())),
        (
            "replaces",
            Shown::maybe(metadata.replaces.as_ref(), |replaced| {
                Shown::Group(vec![
                    ("id", Shown::text(Some(&replaced.id))),
                    ("set_id", Shown::text(replaced.set_id.as_ref())),
                    ("version", Shown::text(replaced.version)),
                ])
            }),
        ),
        ("drafted", Shown::text(Some(metadata.drafted.as_str()))),
        (
            "created",
            Shown::text(metadata.created.as_ref().map(TimeStamp::as_str)),
        ),
        ("language", Shown::text(metadata.language.as_ref())),
        ("general_type", code(&metadata.general_type)),
        ("specific_type", code(&metadata.specific_type)),
        ("case", Shown::text(metadata.case.as_ref())),
        (
            "case_opened",
            Shown::text(metadata.case_opened.as_ref().map(TimeStamp::as_str)),
        ),
        (
            "case_closed",
            Shown::text(metadata.case_closed.as_ref().map(TimeStamp::as_str)),
        ),
        (
            "client_relation",
            Shown::text(metadata.client_relation.as_ref()),
        ),
        ("service_task", code(&metadata.service_task)),
        ("service_process", code(&metadata.service_process)),
        ("retention", code(&metadata.retention)),
        ("special_content", code(&metadata.special_content)),
        ("guardian_disclosure", code(&metadata.guardian_disclosure)),
        (
            "restriction_reason",
            Shown::text(metadata.restriction_reason.as_ref()),
        ),
        ("display_restriction", code(&metadata.display_restriction)),
        ("confidentiality", code(&metadata.confidentiality)),
        (
            "content_specification",
            Shown::text(metadata.content_specification.as_ref()),
        ),
        ("document_group", code(&metadata.group)),
        ("display_format", code(&metadata.display_format)),
        ("structured_format", code(&metadata.structured_format)),
        ("record_status", code(&metadata.record_status)),
        ("register_type", code(&metadata.register_type)),
        ("client", Shown::maybe(metadata.client.as_ref(), client)),
        (
            "further_clients",
            Shown::List(metadata.further_clients.iter().map(client).collect()),
        ),
        (
            "author",
            Shown::maybe(metadata.author.as_ref(), professional),
        ),
        ("register_keeper", organisation(&metadata.register_keeper)),
        (
            "organiser",
            named_oid(
                metadata.organiser.as_ref(),
                metadata.organiser_name.as_deref(),
            ),
        ),
        ("producer", organisation(&metadata.producer)),
        ("service_unit", organisation(&metadata.service_unit)),
        (
            "software",
            Shown::maybe(metadata.software.as_ref(), software),
        ),
        ("items", items(metadata)),
    ]
}

/// Describes the structure that the content follows, when it is known here.
pub(crate) fn structure(structure: &Structure) -> Shown {
    let mut parts = naming(structure);
    let version = Shown::text(Some(structure.definition_version()));
    parts.push(("definition_version", version));
    Shown::Group(parts)
}

/// Names a structure.
pub(crate) fn naming(structure: &Structure) -> Vec<(&'static str, Shown)> {
    let title = structure.title(Language::Finnish);
    vec![
        ("oid", Shown::text(Some(structure.oid()))),
        ("title", Shown::text(Some(title))),
        (
            "document_type",
            Shown::text(Some(structure.document_type())),
        ),
    ]
}

/// Describes the body: what is in it, not its content.
pub(crate) fn body(document: &ClinicalDocument) -> Shown {
    Shown::maybe(document.body(), |body| {
        let bytes = |part: Vec<u8>| u64::try_from(part.len()).unwrap_or(u64::MAX);
        Shown::Group(vec![
            ("anchor", Shown::text(body.anchor())),
            ("media_type", Shown::text(Some(body.media_type()))),
            (
                "display_form_bytes",
                Shown::number(body.display_form().ok().map(bytes)),
            ),
            (
                "structured_form_bytes",
                Shown::number(body.structured_form().ok().map(bytes)),
            ),
        ])
    })
}

fn coded(code: &CodedValue) -> Shown {
    let parts = vec![
        ("code", Shown::text(Some(code.code()))),
        ("display", Shown::text(code.display())),
        ("system", Shown::text(Some(code.system()))),
        ("system_name", Shown::text(code.system_name())),
    ];
    Shown::Brief(format!("{code} ({})", code.system()), parts)
}

fn organisation(organisation: &Organisation) -> Shown {
    named_oid(Some(&organisation.oid), organisation.name.as_deref())
}

fn named_oid(oid: Option<&impl ToString>, name: Option<&str>) -> Shown {
    let Some(oid) = oid.map(ToString::to_string) else {
        return Shown::text(name);
    };
    let brief = match name {
        Some(name) => format!("{oid} {name}"),
        None => oid.clone(),
    };
    Shown::Brief(
        brief,
        vec![("oid", Shown::Text(oid)), ("name", Shown::text(name))],
    )
}

fn client(client: &Client) -> Shown {
    let mut shown = match &client.identifier {
        ClientIdentifier::PersonalIdentityCode(code) => {
            vec![("identity_code", Shown::text(Some(code.expose())))]
        }
        other => {
            let identifier = other.expose();
            let parts = Shown::Group(vec![
                ("root", Shown::text(Some(identifier.root))),
                ("extension", Shown::text(identifier.extension)),
            ]);
            vec![match other {
                ClientIdentifier::Temporary(_) => ("temporary_id", parts),
                _ => ("unrecognised_id", parts),
            }]
        }
    };
    shown.extend(name(&client.name));
    shown.push(("gender", Shown::maybe(client.gender.as_ref(), coded)));
    shown.push((
        "birth",
        Shown::text(client.birth.as_ref().map(TimeStamp::as_str)),
    ));
    Shown::Group(shown)
}

fn professional(professional: &Professional) -> Shown {
    let number = professional.registration_number.as_ref();
    let mut shown = vec![(
        "registration_number",
        Shown::text(number.map(|number| number.expose())),
    )];
    shown.extend(name(&professional.name));
    Shown::Group(shown)
}

fn name(name: &PersonName) -> Group {
    vec![
        ("given", Shown::texts(name.given())),
        ("call_name", Shown::text(name.call_name())),
        ("family", Shown::text(Some(name.family()))),
    ]
}

fn software(software: &Software) -> Shown {
    let Software {
        vendor,
        product,
        version,
    } = software;
    let parts = vec![
        ("vendor", Shown::text(Some(vendor))),
        ("product", Shown::text(Some(product))),
        ("version", Shown::text(Some(version))),
    ];
    Shown::Brief(format!("{product} {version}, {vendor}"), parts)
}

/// The items that have no name of their own above, by their keys in the spec bundle.
fn items(metadata: &DocumentMetadata) -> Shown {
    let named = FURTHER_ITEMS
        .iter()
        .filter_map(|key| Some((*key, metadata.item(key)?)));
    let others = metadata
        .other_items
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_ref()));
    let item = |(key, value): (&str, ItemRef<'_>)| {
        let value = match value {
            ItemRef::Code(code) | ItemRef::Process(code) => coded(code),
            ItemRef::Id(oid) | ItemRef::Oid(oid) => Shown::text(Some(oid)),
            ItemRef::Text(text) => Shown::text(Some(text)),
            ItemRef::Time(time) => Shown::text(Some(time.as_str())),
            ItemRef::Flag(flag) => Shown::Flag(flag),
            ItemRef::Software(of) => software(of),
            _ => Shown::Nothing,
        };
        Shown::Group(vec![("key", Shown::text(Some(key))), ("value", value)])
    };
    Shown::List(named.chain(others).map(item).collect())
}

const FURTHER_ITEMS: [&str; 7] = [
    "correction_ground",
    "social_service",
    "shown_from",
    "disclosure_despite_ban",
    "arrival_mode",
    "sender",
    "security_ban",
];
