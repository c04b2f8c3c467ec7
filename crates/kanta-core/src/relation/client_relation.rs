//! The client relation.

use std::fmt;

use super::period::{EndDay, Period};
use crate::codes::{ServiceTask, SocialService};
use crate::{
    ClientIdentity, ClientRelationId, Date, PersonName, ServiceOrganiser, ServiceUnit,
    VersionNumber,
};

/// The relation between a client and a register keeper, as one version of the client-relation document describes it
/// (Finnish: asiakkuus, asiakkuusasiakirja; Sosmeta 1505.1, `[S]`).
///
/// Always of one person. Made by [`ClientRelation::open`], changed by [`ClientRelation::change`]; the fields are open for
/// reading and for the code that takes them from a document. `Debug` shows no personal data.
///
/// ```
/// use kanta_core::codes::ServiceTask;
/// use kanta_core::relation::{ClientRelation, RelationClient};
/// use kanta_core::{
///     ClientIdentity, ClientRelationId, Date, Organisation, OrganisationOid, PersonName, PersonalIdentityCode,
///     ServiceOrganiser, ServiceUnit,
/// };
///
/// let organisation = |end: &str, name: &str| {
///     OrganisationOid::parse(&format!("1.2.246.10.99999999.{end}")).map(|oid| Organisation::new(oid, name))
/// };
/// let county = ServiceOrganiser::new(organisation("10.0", "Kuvitelman hyvinvointialue")?);
/// let families = ServiceUnit::new(organisation("10.21", "Kuvitelman perhepalvelut")?);
/// let child = RelationClient::new(
///     ClientIdentity::official(PersonalIdentityCode::parse("090514A9226")?),
///     PersonName::new(["Aino"], "Kuvitelma")?,
/// );
/// let begin = Date::new(2026, 9, 1)?;
///
/// let mut opening = ClientRelation::open(ClientRelationId::parse("2.999.7.1")?, child, county, begin);
/// opening.add_unit(ServiceTask::FAMILIES_WITH_CHILDREN, families, begin)?;
/// let relation = opening.finish().expect("every conditional rule is kept");
/// assert_eq!(relation.version.as_u32(), 1);
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientRelation {
    /// The version of the document that describes it.
    pub version: VersionNumber,
    /// The relation's identifier; only a legacy relation may lack it.
    pub id: Option<ClientRelationId>,
    /// The client.
    pub client: RelationClient,
    /// Whether documents from before Kanta are archived under it (Finnish: vanha asiakkuus).
    pub legacy: bool,
    /// The days of the relation.
    pub period: Period,
    /// Why it ended (Finnish: asiakkuuden päättymisen perustelu).
    pub end_reason: Option<String>,
    /// The service organiser, named by its operating unit; only a legacy relation may lack it.
    pub organiser: Option<ServiceOrganiser>,
    /// The organiser's service units of the whole relation.
    pub units: Vec<UnitRelation>,
    /// The service tasks in which the client is served.
    pub service_tasks: Vec<ServiceTaskBlock>,
    /// The days of child protection (Finnish: lastensuojelun asiakkuus).
    pub child_protection: Option<Period>,
}

/// The client as the client-relation document knows the person (Finnish: asiakas). `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelationClient {
    /// The identifiers.
    pub identity: ClientIdentity,
    /// The name.
    pub name: PersonName,
    /// The day of birth.
    pub birth_date: Option<Date>,
    /// Whether the client's address is protected.
    pub security_ban: SecurityBan,
}

/// Whether a client's address is protected, and until when (Finnish: turvakielto).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SecurityBan {
    /// Whether there is a ban.
    pub in_force: bool,
    /// The day when it ends, when that is known (Finnish: turvakiellon päättymispäivä).
    pub ends: Option<Date>,
}

/// A service unit of the organiser with the days of the client's relation to it
/// (Finnish: palvelunjärjestäjän palveluyksikkö).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRelation {
    /// The unit.
    pub unit: ServiceUnit,
    /// The days.
    pub period: Period,
}

/// One service task of a relation with those who carry it out (Finnish: sosiaalihuollon palvelutehtävä).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceTaskBlock {
    /// The service task.
    pub task: ServiceTask,
    /// The organiser's own units.
    pub units: Vec<UnitRelation>,
    /// The producers: naming one here gives it the register-use right.
    pub producers: Vec<ServiceProducer>,
}

/// Who produces services for the organiser, named by the unit where the client is (Finnish: palveluntuottaja).
///
/// Private persons who carry a service out, such as personal assistants and support families, are no producers (county letter).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceProducer {
    /// The unit where the client is.
    pub unit: ServiceUnit,
    /// The services.
    pub services: Vec<SocialService>,
    /// The days.
    pub period: Period,
    /// Who carries the services out for the producer.
    pub performers: Vec<ServicePerformer>,
}

/// A sub-contractor who carries a producer's service out (Finnish: palveluntoteuttaja).
///
/// Stands under its producer: the structure has no place for one without (Sosmeta 1505.1, `[S]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePerformer {
    /// The unit where the client is.
    pub unit: ServiceUnit,
    /// The services.
    pub services: Vec<SocialService>,
    /// The days.
    pub period: Period,
}

impl ClientRelation {
    /// Returns whether the relation goes on, on a day.
    #[must_use]
    pub fn is_active(&self, day: Date, end_day: EndDay) -> bool {
        self.period.contains(day, end_day)
    }

    /// Returns the block of a service task; the version of the code system does not count.
    #[must_use]
    pub fn service_task(&self, task: &ServiceTask) -> Option<&ServiceTaskBlock> {
        self.service_tasks.iter().find(|block| block.is_of(task))
    }

    /// Iterates over what a unit does for the client on a day: the service tasks, each with the social services that it
    /// produces or performs; the organiser's own units have no services named.
    ///
    /// This is how tasks and services come from Kanta instead of being typed by hand (vendor page, `[S]`).
    pub fn services_of<'r>(
        &'r self,
        unit: &'r ServiceUnit,
        day: Date,
        end_day: EndDay,
    ) -> impl Iterator<Item = (&'r ServiceTask, &'r [SocialService])> {
        let active = self.is_active(day, end_day);
        self.service_tasks
            .iter()
            .filter(move |_| active)
            .flat_map(move |block| {
                block
                    .participants()
                    .filter(move |(found, period, _)| {
                        *found == unit && period.contains(day, end_day)
                    })
                    .map(|(_, _, services)| (&block.task, services))
            })
    }
}

impl ServiceTaskBlock {
    /// Makes a block for a service task.
    #[must_use]
    pub fn new(task: ServiceTask) -> Self {
        Self {
            task,
            units: Vec::new(),
            producers: Vec::new(),
        }
    }

    /// Returns whether this is the block of a service task; the version of the code system does not count.
    #[must_use]
    pub fn is_of(&self, task: &ServiceTask) -> bool {
        self.task
            .as_ref()
            .is_same_code(task.as_ref().code(), &ServiceTask::SYSTEM)
    }

    /// Iterates over every unit that takes part, with its days and services.
    fn participants(&self) -> impl Iterator<Item = (&ServiceUnit, Period, &[SocialService])> {
        let own = self
            .units
            .iter()
            .map(|unit| (&unit.unit, unit.period, [].as_slice()));
        let producers = self.producers.iter().flat_map(|producer| {
            let itself = (
                &producer.unit,
                producer.period,
                producer.services.as_slice(),
            );
            let performers = producer.performers.iter().filter_map(|performer| {
                let period = performer.period.intersection(producer.period)?;
                Some((&performer.unit, period, performer.services.as_slice()))
            });
            std::iter::once(itself).chain(performers)
        });
        own.chain(producers)
    }
}

impl ServiceProducer {
    /// Makes a producer from a day on.
    #[must_use]
    pub fn starting(unit: ServiceUnit, start: Date) -> Self {
        Self {
            unit,
            services: Vec::new(),
            period: Period::starting(start),
            performers: Vec::new(),
        }
    }

    /// Names the services that it produces.
    #[must_use]
    pub fn with_services(mut self, services: impl IntoIterator<Item = SocialService>) -> Self {
        self.services = services.into_iter().collect();
        self
    }
}

impl ServicePerformer {
    /// Makes a performer from a day on.
    #[must_use]
    pub fn starting(unit: ServiceUnit, start: Date) -> Self {
        Self {
            unit,
            services: Vec::new(),
            period: Period::starting(start),
        }
    }

    /// Names the services that it carries out.
    #[must_use]
    pub fn with_services(mut self, services: impl IntoIterator<Item = SocialService>) -> Self {
        self.services = services.into_iter().collect();
        self
    }
}

impl RelationClient {
    /// Makes a client without a security ban; an identity code tells the day of birth too.
    #[must_use]
    pub fn new(identity: ClientIdentity, name: PersonName) -> Self {
        let birth_date = identity.identity_code().map(|code| code.birth_date());
        Self {
            identity,
            name,
            birth_date,
            security_ban: SecurityBan::default(),
        }
    }
}

impl SecurityBan {
    /// Returns whether the ban holds on a day; the end day counts as protected, and without one it goes on.
    #[must_use]
    pub fn holds(self, day: Date) -> bool {
        self.in_force && self.ends.is_none_or(|end| day <= end)
    }
}

impl fmt::Debug for ClientRelation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientRelation")
            .field("version", &self.version)
            .field("id", &self.id)
            .field("period", &self.period)
            .field("organiser", &self.organiser)
            .field("units", &self.units)
            .field("service_tasks", &self.service_tasks)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RelationClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RelationClient(…)")
    }
}
