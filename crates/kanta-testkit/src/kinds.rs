//! A fictional document of each kind, for tests of use cases.
//!
//! What the default bundle does not know of these kinds (groups, states of cases) has made-up values in the overlay, so they
//! are valid under [`crate::test_spec`] only.

use kanta_client::cda::relation::{write_bans, write_case, write_permission};
use kanta_client::cda::structure::Structure;
use kanta_client::cda::{Content, Draft};
use kanta_client::core::codes::{
    CaseKind, DocumentType, RetentionClass, ServiceProcess, ServiceTask, SpecialContent,
};
use kanta_client::core::metadata::{
    CaseDocument, Client, ClientDocument, DisclosureDocument, DocumentMetadata, LegacyDocument,
    Office,
};
use kanta_client::core::relation::{Case, CaseClient, CaseOpening, CaseStates};
use kanta_client::core::will::{
    BanTarget, DisclosureBan, DisclosureBans, DisclosurePermission, Giver, Maker, WillClient,
    WillRecorder,
};
use kanta_client::core::{
    CaseId, ClientIdentifier, ClientIdentity, Date, Instant, PersonalIdentityCode,
    ServiceOrganiser, ServiceUnit, TimeStamp,
};

use crate::documents::document_oid;
use crate::{people, structures, test_spec};

/// A PDF that claims to follow PDF/A, and nothing more.
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj <</Type/Metadata>> stream\n<pdfaid:part>2</pdfaid:part>\
    <pdfaid:conformance>B</pdfaid:conformance>\nendstream endobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";

/// Returns the case that the documents here belong to.
#[must_use]
pub fn case_id() -> CaseId {
    CaseId::new(people::county_oid("14.2026.2"))
}

/// Makes a document that opens the case of the child (Finnish: asia-asiakirja), and returns its structure too.
#[must_use]
pub fn case(office: &Office, number: u64, made: Instant) -> (Draft, Structure) {
    let states = CaseStates::from_spec(&test_spec()).expect("the overlay has made-up states");
    let opening = CaseOpening {
        id: case_id(),
        kind: CaseKind::other("TEST-CASE", "Testi: palvelutarpeen arviointi"),
        organiser: ServiceOrganiser::new(office.organiser.clone()),
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        day: day(),
    };
    let client = CaseClient::new(
        ClientIdentity::official(identity_code()),
        people::child().name,
    );
    let case = Case::open(opening, client, &states)
        .finish()
        .expect("every conditional rule is kept");
    let content = write_case(&case, None).expect("every code has a name");
    let details = CaseDocument {
        case: case_id(),
        client: people::child(),
        opened: day(),
        closed: None,
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    };
    let metadata = DocumentMetadata::case(office, document_oid(number), made, details);
    (Draft::new(metadata, content), structures::case())
}

/// Makes an entry of the case notes about the child (Finnish: asiakaskertomusmerkintä), and returns its structure too.
#[must_use]
pub fn case_note(office: &Office, number: u64, made: Instant) -> (Draft, Structure) {
    let structure = structures::case_note();
    let (client, author) = (people::child(), people::social_worker());
    let mut content = Content::new(&structure);
    let mut fill = || -> Result<(), Box<dyn std::error::Error>> {
        content.set("asiakas[0].sukunimi", client.name.family())?;
        content.set("asiakas[0].etunimet", client.name.given().join(" "))?;
        content.set("asiakas[0].henkilotunnus", client.identifier.expose())?;
        content.set("merkinta.paivamaara", day())?;
        content.set("merkinta.teksti", "Puhelu huoltajan kanssa (keksitty).")?;
        content.set("laatija[0].sukunimi", author.name.family())?;
        content.set("laatija[0].etunimet", author.name.given().join(" "))?;
        Ok(())
    };
    fill().expect("the paths are those of our own structure");
    let metadata = DocumentMetadata::case_note(
        office,
        document_oid(number),
        made,
        client_document(DocumentType::PLAN),
    );
    (Draft::new(metadata, content), structure)
}

/// Makes a document of the first phase about the child, a PDF without structured content.
#[must_use]
pub fn first_phase(office: &Office, number: u64, made: Instant) -> Draft {
    let details = client_document(DocumentType::PLAN);
    let metadata = DocumentMetadata::first_phase(office, document_oid(number), made, details);
    Draft::pdf(metadata, PDF)
}

/// Makes a legacy document about the child (Finnish: vanha asiakirja), of which much is not known.
#[must_use]
pub fn legacy(office: &Office, number: u64, made: Instant) -> Draft {
    let details = LegacyDocument {
        general_type: DocumentType::PLAN,
        client: people::child(),
        author: None,
        drafted: TimeStamp::parse("20150304").expect("the text is a day"),
        case: None,
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    };
    let metadata = DocumentMetadata::legacy(office, document_oid(number), made, details);
    let display = format!(
        "<div class=\"soc-document\" id=\"{}\" xmlns=\"http://www.w3.org/1999/xhtml\"><h1>Vanha asiakirja</h1></div>",
        metadata.id.body_anchor()
    );
    Draft::xhtml(metadata, display)
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
    let given = DisclosurePermission::given(will_client(), day(), maker());
    let permission = match permitted {
        true => given,
        false => given.cancelled(day(), maker()),
    };
    let content =
        write_permission(&permission, &structure).expect("the structure has an information text");
    let id = document_oid(number);
    let metadata = DocumentMetadata::disclosure_permission(office, id, made, will_document());
    (Draft::new(metadata, content), structure)
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
    let none = DisclosureBans::none(will_client(), maker());
    let bans = targets.into_iter().fold(none, |bans, target| {
        bans.with(DisclosureBan {
            target,
            set_on: day(),
            forbidder: Giver::Client,
        })
    });
    let content = write_bans(&bans, &structure).expect("every target has a name");
    let id = document_oid(number);
    let metadata = DocumentMetadata::disclosure_ban(office, id, made, will_document());
    (Draft::new(metadata, content), structure)
}

fn client_document(general_type: DocumentType) -> ClientDocument {
    ClientDocument {
        general_type,
        specific_type: DocumentType::FAMILY_SERVICES_CLIENT_PLAN,
        client: people::child(),
        author: people::social_worker(),
        case: case_id(),
        service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
        service_process: ServiceProcess::PLANNING,
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    }
}

fn will_document() -> DisclosureDocument {
    DisclosureDocument {
        client: people::child(),
        retention: RetentionClass::PERMANENT,
        special_content: SpecialContent::NO,
    }
}

fn will_client() -> WillClient {
    WillClient {
        identity_code: identity_code(),
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

fn identity_code() -> PersonalIdentityCode {
    let Client { identifier, .. } = people::child();
    match identifier {
        ClientIdentifier::PersonalIdentityCode(code) => code,
        _ => unreachable!("the child has an identity code"),
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
