//! What a document holds beyond the typed model, with its places, so that it is written again where it stood.

use std::collections::BTreeMap;
use std::fmt;

use kanta_xml::Element;

use crate::{HL7, HL7_FINLAND};

/// Foreign parts by the path of the known element that they belong to.
///
/// Paths count every element among its same-named siblings: `/ClinicalDocument[1]/recordTarget[2]`.
#[derive(Clone, Default)]
pub(super) struct Foreign {
    /// The prefixes that the root declared; written there again. Never the writer's own prefix `hl7fi`.
    pub(super) root_namespaces: Vec<(String, String)>,
    /// Attributes by the path of their element.
    attributes: BTreeMap<String, Vec<(String, String)>>,
    /// Ready XML by parent and the child after which it stood.
    children: BTreeMap<String, Vec<ForeignChild>>,
}

#[derive(Clone)]
struct ForeignChild {
    /// The path of the known sibling before it; `None` at the beginning.
    after: Option<String>,
    /// A name to tell it by.
    name: String,
    xml: String,
}

impl Foreign {
    /// Starts with the prefixes that the root of a document declares.
    pub(super) fn of_root(root: Element<'_, '_>) -> Self {
        Self {
            root_namespaces: root
                .namespace_declarations()
                .filter(|(prefix, _)| !prefix.is_empty() && *prefix != "hl7fi")
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
            .any(|ancestor| ancestor.namespace() == HL7_FINLAND)
        {
            context.push(("hl7fi".to_owned(), HL7_FINLAND.to_owned()));
        }
        context
    }

    pub(super) fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.children.is_empty()
    }

    pub(super) fn add_attribute(&mut self, element: String, name: String, value: String) {
        self.attributes
            .entry(element)
            .or_default()
            .push((name, value));
    }

    pub(super) fn add_child(
        &mut self,
        parent: String,
        after: Option<String>,
        name: String,
        xml: String,
    ) {
        let child = ForeignChild { after, name, xml };
        self.children.entry(parent).or_default().push(child);
    }

    pub(super) fn attributes_of(&self, element: &str) -> &[(String, String)] {
        self.attributes.get(element).map_or(&[], Vec::as_slice)
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

    pub(super) fn places(&self) -> impl Iterator<Item = &str> {
        let attributes = self
            .attributes
            .values()
            .flat_map(|attributes| attributes.iter().map(|(name, _)| name.as_str()));
        let children = self
            .children
            .values()
            .flatten()
            .map(|child| child.name.as_str());
        attributes.chain(children)
    }
}

impl fmt::Debug for Foreign {
    /// Names only: foreign parts may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.places()).finish()
    }
}

/// Returns the path of an element with every step numbered among its same-named siblings.
pub(super) fn numbered_path(element: Element<'_, '_>) -> String {
    let (parent_path, number) = match element.parent() {
        None => (String::new(), 1),
        Some(parent) => {
            let before = parent
                .children()
                .take_while(|sibling| sibling.index() != element.index())
                .filter(|sibling| sibling.local_name() == element.local_name())
                .count();
            (numbered_path(parent), before + 1)
        }
    };
    format!("{parent_path}/{}[{number}]", element.local_name())
}

/// Returns the bytes of an element with the declarations of its ancestors added, except those that `known` has.
///
/// Only the start tag grows; everything inside stays byte for byte.
pub(super) fn detached(
    source: &str,
    element: Element<'_, '_>,
    known: &[(String, String)],
) -> String {
    let range = element.range();
    let split = element.start_tag_name_end();
    let own: Vec<&str> = element
        .namespace_declarations()
        .map(|(prefix, _)| prefix)
        .collect();
    let mut xml = String::with_capacity(range.len() + 64);
    xml.push_str(&source[range.start..split]);
    let in_scope = element.namespaces_in_scope();
    for (prefix, uri) in &in_scope {
        let is_known = known.iter().any(|(p, u)| p == prefix && u == uri);
        if !own.contains(prefix) && !is_known {
            xml.push_str(&declaration(prefix, uri));
        }
    }
    // Where the source had no default name space, the output's must not be inherited.
    if !own.contains(&"") && !in_scope.iter().any(|(prefix, _)| prefix.is_empty()) {
        xml.push_str(&declaration("", ""));
    }
    xml.push_str(&source[split..range.end]);
    xml
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
