//! Content as bytes: compact, in the structure's order, without empty parts.

use crate::json::{Json, Value, write_text};
use crate::structure::{Field, Structure};

pub(super) fn write(structure: &Structure, json: &Json<'_>) -> Vec<u8> {
    let mut out = String::with_capacity(json.source_length());
    let root = structure.root();
    out.push('{');
    write_text(&mut out, root.name());
    out.push(':');
    match json.root().get(root.name()) {
        Some(document) => object(&mut out, root, document),
        None => out.push_str("{}"),
    }
    out.push('}');
    out.into_bytes()
}

fn object(out: &mut String, group: Field<'_>, value: Value<'_>) {
    out.push('{');
    let mut first = true;
    let mut comma = |out: &mut String| {
        if !std::mem::take(&mut first) {
            out.push(',');
        }
    };
    for field in group.children() {
        if let Some(member) = value.get(field.name())
            // What is mandatory stays, so that the schema has its say about it.
            && (field.is_required() || !is_empty(field, member))
        {
            comma(out);
            write_text(out, field.name());
            out.push(':');
            field_value(out, field, member);
        }
    }
    if group.is_open() {
        let others = value
            .members()
            .filter(|member| group.child(member.name()).is_none());
        for member in others {
            comma(out);
            write_text(out, member.name());
            out.push(':');
            member.write(out);
        }
    }
    out.push('}');
}

fn field_value(out: &mut String, field: Field<'_>, value: Value<'_>) {
    if value.is_object() {
        object(out, field, value);
    } else if value.is_array() {
        out.push('[');
        let full = value.items().filter(|item| !is_empty(field, *item)).count();
        // Empty values stay only where the structure would miss them.
        let keep_empty = full < field.min_items();
        let items = value
            .items()
            .filter(|item| keep_empty || !is_empty(field, *item));
        for (index, item) in items.enumerate() {
            if index > 0 {
                out.push(',');
            }
            field_value(out, field, item);
        }
        out.push(']');
    } else {
        value.write(out);
    }
}

/// Returns whether there is nothing inside: empty texts, and groups and lists of nothing but such. A group without fields is
/// not empty: that it is there is all it says.
fn is_empty(field: Field<'_>, value: Value<'_>) -> bool {
    if let Some(text) = value.as_str() {
        return text.is_empty();
    }
    if value.is_array() {
        return value.items().all(|item| is_empty(field, item));
    }
    value.is_object()
        && !field.is_bare()
        && value.members().all(|member| {
            field
                .child(member.name())
                .is_some_and(|field| is_empty(field, member))
        })
}
