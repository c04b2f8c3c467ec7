//! The rules of frames.

use kanta_cda::ClinicalDocument;
use kanta_core::spec::Spec;
use kanta_core::{Finding, Mark, Report, Rule, Severity};
use kanta_xml::Limits;

use super::{DocumentEntry, ReadFrameError, Request, guard, read_request};

const DOCUMENT: &str = "/controlActProcess/subject/clinicalDocument";
const REASON: &str = "/controlActProcess/reasonCode";

const INTERACTION: Rule = Rule::new(
    "KANTA-FRAME-1",
    Severity::Error,
    Mark::Stated,
    "interactionId repeats the root element's name (frames A and B, HL7 Finland guide)",
);
const SERVICE_REQUEST: Rule = Rule::new(
    "KANTA-FRAME-2",
    Severity::Error,
    Mark::Stated,
    "test messages: exactly one reasonCode has the service-request code system",
);
const USE_SITUATION: Rule = Rule::new(
    "KANTA-FRAME-3",
    Severity::Error,
    Mark::Stated,
    "test messages: at least one use-situation code",
);
const IDENTIFIERS: Rule = Rule::new(
    "KANTA-FRAME-4",
    Severity::Error,
    Mark::Stated,
    "validator client: id and setId are the same in frame and document",
);
const FIRST_VERSION: Rule = Rule::new(
    "KANTA-FRAME-5",
    Severity::Error,
    Mark::Stated,
    "test messages: in the first version setId equals id",
);
const CLIENT: Rule = Rule::new(
    "KANTA-FRAME-6",
    Severity::Warning,
    Mark::Inferred,
    "test messages: the frame repeats the document's client",
);
const CONTENT: Rule = Rule::new(
    "KANTA-FRAME-7",
    Severity::Warning,
    Mark::Inferred,
    "one MIME part with the document in Base64 (patient frames)",
);
const TEST_PERSONS: Rule = Rule::new(
    "KANTA-FRAME-8",
    Severity::Error,
    Mark::Stated,
    "validator client: outside production only test persons",
);
const REPLACED: Rule = Rule::new(
    "KANTA-FRAME-9",
    Severity::Warning,
    Mark::Inferred,
    "a later version names the one before (patient frames)",
);
const TEMPORARY_ID: Rule = Rule::new(
    "KANTA-FRAME-10",
    Severity::Error,
    Mark::Stated,
    "Kela slides 2020: a client's identifier has a root and an extension",
);
const ENVIRONMENT: Rule = Rule::new(
    "KANTA-FRAME-11",
    Severity::Warning,
    Mark::Inferred,
    "test messages: the processing code is that of the environment",
);

/// Every rule of frames.
pub const CATALOGUE: &[Rule] = &[
    INTERACTION,
    SERVICE_REQUEST,
    USE_SITUATION,
    IDENTIFIERS,
    FIRST_VERSION,
    CLIENT,
    CONTENT,
    TEST_PERSONS,
    REPLACED,
    TEMPORARY_ID,
    ENVIRONMENT,
];

/// Checks a request, with the document in it, by every rule; checks go on after the first finding.
///
/// # Errors
/// [`ReadFrameError`] when the bytes are no message.
pub fn check_frame(bytes: &[u8], spec: &Spec, limits: &Limits) -> Result<Report, ReadFrameError> {
    let request = read_request(bytes, limits)?;
    let mut findings = Vec::new();
    check_wrappers(&request, spec, &mut findings);
    if guard::applies(spec) && guard::refuse_real_people(bytes).is_err() {
        findings.push(real_person("/"));
    }
    for entry in &request.documents {
        check_entry(entry, request.is_query, &mut findings);
        for content in &entry.contents {
            check_content(entry, content, spec, limits, &mut findings);
        }
    }
    Ok(findings.into_iter().collect())
}

fn check_wrappers(request: &Request, spec: &Spec, findings: &mut Vec<Finding>) {
    let wrapper = &request.wrapper;
    if wrapper.stated_interaction.as_deref() != Some(&wrapper.interaction) {
        findings.push(INTERACTION.finding(
            "/interactionId",
            "interactionId ei ole sama kuin juurielementin nimi",
            "interactionId is not the name of the root element",
        ));
    }
    let system_of = |key: &str| spec.code_for_reading(key).map(|code| code.system().clone());
    if let Some(system) = system_of("message.operation.store_client_relation.service_request") {
        let count = request.reasons_of(&system).count();
        if count != 1 {
            findings.push(SERVICE_REQUEST.finding(
                REASON,
                format!("palvelupyyntöjä on {count}, pitää olla yksi"),
                format!("there are {count} service requests, there must be one"),
            ));
        }
    }
    if let Some(system) = system_of("message.use_situation.own_register")
        && request.reasons_of(&system).next().is_none()
    {
        findings.push(USE_SITUATION.finding(
            REASON,
            "käyttötilanne puuttuu",
            "the use situation is missing",
        ));
    }
    let environment = spec.environment().key();
    let expected = spec.text_for_reading(&format!(
        "message.environment.{environment}.processing_code"
    ));
    if expected.is_some() && wrapper.processing_code.as_deref() != expected {
        findings.push(ENVIRONMENT.finding(
            "/processingCode",
            "käsittelykoodi ei ole ympäristön koodi",
            "the processing code is not that of the environment",
        ));
    }
}

fn check_entry(entry: &DocumentEntry, is_query: bool, findings: &mut Vec<Finding>) {
    if entry.version.as_deref() == Some("1") && entry.id != entry.set_id {
        findings.push(FIRST_VERSION.finding(
            format!("{DOCUMENT}/setId"),
            "ensimmäisen version setId ei ole sama kuin id",
            "in the first version setId is not equal to id",
        ));
    }
    if let Some(client) = &entry.client
        && client.extension.as_deref().unwrap_or_default().is_empty()
    {
        findings.push(TEMPORARY_ID.finding(
            format!("{DOCUMENT}/recordTarget/patient/id"),
            "asiakkaan tunnuksella ei ole jatko-osaa",
            "the client's identifier has no extension",
        ));
    }
    let is_later = entry
        .version
        .as_deref()
        .and_then(|version| version.parse().ok())
        .is_some_and(|version: u32| version > 1);
    if is_later && !entry.contents.is_empty() {
        let fits = entry.replaces.as_ref().is_some_and(|replaced| {
            replaced.set_id.as_ref().map(|set_id| set_id.as_oid()) == entry.set_id.as_ref()
                && Some(replaced.id.as_oid()) != entry.id.as_ref()
        });
        if !fits {
            findings.push(REPLACED.finding(
                format!("{DOCUMENT}/relatedDocument"),
                "uusi versio ei nimeä edellistä versiota",
                "a later version does not name the version before",
            ));
        }
    }
    if !is_query && (entry.contents.len() > 1 || entry.has_other_content) {
        findings.push(CONTENT.finding(
            format!("{DOCUMENT}/text"),
            "sisältö ei ole yksi asiakirja MIME-osana",
            "the content is not one document as a MIME part",
        ));
    }
}

fn check_content(
    entry: &DocumentEntry,
    content: &[u8],
    spec: &Spec,
    limits: &Limits,
    findings: &mut Vec<Finding>,
) {
    if guard::applies(spec) && guard::refuse_real_people_in_document(content).is_err() {
        findings.push(real_person(DOCUMENT));
    }
    let Ok(document) = ClinicalDocument::read(content, spec, limits) else {
        findings.push(CONTENT.finding(
            format!("{DOCUMENT}/text"),
            "sisältöä ei voi lukea asiakirjana",
            "the content cannot be read as a document",
        ));
        return;
    };
    let metadata = document.metadata();
    for (name, frame, inside) in [
        ("id", &entry.id, metadata.id.as_oid()),
        ("setId", &entry.set_id, metadata.set_id.as_oid()),
    ] {
        if frame.as_ref() != Some(inside) {
            findings.push(differs(name));
        }
    }
    if entry.version.as_deref() != Some(&metadata.version.to_string()) {
        findings.push(differs("versionNumber"));
    }
    let client = metadata.client.as_ref();
    if entry.client != client.map(|client| client.identifier.expose()) {
        findings.push(CLIENT.finding(
            format!("{DOCUMENT}/recordTarget/patient/id"),
            "kehyksen ja asiakirjan asiakas eroavat",
            "the clients of frame and document differ",
        ));
    }
}

fn differs(name: &str) -> Finding {
    IDENTIFIERS.finding(
        format!("{DOCUMENT}/{name}"),
        format!("kehyksen ja asiakirjan {name} eroavat"),
        format!("{name} differs between frame and document"),
    )
}

fn real_person(place: &str) -> Finding {
    TEST_PERSONS.finding(
        place,
        "viestissä on henkilötunnus, joka voi olla todellisen henkilön",
        "the message holds an identity code that can be a real person's",
    )
}
