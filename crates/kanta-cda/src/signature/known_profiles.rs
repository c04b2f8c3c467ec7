//! The profiles to recognise signatures by.

use std::sync::OnceLock;

use kanta_core::CodedValue;
use kanta_core::spec::Spec;
use kanta_sign::SignatureProfile;

use super::options::SignatureKind;

/// The profiles by which signatures are recognised, each read when it is needed, whatever the status of its values: to
/// read is not to send.
pub(super) struct KnownProfiles<'s> {
    spec: &'s Spec,
    read: [OnceLock<Option<SignatureProfile>>; 3],
}

/// The old layout has one profile, for every kind.
const OLD: &str = "patient-archive-2015";

impl<'s> KnownProfiles<'s> {
    const KINDS: [SignatureKind; 2] = [SignatureKind::System, SignatureKind::Professional];

    pub(super) fn new(spec: &'s Spec) -> Self {
        Self {
            spec,
            read: Default::default(),
        }
    }

    pub(super) fn old(&self) -> Option<&SignatureProfile> {
        self.get(Self::KINDS.len(), OLD)
    }

    pub(super) fn of_kind(&self, kind: SignatureKind) -> Option<&SignatureProfile> {
        let place = Self::KINDS.iter().position(|known| *known == kind)?;
        self.get(place, kind.profile())
    }

    /// The kinds with the codes that tell them.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (SignatureKind, &CodedValue)> {
        Self::KINDS
            .into_iter()
            .filter_map(|kind| Some((kind, self.of_kind(kind)?.description()?)))
    }

    fn get(&self, place: usize, id: &str) -> Option<&SignatureProfile> {
        self.read
            .get(place)?
            .get_or_init(|| SignatureProfile::from_spec_for_reading(self.spec, id).ok())
            .as_ref()
    }
}
