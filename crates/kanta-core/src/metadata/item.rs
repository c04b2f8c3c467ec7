//! Items of the social-care header by the keys of the spec bundle.

use std::borrow::Cow;
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
}

impl ItemValue {
    /// Returns the word that the spec bundle uses for the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Code(_) => "code",
            Self::Id(_) => "id",
            Self::Oid(_) => "oid",
            Self::Text(_) => "text",
            Self::Time(_) => "time",
            Self::Software(_) => "software",
            Self::Process(_) => "process",
        }
    }
}

impl fmt::Debug for ItemValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemValue({})", self.kind())
    }
}

/// One line an item: the key of the bundle, the field, and the kind that it is written as.
macro_rules! items {
    ($( $key:literal => $field:ident as $kind:ident $(via $wrap:path, $unwrap:expr)?; )*) => {
        impl DocumentMetadata {
            /// Returns the item under a key of the bundle, when the document has it.
            #[must_use]
            pub fn item(&self, key: &str) -> Option<Cow<'_, ItemValue>> {
                match key {
                    $( $key => self.$field.as_ref().map(|value| {
                        Cow::Owned(ItemValue::$kind(items!(@unwrap value $(, $unwrap)?)))
                    }), )*
                    other => self.other_items.get(other).map(Cow::Borrowed),
                }
            }

            /// Sets the item under a key of the bundle; gives it back when it is of another kind than the field.
            ///
            /// # Errors
            /// The value itself, when the field behind the key holds another kind.
            pub fn set_item(&mut self, key: &str, value: ItemValue) -> Result<(), ItemValue> {
                match (key, value) {
                    $( ($key, ItemValue::$kind(value)) => {
                        self.$field = Some(items!(@wrap value $(, $wrap)?));
                    } )*
                    (key, value) if KNOWN.contains(&key) => return Err(value),
                    (key, value) => {
                        self.other_items.insert(key.to_owned(), value);
                    }
                }
                Ok(())
            }
        }

        const KNOWN: &[&str] = &[$($key),*];
    };
    (@unwrap $value:ident) => { $value.clone() };
    (@unwrap $value:ident, $unwrap:expr) => { ($unwrap)($value) };
    (@wrap $value:ident) => { $value };
    (@wrap $value:ident, $wrap:path) => { $wrap($value) };
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
    "client_relation" => client_relation as Id
        via ClientRelationId::new, |id: &ClientRelationId| id.as_oid().clone();
    "service_process" => service_process as Process;
    "restriction_reason" => restriction_reason as Text;
    "display_restriction" => display_restriction as Code;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Bundle, Spec};
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
        for key in KNOWN {
            assert_eq!(metadata.item(key), None);
            let candidates = [
                ItemValue::Code(code.clone()),
                ItemValue::Id(Oid::parse("2.999.7").unwrap()),
                ItemValue::Oid(Oid::parse("2.999.8").unwrap()),
                ItemValue::Text("teksti".into()),
                ItemValue::Time(TimeStamp::parse("2026").unwrap()),
                ItemValue::Process(code.clone()),
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
            assert_eq!(metadata.item(key).as_deref(), Some(value));
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

    #[test]
    fn the_embedded_bundle_orders_every_known_item() {
        let spec = Spec::for_test(&[Bundle::embedded()], &[]);
        let order = spec.list("document.local_header.order").unwrap();
        for key in KNOWN {
            assert!(order.iter().any(|item| item == key), "{key} has no place");
        }
    }
}
