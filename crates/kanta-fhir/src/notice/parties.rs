//! Who disclosed, and to whom.

use kanta_core::{Organisation, Professional, RegisterKeeper, ServiceUnit};

use super::NoticeError;
use crate::rules;

/// A code whose system the spec bundle knows, such as the kind of disclosure: code and name.
///
/// The value sets of the notice were not published with the guide, so the host gives code and name as Kela's lists have
/// them, and the bundle gives the code system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCode {
    code: String,
    display: String,
}

impl NamedCode {
    /// Makes a code with its name; Kanta takes no code without one.
    ///
    /// # Errors
    /// [`NoticeError`] with the finding `KANTA-NOTICE-EMPTY` when one of them is empty.
    pub fn new(code: impl Into<String>, display: impl Into<String>) -> Result<Self, NoticeError> {
        let (code, display) = (code.into(), display.into());
        if code.trim().is_empty() || display.trim().is_empty() {
            return Err(NoticeError::from(rules::NOTICE_EMPTY.finding(
                "code",
                "koodi tai sen nimi on tyhjä: anna molemmat",
                "the code or its name is empty: give both",
            )));
        }
        Ok(Self { code, display })
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the name.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }
}

/// Who disclosed (Finnish: luovuttaja).
#[derive(Debug, Clone)]
pub struct Discloser {
    /// The register keeper whose data were disclosed (Finnish: luovuttanut rekisterinpitäjä).
    pub register_keeper: RegisterKeeper,
    /// The unit where the professional works.
    pub unit: ServiceUnit,
    /// The professional.
    pub professional: Professional,
    /// The title of the office or task (Finnish: virka- tai tehtävänimike).
    pub title: String,
    /// How the professional was authenticated (Finnish: tunnistautumistapa).
    pub authentication: NamedCode,
}

/// To whom the data were disclosed (Finnish: luovutuksen vastaanottaja).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recipient {
    /// An organisation with an OID.
    Organisation(Organisation),
    /// An organisation without one, such as an insurance company or an authority abroad: by its name.
    OtherOrganisation {
        /// The name.
        name: String,
    },
    /// The client, on a request for information (Finnish: tietopyyntö).
    Client,
}
