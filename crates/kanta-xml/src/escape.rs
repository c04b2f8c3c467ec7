//! Escaping as canonical XML writes it, so that what is written is already in canonical form.

use std::borrow::Cow;

use crate::scan;

/// Text for between two tags: `&`, `<`, `>` and CR are written as references. Borrowed when there are none.
///
/// Characters that XML does not allow are left as they are; [`Writer`](crate::Writer) refuses them.
#[must_use]
pub fn text(content: &str) -> Cow<'_, str> {
    escape(content, is_special_in_text)
}

/// Text for an attribute value in double quotes: `&`, `<`, `"`, tab, LF and CR are written as references. Borrowed when
/// there are none.
///
/// Characters that XML does not allow are left as they are; [`Writer`](crate::Writer) refuses them.
#[must_use]
pub fn attribute(content: &str) -> Cow<'_, str> {
    escape(content, is_special_in_attribute)
}

#[inline]
pub(crate) fn write_text(content: &str, out: impl FnMut(&[u8])) {
    write(content.as_bytes(), is_special_in_text, out);
}

#[inline]
pub(crate) fn write_attribute(content: &str, out: impl FnMut(&[u8])) {
    write(content.as_bytes(), is_special_in_attribute, out);
}

/// Appends text with references, and returns whether it surely holds no character that XML forbids.
pub(crate) fn append_text(content: &str, output: &mut Vec<u8>) -> bool {
    append(
        content.as_bytes(),
        output,
        &PLAIN_IN_TEXT,
        is_special_in_text,
    )
}

/// Appends an attribute value with references, and returns whether it surely holds no character that XML forbids.
#[inline]
pub(crate) fn append_attribute(content: &str, output: &mut Vec<u8>) -> bool {
    append(
        content.as_bytes(),
        output,
        &PLAIN_IN_ATTRIBUTE,
        is_special_in_attribute,
    )
}

/// One pass finds both what needs a reference and what may be forbidden; nearly every value has neither.
#[inline]
fn append(
    content: &[u8],
    output: &mut Vec<u8>,
    plain: &[bool; 256],
    is_special: impl Fn(u8) -> bool,
) -> bool {
    let all_plain = if content.len() < BLOCK {
        content.iter().all(|&byte| plain[byte as usize])
    } else {
        // The last block overlaps the one before it, so that no rest is looked at byte by byte.
        let last = content.len() - BLOCK;
        content
            .chunks_exact(BLOCK)
            .chain(std::iter::once(&content[last..]))
            .all(|block| {
                !block
                    .iter()
                    .fold(false, |any, &byte| any | is_suspect(byte))
            })
    };
    if all_plain {
        output.extend_from_slice(content);
        return true;
    }
    write(content, is_special, |bytes| output.extend_from_slice(bytes));
    false
}

const BLOCK: usize = 16;

/// Whether a byte needs a reference somewhere, or may begin a character that XML forbids (controls, U+FFFE, U+FFFF).
const fn is_suspect(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'&' | b'<' | b'>' | b'"' | 0xEF)
}

const PLAIN_IN_TEXT: [bool; 256] = plain(b"\"");
const PLAIN_IN_ATTRIBUTE: [bool; 256] = plain(b">");

/// Every byte that is not suspect, and one that is so only in the other place.
const fn plain(besides: &[u8; 1]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = !is_suspect(byte as u8) || byte as u8 == besides[0];
        byte += 1;
    }
    table
}

fn is_special_in_text(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'\r')
}

fn is_special_in_attribute(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'"' | b'\t' | b'\n' | b'\r')
}

/// What stands for a byte that is special in text or in an attribute.
fn reference(byte: u8) -> &'static str {
    match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        b'\t' => "&#x9;",
        b'\n' => "&#xA;",
        _ => "&#xD;",
    }
}

fn escape(content: &str, is_special: impl Fn(u8) -> bool) -> Cow<'_, str> {
    if scan::find(content.as_bytes(), &is_special).is_none() {
        return Cow::Borrowed(content);
    }
    let mut escaped = String::with_capacity(content.len() + content.len() / 8);
    for character in content.chars() {
        match u8::try_from(character) {
            Ok(byte) if is_special(byte) => escaped.push_str(reference(byte)),
            _ => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

#[inline]
fn write(content: &[u8], is_special: impl Fn(u8) -> bool, mut out: impl FnMut(&[u8])) {
    let mut rest = content;
    while let Some(index) = scan::find(rest, &is_special) {
        let (plain, from_special) = rest.split_at(index);
        let Some((&special, after)) = from_special.split_first() else {
            break;
        };
        out(plain);
        out(reference(special).as_bytes());
        rest = after;
    }
    out(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_references_of_canonical_xml() {
        let all = "a&<>\"'\t\n\r\u{85}ä😀";
        let in_text = "a&amp;&lt;&gt;\"'\t\n&#xD;\u{85}ä😀";
        let in_attribute = "a&amp;&lt;>&quot;'&#x9;&#xA;&#xD;\u{85}ä😀";
        assert_eq!(text(all), in_text);
        assert_eq!(attribute(all), in_attribute);

        let mut written = Vec::new();
        write_text(all, |bytes| written.extend_from_slice(bytes));
        assert_eq!(written, in_text.as_bytes());
        written.clear();
        write_attribute(all, |bytes| written.extend_from_slice(bytes));
        assert_eq!(written, in_attribute.as_bytes());
    }

    #[test]
    fn appending_finds_a_special_byte_at_every_place() {
        for length in 0..70 {
            for special in ["&", "<", ">", "\"", "\t", "\u{1}", "\u{FFFE}", "ä"] {
                for place in 0..=length {
                    let content = format!(
                        "{}{special}{}",
                        "a".repeat(place),
                        "b".repeat(length - place)
                    );
                    let mut written = Vec::new();
                    let sure = append_text(&content, &mut written);
                    assert_eq!(written, text(&content).as_bytes(), "{content:?}");
                    assert!(!sure || !special.contains(['\u{1}', '\u{FFFE}']));
                    written.clear();
                    let sure = append_attribute(&content, &mut written);
                    assert_eq!(written, attribute(&content).as_bytes(), "{content:?}");
                    assert!(!sure || !special.contains(['\u{1}', '\u{FFFE}']));
                }
            }
        }
        let mut written = Vec::new();
        assert!(append_text(
            "plain text of some length, ä and ö",
            &mut written
        ));
    }

    #[test]
    fn borrows_what_needs_nothing() {
        assert!(matches!(text("plain \"ä\"\n"), Cow::Borrowed(_)));
        assert!(matches!(attribute("plain 'ä' >"), Cow::Borrowed(_)));
    }
}
