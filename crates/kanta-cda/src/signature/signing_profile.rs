//! The profiles to sign by.

use std::sync::Arc;

use kanta_core::spec::{Spec, SpecError};
use kanta_sign::SignatureProfile;

use super::options::SignatureKind;
use super::written;

/// A profile to sign by.
#[derive(Clone)]
pub(super) struct SigningProfile {
    pub(super) profile: Arc<SignatureProfile>,
    /// The element that tells the kind of the signature, as every signature has it.
    pub(super) description: Arc<[u8]>,
}

impl SigningProfile {
    /// The profile of a kind of signature in a bundle.
    pub(super) fn of_kind(spec: &Spec, kind: SignatureKind) -> Result<Self, SpecError> {
        let profiles = spec.compiled(SigningProfiles::new);
        match kind {
            SignatureKind::System => profiles.system.clone(),
            SignatureKind::Professional => profiles.professional.clone(),
        }
    }

    fn read(spec: &Spec, kind: SignatureKind) -> Result<Self, SpecError> {
        let profile = SignatureProfile::from_spec(spec, kind.profile())?;
        let invalid = |why: &str| SpecError::invalid("signature", why);
        let description = profile
            .description()
            .ok_or_else(|| invalid("a profile to sign by has a description"))?;
        let description = written::description(description)
            .map_err(|_| invalid("the description holds a character that XML does not allow"))?;
        Ok(Self {
            description: description.into(),
            profile: profile.into(),
        })
    }
}

/// Those of every kind, read once for a bundle: reading one searches it for every value.
struct SigningProfiles {
    system: Result<SigningProfile, SpecError>,
    professional: Result<SigningProfile, SpecError>,
}

impl SigningProfiles {
    fn new(spec: &Spec) -> Self {
        Self {
            system: SigningProfile::read(spec, SignatureKind::System),
            professional: SigningProfile::read(spec, SignatureKind::Professional),
        }
    }
}
