//! A document as a flat tree that borrows from its input.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::error::{Error, Fault};
use crate::namespaces::{self, Declaration};
use crate::tokens::{StartTag, TagAttribute, Tokens};
use crate::{ErrorKind, Limits, Name, Token};

mod element;

pub use element::{Attribute, Element};

/// The elements, attributes and text of a document, with the byte range of every element in the input.
///
/// Comments and processing instructions are checked and left out; the text around them stays apart in the tree and is
/// joined by [`Element::text`]. `Debug` prints names and counts, never content.
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
    nodes: Vec<Node<'a>>,
    attributes: Vec<NodeAttribute<'a>>,
    /// Every declaration of the document; the first is `xml`.
    declarations: Vec<Declaration<'a>>,
    texts: Vec<TextRun<'a>>,
}

struct Node<'a> {
    name: Name<'a>,
    /// Index of the declaration that gives the namespace.
    namespace: Option<u32>,
    parent: Option<u32>,
    /// Index behind the last descendant.
    next: u32,
    attributes: Range<u32>,
    declarations: Range<u32>,
    first_text: Option<u32>,
    start_tag: Range<usize>,
    /// Where the end tag begins, and where it ends; both the end of the start tag for an empty tag.
    end_tag: Range<usize>,
    is_empty_tag: bool,
}

struct NodeAttribute<'a> {
    name: Name<'a>,
    namespace: Option<u32>,
    value: Cow<'a, str>,
}

struct TextRun<'a> {
    text: Cow<'a, str>,
    /// The next run of the same element.
    next: Option<u32>,
}

impl<'a> Tree<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// The input breaks a rule of XML or a limit.
    pub fn parse(input: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let mut tokens = Tokens::new(input, limits)?;
        let mut builder = Builder::new(input, tokens.text(), limits);
        while let Some(token) = tokens.next()? {
            builder
                .add(token, &mut tokens)
                .map_err(|fault| fault.locate(input))?;
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

    fn node(&self, index: u32) -> Option<&Node<'a>> {
        self.nodes.get(index as usize)
    }

    fn namespace(&self, resolved: Option<u32>) -> &str {
        resolved
            .and_then(|index| self.declarations.get(index as usize))
            .map_or("", Declaration::namespace)
    }
}

impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree")
            .field("root", &self.nodes.first().map(|node| node.name))
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
    last_text: Option<u32>,
    outer_scope: usize,
}

impl<'a> Builder<'a> {
    fn new(input: &'a [u8], text: &'a str, limits: &Limits) -> Self {
        // Enough for about the header of a document: only growing from nothing would be slow.
        let nodes = (input.len() / 64).min(128);
        Self {
            tree: Tree {
                input,
                text,
                limits: limits.clone(),
                nodes: Vec::with_capacity(nodes),
                attributes: Vec::with_capacity(nodes),
                declarations: vec![namespaces::xml()],
                texts: Vec::new(),
            },
            open: Vec::new(),
            scope: vec![0],
        }
    }

    fn add(&mut self, token: Token<'a>, tokens: &mut Tokens<'a>) -> Result<(), Fault> {
        let span = token.span();
        match token {
            Token::Start(tag) => self.start(&tag, tokens)?,
            Token::End(_) => self.end(span.clone()),
            Token::Text { text, .. } if !text.is_empty() => self.text(text),
            _ => {}
        }
        let tree = &self.tree;
        let count =
            tree.nodes.len() + tree.attributes.len() + tree.declarations.len() + tree.texts.len();
        // Numbers of nodes are kept in 32 bits.
        let limit = tree.limits.max_nodes.min(u32::MAX as usize);
        if count > limit {
            return Err(Fault::limit("nodes in a tree", limit, span.start));
        }
        Ok(())
    }

    fn start(&mut self, tag: &StartTag<'a>, tokens: &mut Tokens<'a>) -> Result<(), Fault> {
        let tree = &mut self.tree;
        let outer_scope = self.scope.len();
        let declarations_start = number(tree.declarations.len());
        for declaration in tokens.declarations() {
            self.scope.push(number(tree.declarations.len()));
            tree.declarations.push(declaration.clone());
        }
        let in_tree = |resolved: Option<usize>| self.scope.get(resolved?).copied();
        let attributes_start = number(tree.attributes.len());
        tree.attributes
            .extend(tokens.take_attributes().map(|attribute| NodeAttribute {
                name: attribute.name(),
                namespace: in_tree(attribute.namespace),
                value: TagAttribute::into_value(attribute),
            }));
        let index = number(tree.nodes.len());
        tree.nodes.push(Node {
            name: tag.name(),
            namespace: in_tree(tag.namespace),
            parent: self.open.last().map(|open| open.index),
            next: index + 1,
            attributes: attributes_start..number(tree.attributes.len()),
            declarations: declarations_start..number(tree.declarations.len()),
            first_text: None,
            start_tag: tag.span(),
            end_tag: tag.span().end..tag.span().end,
            is_empty_tag: tag.is_empty(),
        });
        self.open.push(OpenNode {
            index,
            last_text: None,
            outer_scope,
        });
        Ok(())
    }

    fn end(&mut self, span: Range<usize>) {
        let next = number(self.tree.nodes.len());
        if let Some(open) = self.open.pop() {
            self.scope.truncate(open.outer_scope);
            if let Some(node) = self.tree.nodes.get_mut(open.index as usize) {
                node.next = next;
                node.end_tag = span;
            }
        }
    }

    fn text(&mut self, text: Cow<'a, str>) {
        let index = number(self.tree.texts.len());
        self.tree.texts.push(TextRun { text, next: None });
        let Some(open) = self.open.last_mut() else {
            return;
        };
        match open.last_text.replace(index) {
            Some(previous) => {
                if let Some(run) = self.tree.texts.get_mut(previous as usize) {
                    run.next = Some(index);
                }
            }
            None => {
                if let Some(node) = self.tree.nodes.get_mut(open.index as usize) {
                    node.first_text = Some(index);
                }
            }
        }
    }
}

/// A count as a node number; the limit of nodes keeps it within 32 bits.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
