//! Reading TOML so that every mistake is told at once: key, line, what is wrong, what to do. No value is ever repeated,
//! since it may be personal data.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::Range;

use kanta_client::core::{CodedValue, Instant, InvalidValue, Oid, PersonalIdentityCode};
use toml::de::{DeTable, DeValue};

use crate::error::Failure;

/// How alike two keys are before one is proposed for the other.
const ALIKE: f64 = 0.8;

/// One text while it is read.
struct Text<'t> {
    source: &'t str,
    /// The command whose help shows every key.
    help: &'static str,
    /// Problems with the offset to sort them by.
    problems: RefCell<Vec<(usize, String)>>,
    /// The path of every key that was asked for.
    asked: RefCell<Vec<String>>,
}

/// A table, or the whole text, whose keys are asked for one after the other.
///
/// A key that is missing or wrong comes back as `None`, and the problem is kept; keys that nobody asked for are problems
/// too.
pub(crate) struct Table<'t> {
    text: &'t Text<'t>,
    path: String,
    start: usize,
    entries: &'t DeTable<'t>,
    known: RefCell<Vec<&'t str>>,
}

/// Reads a text with `read`, which gives `None` when something that it needs is missing or wrong.
pub(crate) fn read<T>(
    bytes: &[u8],
    help: &'static str,
    read: impl FnOnce(&Table<'_>) -> Option<T>,
) -> Result<T, Failure> {
    read_and_list(bytes, help, read).0
}

/// So many mistakes of form are told; whoever made them will mend the first ones first.
const MOST_ERRORS: usize = 20;

/// The same, with the paths of all keys that were asked for.
fn read_and_list<T>(
    bytes: &[u8],
    help: &'static str,
    read: impl FnOnce(&Table<'_>) -> Option<T>,
) -> (Result<T, Failure>, Vec<String>) {
    let Ok(source) = std::str::from_utf8(bytes) else {
        let problem = "the text is not UTF-8; save it in UTF-8 [KANTA-CLI-TOML]";
        return (Err(Failure::unusable(problem)), Vec::new());
    };
    let text = Text {
        source,
        help,
        problems: RefCell::default(),
        asked: RefCell::default(),
    };
    if let Some(form) = other_form(source) {
        let problem = format!(
            "this is {form}, and TOML is read here: check which file is given where; `{help}` shows the TOML [KANTA-CLI-TOML]"
        );
        return (Err(Failure::unusable(problem)), Vec::new());
    }
    let (parsed, errors) = DeTable::parse_recoverable(source);
    // One mistake can make the parser complain at every byte that follows.
    for error in errors.into_iter().take(MOST_ERRORS) {
        // The error's own display would show the line with its values.
        let start = error.span().map_or(0, |span| span.start);
        text.add(
            start,
            None,
            &format!("{}; see TOML 1.0 for the form", error.message()),
        );
    }
    if !text.problems.borrow().is_empty() {
        return (Err(text.failure()), Vec::new());
    }
    let root = Table::new(&text, String::new(), 0, parsed.get_ref());
    let value = read(&root);
    root.refuse_unknown();
    let failed = value.is_none() || !text.problems.borrow().is_empty();
    let result = match value {
        Some(value) if !failed => Ok(value),
        _ => Err(text.failure()),
    };
    (result, text.asked.take())
}

/// Recognises the other texts of the road by how they begin; none of them can begin TOML.
fn other_form(source: &str) -> Option<&'static str> {
    let text = source.trim_start_matches('\u{feff}').trim_start();
    match text.as_bytes().first()? {
        b'{' => Some("JSON"),
        b'<' => Some("XML"),
        _ if text.starts_with("-----BEGIN ") => Some("PEM"),
        _ => None,
    }
}

impl Text<'_> {
    fn add(&self, offset: usize, key: Option<&str>, problem: &str) {
        let line = self.source.as_bytes()[..offset.min(self.source.len())]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        // A key that nobody knows may be an identity code.
        let key = key.map(|key| format!(", `{}`", PersonalIdentityCode::hide_in(key)));
        let key = key.unwrap_or_default();
        let problem = PersonalIdentityCode::hide_in(problem);
        let code = if problem.contains("[KANTA-") {
            ""
        } else {
            " [KANTA-CLI-TOML]"
        };
        self.problems
            .borrow_mut()
            .push((offset, format!("line {line}{key}: {problem}{code}")));
    }

    fn failure(&self) -> Failure {
        let mut problems = self.problems.take();
        problems.sort_by_key(|(offset, _)| *offset);
        Failure::all_unusable(problems.into_iter().map(|(_, problem)| problem).collect())
    }
}

impl<'t> Table<'t> {
    fn new(text: &'t Text<'t>, path: String, start: usize, entries: &'t DeTable<'t>) -> Self {
        Self {
            text,
            path,
            start,
            entries,
            known: RefCell::default(),
        }
    }

    /// Takes a value as it stands.
    fn value(&self, key: &'t str) -> Option<(&'t DeValue<'t>, Range<usize>)> {
        self.known.borrow_mut().push(key);
        self.text.asked.borrow_mut().push(self.path_of(key));
        let value = self.entries.get(key)?;
        Some((value.get_ref(), value.span()))
    }

    /// Notes what is wrong with the value of a key.
    pub(crate) fn wrong(&self, key: &str, problem: impl Display) {
        let start = self
            .entries
            .get(key)
            .map_or(self.start, |value| value.span().start);
        self.text
            .add(start, Some(&self.path_of(key)), &problem.to_string());
    }

    /// Notes every one of these keys that is missing.
    pub(crate) fn need(&self, keys: &[&str]) {
        for key in keys {
            if !self.entries.contains_key(*key) {
                self.wrong(key, format!("the key is missing; see `{}`", self.text.help));
            }
        }
    }

    /// Takes a text.
    pub(crate) fn text(&self, key: &'t str) -> Option<&'t str> {
        let (value, _) = self.value(key)?;
        let text = value.as_str();
        if text.is_none() {
            self.wrong_kind(key, value, "a text in quotes");
        }
        text
    }

    /// Takes a text that a checked constructor reads.
    pub(crate) fn parsed<T>(
        &self,
        key: &'t str,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        parse(self.text(key)?)
            .map_err(|error| self.wrong(key, error))
            .ok()
    }

    /// Takes a point in time: a date and time with a zone, in quotes or not.
    pub(crate) fn instant(&self, key: &'t str) -> Option<Instant> {
        let (value, _) = self.value(key)?;
        let text = match value {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            other => {
                self.wrong_kind(key, other, "a date and time with a zone");
                return None;
            }
        };
        Instant::parse(&text)
            .map_err(|error| self.wrong(key, error))
            .ok()
    }

    /// Takes a whole number.
    pub(crate) fn number(&self, key: &'t str) -> Option<u32> {
        let (value, _) = self.value(key)?;
        let number = value
            .as_integer()
            .and_then(|number| number.as_str().parse().ok());
        if number.is_none() {
            self.wrong_kind(key, value, "a whole number");
        }
        number
    }

    /// Takes a list of texts.
    pub(crate) fn texts(&self, key: &'t str) -> Option<Vec<&'t str>> {
        let (value, _) = self.value(key)?;
        let texts = value
            .as_array()
            .and_then(|items| items.iter().map(|item| item.get_ref().as_str()).collect());
        if texts.is_none() {
            self.wrong_kind(key, value, "a list of texts, such as [\"a\", \"b\"]");
        }
        texts
    }

    /// Takes a table and reads it.
    pub(crate) fn table<T>(
        &self,
        key: &'t str,
        read: impl FnOnce(&Self) -> Option<T>,
    ) -> Option<T> {
        self.table_or(key, "a table", read)
    }

    /// The same, with other words for what may stand there.
    fn table_or<T>(
        &self,
        key: &'t str,
        expected: &str,
        read: impl FnOnce(&Self) -> Option<T>,
    ) -> Option<T> {
        let (value, span) = self.value(key)?;
        let Some(entries) = value.as_table() else {
            self.wrong_kind(key, value, expected);
            return None;
        };
        let table = Self::new(self.text, self.path_of(key), span.start, entries);
        let read = read(&table);
        table.refuse_unknown();
        read
    }

    /// Takes a coded value of any code system: `{ code, system, display, system_name }`.
    pub(crate) fn code(&self, key: &'t str) -> Option<CodedValue> {
        let expected = "a table { code = \"…\", system = \"…\", display = \"…\" }";
        self.table_or(key, expected, |code| {
            code.need(&["code", "system", "display"]);
            let (value, system) = (code.text("code"), code.parsed("system", Oid::parse));
            let (display, system_name) = (code.text("display"), code.text("system_name"));
            let named = CodedValue::new(value?, system?).with_display(display?);
            Some(match system_name {
                Some(name) => named.with_system_name(name),
                None => named,
            })
        })
    }

    /// Takes a coded value of one code set: the code alone where its name is known, else `{ code, display }`; another
    /// version of the code system is named with `system` and `system_name`.
    pub(crate) fn code_of<S>(
        &self,
        key: &'t str,
        seen: &[S],
        other: fn(String, String) -> S,
    ) -> Option<CodedValue>
    where
        S: AsRef<CodedValue> + Into<CodedValue> + Clone + TryFrom<CodedValue, Error = InvalidValue>,
    {
        let known = |code: &str| seen.iter().find(|value| value.as_ref().code() == code);
        if let Some(code) = self
            .entries
            .get(key)
            .and_then(|value| value.get_ref().as_str())
        {
            self.text(key);
            let found = known(code).cloned().map(Into::into);
            if found.is_none() {
                self.wrong(
                    key,
                    "the name of this code is not known here; write { code = \"…\", display = \"…\" } with the name from the \
                     code server",
                );
            }
            return found;
        }
        let example = seen.first().map_or("…", |value| value.as_ref().code());
        let expected = format!(
            "a code in quotes, such as \"{example}\", or a table {{ code = \"…\", display = \"…\" }}"
        );
        let read = self.table_or(key, &expected, |table| {
            table.need(&["code"]);
            let code = table.text("code");
            let (display, system) = (table.text("display"), table.parsed("system", Oid::parse));
            let system_name = table.text("system_name");
            let code = code?;
            let found = known(code).map(AsRef::as_ref);
            let Some(display) = display.or_else(|| found.and_then(CodedValue::display)) else {
                table.need(&["display"]);
                return None;
            };
            let usual: CodedValue = other(code.to_owned(), display.to_owned()).into();
            let name = system_name
                .or(usual.system_name())
                .unwrap_or_default()
                .to_owned();
            Some(
                CodedValue::new(code, system.unwrap_or_else(|| usual.system().clone()))
                    .with_system_name(name)
                    .with_display(display),
            )
        })?;
        S::try_from(read)
            .map(Into::into)
            .map_err(|error| self.wrong(key, error))
            .ok()
    }

    /// Iterates over the keys that stand in the table.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'t str> {
        self.entries.keys().map(|key| key.get_ref().as_ref())
    }

    fn wrong_kind(&self, key: &str, found: &DeValue<'_>, expected: &str) {
        self.wrong(
            key,
            format!("{expected} is expected, not {}", article(found.type_str())),
        );
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn refuse_unknown(&self) {
        let known = self.known.borrow();
        for (key, _) in self.entries {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let alike = known
                .iter()
                .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
                .filter(|(similarity, _)| *similarity >= ALIKE)
                .max_by(|(a, _), (b, _)| a.total_cmp(b));
            let remedy = match alike {
                Some((_, candidate)) => format!("did you mean `{candidate}`?"),
                None => format!("`{}` shows every key", self.text.help),
            };
            self.text.add(
                key.span().start,
                Some(&self.path_of(name)),
                &format!("unknown key; {remedy}"),
            );
        }
    }
}

/// Writes the name of a TOML type with its article.
fn article(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}

#[cfg(test)]
pub(crate) mod help_test;
#[cfg(test)]
mod tests;
