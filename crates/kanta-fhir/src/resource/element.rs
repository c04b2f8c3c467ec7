//! What every element does: members in FHIR's order, unknown members kept, and a table of what R4 says of it.
//!
//! One declaration with [`element!`] makes the struct, its reader and writer, and the table that checks use.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// A string, code, address or time of FHIR, exactly as it was read or made; borrowed from the input where it can be.
///
/// It may be personal data, so `Debug` tells the length only.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Strings;

        impl<'de> Visitor<'de> for Strings {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Strings)
    }
}

/// A member that the structs do not name, kept as it stands: unknown elements, numbers to the last digit.
#[derive(Clone)]
pub struct UnknownMember<'a> {
    name: Text<'a>,
    value: &'a RawValue,
}

impl<'a> UnknownMember<'a> {
    /// Returns the name of the member.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the JSON text of its value.
    #[must_use]
    pub fn json(&self) -> &'a str {
        self.value.get()
    }
}

impl fmt::Debug for UnknownMember<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnknownMember({})", self.name.as_str())
    }
}

impl PartialEq for UnknownMember<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value.get() == other.value.get()
    }
}

impl Eq for UnknownMember<'_> {}

/// An element that is read member by member.
pub(crate) trait Element<'de>: Default {
    /// Takes the value of the member `name` from the map.
    fn take<A: MapAccess<'de>>(&mut self, name: Text<'de>, map: &mut A) -> Result<(), A::Error>;

    /// Takes all members that are left.
    fn take_rest<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(name) = map.next_key::<Text<'de>>()? {
            self.take(name, &mut map)?;
        }
        Ok(self)
    }
}

/// Keeps a member that the struct does not name.
pub(crate) fn keep<'de, A: MapAccess<'de>>(
    unknown: &mut Vec<UnknownMember<'de>>,
    name: Text<'de>,
    map: &mut A,
) -> Result<(), A::Error> {
    let value = map.next_value()?;
    unknown.push(UnknownMember { name, value });
    Ok(())
}

/// A member's place in a struct: empty or filled.
pub(crate) trait Slot<'de> {
    fn fill<A: MapAccess<'de>>(&mut self, name: &'static str, map: &mut A) -> Result<(), A::Error>;
}

impl<'de, T: Deserialize<'de>> Slot<'de> for Option<T> {
    fn fill<A: MapAccess<'de>>(&mut self, name: &'static str, map: &mut A) -> Result<(), A::Error> {
        if self.is_some() {
            return Err(de::Error::duplicate_field(name));
        }
        *self = Some(map.next_value()?);
        Ok(())
    }
}

impl<'de, T: Deserialize<'de>> Slot<'de> for Vec<T> {
    fn fill<A: MapAccess<'de>>(&mut self, name: &'static str, map: &mut A) -> Result<(), A::Error> {
        if !self.is_empty() {
            return Err(de::Error::duplicate_field(name));
        }
        *self = map.next_value()?;
        Ok(())
    }
}

/// A member that is written unless it is empty.
pub(crate) trait Member {
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error>;
}

impl<T: Serialize> Member for Option<T> {
    #[inline]
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        match self {
            Some(value) => map.serialize_entry(name, value),
            None => Ok(()),
        }
    }
}

impl<T: Serialize> Member for Vec<T> {
    #[inline]
    fn write<M: SerializeMap>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        if self.is_empty() {
            return Ok(());
        }
        map.serialize_entry(name, self)
    }
}

/// Writes the members that the structs do not name.
pub(crate) fn write_unknown<M: SerializeMap>(
    unknown: &[UnknownMember<'_>],
    map: &mut M,
) -> Result<(), M::Error> {
    for member in unknown {
        map.serialize_entry(member.name(), member.value)?;
    }
    Ok(())
}

/// Declares an element: `Name: Base, "path in R4" { field: min..max type "member" [in CODES]; … } also { … } others [ … ]`.
///
/// The fields are what the profiles use. `also` gives the members that are checked and kept as they stand, `others` names
/// those that are only kept: a struct with a place for everything would be three times as large and slow.
macro_rules! element {
    (
        $(#[$docs:meta])*
        $name:ident: $base:ident, $path:literal {
            $(
                $(#[$field_docs:meta])*
                $field:ident: $min:literal .. $max:tt $shape:ident $member:literal $(in $codes:ident)?;
            )*
        }
        $(also { $($also:literal $also_min:literal .. $also_max:tt $also_shape:ident $(in $also_codes:ident)?;)* })?
        others [ $($other:literal)* ]
    ) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the members are FHIR's own; what Kanta says of them stands where the notice is mapped")]
        pub struct $name<'a> {
            $(
                $(#[$field_docs])*
                pub $field: $crate::resource::element::element!(@slot $max $shape),
            )*
            /// The members that this struct does not name, as they stand.
            pub unknown: Vec<$crate::resource::element::UnknownMember<'a>>,
        }

        impl $name<'_> {
            pub(crate) const DEFINITION: $crate::resource::definition::Definition =
                $crate::resource::definition::Definition {
                    path: $path,
                    base: $crate::resource::definition::Base::$base,
                    fields: &[$($crate::resource::definition::Field {
                        name: $member,
                        shape: $crate::resource::element::element!(@shape $shape),
                        required: $min > 0,
                        many: $crate::resource::element::element!(@many $max),
                        codes: $crate::resource::element::element!(@codes $($codes)?),
                    },)* $($($crate::resource::definition::Field {
                        name: $also,
                        shape: $crate::resource::element::element!(@shape $also_shape),
                        required: $also_min > 0,
                        many: $crate::resource::element::element!(@many $also_max),
                        codes: $crate::resource::element::element!(@codes $($also_codes)?),
                    },)*)?],
                    others: &[$($other),*],
                };

            #[inline]
            pub(crate) fn write_members<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                $( $crate::resource::element::Member::write(&self.$field, $member, map)?; )*
                $crate::resource::element::write_unknown(&self.unknown, map)
            }
        }

        impl<'de> $crate::resource::element::Element<'de> for $name<'de> {
            #[inline]
            fn take<A: serde::de::MapAccess<'de>>(
                &mut self,
                name: $crate::resource::Text<'de>,
                map: &mut A,
            ) -> Result<(), A::Error> {
                match name.as_str() {
                    $( $member => $crate::resource::element::Slot::fill(&mut self.$field, $member, map), )*
                    _ => $crate::resource::element::keep(&mut self.unknown, name, map),
                }
            }
        }

        $crate::resource::element::element!(@impls $base $name $path);
    };

    (@slot 1 $shape:ident) => { Option<$crate::resource::element::element!(@rust $shape)> };
    (@slot * $shape:ident) => { Vec<$crate::resource::element::element!(@rust $shape)> };
    (@rust boolean) => { bool };
    (@rust string) => { $crate::resource::Text<'a> };
    (@rust code) => { $crate::resource::Text<'a> };
    (@rust id) => { $crate::resource::Text<'a> };
    (@rust uri) => { $crate::resource::Text<'a> };
    (@rust instant) => { $crate::resource::Text<'a> };
    (@rust dateTime) => { $crate::resource::Text<'a> };
    (@rust base64Binary) => { $crate::resource::Text<'a> };
    (@rust $complex:ident) => { $complex<'a> };
    (@many 1) => { false };
    (@many *) => { true };
    (@codes) => { None };
    (@codes $codes:ident) => { Some($codes) };
    (@shape boolean) => { $crate::resource::definition::Shape::Boolean };
    (@shape string) => { $crate::resource::definition::Shape::String };
    (@shape code) => { $crate::resource::definition::Shape::Code };
    (@shape id) => { $crate::resource::definition::Shape::Id };
    (@shape uri) => { $crate::resource::definition::Shape::Uri };
    (@shape instant) => { $crate::resource::definition::Shape::Instant };
    (@shape dateTime) => { $crate::resource::definition::Shape::DateTime };
    (@shape base64Binary) => { $crate::resource::definition::Shape::Base64 };
    (@shape Resource) => { $crate::resource::definition::Shape::Resource };
    (@shape $complex:ident) => { $crate::resource::definition::Shape::Complex(|| &$complex::DEFINITION) };

    (@impls Resource $name:ident $path:literal) => {
        $crate::resource::element::element!(@resource $name $path);
    };
    (@impls DomainResource $name:ident $path:literal) => {
        $crate::resource::element::element!(@resource $name $path);
    };
    (@impls $base:ident $name:ident $path:literal) => {
        impl serde::Serialize for $name<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                self.write_members(&mut map)?;
                map.end()
            }
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $name<'de>;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("an object (", $path, ")"))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                        $crate::resource::element::Element::take_rest($name::default(), map)
                    }
                }

                deserializer.deserialize_map(Members)
            }
        }
    };
    (@resource $name:ident $path:literal) => {
        impl serde::Serialize for $name<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("resourceType", $path)?;
                self.write_members(&mut map)?;
                map.end()
            }
        }
    };
}
pub(crate) use element;
