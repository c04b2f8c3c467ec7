//! Start and end tags, with their attributes and declarations.

use std::borrow::Cow;
use std::ops::Range;

use super::{EndTag, Event, Open, StartTag, TagAttribute, Tokens};
use crate::cursor::Cursor;
use crate::error::{ErrorKind, Fault, shortened};
use crate::namespaces::Declaration;
use crate::{Name, normalise, scan};

impl<'a> Tokens<'a> {
    pub(super) fn end_tag(&mut self) -> Result<Event, Fault> {
        let start = self.cursor.offset();
        self.cursor.accept("</");
        // Nearly always the tag is just the name that is due.
        if let Some(open) = self.open.last()
            && self.cursor.accept_past(open.name.bytes(), b'>')
        {
            return self.close(start..self.cursor.offset());
        }
        let name = self.cursor.name(self.limits.max_name_bytes)?;
        self.cursor.skip_white_space();
        self.cursor.expect(">", "an end tag is not closed")?;
        match self.open.last() {
            None => {
                let problem = "an end tag stands outside the root element";
                Err(Fault::not_well_formed(problem, start))
            }
            Some(open) if open.name != name => {
                let kind = ErrorKind::MismatchedEndTag {
                    expected: shortened(open.name.qualified()),
                    found: shortened(name.qualified()),
                };
                Err(Fault::new(kind, start))
            }
            Some(_) => self.close(start..self.cursor.offset()),
        }
    }

    pub(super) fn close(&mut self, span: Range<usize>) -> Result<Event, Fault> {
        let Some(open) = self.open.pop() else {
            return Err(self
                .cursor
                .fault("an end tag stands outside the root element"));
        };
        self.scope.truncate(open.outer_scope);
        self.attributes.clear();
        self.end = EndTag {
            name: open.name,
            span,
        };
        Ok(Event::End)
    }

    pub(super) fn start_tag(&mut self) -> Result<Event, Fault> {
        let start = self.cursor.offset();
        if self.open.is_empty() && self.root_seen {
            return Err(self.cursor.fault("there is more than one root element"));
        }
        if self.open.len() >= self.limits.max_depth {
            return Err(Fault::limit("open elements", self.limits.max_depth, start));
        }
        // A cursor of its own can stay in registers.
        let mut cursor = self.cursor.clone();
        cursor.accept("<");
        let name = cursor.name(self.limits.max_name_bytes)?;
        let outer_scope = self.scope.len();
        self.attributes.clear();
        let mut is_tidy = true;
        let is_empty = loop {
            let (spaced, one_space) = cursor.skip_space_between();
            match cursor.peek() {
                Some(b'>') => {
                    is_tidy &= !spaced;
                    cursor.accept(">");
                    break false;
                }
                Some(b'/') => {
                    is_tidy &= !spaced;
                    cursor.expect("/>", "\"/\" in a start tag is not followed by \">\"")?;
                    break true;
                }
                None => return Err(cursor.fault("a start tag is not closed")),
                Some(_) if !spaced => {
                    return Err(cursor.fault("white space is missing before an attribute"));
                }
                Some(_) => is_tidy &= self.attribute(&mut cursor, outer_scope)? && one_space,
            }
        };
        let span = start..cursor.offset();
        self.cursor = cursor;
        self.root_seen = true;
        self.open.push(Open { name, outer_scope });
        self.end_is_due = is_empty;
        self.resolve_attributes()?;
        let namespace = self.scope.resolve(name.prefix());
        if namespace.is_none() && name.place().has_prefix() {
            return Err(unbound(name, start + 1));
        }
        self.tag = StartTag {
            name,
            span,
            is_empty,
            namespace,
            is_tidy,
        };
        Ok(Event::Start)
    }

    /// Reads an attribute or a declaration, and tells whether it is written as canonical form writes it.
    #[inline]
    fn attribute(&mut self, cursor: &mut Cursor<'a>, outer_scope: usize) -> Result<bool, Fault> {
        let offset = cursor.offset();
        let declared = self.scope.len() - outer_scope;
        if self.attributes.len() + declared >= self.limits.max_attributes {
            let limit = self.limits.max_attributes;
            return Err(Fault::limit("attributes in an element", limit, offset));
        }
        let name = cursor.name(self.limits.max_name_bytes)?;
        let (raw, is_plain, is_spaced) = match cursor.plain_value() {
            Some(raw) => (raw, true, false),
            None => {
                let is_spaced = cursor.skip_white_space();
                cursor.expect("=", "an attribute has no value")?;
                let is_spaced = cursor.skip_white_space() || is_spaced;
                let (raw, is_plain) = cursor.quoted()?;
                (raw, is_plain, is_spaced)
            }
        };
        let value_offset = cursor.offset() - raw.len() - 1;
        if raw.len() > self.limits.max_attribute_bytes {
            let limit = self.limits.max_attribute_bytes;
            return Err(Fault::limit("bytes in an attribute value", limit, offset));
        }
        let value = match is_plain {
            true => Cow::Borrowed(raw),
            false => normalise::attribute_value(raw, value_offset)?,
        };
        match name.declared_prefix() {
            Some(prefix) => self.declare(name, prefix, value, outer_scope, offset)?,
            None => self.attributes.push(TagAttribute {
                name,
                value,
                value_offset,
                namespace: None,
                is_plain,
            }),
        }
        Ok(is_plain && !is_spaced)
    }

    #[cold]
    fn declare(
        &mut self,
        name: Name<'a>,
        prefix: &'a str,
        namespace: Cow<'a, str>,
        outer_scope: usize,
        offset: usize,
    ) -> Result<(), Fault> {
        let declared = self.scope.since(outer_scope);
        if declared.iter().any(|other| other.prefix == prefix) {
            return Err(duplicate(name, offset));
        }
        if self.scope.len() > self.limits.max_namespaces {
            let limit = self.limits.max_namespaces;
            return Err(Fault::limit(
                "namespace declarations in scope",
                limit,
                offset,
            ));
        }
        let declaration =
            Declaration::checked(prefix, namespace).map_err(|kind| Fault::new(kind, offset))?;
        self.scope.push(declaration);
        Ok(())
    }

    /// Finds the namespaces of the attributes and refuses duplicates, now that all declarations are known.
    fn resolve_attributes(&mut self) -> Result<(), Fault> {
        for attribute in &mut self.attributes {
            if attribute.name.place().has_prefix() {
                let Some(index) = self.scope.resolve(attribute.name.prefix()) else {
                    return Err(unbound(attribute.name, attribute.offset()));
                };
                attribute.namespace = Some(index);
            }
        }
        for (index, later) in self.attributes.iter().enumerate() {
            let earlier = self.attributes.get(..index).unwrap_or_default();
            let repeats = |earlier: &TagAttribute<'_>| {
                scan::same(earlier.name.local_bytes(), later.name.local_bytes())
                    && (earlier.namespace == later.namespace
                        || self.attribute_namespace(earlier) == self.attribute_namespace(later))
            };
            if earlier.iter().any(repeats) {
                return Err(duplicate(later.name, later.offset()));
            }
        }
        Ok(())
    }
}

#[cold]
fn unbound(name: Name<'_>, offset: usize) -> Fault {
    let prefix = shortened(name.prefix());
    Fault::new(ErrorKind::UnboundPrefix { prefix }, offset)
}

#[cold]
fn duplicate(name: Name<'_>, offset: usize) -> Fault {
    let name = shortened(name.qualified());
    Fault::new(ErrorKind::DuplicateAttribute { name }, offset)
}
