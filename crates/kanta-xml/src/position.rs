//! Where something stands in a document.

use std::fmt;

/// A place in the input: the byte offset, and line and column as an editor shows them.
///
/// Lines end at LF, CRLF or CR; columns count characters (Unicode scalar values), not bytes. A byte order mark has no
/// column. `Display` writes `line 3, column 7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes before the place, from 0.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl Position {
    /// The place of a byte offset in an input; an offset past the end counts as the end.
    #[must_use]
    pub fn at(input: &[u8], offset: usize) -> Self {
        let offset = offset.min(input.len());
        let before = input.get(..offset).unwrap_or(input);
        let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before);
        let (mut line, mut line_start) = (1, 0);
        for end in memchr::memchr2_iter(b'\n', b'\r', before) {
            // The CR of a CRLF is not a line end of its own, also where the LF is the place asked for.
            let carriage_return = before.get(end) == Some(&b'\r');
            let followed_by_line_feed = match before.get(end + 1) {
                Some(&next) => next == b'\n',
                None => input.get(offset) == Some(&b'\n'),
            };
            if !(carriage_return && followed_by_line_feed) {
                line += 1;
                line_start = end + 1;
            }
        }
        let in_line = before.get(line_start..).unwrap_or_default();
        let is_first_byte_of_character = |byte: &&u8| **byte & 0xC0 != 0x80;
        Self {
            offset,
            line,
            column: 1 + in_line.iter().filter(is_first_byte_of_character).count(),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        for (input, offset, line, column) in [
            ("", 0, 1, 1),
            ("abc", 2, 1, 3),
            ("a\nb", 2, 2, 1),
            ("a\r\nb", 3, 2, 1),
            ("a\r\nb", 2, 1, 3),
            ("a\rb", 2, 2, 1),
            ("a\r\r\nb", 4, 3, 1),
            ("ä€😀x", 9, 1, 4),
            ("\u{FEFF}ab", 4, 1, 2),
            ("a", 99, 1, 2),
        ] {
            let position = Position::at(input.as_bytes(), offset);
            assert_eq!(
                (position.line, position.column),
                (line, column),
                "{input:?}"
            );
        }
        assert_eq!(Position::at(b"a\nbc", 3).to_string(), "line 2, column 2");
    }
}
