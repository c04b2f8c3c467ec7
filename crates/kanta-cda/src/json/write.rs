//! Writes JSON compactly.

use std::fmt::Write;

use super::{Kind, Value};

impl Value<'_> {
    /// Appends the value as it is, without white space.
    pub(crate) fn write(self, out: &mut String) {
        match self.kind() {
            Kind::Null => out.push_str("null"),
            Kind::Bool(true) => out.push_str("true"),
            Kind::Bool(false) => out.push_str("false"),
            Kind::Number => out.push_str(self.characters()),
            Kind::Text => write_text(out, self.characters()),
            Kind::Array => {
                list(out, ['[', ']'], self.items(), |out, item| item.write(out));
            }
            Kind::Object => list(out, ['{', '}'], self.members(), |out, member| {
                write_text(out, member.name());
                out.push(':');
                member.write(out);
            }),
        }
    }
}

/// Appends values between brackets, with commas between them.
fn list<'j>(
    out: &mut String,
    [open, close]: [char; 2],
    values: impl Iterator<Item = Value<'j>>,
    write: impl Fn(&mut String, Value<'j>),
) {
    out.push(open);
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, value);
    }
    out.push(close);
}

/// Appends a JSON string: only what must be escaped is.
pub(crate) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    loop {
        let (plain, tail) = rest.split_at(super::scan::plain(rest.as_bytes()));
        out.push_str(plain);
        let Some(special) = tail.chars().next() else {
            break;
        };
        match special {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control => {
                write!(out, "\\u{:04x}", u32::from(control)).expect("writing to a String");
            }
        }
        // Special characters are ASCII.
        rest = &tail[1..];
    }
    out.push('"');
}
