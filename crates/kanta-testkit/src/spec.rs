//! The overlay bundle `test`.

use kanta_client::core::spec::{Bundle, Spec, TestOverlay};

/// Returns the overlay that fills the placeholders of the default bundle with made-up values.
#[must_use]
pub fn overlay() -> TestOverlay {
    TestOverlay::read([
        ("bundle.toml", include_str!("../spec/bundle.toml")),
        ("codes/case.toml", include_str!("../spec/codes/case.toml")),
        ("document.toml", include_str!("../spec/document.toml")),
        ("fhir.toml", include_str!("../spec/fhir.toml")),
        ("message.toml", include_str!("../spec/message.toml")),
    ])
    .expect("the overlay's files are constants and a test reads them")
}

/// Returns the spec bundle of the test archive: the default one with the overlay.
#[must_use]
pub fn test_spec() -> Spec {
    Spec::for_test(&[Bundle::embedded()], &[overlay()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_client::core::spec::Environment;

    #[test]
    fn the_overlay_fills_what_the_test_archive_needs() {
        let spec = test_spec();
        assert_eq!(spec.environment(), Environment::Test);
        assert_eq!(
            spec.text("message.transport.protocol").unwrap(),
            "plain-post"
        );
        assert!(
            spec.code("message.operation.fetch_document.service_request")
                .is_ok()
        );
    }
}
