//! What a document holds beyond the typed model, with its places, so that it is written again where it stood.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use kanta_xml::{Attribute, Element};

use super::placeholder;
use crate::{HL7, HL7_FINLAND};

/// Foreign parts by the path of the known element that they belong to.
///
/// Paths count every element among its same-named siblings: `/ClinicalDocument[1]/recordTarget[2]`.
#[derive(Clone, Default)]
pub(super) struct Foreign {
    /// The rows of the header's table that the document had, one bit a row; `None` for a document of ours.
    pub(super) present: Option<u64>,
    /// The prefixes that the root declared; written there again. The writer's own prefix only with its own meaning.
    pub(super) root_namespaces: Vec<(String, String)>,
    /// The elements that lack the constants that the writer puts there.
    bare: BTreeSet<String>,
    /// Attributes by the path of their element.
    attributes: BTreeMap<String, Vec<ForeignAttribute>>,
    /// Ready XML by parent and the child after which it stood.
    children: BTreeMap<String, Vec<ForeignChild>>,
}

#[derive(Clone)]
struct ForeignAttribute {
    name: String,
    value: String,
    /// Where it stood; `None` for a declaration that the document made elsewhere.
    place: Option<String>,
}

#[derive(Clone)]
struct ForeignChild {
    /// The path of the known sibling before it; `None` at the beginning.
    after: Option<String>,
    /// Where it stood.
    place: String,
    xml: String,
}

impl Foreign {
    /// Starts with the prefixes that the root of a document declares.
    pub(super) fn of_root(root: Element<'_, '_>) -> Self {
        Self {
            root_namespaces: root
                .namespace_declarations()
                .filter(|(prefix, uri)| {
                    !prefix.is_empty() && (*prefix != "hl7fi" || *uri == HL7_FINLAND)
                })
                .map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned()))
                .collect(),
            ..Self::default()
        }
    }

    /// Returns the declarations that hold where the element will stand in the written document.
    pub(super) fn written_context(&self, element: Element<'_, '_>) -> Vec<(String, String)> {
        let mut context = self.root_namespaces.clone();
        context.push((String::new(), HL7.to_owned()));
        // The writer declares its prefix where the social-care header begins.
        if element
            .ancestors()
            .skip(1)
            .any(|ancestor| ancestor.namespace() == HL7_FINLAND)
        {
            context.push(("hl7fi".to_owned(), HL7_FINLAND.to_owned()));
        }
        context
    }

    pub(super) fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.children.is_empty() && self.bare.is_empty()
    }

    pub(super) fn add_bare(&mut self, path: String) {
        self.bare.insert(path);
    }

    pub(super) fn is_bare(&self, path: &str) -> bool {
        self.bare.contains(path)
    }

    /// Adds an attribute, with a declaration of its prefix where the written document would lack one.
    pub(super) fn add_attribute(
        &mut self,
        path: String,
        element: Element<'_, '_>,
        attribute: Attribute<'_, '_>,
    ) {
        let (prefix, uri) = (attribute.prefix(), attribute.namespace());
        let is_declared = prefix.is_empty()
            || prefix == "xml"
            || self
                .written_context(element)
                .iter()
                .any(|(known, of)| known == prefix && of == uri);
        let attributes = self.attributes.entry(path).or_default();
        let declaration = format!("xmlns:{prefix}");
        if !is_declared && !attributes.iter().any(|known| known.name == declaration) {
            attributes.push(ForeignAttribute {
                name: declaration,
                value: uri.to_owned(),
                place: None,
            });
        }
        attributes.push(ForeignAttribute {
            name: attribute.qualified_name().to_owned(),
            value: attribute.value().to_owned(),
            place: Some(format!(
                "{}/@{}",
                element.path(),
                attribute.qualified_name()
            )),
        });
    }

    pub(super) fn add_child(
        &mut self,
        parent: String,
        after: Option<String>,
        place: String,
        xml: String,
    ) {
        let child = ForeignChild { after, place, xml };
        self.children.entry(parent).or_default().push(child);
    }

    /// Returns name and value of the foreign attributes of an element.
    pub(super) fn attributes_of(&self, element: &str) -> impl Iterator<Item = (&str, &str)> {
        let attributes = self.attributes.get(element).into_iter().flatten();
        attributes.map(|attribute| (attribute.name.as_str(), attribute.value.as_str()))
    }

    /// Returns the foreign children of an element, each with the sibling after which it stood.
    pub(super) fn children_of(&self, parent: &str) -> Vec<(Option<&str>, &str)> {
        self.children
            .get(parent)
            .into_iter()
            .flatten()
            .map(|child| (child.after.as_deref(), child.xml.as_str()))
            .collect()
    }

    /// Returns the place of a part that says itself that it is a placeholder.
    pub(super) fn placeholder(&self) -> Option<&str> {
        self.parts()
            .find(|(_, content)| placeholder::is_placeholder(content))
            .map(|(place, _)| place)
    }

    pub(super) fn places(&self) -> impl Iterator<Item = &str> {
        self.parts().map(|(place, _)| place)
    }

    /// Returns every part with its place; what the document did not have is none.
    fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        let attributes = self.attributes.values().flatten();
        let attributes = attributes
            .filter_map(|attribute| Some((attribute.place.as_deref()?, attribute.value.as_str())));
        let children = self.children.values().flatten();
        attributes.chain(children.map(|child| (child.place.as_str(), child.xml.as_str())))
    }
}

impl fmt::Debug for Foreign {
    /// Places only: foreign parts may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.places()).finish()
    }
}

/// Returns the bytes of an element with the declarations of its ancestors added, except those that `known` has.
///
/// Only the start tag grows; everything inside stays byte for byte. Borrowed when nothing has to be added.
pub(super) fn detached<'s>(
    source: &'s str,
    element: Element<'_, '_>,
    known: &[(String, String)],
) -> Cow<'s, str> {
    let range = element.range();
    let own: Vec<&str> = element
        .namespace_declarations()
        .map(|(prefix, _)| prefix)
        .collect();
    let mut added = String::new();
    let in_scope = element.namespaces_in_scope();
    for (prefix, uri) in &in_scope {
        let is_known = known.iter().any(|(p, u)| p == prefix && u == uri);
        if !own.contains(prefix) && !is_known {
            added.push_str(&declaration(prefix, uri));
        }
    }
    // Where the source had no default name space, the output's must not be inherited.
    if !own.contains(&"") && !in_scope.iter().any(|(prefix, _)| prefix.is_empty()) {
        added.push_str(&declaration("", ""));
    }
    if added.is_empty() {
        return Cow::Borrowed(&source[range]);
    }
    let split = element.start_tag_name_end();
    let before = &source[range.start..split];
    let after = &source[split..range.end];
    Cow::Owned([before, added.as_str(), after].concat())
}

fn declaration(prefix: &str, uri: &str) -> String {
    let uri = uri
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;");
    if prefix.is_empty() {
        format!(" xmlns=\"{uri}\"")
    } else {
        format!(" xmlns:{prefix}=\"{uri}\"")
    }
}
