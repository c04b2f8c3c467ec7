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
    fn borrows_what_needs_nothing() {
        assert!(matches!(text("plain \"ä\"\n"), Cow::Borrowed(_)));
        assert!(matches!(attribute("plain 'ä' >"), Cow::Borrowed(_)));
    }
}
