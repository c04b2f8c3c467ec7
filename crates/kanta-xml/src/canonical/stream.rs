//! Both canonical forms in one pass over tokens.

use std::cmp::Ordering;

use super::Options;
use super::output::Output;
use crate::error::{Error, ErrorKind, Fault};
use crate::namespaces::{Declaration, XML_NAMESPACE};
use crate::tokens::{EndTag, Event, StartTag, TagAttribute};
use crate::{Tokens, escape, scan};

/// Which declarations and attributes an element is written with.
pub(super) enum Form<'f> {
    /// The declarations it visibly uses, and its own attributes.
    Exclusive,
    /// All declarations in scope; on the outermost element also the `xml:` attributes of its ancestors, as name and value.
    Inclusive { inherited: &'f [(&'f str, &'f str)] },
}

/// Writes what the tokens say to the sink. The tokens are at the start of a document or of an element.
pub(super) fn canonicalise(
    mut tokens: Tokens<'_>,
    form: Form<'_>,
    options: &Options,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), Error> {
    refuse_relative(tokens.scope().since(0), 0, &tokens)?;
    let mut writer = Stream {
        form,
        options,
        output: Output::new(tokens.text().as_bytes(), sink),
        // Growing from nothing would be a good part of the work for a small document.
        rendered: Vec::with_capacity(8),
        rendered_outside: Vec::with_capacity(16),
        to_render: Vec::with_capacity(8),
        attribute_order: Vec::new(),
    };
    writer.rendered.push(XML_DECLARATION);
    let mut root_seen = false;
    while let Some(event) = tokens.advance()? {
        let outside_root = tokens.depth() == 0;
        match event {
            Event::Start => {
                let offset = tokens.start().span().start;
                if !tokens.declarations().is_empty() {
                    refuse_relative(tokens.declarations(), offset, &tokens)?;
                }
                root_seen = true;
                writer.start(tokens.start(), &tokens);
            }
            Event::End => writer.end(tokens.end()),
            Event::Text if tokens.is_plain_text() => writer.output.copy(tokens.content_span()),
            Event::Text => escape::write_text(tokens.content(), |bytes| writer.output.write(bytes)),
            Event::Comment if options.comments => {
                let parts = ["<!--", tokens.content(), "-->"];
                writer.beside_elements(&parts, outside_root, root_seen);
            }
            Event::Comment => {}
            Event::ProcessingInstruction => {
                let data = tokens.content();
                let space = if data.is_empty() { "" } else { " " };
                let parts = ["<?", tokens.target(), space, data, "?>"];
                writer.beside_elements(&parts, outside_root, root_seen);
            }
        }
    }
    writer.output.flush();
    Ok(())
}

/// Index of the declaration of `xml` in every scope: it is never written, so it counts as written outside the root.
const XML_DECLARATION: usize = 0;

struct Stream<'s> {
    form: Form<'s>,
    options: &'s Options,
    output: Output<'s>,
    /// The declarations written on the open elements, as indices in the scope of the tokens.
    rendered: Vec<usize>,
    /// For each open element how many of them stand outside it.
    rendered_outside: Vec<usize>,
    /// Kept between elements only to save allocations.
    to_render: Vec<usize>,
    attribute_order: Vec<usize>,
}

impl Stream<'_> {
    fn start(&mut self, tag: &StartTag<'_>, tokens: &Tokens<'_>) {
        let is_outermost = self.rendered_outside.is_empty();
        self.rendered_outside.push(self.rendered.len());
        self.select_declarations(tag, tokens, is_outermost);
        if self.is_canonical(tag, tokens, is_outermost) {
            let span = tag.span();
            // The end of an empty tag is written with the end tag, which comes next.
            let end = span.end - if tag.is_empty() { "/>".len() } else { 0 };
            self.output.copy(span.start..end);
            return;
        }
        self.output.write(b"<");
        self.output.write(tag.name().qualified().as_bytes());
        for &index in &self.to_render {
            if let Some(declaration) = tokens.scope().get(index) {
                let colon = if declaration.prefix().is_empty() {
                    ""
                } else {
                    ":"
                };
                let name = ["xmlns", colon, declaration.prefix()];
                self.output.attribute(&name, declaration.namespace());
            }
        }
        self.rendered.append(&mut self.to_render);
        self.attributes(tokens, is_outermost);
        if !tag.is_empty() {
            self.output.write(b">");
        }
    }

    /// Whether the tag stands in the input as it is to be written, so that it is copied as a whole.
    fn is_canonical(&self, tag: &StartTag<'_>, tokens: &Tokens<'_>, is_outermost: bool) -> bool {
        let attributes = tokens.attributes();
        let has_inherited = is_outermost && !matches!(self.form, Form::Exclusive);
        tag.is_tidy
            && self.to_render.is_empty()
            && tokens.declarations().is_empty()
            && !has_inherited
            && attributes
                .windows(2)
                .all(|pair| in_order(&pair[0], &pair[1], tokens) == Ordering::Less)
    }

    fn end(&mut self, tag: &EndTag<'_>) {
        if let Some(outside) = self.rendered_outside.pop() {
            self.rendered.truncate(outside);
        }
        let (span, name) = (tag.span(), tag.name().bytes());
        if span.len() == name.len() + "</>".len() {
            self.output.copy(span);
        } else {
            let begin: &[u8] = if span.is_empty() { b"></" } else { b"</" };
            self.output.end_tag(begin, name);
        }
    }

    /// A comment or processing instruction; outside the root element a line feed parts it from the root.
    fn beside_elements(&mut self, parts: &[&str], outside_root: bool, root_seen: bool) {
        if outside_root && root_seen {
            self.output.write(b"\n");
        }
        for part in parts {
            self.output.write(part.as_bytes());
        }
        if outside_root && !root_seen {
            self.output.write(b"\n");
        }
    }

    /// Fills `to_render`, in order of prefixes.
    fn select_declarations(&mut self, tag: &StartTag<'_>, tokens: &Tokens<'_>, is_outermost: bool) {
        let scope = tokens.scope();
        match self.form {
            Form::Exclusive => {
                self.select(tag.namespace, tokens);
                for attribute in tokens.attributes() {
                    self.select(attribute.namespace, tokens);
                }
                for prefix in &self.options.inclusive_prefixes {
                    let prefix = if prefix == "#default" { "" } else { prefix };
                    self.select(scope.resolve(prefix), tokens);
                }
            }
            Form::Inclusive { .. } => {
                let new = if is_outermost {
                    scope.since(0)
                } else {
                    tokens.declarations()
                };
                for declaration in new {
                    self.select(scope.resolve(declaration.prefix()), tokens);
                }
            }
        }
        if self.to_render.len() < 2 {
            return;
        }
        self.to_render
            .sort_unstable_by_key(|&index| scope.get(index).map(Declaration::prefix));
    }

    /// Takes a declaration that is in scope, unless an open element was written with the same one.
    fn select(&mut self, resolved: Option<usize>, tokens: &Tokens<'_>) {
        let Some(index) = resolved else {
            return;
        };
        // Nothing written further inside can hide it: that would have been resolved instead.
        if self.rendered.contains(&index) || self.to_render.contains(&index) {
            return;
        }
        let scope = tokens.scope();
        let Some(wanted) = scope.get(index) else {
            return;
        };
        let written = self
            .rendered
            .iter()
            .rev()
            .filter_map(|&index| scope.get(index))
            .find(|written| scan::same(written.prefix().as_bytes(), wanted.prefix().as_bytes()))
            .map_or("", Declaration::namespace);
        if !scan::same(written.as_bytes(), wanted.namespace().as_bytes()) {
            self.to_render.push(index);
        }
    }

    fn attributes(&mut self, tokens: &Tokens<'_>, is_outermost: bool) {
        let own = tokens.attributes();
        let inherited = match self.form {
            Form::Inclusive { inherited } if is_outermost => inherited,
            _ => &[],
        };
        self.attribute_order.clear();
        self.attribute_order.extend(0..own.len() + inherited.len());
        // An index past the own attributes is one of the inherited.
        let attribute = |index: usize| match own.get(index) {
            Some(attribute) => {
                let name = attribute.name();
                let namespace = tokens.attribute_namespace(attribute);
                (namespace, name.local(), name.qualified(), attribute.value())
            }
            None => {
                let (name, value) = inherited
                    .get(index - own.len())
                    .copied()
                    .unwrap_or_default();
                let local_name = name.strip_prefix("xml:").unwrap_or(name);
                (XML_NAMESPACE, local_name, name, value)
            }
        };
        if self.attribute_order.len() > 1 {
            self.attribute_order.sort_unstable_by(|&left, &right| {
                let (left_namespace, left_name, ..) = attribute(left);
                let (right_namespace, right_name, ..) = attribute(right);
                // Most attributes have no namespace, and comparing two empty strings is slow.
                let both_without = left_namespace.is_empty() && right_namespace.is_empty();
                let by_namespace = match both_without {
                    true => Ordering::Equal,
                    false => left_namespace.cmp(right_namespace),
                };
                by_namespace.then_with(|| left_name.cmp(right_name))
            });
        }
        for &index in &self.attribute_order {
            let (_, _, name, value) = attribute(index);
            match own.get(index) {
                Some(own) if own.is_plain => {
                    for part in [" ", name, "=\"", value, "\""] {
                        self.output.write(part.as_bytes());
                    }
                }
                _ => self.output.attribute(&[name], value),
            }
        }
    }
}

/// The order of two attributes in canonical form: by namespace, then by local name.
fn in_order(left: &TagAttribute<'_>, right: &TagAttribute<'_>, tokens: &Tokens<'_>) -> Ordering {
    let by_namespace = match (left.namespace, right.namespace) {
        (None, None) => Ordering::Equal,
        _ => tokens
            .attribute_namespace(left)
            .cmp(tokens.attribute_namespace(right)),
    };
    // Names are short, and mostly differ early.
    let (left, right) = (left.name().local_bytes(), right.name().local_bytes());
    by_namespace.then_with(|| left.iter().cmp(right))
}

fn refuse_relative(
    declarations: &[Declaration<'_>],
    offset: usize,
    tokens: &Tokens<'_>,
) -> Result<(), Error> {
    for declaration in declarations {
        let namespace = declaration.namespace();
        if !namespace.is_empty() && !is_absolute(namespace) {
            let fault = Fault::new(ErrorKind::RelativeNamespace, offset);
            return Err(fault.locate(tokens.text().as_bytes()));
        }
    }
    Ok(())
}

/// Whether a URI reference begins with a scheme.
fn is_absolute(uri: &str) -> bool {
    let Some((scheme, _)) = uri.split_once(':') else {
        return false;
    };
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    scheme
        .as_bytes()
        .first()
        .is_some_and(u8::is_ascii_alphabetic)
        && scheme.bytes().all(is_inner)
}
