//! Why something is as it is, in Finnish and English.

use std::borrow::Cow;
use std::fmt;

/// Why something is as it is, in Finnish and English, for the texts of findings; displayed in English.
///
/// ```
/// use kanta_core::Reason;
///
/// let reason = Reason::new("lista on liian vanha", "the list is too old");
/// assert_eq!(reason.to_string(), "the list is too old");
/// assert_eq!(reason.finnish(), "lista on liian vanha");
///
/// let quoted = Reason::quoted("connection refused");
/// assert_eq!((quoted.finnish(), quoted.english()), ("”connection refused”", "connection refused"));
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

    /// Makes a reason of others' words, which stand in Finnish as they are, in quotation marks: what a server or an operating
    /// system said, or an error that has no Finnish text.
    #[must_use]
    pub fn quoted(words: impl Into<Cow<'static, str>>) -> Self {
        let english = words.into();
        Self {
            finnish: format!("”{english}”").into(),
            english,
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
