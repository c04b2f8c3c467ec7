//! The profile of the spec bundle.

use kanta_core::spec::Spec;
use kanta_sign::jws::{self, Canonicalisation, JwsError, JwsProfile};
use kanta_sign::{Certificate, SignatureAlgorithm, SignerIdentity};

use crate::bindings::{BindingsError, Lookup, OwnedCoding};
use crate::mapping::URN;
use crate::resource::Identifier;

/// What the signature of a bundle looks like.
#[derive(Debug, Clone)]
pub struct BundleSignatureProfile {
    pub(super) jws: JwsProfile,
    pub(super) is_detached: bool,
    pub(super) kind: OwnedCoding,
    pub(super) target_format: String,
    pub(super) sig_format: String,
    registration_number_system: String,
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
    pub(super) fn signed_form(&self, bare: &[u8]) -> Result<Vec<u8>, JwsError> {
        match self.jws.canonicalisation() {
            Canonicalisation::Jcs => Ok(jws::canonical_json(bare)?),
            _ => Ok(bare.to_vec()),
        }
    }

    pub(super) fn signer_identifier(&self, certificate: &Certificate) -> Option<Identifier<'_>> {
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
