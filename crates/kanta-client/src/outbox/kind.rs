//! What goes through an outbox.

use std::fmt;
use std::str::FromStr;

/// What an entry holds, and to whom it goes (Finnish: laji).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Kind {
    /// A signed document, for the archive. While it is not known whether it arrived, the archive can be asked.
    #[default]
    Document,
    /// Signed disclosure notices, for the log register, which nobody can ask: whether they arrived is then for a person to
    /// decide.
    Notices,
}

impl Kind {
    /// Both kinds.
    pub const ALL: &'static [Self] = &[Self::Document, Self::Notices];

    /// Returns the word that the database and the command line use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Notices => "notices",
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        let known = Self::ALL.iter().find(|kind| kind.as_str() == word);
        known.copied().ok_or(UnknownKind(()))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind (`KANTA-OUTBOX-KIND`). It is not repeated: it may be anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no kind of entry of the outbox: give document or notices [KANTA-OUTBOX-KIND]")]
pub struct UnknownKind(());
