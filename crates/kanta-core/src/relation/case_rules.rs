//! The conditional rules of a case.
//!
//! Contents as JSON are judged by `kanta-cda`, `structure/rules/case.rs`, whose rules have ids of their own and the same severity
//! and mark.

use super::case::{Case, CaseClient, CaseStates};
use crate::codes::CaseState;
use crate::{Mark, Report, Rule, Severity, TimeStamp};

const STRUCTURE: &str = "Asia-asiakirja 1505.2.2022.6.28 (THL, Sosmeta), implementation notes";
const JOINT: &str =
    "the moment of joining stands on joint cases only (Kela slides 2020; Sosmeta 1505.2)";
pub(super) const NO_CLIENT: Rule = Rule::new(
    "KANTA-CASE-NO-CLIENT",
    Severity::Error,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const ONE_CLIENT: Rule = Rule::new(
    "KANTA-CASE-ONE-CLIENT",
    Severity::Error,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const JOINED_MISSING: Rule = Rule::new(
    "KANTA-CASE-JOINED-MISSING",
    Severity::Error,
    Mark::Stated,
    JOINT,
);
pub(super) const JOINED_NOT_JOINT: Rule = Rule::new(
    "KANTA-CASE-JOINED-NOT-JOINT",
    Severity::Error,
    Mark::Stated,
    JOINT,
);
pub(super) const LEFT_NOT_JOINT: Rule = Rule::new(
    "KANTA-CASE-LEFT-NOT-JOINT",
    Severity::Warning,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const CLOSING_DAY: Rule = Rule::new(
    "KANTA-CASE-CLOSING-DAY",
    Severity::Error,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const KIND_TEXT: Rule = Rule::new(
    "KANTA-CASE-KIND-TEXT",
    Severity::Error,
    Mark::Stated,
    STRUCTURE,
);
pub(super) const ORDER: Rule = Rule::new(
    "KANTA-CASE-ORDER",
    Severity::Error,
    Mark::Own,
    "days that contradict each other are a mistake somewhere",
);

/// The kind that needs words: 99 of 1.2.246.537.6.1265 (Sosmeta 1505.2, `[S]`).
const OTHER_KIND: &str = "99";

impl Case {
    /// Checks the rules that THL's structure sets by a condition, and that the days fit together.
    ///
    /// | rule | asks | source |
    /// | --- | --- | --- |
    /// | `KANTA-CASE-NO-CLIENT` | one client at least | 1505.2, `[S]` |
    /// | `KANTA-CASE-ONE-CLIENT` | one client only, unless it is joint | 1505.2, `[S]` |
    /// | `KANTA-CASE-JOINED-MISSING` | each client's moment of joining, when it is joint | 1505.2, `[S]` |
    /// | `KANTA-CASE-JOINED-NOT-JOINT` | no such moment, when it is not | Kela slides 2020, `[S]` |
    /// | `KANTA-CASE-LEFT-NOT-JOINT` | no moment of leaving, when it is not (warning) | 1505.2, `[S]` |
    /// | `KANTA-CASE-CLOSING-DAY` | the day of closing of a closed case; needs `states` | 1505.2, `[S]` |
    /// | `KANTA-CASE-KIND-TEXT` | what a case of the kind 99 is about, in words | 1505.2, `[S]` |
    /// | `KANTA-CASE-ORDER` | no closing before opening, no leaving before joining | own |
    ///
    /// Places are JSON pointers into the document's content.
    #[must_use]
    pub fn check(&self, states: Option<&CaseStates>) -> Report {
        let mut report = Report::new();
        match self.clients.len() {
            0 => report.push(NO_CLIENT.finding(
                "/asia_asiakirja/asiakas",
                "asialla ei ole asiakasta; lisää vähintään yksi",
                "the case has no client; add one at least",
            )),
            2.. if !self.joint => report.push(ONE_CLIENT.finding(
                "/asia_asiakirja/asiakas",
                "asialla on useita asiakkaita, mutta se ei ole yhteinen asia",
                "the case has several clients but is not a joint one",
            )),
            _ => {}
        }
        for (index, client) in self.clients.iter().enumerate() {
            self.check_client(&mut report, index, client);
        }
        self.check_closing(&mut report, states);
        let has_text = self
            .kind_text
            .as_ref()
            .is_some_and(|text| !text.trim().is_empty());
        if self.kind.as_ref().code() == OTHER_KIND && !has_text {
            report.push(KIND_TEXT.finding(
                "/asia_asiakirja/asian_tiedot/lisatieto_luokkaan_muu",
                "asian nimi on 99 Muu, mutta lisätieto puuttuu; kirjoita, mitä asia koskee",
                "the case is of the kind 99 but nothing says what it is about; write it",
            ));
        }
        report
    }

    fn check_client(&self, report: &mut Report, index: usize, client: &CaseClient) {
        let joined = format!("/asia_asiakirja/asiakas/{index}/asiaan_liittymishetki");
        let left = format!("/asia_asiakirja/asiakas/{index}/asiasta_poistumishetki");
        match (self.joint, &client.joined) {
            (true, None) => report.push(JOINED_MISSING.finding(
                joined,
                "yhteisen asian asiakkaalta puuttuu asiaan liittymishetki",
                "a client of a joint case has no moment of joining",
            )),
            (false, Some(_)) => report.push(JOINED_NOT_JOINT.finding(
                joined,
                "liittymishetki saa olla vain yhteisellä asialla; poista se",
                "only a joint case has moments of joining; remove it",
            )),
            _ => {}
        }
        if !self.joint && client.left.is_some() {
            report.push(LEFT_NOT_JOINT.finding(
                left.clone(),
                "poistumishetkeä käytetään vain yhteisellä asialla; poista se",
                "only a joint case has moments of leaving; remove it",
            ));
        }
        let day_of = |moment: &Option<TimeStamp>| moment.as_ref().and_then(TimeStamp::date);
        if let (Some(joined), Some(gone)) = (day_of(&client.joined), day_of(&client.left))
            && gone < joined
        {
            report.push(ORDER.finding(
                left,
                "asiakas poistuu asiasta ennen kuin liittyy siihen",
                "the client leaves the case before joining it",
            ));
        }
    }

    fn check_closing(&self, report: &mut Report, states: Option<&CaseStates>) {
        let place = "/asia_asiakirja/asian_tiedot/paattymispaiva";
        let is_closed = states.is_some_and(|states| {
            self.state
                .as_ref()
                .is_same_code(states.closed.as_ref().code(), &CaseState::SYSTEM)
        });
        if is_closed && self.closed.is_none() {
            report.push(CLOSING_DAY.finding(
                place,
                "suljetulta asialta puuttuu päättymispäivä",
                "the closed case has no day of closing",
            ));
        }
        if self.closed.is_some_and(|closed| closed < self.opened) {
            report.push(ORDER.finding(
                place,
                "asia päättyy ennen kuin se avataan",
                "the case closes before it opens",
            ));
        }
    }
}

#[cfg(test)]
mod tests;
