//! What a client has allowed and forbidden, as far as the test archive needs it (kanta.fi).

use kanta_client::cda::relation::{read_bans, read_permission};
use kanta_client::core::will::BanTarget;
use kanta_client::core::{CodedValue, Oid};
use serde_json::{Value, json};

use super::StoredDocument;

/// A client's will: informing, permission and bans (Finnish: tahdonilmaisut).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Will {
    /// Whether the client was informed of Kanta: without it the permission counts for nothing.
    pub informed: bool,
    /// Whether the client permits disclosures inside social care.
    pub permission: bool,
    /// Register keepers whose documents are not disclosed.
    pub banned_register_keepers: Vec<Oid>,
    /// Codes of service tasks whose documents are not disclosed.
    pub banned_service_tasks: Vec<String>,
    /// Documents that are not disclosed, by their first version.
    pub banned_documents: Vec<Oid>,
}

impl Will {
    /// The will of a client who was informed, permits disclosures and bans nothing.
    #[must_use]
    pub fn permitting() -> Self {
        Self {
            informed: true,
            permission: true,
            ..Self::default()
        }
    }

    /// The same will with a ban on a register keeper's documents.
    #[must_use]
    pub fn banning_register_keeper(mut self, keeper: Oid) -> Self {
        self.banned_register_keepers.push(keeper);
        self
    }

    /// The same will with a ban on a service task's documents.
    #[must_use]
    pub fn banning_service_task(mut self, code: impl Into<String>) -> Self {
        self.banned_service_tasks.push(code.into());
        self
    }

    /// The same will with a ban on a document, named by its first version.
    #[must_use]
    pub fn banning_document(mut self, set_id: Oid) -> Self {
        self.banned_documents.push(set_id);
        self
    }

    /// Takes up what a permission or a document of bans says; a ban document holds all bans, so it replaces those before it.
    /// Returns whether the document was one.
    pub(super) fn take_up(&mut self, document: &StoredDocument) -> bool {
        let content = || document.structured_form();
        match document.kind.as_str() {
            "disclosure_permission" => {
                let permission = content().and_then(|content| read_permission(&content).ok());
                self.permission = permission.is_some_and(|permission| permission.permitted);
                true
            }
            "disclosure_ban" => {
                let bans = content().and_then(|content| read_bans(&content).ok());
                self.banned_register_keepers.clear();
                self.banned_service_tasks.clear();
                self.banned_documents.clear();
                for ban in bans.into_iter().flat_map(|bans| bans.bans) {
                    self.add(&ban.target);
                }
                true
            }
            _ => false,
        }
    }

    fn add(&mut self, target: &BanTarget) {
        match target {
            BanTarget::RegisterKeepers(keepers) => {
                let keepers = keepers.iter().map(|keeper| keeper.oid().as_oid().clone());
                self.banned_register_keepers.extend(keepers);
            }
            BanTarget::ServiceTasks(tasks) => {
                let codes = tasks.iter().map(|task| CodedValue::from(task.clone()));
                let codes = codes.map(|code| code.code().to_owned());
                self.banned_service_tasks.extend(codes);
            }
            BanTarget::Documents(documents) => {
                let documents = documents.iter().map(|banned| banned.oid.as_oid().clone());
                self.banned_documents.extend(documents);
            }
            // What is not understood is not passed over: nothing is disclosed.
            _ => self.permission = false,
        }
    }

    /// Returns whether disclosures are permitted at all.
    pub(super) fn permits(&self) -> bool {
        self.informed && self.permission
    }

    /// Returns whether a ban hits a document.
    pub(super) fn bans(&self, document: &StoredDocument) -> bool {
        self.banned_register_keepers
            .contains(&document.register_keeper)
            || self.banned_documents.contains(document.set_id.as_oid())
            || self.banned_documents.contains(document.id.as_oid())
            || document
                .service_task
                .as_ref()
                .is_some_and(|task| self.banned_service_tasks.contains(task))
    }

    pub(super) fn to_json(&self) -> String {
        let texts = |oids: &[Oid]| oids.iter().map(Oid::to_string).collect::<Vec<_>>();
        json!({
            "informed": self.informed,
            "permission": self.permission,
            "registerKeepers": texts(&self.banned_register_keepers),
            "serviceTasks": self.banned_service_tasks,
            "documents": texts(&self.banned_documents),
        })
        .to_string()
    }

    pub(super) fn from_json(json: &str) -> Self {
        let value: Value = serde_json::from_str(json).unwrap_or_default();
        let texts = |key: &str| -> Vec<String> {
            let list = value[key].as_array().into_iter().flatten();
            list.filter_map(|text| Some(text.as_str()?.to_owned()))
                .collect()
        };
        let oids = |key: &str| -> Vec<Oid> {
            texts(key)
                .iter()
                .filter_map(|text| Oid::parse(text).ok())
                .collect()
        };
        Self {
            informed: value["informed"].as_bool().unwrap_or_default(),
            permission: value["permission"].as_bool().unwrap_or_default(),
            banned_register_keepers: oids("registerKeepers"),
            banned_service_tasks: texts("serviceTasks"),
            banned_documents: oids("documents"),
        }
    }
}
