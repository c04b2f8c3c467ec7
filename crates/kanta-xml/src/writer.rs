//! Writing XML.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::error::{Error, ErrorKind};
use crate::names::Name;
use crate::{Position, escape, normalise};

/// Writes elements, attributes and text into a byte vector, escaped as canonical XML escapes them.
///
/// Elements without content become empty tags. Attributes and namespace declarations are written in the order of the
/// calls, and are not checked against one another. What the methods cannot write (a character that XML does not allow, a
/// name that is none, calls in a wrong order) they remember, and [`finish`](Self::finish) returns the first of it: a
/// wrong document never comes out, nothing is replaced silently.
///
/// ```
/// let mut writer = kanta_xml::Writer::new();
/// writer.open("a");
/// writer.attribute("xmlns", "urn:example");
/// writer.attribute("b", "\"1\"");
/// writer.text("x < y");
/// writer.open("c");
/// writer.close();
/// writer.close();
/// assert_eq!(writer.finish()?, br#"<a xmlns="urn:example" b="&quot;1&quot;">x &lt; y<c/></a>"#);
/// # Ok::<(), kanta_xml::Error>(())
/// ```
#[derive(Default)]
pub struct Writer {
    output: Vec<u8>,
    /// Where the names of the open elements stand in the output.
    open: Vec<Range<usize>>,
    /// The innermost start tag still takes attributes.
    in_start_tag: bool,
    failure: Option<(ErrorKind, usize)>,
}

/// A qualified name that was checked once, so that writing it costs no check.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedName(Cow<'static, str>);

impl CheckedName {
    /// Checks a name: `local` or `prefix:local`.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Option<Self> {
        let name = name.into();
        Name::parse(&name)?;
        Some(Self(name))
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CheckedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Writer {
    /// A writer with nothing written.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer with room for so many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            output: Vec::with_capacity(bytes),
            ..Self::default()
        }
    }

    /// Begins an element, with a qualified name.
    pub fn open(&mut self, name: &str) {
        self.check_name(name);
        self.begin(name);
    }

    /// Begins an element whose name is a constant of the program; only a debug build checks it.
    pub fn open_known(&mut self, name: &'static str) {
        debug_assert!(Name::parse(name).is_some(), "{name} is no name");
        self.begin(name);
    }

    /// Begins an element whose name was checked before.
    pub fn open_checked(&mut self, name: &CheckedName) {
        self.begin(&name.0);
    }

    /// Writes an attribute or a namespace declaration of the element begun last; possible until it has content.
    pub fn attribute(&mut self, name: &str, value: &str) {
        self.check_name(name);
        self.put_attribute(name, value);
    }

    /// Writes an attribute whose name is a constant of the program; only a debug build checks it.
    pub fn attribute_known(&mut self, name: &'static str, value: &str) {
        debug_assert!(Name::parse(name).is_some(), "{name} is no name");
        self.put_attribute(name, value);
    }

    /// Writes text. Empty text writes nothing, so the element may still become an empty tag.
    pub fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.open.is_empty() {
            self.misuse("text stands outside the root element");
        }
        self.end_start_tag();
        if !escape::append_text(text, &mut self.output) {
            self.check_characters(text);
        }
    }

    /// Writes bytes as they are: XML made before, a comment, an XML declaration. They are not checked.
    pub fn raw(&mut self, xml: &[u8]) {
        if !xml.is_empty() {
            self.end_start_tag();
            self.output.extend_from_slice(xml);
        }
    }

    /// Hands the output to a function that appends content to it, such as Base64 of something large: it is not checked,
    /// and what stands there already must stay.
    pub fn append_raw(&mut self, append: impl FnOnce(&mut Vec<u8>)) {
        self.end_start_tag();
        append(&mut self.output);
    }

    /// Makes room for so many more bytes and no more, when they do not fit yet.
    pub fn reserve_exact(&mut self, bytes: usize) {
        self.output.reserve_exact(bytes);
    }

    /// Ends the element that was begun last and is still open.
    pub fn close(&mut self) {
        let Some(name) = self.open.pop() else {
            self.misuse("more elements are closed than were opened");
            return;
        };
        if self.in_start_tag {
            self.output.extend_from_slice(b"/>");
            self.in_start_tag = false;
        } else {
            self.output.extend_from_slice(b"</");
            self.output.extend_from_within(name);
            self.output.push(b'>');
        }
    }

    /// How many bytes are written. While a start tag still takes attributes, its `>` is not counted.
    #[must_use]
    pub fn position(&self) -> usize {
        self.output.len()
    }

    /// What was written.
    ///
    /// # Errors
    /// Something that could not be written: [`ErrorKind::ForbiddenCharacter`], or [`ErrorKind::WriterMisuse`] (also when
    /// elements are still open). The place is that in the output.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        if !self.open.is_empty() {
            self.misuse("elements are still open");
        }
        match self.failure {
            None => Ok(self.output),
            Some((kind, offset)) => Err(Error::new(kind, Position::at(&self.output, offset))),
        }
    }

    #[inline]
    fn begin(&mut self, name: &str) {
        self.end_start_tag();
        self.output.push(b'<');
        let start = self.output.len();
        self.output.extend_from_slice(name.as_bytes());
        self.open.push(start..self.output.len());
        self.in_start_tag = true;
    }

    #[inline]
    fn put_attribute(&mut self, name: &str, value: &str) {
        if !self.in_start_tag {
            self.misuse("an attribute does not follow the start of an element");
        }
        self.output.push(b' ');
        self.output.extend_from_slice(name.as_bytes());
        self.output.extend_from_slice(b"=\"");
        if !escape::append_attribute(value, &mut self.output) {
            self.check_characters(value);
        }
        self.output.push(b'"');
    }

    #[inline]
    fn end_start_tag(&mut self) {
        if self.in_start_tag {
            self.output.push(b'>');
            self.in_start_tag = false;
        }
    }

    fn check_name(&mut self, name: &str) {
        if Name::parse(name).is_none() {
            self.misuse("an element or attribute has a name that XML does not allow");
        }
    }

    #[cold]
    fn check_characters(&mut self, content: &str) {
        if normalise::find_forbidden(content).is_some() {
            self.fail(ErrorKind::ForbiddenCharacter);
        }
    }

    fn misuse(&mut self, problem: &'static str) {
        self.fail(ErrorKind::WriterMisuse { problem });
    }

    fn fail(&mut self, kind: ErrorKind) {
        let offset = self.output.len();
        self.failure.get_or_insert((kind, offset));
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("bytes", &self.output.len())
            .field("open", &self.open.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(calls: impl Fn(&mut Writer)) -> Result<String, ErrorKind> {
        let mut writer = Writer::with_capacity(64);
        calls(&mut writer);
        let bytes = writer.finish().map_err(|error| error.kind().clone())?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn writes_elements() {
        let result = written(|writer| {
            writer.raw(b"<?xml version=\"1.0\"?>\n");
            writer.open("p:a");
            writer.attribute("xmlns:p", "urn:p");
            writer.attribute("b", "<\"&>\r\n\t'");
            writer.open("c");
            writer.text("");
            writer.raw(b"");
            writer.close();
            assert_eq!(writer.position(), 84);
            writer.text("<\"&>\r\n\t'ä😀");
            writer.open("d");
            writer.text("1");
            writer.close();
            writer.raw(b"<e/>");
            writer.close();
        });
        assert_eq!(
            result.unwrap(),
            "<?xml version=\"1.0\"?>\n<p:a xmlns:p=\"urn:p\" b=\"&lt;&quot;&amp;>&#xD;&#xA;&#x9;'\"><c/>\
             &lt;\"&amp;&gt;&#xD;\n\t'ä😀<d>1</d><e/></p:a>"
        );
    }

    #[test]
    fn known_and_checked_names_are_written_alike() {
        let checked = CheckedName::new("p:a").unwrap();
        let result = written(|writer| {
            writer.open_checked(&checked);
            writer.attribute_known("b", "1");
            writer.open_known("c");
            writer.append_raw(|output| output.extend_from_slice(b"QQ=="));
            writer.close();
            writer.close();
        });
        assert_eq!(result.unwrap(), "<p:a b=\"1\"><c>QQ==</c></p:a>");
        assert_eq!((checked.as_str(), CheckedName::new("a b")), ("p:a", None));
    }

    #[test]
    fn refuses_characters() {
        for character in ['\0', '\x01', '\x0B', '\x1F', '\u{FFFE}', '\u{FFFF}'] {
            let in_text = written(|writer| {
                writer.open("a");
                writer.text(&format!("x{character}"));
                writer.close();
            });
            let in_attribute = written(|writer| {
                writer.open("a");
                writer.attribute("b", &character.to_string());
                writer.close();
            });
            assert_eq!(in_text, Err(ErrorKind::ForbiddenCharacter), "{character:?}");
            assert_eq!(
                in_attribute,
                Err(ErrorKind::ForbiddenCharacter),
                "{character:?}"
            );
        }
    }

    #[test]
    fn refuses_misuse() {
        type Calls = fn(&mut Writer);
        let calls: [(&str, Calls); 7] = [
            ("closed", |writer| writer.close()),
            ("still open", |writer| writer.open("a")),
            ("follow the start", |writer| writer.attribute("a", "")),
            ("follow the start", |writer| {
                writer.open("a");
                writer.text("1");
                writer.attribute("b", "");
                writer.close();
            }),
            ("outside", |writer| writer.text("x")),
            ("name", |writer| {
                writer.open("a b");
                writer.close();
            }),
            ("name", |writer| {
                writer.open("a");
                writer.attribute("b='' c", "");
                writer.close();
            }),
        ];
        for (part, call) in calls {
            match written(call) {
                Err(ErrorKind::WriterMisuse { problem }) => {
                    assert!(problem.contains(part), "{problem}");
                }
                other => panic!("{part}: {other:?}"),
            }
        }
    }
}
