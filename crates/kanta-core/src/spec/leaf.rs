//! One value of a bundle with its status and its source.

use super::{Environment, Inferred};
use crate::{CodedValue, Oid};

/// How well a value is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Read in an official text or on the code server.
    Official,
    /// A vendor checked it against the official document.
    Verified,
    /// Read in a real test message; not known to be accepted.
    Seen,
    /// Our inference.
    Inferred,
    /// Invented for the test archive; it stands in a [`TestOverlay`](super::TestOverlay) only.
    MadeUp,
    /// Unknown.
    Placeholder,
}

impl Status {
    /// Returns the word that bundles use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Verified => "verified",
            Self::Seen => "seen",
            Self::Inferred => "inferred",
            Self::MadeUp => "made-up",
            Self::Placeholder => "placeholder",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        [
            Self::Official,
            Self::Verified,
            Self::Seen,
            Self::Inferred,
            Self::MadeUp,
            Self::Placeholder,
        ]
        .into_iter()
        .find(|status| status.as_str() == word)
    }

    pub(super) fn allowed(self, environment: Environment, inferred: Inferred) -> bool {
        match self {
            Self::Official | Self::Verified => true,
            Self::Seen => environment != Environment::Production,
            Self::Inferred => {
                environment == Environment::Test
                    || (environment == Environment::CustomerTest && inferred == Inferred::Allow)
            }
            Self::MadeUp => environment == Environment::Test,
            Self::Placeholder => false,
        }
    }
}

/// A value of one of the types that a bundle can hold.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    List(Vec<String>),
    Code(CodedValue),
}

/// A value, absent for a placeholder, with its status and the official document that has it.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) value: Option<Value>,
    pub(super) status: Status,
    pub(super) source: String,
    pub(super) needs: String,
}

impl Leaf {
    /// Reads `{ value = …, status = "…", source = "…" }`, with the file's own `needs` unless the leaf has one.
    pub(super) fn read(table: &toml::Table, needs: &str) -> Result<Self, String> {
        if let Some(key) = table
            .keys()
            .find(|key| !["value", "status", "source", "needs"].contains(&key.as_str()))
        {
            return Err(format!("a value has no part `{key}`"));
        }
        let text = |key: &str| table.get(key).and_then(toml::Value::as_str);
        let status = text("status")
            .and_then(Status::parse)
            .ok_or("`status` is official, verified, seen, inferred or placeholder; made-up in an overlay for tests")?;
        let source = text("source")
            .filter(|source| !source.is_empty())
            .ok_or("`source` is missing: where was the value read?")?;
        let value = match (table.get("value"), status) {
            (None, Status::Placeholder) => None,
            (Some(_), Status::Placeholder) => {
                return Err("a placeholder has no value".to_owned());
            }
            (None, _) => return Err("`value` is missing".to_owned()),
            (Some(value), _) => Some(read_value(value)?),
        };
        Ok(Self {
            value,
            status,
            source: source.to_owned(),
            needs: text("needs").unwrap_or(needs).to_owned(),
        })
    }
}

fn read_value(value: &toml::Value) -> Result<Value, String> {
    match value {
        toml::Value::String(text) => Ok(Value::Text(text.clone())),
        toml::Value::Integer(number) => Ok(Value::Number(*number)),
        toml::Value::Boolean(flag) => Ok(Value::Flag(*flag)),
        toml::Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .map(Value::List)
            .ok_or_else(|| "a list holds texts only".to_owned()),
        toml::Value::Table(table) => read_code(table).map(Value::Code),
        _ => Err("a value is a text, a number, true or false, a list or a code".to_owned()),
    }
}

fn read_code(table: &toml::Table) -> Result<CodedValue, String> {
    if let Some(key) = table
        .keys()
        .find(|key| !["code", "system", "system_name", "display"].contains(&key.as_str()))
    {
        return Err(format!("a code has no part `{key}`"));
    }
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str);
    let (Some(code), Some(system)) = (text("code"), text("system")) else {
        return Err("a code has a `code` and a `system`".to_owned());
    };
    let system = Oid::parse(system).map_err(|error| error.to_string())?;
    let mut value = CodedValue::new(code, system);
    if let Some(name) = text("system_name") {
        value = value.with_system_name(name);
    }
    if let Some(display) = text("display") {
        value = value.with_display(display);
    }
    Ok(value)
}
