//! Reading that remembers what was taken, so that the rest can be kept.

use std::cell::RefCell;

use kanta_core::{
    CodedValue, InstanceIdentifier, Oid, Organisation, OrganisationOid, PersonName, TimeStamp,
};
use kanta_xml::Element;

use super::foreign::{Foreign, detached, numbered_path};
use crate::HL7;

/// What has been taken of each element, by its number in the tree.
pub(super) struct Taken<'s> {
    source: &'s str,
    elements: RefCell<Vec<Option<Parts>>>,
}

#[derive(Default, Clone)]
struct Parts {
    attributes: Vec<String>,
    text: bool,
    whole: bool,
}

/// An element of the header; what is read through it counts as taken.
#[derive(Clone, Copy)]
pub(super) struct Node<'n, 't, 'a> {
    taken: &'n Taken<'n>,
    element: Element<'t, 'a>,
}

impl<'s> Taken<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self {
            source,
            elements: RefCell::new(Vec::new()),
        }
    }

    pub(super) fn node<'t, 'a>(&self, element: Element<'t, 'a>) -> Node<'_, 't, 'a> {
        self.with(element, |_| ());
        Node {
            taken: self,
            element,
        }
    }

    fn with(&self, element: Element<'_, '_>, change: impl FnOnce(&mut Parts)) {
        let mut elements = self.elements.borrow_mut();
        let index = element.index();
        if elements.len() <= index {
            elements.resize(index + 1, None);
        }
        change(elements[index].get_or_insert_default());
    }

    fn parts(&self, element: Element<'_, '_>) -> Option<Parts> {
        self.elements
            .borrow()
            .get(element.index())
            .cloned()
            .flatten()
    }

    /// Collects everything at and below `element` that was not taken.
    pub(super) fn collect_rest(&self, element: Element<'_, '_>, foreign: &mut Foreign) {
        let Some(parts) = self.parts(element).filter(|parts| !parts.whole) else {
            return;
        };
        for attribute in element.attributes() {
            let name = attribute.qualified_name();
            if !parts.attributes.iter().any(|taken| taken == name) {
                foreign.add_attribute(
                    numbered_path(element),
                    name.to_owned(),
                    attribute.value().to_owned(),
                );
            }
        }
        if !parts.text && element.has_own_text() {
            let mut text = kanta_xml::Writer::new();
            text.text(&element.text());
            if let Ok(text) = text.finish() {
                let text = String::from_utf8_lossy(&text).into_owned();
                let name = format!("{}/text()", element.path());
                foreign.add_child(numbered_path(element), None, name, text);
            }
        }
        let mut before = None;
        for child in element.children() {
            if self.parts(child).is_some() {
                self.collect_rest(child, foreign);
                before = Some(numbered_path(child));
            } else {
                let xml = detached(self.source, child, &foreign.written_context(child));
                foreign.add_child(numbered_path(element), before.clone(), child.path(), xml);
            }
        }
    }
}

impl<'t, 'a> Node<'_, 't, 'a> {
    pub(super) fn element(self) -> Element<'t, 'a> {
        self.element
    }

    /// Takes the element with everything in it and returns its bytes, with the declarations that `foreign` lacks.
    pub(super) fn take_whole(self, foreign: &Foreign) -> String {
        self.taken.with(self.element, |parts| parts.whole = true);
        detached(
            self.taken.source,
            self.element,
            &foreign.written_context(self.element),
        )
    }

    /// Takes the first child with a name of CDA.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        self.child_of(HL7, name)
    }

    /// Takes the first child with a name of some name space.
    pub(super) fn child_of(self, namespace: &str, name: &str) -> Option<Self> {
        self.element
            .child(namespace, name)
            .map(|child| self.taken.node(child))
    }

    /// Takes a descendant, step by step; the steps count as taken only when the last one is there.
    pub(super) fn descend(self, names: &[&str]) -> Option<Self> {
        let mut element = self.element;
        for name in names {
            element = element.child(HL7, name)?;
        }
        let mut node = self;
        for name in names {
            node = node.child(name)?;
        }
        Some(node)
    }

    pub(super) fn attribute(self, name: &str) -> Option<&'t str> {
        let value = self.element.attribute(name)?;
        self.taken
            .with(self.element, |parts| parts.attributes.push(name.to_owned()));
        Some(value)
    }

    /// Takes an attribute when its value can be read; otherwise the attribute stays foreign.
    pub(super) fn parsed<T, E>(
        self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = parse(self.element.attribute(name)?).ok()?;
        self.attribute(name);
        Some(value)
    }

    /// Takes `nullFlavor="NA"`, which the writer makes by itself.
    pub(super) fn take_not_applicable(self) {
        if self.element.attribute("nullFlavor") == Some("NA") {
            self.attribute("nullFlavor");
        }
    }

    /// Takes an attribute that always has one value, which the writer makes by itself.
    pub(super) fn take_fixed(self, name: &str, value: &str) {
        if self.element.attribute(name) == Some(value) {
            self.attribute(name);
        }
    }

    pub(super) fn text(self) -> String {
        self.taken.with(self.element, |parts| parts.text = true);
        self.element.text().into_owned()
    }

    /// Takes a text when it can be read; otherwise it stays foreign.
    pub(super) fn parsed_text<T, E>(self, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let value = parse(self.element.text().trim()).ok()?;
        self.text();
        Some(value)
    }

    pub(super) fn code(self) -> Option<CodedValue> {
        let code = self.element.attribute("code")?;
        let system = Oid::parse(self.element.attribute("codeSystem")?).ok()?;
        self.attribute("code");
        self.attribute("codeSystem");
        let mut value = CodedValue::new(code, system);
        if let Some(name) = self.attribute("codeSystemName") {
            value = value.with_system_name(name);
        }
        if let Some(display) = self.attribute("displayName") {
            value = value.with_display(display);
        }
        Some(value)
    }

    pub(super) fn time(self) -> Option<TimeStamp> {
        self.parsed("value", TimeStamp::parse)
    }

    pub(super) fn identifier(self) -> Option<InstanceIdentifier> {
        let root = self.parsed("root", Oid::parse)?;
        let extension = self.attribute("extension").map(str::to_owned);
        Some(InstanceIdentifier { root, extension })
    }

    /// Takes an organisation: a child `id` with the root and a child `name`.
    pub(super) fn organisation(self) -> Option<Organisation> {
        let oid = self.child("id")?.parsed("root", OrganisationOid::parse)?;
        let name = self.child("name").map(Self::text);
        Some(Organisation { oid, name })
    }

    /// Takes a name: given names, the one the person is called by, and the family name.
    pub(super) fn person_name(self) -> PersonName {
        let mut given = Vec::new();
        let mut call_name = None;
        for child in self
            .element
            .children()
            .filter(|child| child.is(HL7, "given"))
        {
            match child.attribute("qualifier") {
                None => given.push(self.taken.node(child).text()),
                Some("CL") if call_name.is_none() => {
                    let node = self.taken.node(child);
                    node.attribute("qualifier");
                    call_name = Some(node.text());
                }
                Some(_) => {}
            }
        }
        let family = self.child("family").map(Self::text).unwrap_or_default();
        PersonName::as_read(given, call_name, family)
    }
}
