//! Values that say themselves that they are not known: they may be read, and are never written.

use kanta_core::CodedValue;
use kanta_core::metadata::{DocumentMetadata, ItemRef};

use super::layout::Layout;

/// Whether a code or a part of a document says that it is a placeholder.
pub(crate) fn is_placeholder(value: &str) -> bool {
    value.contains("PLACEHOLDER")
}

/// Returns the place of the first placeholder among the codes of the metadata.
pub(crate) fn find(metadata: &DocumentMetadata, layout: &Layout) -> Option<String> {
    let fixed = [
        ("/ClinicalDocument/code", &metadata.general_type),
        (
            "/ClinicalDocument/confidentialityCode",
            &metadata.confidentiality,
        ),
        (
            "/ClinicalDocument/authorization/consent/code",
            &metadata.guardian_disclosure,
        ),
    ];
    fixed
        .into_iter()
        .filter_map(|(place, value)| Some((place, value.as_ref()?)))
        .find(|(_, value)| is_code_placeholder(value))
        .map(|(place, _)| place.to_owned())
        .or_else(|| {
            layout
                .items
                .iter()
                .find(|item| match item.value(metadata) {
                    Some(ItemRef::Code(value) | ItemRef::Process(value)) => {
                        is_code_placeholder(value)
                    }
                    _ => false,
                })
                .map(|item| format!("{}/@code", item.path()))
        })
}

fn is_code_placeholder(value: &CodedValue) -> bool {
    is_placeholder(value.code()) || value.display().is_some_and(is_placeholder)
}
