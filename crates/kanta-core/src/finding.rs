//! Findings of a check: what is wrong, how bad it is, where, and by which source, in Finnish and English.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::PersonalIdentityCode;

/// How sure the project is of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Stated in a source that was read (`[S]`).
    Stated,
    /// Verified by running a program or a cryptographic check (`[V]`).
    Verified,
    /// Inferred (`[I]`): never more than a warning.
    Inferred,
    /// Our own rule: it protects the sender, no official document asks for it.
    Own,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing has to change.
    Information,
    /// Probably wrong; the document can still be sent.
    Warning,
    /// Wrong: the document is not sent before it is mended.
    Error,
}

/// A rule of the catalogue: a stable id with its severity and its source.
///
/// A rule that rests on an inference cannot be an error; the constructor refuses it when the program is compiled.
///
/// ```
/// use kanta_core::{Mark, Rule, Severity};
///
/// const RULE: Rule = Rule::new("EXAMPLE-1", Severity::Error, Mark::Stated, "an official text, 1.2");
/// let finding = RULE.finding("/ClinicalDocument/id", "tunnus puuttuu", "the id is missing");
/// assert_eq!(finding.rule(), "EXAMPLE-1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    id: &'static str,
    severity: Severity,
    mark: Mark,
    source: &'static str,
}

impl Rule {
    /// Makes a rule; `source` names the document, version and section that the rule stands on.
    ///
    /// # Panics
    /// When an inferred rule is given the severity [`Severity::Error`]; in a constant this stops the build.
    #[must_use]
    pub const fn new(
        id: &'static str,
        severity: Severity,
        mark: Mark,
        source: &'static str,
    ) -> Self {
        assert!(
            !(matches!(mark, Mark::Inferred) && matches!(severity, Severity::Error)),
            "a rule that rests on an inference is at most a warning"
        );
        Self {
            id,
            severity,
            mark,
            source,
        }
    }

    /// Returns the same rule where it compares with a value that is an inference: inferred, and at most a warning.
    ///
    /// ```
    /// use kanta_core::{Mark, Rule, Severity};
    ///
    /// const RULE: Rule = Rule::new("EXAMPLE-1", Severity::Error, Mark::Stated, "an official text, 1.2");
    /// assert_eq!(RULE.by_inference().severity(), Severity::Warning);
    /// assert_eq!(RULE.by_inference().mark(), Mark::Inferred);
    /// ```
    #[must_use]
    pub const fn by_inference(&self) -> Self {
        let severity = match self.severity {
            Severity::Error => Severity::Warning,
            weaker => weaker,
        };
        Self::new(self.id, severity, Mark::Inferred, self.source)
    }

    /// Returns the stable id of the rule.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns the severity of the rule's findings.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns how sure the project is of the rule.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        self.mark
    }

    /// Returns the document, version and section that the rule stands on.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// Makes a finding of this rule at a place (an XML path, a JSON pointer or a position).
    ///
    /// A place may be made of names in the input: what looks like an identity code is left out of it.
    /// The texts must hold neither an identity code, a name nor other content of a document.
    #[must_use]
    pub fn finding(
        &self,
        place: impl Into<String>,
        finnish: impl Into<String>,
        english: impl Into<String>,
    ) -> Finding {
        Finding {
            rule: Cow::Borrowed(self.id),
            severity: self.severity,
            place: without_codes(place.into()),
            source: Cow::Borrowed(self.source),
            mark: self.mark,
            finnish: finnish.into().into(),
            english: english.into().into(),
        }
    }
}

fn without_codes(place: String) -> Box<str> {
    match PersonalIdentityCode::hide_in(&place) {
        Cow::Owned(shown) => shown.into(),
        Cow::Borrowed(_) => place.into(),
    }
}

/// One thing that a check found (Finnish: havainto).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    rule: Cow<'static, str>,
    severity: Severity,
    // Boxed: a finding is often the error of a result, and small results are fast.
    place: Box<str>,
    source: Cow<'static, str>,
    mark: Mark,
    finnish: Box<str>,
    english: Box<str>,
}

impl Finding {
    /// Makes a finding that somebody else reported under a code of its own, such as an answer of the archive.
    #[must_use]
    pub fn reported(
        rule: impl Into<String>,
        severity: Severity,
        place: impl Into<String>,
        source: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        let text = text.into();
        Self {
            rule: Cow::Owned(rule.into()),
            severity,
            place: place.into().into(),
            source: Cow::Owned(source.into()),
            mark: Mark::Stated,
            finnish: text.clone().into(),
            english: text.into(),
        }
    }

    /// Returns the same finding at another place, such as that in the input which the checked thing was made of.
    ///
    /// What looks like an identity code is left out of it, as in [`Rule::finding`].
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = without_codes(place.into());
        self
    }

    /// Returns the stable rule id.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// Returns how bad the finding is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns where it is: an XML path, a JSON pointer or a position.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Returns the source of the rule.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns how sure the project is of the rule.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Returns the text in Finnish.
    #[must_use]
    pub fn finnish(&self) -> &str {
        &self.finnish
    }

    /// Returns the text in English.
    #[must_use]
    pub fn english(&self) -> &str {
        &self.english
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Information => "information",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{severity} {}", self.rule)?;
        if !self.place.is_empty() {
            write!(f, " at {}", self.place)?;
        }
        write!(f, ": {} ({})", self.english, self.source)
    }
}

/// All findings of one check, in the order in which they were met.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Report {
    findings: Vec<Finding>,
}

impl Report {
    /// Makes an empty report.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one finding.
    pub fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Returns whether a finding of error severity is among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// Returns whether nothing at all was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Returns how many findings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Iterates over all findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.findings.iter()
    }

    /// Iterates over the findings of error severity.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
    }

    /// Returns whether a finding of the rule with this id is among them.
    #[must_use]
    pub fn has(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }
}

impl Extend<Finding> for Report {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, findings: T) {
        self.findings.extend(findings);
    }
}

impl FromIterator<Finding> for Report {
    fn from_iter<T: IntoIterator<Item = Finding>>(findings: T) -> Self {
        Self {
            findings: findings.into_iter().collect(),
        }
    }
}

impl IntoIterator for Report {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.findings.into_iter()
    }
}

impl<'r> IntoIterator for &'r Report {
    type Item = &'r Finding;
    type IntoIter = std::slice::Iter<'r, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WARNING: Rule = Rule::new("T-1", Severity::Warning, Mark::Inferred, "a test");
    const ERROR: Rule = Rule::new("T-2", Severity::Error, Mark::Stated, "a test");

    #[test]
    fn only_error_severity_counts_as_an_error() {
        let mut report = Report::new();
        report.push(WARNING.finding("/a", "huono", "bad"));
        assert!(!report.has_errors());
        report.push(ERROR.finding("/b", "väärin", "wrong"));
        assert!(report.has_errors());
        assert!(report.has("T-1") && report.has("T-2") && !report.has("T-3"));
    }

    #[test]
    fn a_place_shows_no_identity_code() {
        let finding = ERROR.finding("/a/150312A903A", "väärin", "wrong");
        assert_eq!(finding.place(), "/a/…");
    }

    #[test]
    fn a_finding_prints_rule_place_text_and_source() {
        let finding = ERROR.finding("/b", "väärin", "wrong");
        assert_eq!(finding.to_string(), "error T-2 at /b: wrong (a test)");
    }

    #[test]
    #[should_panic(expected = "at most a warning")]
    fn an_inferred_rule_is_never_an_error() {
        let _ = Rule::new("T-3", Severity::Error, Mark::Inferred, "a test");
    }
}
