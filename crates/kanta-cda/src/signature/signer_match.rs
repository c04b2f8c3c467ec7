//! Whether the signer belongs to the document: inferred from few examples, so never more than a warning.

use kanta_core::metadata::DocumentMetadata;
use kanta_core::{Finding, OrganisationOid, ProfessionalRegistrationNumber};
use kanta_sign::{Certificate, SignerIdentity};
use kanta_xml::Element;

use super::options::SignatureKind;
use super::place::{Places, only};
use super::rules;
use crate::{HL7, HL7_FINLAND};

/// Where the first signature of a document stands.
const FIRST_SIGNATURE: &str = "/ClinicalDocument/localSocialHeader/signatureCollection/signature";

/// What a document says of who may sign it.
struct Claims<'d> {
    /// Register keeper and service organiser.
    organisations: Vec<&'d str>,
    /// The author's registration number.
    author: Option<&'d str>,
    /// The registration number of the readable block.
    block: Option<&'d str>,
}

/// Compares the certificate with a document that was read.
pub(super) fn of_document(
    certificate: &Certificate,
    kind: Option<SignatureKind>,
    places: &Places<'_, '_>,
    signature: Element<'_, '_>,
) -> Vec<Finding> {
    let keeper = only(places.root, HL7, "custodian")
        .and_then(|custodian| only(custodian, HL7, "assignedCustodian"))
        .and_then(|assigned| only(assigned, HL7, "representedCustodianOrganization"))
        .and_then(|organisation| only(organisation, HL7, "id"));
    let organiser = places
        .header
        .and_then(|(_, header)| only(header, HL7_FINLAND, "outsourcingServiceCustomer"));
    let author = only(places.root, HL7, "author")
        .and_then(|author| only(author, HL7, "assignedAuthor"))
        .and_then(|assigned| only(assigned, HL7, "id"))
        .filter(|id| id.attribute("root") == Some(ProfessionalRegistrationNumber::root().as_str()));
    let block = places
        .readable_block()
        .and_then(|block| only(block, HL7_FINLAND, "assignedAuthorSigner"))
        .map(|number| number.text());
    let claims = Claims {
        organisations: [keeper, organiser]
            .into_iter()
            .flatten()
            .filter_map(|element| element.attribute("root"))
            .collect(),
        author: author.and_then(|id| id.attribute("extension")),
        block: block.as_deref().map(str::trim),
    };
    compare(certificate, kind, &claims, &|| signature.path())
}

/// Compares the certificate with a document that was written here, whose readable block is made of the certificate.
pub(super) fn of_metadata(
    certificate: &Certificate,
    kind: SignatureKind,
    signer: Option<&ProfessionalRegistrationNumber>,
    metadata: &DocumentMetadata,
) -> Vec<Finding> {
    let claims = Claims {
        organisations: metadata
            .register_keeper
            .iter()
            .map(|keeper| keeper.oid.as_oid().as_str())
            .chain(metadata.organiser.iter().map(kanta_core::Oid::as_str))
            .collect(),
        author: metadata
            .author
            .as_ref()
            .and_then(|author| author.registration_number.as_ref())
            .map(ProfessionalRegistrationNumber::expose),
        block: signer.map(ProfessionalRegistrationNumber::expose),
    };
    compare(certificate, Some(kind), &claims, &|| {
        FIRST_SIGNATURE.to_owned()
    })
}

fn compare(
    certificate: &Certificate,
    kind: Option<SignatureKind>,
    claims: &Claims<'_>,
    place: &dyn Fn() -> String,
) -> Vec<Finding> {
    match kind {
        Some(SignatureKind::System) => system(certificate, claims, place).into_iter().collect(),
        Some(SignatureKind::Professional) => professional(certificate, claims, place),
        None => Vec::new(),
    }
}

fn system(
    certificate: &Certificate,
    claims: &Claims<'_>,
    place: &dyn Fn() -> String,
) -> Option<Finding> {
    let is_named = match certificate.identity() {
        SignerIdentity::Organisation { oid } => claims
            .organisations
            .iter()
            .filter_map(|named| OrganisationOid::parse(named).ok())
            .any(|named| *named.as_oid() == oid),
        _ => false,
    };
    (!is_named).then(|| {
        rules::SIGNER_ORGANISATION.finding(
            place(),
            "allekirjoittajan varmenteen organisaatio ei ole rekisterinpitäjä eikä palvelunjärjestäjä",
            "the organisation of the signer's certificate is neither the register keeper nor the service organiser",
        )
    })
}

fn professional(
    certificate: &Certificate,
    claims: &Claims<'_>,
    place: &dyn Fn() -> String,
) -> Vec<Finding> {
    let SignerIdentity::Professional {
        registration_number,
    } = certificate.identity()
    else {
        return vec![rules::SIGNER_PROFESSIONAL.finding(
            place(),
            "ammattihenkilön allekirjoituksen varmenne ei ole ammattihenkilön varmenne",
            "the certificate of a professional's signature is not a professional's",
        )];
    };
    let number = registration_number.expose();
    let mut findings = Vec::new();
    if claims.author.is_some_and(|author| author != number) {
        findings.push(rules::SIGNER_AUTHOR.finding(
            place(),
            "allekirjoittajan varmenteen rekisteröintinumero ei ole asiakirjan tekijän",
            "the registration number of the signer's certificate is not the author's",
        ));
    }
    if claims.block != Some(number) {
        findings.push(rules::SIGNER_BLOCK.finding(
            place(),
            "asiakirjan luettava allekirjoitustieto ei nimeä varmenteen ammattihenkilöä",
            "the readable block of the document does not name the professional of the certificate",
        ));
    }
    findings
}
