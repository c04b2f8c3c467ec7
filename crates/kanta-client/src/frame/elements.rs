//! The elements that frames are made of.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use kanta_core::spec::Spec;
use kanta_core::{CodedValue, Oid, PersonName};
use kanta_xml::Writer;

use super::FrameError;

/// Parts of frames that only the bundle decides, as they were written the first time.
#[derive(Default)]
struct Fixed(RwLock<HashMap<String, Arc<[u8]>>>);

/// Writes the elements of a frame, and remembers where the content stands.
pub(super) struct FrameWriter {
    xml: Writer,
    content: Range<usize>,
    fixed: Arc<Fixed>,
}

impl FrameWriter {
    pub(super) fn new(spec: &Spec, capacity: usize) -> Self {
        let mut xml = Writer::with_capacity(capacity);
        xml.raw(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Self {
            xml,
            content: 0..0,
            fixed: spec.compiled(|_| Fixed::default()),
        }
    }

    /// Writes a part that depends on the bundle and `key` only: it is made once and copied from then on.
    pub(super) fn fixed(
        &mut self,
        key: &str,
        write: impl FnOnce(&mut Self) -> Result<(), FrameError>,
    ) -> Result<(), FrameError> {
        let fixed = Arc::clone(&self.fixed);
        let known = fixed.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(xml) = known.get(key) {
            self.xml.raw(xml);
            return Ok(());
        }
        drop(known);
        let mut part = Self {
            xml: Writer::new(),
            content: 0..0,
            fixed: Arc::clone(&fixed),
        };
        write(&mut part)?;
        let xml: Arc<[u8]> = part.xml.finish()?.into();
        self.xml.raw(&xml);
        let mut known = fixed.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(key.to_owned(), xml);
        Ok(())
    }

    /// Begins an element whose name is a constant of HL7.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.xml.open_known(name);
        for (name, value) in attributes {
            self.xml.attribute_known(name, value);
        }
    }

    /// Begins an element whose name the bundle gives.
    pub(super) fn open_named(&mut self, name: &str) {
        self.xml.open(name);
    }

    /// Writes an attribute of the element begun last.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) {
        self.xml.attribute_known(name, value);
    }

    pub(super) fn close(&mut self) {
        self.xml.close();
    }

    pub(super) fn empty(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.open(name, attributes);
        self.close();
    }

    pub(super) fn text_element(&mut self, name: &'static str, text: &str) {
        self.open(name, &[]);
        self.xml.text(text);
        self.close();
    }

    /// Lets a function append text that is XML already: the content of a message.
    pub(super) fn content(&mut self, append: impl FnOnce(&mut Vec<u8>)) {
        let start = self.xml.position();
        self.xml.append_raw(append);
        self.content = start..self.xml.position();
    }

    pub(super) fn identifier(&mut self, name: &'static str, root: &Oid, extension: Option<&str>) {
        match extension {
            Some(extension) => {
                self.empty(name, &[("root", root.as_str()), ("extension", extension)]);
            }
            None => self.empty(name, &[("root", root.as_str())]),
        }
    }

    pub(super) fn code(&mut self, name: &'static str, code: &CodedValue) {
        self.xml.open_known(name);
        self.attribute("code", code.code());
        self.attribute("codeSystem", code.system().as_str());
        if let Some(name) = code.system_name() {
            self.attribute("codeSystemName", name);
        }
        if let Some(display) = code.display() {
            self.attribute("displayName", display);
        }
        self.close();
    }

    /// Writes a name in the order of frames: the family name first.
    pub(super) fn name(&mut self, name: &PersonName) {
        self.open("name", &[]);
        self.text_element("family", name.family());
        for given in name.given() {
            self.text_element("given", given);
        }
        if let Some(call_name) = name.call_name() {
            self.open("given", &[("qualifier", "CL")]);
            self.xml.text(call_name);
            self.close();
        }
        self.close();
    }

    pub(super) fn device(&mut self, name: &'static str, kind: &str, root: &str) {
        self.open(name, &[("typeCode", kind)]);
        self.open(
            "device",
            &[("classCode", "DEV"), ("determinerCode", "INSTANCE")],
        );
        self.empty("id", &[("root", root)]);
        self.close();
        self.close();
    }

    /// Returns the message and where its content stands.
    pub(super) fn finish(self) -> Result<(Vec<u8>, Range<usize>), kanta_xml::Error> {
        Ok((self.xml.finish()?, self.content))
    }
}
