//! The values that fields take.

use kanta_core::{
    ClientRelationId, CodedValue, Date, DocumentOid, InstanceIdentifier, Instant, Oid,
    Organisation, PersonalIdentityCode, TemporaryId, TimeStamp,
};

use super::PartialDate;

/// A value that a field can take. `Debug` shows the kind only.
#[derive(Clone)]
#[non_exhaustive]
pub enum ContentValue {
    /// Text, a name or a phrase.
    Text(String),
    /// Yes or no.
    Switch(bool),
    /// A number or a count.
    Number(f64),
    /// A number with its unit.
    Quantity(Quantity),
    /// A day, a month or a year.
    Date(PartialDate),
    /// A day with time, in UTC.
    Moment(Instant),
    /// A day with time and the offset that held then and there.
    TimeStamp(TimeStamp),
    /// A coded value.
    Code(CodedValue),
    /// A code of one of the structure's own lists.
    LocalCode(LocalCode),
    /// An identifier with its root.
    Identifier(InstanceIdentifier),
    /// An identifier that is an OID.
    Oid(Oid),
    /// An organisation or unit, as a code of the SOTE organisation register.
    Organisation(Organisation),
}

impl std::fmt::Debug for ContentValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Switch(_) => "Switch",
            Self::Number(_) => "Number",
            Self::Quantity(_) => "Quantity",
            Self::Date(_) => "Date",
            Self::Moment(_) => "Moment",
            Self::TimeStamp(_) => "TimeStamp",
            Self::Code(_) => "Code",
            Self::LocalCode(_) => "LocalCode",
            Self::Identifier(_) => "Identifier",
            Self::Oid(_) => "Oid",
            Self::Organisation(_) => "Organisation",
        })
    }
}

/// A number with its unit (Finnish: määrä), such as 1.5 h.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// The number.
    pub value: f64,
    /// The unit, as the structure's notes name it.
    pub unit: String,
}

impl Quantity {
    /// Makes a quantity.
    #[must_use]
    pub fn new(value: f64, unit: impl Into<String>) -> Self {
        Self {
            value,
            unit: unit.into(),
        }
    }
}

/// A code of a list that stands in the structure itself (Finnish: sisäinen luokitus); the field knows the list's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalCode {
    /// The code.
    pub code: String,
    /// What it means.
    pub display: String,
}

impl LocalCode {
    /// Makes a code.
    #[must_use]
    pub fn new(code: impl Into<String>, display: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            display: display.into(),
        }
    }
}

macro_rules! from {
    ($($type:ty => |$value:ident| $make:expr;)*) => {$(
        impl From<$type> for ContentValue {
            fn from($value: $type) -> Self {
                $make
            }
        }
    )*};
}

from! {
    &str => |text| Self::Text(text.to_owned());
    String => |text| Self::Text(text);
    bool => |switch| Self::Switch(switch);
    f64 => |number| Self::Number(number);
    i32 => |number| Self::Number(f64::from(number));
    u32 => |number| Self::Number(f64::from(number));
    Quantity => |quantity| Self::Quantity(quantity);
    Date => |date| Self::Date(date.into());
    PartialDate => |date| Self::Date(date);
    Instant => |moment| Self::Moment(moment);
    TimeStamp => |moment| Self::TimeStamp(moment);
    &TimeStamp => |moment| Self::TimeStamp(moment.clone());
    CodedValue => |code| Self::Code(code);
    &CodedValue => |code| Self::Code(code.clone());
    LocalCode => |code| Self::LocalCode(code);
    Organisation => |organisation| Self::Organisation(organisation);
    &Organisation => |organisation| Self::Organisation(organisation.clone());
    kanta_core::codes::ServiceTask => |code| Self::Code(code.into());
    kanta_core::codes::SocialService => |code| Self::Code(code.into());
    kanta_core::codes::Gender => |code| Self::Code(code.into());
    &ClientRelationId => |id| Self::Oid(id.as_oid().clone());
    &DocumentOid => |id| Self::Oid(id.as_oid().clone());
    Oid => |oid| Self::Oid(oid);
    InstanceIdentifier => |identifier| Self::Identifier(identifier);
    &PersonalIdentityCode => |code| Self::Identifier(InstanceIdentifier {
        root: PersonalIdentityCode::root(),
        extension: Some(code.expose().to_owned()),
    });
    &TemporaryId => |id| Self::Identifier(InstanceIdentifier {
        root: id.root().clone(),
        extension: Some(id.expose_extension().to_owned()),
    });
}
