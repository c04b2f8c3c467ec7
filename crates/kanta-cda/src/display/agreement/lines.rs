//! The lines of a display form as people see them.

use crate::display::safety::{Event, UnreadableDisplay, walk};

/// One line between blocks and line breaks.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) kind: LineKind,
    /// Where it begins, in bytes of the form.
    pub(super) offset: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Text,
    /// A heading, or text that is strong as a whole.
    Heading,
    /// A picture outside the header.
    Picture,
}

/// Elements that do not end a line.
const INLINE: [&str; 20] = [
    "abbr", "acronym", "b", "big", "cite", "code", "dfn", "em", "i", "kbd", "q", "samp", "small",
    "span", "strong", "sub", "sup", "tt", "u", "var",
];
const HEADINGS: [&str; 10] = [
    "b", "caption", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "strong",
];
/// The parts of the form that show metadata.
const FRAME: [&str; 2] = ["soc-header", "soc-footer"];

pub(super) fn read(xhtml: &[u8]) -> Result<Vec<Line>, UnreadableDisplay> {
    let mut reader = Reader {
        lines: Vec::new(),
        open: Vec::new(),
        text: String::new(),
        start: 0,
        plain: false,
    };
    walk(xhtml, |event, tokens, offset| match event {
        Event::Start { name, .. } => {
            let class = tokens
                .attributes()
                .iter()
                .find(|attribute| attribute.name().local() == "class");
            let in_frame = class.is_some_and(|class| {
                class
                    .value()
                    .split_ascii_whitespace()
                    .any(|class| FRAME.contains(&class))
            });
            if !INLINE.contains(&name) {
                reader.end_line();
            }
            let outer = reader.open.last();
            let opened = Open {
                is_inline: INLINE.contains(&name),
                in_frame: in_frame || outer.is_some_and(|outer| outer.in_frame),
                in_heading: HEADINGS.contains(&name) || outer.is_some_and(|outer| outer.in_heading),
            };
            if name == "img" && !opened.in_frame {
                reader.lines.push(Line {
                    text: String::new(),
                    kind: LineKind::Picture,
                    offset,
                });
            }
            reader.open.push(opened);
        }
        Event::End => {
            if reader.open.pop().is_some_and(|open| !open.is_inline) {
                reader.end_line();
            }
        }
        Event::Text(text) => reader.text(text, offset),
        Event::Other => {}
    })?;
    Ok(reader.lines)
}

struct Open {
    is_inline: bool,
    in_frame: bool,
    in_heading: bool,
}

struct Reader {
    lines: Vec<Line>,
    open: Vec<Open>,
    text: String,
    /// The offset of the line's first text.
    start: usize,
    /// Whether some of the line's text stands outside headings.
    plain: bool,
}

impl Reader {
    fn text(&mut self, text: &str, offset: usize) {
        let (in_frame, in_heading) = match self.open.last() {
            Some(open) => (open.in_frame, open.in_heading),
            None => (false, false),
        };
        if in_frame {
            return;
        }
        if !text.trim().is_empty() {
            if self.text.trim().is_empty() {
                self.start = offset;
            }
            self.plain |= !in_heading;
        }
        self.text.push_str(text);
    }

    fn end_line(&mut self) {
        let plain = std::mem::take(&mut self.plain);
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            self.lines.push(Line {
                text,
                kind: if plain {
                    LineKind::Text
                } else {
                    LineKind::Heading
                },
                offset: self.start,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_breaks_end_lines() {
        let page = "<div><div class=\"soc-header\">x</div><h1>A\n <i>b</i></h1><p>c <b>d</b><br/><b>e</b><br/> f</p>\
            <p> </p><img src=\"x\"/><div class=\"a soc-footer\"><p>y</p></div></div>";
        let lines = read(page.as_bytes()).unwrap();
        let seen: Vec<_> = lines
            .iter()
            .map(|line| {
                (
                    line.text.split_whitespace().collect::<Vec<_>>().join(" "),
                    line.kind,
                )
            })
            .collect();
        let expected = [
            ("A b", LineKind::Heading),
            ("c d", LineKind::Text),
            ("e", LineKind::Heading),
            ("f", LineKind::Text),
            ("", LineKind::Picture),
        ];
        assert_eq!(seen, expected.map(|(text, kind)| (text.to_owned(), kind)));
    }
}
