//! The entries of the effective bundle, for people and tools that look it through.

use super::leaf::{Leaf, Value};
use super::{Spec, Status};

/// One entry of the effective bundle: a value with its status, its source and the official document that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry<'s> {
    /// The key.
    pub key: &'s str,
    /// The status.
    pub status: Status,
    /// The value as a text to show; `None` for a placeholder.
    pub value: Option<String>,
    /// Where the value was read.
    pub source: &'s str,
    /// The official document that has it.
    pub needs: &'s str,
    /// Whether the value may be used in the environment.
    pub is_usable: bool,
}

impl Spec {
    /// Returns every entry, by key.
    ///
    /// ```
    /// use kanta_core::spec::{Bundle, Spec};
    ///
    /// let spec = Spec::for_production(&[Bundle::embedded()]);
    /// let missing = spec.entries().filter(|entry| !entry.is_usable).count();
    /// assert!(missing > 0);
    /// ```
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.leaves_in_order().map(|(key, leaf)| Entry {
            key,
            status: leaf.status,
            value: leaf.value.as_ref().map(show),
            source: &leaf.source,
            needs: &leaf.needs,
            is_usable: self.may_use(leaf),
        })
    }

    pub(super) fn may_use(&self, leaf: &Leaf) -> bool {
        leaf.value.is_some() && leaf.status.allowed(self.environment, self.inferred)
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::List(list) => list.join(", "),
        Value::Code(code) => match code.display() {
            Some(display) => format!("{} ({display}; {})", code.code(), code.system()),
            None => format!("{} ({})", code.code(), code.system()),
        },
    }
}
