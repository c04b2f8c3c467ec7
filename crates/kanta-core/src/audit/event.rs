//! One event.

use std::fmt;

use serde::{Serialize, Serializer};

use super::client::AuditClient;
use crate::access::{Basis, WorkTask};
use crate::{CaseId, CodedValue, DocumentOid, InstanceIdentifier, Instant, OrganisationOid};

/// One use or disclosure of client data, for the log (Finnish: käyttölokimerkintä).
///
/// Serialises as one flat record whose keys stay: `at`, `action`, `user`, `work_task`, `unit`, `organisation`,
/// `register_keeper`, `client_root`, `client`, `client_key`, `client_hmac`, `documents`, `cases`, `service_request`,
/// `use_situations`, `basis`, `ground`, `message`, `result`, `answer`; what is not told is left out. `Debug` shows neither user nor
/// client.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEvent {
    /// When.
    pub at: Instant,
    /// What was done.
    pub action: AuditAction,
    /// Who did it.
    pub user: AuditUser,
    /// The organisation that acted.
    pub organisation: OrganisationOid,
    /// In whose register.
    pub register_keeper: Option<OrganisationOid>,
    /// About whom.
    pub client: AuditClient,
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
    /// The message.
    pub message: Option<InstanceIdentifier>,
    /// How it ended.
    pub result: AuditResult,
    /// The code of the archive's answer.
    pub answer: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AuditAction {
    /// A document was archived.
    Archive,
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
pub struct AuditUser {
    /// The host's own name for the user: not an identity code.
    pub id: String,
    /// The work task.
    pub work_task: Option<WorkTask>,
    /// The unit where the user works.
    pub unit: OrganisationOid,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AuditResult {
    /// It begins: the event is recorded before anything is sent.
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

impl AuditEvent {
    /// Makes an event that begins, about nobody yet.
    #[must_use]
    pub fn new(
        at: Instant,
        action: AuditAction,
        user: AuditUser,
        organisation: OrganisationOid,
    ) -> Self {
        Self {
            at,
            action,
            user,
            organisation,
            register_keeper: None,
            client: AuditClient::Omitted,
            documents: Vec::new(),
            cases: Vec::new(),
            service_request: None,
            use_situations: Vec::new(),
            basis: None,
            ground: None,
            message: None,
            result: AuditResult::Begun,
            answer: None,
        }
    }

    /// Names the client.
    #[must_use]
    pub fn about(mut self, client: AuditClient) -> Self {
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
    pub fn with_result(mut self, result: AuditResult) -> Self {
        self.result = result;
        self
    }
}

impl AuditAction {
    /// Returns whether the action uses or gives out data: such an action does not go on unlogged by default.
    #[must_use]
    pub fn uses_data(self) -> bool {
        match self {
            Self::Search | Self::Fetch | Self::Show | Self::DirectDisclosure => true,
            Self::Archive | Self::RecordWill | Self::ChangeRight => false,
        }
    }
}

impl AuditUser {
    /// Makes a user of a unit.
    #[must_use]
    pub fn new(id: impl Into<String>, unit: OrganisationOid) -> Self {
        Self {
            id: id.into(),
            work_task: None,
            unit,
        }
    }
}

/// The flat form of an event.
#[derive(Serialize)]
struct Record<'e> {
    at: String,
    action: AuditAction,
    user: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    work_task: Option<&'e str>,
    unit: &'e str,
    organisation: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    register_keeper: Option<&'e str>,
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
    message: Option<String>,
    result: AuditResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'e str>,
}

impl Serialize for AuditEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (client_root, client) = match &self.client {
            AuditClient::Plain(identifier) => (
                Some(identifier.root.as_str()),
                identifier.extension.as_deref(),
            ),
            _ => (None, None),
        };
        let (client_key, client_hmac) = match &self.client {
            AuditClient::Keyed { key, hmac } => (Some(key.as_str()), Some(hmac.as_str())),
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
            user: &self.user.id,
            work_task: self.user.work_task.as_ref().map(WorkTask::key),
            unit: self.user.unit.as_oid().as_str(),
            organisation: self.organisation.as_oid().as_str(),
            register_keeper: self
                .register_keeper
                .as_ref()
                .map(|oid| oid.as_oid().as_str()),
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
            message,
            result: self.result,
            answer: self.answer.as_deref(),
        }
        .serialize(serializer)
    }
}

impl fmt::Debug for AuditEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditEvent")
            .field("at", &self.at)
            .field("action", &self.action)
            .field("client", &self.client)
            .field("documents", &self.documents)
            .field("basis", &self.basis)
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AuditUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditUser")
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

    fn event() -> AuditEvent {
        let user = AuditUser::new("worker-17", organisation("21").oid);
        let at = Instant::parse("2026-09-01T08:00:00.5Z").unwrap();
        AuditEvent::new(at, AuditAction::Search, user, organisation("0").oid)
    }

    #[test]
    fn a_bare_event_tells_what_it_must_and_no_more() {
        assert_eq!(
            serde_json::to_string(&event()).unwrap(),
            r#"{"at":"2026-09-01T08:00:00.500Z","action":"search","user":"worker-17","unit":"1.2.246.10.99999999.10.21","organisation":"1.2.246.10.99999999.10.0","result":"begun"}"#
        );
    }

    #[test]
    fn a_full_event_is_one_flat_record() {
        let oid = |text: &str| Oid::parse(text).unwrap();
        let mut event = event()
            .about(ClientInLog::Plain.of(&aino()))
            .on(Basis::ExtendedRight)
            .with_result(AuditResult::Refused);
        event.user.work_task = Some(WorkTask::PublicArranging);
        event.register_keeper = Some(organisation("9").oid);
        event.documents = vec![DocumentOid::new(oid("2.999.11.1"))];
        event.cases = vec![CaseId::new(oid("2.999.8.1"))];
        event.service_request = Some(CodedValue::new("TEST-SP", oid("2.999.1")));
        event.use_situations = vec![CodedValue::new("1", oid("2.999.2"))];
        event.ground = Some(CodedValue::new("TEST-GROUND", oid("2.999.3")));
        event.message = Some(InstanceIdentifier {
            root: oid("2.999.4"),
            extension: Some("7".into()),
        });
        event.answer = Some("TEST-CODE".into());
        let record = serde_json::to_value(&event).unwrap();
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
            ("answer", "TEST-CODE"),
        ] {
            assert_eq!(record[key], value, "{key}");
        }
        assert_eq!(record.as_object().unwrap().len(), 18);
        let debug = format!("{event:?} {:?}", event.user);
        assert!(!debug.contains("0905") && !debug.contains("worker-17"));
    }
}
