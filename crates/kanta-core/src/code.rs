//! Coded values and code sets that stay open.

use std::borrow::Cow;
use std::fmt;

use crate::Oid;

/// A code with its code system, as the header and the message frame write it (Finnish: koodiarvo).
///
/// Two coded values are the same when code and code system agree; names do not count. A code system's version is the
/// last arc of its identifier and counts here; [`CodedValue::is_same_code`] compares without it.
///
/// ```
/// use kanta_core::{CodedValue, Oid};
///
/// let task = CodedValue::new("24", Oid::parse("1.2.246.537.6.1221.201601")?).with_display("Lapsiperheiden palvelut");
/// assert_eq!(task.code(), "24");
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone)]
pub struct CodedValue {
    code: Cow<'static, str>,
    system: Oid,
    system_name: Option<Cow<'static, str>>,
    display: Option<Cow<'static, str>>,
}

impl CodedValue {
    /// Makes a coded value without names.
    #[must_use]
    pub fn new(code: impl Into<String>, system: Oid) -> Self {
        Self {
            code: Cow::Owned(code.into()),
            system,
            system_name: None,
            display: None,
        }
    }

    pub(crate) const fn from_static(
        code: &'static str,
        system: &'static str,
        system_name: &'static str,
        display: &'static str,
    ) -> Self {
        Self {
            code: Cow::Borrowed(code),
            system: Oid::from_static(system),
            system_name: Some(Cow::Borrowed(system_name)),
            display: Some(Cow::Borrowed(display)),
        }
    }

    /// Gives the code its name for people (`displayName`).
    #[must_use]
    pub fn with_display(mut self, display: impl Into<String>) -> Self {
        self.display = Some(Cow::Owned(display.into()));
        self
    }

    /// Gives the code system its name (`codeSystemName`).
    #[must_use]
    pub fn with_system_name(mut self, name: impl Into<String>) -> Self {
        self.system_name = Some(Cow::Owned(name.into()));
        self
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the code system, its version included.
    #[must_use]
    pub fn system(&self) -> &Oid {
        &self.system
    }

    /// Returns the name of the code system.
    #[must_use]
    pub fn system_name(&self) -> Option<&str> {
        self.system_name.as_deref()
    }

    /// Returns the name of the code for people.
    #[must_use]
    pub fn display(&self) -> Option<&str> {
        self.display.as_deref()
    }

    /// Returns whether the code is the same and its system is `base` or a version of it.
    #[must_use]
    pub fn is_same_code(&self, code: &str, base: &Oid) -> bool {
        self.code == code && self.system.starts_with(base)
    }
}

impl PartialEq for CodedValue {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code && self.system == other.system
    }
}

impl Eq for CodedValue {}

impl fmt::Display for CodedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.display {
            Some(display) => write!(f, "{} {display}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_make_a_difference() {
        let system = Oid::parse("2.999.1.2020").unwrap();
        let plain = CodedValue::new("1", system.clone());
        let named = CodedValue::new("1", system).with_display("Yksi");
        assert_eq!(plain, named);
        assert!(plain.is_same_code("1", &Oid::parse("2.999.1").unwrap()));
        assert!(!plain.is_same_code("1", &Oid::parse("2.999.10").unwrap()));
    }
}
