//! The values that fields take.

use std::borrow::Cow;

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
    Quantity(Quantity<'static>),
    /// A day, a month or a year.
    Date(PartialDate),
    /// A day with time, in UTC.
    Moment(Instant),
    /// A day with time and the offset that held then and there.
    TimeStamp(TimeStamp),
    /// A moment as content writes it.
    WrittenMoment(String),
    /// A coded value.
    Code(CodedValue),
    /// System, code and display text of a coded value, as content writes them.
    WrittenCode(Box<[String; 3]>),
    /// A code of one of the structure's own lists.
    LocalCode(LocalCode),
    /// An identifier with its root.
    Identifier(InstanceIdentifier),
    /// Root and value of an identifier, as content writes them.
    WrittenIdentifier(Option<String>, String),
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
            Self::TimeStamp(_) | Self::WrittenMoment(_) => "Moment",
            Self::Code(_) | Self::WrittenCode(_) => "Code",
            Self::LocalCode(_) => "LocalCode",
            Self::Identifier(_) | Self::WrittenIdentifier(..) => "Identifier",
            Self::Oid(_) => "Oid",
            Self::Organisation(_) => "Organisation",
        })
    }
}

/// A coded value as content writes it (Finnish: koodi). `Debug` shows no values.
#[derive(Clone, PartialEq, Eq)]
pub struct Code<'c> {
    /// The code system, as `urn:oid:` and its OID, or the name of a list of the structure's own.
    pub system: Cow<'c, str>,
    /// The code.
    pub code: Cow<'c, str>,
    /// The text for people.
    pub display: Cow<'c, str>,
}

impl<'c> Code<'c> {
    /// Makes a coded value of a code system.
    #[must_use]
    pub fn new(
        system: &Oid,
        code: impl Into<Cow<'c, str>>,
        display: impl Into<Cow<'c, str>>,
    ) -> Self {
        Self {
            system: system.to_urn().into(),
            code: code.into(),
            display: display.into(),
        }
    }

    /// Returns the coded value, unless it is of one of the structure's own lists.
    #[must_use]
    pub fn to_coded_value(&self) -> Option<CodedValue> {
        let system = Oid::parse_urn(&self.system).ok()?;
        Some(CodedValue::new(&*self.code, system).with_display(&*self.display))
    }
}

/// An identifier as content writes it (Finnish: tunnus). `Debug` shows no values.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier<'c> {
    /// The root, as `urn:oid:` and its OID, when it is given.
    pub system: Option<Cow<'c, str>>,
    /// The identifier itself.
    pub value: Cow<'c, str>,
}

/// A number with its unit (Finnish: määrä), such as 1.5 h. `Debug` shows no values.
#[derive(Clone, PartialEq)]
pub struct Quantity<'c> {
    /// The number.
    pub value: f64,
    /// The unit, as the structure's notes name it.
    pub unit: Cow<'c, str>,
}

impl<'c> Quantity<'c> {
    /// Makes a quantity.
    #[must_use]
    pub fn new(value: f64, unit: impl Into<Cow<'c, str>>) -> Self {
        Self {
            value,
            unit: unit.into(),
        }
    }
}

/// A date, or a day with time and offset, exactly as content writes it (Finnish: hetki). `Debug` shows
/// no values.
#[derive(Clone, PartialEq, Eq)]
pub struct Moment<'c>(Cow<'c, str>);

impl<'c> Moment<'c> {
    pub(super) fn as_read(text: &'c str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the date.
    #[must_use]
    pub fn date(&self) -> Option<PartialDate> {
        PartialDate::parse(&self.0)
    }

    /// Returns the instant, when there is a time.
    #[must_use]
    pub fn instant(&self) -> Option<Instant> {
        Instant::parse(&self.0).ok()
    }
}

impl From<Instant> for Moment<'_> {
    fn from(instant: Instant) -> Self {
        Self(instant.to_utc_text(0).into())
    }
}

impl From<PartialDate> for Moment<'_> {
    fn from(date: PartialDate) -> Self {
        Self(date.to_string().into())
    }
}

macro_rules! silent {
    ($($type:ident)*) => {$(
        impl std::fmt::Debug for $type<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($type))
            }
        }
    )*};
}

silent!(Code Identifier Moment Quantity);

impl From<&CodedValue> for Code<'_> {
    fn from(code: &CodedValue) -> Self {
        Self {
            system: code.system().to_urn().into(),
            code: code.code().to_owned().into(),
            display: code.display().unwrap_or_default().to_owned().into(),
        }
    }
}

impl From<CodedValue> for Code<'_> {
    fn from(code: CodedValue) -> Self {
        Self::from(&code)
    }
}

impl From<&PersonalIdentityCode> for Identifier<'_> {
    fn from(code: &PersonalIdentityCode) -> Self {
        Self {
            system: Some(PersonalIdentityCode::root().to_urn().into()),
            value: code.expose().to_owned().into(),
        }
    }
}

impl From<&TemporaryId> for Identifier<'_> {
    fn from(id: &TemporaryId) -> Self {
        Self {
            system: Some(id.root().to_urn().into()),
            value: id.expose_extension().to_owned().into(),
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
    Quantity<'_> => |quantity| Self::Quantity(Quantity::new(quantity.value, quantity.unit.into_owned()));
    Moment<'_> => |moment| Self::WrittenMoment(moment.0.into_owned());
    Code<'_> => |code| Self::WrittenCode(Box::new([code.system, code.code, code.display].map(Cow::into_owned)));
    Identifier<'_> => |id| Self::WrittenIdentifier(id.system.map(Cow::into_owned), id.value.into_owned());
    Cow<'_, str> => |text| Self::Text(text.into_owned());
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
