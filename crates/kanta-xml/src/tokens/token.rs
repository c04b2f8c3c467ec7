//! What tokens tell.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::Name;

/// What was read; the reader holds what it says, since handing that over costs as much as reading it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    Start,
    End,
    Text,
    Comment,
    ProcessingInstruction,
}

/// One token. White space outside the root element and the XML declaration make none; an empty tag makes a start and an
/// end. `Debug` prints names and sizes, never content.
#[derive(Clone)]
#[non_exhaustive]
pub enum Token<'a> {
    /// A start tag or an empty tag.
    Start(StartTag<'a>),
    /// An end tag; for an empty tag an empty one behind it.
    End(EndTag<'a>),
    /// Text between two other tokens as it is meant: line ends are LF, references are resolved and CDATA sections are
    /// joined with what is around them. Borrowed when it was written so.
    Text {
        /// The text.
        text: Cow<'a, str>,
        /// Its bytes in the input.
        span: Range<usize>,
    },
    /// A comment.
    Comment {
        /// What stands between `<!--` and `-->`, with line ends LF.
        text: Cow<'a, str>,
        /// Its bytes in the input.
        span: Range<usize>,
    },
    /// A processing instruction.
    ProcessingInstruction {
        /// Whom it is for.
        target: &'a str,
        /// What follows the target and white space, with line ends LF.
        data: Cow<'a, str>,
        /// Its bytes in the input.
        span: Range<usize>,
    },
}

impl Token<'_> {
    /// The bytes of the token in the input.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Start(tag) => tag.span(),
            Self::End(tag) => tag.span(),
            Self::Text { span, .. }
            | Self::Comment { span, .. }
            | Self::ProcessingInstruction { span, .. } => span.clone(),
        }
    }
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(tag) => write!(f, "Start({:?})", tag.name),
            Self::End(tag) => write!(f, "End({:?})", tag.name),
            Self::Text { text, .. } => write!(f, "Text({} bytes)", text.len()),
            Self::Comment { text, .. } => write!(f, "Comment({} bytes)", text.len()),
            Self::ProcessingInstruction { target, data, .. } => {
                write!(f, "ProcessingInstruction({target}, {} bytes)", data.len())
            }
        }
    }
}

/// A start tag or an empty tag. Its attributes and declarations are asked from [`Tokens`](crate::Tokens) before the next token is read.
#[derive(Debug, Clone, Default)]
pub struct StartTag<'a> {
    pub(super) name: Name<'a>,
    pub(super) span: Range<usize>,
    pub(super) is_empty: bool,
    pub(crate) namespace: Option<usize>,
    /// The tag is written as canonical form writes it, but for the order of what stands in it and for `/`.
    pub(crate) is_tidy: bool,
}

impl<'a> StartTag<'a> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> Name<'a> {
        self.name
    }

    /// The bytes in the input, from `<` past `>`.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The byte offset just past the name.
    #[must_use]
    pub fn name_end(&self) -> usize {
        self.name.place().qualified().end
    }

    /// Whether it is an empty tag (`<a/>`).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.is_empty
    }
}

/// The end of an element.
#[derive(Debug, Clone, Default)]
pub struct EndTag<'a> {
    pub(super) name: Name<'a>,
    pub(super) span: Range<usize>,
}

impl<'a> EndTag<'a> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> Name<'a> {
        self.name
    }

    /// The bytes in the input; empty behind an empty tag.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

/// An attribute of a start tag that is not a namespace declaration. `Debug` prints the name only.
#[derive(Clone)]
pub struct TagAttribute<'a> {
    pub(super) name: Name<'a>,
    pub(crate) value: Cow<'a, str>,
    /// Where the value begins in the input, behind its quote.
    pub(crate) value_offset: usize,
    pub(crate) namespace: Option<usize>,
    /// The value is written as canonical form writes it.
    pub(crate) is_plain: bool,
}

impl<'a> TagAttribute<'a> {
    /// The name as written.
    #[must_use]
    pub fn name(&self) -> Name<'a> {
        self.name
    }

    /// The value, normalised.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The byte offset of the name.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.name.place().start as usize
    }
}

impl fmt::Debug for TagAttribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.name)
    }
}
