//! One element of a tree, and one attribute.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::ops::Range;

use super::{Node, NodeAttribute, Tree};
use crate::namespaces::{Declaration, Scope};
use crate::scan::same;
use crate::{Name, Position, Tokens};

/// An element of a [`Tree`]: a place in it, cheap to copy. `Debug` prints its path and place, never content.
#[derive(Clone, Copy)]
pub struct Element<'t, 'a> {
    tree: &'t Tree<'a>,
    node: &'t Node,
    index: u32,
}

impl<'t, 'a> Element<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>, index: usize) -> Option<Self> {
        let node = tree.nodes.get(index)?;
        let index = u32::try_from(index).ok()?;
        Some(Self { tree, node, index })
    }

    /// The tree it is in.
    #[must_use]
    pub fn tree(&self) -> &'t Tree<'a> {
        self.tree
    }

    /// Its number in the tree, in document order from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index as usize
    }

    /// Its namespace, empty for none.
    #[must_use]
    pub fn namespace(&self) -> &'t str {
        self.tree.namespace(self.node.namespace)
    }

    /// Its name as written.
    #[must_use]
    pub fn name(&self) -> Name<'a> {
        self.tree.name(self.node.name)
    }

    /// Its prefix as written, empty for none.
    #[must_use]
    pub fn prefix(&self) -> &'a str {
        self.name().prefix()
    }

    /// Its name without the prefix.
    #[must_use]
    pub fn local_name(&self) -> &'a str {
        self.name().local()
    }

    /// Whether it has this namespace (empty for none) and local name.
    #[inline]
    #[must_use]
    pub fn is(&self, namespace: &str, local_name: &str) -> bool {
        same(self.name().local_bytes(), local_name.as_bytes())
            && same(self.namespace().as_bytes(), namespace.as_bytes())
    }

    /// Its attributes in document order, without namespace declarations.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'t, 'a>> + use<'t, 'a> {
        let tree = self.tree;
        let end = self
            .following()
            .map_or(tree.attributes.len(), |node| node.attributes as usize);
        let range = self.node.attributes as usize..end;
        let attributes = tree.attributes.get(range).unwrap_or_default();
        attributes
            .iter()
            .map(move |attribute| Attribute { tree, attribute })
    }

    /// The value of the attribute of this name in no namespace.
    #[must_use]
    pub fn attribute(&self, local_name: &str) -> Option<&'t str> {
        self.attribute_in("", local_name)
    }

    /// The value of the attribute of this namespace and local name.
    #[must_use]
    pub fn attribute_in(&self, namespace: &str, local_name: &str) -> Option<&'t str> {
        self.attributes()
            .find(|attribute| attribute.is(namespace, local_name))
            .map(|attribute| attribute.value())
    }

    /// The namespace declarations written on this very element: prefix (empty for the default namespace) and namespace.
    pub fn namespace_declarations(&self) -> impl Iterator<Item = (&'a str, &'t str)> + use<'t, 'a> {
        let declarations = &self.tree.declarations;
        let end = self
            .following()
            .map_or(declarations.len(), |node| node.declarations as usize);
        let range = self.node.declarations as usize..end;
        let declarations = declarations.get(range).unwrap_or_default();
        declarations
            .iter()
            .map(|declaration| (declaration.prefix(), declaration.namespace()))
    }

    /// The namespaces in scope by prefix (empty for the default namespace), the innermost of each prefix, without `xml`
    /// and without a default namespace that was taken back; those declared nearest come first.
    #[must_use]
    pub fn namespaces_in_scope(&self) -> Vec<(&'a str, &'t str)> {
        let mut in_scope: Vec<(&'a str, &'t str)> = Vec::new();
        for element in self.ancestors() {
            for (prefix, namespace) in element.namespace_declarations() {
                if prefix != "xml" && !in_scope.iter().any(|(inner, _)| *inner == prefix) {
                    in_scope.push((prefix, namespace));
                }
            }
        }
        in_scope.retain(|(_, namespace)| !namespace.is_empty());
        in_scope
    }

    /// Its child elements.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'t, 'a> {
        let tree = self.tree;
        let end = self.node.next;
        let first = Some(self.index + 1).filter(|&index| index < end);
        std::iter::successors(
            first.and_then(|index| Self::new(tree, index as usize)),
            move |child| {
                let next = child.node.next;
                if next < end {
                    Self::new(tree, next as usize)
                } else {
                    None
                }
            },
        )
    }

    /// The first child element of this namespace (empty for none) and local name.
    #[must_use]
    pub fn child(&self, namespace: &str, local_name: &str) -> Option<Self> {
        self.children()
            .find(|child| child.is(namespace, local_name))
    }

    /// The element it stands in; none for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        Self::new(self.tree, self.node.parent.get()?)
    }

    /// Itself and the elements it stands in, from the inside out.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + use<'t, 'a> {
        std::iter::successors(Some(*self), Self::parent)
    }

    /// Itself and every element in it, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = Self> + use<'t, 'a> {
        let tree = self.tree;
        (self.index..self.node.next).filter_map(move |index| Self::new(tree, index as usize))
    }

    /// The bytes of the element in the input, from the `<` of the start tag past the end tag.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.node.name.start as usize - 1..self.node.end as usize
    }

    /// The bytes between the tags. For an empty tag the empty range behind it: nothing can be put there, see
    /// [`is_empty_tag`](Self::is_empty_tag).
    #[must_use]
    pub fn content_range(&self) -> Range<usize> {
        let (start, end) = (self.node.start_tag_end as usize, self.node.end as usize);
        // No `<` but its first stands in an end tag.
        let inside = self.tree.input.get(start..end).unwrap_or_default();
        start..memchr::memrchr(b'<', inside).map_or(end, |end_tag| start + end_tag)
    }

    /// Whether it is written as an empty tag (`<a/>`).
    #[must_use]
    pub fn is_empty_tag(&self) -> bool {
        self.node.end == self.node.start_tag_end
    }

    /// The byte offset just past the name in the start tag, where attributes can be put.
    #[must_use]
    pub fn start_tag_name_end(&self) -> usize {
        self.node.name.qualified().end
    }

    /// Where it begins; counted anew by every call.
    #[must_use]
    pub fn position(&self) -> Position {
        Position::at(self.tree.input, self.range().start)
    }

    /// Its path for people: local names, and numbers from 1 where siblings have the same local name.
    #[must_use]
    pub fn path(&self) -> String {
        let mut steps: Vec<Self> = self.ancestors().collect();
        steps.reverse();
        let mut path = String::new();
        for step in steps {
            path.push('/');
            path.push_str(step.local_name());
            let (number, count) = step.place_among_namesakes();
            if count > 1 {
                // Writing into a string does not fail.
                let _ = write!(path, "[{number}]");
            }
        }
        path
    }

    /// A reader of its bytes, with what its ancestors declare in scope.
    pub(crate) fn tokens(&self) -> Tokens<'t> {
        let mut scope = Scope::new();
        let outside = self.parent().map(|parent| parent.namespaces_in_scope());
        for (prefix, namespace) in outside.unwrap_or_default() {
            scope.push(Declaration {
                prefix,
                namespace: Cow::Borrowed(namespace),
            });
        }
        Tokens::within(self.tree.text, self.range(), scope, &self.tree.limits)
    }

    /// The `xml:` attributes of its ancestors, the nearest of each name, that it does not have itself: name and value.
    pub(crate) fn inherited_xml_attributes(&self) -> Vec<(&'t str, &'t str)> {
        let is_xml = |attribute: &Attribute<'_, '_>| attribute.prefix() == "xml";
        let mut inherited: Vec<(&'t str, &'t str)> = Vec::new();
        for attribute in self
            .ancestors()
            .skip(1)
            .flat_map(|element| element.attributes())
        {
            let name: &'t str = attribute.qualified_name();
            let nearer = inherited.iter().any(|(known, _)| *known == name)
                || self.attributes().any(|own| own.qualified_name() == name);
            if is_xml(&attribute) && !nearer {
                inherited.push((name, attribute.value()));
            }
        }
        inherited
    }

    /// The node behind it in document order, where its attributes and declarations end.
    fn following(&self) -> Option<&'t Node> {
        self.tree.nodes.get(self.index as usize + 1)
    }

    fn place_among_namesakes(&self) -> (usize, usize) {
        let Some(parent) = self.parent() else {
            return (1, 1);
        };
        let namesakes = parent
            .children()
            .filter(|sibling| sibling.local_name() == self.local_name());
        namesakes.fold((0, 0), |(number, count), sibling| {
            (number + usize::from(sibling.index <= self.index), count + 1)
        })
    }
}

impl PartialEq for Element<'_, '_> {
    /// Whether both are the same element of the same tree.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.node, other.node)
    }
}

impl Eq for Element<'_, '_> {}

impl fmt::Debug for Element<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({} at {})", self.path(), self.position())
    }
}

/// An attribute of an [`Element`]. `Debug` prints its name only.
#[derive(Clone, Copy)]
pub struct Attribute<'t, 'a> {
    tree: &'t Tree<'a>,
    attribute: &'t NodeAttribute,
}

impl<'t, 'a> Attribute<'t, 'a> {
    /// Its namespace, empty for none.
    #[must_use]
    pub fn namespace(&self) -> &'t str {
        self.tree.namespace(self.attribute.namespace)
    }

    /// Its prefix as written, empty for none.
    #[must_use]
    pub fn prefix(&self) -> &'a str {
        self.name().prefix()
    }

    /// Its name without the prefix.
    #[must_use]
    pub fn local_name(&self) -> &'a str {
        self.name().local()
    }

    /// Its name as written.
    #[must_use]
    pub fn qualified_name(&self) -> &'a str {
        self.name().qualified()
    }

    /// Its value, normalised.
    #[must_use]
    pub fn value(&self) -> &'t str {
        self.tree.value(self.attribute.value)
    }

    /// Whether it has this namespace (empty for none) and local name.
    #[inline]
    #[must_use]
    pub fn is(&self, namespace: &str, local_name: &str) -> bool {
        same(self.name().local_bytes(), local_name.as_bytes())
            && same(self.namespace().as_bytes(), namespace.as_bytes())
    }

    fn name(&self) -> Name<'a> {
        self.tree.name(self.attribute.name)
    }
}

impl fmt::Debug for Attribute<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attribute({:?})", self.name())
    }
}
