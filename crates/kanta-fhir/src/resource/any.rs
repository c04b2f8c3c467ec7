//! A resource of any type: first the type is found, then the resource is read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::element::{Element, keep, write_unknown};
use super::{
    AuditEvent, Bundle, Consent, OperationOutcome, Organization, Patient, Practitioner,
    PractitionerRole, Provenance, Text, UnknownMember,
};

/// A resource of a type that the structs do not know, kept as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherResource<'a> {
    /// The type.
    pub resource_type: Text<'a>,
    /// Its members.
    pub unknown: Vec<UnknownMember<'a>>,
}

macro_rules! resources {
    ($($name:ident),*) => {
        /// A resource.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "each variant is the resource of its name")]
        pub enum Resource<'a> {
            $($name(Box<$name<'a>>),)*
            /// A resource of another type.
            Other(Box<OtherResource<'a>>),
        }

        impl<'a> Resource<'a> {
            /// Returns the name of the type.
            #[must_use]
            pub fn resource_type(&self) -> &str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                    Self::Other(other) => &other.resource_type,
                }
            }

            /// Reads the members that are left, and those that stood before the type.
            fn read<A: MapAccess<'a>>(
                resource_type: Text<'a>,
                before: Vec<UnknownBefore<'a>>,
                map: A,
            ) -> Result<Self, A::Error> {
                match resource_type.as_str() {
                    $(stringify!($name) => Ok(Self::$name(Box::new(read_members(before, map)?))),)*
                    _ => {
                        let mut other = OtherMembers::default();
                        for member in before {
                            other.take(member.name.clone(), &mut OneMember::<A::Error>::new(&member))?;
                        }
                        let other = other.take_rest(map)?;
                        Ok(Self::Other(Box::new(OtherResource { resource_type, unknown: other.unknown })))
                    }
                }
            }
        }

        impl Serialize for Resource<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$name(resource) => resource.serialize(serializer),)*
                    Self::Other(other) => {
                        let mut map = serializer.serialize_map(None)?;
                        map.serialize_entry("resourceType", &other.resource_type)?;
                        write_unknown(&other.unknown, &mut map)?;
                        map.end()
                    }
                }
            }
        }

        $(
            impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    match Resource::deserialize(deserializer)? {
                        Resource::$name(resource) => Ok(*resource),
                        other => Err(de::Error::custom(format_args!(
                            concat!("a resource of the type ", stringify!($name), " is expected, not {}"),
                            other.resource_type()
                        ))),
                    }
                }
            }

            impl<'a> From<$name<'a>> for Resource<'a> {
                fn from(resource: $name<'a>) -> Self {
                    Self::$name(Box::new(resource))
                }
            }
        )*
    };
}

resources!(
    AuditEvent,
    Bundle,
    Consent,
    OperationOutcome,
    Organization,
    Patient,
    Practitioner,
    PractitionerRole,
    Provenance
);

impl<'de: 'a, 'a> Deserialize<'de> for Resource<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Resources;

        impl<'de> Visitor<'de> for Resources {
            type Value = Resource<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a resource")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                // Nearly always the first member; what stands before it waits until the type is known.
                let mut before = Vec::new();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    if name == "resourceType" {
                        let resource_type = map.next_value()?;
                        return Resource::read(resource_type, before, map);
                    }
                    let value = map.next_value()?;
                    before.push(UnknownBefore { name, value });
                }
                Err(de::Error::missing_field("resourceType"))
            }
        }

        deserializer.deserialize_map(Resources)
    }
}

fn read_members<'de, T: Element<'de>, A: MapAccess<'de>>(
    before: Vec<UnknownBefore<'de>>,
    map: A,
) -> Result<T, A::Error> {
    let mut resource = T::default();
    for member in before {
        resource.take(
            member.name.clone(),
            &mut OneMember::<A::Error>::new(&member),
        )?;
    }
    resource.take_rest(map)
}

/// The members of a resource whose type is not known.
#[derive(Default)]
struct OtherMembers<'a> {
    unknown: Vec<UnknownMember<'a>>,
}

impl<'de> Element<'de> for OtherMembers<'de> {
    fn take<A: MapAccess<'de>>(&mut self, name: Text<'de>, map: &mut A) -> Result<(), A::Error> {
        keep(&mut self.unknown, name, map)
    }
}

/// A member that stood before the type.
struct UnknownBefore<'a> {
    name: Text<'a>,
    value: &'a RawValue,
}

/// The value of one member, as a map that has it next.
struct OneMember<'de, E> {
    value: &'de RawValue,
    error: PhantomData<E>,
}

impl<'de, E> OneMember<'de, E> {
    fn new(member: &UnknownBefore<'de>) -> Self {
        Self {
            value: member.value,
            error: PhantomData,
        }
    }
}

impl<'de, E: de::Error> MapAccess<'de> for OneMember<'de, E> {
    type Error = E;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, E> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, E> {
        seed.deserialize(self.value).map_err(E::custom)
    }
}
