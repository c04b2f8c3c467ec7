//! Kanta's rules of a notice and of its provenance, as far as they are known.

use kanta_core::spec::Environment;
use kanta_core::{ClientIdentifier, InstanceIdentifier, Instant, Oid};

use super::Checker;
use super::invariants::resolve;
use super::node::Node;
use crate::mapping::URN;
use crate::notice::OriginalServiceTask;
use crate::rules;

const DATA_SET: &str = "fhir.extension.disclosed_data.url";
const SERVICE_TASKS: &str = "urn:oid:1.2.246.537.6.1221.201601";

impl Checker<'_> {
    pub(super) fn audit_event(&mut self, notice: &Node<'_>, place: &str) {
        self.contained(notice, place);
        self.identified(notice, place);
        self.profile(notice, place, "fhir.profile.audit_event");
        self.contained_profiles(notice, place);
        for (name, node) in [
            ("action", Some(notice)),
            ("outcome", Some(notice)),
            ("outcomeDesc", Some(notice)),
            ("end", notice.get("period")),
        ] {
            if node.is_some_and(|node| node.has(name)) {
                let path = if name == "end" { "period.end" } else { name };
                self.push(
                    &rules::A_03,
                    format!("{place}.{path}"),
                    "profiili kieltää elementin: poista se",
                    "the profile forbids the element: leave it out",
                );
            }
        }
        self.times(notice, place);
        self.kind(notice, place);
        self.agents(notice, place);
        self.consents(notice, place);
        self.data_sets(notice, place);
        self.client(notice, place);
        self.data_type_pattern(notice, place);
    }

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
            let known = codings(agent.list("role")).any(|coding| {
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

    fn identified(&mut self, resource: &Node<'_>, place: &str) {
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

    fn profile(&mut self, resource: &Node<'_>, place: &str, key: &'static str) {
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

    fn contained_profiles(&mut self, resource: &Node<'_>, place: &str) {
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

    fn times(&mut self, notice: &Node<'_>, place: &str) {
        let start = notice.get("period").and_then(|period| period.text("start"));
        if start.is_none() {
            self.push(
                &rules::A_04,
                format!("{place}.period.start"),
                "luovutuksen ajankohta puuttuu",
                "the time of the disclosure is missing",
            );
        }
        let parsed = |text: Option<&str>| Instant::parse(text?).ok();
        if let (Some(start), Some(recorded)) = (parsed(start), parsed(notice.text("recorded")))
            && recorded < start
        {
            self.push(
                &rules::A_05,
                format!("{place}.recorded"),
                "ilmoitus on tehty ennen luovutusta",
                "the notice was made before the disclosure",
            );
        }
    }

    fn kind(&mut self, notice: &Node<'_>, place: &str) {
        if notice.list("subtype").len() > 1 {
            self.push(
                &rules::A_07,
                format!("{place}.subtype"),
                "alatyyppejä on enintään yksi",
                "there is at most one subtype",
            );
        }
        const KEY: &str = "fhir.extension.disclosure_type";
        let Some(url) = self.binding(KEY) else {
            return;
        };
        let kinds: Vec<&Node<'_>> = notice.extensions(url).collect();
        if !matches!(kinds[..], [kind] if kind.has("valueCoding")) {
            self.push_by(
                &[KEY],
                &rules::A_06,
                format!("{place}.extension"),
                "luovutuksen tyyppi annetaan täsmälleen kerran, koodina",
                "the kind of disclosure is given exactly once, as a coding",
            );
        }
    }

    fn agents(&mut self, notice: &Node<'_>, place: &str) {
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
                    codings(agent.list("role")).any(|coding| {
                        coding.text("system") == Some(system) && coding.text("code") == Some(code)
                    })
                })
                .collect(),
        )
    }

    /// A permit or consent that goes along is named by its extension and is the client's own.
    fn consents(&mut self, notice: &Node<'_>, place: &str) {
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

    fn data_sets(&mut self, notice: &Node<'_>, place: &str) {
        let Some(url) = self.binding(DATA_SET) else {
            return;
        };
        let mut found = false;
        for (index, entity) in notice.list("entity").iter().enumerate() {
            for set in entity.extensions(url) {
                found = true;
                self.data_set(set, &format!("{place}.entity[{index}]"));
            }
        }
        if !found {
            self.push_by(
                &[DATA_SET],
                &rules::A_12,
                format!("{place}.entity"),
                "luovutettuja tietokokonaisuuksia on oltava ainakin yksi",
                "there is one disclosed data set at least",
            );
        }
    }

    fn data_set(&mut self, set: &Node<'_>, place: &str) {
        const TASK: &str = "fhir.extension.disclosed_data.service_task";
        if let Some(url) = self.binding(TASK) {
            let systems: Vec<Option<&str>> = set
                .extensions(url)
                .map(|task| {
                    task.get("valueCoding")
                        .and_then(|coding| coding.text("system"))
                })
                .collect();
            if !systems.contains(&Some(SERVICE_TASKS)) {
                self.push_by(
                    &[DATA_SET, TASK],
                    &rules::A_12,
                    place,
                    "tietokokonaisuudelta puuttuu palvelutehtävä",
                    "the data set has no service task",
                );
            }
            let known = [
                SERVICE_TASKS,
                OriginalServiceTask::SYSTEM_1989,
                OriginalServiceTask::SYSTEM_2011,
            ];
            if !systems
                .iter()
                .all(|system| system.is_some_and(|system| known.contains(&system)))
            {
                self.push_by(
                    &[DATA_SET, TASK],
                    &rules::A_13,
                    place,
                    "palvelutehtävä on nykyisestä luokituksesta, alkuperäinen vuoden 1989 tai 2011 luokituksesta",
                    "a service task is of the present classification, an original one of that of 1989 or 2011",
                );
            }
        }
        let keys = [
            "fhir.extension.disclosed_data.general_type",
            "fhir.extension.disclosed_data.specified_type",
            "fhir.extension.disclosed_data.description",
        ];
        let urls: Vec<&str> = keys
            .into_iter()
            .filter_map(|key| self.binding(key))
            .collect();
        let tells = urls.iter().any(|url| set.extensions(url).next().is_some());
        if urls.len() == keys.len() && !tells {
            self.push_by(
                &[[DATA_SET].as_slice(), &keys].concat(),
                &rules::A_12,
                place,
                "tietokokonaisuus ei kerro, mitä luovutettiin: anna yleinen tai tarkennettu asiakirjatyyppi tai selite",
                "the data set does not tell what was disclosed: give the general or the specified document type, or a \
                 description",
            );
        }
    }

    fn client(&mut self, notice: &Node<'_>, place: &str) {
        let mut patients = notice
            .list("contained")
            .iter()
            .enumerate()
            .filter(|(_, inner)| inner.resource_type() == Some("Patient"));
        let (Some((index, patient)), None) = (patients.next(), patients.next()) else {
            return self.push(
                &rules::A_14,
                format!("{place}.contained"),
                "ilmoituksessa on täsmälleen yksi asiakas (Patient)",
                "a notice has exactly one client (Patient)",
            );
        };
        let place = format!("{place}.contained[{index}].identifier");
        let [identifier] = patient.list("identifier") else {
            return self.push(
                &rules::A_14,
                place,
                "asiakkaalla on täsmälleen yksi tunnus",
                "the client has exactly one identifier",
            );
        };
        let client = written(identifier).and_then(client_identifier);
        if identifier.has("use") || matches!(client, None | Some(ClientIdentifier::Unrecognised(_)))
        {
            self.push(
                &rules::A_14,
                format!("{place}[0]"),
                "asiakkaan tunnus on kelvollinen henkilötunnus tai tilapäinen yksilöintitunnus, ilman käyttötietoa (use)",
                "the client's identifier is a valid identity code or temporary identifier, without a use",
            );
        }
        if self.spec.environment() != Environment::Production
            && client.is_some_and(|client| client.can_be_a_real_person())
        {
            self.push(
                &rules::NOTICE_REAL_PERSON,
                format!("{place}[0]"),
                "henkilötunnus voi olla oikean ihmisen: testiympäristöihin lähetetään vain keinotekoisia",
                "the identity code can be a real person's: only artificial ones go to test environments",
            );
        }
    }

    /// The pattern of data types in the profile: codes with system and name, references by address only, no element ids.
    fn data_type_pattern(&mut self, notice: &Node<'_>, place: &str) {
        let mut places = Vec::new();
        let observer = format!("{place}.source.observer");
        notice.each_object(place, &mut |node, path| {
            let member = path.rsplit('.').next().unwrap_or_default();
            let name = member.split('[').next().unwrap_or_default();
            let is_resource = node.has("resourceType");
            if !is_resource && node.has("id") {
                places.push((
                    format!("{path}.id"),
                    "elementillä ei ole tunnusta",
                    "an element has no id",
                ));
            }
            let is_coding = matches!(name, "coding" | "valueCoding" | "subtype")
                || (name == "type" && path == format!("{place}.type"));
            if is_coding {
                let complete = ["system", "code", "display"]
                    .iter()
                    .all(|part| node.has(part));
                if !complete || node.has("version") || node.has("userSelected") {
                    places.push((
                        path.to_owned(),
                        "koodilla on koodisto, koodi ja nimi eikä muuta",
                        "a coding has system, code and display, and nothing else",
                    ));
                }
            }
            let only_reference = node.has("reference")
                && path != observer
                && ["type", "identifier", "display"]
                    .iter()
                    .any(|part| node.has(part));
            if only_reference {
                places.push((
                    path.to_owned(),
                    "viittauksessa on vain reference",
                    "a reference has its address only",
                ));
            }
        });
        for (place, finnish, english) in places {
            self.push(&rules::A_15, place, finnish, english);
        }
    }
}

/// The codings of some concepts.
fn codings<'n, 'a>(concepts: &'n [Node<'a>]) -> impl Iterator<Item = &'n Node<'a>> {
    concepts.iter().flat_map(|concept| concept.list("coding"))
}

/// Returns the client's identifier of a notice as it is written: system and value.
pub(super) fn client_of<'n>(notice: &'n Node<'_>) -> Option<(&'n str, &'n str)> {
    let patient = notice
        .list("contained")
        .iter()
        .find(|inner| inner.resource_type() == Some("Patient"))?;
    written(patient.list("identifier").first()?)
}

fn written<'n>(identifier: &'n Node<'_>) -> Option<(&'n str, &'n str)> {
    Some((identifier.text("system")?, identifier.text("value")?))
}

/// Reads an identifier, given by system and value, in either of the two forms that are in use.
pub(super) fn client_identifier((system, value): (&str, &str)) -> Option<ClientIdentifier> {
    let (root, extension) = if system == URN {
        let rest = value.strip_prefix("urn:oid:")?;
        let (root, extension) = rest.rsplit_once('.')?;
        (Oid::parse(root).ok()?, extension)
    } else {
        (Oid::parse_urn(system).ok()?, value)
    };
    Some(ClientIdentifier::from_message(InstanceIdentifier {
        root,
        extension: Some(extension.to_owned()),
    }))
}
