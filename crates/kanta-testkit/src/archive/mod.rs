//! The test archive without its server: one message in, one answer out.
//!
//! It checks what is published of the real one (`[S]`): the identifiers of frame and document agree, temporary identifiers
//! are in two parts and name one client only, content fits its structure, versions follow each other, the organiser's
//! register is open to those who have a register-use right and another's to those whom the client permits; and that
//! the signature is valid and made by somebody it trusts. What the real archive checks besides is not known: to be
//! accepted here does not mean to be accepted there.

mod answer;
mod checks;
mod operation;
mod rights;
mod search;
mod store;
mod wills;

use std::path::Path;

use kanta_client::cda::structure::Structure;
use kanta_client::core::spec::Spec;
use kanta_client::core::{ClientIdentifier, InstanceIdentifier, Instant, Oid};
use kanta_client::frame::{MessageId, Request, read_request};
use kanta_client::sign::TrustAnchors;
use kanta_client::xml::Limits;

pub use checks::Refusal;
use operation::{Recognised, Wanted, recognise};
use store::Store;
pub(crate) use store::open_durable;
pub use store::{StoreError, StoredDocument};
pub use wills::Will;

/// The archive: what it knows, whom it trusts and what it holds.
pub struct Archive {
    spec: Spec,
    structures: Vec<Structure>,
    trusted: TrustAnchors,
    /// Which organisation a unit belongs to: never derived from its identifier.
    units: Vec<(Oid, Oid)>,
    store: Store,
    answers: u64,
}

/// How an answer differs from the ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Style {
    /// The acknowledgement code stands in a child element, as in the edition of 2008.
    #[default]
    Element,
    /// It stands in an attribute, as in the editions of 2005 and 2006.
    Attribute,
    /// A message that was accepted is only acknowledged as such (CA).
    OnlyAccepted,
}

impl Archive {
    /// Makes an empty archive in memory that knows some structures and trusts some authorities.
    ///
    /// # Errors
    /// [`StoreError`] when SQLite cannot be used.
    pub fn in_memory(
        spec: Spec,
        structures: Vec<Structure>,
        trusted: TrustAnchors,
    ) -> Result<Self, StoreError> {
        Ok(Self::new(spec, structures, trusted, Store::in_memory()?))
    }

    /// Opens an archive that keeps what it holds in a file; what was acknowledged is there after a crash.
    ///
    /// # Errors
    /// [`StoreError`] when SQLite cannot use the file.
    pub fn open(
        spec: Spec,
        structures: Vec<Structure>,
        trusted: TrustAnchors,
        path: &Path,
    ) -> Result<Self, StoreError> {
        Ok(Self::new(spec, structures, trusted, Store::open(path)?))
    }

    fn new(spec: Spec, structures: Vec<Structure>, trusted: TrustAnchors, store: Store) -> Self {
        Self {
            spec,
            structures,
            trusted,
            units: Vec::new(),
            store,
            answers: 0,
        }
    }

    /// Tells which organisation a unit belongs to, as the SOTE organisation register does.
    pub fn add_unit(&mut self, unit: Oid, organisation: Oid) {
        self.units.retain(|(known, _)| *known != unit);
        self.units.push((unit, organisation));
    }

    /// Sets what a client has allowed and forbidden.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept.
    pub fn set_will(&mut self, client: &ClientIdentifier, will: &Will) -> Result<(), StoreError> {
        self.store.set_will(&client.expose(), will)
    }

    /// Returns what the archive holds, in the order of arrival; annulled documents too.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn documents(&self) -> Result<Vec<StoredDocument>, StoreError> {
        self.store.all()
    }

    /// Answers one message; `now` is the archive's clock.
    pub fn answer(&mut self, message: &[u8], now: Instant) -> Vec<u8> {
        self.answer_in(Style::default(), message, now)
    }

    pub(crate) fn answer_in(&mut self, style: Style, message: &[u8], now: Instant) -> Vec<u8> {
        self.answers += 1;
        let head = answer::Head {
            now,
            number: self.answers,
            style,
        };
        let request = match read_request(message, &Limits::default()) {
            Ok(request) => request,
            Err(error) => {
                let refusal = Refusal::integrity("/", error.to_string());
                return answer::acknowledgement(&self.spec, &head, None, &[refusal]);
            }
        };
        let target = Some(&request.wrapper);
        match self.act(&request, now) {
            Ok(Done::Stored) => answer::acknowledgement(&self.spec, &head, target, &[]),
            Ok(Done::Found(found)) => answer::query_response(&self.spec, &head, &request, &found),
            Err(Failure::Refused(refusals)) => {
                answer::acknowledgement(&self.spec, &head, target, &refusals)
            }
            Err(Failure::Store(error)) => {
                let refusal = Refusal::new("TEST-DATABASE", "/", error.to_string());
                answer::acknowledgement(&self.spec, &head, target, &[refusal])
            }
        }
    }

    /// Answers one message with a refusal, whatever it is.
    pub(crate) fn refuse(&mut self, message: &[u8], now: Instant, refusal: &Refusal) -> Vec<u8> {
        self.answers += 1;
        let head = answer::Head {
            now,
            number: self.answers,
            style: Style::default(),
        };
        let request = read_request(message, &Limits::default()).ok();
        let target = request.as_ref().map(|request| &request.wrapper);
        answer::acknowledgement(&self.spec, &head, target, std::slice::from_ref(refusal))
    }

    fn act(&self, request: &Request, now: Instant) -> Result<Done, Failure> {
        let Recognised { key, wanted } = recognise(request, &self.spec).ok_or_else(|| {
            refused(Refusal::integrity(
                "/controlActProcess/reasonCode",
                "this archive does not know the service request",
            ))
        })?;
        self.check_wrapper(request, &key)?;
        if self
            .store
            .take_message(&request.wrapper.id, &key)?
            .is_none()
        {
            return Err(refused(Refusal::integrity(
                "/id",
                "a message with this identifier came before",
            )));
        }
        match wanted {
            Wanted::Store { .. } | Wanted::NewVersion { .. } => {
                let document = checks::check_store(request, &key, &wanted, self, now)?;
                self.store.insert(&document)?;
                let mut will = self.store.will(&document.client)?;
                if will.take_up(&document) {
                    self.store.set_will(&document.client, &will)?;
                }
                Ok(Done::Stored)
            }
            Wanted::Annul => {
                let id = checks::check_annulment(request, self, now)?;
                self.store.annul(&id)?;
                Ok(Done::Stored)
            }
            Wanted::Find { kind, access } => Ok(Done::Found(search::find(
                self, request, kind, &access, now,
            )?)),
        }
    }

    /// Checks the parts that every message has.
    fn check_wrapper(&self, request: &Request, key: &str) -> Result<(), Failure> {
        let wrapper = &request.wrapper;
        let mut refusals = Vec::new();
        let interaction = self
            .spec
            .text(&format!("message.operation.{key}.interaction"));
        if interaction != Ok(wrapper.interaction.as_str())
            || wrapper.stated_interaction.as_ref() != Some(&wrapper.interaction)
        {
            refusals.push(Refusal::integrity(
                "/interactionId",
                "the interaction is not the one of the service request",
            ));
        }
        let processing = self.spec.text("message.environment.test.processing_code");
        if wrapper.processing_code.as_deref() != processing.ok() {
            refusals.push(Refusal::integrity(
                "/processingCode",
                "the message is meant for another environment",
            ));
        }
        let will = ["disclosure_permission", "disclosure_ban", "will"];
        let receiver = if will.iter().any(|word| key.contains(word)) {
            "message.environment.test.will_receiver"
        } else {
            "message.environment.test.receiver"
        };
        if wrapper.receiver.as_ref().map(Oid::as_str) != self.spec.text(receiver).ok() {
            refusals.push(Refusal::integrity(
                "/receiver/device/id",
                "the message is meant for another receiver",
            ));
        }
        if refusals.is_empty() {
            Ok(())
        } else {
            Err(Failure::Refused(refusals))
        }
    }

    fn structure(&self, oid: &Oid) -> Option<&Structure> {
        self.structures
            .iter()
            .find(|structure| structure.oid() == oid)
    }

    /// Returns for whom the user of a request works: the organisation of the unit, else the sender.
    fn acting(&self, request: &Request) -> Option<Oid> {
        let named = request.user_organisation.as_ref()?;
        let of_unit = self
            .units
            .iter()
            .find(|(unit, _)| unit == named)
            .map(|(_, organisation)| organisation);
        let is_organisation = self.units.iter().any(|(_, known)| known == named);
        of_unit
            .or_else(|| is_organisation.then_some(named))
            .or(request.wrapper.sender.as_ref())
            .cloned()
    }

    /// Returns whether a unit may use a register for a client today.
    fn has_right(
        &self,
        unit: Option<&Oid>,
        keeper: &Oid,
        client: &InstanceIdentifier,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let day = kanta_client::core::TimeStamp::in_finland(now).date();
        let (Some(unit), Some(day)) = (unit, day) else {
            return Ok(false);
        };
        let relations = self.store.relations_of(client, keeper)?;
        Ok(relations
            .iter()
            .any(|relation| rights::gives_right(relation, unit, day)))
    }
}

/// What came of a message.
enum Done {
    Stored,
    Found(search::Found),
}

/// Why nothing came of a message.
#[derive(Debug)]
enum Failure {
    Refused(Vec<Refusal>),
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn refused(refusal: Refusal) -> Failure {
    Failure::Refused(vec![refusal])
}

/// The identifier of a query, for the answer.
fn query_id(request: &Request) -> Option<&MessageId> {
    request.query_id.as_ref()
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive")
            .field("answers", &self.answers)
            .finish_non_exhaustive()
    }
}
