//! What goes wrong with the next request to the test log register.

use std::str::FromStr;

use crate::UnknownFault;
use crate::server::kebab_case;

/// A fault. Names for scripts in other languages are the variants' in kebab-case: `close-after-storing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterFault {
    /// A web page with status 200; nothing is stored.
    Html,
    /// Status 400 with an empty body; nothing is stored.
    EmptyBadRequest,
    /// Status 401 with an empty body: the token is refused; nothing is stored.
    EmptyUnauthorised,
    /// Status 401 with Kanta's code for a missing right; nothing is stored.
    NoRight,
    /// Status 500 with an OperationOutcome; nothing is stored.
    InternalError,
    /// Status 503 with an empty body; nothing is stored.
    ServiceUnavailable,
    /// The connection is closed without an answer, and nothing is stored.
    CloseWithoutStoring,
    /// The notices are stored, then the connection is closed without an answer.
    CloseAfterStoring,
    /// The notices are stored and no answer comes.
    HangAfterStoring,
    /// The notices are stored and the answer ends in the middle.
    CutAnswerAfterStoring,
    /// The notices are stored and the answer speaks of fewer.
    FewerEntriesAfterStoring,
}

impl RegisterFault {
    /// Every fault.
    pub const ALL: &'static [Self] = &[
        Self::Html,
        Self::EmptyBadRequest,
        Self::EmptyUnauthorised,
        Self::NoRight,
        Self::InternalError,
        Self::ServiceUnavailable,
        Self::CloseWithoutStoring,
        Self::CloseAfterStoring,
        Self::HangAfterStoring,
        Self::CutAnswerAfterStoring,
        Self::FewerEntriesAfterStoring,
    ];

    /// Returns the name that scripts use.
    #[must_use]
    pub fn name(self) -> String {
        kebab_case(&format!("{self:?}"))
    }

    /// Returns whether the notices are stored all the same.
    #[must_use]
    pub fn stores(self) -> bool {
        matches!(
            self,
            Self::CloseAfterStoring
                | Self::HangAfterStoring
                | Self::CutAnswerAfterStoring
                | Self::FewerEntriesAfterStoring
        )
    }

    /// Returns whether the answer says clearly that nothing was stored.
    #[must_use]
    pub fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::EmptyBadRequest | Self::EmptyUnauthorised | Self::NoRight
        )
    }
}

impl FromStr for RegisterFault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|fault| fault.name() == name);
        found.copied().ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_name_of_its_own() {
        for fault in RegisterFault::ALL {
            assert_eq!(fault.name().parse(), Ok(*fault));
        }
        assert!("none".parse::<RegisterFault>().is_err());
    }
}
