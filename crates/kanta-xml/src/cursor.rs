//! A place in the text that only moves forward.

use std::ops::Range;

use crate::error::Fault;
use crate::names::Name;
use crate::scan;

/// What is left to read of a text.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, offset: usize) -> Self {
        Self { text, offset }
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.offset >= self.text.len()
    }

    #[inline]
    pub(crate) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text
            .get(range)
            .expect("offsets come from matching ASCII in this text, so they are inside and between characters")
    }

    #[inline]
    pub(crate) fn rest(&self) -> &'a str {
        self.slice(self.offset..self.text.len())
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    #[inline]
    pub(crate) fn peek_at(&self, distance: usize) -> Option<u8> {
        self.text.as_bytes().get(self.offset + distance).copied()
    }

    /// Moves past the expected text, if it is there.
    #[inline]
    pub(crate) fn accept(&mut self, expected: &str) -> bool {
        let there = self
            .text
            .as_bytes()
            .get(self.offset..)
            .and_then(|rest| rest.get(..expected.len()))
            .is_some_and(|start| scan::same(start, expected.as_bytes()));
        if there {
            self.offset += expected.len();
        }
        there
    }

    #[inline]
    pub(crate) fn expect(&mut self, expected: &str, problem: &'static str) -> Result<(), Fault> {
        if self.accept(expected) {
            Ok(())
        } else {
            Err(self.fault(problem))
        }
    }

    /// Moves past a name and the byte behind it, if both stand here.
    #[inline]
    pub(crate) fn accept_past(&mut self, name: &[u8], behind: u8) -> bool {
        let end = self.offset + name.len();
        let bytes = self.text.as_bytes();
        let there = bytes.get(end) == Some(&behind)
            && bytes
                .get(self.offset..end)
                .is_some_and(|start| scan::same(start, name));
        if there {
            self.offset = end + 1;
        }
        there
    }

    /// Moves past the white space before an attribute, and tells whether there was any and whether it was one space.
    #[inline]
    pub(crate) fn skip_space_between(&mut self) -> (bool, bool) {
        // Nearly always it is one space, and a name follows.
        let begins_with_space = self.peek() == Some(b' ');
        if begins_with_space && self.peek_at(1).is_some_and(|next| next > b'>') {
            self.offset += 1;
            return (true, true);
        }
        let start = self.offset;
        let spaced = self.skip_white_space();
        (spaced, begins_with_space && self.offset - start == 1)
    }

    /// Moves past white space and tells whether there was any.
    #[inline]
    pub(crate) fn skip_white_space(&mut self) -> bool {
        let start = self.offset;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.offset += 1;
        }
        self.offset > start
    }

    // Always: a name that is returned through memory costs as much as reading it.
    #[inline(always)]
    pub(crate) fn name(&mut self, longest: usize) -> Result<Name<'a>, Fault> {
        let name = Name::at(self.text, self.offset, longest)?;
        self.offset = name.place().qualified().end;
        Ok(name)
    }

    /// Moves to the next byte `until`, or to the end of the text, and gives what was passed.
    #[inline]
    pub(crate) fn take_until(&mut self, until: u8) -> &'a str {
        let rest = self.rest();
        let length = memchr::memchr(until, rest.as_bytes()).unwrap_or(rest.len());
        let start = self.offset;
        self.offset += length;
        self.slice(start..self.offset)
    }

    /// Moves past text up to `<`, if it is short and the same in canonical form: most texts of a header are.
    #[inline]
    pub(crate) fn short_plain_text(&mut self) -> Option<&'a str> {
        const SHORT: usize = 48;
        let rest = self.text.as_bytes().get(self.offset..)?;
        let length = scan::end_of_plain_text(rest.get(..SHORT).unwrap_or(rest));
        if length == 0 || rest.get(length) != Some(&b'<') {
            return None;
        }
        let start = self.offset;
        self.offset += length;
        Some(self.slice(start..self.offset))
    }

    /// Moves past the next `until` and gives what stood before it.
    pub(crate) fn take_past(
        &mut self,
        until: &str,
        problem: &'static str,
    ) -> Result<&'a str, Fault> {
        let length = memchr::memmem::find(self.rest().as_bytes(), until.as_bytes())
            .ok_or_else(|| self.fault(problem))?;
        let start = self.offset;
        self.offset += length + until.len();
        Ok(self.slice(start..start + length))
    }

    /// Moves past `="`, a value that is the same in canonical form, and its closing quote: most attributes are written so.
    #[inline]
    pub(crate) fn plain_value(&mut self) -> Option<&'a str> {
        let start = self.offset + 2;
        let bytes = self.text.as_bytes();
        if bytes.get(self.offset..start) != Some(b"=\"") {
            return None;
        }
        let end = start + scan::end_of_plain_value(bytes.get(start..)?);
        if bytes.get(end) != Some(&b'"') {
            return None;
        }
        self.offset = end + 1;
        Some(self.slice(start..end))
    }

    /// A value in quotes as written, without them, and whether it is the same in canonical form, quotes included.
    pub(crate) fn quoted(&mut self) -> Result<(&'a str, bool), Fault> {
        let Some(quote @ (b'"' | b'\'')) = self.peek() else {
            return Err(self.fault("a value is not in quotes"));
        };
        self.offset += 1;
        let start = self.offset;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let mut length = match quote {
            b'"' => scan::end_of_plain_value(rest),
            _ => 0,
        };
        let is_plain = quote == b'"' && rest.get(length) == Some(&quote);
        if !is_plain {
            let rest = rest.get(length..).unwrap_or_default();
            length += memchr::memchr2(quote, b'<', rest)
                .ok_or_else(|| self.fault("the closing quote is missing"))?;
        }
        self.offset += length;
        if self.peek() == Some(b'<') {
            return Err(
                self.fault("\"<\" stands in an attribute value, or its closing quote is missing")
            );
        }
        self.offset += 1;
        Ok((self.slice(start..start + length), is_plain))
    }

    pub(crate) fn fault(&self, problem: &'static str) -> Fault {
        Fault::not_well_formed(problem, self.offset)
    }
}
