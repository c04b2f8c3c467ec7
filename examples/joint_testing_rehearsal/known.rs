//! What the built-in bundle knows of a message, and what of it the `test` bundle made up.

use kanta_client::core::spec::{Bundle, Entry, Inferred, Spec, Status};
use kanta_client::frame::Operation;
use kanta_testkit::test_spec;

/// The bundles that a message is compared with.
pub(crate) struct Bundles {
    /// What Kela's customer test would be sent: the built-in bundle alone.
    built_in: Spec,
    test: Spec,
}

/// A value that stands in the way of a message for Kela.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) key: String,
    pub(crate) status: &'static str,
    /// The official document that has it.
    pub(crate) needs: String,
}

impl Bundles {
    pub(crate) fn new() -> Self {
        Self {
            built_in: Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse),
            test: test_spec(),
        }
    }

    /// The built-in bundle, for Kela's customer test, without inferences.
    pub(crate) fn built_in(&self) -> &Spec {
        &self.built_in
    }

    /// What the customer test needs under a prefix and the built-in bundle does not give it.
    pub(crate) fn missing(&self, prefix: &str) -> Vec<Missing> {
        self.of(prefix)
            .filter(|entry| !entry.is_usable)
            .map(|entry| Missing {
                key: entry.key.to_owned(),
                status: entry.status.as_str(),
                needs: entry.needs.to_owned(),
            })
            .collect()
    }

    /// Whether nothing that tells an operation from others is known: interaction, trigger and service request are placeholders.
    pub(crate) fn has_placeholders_only(&self, operation: &Operation) -> bool {
        self.of(&format!("message.operation.{operation}."))
            .filter(|entry| {
                [".interaction", ".trigger", ".service_request"]
                    .iter()
                    .any(|part| entry.key.ends_with(part))
            })
            .all(|entry| entry.value.is_none())
    }

    /// The keys of the values in a message of an operation, and in its document, that only the `test` bundle has; without an
    /// operation, in a bundle of notices.
    pub(crate) fn made_up_in(&self, texts: &[&[u8]], operation: Option<&Operation>) -> Vec<String> {
        // Operations share values such as their triggers.
        let own = operation.map(|operation| format!("message.operation.{operation}."));
        let is_about = |key: &str| match &own {
            Some(own) => {
                !key.starts_with("fhir.")
                    && (!key.starts_with("message.operation.") || key.starts_with(own))
            }
            None => key.starts_with("fhir."),
        };
        let texts: Vec<_> = texts
            .iter()
            .map(|text| String::from_utf8_lossy(text))
            .collect();
        let mut keys: Vec<String> = self
            .test
            .entries()
            .filter(|entry| entry.status == Status::MadeUp && is_about(entry.key))
            .filter_map(|entry| Some((entry.key, entry.value?)))
            .filter(|(_, value)| {
                // A code is shown with its name in brackets.
                let value = value.split(" (").next().unwrap_or(value);
                let (as_value, as_name) = (format!("\"{value}\""), format!("<{value}"));
                texts
                    .iter()
                    .any(|text| text.contains(&as_value) || text.contains(&as_name))
            })
            .map(|(key, _)| key.to_owned())
            .collect();
        keys.sort();
        keys
    }

    fn of<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = Entry<'s>> {
        self.built_in
            .entries()
            .filter(move |entry| entry.key.starts_with(prefix))
    }
}
