//! Lists of revoked certificates (RFC 5280, section 5), read as a stream: some have fifty megabytes.

use std::collections::BTreeMap;
use std::io::Read;

use der::Decode;
use der::asn1::ObjectIdentifier;
use kanta_core::{Instant, Reason};
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::crl::dp::IssuingDistributionPoint;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

use super::signature::SignedBy;
use super::stream::{DerStream, Header};
use super::{RevocationError, RevocationVerdict, instant};
use crate::Certificate;

const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const EXTENSIONS: u8 = 0xa0;
/// What one entry of a list takes at most; those seen take forty bytes.
const MAX_ENTRY: usize = 16 * 1024;
/// What the parts around the entries take at most.
const MAX_PART: usize = 64 * 1024;

/// What a verified list says of the certificates that were asked about (Finnish: sulkulista).
///
/// It is small, whatever the size of the list, and worth keeping until [`RevocationList::next_update`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    issuer: Vec<u8>,
    this_update: Instant,
    next_update: Option<Instant>,
    asked: BTreeMap<Vec<u8>, Option<Instant>>,
}

impl RevocationList {
    /// Reads a list in DER to its end, keeps what it says of some certificates, and verifies the authority's signature.
    ///
    /// The list is not held in memory when it is signed with RSA: it is hashed while it passes. One that is signed with
    /// ECDSA is, up to `limit` bytes.
    ///
    /// # Errors
    /// [`RevocationError`] when the list cannot be read, is longer than `limit`, is not whole (a delta, an indirect list,
    /// a part of the reasons), or is not signed by the issuer.
    pub fn read(
        list: &mut dyn Read,
        issuer: &Certificate,
        certificates: &[&Certificate],
        limit: u64,
    ) -> Result<Self, RevocationError> {
        let serials = certificates
            .iter()
            .filter(|certificate| certificate.issuer_der() == issuer.subject_der())
            .map(|certificate| (certificate.serial_number().to_vec(), None))
            .collect();
        let mut stream = DerStream::new(list, limit);
        let whole = stream.sequence()?;
        let tbs = stream.begin_signed()?;
        let end = tbs.end;
        let mut next = stream.header()?;
        if next.tag == INTEGER {
            stream.part(&next, MAX_PART)?;
            next = stream.header()?;
        }
        let algorithm = AlgorithmIdentifierOwned::from_der(&stream.part(&next, MAX_PART)?)
            .map_err(RevocationError::form)?;
        let signed_by = SignedBy::new(&algorithm)?;
        stream.sign_with(&signed_by);
        let name = stream.header()?;
        let mut list = Self {
            issuer: stream.part(&name, MAX_PART)?,
            this_update: Instant::from_unix(0, 0).map_err(RevocationError::form)?,
            next_update: None,
            asked: serials,
        };
        if list.issuer != issuer.subject_der() {
            return Err(RevocationError::OtherIssuer);
        }
        let this_update = stream.header()?;
        list.this_update = time(&stream.part(&this_update, MAX_PART)?)?;
        while stream.position() < end {
            let header = stream.header()?;
            match header.tag {
                UTC_TIME | GENERALIZED_TIME => {
                    list.next_update = Some(time(&stream.part(&header, MAX_PART)?)?);
                }
                SEQUENCE => list.entries(&mut stream, &header)?,
                EXTENSIONS => check_extensions(&stream.part(&header, MAX_PART)?)?,
                _ => return Err(RevocationError::Form("an unknown part".to_owned())),
            }
        }
        let octets = stream.end_signed();
        let outer = stream.header()?;
        let outer = AlgorithmIdentifierOwned::from_der(&stream.part(&outer, MAX_PART)?)
            .map_err(RevocationError::form)?;
        let value = stream.header()?;
        let value = stream.part(&value, MAX_PART)?;
        if stream.position() != whole.end {
            return Err(RevocationError::Form("its length is wrong".to_owned()));
        }
        if outer != algorithm || !signed_by.verifies(issuer, octets, &value) {
            return Err(RevocationError::Signature);
        }
        Ok(list)
    }

    /// Returns when the list was made.
    #[must_use]
    pub fn this_update(&self) -> Instant {
        self.this_update
    }

    /// Returns when the next list is due at the latest.
    #[must_use]
    pub fn next_update(&self) -> Option<Instant> {
        self.next_update
    }

    /// Tells whether a certificate that was asked about was revoked at a time.
    ///
    /// A list that is older than the time still tells of what was revoked before it; it proves that nothing was only when
    /// it was made after the time, or is still the newest then.
    #[must_use]
    pub fn verdict(&self, certificate: &Certificate, time: Instant) -> RevocationVerdict {
        if certificate.issuer_der() != self.issuer {
            return RevocationVerdict::Unknown(Reason::new(
                "lista on toisen varmentajan",
                "the list is another authority's",
            ));
        }
        match self.asked.get(certificate.serial_number()) {
            None => RevocationVerdict::Unknown(Reason::new(
                "listaa luettaessa varmennetta ei kysytty",
                "the list was read without asking",
            )),
            Some(Some(since)) if *since <= time => RevocationVerdict::Revoked { since: *since },
            Some(_) if self.next_update.is_some_and(|next| next < time) => {
                RevocationVerdict::Unknown(Reason::new(
                    "lista on liian vanha",
                    "the list is too old",
                ))
            }
            Some(_) => RevocationVerdict::Good,
        }
    }

    fn entries(
        &mut self,
        stream: &mut DerStream<'_>,
        entries: &Header,
    ) -> Result<(), RevocationError> {
        let mut entry = Vec::new();
        while stream.position() < entries.end {
            let header = stream.header()?;
            stream.part_into(&header, MAX_ENTRY, &mut entry)?;
            let (serial, rest) = entry_serial(&entry)
                .ok_or_else(|| RevocationError::Form("an entry without a number".to_owned()))?;
            if let Some(since) = self.asked.get_mut(serial) {
                *since = Some(revoked_since(rest)?);
            }
        }
        Ok(())
    }
}

/// The serial number of an entry, without leading zeros, and what follows it. The entry is the whole sequence.
fn entry_serial(entry: &[u8]) -> Option<(&[u8], &[u8])> {
    let content = match entry {
        [SEQUENCE, length, rest @ ..] if *length < 0x80 => rest,
        [SEQUENCE, 0x81, _, rest @ ..] | [SEQUENCE, 0x82, _, _, rest @ ..] => rest,
        _ => return None,
    };
    let [INTEGER, length, rest @ ..] = content else {
        return None;
    };
    let length = usize::from(*length);
    let serial = rest.get(..length).filter(|_| (1..0x80).contains(&length))?;
    let after = rest.get(length..)?;
    match serial {
        [0, digits @ ..] if !digits.is_empty() => Some((digits, after)),
        all => Some((all, after)),
    }
}

/// The time of an entry, whose extensions must all be known: an unknown critical one may give it another meaning.
fn revoked_since(rest: &[u8]) -> Result<Instant, RevocationError> {
    let mut reader = der::SliceReader::new(rest).map_err(RevocationError::form)?;
    let since = Time::decode(&mut reader).map_err(RevocationError::form)?;
    if !der::Reader::is_finished(&reader) {
        let extensions = Extensions::decode(&mut reader).map_err(RevocationError::form)?;
        if extensions.iter().any(|extension| extension.critical) {
            return Err(RevocationError::Scope("an entry has a critical extension"));
        }
    }
    instant(&since)
}

/// Refuses lists that are not whole.
fn check_extensions(explicit: &[u8]) -> Result<(), RevocationError> {
    let extensions = der::asn1::ContextSpecific::<Extensions>::from_der(explicit)
        .map_err(RevocationError::form)?
        .value;
    for extension in extensions.iter().filter(|extension| extension.critical) {
        if extension.extn_id != ISSUING_DISTRIBUTION_POINT {
            return Err(RevocationError::Scope(
                "it has a critical extension that is not known",
            ));
        }
        let point = IssuingDistributionPoint::from_der(extension.extn_value.as_bytes())
            .map_err(RevocationError::form)?;
        if point.indirect_crl
            || point.only_some_reasons.is_some()
            || point.only_contains_attribute_certs
            || point.only_contains_ca_certs
        {
            return Err(RevocationError::Scope(
                "it is indirect, or tells of some reasons or kinds of certificates only",
            ));
        }
    }
    Ok(())
}

fn time(der: &[u8]) -> Result<Instant, RevocationError> {
    instant(&Time::from_der(der).map_err(RevocationError::form)?)
}
