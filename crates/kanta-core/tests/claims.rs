//! The embedded bundle claims no more than its sources show.

#![allow(clippy::unwrap_used, reason = "this is a test")]

use kanta_core::spec::{Bundle, Spec, Status};

fn embedded() -> Spec {
    Spec::for_production(&[Bundle::embedded()])
}

/// A fact about something else is an inference here, however well it is known there.
#[test]
fn what_was_read_of_another_interface_is_an_inference() {
    for entry in embedded().entries() {
        let claims = matches!(
            entry.status,
            Status::Official | Status::Verified | Status::Seen
        );
        let of_another = ["another Kanta", "other Kanta", "twin", "patient archive"]
            .iter()
            .any(|word| entry.source.contains(word));
        assert!(!(claims && of_another), "{}: {}", entry.key, entry.source);
    }
}

#[test]
fn what_no_message_shows_is_not_called_seen() {
    let spec = embedded();
    // The code system is known from contents, where the header has the item nobody saw.
    let key = "document.local_header.item.social_service.code_system";
    assert_eq!(spec.status(key), Some(Status::Inferred));
    // The one frame with a client document has no code in its trigger event.
    let key = "message.operation.store_client_document.trigger";
    assert_eq!(spec.text_for_reading(key), Some(""));
    assert_eq!(spec.status(key), Some(Status::Seen));
}

/// Every operation belongs to a kind of document that can be made, or to a question that can be asked.
#[test]
fn no_operation_stands_without_its_use() {
    use kanta_core::metadata::DocumentKind;
    let spec = embedded();
    for operation in spec.tables("message.operation") {
        let kind = ["store_", "new_version_"]
            .iter()
            .find_map(|verb| operation.strip_prefix(verb));
        if let Some(kind) = kind {
            assert!(DocumentKind::from_key(kind).is_some(), "{operation}");
        }
    }
}
