//! Items of the social-care header by the keys of the spec bundle.

use std::fmt;

use super::{DocumentMetadata, Software};
use crate::{ClientRelationId, CodedValue, Oid, TimeStamp};

/// The value of one item of the social-care header; its kind decides the form in XML.
///
/// `Debug` shows the kind only: a text may hold personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemValue {
    /// A coded value in attributes.
    Code(CodedValue),
    /// An identifier in the attribute `root`.
    Id(Oid),
    /// An identifier as text content.
    Oid(Oid),
    /// Text content.
    Text(String),
    /// A time in the attribute `value`.
    Time(TimeStamp),
    /// The program, in the attributes `moderator`, `product` and `version`.
    Software(Software),
    /// A service process: a child `type` with a fixed text and a child `code`.
    Process(CodedValue),
    /// Yes or no, in the attribute `value` as `true` or `false`.
    Flag(bool),
}

/// An item as it lies in the metadata, borrowed.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemRef<'m> {
    /// See [`ItemValue::Code`].
    Code(&'m CodedValue),
    /// See [`ItemValue::Id`].
    Id(&'m Oid),
    /// See [`ItemValue::Oid`].
    Oid(&'m Oid),
    /// See [`ItemValue::Text`].
    Text(&'m str),
    /// See [`ItemValue::Time`].
    Time(&'m TimeStamp),
    /// See [`ItemValue::Software`].
    Software(&'m Software),
    /// See [`ItemValue::Process`].
    Process(&'m CodedValue),
    /// See [`ItemValue::Flag`].
    Flag(bool),
}

impl ItemValue {
    /// Borrows the value.
    #[must_use]
    pub fn as_ref(&self) -> ItemRef<'_> {
        match self {
            Self::Code(value) => ItemRef::Code(value),
            Self::Id(value) => ItemRef::Id(value),
            Self::Oid(value) => ItemRef::Oid(value),
            Self::Text(value) => ItemRef::Text(value),
            Self::Time(value) => ItemRef::Time(value),
            Self::Software(value) => ItemRef::Software(value),
            Self::Process(value) => ItemRef::Process(value),
            Self::Flag(value) => ItemRef::Flag(*value),
        }
    }

    /// Returns the word that the spec bundle uses for the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.as_ref().kind()
    }
}

impl ItemRef<'_> {
    /// Returns the word that the spec bundle uses for the kind.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Code(_) => "code",
            Self::Id(_) => "id",
            Self::Oid(_) => "oid",
            Self::Text(_) => "text",
            Self::Time(_) => "time",
            Self::Software(_) => "software",
            Self::Process(_) => "process",
            Self::Flag(_) => "flag",
        }
    }
}

impl fmt::Debug for ItemValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemValue({})", self.kind())
    }
}

impl fmt::Debug for ItemRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemRef({})", self.kind())
    }
}

/// An item with its field.
struct Known {
    key: &'static str,
    get: fn(&DocumentMetadata) -> Option<ItemRef<'_>>,
    set: fn(&mut DocumentMetadata, ItemValue) -> Result<(), ItemValue>,
}

/// One line an item: the key of the bundle, the field, the kind that it is written as, and how a field of another type
/// is borrowed as it and made of it.
macro_rules! items {
    ($( $key:literal => $field:ident as $kind:ident $(, $borrow:expr, $wrap:path)?; )*) => {
        /// The items that the metadata have a field for.
        const KNOWN: &[Known] = &[$(
            Known {
                key: $key,
                get: |metadata| {
                    metadata.$field.as_ref().map(|value| ItemRef::$kind(items!(@borrow value $(, $borrow)?)))
                },
                set: |metadata, value| match value {
                    ItemValue::$kind(value) => {
                        metadata.$field = Some(items!(@wrap value $(, $wrap)?));
                        Ok(())
                    }
                    other => Err(other),
                },
            },
        )*];
    };
    (@borrow $value:ident) => { $value };
    (@borrow $value:ident, $borrow:expr) => { ($borrow)($value) };
    (@wrap $value:ident) => { $value };
    (@wrap $value:ident, $wrap:path) => { $wrap($value) };
}

/// An item that the metadata have a field for, found once by its key and read often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemKey(usize);

impl ItemKey {
    /// Finds the field behind a key of the bundle.
    #[must_use]
    pub fn find(key: &str) -> Option<Self> {
        KNOWN.iter().position(|known| known.key == key).map(Self)
    }

    /// Returns every item, in the order of the fields.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..KNOWN.len()).map(Self)
    }

    /// Returns the key of the bundle.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        KNOWN[self.0].key
    }
}

impl DocumentMetadata {
    /// Returns the item under a key of the bundle, when the document has it.
    #[must_use]
    pub fn item(&self, key: &str) -> Option<ItemRef<'_>> {
        match ItemKey::find(key) {
            Some(known) => self.known_item(known),
            None => self.other_items.get(key).map(ItemValue::as_ref),
        }
    }

    /// Sets the item under a key of the bundle; gives it back when it is of another kind than the field.
    ///
    /// # Errors
    /// The value itself, when the field behind the key holds another kind.
    pub fn set_item(&mut self, key: &str, value: ItemValue) -> Result<(), ItemValue> {
        match ItemKey::find(key) {
            Some(known) => self.set_known_item(known, value),
            None => {
                self.other_items.insert(key.to_owned(), value);
                Ok(())
            }
        }
    }

    /// Sets an item that the metadata have a field for.
    ///
    /// # Errors
    /// The value itself, when the field holds another kind.
    pub fn set_known_item(&mut self, key: ItemKey, value: ItemValue) -> Result<(), ItemValue> {
        (KNOWN[key.0].set)(self, value)
    }

    /// Returns an item that the metadata have a field for, when the document has it.
    #[must_use]
    pub fn known_item(&self, key: ItemKey) -> Option<ItemRef<'_>> {
        (KNOWN[key.0].get)(self)
    }
}

items! {
    "specific_document_type" => specific_type as Code;
    "creation_time" => created as Time;
    "document_group" => group as Code;
    "display_format" => display_format as Code;
    "structured_format" => structured_format as Code;
    "software" => software as Software;
    "service_task" => service_task as Code;
    "record_status" => record_status as Code;
    "register_type" => register_type as Code;
    "organiser" => organiser as Id;
    "organiser_name" => organiser_name as Text;
    "retention_class" => retention as Code;
    "special_content" => special_content as Code;
    "content_specification" => content_specification as Oid;
    "client_relation" => client_relation as Id, ClientRelationId::as_oid, ClientRelationId::new;
    "service_process" => service_process as Process;
    "social_service" => social_service as Code;
    "restriction_reason" => restriction_reason as Text;
    "display_restriction" => display_restriction as Code;
    "shown_from" => shown_from as Time;
    "correction_ground" => correction_ground as Code;
    "disclosure_despite_ban" => disclosure_despite_ban as Text;
    "arrival_mode" => arrival_mode as Code;
    "sender" => sender as Text;
    "security_ban" => security_ban as Flag, |ban: &bool| *ban, std::convert::identity;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DocumentOid, VersionNumber};

    fn bare() -> DocumentMetadata {
        let id = DocumentOid::parse("2.999.1").unwrap();
        let time = TimeStamp::parse("20260202").unwrap();
        DocumentMetadata::bare(id.clone(), id, VersionNumber::FIRST, time)
    }

    #[test]
    fn every_key_reads_back_what_was_set() {
        let mut metadata = bare();
        let code = CodedValue::new("1", Oid::parse("2.999").unwrap());
        for key in ItemKey::all().map(ItemKey::as_str) {
            assert_eq!(metadata.item(key), None);
            let candidates = [
                ItemValue::Code(code.clone()),
                ItemValue::Id(Oid::parse("2.999.7").unwrap()),
                ItemValue::Oid(Oid::parse("2.999.8").unwrap()),
                ItemValue::Text("teksti".into()),
                ItemValue::Time(TimeStamp::parse("2026").unwrap()),
                ItemValue::Process(code.clone()),
                ItemValue::Flag(true),
                ItemValue::Software(Software {
                    vendor: "v".into(),
                    product: "p".into(),
                    version: "1".into(),
                }),
            ];
            let taken: Vec<_> = candidates
                .into_iter()
                .filter(|value| metadata.set_item(key, value.clone()).is_ok())
                .collect();
            let [value] = taken.as_slice() else {
                panic!("{key} takes exactly one kind");
            };
            assert_eq!(metadata.item(key), Some(value.as_ref()));
        }
    }

    #[test]
    fn a_key_that_only_the_bundle_knows_is_kept() {
        let mut metadata = bare();
        metadata
            .set_item("new_item", ItemValue::Text("teksti".into()))
            .unwrap();
        assert_eq!(metadata.item("new_item").unwrap().kind(), "text");
        assert!(!format!("{metadata:?}").contains("teksti"));
    }
}
