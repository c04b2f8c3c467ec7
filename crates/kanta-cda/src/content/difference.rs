//! What differs between two contents.

use std::collections::HashMap;

use super::{Content, Leaf};
use crate::json::{Value, write_text};
use crate::structure::Field;
use crate::structure::walk::present;

/// One value that differs between two contents. `Debug` shows where, not what.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    path: String,
    kind: ChangeKind,
    before: Option<String>,
    after: Option<String>,
}

/// What happened to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is in the later content only.
    Added,
    /// It is in the earlier content only.
    Removed,
    /// It is in both and differs.
    Changed,
}

impl Change {
    /// Returns where the value is, such as `asiakas[0].sukunimi`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what happened.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// Returns the earlier value as compact JSON.
    #[must_use]
    pub fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// Returns the later value as compact JSON.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change")
            .field("path", &self.path)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

pub(super) fn changes(earlier: &Content<'_>, later: &Content<'_>) -> Vec<Change> {
    let text = |leaf: &Leaf<'_>| {
        let mut out = String::new();
        write(leaf.field(), leaf.value().value(), &mut out);
        out
    };
    let before: Vec<(String, String)> = earlier
        .leaves()
        .iter()
        .map(|leaf| (leaf.path().to_owned(), text(leaf)))
        .collect();
    let mut after: HashMap<String, String> = HashMap::new();
    let mut order = Vec::new();
    for leaf in later.leaves() {
        order.push(leaf.path().to_owned());
        after.insert(leaf.path().to_owned(), text(&leaf));
    }
    let mut changes = Vec::new();
    for (path, before) in before {
        let after = after.remove(&path);
        let kind = match &after {
            Some(after) if *after == before => continue,
            Some(_) => ChangeKind::Changed,
            None => ChangeKind::Removed,
        };
        changes.push(Change {
            path,
            kind,
            before: Some(before),
            after,
        });
    }
    for path in order {
        if let Some(value) = after.remove(&path) {
            changes.push(Change {
                path,
                kind: ChangeKind::Added,
                before: None,
                after: Some(value),
            });
        }
    }
    changes
}

/// Writes a value so that equal ones are written alike: parts in the structure's order, numbers by their value.
fn write(field: Field<'_>, value: Value<'_>, out: &mut String) {
    if value.is_object() {
        out.push('{');
        for (index, (part, value)) in present(field, value).enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_text(out, part.name());
            out.push(':');
            write(part, value, out);
        }
        out.push('}');
    } else if let Some(number) = value.as_number() {
        out.push_str(&number.to_string());
    } else {
        value.write(out);
    }
}
