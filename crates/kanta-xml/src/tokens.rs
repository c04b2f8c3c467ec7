//! Tokens of a document, one after the other, with their places; every rule of well-formed XML with namespaces is
//! checked on the way.
//!
//! The reader is our own, for strictness: what a general parser tolerates would all have to be checked here again, and
//! under a signature two programs that see different markup in the same bytes are a hole.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::cursor::Cursor;
use crate::error::{Error, ErrorKind, Fault, shortened};
use crate::namespaces::{Declaration, Scope};
use crate::position::BYTE_ORDER_MARK;
use crate::{Limits, Name, Position, declaration, normalise};

mod token;

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
    /// The last token was an empty tag, whose end comes next.
    end_is_due: bool,
    root_seen: bool,
    /// The last text is the same in canonical form.
    is_plain_text: bool,
    failed: Option<Error>,
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
    /// The input is too long, not UTF-8, holds a character that XML does not allow, or has an XML declaration that is
    /// wrong or names another version or encoding.
    pub fn new(input: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        if input.len() > limits.max_bytes {
            let fault = Fault::limit("bytes of input", limits.max_bytes, limits.max_bytes);
            return Err(fault.locate(input));
        }
        let text = std::str::from_utf8(input)
            .map_err(|error| Fault::new(ErrorKind::NotUtf8, error.valid_up_to()).locate(input))?;
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
            open: Vec::new(),
            attributes: Vec::new(),
            end_is_due: false,
            root_seen: false,
            is_plain_text: false,
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
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.step().map_err(|fault| {
            let error = fault.locate(self.text.as_bytes());
            self.failed = Some(error.clone());
            error
        })
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

    /// Whether the text that was read last is the same in canonical form.
    pub(crate) fn is_plain_text(&self) -> bool {
        self.is_plain_text
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

    /// The attributes of the last start tag, moved out.
    pub(crate) fn take_attributes(&mut self) -> std::vec::Drain<'_, TagAttribute<'a>> {
        self.attributes.drain(..)
    }

    fn step(&mut self) -> Result<Option<Token<'a>>, Fault> {
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

    fn exclamation(&mut self) -> Result<Token<'a>, Fault> {
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

    fn comment(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.cursor.offset();
        self.cursor.accept("<!--");
        let text = self.cursor.take_past("--", "a comment is not closed")?;
        self.cursor.expect(">", "\"--\" stands in a comment")?;
        Ok(Token::Comment {
            text: normalise::line_ends(text),
            span: start..self.cursor.offset(),
        })
    }

    fn processing_instruction(&mut self) -> Result<Token<'a>, Fault> {
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
        Ok(Token::ProcessingInstruction {
            target: target.qualified(),
            data: normalise::line_ends(data),
            span: start..self.cursor.offset(),
        })
    }

    fn character_data(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.cursor.offset();
        if self.open.is_empty() {
            return Err(self.cursor.fault("text stands outside the root element"));
        }
        let mut text = Cow::Borrowed("");
        self.is_plain_text = true;
        loop {
            let offset = self.cursor.offset();
            if self.cursor.accept(SECTION_START) {
                self.is_plain_text = false;
                let raw = self
                    .cursor
                    .take_past("]]>", "a CDATA section is not closed")?;
                join(&mut text, normalise::line_ends(raw));
            } else {
                if let Some(short) = self.cursor.short_plain_text() {
                    join(&mut text, Cow::Borrowed(short));
                    continue;
                }
                let raw = self.cursor.take_until(b'<');
                if raw.is_empty() {
                    break;
                }
                let (part, is_plain) = normalise::text(raw, offset)?;
                self.is_plain_text &= is_plain;
                join(&mut text, part);
            }
        }
        Ok(Token::Text {
            text,
            span: start..self.cursor.offset(),
        })
    }

    fn end_tag(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.cursor.offset();
        self.cursor.accept("</");
        // Nearly always the tag is just the name that is due.
        let is_due = self.open.last().is_some_and(|open| {
            let name = open.name.qualified();
            self.cursor.peek_at(name.len()) == Some(b'>') && self.cursor.rest().starts_with(name)
        });
        if is_due {
            self.cursor.take_until(b'>');
            self.cursor.accept(">");
            return self.close(start..self.cursor.offset());
        }
        let name = self.cursor.name(self.limits.max_name_bytes)?;
        self.cursor.skip_white_space();
        self.cursor.expect(">", "an end tag is not closed")?;
        match self.open.last() {
            None => {
                let problem = "an end tag stands outside the root element";
                Err(Fault::not_well_formed(problem, start))
            }
            Some(open) if open.name != name => {
                let kind = ErrorKind::MismatchedEndTag {
                    expected: shortened(open.name.qualified()),
                    found: shortened(name.qualified()),
                };
                Err(Fault::new(kind, start))
            }
            Some(_) => self.close(start..self.cursor.offset()),
        }
    }

    fn close(&mut self, span: Range<usize>) -> Result<Token<'a>, Fault> {
        let Some(open) = self.open.pop() else {
            return Err(self
                .cursor
                .fault("an end tag stands outside the root element"));
        };
        self.scope.truncate(open.outer_scope);
        self.attributes.clear();
        Ok(Token::End(EndTag {
            name: open.name,
            span,
        }))
    }

    fn start_tag(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.cursor.offset();
        if self.open.is_empty() && self.root_seen {
            return Err(self.cursor.fault("there is more than one root element"));
        }
        if self.open.len() >= self.limits.max_depth {
            return Err(Fault::limit("open elements", self.limits.max_depth, start));
        }
        self.cursor.accept("<");
        let name = self.cursor.name(self.limits.max_name_bytes)?;
        let outer_scope = self.scope.len();
        self.attributes.clear();
        let mut is_tidy = true;
        let is_empty = loop {
            let before = self.cursor.offset();
            let spaced = self.cursor.skip_white_space();
            let spaces = self.cursor.offset() - before;
            match self.cursor.peek() {
                Some(b'>') => {
                    is_tidy &= !spaced;
                    self.cursor.accept(">");
                    break false;
                }
                Some(b'/') => {
                    is_tidy &= !spaced;
                    self.cursor
                        .expect("/>", "\"/\" in a start tag is not followed by \">\"")?;
                    break true;
                }
                None => return Err(self.cursor.fault("a start tag is not closed")),
                Some(_) if !spaced => {
                    return Err(self
                        .cursor
                        .fault("white space is missing before an attribute"));
                }
                Some(_) => {
                    let begins_tidy =
                        spaces == 1 && self.text.as_bytes().get(before) == Some(&b' ');
                    is_tidy &= self.attribute(outer_scope)? && begins_tidy;
                }
            }
        };
        self.root_seen = true;
        self.open.push(Open { name, outer_scope });
        self.end_is_due = is_empty;
        self.resolve_attributes()?;
        let namespace = self.scope.resolve(name.prefix());
        if namespace.is_none() && !name.prefix().is_empty() {
            return Err(unbound(name, start + 1));
        }
        Ok(Token::Start(StartTag {
            name,
            span: start..self.cursor.offset(),
            is_empty,
            namespace,
            is_tidy,
        }))
    }

    /// Reads an attribute or a declaration, and tells whether it is written as canonical form writes it.
    fn attribute(&mut self, outer_scope: usize) -> Result<bool, Fault> {
        let offset = self.cursor.offset();
        let declared = self.scope.since(outer_scope);
        if self.attributes.len() + declared.len() >= self.limits.max_attributes {
            let limit = self.limits.max_attributes;
            return Err(Fault::limit("attributes in an element", limit, offset));
        }
        let name = self.cursor.name(self.limits.max_name_bytes)?;
        let is_spaced = self.cursor.skip_white_space();
        self.cursor.expect("=", "an attribute has no value")?;
        let is_spaced = self.cursor.skip_white_space() || is_spaced;
        let value_offset = self.cursor.offset() + 1;
        let (raw, is_plain) = self.cursor.quoted()?;
        if raw.len() > self.limits.max_attribute_bytes {
            let limit = self.limits.max_attribute_bytes;
            return Err(Fault::limit("bytes in an attribute value", limit, offset));
        }
        let value = match is_plain {
            true => Cow::Borrowed(raw),
            false => normalise::attribute_value(raw, value_offset)?,
        };
        let is_tidy = is_plain && !is_spaced;

        let declared_prefix = match (name.prefix(), name.local()) {
            ("", "xmlns") => Some(""),
            ("xmlns", prefix) => Some(prefix),
            _ => None,
        };
        let Some(prefix) = declared_prefix else {
            self.attributes.push(TagAttribute {
                name,
                value,
                namespace: None,
                offset,
                is_plain,
            });
            return Ok(is_tidy);
        };
        if declared.iter().any(|other| other.prefix == prefix) {
            return Err(duplicate(name, offset));
        }
        if self.scope.len() > self.limits.max_namespaces {
            let limit = self.limits.max_namespaces;
            return Err(Fault::limit(
                "namespace declarations in scope",
                limit,
                offset,
            ));
        }
        let declaration =
            Declaration::checked(prefix, value).map_err(|kind| Fault::new(kind, offset))?;
        self.scope.push(declaration);
        Ok(is_tidy)
    }

    /// Finds the namespaces of the attributes and refuses duplicates, now that all declarations are known.
    fn resolve_attributes(&mut self) -> Result<(), Fault> {
        for attribute in &mut self.attributes {
            let prefix = attribute.name.prefix();
            if !prefix.is_empty() {
                let Some(index) = self.scope.resolve(prefix) else {
                    return Err(unbound(attribute.name, attribute.offset));
                };
                attribute.namespace = Some(index);
            }
        }
        for (index, later) in self.attributes.iter().enumerate() {
            let earlier = self.attributes.get(..index).unwrap_or_default();
            let repeats = |earlier: &TagAttribute<'_>| {
                earlier.name.local() == later.name.local()
                    && (earlier.namespace == later.namespace
                        || self.attribute_namespace(earlier) == self.attribute_namespace(later))
            };
            if earlier.iter().any(repeats) {
                return Err(duplicate(later.name, later.offset));
            }
        }
        Ok(())
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

const SECTION_START: &str = "<![CDATA[";

fn join<'a>(text: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if text.is_empty() {
        *text = more;
    } else {
        text.to_mut().push_str(&more);
    }
}

fn unbound(name: Name<'_>, offset: usize) -> Fault {
    let prefix = shortened(name.prefix());
    Fault::new(ErrorKind::UnboundPrefix { prefix }, offset)
}

fn duplicate(name: Name<'_>, offset: usize) -> Fault {
    let name = shortened(name.qualified());
    Fault::new(ErrorKind::DuplicateAttribute { name }, offset)
}

#[cfg(test)]
mod tests;
