//! Whether a document is the one that the outbox knows by its identifier.
//!
//! A host that numbers wrongly gives a second document the identifier of the first. To take it for the first would lose it.

use kanta_cda::{Body, ClinicalDocument};
use kanta_core::DocumentOid;
use tokio::runtime::Handle;

use super::MassError;
use super::item::{Refused, Stage, because};
use super::pipeline::{Checked, Makers};
use crate::outbox::OutboxError;
use crate::reasons;

/// What a document is that the outbox knows by its identifier.
pub(super) enum Known {
    /// The document that it keeps.
    Same,
    /// Another one.
    Other(Box<Refused>),
}

impl Makers {
    /// Compares a checked document with the one that the outbox keeps; what it keeps no more is taken to be the same.
    ///
    /// Signed documents are compared by their bytes. An unsigned one is written and signed anew in every run, so its client and
    /// its content are compared.
    pub(super) fn compare(
        &self,
        oid: &DocumentOid,
        given: &Checked,
        runtime: &Handle,
    ) -> Result<Known, MassError> {
        let kept = match runtime.block_on(self.outbox.content(oid.clone())) {
            Ok(kept) => kept,
            Err(OutboxError::Bytes(_)) => return Ok(Known::Same),
            Err(error) => return Err(error.into()),
        };
        let is_same = match given {
            Checked::Signed(document, _) => document.as_xml() == kept,
            Checked::Unsigned(valid, _) => self.is_made_of(&kept, valid.as_xml()),
        };
        if is_same {
            return Ok(Known::Same);
        }
        let why = because(&reasons::queueing(&OutboxError::Conflict(oid.to_string())));
        let refused = Refused::new(given.name(), Some(oid), Stage::Queueing, why);
        Ok(Known::Other(Box::new(refused)))
    }

    fn is_made_of(&self, signed: &[u8], unsigned: &[u8]) -> bool {
        let read = |bytes| ClinicalDocument::read(bytes, &self.spec, &self.limits).ok();
        let (Some(signed), Some(unsigned)) = (read(signed), read(unsigned)) else {
            return false;
        };
        signed.metadata().client == unsigned.metadata().client
            && signed.body().map(content_of) == unsigned.body().map(content_of)
    }
}

/// The structured form, which the host gave; the display form may be rendered otherwise by another version of this library.
fn content_of(body: &Body) -> Option<Vec<u8>> {
    let content = match body.has_structured_form() {
        true => body.structured_form(),
        false => body.display_form(),
    };
    content.ok()
}
