//! The one error of the vocabulary's checked constructors.

/// A value that its type does not allow: what is wrong, under a stable code, and what to do.
///
/// The value itself is never part of the message: it may be an identity code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} [{code}]; {remedy}")]
pub struct InvalidValue {
    code: &'static str,
    problem: String,
    remedy: &'static str,
}

impl InvalidValue {
    pub(crate) fn new(
        code: &'static str,
        problem: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self {
            code,
            problem: problem.into(),
            remedy,
        }
    }

    /// Returns the stable code of the error, such as `KANTA-ID-HETU-CHECK`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        self.remedy
    }
}
