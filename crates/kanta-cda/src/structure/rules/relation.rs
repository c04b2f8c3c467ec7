//! The client-relation document (Finnish: asiakkuusasiakirja, structure 1505.1).
//!
//! The rules of the typed [`ClientRelation`](kanta_core::relation::ClientRelation) are in `kanta-core`, `relation/rules.rs`; a test
//! holds both together where they ask the same (`tests/rules_agree.rs`).

use kanta_core::{Report, Rule, Severity};

use super::{Subject, stated};

const SOURCE: &str = "THL Sosmeta structure 1505.1 (2023-06-01), implementation notes";

pub(super) const ID: Rule = stated("KANTA-CONTENT-RELATION-ID", Severity::Error, SOURCE);
pub(super) const UNIT: Rule = stated("KANTA-CONTENT-RELATION-UNIT", Severity::Error, SOURCE);
pub(super) const TASK: Rule = stated("KANTA-CONTENT-RELATION-TASK", Severity::Error, SOURCE);
pub(super) const SERVICE_UNIT: Rule = stated(
    "KANTA-CONTENT-RELATION-SERVICE-UNIT",
    Severity::Error,
    SOURCE,
);
pub(super) const LEGACY_CODE: Rule = stated(
    "KANTA-CONTENT-RELATION-LEGACY-CODE",
    Severity::Error,
    SOURCE,
);
pub(super) const LEGACY_BIRTH: Rule = stated(
    "KANTA-CONTENT-RELATION-LEGACY-BIRTH",
    Severity::Error,
    SOURCE,
);
pub(super) const AUTHORITY: Rule =
    stated("KANTA-CONTENT-RELATION-AUTHORITY", Severity::Error, SOURCE);
pub(super) const ROLE_BLOCK: Rule = stated(
    "KANTA-CONTENT-RELATION-ROLE-BLOCK",
    Severity::Warning,
    SOURCE,
);
pub(super) const BAN_END: Rule = Rule::new(
    "KANTA-CONTENT-RELATION-BAN-END",
    Severity::Warning,
    kanta_core::Mark::Inferred,
    "inferred from the meaning of turvakiellon_paattymispaiva",
);

const UNLESS_LEGACY: [&str; 2] = [
    "ellei kyseessä ole vanha asiakkuus",
    "unless the relation is a legacy one",
];
const IF_LEGACY: [&str; 2] = [
    "kun kyseessä on vanha asiakkuus",
    "when the relation is a legacy one",
];

/// Roles (code system 1284) whose competence is told, and the block that belongs to a single role.
const ROLES_WITH_AUTHORITY: [&str; 4] = ["31", "32", "33", "34"];
const BLOCKS: [(&str, &str); 4] = [
    ("edunvalvonta", "32"),
    ("edunvalvontavaltuutus", "33"),
    ("huoltajuus", "31"),
    ("vanhemman_tiedonsaantioikeus", "12"),
];

pub(super) fn check(document: &Subject<'_>, report: &mut Report) {
    let legacy = document
        .all("sosiaalihuollon_asiakkuus")
        .any(|relation| relation.switch("vanha_asiakkuus"));
    if legacy {
        for client in document.all("asiakas") {
            client.require("henkilotunnus", &LEGACY_CODE, report, IF_LEGACY);
            client.require("syntymaaika", &LEGACY_BIRTH, report, IF_LEGACY);
        }
    } else {
        document.require("asiakkuuden_yksilointitunnus", &ID, report, UNLESS_LEGACY);
        document.require(
            "palvelunjarjestajan_toimintayksikko",
            &UNIT,
            report,
            UNLESS_LEGACY,
        );
        document.require(
            "sosiaalihuollon_palvelutehtava",
            &TASK,
            report,
            UNLESS_LEGACY,
        );
    }
    service_units(document, report);
    for client in document.all("asiakas") {
        if client.has("turvakiellon_paattymispaiva") && !client.switch("turvakielto") {
            report.push(BAN_END.finding(
                client.inside("turvakiellon_paattymispaiva"),
                "turvakiellolla on päättymispäivä, vaikka turvakieltoa ei ole",
                "the security ban has an end date although there is no ban",
            ));
        }
    }
    for person in document.all("asiakkaaseen_liittyvat_henkilot") {
        related_person(&person, report);
    }
}

/// The organiser's service unit stands in one of two places: in the document, or in a service task.
fn service_units(document: &Subject<'_>, report: &mut Report) {
    const UNIT: &str = "palvelunjarjestajan_palveluyksikko";
    let mut tasks = document.all("sosiaalihuollon_palvelutehtava");
    if tasks.any(|task| task.has(UNIT)) {
        return;
    }
    document.require(
        UNIT,
        &SERVICE_UNIT,
        report,
        [
            "ellei sitä ole kirjattu palvelutehtävälle",
            "unless a service task has it",
        ],
    );
}

fn related_person(person: &Subject<'_>, report: &mut Report) {
    let roles: Vec<_> = person
        .part
        .all("rooli")
        .filter_map(|role| Some(role.as_code()?.code))
        .collect();
    if roles
        .iter()
        .any(|role| ROLES_WITH_AUTHORITY.contains(&&**role))
    {
        person.require(
            "toimivalta",
            &AUTHORITY,
            report,
            [
                "kun rooli on 31, 32, 33 tai 34",
                "when the role is 31, 32, 33 or 34",
            ],
        );
    }
    for (block, role) in BLOCKS {
        if person.has(block) && !roles.iter().any(|held| held == role) {
            report.push(ROLE_BLOCK.finding(
                person.inside(block),
                format!("tieto kuuluu vain henkilölle, jonka rooli on {role}"),
                format!("this belongs to a person in the role {role} only"),
            ));
        }
    }
}
