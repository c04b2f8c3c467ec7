//! Finding identity codes of real people, however a document writes them: escaped, split by markup, or encoded in its body.

use std::borrow::Cow;

use base64_simd::STANDARD;
use kanta_core::PersonalIdentityCode;
use kanta_xml::{Limits, Token, Tokens};

use crate::HL7;
use crate::json::{Json, Value};

/// Returns whether a document holds, in its header or in the decoded forms of its body, an identity code that a real person
/// can have.
///
/// Codes are found as a reader would see them: character references and JSON escapes are resolved, text is also looked at
/// without the markup in it, and the forms of the body are decoded as the SDK decodes them. Characters that nobody sees, such
/// as soft hyphens, and no-break spaces do not hide a code. What cannot be read as XML is looked at as it stands.
#[must_use]
pub fn holds_real_person(document: &[u8], limits: &Limits) -> bool {
    let mut forms = Vec::new();
    let found = in_markup(document, limits, Some(&mut forms)).unwrap_or_else(|| has_real(document));
    found || forms.iter().any(|form| in_form(form, limits))
}

/// Whether a text holds such a code, with all its characters or without those that nobody sees.
pub(crate) fn has_real(text: &[u8]) -> bool {
    PersonalIdentityCode::has_real(text)
        || (may_hide(text) && {
            let seen = String::from_utf8_lossy(text);
            PersonalIdentityCode::has_real(as_it_is_seen(&seen).as_bytes())
        })
}

/// Whether a byte of the text can begin a character that nobody sees, or another hyphen. Finnish letters cannot.
fn may_hide(text: &[u8]) -> bool {
    // Without a branch for each byte: most texts hold none.
    text.iter().fold(false, |found, byte| {
        found | matches!(byte, 0xc2 | 0xcd | 0xd8 | 0xe1..=0xe3 | 0xef | 0xf3)
    })
}

/// The text without invisible characters, and with one kind of hyphen.
fn as_it_is_seen(text: &str) -> Cow<'_, str> {
    if !text.contains(|character| is_invisible(character) || is_hyphen(character)) {
        return Cow::Borrowed(text);
    }
    let seen = text.chars().filter(|character| !is_invisible(*character));
    seen.map(|character| if is_hyphen(character) { '-' } else { character })
        .collect()
}

/// Soft hyphen, joiners, zero-width characters, marks of direction, selectors of variants, and no-break spaces.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202f}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

fn is_hyphen(character: char) -> bool {
    matches!(
        character,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// One decoded form of a body.
fn in_form(form: &[u8], limits: &Limits) -> bool {
    match form.trim_ascii_start().first() {
        Some(b'{' | b'[') => in_json(form),
        Some(b'<') => in_xml(form, limits),
        _ => has_real(form),
    }
}

/// Looks into XML: attributes, each text, and all text together without the markup in it.
pub(crate) fn in_xml(xml: &[u8], limits: &Limits) -> bool {
    has_real(xml) || in_markup(xml.trim_ascii(), limits, None).unwrap_or_default()
}

/// Looks into JSON: the bytes, and, where there are escapes, each name and text with them resolved.
pub(crate) fn in_json(json: &[u8]) -> bool {
    let has_escapes = || memchr::memchr(b'\\', json).is_some();
    has_real(json)
        || (has_escapes() && Json::parse(json).is_ok_and(|parsed| in_value(parsed.root())))
}

fn in_value(value: Value<'_>) -> bool {
    has_real(value.name().as_bytes())
        || value.as_str().is_some_and(|text| has_real(text.as_bytes()))
        || value.members().chain(value.items()).any(in_value)
}

/// `None` when it is not XML. Without `forms` it was looked at as it stands; with them the texts inside `nonXMLBody` are decoded into it instead of being joined.
fn in_markup(xml: &[u8], limits: &Limits, mut forms: Option<&mut Vec<Vec<u8>>>) -> Option<bool> {
    let mut tokens = Tokens::new(xml, limits).ok()?;
    let mut joined = String::new();
    let mut encoded = Vec::new();
    let mut body_depth = None;
    while let Some(token) = tokens.next().ok()? {
        match token {
            Token::Start(tag) => {
                let mut attributes = tokens.attributes().iter();
                if attributes.any(|attribute| has_real(attribute.value().as_bytes())) {
                    return Some(true);
                }
                let is_body = forms.is_some()
                    && tag.name().local() == "nonXMLBody"
                    && tokens.namespace(&tag) == HL7;
                if is_body && body_depth.is_none() {
                    body_depth = Some(tokens.depth());
                }
            }
            Token::Text { text, .. } => {
                // What stands in the markup as it is, was looked at with it.
                let is_new = forms.is_some() || matches!(text, Cow::Owned(_));
                if is_new && has_real(text.as_bytes()) {
                    return Some(true);
                }
                if body_depth.is_some() {
                    append_without_spaces(text.as_bytes(), &mut encoded);
                } else {
                    joined.push_str(&text);
                }
            }
            Token::End(_) => {
                if let (Some(forms), false) = (&mut forms, encoded.is_empty()) {
                    forms.extend(STANDARD.decode_to_vec(&encoded).ok());
                    encoded.clear();
                }
                if body_depth.is_some_and(|depth| tokens.depth() < depth) {
                    body_depth = None;
                }
            }
            _ => {}
        }
    }
    Some(has_real(joined.as_bytes()))
}

/// Most bodies have no white space, and are copied at once.
fn append_without_spaces(text: &[u8], to: &mut Vec<u8>) {
    let has_spaces = text
        .iter()
        .fold(false, |found, byte| found | byte.is_ascii_whitespace());
    if has_spaces {
        to.extend(text.iter().filter(|byte| !byte.is_ascii_whitespace()));
    } else {
        to.extend_from_slice(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code of a real form with an individual number below 900, made at run time so that it stands in no file.
    fn real() -> String {
        "0123456789ABCDEFHJKLMNPRSTUVWXY"
            .chars()
            .map(|check| format!("010100A002{check}"))
            .find(|code| PersonalIdentityCode::parse(code).is_ok())
            .unwrap()
    }

    fn found(header: &str, body: &str) -> bool {
        let document =
            format!("<d xmlns=\"{HL7}\"><a>{header}</a><nonXMLBody>{body}</nonXMLBody></d>");
        holds_real_person(document.as_bytes(), &Limits::default())
    }

    #[test]
    fn codes_are_found_as_a_reader_sees_them() {
        let real = real();
        let (begin, end) = real.split_at(6);
        let split = format!("<b>{begin}</b>{end}");
        let reference = format!("&#48;{}", &real[1..]);
        for header in [
            real.clone(),
            split.clone(),
            reference.clone(),
            format!("<x y=\"{reference}\"/>"),
        ] {
            assert!(found(&header, ""), "{header}");
        }
        let escaped = format!("{{\"a\": \"{begin}\\u0041{}\"}}", &end[1..]);
        let page =
            |inner: &str| format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{inner}</div>");
        for form in [
            format!("{{\"a\": \"{real}\"}}"),
            escaped,
            page(&split),
            page(&reference),
            format!("%PDF {real}"),
        ] {
            let base64 = STANDARD.encode_to_string(&form);
            let (first, rest) = base64.split_at(8);
            for written in [
                base64.clone(),
                format!("{first}\n{rest}"),
                format!("{first}&#10;{rest}"),
                format!("{first}<!-- x --><![CDATA[{rest}]]>"),
            ] {
                assert!(
                    found("", &format!("<text>{written}</text><json>e30=</json>")),
                    "{form}"
                );
            }
        }
    }

    /// What a reader sees as a code is one, whatever stands between its characters.
    #[test]
    fn characters_that_nobody_sees_hide_no_code() {
        let real = real();
        for invisible in [
            "\u{200b}",
            "\u{ad}",
            "\u{a0}",
            "\u{2060}",
            "\u{feff}",
            "\u{202f}",
            "\u{e0001}",
        ] {
            let spread: String = real
                .chars()
                .flat_map(|character| [character.to_string(), invisible.to_owned()])
                .collect();
            let (begin, end) = real.split_at(3);
            for hidden in [spread, format!("{begin}{invisible}{end}")] {
                assert!(found(&hidden, ""), "{hidden:?}");
                assert!(found(&format!("<x y=\"{hidden}\"/>"), ""), "{hidden:?}");
                let json = STANDARD.encode_to_string(format!("{{\"a\": \"{hidden}\"}}"));
                assert!(found("", &format!("<json>{json}</json>")), "{hidden:?}");
                assert!(
                    holds_real_person(hidden.as_bytes(), &Limits::default()),
                    "{hidden:?}"
                );
            }
        }
        let hyphen = "0123456789ABCDEFHJKLMNPRSTUVWXY"
            .chars()
            .map(|check| format!("010150-002{check}"))
            .find(|code| PersonalIdentityCode::parse(code).is_ok())
            .unwrap();
        assert!(found(&hyphen.replace('-', "\u{2011}"), ""));
        assert!(!found("090514A\u{200b}9226 ääkkönen", ""));
    }

    #[test]
    fn no_character_that_is_passed_over_begins_with_another_byte() {
        let mut bytes = [0; 4];
        for character in '\0'..=char::MAX {
            let passed_over = is_invisible(character) || is_hyphen(character);
            let may = may_hide(character.encode_utf8(&mut bytes).as_bytes());
            assert!(may || !passed_over, "{character:?}");
        }
        assert!(!may_hide("Äänekoskelainen Åke, 'työtön'".as_bytes()));
    }

    #[test]
    fn artificial_codes_and_neighbours_are_not_found() {
        let json = STANDARD.encode_to_string("{\"a\": \"090514A9226\"}");
        assert!(!found("090514A9226", &format!("<json>{json}</json>")));
        assert!(!found("", ""));
        assert!(!holds_real_person(b"no XML", &Limits::default()));
        assert!(holds_real_person(real().as_bytes(), &Limits::default()));
    }
}
