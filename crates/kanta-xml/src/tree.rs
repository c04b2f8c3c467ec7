//! A document as a flat tree that borrows from its input.

use std::borrow::Cow;
use std::fmt;

use crate::error::{Error, Fault};
use crate::names::Place;
use crate::namespaces::{self, Declaration};
use crate::tokens::{Event, Tokens};
use crate::{ErrorKind, Limits, Name};

mod element;
mod text;

pub use element::{Attribute, Element};

/// The elements and attributes of a document, with the byte range of every element in the input.
///
/// Comments and processing instructions are checked and left out. What stands in the input as it means is kept as a place
/// in it, so an element takes 36 bytes and an attribute 24. `Debug` prints names and counts, never content.
///
/// ```
/// use kanta_xml::{Limits, Tree};
///
/// let tree = Tree::parse(b"<a xmlns='urn:x'><b c='1'>text</b><b/></a>", &Limits::default())?;
/// let b = tree.root().child("urn:x", "b").expect("there is one");
/// assert_eq!(b.attribute("c"), Some("1"));
/// assert_eq!(b.text(), "text");
/// assert_eq!(b.path(), "/a/b[1]");
/// assert_eq!(&tree.input()[b.range()], b"<b c='1'>text</b>");
/// # Ok::<(), kanta_xml::Error>(())
/// ```
pub struct Tree<'a> {
    input: &'a [u8],
    text: &'a str,
    limits: Limits,
    /// In document order, so that an element's descendants follow it.
    nodes: Vec<Node>,
    /// Those of an element end where those of the next one begin; declarations too.
    attributes: Vec<NodeAttribute>,
    /// Every declaration of the document; the first is `xml`.
    declarations: Vec<Declaration<'a>>,
    /// The values of attributes that do not stand in the input as they mean.
    values: Vec<String>,
}

/// An element. All places are byte offsets in the input.
struct Node {
    name: Place,
    /// Index of the declaration that gives the namespace.
    namespace: Index,
    parent: Index,
    /// Index behind the last descendant.
    next: u32,
    /// Index of its first attribute.
    attributes: u32,
    /// Index of its first declaration.
    declarations: u32,
    start_tag_end: u32,
    /// Past the end tag; the end of the start tag for an empty tag.
    end: u32,
}

struct NodeAttribute {
    name: Place,
    namespace: Index,
    value: Value,
}

/// An index, or none.
#[derive(Clone, Copy)]
struct Index(u32);

/// The value of an attribute.
#[derive(Clone, Copy)]
enum Value {
    /// It stands so in the input.
    Written { start: u32, length: u32 },
    /// Index of the value as it means.
    Normalised(u32),
}

impl Index {
    const NONE: Self = Self(u32::MAX);

    fn get(self) -> Option<usize> {
        (self.0 != u32::MAX).then_some(self.0 as usize)
    }
}

impl<'a> Tree<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// The input breaks a rule of XML or a limit.
    pub fn parse(input: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let mut tokens = Tokens::new(input, limits)?;
        let mut builder = Builder::new(input, tokens.text(), limits.clone());
        while let Some(event) = tokens.advance()? {
            match event {
                Event::Start => builder
                    .start(&mut tokens)
                    .map_err(|fault| fault.locate(input))?,
                Event::End => builder.end(tokens.end().span().end),
                Event::Text | Event::Comment | Event::ProcessingInstruction => {}
            }
        }
        Ok(builder.tree)
    }

    /// The input as given.
    #[must_use]
    pub fn input(&self) -> &'a [u8] {
        self.input
    }

    /// The limits that it was read within.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The input as text: reading has found it to be UTF-8.
    #[must_use]
    pub fn input_text(&self) -> &'a str {
        self.text
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> Element<'_, 'a> {
        Element::new(self, 0).expect("reading refuses a document without a root element")
    }

    /// The element with a number that [`Element::index`] gave.
    #[must_use]
    pub fn element(&self, index: usize) -> Option<Element<'_, 'a>> {
        Element::new(self, index)
    }

    /// The one element whose attribute of this exact name, in no namespace, has the value `id`.
    ///
    /// # Errors
    /// [`ErrorKind::ElementNotFound`] when there is none, [`ErrorKind::DuplicateId`] when there is more than one.
    pub fn element_with_id(&self, attribute: &str, id: &str) -> Result<Element<'_, 'a>, Error> {
        let mut found = self
            .root()
            .descendants()
            .filter(|element| element.attribute(attribute) == Some(id));
        let Some(first) = found.next() else {
            return Err(Fault::new(ErrorKind::ElementNotFound, 0).locate(self.input));
        };
        match found.next() {
            None => Ok(first),
            Some(second) => {
                let offset = second.range().start;
                Err(Fault::new(ErrorKind::DuplicateId, offset).locate(self.input))
            }
        }
    }

    fn name(&self, place: Place) -> Name<'a> {
        Name::known(self.text, place)
    }

    #[inline]
    fn namespace(&self, resolved: Index) -> &str {
        resolved
            .get()
            .and_then(|index| self.declarations.get(index))
            .map_or("", Declaration::namespace)
    }

    fn value(&self, value: Value) -> &str {
        match value {
            Value::Written { start, length } => {
                let (start, length) = (start as usize, length as usize);
                self.text.get(start..start + length).unwrap_or_default()
            }
            Value::Normalised(index) => self.values.get(index as usize).map_or("", String::as_str),
        }
    }
}

impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree")
            .field("root", &self.nodes.first().map(|node| self.name(node.name)))
            .field("elements", &self.nodes.len())
            .field("bytes", &self.input.len())
            .finish_non_exhaustive()
    }
}

struct Builder<'a> {
    tree: Tree<'a>,
    open: Vec<OpenNode>,
    /// For each declaration in the scope of the tokens its index in the tree.
    scope: Vec<u32>,
}

struct OpenNode {
    index: u32,
    outer_scope: u32,
}

impl<'a> Builder<'a> {
    fn new(input: &'a [u8], text: &'a str, limits: Limits) -> Self {
        // Enough for about the header of a document: only growing from nothing would be slow.
        let nodes = (input.len() / 64).min(96);
        Self {
            tree: Tree {
                input,
                text,
                limits,
                nodes: Vec::with_capacity(nodes),
                attributes: Vec::with_capacity(nodes),
                declarations: vec![namespaces::xml()],
                values: Vec::new(),
            },
            open: Vec::new(),
            scope: vec![0],
        }
    }

    fn start(&mut self, tokens: &mut Tokens<'a>) -> Result<(), Fault> {
        let tree = &mut self.tree;
        let outer_scope = number(self.scope.len());
        let declarations = number(tree.declarations.len());
        for declaration in tokens.declarations() {
            self.scope.push(number(tree.declarations.len()));
            tree.declarations.push(declaration.clone());
        }
        let in_tree = |resolved: Option<usize>| {
            let index = resolved.and_then(|resolved| self.scope.get(resolved));
            index.map_or(Index::NONE, |index| Index(*index))
        };
        let attributes = number(tree.attributes.len());
        for attribute in tokens.attributes() {
            let value = match &attribute.value {
                Cow::Borrowed(value) => Value::Written {
                    start: number(attribute.value_offset),
                    length: number(value.len()),
                },
                Cow::Owned(value) => {
                    tree.values.push(value.clone());
                    Value::Normalised(number(tree.values.len() - 1))
                }
            };
            tree.attributes.push(NodeAttribute {
                name: attribute.name().place(),
                namespace: in_tree(attribute.namespace),
                value,
            });
        }
        let tag = tokens.start();
        let span = tag.span();
        let index = number(tree.nodes.len());
        tree.nodes.push(Node {
            name: tag.name().place(),
            namespace: in_tree(tag.namespace),
            parent: self
                .open
                .last()
                .map_or(Index::NONE, |open| Index(open.index)),
            next: index + 1,
            attributes,
            declarations,
            start_tag_end: number(span.end),
            end: number(span.end),
        });
        self.open.push(OpenNode { index, outer_scope });
        let count = tree.nodes.len() + tree.attributes.len() + tree.declarations.len();
        // Numbers of nodes are kept in 32 bits.
        let limit = tree.limits.max_nodes.min(u32::MAX as usize - 1);
        if count > limit {
            return Err(Fault::limit("nodes in a tree", limit, span.start));
        }
        Ok(())
    }

    fn end(&mut self, end: usize) {
        let next = number(self.tree.nodes.len());
        if let Some(open) = self.open.pop() {
            self.scope.truncate(open.outer_scope as usize);
            if let Some(node) = self.tree.nodes.get_mut(open.index as usize) {
                node.next = next;
                node.end = number(end);
            }
        }
    }
}

/// A count or an offset; the limits of nodes and bytes keep it within 32 bits.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
