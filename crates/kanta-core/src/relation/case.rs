//! The case.

use std::fmt;

use crate::codes::{CaseKind, CaseState, ServiceTask};
use crate::spec::{Spec, SpecError};
use crate::{
    CaseId, ClientIdentity, Date, InvalidValue, PersonName, Report, ServiceOrganiser, TimeStamp,
    VersionNumber,
};

/// A case, as one version of its case document describes it (Finnish: asia, asia-asiakirja; Sosmeta 1505.2, `[S]`).
///
/// Belongs to one service task. An ordinary case has one client; a joint case (Finnish: yhteinen asia) has several, each with
/// the moment of joining. `Debug` shows no personal data.
///
/// ```
/// use kanta_core::codes::{CaseKind, ServiceTask};
/// use kanta_core::relation::{Case, CaseClient, CaseOpening, CaseStates};
/// use kanta_core::{
///     CaseId, ClientIdentity, Date, Organisation, OrganisationOid, PersonName, PersonalIdentityCode, ServiceOrganiser,
///     TimeStamp,
/// };
/// # use kanta_core::codes::CaseState;
/// # let states = CaseStates { open: CaseState::other("TEST-OPEN", "Auki"), closed: CaseState::other("TEST-CLOSED", "Suljettu") };
/// let county = OrganisationOid::parse("1.2.246.10.99999999.10.0")?;
/// let client = |code: &str, name: &str| {
///     Ok::<_, kanta_core::InvalidValue>(CaseClient::new(
///         ClientIdentity::official(PersonalIdentityCode::parse(code)?),
///         PersonName::new([name], "Kuvitelma")?,
///     ))
/// };
/// let today = Date::new(2026, 9, 1)?;
/// let mut opening = Case::open_joint(
///     CaseOpening {
///         id: CaseId::parse("2.999.8.1")?,
///         kind: CaseKind::other("1", "Esimerkkiasia"),
///         organiser: ServiceOrganiser::new(Organisation::new(county, "Kuvitelman hyvinvointialue")),
///         service_task: ServiceTask::FAMILIES_WITH_CHILDREN,
///         day: today,
///     },
///     &states, // from the spec bundle: CaseStates::from_spec
/// );
/// opening.join(client("090514A9226", "Aino")?, TimeStamp::day(today))?;
/// opening.join(client("170281-935M", "Onni")?, TimeStamp::day(today))?;
/// let case = opening.finish().expect("every conditional rule is kept");
/// assert_eq!(case.members_on(today).count(), 2);
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Case {
    /// The version of the document that describes it.
    pub version: VersionNumber,
    /// The identifier.
    pub id: CaseId,
    /// What it is about.
    pub kind: CaseKind,
    /// What it is about in words, for the kind 99 (Finnish: lisätieto luokkaan "Muu").
    pub kind_text: Option<String>,
    /// The state.
    pub state: CaseState,
    /// The day of opening.
    pub opened: Date,
    /// The day of closing.
    pub closed: Option<Date>,
    /// Whether it is a joint case.
    pub joint: bool,
    /// The service task.
    pub service_task: ServiceTask,
    /// The service organiser, named by its operating unit.
    pub organiser: ServiceOrganiser,
    /// The clients; one who left and came back stands twice.
    pub clients: Vec<CaseClient>,
}

/// A client of a case (Finnish: asiakas). `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaseClient {
    /// The identifiers.
    pub identity: ClientIdentity,
    /// The name.
    pub name: PersonName,
    /// The day of birth.
    pub birth_date: Option<Date>,
    /// The moment of joining a joint case (Finnish: asiaan liittymishetki).
    pub joined: Option<TimeStamp>,
    /// The moment of leaving a joint case (Finnish: asiasta poistumishetki).
    pub left: Option<TimeStamp>,
}

/// What opening a case needs.
#[derive(Debug, Clone)]
pub struct CaseOpening {
    /// The identifier.
    pub id: CaseId,
    /// What it is about.
    pub kind: CaseKind,
    /// The service organiser.
    pub organiser: ServiceOrganiser,
    /// The service task.
    pub service_task: ServiceTask,
    /// The day of opening.
    pub day: Date,
}

/// The codes of an open and a closed case in 1.2.246.537.6.1501, of which none was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStates {
    /// The code of an open case.
    pub open: CaseState,
    /// The code of a closed case.
    pub closed: CaseState,
}

/// A version of a case that is being made; [`CaseChange::finish`] makes it exist.
#[derive(Debug, Clone)]
pub struct CaseChange {
    case: Case,
    states: CaseStates,
}

impl CaseStates {
    /// Takes the codes from the spec bundle's `codes.case.state`.
    ///
    /// # Errors
    /// `KANTA-SPEC-INCOMPLETE` while the bundle has no codes, `KANTA-SPEC-INVALID` when they are of another code system.
    pub fn from_spec(spec: &Spec) -> Result<Self, SpecError> {
        let state = |key: &str| {
            CaseState::try_from(spec.code(key)?.clone())
                .map_err(|error| SpecError::invalid(key, error.problem()))
        };
        Ok(Self {
            open: state("codes.case.state.open")?,
            closed: state("codes.case.state.closed")?,
        })
    }
}

impl Case {
    /// Begins the first version of a case with one client.
    #[must_use]
    pub fn open(opening: CaseOpening, client: CaseClient, states: &CaseStates) -> CaseChange {
        let mut case = Self::begin(opening, states);
        case.clients.push(client);
        CaseChange {
            case,
            states: states.clone(),
        }
    }

    /// Begins the first version of a joint case; let the clients join before finishing it.
    #[must_use]
    pub fn open_joint(opening: CaseOpening, states: &CaseStates) -> CaseChange {
        let mut case = Self::begin(opening, states);
        case.joint = true;
        CaseChange {
            case,
            states: states.clone(),
        }
    }

    /// Makes a case without clients: what a reader starts from.
    #[must_use]
    pub fn bare(opening: CaseOpening, version: VersionNumber, state: CaseState) -> Self {
        Self {
            version,
            id: opening.id,
            kind: opening.kind,
            kind_text: None,
            state,
            opened: opening.day,
            closed: None,
            joint: false,
            service_task: opening.service_task,
            organiser: opening.organiser,
            clients: Vec::new(),
        }
    }

    fn begin(opening: CaseOpening, states: &CaseStates) -> Self {
        Self::bare(opening, VersionNumber::FIRST, states.open.clone())
    }

    /// Begins the next version.
    ///
    /// # Errors
    /// `KANTA-ID-VERSION` when the version number cannot grow.
    pub fn change(&self, states: &CaseStates) -> Result<CaseChange, InvalidValue> {
        let mut case = self.clone();
        case.version = self.version.next()?;
        Ok(CaseChange {
            case,
            states: states.clone(),
        })
    }

    /// Iterates over the clients who belong to the case on a day.
    ///
    /// In a joint case from the day of joining to the day of leaving, both included (`[I]`); in another one, always.
    pub fn members_on(&self, day: Date) -> impl Iterator<Item = &CaseClient> {
        self.clients.iter().filter(move |client| {
            let day_of = |moment: &Option<TimeStamp>| moment.as_ref().and_then(TimeStamp::date);
            !self.joint
                || (day_of(&client.joined).is_none_or(|joined| joined <= day)
                    && day_of(&client.left).is_none_or(|left| day <= left))
        })
    }

    /// Returns whether a client belongs to the case on a day; `None` when the identifiers cannot tell.
    #[must_use]
    pub fn is_member(&self, client: &ClientIdentity, day: Date) -> Option<bool> {
        let answers: Vec<Option<bool>> = self
            .members_on(day)
            .map(|member| member.identity.is_same_client(client))
            .collect();
        if answers.contains(&Some(true)) {
            Some(true)
        } else if answers.contains(&None) {
            None
        } else {
            Some(false)
        }
    }
}

impl CaseClient {
    /// Makes a client; an identity code tells the day of birth too.
    #[must_use]
    pub fn new(identity: ClientIdentity, name: PersonName) -> Self {
        let birth_date = identity.identity_code().map(|code| code.birth_date());
        Self {
            identity,
            name,
            birth_date,
            joined: None,
            left: None,
        }
    }
}

impl CaseChange {
    /// Returns the version as it stands.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Makes the version exist, when every rule of error severity is kept.
    ///
    /// # Errors
    /// All findings of [`Case::check`].
    pub fn finish(self) -> Result<Case, Report> {
        let report = self.case.check(Some(&self.states));
        if report.has_errors() {
            Err(report)
        } else {
            Ok(self.case)
        }
    }

    /// Says in words what the case is about, for the kind 99.
    pub fn describe(&mut self, text: impl Into<String>) -> &mut Self {
        self.case.kind_text = Some(text.into());
        self
    }

    /// Lets a client join a joint case.
    ///
    /// # Errors
    /// `KANTA-CASE-JOIN` when the case is not joint, or the client belongs to it already.
    pub fn join(
        &mut self,
        mut client: CaseClient,
        moment: TimeStamp,
    ) -> Result<&mut Self, InvalidValue> {
        if !self.case.joint {
            return Err(join_error(
                "only a joint case has a moment of joining",
                "open the case as a joint one",
            ));
        }
        let there = |found: &CaseClient| {
            found.left.is_none() && found.identity.is_same_client(&client.identity) == Some(true)
        };
        if self.case.clients.iter().any(there) {
            return Err(join_error(
                "the client belongs to the case already",
                "let the client leave before joining anew",
            ));
        }
        client.joined = Some(moment);
        self.case.clients.push(client);
        Ok(self)
    }

    /// Lets a client leave a joint case.
    ///
    /// # Errors
    /// `KANTA-CASE-JOIN` when the client does not belong to it.
    pub fn leave(
        &mut self,
        client: &ClientIdentity,
        moment: TimeStamp,
    ) -> Result<&mut Self, InvalidValue> {
        let joint = self.case.joint;
        let found = self.case.clients.iter_mut().find(|found| {
            joint && found.left.is_none() && found.identity.is_same_client(client) == Some(true)
        });
        let Some(found) = found else {
            return Err(join_error(
                "the client does not belong to a joint case",
                "name a client who joined and has not left",
            ));
        };
        found.left = Some(moment);
        Ok(self)
    }

    /// Closes the case on a day.
    ///
    /// # Errors
    /// `KANTA-CASE-CLOSE` when it is closed already.
    pub fn close(&mut self, day: Date) -> Result<&mut Self, InvalidValue> {
        if self.case.closed.is_some() {
            return Err(InvalidValue::new(
                "KANTA-CASE-CLOSE",
                "the case is closed already",
                "open a new case",
            ));
        }
        self.case.closed = Some(day);
        self.case.state = self.states.closed.clone();
        Ok(self)
    }
}

fn join_error(problem: &'static str, remedy: &'static str) -> InvalidValue {
    InvalidValue::new("KANTA-CASE-JOIN", problem, remedy)
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("version", &self.version)
            .field("id", &self.id)
            .field("state", &self.state)
            .field("joint", &self.joint)
            .field("clients", &self.clients.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CaseClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseClient(…)")
    }
}
