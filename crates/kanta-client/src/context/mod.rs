//! Who asks, for whom, in which register and why.

mod scope;

use std::fmt;

use kanta_core::access::WorkTask;
use kanta_core::{
    CaseId, Oid, Organisation, OrganisationOid, PersonName, PersonalIdentityCode,
    ProfessionalRegistrationNumber,
};

pub use scope::Scope;

/// Everything about a request that is not about the document (Finnish: pyynnön konteksti).
///
/// The environment is not here: a client speaks to one environment, that of its spec bundle.
///
/// ```
/// use kanta_client::core::{Oid, Organisation, OrganisationOid, PersonName, PersonalIdentityCode};
/// use kanta_client::{Authentication, Joining, RequestContext, Scope, User};
///
/// let county = Organisation::new(OrganisationOid::parse("1.2.246.10.99999999.10.0")?, "Kuvitelman hyvinvointialue");
/// let unit = Organisation::new(OrganisationOid::parse("1.2.246.10.99999999.10.21")?, "Kuvitelman perhepalvelut");
/// let user = User::new(
///     "worker-17",
///     PersonalIdentityCode::parse("170281-935M")?,
///     PersonName::new(["Onni"], "Esimerkillinen")?,
///     unit,
///     Authentication::ProfessionalCard,
/// );
/// let root = Oid::parse("1.2.246.10.99999999.18.1")?;
/// let context = RequestContext::new(Joining::Direct { organisation: county }, root, user, Scope::OwnRegister);
/// assert_eq!(context.joining.joiner(), &context.joining.acting().oid);
/// # Ok::<(), kanta_client::core::InvalidValue>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RequestContext {
    /// Who has joined Kanta, and for whom the user works.
    pub joining: Joining,
    /// The root of message identifiers: usually the operator's OID, neither the sender's nor the register keeper's.
    pub message_root: Oid,
    /// The person at work.
    pub user: User,
    /// Whose register the request is about.
    pub scope: Scope,
    /// The case that ties the user to the client, for the use log (Finnish: asiayhteys).
    pub case: Option<CaseId>,
    /// Why the request is made, for the use log; no personal data (Finnish: käyttötarkoitus).
    pub purpose: Option<String>,
}

impl RequestContext {
    /// Makes a context without case and purpose.
    #[must_use]
    pub fn new(joining: Joining, message_root: Oid, user: User, scope: Scope) -> Self {
        Self {
            joining,
            message_root,
            user,
            scope,
            case: None,
            purpose: None,
        }
    }

    /// The same context about another register.
    #[must_use]
    pub fn with_scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// The same context with the case that ties the user to the client.
    #[must_use]
    pub fn with_case(mut self, case: CaseId) -> Self {
        self.case = Some(case);
        self
    }

    /// The same context with a purpose, which must hold no personal data.
    #[must_use]
    pub fn with_purpose(mut self, purpose: impl Into<String>) -> Self {
        self.purpose = Some(purpose.into());
        self
    }
}

/// How the organisation is joined to Kanta (Finnish: liittymismalli; Kela slides 2023).
///
/// Which of the organisations stands where in a frame is a matter of the spec bundle (`message.joining.…`): for direct
/// joining it was seen, for the other two it is not known, and requests answer which official document has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Joining {
    /// The organisation has a system of its own (Finnish: suora liittyminen).
    Direct {
        /// The organisation.
        organisation: Organisation,
    },
    /// A private provider uses the system of another one, which has joined (Finnish: yhteisliittyminen).
    Shared {
        /// The main joiner, whose system sends (Finnish: pääliittyjä).
        main_joiner: OrganisationOid,
        /// The co-joiner, for whom the user works (Finnish: mukanaliittyjä).
        organisation: Organisation,
    },
    /// A private provider uses the system of its public organiser and has a joining of its own
    /// (Finnish: rinnakkaisliittyminen).
    Parallel {
        /// The organiser, whose system sends.
        system_owner: OrganisationOid,
        /// The provider, for whom the user works.
        organisation: Organisation,
    },
}

impl Joining {
    /// Returns the organisation whose system sends (Finnish: liittyjä).
    #[must_use]
    pub fn joiner(&self) -> &OrganisationOid {
        match self {
            Self::Direct { organisation } => &organisation.oid,
            Self::Shared { main_joiner, .. } => main_joiner,
            Self::Parallel { system_owner, .. } => system_owner,
        }
    }

    /// Returns the organisation for whom the user works.
    #[must_use]
    pub fn acting(&self) -> &Organisation {
        match self {
            Self::Direct { organisation }
            | Self::Shared { organisation, .. }
            | Self::Parallel { organisation, .. } => organisation,
        }
    }

    /// Returns the word that keys of the spec bundle use.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Direct { .. } => "direct",
            Self::Shared { .. } => "shared",
            Self::Parallel { .. } => "parallel",
        }
    }
}

/// The person who asks (Finnish: käyttäjä). `Debug` shows neither identifiers nor the name.
#[derive(Clone)]
#[non_exhaustive]
pub struct User {
    /// The host's own name for the user, by which the use log tells who it was: not an identity code.
    pub id: String,
    /// The personal identity code; the frames seen carry it.
    pub identity: PersonalIdentityCode,
    /// The registration number, for bundles that put it into the frame in place of the identity code.
    pub registration_number: Option<ProfessionalRegistrationNumber>,
    /// The name.
    pub name: PersonName,
    /// The unit where the person works now: the one that a register-use right must name (Finnish: palveluyksikkö).
    pub unit: Organisation,
    /// The work task, for the use log (Finnish: työtehtävä).
    pub work_task: Option<WorkTask>,
    /// How the person was recognised.
    pub authentication: Authentication,
}

impl User {
    /// Makes a user without registration number and work task; `id` is the host's own name for the user, not an identity code.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        identity: PersonalIdentityCode,
        name: PersonName,
        unit: Organisation,
        authentication: Authentication,
    ) -> Self {
        Self {
            id: id.into(),
            identity,
            registration_number: None,
            name,
            unit,
            work_task: None,
            authentication,
        }
    }

    /// The same user with a registration number.
    #[must_use]
    pub fn with_registration_number(mut self, number: ProfessionalRegistrationNumber) -> Self {
        self.registration_number = Some(number);
        self
    }

    /// The same user at a work task.
    #[must_use]
    pub fn with_work_task(mut self, task: WorkTask) -> Self {
        self.work_task = Some(task);
        self
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("unit", &self.unit.oid)
            .field("work_task", &self.work_task)
            .field("authentication", &self.authentication)
            .finish_non_exhaustive()
    }
}

/// How the user was recognised by the host (Finnish: tunnistautuminen).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authentication {
    /// With one factor, such as a password.
    Basic,
    /// Strongly, without a card.
    Strong,
    /// With a professional or staff card.
    ProfessionalCard,
    /// Nobody is at the screen: the system itself works, such as a night run.
    System,
}

impl Authentication {
    /// Returns whether it is enough to receive data from another's register: a disclosed document needs strong
    /// authentication of the user, with a professional card or the like (county letter, `[S]`).
    #[must_use]
    pub fn is_strong(self) -> bool {
        matches!(self, Self::Strong | Self::ProfessionalCard)
    }

    /// Returns a word for the use log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Strong => "strong",
            Self::ProfessionalCard => "professional-card",
            Self::System => "system",
        }
    }
}
