//! Reading: parts of content with typed getters.

use std::borrow::Cow;

use kanta_core::Instant;

use super::{Code, Identifier, Moment, PartialDate, Quantity};
use crate::json::Value;
use crate::structure::walk::{present, values};
use crate::structure::{Field, Representation};

/// One value of a group of fields, or the document itself: where values are read from.
///
/// Names are those of the structure. A getter returns nothing when the field is not there, and when its values are of another
/// kind; of a repeated field the singular getters return the first. `Debug` shows no values.
#[derive(Clone, Copy)]
pub struct Part<'c> {
    field: Field<'c>,
    value: Value<'c>,
}

/// One value of content: a text, a number, yes or no, a composed value such as a coded one, or a group without fields.
#[derive(Clone)]
pub struct Leaf<'c> {
    path: String,
    part: Part<'c>,
}

impl<'c> Part<'c> {
    pub(crate) fn new(field: Field<'c>, value: Value<'c>) -> Self {
        Self { field, value }
    }

    pub(crate) fn value(self) -> Value<'c> {
        self.value
    }

    /// Returns the field that this is a value of.
    #[must_use]
    pub fn field(self) -> Field<'c> {
        self.field
    }

    /// Returns every value of a field, in the order of content; one for a field that does not repeat.
    pub fn all(self, name: &str) -> impl Iterator<Item = Self> + use<'c> {
        let field = self.field.child(name);
        let member = self.value.get(name);
        field.zip(member).into_iter().flat_map(|(field, member)| {
            values(field, member).map(move |value| Self { field, value })
        })
    }

    /// Returns the value of a field; the first of a repeated one.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Self> {
        let field = self.field.child(name)?;
        let member = self.value.get(name)?;
        let value = if field.is_repeated() {
            member.items().next()?
        } else {
            member
        };
        Some(Self { field, value })
    }

    /// Returns a text, name or phrase, or the text of a date or moment as it is written.
    #[must_use]
    pub fn text(self, name: &str) -> Option<&'c str> {
        self.get(name)?.as_text()
    }

    /// Returns yes or no.
    #[must_use]
    pub fn switch(self, name: &str) -> Option<bool> {
        self.get(name)?.as_switch()
    }

    /// Returns a number or a count.
    #[must_use]
    pub fn number(self, name: &str) -> Option<f64> {
        self.get(name)?.as_number()
    }

    /// Returns a quantity, measure or percentage.
    #[must_use]
    pub fn quantity(self, name: &str) -> Option<Quantity<'c>> {
        self.get(name)?.as_quantity()
    }

    /// Returns a date; of a moment its date.
    #[must_use]
    pub fn date(self, name: &str) -> Option<PartialDate> {
        self.get(name)?.as_date()
    }

    /// Returns a moment that has its time.
    #[must_use]
    pub fn moment(self, name: &str) -> Option<Instant> {
        self.get(name)?.as_moment()
    }

    /// Returns a coded value.
    #[must_use]
    pub fn code(self, name: &str) -> Option<Code<'c>> {
        self.get(name)?.as_code()
    }

    /// Returns an identifier.
    #[must_use]
    pub fn identifier(self, name: &str) -> Option<Identifier<'c>> {
        self.get(name)?.as_identifier()
    }

    /// Returns this value as a text.
    #[must_use]
    pub fn as_text(self) -> Option<&'c str> {
        self.value.as_str()
    }

    /// Returns this value as yes or no.
    #[must_use]
    pub fn as_switch(self) -> Option<bool> {
        self.value.as_bool()
    }

    /// Returns this value as a number.
    #[must_use]
    pub fn as_number(self) -> Option<f64> {
        self.value.as_number()
    }

    /// Returns this value as a quantity.
    #[must_use]
    pub fn as_quantity(self) -> Option<Quantity<'c>> {
        Some(Quantity {
            value: self.value.get("value")?.as_number()?,
            unit: Cow::Borrowed(self.value.get("code")?.as_str()?),
        })
    }

    /// Returns this value as a date.
    #[must_use]
    pub fn as_date(self) -> Option<PartialDate> {
        PartialDate::parse(self.as_text()?)
    }

    /// Returns this value as a moment with its time.
    #[must_use]
    pub fn as_moment(self) -> Option<Instant> {
        Instant::parse(self.as_text()?).ok()
    }

    /// Returns this value as a coded value.
    #[must_use]
    pub fn as_code(self) -> Option<Code<'c>> {
        let (mut system, mut code, mut display) = (None, None, None);
        for part in self.value.members() {
            match part.name() {
                "system" => system = part.as_str(),
                "code" => code = part.as_str(),
                "display" => display = part.as_str(),
                _ => {}
            }
        }
        Some(Code {
            system: Cow::Borrowed(system.unwrap_or_default()),
            code: Cow::Borrowed(code?),
            display: Cow::Borrowed(display.unwrap_or_default()),
        })
    }

    /// Returns this value as an identifier.
    #[must_use]
    pub fn as_identifier(self) -> Option<Identifier<'c>> {
        let (mut system, mut value) = (None, None);
        for part in self.value.members() {
            match part.name() {
                "system" => system = part.as_str(),
                "value" => value = part.as_str(),
                _ => {}
            }
        }
        Some(Identifier {
            system: system.map(Cow::Borrowed),
            value: Cow::Borrowed(value?),
        })
    }

    /// Returns this value as a moment exactly as it is written.
    #[must_use]
    pub fn as_written_moment(self) -> Option<Moment<'c>> {
        self.as_text().map(Moment::as_read)
    }

    /// Returns every value inside with its path from here, in the order of display.
    #[must_use]
    pub fn leaves(self) -> Vec<Leaf<'c>> {
        let mut leaves = Vec::new();
        self.collect("", &mut leaves);
        leaves
    }

    fn collect(self, before: &str, leaves: &mut Vec<Leaf<'c>>) {
        for (field, member) in present(self.field, self.value) {
            let name = field.name();
            let dot = if before.is_empty() { "" } else { "." };
            for (index, value) in values(field, member).enumerate() {
                let path = if field.is_repeated() {
                    format!("{before}{dot}{name}[{index}]")
                } else {
                    format!("{before}{dot}{name}")
                };
                let part = Self { field, value };
                if field.is_group() && !field.is_bare() {
                    part.collect(&path, leaves);
                } else {
                    leaves.push(Leaf { path, part });
                }
            }
        }
    }
}

impl<'c> Leaf<'c> {
    /// Returns where the value is, such as `asiakas[0].sukunimi`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the value's field.
    #[must_use]
    pub fn field(&self) -> Field<'c> {
        self.part.field
    }

    /// Returns the value itself, with its typed getters.
    #[must_use]
    pub fn value(&self) -> Part<'c> {
        self.part
    }

    /// Returns the value in short, as a text: of a coded value its display text, of an identifier its value, of a
    /// quantity its number and unit.
    #[must_use]
    pub fn to_text(&self) -> Cow<'c, str> {
        use Representation as R;
        let part = self.part;
        let text = match part.field.representation() {
            R::Code => part.as_code().map(|code| code.display),
            R::Identifier => part.as_identifier().map(|id| id.value),
            R::Quantity | R::Measure | R::Percent => part
                .as_quantity()
                .map(|quantity| format!("{} {}", quantity.value, quantity.unit).into()),
            _ => part
                .as_text()
                .or_else(|| part.value.as_literal())
                .map(Cow::Borrowed)
                .or_else(|| part.as_switch().map(|switch| switch.to_string().into())),
        };
        text.unwrap_or_default()
    }
}

impl std::fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Part").field(&self.field).finish()
    }
}

impl std::fmt::Debug for Leaf<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Leaf").field(&self.path).finish()
    }
}
