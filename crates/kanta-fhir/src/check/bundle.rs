//! The rules of the transaction: R4's bdl-1 to bdl-8, and Kanta's.

use std::collections::{BTreeMap, BTreeSet};

use kanta_core::Oid;

use super::client::{client_identifier, client_of};
use super::node::Node;
use super::{Checker, Subject};
use crate::rules;

impl Checker<'_> {
    pub(super) fn bundle(&mut self, bundle: &Node<'_>) {
        self.r4_bundle(bundle);
        if bundle.text("type") != Some("transaction") {
            self.push(
                &rules::B_01,
                "Bundle.type",
                "luovutusilmoitukset lähetetään tyypissä transaction",
                "disclosure notices are sent in a transaction",
            );
        }
        self.pairs(bundle);
        for (index, entry) in bundle.list("entry").iter().enumerate() {
            let place = format!("Bundle.entry[{index}]");
            self.entry(entry, &place);
            let Some(resource) = entry.get("resource") else {
                continue;
            };
            let place = format!("{place}.resource");
            match resource.resource_type() {
                Some("AuditEvent") => self.audit_event(resource, &place),
                Some("Provenance") => self.provenance(resource, &place),
                _ => self.push(
                    &rules::B_02,
                    place,
                    "lähetyksessä on vain AuditEvent- ja Provenance-resursseja",
                    "the transaction holds AuditEvent and Provenance only",
                ),
            }
        }
        self.signature(bundle);
    }

    fn r4_bundle(&mut self, bundle: &Node<'_>) {
        let kind = bundle.text("type").unwrap_or_default();
        if bundle.has("total") && !matches!(kind, "searchset" | "history") {
            self.push(
                &rules::BDL_1,
                "Bundle.total",
                "total on vain hakutuloksella ja historialla",
                "only a searchset or a history has a total",
            );
        }
        let wants_request = matches!(kind, "batch" | "transaction" | "history");
        let may_answer = matches!(kind, "batch-response" | "transaction-response" | "history");
        let mut addresses = BTreeSet::new();
        for (index, entry) in bundle.list("entry").iter().enumerate() {
            let place = format!("Bundle.entry[{index}]");
            if entry.has("search") && kind != "searchset" {
                self.push(
                    &rules::BDL_2,
                    format!("{place}.search"),
                    "search on vain hakutuloksella",
                    "only a searchset has search",
                );
            }
            if entry.has("request") != wants_request {
                self.push(
                    &rules::BDL_3,
                    format!("{place}.request"),
                    "request on oltava jokaisessa transaction-, batch- ja history-tietueessa eikä muissa",
                    "every entry of a transaction, batch or history has a request, and no other has",
                );
            }
            if entry.has("response") && !may_answer {
                self.push(
                    &rules::BDL_4,
                    format!("{place}.response"),
                    "response on vain vastauksessa ja historiassa",
                    "only an answer or a history has a response",
                );
            }
            if !["resource", "request", "response"]
                .iter()
                .any(|name| entry.has(name))
            {
                self.push(
                    &rules::BDL_5,
                    place.clone(),
                    "tietueessa ei ole resurssia, pyyntöä eikä vastausta",
                    "the entry has neither resource, request nor response",
                );
            }
            let Some(address) = entry.text("fullUrl") else {
                continue;
            };
            let version = entry
                .get("resource")
                .and_then(|resource| resource.get("meta"))
                .and_then(|meta| meta.text("versionId"));
            if kind != "history" && !addresses.insert((address, version)) {
                self.push(
                    &rules::BDL_7,
                    format!("{place}.fullUrl"),
                    "sama fullUrl on kahdesti",
                    "the fullUrl stands twice",
                );
            }
            if address.contains("/_history/") {
                self.push(
                    &rules::BDL_8,
                    format!("{place}.fullUrl"),
                    "fullUrl ei nimeä versiota",
                    "a fullUrl names no version",
                );
            }
        }
    }

    /// Checks that notices and provenances go in pairs and concern one person.
    fn pairs(&mut self, bundle: &Node<'_>) {
        let of_type = |wanted: &'static str| {
            bundle
                .list("entry")
                .iter()
                .enumerate()
                .filter(move |(_, entry)| {
                    entry.get("resource").and_then(Node::resource_type) == Some(wanted)
                })
        };
        let (notices, provenances) = (of_type("AuditEvent").count(), of_type("Provenance").count());
        if notices == 0 || notices != provenances {
            self.push(
                &rules::B_02,
                "Bundle.entry",
                "ilmoituksia on oltava ainakin yksi ja jokaisella omat metatietonsa (Provenance)",
                "there is one notice at least, and each has its Provenance",
            );
        }
        // Counted once: comparing each with each would take hours for an attacker's bundle.
        let mut notices_at = BTreeMap::new();
        for address in of_type("AuditEvent").filter_map(|(_, notice)| notice.text("fullUrl")) {
            *notices_at.entry(address).or_insert(0_usize) += 1;
        }
        let mut targets_at = BTreeMap::new();
        for (index, entry) in of_type("Provenance") {
            let targets = entry
                .get("resource")
                .map_or(&[][..], |resource| resource.list("target"));
            let mut references = targets.iter().filter_map(|target| target.text("reference"));
            for reference in references.clone() {
                *targets_at.entry(reference).or_insert(0_usize) += 1;
            }
            let hits = references
                .next()
                .and_then(|reference| notices_at.get(reference));
            if targets.len() != 1 || hits != Some(&1) {
                self.push(
                    &rules::B_03,
                    format!("Bundle.entry[{index}].resource.target"),
                    "metatiedot osoittavat yhteen saman lähetyksen ilmoitukseen (fullUrl)",
                    "a Provenance points to one notice of the transaction, by its fullUrl",
                );
            }
        }
        let mut first = None;
        for (index, entry) in of_type("AuditEvent") {
            if let Some(address) = entry.text("fullUrl")
                && targets_at.get(address).is_some_and(|count| *count > 1)
            {
                self.push(
                    &rules::B_03,
                    format!("Bundle.entry[{index}]"),
                    "ilmoitukseen osoittavat useammat metatiedot kuin yhdet",
                    "more than one Provenance points to the notice",
                );
            }
            let Some(client) = entry.get("resource").and_then(client_of) else {
                continue;
            };
            if *first.get_or_insert(client) != client {
                self.push(
                    &rules::B_04,
                    format!("Bundle.entry[{index}].resource"),
                    "lähetyksen kaikki ilmoitukset koskevat samaa henkilöä",
                    "all notices of a transaction are about the same person",
                );
            }
        }
    }

    fn entry(&mut self, entry: &Node<'_>, place: &str) {
        let resource = entry.get("resource");
        if let Some(request) = entry.get("request") {
            let is_conditional = request
                .members()
                .iter()
                .any(|(name, _)| name.starts_with("if"));
            if request.text("method") != Some("POST")
                || request.text("url") != resource.and_then(Node::resource_type)
                || is_conditional
            {
                self.push(
                    &rules::B_05,
                    format!("{place}.request"),
                    "pyyntö on POST resurssin tyyppiin, ilman ehtoja: rajapinta vain tallentaa",
                    "the request is a POST to the resource's type, without conditions: the interface only creates",
                );
            }
        }
        let address = resource
            .and_then(|resource| resource.text("id"))
            .map(|id| format!("urn:oid:{id}"));
        if address.is_none() || entry.text("fullUrl") != address.as_deref() {
            self.push(
                &rules::B_06,
                format!("{place}.fullUrl"),
                "fullUrl on urn:oid: ja resurssin id",
                "the fullUrl is urn:oid: and the resource's id",
            );
        }
    }

    fn signature(&mut self, bundle: &Node<'_>) {
        let Some(signature) = bundle.get("signature") else {
            return self.push(
                &rules::NOT_SIGNED,
                "Bundle.signature",
                "lähetystä ei ole allekirjoitettu: allekirjoita ennen lähettämistä",
                "the bundle is not signed: sign it before it is sent",
            );
        };
        if !signature.has("data") {
            self.push(
                &rules::B_07,
                "Bundle.signature.data",
                "allekirjoituksen arvo puuttuu",
                "the value of the signature is missing",
            );
        }
    }
}

/// Returns what a transaction of notices is known by; `None` when the input is none.
pub(super) fn subject(root: &Node<'_>) -> Option<Subject> {
    let notice = root
        .list("entry")
        .iter()
        .filter_map(|entry| entry.get("resource"))
        .find(|resource| resource.resource_type() == Some("AuditEvent"))?;
    Some(Subject {
        id: Oid::parse(notice.text("id")?).ok()?,
        client: client_identifier(client_of(notice)?)?,
    })
}
