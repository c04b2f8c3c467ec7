//! Names: which characters they have, and how a qualified name falls into prefix and local name.

use std::fmt;
use std::ops::Range;

use crate::error::Fault;
use crate::scan;

/// A qualified name as written: `local` or `prefix:local`. Comparing and printing take the name as written.
///
/// It is kept as a place in its text, and read when it is asked for.
#[derive(Clone, Copy, Default)]
pub struct Name<'a> {
    text: &'a str,
    place: Place,
}

/// Where a name stands in a text of less than 4 GiB.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) start: u32,
    pub(crate) length: u16,
    /// Length of the prefix; 0 when there is none.
    pub(crate) prefix_length: u16,
}

impl Place {
    #[inline]
    pub(crate) fn qualified(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + usize::from(self.length)
    }

    /// The part behind the colon, or the whole name.
    #[inline]
    pub(crate) fn local(self) -> Range<usize> {
        let Range { start, end } = self.qualified();
        match self.prefix_length {
            0 => start..end,
            length => start + usize::from(length) + 1..end,
        }
    }

    #[inline]
    pub(crate) fn has_prefix(self) -> bool {
        self.prefix_length > 0
    }
}

impl<'a> Name<'a> {
    /// The bytes that the longest name has; reading refuses longer ones.
    pub(crate) const LONGEST: usize = u16::MAX as usize;

    /// The name as written.
    #[must_use]
    pub fn qualified(&self) -> &'a str {
        self.text.get(self.place.qualified()).unwrap_or_default()
    }

    /// The part before the colon, empty when there is none.
    #[must_use]
    pub fn prefix(&self) -> &'a str {
        let start = self.place.start as usize;
        let end = start + usize::from(self.place.prefix_length);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The part after the colon, or the whole name.
    #[must_use]
    pub fn local(&self) -> &'a str {
        self.text.get(self.place.local()).unwrap_or_default()
    }

    /// A name at a place where one was read.
    pub(crate) fn known(text: &'a str, place: Place) -> Self {
        Self { text, place }
    }

    #[inline]
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The bytes of the name: where characters begin does not matter for comparing, and looking for it takes time.
    #[inline]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        let bytes = self.text.as_bytes();
        bytes.get(self.place.qualified()).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn local_bytes(&self) -> &'a [u8] {
        let bytes = self.text.as_bytes();
        bytes.get(self.place.local()).unwrap_or_default()
    }

    /// The prefix that an attribute of this name declares, empty for the default namespace; none for other attributes.
    #[inline]
    pub(crate) fn declared_prefix(&self) -> Option<&'a str> {
        if !self.bytes().starts_with(b"xmlns") {
            return None;
        }
        match self.place {
            Place { length: 5, .. } => Some(""),
            Place {
                prefix_length: 5, ..
            } => Some(self.local()),
            _ => None,
        }
    }

    /// The name at an offset of a text, or why there is none.
    // Always: a name that is returned through memory costs as much as reading it.
    #[inline(always)]
    pub(crate) fn at(text: &'a str, start: usize, longest: usize) -> Result<Self, Fault> {
        // Nearly all names are letters and digits and begin their parts well; the others take the long way.
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let begins = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
        let mut length = scan::end_of_letters_and_digits(rest);
        let mut prefix_length = 0;
        let mut is_plain = begins(rest.first());
        if rest.get(length) == Some(&b':') {
            prefix_length = length;
            let local = rest.get(length + 1..).unwrap_or_default();
            is_plain &= begins(local.first());
            length += 1 + scan::end_of_letters_and_digits(local);
        }
        let next = rest.get(length).copied().unwrap_or(b' ');
        if !is_plain || next >= 0x80 || matches!(next, b':' | b'-' | b'.' | b'_') {
            (length, prefix_length) = lengths_of_any(text.get(start..).unwrap_or_default())
                .map_err(|problem| Fault::not_well_formed(problem, start))?;
        }
        if length > longest.min(Self::LONGEST) {
            return Err(Fault::limit("bytes in a name", longest, start));
        }
        let place = Place {
            start: start as u32,
            length: length as u16,
            prefix_length: prefix_length as u16,
        };
        Ok(Self { text, place })
    }

    /// A text that is a name as a whole.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        Self::at(text, 0, Self::LONGEST)
            .ok()
            .filter(|name| name.bytes().len() == text.len())
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        scan::same(self.bytes(), other.bytes())
    }
}

impl Eq for Name<'_> {}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.qualified())
    }
}

/// The length of the name at the start of a text, and that of its prefix, whatever characters it has.
#[cold]
fn lengths_of_any(text: &str) -> Result<(usize, usize), &'static str> {
    let (mut end, mut prefix_length, mut part_start) = (0, 0, 0);
    loop {
        let (class, width) = class_at(text, end);
        match class {
            Class::Start => {}
            Class::Inner if end > part_start => {}
            Class::Colon if end > part_start && part_start == 0 => {
                prefix_length = end;
                part_start = end + 1;
            }
            Class::Other if end > part_start => return Ok((end, prefix_length)),
            Class::Other if end == 0 => return Err("a name is missing"),
            Class::Colon if part_start > 0 && end > part_start => {
                return Err("a name has more than one colon");
            }
            _ => {
                return Err("a name or a part of it begins with a character that cannot begin one");
            }
        }
        end += width;
    }
}

#[derive(Clone, Copy)]
enum Class {
    Start,
    Inner,
    Colon,
    Other,
}

/// The class of the character at an index, and its length; the end of the text is `Other`.
#[inline]
fn class_at(text: &str, index: usize) -> (Class, usize) {
    let class = match text.as_bytes().get(index) {
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => Class::Start,
        Some(b'0'..=b'9' | b'-' | b'.') => Class::Inner,
        Some(b':') => Class::Colon,
        Some(0x80..) => return class_beyond_ascii(text, index),
        _ => Class::Other,
    };
    (class, 1)
}

#[cold]
fn class_beyond_ascii(text: &str, index: usize) -> (Class, usize) {
    let Some(character) = text.get(index..).and_then(|rest| rest.chars().next()) else {
        return (Class::Other, 1);
    };
    // XML 1.0 (fifth edition), productions 4 and 4a.
    let class = match character {
        '\u{C0}'..='\u{D6}'
        | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}' => Class::Start,
        '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}' => Class::Inner,
        _ => Class::Other,
    };
    (class, character.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_into_prefix_and_local_name() {
        for (text, prefix, local) in [
            ("a", "", "a"),
            ("a b", "", "a"),
            ("hl7fi:signature>", "hl7fi", "signature"),
            ("_x-1.2:_y/", "_x-1.2", "_y"),
            ("äiti:yö·=", "äiti", "yö·"),
            ("a\u{10000}:b😀", "a\u{10000}", "b😀"),
        ] {
            let name = Name::at(text, 0, 1000).unwrap();
            assert_eq!((name.prefix(), name.local()), (prefix, local), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_name() {
        for text in [
            "", ">", " a", "1a", "-a", ".a", ":a", "a:", "a:>", "a:1", "a:b:c", "a::b", "·a",
            "a:·", "\u{D7}", "\u{37E}", "\u{300}a", "\u{2FF0}",
        ] {
            assert!(Name::at(text, 0, 1000).is_err(), "{text:?}");
        }
        assert!(Name::parse("a b").is_none());
        assert!(Name::parse("a\u{D7}").is_none());
    }
}
