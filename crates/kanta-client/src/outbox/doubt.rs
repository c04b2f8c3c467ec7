//! What is said of an entry that may have arrived.

use kanta_core::{Mark, Reason, Report, Rule, Severity};

use super::Kind;

const UNKNOWN: Rule = Rule::new(
    "KANTA-OUTBOX-UNKNOWN",
    Severity::Warning,
    Mark::Own,
    "own check: what may have arrived is not sent again before the archive was asked",
);
const NOTICES: Rule = Rule::new(
    "KANTA-OUTBOX-NOTICES-IN-DOUBT",
    Severity::Error,
    Mark::Own,
    "own check: notices that may have arrived are sent again only when a person says so, since nobody can ask for them",
);

/// Tells that an entry may have arrived, and what becomes of it.
pub(super) fn about(kind: Kind, why: &Reason) -> Report {
    let finnish = why.finnish();
    let finding = match kind {
        Kind::Document => UNKNOWN.finding(
            "",
            format!("asiakirja on voinut saapua arkistoon, arkistolta kysytään: {finnish}"),
            format!("the document may have arrived, the archive will be asked: {why}"),
        ),
        Kind::Notices => NOTICES.finding(
            "",
            format!(
                "ilmoitukset voivat olla jo lokirekisterissä, eikä siltä voi kysyä ({finnish}). Päätä: archived, jos tiedetään, että ne \
                 ovat siellä; absent lähettää ne uudelleen, jolloin ne voivat olla siellä kahdesti; discard luopuu niistä"
            ),
            format!(
                "the notices may be in the log register already, and nobody can ask it ({why}). Decide: archived, when it is \
                 known to have them; absent sends them again, and they may then be there twice; discard gives them up"
            ),
        ),
    };
    [finding].into_iter().collect()
}
