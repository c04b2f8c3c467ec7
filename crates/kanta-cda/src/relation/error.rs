//! The one error of reading and writing.

use crate::json::JsonError;

/// Content that an object cannot be taken from, or an object that content cannot be made of: where, and why
/// (`KANTA-RELATION-CONTENT`). Holds nothing of the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {problem} [KANTA-RELATION-CONTENT]")]
pub struct RelationContentError {
    pointer: String,
    problem: String,
}

impl RelationContentError {
    pub(super) fn new(pointer: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            problem: problem.into(),
        }
    }

    pub(super) fn of_json(error: &JsonError) -> Self {
        Self::new("/", error.to_string())
    }

    /// Returns the JSON pointer to the place.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }
}
