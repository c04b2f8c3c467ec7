//! Names of people.

use std::fmt;

use crate::InvalidValue;

/// The name of a person (Finnish: henkilön nimi). `Debug` never shows it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName {
    given: Vec<String>,
    call_name: Option<String>,
    family: String,
}

impl PersonName {
    /// Makes a name from all given names, in order, and the family name.
    ///
    /// # Errors
    /// `KANTA-ID-NAME` when a part is empty or there is no given name.
    pub fn new<T: Into<String>>(
        given: impl IntoIterator<Item = T>,
        family: impl Into<String>,
    ) -> Result<Self, InvalidValue> {
        let name = Self::as_read(
            given.into_iter().map(Into::into).collect(),
            None,
            family.into(),
        );
        if name.is_complete() {
            Ok(name)
        } else {
            Err(InvalidValue::new(
                "KANTA-ID-NAME",
                "a part of the name is empty",
                "give at least one given name and the family name",
            ))
        }
    }

    /// Keeps a name that was read, whatever it lacks.
    #[must_use]
    pub fn as_read(given: Vec<String>, call_name: Option<String>, family: String) -> Self {
        Self {
            given,
            call_name,
            family,
        }
    }

    /// Tells which given name the person is called by (Finnish: kutsumanimi).
    #[must_use]
    pub fn with_call_name(mut self, call_name: impl Into<String>) -> Self {
        self.call_name = Some(call_name.into());
        self
    }

    /// Returns whether there is a given name and a family name.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.family.trim().is_empty()
            && !self.given.is_empty()
            && self.given.iter().all(|given| !given.trim().is_empty())
    }

    /// Returns all given names.
    #[must_use]
    pub fn given(&self) -> &[String] {
        &self.given
    }

    /// Returns the given name that the person is called by.
    #[must_use]
    pub fn call_name(&self) -> Option<&str> {
        self.call_name.as_deref()
    }

    /// Returns the family name.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_need_both_parts() {
        assert!(PersonName::new(["Tuuli"], "Esimerkki").is_ok());
        assert!(PersonName::new(["Tuuli"], " ").is_err());
        assert!(PersonName::new(Vec::<String>::new(), "Esimerkki").is_err());
    }
}
