//! The spec bundle: what Kela or THL can change, as data in which every value has a status and a source.
//!
//! A [`Bundle`] is read from TOML texts; a [`Spec`] is what one or more bundles amount to in one environment. A value is
//! handed out only when its status allows it there, so a value that nobody has seen never gets into a message:
//!
//! | status | means | production | customer test | test |
//! | --- | --- | --- | --- | --- |
//! | `official` | read in an official text or on the code server | yes | yes | yes |
//! | `verified` | a vendor checked it against the official document | yes | yes | yes |
//! | `seen` | read in a real test message, not known to be accepted | no | yes | yes |
//! | `inferred` | our inference | no | only by [`Inferred::Allow`] | yes |
//! | `made-up` | invented for the test archive; in a [`TestOverlay`] only, where nothing else may stand | no | no | yes |
//! | `placeholder` | unknown | no | no | no |

mod bundle;
mod compiled;
mod entry;
mod leaf;

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

pub use bundle::{AnyBundle, Bundle, BundleError, TestOverlay};
use compiled::Compiled;
pub use entry::Entry;
pub use leaf::Status;
use leaf::{Leaf, Value};

use crate::CodedValue;

/// Which service the messages of a process go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// The archive itself (Finnish: tuotanto).
    Production,
    /// Kela's customer-test environments AT and TK (Finnish: asiakastesti, tuotannonkuva).
    CustomerTest,
    /// The test archive of `kanta-testkit`, on this machine.
    Test,
}

impl Environment {
    /// Returns the word that keys of the bundle use.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::CustomerTest => "customer_test",
            Self::Test => "test",
        }
    }
}

/// Whether inferred values may be used in the customer-test environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inferred {
    /// No: an inferred value is as good as unknown.
    #[default]
    Refuse,
    /// Yes: the caller tries an inference against Kela's test service on purpose.
    Allow,
}

/// Why the bundle has no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// The value is unknown, or not known well enough for the environment (`KANTA-SPEC-INCOMPLETE`).
    #[error(
        "the spec bundle has no value for `{key}` that may be used here ({why}); it is in: {needs}; \
         put it into a bundle of your own with the status `verified` [KANTA-SPEC-INCOMPLETE]"
    )]
    Incomplete {
        /// The key that lacks its value.
        key: String,
        /// Why the value cannot be used.
        why: String,
        /// The official document that has the value.
        needs: String,
    },
    /// The value is there but is not what the operation can work with (`KANTA-SPEC-INVALID`).
    #[error(
        "the spec bundle's value for `{key}` cannot be used: {why}; correct it in the bundle [KANTA-SPEC-INVALID]"
    )]
    Invalid {
        /// The key.
        key: String,
        /// What is wrong with its value.
        why: String,
    },
}

impl SpecError {
    /// Says that a value is there but cannot be used.
    #[must_use]
    pub fn invalid(key: &str, why: &str) -> Self {
        Self::Invalid {
            key: key.to_owned(),
            why: why.to_owned(),
        }
    }

    /// Returns the stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Incomplete { .. } => "KANTA-SPEC-INCOMPLETE",
            Self::Invalid { .. } => "KANTA-SPEC-INVALID",
        }
    }
}

/// The effective spec bundle: one or more bundles laid over each other, for one environment.
///
/// ```
/// use kanta_core::spec::{Bundle, Inferred, Spec, SpecError};
///
/// let production = Spec::for_production(&[Bundle::embedded()]);
/// // The receiver's identifier in production is not public: it comes from Kela.
/// let missing = production.text("message.environment.production.receiver");
/// assert!(matches!(missing, Err(SpecError::Incomplete { .. })));
///
/// let test = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
/// assert_eq!(test.text("message.operation.store_client_relation.interaction")?, "RCMR_IN200002FI01");
/// # Ok::<(), SpecError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Spec {
    environment: Environment,
    inferred: Inferred,
    names: Vec<String>,
    /// Looked up many times for every message: a hash is quicker here than an order.
    leaves: HashMap<String, Leaf>,
    compiled: Compiled,
}

impl Spec {
    /// Lays bundles over each other for production; a later one replaces single keys.
    #[must_use]
    pub fn for_production(bundles: &[Bundle]) -> Self {
        Self::new(Environment::Production, Inferred::Refuse, bundles)
    }

    /// Lays bundles over each other for Kela's customer-test environments.
    #[must_use]
    pub fn for_customer_test(bundles: &[Bundle], inferred: Inferred) -> Self {
        Self::new(Environment::CustomerTest, inferred, bundles)
    }

    /// Lays bundles and test overlays over each other for the test archive.
    ///
    /// Only here does a [`TestOverlay`] fit: its made-up values can go nowhere else.
    #[must_use]
    pub fn for_test(bundles: &[Bundle], overlays: &[TestOverlay]) -> Self {
        let mut spec = Self::new(Environment::Test, Inferred::Allow, bundles);
        for overlay in overlays {
            spec.lay_over(overlay.bundle());
        }
        spec
    }

    fn new(environment: Environment, inferred: Inferred, bundles: &[Bundle]) -> Self {
        let mut spec = Self {
            environment,
            inferred,
            names: Vec::new(),
            leaves: HashMap::new(),
            compiled: Compiled::default(),
        };
        for bundle in bundles {
            spec.lay_over(bundle);
        }
        spec
    }

    fn lay_over(&mut self, bundle: &Bundle) {
        self.names.push(bundle.name().to_owned());
        for (key, leaf) in bundle.leaves() {
            self.leaves.insert(key.clone(), leaf.clone());
        }
    }

    /// Returns the environment that the values are meant for.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Returns the names of the bundles, joined by `+`.
    #[must_use]
    pub fn name(&self) -> String {
        self.names.join("+")
    }

    /// Returns a text.
    ///
    /// # Errors
    /// [`SpecError`] when there is no text under the key that may be used in this environment.
    pub fn text(&self, key: &str) -> Result<&str, SpecError> {
        match self.value(key)? {
            Value::Text(text) => Ok(text),
            _ => Err(SpecError::invalid(key, "a text is expected")),
        }
    }

    /// Returns a list of texts.
    ///
    /// # Errors
    /// [`SpecError`] when there is no list under the key that may be used in this environment.
    pub fn list(&self, key: &str) -> Result<&[String], SpecError> {
        match self.value(key)? {
            Value::List(list) => Ok(list),
            _ => Err(SpecError::invalid(key, "a list of texts is expected")),
        }
    }

    /// Returns a whole number.
    ///
    /// # Errors
    /// [`SpecError`] when there is no number under the key that may be used in this environment.
    pub fn number(&self, key: &str) -> Result<i64, SpecError> {
        match self.value(key)? {
            Value::Number(number) => Ok(*number),
            _ => Err(SpecError::invalid(key, "a whole number is expected")),
        }
    }

    /// Returns a truth value.
    ///
    /// # Errors
    /// [`SpecError`] when there is no truth value under the key that may be used in this environment.
    pub fn flag(&self, key: &str) -> Result<bool, SpecError> {
        match self.value(key)? {
            Value::Flag(flag) => Ok(*flag),
            _ => Err(SpecError::invalid(key, "true or false is expected")),
        }
    }

    /// Returns a coded value.
    ///
    /// # Errors
    /// [`SpecError`] when there is no coded value under the key that may be used in this environment.
    pub fn code(&self, key: &str) -> Result<&CodedValue, SpecError> {
        match self.value(key)? {
            Value::Code(code) => Ok(code),
            _ => Err(SpecError::invalid(key, "a coded value is expected")),
        }
    }

    /// Returns a text whatever its status, to recognise it in something that was received; never to send it.
    #[must_use]
    pub fn text_for_reading(&self, key: &str) -> Option<&str> {
        match self.leaves.get(key)?.value.as_ref()? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a list whatever its status, to recognise its members in something that was received.
    #[must_use]
    pub fn list_for_reading(&self, key: &str) -> &[String] {
        match self.leaves.get(key).and_then(|leaf| leaf.value.as_ref()) {
            Some(Value::List(list)) => list,
            _ => &[],
        }
    }

    /// Returns a whole number whatever its status, to judge something that was received.
    #[must_use]
    pub fn number_for_reading(&self, key: &str) -> Option<i64> {
        match self.leaves.get(key)?.value.as_ref()? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns a coded value whatever its status, to recognise it in something that was received.
    #[must_use]
    pub fn code_for_reading(&self, key: &str) -> Option<&CodedValue> {
        match self.leaves.get(key)?.value.as_ref()? {
            Value::Code(code) => Some(code),
            _ => None,
        }
    }

    /// Returns the names of the tables right below a key, in alphabetical order.
    #[must_use]
    pub fn tables(&self, key: &str) -> Vec<&str> {
        let prefix = format!("{key}.");
        let mut names: Vec<&str> = self
            .leaves
            .keys()
            .filter_map(|leaf| leaf.strip_prefix(&prefix)?.split_once('.'))
            .map(|(table, _)| table)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns what `make` makes of the bundle: made once, then kept with it and with its clones.
    ///
    /// For tables that are looked up for every document, so that it costs no search through the bundle's keys.
    pub fn compiled<T: Any + Send + Sync>(&self, make: impl FnOnce(&Self) -> T) -> Arc<T> {
        self.compiled.get_or_make(|| make(self))
    }

    /// Returns the status of a key, when the key is known at all.
    #[must_use]
    pub fn status(&self, key: &str) -> Option<Status> {
        self.leaves.get(key).map(|leaf| leaf.status)
    }

    /// Returns every key, value and status as text lines in a fixed order: what a hash of the effective bundle is taken of.
    #[must_use]
    pub fn canonical_text(&self) -> String {
        let mut text = format!("environment {}\n", self.environment.key());
        for (key, leaf) in self.leaves_in_order() {
            text.push_str(&format!(
                "{key} = {:?} {}\n",
                leaf.value,
                leaf.status.as_str()
            ));
        }
        text
    }

    fn leaves_in_order(&self) -> impl Iterator<Item = (&String, &Leaf)> {
        let mut leaves: Vec<_> = self.leaves.iter().collect();
        leaves.sort_unstable_by_key(|(key, _)| *key);
        leaves.into_iter()
    }

    fn value(&self, key: &str) -> Result<&Value, SpecError> {
        let Some(leaf) = self.leaves.get(key) else {
            return Err(SpecError::Incomplete {
                key: key.to_owned(),
                why: "no bundle names the key".to_owned(),
                needs: "not known; ask Kela's developer support".to_owned(),
            });
        };
        match &leaf.value {
            Some(value) if leaf.status.allowed(self.environment, self.inferred) => Ok(value),
            _ => Err(SpecError::Incomplete {
                key: key.to_owned(),
                why: format!(
                    "its status is `{}` and the environment is `{}`",
                    leaf.status.as_str(),
                    self.environment.key()
                ),
                needs: leaf.needs.clone(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(text: &str) -> Bundle {
        Bundle::read([
            (
                "bundle.toml",
                "name = \"t\"\nbased_on = [\"nothing\"]\ndate = \"2026-01-01\"",
            ),
            ("a.toml", text),
        ])
        .unwrap()
    }

    fn one_of_each() -> Bundle {
        bundle(
            r#"
            needs = "the official text"
            o = { value = "o", status = "official", source = "x" }
            v = { value = "v", status = "verified", source = "x" }
            s = { value = "s", status = "seen", source = "x" }
            i = { value = "i", status = "inferred", source = "x" }
            p = { status = "placeholder", source = "x" }
            "#,
        )
    }

    #[test]
    fn the_table_of_statuses_and_environments_holds() {
        let bundles = [one_of_each()];
        for (spec, allowed) in [
            (Spec::for_production(&bundles), "ov"),
            (Spec::for_customer_test(&bundles, Inferred::Refuse), "ovs"),
            (Spec::for_customer_test(&bundles, Inferred::Allow), "ovsi"),
            (Spec::for_test(&bundles, &[]), "ovsi"),
        ] {
            for key in ["o", "v", "s", "i", "p"] {
                let found = spec.text(&format!("a.{key}"));
                assert_eq!(
                    found.is_ok(),
                    allowed.contains(key),
                    "{key} in {:?}",
                    spec.environment()
                );
            }
        }
    }

    #[test]
    fn what_is_missing_is_told_with_the_document_that_has_it() {
        let spec = Spec::for_production(&[one_of_each()]);
        let SpecError::Incomplete { key, needs, .. } = spec.text("a.p").unwrap_err() else {
            panic!("wrong kind of error");
        };
        assert_eq!((key.as_str(), needs.as_str()), ("a.p", "the official text"));
        assert_eq!(
            spec.text("a.unknown").unwrap_err().code(),
            "KANTA-SPEC-INCOMPLETE"
        );
    }

    #[test]
    fn a_later_bundle_replaces_single_keys() {
        let later = bundle("s = { value = \"mine\", status = \"verified\", source = \"MR 4.0\" }");
        let spec = Spec::for_production(&[one_of_each(), later]);
        assert_eq!(spec.text("a.s").unwrap(), "mine");
        assert_eq!(spec.text("a.o").unwrap(), "o");
        let other = Spec::for_production(&[one_of_each()]);
        assert_ne!(spec.canonical_text(), other.canonical_text());
    }

    #[test]
    fn tables_are_listed_and_made_once() {
        let text = "[kind.b]\nx = { value = 1, status = \"seen\", source = \"s\" }\n\
                    y = { value = 1, status = \"seen\", source = \"s\" }\n\
                    [kind.a.deeper]\nx = { value = 1, status = \"seen\", source = \"s\" }";
        let spec = Spec::for_test(&[bundle(text)], &[]);
        assert_eq!(spec.tables("a.kind"), ["a", "b"]);
        let first = spec.compiled(|spec| spec.tables("a").len());
        let again = spec.clone().compiled(|_| -> usize { panic!("made twice") });
        assert!(*first == 1 && Arc::ptr_eq(&first, &again));
    }

    #[test]
    fn a_value_of_another_type_is_told() {
        let spec = Spec::for_production(&[one_of_each()]);
        assert_eq!(spec.number("a.o").unwrap_err().code(), "KANTA-SPEC-INVALID");
    }
}
