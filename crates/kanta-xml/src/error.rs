//! What can be wrong with a document, where, and what to do about it.

use crate::Position;

/// Why a document was refused, and where.
///
/// The text gives the problem, the place and the remedy. It may tell names and prefixes (shortened, and none that may hold an
/// identity code), never text or attribute values, so it can be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} at {}: {}", .0.kind, .0.position, .0.kind.remedy())]
pub struct Error(Box<Parts>);

/// Kept apart, so that results are small.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    kind: ErrorKind,
    position: Position,
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not UTF-8.
    #[error("the input is not UTF-8")]
    NotUtf8,
    /// The XML declaration names another encoding.
    #[error("the XML declaration names an encoding that is not UTF-8")]
    UnsupportedEncoding,
    /// The XML declaration names another version.
    #[error("the XML declaration names a version that is not 1.0")]
    UnsupportedVersion,
    /// There is a document type declaration.
    #[error("the document has a document type declaration")]
    Doctype,
    /// A reference names an entity that is not one of the five predefined ones.
    #[error("a reference names an unknown entity")]
    UnknownEntity,
    /// A character, written or by reference, that XML 1.0 does not allow.
    #[error("there is a character that XML does not allow")]
    ForbiddenCharacter,
    /// The input does not follow the grammar of XML.
    #[error("the XML is not well formed: {problem}")]
    NotWellFormed {
        /// What is wrong, in a few words.
        problem: &'static str,
    },
    /// An end tag does not fit the element that is open.
    #[error("the end tag {found:?} does not fit the open element {expected:?}")]
    MismatchedEndTag {
        /// The open element.
        expected: String,
        /// The name in the end tag.
        found: String,
    },
    /// An element has the same attribute twice, by name as written or by namespace and local name.
    #[error("the attribute {name:?} stands twice in one element")]
    DuplicateAttribute {
        /// The name of the second one, as written.
        name: String,
    },
    /// A prefix is used that no namespace declaration in scope binds.
    #[error("the prefix {prefix:?} is bound to no namespace")]
    UnboundPrefix {
        /// The prefix.
        prefix: String,
    },
    /// A namespace declaration breaks the rules (prefixes `xml` and `xmlns`, their namespaces, `xmlns:p=""`).
    #[error("the namespace declaration of {prefix:?} is not allowed")]
    ForbiddenNamespaceDeclaration {
        /// The declared prefix, empty for the default namespace.
        prefix: String,
    },
    /// A namespace name is a relative reference; canonical XML is not defined for such documents.
    #[error("a namespace name is not an absolute URI")]
    RelativeNamespace,
    /// A limit of [`Limits`](crate::Limits) is exceeded.
    #[error("the document exceeds the limit of {limit} {what}")]
    LimitExceeded {
        /// What is limited.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// No element carries the wanted id.
    #[error("no element has the wanted id")]
    ElementNotFound,
    /// More than one element carries the wanted id.
    #[error("more than one element has the wanted id")]
    DuplicateId,
    /// The calls on a [`Writer`](crate::Writer) do not make a document.
    #[error("the writer was used wrongly: {problem}")]
    WriterMisuse {
        /// What is wrong, in a few words.
        problem: &'static str,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, position: Position) -> Self {
        Self(Box::new(Parts { kind, position }))
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Where; for a [`Writer`](crate::Writer) the place in its output.
    #[must_use]
    pub fn position(&self) -> Position {
        self.0.position
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        self.0.kind.remedy()
    }
}

impl ErrorKind {
    fn remedy(&self) -> &'static str {
        match self {
            Self::NotUtf8 | Self::UnsupportedEncoding => {
                "convert the document to UTF-8 before it is signed"
            }
            Self::UnsupportedVersion => "write the document as XML 1.0",
            Self::Doctype => "remove the document type declaration; it is refused for safety",
            Self::UnknownEntity => {
                "use only &amp; &lt; &gt; &quot; &apos; and character references"
            }
            Self::ForbiddenCharacter => {
                "remove control characters and the code points U+FFFE and U+FFFF from the content"
            }
            Self::NotWellFormed { .. } | Self::MismatchedEndTag { .. } => {
                "correct the program that wrote the document, or fetch it again if it was cut short"
            }
            Self::DuplicateAttribute { .. } => "keep one of the attributes",
            Self::UnboundPrefix { .. } => "declare the prefix on the element or above it",
            Self::ForbiddenNamespaceDeclaration { .. } => {
                "remove the declaration, or choose another prefix or namespace"
            }
            Self::RelativeNamespace => "use an absolute URI as the namespace name",
            Self::LimitExceeded { .. } => {
                "refuse the document, or raise the limit if such documents are expected"
            }
            Self::ElementNotFound => "check the id and the name of the attribute that holds it",
            Self::DuplicateId => {
                "refuse the document: it is not certain which element is meant; ids must be unique"
            }
            Self::WriterMisuse { .. } => "correct the order of calls on the writer",
        }
    }
}

/// An error whose place is still a byte offset.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) offset: usize,
}

impl Fault {
    pub(crate) fn new(kind: ErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    pub(crate) fn not_well_formed(problem: &'static str, offset: usize) -> Self {
        Self::new(ErrorKind::NotWellFormed { problem }, offset)
    }

    pub(crate) fn limit(what: &'static str, limit: usize, offset: usize) -> Self {
        Self::new(ErrorKind::LimitExceeded { what, limit }, offset)
    }

    pub(crate) fn locate(self, input: &[u8]) -> Error {
        Error::new(self.kind, Position::at(input, self.offset))
    }
}

/// A name, short enough for an error message; one with so many digits as an identity code begins with is not shown.
pub(crate) fn shortened(name: &str) -> String {
    let may_be_a_code = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    if name.as_bytes().windows(6).any(may_be_a_code) {
        return "…".to_owned();
    }
    const LONGEST: usize = 60;
    match name.char_indices().nth(LONGEST) {
        None => name.to_owned(),
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_hold_no_identity_code() {
        assert_eq!(shortened("hl7fi:json"), "hl7fi:json");
        assert_eq!(shortened("x150312A903A"), "…");
        assert_eq!(shortened(&"ä".repeat(61)), format!("{}…", "ä".repeat(60)));
    }
}
