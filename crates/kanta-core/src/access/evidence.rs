//! Evidence of a context between worker and client.

use super::decision::{Basis, DenyReason, MissingFact, UserContext};
use super::document::AccessedDocument;
use crate::relation::{Case, ClientRelation, EndDay};
use crate::right::RegisterUseRight;
use crate::will::{DisclosureAnswer, SearchBasis, Verdict};
use crate::{ClientIdentity, Date, DocumentOid, RegisterKeeper};

/// What proves that a worker has to do with a document (Finnish: asiayhteys).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum ContextEvidence<'a> {
    /// The worker's unit serves the document's client.
    Client(ClientContext<'a>),
    /// The worker's unit serves a member of the joint case to which the document belongs.
    JointCase {
        /// The case.
        case: &'a Case,
        /// What proves that the unit serves a member.
        through: ClientContext<'a>,
    },
    /// The document has been, or may be, disclosed to the worker's register keeper.
    Disclosure {
        /// The document.
        document: &'a DocumentOid,
        /// On what basis it was searched.
        basis: &'a SearchBasis,
        /// What [`may_disclose`](crate::will::may_disclose) says of it.
        answer: &'a DisclosureAnswer,
    },
    /// A task of administration.
    Administration {
        /// Which one, for the log.
        task: &'a str,
    },
}

/// What proves that a unit serves a client.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum ClientContext<'a> {
    /// The organiser's own client relation names the unit (Finnish: oma asiakkuus).
    OwnRelation {
        /// The relation.
        relation: &'a ClientRelation,
        /// In whose register it is.
        register_keeper: &'a RegisterKeeper,
        /// Whether end days count.
        end_day: EndDay,
    },
    /// A register-use right names the unit.
    RegisterUseRight(&'a RegisterUseRight),
}

/// Why a piece of evidence does not support a request.
pub(super) enum Unsupported {
    Not(DenyReason),
    Unknown(MissingFact),
}

impl ContextEvidence<'_> {
    /// Returns on what basis this evidence lets the worker see the document.
    pub(super) fn basis(
        &self,
        user: &UserContext,
        document: &AccessedDocument,
        day: Date,
    ) -> Result<Basis, Unsupported> {
        match self {
            Self::Client(context) => {
                context.demand_register(user, document)?;
                same_client(context.client(), document.client.as_ref())?;
                context.demand_unit(user, day)?;
                Ok(context.basis())
            }
            Self::JointCase { case, through } => {
                through.demand_register(user, document)?;
                let of_case = document
                    .case
                    .as_ref()
                    .ok_or(Unsupported::Unknown(MissingFact::Case))?;
                if *of_case != case.id || !case.joint {
                    return Err(Unsupported::Not(DenyReason::OtherCase));
                }
                match case.is_member(through.client(), day) {
                    Some(true) => {}
                    Some(false) => return Err(Unsupported::Not(DenyReason::NotAMember)),
                    None => return Err(Unsupported::Unknown(MissingFact::Client)),
                }
                through.demand_unit(user, day)?;
                Ok(match through {
                    ClientContext::OwnRelation { .. } => Basis::JointCase,
                    ClientContext::RegisterUseRight(_) => Basis::RegisterUseRightInJointCase,
                })
            }
            Self::Disclosure {
                document: disclosed,
                basis,
                answer,
            } => {
                if document.id.as_ref() != Some(*disclosed) {
                    return Err(Unsupported::Not(DenyReason::OtherDocument));
                }
                match answer.verdict() {
                    Verdict::Permitted => Ok(match basis {
                        SearchBasis::Permission => Basis::Permission,
                        SearchBasis::ExtendedRight(_) => Basis::ExtendedRight,
                        SearchBasis::AuthorityRight(_) => Basis::AuthorityRight,
                    }),
                    Verdict::Undecided => Err(Unsupported::Unknown(MissingFact::Disclosure)),
                    // In the own register a disclosure proves nothing.
                    Verdict::Refused | Verdict::NotADisclosure => {
                        Err(Unsupported::Not(DenyReason::NotDisclosed))
                    }
                }
            }
            Self::Administration { .. } => {
                if !user.work_task.is_administration() {
                    return Err(Unsupported::Not(DenyReason::NoAdministration));
                }
                match &document.register_keeper {
                    None => Err(Unsupported::Unknown(MissingFact::RegisterKeeper)),
                    Some(keeper) if *keeper != user.register_keeper => {
                        Err(Unsupported::Not(DenyReason::OtherRegister))
                    }
                    Some(_) => Ok(Basis::Administration),
                }
            }
        }
    }
}

impl ClientContext<'_> {
    fn client(&self) -> &ClientIdentity {
        match self {
            Self::OwnRelation { relation, .. } => &relation.client.identity,
            Self::RegisterUseRight(right) => right.client(),
        }
    }

    fn basis(&self) -> Basis {
        match self {
            Self::OwnRelation { .. } => Basis::OwnRelation,
            Self::RegisterUseRight(_) => Basis::RegisterUseRight,
        }
    }

    /// Demands that the document is in the register of the relation; for an own relation, that it is the worker's own too.
    fn demand_register(
        &self,
        user: &UserContext,
        document: &AccessedDocument,
    ) -> Result<(), Unsupported> {
        let keeper = document
            .register_keeper
            .as_ref()
            .ok_or(Unsupported::Unknown(MissingFact::RegisterKeeper))?;
        let same = match self {
            Self::OwnRelation {
                register_keeper, ..
            } => keeper == *register_keeper && *keeper == user.register_keeper,
            Self::RegisterUseRight(right) => keeper == right.register_keeper(),
        };
        if same {
            Ok(())
        } else {
            Err(Unsupported::Not(DenyReason::OtherRegister))
        }
    }

    /// Demands that the relation or right names the worker's unit on the day.
    fn demand_unit(&self, user: &UserContext, day: Date) -> Result<(), Unsupported> {
        let named = match self {
            Self::OwnRelation {
                relation, end_day, ..
            } => {
                let blocks = relation.service_tasks.iter();
                relation.is_active(day, *end_day)
                    && relation
                        .units
                        .iter()
                        .chain(blocks.flat_map(|block| &block.units))
                        .any(|found| {
                            found.unit == user.unit && found.period.contains(day, *end_day)
                        })
            }
            Self::RegisterUseRight(right) => right.permits(&user.unit, day),
        };
        if named {
            Ok(())
        } else {
            Err(Unsupported::Not(DenyReason::UnitNotNamed))
        }
    }
}

fn same_client(
    served: &ClientIdentity,
    of_document: Option<&ClientIdentity>,
) -> Result<(), Unsupported> {
    match of_document.and_then(|client| client.is_same_client(served)) {
        Some(true) => Ok(()),
        Some(false) => Err(Unsupported::Not(DenyReason::OtherClient)),
        None => Err(Unsupported::Unknown(MissingFact::Client)),
    }
}
