//! The case document (Finnish: asia-asiakirja, structure 1505.2).
//!
//! The rules of the typed [`Case`](kanta_core::relation::Case) are in `kanta-core`, `relation/case_rules.rs`; a test holds both
//! together where they ask the same (`tests/rules_agree.rs`).

use kanta_core::{Report, Rule, Severity};

use super::{Subject, stated};

const SOURCE: &str = "THL Sosmeta structure 1505.2 (2022-06-28), implementation notes";
const KELA: &str = "Kela slides 2020: joint case";

pub(super) const DETAILS: Rule = Rule::new(
    "KANTA-CONTENT-CASE-DETAILS",
    Severity::Warning,
    kanta_core::Mark::Inferred,
    "the fields of asian_tiedot are required, the group itself is not",
);
pub(super) const OTHER: Rule = stated("KANTA-CONTENT-CASE-OTHER", Severity::Error, SOURCE);
pub(super) const JOINT_JOINING: Rule =
    stated("KANTA-CONTENT-CASE-JOINT-JOINING", Severity::Error, KELA);
pub(super) const JOINING_ONLY_JOINT: Rule = stated(
    "KANTA-CONTENT-CASE-JOINING-ONLY-JOINT",
    Severity::Error,
    KELA,
);
pub(super) const LEAVING_ONLY_JOINT: Rule = stated(
    "KANTA-CONTENT-CASE-LEAVING-ONLY-JOINT",
    Severity::Warning,
    SOURCE,
);
pub(super) const CLIENTS_ONLY_JOINT: Rule = stated(
    "KANTA-CONTENT-CASE-CLIENTS-ONLY-JOINT",
    Severity::Error,
    SOURCE,
);

/// The code of "other" among the cases of social care (code system 1265).
const OTHER_CASE: &str = "99";
const JOINING: &str = "asiaan_liittymishetki";
const LEAVING: &str = "asiasta_poistumishetki";

pub(super) fn check(document: &Subject<'_>, report: &mut Report) {
    document.require(
        "asian_tiedot",
        &DETAILS,
        report,
        ["jotta asia on yksilöity", "for the case to be identified"],
    );
    let mut joint = false;
    for details in document.all("asian_tiedot") {
        joint |= details.switch("yhteinen_asia");
        if details
            .part
            .code("nimi")
            .is_some_and(|code| code.code == OTHER_CASE)
        {
            details.require(
                "lisatieto_luokkaan_muu",
                &OTHER,
                report,
                ["kun asia on 99 Muu", "when the case is 99, other"],
            );
        }
    }
    let clients: Vec<_> = document.all("asiakas").collect();
    if !joint && clients.len() > 1 {
        report.push(CLIENTS_ONLY_JOINT.finding(
            document.inside("asiakas"),
            "asiakkaita on useita, vaikka asia ei ole yhteinen",
            "there are several clients although the case is not a joint one",
        ));
    }
    for client in clients {
        if joint {
            client.require(
                JOINING,
                &JOINT_JOINING,
                report,
                ["kun asia on yhteinen", "when the case is a joint one"],
            );
            continue;
        }
        for (name, rule) in [(JOINING, JOINING_ONLY_JOINT), (LEAVING, LEAVING_ONLY_JOINT)] {
            if client.has(name) {
                report.push(rule.finding(
                    client.inside(name),
                    "hetki kirjataan vain yhteiseen asiaan",
                    "the moment belongs to a joint case only",
                ));
            }
        }
    }
}
