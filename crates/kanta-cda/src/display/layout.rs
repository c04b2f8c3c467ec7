//! The order of things on the page: header, one item per field, groups inside items, footer.

use std::slice;

use kanta_core::Date;

use super::security_ban::SecurityBan;
use super::{DisplayOptions, Language, markup, value};
use crate::json::Json;
use crate::structure::{Field, Structure};

/// Content must be valid against the structure: members that the structure does not know are not shown.
pub(super) fn document(
    structure: &Structure,
    content: &Json<'_>,
    options: &DisplayOptions,
) -> String {
    let root = structure.root();
    let mut page = Page {
        out: String::new(),
        language: options.language,
        in_paragraph: false,
    };
    page.push("<div class=\"soc-document\"");
    if let Some(oid) = &options.document_oid {
        page.push(&format!(" id=\"OID{oid}\""));
    }
    page.push(" xmlns=\"http://www.w3.org/1999/xhtml\">");
    page.header(structure, options);
    page.push("<div class=\"soc-main-wrapper\">");
    markup::element(
        &mut page.out,
        "h1",
        "soc-fulltitle",
        root.display_title(options.language),
    );
    if let Some(document) = content.get(root.name()) {
        let ban = SecurityBan::of_document(root, document);
        page.sections(root, document, ban);
    }
    page.push("</div><div class=\"soc-footer\"><div class=\"soc-ftr1\"></div></div></div>");
    page.out
}

struct Page {
    out: String,
    language: Language,
    in_paragraph: bool,
}

impl Page {
    fn header(&mut self, structure: &Structure, options: &DisplayOptions) {
        let own_type = || {
            let finnish = options.language == Language::Finnish;
            finnish.then(|| structure.document_type())
        };
        let lines = [
            options.organisation.as_deref().unwrap_or_default(),
            options
                .document_type
                .as_deref()
                .or_else(own_type)
                .unwrap_or_default(),
            &options.date.map(day).unwrap_or_default(),
        ];
        self.push("<div class=\"soc-header\">");
        for (class, line) in ["soc-hdr1", "soc-hdr2", "soc-hdr3"].into_iter().zip(lines) {
            markup::element(&mut self.out, "div", class, line);
        }
        self.push("</div>");
    }

    /// The fields of the document: a list for each, an item for each value of a group.
    fn sections(&mut self, group: &Field, object: &Json<'_>, ban: SecurityBan) {
        for (field, content) in present(group, object, ban) {
            if field.is_group() && field.is_hidden() {
                for value in values(field, content) {
                    self.sections(field, value, ban.inside(field, value));
                }
            } else {
                self.section(field, content, ban);
            }
        }
    }

    fn section(&mut self, field: &Field, content: &Json<'_>, ban: SecurityBan) {
        let list = self.out.len();
        self.push("<div class=\"soc-list\">");
        let empty = self.out.len();
        if field.is_group() {
            for value in values(field, content) {
                self.item(field, |page| {
                    page.group(field, value, 2, ban.inside(field, value));
                });
            }
        } else {
            self.item(field, |page| {
                for value in values(field, content) {
                    if let Some(text) = value::text(field, value, page.language) {
                        page.line(None, &text);
                    }
                }
            });
        }
        if self.out.len() == empty {
            self.out.truncate(list);
        } else {
            self.push("</div>");
        }
    }

    /// One item with its title; nothing when `content` writes nothing.
    fn item(&mut self, field: &Field, content: impl FnOnce(&mut Self)) {
        let item = self.out.len();
        self.push("<div class=\"soc-item\">");
        self.title("h1", "soc-title", field);
        self.push("<div class=\"soc-content\">");
        let empty = self.out.len();
        content(self);
        self.end_paragraph();
        if self.out.len() == empty {
            self.out.truncate(item);
        } else {
            self.push("</div></div>");
        }
    }

    /// The fields of a group: single values as lines of a paragraph, groups under headings of their own.
    fn group(&mut self, group: &Field, object: &Json<'_>, level: usize, ban: SecurityBan) {
        for (field, content) in present(group, object, ban) {
            if !field.is_group() {
                let title = (!unnamed(field)).then(|| field.display_title(self.language));
                let texts: Vec<_> = values(field, content)
                    .iter()
                    .filter_map(|value| value::text(field, value, self.language))
                    .collect();
                if !texts.is_empty() {
                    self.line(title, &texts.join(", "));
                }
                continue;
            }
            for value in values(field, content) {
                let ban = ban.inside(field, value);
                if field.is_hidden() {
                    self.group(field, value, level, ban);
                } else {
                    self.inner_group(field, value, level, ban);
                }
            }
        }
    }

    fn inner_group(&mut self, field: &Field, value: &Json<'_>, level: usize, ban: SecurityBan) {
        self.end_paragraph();
        let start = self.out.len();
        self.push("<div>");
        self.title(if level == 2 { "h2" } else { "h3" }, "soc-fulltitle", field);
        let empty = self.out.len();
        self.group(field, value, level + 1, ban);
        self.end_paragraph();
        if self.out.len() == empty {
            self.out.truncate(start);
        } else {
            self.push("</div>");
        }
    }

    fn title(&mut self, element: &str, class: &str, field: &Field) {
        if !unnamed(field) {
            let title = field.display_title(self.language);
            markup::element(&mut self.out, element, class, title);
        }
    }

    /// One line of the paragraph that is open, or the first of a new one.
    fn line(&mut self, title: Option<&str>, text: &str) {
        let start = if self.in_paragraph { "<br/>" } else { "<p>" };
        self.push(start);
        self.in_paragraph = true;
        if let Some(title) = title {
            markup::text(&mut self.out, title);
            self.push(": ");
        }
        markup::text(&mut self.out, text);
    }

    fn end_paragraph(&mut self) {
        if std::mem::take(&mut self.in_paragraph) {
            self.push("</p>");
        }
    }

    fn push(&mut self, markup: &str) {
        self.out.push_str(markup);
    }
}

/// A field that is shown without a title. Only groups are seen hidden; the value of any other field stays visible.
fn unnamed(field: &Field) -> bool {
    field.has_hidden_title() || field.is_hidden()
}

/// The fields of a group that have content to show, in display order.
fn present<'f, 'j>(
    group: &'f Field,
    object: &'j Json<'j>,
    ban: SecurityBan,
) -> impl Iterator<Item = (&'f Field, &'j Json<'j>)> {
    group
        .children()
        .iter()
        .filter(move |field| !ban.hides(group, field))
        .filter_map(|field| Some((field, object.get(field.name())?)))
}

/// The values of a field: the items of a repeated one, else the one there is.
fn values<'j>(field: &Field, content: &'j Json<'j>) -> &'j [Json<'j>] {
    match content {
        Json::Array(items) if field.is_repeated() => items,
        _ => slice::from_ref(content),
    }
}

fn day(date: Date) -> String {
    format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year())
}
