//! One right.

use crate::codes::{ServiceTask, SocialService};
use crate::relation::{ClientRelation, EndDay, Period};
use crate::{
    ClientIdentity, ClientRelationId, Date, RegisterKeeper, ServiceOrganiser, ServiceUnit,
};

/// The right of one unit to work in an organiser's register for one client, in one service task
/// (Finnish: rekisterinkäyttöoikeus).
///
/// Exists only as what a client relation says: there is no other way to make one. Its days are those of the block in the
/// document, cut to the days of the relation and, for a performer, to those of its producer. The example is in
/// [`crate::right`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterUseRight {
    register_keeper: RegisterKeeper,
    organiser: ServiceOrganiser,
    relation: ClientRelationId,
    client: ClientIdentity,
    service_task: ServiceTask,
    unit: ServiceUnit,
    holder: RightHolder,
    services: Vec<SocialService>,
    period: Period,
    end_day: EndDay,
}

/// As what a unit has the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RightHolder {
    /// A service producer (Finnish: palveluntuottaja).
    Producer,
    /// A service performer, a sub-contractor (Finnish: palveluntoteuttaja).
    Performer {
        /// The unit of the producer for whom it works.
        producer: ServiceUnit,
    },
}

impl RegisterUseRight {
    /// Derives every right that a version of a client relation gives. `register_keeper` is the keeper of the register that
    /// holds the document, as its header says.
    ///
    /// A legacy relation gives none, nor does one without identifier or organiser; a span whose days lie wholly outside
    /// those above it gives none. The organiser's own unit may stand as producer too (test messages, `[S]`): then it has a
    /// right beside its own use.
    #[must_use]
    pub fn from_relation(relation: &ClientRelation, register_keeper: &RegisterKeeper) -> Vec<Self> {
        let (Some(id), Some(organiser), false) =
            (&relation.id, &relation.organiser, relation.legacy)
        else {
            return Vec::new();
        };
        let mut rights = Vec::new();
        for block in &relation.service_tasks {
            let mut add = |unit: &ServiceUnit,
                           holder: RightHolder,
                           services: &[SocialService],
                           period: Option<Period>| {
                let Some(period) = period.and_then(|days| days.intersection(relation.period))
                else {
                    return;
                };
                rights.push(Self {
                    register_keeper: register_keeper.clone(),
                    organiser: organiser.clone(),
                    relation: id.clone(),
                    client: relation.client.identity.clone(),
                    service_task: block.task.clone(),
                    unit: unit.clone(),
                    holder,
                    services: services.to_vec(),
                    period,
                    end_day: EndDay::default(),
                });
            };
            for producer in &block.producers {
                add(
                    &producer.unit,
                    RightHolder::Producer,
                    &producer.services,
                    Some(producer.period),
                );
                for performer in &producer.performers {
                    let holder = RightHolder::Performer {
                        producer: producer.unit.clone(),
                    };
                    let period = performer.period.intersection(producer.period);
                    add(&performer.unit, holder, &performer.services, period);
                }
            }
        }
        rights
    }

    /// Counts the end day as the caller wishes; by default it belongs to the right.
    #[must_use]
    pub fn with_end_day(mut self, end_day: EndDay) -> Self {
        self.end_day = end_day;
        self
    }

    /// Returns whether a unit may work in the register by this right on a day.
    ///
    /// The unit is the one that the worker has in the producer's own system: that it is the same proves the context
    /// (county letter, `[S]`).
    #[must_use]
    pub fn permits(&self, unit: &ServiceUnit, day: Date) -> bool {
        self.unit == *unit && self.period.contains(day, self.end_day)
    }

    /// Returns the keeper of the register.
    #[must_use]
    pub fn register_keeper(&self) -> &RegisterKeeper {
        &self.register_keeper
    }

    /// Returns the organiser.
    #[must_use]
    pub fn organiser(&self) -> &ServiceOrganiser {
        &self.organiser
    }

    /// Returns the client relation that gives the right.
    #[must_use]
    pub fn relation(&self) -> &ClientRelationId {
        &self.relation
    }

    /// Returns the client.
    #[must_use]
    pub fn client(&self) -> &ClientIdentity {
        &self.client
    }

    /// Returns the service task.
    #[must_use]
    pub fn service_task(&self) -> &ServiceTask {
        &self.service_task
    }

    /// Returns the unit that has the right.
    #[must_use]
    pub fn unit(&self) -> &ServiceUnit {
        &self.unit
    }

    /// Returns as what the unit has it.
    #[must_use]
    pub fn holder(&self) -> &RightHolder {
        &self.holder
    }

    /// Returns the social services that the unit produces or performs.
    #[must_use]
    pub fn services(&self) -> &[SocialService] {
        &self.services
    }

    /// Returns the days of the right.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }
}

#[cfg(test)]
mod tests;
