//! What the organiser gives the producer outside Kanta, and the right in a joint case.

use super::{RegisterUseRight, RegisterUseRights};
use crate::codes::ServiceTask;
use crate::relation::{Case, CaseClient};
use crate::{CaseId, Date, InvalidValue, RegisterKeeper, ServiceUnit};

/// What a producer must be told to begin: the case to search with, whose register it is in, and for which unit and from which
/// day (county letter, `[S]`: the organiser gives the case's OID; the way is theirs to agree). Holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseHandOver {
    /// The case (Finnish: asiatunnus).
    pub case: CaseId,
    /// Whose register.
    pub register_keeper: RegisterKeeper,
    /// The service task.
    pub service_task: ServiceTask,
    /// The unit that has the right.
    pub unit: ServiceUnit,
    /// The first day of the right.
    pub from: Date,
}

/// For which members of a joint case a unit has a register-use right on a day.
///
/// The right is per client. Whether a right for one member opens the documents of the others is not known (Kela slides 2020 name the
/// combination, and no rule of it), so both lists are told and nothing is concluded.
#[derive(Debug, Clone)]
pub struct JointCaseRights<'c> {
    /// The members for whom there is a right.
    pub with_right: Vec<&'c CaseClient>,
    /// The members for whom there is none.
    pub without_right: Vec<&'c CaseClient>,
}

impl RegisterUseRight {
    /// Makes what the producer must be told of a case.
    ///
    /// # Errors
    /// `KANTA-RIGHT-CASE` when the case is of another service task, or the right's client is none of its clients.
    pub fn hand_over(&self, case: &Case) -> Result<CaseHandOver, InvalidValue> {
        let same_task = case
            .service_task
            .as_ref()
            .is_same_code(self.service_task().as_ref().code(), &ServiceTask::SYSTEM);
        let problem = if !same_task {
            "the case is of another service task than the right"
        } else if !case
            .clients
            .iter()
            .any(|member| member.identity.is_same_client(self.client()) == Some(true))
        {
            "the client of the right is no client of the case"
        } else {
            return Ok(CaseHandOver {
                case: case.id.clone(),
                register_keeper: self.register_keeper().clone(),
                service_task: self.service_task().clone(),
                unit: self.unit().clone(),
                from: self.period().start,
            });
        };
        Err(InvalidValue::new(
            "KANTA-RIGHT-CASE",
            problem,
            "hand over the case to which the service belongs",
        ))
    }
}

impl RegisterUseRights {
    /// Returns for which members of a joint case a unit has a right on a day.
    #[must_use]
    pub fn in_joint_case<'c>(
        &self,
        case: &'c Case,
        register_keeper: &RegisterKeeper,
        unit: &ServiceUnit,
        day: Date,
    ) -> JointCaseRights<'c> {
        let (with_right, without_right) = case.members_on(day).partition(|member| {
            self.find(register_keeper, &member.identity, unit, day)
                .is_some()
        });
        JointCaseRights {
            with_right,
            without_right,
        }
    }
}
