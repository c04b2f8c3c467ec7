//! Values of the spec bundle as documents need them: known for reading, and allowed or not for writing.

use kanta_core::CodedValue;
use kanta_core::spec::{Spec, SpecError};

/// A value of the bundle: what it is for reading, and whether it may be written.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    known: Option<T>,
    refused: Option<SpecError>,
}

impl<T> Slot<T> {
    /// Returns the value when it may be written.
    pub(crate) fn get(&self) -> Result<&T, SpecError> {
        match (&self.known, &self.refused) {
            (_, Some(refused)) => Err(refused.clone()),
            (Some(known), None) => Ok(known),
            (None, None) => Err(SpecError::invalid(
                "document",
                "the value is of another type",
            )),
        }
    }

    /// Returns the value whatever its status, to recognise it.
    pub(crate) fn for_reading(&self) -> Option<&T> {
        self.known.as_ref()
    }

    /// Keeps the value for reading, and refuses to write it.
    pub(super) fn refuse(&mut self, error: SpecError) {
        self.refused.get_or_insert(error);
    }
}

pub(super) fn text(spec: &Spec, key: &str) -> Slot<String> {
    Slot {
        known: spec.text_for_reading(key).map(str::to_owned),
        refused: spec.text(key).err(),
    }
}

pub(super) fn list(spec: &Spec, key: &str) -> Slot<Vec<String>> {
    Slot {
        known: Some(spec.list_for_reading(key).to_vec()),
        refused: spec.list(key).err(),
    }
}

pub(super) fn code(spec: &Spec, key: &str) -> Slot<CodedValue> {
    Slot {
        known: spec.code_for_reading(key).cloned(),
        refused: spec.code(key).err(),
    }
}
