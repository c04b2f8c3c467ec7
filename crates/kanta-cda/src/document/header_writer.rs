//! A writer of headers that puts foreign parts back where they stood.

use kanta_core::{CodedValue, Oid, Organisation, PersonName};
use kanta_xml::{CheckedName, Writer};

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
    /// Begins a document.
    pub(super) fn new(capacity: usize, foreign: &'f Foreign) -> Self {
        let mut xml = Writer::with_capacity(capacity);
        xml.raw(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let track = (!foreign.is_empty()).then(|| Track {
            foreign,
            open: Vec::new(),
        });
        Self { xml, track }
    }

    /// Opens an element; its attributes come first, foreign ones after them.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.xml.open_known(name);
        self.begin(name, attributes);
    }

    /// Opens an element whose name comes from the spec bundle.
    pub(super) fn open_item(&mut self, name: &CheckedName, attributes: &[(&'static str, &str)]) {
        self.xml.open_checked(name);
        self.begin(name.as_str(), attributes);
    }

    fn begin(&mut self, name: &str, attributes: &[(&'static str, &str)]) {
        let Some(track) = &mut self.track else {
            for (name, value) in attributes {
                self.xml.attribute_known(name, value);
            }
            return;
        };
        let path = track.next_path(name);
        for (name, value) in attributes {
            self.xml.attribute_known(name, value);
        }
        for (name, value) in track.foreign.attributes_of(&path) {
            if !attributes.iter().any(|(written, _)| *written == name) {
                self.xml.attribute(name, value);
            }
        }
        for xml in track.enter(path) {
            self.xml.raw(xml.as_bytes());
        }
    }

    /// Opens the root with its declarations.
    pub(super) fn open_document(&mut self, namespace: &str, prefixes: &[(String, String)]) {
        self.xml.open_known("ClinicalDocument");
        self.xml.attribute_known("xmlns", namespace);
        for (prefix, uri) in prefixes {
            self.xml.attribute(&format!("xmlns:{prefix}"), uri);
        }
        self.begin("ClinicalDocument", &[]);
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

    pub(super) fn empty(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.open(name, attributes);
        self.close();
    }

    pub(super) fn text_element(&mut self, name: &'static str, text: &str) {
        self.open(name, &[]);
        self.text(text);
        self.close();
    }

    /// Writes an element whose value does not apply, unless the document that was read did not say so.
    pub(super) fn not_applicable(&mut self, name: &'static str) {
        self.open_constant(name, &[("nullFlavor", "NA")]);
        self.close();
    }

    /// Opens an element with attributes that are always the same, unless the document that was read had others.
    pub(super) fn open_constant(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
    ) {
        let is_bare = self
            .track
            .as_ref()
            .is_some_and(|track| track.foreign.is_bare(&track.next_path(name)));
        self.open(name, if is_bare { &[] } else { attributes });
    }

    pub(super) fn identifier(&mut self, name: &'static str, root: &Oid, extension: Option<&str>) {
        match extension {
            Some(extension) => {
                self.empty(name, &[("root", root.as_str()), ("extension", extension)]);
            }
            None => self.empty(name, &[("root", root.as_str())]),
        }
    }

    pub(super) fn code(&mut self, name: &'static str, value: &CodedValue) {
        let (attributes, count) = code_attributes(value);
        self.empty(name, &attributes[..count]);
    }

    /// Writes an element whose name comes from the spec bundle and whose value stands in attributes.
    pub(super) fn empty_item(&mut self, name: &CheckedName, attributes: &[(&'static str, &str)]) {
        self.open_item(name, attributes);
        self.close();
    }

    pub(super) fn organisation(&mut self, name: &'static str, organisation: &Organisation) {
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

    /// Hands the writer over for content that is made elsewhere.
    pub(super) fn xml(&mut self) -> &mut Writer {
        &mut self.xml
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, kanta_xml::Error> {
        self.xml.finish()
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

    /// Steps into an element and returns what stood before its first known child.
    fn enter(&mut self, path: String) -> Vec<&'f str> {
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

/// The attributes of a coded value, and how many of them it has.
pub(super) fn code_attributes(value: &CodedValue) -> ([(&'static str, &str); 4], usize) {
    let mut attributes = [
        ("code", value.code()),
        ("codeSystem", value.system().as_str()),
        ("codeSystemName", ""),
        ("displayName", ""),
    ];
    let mut count = 2;
    if let Some(system_name) = value.system_name() {
        attributes[count].1 = system_name;
        count += 1;
    }
    if let Some(display) = value.display() {
        attributes[count] = ("displayName", display);
        count += 1;
    }
    (attributes, count)
}

fn local_name(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}
