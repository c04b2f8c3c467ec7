//! The code systems of one process, and the check of a code against them.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;

use super::code_system::{CodeEntry, CodeSystem};
use super::import::{CodeColumns, ImportError, Table, day, line_at};
use crate::{CodedValue, Date, Finding, Mark, Oid, Rule, Severity};

const EMBEDDED: &str = include_str!("../../data/code-systems.toml");

const SOURCE: &str = "official classifications are used (Kela slides 2024, county letter)";
pub(super) const UNKNOWN: Rule =
    Rule::new("KANTA-CODE-UNKNOWN", Severity::Error, Mark::Own, SOURCE);
const PERHAPS_UNKNOWN: Rule = Rule::new("KANTA-CODE-UNKNOWN", Severity::Warning, Mark::Own, SOURCE);
pub(super) const NAME: Rule = Rule::new("KANTA-CODE-NAME", Severity::Warning, Mark::Own, SOURCE);
pub(super) const OUT_OF_USE: Rule = Rule::new(
    "KANTA-CODE-OUT-OF-USE",
    Severity::Warning,
    Mark::Own,
    SOURCE,
);

/// What is said of a code that no loaded list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CodeChecking {
    /// Nothing: codes are not checked.
    Off,
    /// A warning.
    #[default]
    WarnUnknown,
    /// An error: for systems whose whole list was loaded.
    DenyUnknown,
}

/// The code systems that a process knows, by their OIDs without version (Finnish: koodistot).
///
/// A code of a message names a system with its version as the last arc; systems are compared without it, and the version is
/// kept as it came (thl.fi, `[S]`). Which arcs are the system's own cannot be seen from an OID, so it is decided by
/// the systems loaded.
///
/// ```
/// use kanta_core::registry::{CodeChecking, CodeRegistry};
/// use kanta_core::{CodedValue, Oid};
///
/// let mut registry = CodeRegistry::seen();
/// let task = CodedValue::new("77", Oid::parse("1.2.246.537.6.1221.201601")?);
/// assert_eq!(registry.check(&task, "/palvelutehtava", None).unwrap().rule(), "KANTA-CODE-UNKNOWN");
///
/// registry.load_toml(
///     r#"
///     [[code_system]]
///     oid = "1.2.246.537.6.1221"
///     name = "Sosiaalihuolto - Palvelutehtävä"
///     complete = true
///     codes = { 77 = "Esimerkkitehtävä" }
///     "#,
/// )?;
/// registry.set_checking(CodeChecking::DenyUnknown);
/// assert!(registry.check(&task, "/palvelutehtava", None).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CodeRegistry {
    systems: BTreeMap<String, CodeSystem>,
    checking: CodeChecking,
    checking_of: HashMap<Oid, CodeChecking>,
}

impl CodeRegistry {
    /// Makes a registry without systems.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a registry of the codes seen in THL's structures and in real messages: no list in it is complete.
    #[must_use]
    pub fn seen() -> Self {
        static SEEN: OnceLock<CodeRegistry> = OnceLock::new();
        SEEN.get_or_init(|| {
            let mut registry = Self::new();
            registry
                .load_toml(EMBEDDED)
                .expect("the embedded file is a constant and a test reads it");
            registry
        })
        .clone()
    }

    /// Sets what is said of unknown codes, by default a warning.
    pub fn set_checking(&mut self, checking: CodeChecking) {
        self.checking = checking;
    }

    /// Sets what is said of unknown codes of one system, given without version.
    pub fn set_checking_of(&mut self, system: Oid, checking: CodeChecking) {
        self.checking_of.insert(system, checking);
    }

    /// Adds a code system; it replaces an earlier list of the same system.
    pub fn insert(&mut self, system: CodeSystem) {
        self.systems.insert(system.oid.as_str().to_owned(), system);
    }

    /// Adds the code systems of a TOML text; each replaces an earlier list of the same system.
    ///
    /// # Errors
    /// `KANTA-REGISTRY-IMPORT` with the line; then nothing was added.
    pub fn load_toml(&mut self, text: &str) -> Result<(), ImportError> {
        let file: File =
            toml::from_str(text).map_err(|error| ImportError::of_toml(text, &error))?;
        let systems: Vec<CodeSystem> = file
            .code_system
            .into_iter()
            .map(|system| system.read(text))
            .collect::<Result<_, _>>()?;
        for system in systems {
            self.insert(system);
        }
        Ok(())
    }

    /// Adds one code system whose codes are the rows of a CSV text.
    ///
    /// # Errors
    /// `KANTA-REGISTRY-IMPORT` with the line: a column is missing, a code is empty or stands twice, a day is none. Then
    /// nothing was added.
    pub fn load_csv(
        &mut self,
        mut system: CodeSystem,
        bytes: &[u8],
        columns: &CodeColumns,
    ) -> Result<(), ImportError> {
        let table = Table::read(bytes, columns.delimiter)?;
        table.demand(&columns.code)?;
        table.demand(&columns.finnish)?;
        table.each(|row| {
            let code = row.demand(&columns.code)?.to_owned();
            let entry = CodeEntry {
                finnish: row.demand(&columns.finnish)?.to_owned(),
                swedish: columns
                    .swedish
                    .as_ref()
                    .and_then(|heading| row.field(heading))
                    .map(str::to_owned),
                valid_from: row.day(columns.valid_from.as_ref())?,
                valid_to: row.day(columns.valid_to.as_ref())?,
            };
            match system.codes.insert(code, entry) {
                None => Ok(()),
                Some(_) => Err(ImportError::new(row.line, "the code stands twice")),
            }
        })?;
        self.insert(system);
        Ok(())
    }

    /// Returns the code system of an OID with or without version, and the version.
    ///
    /// ```
    /// use kanta_core::Oid;
    /// use kanta_core::registry::CodeRegistry;
    ///
    /// let registry = CodeRegistry::seen();
    /// let (system, version) = registry.system(&Oid::parse("1.2.246.537.6.1221.201601")?).unwrap();
    /// assert_eq!((system.oid().as_str(), version), ("1.2.246.537.6.1221", Some("201601".to_owned())));
    /// # Ok::<(), kanta_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn system(&self, oid: &Oid) -> Option<(&CodeSystem, Option<String>)> {
        if let Some(system) = self.systems.get(oid.as_str()) {
            return Some((system, None));
        }
        let (base, version) = oid.as_str().rsplit_once('.')?;
        Some((self.systems.get(base)?, Some(version.to_owned())))
    }

    /// Returns what the lists say of a code.
    #[must_use]
    pub fn find(&self, value: &CodedValue) -> Option<&CodeEntry> {
        self.system(value.system())?.0.get(value.code())
    }

    /// Checks a code: is it known, is its name the official one, is it in use on the day.
    ///
    /// Names are compared without regard to capitals: messages write both `Nainen` and `nainen` (test messages, `[S]`).
    #[must_use]
    pub fn check(&self, value: &CodedValue, place: &str, day: Option<Date>) -> Option<Finding> {
        let system = self.system(value.system()).map(|(system, _)| system);
        let base = system.map_or(value.system(), CodeSystem::oid);
        let checking = *self.checking_of.get(base).unwrap_or(&self.checking);
        let unknown = match checking {
            CodeChecking::Off => return None,
            CodeChecking::WarnUnknown => PERHAPS_UNKNOWN,
            CodeChecking::DenyUnknown => UNKNOWN,
        };
        let Some(system) = system else {
            return Some(unknown.finding(
                place,
                "koodistoa ei ole ladattu; lataa se koodistopalvelusta",
                "no list of this code system is loaded; load it from the code server",
            ));
        };
        let Some(entry) = system.get(value.code()) else {
            let (finnish, english) = if system.complete {
                (
                    "koodia ei ole koodistossa",
                    "the code system does not have the code",
                )
            } else {
                (
                    "koodia ei ole ladatussa luettelossa, joka on vajaa; lataa koko koodisto koodistopalvelusta",
                    "the loaded list does not have the code, but it is not complete; load the whole list from the code server",
                )
            };
            return Some(unknown.finding(place, finnish, english));
        };
        if day.is_some_and(|day| !entry.is_in_use(day)) {
            return Some(OUT_OF_USE.finding(
                place,
                "koodi ei ole käytössä tuona päivänä",
                "the code is not in use on that day",
            ));
        }
        let same = |display: &str| {
            let display = display.to_lowercase();
            display == entry.finnish.to_lowercase()
                || entry
                    .swedish
                    .as_ref()
                    .is_some_and(|name| display == name.to_lowercase())
        };
        if value.display().is_some_and(|display| !same(display)) {
            return Some(NAME.finding(
                place,
                "koodin nimi ei ole koodiston mukainen",
                "the name of the code is not the one in the code system",
            ));
        }
        None
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code_system: Vec<FileSystem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSystem {
    oid: toml::Spanned<String>,
    name: String,
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    complete: bool,
    #[serde(default)]
    codes: BTreeMap<String, FileEntry>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FileEntry {
    Name(String),
    Entry(FullEntry),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullEntry {
    fi: String,
    sv: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
}

impl FileSystem {
    fn read(self, text: &str) -> Result<CodeSystem, ImportError> {
        let line = line_at(text, self.oid.span().start);
        let wrong = |problem: String| ImportError::new(line, problem);
        let oid = Oid::parse(self.oid.get_ref()).map_err(|error| wrong(error.to_string()))?;
        let read_day = |code: &str, text: Option<String>| {
            text.map(|text| day(&text).map_err(|error| wrong(format!("code `{code}`: {error}"))))
                .transpose()
        };
        let mut system = CodeSystem::new(oid, self.name);
        system.versions = self.versions;
        system.complete = self.complete;
        for (code, entry) in self.codes {
            let entry = match entry {
                FileEntry::Name(finnish) => CodeEntry {
                    finnish,
                    ..CodeEntry::default()
                },
                FileEntry::Entry(entry) => CodeEntry {
                    finnish: entry.fi,
                    swedish: entry.sv,
                    valid_from: read_day(&code, entry.valid_from)?,
                    valid_to: read_day(&code, entry.valid_to)?,
                },
            };
            system.codes.insert(code, entry);
        }
        Ok(system)
    }
}

#[cfg(test)]
mod tests;
