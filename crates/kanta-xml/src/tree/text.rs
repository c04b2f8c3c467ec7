//! The text of an element, read from the input when it is asked for.

use std::borrow::Cow;

use super::Element;
use crate::tokens::Event;

impl<'t, 'a> Element<'t, 'a> {
    /// The text directly in it, without that of its children: line ends are LF, references are resolved. Borrowed when it
    /// stands so in the input, in one piece.
    #[must_use]
    pub fn text(&self) -> Cow<'t, str> {
        let mut text: Cow<'t, str> = Cow::Borrowed("");
        for piece in self.between_children() {
            let is_more_than_text = memchr::memchr3(b'<', b'&', b'\r', piece.as_bytes());
            if is_more_than_text.is_some() {
                return Cow::Owned(self.text_read_again());
            }
            if text.is_empty() {
                text = Cow::Borrowed(piece);
            } else if !piece.is_empty() {
                text.to_mut().push_str(piece);
            }
        }
        text
    }

    /// Whether text that is not only white space stands directly in it.
    #[must_use]
    pub fn has_own_text(&self) -> bool {
        let is_blank = |text: &str| {
            text.bytes()
                .all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
        };
        !self.between_children().all(is_blank) && !is_blank(&self.text())
    }

    /// What stands between the tags, but for the children: text, comments and the like, as written.
    fn between_children(&self) -> impl Iterator<Item = &'a str> + use<'t, 'a> {
        let input = self.tree().input_text();
        let content = self.content_range();
        let mut children = self.children();
        let mut from = Some(content.start);
        std::iter::from_fn(move || {
            let start = from?;
            let child = children.next().map(|child| child.range());
            let end = child.as_ref().map_or(content.end, |range| range.start);
            from = child.map(|range| range.end);
            Some(input.get(start..end).unwrap_or_default())
        })
    }

    /// The text where comments, references or the like stand in it. They were read before without an error.
    #[cold]
    fn text_read_again(&self) -> String {
        let mut tokens = self.tokens();
        let mut text = String::new();
        while let Ok(Some(event)) = tokens.advance() {
            if matches!(event, Event::Text) && tokens.depth() == 1 {
                text.push_str(tokens.content());
            }
        }
        text
    }
}
