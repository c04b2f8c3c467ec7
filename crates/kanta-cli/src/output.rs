//! Output: results on standard output or in a file, as text or JSON.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use kanta_client::core::Report;
use serde::ser::{Serialize, SerializeMap, Serializer};
use tempfile::NamedTempFile;

use crate::error::{Exit, Failure, counted};

/// Where results go and in which form.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    json: bool,
    file: Option<PathBuf>,
}

impl Output {
    pub(crate) fn new(json: bool, file: Option<PathBuf>) -> Self {
        Self { json, file }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Writes a result as it is.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        match &self.file {
            Some(path) => write_private(path, bytes),
            None => {
                let mut out = io::stdout().lock();
                match out.write_all(bytes).and_then(|()| out.flush()) {
                    // Whoever read the output has seen enough.
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    other => other,
                }
            }
        }
        .map_err(|error| {
            let place = match &self.file {
                Some(path) => path.display().to_string(),
                None => "standard output".to_owned(),
            };
            Failure::unusable(format!(
                "{error}; the result was not written [KANTA-CLI-WRITE]"
            ))
            .about(place)
        })
    }

    /// Writes what was read or found out.
    pub(crate) fn shown(&self, shown: &Shown) -> Result<(), Failure> {
        let text = if self.json {
            json_line(shown)
        } else {
            shown.to_text()
        };
        self.bytes(text.as_bytes())
    }

    /// Writes one line for each, as text or JSON.
    pub(crate) fn lines(&self, lines: &[Shown]) -> Result<(), Failure> {
        let text: String = lines
            .iter()
            .map(|line| {
                if self.json {
                    json_line(line)
                } else {
                    line.to_text()
                }
            })
            .collect();
        self.bytes(text.as_bytes())
    }

    /// Writes the findings of a check as its result.
    pub(crate) fn findings(&self, report: &Report) -> Result<Exit, Failure> {
        let text = if self.json {
            json_line(report)
        } else if report.is_empty() {
            String::new()
        } else {
            format!("{report}\n")
        };
        self.bytes(text.as_bytes())?;
        if !self.json {
            let errors = report.errors().count();
            self.message(&format!(
                "{}, {} in all",
                counted(errors, "error"),
                counted(report.len(), "finding")
            ));
        }
        Ok(Exit::verdict(!report.has_errors()))
    }

    /// Tells on standard error about findings that did not stand in the way.
    pub(crate) fn warnings(&self, report: &Report) {
        if report.is_empty() {
            return;
        }
        if self.json {
            let findings = [("findings", report)]
                .into_iter()
                .collect::<std::collections::BTreeMap<_, _>>();
            self.message(json_line(&findings).trim_end());
        } else {
            self.message(&report.to_string());
        }
    }

    /// Tells something that is worth knowing beside the result: a line of text, or one of JSON.
    pub(crate) fn note(&self, text: &str) {
        if self.json {
            let note = Shown::Group(vec![("message", Shown::text(Some(text)))]);
            self.message(json_line(&note).trim_end());
        } else {
            self.message(text);
        }
    }

    /// Writes a message as it is; when nobody listens it is lost.
    pub(crate) fn message(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = match path.metadata() {
        Ok(metadata) if !metadata.is_file() => {
            return Err(io::Error::other("it exists and is not a regular file"));
        }
        // A link stays a link.
        Ok(_) => path.canonicalize()?,
        Err(_) => path.to_owned(),
    };
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // Temporary files are created for the owner only.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// Writes a value as one line of JSON.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).expect("texts, numbers and lists always serialise");
    json + "\n"
}

/// Something to show: the same for people (a tree) and for machines (JSON), always in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Nothing that is known.
    Nothing,
    Text(String),
    Number(u64),
    Flag(bool),
    List(Vec<Self>),
    Group(Vec<(&'static str, Self)>),
    /// A group that people see as one text.
    Brief(String, Vec<(&'static str, Self)>),
    /// Findings: all their parts in JSON, one line each in text.
    Findings(Report),
}

impl Shown {
    /// A text, or nothing.
    pub(crate) fn text(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text.to_string()))
    }

    /// A number, or nothing.
    pub(crate) fn number(number: Option<u64>) -> Self {
        number.map_or(Self::Nothing, Self::Number)
    }

    /// What `show` makes of a value, or nothing.
    pub(crate) fn maybe<T>(value: Option<T>, show: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Nothing, show)
    }

    /// A list of texts.
    pub(crate) fn texts(texts: impl IntoIterator<Item = impl ToString>) -> Self {
        Self::List(
            texts
                .into_iter()
                .map(|text| Self::Text(text.to_string()))
                .collect(),
        )
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, "", "");
        text
    }

    /// Writes lines: the first one begins with `first`, each later one with `rest`.
    fn write(&self, text: &mut String, first: &str, rest: &str) {
        match self {
            Self::Group(parts) => {
                let parts = parts.iter().filter(|(_, part)| !part.is_empty());
                for (index, (name, part)) in parts.enumerate() {
                    text.push_str(if index == 0 { first } else { rest });
                    let _ = write!(text, "{name}:");
                    part.write_value(text, rest);
                }
            }
            Self::List(_) | Self::Findings(_) => {
                for item in self.branches() {
                    item.write(text, &format!("{first}- "), &format!("{rest}  "));
                }
            }
            other => {
                text.push_str(first);
                other.write_line(text);
            }
        }
    }

    /// Writes a value after its name: on the same line, or as branches below it.
    fn write_value(&self, text: &mut String, rest: &str) {
        match self {
            Self::Group(_) | Self::List(_) | Self::Findings(_) => {
                text.push('\n');
                self.write_branches(text, rest);
            }
            other => {
                text.push(' ');
                other.write_line(text);
            }
        }
    }

    /// What hangs below.
    fn branches(&self) -> Vec<Self> {
        match self {
            Self::Group(parts) => {
                let parts = parts.iter().filter(|(_, part)| !part.is_empty());
                parts.map(|part| Self::Group(vec![part.clone()])).collect()
            }
            Self::List(items) => items.clone(),
            Self::Findings(report) => report.iter().map(|it| Self::text(Some(it))).collect(),
            _ => Vec::new(),
        }
    }

    fn write_branches(&self, text: &mut String, stem: &str) {
        let branches = self.branches();
        for (index, branch) in branches.iter().enumerate() {
            let (mark, below) = if index + 1 < branches.len() {
                ("├─ ", "│  ")
            } else {
                ("└─ ", "   ")
            };
            branch.write(text, &format!("{stem}{mark}"), &format!("{stem}{below}"));
        }
    }

    fn write_line(&self, text: &mut String) {
        match self {
            // A text of several lines stays on one.
            Self::Text(value) | Self::Brief(value, _) => {
                text.extend(value.chars().map(|c| if c.is_control() { ' ' } else { c }));
            }
            Self::Number(value) => {
                let _ = write!(text, "{value}");
            }
            Self::Flag(value) => text.push_str(if *value { "yes" } else { "no" }),
            _ => {}
        }
        text.push('\n');
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::List(items) => items.is_empty(),
            Self::Group(parts) => parts.iter().all(|(_, part)| part.is_empty()),
            Self::Findings(report) => report.is_empty(),
            _ => false,
        }
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(items) => serializer.collect_seq(items),
            Self::Group(parts) | Self::Brief(_, parts) => {
                let mut map = serializer.serialize_map(Some(parts.len()))?;
                for (name, part) in parts {
                    map.serialize_entry(name, part)?;
                }
                map.end()
            }
            Self::Findings(report) => report.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Shown {
        Shown::Group(vec![
            ("id", Shown::Text("2.999\n.1".into())),
            ("nothing", Shown::Nothing),
            ("valid", Shown::Flag(false)),
            (
                "items",
                Shown::List(vec![
                    Shown::Group(vec![
                        ("a", Shown::Number(1)),
                        ("b", Shown::Group(vec![("c", Shown::texts(["x", "y"]))])),
                        (
                            "d",
                            Shown::Brief("e f".into(), vec![("e", Shown::Number(2))]),
                        ),
                    ]),
                    Shown::Text("z".into()),
                ]),
            ),
            ("empty", Shown::List(Vec::new())),
        ])
    }

    #[test]
    fn people_see_a_tree() {
        assert_eq!(
            example().to_text(),
            "id: 2.999 .1\nvalid: no\nitems:\n├─ a: 1\n│  b:\n│  └─ c:\n│     ├─ x\n│     └─ y\n│  d: e f\n└─ z\n"
        );
    }

    #[test]
    fn machines_see_json_in_the_same_order() {
        assert_eq!(
            json_line(&example()),
            "{\"id\":\"2.999\\n.1\",\"nothing\":null,\"valid\":false,\"items\":[{\"a\":1,\"b\":{\"c\":[\"x\",\"y\"]},\"d\":{\"e\":2}},\"z\"],\"empty\":[]}\n"
        );
    }

    #[test]
    fn a_file_is_replaced_whole_and_is_its_owners() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert!(write_private(folder.path(), b"x").is_err());
        assert!(write_private(&folder.path().join("no/a"), b"x").is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
