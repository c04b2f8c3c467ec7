//! The invariants of R4 that look at a whole resource: contained resources and references.

use std::collections::BTreeSet;

use super::Checker;
use super::node::Node;
use crate::rules;

impl Checker<'_> {
    /// Checks dom-2 to dom-5 and ref-1 of a resource that is not contained itself.
    pub(super) fn contained(&mut self, resource: &Node<'_>, place: &str) {
        let contained = resource.list("contained");
        let mut references: Vec<(&str, String)> = Vec::new();
        resource.each_object(place, &mut |node, path| {
            if let Some(reference) = node.text("reference") {
                references.push((reference, format!("{path}.reference")));
            }
        });
        let ids: BTreeSet<&str> = contained
            .iter()
            .filter_map(|inner| inner.text("id"))
            .collect();
        for (reference, path) in &references {
            let Some(id) = reference.strip_prefix('#') else {
                continue;
            };
            if !id.is_empty() && !ids.contains(id) {
                self.push(
                    &rules::REF_1,
                    path.clone(),
                    "viittaus osoittaa resurssiin, jota ei ole contained-luettelossa",
                    "the reference points to a resource that is not among the contained ones",
                );
            }
        }
        for (index, inner) in contained.iter().enumerate() {
            let place = format!("{place}.contained[{index}]");
            if inner.has("contained") {
                self.push(
                    &rules::DOM_2,
                    format!("{place}.contained"),
                    "contained-resurssin sisällä ei voi olla toista",
                    "a contained resource cannot contain another",
                );
            }
            let is_used = inner.text("id").is_some_and(|id| {
                references
                    .iter()
                    .any(|(reference, _)| reference.strip_prefix('#') == Some(id))
            });
            if !is_used {
                self.push(
                    &rules::DOM_3,
                    place.clone(),
                    "contained-resurssiin ei viitata mistään",
                    "nothing refers to the contained resource",
                );
            }
            let Some(meta) = inner.get("meta") else {
                continue;
            };
            if meta.has("versionId") || meta.has("lastUpdated") {
                self.push(
                    &rules::DOM_4,
                    format!("{place}.meta"),
                    "contained-resurssilla ei ole versiota eikä muutosaikaa",
                    "a contained resource has neither a version nor a time of change",
                );
            }
            if meta.has("security") {
                self.push(
                    &rules::DOM_5,
                    format!("{place}.meta.security"),
                    "contained-resurssilla ei ole turvaluokitusta",
                    "a contained resource has no security label",
                );
            }
        }
    }
}

/// Finds what a local reference points to.
pub(super) fn resolve<'n, 'a>(
    resource: &'n Node<'a>,
    reference: Option<&'n Node<'a>>,
) -> Option<&'n Node<'a>> {
    let id = reference?.text("reference")?.strip_prefix('#')?;
    resource
        .list("contained")
        .iter()
        .find(|inner| inner.text("id") == Some(id))
}
