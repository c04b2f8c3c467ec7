//! What the test archive checks before it stores a document.

use kanta_client::cda::{self, Body, ClinicalDocument};
use kanta_client::core::metadata::{DocumentKind, DocumentMetadata};
use kanta_client::core::{
    ClientIdentifier, CodedValue, Finding, InstanceIdentifier, Instant, Oid, PersonalIdentityCode,
    VersionNumber,
};
use kanta_client::frame::{DocumentEntry, Request};
use kanta_client::sign::{PathVerdict, check_path};
use kanta_client::xml::Limits;

use super::{Archive, Failure, StoreError, StoredDocument, Wanted};

/// One reason for which a message is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code: `4Y00007` for the integrity of the message, `5Y00009` for a missing right, otherwise a made-up one that
    /// begins with `TEST-`.
    pub code: &'static str,
    /// Where.
    pub place: String,
    /// Why.
    pub text: String,
}

impl Refusal {
    pub(crate) fn integrity(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new("4Y00007", place, text)
    }

    pub(crate) fn access(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new("5Y00009", place, text)
    }

    pub(super) fn new(
        code: &'static str,
        place: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            code,
            place: place.into(),
            text: text.into(),
        }
    }
}

const DOCUMENT: &str = "/controlActProcess/subject/clinicalDocument";

/// Checks a message that stores a document; all reasons come at once.
pub(super) fn check_store(
    request: &Request,
    key: &str,
    wanted: &Wanted,
    archive: &Archive,
    now: Instant,
) -> Result<StoredDocument, Failure> {
    let refused = |place: &str, text: String| {
        Failure::Refused(vec![Refusal::integrity(format!("{DOCUMENT}{place}"), text)])
    };
    let [entry] = request.documents.as_slice() else {
        let text = "a message stores exactly one document".to_owned();
        return Err(refused("", text));
    };
    let [bytes] = entry.contents.as_slice() else {
        let text = "the content is exactly one document".to_owned();
        return Err(refused("/text", text));
    };
    let document = ClinicalDocument::read(bytes, &archive.spec, &Limits::default())
        .map_err(|error| refused("/text", error.to_string()))?;
    let metadata = document.metadata();
    let mut refusals = Vec::new();
    check_frame(entry, metadata, &mut refusals);
    check_group(metadata, key, wanted, &mut refusals);
    check_register(request, metadata, archive, now, &mut refusals)?;
    check_client(entry, metadata, archive, &mut refusals)?;
    check_version(entry, metadata, wanted, archive, &mut refusals)?;
    check_content(&document, archive, &mut refusals);
    check_signature(bytes, archive, &mut refusals);
    if PersonalIdentityCode::has_real(bytes) {
        refusals.push(Refusal::new(
            "TEST-REAL-PERSON",
            "/ClinicalDocument",
            "the document holds an identity code that can be a real person's",
        ));
    }
    let (Some(client), Some(keeper), true) = (
        &metadata.client,
        &metadata.register_keeper,
        refusals.is_empty(),
    ) else {
        return Err(Failure::Refused(refusals));
    };
    let code = |code: &Option<CodedValue>| code.as_ref().map(|code| code.code().to_owned());
    Ok(StoredDocument {
        id: metadata.id.clone(),
        set_id: metadata.set_id.clone(),
        version: metadata.version,
        kind: metadata.kind.key().unwrap_or_default().to_owned(),
        register_keeper: keeper.oid.as_oid().clone(),
        annulled: false,
        document: bytes.clone(),
        client: client.identifier.expose(),
        relation: metadata.client_relation.as_ref().map(ToString::to_string),
        case: metadata.case.as_ref().map(ToString::to_string),
        service_task: code(&metadata.service_task),
        service_process: code(&metadata.service_process),
        document_type: code(&metadata.specific_type),
        document_group: code(&metadata.group),
        service_unit: metadata
            .service_unit
            .as_ref()
            .map(|unit| unit.oid.to_string()),
        author: metadata
            .author
            .as_ref()
            .and_then(|author| author.registration_number.as_ref())
            .map(|number| number.expose().to_owned()),
        drafted: metadata.drafted.as_str().to_owned(),
        register_type: metadata
            .register_type
            .as_ref()
            .map(|code| (code.code().to_owned(), code.system().to_string())),
    })
}

/// Checks a message that annuls a document, and returns the document's identifier.
pub(super) fn check_annulment(
    request: &Request,
    archive: &Archive,
    now: Instant,
) -> Result<Oid, Failure> {
    let refused = |refusal| Failure::Refused(vec![refusal]);
    let ([entry], true) = (request.documents.as_slice(), !request.is_query) else {
        let text = "a message annuls exactly one document";
        return Err(refused(Refusal::integrity(DOCUMENT, text)));
    };
    let found = match &entry.id {
        Some(id) => archive.store.with_id(id)?,
        None => None,
    };
    let place = format!("{DOCUMENT}/id");
    let Some(found) = found else {
        let text = "this archive has no such document";
        return Err(refused(Refusal::new("TEST-NOT-FOUND", place, text)));
    };
    if found.annulled {
        let text = "the document is annulled already";
        return Err(refused(Refusal::new("TEST-ANNULLED", place, text)));
    }
    if entry.reason.is_none() {
        return Err(refused(Refusal::integrity(
            format!("{DOCUMENT}/reasonCode"),
            "an annulment gives its reason",
        )));
    }
    let mut refusals = Vec::new();
    check_keeper(
        request,
        &found.register_keeper,
        &found.client,
        archive,
        now,
        &mut refusals,
    )?;
    if refusals.is_empty() {
        Ok(found.id.as_oid().clone())
    } else {
        Err(Failure::Refused(refusals))
    }
}

fn check_frame(entry: &DocumentEntry, metadata: &DocumentMetadata, refusals: &mut Vec<Refusal>) {
    if entry.id.as_ref() != Some(metadata.id.as_oid()) {
        refusals.push(Refusal::integrity(
            format!("{DOCUMENT}/id"),
            "the identifiers of frame and document differ",
        ));
    }
    if entry.set_id.as_ref() != Some(metadata.set_id.as_oid()) {
        refusals.push(Refusal::integrity(
            format!("{DOCUMENT}/setId"),
            "the set identifiers of frame and document differ",
        ));
    }
    if entry.version.as_deref() != Some(metadata.version.to_string().as_str()) {
        refusals.push(Refusal::integrity(
            format!("{DOCUMENT}/versionNumber"),
            "the versions of frame and document differ",
        ));
    }
}

/// The archive decides from the document group what to do: the service request must be the group's.
fn check_group(
    metadata: &DocumentMetadata,
    key: &str,
    wanted: &Wanted,
    refusals: &mut Vec<Refusal>,
) {
    let Some(kind) = metadata.kind.key() else {
        refusals.push(Refusal::new(
            "TEST-GROUP",
            "/ClinicalDocument/localSocialHeader/documentGroup",
            "this archive does not know the document group",
        ));
        return;
    };
    let fits = match wanted {
        Wanted::Store { kind: wanted } | Wanted::NewVersion { kind: wanted } => wanted == kind,
        _ => false,
    };
    if !fits {
        refusals.push(Refusal::integrity(
            "/controlActProcess/reasonCode",
            format!("the service request ({key}) does not fit the document group"),
        ));
    }
}

fn check_register(
    request: &Request,
    metadata: &DocumentMetadata,
    archive: &Archive,
    now: Instant,
    refusals: &mut Vec<Refusal>,
) -> Result<(), StoreError> {
    let (Some(keeper), Some(client)) = (&metadata.register_keeper, &metadata.client) else {
        refusals.push(Refusal::integrity(
            "/ClinicalDocument/custodian",
            "the document has no register keeper or no client",
        ));
        return Ok(());
    };
    let keeper = keeper.oid.as_oid();
    check_keeper(
        request,
        keeper,
        &client.identifier.expose(),
        archive,
        now,
        refusals,
    )
}

/// The use situation says whose register it is: the own one, or the organiser's by a valid right.
fn check_keeper(
    request: &Request,
    keeper: &Oid,
    client: &InstanceIdentifier,
    archive: &Archive,
    now: Instant,
    refusals: &mut Vec<Refusal>,
) -> Result<(), StoreError> {
    const PLACE: &str = "/controlActProcess/reasonCode";
    let has = |key: &str| {
        let code = archive.spec.code(&format!("message.use_situation.{key}"));
        code.is_ok_and(|code| request.reasons_of(code.system()).eq([code.code()]))
    };
    if has("own_register") || has("will") {
        if archive.acting(request).as_ref() != Some(keeper) {
            refusals.push(Refusal::access(
                PLACE,
                "the document is not of the own register",
            ));
        }
    } else if has("register_use_right") {
        let unit = request.user_organisation.as_ref();
        if !archive.has_right(unit, keeper, client, now)? {
            refusals.push(Refusal::access(
                PLACE,
                "there is no valid register-use right for the user's unit",
            ));
        }
    } else {
        refusals.push(Refusal::integrity(
            PLACE,
            "the use situation is missing or does not fit",
        ));
    }
    Ok(())
}

fn check_client(
    entry: &DocumentEntry,
    metadata: &DocumentMetadata,
    archive: &Archive,
    refusals: &mut Vec<Refusal>,
) -> Result<(), StoreError> {
    const PLACE: &str = "/ClinicalDocument/recordTarget/patientRole/id";
    let Some(client) = &metadata.client else {
        refusals.push(Refusal::integrity(PLACE, "the document has no client"));
        return Ok(());
    };
    if entry.client.as_ref() != Some(&client.identifier.expose()) {
        refusals.push(Refusal::integrity(
            format!("{DOCUMENT}/recordTarget/patient/id"),
            "the clients of frame and document differ",
        ));
    }
    if let ClientIdentifier::Unrecognised(identifier) = &client.identifier {
        let (code, text) = if identifier.root == PersonalIdentityCode::root() {
            (
                "TEST-CLIENT-ID",
                "the identifier is not a personal identity code",
            )
        } else {
            (
                "TEST-TEMPORARY-ID",
                "a temporary identifier is split into a root and an extension",
            )
        };
        refusals.push(Refusal::new(code, PLACE, text));
    }
    if metadata.kind == DocumentKind::ClientRelation
        && metadata.version == VersionNumber::FIRST
        && let ClientIdentifier::Temporary(_) = &client.identifier
        && let Some(keeper) = &metadata.register_keeper
    {
        let relation = metadata.client_relation.as_ref().map(ToString::to_string);
        let known = archive
            .store
            .relations_of(&client.identifier.expose(), keeper.oid.as_oid())?;
        if known.iter().any(|known| known.relation != relation) {
            refusals.push(Refusal::new(
                "TEST-TEMPORARY-ID-IN-USE",
                PLACE,
                "the temporary identifier already names another client of this register",
            ));
        }
    }
    Ok(())
}

fn check_version(
    entry: &DocumentEntry,
    metadata: &DocumentMetadata,
    wanted: &Wanted,
    archive: &Archive,
    refusals: &mut Vec<Refusal>,
) -> Result<(), StoreError> {
    if archive.store.with_id(metadata.id.as_oid())?.is_some() {
        refusals.push(Refusal::new(
            "TEST-DUPLICATE",
            "/ClinicalDocument/id",
            "the archive already has a document with this identifier",
        ));
    }
    let chain = archive.store.of_set(metadata.set_id.as_oid())?;
    let latest = chain
        .iter()
        .max_by_key(|document| document.version.as_u32());
    let next = latest.map_or(1, |latest| latest.version.as_u32() + 1);
    if metadata.version.as_u32() != next {
        refusals.push(Refusal::new(
            "TEST-VERSION",
            "/ClinicalDocument/versionNumber",
            format!("the next version of this document is {next}"),
        ));
    }
    let is_new_version = matches!(wanted, Wanted::NewVersion { .. });
    if is_new_version != (metadata.version != VersionNumber::FIRST) {
        refusals.push(Refusal::integrity(
            "/controlActProcess/reasonCode",
            "the service request does not fit the version",
        ));
    }
    if is_new_version {
        if entry.replaces.as_ref().map(|replaced| &replaced.id) != latest.map(|latest| &latest.id) {
            refusals.push(Refusal::new(
                "TEST-REPLACED",
                format!("{DOCUMENT}/relatedDocument"),
                "the replaced version is not the newest one",
            ));
        }
        if latest.is_some_and(|latest| latest.annulled) {
            refusals.push(Refusal::new(
                "TEST-ANNULLED",
                format!("{DOCUMENT}/relatedDocument"),
                "the replaced version is annulled",
            ));
        }
    }
    Ok(())
}

fn check_content(document: &ClinicalDocument, archive: &Archive, refusals: &mut Vec<Refusal>) {
    let named = document.metadata().content_specification.as_ref();
    let structure = named.and_then(|oid| archive.structure(oid));
    // Text and PDF have no structure.
    let is_structured = document.body().is_some_and(Body::has_structured_form);
    if structure.is_none() && (is_structured || named.is_some()) {
        refusals.push(Refusal::new(
            "TEST-STRUCTURE",
            "/ClinicalDocument/localSocialHeader/contentSpecificationId",
            "this archive does not know the structure",
        ));
    }
    let report = document.check(structure, &archive.spec);
    refusals.extend(report.errors().map(|finding: &Finding| {
        Refusal::new(
            "TEST-DOCUMENT",
            finding.place(),
            format!("{}: {}", finding.rule(), finding.english()),
        )
    }));
}

fn check_signature(bytes: &[u8], archive: &Archive, refusals: &mut Vec<Refusal>) {
    const PLACE: &str = "/ClinicalDocument/localSocialHeader/signatureCollection";
    let Ok(verification) = cda::verify(bytes, &archive.spec, &Limits::default()) else {
        return;
    };
    if !verification.is_valid() {
        refusals.push(Refusal::new(
            "TEST-SIGNATURE",
            PLACE,
            "the document has no signature, or one that is not valid",
        ));
        return;
    }
    for signature in verification.signatures() {
        let certificate = signature.check().and_then(|check| check.certificate());
        let verdict = match (certificate, signature.time()) {
            (Some(certificate), Some(time)) => check_path(certificate, &[], &archive.trusted, time),
            _ => PathVerdict::NotChecked,
        };
        if verdict != PathVerdict::Trusted {
            refusals.push(Refusal::new(
                "TEST-SIGNER",
                PLACE,
                "the signer's certificate is not one that this archive trusts",
            ));
        }
    }
}
