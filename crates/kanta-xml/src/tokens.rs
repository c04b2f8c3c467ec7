//! Tokens of a document, one after the other, with their places; every rule of well-formed XML with namespaces is
//! checked on the way.
//!
//! The reader is our own, for strictness: what a general parser tolerates would all have to be checked here again, and
//! under a signature two programs that see different markup in the same bytes are a hole.

use std::borrow::Cow;
use std::fmt;
use std::mem;
use std::ops::Range;

use crate::cursor::Cursor;
use crate::error::{Error, ErrorKind, Fault};
use crate::namespaces::{Declaration, Scope};
use crate::position::BYTE_ORDER_MARK;
use crate::{Limits, Name, Position, declaration, normalise};

mod tags;
mod token;

pub(crate) use token::Event;
pub use token::{EndTag, StartTag, TagAttribute, Token};

/// A reader that gives the tokens of one document.
///
/// ```
/// use kanta_xml::{Limits, Token, Tokens};
///
/// let mut tokens = Tokens::new(b"<a b='1'>x &amp; y</a>", &Limits::default())?;
/// while let Some(token) = tokens.next()? {
///     match token {
///         Token::Start(tag) => {
///             assert_eq!(tag.name().local(), "a");
///             assert_eq!(tokens.attributes()[0].value(), "1");
///         }
///         Token::Text { text, .. } => assert_eq!(text, "x & y"),
///         _ => {}
///     }
/// }
/// # Ok::<(), kanta_xml::Error>(())
/// ```
pub struct Tokens<'a> {
    text: &'a str,
    cursor: Cursor<'a>,
    limits: Limits,
    scope: Scope<'a>,
    open: Vec<Open<'a>>,
    attributes: Vec<TagAttribute<'a>>,
    /// The start tag, end tag and text that were read last.
    tag: StartTag<'a>,
    end: EndTag<'a>,
    content: Content<'a>,
    /// The last token was an empty tag, whose end comes next.
    end_is_due: bool,
    root_seen: bool,
    failed: Option<Error>,
}

/// The text, comment or processing instruction that was read last.
struct Content<'a> {
    text: Cow<'a, str>,
    span: Range<usize>,
    /// The text is the same in canonical form.
    is_plain: bool,
    /// Whom the processing instruction is for.
    target: &'a str,
}

/// An open element.
struct Open<'a> {
    name: Name<'a>,
    /// Length of the scope outside the element.
    outer_scope: usize,
}

impl<'a> Tokens<'a> {
    /// A reader at the start of a document.
    ///
    /// # Errors
    /// The input is too long (4 GiB or the limit), not UTF-8, holds a character that XML does not allow, or has an XML declaration that is
    /// wrong or names another version or encoding.
    pub fn new(input: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        // Names are kept as places of 32 bits.
        let max_bytes = limits.max_bytes.min(u32::MAX as usize - 1);
        if input.len() > max_bytes {
            let fault = Fault::limit("bytes of input", max_bytes, max_bytes);
            return Err(fault.locate(input));
        }
        let text = simdutf8::basic::from_utf8(input).map_err(|_| not_utf8(input))?;
        if let Some(offset) = normalise::find_forbidden(text) {
            return Err(Fault::new(ErrorKind::ForbiddenCharacter, offset).locate(input));
        }
        let start = if input.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        let mut tokens = Self::within(text, start..text.len(), Scope::new(), limits);
        declaration::skip(&mut tokens.cursor).map_err(|fault| fault.locate(input))?;
        Ok(tokens)
    }

    /// A reader of one element, which stands at `range` of a text that was read before, within `scope`.
    pub(crate) fn within(
        text: &'a str,
        range: Range<usize>,
        scope: Scope<'a>,
        limits: &Limits,
    ) -> Self {
        let text = text.get(..range.end).unwrap_or(text);
        Self {
            text,
            cursor: Cursor::new(text, range.start),
            limits: limits.clone(),
            scope,
            open: Vec::with_capacity(16),
            attributes: Vec::with_capacity(8),
            tag: StartTag::default(),
            end: EndTag::default(),
            content: Content {
                text: Cow::Borrowed(""),
                span: 0..0,
                is_plain: true,
                target: "",
            },
            end_is_due: false,
            root_seen: false,
            failed: None,
        }
    }

    /// The next token, or `None` after the end of the document.
    ///
    /// # Errors
    /// The input breaks a rule or a limit. After an error the same error comes again.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator could not be asked for attributes between tokens"
    )]
    pub fn next(&mut self) -> Result<Option<Token<'a>>, Error> {
        let Some(event) = self.advance()? else {
            return Ok(None);
        };
        let content = &mut self.content;
        Ok(Some(match event {
            Event::Start => Token::Start(self.tag.clone()),
            Event::End => Token::End(self.end.clone()),
            Event::Text => Token::Text {
                text: mem::take(&mut content.text),
                span: content.span.clone(),
            },
            Event::Comment => Token::Comment {
                text: mem::take(&mut content.text),
                span: content.span.clone(),
            },
            Event::ProcessingInstruction => Token::ProcessingInstruction {
                target: content.target,
                data: mem::take(&mut content.text),
                span: content.span.clone(),
            },
        }))
    }

    /// Reads the next token and tells what it is.
    #[inline]
    pub(crate) fn advance(&mut self) -> Result<Option<Event>, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        match self.step() {
            Ok(event) => Ok(event),
            Err(fault) => {
                let error = fault.locate(self.text.as_bytes());
                self.failed = Some(error.clone());
                Err(error)
            }
        }
    }

    /// The attributes of the start tag that was read last, in document order, without namespace declarations.
    #[must_use]
    pub fn attributes(&self) -> &[TagAttribute<'a>] {
        &self.attributes
    }

    /// The namespace declarations written in the start tag that was read last.
    #[must_use]
    pub fn declarations(&self) -> &[Declaration<'a>] {
        self.scope
            .since(self.open.last().map_or(usize::MAX, |open| open.outer_scope))
    }

    /// The namespace of the start tag that was read last, empty for none.
    #[must_use]
    pub fn namespace(&self, tag: &StartTag<'a>) -> &str {
        self.scope.namespace(tag.namespace)
    }

    /// The namespace of an attribute of the start tag that was read last, empty for none.
    #[must_use]
    pub fn attribute_namespace(&self, attribute: &TagAttribute<'a>) -> &str {
        self.scope.namespace(attribute.namespace)
    }

    /// How many elements are open.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The place of a byte offset, for messages.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        Position::at(self.text.as_bytes(), offset)
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The start tag that was read last.
    pub(crate) fn start(&self) -> &StartTag<'a> {
        &self.tag
    }

    /// The end tag that was read last.
    pub(crate) fn end(&self) -> &EndTag<'a> {
        &self.end
    }

    /// What the text or comment that was read last says, or the data of the processing instruction.
    pub(crate) fn content(&self) -> &str {
        &self.content.text
    }

    /// Where that stands in the input.
    pub(crate) fn content_span(&self) -> Range<usize> {
        self.content.span.clone()
    }

    /// Whether the text that was read last is the same in canonical form.
    pub(crate) fn is_plain_text(&self) -> bool {
        self.content.is_plain
    }

    /// Whom the processing instruction that was read last is for.
    pub(crate) fn target(&self) -> &'a str {
        self.content.target
    }

    pub(crate) fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// What is in scope outside the element whose start tag was read last.
    pub(crate) fn outer_scope(&self) -> Scope<'a> {
        let mut scope = self.scope.clone();
        scope.truncate(self.open.last().map_or(0, |open| open.outer_scope));
        scope
    }

    fn step(&mut self) -> Result<Option<Event>, Fault> {
        if self.end_is_due {
            self.end_is_due = false;
            let here = self.cursor.offset();
            return self.close(here..here).map(Some);
        }
        if self.open.is_empty() {
            self.cursor.skip_white_space();
            if self.cursor.is_at_end() {
                return if self.root_seen {
                    Ok(None)
                } else {
                    Err(self.cursor.fault("there is no root element"))
                };
            }
        }
        match (self.cursor.peek(), self.cursor.peek_at(1)) {
            (None, _) => Err(self.cursor.fault("the input ends inside an element")),
            (Some(b'<'), Some(b'/')) => self.end_tag(),
            (Some(b'<'), Some(b'?')) => self.processing_instruction(),
            (Some(b'<'), Some(b'!')) => self.exclamation(),
            (Some(b'<'), _) => self.start_tag(),
            _ => self.character_data(),
        }
        .map(Some)
    }

    fn exclamation(&mut self) -> Result<Event, Fault> {
        let rest = self.cursor.rest();
        if rest.starts_with("<!--") {
            self.comment()
        } else if rest.starts_with(SECTION_START) {
            self.character_data()
        } else if rest.starts_with("<!DOCTYPE") {
            Err(Fault::new(ErrorKind::Doctype, self.cursor.offset()))
        } else {
            Err(self.cursor.fault("\"<!\" begins nothing known"))
        }
    }

    fn comment(&mut self) -> Result<Event, Fault> {
        let start = self.cursor.offset();
        self.cursor.accept("<!--");
        let text = self.cursor.take_past("--", "a comment is not closed")?;
        self.cursor.expect(">", "\"--\" stands in a comment")?;
        self.content.text = normalise::line_ends(text);
        self.content.span = start..self.cursor.offset();
        Ok(Event::Comment)
    }

    fn processing_instruction(&mut self) -> Result<Event, Fault> {
        let start = self.cursor.offset();
        self.cursor.accept("<?");
        let target = self.cursor.name(self.limits.max_name_bytes)?;
        if !target.prefix().is_empty() {
            let problem = "the target of a processing instruction has a colon";
            return Err(Fault::not_well_formed(problem, start));
        }
        if target.qualified().eq_ignore_ascii_case("xml") {
            let problem = "an XML declaration or a reserved target stands after the start";
            return Err(Fault::not_well_formed(problem, start));
        }
        let spaced = self.cursor.skip_white_space();
        let data = self
            .cursor
            .take_past("?>", "a processing instruction is not closed")?;
        if !spaced && !data.is_empty() {
            let problem = "white space is missing after the target of a processing instruction";
            return Err(Fault::not_well_formed(problem, start));
        }
        self.content.target = target.qualified();
        self.content.text = normalise::line_ends(data);
        self.content.span = start..self.cursor.offset();
        Ok(Event::ProcessingInstruction)
    }

    fn character_data(&mut self) -> Result<Event, Fault> {
        let start = self.cursor.offset();
        if self.open.is_empty() {
            return Err(self.cursor.fault("text stands outside the root element"));
        }
        let mut text = Cow::Borrowed("");
        let mut is_plain = true;
        loop {
            let offset = self.cursor.offset();
            if self.cursor.accept(SECTION_START) {
                is_plain = false;
                let raw = self
                    .cursor
                    .take_past("]]>", "a CDATA section is not closed")?;
                join(&mut text, normalise::line_ends(raw));
            } else if let Some(short) = self.cursor.short_plain_text() {
                join(&mut text, Cow::Borrowed(short));
            } else {
                let raw = self.cursor.take_until(b'<');
                if raw.is_empty() {
                    break;
                }
                let (part, is_part_plain) = normalise::text(raw, offset)?;
                is_plain &= is_part_plain;
                join(&mut text, part);
            }
        }
        self.content.text = text;
        self.content.span = start..self.cursor.offset();
        self.content.is_plain = is_plain;
        Ok(Event::Text)
    }
}

impl fmt::Debug for Tokens<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("offset", &self.cursor.offset())
            .field("depth", &self.open.len())
            .finish_non_exhaustive()
    }
}

#[cold]
fn not_utf8(input: &[u8]) -> Error {
    let valid = std::str::from_utf8(input).map_or_else(|error| error.valid_up_to(), str::len);
    Fault::new(ErrorKind::NotUtf8, valid).locate(input)
}

const SECTION_START: &str = "<![CDATA[";

fn join<'a>(text: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if text.is_empty() {
        *text = more;
    } else {
        text.to_mut().push_str(&more);
    }
}

#[cfg(test)]
mod tests;
