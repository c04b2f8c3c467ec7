//! Writes XHTML text: the one place where content becomes markup.

/// Appends text as character data: markup characters are escaped, line ends become `br`, and characters that XML 1.0
/// cannot hold become U+FFFD.
pub(super) fn text(out: &mut String, text: &str) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => {
                characters.next_if_eq(&'\n');
                out.push_str("<br/>");
            }
            '\n' => out.push_str("<br/>"),
            '\t' => out.push(' '),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ => out.push(character),
        }
    }
}

/// Appends an element with a class around a text; the element may be empty.
pub(super) fn element(out: &mut String, name: &str, class: &str, content: &str) {
    out.push_str(&format!("<{name} class=\"{class}\">"));
    text(out, content);
    out.push_str(&format!("</{name}>"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_replaces() {
        for (input, expected) in [
            ("", ""),
            ("äiti & isä", "äiti &amp; isä"),
            (
                "<script>alert('x')</script>",
                "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
            ),
            ("\" onclick=\"x", "&quot; onclick=&quot;x"),
            ("]]>", "]]&gt;"),
            ("&lt;&#60;", "&amp;lt;&amp;#60;"),
            ("a\nb\r\nc\rd", "a<br/>b<br/>c<br/>d"),
            ("a\tb", "a b"),
            (
                "\0\u{8}\u{FFFE}\u{FFFF}",
                "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}",
            ),
            ("\u{1F600}", "\u{1F600}"),
        ] {
            let mut out = String::new();
            text(&mut out, input);
            assert_eq!(out, expected);
        }
    }

    proptest! {
        #[test]
        fn only_line_ends_become_markup(input in any::<String>()) {
            let mut out = String::new();
            text(&mut out, &input);
            let plain = out.replace("<br/>", "");
            prop_assert!(!plain.contains(['<', '>', '"', '\'', '\0', '\n']));
        }
    }
}
