//! Certificates and keys on a token.

use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use der::Decode;
use der::asn1::OctetStringRef;

use super::{KeySelector, TokenError};
use crate::{Certificate, PublicKey};

/// A certificate on a token.
pub(super) struct FoundCertificate {
    pub(super) id: Vec<u8>,
    pub(super) label: String,
    pub(super) certificate: Certificate,
}

/// How a private key is found again in every session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyName {
    pub(super) id: Vec<u8>,
    pub(super) label: Option<String>,
}

/// A private key in a session.
pub(super) struct FoundKey {
    pub(super) handle: ObjectHandle,
    pub(super) name: KeyName,
    /// Whether the key wants a PIN for each signature.
    pub(super) pin_each_time: bool,
    /// Whether it is the certificate's key, as far as the token tells.
    pub(super) fits: Option<bool>,
}

fn failed(error: cryptoki::error::Error) -> TokenError {
    TokenError::of(&error)
}

/// Returns the certificates that can be read.
pub(super) fn certificates(session: &Session) -> Result<Vec<FoundCertificate>, TokenError> {
    let found = session
        .find_objects(&[Attribute::Class(ObjectClass::CERTIFICATE)])
        .map_err(failed)?;
    let mut certificates = Vec::new();
    for object in found {
        let attributes = session
            .get_attributes(
                object,
                &[
                    AttributeType::Id,
                    AttributeType::Label,
                    AttributeType::Value,
                ],
            )
            .map_err(failed)?;
        let (mut id, mut label, mut der) = (Vec::new(), String::new(), Vec::new());
        for attribute in attributes {
            match attribute {
                Attribute::Id(value) => id = value,
                Attribute::Label(value) => label = text(&value),
                Attribute::Value(value) => der = value,
                _ => {}
            }
        }
        // What is no certificate of this library's kind is nobody's here.
        if let Ok(certificate) = Certificate::from_der(&der) {
            certificates.push(FoundCertificate {
                id,
                label,
                certificate,
            });
        }
    }
    Ok(certificates)
}

/// Returns the identifiers of keys, public or private, that have a label and can be seen.
fn key_ids_of_label(session: &Session, label: &str) -> Result<Vec<Vec<u8>>, TokenError> {
    let mut ids = Vec::new();
    for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
        let template = [Attribute::Class(class), Attribute::Label(label.into())];
        for key in session.find_objects(&template).map_err(failed)? {
            ids.push(identifier(session, key)?);
        }
    }
    Ok(ids)
}

/// Picks the one certificate that a selector means. `None` when there is none, which may be otherwise after logging in.
pub(super) fn pick(
    session: &Session,
    selector: &KeySelector,
) -> Result<Option<FoundCertificate>, TokenError> {
    let mut fitting: Vec<_> = certificates(session)?
        .into_iter()
        .filter(|found| selector.allows(&found.certificate))
        .filter(|found| {
            selector
                .certificate
                .as_ref()
                .is_none_or(|wanted| *wanted == found.certificate)
        })
        .collect();
    if let Some(label) = &selector.label {
        let ids = key_ids_of_label(session, label)?;
        fitting.retain(|found| found.label == *label || ids.contains(&found.id));
    }
    match (fitting.pop(), fitting.len()) {
        (None, _) => Ok(None),
        (Some(found), 0) => Ok(Some(found)),
        (Some(_), others) => Err(TokenError::AmbiguousCertificate {
            wanted: selector.to_string(),
            count: others + 1,
        }),
    }
}

/// Returns the private key of a name, checked against its certificate as far as the token tells.
pub(super) fn key(
    session: &Session,
    name: &KeyName,
    public: &PublicKey,
) -> Result<Option<FoundKey>, TokenError> {
    let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
    if !name.id.is_empty() {
        template.push(Attribute::Id(name.id.clone()));
    }
    if let Some(label) = &name.label {
        template.push(Attribute::Label(label.clone().into_bytes()));
    }
    let mut unknown = None;
    let mut unfit = None;
    for handle in session.find_objects(&template).map_err(failed)? {
        let found = FoundKey {
            handle,
            name: KeyName {
                id: identifier(session, handle)?,
                label: name.label.clone(),
            },
            pin_each_time: wants_pin_each_time(session, handle),
            fits: fits(session, handle, public)?,
        };
        match found.fits {
            Some(true) => return Ok(Some(found)),
            Some(false) => unfit = Some(found),
            None => unknown = Some(found),
        }
    }
    Ok(unknown.or(unfit))
}

/// Returns whether a slot shows, without a PIN, a key of this identifier: it says where to log in.
pub(super) fn shows_key(session: &Session, id: &[u8]) -> Result<bool, TokenError> {
    for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
        let template = [Attribute::Class(class), Attribute::Id(id.to_vec())];
        if !session.find_objects(&template).map_err(failed)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn identifier(session: &Session, object: ObjectHandle) -> Result<Vec<u8>, TokenError> {
    let attributes = session
        .get_attributes(object, &[AttributeType::Id])
        .map_err(failed)?;
    Ok(match attributes.into_iter().next() {
        Some(Attribute::Id(id)) => id,
        _ => Vec::new(),
    })
}

/// A token that does not know the attribute has no such keys.
fn wants_pin_each_time(session: &Session, key: ObjectHandle) -> bool {
    matches!(
        session
            .get_attributes(key, &[AttributeType::AlwaysAuthenticate])
            .as_deref(),
        Ok([Attribute::AlwaysAuthenticate(true)])
    )
}

/// Compares what the token tells of a private key, or of the public key beside it, with the certificate's key.
fn fits(
    session: &Session,
    private: ObjectHandle,
    public: &PublicKey,
) -> Result<Option<bool>, TokenError> {
    let id = identifier(session, private)?;
    let mut candidates = vec![private];
    if !id.is_empty() {
        candidates.extend(
            session
                .find_objects(&[Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Id(id)])
                .map_err(failed)?,
        );
    }
    for candidate in candidates {
        let Ok(attributes) = session.get_attributes(candidate, &[attribute_of(public)]) else {
            continue;
        };
        match (attributes.first(), public) {
            (Some(Attribute::Modulus(modulus)), PublicKey::Rsa { .. }) if !modulus.is_empty() => {
                return Ok(Some(has_modulus(public, modulus)));
            }
            (
                Some(Attribute::EcPoint(point)),
                PublicKey::P256 { point: own } | PublicKey::P384 { point: own },
            ) if !point.is_empty() => return Ok(Some(is_point(point, own))),
            _ => {}
        }
    }
    Ok(None)
}

fn attribute_of(public: &PublicKey) -> AttributeType {
    match public {
        PublicKey::P256 { .. } | PublicKey::P384 { .. } => AttributeType::EcPoint,
        _ => AttributeType::Modulus,
    }
}

fn has_modulus(public: &PublicKey, modulus: &[u8]) -> bool {
    let leading = modulus.iter().take_while(|byte| **byte == 0).count();
    public
        .modulus()
        .is_some_and(|own| own == modulus[leading..])
}

/// A point stands in an octet string, or bare, as some modules have it.
fn is_point(stored: &[u8], own: &[u8]) -> bool {
    stored == own || <&OctetStringRef>::from_der(stored).is_ok_and(|point| point.as_bytes() == own)
}

fn text(label: &[u8]) -> String {
    String::from_utf8_lossy(label).trim_end().to_owned()
}
