//! From text as written to text as meant: line ends, references, attribute value normalisation.

use std::borrow::Cow;
use std::convert::Infallible;

use crate::error::{ErrorKind, Fault};
use crate::{names::Name, scan};

/// Character data between markup, and whether it is the same in canonical form. `offset` is its place, for errors.
pub(crate) fn text(raw: &str, offset: usize) -> Result<(Cow<'_, str>, bool), Fault> {
    let bytes = raw.as_bytes();
    let Some(first) = memchr::memchr3(b'&', b'\r', b'>', bytes) else {
        return Ok((Cow::Borrowed(raw), true));
    };
    if let Some(end) = find_section_end(bytes, first) {
        let problem = "\"]]>\" stands in text";
        return Err(Fault::not_well_formed(problem, offset + end));
    }
    let text = rewrite(
        raw,
        |byte| matches!(byte, b'&' | b'\r'),
        |rest| match rest.as_bytes() {
            [b'&', ..] => reference(rest, offset + raw.len() - rest.len()),
            _ => Ok(('\n', line_end(rest))),
        },
    )?;
    Ok((text, false))
}

/// The place of `]]>`, which ends no earlier than at `from`.
fn find_section_end(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'>', bytes.get(from..)?)
        .map(|index| from + index)
        .find(|&end| {
            bytes
                .get(..end)
                .is_some_and(|before| before.ends_with(b"]]"))
        })
        .map(|end| end - 2)
}

/// What stands in comments, processing instructions and CDATA sections: only line ends change.
pub(crate) fn line_ends(raw: &str) -> Cow<'_, str> {
    let Ok(text) =
        rewrite::<Infallible>(raw, |byte| byte == b'\r', |rest| Ok(('\n', line_end(rest))));
    text
}

/// An attribute value between its quotes (of type CDATA, since there is no document type declaration).
pub(crate) fn attribute_value(raw: &str, offset: usize) -> Result<Cow<'_, str>, Fault> {
    rewrite(
        raw,
        |byte| matches!(byte, b'&' | b'\r' | b'\n' | b'\t'),
        |rest| match rest.as_bytes() {
            [b'&', ..] => reference(rest, offset + raw.len() - rest.len()),
            [b'\r', ..] => Ok((' ', line_end(rest))),
            _ => Ok((' ', 1)),
        },
    )
}

/// Copies `raw`, putting the character that `replace` gives (with the length of what it stands for) in the place of
/// every special byte. Borrows when there is none.
#[inline]
fn rewrite<E>(
    raw: &str,
    is_special: impl Fn(u8) -> bool,
    replace: impl Fn(&str) -> Result<(char, usize), E>,
) -> Result<Cow<'_, str>, E> {
    let Some(mut special) = scan::find(raw.as_bytes(), &is_special) else {
        return Ok(Cow::Borrowed(raw));
    };
    let mut result = String::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        let (plain, from_special) = rest.split_at(special);
        result.push_str(plain);
        let (character, length) = replace(from_special)?;
        result.push(character);
        rest = from_special.get(length..).unwrap_or_default();
        let Some(next) = scan::find(rest.as_bytes(), &is_special) else {
            result.push_str(rest);
            return Ok(Cow::Owned(result));
        };
        special = next;
    }
}

/// The length of the line end that a text begins with: CRLF or CR.
fn line_end(rest: &str) -> usize {
    if rest.starts_with("\r\n") { 2 } else { 1 }
}

/// A text that begins with `&`: the character of the reference, and the length of the reference.
fn reference(rest: &str, offset: usize) -> Result<(char, usize), Fault> {
    const PREDEFINED: [(&str, char); 5] = [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&apos;", '\''),
    ];
    for (written, character) in PREDEFINED {
        if rest.starts_with(written) {
            return Ok((character, written.len()));
        }
    }
    let bare = Fault::not_well_formed("\"&\" begins no reference", offset);
    let Some(number) = rest.strip_prefix("&#") else {
        let name = Name::at(rest, 1, Name::LONGEST).map_err(|_| bare)?;
        let after = rest.as_bytes().get(name.place().qualified().end);
        return Err(match after {
            Some(b';') => Fault::new(ErrorKind::UnknownEntity, offset),
            _ => Fault::not_well_formed("an entity reference has no \";\"", offset),
        });
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let mut code = 0_u32;
    let mut length = 0;
    for byte in digits.bytes() {
        let Some(digit) = char::from(byte).to_digit(radix) else {
            break;
        };
        code = code.saturating_mul(radix).saturating_add(digit);
        length += 1;
    }
    if length == 0 || digits.as_bytes().get(length) != Some(&b';') {
        return Err(bare);
    }
    let character = char::from_u32(code)
        .filter(|&character| is_allowed(character))
        .ok_or_else(|| Fault::new(ErrorKind::ForbiddenCharacter, offset))?;
    Ok((character, rest.len() - digits.len() + length + 1))
}

fn is_allowed(character: char) -> bool {
    !matches!(character, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

/// The index of the first character in a text that XML 1.0 does not allow.
pub(crate) fn find_forbidden(text: &str) -> Option<usize> {
    const BLOCK: usize = 256;
    let bytes = text.as_bytes();
    bytes.chunks(BLOCK).enumerate().find_map(|(index, block)| {
        // Most blocks have nothing to look at, which is found out fastest; most others have only line ends.
        let (least, greatest) = scan::extremes(block);
        if least >= b' ' && greatest < NONCHARACTER[0] {
            return None;
        }
        if !block
            .iter()
            .fold(false, |any, &byte| any | may_begin_forbidden(byte))
        {
            return None;
        }
        let start = index * BLOCK;
        (start..start + block.len()).find(|&place| is_forbidden_at(bytes, place))
    })
}

/// How U+FFFE and U+FFFF begin.
const NONCHARACTER: [u8; 2] = [0xEF, 0xBF];

fn may_begin_forbidden(byte: u8) -> bool {
    let is_control = byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    is_control | (byte == NONCHARACTER[0])
}

fn is_forbidden_at(bytes: &[u8], place: usize) -> bool {
    match bytes.get(place..).unwrap_or_default() {
        [first, second, third, ..] if *first == NONCHARACTER[0] => {
            *second == NONCHARACTER[1] && *third >= 0xBE
        }
        [first, ..] => may_begin_forbidden(*first),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_character_is_found_at_every_place() {
        for forbidden in [
            "\0", "\x08", "\x0B", "\x0C", "\x0E", "\x1F", "\u{FFFE}", "\u{FFFF}",
        ] {
            for place in (0..600).step_by(3).chain(250..260) {
                let allowed = "\t\n\r\u{7F}ä\u{FFFD}\u{F8FF}😀".chars().cycle();
                let before: String = allowed.take(place).collect();
                let text = format!("{before}{forbidden}{before}");
                assert_eq!(find_forbidden(&before), None);
                assert_eq!(find_forbidden(&text), Some(before.len()), "{forbidden:?}");
            }
        }
    }
}
