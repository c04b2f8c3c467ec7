//! What the two resources of a notice have in common: identifier and profile.

use kanta_core::Oid;

use super::Checker;
use super::node::Node;
use crate::rules;

impl Checker<'_> {
    pub(super) fn identified(&mut self, resource: &Node<'_>, place: &str) {
        if !resource
            .text("id")
            .is_some_and(|id| Oid::parse(id).is_ok() && id.len() <= 64)
        {
            self.push(
                &rules::A_01,
                format!("{place}.id"),
                "id on OID ilman etuliitettä, enintään 64 merkkiä",
                "the id is an OID without prefix, of at most 64 characters",
            );
        }
    }

    pub(super) fn profile(&mut self, resource: &Node<'_>, place: &str, key: &'static str) {
        let Some(canonical) = self.binding(key) else {
            return;
        };
        let profiles = resource
            .get("meta")
            .map_or(&[][..], |meta| meta.list("profile"));
        if !matches!(profiles, [profile] if profile.as_str() == Some(canonical)) {
            self.push_by(
                &[key],
                &rules::A_02,
                format!("{place}.meta.profile"),
                &format!("resurssi nimeää profiilin {canonical} eikä muita"),
                &format!("the resource names the profile {canonical} and no other"),
            );
        }
    }

    pub(super) fn contained_profiles(&mut self, resource: &Node<'_>, place: &str) {
        for (index, inner) in resource.list("contained").iter().enumerate() {
            let key = match inner.resource_type() {
                Some("Organization") => "fhir.profile.organization",
                Some("PractitionerRole") => "fhir.profile.practitioner_role",
                Some("Practitioner") => "fhir.profile.practitioner",
                Some("Patient") => "fhir.profile.patient",
                Some("Consent") => "fhir.profile.consent",
                _ => continue,
            };
            self.profile(inner, &format!("{place}.contained[{index}]"), key);
        }
    }
}
