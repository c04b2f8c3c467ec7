//! All texts of a structure in one piece of memory; a text that occurs often lies there once.

use std::collections::HashMap;

/// A piece of the texts of a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

impl Span {
    pub(super) const EMPTY: Self = Self {
        start: 0,
        length: 0,
    };

    pub(super) fn of(self, texts: &str) -> &str {
        let start = self.start as usize;
        &texts[start..start + self.length as usize]
    }
}

/// Collects the texts while a schema is read.
#[derive(Default)]
pub(super) struct Collector<'t> {
    texts: String,
    known: HashMap<std::borrow::Cow<'t, str>, Span>,
}

impl<'t> Collector<'t> {
    pub(super) fn keep(&mut self, text: impl Into<std::borrow::Cow<'t, str>>) -> Span {
        let text = text.into();
        if let Some(span) = self.known.get(&text) {
            return *span;
        }
        let span = Span {
            start: self.texts.len() as u32,
            length: text.len() as u32,
        };
        self.texts.push_str(&text);
        self.known.insert(text, span);
        span
    }

    pub(super) fn get(&self, span: Span) -> &str {
        span.of(&self.texts)
    }

    pub(super) fn finish(self) -> Box<str> {
        self.texts.into_boxed_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_lies_there_once() {
        let mut texts = Collector::default();
        let first = texts.keep("Päivä");
        let second = texts.keep("Aika");
        assert_eq!(texts.keep("Päivä".to_owned()), first);
        let texts = texts.finish();
        assert_eq!(&*texts, "PäiväAika");
        assert_eq!(second.of(&texts), "Aika");
    }
}
