//! Writes XHTML text: the one place where content becomes markup.

use crate::blocks;

/// Whether a byte needs a look; everything else is copied in runs.
const fn is_special(byte: u8) -> bool {
    // The last three begin C1 controls, the characters that turn the direction of text, and U+FFFE and U+FFFF.
    byte < 0x20
        || matches!(
            byte,
            b'&' | b'<' | b'>' | b'"' | b'\'' | 0x7F | 0xC2 | 0xE2 | 0xEF
        )
}

/// The same for each byte, for texts that are too short for a block.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        special[byte] = is_special(byte as u8);
        byte += 1;
    }
    special
};

/// Returns how many bytes need no look.
fn plain(bytes: &[u8]) -> usize {
    let start = blocks::plain(bytes, is_special);
    let rest = &bytes[start..];
    let near = rest.iter().position(|byte| SPECIAL[*byte as usize]);
    start + near.unwrap_or(rest.len())
}

/// Appends text as character data: markup characters are escaped, line ends become `br`. Characters that XML 1.0
/// cannot hold, other control characters, and those that turn the direction of the text around them (embedding,
/// override, isolate) become U+FFFD, so that what people see is what is written.
pub(super) fn text(out: &mut String, text: &str) {
    escape(out, text, "<br/>");
}

/// Appends the value of an attribute, between its quotation marks.
pub(super) fn attribute(out: &mut String, text: &str) {
    escape(out, text, " ");
}

/// Appends text as character data and leaves its line ends.
pub(super) fn running_text(out: &mut String, text: &str) {
    escape(out, text, "\n");
}

fn escape(out: &mut String, text: &str, line_end: &str) {
    let bytes = text.as_bytes();
    let mut copied = 0;
    let mut at = 0;
    loop {
        at += plain(&bytes[at..]);
        let Some(character) = text[at..].chars().next() else {
            break;
        };
        let after = at + character.len_utf8();
        if let Some(written) = written(character, line_end) {
            out.push_str(&text[copied..at]);
            // A carriage return before a line feed is one line end with it.
            if !(character == '\r' && bytes.get(after) == Some(&b'\n')) {
                out.push_str(written);
            }
            copied = after;
        }
        at = after;
    }
    out.push_str(&text[copied..]);
}

/// How a character is written; `None` when it stays as it is.
fn written(character: char, line_end: &str) -> Option<&str> {
    Some(match character {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => line_end,
        '\t' => " ",
        _ if is_harmful(character) => "\u{FFFD}",
        _ => return None,
    })
}

/// Returns whether a character is never shown as it is.
pub(super) fn is_harmful(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{84}' | '\u{86}'..='\u{9F}'
            | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}'
    )
}

/// Appends an element with a class around a text; the element may be empty.
pub(super) fn element(out: &mut String, name: &str, class: &str, content: &str) {
    for piece in ["<", name, " class=\"", class, "\">"] {
        out.push_str(piece);
    }
    text(out, content);
    for piece in ["</", name, ">"] {
        out.push_str(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_replaces() {
        for (input, expected) in [
            ("", ""),
            ("äiti & isä – ”tuki”", "äiti &amp; isä – ”tuki”"),
            (
                "<script>alert('x')</script>",
                "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
            ),
            ("\" onclick=\"x", "&quot; onclick=&quot;x"),
            ("]]>", "]]&gt;"),
            ("&lt;&#60;", "&amp;lt;&amp;#60;"),
            (
                "a\nb\r\nc\rd\u{2028}e\u{85}f",
                "a<br/>b<br/>c<br/>d<br/>e<br/>f",
            ),
            ("a\tb", "a b"),
            (
                "\0\u{8}\u{7F}\u{80}\u{FFFE}\u{FFFF}",
                "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}",
            ),
            ("a\u{202E}b\u{2066}c", "a\u{FFFD}b\u{FFFD}c"),
            (
                "\u{1F600}\u{200F}\u{A0}\u{FFFC}",
                "\u{1F600}\u{200F}\u{A0}\u{FFFC}",
            ),
        ] {
            let mut out = String::new();
            text(&mut out, input);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn every_byte_of_a_long_text_is_looked_at() {
        let plain_text = "a".repeat(150);
        for place in 0..150 {
            for (character, written) in [("<", "&lt;"), ("\u{85}", "<br/>"), ("ä", "ä")] {
                let (before, after) = plain_text.split_at(place);
                let mut out = String::new();
                text(&mut out, &format!("{before}{character}{after}"));
                assert_eq!(out, format!("{before}{written}{after}"));
            }
        }
    }

    proptest! {
        #[test]
        fn only_line_ends_become_markup(input in any::<String>()) {
            let mut out = String::new();
            text(&mut out, &input);
            let plain = out.replace("<br/>", "");
            prop_assert!(!plain.contains(['<', '>', '"', '\'', '\0', '\n', '\r']));
            prop_assert!(!plain.chars().any(is_harmful));
        }

        #[test]
        fn what_needs_no_escape_stays(input in "[a-zäöå0-9 –”.,\u{200F}]{0,80}") {
            let mut out = String::new();
            text(&mut out, &input);
            prop_assert_eq!(out, input);
        }
    }
}
