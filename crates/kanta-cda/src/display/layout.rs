//! The order of things on the page: header, one item per field, groups inside items, footer.

use kanta_core::Date;

use super::security_ban::SecurityBan;
use super::{DisplayOptions, Language, markup, value};
use crate::json::{Json, Value};
use crate::structure::walk::{self, values};
use crate::structure::{Field, Structure};

/// Content must be valid against the structure: members that the structure does not know are not shown.
pub(super) fn document(
    structure: &Structure,
    content: &Json<'_>,
    options: &DisplayOptions,
) -> String {
    let root = structure.root();
    let mut page = Page {
        out: String::with_capacity(content.source_length() + 1024),
        language: options.language,
        in_paragraph: false,
        made: String::new(),
    };
    page.push("<div class=\"soc-document\"");
    if let Some(oid) = &options.document_oid {
        page.push(" id=\"OID");
        page.push(oid.as_str());
        page.push("\"");
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
    if let Some(document) = content.root().get(root.name()) {
        let ban = SecurityBan::of_document(root, document);
        page.sections(root, document, ban);
    }
    page.push("</div>");
    page.footer(options);
    page.push("</div>");
    page.out
}

struct Page {
    out: String,
    language: Language,
    in_paragraph: bool,
    /// Where the text of a value is made; kept so that it is allocated once.
    made: String,
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
        if let Some(logo) = &options.logo {
            self.push("<div class=\"soc-logo\"><img src=\"");
            self.push(logo.data_uri());
            self.push("\" alt=\"");
            markup::attribute(&mut self.out, logo.alternative());
            self.push("\"/></div>");
        }
        for (class, line) in ["soc-hdr1", "soc-hdr2", "soc-hdr3"].into_iter().zip(lines) {
            markup::element(&mut self.out, "div", class, line);
        }
        self.push("</div>");
    }

    /// The first line is there even when it is empty, as in real documents.
    fn footer(&mut self, options: &DisplayOptions) {
        self.push("<div class=\"soc-footer\">");
        let lines = options.footer.iter().map(String::as_str);
        let first = [""].into_iter().filter(|_| options.footer.is_empty());
        for (class, line) in ["soc-ftr1", "soc-ftr2", "soc-ftr3"]
            .into_iter()
            .zip(first.chain(lines))
        {
            markup::element(&mut self.out, "div", class, line);
        }
        self.push("</div>");
    }

    /// The fields of the document: a list for each, an item for each value of a group.
    fn sections(&mut self, group: Field<'_>, object: Value<'_>, ban: SecurityBan) {
        for (field, content) in shown(group, object, ban) {
            if field.is_group() && field.is_hidden() {
                for value in values(field, content) {
                    self.sections(field, value, ban.inside(field, value));
                }
            } else {
                self.section(field, content, ban);
            }
        }
    }

    fn section(&mut self, field: Field<'_>, content: Value<'_>, ban: SecurityBan) {
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
                    page.line(None, field, std::iter::once(value));
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
    fn item(&mut self, field: Field<'_>, content: impl FnOnce(&mut Self)) {
        let item = self.out.len();
        self.push("<div class=\"soc-item\">");
        self.title("h1", "soc-title", field);
        self.push("<div class=\"soc-content\">");
        let empty = self.out.len();
        content(self);
        self.end_paragraph();
        if self.out.len() == empty && needs_content(field) {
            self.out.truncate(item);
        } else {
            self.push("</div></div>");
        }
    }

    /// The fields of a group: single values as lines of a paragraph, groups under headings of their own.
    fn group(&mut self, group: Field<'_>, object: Value<'_>, level: usize, ban: SecurityBan) {
        for (field, content) in shown(group, object, ban) {
            if !field.is_group() {
                let title = (!unnamed(field)).then(|| field.display_title(self.language));
                self.line(title, field, values(field, content));
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

    fn inner_group(&mut self, field: Field<'_>, value: Value<'_>, level: usize, ban: SecurityBan) {
        self.end_paragraph();
        let start = self.out.len();
        self.push("<div>");
        self.title(if level == 2 { "h2" } else { "h3" }, "soc-fulltitle", field);
        let empty = self.out.len();
        self.group(field, value, level + 1, ban);
        self.end_paragraph();
        if self.out.len() == empty && needs_content(field) {
            self.out.truncate(start);
        } else {
            self.push("</div>");
        }
    }

    fn title(&mut self, element: &str, class: &str, field: Field<'_>) {
        if !unnamed(field) {
            let title = field.display_title(self.language);
            markup::element(&mut self.out, element, class, title);
        }
    }

    /// One line with the values of a field, of the paragraph that is open or the first of a new one; nothing when
    /// the values show nothing.
    fn line<'j>(
        &mut self,
        title: Option<&str>,
        field: Field<'_>,
        values: impl Iterator<Item = Value<'j>>,
    ) {
        let mut empty = true;
        for value in values {
            let mut made = std::mem::take(&mut self.made);
            if let Some(text) = value::text(field, value, self.language, &mut made) {
                if empty {
                    self.push(if self.in_paragraph { "<br/>" } else { "<p>" });
                    self.in_paragraph = true;
                    if let Some(title) = title {
                        markup::text(&mut self.out, title);
                        self.push(": ");
                    }
                } else {
                    self.push(", ");
                }
                empty = false;
                markup::text(&mut self.out, text);
            }
            self.made = made;
        }
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

/// Returns whether the title of a group says nothing alone: it does for a group without fields.
fn needs_content(field: Field<'_>) -> bool {
    !field.is_bare() || unnamed(field)
}

/// A field that is shown without a title. Only groups are seen hidden; the value of any other field stays visible.
fn unnamed(field: Field<'_>) -> bool {
    field.has_hidden_title() || field.is_hidden()
}

/// The fields of a group that have content to show, in display order.
fn shown<'f, 'j>(
    group: Field<'f>,
    object: Value<'j>,
    ban: SecurityBan,
) -> impl Iterator<Item = (Field<'f>, Value<'j>)> {
    walk::present(group, object).filter(move |(field, _)| !ban.hides(group, *field))
}

fn day(date: Date) -> String {
    format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year())
}
