//! Answers about single certificates (RFC 6960).

use der::asn1::{
    Any, BitString, ContextSpecific, GeneralizedTime, ObjectIdentifier, OctetString, Uint,
};
use der::{Decode, Encode, Enumerated, Reader, Sequence, SliceReader, Tag, TagNumber};
use kanta_core::{Instant, Reason};
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::ExtendedKeyUsage;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::signature::{SignedBy, SignedOctets};
use super::{RevocationError, RevocationVerdict};
use crate::Certificate;
use crate::provider::digest;

const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// What an answer takes at most.
const MAX_BYTES: usize = 256 * 1024;

#[derive(Sequence)]
struct OcspResponse {
    status: Status,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    bytes: Option<ResponseBytes>,
}

#[derive(Enumerated, Clone, Copy, PartialEq, Eq)]
#[asn1(type = "ENUMERATED")]
#[repr(u8)]
enum Status {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

#[derive(Sequence)]
struct ResponseBytes {
    response_type: ObjectIdentifier,
    response: OctetString,
}

#[derive(Sequence)]
struct BasicResponse {
    data: Any,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    certificates: Option<Vec<Any>>,
}

#[derive(Sequence, Clone, PartialEq, Eq)]
struct CertId {
    hash_algorithm: AlgorithmIdentifierOwned,
    issuer_name_hash: OctetString,
    issuer_key_hash: OctetString,
    serial_number: Uint,
}

/// A verified answer about one certificate (Finnish: sulkutilakyselyn vastaus).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspAnswer {
    issuer: Vec<u8>,
    serial_number: Vec<u8>,
    revoked: Option<Instant>,
    is_known: bool,
    this_update: Instant,
    next_update: Option<Instant>,
}

/// Writes a question about a certificate, in DER, to be sent to an address of [`Certificate::ocsp_urls`].
///
/// # Errors
/// [`RevocationError::Form`] when the issuer's certificate cannot be used.
pub fn ocsp_request(
    certificate: &Certificate,
    issuer: &Certificate,
) -> Result<Vec<u8>, RevocationError> {
    #[derive(Sequence)]
    struct Request {
        certificate: CertId,
    }
    #[derive(Sequence)]
    struct TbsRequest {
        requests: Vec<Request>,
    }
    #[derive(Sequence)]
    struct OcspRequest {
        request: TbsRequest,
    }
    let (name, key) = hashes(issuer, SHA1)
        .ok_or_else(|| RevocationError::Form("the issuer's key is not known".to_owned()))?;
    let hashed = |hash: Vec<u8>| OctetString::new(hash).map_err(RevocationError::form);
    let id = CertId {
        hash_algorithm: AlgorithmIdentifierOwned {
            oid: SHA1,
            parameters: Some(Any::null()),
        },
        issuer_name_hash: hashed(name)?,
        issuer_key_hash: hashed(key)?,
        serial_number: Uint::new(certificate.serial_number()).map_err(RevocationError::form)?,
    };
    OcspRequest {
        request: TbsRequest {
            requests: vec![Request { certificate: id }],
        },
    }
    .to_der()
    .map_err(RevocationError::form)
}

impl OcspAnswer {
    /// Reads a responder's answer about a certificate and verifies that the issuer, or a responder that the issuer
    /// certified for it, signed it.
    ///
    /// # Errors
    /// [`RevocationError`] when it is no answer, is about another certificate, or is not signed by either.
    pub fn read(
        response: &[u8],
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<Self, RevocationError> {
        if response.len() > MAX_BYTES {
            return Err(RevocationError::TooLong(MAX_BYTES as u64));
        }
        let response = OcspResponse::from_der(response).map_err(RevocationError::form)?;
        let bytes = match (response.status, response.bytes) {
            (Status::Successful, Some(bytes)) if bytes.response_type == BASIC => bytes.response,
            (Status::TryLater, _) => return Err(RevocationError::Refused("it asks to try later")),
            (Status::Unauthorized, _) => {
                return Err(RevocationError::Refused("it does not know the certificate"));
            }
            _ => return Err(RevocationError::Refused("it reports a failure")),
        };
        let basic = BasicResponse::from_der(bytes.as_bytes()).map_err(RevocationError::form)?;
        let data = basic.data.to_der().map_err(RevocationError::form)?;
        if !is_signed(&basic, &data, issuer)? {
            return Err(RevocationError::Signature);
        }
        single_answer(&basic.data, certificate, issuer)
    }

    /// Returns until when the answer may be kept.
    #[must_use]
    pub fn next_update(&self) -> Option<Instant> {
        self.next_update
    }

    /// Tells whether the certificate was revoked at a time.
    #[must_use]
    pub fn verdict(&self, certificate: &Certificate, time: Instant) -> RevocationVerdict {
        if certificate.serial_number() != self.serial_number
            || certificate.issuer_der() != self.issuer
        {
            return RevocationVerdict::Unknown(Reason::new(
                "vastaus koskee toista varmennetta",
                "the answer is about another certificate",
            ));
        }
        match self.revoked {
            Some(since) if since <= time => RevocationVerdict::Revoked { since },
            _ if !self.is_known => RevocationVerdict::Unknown(Reason::new(
                "vastaaja ei tunne varmennetta",
                "the responder does not know the certificate",
            )),
            // An answer of an earlier time tells nothing of what came after it.
            _ if self.next_update.unwrap_or(self.this_update) < time => RevocationVerdict::Unknown(
                Reason::new("vastaus on liian vanha", "the answer is too old"),
            ),
            _ => RevocationVerdict::Good,
        }
    }
}

fn is_signed(
    basic: &BasicResponse,
    data: &[u8],
    issuer: &Certificate,
) -> Result<bool, RevocationError> {
    let signed_by = SignedBy::new(&basic.algorithm)?;
    let value = basic.signature.to_der().map_err(RevocationError::form)?;
    let by = |certificate: &Certificate| {
        signed_by.verifies(certificate, SignedOctets::of(data, signed_by), &value)
    };
    if by(issuer) {
        return Ok(true);
    }
    for certificate in basic.certificates.iter().flatten() {
        let der = certificate.to_der().map_err(RevocationError::form)?;
        if let Ok(responder) = Certificate::from_der(&der)
            && is_responder(&der, &responder, issuer)
            && by(&responder)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the issuer itself certified a responder for answering.
fn is_responder(der: &[u8], responder: &Certificate, issuer: &Certificate) -> bool {
    let Ok(parsed) = x509_cert::Certificate::from_der(der) else {
        return false;
    };
    let usage = parsed.tbs_certificate().get_extension::<ExtendedKeyUsage>();
    let may_answer = matches!(usage, Ok(Some((_, usages))) if usages.0.contains(&OCSP_SIGNING));
    let (Ok(signed_by), Ok(octets), Ok(value)) = (
        SignedBy::new(parsed.signature_algorithm()),
        parsed.tbs_certificate().to_der(),
        parsed.signature().to_der(),
    ) else {
        return false;
    };
    may_answer
        && responder.issuer_der() == issuer.subject_der()
        && signed_by.verifies(issuer, SignedOctets::of(&octets, signed_by), &value)
}

/// The answer about one certificate in `ResponseData`.
fn single_answer(
    data: &Any,
    certificate: &Certificate,
    issuer: &Certificate,
) -> Result<OcspAnswer, RevocationError> {
    let form = |error: der::Error| RevocationError::form(error);
    let mut reader = SliceReader::new(data.value()).map_err(form)?;
    let next = Tag::peek(&reader).map_err(form)?;
    if next.number() == TagNumber(0) && next.is_context_specific() {
        ContextSpecific::<u8>::decode(&mut reader).map_err(form)?;
    }
    // The responder's name is not needed: its key is.
    Any::decode(&mut reader).map_err(form)?;
    GeneralizedTime::decode(&mut reader).map_err(form)?;
    let answers = Vec::<Any>::decode(&mut reader).map_err(form)?;
    for answer in answers {
        let mut reader = SliceReader::new(answer.value()).map_err(form)?;
        let id = CertId::decode(&mut reader).map_err(form)?;
        if !is_about(&id, certificate, issuer) {
            continue;
        }
        let status = Any::decode(&mut reader).map_err(form)?;
        let this_update = time(&GeneralizedTime::decode(&mut reader).map_err(form)?)?;
        let mut next_update = None;
        while !reader.is_finished() {
            let part = Any::decode(&mut reader).map_err(form)?;
            match part.tag_number() {
                Some(0) => {
                    let inner = GeneralizedTime::from_der(part.value()).map_err(form)?;
                    next_update = Some(time(&inner)?);
                }
                Some(1) => refuse_critical(part.value())?,
                _ => return Err(RevocationError::Form("an unknown part".to_owned())),
            }
        }
        let (revoked, is_known) = match status.tag_number() {
            Some(0) => (None, true),
            Some(1) => {
                let mut reader = SliceReader::new(status.value()).map_err(form)?;
                let since = GeneralizedTime::decode(&mut reader).map_err(form)?;
                (Some(time(&since)?), true)
            }
            Some(2) => (None, false),
            _ => return Err(RevocationError::Form("an unknown status".to_owned())),
        };
        return Ok(OcspAnswer {
            issuer: issuer.subject_der().to_vec(),
            serial_number: certificate.serial_number().to_vec(),
            revoked,
            is_known,
            this_update,
            next_update,
        });
    }
    Err(RevocationError::Form(
        "it is about another certificate".to_owned(),
    ))
}

fn refuse_critical(extensions: &[u8]) -> Result<(), RevocationError> {
    let extensions = Extensions::from_der(extensions).map_err(RevocationError::form)?;
    if extensions.iter().any(|extension| extension.critical) {
        return Err(RevocationError::Scope(
            "the answer has a critical extension",
        ));
    }
    Ok(())
}

fn is_about(id: &CertId, certificate: &Certificate, issuer: &Certificate) -> bool {
    let Some((name, key)) = hashes(issuer, id.hash_algorithm.oid) else {
        return false;
    };
    id.issuer_name_hash.as_bytes() == name
        && id.issuer_key_hash.as_bytes() == key
        && id.serial_number.as_bytes() == certificate.serial_number()
}

/// The hashes of an issuer's name and key.
fn hashes(issuer: &Certificate, algorithm: ObjectIdentifier) -> Option<(Vec<u8>, Vec<u8>)> {
    let algorithm = match algorithm {
        SHA1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        SHA256 => &digest::SHA256,
        _ => return None,
    };
    let hash = |bytes: &[u8]| digest::digest(algorithm, bytes).as_ref().to_vec();
    let key = issuer.public_key().bytes();
    (!key.is_empty()).then(|| (hash(issuer.subject_der()), hash(key)))
}

fn time(time: &GeneralizedTime) -> Result<Instant, RevocationError> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Instant::from_unix(seconds, 0).map_err(RevocationError::form)
}

trait ContextNumber {
    /// The number of a context-specific tag.
    fn tag_number(&self) -> Option<u32>;
}

impl ContextNumber for Any {
    fn tag_number(&self) -> Option<u32> {
        match der::Tagged::tag(self) {
            Tag::ContextSpecific { number, .. } => Some(number.0),
            _ => None,
        }
    }
}
