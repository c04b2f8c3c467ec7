//! The rules: the structure of FHIR R4, its invariants, and what is known of Kanta's profiles.
//!
//! All findings are told, each with its place in the manner of FHIRPath, such as `Bundle.entry[0].resource.agent[1].who`.
//! What only Kela's profiles say and the project could not read is not checked; an information says which keys of the spec
//! bundle would be needed.

mod bundle;
mod client;
mod data_sets;
mod invariants;
mod node;
mod notice;
mod parties;
mod profile;
mod provenance;
mod structure;

use std::cell::Cell;

use kanta_core::spec::{Spec, Status};
use kanta_core::{ClientIdentifier, Finding, Oid, Report, Rule};

use crate::rules;
use node::{Counted, Node};
use serde::de::DeserializeSeed;

/// Input that is not JSON of FHIR at all (`KANTA-FHIR-READ`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the input cannot be read at line {line}, column {column}: {problem}; give a resource of FHIR R4 in JSON, in UTF-8 \
     [KANTA-FHIR-READ]"
)]
pub struct ReadError {
    line: usize,
    column: usize,
    problem: String,
}

impl ReadError {
    /// Returns the line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }
}

impl From<serde_json::Error> for ReadError {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        // The place stands in the fields; what was read may be personal data.
        let problem = match error.classify() {
            serde_json::error::Category::Eof => "it ends too early".to_owned(),
            serde_json::error::Category::Data => {
                // Only what the structs expect is told, never the value that was found.
                let expected = text
                    .split_once("expected ")
                    .and_then(|(_, rest)| rest.split(" at line").next())
                    .or_else(|| {
                        text.starts_with("missing field `resourceType`")
                            .then_some("a `resourceType`")
                    })
                    .unwrap_or("another value");
                format!("{expected} is expected")
            }
            _ => "it is not JSON".to_owned(),
        };
        Self {
            line: error.line(),
            column: error.column(),
            problem,
        }
    }
}

/// Checks a resource: a bundle of notices, or one resource of it.
///
/// The signature is not verified here but by [`verify`](crate::verify).
///
/// # Errors
/// [`ReadError`] when the input is not a JSON object.
pub fn check(json: &[u8], spec: &Spec) -> Result<Report, ReadError> {
    check_notices(json, spec).map(|(report, _)| report)
}

/// What a transaction of notices is known by.
pub(crate) struct Subject {
    /// The identifier of its first notice.
    pub(crate) id: Oid,
    /// The person whom all of them are about.
    pub(crate) client: ClientIdentifier,
}

/// Checks a resource, and tells what it is known by when it is a transaction of notices.
pub(crate) fn check_notices(
    json: &[u8],
    spec: &Spec,
) -> Result<(Report, Option<Subject>), ReadError> {
    let root = read(json)?;
    if !matches!(root, Node::Object(_)) {
        return Err(ReadError {
            line: 1,
            column: 1,
            problem: "an object is expected".to_owned(),
        });
    }
    let mut checker = Checker {
        spec,
        report: Report::new(),
        unknown_keys: Vec::new(),
    };
    let place = root.resource_type().unwrap_or("resource").to_owned();
    checker.resource_structure(&root, &place);
    match root.resource_type() {
        Some("Bundle") => checker.bundle(&root),
        Some("AuditEvent") => checker.audit_event(&root, &place),
        Some("Provenance") => checker.provenance(&root, &place),
        _ => {}
    }
    Ok((checker.finish(), bundle::subject(&root)))
}

/// So many values, that is objects, lists, texts, numbers and truth values, a resource may have: several times what ten
/// thousand notices have. More of them is no transaction but an attack on the memory.
const MOST_VALUES: usize = 5_000_000;

fn read(json: &[u8]) -> Result<Node<'_>, ReadError> {
    let left = Cell::new(MOST_VALUES);
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let root = Counted { left: &left }
        .deserialize(&mut deserializer)
        .and_then(|root| deserializer.end().map(|()| root));
    root.map_err(|error| {
        let mut error = ReadError::from(error);
        if left.get() == 0 {
            error.problem = format!(
                "it has more than {MOST_VALUES} values, give the notices in several bundles"
            );
        }
        error
    })
}

/// A check on its way.
pub(crate) struct Checker<'s> {
    spec: &'s Spec,
    report: Report,
    /// Keys of the spec bundle that a rule would have needed.
    unknown_keys: Vec<&'static str>,
}

impl<'s> Checker<'s> {
    fn push(&mut self, rule: &Rule, place: impl Into<String>, finnish: &str, english: &str) {
        self.report.push(rule.finding(place, finnish, english));
    }

    /// Tells what a rule found by comparing with values of the bundle: where one of them is an inference, it only warns.
    fn push_by(
        &mut self,
        keys: &[&str],
        rule: &Rule,
        place: impl Into<String>,
        finnish: &str,
        english: &str,
    ) {
        let is_inferred = |key: &&str| self.spec.status(key) == Some(Status::Inferred);
        if keys.iter().any(is_inferred) {
            self.push(&rule.by_inference(), place, finnish, english);
        } else {
            self.push(rule, place, finnish, english);
        }
    }

    /// Returns a text of the bundle, or remembers that a rule could not be checked without it.
    fn binding(&mut self, key: &'static str) -> Option<&'s str> {
        let found = self.spec.text_for_reading(key);
        if found.is_none() && !self.unknown_keys.contains(&key) {
            self.unknown_keys.push(key);
        }
        found
    }

    fn finish(mut self) -> Report {
        if !self.unknown_keys.is_empty() {
            let keys = self.unknown_keys.join(", ");
            let finding: Finding = rules::NOT_CHECKED.finding(
                "",
                format!("osaa säännöistä ei voitu tarkistaa: määrityspaketista puuttuu {keys}"),
                format!("some rules could not be checked: the spec bundle lacks {keys}"),
            );
            self.report.push(finding);
        }
        self.report
    }
}
