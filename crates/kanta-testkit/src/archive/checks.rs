//! What the test archive checks before it stores a document.

use kanta_client::cda::{self, ClinicalDocument};
use kanta_client::core::metadata::{DocumentKind, DocumentMetadata};
use kanta_client::core::{ClientIdentifier, Finding, Oid, PersonalIdentityCode, VersionNumber};
use kanta_client::frame::{DocumentEntry, Request};
use kanta_client::sign::{PathVerdict, check_path};
use kanta_client::xml::Limits;

use super::{Archive, StoredDocument};

/// One reason for which a message is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code: `4Y00007` for the integrity of the message, otherwise a made-up one that begins with `TEST-`.
    pub code: &'static str,
    /// Where.
    pub place: String,
    /// Why.
    pub text: String,
}

impl Refusal {
    pub(super) fn integrity(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new("4Y00007", place, text)
    }

    fn new(code: &'static str, place: impl Into<String>, text: impl Into<String>) -> Self {
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
    archive: &Archive,
) -> Result<StoredDocument, Vec<Refusal>> {
    let [entry] = request.documents.as_slice() else {
        return Err(vec![Refusal::integrity(
            DOCUMENT,
            "a message stores exactly one document",
        )]);
    };
    let [bytes] = entry.contents.as_slice() else {
        return Err(vec![Refusal::integrity(
            format!("{DOCUMENT}/text"),
            "the content is exactly one document",
        )]);
    };
    let document =
        ClinicalDocument::read(bytes, &archive.spec, &Limits::default()).map_err(|error| {
            vec![Refusal::integrity(
                format!("{DOCUMENT}/text"),
                error.to_string(),
            )]
        })?;
    let metadata = document.metadata();
    let mut refusals = Vec::new();
    check_frame(request, entry, metadata, archive, &mut refusals);
    check_client(entry, metadata, archive, &mut refusals);
    check_version(metadata, archive, &mut refusals);
    check_content(&document, archive, &mut refusals);
    check_signature(bytes, archive, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(StoredDocument {
        id: metadata.id.clone(),
        set_id: metadata.set_id.clone(),
        version: metadata.version,
        document: bytes.clone(),
        kind: metadata.kind.clone(),
        register_keeper: metadata
            .register_keeper
            .as_ref()
            .map(|keeper| keeper.oid.clone()),
        temporary: match metadata.client.as_ref().map(|client| &client.identifier) {
            Some(ClientIdentifier::Temporary(temporary)) => Some(temporary.clone()),
            _ => None,
        },
        relation: metadata
            .client_relation
            .as_ref()
            .map(|relation| relation.as_oid().clone()),
    })
}

fn check_frame(
    request: &Request,
    entry: &DocumentEntry,
    metadata: &DocumentMetadata,
    archive: &Archive,
    refusals: &mut Vec<Refusal>,
) {
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
    let Some(kind) = metadata.kind.key() else {
        refusals.push(Refusal::new(
            "TEST-GROUP",
            "/ClinicalDocument/localSocialHeader/documentGroup",
            "this archive does not know the document group",
        ));
        return;
    };
    let part = |part: &str| format!("message.operation.store_{kind}.{part}");
    if archive.spec.text(&part("interaction")) != Ok(request.wrapper.interaction.as_str()) {
        refusals.push(Refusal::integrity(
            "/",
            "the interaction is not the one that stores this group",
        ));
    }
    // Reason codes are told apart by their code systems, never by their places.
    let reasons_of = |system: &Oid| -> Vec<&str> {
        request
            .reasons
            .iter()
            .filter(|(_, of)| of == system)
            .map(|(code, _)| code.as_str())
            .collect()
    };
    if let Ok(expected) = archive.spec.code(&part("service_request"))
        && reasons_of(expected.system()) != [expected.code()]
    {
        refusals.push(Refusal::integrity(
            "/controlActProcess/reasonCode",
            "the service request does not fit the document group",
        ));
    }
    if let Ok(situation) = archive.spec.code("message.use_situation.own_register")
        && reasons_of(situation.system()).is_empty()
    {
        refusals.push(Refusal::integrity(
            "/controlActProcess/reasonCode",
            "the use situation is missing",
        ));
    }
}

fn check_client(
    entry: &DocumentEntry,
    metadata: &DocumentMetadata,
    archive: &Archive,
    refusals: &mut Vec<Refusal>,
) {
    const PLACE: &str = "/ClinicalDocument/recordTarget/patientRole/id";
    let Some(client) = &metadata.client else {
        refusals.push(Refusal::integrity(PLACE, "the document has no client"));
        return;
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
    let is_first_relation =
        metadata.kind == DocumentKind::ClientRelation && metadata.version == VersionNumber::FIRST;
    let keeper = metadata.register_keeper.as_ref().map(|keeper| &keeper.oid);
    let relation = metadata
        .client_relation
        .as_ref()
        .map(|relation| relation.as_oid());
    if is_first_relation && archive.names_another_client(&client.identifier, keeper, relation) {
        refusals.push(Refusal::new(
            "TEST-TEMPORARY-ID-IN-USE",
            PLACE,
            "the temporary identifier already names another client of this register",
        ));
    }
}

fn check_version(metadata: &DocumentMetadata, archive: &Archive, refusals: &mut Vec<Refusal>) {
    let documents = &archive.documents;
    if documents.iter().any(|document| document.id == metadata.id) {
        refusals.push(Refusal::new(
            "TEST-DUPLICATE",
            "/ClinicalDocument/id",
            "the archive already has a document with this identifier",
        ));
    }
    let latest = documents
        .iter()
        .filter(|document| document.set_id == metadata.set_id)
        .map(|document| document.version.as_u32())
        .max()
        .unwrap_or(0);
    if metadata.version.as_u32() != latest + 1 {
        refusals.push(Refusal::new(
            "TEST-VERSION",
            "/ClinicalDocument/versionNumber",
            format!("the next version of this document is {}", latest + 1),
        ));
    }
}

fn check_content(document: &ClinicalDocument, archive: &Archive, refusals: &mut Vec<Refusal>) {
    let named = document.metadata().content_specification.as_ref();
    let structure = named.and_then(|oid| archive.structure(oid));
    if structure.is_none() {
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
