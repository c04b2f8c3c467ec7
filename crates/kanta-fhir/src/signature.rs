//! The signature on the bundle: by a profile of the spec bundle, made and verified.
//!
//! What is signed is the bundle without its member `signature`, in the canonical form of the profile. The signature goes in
//! as the last member; the bytes before it never change.

use std::fmt;

use kanta_core::spec::Spec;
use kanta_core::{ClientIdentifier, Finding, Instant, Oid, Report};
use kanta_sign::jws::{self, Canonicalisation, JwsError, JwsProfile};
use kanta_sign::{Certificate, SignatureAlgorithm, Signer, SignerIdentity};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::bindings::{BindingsError, Lookup, OwnedCoding};
use crate::check::{ReadError, Subject, check_notices};
use crate::mapping::URN;
use crate::resource::{Identifier, Reference, Signature};
use crate::rules;
use crate::time::fhir_text;

/// What the signature of a bundle looks like.
#[derive(Debug, Clone)]
pub struct BundleSignatureProfile {
    jws: JwsProfile,
    is_detached: bool,
    kind: OwnedCoding,
    target_format: String,
    sig_format: String,
    registration_number_system: String,
}

/// Notices that are checked and signed: the bytes to send, which nothing changes any more.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedNotices {
    bytes: Vec<u8>,
    entries: usize,
    id: Oid,
    client: ClientIdentifier,
}

/// Why a bundle is not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The input is not a bundle.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Rules of error severity are broken (`KANTA-FHIR-FINDINGS`).
    #[error("the notices break rules and are not signed: {0} [KANTA-FHIR-FINDINGS]")]
    Findings(Report),
    /// The bundle is signed already (`KANTA-FHIR-SIGNED`).
    #[error("the bundle is signed already: sign the one without a signature [KANTA-FHIR-SIGNED]")]
    AlreadySigned,
    /// The input is one resource, not a transaction of notices (`KANTA-FHIR-NO-NOTICES`).
    #[error(
        "the input is no transaction of notices: give a Bundle with an AuditEvent and its Provenance for each \
         [KANTA-FHIR-NO-NOTICES]"
    )]
    NoNotices,
    /// The certificate does not tell who signs (`KANTA-FHIR-SIGNER`).
    #[error(
        "the certificate names neither an organisation nor a professional: use one that was ordered for signing \
         [KANTA-FHIR-SIGNER]"
    )]
    Nobody,
    /// No signature could be made.
    #[error(transparent)]
    Jws(#[from] JwsError),
}

/// The verdict on the signature of a bundle.
#[derive(Debug, Clone)]
pub struct BundleVerification {
    findings: Report,
    certificate: Option<Certificate>,
    when: Option<Instant>,
}

impl BundleSignatureProfile {
    /// Reads the profile.
    ///
    /// # Errors
    /// [`BindingsError`] with every key that has no value for the environment, and with what cannot be used.
    pub fn from_spec(spec: &Spec) -> Result<Self, BindingsError> {
        let mut lookup = Lookup::new(spec);
        let canonical = lookup.choice("signature.canonicalisation", &["none", "jcs"]);
        let is_detached = lookup.choice("signature.form", &["detached", "compact"]) == 0;
        let jws = jws_profile(&mut lookup, "signature").with_canonicalisation(match canonical {
            0 => Canonicalisation::None,
            _ => Canonicalisation::Jcs,
        });
        let profile = Self {
            jws: if is_detached { jws.detached() } else { jws },
            is_detached,
            kind: OwnedCoding {
                system: lookup.text("signature.type_system"),
                code: lookup.text("signature.type_code"),
                display: lookup.text("signature.type_display"),
            },
            target_format: lookup.text("signature.target_format"),
            sig_format: lookup.text("signature.sig_format"),
            registration_number_system: lookup.text("layout.registration_number_system"),
        };
        lookup.finish(profile)
    }

    /// Returns the bytes that are signed: the bundle without its signature, in canonical form.
    fn signed_form(&self, bare: &[u8]) -> Result<Vec<u8>, JwsError> {
        match self.jws.canonicalisation() {
            Canonicalisation::Jcs => Ok(jws::canonical_json(bare)?),
            _ => Ok(bare.to_vec()),
        }
    }

    fn signer_identifier(&self, certificate: &Certificate) -> Option<Identifier<'_>> {
        match certificate.identity() {
            SignerIdentity::Organisation { oid } => Some(Identifier::new(URN, oid.to_urn())),
            SignerIdentity::Professional {
                registration_number,
            } => Some(Identifier::new(
                self.registration_number_system.as_str(),
                registration_number.expose().to_owned(),
            )),
            _ => None,
        }
    }
}

/// Reads algorithms, certificates and type of a JSON signature below a key.
pub(crate) fn jws_profile(lookup: &mut Lookup<'_>, key: &str) -> JwsProfile {
    let names = lookup.list(&format!("{key}.algorithms"));
    let mut algorithms = Vec::new();
    for name in names {
        match SignatureAlgorithm::from_jws_name(&name) {
            Some(algorithm) => algorithms.push(algorithm),
            None => lookup.problem(
                &format!("{key}.algorithms"),
                &format!("`{name}` is not an algorithm of JSON signatures"),
            ),
        }
    }
    let profile =
        JwsProfile::new(&algorithms).with_type(lookup.text(&format!("{key}.header_type")));
    match lookup.choice(&format!("{key}.certificates"), &["none", "chain"]) {
        0 => profile,
        _ => profile.with_certificate_chain(),
    }
}

impl SignedNotices {
    /// Checks an unsigned bundle and signs it.
    ///
    /// # Errors
    /// [`SignError`]; nothing is signed that breaks a rule.
    pub fn sign(
        bundle: &[u8],
        spec: &Spec,
        profile: &BundleSignatureProfile,
        signer: &dyn Signer,
        when: Instant,
    ) -> Result<Self, SignError> {
        let (report, subject) = check_notices(bundle, spec)?;
        if report.has_errors() {
            return Err(SignError::Findings(report));
        }
        let Subject { id, client } = subject.ok_or(SignError::NoNotices)?;
        let outline: Outline<'_> = serde_json::from_slice(bundle).map_err(ReadError::from)?;
        if outline.signature.is_some() {
            return Err(SignError::AlreadySigned);
        }
        let who = profile
            .signer_identifier(signer.certificate())
            .ok_or(SignError::Nobody)?;
        let bare = bundle.trim_ascii();
        let compact = jws::sign(bare, &profile.jws, signer)?;
        let signature = Signature {
            kind: vec![profile.kind.to_coding()],
            when: Some(fhir_text(when).into()),
            who: Some(Reference {
                identifier: Some(who),
                ..Reference::default()
            }),
            target_format: Some(profile.target_format.as_str().into()),
            sig_format: Some(profile.sig_format.as_str().into()),
            data: Some(base64_simd::STANDARD.encode_to_string(compact).into()),
            ..Signature::default()
        };
        let signature =
            serde_json::to_vec(&signature).expect("texts and lists of them always serialise");
        // The check has seen an object with a member: it ends with a brace.
        let mut bytes = bare[..bare.len() - 1].to_vec();
        bytes.extend_from_slice(b",\"signature\":");
        bytes.extend_from_slice(&signature);
        bytes.push(b'}');
        Ok(Self {
            bytes,
            entries: outline.entry.len(),
            id,
            client,
        })
    }

    /// Takes a signed bundle from where it was kept.
    ///
    /// # Errors
    /// [`SignError::Findings`] when it breaks a rule or the signature does not hold, [`SignError::NoNotices`] when it is
    /// something else.
    pub fn from_bytes(
        bytes: Vec<u8>,
        spec: &Spec,
        profile: &BundleSignatureProfile,
    ) -> Result<Self, SignError> {
        let (mut report, subject) = check_notices(&bytes, spec)?;
        report.extend(verify(&bytes, profile)?.findings);
        if report.has_errors() {
            return Err(SignError::Findings(report));
        }
        let Subject { id, client } = subject.ok_or(SignError::NoNotices)?;
        let outline: Outline<'_> = serde_json::from_slice(&bytes).map_err(ReadError::from)?;
        let entries = outline.entry.len();
        Ok(Self {
            bytes,
            entries,
            id,
            client,
        })
    }

    /// Returns the bytes to send.
    #[must_use]
    pub fn as_json(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns how many entries the bundle has: two for each notice.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// Returns the identifier of the first notice: that of the sender's own, by which a queue knows them.
    #[must_use]
    pub fn id(&self) -> &Oid {
        &self.id
    }

    /// Returns the identifier of the person whom all of them are about.
    #[must_use]
    pub fn client(&self) -> &ClientIdentifier {
        &self.client
    }
}

impl fmt::Debug for SignedNotices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedNotices({} bytes)", self.bytes.len())
    }
}

impl BundleVerification {
    /// Returns whether there is a signature that holds.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.certificate.is_some() && !self.findings.has_errors()
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn findings(&self) -> &Report {
        &self.findings
    }

    /// Returns the certificate that verifies it; whether it is trusted is another question.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Returns when the bundle was signed, as the signer says.
    #[must_use]
    pub fn when(&self) -> Option<Instant> {
        self.when
    }
}

/// Verifies the signature of a bundle against the bytes as they are.
///
/// The certificate's trust is not judged: see [`kanta_sign::check_path`].
///
/// # Errors
/// [`ReadError`] when the input is not a JSON object.
pub fn verify(
    bundle: &[u8],
    profile: &BundleSignatureProfile,
) -> Result<BundleVerification, ReadError> {
    let mut verification = BundleVerification {
        findings: Report::new(),
        certificate: None,
        when: None,
    };
    if let Err(finding) = verify_into(bundle, profile, &mut verification)? {
        verification.findings.push(finding);
    }
    Ok(verification)
}

fn verify_into(
    bundle: &[u8],
    profile: &BundleSignatureProfile,
    verification: &mut BundleVerification,
) -> Result<Result<(), Finding>, ReadError> {
    let outline: Outline<'_> = serde_json::from_slice(bundle)?;
    let Some(raw) = outline.signature else {
        return Ok(Err(broken(
            "signature",
            "allekirjoitus puuttuu",
            "there is no signature",
        )));
    };
    let Some(bare) = without_member(bundle, raw) else {
        return Ok(Err(broken(
            "signature",
            "allekirjoitusta ei voi erottaa tavuista",
            "the signature cannot be taken out of the bytes",
        )));
    };
    let signature: Signature<'_> = serde_json::from_str(raw.get())?;
    verification.when = signature
        .when
        .as_deref()
        .and_then(|when| Instant::parse(when).ok());
    Ok(judge(&bare, &signature, profile).map(|certificate| {
        verification.certificate = certificate;
    }))
}

fn judge(
    bare: &[u8],
    signature: &Signature<'_>,
    profile: &BundleSignatureProfile,
) -> Result<Option<Certificate>, Finding> {
    let does_not_hold = |error: JwsError| {
        broken(
            "signature.data",
            &format!("allekirjoitus ei pidä: {error}"),
            &format!("the signature does not hold: {error}"),
        )
    };
    for (name, found) in [
        ("signature.type", !signature.kind.is_empty()),
        ("signature.when", signature.when.is_some()),
        ("signature.who", signature.who.is_some()),
    ] {
        if !found {
            return Err(broken(name, "tieto puuttuu", "it is missing"));
        }
    }
    let compact = signature
        .data
        .as_deref()
        .and_then(|data| base64_simd::STANDARD.decode_to_vec(data).ok())
        .and_then(|data| String::from_utf8(data).ok())
        .ok_or_else(|| {
            broken(
                "signature.data",
                "arvo ei ole JSON-allekirjoitus base64-muodossa",
                "the value is not a JSON signature in base64",
            )
        })?;
    let payload = profile.is_detached.then_some(bare);
    let verified = jws::verify(&compact, payload, &profile.jws).map_err(does_not_hold)?;
    if verified.payload() != profile.signed_form(bare).map_err(does_not_hold)? {
        return Err(broken(
            "signature.data",
            "allekirjoitus koskee toista sisältöä",
            "the signature is of another content",
        ));
    }
    let certificate = verified.certificates().first().cloned();
    let named = signature
        .who
        .as_ref()
        .and_then(|who| who.identifier.as_ref());
    let signer = certificate
        .as_ref()
        .and_then(|certificate| profile.signer_identifier(certificate));
    if signer.as_ref() != named {
        return Err(broken(
            "signature.who",
            "varmenne on toisen kuin allekirjoittajaksi nimetyn",
            "the certificate is another's than the one who is named as the signer",
        ));
    }
    Ok(certificate)
}

fn broken(place: &str, finnish: &str, english: &str) -> Finding {
    rules::B_07.finding(format!("Bundle.{place}"), finnish, english)
}

/// The members of a bundle that signing looks at.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow, default)]
    entry: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    signature: Option<&'a RawValue>,
}

/// Returns the bytes without a member of the outermost object, whose value is given as a part of the same bytes.
fn without_member(json: &[u8], value: &RawValue) -> Option<Vec<u8>> {
    let start = (value.get().as_ptr() as usize).checked_sub(json.as_ptr() as usize)?;
    let end = start + value.get().len();
    let before = json.get(..start)?.trim_ascii_end().strip_suffix(b":")?;
    let before = before
        .trim_ascii_end()
        .strip_suffix(b"\"signature\"")?
        .trim_ascii_end();
    let after = json.get(end..)?;
    // A comma goes with the member: the one before it, or the one behind when it is the first.
    let (before, after) = match before.strip_suffix(b",") {
        Some(before) => (before, after),
        None => (before, after.trim_ascii_start().strip_prefix(b",")?),
    };
    Some([before, after].concat().trim_ascii().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_cut_out_of_the_bytes_wherever_it_stands() {
        for (json, bare) in [
            (r#"{"a":1,"signature":{"x":[]}}"#, r#"{"a":1}"#),
            (
                r#"{ "a" : 1 , "signature" : {} , "b":2 }"#,
                r#"{ "a" : 1  , "b":2 }"#,
            ),
            (
                r#"{"signature":{},"b":{"signature":{}}}"#,
                r#"{"b":{"signature":{}}}"#,
            ),
        ] {
            let outline: Outline<'_> = serde_json::from_str(json).unwrap();
            let cut = without_member(json.as_bytes(), outline.signature.unwrap()).unwrap();
            assert_eq!(String::from_utf8(cut).unwrap(), bare);
        }
    }
}
