//! No real person's identity code leaves the process outside production.

use kanta_core::PersonalIdentityCode;
use kanta_core::spec::{Environment, Spec};
use kanta_xml::Limits;

use super::FrameError;

/// Returns whether messages of this environment may speak of artificial people only.
pub(crate) fn applies(spec: &Spec) -> bool {
    spec.environment() != Environment::Production
}

/// Refuses bytes that hold a real person's identity code.
pub(crate) fn refuse_real_people(bytes: &[u8]) -> Result<(), FrameError> {
    if PersonalIdentityCode::has_real(bytes) {
        Err(FrameError::RealPerson)
    } else {
        Ok(())
    }
}

/// Refuses a document that holds a real person's identity code in its header or in the decoded forms of its body.
pub(crate) fn refuse_real_people_in_document(xml: &[u8]) -> Result<(), FrameError> {
    // The document was read within its own limits before; here nothing may be passed over for its size.
    let limits = Limits::default().with_max_bytes(usize::MAX);
    if kanta_cda::holds_real_person(xml, &limits) {
        Err(FrameError::RealPerson)
    } else {
        Ok(())
    }
}
