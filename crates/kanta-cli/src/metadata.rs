//! Metadata of a document from TOML: `document new --metadata`.

use kanta_client::core::codes::{
    DisplayRestriction, DocumentType, Gender, GuardianDisclosure, RetentionClass, ServiceProcess,
    ServiceTask, SpecialContent,
};
use kanta_client::core::metadata::{
    Client, DocumentKind, DocumentMetadata, ItemValue, Replaced, Software,
};
use kanta_client::core::spec::Spec;
use kanta_client::core::{
    CaseId, ClientIdentifier, ClientRelationId, DocumentOid, Instant, Oid, Organisation,
    OrganisationOid, PersonName, PersonalIdentityCode, Professional,
    ProfessionalRegistrationNumber, TemporaryId, TimeStamp, VersionNumber,
};

use crate::error::{About, Failure};
use crate::input::Input;
use crate::setup::Setup;
use crate::toml_reader::{self, Table};

/// A commented TOML with every key, about the fictional child of the test kit.
pub(crate) const TEMPLATE: &str = include_str!("help/metadata.toml");

/// Reads the metadata of a file, or those of the template.
pub(crate) fn of(file: Option<&Input>, setup: &Setup) -> Result<DocumentMetadata, Failure> {
    let now = Setup::time(None)?;
    match file {
        Some(file) => read(&setup.inputs.settings(file)?, now, &setup.spec()?).about(file),
        // Read under the bundle that it is written for, whatever the host lays over it.
        None => read(TEMPLATE.as_bytes(), now, &kanta_testkit::test_spec()),
    }
}

/// Reads metadata; `now` is the time of drafting unless the text gives one.
pub(crate) fn read(bytes: &[u8], now: Instant, spec: &Spec) -> Result<DocumentMetadata, Failure> {
    toml_reader::read(bytes, "kanta document template", |root| {
        read_metadata(root, now, spec)
    })
}

fn read_metadata(root: &Table<'_>, now: Instant, spec: &Spec) -> Option<DocumentMetadata> {
    root.need(&["kind", "id"]);
    let kind = root.text("kind").and_then(|word| kind(root, word));
    let id = root.parsed("id", DocumentOid::parse);
    let set_id = root.parsed("set_id", DocumentOid::parse);
    let version = root.number("version").and_then(|number| {
        VersionNumber::new(number)
            .map_err(|error| root.wrong("version", error))
            .ok()
    });
    let drafted = TimeStamp::in_finland(root.instant("drafted").unwrap_or(now));
    let created = root.instant("created").map(TimeStamp::in_finland);

    // Stands in for an identifier that is missing or wrong, so that the other mistakes are met too; never handed out.
    let stand_in = || DocumentOid::new(PersonalIdentityCode::root());
    let own_id = id.clone().unwrap_or_else(stand_in);
    let mut metadata = DocumentMetadata::bare(
        own_id.clone(),
        set_id.unwrap_or(own_id),
        version.unwrap_or(VersionNumber::FIRST),
        drafted.clone(),
    );
    metadata.created = Some(created.unwrap_or(drafted));
    read_header(root, spec, &mut metadata);
    read_people(root, &mut metadata);
    root.table("items", |items| {
        read_items(items, spec, &mut metadata);
        Some(())
    });
    id?;
    metadata.kind = kind?;
    Some(metadata)
}

fn kind(root: &Table<'_>, word: &str) -> Option<DocumentKind> {
    let found = DocumentKind::NAMED
        .into_iter()
        .find(|kind| kind.key() == Some(word));
    if found.is_none() {
        let known: Vec<&str> = DocumentKind::NAMED
            .iter()
            .filter_map(DocumentKind::key)
            .collect();
        root.wrong(
            "kind",
            format!(
                "no kind of document that is written; give one of: {}",
                known.join(", ")
            ),
        );
    }
    found
}

/// Reads the language: one that the spec bundle lists.
fn language<'t>(root: &Table<'t>, spec: &Spec) -> &'t str {
    const USUAL: &str = "fi";
    let Some(given) = root.text("language") else {
        return USUAL;
    };
    let known = spec.list_for_reading("document.header.languages");
    if !known.iter().any(|known| known == given) {
        root.wrong(
            "language",
            format!(
                "no language of documents; give one of: {}, or name more in the spec bundle (document.header.languages)",
                known.join(", ")
            ),
        );
    }
    given
}

fn read_header(root: &Table<'_>, spec: &Spec, metadata: &mut DocumentMetadata) {
    metadata.language = Some(language(root, spec).to_owned());
    metadata.general_type = root.code_of("general_type", DocumentType::SEEN, DocumentType::other);
    metadata.specific_type = root.code_of("specific_type", DocumentType::SEEN, DocumentType::other);
    metadata.case = root.parsed("case", CaseId::parse);
    metadata.case_opened = root.parsed("case_opened", TimeStamp::parse);
    metadata.case_closed = root.parsed("case_closed", TimeStamp::parse);
    metadata.replaces = root.table("replaces", replaced);
    metadata.client_relation = root.parsed("client_relation", ClientRelationId::parse);
    metadata.service_task = root.code_of("service_task", ServiceTask::SEEN, ServiceTask::other);
    metadata.service_process = root.code_of(
        "service_process",
        ServiceProcess::SEEN,
        ServiceProcess::other,
    );
    metadata.retention = root.code_of("retention", RetentionClass::SEEN, RetentionClass::other);
    metadata.special_content = root.code_of(
        "special_content",
        SpecialContent::SEEN,
        SpecialContent::other,
    );
    metadata.guardian_disclosure = root.code_of(
        "guardian_disclosure",
        GuardianDisclosure::SEEN,
        GuardianDisclosure::other,
    );
    metadata.display_restriction = root.code_of(
        "display_restriction",
        DisplayRestriction::SEEN,
        DisplayRestriction::other,
    );
    metadata.restriction_reason = root.text("restriction_reason").map(str::to_owned);
    metadata.confidentiality = root.code("confidentiality");
    metadata.content_specification = root.parsed("content_specification", Oid::parse);
}

fn read_people(root: &Table<'_>, metadata: &mut DocumentMetadata) {
    metadata.client = root.table("client", client);
    let further = root.table("further_clients", |all| {
        let keys: Vec<_> = all.keys().collect();
        Some(
            keys.into_iter()
                .filter_map(|key| all.table(key, client))
                .collect(),
        )
    });
    metadata.further_clients = further.unwrap_or_default();
    metadata.author = root.table("author", |author| {
        let registration_number =
            author.parsed("registration_number", ProfessionalRegistrationNumber::parse);
        Some(Professional {
            registration_number,
            name: person_name(author)?,
        })
    });
    metadata.register_keeper = root.table("register_keeper", organisation);
    if let Some(organiser) = root.table("organiser", organisation) {
        metadata.organiser = Some(organiser.oid.as_oid().clone());
        metadata.organiser_name = organiser.name;
    }
    metadata.producer = root.table("producer", organisation);
    metadata.service_unit = root.table("service_unit", organisation);
    metadata.software = root.table("software", software);
}

fn replaced(table: &Table<'_>) -> Option<Replaced> {
    table.need(&["id"]);
    let (id, set_id) = (
        table.parsed("id", DocumentOid::parse),
        table.parsed("set_id", DocumentOid::parse),
    );
    let version = table.number("version").and_then(|number| {
        VersionNumber::new(number)
            .map_err(|error| table.wrong("version", error))
            .ok()
    });
    Some(Replaced {
        id: id?,
        set_id,
        version,
    })
}

fn client(table: &Table<'_>) -> Option<Client> {
    let code = table.parsed("identity_code", PersonalIdentityCode::parse);
    let temporary = table.table("temporary_id", |parts| {
        parts.need(&["root", "extension"]);
        let (root, extension) = (parts.parsed("root", Oid::parse), parts.text("extension"));
        TemporaryId::new(root?, extension?)
            .map_err(|error| table.wrong("temporary_id", error))
            .ok()
    });
    let name = person_name(table);
    let gender = table.code_of("gender", Gender::SEEN, Gender::other);
    let birth = table.parsed("birth", TimeStamp::parse);
    let identifier = match (code, temporary) {
        (Some(_), Some(_)) => {
            table.wrong(
                "temporary_id",
                "a client has either this or an identity code; leave one of them out",
            );
            return None;
        }
        (Some(code), None) => ClientIdentifier::PersonalIdentityCode(code),
        (None, Some(temporary)) => ClientIdentifier::Temporary(temporary),
        (None, None) => {
            if !table.keys().any(|key| key == "temporary_id") {
                table.need(&["identity_code"]);
            }
            return None;
        }
    };
    let mut client = Client::new(identifier, name?);
    client.gender = gender.or(client.gender);
    client.birth = birth.or(client.birth);
    Some(client)
}

/// Reads the name of a person from `given`, `call_name` and `family`.
pub(crate) fn person_name(table: &Table<'_>) -> Option<PersonName> {
    table.need(&["given", "family"]);
    let (given, family) = (table.texts("given"), table.text("family"));
    let call_name = table.text("call_name");
    let family = family?;
    let name = PersonName::new(given?, family)
        .map_err(|error| {
            let key = if family.trim().is_empty() {
                "family"
            } else {
                "given"
            };
            table.wrong(key, error);
        })
        .ok()?;
    Some(match call_name {
        Some(call_name) => name.with_call_name(call_name),
        None => name,
    })
}

/// Reads an organisation from `oid` and `name`.
pub(crate) fn organisation(table: &Table<'_>) -> Option<Organisation> {
    table.need(&["oid"]);
    let (oid, name) = (
        table.parsed("oid", OrganisationOid::parse),
        table.text("name"),
    );
    Some(Organisation {
        oid: oid?,
        name: name.map(str::to_owned),
    })
}

fn software(table: &Table<'_>) -> Option<Software> {
    table.need(&["vendor", "product", "version"]);
    let (vendor, product, version) = (
        table.text("vendor"),
        table.text("product"),
        table.text("version"),
    );
    Some(Software {
        vendor: vendor?.to_owned(),
        product: product?.to_owned(),
        version: version?.to_owned(),
    })
}

/// Reads items of the social-care header by their key in the spec bundle, which tells the kind of the value too.
fn read_items<'t>(items: &Table<'t>, spec: &Spec, metadata: &mut DocumentMetadata) {
    for key in items.keys().collect::<Vec<&'t str>>() {
        let Some(kind) = spec.text_for_reading(&format!("document.local_header.item.{key}.kind"))
        else {
            continue;
        };
        let value = match kind {
            "code" => items.code(key).map(ItemValue::Code),
            "process" => items.code(key).map(ItemValue::Process),
            "id" => items.parsed(key, Oid::parse).map(ItemValue::Id),
            "oid" => items.parsed(key, Oid::parse).map(ItemValue::Oid),
            "text" => items.text(key).map(|text| ItemValue::Text(text.to_owned())),
            "time" => items.parsed(key, TimeStamp::parse).map(ItemValue::Time),
            "flag" => items.text(key).and_then(|text| match text.parse() {
                Ok(flag) => Some(ItemValue::Flag(flag)),
                Err(_) => {
                    items.wrong(key, "write \"true\" or \"false\"");
                    None
                }
            }),
            "software" => items.table(key, software).map(ItemValue::Software),
            _ => None,
        };
        let Some(value) = value else { continue };
        if metadata.item(key).is_some() {
            items.wrong(
                key,
                "the item has a key of its own above; give it there only",
            );
        } else if metadata.set_item(key, value).is_err() {
            items.wrong(key, format!("the spec bundle says that this item is of the kind `{kind}`, which it cannot be"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_reader::help_test::assert_help;
    use proptest::prelude::*;

    fn now() -> Instant {
        Instant::parse("2026-02-02T08:15:30Z").unwrap()
    }

    fn text_problems(text: &str) -> String {
        read(text.as_bytes(), now(), &kanta_testkit::test_spec())
            .err()
            .map(|failure| failure.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn the_help_text_is_what_is_read() {
        let spec = kanta_testkit::test_spec();
        assert_help(TEMPLATE, |root| read_metadata(root, now(), &spec));
    }

    #[test]
    fn the_help_text_makes_a_document_without_errors() {
        let metadata = read(TEMPLATE.as_bytes(), now(), &kanta_testkit::test_spec()).unwrap();
        assert_eq!(metadata.kind, DocumentKind::ClientDocument);
        let client = metadata.client.unwrap();
        assert!(!client.identifier.can_be_a_real_person());
        // The people of the template are those of the test kit; a change there is a change here.
        assert!(client == kanta_testkit::people::child());
        assert!(metadata.author.unwrap() == kanta_testkit::people::social_worker());
    }

    #[test]
    fn all_mistakes_are_told_at_once_and_nothing_personal() {
        let text = TEMPLATE
            .replace(
                "identity_code = \"090514A9226\"",
                "identity_code = \"090514A9227\"",
            )
            .replace("kind = \"client_document\"", "kind = \"letter\"")
            .replace("[author]", "[autor]");
        let found = text_problems(&text);
        for expected in [
            "`kind`: no kind of document that is written; give one of: client_relation, case, client_document,",
            "`client.identity_code`: the check character of the personal identity code is wrong [KANTA-ID-HETU-CHECK]",
            "`autor`: unknown key; did you mean `author`?",
        ] {
            assert!(found.contains(expected), "{expected} is not in\n{found}");
        }
        assert!(!found.contains("090514"), "{found}");
        assert_eq!(found.lines().count(), 3, "{found}");
    }

    #[test]
    fn what_may_stand_in_place_of_a_wrong_value_is_told() {
        for (right, wrong, expected) in [
            (
                "guardian_disclosure = \"1\"",
                "guardian_disclosure = true",
                "`guardian_disclosure`: a code in quotes, such as \"1\", or a table { code = \"…\", display = \"…\" } is expected, \
                 not a boolean",
            ),
            (
                "service_task = \"24\"",
                "service_task = 24",
                "`service_task`: a code in quotes, such as \"10\", or a table { code = \"…\", display = \"…\" } is expected, not \
                 an integer",
            ),
            (
                "\nfamily = \"Kuvitelma\"",
                "\nfamily = \" \"",
                "`client.family`: a part of the name is empty",
            ),
            (
                "given = [\"Aino\", \"Tuulikki\"]",
                "given = []",
                "`client.given`: a part of the name is empty",
            ),
        ] {
            assert!(TEMPLATE.contains(right), "{right}");
            let found = text_problems(&TEMPLATE.replacen(right, wrong, 1));
            assert!(found.contains(expected), "{expected} is not in\n{found}");
            assert_eq!(found.lines().count(), 1, "{found}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn no_change_of_the_text_panics(place in 0..TEMPLATE.len(), insert in any::<Vec<u8>>(), length in 0_usize..60) {
            let mut text = TEMPLATE.as_bytes().to_vec();
            let end = (place + length).min(text.len());
            text.splice(place..end, insert);
            let _ = read(&text, now(), &kanta_testkit::test_spec());
        }
    }

    #[test]
    fn items_follow_the_bundle() {
        let with = |items: &str| {
            let (head, _) = TEMPLATE.split_once("[items]").unwrap();
            format!("{head}[items]\n{items}\n")
        };
        assert_eq!(text_problems(&with("sender = \"posti\"")), "");
        for (items, expected) in [
            ("sendr = \"posti\"", "`items.sendr`: unknown key"),
            ("sender = 1", "`items.sender`: a text in quotes is expected"),
            (
                "service_task = { code = \"1\", system = \"1.2.3\", display = \"x\" }",
                "a key of its own above",
            ),
            (
                "document_group = \"5\"",
                "`items.document_group`: a table { code = \"…\", system = \"…\", display = \"…\" } is expected, not a string",
            ),
        ] {
            let found = text_problems(&with(items));
            assert!(found.contains(expected), "{expected} is not in\n{found}");
        }
    }
}
