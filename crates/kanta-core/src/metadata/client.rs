//! The client whom a document is about.

use std::fmt;

use crate::codes::Gender;
use crate::{ClientIdentifier, CodedValue, PersonName, Sex, TimeStamp};

/// The client whom a document is about (Finnish: asiakas). `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// The identifier.
    pub identifier: ClientIdentifier,
    /// The name.
    pub name: PersonName,
    /// The gender, when it is told.
    pub gender: Option<CodedValue>,
    /// The time of birth, usually a day.
    pub birth: Option<TimeStamp>,
}

impl Client {
    /// Makes a client; a personal identity code tells the day of birth and the gender too.
    #[must_use]
    pub fn new(identifier: ClientIdentifier, name: PersonName) -> Self {
        let (gender, birth) = match &identifier {
            ClientIdentifier::PersonalIdentityCode(code) => (
                Some(match code.sex() {
                    Sex::Male => Gender::MALE.into(),
                    Sex::Female => Gender::FEMALE.into(),
                }),
                Some(TimeStamp::day(code.birth_date())),
            ),
            _ => (None, None),
        };
        Self {
            identifier,
            name,
            gender,
            birth,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(…)")
    }
}
