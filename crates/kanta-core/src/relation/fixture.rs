//! Fictional relations and cases for the tests beside the code.

use super::{CaseClient, ClientRelation, RelationClient, ServicePerformer, ServiceProducer};
use crate::codes::{ServiceTask, SocialService};
use crate::{
    ClientIdentity, ClientRelationId, Date, Oid, Organisation, OrganisationOid, PersonName,
    PersonalIdentityCode, RegisterKeeper, ServiceOrganiser, ServiceUnit, TemporaryId,
};

/// A day of 2026, written `month.day`, such as `9.30`.
pub(crate) fn day(text: &str) -> Date {
    let (month, day) = text.split_once('.').unwrap();
    Date::new(2026, month.parse().unwrap(), day.parse().unwrap()).unwrap()
}

pub(crate) fn organisation(end: &str) -> Organisation {
    let oid = OrganisationOid::parse(&format!("1.2.246.10.99999999.10.{end}")).unwrap();
    Organisation::new(oid, format!("Yksikkö {end}"))
}

pub(crate) fn unit(end: &str) -> ServiceUnit {
    ServiceUnit::new(organisation(end))
}

pub(crate) fn county() -> ServiceOrganiser {
    ServiceOrganiser::new(organisation("0"))
}

pub(crate) fn keeper() -> RegisterKeeper {
    RegisterKeeper::new(organisation("0"))
}

pub(crate) fn task() -> ServiceTask {
    ServiceTask::FAMILIES_WITH_CHILDREN
}

pub(crate) fn aino() -> ClientIdentity {
    ClientIdentity::official(PersonalIdentityCode::parse("090514A9226").unwrap())
}

pub(crate) fn onni() -> ClientIdentity {
    ClientIdentity::official(PersonalIdentityCode::parse("170281-935M").unwrap())
}

pub(crate) fn newborn() -> ClientIdentity {
    let root = Oid::parse("1.2.246.10.99999999.22.2026").unwrap();
    ClientIdentity::temporary(TemporaryId::new(root, "1").unwrap())
}

pub(crate) fn name() -> PersonName {
    PersonName::new(["Aino"], "Kuvitelma").unwrap()
}

pub(crate) fn relation_client() -> RelationClient {
    RelationClient::new(aino(), name())
}

pub(crate) fn case_client(identity: ClientIdentity) -> CaseClient {
    CaseClient::new(identity, name())
}

/// A relation from 1.1.2026 with the organiser's unit 21.
pub(crate) fn relation() -> ClientRelation {
    let id = ClientRelationId::parse("2.999.7.1").unwrap();
    let mut opening = ClientRelation::open(id, relation_client(), county(), day("1.1"));
    opening.add_unit(task(), unit("21"), day("1.1")).unwrap();
    opening.finish().unwrap()
}

/// The same with the producer 31 from 2.1. and its performer 41 from 3.1.
pub(crate) fn relation_with_producer() -> ClientRelation {
    let mut change = relation().change().unwrap();
    let producer = ServiceProducer::starting(unit("31"), day("2.1"))
        .with_services([SocialService::FAMILY_COUNSELLING]);
    let performer = ServicePerformer::starting(unit("41"), day("3.1"));
    change.grant(&task(), producer).unwrap();
    change
        .grant_performer(&task(), &unit("31"), performer)
        .unwrap();
    change.finish().unwrap()
}
