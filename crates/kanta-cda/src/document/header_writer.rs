//! A writer of headers that puts foreign parts back where they stood.

use kanta_core::{CodedValue, Oid, Organisation, PersonName};
use kanta_xml::Writer;

use super::foreign::Foreign;

/// Writes elements in order and, when a document was read, its foreign parts among them.
pub(super) struct HeaderWriter<'f> {
    xml: Writer,
    /// Where the writer is; kept only while there are foreign parts.
    track: Option<Track<'f>>,
}

struct Track<'f> {
    foreign: &'f Foreign,
    open: Vec<Open<'f>>,
}

struct Open<'f> {
    path: String,
    written: Vec<(String, usize)>,
    waiting: Vec<(Option<&'f str>, &'f str)>,
}

impl<'f> HeaderWriter<'f> {
    pub(super) fn new(capacity: usize, foreign: &'f Foreign) -> Self {
        let mut xml = Writer::with_capacity(capacity);
        xml.raw(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let track = (!foreign.is_empty()).then(|| Track {
            foreign,
            open: Vec::new(),
        });
        Self { xml, track }
    }

    /// Opens an element; `attributes` come first, foreign ones after them.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.xml.open(name);
        for (name, value) in attributes {
            self.xml.attribute(name, value);
        }
        if let Some(track) = &mut self.track {
            let first = track.enter(name, attributes, &mut self.xml);
            for xml in first {
                self.xml.raw(xml.as_bytes());
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.xml.text(text);
    }

    pub(super) fn raw(&mut self, xml: &[u8]) {
        self.xml.raw(xml);
    }

    pub(super) fn close(&mut self) {
        let after = match &mut self.track {
            None => Vec::new(),
            Some(track) => {
                for xml in track.remaining() {
                    self.xml.raw(xml.as_bytes());
                }
                track.leave()
            }
        };
        self.xml.close();
        for xml in after {
            self.xml.raw(xml.as_bytes());
        }
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.open(name, attributes);
        self.close();
    }

    pub(super) fn text_element(&mut self, name: &str, text: &str) {
        self.open(name, &[]);
        self.text(text);
        self.close();
    }

    /// Writes an element whose value does not apply, unless the document that was read had another one there.
    pub(super) fn not_applicable(&mut self, name: &str) {
        if self.has_foreign_attributes(name) {
            self.empty(name, &[]);
        } else {
            self.empty(name, &[("nullFlavor", "NA")]);
        }
    }

    pub(super) fn identifier(&mut self, name: &str, root: &Oid, extension: Option<&str>) {
        match extension {
            Some(extension) => {
                self.empty(name, &[("root", root.as_str()), ("extension", extension)]);
            }
            None => self.empty(name, &[("root", root.as_str())]),
        }
    }

    pub(super) fn code(&mut self, name: &str, value: &CodedValue) {
        let mut attributes = vec![
            ("code", value.code()),
            ("codeSystem", value.system().as_str()),
        ];
        if let Some(system_name) = value.system_name() {
            attributes.push(("codeSystemName", system_name));
        }
        if let Some(display) = value.display() {
            attributes.push(("displayName", display));
        }
        self.empty(name, &attributes);
    }

    pub(super) fn organisation(&mut self, name: &str, organisation: &Organisation) {
        self.open(name, &[]);
        self.identifier("id", organisation.oid.as_oid(), None);
        if let Some(name) = &organisation.name {
            self.text_element("name", name);
        }
        self.close();
    }

    pub(super) fn person_name(&mut self, name: &PersonName) {
        self.open("name", &[]);
        for given in name.given() {
            self.text_element("given", given);
        }
        if let Some(call_name) = name.call_name() {
            self.open("given", &[("qualifier", "CL")]);
            self.text(call_name);
            self.close();
        }
        if !name.family().is_empty() {
            self.text_element("family", name.family());
        }
        self.close();
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, kanta_xml::Error> {
        self.xml.finish()
    }

    fn has_foreign_attributes(&self, name: &str) -> bool {
        self.track.as_ref().is_some_and(|track| {
            let path = track.next_path(name);
            !track.foreign.attributes_of(&path).is_empty()
        })
    }
}

impl<'f> Track<'f> {
    /// Returns the path that the next child of this name will have.
    fn next_path(&self, name: &str) -> String {
        let local = local_name(name);
        match self.open.last() {
            None => format!("/{local}[1]"),
            Some(parent) => {
                let before = parent
                    .written
                    .iter()
                    .find(|(written, _)| written == local)
                    .map_or(0, |(_, count)| *count);
                format!("{}/{local}[{}]", parent.path, before + 1)
            }
        }
    }

    /// Steps into an element, writes its foreign attributes and returns what stood before its first known child.
    fn enter(&mut self, name: &str, own: &[(&str, &str)], xml: &mut Writer) -> Vec<&'f str> {
        let path = self.next_path(name);
        for (name, value) in self.foreign.attributes_of(&path) {
            if !own.iter().any(|(written, _)| written == name) {
                xml.attribute(name, value);
            }
        }
        let (first, waiting) = self
            .foreign
            .children_of(&path)
            .into_iter()
            .partition(|(after, _)| after.is_none());
        self.open.push(Open {
            path,
            written: Vec::new(),
            waiting,
        });
        let first: Vec<(Option<&str>, &str)> = first;
        first.into_iter().map(|(_, xml)| xml).collect()
    }

    /// Returns the foreign children whose known neighbour was not written: none may be lost.
    fn remaining(&mut self) -> Vec<&'f str> {
        match self.open.last_mut() {
            None => Vec::new(),
            Some(open) => open.waiting.drain(..).map(|(_, xml)| xml).collect(),
        }
    }

    /// Steps out of an element and returns what stood right after it.
    fn leave(&mut self) -> Vec<&'f str> {
        let Some(left) = self.open.pop() else {
            return Vec::new();
        };
        let Some(parent) = self.open.last_mut() else {
            return Vec::new();
        };
        let name = left.path.rsplit('/').next().unwrap_or_default();
        let local = name.split('[').next().unwrap_or_default();
        match parent
            .written
            .iter_mut()
            .find(|(written, _)| written == local)
        {
            Some((_, count)) => *count += 1,
            None => parent.written.push((local.to_owned(), 1)),
        }
        let (after, waiting) = parent
            .waiting
            .drain(..)
            .partition(|(after, _)| *after == Some(left.path.as_str()));
        parent.waiting = waiting;
        let after: Vec<(Option<&str>, &str)> = after;
        after.into_iter().map(|(_, xml)| xml).collect()
    }
}

fn local_name(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}
