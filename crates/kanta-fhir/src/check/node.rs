//! A JSON tree that borrows from the input and keeps what structs would refuse: wrong types, members that stand twice.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::resource::Text;

/// A value.
#[derive(Clone)]
pub(crate) enum Node<'a> {
    Null,
    Boolean,
    Number,
    String(Cow<'a, str>),
    List(Vec<Self>),
    Object(Vec<(Text<'a>, Self)>),
}

impl<'a> Node<'a> {
    /// Returns the members; none when it is no object.
    pub(crate) fn members(&self) -> &[(Text<'a>, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// Returns a member.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.members()
            .iter()
            .find(|(member, _)| *member == name)
            .map(|(_, node)| node)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Returns the items of a list; none when it is no list.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the items of a member that is a list.
    pub(crate) fn list(&self, name: &str) -> &[Self] {
        self.get(name).map_or(&[], Self::items)
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the text of a member.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    pub(crate) fn resource_type(&self) -> Option<&str> {
        self.text("resourceType")
    }

    /// Returns the extensions with an address.
    pub(crate) fn extensions<'n>(&'n self, url: &'n str) -> impl Iterator<Item = &'n Self> {
        self.list("extension")
            .iter()
            .filter(move |extension| extension.text("url") == Some(url))
    }

    /// Returns the codings of a member that lists concepts.
    pub(crate) fn codings(&self, name: &str) -> impl Iterator<Item = &Self> {
        let concepts = self.list(name).iter();
        concepts.flat_map(|concept| concept.list("coding"))
    }

    /// Calls `visit` for every object below, itself included, with its path.
    pub(crate) fn each_object<'n>(&'n self, path: &str, visit: &mut impl FnMut(&'n Self, &str)) {
        match self {
            Self::Object(members) => {
                visit(self, path);
                for (name, node) in members {
                    node.each_object(&format!("{path}.{}", name.as_str()), visit);
                }
            }
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.each_object(&format!("{path}[{index}]"), visit);
                }
            }
            _ => {}
        }
    }
}

/// Reads a value, and counts it and what is in it against what is left.
#[derive(Clone, Copy)]
pub(super) struct Counted<'c> {
    pub(super) left: &'c Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Some(left) = self.left.get().checked_sub(1) else {
            return Err(D::Error::custom("too many values"));
        };
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Node::Boolean)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Node::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Node::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Node::Number)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Node::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Node::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key()? {
            members.push((name, map.next_value_seed(self)?));
        }
        Ok(Node::Object(members))
    }
}
