//! Input: a path, or `-` for standard input, within limits.

use std::cell::Cell;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::Failure;

/// What settings, keys and certificates take at most, many times over.
const MAX_SETTINGS_BYTES: usize = 4 << 20;

/// Where an input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// A file.
    Path(PathBuf),
    /// Standard input, written `-`.
    Standard,
}

impl From<OsString> for Input {
    fn from(text: OsString) -> Self {
        if text == "-" {
            Self::Standard
        } else {
            Self::Path(text.into())
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Standard => f.write_str("standard input"),
        }
    }
}

/// Reads a number of the command line.
pub(crate) fn whole_number<N: FromStr>(word: &str) -> Result<N, String> {
    word.parse()
        .map_err(|_| "a whole number is needed, such as 100".to_owned())
}

/// Reads inputs; standard input can be taken once.
#[derive(Debug)]
pub(crate) struct Inputs {
    max_bytes: usize,
    standard_is_taken: Cell<bool>,
}

impl Inputs {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            standard_is_taken: Cell::new(false),
        }
    }

    /// Reads a document, a schema or content.
    pub(crate) fn bytes(&self, input: &Input) -> Result<Vec<u8>, Failure> {
        self.read(input, self.max_bytes)
    }

    /// Reads settings, a key or a certificate.
    pub(crate) fn settings(&self, input: &Input) -> Result<Vec<u8>, Failure> {
        self.read(input, self.max_bytes.min(MAX_SETTINGS_BYTES))
    }

    fn read(&self, input: &Input, max_bytes: usize) -> Result<Vec<u8>, Failure> {
        let failed = |error: io::Error| {
            Failure::unusable(format!("{error}; check the path [KANTA-CLI-READ]")).about(input)
        };
        match input {
            Input::Path(path) => {
                let file = File::open(path).map_err(failed)?;
                let expected = file.metadata().map_or(0, |metadata| metadata.len());
                limited(file, expected, max_bytes)
            }
            Input::Standard if self.standard_is_taken.replace(true) => {
                return Err(Failure::unusable(
                    "`-` stands for standard input, which can be read once only: give the other input as a path \
                     [KANTA-CLI-STDIN]",
                ));
            }
            Input::Standard => limited(io::stdin().lock(), 0, max_bytes),
        }
        .map_err(failed)?
        .ok_or_else(|| {
            Failure::unusable(format!(
                "the input has more than {max_bytes} bytes; raise --max-bytes if such input is expected [KANTA-CLI-SIZE]"
            ))
            .about(input)
        })
    }
}

/// Reads everything, or nothing when there is too much of it.
fn limited(source: impl Read, expected: u64, max_bytes: usize) -> io::Result<Option<Vec<u8>>> {
    let expected = usize::try_from(expected).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(expected.min(max_bytes).saturating_add(1));
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX);
    source
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() <= max_bytes).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_stops_at_the_limit() {
        for (length, limit, whole) in [
            (0, 0, true),
            (3, 3, true),
            (4, 3, false),
            (4, usize::MAX - 1, true),
        ] {
            let bytes = vec![7; length];
            let found = limited(bytes.as_slice(), length as u64, limit).unwrap();
            assert_eq!(found.is_some(), whole, "{length} of {limit}");
        }
    }

    #[test]
    fn a_hyphen_is_standard_input_and_nothing_else_is() {
        assert_eq!(Input::from(OsString::from("-")), Input::Standard);
        assert_eq!(Input::from(OsString::from("./-")).to_string(), "./-");
    }
}
