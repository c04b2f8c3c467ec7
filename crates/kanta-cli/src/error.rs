//! What ends a command early, and exit codes.

use std::fmt::{self, Display, Write};
use std::process::ExitCode;

use kanta_client::cda::{BodyError, CheckError, ReadError, SigningError, WriteError};
use kanta_client::core::spec::SpecError;
use kanta_client::core::{InvalidValue, PersonalIdentityCode, Report, Retry};
use kanta_client::folder::FolderError;
use kanta_client::frame::{FrameError, ReadFrameError};
use kanta_client::mass::MassError;
use kanta_client::outbox::OutboxError;
use kanta_client::sign::{CertificateError, SignerError};
use serde::Serialize;

/// How a command ends. Scripts rely on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Fine; there may be warnings.
    Fine = 0,
    /// Error findings, or a negative verdict.
    Negative = 1,
    /// Bad usage, or input that cannot be read.
    Unusable = 2,
    /// The outcome is unknown: something may have arrived.
    Unknown = 3,
    /// Not reachable now.
    Unreachable = 4,
}

impl Exit {
    /// Fine when `good`, else negative.
    pub(crate) fn verdict(good: bool) -> Self {
        if good { Self::Fine } else { Self::Negative }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why there is no result: one or more problems, each with place and remedy, and findings when there are any.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    problems: Vec<String>,
    findings: Report,
}

impl Failure {
    /// Bad usage, or input that cannot be read.
    pub(crate) fn unusable(problem: impl Display) -> Self {
        Self::new(Exit::Unusable, problem)
    }

    /// Several problems of one input.
    pub(crate) fn all_unusable(problems: Vec<String>) -> Self {
        Self {
            exit: Exit::Unusable,
            problems,
            findings: Report::new(),
        }
    }

    /// Findings of error severity stand in the way.
    pub(crate) fn findings(problem: impl Display, findings: Report) -> Self {
        Self::new(Exit::Negative, problem).with(findings)
    }

    /// The same with what was found before.
    pub(crate) fn with(self, findings: Report) -> Self {
        Self { findings, ..self }
    }

    fn new(exit: Exit, problem: impl Display) -> Self {
        Self {
            exit,
            problems: vec![problem.to_string()],
            findings: Report::new(),
        }
    }

    /// Says which input the problems are about.
    pub(crate) fn about(mut self, input: impl Display) -> Self {
        let input = without_codes(input);
        for problem in &mut self.problems {
            *problem = format!("{input}: {problem}");
        }
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Writes what standard error shows: findings and problems by line, or all as one JSON object.
    pub(crate) fn to_text(&self, json: bool) -> String {
        if json {
            let problems = self.problems.iter().map(|problem| Problem {
                code: code_of(problem),
                message: problem,
            });
            let body = Body {
                errors: problems.collect(),
                findings: &self.findings,
            };
            return crate::output::json_line(&body);
        }
        let mut text = String::new();
        for finding in &self.findings {
            let _ = writeln!(text, "{finding}");
        }
        for problem in &self.problems {
            let _ = writeln!(text, "error: {problem}");
        }
        text
    }
}

#[derive(Serialize)]
struct Body<'f> {
    errors: Vec<Problem<'f>>,
    findings: &'f Report,
}

#[derive(Serialize)]
struct Problem<'f> {
    code: Option<&'f str>,
    message: &'f str,
}

/// Finds the stable code of an error in its text, where the library writes it in brackets.
fn code_of(text: &str) -> Option<&str> {
    let start = text.rfind("[KANTA-")? + 1;
    let length = text[start..].find(']')?;
    Some(&text[start..start + length])
}

/// Something that can say what it is about, for errors that do not.
pub(crate) trait About<T> {
    /// Turns an error into a failure that begins with the name of the input.
    fn about(self, input: impl Display) -> Result<T, Failure>;
}

impl<T, E: Into<Failure>> About<T> for Result<T, E> {
    fn about(self, input: impl Display) -> Result<T, Failure> {
        self.map_err(|error| error.into().about(input))
    }
}

macro_rules! unusable {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::unusable(error)
            }
        }
    )*};
}

unusable!(
    BodyError,
    CertificateError,
    FrameError,
    InvalidValue,
    ReadError,
    ReadFrameError,
    SpecError,
    WriteError,
    kanta_client::transport::TlsError,
    kanta_client::cda::structure::StructureError,
    kanta_client::fhir::BindingsError,
    kanta_client::fhir::ReadError,
);

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        // It names the path that the user gave.
        Self::unusable(without_codes(error))
    }
}

impl From<kanta_client::xml::Error> for Failure {
    fn from(error: kanta_client::xml::Error) -> Self {
        Self::unusable(format!("{error} [KANTA-CLI-XML]"))
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Findings(report) => {
                let count = report.errors().count();
                let problem = format!(
                    "{} to mend; until then there is no document",
                    counted(count, "error")
                );
                Self::findings(problem, report)
            }
            other => Self::unusable(other),
        }
    }
}

impl From<SignerError> for Failure {
    fn from(error: SignerError) -> Self {
        match error.retry() {
            Retry::Never => Self::unusable(error),
            _ => Self::new(Exit::Unreachable, error),
        }
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Signer(error) => error.into(),
            SigningError::DoesNotVerify(_) => Self::new(Exit::Negative, error),
            other => Self::unusable(other),
        }
    }
}

impl From<OutboxError> for Failure {
    fn from(error: OutboxError) -> Self {
        match error {
            OutboxError::Busy | OutboxError::Full | OutboxError::Locks | OutboxError::Store(_) => {
                Self::new(Exit::Unreachable, error)
            }
            other => Self::unusable(other),
        }
    }
}

impl From<MassError> for Failure {
    fn from(error: MassError) -> Self {
        match error {
            MassError::Outbox(error) => error.into(),
            MassError::Signing(error) => error.into(),
            other => Self::unusable(other),
        }
    }
}

/// Writes what may hold a path, which may hold an identity code.
pub(crate) fn without_codes(text: impl Display) -> String {
    PersonalIdentityCode::hide_in(&text.to_string()).into_owned()
}

/// Writes a number with its noun.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_text(false).trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_where_the_library_writes_them() {
        for (text, code) in [
            ("bad [KANTA-X-1]", Some("KANTA-X-1")),
            ("bad [KANTA-X-1]; mend it", Some("KANTA-X-1")),
            ("outer: inner [KANTA-A] [KANTA-B]", Some("KANTA-B")),
            ("bad [KANTA-X", None),
            ("bad", None),
        ] {
            assert_eq!(code_of(text), code, "{text}");
        }
    }

    #[test]
    fn a_signer_that_is_away_is_not_bad_input() {
        for (error, exit) in [
            (SignerError::TokenAbsent, Exit::Unreachable),
            (
                SignerError::Unavailable("busy".to_owned()),
                Exit::Unreachable,
            ),
            (SignerError::Pair, Exit::Unusable),
            (SignerError::PinLocked, Exit::Unusable),
        ] {
            assert_eq!(
                Failure::from(SigningError::Signer(error.clone())).exit(),
                exit,
                "{error}"
            );
        }
    }

    #[test]
    fn problems_are_told_with_their_input_in_both_forms() {
        let failure = Failure::unusable("bad; mend it [KANTA-X]").about("a.xml");
        assert_eq!(
            failure.to_text(false),
            "error: a.xml: bad; mend it [KANTA-X]\n"
        );
        assert_eq!(
            failure.to_text(true),
            "{\"errors\":[{\"code\":\"KANTA-X\",\"message\":\"a.xml: bad; mend it [KANTA-X]\"}],\"findings\":[]}\n"
        );
    }
}
