//! The header's reference for people, made of the tables that the code uses.

use std::fmt::Write;

use kanta_core::spec::Spec;

use super::sequence::{self, Place};
use super::table::HEADER;
use crate::{HL7, HL7_FINLAND};

/// Returns the reference of the document header as Markdown: `docs/document-header.md`.
///
/// It is made of the very tables by which documents are written and read: the order of CDA R2's elements, and the items of
/// the social-care header with the status that the spec bundle gives them.
#[must_use]
pub fn header_reference(spec: &Spec) -> String {
    let mut text = String::from(
        "# The document header, element by element\n\n\
         Made from the tables of `kanta-cda` and of the default spec bundle; a test keeps it in step. Elements are written in\n\
         this order and without white space between them. An element that is *kept* is never written by us; in a document\n\
         that was read it stays where it stood, as every other unknown element and attribute does.\n\n\
         Marks: `[S]` stated in a source that was read, `[I]` inferred.\n\n\
         ## Below `ClinicalDocument`\n\n\
         | # | element | holds | handled | mark |\n| --- | --- | --- | --- | --- |\n",
    );
    for (index, row) in HEADER.iter().enumerate() {
        let prefix = if row.namespace == HL7 { "" } else { "hl7fi:" };
        let handled = match (row.typed.is_some(), row.repeats) {
            (false, _) => "kept",
            (true, false) => "typed",
            (true, true) => "typed, each one",
        };
        // Writing into a string does not fail.
        let _ = writeln!(
            text,
            "| {} | `{prefix}{}` | {} | {handled} | {} |",
            index + 1,
            row.element,
            row.holds,
            row.mark
        );
    }
    let _ = write!(
        text,
        "\n## Items of the social-care header\n\n\
         The prefix `hl7fi` stands for `{HL7_FINLAND}`. *Status* is how well the element is known: an item that is a\n\
         `placeholder` can be set, and a document with it is refused (`KANTA-SPEC-INCOMPLETE`) until a bundle of your own maps\n\
         it. *Place*: the order of the items is known where it says `order`. Every other item is written after the one that it\n\
         names, and only when that place is known well enough.\n\n\
         | # | key | element | kind | code system | status | place |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for (index, (key, place)) in sequence::items(spec).iter().enumerate() {
        let item = format!("document.local_header.item.{key}");
        let part = |part: &str| spec.text_for_reading(&format!("{item}.{part}"));
        let code =
            |value: Option<&str>| value.map_or("–".to_owned(), |value| format!("`{value}`"));
        let status = spec.status(&format!("{item}.element"));
        let _ = writeln!(
            text,
            "| {} | `{key}` | {} | {} | {} | {} | {} |",
            index + 1,
            code(part("element")),
            part("kind").unwrap_or("–"),
            code(part("code_system")),
            status.map_or("–", |status| status.as_str()),
            place_of(spec, key, place.as_ref())
        );
    }
    text.push_str(
        "\n## Kinds\n\n\
         | kind | group | status | bodies | expected items | mandatory in a later version | mandatory when received |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for kind in spec.tables("document.kind") {
        let table = format!("document.kind.{kind}");
        let list = |part: &str| {
            let list = spec.list_for_reading(&format!("{table}.{part}"));
            if list.is_empty() {
                "–".to_owned()
            } else {
                list.join(", ")
            }
        };
        let group = format!("{table}.group");
        let _ = writeln!(
            text,
            "| `{kind}` | {} | {} | {} | {} | {} | {} |",
            spec.code_for_reading(&group)
                .map_or("–".to_owned(), ToString::to_string),
            spec.status(&group).map_or("–", |status| status.as_str()),
            list("bodies"),
            list("expected"),
            list("required_in_later_version"),
            list("required_when_received"),
        );
    }
    text
}

fn place_of(spec: &Spec, key: &str, place: Option<&Place>) -> String {
    let Some(place) = place else {
        return "order".to_owned();
    };
    let leaf = |part: &str| format!("document.local_header.item.{key}.{part}");
    let status = |part: &str| {
        spec.status(&leaf(part))
            .map_or("–", |status| status.as_str())
    };
    let mut text = match place.after() {
        Some(after) => format!("after `{after}`: {}", status("after")),
        None => status("after").to_owned(),
    };
    let before = leaf("before");
    if !spec.list_for_reading(&before).is_empty() {
        let together = spec.list_for_reading(&before).join("`, `");
        // Writing into a string does not fail.
        let _ = write!(text, "; before `{together}`: {}", status("before"));
    }
    text
}
