//! Changes of a JSON text in place. What is replaced or removed stays in the table, unreachable.

use super::{ADDED, Json, Kind, NONE, Node, ROOT, Span, Value};

/// A value to be written over another one.
pub(crate) enum NewValue<'v> {
    Bool(bool),
    /// A number as JSON writes it.
    Number(&'v str),
    Text(&'v str),
    Array,
    Object,
}

/// Where a value is in the table; stays right while the text changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u32);

impl Json<'_> {
    /// Makes a text that is an empty object.
    pub(crate) fn empty_object() -> Self {
        Self {
            source: "",
            added: String::new(),
            nodes: vec![Node {
                kind: Kind::Object,
                name: Span::EMPTY,
                value: Span::CHILDLESS,
                next: NONE,
            }],
        }
    }

    pub(crate) fn root_place(&self) -> Place {
        Place(ROOT)
    }

    pub(crate) fn at(&self, place: Place) -> Value<'_> {
        Value {
            json: self,
            node: place.0,
        }
    }

    /// Appends a child to an array or object; the name is empty for an item.
    pub(crate) fn append(&mut self, parent: Place, name: &str, value: &NewValue<'_>) -> Place {
        let name = self.keep(name);
        let child = self.nodes.len() as u32;
        self.nodes.push(Node {
            kind: Kind::Null,
            name,
            value: Span::EMPTY,
            next: NONE,
        });
        self.set(Place(child), value);
        let last = self.nodes[parent.0 as usize].value.length;
        if last == NONE {
            self.nodes[parent.0 as usize].value.start = child;
        } else {
            self.nodes[last as usize].next = child;
        }
        self.nodes[parent.0 as usize].value.length = child;
        Place(child)
    }

    /// Writes another value over the one at a place; an array or object becomes empty.
    pub(crate) fn set(&mut self, place: Place, value: &NewValue<'_>) {
        let (kind, value) = match value {
            NewValue::Bool(value) => (Kind::Bool(*value), Span::EMPTY),
            NewValue::Number(literal) => (Kind::Number, self.keep(literal)),
            NewValue::Text(text) => (Kind::Text, self.keep(text)),
            NewValue::Array => (Kind::Array, Span::CHILDLESS),
            NewValue::Object => (Kind::Object, Span::CHILDLESS),
        };
        let node = &mut self.nodes[place.0 as usize];
        node.kind = kind;
        node.value = value;
    }

    /// Takes a child out of its array or object.
    pub(crate) fn remove(&mut self, parent: Place, child: Place) {
        let next = self.nodes[child.0 as usize].next;
        let mut before = NONE;
        let mut at = self.nodes[parent.0 as usize].value.start;
        while at != NONE && at != child.0 {
            before = at;
            at = self.nodes[at as usize].next;
        }
        if at == NONE {
            return;
        }
        if before == NONE {
            self.nodes[parent.0 as usize].value.start = next;
        } else {
            self.nodes[before as usize].next = next;
        }
        if next == NONE {
            self.nodes[parent.0 as usize].value.length = before;
        }
    }

    fn keep(&mut self, text: &str) -> Span {
        let start = self.added.len();
        self.added.push_str(text);
        assert!(
            self.added.len() < ADDED as usize,
            "content is smaller than 2 GiB"
        );
        Span {
            start: start as u32 | ADDED,
            length: text.len() as u32,
        }
    }
}

impl Value<'_> {
    pub(crate) fn place(self) -> Place {
        Place(self.node)
    }
}
