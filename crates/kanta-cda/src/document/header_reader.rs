//! Reading that remembers what was taken, so that the rest can be kept.

use std::borrow::Cow;
use std::cell::RefCell;

use kanta_core::{
    CodedValue, InstanceIdentifier, Oid, Organisation, OrganisationOid, PersonName, TimeStamp,
};
use kanta_xml::Element;

use super::foreign::{Foreign, detached};
use crate::HL7;

/// What has been taken of each element, by its number in the tree.
pub(super) struct Taken<'s> {
    source: &'s str,
    elements: RefCell<Vec<Parts>>,
}

/// What has been taken of one element.
#[derive(Default, Clone, Copy)]
struct Parts {
    seen: bool,
    text: bool,
    whole: bool,
    /// It lacks the constants that the writer puts there.
    bare: bool,
    /// One bit an attribute, in their order; those beyond are never taken.
    attributes: u32,
}

/// The bit of an attribute; none for those beyond.
fn bit(index: usize) -> u32 {
    u32::try_from(index)
        .ok()
        .and_then(|index| 1_u32.checked_shl(index))
        .unwrap_or(0)
}

/// An element of the header; what is read through it counts as taken.
#[derive(Clone, Copy)]
pub(super) struct Node<'n, 't, 'a> {
    taken: &'n Taken<'n>,
    element: Element<'t, 'a>,
}

impl<'s> Taken<'s> {
    /// Starts with nothing taken of a document.
    pub(super) fn new(source: &'s str, root: Element<'_, '_>) -> Self {
        let elements = root.descendants().count();
        Self {
            source,
            elements: RefCell::new(vec![Parts::default(); elements]),
        }
    }

    pub(super) fn node<'t, 'a>(&self, element: Element<'t, 'a>) -> Node<'_, 't, 'a> {
        self.with(element, |parts| parts.seen = true);
        Node {
            taken: self,
            element,
        }
    }

    /// Takes an element by a function that may find that it cannot: then nothing of it counts as taken, and the whole
    /// element stays foreign.
    pub(super) fn attempt<'n, 't, 'a, T>(
        &'n self,
        element: Element<'t, 'a>,
        read: impl FnOnce(Node<'n, 't, 'a>) -> Option<T>,
    ) -> Option<T> {
        let value = read(self.node(element));
        if value.is_none() {
            let mut elements = self.elements.borrow_mut();
            for inner in element.descendants() {
                if let Some(parts) = elements.get_mut(inner.index()) {
                    *parts = Parts::default();
                }
            }
        }
        value
    }

    fn with(&self, element: Element<'_, '_>, change: impl FnOnce(&mut Parts)) {
        if let Some(parts) = self.elements.borrow_mut().get_mut(element.index()) {
            change(parts);
        }
    }

    fn parts(&self, element: Element<'_, '_>) -> Parts {
        let elements = self.elements.borrow();
        elements.get(element.index()).copied().unwrap_or_default()
    }

    /// Collects everything at and below `element` that was not taken.
    pub(super) fn collect_rest(&self, element: Element<'_, '_>, foreign: &mut Foreign) {
        let parts = self.parts(element);
        if !parts.seen || parts.whole {
            return;
        }
        if parts.bare {
            foreign.add_bare(self.numbered_path(element));
        }
        for (index, attribute) in element.attributes().enumerate() {
            if parts.attributes & bit(index) == 0 {
                foreign.add_attribute(self.numbered_path(element), element, attribute);
            }
        }
        if !parts.text && element.has_own_text() {
            let mut text = kanta_xml::Writer::new();
            // The writer asks for an element around text; only the text is kept.
            text.open_known("text");
            text.text(&element.text());
            text.close();
            if let Ok(text) = text.finish() {
                let text = String::from_utf8_lossy(&text);
                let text = text
                    .trim_start_matches("<text>")
                    .trim_end_matches("</text>");
                let name = format!("{}/text()", element.path());
                foreign.add_child(self.numbered_path(element), None, name, text.to_owned());
            }
        }
        let mut before = None;
        for child in element.children() {
            if self.parts(child).seen {
                self.collect_rest(child, foreign);
                before = Some(child);
            } else {
                let xml = detached(self.source, child, &foreign.written_context(child));
                let after = before.map(|before| self.numbered_path(before));
                foreign.add_child(
                    self.numbered_path(element),
                    after,
                    child.path(),
                    xml.into_owned(),
                );
            }
        }
    }

    /// Returns the path of an element with every step numbered among those of its name that were taken too: the path
    /// that it will have when it is written.
    fn numbered_path(&self, element: Element<'_, '_>) -> String {
        let (parent_path, number) = match element.parent() {
            None => (String::new(), 1),
            Some(parent) => {
                let before = parent
                    .children()
                    .take_while(|sibling| sibling.index() != element.index())
                    .filter(|sibling| sibling.local_name() == element.local_name())
                    .filter(|sibling| self.parts(*sibling).seen)
                    .count();
                (self.numbered_path(parent), before + 1)
            }
        };
        format!("{parent_path}/{}[{number}]", element.local_name())
    }
}

impl<'n, 't, 'a> Node<'n, 't, 'a> {
    pub(super) fn element(self) -> Element<'t, 'a> {
        self.element
    }

    /// Takes the element with everything in it and returns its bytes, with the declarations that `foreign` lacks.
    pub(super) fn take_whole(self, foreign: &Foreign) -> Cow<'n, str> {
        self.taken.with(self.element, |parts| parts.whole = true);
        detached(
            self.taken.source,
            self.element,
            &foreign.written_context(self.element),
        )
    }

    /// Takes the first child with a name of CDA, when the function can read it; otherwise all of it stays foreign.
    pub(super) fn part<T>(self, name: &str, read: impl FnOnce(Self) -> Option<T>) -> Option<T> {
        self.part_of(HL7, name, read)
    }

    /// Takes the first child with a name of some name space, when the function can read it.
    pub(super) fn part_of<T>(
        self,
        namespace: &str,
        name: &str,
        read: impl FnOnce(Self) -> Option<T>,
    ) -> Option<T> {
        let child = self.element.child(namespace, name)?;
        self.taken.attempt(child, read)
    }

    /// Takes a child, when the function can read it.
    pub(super) fn attempt<T>(
        self,
        child: Element<'t, 'a>,
        read: impl FnOnce(Self) -> Option<T>,
    ) -> Option<T> {
        self.taken.attempt(child, read)
    }

    /// Takes a descendant, step by step, when the function can read it.
    pub(super) fn descend<T>(
        self,
        names: &[&str],
        read: impl FnOnce(Self) -> Option<T>,
    ) -> Option<T> {
        match names {
            [] => read(self),
            [name, rest @ ..] => {
                // A boxed function keeps the recursion from making a type a step.
                let read: Box<dyn FnOnce(Self) -> Option<T> + '_> = Box::new(read);
                self.part(name, |child| child.descend(rest, read))
            }
        }
    }

    pub(super) fn attribute(self, name: &str) -> Option<&'t str> {
        self.parsed(name, Ok::<_, ()>)
    }

    /// Takes an attribute when its value can be read; otherwise the attribute stays foreign.
    pub(super) fn parsed<T, E>(
        self,
        name: &str,
        parse: impl FnOnce(&'t str) -> Result<T, E>,
    ) -> Option<T> {
        let (index, attribute) = self
            .element
            .attributes()
            .enumerate()
            .find(|(_, attribute)| attribute.is("", name))?;
        let value = parse(attribute.value()).ok()?;
        self.taken.with(self.element, |parts| {
            parts.attributes |= bit(index);
        });
        Some(value)
    }

    /// Takes `nullFlavor="NA"`, which the writer makes by itself.
    pub(super) fn take_not_applicable(self) {
        self.take_constants(&[("nullFlavor", Some("NA"))]);
    }

    /// Takes attributes that always have one value, which the writer makes by itself. Where they differ they stay foreign,
    /// and the writer leaves its own out.
    pub(super) fn take_constants(self, constants: &[(&str, Option<&str>)]) {
        let are_all_there = constants
            .iter()
            .all(|(name, value)| value.is_some() && self.element.attribute(name) == *value);
        if are_all_there {
            for (name, _) in constants {
                self.attribute(name);
            }
        } else {
            self.taken.with(self.element, |parts| parts.bare = true);
        }
    }

    pub(super) fn text(self) -> String {
        self.taken.with(self.element, |parts| parts.text = true);
        self.element.text().into_owned()
    }

    /// Takes a text when it can be read; otherwise it stays foreign.
    pub(super) fn parsed_text<T, E>(self, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = self.element.text();
        let value = parse(text.trim()).ok()?;
        self.taken.with(self.element, |parts| parts.text = true);
        Some(value)
    }

    /// Takes the attributes of a coded value, when it has a code and a code system.
    pub(super) fn code(self) -> Option<CodedValue> {
        let system = self.parsed("codeSystem", Oid::parse)?;
        let mut value = CodedValue::new(self.attribute("code")?, system);
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
        let oid = self.part("id", |id| id.parsed("root", OrganisationOid::parse))?;
        let name = self.part("name", |name| Some(name.text()));
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
        let family = self.part("family", |family| {
            // The writer leaves an empty family name out.
            let text = family.text();
            (!text.is_empty()).then_some(text)
        });
        PersonName::as_read(given, call_name, family.unwrap_or_default())
    }
}
