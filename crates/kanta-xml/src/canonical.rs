//! Canonical XML: the octets of a document or an element that do not depend on how it was written.
//!
//! Two forms: exclusive canonical XML 1.0, which XML signatures use now, and inclusive canonical XML 1.0 for old ones.
//! Both are made straight from the tokens and streamed to a sink (a digest, a file), in blocks of some kilobytes; the
//! whole form is never in memory unless a `…_to_vec` function is asked for it. A sink may have been given a part when an
//! error comes: use what it holds only after `Ok`.
//!
//! Documents that declare a relative namespace name are refused, as the specification demands. XPath node-sets are not
//! supported: a form is that of a whole document or of one whole element.
//!
//! The tests compare every form with that of libxml2, byte for byte. Two differences are known: libxml2 writes `&`
//! in namespace names without escaping them, against the specification, and refuses namespace names with characters
//! beyond ASCII; here the one is escaped and the other is accepted.

use std::ops::Range;

use crate::error::{Error, ErrorKind, Fault};
use crate::namespaces::Scope;
use crate::{Element, Limits, Token, Tokens};

mod output;
mod stream;

use stream::{Form, canonicalise};

/// What goes into a canonical form. The default is exclusive canonical XML without comments, with no listed prefixes.
///
/// ```
/// use kanta_xml::canonical::Options;
///
/// let options = Options::default().with_comments(true).with_inclusive_prefixes(["xsi", "#default"]);
/// assert_eq!(options.inclusive_prefixes.len(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Whether comments are kept.
    pub comments: bool,
    /// The prefixes of an `InclusiveNamespaces PrefixList`, whose declarations are written although nothing visibly uses
    /// them; `#default` is the default namespace. The inclusive form has no use for it.
    pub inclusive_prefixes: Vec<String>,
}

impl Options {
    /// The same options, with or without comments.
    #[must_use]
    pub fn with_comments(mut self, comments: bool) -> Self {
        self.comments = comments;
        self
    }

    /// The same options with these prefixes in the list.
    #[must_use]
    pub fn with_inclusive_prefixes<P: Into<String>>(
        mut self,
        prefixes: impl IntoIterator<Item = P>,
    ) -> Self {
        self.inclusive_prefixes = prefixes.into_iter().map(Into::into).collect();
        self
    }
}

/// Streams the exclusive canonical form of a document.
///
/// # Errors
/// The input breaks a rule of XML or a limit, or declares a relative namespace name.
pub fn exclusive(
    input: &[u8],
    limits: &Limits,
    options: &Options,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), Error> {
    canonicalise(Tokens::new(input, limits)?, Form::Exclusive, options, sink)
}

/// Streams the exclusive canonical form of an element, which does not depend on where the element stands except for the
/// namespaces it uses.
///
/// # Errors
/// A relative namespace name is declared in the element or is in scope there.
pub fn exclusive_of(
    element: Element<'_, '_>,
    options: &Options,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), Error> {
    canonicalise(element.tokens(), Form::Exclusive, options, sink)
}

/// Streams the exclusive canonical form of the one element whose attribute of this exact name, in no namespace, has the
/// value `id`. The input is read twice and no tree is made.
///
/// # Errors
/// As [`exclusive`]; [`ErrorKind::ElementNotFound`] when no element has the id, [`ErrorKind::DuplicateId`] when more than
/// one has.
pub fn exclusive_with_id(
    input: &[u8],
    attribute: &str,
    id: &str,
    limits: &Limits,
    options: &Options,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), Error> {
    let mut tokens = Tokens::new(input, limits)?;
    let text = tokens.text();
    let (range, scope) = find(&mut tokens, attribute, id)?;
    let tokens = Tokens::within(text, range, scope, limits);
    canonicalise(tokens, Form::Exclusive, options, sink)
}

/// Streams the inclusive canonical form (canonical XML 1.0) of a document.
///
/// # Errors
/// As [`exclusive`].
pub fn inclusive(
    input: &[u8],
    limits: &Limits,
    options: &Options,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), Error> {
    let form = Form::Inclusive { inherited: &[] };
    canonicalise(Tokens::new(input, limits)?, form, options, sink)
}

/// Streams the inclusive canonical form (canonical XML 1.0) of an element: with every namespace in scope, and with the
/// `xml:` attributes of the elements it stands in.
///
/// # Errors
/// As [`exclusive_of`].
pub fn inclusive_of(
    element: Element<'_, '_>,
    options: &Options,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), Error> {
    let inherited = element.inherited_xml_attributes();
    let form = Form::Inclusive {
        inherited: &inherited,
    };
    canonicalise(element.tokens(), form, options, sink)
}

/// [`exclusive`] into a vector.
///
/// # Errors
/// As [`exclusive`].
pub fn exclusive_to_vec(
    input: &[u8],
    limits: &Limits,
    options: &Options,
) -> Result<Vec<u8>, Error> {
    collect(|sink| exclusive(input, limits, options, sink))
}

/// [`exclusive_of`] into a vector.
///
/// # Errors
/// As [`exclusive_of`].
pub fn exclusive_of_to_vec(element: Element<'_, '_>, options: &Options) -> Result<Vec<u8>, Error> {
    collect(|sink| exclusive_of(element, options, sink))
}

/// [`exclusive_with_id`] into a vector.
///
/// # Errors
/// As [`exclusive_with_id`].
pub fn exclusive_with_id_to_vec(
    input: &[u8],
    attribute: &str,
    id: &str,
    limits: &Limits,
    options: &Options,
) -> Result<Vec<u8>, Error> {
    collect(|sink| exclusive_with_id(input, attribute, id, limits, options, sink))
}

/// [`inclusive`] into a vector.
///
/// # Errors
/// As [`inclusive`].
pub fn inclusive_to_vec(
    input: &[u8],
    limits: &Limits,
    options: &Options,
) -> Result<Vec<u8>, Error> {
    collect(|sink| inclusive(input, limits, options, sink))
}

/// [`inclusive_of`] into a vector.
///
/// # Errors
/// As [`inclusive_of`].
pub fn inclusive_of_to_vec(element: Element<'_, '_>, options: &Options) -> Result<Vec<u8>, Error> {
    collect(|sink| inclusive_of(element, options, sink))
}

fn collect(
    write: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<(), Error>,
) -> Result<Vec<u8>, Error> {
    let mut form = Vec::new();
    write(&mut |bytes| form.extend_from_slice(bytes))?;
    Ok(form)
}

/// The bytes of the one element with the id, and what is in scope around it. Reads to the end of the document.
fn find<'a>(
    tokens: &mut Tokens<'a>,
    attribute: &str,
    id: &str,
) -> Result<(Range<usize>, Scope<'a>), Error> {
    let mut found: Option<(Range<usize>, Scope<'a>)> = None;
    let mut inside_from = None;
    while let Some(token) = tokens.next()? {
        match token {
            Token::Start(tag) => {
                let has_id = tokens.attributes().iter().any(|candidate| {
                    candidate.name().qualified() == attribute && candidate.value() == id
                });
                if !has_id {
                    continue;
                }
                if found.is_some() {
                    let fault = Fault::new(ErrorKind::DuplicateId, tag.span().start);
                    return Err(fault.locate(tokens.text().as_bytes()));
                }
                found = Some((tag.span(), tokens.outer_scope()));
                inside_from = Some(tokens.depth());
            }
            Token::End(tag) if inside_from.is_some_and(|depth| tokens.depth() < depth) => {
                inside_from = None;
                if let Some((range, _)) = &mut found {
                    range.end = tag.span().end;
                }
            }
            _ => {}
        }
    }
    found.ok_or_else(|| Fault::new(ErrorKind::ElementNotFound, 0).locate(tokens.text().as_bytes()))
}

#[cfg(test)]
mod tests;
