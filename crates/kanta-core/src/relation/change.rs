//! Making a version of a client relation: the first one, or the next.

use super::client_relation::{
    ClientRelation, RelationClient, SecurityBan, ServicePerformer, ServiceProducer,
    ServiceTaskBlock, UnitRelation,
};
use super::period::Period;
use crate::codes::ServiceTask;
use crate::{
    ClientRelationId, Date, InvalidValue, PersonalIdentityCode, Report, ServiceOrganiser,
    ServiceUnit, VersionNumber,
};

/// A version of a client relation that is being made; [`RelationChange::finish`] makes it exist.
///
/// A change that the relation cannot take is refused at once, with what to do instead, and leaves the draft as it was.
/// Ending is final: an end day that has been set only moves to an earlier day.
#[derive(Debug, Clone)]
pub struct RelationChange {
    relation: ClientRelation,
}

impl ClientRelation {
    /// Begins the first version of a client relation. Name a service task and a unit before finishing it.
    #[must_use]
    pub fn open(
        id: ClientRelationId,
        client: RelationClient,
        organiser: ServiceOrganiser,
        start: Date,
    ) -> RelationChange {
        let mut relation = Self::bare(client, VersionNumber::FIRST, Period::starting(start));
        relation.id = Some(id);
        relation.organiser = Some(organiser);
        RelationChange { relation }
    }

    /// Begins the first version of a legacy relation, under which documents from before Kanta are archived
    /// (Finnish: vanha asiakkuus). The client has an identity code; name one of the organiser's units before finishing it.
    #[must_use]
    pub fn open_legacy(client: RelationClient, period: Period) -> RelationChange {
        let mut relation = Self::bare(client, VersionNumber::FIRST, period);
        relation.legacy = true;
        RelationChange { relation }
    }

    /// Makes a relation that holds only what no document can lack: what a reader starts from.
    #[must_use]
    pub fn bare(client: RelationClient, version: VersionNumber, period: Period) -> Self {
        Self {
            version,
            id: None,
            client,
            legacy: false,
            period,
            end_reason: None,
            organiser: None,
            units: Vec::new(),
            service_tasks: Vec::new(),
            child_protection: None,
        }
    }

    /// Begins the next version.
    ///
    /// # Errors
    /// `KANTA-ID-VERSION` when the version number cannot grow.
    pub fn change(&self) -> Result<RelationChange, InvalidValue> {
        let mut relation = self.clone();
        relation.version = self.version.next()?;
        Ok(RelationChange { relation })
    }
}

impl RelationChange {
    /// Returns the version as it stands.
    #[must_use]
    pub fn relation(&self) -> &ClientRelation {
        &self.relation
    }

    /// Makes the version exist, when every rule of error severity is kept.
    ///
    /// # Errors
    /// All findings of [`ClientRelation::check`].
    pub fn finish(self) -> Result<ClientRelation, Report> {
        let report = self.relation.check();
        if report.has_errors() {
            Err(report)
        } else {
            Ok(self.relation)
        }
    }

    /// Gives the client a personal identity code; a temporary identifier stays beside it.
    pub fn identify(&mut self, code: PersonalIdentityCode) -> &mut Self {
        let client = &mut self.relation.client;
        client.birth_date = Some(code.birth_date());
        client.identity = client.identity.with_identity_code(code);
        self
    }

    /// Sets or lifts the client's security ban (Finnish: turvakielto).
    pub fn set_security_ban(&mut self, ban: SecurityBan) -> &mut Self {
        self.relation.client.security_ban = ban;
        self
    }

    /// Adds a unit of the organiser to the whole relation, from a day on.
    pub fn add_general_unit(&mut self, unit: ServiceUnit, start: Date) -> &mut Self {
        self.relation.units.push(UnitRelation {
            unit,
            period: Period::starting(start),
        });
        self
    }

    /// Adds a unit of the organiser to a service task, from a day on; the task is added when the relation has it not yet.
    ///
    /// # Errors
    /// `KANTA-RELATION-TWICE` when the unit is there already on that day.
    pub fn add_unit(
        &mut self,
        task: ServiceTask,
        unit: ServiceUnit,
        start: Date,
    ) -> Result<&mut Self, InvalidValue> {
        let period = Period::starting(start);
        let found = self
            .relation
            .service_tasks
            .iter_mut()
            .find(|block| block.is_of(&task));
        let block = match found {
            Some(block) => block,
            None => {
                self.relation
                    .service_tasks
                    .push(ServiceTaskBlock::new(task));
                self.relation
                    .service_tasks
                    .last_mut()
                    .expect("one was pushed")
            }
        };
        refuse_overlap(
            block.units.iter().map(|found| (&found.unit, found.period)),
            &unit,
            period,
        )?;
        block.units.push(UnitRelation { unit, period });
        Ok(self)
    }

    /// Grants a producer the register-use right: names its unit in a service task, from a day on
    /// (Finnish: rekisterinkäyttöoikeuden myöntäminen; county letter, `[S]`).
    ///
    /// # Errors
    /// `KANTA-RELATION-NO-TASK` when the relation does not have the task, `KANTA-RELATION-TWICE` when the unit produces in
    /// this task on some of these days already.
    pub fn grant(
        &mut self,
        task: &ServiceTask,
        producer: ServiceProducer,
    ) -> Result<&mut Self, InvalidValue> {
        let block = self.block(task)?;
        refuse_overlap(
            block
                .producers
                .iter()
                .map(|found| (&found.unit, found.period)),
            &producer.unit,
            producer.period,
        )?;
        block.producers.push(producer);
        Ok(self)
    }

    /// Grants a performer the register-use right: names its unit under the producer for whom it works.
    ///
    /// # Errors
    /// `KANTA-RELATION-NO-TASK`, `KANTA-RELATION-NO-PRODUCER` when no such producer has the right on the performer's first
    /// day, `KANTA-RELATION-TWICE`.
    pub fn grant_performer(
        &mut self,
        task: &ServiceTask,
        producer: &ServiceUnit,
        performer: ServicePerformer,
    ) -> Result<&mut Self, InvalidValue> {
        let start = performer.period.start;
        let producer = self
            .block(task)?
            .producers
            .iter_mut()
            .find(|found| {
                found.unit == *producer
                    && found
                        .period
                        .intersection(performer.period)
                        .is_some_and(|both| both.start == start)
            })
            .ok_or_else(no_producer)?;
        refuse_overlap(
            producer
                .performers
                .iter()
                .map(|found| (&found.unit, found.period)),
            &performer.unit,
            performer.period,
        )?;
        producer.performers.push(performer);
        Ok(self)
    }

    /// Ends a producer's register-use right, and that of its performers, on a day.
    ///
    /// # Errors
    /// `KANTA-RELATION-NO-TASK`, `KANTA-RELATION-NO-PRODUCER`, `KANTA-RELATION-END` when the day is before the first day or
    /// after an end that is set already.
    pub fn end_producer(
        &mut self,
        task: &ServiceTask,
        producer: &ServiceUnit,
        day: Date,
    ) -> Result<&mut Self, InvalidValue> {
        let producer = self.current_producer(task, producer)?;
        producer.period = end(producer.period, day)?;
        for performer in &mut producer.performers {
            performer.period = performer.period.ended(day);
        }
        // Whoever would have begun later never begins.
        producer
            .performers
            .retain(|performer| performer.period.is_in_order());
        Ok(self)
    }

    /// Ends a performer's register-use right on a day.
    ///
    /// # Errors
    /// As [`RelationChange::end_producer`]; `KANTA-RELATION-NO-PRODUCER` also when the performer is not there.
    pub fn end_performer(
        &mut self,
        task: &ServiceTask,
        producer: &ServiceUnit,
        performer: &ServiceUnit,
        day: Date,
    ) -> Result<&mut Self, InvalidValue> {
        let found = self
            .current_producer(task, producer)?
            .performers
            .iter_mut()
            .filter(|found| found.unit == *performer)
            .max_by_key(|found| found.period.start)
            .ok_or_else(no_producer)?;
        found.period = end(found.period, day)?;
        Ok(self)
    }

    /// Ends the relation on a day, and with it everything under it that would go on
    /// (Finnish: asiakkuuden päättäminen).
    ///
    /// # Errors
    /// `KANTA-RELATION-END` when the day is before the first day or after an end that is set already.
    pub fn end(&mut self, day: Date, reason: impl Into<String>) -> Result<&mut Self, InvalidValue> {
        self.relation.period = end(self.relation.period, day)?;
        self.relation.end_reason = Some(reason.into());
        let relation = &mut self.relation;
        let blocks = &mut relation.service_tasks;
        let own = relation
            .units
            .iter_mut()
            .chain(blocks.iter_mut().flat_map(|block| block.units.iter_mut()));
        for unit in own {
            unit.period = unit.period.ended(day);
        }
        for producer in blocks
            .iter_mut()
            .flat_map(|block| block.producers.iter_mut())
        {
            producer.period = producer.period.ended(day);
            for performer in &mut producer.performers {
                performer.period = performer.period.ended(day);
            }
            producer
                .performers
                .retain(|performer| performer.period.is_in_order());
        }
        relation.units.retain(|unit| unit.period.is_in_order());
        for block in blocks {
            block.units.retain(|unit| unit.period.is_in_order());
            block
                .producers
                .retain(|producer| producer.period.is_in_order());
        }
        Ok(self)
    }

    /// Sets the days of child protection (Finnish: lastensuojelun asiakkuus).
    pub fn set_child_protection(&mut self, period: Period) -> &mut Self {
        self.relation.child_protection = Some(period);
        self
    }

    fn block(&mut self, task: &ServiceTask) -> Result<&mut ServiceTaskBlock, InvalidValue> {
        self.relation
            .service_tasks
            .iter_mut()
            .find(|block| block.is_of(task))
            .ok_or_else(|| {
                InvalidValue::new(
                    "KANTA-RELATION-NO-TASK",
                    "the client relation does not have the service task",
                    "add one of the organiser's units to the task first",
                )
            })
    }

    /// Returns the producer's latest span of days.
    fn current_producer(
        &mut self,
        task: &ServiceTask,
        unit: &ServiceUnit,
    ) -> Result<&mut ServiceProducer, InvalidValue> {
        self.block(task)?
            .producers
            .iter_mut()
            .filter(|found| found.unit == *unit)
            .max_by_key(|found| found.period.start)
            .ok_or_else(no_producer)
    }
}

fn end(period: Period, day: Date) -> Result<Period, InvalidValue> {
    let problem = if day < period.start {
        "the end is before the first day"
    } else if period.end.is_some_and(|end| end < day) {
        "an earlier end is set already"
    } else {
        return Ok(period.ended(day));
    };
    Err(InvalidValue::new(
        "KANTA-RELATION-END",
        problem,
        "end it on a day between its first day and the end that is set; to go on, grant it anew from a later day",
    ))
}

fn no_producer() -> InvalidValue {
    InvalidValue::new(
        "KANTA-RELATION-NO-PRODUCER",
        "there is no such producer or performer in the service task on these days",
        "grant the producer its right first; a performer's days lie within those of its producer",
    )
}

fn refuse_overlap<'u>(
    mut there: impl Iterator<Item = (&'u ServiceUnit, Period)>,
    unit: &ServiceUnit,
    period: Period,
) -> Result<(), InvalidValue> {
    if there.any(|(found, days)| found == unit && days.intersection(period).is_some()) {
        return Err(InvalidValue::new(
            "KANTA-RELATION-TWICE",
            "the unit is there already on some of these days",
            "end its earlier days first, or begin after them",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
