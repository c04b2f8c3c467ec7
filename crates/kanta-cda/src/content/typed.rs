//! What generated Rust types of structures are made of: values and groups that go to content and back.
//!
//! [`crate::structure::Structure::generate_rust`] writes code that uses this module; hand-written types may use it as well.

use std::borrow::Cow;

use super::{
    Code, ContentError, ContentValue, Identifier, Moment, Part, PartMut, PartialDate, Quantity,
};
use crate::json::{Children, Value};
use crate::structure::{Field, Fields};

/// A single value of content.
pub trait TypedValue<'a>: Sized {
    /// Reads the value; nothing when it has another form.
    fn read(part: Part<'a>) -> Option<Self>;

    /// Returns the value as it is set.
    fn to_value(&self) -> ContentValue;
}

/// A group of fields of content.
pub trait TypedGroup<'a>: Sized {
    /// Reads the group.
    ///
    /// # Errors
    /// [`ContentError`] when a mandatory field is not there, which cannot happen with content that was read.
    fn read(part: Part<'a>) -> Result<Self, ContentError>;

    /// Writes the group.
    ///
    /// # Errors
    /// [`ContentError`] when the structure is not the one that the type was made from.
    fn write(&self, part: &mut PartMut<'_, '_>) -> Result<(), ContentError>;
}

/// The codes of a list that stands in a structure itself (Finnish: sisäinen luokitus).
pub trait LocalCodes: Sized {
    /// The name of the list.
    const SYSTEM: &'static str;

    /// Returns the code as content writes it.
    fn code(&self) -> &'static str;

    /// Returns the code that content writes so.
    fn from_code(code: &str) -> Option<Self>;
}

/// A coded value of a list that stands in a structure itself. `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct Local<'a, C> {
    /// The code.
    pub code: C,
    /// The text for people.
    pub display: Cow<'a, str>,
}

impl<'a, C> Local<'a, C> {
    /// Makes a coded value.
    #[must_use]
    pub fn new(code: C, display: impl Into<Cow<'a, str>>) -> Self {
        Self {
            code,
            display: display.into(),
        }
    }
}

impl<C> std::fmt::Debug for Local<'_, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Local")
    }
}

impl<'a, C: LocalCodes> TypedValue<'a> for Local<'a, C> {
    fn read(part: Part<'a>) -> Option<Self> {
        let code = part.as_code()?;
        Some(Self {
            code: C::from_code(&code.code)?,
            display: code.display,
        })
    }

    fn to_value(&self) -> ContentValue {
        Code {
            system: Cow::Borrowed(C::SYSTEM),
            code: Cow::Borrowed(self.code.code()),
            display: Cow::Borrowed(&*self.display),
        }
        .into()
    }
}

macro_rules! typed {
    ($($type:ty: $read:expr;)*) => {$(
        impl<'a> TypedValue<'a> for $type {
            fn read(part: Part<'a>) -> Option<Self> {
                $read(part)
            }

            fn to_value(&self) -> ContentValue {
                self.clone().into()
            }
        }
    )*};
}

typed! {
    Cow<'a, str>: |part: Part<'a>| part.as_text().map(Cow::Borrowed);
    bool: Part::as_switch;
    f64: Part::as_number;
    PartialDate: Part::as_date;
    Moment<'a>: Part::as_written_moment;
    Code<'a>: Part::as_code;
    Identifier<'a>: Part::as_identifier;
    Quantity<'a>: Part::as_quantity;
}

/// Reads the fields of a group one after the other; quickest in the structure's order.
#[derive(Debug)]
pub struct GroupReader<'a> {
    part: Part<'a>,
    /// The fields behind the one that was read last.
    fields: Fields<'a>,
    /// The members behind the one that was read last.
    members: Children<'a>,
}

impl<'a> GroupReader<'a> {
    /// Begins with the first field.
    #[must_use]
    pub fn new(part: Part<'a>) -> Self {
        Self {
            part,
            fields: part.field().children(),
            members: part.value().members(),
        }
    }

    fn member(&mut self, name: &str) -> Option<(Field<'a>, Value<'a>)> {
        let mut ahead = self.members.clone();
        let value = match ahead.next() {
            Some(value) if value.name() == name => {
                self.members = ahead;
                value
            }
            _ => self.part.value().get(name)?,
        };
        let field = self.fields.find(|field| field.name() == name).or_else(|| {
            self.fields = self.part.field().children();
            self.fields.find(|field| field.name() == name)
        })?;
        Some((field, value))
    }

    fn one(&mut self, name: &str) -> Option<Part<'a>> {
        let (field, value) = self.member(name)?;
        Some(Part::new(field, value))
    }

    /// Reads a value that may be missing.
    pub fn optional<T: TypedValue<'a>>(&mut self, name: &str) -> Option<T> {
        self.one(name).and_then(T::read)
    }

    /// Reads a value that is there.
    ///
    /// # Errors
    /// [`ContentError`] when it is not.
    pub fn required<T: TypedValue<'a>>(&mut self, name: &str) -> Result<T, ContentError> {
        self.optional(name).ok_or_else(|| missing(name))
    }

    /// Reads the values of a repeated field.
    pub fn list<T: TypedValue<'a>>(&mut self, name: &str) -> Vec<T> {
        let Some((field, list)) = self.member(name) else {
            return Vec::new();
        };
        // Counted first: growing a list of large values costs more than walking it twice.
        let mut values = Vec::with_capacity(list.items().count());
        values.extend(
            list.items()
                .filter_map(|item| T::read(Part::new(field, item))),
        );
        values
    }

    /// Reads a group that may be missing.
    ///
    /// # Errors
    /// [`ContentError`] when something mandatory is missing inside.
    pub fn optional_group<T: TypedGroup<'a>>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, ContentError> {
        self.one(name).map(T::read).transpose()
    }

    /// Reads a group that is there.
    ///
    /// # Errors
    /// [`ContentError`] when it is not, or something mandatory is missing inside.
    pub fn required_group<T: TypedGroup<'a>>(&mut self, name: &str) -> Result<T, ContentError> {
        T::read(self.one(name).ok_or_else(|| missing(name))?)
    }

    /// Reads the values of a repeated group.
    ///
    /// # Errors
    /// [`ContentError`] when something mandatory is missing inside.
    pub fn group_list<T: TypedGroup<'a>>(&mut self, name: &str) -> Result<Vec<T>, ContentError> {
        let Some((field, list)) = self.member(name) else {
            return Ok(Vec::new());
        };
        let mut groups = Vec::with_capacity(list.items().count());
        for item in list.items() {
            groups.push(T::read(Part::new(field, item))?);
        }
        Ok(groups)
    }

    /// Reads whether a group without fields is there.
    pub fn is_there(&mut self, name: &str) -> bool {
        self.member(name).is_some()
    }
}

fn missing(name: &str) -> ContentError {
    ContentError::new(name, "the mandatory field is missing")
}

impl PartMut<'_, '_> {
    /// Sets a typed value, when there is one.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such field here, or its values have another form.
    pub fn set_typed<'a, T: TypedValue<'a> + 'a>(
        &mut self,
        name: &str,
        value: impl Into<Option<&'a T>>,
    ) -> Result<&mut Self, ContentError> {
        if let Some(value) = value.into() {
            self.set(name, value.to_value())?;
        }
        Ok(self)
    }

    /// Appends typed values to a repeated field.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such field here, or its values have another form.
    pub fn push_typed<'a, T: TypedValue<'a>>(
        &mut self,
        name: &str,
        values: &[T],
    ) -> Result<&mut Self, ContentError> {
        for value in values {
            self.push(name, value.to_value())?;
        }
        Ok(self)
    }

    /// Fills a group, when there is one.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such group here, or other fields in it.
    pub fn set_group<'a, T: TypedGroup<'a> + 'a>(
        &mut self,
        name: &str,
        group: impl Into<Option<&'a T>>,
    ) -> Result<&mut Self, ContentError> {
        if let Some(group) = group.into() {
            group.write(&mut self.group(name)?)?;
        }
        Ok(self)
    }

    /// Appends groups to a repeated field.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such group here, or other fields in it.
    pub fn push_groups<'a, T: TypedGroup<'a>>(
        &mut self,
        name: &str,
        groups: &[T],
    ) -> Result<&mut Self, ContentError> {
        for group in groups {
            group.write(&mut self.push_group(name)?)?;
        }
        Ok(self)
    }

    /// Makes a group without fields, when it is to be there.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such group here.
    pub fn set_there(&mut self, name: &str, is_there: bool) -> Result<&mut Self, ContentError> {
        if is_there {
            self.group(name)?;
        }
        Ok(self)
    }
}
