//! Whom a notice is about.

use kanta_core::spec::Environment;
use kanta_core::{ClientIdentifier, InstanceIdentifier, Oid};

use super::Checker;
use super::node::Node;
use crate::mapping::URN;
use crate::rules;

impl Checker<'_> {
    pub(super) fn client(&mut self, notice: &Node<'_>, place: &str) {
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
