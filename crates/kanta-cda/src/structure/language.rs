//! The two languages of the structures.

/// A language of titles and display forms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Finnish, the language that every structure has.
    #[default]
    Finnish,
    /// Swedish; where a structure has no Swedish text, the Finnish one stands in.
    Swedish,
}

impl Language {
    /// Returns the language of a code, `fi` or `sv` in either case.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Finnish, Self::Swedish]
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(code))
    }

    /// Returns the code, `fi` or `sv`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Finnish => "fi",
            Self::Swedish => "sv",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_both_ways_in_either_case() {
        assert_eq!(Language::from_code("FI"), Some(Language::Finnish));
        assert_eq!(Language::from_code("sv"), Some(Language::Swedish));
        assert_eq!(Language::from_code("en"), None);
    }
}
