//! How values are represented.

use kanta_core::Oid;

use super::field::Field;
use super::field_data::Form;

/// How a field is represented and shown (Finnish: esitysmuoto, Sosmeta, `[S]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Representation {
    /// Free text (Teksti).
    Text,
    /// A name (Nimi).
    Name,
    /// A coded value: an object of `system`, `code` and `display` (Koodi).
    Code,
    /// A day, a month or a year (Pvm).
    Date,
    /// A date, or a day with time and offset (Hetki).
    Moment,
    /// An identifier: an object of `value` and optional `system` (Tunnus).
    Identifier,
    /// Yes or no (Kytkin).
    Switch,
    /// A heading that groups fields (Otsikko).
    Heading,
    /// A quantity: an object of `value` and `code`, its unit (Määrä).
    Quantity,
    /// A measure, formed like a quantity (Mitta).
    Measure,
    /// A percentage, formed like a quantity (Prosentti).
    Percent,
    /// A number (Numero).
    Number,
    /// A count (Lkm).
    Count,
    /// A fixed text that is stored as it is (Fraasi).
    Phrase,
    /// A signature by hand, for paper only (Allekirjoitus).
    Signature,
    /// An object without a representation of its own: a group of fields.
    Group,
}

impl Representation {
    /// Every representation with the Finnish name that Sosmeta gives it; a group has none.
    const NAMES: [(&'static str, Self); 15] = [
        ("Teksti", Self::Text),
        ("Nimi", Self::Name),
        ("Koodi", Self::Code),
        ("Pvm", Self::Date),
        ("Hetki", Self::Moment),
        ("Tunnus", Self::Identifier),
        ("Kytkin", Self::Switch),
        ("Otsikko", Self::Heading),
        ("Määrä", Self::Quantity),
        ("Mitta", Self::Measure),
        ("Prosentti", Self::Percent),
        ("Numero", Self::Number),
        ("Lkm", Self::Count),
        ("Fraasi", Self::Phrase),
        ("Allekirjoitus", Self::Signature),
    ];

    /// Returns the representation that Sosmeta calls by this Finnish name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find_map(|(known, representation)| (*known == name).then_some(*representation))
    }

    /// Returns the Finnish name that Sosmeta gives the representation; `Ryhmä` for a group, which has none there.
    #[must_use]
    pub fn finnish(self) -> &'static str {
        Self::NAMES
            .iter()
            .find_map(|(name, representation)| (*representation == self).then_some(*name))
            .unwrap_or("Ryhmä")
    }

    /// Returns whether values of this representation have the form that the schema gives them.
    pub(super) fn fits(self, field: Field<'_>) -> bool {
        match self {
            Self::Text
            | Self::Name
            | Self::Date
            | Self::Moment
            | Self::Phrase
            | Self::Signature => field.form() == Form::Text,
            Self::Switch => field.form() == Form::Switch,
            Self::Number | Self::Count => field.form() == Form::Number,
            Self::Heading | Self::Group => field.form() == Form::Object,
            Self::Code | Self::Identifier | Self::Quantity | Self::Measure | Self::Percent => {
                field.form() == Form::Object
                    && !field.is_open()
                    && field.children().all(|part| self.has_part(part))
            }
        }
    }

    /// Returns whether this is a value composed of parts rather than a group of fields.
    pub(crate) fn is_composed(self) -> bool {
        !self.parts().is_empty()
    }

    /// Returns the parts of a composed value with the form of each.
    fn parts(self) -> &'static [(&'static str, Form)] {
        match self {
            Self::Code => &[
                ("system", Form::Text),
                ("code", Form::Text),
                ("display", Form::Text),
            ],
            Self::Identifier => &[("system", Form::Text), ("value", Form::Text)],
            Self::Quantity | Self::Measure | Self::Percent => {
                &[("value", Form::Number), ("code", Form::Text)]
            }
            _ => &[],
        }
    }

    fn has_part(self, part: Field<'_>) -> bool {
        !part.is_repeated() && self.parts().contains(&(part.name(), part.form()))
    }
}

/// Where the codes of a coded value, or the values of an identifier, come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeSystem {
    /// A code system or identifier root; versions below it are allowed too.
    National(Oid),
    /// A list of the structure's own, by the name that content writes as `system` (Finnish: sisäinen luokitus).
    Local(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for (name, representation) in Representation::NAMES {
            assert_eq!(Representation::from_name(name), Some(representation));
            assert_eq!(representation.finnish(), name);
        }
        assert_eq!(Representation::from_name("Muu"), None);
    }
}
