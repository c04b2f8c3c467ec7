//! The producer's documents in the organiser's register.

use super::RegisterUseRight;
use crate::metadata::{DocumentMetadata, Office, Software};
use crate::{
    ClientIdentity, Date, InvalidValue, Mark, Organisation, Report, Rule, ServiceUnit, Severity,
};

const RIGHT_REGISTER: &str =
    "a producer's documents go straight into the right keeper's register (Kela slides 2023)";
const SAME_UNIT: &str = "the worker's unit is the one that the register-use right names, for the time of the service (county letter)";
pub(super) const KEEPER: Rule = Rule::new(
    "KANTA-RIGHT-KEEPER",
    Severity::Error,
    Mark::Stated,
    RIGHT_REGISTER,
);
pub(super) const ORGANISER: Rule = Rule::new(
    "KANTA-RIGHT-ORGANISER",
    Severity::Warning,
    Mark::Inferred,
    "outsourcingServiceCustomer names the organiser (test messages)",
);
pub(super) const UNIT: Rule =
    Rule::new("KANTA-RIGHT-UNIT", Severity::Error, Mark::Stated, SAME_UNIT);
pub(super) const DAY: Rule = Rule::new("KANTA-RIGHT-DAY", Severity::Error, Mark::Stated, SAME_UNIT);
pub(super) const CLIENT: Rule = Rule::new(
    "KANTA-RIGHT-CLIENT",
    Severity::Error,
    Mark::Stated,
    "the right is given for one client (county letter)",
);

impl RegisterUseRight {
    /// Returns the office of a producer's documents in the organiser's register: the header's register keeper and organiser
    /// are the organiser's, producer and service unit the producer's.
    ///
    /// # Errors
    /// `KANTA-RIGHT-UNIT` when the right is another unit's, `KANTA-RIGHT-DAY` when it does not hold on the day: without a
    /// right a producer cannot archive at all (Kela slides 2023, `[S]`).
    pub fn office(
        &self,
        unit: &ServiceUnit,
        day: Date,
        producer: Organisation,
        software: Software,
    ) -> Result<Office, InvalidValue> {
        self.demand(unit, day)?;
        Ok(Office {
            register_keeper: self.register_keeper().clone().into(),
            organiser: self.organiser().clone().into(),
            producer,
            service_unit: self.unit().clone().into(),
            software,
        })
    }

    /// Checks that a document stands in the register, and under the names, that this right gives: before it is signed.
    ///
    /// | rule | asks | source |
    /// | --- | --- | --- |
    /// | `KANTA-RIGHT-KEEPER` | the organiser's register | Kela slides 2023, `[S]` |
    /// | `KANTA-RIGHT-ORGANISER` | the organiser in the header (warning) | `[I]` |
    /// | `KANTA-RIGHT-UNIT` | the unit that the right names | county letter, `[S]` |
    /// | `KANTA-RIGHT-DAY` | a day of the service | county letter, `[S]` |
    /// | `KANTA-RIGHT-CLIENT` | the client of the relation | county letter, `[S]` |
    ///
    /// `day` is the day of work, which a reader of the document does not know better than the host.
    #[must_use]
    pub fn check_document(&self, metadata: &DocumentMetadata, day: Date) -> Report {
        let mut report = Report::new();
        let keeper = metadata.register_keeper.as_ref().map(|keeper| &keeper.oid);
        if keeper != Some(self.register_keeper().oid()) {
            report.push(KEEPER.finding(
                "register_keeper",
                "rekisterinpitäjä on toinen kuin se, jonka rekisteriin oikeus on annettu",
                "the register keeper is not the one whose register the right is for",
            ));
        }
        if metadata.organiser.as_ref() != Some(self.organiser().oid().as_oid()) {
            report.push(ORGANISER.finding(
                "organiser",
                "palvelunjärjestäjä on toinen kuin se, joka on antanut oikeuden",
                "the organiser is not the one who gave the right",
            ));
        }
        let unit = metadata.service_unit.as_ref().map(|unit| &unit.oid);
        if unit != Some(self.unit().oid()) {
            report.push(UNIT.finding(
                "service_unit",
                "palveluyksikkö on toinen kuin se, jolle oikeus on annettu",
                "the service unit is not the one that has the right",
            ));
        }
        if !self.permits(self.unit(), day) {
            report.push(DAY.finding(
                "",
                "oikeus ei ole voimassa tuona päivänä; pyydä palvelunjärjestäjää merkitsemään se asiakkuusasiakirjaan",
                "the right does not hold on that day; ask the organiser to mark it in the client-relation document",
            ));
        }
        let client = metadata.client.as_ref();
        let client = client.and_then(|client| ClientIdentity::of(&client.identifier));
        let is_client =
            client.is_some_and(|client| client.is_same_client(self.client()) == Some(true));
        if !is_client {
            report.push(CLIENT.finding(
                "client",
                "asiakas on toinen kuin se, jonka palvelua varten oikeus on annettu",
                "the client is not the one for whose service the right is given",
            ));
        }
        report
    }

    pub(super) fn demand(&self, unit: &ServiceUnit, day: Date) -> Result<(), InvalidValue> {
        if self.unit() != unit {
            return Err(InvalidValue::new(
                "KANTA-RIGHT-UNIT",
                "the register-use right is another unit's",
                "work in the unit that the organiser named, or tell the organiser the OID of the unit where the client is",
            ));
        }
        if !self.permits(unit, day) {
            return Err(InvalidValue::new(
                "KANTA-RIGHT-DAY",
                "the register-use right does not hold on that day",
                "ask the organiser to mark the days of the service in the client-relation document",
            ));
        }
        Ok(())
    }
}
