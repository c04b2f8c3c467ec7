//! Whom a notice names: register keeper, recipient, and the permit or consent of the client.

use kanta_core::Oid;

use super::Checker;
use super::invariants::resolve;
use super::node::Node;
use crate::mapping::URN;
use crate::rules;

impl Checker<'_> {
    pub(super) fn agents(&mut self, notice: &Node<'_>, place: &str) {
        const KEEPER: [&str; 2] = [
            "fhir.agent.register_keeper.system",
            "fhir.agent.register_keeper.code",
        ];
        const RECIPIENT: [&str; 2] = ["fhir.agent.recipient.system", "fhir.agent.recipient.code"];
        let keeper = self.agent(notice, KEEPER);
        if let Some(agents) = keeper {
            let organisation = agents
                .iter()
                .find_map(|agent| resolve(notice, agent.get("who")))
                .filter(|who| who.resource_type() == Some("Organization"));
            let has_oid = organisation.is_some_and(|organisation| {
                organisation.list("identifier").iter().any(|identifier| {
                    identifier.text("system") == Some(URN)
                        && identifier
                            .text("value")
                            .is_some_and(|value| Oid::parse_urn(value).is_ok())
                })
            });
            if !has_oid {
                self.push_by(
                    &KEEPER,
                    &rules::A_08,
                    format!("{place}.agent"),
                    "luovuttanut rekisterinpitäjä puuttuu, tai sillä ei ole OID-tunnusta",
                    "the register keeper that disclosed is missing, or has no OID",
                );
            }
            if let (Some(organisation), Some(url)) =
                (organisation, self.binding("fhir.extension.register_type"))
                && organisation.extensions(url).next().is_none()
            {
                self.push(
                    &rules::A_08_REGISTER,
                    format!("{place}.contained"),
                    "rekisterinpitäjältä puuttuu rekisterin tyyppi",
                    "the register keeper does not name the type of the register",
                );
            }
        }
        let recipient = self.agent(notice, RECIPIENT);
        if recipient.is_some_and(|agents| {
            !agents.iter().any(|agent| {
                resolve(notice, agent.get("who")).is_some_and(|who| {
                    matches!(who.resource_type(), Some("Organization" | "Patient"))
                })
            })
        }) {
            self.push_by(
                &RECIPIENT,
                &rules::A_09,
                format!("{place}.agent"),
                "luovutuksen vastaanottaja puuttuu",
                "the recipient of the disclosure is missing",
            );
        }
        for (index, agent) in notice.list("agent").iter().enumerate() {
            let who = agent.get("who").and_then(|who| who.text("reference"));
            if !who.is_some_and(|reference| reference.starts_with('#')) {
                self.push(
                    &rules::A_10,
                    format!("{place}.agent[{index}].who"),
                    "osapuoli on viittaus contained-resurssiin",
                    "an actor is a reference to a contained resource",
                );
            }
        }
    }

    /// Finds the agents of a role; nothing when the code of the role is not known.
    fn agent<'n, 'a>(
        &mut self,
        notice: &'n Node<'a>,
        [system_key, code_key]: [&'static str; 2],
    ) -> Option<Vec<&'n Node<'a>>> {
        let (system, code) = (self.binding(system_key)?, self.binding(code_key)?);
        Some(
            notice
                .list("agent")
                .iter()
                .filter(|agent| {
                    agent.codings("role").any(|coding| {
                        coding.text("system") == Some(system) && coding.text("code") == Some(code)
                    })
                })
                .collect(),
        )
    }

    /// A permit or consent that goes along is named by its extension and is the client's own.
    pub(super) fn consents(&mut self, notice: &Node<'_>, place: &str) {
        const EXTENSION: &str = "fhir.extension.consent";
        let consents = notice
            .list("contained")
            .iter()
            .enumerate()
            .filter(|(_, inner)| inner.resource_type() == Some("Consent"));
        for (index, consent) in consents {
            let patient = resolve(notice, consent.get("patient"));
            if patient.and_then(Node::resource_type) != Some("Patient") {
                self.push(
                    &rules::A_11,
                    format!("{place}.contained[{index}].patient"),
                    "luvan tai suostumuksen on koskettava ilmoituksen asiakasta",
                    "the permit or consent is about the client of the notice",
                );
            }
            let Some(url) = self.binding(EXTENSION) else {
                continue;
            };
            let is_named = notice.extensions(url).any(|extension| {
                resolve(notice, extension.get("valueReference"))
                    .is_some_and(|named| named.text("id") == consent.text("id"))
            });
            if !is_named {
                self.push_by(
                    &[EXTENSION],
                    &rules::A_11,
                    format!("{place}.extension"),
                    "lupaan tai suostumukseen viitataan sen laajennuksella",
                    "the permit or consent is named by its extension",
                );
            }
        }
    }
}
