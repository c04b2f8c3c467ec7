//! Strict JSON in one flat table: read once, walked without copies, changed in place, written compactly.
//!
//! Stricter than JSON itself where two readers could understand the same bytes differently: a member that occurs
//! twice, a lone surrogate, a number beyond the integers that every reader keeps exactly, and nesting without bound are
//! refused.

mod edit;
mod error;
mod read;
mod scan;
mod write;

use std::fmt;

pub(crate) use edit::{NewValue, Place};
pub(crate) use error::{JsonError, Problem};
pub(crate) use write::write_text;

/// How deeply arrays and objects may nest unless the caller says otherwise.
pub(crate) const DEFAULT_DEPTH: usize = 64;

/// A whole JSON text: one table of nodes, each linked to its next sibling.
///
/// Texts without escapes borrow from the bytes that were read; decoded and changed ones lie in `added`.
#[derive(Clone)]
pub(crate) struct Json<'a> {
    source: &'a str,
    added: String,
    nodes: Vec<Node>,
}

/// One value with the name that it has as a member.
#[derive(Clone, Copy)]
struct Node {
    kind: Kind,
    name: Span,
    /// Of a text or number its characters; of an array or object its first and last child.
    value: Span,
    next: u32,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number,
    Text,
    Array,
    Object,
}

/// A piece of the source, or of `added` when the highest bit of its start is set.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    length: u32,
}

/// The end of a chain of siblings.
const NONE: u32 = u32::MAX;
/// The bit of a span that lies in `added`.
const ADDED: u32 = 1 << 31;
/// Where the whole text is.
const ROOT: u32 = 0;

impl Span {
    const EMPTY: Self = Self {
        start: 0,
        length: 0,
    };
    /// An array or object without children.
    const CHILDLESS: Self = Self {
        start: NONE,
        length: NONE,
    };
}

impl<'a> Json<'a> {
    /// Reads a whole text, nested at most [`DEFAULT_DEPTH`] deep.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, JsonError> {
        read::read(bytes, DEFAULT_DEPTH)
    }

    /// The outermost value.
    pub(crate) fn root(&self) -> Value<'_> {
        Value {
            json: self,
            node: ROOT,
        }
    }

    /// How many bytes were read: a measure for what is made from the text.
    pub(crate) fn source_length(&self) -> usize {
        self.source.len() + self.added.len()
    }

    fn text(&self, span: Span) -> &str {
        let (text, start) = if span.start & ADDED == 0 {
            (self.source, span.start)
        } else {
            (self.added.as_str(), span.start & !ADDED)
        };
        let start = start as usize;
        &text[start..start + span.length as usize]
    }

    fn node(&self, node: u32) -> &Node {
        &self.nodes[node as usize]
    }
}

/// `Debug` shows no content.
impl fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} values)", self.nodes.len())
    }
}

/// One value of a text, with everything inside.
#[derive(Clone, Copy)]
pub(crate) struct Value<'j> {
    json: &'j Json<'j>,
    node: u32,
}

impl<'j> Value<'j> {
    pub(crate) fn kind(self) -> Kind {
        self.json.node(self.node).kind
    }

    /// The name that the value has as a member of an object; empty for any other.
    pub(crate) fn name(self) -> &'j str {
        self.json.text(self.json.node(self.node).name)
    }

    pub(crate) fn as_str(self) -> Option<&'j str> {
        (self.kind() == Kind::Text).then(|| self.characters())
    }

    pub(crate) fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn as_number(self) -> Option<f64> {
        self.as_literal()?.parse().ok()
    }

    /// A number as it is written.
    pub(crate) fn as_literal(self) -> Option<&'j str> {
        (self.kind() == Kind::Number).then(|| self.characters())
    }

    fn characters(self) -> &'j str {
        self.json.text(self.json.node(self.node).value)
    }

    /// The members of an object; nothing for any other value.
    pub(crate) fn members(self) -> Children<'j> {
        self.children_of(Kind::Object)
    }

    /// The items of an array; nothing for any other value.
    pub(crate) fn items(self) -> Children<'j> {
        self.children_of(Kind::Array)
    }

    fn children_of(self, kind: Kind) -> Children<'j> {
        let next = if self.kind() == kind {
            self.json.node(self.node).value.start
        } else {
            NONE
        };
        Children {
            json: self.json,
            next,
        }
    }

    /// The member of an object with this name.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        self.members().find(|member| member.name() == name)
    }

    pub(crate) fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    pub(crate) fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }
}

/// `Debug` shows the kind only.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

/// The values inside an array or object, in the order of the text. `Debug` shows no content.
#[derive(Clone, Debug)]
pub(crate) struct Children<'j> {
    json: &'j Json<'j>,
    next: u32,
}

impl<'j> Iterator for Children<'j> {
    type Item = Value<'j>;

    fn next(&mut self) -> Option<Value<'j>> {
        if self.next == NONE {
            return None;
        }
        let node = self.next;
        self.next = self.json.node(node).next;
        Some(Value {
            json: self.json,
            node,
        })
    }
}

#[cfg(test)]
mod tests;
