//! Why a verdict on a certificate is not a good one, in Finnish and English.

use std::borrow::Cow;
use std::fmt;

/// Why a verdict on a certificate is not a good one, in Finnish and English; displayed in English.
///
/// ```
/// use kanta_sign::Reason;
///
/// let reason = Reason::new("lista on liian vanha", "the list is too old");
/// assert_eq!(reason.to_string(), "the list is too old");
/// assert_eq!(reason.finnish(), "lista on liian vanha");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    finnish: Cow<'static, str>,
    english: Cow<'static, str>,
}

impl Reason {
    /// Makes a reason.
    #[must_use]
    pub fn new(
        finnish: impl Into<Cow<'static, str>>,
        english: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            finnish: finnish.into(),
            english: english.into(),
        }
    }

    /// Returns the reason in Finnish.
    #[must_use]
    pub fn finnish(&self) -> &str {
        &self.finnish
    }

    /// Returns the reason in English.
    #[must_use]
    pub fn english(&self) -> &str {
        &self.english
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}
