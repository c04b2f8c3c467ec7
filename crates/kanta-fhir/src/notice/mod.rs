//! The disclosure notice as the domain has it: who disclosed what, of whom, to whom, when and on what ground.
//!
//! Nothing here knows FHIR. One event of disclosure is one notice, which gathers everything that was disclosed in it
//! (disclosure guide, `[S]`).

mod batch;
mod data;
mod parties;

use std::fmt;

use kanta_core::metadata::{DocumentMetadata, Software};
use kanta_core::{ClientIdentifier, Date, Finding, Instant, Oid, Report};

pub use batch::NoticeBatch;
pub use data::{DisclosedData, OriginalServiceTask, What};
pub use parties::{Discloser, NamedCode, Recipient};

use crate::rules;

/// The identifier that the sender gives to a notice, or to its provenance, for the time of the transfer.
///
/// The register makes the lasting one when it stores the notice. An OID of at most 64 characters, since FHIR takes no longer
/// `id`; below a root of the sender's own, from a counter that never repeats.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TransferId(Oid);

impl TransferId {
    /// Checks the length.
    ///
    /// # Errors
    /// [`NoticeError`] with the finding `KANTA-NOTICE-ID` when the OID has more than 64 characters.
    pub fn new(oid: Oid) -> Result<Self, NoticeError> {
        if oid.as_str().len() <= 64 {
            return Ok(Self(oid));
        }
        Err(NoticeError::from(rules::NOTICE_ID.finding(
            "id",
            "tunnus on yli 64 merkkiä: anna lyhyempi OID",
            "the identifier has more than 64 characters: give a shorter OID",
        )))
    }

    /// Returns the OID.
    #[must_use]
    pub fn as_oid(&self) -> &Oid {
        &self.0
    }
}

/// The language of a notice (Finnish: kieli).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum NoticeLanguage {
    /// Finnish.
    #[default]
    Finnish,
    /// Swedish.
    Swedish,
    /// English.
    English,
}

impl NoticeLanguage {
    /// Returns the tag of BCP 47.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Finnish => "fi",
            Self::Swedish => "sv",
            Self::English => "en",
        }
    }
}

/// On what the right to disclose rests (Finnish: luovutuksen peruste).
///
/// A permit or a consent that the will service (Tahdonilmaisupalvelu) does not hold goes along with the notice
/// (disclosure guide, `[S]`): so it cannot be named without what the notice has to say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Basis {
    /// A statute.
    Statute,
    /// A permit or consent that the will service holds.
    StoredWill,
    /// A permit (luovutuslupa) that is not in the will service: a disclosure within social and health care.
    Permit(Permit),
    /// A consent (suostumus) that is not in the will service: a disclosure to somebody outside.
    Consent(Permit),
}

impl Basis {
    /// Returns the permit or consent that goes along with the notice.
    #[must_use]
    pub fn permit(&self) -> Option<&Permit> {
        match self {
            Self::Permit(permit) | Self::Consent(permit) => Some(permit),
            Self::Statute | Self::StoredWill => None,
        }
    }
}

/// A permit or consent given by the client or a legal representative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    /// The day on which it was given.
    pub given_on: Date,
}

/// The parts of a notice; [`DisclosureNotice::new`] checks them.
#[derive(Debug, Clone)]
pub struct Disclosure {
    /// The identifier of the notice.
    pub id: TransferId,
    /// The identifier of its provenance.
    pub provenance_id: TransferId,
    /// The language of names and descriptions.
    pub language: NoticeLanguage,
    /// When the data were disclosed (Finnish: luovutushetki).
    pub disclosed_at: Instant,
    /// When the notice was made.
    pub recorded_at: Instant,
    /// The kind of disclosure (Finnish: luovutuksen tyyppi).
    pub kind: NamedCode,
    /// The purpose of the disclosure (Finnish: käyttötarkoitus).
    pub purpose: NamedCode,
    /// On what the right to disclose rests.
    pub basis: Basis,
    /// The client whose data were disclosed: one identifier.
    pub client: ClientIdentifier,
    /// Who disclosed.
    pub discloser: Discloser,
    /// To whom.
    pub recipient: Recipient,
    /// The program that reports the event.
    pub software: Software,
}

/// A disclosure notice (Finnish: luovutusilmoitus): one event of disclosure past Kanta.
///
/// What cannot be said does not compile: a notice without a data set, a data set without a service task or without telling
/// what it is, a permit outside the will service without its particulars. `Debug` shows no personal data.
///
/// ```
/// use kanta_core::codes::{DocumentType, ServiceTask};
/// use kanta_fhir::notice::{DisclosedData, What};
///
/// let plan = DisclosedData::new(
///     ServiceTask::FAMILIES_WITH_CHILDREN,
///     What::general_type(DocumentType::PLAN).with_description("Asiakassuunnitelma, kevät 2026")?,
/// );
/// assert_eq!(plan.service_tasks().len(), 1);
/// # Ok::<(), kanta_fhir::notice::NoticeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct DisclosureNotice {
    disclosure: Disclosure,
    data: Vec<DisclosedData>,
}

impl DisclosureNotice {
    /// Makes a notice of one data set; [`DisclosureNotice::with_data`] adds others of the same event.
    ///
    /// # Errors
    /// [`NoticeError`] with every finding: the two identifiers are one, the client's identifier was not recognised, a name is
    /// empty.
    pub fn new(disclosure: Disclosure, data: DisclosedData) -> Result<Self, NoticeError> {
        let report = check(&disclosure);
        if report.has_errors() {
            return Err(NoticeError(report));
        }
        Ok(Self {
            disclosure,
            data: vec![data],
        })
    }

    /// Makes a notice of the documents that were handed out, one data set each.
    ///
    /// # Errors
    /// [`NoticeError`] with every finding: those of [`DisclosureNotice::new`], no document at all, a document of another
    /// client or another register, a document that does not tell what it is.
    pub fn of_documents<'d>(
        disclosure: Disclosure,
        documents: impl IntoIterator<Item = &'d DocumentMetadata>,
    ) -> Result<Self, NoticeError> {
        let mut report = check(&disclosure);
        let mut data = Vec::new();
        for document in documents {
            report.extend(check_document(&disclosure, document));
            match DisclosedData::of_document(document) {
                Ok(set) => data.push(set),
                Err(NoticeError(findings)) => report.extend(findings),
            }
        }
        if data.is_empty() && !report.has_errors() {
            report.push(rules::NOTICE_NONE.finding(
                "data",
                "ei yhtään luovutettua asiakirjaa: anna ainakin yksi",
                "no document was handed out: give one at least",
            ));
        }
        if report.has_errors() {
            return Err(NoticeError(report));
        }
        Ok(Self { disclosure, data })
    }

    /// Adds a data set that was disclosed in the same event.
    #[must_use]
    pub fn with_data(mut self, data: DisclosedData) -> Self {
        self.data.push(data);
        self
    }

    /// Returns the parts.
    #[must_use]
    pub fn disclosure(&self) -> &Disclosure {
        &self.disclosure
    }

    /// Returns the data sets, one at least.
    #[must_use]
    pub fn data(&self) -> &[DisclosedData] {
        &self.data
    }
}

fn check(disclosure: &Disclosure) -> Report {
    let mut report = Report::new();
    if disclosure.id == disclosure.provenance_id {
        report.push(rules::NOTICE_ID.finding(
            "provenance_id",
            "ilmoituksella ja sen metatiedoilla on sama tunnus: anna kummallekin oma",
            "the notice and its provenance have the same identifier: give each its own",
        ));
    }
    if matches!(disclosure.client, ClientIdentifier::Unrecognised(_)) {
        report.push(rules::NOTICE_CLIENT.finding(
            "client",
            "asiakkaan tunnus ei ole henkilötunnus eikä tilapäinen yksilöintitunnus",
            "the client's identifier is neither a personal identity code nor a temporary identifier",
        ));
    }
    if !disclosure.discloser.professional.name.is_complete() {
        report.push(empty("discloser.professional.name"));
    }
    for (place, text) in [
        ("discloser.title", &disclosure.discloser.title),
        ("software.product", &disclosure.software.product),
        ("software.version", &disclosure.software.version),
    ] {
        if text.trim().is_empty() {
            report.push(empty(place));
        }
    }
    if let Recipient::OtherOrganisation { name } = &disclosure.recipient
        && name.trim().is_empty()
    {
        report.push(empty("recipient.name"));
    }
    report
}

/// Checks that a document is the client's and of the register that is named.
fn check_document(disclosure: &Disclosure, document: &DocumentMetadata) -> Option<Finding> {
    let client = document.client.as_ref().map(|client| &client.identifier);
    let keeper = document.register_keeper.as_ref().map(|keeper| &keeper.oid);
    let (finnish, english) = if client != Some(&disclosure.client) {
        (
            "asiakirja ei koske samaa asiakasta kuin ilmoitus: tee siitä oma ilmoitus",
            "the document is not about the client of the notice: make a notice of its own",
        )
    } else if keeper != Some(disclosure.discloser.register_keeper.oid()) {
        (
            "asiakirja on toisen rekisterinpitäjän: tee siitä oma ilmoitus",
            "the document is another register keeper's: make a notice of its own",
        )
    } else {
        return None;
    };
    Some(rules::NOTICE_DOCUMENT.finding(document.id.to_string(), finnish, english))
}

fn empty(place: &str) -> Finding {
    rules::NOTICE_EMPTY.finding(
        place,
        "tieto on tyhjä: anna se",
        "the text is empty: give it",
    )
}

/// A notice, or a batch of notices, that cannot be: every reason as a finding (`KANTA-FHIR-NOTICE`).
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("the notice cannot be made: {0} [KANTA-FHIR-NOTICE]")]
pub struct NoticeError(Report);

impl NoticeError {
    /// Returns the findings.
    #[must_use]
    pub fn findings(&self) -> &Report {
        &self.0
    }

    pub(crate) fn new(findings: Report) -> Self {
        Self(findings)
    }
}

impl fmt::Debug for NoticeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoticeError({})", self.0)
    }
}

impl From<Finding> for NoticeError {
    fn from(finding: Finding) -> Self {
        Self([finding].into_iter().collect())
    }
}
