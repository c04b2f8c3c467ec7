//! One entry of the use log.

use std::fmt;

use serde::{Serialize, Serializer};

use super::client::LoggedClient;
use crate::access::{Basis, WorkTask};
use crate::{
    CaseId, CodedValue, DocumentOid, InstanceIdentifier, Instant, OrganisationOid,
    PersonalIdentityCode,
};

/// One use or disclosure of client data, for the log (Finnish: käyttölokimerkintä).
///
/// The client library makes an entry of every message, a host one of what it shows from its own store; both go to the same log.
///
/// Serialises as one flat record whose keys stay: `at`, `action`, `request`, `user`, `work_task`, `authentication`, `unit`,
/// `organisation`, `joiner`, `register_keepers`, `client_root`, `client`, `client_key`, `client_hmac`, `documents`, `cases`,
/// `service_request`, `use_situations`, `basis`, `ground`, `purpose`, `message`, `result`, `answers`, `bundle`; what is not told
/// is left out. `Debug` shows neither user nor client.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UseLogEntry {
    /// When.
    pub at: Instant,
    /// What was done.
    pub action: LoggedAction,
    /// The request more closely, by the key of the spec bundle's operation, such as `search_disclosed`.
    pub request: Option<String>,
    /// Who did it.
    pub user: LoggedUser,
    /// The organisation that acted.
    pub organisation: OrganisationOid,
    /// The organisation whose system sent the message (Finnish: liittyjä).
    pub joiner: Option<OrganisationOid>,
    /// In whose registers.
    pub register_keepers: Vec<OrganisationOid>,
    /// About whom.
    pub client: LoggedClient,
    /// Which documents.
    pub documents: Vec<DocumentOid>,
    /// Which cases.
    pub cases: Vec<CaseId>,
    /// The service request of the message (Finnish: palvelupyyntö).
    pub service_request: Option<CodedValue>,
    /// The use situations of the message (Finnish: käyttötilanne).
    pub use_situations: Vec<CodedValue>,
    /// On what basis.
    pub basis: Option<Basis>,
    /// The ground of an extended search (Finnish: laajan tiedonhaun peruste).
    pub ground: Option<CodedValue>,
    /// Why, in the host's words without personal data (Finnish: käyttötarkoitus).
    pub purpose: Option<String>,
    /// The message.
    pub message: Option<InstanceIdentifier>,
    /// How it ended.
    pub result: LoggedResult,
    /// The codes of the archive's answer.
    pub answers: Vec<String>,
    /// Environment, names and hash of the spec bundle that the message was made with.
    pub bundle: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LoggedAction {
    /// A document was archived.
    Archive,
    /// A document was annulled.
    Annul,
    /// Documents were searched for.
    Search,
    /// A document was fetched.
    Fetch,
    /// A document was shown.
    Show,
    /// Data were given out past Kanta (Finnish: suoraluovutus).
    DirectDisclosure,
    /// A client's will was written down.
    RecordWill,
    /// A register-use right was granted or ended.
    ChangeRight,
}

/// Who did it. `Debug` does not show the id.
#[derive(Clone, PartialEq, Eq)]
pub struct LoggedUser {
    /// The host's own name for the user: not an identity code.
    pub id: String,
    /// The work task.
    pub work_task: Option<WorkTask>,
    /// How the user was recognised, as a word or a code.
    pub authentication: Option<String>,
    /// The unit where the user works.
    pub unit: OrganisationOid,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LoggedResult {
    /// It begins: the entry is kept before anything is sent.
    Begun,
    /// It succeeded.
    Succeeded,
    /// It was refused, here or by the archive.
    Refused,
    /// It failed, and nothing was used or given out.
    Failed,
    /// It is not known.
    Unknown,
}

impl UseLogEntry {
    /// Makes an entry that begins, about nobody yet.
    #[must_use]
    pub fn new(
        at: Instant,
        action: LoggedAction,
        user: LoggedUser,
        organisation: OrganisationOid,
    ) -> Self {
        Self {
            at,
            action,
            request: None,
            user,
            organisation,
            joiner: None,
            register_keepers: Vec::new(),
            client: LoggedClient::Omitted,
            documents: Vec::new(),
            cases: Vec::new(),
            service_request: None,
            use_situations: Vec::new(),
            basis: None,
            ground: None,
            purpose: None,
            message: None,
            result: LoggedResult::Begun,
            answers: Vec::new(),
            bundle: None,
        }
    }

    /// Names the client.
    #[must_use]
    pub fn about(mut self, client: LoggedClient) -> Self {
        self.client = client;
        self
    }

    /// Says on what basis.
    #[must_use]
    pub fn on(mut self, basis: Basis) -> Self {
        self.basis = Some(basis);
        self
    }

    /// Says how it ended.
    #[must_use]
    pub fn with_result(mut self, result: LoggedResult) -> Self {
        self.result = result;
        self
    }
}

impl LoggedUser {
    /// Makes a user of a unit.
    ///
    /// An identity code in place of the host's own name is left out: no log names a worker by it.
    #[must_use]
    pub fn new(id: impl Into<String>, unit: OrganisationOid) -> Self {
        let id: String = id.into();
        let is_code = PersonalIdentityCode::parse(id.trim()).is_ok();
        Self {
            id: if is_code { String::new() } else { id },
            work_task: None,
            authentication: None,
            unit,
        }
    }
}

/// The flat form of an entry.
#[derive(Serialize)]
struct Record<'e> {
    at: String,
    action: LoggedAction,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'e str>,
    user: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    work_task: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<&'e str>,
    unit: &'e str,
    organisation: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    joiner: Option<&'e str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    register_keepers: Vec<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_root: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_key: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_hmac: Option<&'e str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<&'e str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cases: Vec<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_request: Option<&'e str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    use_situations: Vec<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ground: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    result: LoggedResult,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: &'e Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bundle: Option<&'e str>,
}

impl Serialize for UseLogEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (client_root, client) = match &self.client {
            LoggedClient::Plain(identifier) => (
                Some(identifier.root.as_str()),
                identifier.extension.as_deref(),
            ),
            _ => (None, None),
        };
        let (client_key, client_hmac) = match &self.client {
            LoggedClient::Keyed { key, hmac } => (Some(key.as_str()), Some(hmac.as_str())),
            _ => (None, None),
        };
        let message = self
            .message
            .as_ref()
            .map(|message| match &message.extension {
                Some(extension) => format!("{}^{extension}", message.root),
                None => message.root.to_string(),
            });
        Record {
            at: self.at.to_utc_text(3),
            action: self.action,
            request: self.request.as_deref(),
            user: &self.user.id,
            work_task: self.user.work_task.as_ref().map(WorkTask::key),
            authentication: self.user.authentication.as_deref(),
            unit: self.user.unit.as_oid().as_str(),
            organisation: self.organisation.as_oid().as_str(),
            joiner: self.joiner.as_ref().map(|oid| oid.as_oid().as_str()),
            register_keepers: self
                .register_keepers
                .iter()
                .map(|oid| oid.as_oid().as_str())
                .collect(),
            client_root,
            client,
            client_key,
            client_hmac,
            documents: self
                .documents
                .iter()
                .map(|id| id.as_oid().as_str())
                .collect(),
            cases: self.cases.iter().map(|id| id.as_oid().as_str()).collect(),
            service_request: self.service_request.as_ref().map(CodedValue::code),
            use_situations: self.use_situations.iter().map(CodedValue::code).collect(),
            basis: self.basis.map(Basis::key),
            ground: self.ground.as_ref().map(CodedValue::code),
            purpose: self.purpose.as_deref(),
            message,
            result: self.result,
            answers: &self.answers,
            bundle: self.bundle.as_deref(),
        }
        .serialize(serializer)
    }
}

impl fmt::Debug for UseLogEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UseLogEntry")
            .field("at", &self.at)
            .field("action", &self.action)
            .field("request", &self.request)
            .field("client", &self.client)
            .field("documents", &self.documents)
            .field("basis", &self.basis)
            .field("result", &self.result)
            .field("answers", &self.answers)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LoggedUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggedUser")
            .field("unit", &self.unit)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::ClientInLog;
    use super::*;
    use crate::Oid;
    use crate::relation::fixture::{aino, organisation};

    fn entry() -> UseLogEntry {
        let user = LoggedUser::new("worker-17", organisation("21").oid);
        let at = Instant::parse("2026-09-01T08:00:00.5Z").unwrap();
        UseLogEntry::new(at, LoggedAction::Search, user, organisation("0").oid)
    }

    #[test]
    fn a_bare_entry_tells_what_it_must_and_no_more() {
        assert_eq!(
            serde_json::to_string(&entry()).unwrap(),
            r#"{"at":"2026-09-01T08:00:00.500Z","action":"search","user":"worker-17","unit":"1.2.246.10.99999999.10.21","organisation":"1.2.246.10.99999999.10.0","result":"begun"}"#
        );
    }

    #[test]
    fn no_worker_is_named_by_an_identity_code() {
        for (id, logged) in [
            ("090514A9226", ""),
            (" 090514A9226", ""),
            ("090514", "090514"),
        ] {
            let user = LoggedUser::new(id, organisation("21").oid);
            assert_eq!(user.id, logged);
        }
    }

    #[test]
    fn a_full_entry_is_one_flat_record() {
        let oid = |text: &str| Oid::parse(text).unwrap();
        let mut entry = entry()
            .about(ClientInLog::Plain.of(&aino().identifier()))
            .on(Basis::ExtendedRight)
            .with_result(LoggedResult::Refused);
        entry.user.work_task = Some(WorkTask::PublicArranging);
        entry.user.authentication = Some("professional-card".into());
        entry.request = Some("search_extended".into());
        entry.joiner = Some(organisation("0").oid);
        entry.register_keepers = vec![organisation("9").oid];
        entry.purpose = Some("testi".into());
        entry.bundle = Some("test kanta-default 0".into());
        entry.documents = vec![DocumentOid::new(oid("2.999.11.1"))];
        entry.cases = vec![CaseId::new(oid("2.999.8.1"))];
        entry.service_request = Some(CodedValue::new("TEST-SP", oid("2.999.1")));
        entry.use_situations = vec![CodedValue::new("1", oid("2.999.2"))];
        entry.ground = Some(CodedValue::new("TEST-GROUND", oid("2.999.3")));
        entry.message = Some(InstanceIdentifier {
            root: oid("2.999.4"),
            extension: Some("7".into()),
        });
        entry.answers = vec!["TEST-CODE".into()];
        let record = serde_json::to_value(&entry).unwrap();
        let code = aino().identity_code().unwrap().expose().to_owned();
        for (key, value) in [
            ("work_task", "public-arranging"),
            ("client_root", "1.2.246.21"),
            ("client", code.as_str()),
            ("service_request", "TEST-SP"),
            ("basis", "extended-right"),
            ("ground", "TEST-GROUND"),
            ("message", "2.999.4^7"),
            ("result", "refused"),
            ("authentication", "professional-card"),
            ("request", "search_extended"),
            ("purpose", "testi"),
        ] {
            assert_eq!(record[key], value, "{key}");
        }
        assert_eq!(record["answers"], serde_json::json!(["TEST-CODE"]));
        assert_eq!(record.as_object().unwrap().len(), 23);
        let debug = format!("{entry:?} {:?}", entry.user);
        assert!(!debug.contains("0905") && !debug.contains("worker-17"));
    }
}
