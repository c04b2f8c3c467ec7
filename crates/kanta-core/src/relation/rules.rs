//! The conditional rules of a client relation.
//!
//! Contents as JSON are judged by `kanta-cda`, `structure/rules/relation.rs`, whose rules have ids of their own and the same
//! severity and mark.

use super::client_relation::{ClientRelation, ServiceTaskBlock};
use super::period::Period;
use crate::{Mark, Report, Rule, Severity};

const STRUCTURE: &str = "Asiakkuusasiakirja 1505.1.2023.6.1 (THL, Sosmeta), implementation notes";
const OWN: &str = "days that contradict each other are a mistake somewhere";
pub(super) const ID: Rule = Rule::new(
    "KANTA-RELATION-ID",
    Severity::Error,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const ORGANISER: Rule = Rule::new(
    "KANTA-RELATION-ORGANISER",
    Severity::Error,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const TASK: Rule = Rule::new(
    "KANTA-RELATION-TASK",
    Severity::Error,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const UNIT: Rule = Rule::new(
    "KANTA-RELATION-UNIT",
    Severity::Error,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const LEGACY_CLIENT: Rule = Rule::new(
    "KANTA-RELATION-LEGACY-CLIENT",
    Severity::Error,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const PERIOD: Rule = Rule::new("KANTA-RELATION-PERIOD", Severity::Error, Mark::Own, OWN);
pub(super) const OUTSIDE: Rule =
    Rule::new("KANTA-RELATION-OUTSIDE", Severity::Warning, Mark::Own, OWN);
pub(super) const BIRTH_DATE: Rule = Rule::new(
    "KANTA-RELATION-BIRTH-DATE",
    Severity::Warning,
    Mark::Own,
    "they differ in a real test document (test messages)",
);

impl ClientRelation {
    /// Checks the rules that THL's structure sets by a condition, and that the days fit together.
    ///
    /// | rule | asks | source |
    /// | --- | --- | --- |
    /// | `KANTA-RELATION-ID` | the relation's id, unless it is legacy | 1505.1, `[S]` |
    /// | `KANTA-RELATION-ORGANISER` | the organiser's operating unit, unless it is legacy | 1505.1, `[S]` |
    /// | `KANTA-RELATION-TASK` | a service task, unless it is legacy | 1505.1, `[S]` |
    /// | `KANTA-RELATION-UNIT` | one of the organiser's units, in the relation or in a task | 1505.1, `[S]` |
    /// | `KANTA-RELATION-LEGACY-CLIENT` | identity code and day of birth of a legacy client | 1505.1, `[S]` |
    /// | `KANTA-RELATION-PERIOD` | no end before its start | own |
    /// | `KANTA-RELATION-OUTSIDE` | days within those of the relation and of the producer (warning) | own |
    /// | `KANTA-RELATION-BIRTH-DATE` | the day of birth that the identity code tells (warning) | own |
    ///
    /// Places are JSON pointers into the document's content.
    #[must_use]
    pub fn check(&self) -> Report {
        let mut report = Report::new();
        if !self.legacy {
            self.check_mandatory(&mut report);
        }
        self.check_client(&mut report);
        let has_unit = !self.units.is_empty()
            || self
                .service_tasks
                .iter()
                .any(|block| !block.units.is_empty());
        if !has_unit {
            report.push(UNIT.finding(
                "/asiakkuusasiakirja/palvelunjarjestajan_palveluyksikko",
                "palvelunjärjestäjän palveluyksikkö puuttuu sekä asiakkuudesta että palvelutehtäviltä; lisää se toiseen",
                "no service unit of the organiser is named, neither in the relation nor in a service task; add one",
            ));
        }
        self.check_days(&mut report);
        report
    }

    fn check_mandatory(&self, report: &mut Report) {
        if self.id.is_none() {
            report.push(ID.finding(
                "/asiakkuusasiakirja/asiakkuuden_yksilointitunnus",
                "asiakkuuden yksilöintitunnus puuttuu; se on pakollinen muissa kuin vanhoissa asiakkuuksissa",
                "the relation's identifier is missing; only a legacy relation may lack it",
            ));
        }
        if self.organiser.is_none() {
            report.push(ORGANISER.finding(
                "/asiakkuusasiakirja/palvelunjarjestajan_toimintayksikko",
                "palvelunjärjestäjän toimintayksikkö puuttuu; se on pakollinen muissa kuin vanhoissa asiakkuuksissa",
                "the organiser's operating unit is missing; only a legacy relation may lack it",
            ));
        }
        if self.service_tasks.is_empty() {
            report.push(TASK.finding(
                "/asiakkuusasiakirja/sosiaalihuollon_palvelutehtava",
                "palvelutehtävä puuttuu; se on pakollinen muissa kuin vanhoissa asiakkuuksissa",
                "no service task is named; only a legacy relation may lack them",
            ));
        }
    }

    fn check_client(&self, report: &mut Report) {
        let code = self.client.identity.identity_code();
        if self.legacy && code.is_none() {
            report.push(LEGACY_CLIENT.finding(
                "/asiakkuusasiakirja/asiakas/henkilotunnus",
                "vanhan asiakkuuden asiakkaalla on oltava henkilötunnus",
                "the client of a legacy relation has a personal identity code",
            ));
        }
        if self.legacy && self.client.birth_date.is_none() {
            report.push(LEGACY_CLIENT.finding(
                "/asiakkuusasiakirja/asiakas/syntymaaika",
                "vanhan asiakkuuden asiakkaalla on oltava syntymäaika",
                "the client of a legacy relation has a day of birth",
            ));
        }
        if let (Some(code), Some(birth_date)) = (code, self.client.birth_date)
            && code.birth_date() != birth_date
        {
            report.push(BIRTH_DATE.finding(
                "/asiakkuusasiakirja/asiakas/syntymaaika",
                "syntymäaika on toinen kuin henkilötunnuksessa; tarkista kumpikin",
                "the day of birth is not the one of the identity code; check both",
            ));
        }
    }

    fn check_days(&self, report: &mut Report) {
        check_order(
            report,
            "/asiakkuusasiakirja/sosiaalihuollon_asiakkuus",
            self.period,
        );
        if let Some(period) = self.child_protection {
            check_order(
                report,
                "/asiakkuusasiakirja/lastensuojelun_asiakkuus",
                period,
            );
        }
        for (index, unit) in self.units.iter().enumerate() {
            let place = format!("/asiakkuusasiakirja/palvelunjarjestajan_palveluyksikko/{index}");
            check_inside(report, &place, unit.period, self.period);
        }
        for (index, block) in self.service_tasks.iter().enumerate() {
            let place = format!("/asiakkuusasiakirja/sosiaalihuollon_palvelutehtava/{index}");
            check_block(report, &place, block, self.period);
        }
    }
}

fn check_block(report: &mut Report, place: &str, block: &ServiceTaskBlock, relation: Period) {
    for (index, unit) in block.units.iter().enumerate() {
        let place = format!("{place}/palvelunjarjestajan_palveluyksikko/{index}");
        check_inside(report, &place, unit.period, relation);
    }
    for (index, producer) in block.producers.iter().enumerate() {
        let place = format!("{place}/palveluntuottaja/{index}");
        check_inside(report, &place, producer.period, relation);
        for (index, performer) in producer.performers.iter().enumerate() {
            let place = format!("{place}/palveluntoteuttaja/{index}");
            check_inside(report, &place, performer.period, producer.period);
        }
    }
}

fn check_order(report: &mut Report, place: &str, period: Period) -> bool {
    let in_order = period.is_in_order();
    if !in_order {
        report.push(PERIOD.finding(
            place,
            "päättymispäivä on ennen alkamispäivää",
            "the end is before the start",
        ));
    }
    in_order
}

fn check_inside(report: &mut Report, place: &str, period: Period, outer: Period) {
    if check_order(report, place, period) && outer.is_in_order() && !period.is_within(outer) {
        report.push(OUTSIDE.finding(
            place,
            "päivät eivät sisälly siihen, minkä alla ne ovat; ulkopuoliset päivät eivät anna oikeutta",
            "the days reach beyond those of what they stand under; the days outside give no right",
        ));
    }
}

#[cfg(test)]
mod tests;
