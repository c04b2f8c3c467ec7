//! The fields of a structure.

use kanta_core::Oid;

use super::language::{Language, Text};
use super::pattern::Pattern;

/// How a field is represented and shown (Finnish: esitysmuoto, documents.md §8, `[S]`).
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
    /// Returns the representation that Sosmeta calls by this Finnish name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "Teksti" => Self::Text,
            "Nimi" => Self::Name,
            "Koodi" => Self::Code,
            "Pvm" => Self::Date,
            "Hetki" => Self::Moment,
            "Tunnus" => Self::Identifier,
            "Kytkin" => Self::Switch,
            "Otsikko" => Self::Heading,
            "Määrä" => Self::Quantity,
            "Mitta" => Self::Measure,
            "Prosentti" => Self::Percent,
            "Numero" => Self::Number,
            "Lkm" => Self::Count,
            "Fraasi" => Self::Phrase,
            "Allekirjoitus" => Self::Signature,
            _ => return None,
        })
    }

    /// Returns whether values of this representation have the form that the schema gives them.
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text
            | Self::Name
            | Self::Date
            | Self::Moment
            | Self::Phrase
            | Self::Signature => {
                matches!(value, Value::Text { .. })
            }
            Self::Switch => matches!(value, Value::Switch),
            Self::Number | Self::Count => matches!(value, Value::Number),
            Self::Heading | Self::Group => matches!(value, Value::Object { .. }),
            Self::Code | Self::Identifier | Self::Quantity | Self::Measure | Self::Percent => {
                matches!(value, Value::Object { members, open: false }
                    if members.iter().all(|member| self.has_part(member)))
            }
        }
    }

    /// Returns whether this is a value composed of parts rather than a group of fields.
    pub(super) fn is_composed(self) -> bool {
        !self.parts().is_empty()
    }

    fn has_part(self, field: &Field) -> bool {
        self.parts().contains(&field.name())
            && field.repeat.is_none()
            && matches!(field.value, Value::Text { .. } | Value::Number)
    }

    fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["system", "code", "display"],
            Self::Identifier => &["system", "value"],
            Self::Quantity | Self::Measure | Self::Percent => &["value", "code"],
            _ => &[],
        }
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

/// One field of a structure (Finnish: kenttä).
#[derive(Debug, Clone)]
pub struct Field {
    pub(super) name: String,
    pub(super) title: Text,
    pub(super) display_title: Text,
    pub(super) representation: Representation,
    pub(super) required: bool,
    /// The least number of values when the field repeats.
    pub(super) repeat: Option<usize>,
    pub(super) row_number: Option<u32>,
    pub(super) hidden_field: bool,
    pub(super) hidden_title: bool,
    pub(super) code_system: Option<CodeSystem>,
    pub(super) value: Value,
}

/// What the schema demands of one value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text {
        min_length: usize,
        pattern: Option<Pattern>,
        allowed: Option<Vec<String>>,
    },
    Number,
    Switch,
    Object {
        members: Vec<Field>,
        /// Whether members beside these are allowed.
        open: bool,
    },
}

impl Field {
    /// Returns the name of the property in the JSON content.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the name of the field for people (`sosmeta.name`).
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        self.title.get(language)
    }

    /// Returns the title under which the display form shows the field (`sosmeta.title`, else its name).
    #[must_use]
    pub fn display_title(&self, language: Language) -> &str {
        self.display_title.get(language)
    }

    /// Returns how the field is represented; a representation that does not fit the field's JSON type, or that is not
    /// known, gives way to the plain one of that type.
    #[must_use]
    pub fn representation(&self) -> Representation {
        self.representation
    }

    /// Returns whether the field must be there.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Returns whether the field is an array of values.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.repeat.is_some()
    }

    /// Returns how many values the array of a repeated field must have at least; 0 for any other field.
    #[must_use]
    pub fn min_items(&self) -> usize {
        self.repeat.unwrap_or(0)
    }

    /// Returns the place in the order of display.
    #[must_use]
    pub fn row_number(&self) -> Option<u32> {
        self.row_number
    }

    /// Returns whether the field is not shown as such; what it groups is shown.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.hidden_field
    }

    /// Returns whether the field is shown without its title.
    #[must_use]
    pub fn has_hidden_title(&self) -> bool {
        self.hidden_title
    }

    /// Returns the code system of a coded value or the root of an identifier, when the schema gives one.
    #[must_use]
    pub fn code_system(&self) -> Option<&CodeSystem> {
        self.code_system.as_ref()
    }

    /// Returns the only values allowed, when the schema lists them: codes of a coded value, or the text of a phrase.
    #[must_use]
    pub fn allowed_values(&self) -> Option<&[String]> {
        match &self.value {
            Value::Text { allowed, .. } => allowed.as_deref(),
            Value::Object { .. } if self.representation == Representation::Code => {
                self.child("code")?.allowed_values()
            }
            _ => None,
        }
    }

    /// Returns the fields inside, in the order of display; for a composed value its parts, such as `system` and `code`.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match &self.value {
            Value::Object { members, .. } => members,
            _ => &[],
        }
    }

    /// Returns the field inside that has this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children().iter().find(|child| child.name == name)
    }

    /// Returns whether the field is a group of other fields.
    #[must_use]
    pub fn is_group(&self) -> bool {
        matches!(
            self.representation,
            Representation::Group | Representation::Heading
        )
    }
}
