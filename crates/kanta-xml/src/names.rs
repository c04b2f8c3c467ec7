//! Names: which characters they have, and how a qualified name falls into prefix and local name.

use std::fmt;

/// A qualified name as written: `local` or `prefix:local`. Comparing and printing take the name as written.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Name<'a> {
    qualified: &'a str,
    /// Length of the prefix; 0 when there is none.
    prefix_length: usize,
}

impl<'a> Name<'a> {
    /// The name as written.
    #[must_use]
    pub fn qualified(&self) -> &'a str {
        self.qualified
    }

    /// The part before the colon, empty when there is none.
    #[must_use]
    pub fn prefix(&self) -> &'a str {
        self.qualified.get(..self.prefix_length).unwrap_or_default()
    }

    /// The part after the colon, or the whole name.
    #[must_use]
    pub fn local(&self) -> &'a str {
        let start = match self.prefix_length {
            0 => 0,
            length => length + 1,
        };
        self.qualified.get(start..).unwrap_or_default()
    }

    /// A name that was read before.
    pub(crate) fn known(qualified: &'a str, prefix_length: usize) -> Self {
        Self {
            qualified,
            prefix_length,
        }
    }

    /// The prefix that an attribute of this name declares, empty for the default namespace; none for other attributes.
    #[inline]
    pub(crate) fn declared_prefix(&self) -> Option<&'a str> {
        let rest = self.qualified.strip_prefix("xmlns")?;
        match self.prefix_length {
            0 => rest.is_empty().then_some(rest),
            _ => rest.strip_prefix(':'),
        }
    }

    /// Whether another name has the same part behind the colon.
    #[inline]
    pub(crate) fn has_local_of(&self, other: Name<'_>) -> bool {
        // Bytes: where characters begin does not matter for equality, and looking for it takes time.
        self.local_bytes() == other.local_bytes()
    }

    #[inline]
    fn local_bytes(&self) -> &'a [u8] {
        let start = self.prefix_length + usize::from(self.prefix_length > 0);
        self.qualified.as_bytes().get(start..).unwrap_or_default()
    }

    /// The name at the start of a text, or why there is none.
    #[inline]
    pub(crate) fn at_start_of(text: &'a str) -> Result<Self, &'static str> {
        // Nearly all names are ASCII and begin their parts well; the others take the long way.
        let bytes = text.as_bytes();
        let run = |from: usize| {
            let rest = bytes.get(from..).unwrap_or_default();
            let is_start = rest
                .first()
                .is_some_and(|byte| ASCII[usize::from(*byte)] == START);
            let length = rest
                .iter()
                .position(|byte| ASCII[usize::from(*byte)] == 0)
                .unwrap_or(rest.len());
            (is_start, from + length)
        };
        let (is_start, mut end) = run(0);
        let mut prefix_length = 0;
        let mut is_plain = is_start;
        if bytes.get(end) == Some(&b':') {
            prefix_length = end;
            let (is_start, local_end) = run(end + 1);
            is_plain &= is_start;
            end = local_end;
        }
        let next = bytes.get(end).copied().unwrap_or(b' ');
        if is_plain && next < 0x80 && next != b':' {
            return Ok(Self {
                qualified: text.get(..end).unwrap_or_default(),
                prefix_length,
            });
        }
        Self::any_at_start_of(text)
    }

    #[cold]
    fn any_at_start_of(text: &'a str) -> Result<Self, &'static str> {
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
                Class::Other if end > part_start => break,
                Class::Other if end == 0 => return Err("a name is missing"),
                Class::Colon if part_start > 0 && end > part_start => {
                    return Err("a name has more than one colon");
                }
                _ => {
                    return Err(
                        "a name or a part of it begins with a character that cannot begin one",
                    );
                }
            }
            end += width;
        }
        Ok(Self {
            qualified: text.get(..end).unwrap_or_default(),
            prefix_length,
        })
    }

    /// A text that is a name as a whole.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        Self::at_start_of(text)
            .ok()
            .filter(|name| name.qualified.len() == text.len())
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.qualified)
    }
}

const START: u8 = 1;
const INNER: u8 = 2;
/// The class of each byte that an ASCII name part may have; 0 for all others.
const ASCII: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => START,
            b'0'..=b'9' | b'-' | b'.' => INNER,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

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
            let name = Name::at_start_of(text).unwrap();
            assert_eq!((name.prefix(), name.local()), (prefix, local), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_name() {
        for text in [
            "", ">", " a", "1a", "-a", ".a", ":a", "a:", "a:>", "a:1", "a:b:c", "a::b", "·a",
            "a:·", "\u{D7}", "\u{37E}", "\u{300}a", "\u{2FF0}",
        ] {
            assert!(Name::at_start_of(text).is_err(), "{text:?}");
        }
        assert!(Name::parse("a b").is_none());
        assert!(Name::parse("a\u{D7}").is_none());
    }
}
