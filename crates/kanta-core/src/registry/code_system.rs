//! One code system and its codes.

use std::collections::BTreeMap;

use crate::{Date, Oid};

/// A national code system as far as it is known (Finnish: koodisto, luokitus).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSystem {
    pub(super) oid: Oid,
    pub(super) name: String,
    pub(super) versions: Vec<String>,
    pub(super) complete: bool,
    pub(super) codes: BTreeMap<String, CodeEntry>,
}

/// One code of a code system (Finnish: koodi).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeEntry {
    pub(super) finnish: String,
    pub(super) swedish: Option<String>,
    pub(super) valid_from: Option<Date>,
    pub(super) valid_to: Option<Date>,
}

impl CodeSystem {
    /// Makes a code system without codes; `oid` is the one without version.
    #[must_use]
    pub fn new(oid: Oid, name: impl Into<String>) -> Self {
        Self {
            oid,
            name: name.into(),
            versions: Vec::new(),
            complete: false,
            codes: BTreeMap::new(),
        }
    }

    /// Says that the list has every code of the system.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.complete = true;
        self
    }

    /// Returns the identifier without version.
    #[must_use]
    pub fn oid(&self) -> &Oid {
        &self.oid
    }

    /// Returns the official name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the versions met so far: the last arc of the system's OID in messages, a year or a year and month.
    #[must_use]
    pub fn versions(&self) -> &[String] {
        &self.versions
    }

    /// Returns whether the list has every code of the system; the lists of values seen never have.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Returns the code, when the list has it.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&CodeEntry> {
        self.codes.get(code)
    }

    /// Iterates over the codes.
    pub fn codes(&self) -> impl Iterator<Item = (&str, &CodeEntry)> {
        self.codes
            .iter()
            .map(|(code, entry)| (code.as_str(), entry))
    }
}

impl CodeEntry {
    /// Returns the name in Finnish.
    #[must_use]
    pub fn finnish(&self) -> &str {
        &self.finnish
    }

    /// Returns the name in Swedish, when the list has one.
    #[must_use]
    pub fn swedish(&self) -> Option<&str> {
        self.swedish.as_deref()
    }

    /// Returns whether the code is in use on a day, both ends included.
    #[must_use]
    pub fn is_in_use(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}
