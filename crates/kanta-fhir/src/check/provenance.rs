//! Kanta's rules of the provenance of a notice, as far as they are known.

use super::Checker;
use super::node::Node;
use crate::rules;

impl Checker<'_> {
    pub(super) fn provenance(&mut self, provenance: &Node<'_>, place: &str) {
        self.contained(provenance, place);
        self.identified(provenance, place);
        self.profile(provenance, place, "fhir.profile.provenance");
        self.contained_profiles(provenance, place);
        if !provenance.has("language") {
            self.push(
                &rules::P_01,
                format!("{place}.language"),
                "ilmoituksen kieli puuttuu",
                "the language of the notice is missing",
            );
        }
        if !provenance.has("extension") {
            self.push(
                &rules::P_02,
                format!("{place}.extension"),
                "metatiedoissa on oltava laajennus",
                "the provenance has an extension",
            );
        }
        let codes = self.spec.list_for_reading("fhir.provenance_role.codes");
        for (index, agent) in provenance.list("agent").iter().enumerate() {
            let known = agent.codings("role").any(|coding| {
                coding
                    .text("code")
                    .is_some_and(|code| codes.iter().any(|known| known == code))
            });
            if !known && !codes.is_empty() {
                self.push(
                    &rules::P_03,
                    format!("{place}.agent[{index}].role"),
                    "roolin koodi ei ole Kannan tunnettuja",
                    "the code of the role is not among Kanta's known ones",
                );
            }
        }
    }
}
