//! Reading lists from CSV.

use crate::{Date, InvalidValue};

/// A list that cannot be read: which line, and why (`KANTA-REGISTRY-IMPORT`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem} [KANTA-REGISTRY-IMPORT]")]
pub struct ImportError {
    line: u64,
    problem: String,
}

impl ImportError {
    pub(super) fn new(line: u64, problem: impl Into<String>) -> Self {
        Self {
            line,
            problem: problem.into(),
        }
    }

    pub(super) fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().map_or(0, |span| span.start);
        Self::new(line_at(text, before), error.message())
    }

    /// Returns the line that is wrong, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}

/// The line, from 1, of the byte at an offset.
pub(super) fn line_at(text: &str, offset: usize) -> u64 {
    let before = text.bytes().take(offset);
    before.filter(|byte| *byte == b'\n').count() as u64 + 1
}

/// The headings of a CSV list of codes; what the file does not have is `None`.
///
/// The default names are this library's own. Name the headings of the export at hand:
///
/// ```
/// use kanta_core::registry::CodeColumns;
///
/// let columns = CodeColumns {
///     code: "Tunnus".into(),
///     finnish: "Nimi".into(),
///     swedish: None,
///     valid_from: None,
///     valid_to: None,
///     delimiter: b'\t',
/// };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeColumns {
    /// The code.
    pub code: String,
    /// The Finnish name.
    pub finnish: String,
    /// The Swedish name.
    pub swedish: Option<String>,
    /// The first day of use.
    pub valid_from: Option<String>,
    /// The last day of use.
    pub valid_to: Option<String>,
    /// What parts the fields.
    pub delimiter: u8,
}

impl Default for CodeColumns {
    fn default() -> Self {
        Self {
            code: "code".into(),
            finnish: "name_fi".into(),
            swedish: Some("name_sv".into()),
            valid_from: Some("valid_from".into()),
            valid_to: Some("valid_to".into()),
            delimiter: b';',
        }
    }
}

/// The headings of a CSV export of the organisation register; what the file does not have is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationColumns {
    /// The OID of the unit.
    pub oid: String,
    /// The name.
    pub name: String,
    /// The OID of the unit or organisation above.
    pub parent: Option<String>,
    /// The first day of use.
    pub valid_from: Option<String>,
    /// The last day of use.
    pub valid_to: Option<String>,
    /// What parts the fields.
    pub delimiter: u8,
}

impl Default for OrganisationColumns {
    fn default() -> Self {
        Self {
            oid: "oid".into(),
            name: "name".into(),
            parent: Some("parent".into()),
            valid_from: Some("valid_from".into()),
            valid_to: Some("valid_to".into()),
            delimiter: b';',
        }
    }
}

/// A CSV text with its headings, read row by row.
pub(super) struct Table<'b> {
    reader: csv::Reader<&'b [u8]>,
    headings: csv::StringRecord,
}

/// One row: its line and its fields by heading.
pub(super) struct Row<'t> {
    pub(super) line: u64,
    headings: &'t csv::StringRecord,
    fields: csv::StringRecord,
}

impl<'b> Table<'b> {
    pub(super) fn read(bytes: &'b [u8], delimiter: u8) -> Result<Self, ImportError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(bytes);
        let headings = reader.headers().map_err(|error| wrong(&error))?.clone();
        Ok(Self { reader, headings })
    }

    /// Checks that the file has a column with this heading.
    pub(super) fn demand(&self, heading: &str) -> Result<(), ImportError> {
        if self.headings.iter().any(|found| found.trim() == heading) {
            Ok(())
        } else {
            Err(ImportError::new(
                1,
                format!("there is no column `{heading}`; name the headings of the file"),
            ))
        }
    }

    /// Calls `take` with every row that is not empty.
    pub(super) fn each(
        mut self,
        mut take: impl FnMut(&Row<'_>) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        for fields in self.reader.records() {
            let fields = fields.map_err(|error| wrong(&error))?;
            let row = Row {
                line: fields.position().map_or(0, csv::Position::line),
                headings: &self.headings,
                fields,
            };
            take(&row)?;
        }
        Ok(())
    }
}

impl Row<'_> {
    /// Returns the field under a heading; `None` when it is empty or there is no such column.
    pub(super) fn field(&self, heading: &str) -> Option<&str> {
        let index = self
            .headings
            .iter()
            .position(|found| found.trim() == heading)?;
        let field = self.fields.get(index)?.trim();
        (!field.is_empty()).then_some(field)
    }

    pub(super) fn demand(&self, heading: &str) -> Result<&str, ImportError> {
        self.field(heading)
            .ok_or_else(|| ImportError::new(self.line, format!("`{heading}` is empty")))
    }

    pub(super) fn day(&self, heading: Option<&String>) -> Result<Option<Date>, ImportError> {
        heading
            .and_then(|heading| self.field(heading))
            .map(|text| day(text).map_err(|error| self.wrong(&error)))
            .transpose()
    }

    pub(super) fn wrong(&self, error: &InvalidValue) -> ImportError {
        ImportError::new(self.line, error.to_string())
    }
}

/// Reads `yyyy-MM-dd` or `d.M.yyyy`.
pub(super) fn day(text: &str) -> Result<Date, InvalidValue> {
    let finnish = || {
        let mut parts = text.split('.');
        let day = parts.next()?.parse().ok()?;
        let month = parts.next()?.parse().ok()?;
        let year = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some((year, month, day))
    };
    match finnish() {
        Some((year, month, day)) => Date::new(year, month, day),
        None => Date::parse(text),
    }
}

fn wrong(error: &csv::Error) -> ImportError {
    let line = error.position().map_or(1, csv::Position::line);
    let problem = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "the text is not UTF-8; save the file as UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("the row has {len} fields, the headings {expected_len}"),
        _ => "not a CSV row".to_owned(),
    };
    ImportError::new(line, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_both_forms() {
        for (text, expected) in [
            ("2026-09-01", Some("2026-09-01")),
            ("1.9.2026", Some("2026-09-01")),
            ("01.09.2026", Some("2026-09-01")),
            ("31.2.2026", None),
            ("9/1/2026", None),
            ("1.9.2026.1", None),
        ] {
            let found = day(text).ok().map(|day| day.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
