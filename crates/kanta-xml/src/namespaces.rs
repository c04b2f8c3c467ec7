//! Namespace declarations and the prefixes they bind.

use std::borrow::Cow;
use std::fmt;

use crate::error::{ErrorKind, shortened};
use crate::scan;

/// The namespace that the prefix `xml` is bound to, without a declaration.
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// The namespace of the attributes that declare namespaces.
pub const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// One namespace declaration; the prefix is empty for the default namespace, and the namespace is empty for `xmlns=""`.
#[derive(Clone, PartialEq, Eq)]
pub struct Declaration<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) namespace: Cow<'a, str>,
}

impl<'a> Declaration<'a> {
    /// The declared prefix, empty for the default namespace.
    #[must_use]
    pub fn prefix(&self) -> &'a str {
        self.prefix
    }

    /// The namespace, empty where the default namespace is taken back.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// A declaration that follows the rules of Namespaces in XML 1.0.
    pub(crate) fn checked(prefix: &'a str, namespace: Cow<'a, str>) -> Result<Self, ErrorKind> {
        let is_xml = prefix == "xml";
        let names_xml = namespace == XML_NAMESPACE;
        let forbidden = prefix == "xmlns"
            || is_xml != names_xml
            || namespace == XMLNS_NAMESPACE
            || (namespace.is_empty() && !prefix.is_empty());
        if forbidden {
            return Err(ErrorKind::ForbiddenNamespaceDeclaration {
                prefix: shortened(prefix),
            });
        }
        Ok(Self { prefix, namespace })
    }
}

impl fmt::Debug for Declaration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "xmlns:{}", self.prefix)
    }
}

/// The declarations in scope, outermost first; later ones hide earlier ones of the same prefix. The first one is `xml`.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'a> {
    declarations: Vec<Declaration<'a>>,
    /// The index of the innermost default namespace: most names have no prefix.
    default: Option<usize>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new() -> Self {
        // A document of the field declares some five.
        let mut declarations = Vec::with_capacity(8);
        declarations.push(xml());
        Self {
            declarations,
            default: None,
        }
    }

    pub(crate) fn push(&mut self, declaration: Declaration<'a>) {
        if declaration.prefix.is_empty() {
            self.default = Some(self.declarations.len());
        }
        self.declarations.push(declaration);
    }

    #[inline]
    pub(crate) fn truncate(&mut self, length: usize) {
        if length < self.declarations.len() {
            self.declarations.truncate(length);
            self.default = self.find("");
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.declarations.len()
    }

    /// The declarations from an index on.
    #[inline]
    pub(crate) fn since(&self, index: usize) -> &[Declaration<'a>] {
        self.declarations.get(index..).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<&Declaration<'a>> {
        self.declarations.get(index)
    }

    /// The index of the declaration that binds a prefix (the default namespace for an empty one).
    #[inline]
    pub(crate) fn resolve(&self, prefix: &str) -> Option<usize> {
        match prefix.is_empty() {
            true => self.default,
            false => self.find(prefix),
        }
    }

    fn find(&self, prefix: &str) -> Option<usize> {
        self.declarations
            .iter()
            .rposition(|declaration| scan::same(declaration.prefix.as_bytes(), prefix.as_bytes()))
    }

    /// The namespace of a resolved name; `None` is the name that no declaration reaches.
    #[inline]
    pub(crate) fn namespace(&self, resolved: Option<usize>) -> &str {
        resolved
            .and_then(|index| self.get(index))
            .map_or("", Declaration::namespace)
    }
}

/// The declaration that always is in scope.
pub(crate) fn xml<'a>() -> Declaration<'a> {
    Declaration {
        prefix: "xml",
        namespace: Cow::Borrowed(XML_NAMESPACE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_follow_the_rules() {
        for (prefix, namespace, allowed) in [
            ("", "urn:a", true),
            ("", "", true),
            ("a", "urn:a", true),
            ("xml", XML_NAMESPACE, true),
            ("xmlfoo", "urn:a", true),
            ("a", "", false),
            ("xml", "urn:a", false),
            ("a", XML_NAMESPACE, false),
            ("", XML_NAMESPACE, false),
            ("xmlns", "urn:a", false),
            ("xmlns", XMLNS_NAMESPACE, false),
            ("a", XMLNS_NAMESPACE, false),
            ("", XMLNS_NAMESPACE, false),
        ] {
            let declaration = Declaration::checked(prefix, Cow::Borrowed(namespace));
            assert_eq!(declaration.is_ok(), allowed, "{prefix:?} {namespace:?}");
        }
    }

    #[test]
    fn the_inner_declaration_wins() {
        let mut scope = Scope::new();
        assert_eq!(scope.resolve("a"), None);
        for namespace in ["urn:1", "urn:2"] {
            scope.push(Declaration::checked("a", Cow::Borrowed(namespace)).unwrap());
        }
        assert_eq!(scope.namespace(scope.resolve("a")), "urn:2");
        scope.truncate(2);
        assert_eq!(scope.namespace(scope.resolve("a")), "urn:1");
        assert_eq!(scope.namespace(scope.resolve("xml")), XML_NAMESPACE);
        assert_eq!(scope.namespace(scope.resolve("")), "");
    }
}
