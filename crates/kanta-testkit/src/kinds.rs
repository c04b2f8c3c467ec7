//! A fictional document of each kind, for tests of use cases.
//!
//! What the default bundle does not know of these kinds (groups, states of cases) has made-up values in the overlay, so they
//! are valid under [`crate::test_spec`] only.

use kanta_client::cda::relation::{write_bans, write_case, write_permission};
use kanta_client::cda::structure::Structure;
use kanta_client::cda::{Content, Draft};
use kanta_client::core::codes::{
    CaseKind, DocumentType, RetentionClass, ServiceTask, SpecialContent,
};
use kanta_client::core::metadata::{
    CaseDocument, Client, DisclosureDocument, DocumentMetadata, LegacyDocument, Office,
};
use kanta_client::core::relation::{Case, CaseClient, CaseOpening, CaseStates};
use kanta_client::core::will::{
    BanTarget, DisclosureBan, DisclosureBans, DisclosurePermission, Giver, Maker, WillClient,
    WillRecorder,
};
use kanta_client::core::{
    ClientIdentifier, ClientIdentity, Date, DocumentOid, Instant, PersonalIdentityCode,
    ServiceOrganiser, ServiceUnit, TimeStamp,
};

use crate::documents::{case_id, client_document, document_oid, set_client, set_name};
use crate::{people, structures, test_spec};

/// A PDF that claims to follow PDF/A, and nothing more. A real scan is judged with a `PdfInspector`.
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj <</Type/Metadata>> stream\n<pdfaid:part>2</pdfaid:part>\
    <pdfaid:conformance>B</pdfaid:conformance>\nendstream endobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";

/// Makes the content that opens the case of the child, a joint one when there is a further client.
#[must_use]
pub fn case_content(office: &Office, further: Option<&Client>) -> Vec<u8> {
    let states = CaseStates::from_spec(&test_spec()).expect("the overlay has made-up states");
    let opening = CaseOpening {
        id: case_id(),
        kind: CaseKind::other("TEST-CASE", "Testi: palvelutarpeen arviointi"),
        organiser: ServiceOrganiser::new(office.organiser.clone()),
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        day: day(),
    };
    let child = people::child();
    let mut change = match further {
        None => Case::open(opening, case_client(&child), &states),
        Some(_) => Case::open_joint(opening, &states),
    };
    for client in further
        .map(|further| [&child, further])
        .into_iter()
        .flatten()
    {
        change
            .join(case_client(client), TimeStamp::day(day()))
            .expect("the case is a joint one, and each joins once");
    }
    let case = change.finish().expect("every conditional rule is kept");
    write_case(&case, None).expect("every code has a name")
}

/// Makes a document that opens the case of the child (Finnish: asia-asiakirja), and returns its structure too.
#[must_use]
pub fn case(office: &Office, number: u64, made: Instant) -> (Draft, Structure) {
    let metadata = DocumentMetadata::case(office, document_oid(number), made, case_document());
    let content = case_content(office, None);
    (Draft::new(metadata, content), structures::case())
}

/// Returns what the metadata of the case document say.
#[must_use]
pub fn case_document() -> CaseDocument {
    CaseDocument {
        case: case_id(),
        client: people::child(),
        opened: day(),
        closed: None,
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    }
}

/// Makes the content of an entry of the case notes about the child.
#[must_use]
pub fn case_note_content(structure: &Structure) -> Content<'_> {
    let mut content = Content::new(structure);
    let mut fill = || -> Result<(), Box<dyn std::error::Error>> {
        set_client(&mut content, "asiakas[0]", &people::child())?;
        content.set("merkinta.paivamaara", day())?;
        content.set("merkinta.teksti", "Puhelu huoltajan kanssa (keksitty).")?;
        set_name(&mut content, "laatija[0]", &people::social_worker().name)?;
        Ok(())
    };
    fill().expect("the paths are those of our own structure");
    content
}

/// Makes an entry of the case notes about the child (Finnish: asiakaskertomusmerkintä), and returns its structure too.
#[must_use]
pub fn case_note(office: &Office, number: u64, made: Instant) -> (Draft, Structure) {
    let structure = structures::case_note();
    let id = document_oid(number);
    let metadata = DocumentMetadata::case_note(office, id, made, client_document());
    let draft = Draft::new(metadata, case_note_content(&structure));
    (draft, structure)
}

/// Makes a document of the first phase about the child, a PDF without structured content.
#[must_use]
pub fn first_phase(office: &Office, number: u64, made: Instant) -> Draft {
    let id = document_oid(number);
    let metadata = DocumentMetadata::first_phase(office, id, made, client_document());
    Draft::pdf(metadata, PDF)
}

/// Makes a legacy document about the child (Finnish: vanha asiakirja), of which much is not known.
#[must_use]
pub fn legacy(office: &Office, number: u64, made: Instant) -> Draft {
    let id = document_oid(number);
    let display = legacy_display(&id);
    let metadata = DocumentMetadata::legacy(office, id, made, legacy_document());
    Draft::xhtml(metadata, display)
}

/// Returns what the metadata of a legacy document say.
#[must_use]
pub fn legacy_document() -> LegacyDocument {
    LegacyDocument {
        general_type: DocumentType::PLAN,
        client: people::child(),
        author: None,
        drafted: TimeStamp::parse("20150304").expect("the text is a day"),
        case: None,
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    }
}

/// Makes the display form of a legacy document.
#[must_use]
pub fn legacy_display(id: &DocumentOid) -> String {
    format!(
        "<div class=\"soc-document\" id=\"{}\" xmlns=\"http://www.w3.org/1999/xhtml\"><h1>Vanha asiakirja</h1></div>",
        id.body_anchor()
    )
}

/// Makes the child's disclosure permission, given or cancelled (Finnish: luovutuslupa), and returns its structure too.
#[must_use]
pub fn disclosure_permission(
    office: &Office,
    number: u64,
    permitted: bool,
    made: Instant,
) -> (Draft, Structure) {
    let structure = structures::disclosure_permission();
    let id = document_oid(number);
    let metadata = DocumentMetadata::disclosure_permission(office, id, made, will_document());
    let draft = Draft::new(metadata, permission_content(&structure, permitted));
    (draft, structure)
}

/// Makes the content of the child's disclosure permission, given or cancelled.
#[must_use]
pub fn permission_content(structure: &Structure, permitted: bool) -> Vec<u8> {
    let given = DisclosurePermission::given(will_client(), day(), maker());
    let permission = match permitted {
        true => given,
        false => given.cancelled(day(), maker()),
    };
    write_permission(&permission, structure).expect("the structure has an information text")
}

/// Makes the document of the child's disclosure bans (Finnish: kieltoasiakirja), and returns its structure too.
#[must_use]
pub fn disclosure_bans(
    office: &Office,
    number: u64,
    targets: impl IntoIterator<Item = BanTarget>,
    made: Instant,
) -> (Draft, Structure) {
    let structure = structures::disclosure_bans();
    let id = document_oid(number);
    let metadata = DocumentMetadata::disclosure_ban(office, id, made, will_document());
    let draft = Draft::new(metadata, bans_content(&structure, targets));
    (draft, structure)
}

/// Makes the content of the document of the child's disclosure bans.
#[must_use]
pub fn bans_content(
    structure: &Structure,
    targets: impl IntoIterator<Item = BanTarget>,
) -> Vec<u8> {
    let none = DisclosureBans::none(will_client(), maker());
    let bans = targets.into_iter().fold(none, |bans, target| {
        bans.with(DisclosureBan {
            target,
            set_on: day(),
            forbidder: Giver::Client,
        })
    });
    write_bans(&bans, structure).expect("every target has a name")
}

/// Returns what the metadata of a will say.
#[must_use]
pub fn will_document() -> DisclosureDocument {
    DisclosureDocument {
        client: people::child(),
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    }
}

fn will_client() -> WillClient {
    WillClient {
        identity_code: identity_code(&people::child()),
        name: people::child().name,
    }
}

fn maker() -> Maker {
    Maker::ClientSystem(WillRecorder {
        name: people::social_worker().name,
        job_title: Some("sosiaalityöntekijä".to_owned()),
        unit: Some(ServiceUnit::new(people::service_unit())),
    })
}

fn case_client(client: &Client) -> CaseClient {
    CaseClient::new(
        ClientIdentity::official(identity_code(client)),
        client.name.clone(),
    )
}

fn identity_code(client: &Client) -> PersonalIdentityCode {
    match &client.identifier {
        ClientIdentifier::PersonalIdentityCode(code) => code.clone(),
        _ => unreachable!("fictional clients have an identity code"),
    }
}

fn day() -> Date {
    Date::new(2026, 2, 2).expect("the day exists")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_client::cda::CheckContext;

    #[test]
    fn all_of_them_pass_every_rule() {
        let (made, spec, office) = (
            Instant::from_unix(1_770_000_000, 0).unwrap(),
            test_spec(),
            people::office(),
        );
        let tasks = BanTarget::ServiceTasks(vec![ServiceTask::FAMILIES_WITH_CHILDREN]);
        for (draft, structure) in [
            case(&office, 1, made),
            case_note(&office, 2, made),
            disclosure_permission(&office, 3, true, made),
            disclosure_permission(&office, 4, false, made),
            disclosure_bans(&office, 5, [tasks], made),
            disclosure_bans(&office, 6, [], made),
        ] {
            draft.check(&structure, &spec).unwrap();
        }
        for draft in [first_phase(&office, 7, made), legacy(&office, 8, made)] {
            draft.check(CheckContext::default(), &spec).unwrap();
        }
    }
}
