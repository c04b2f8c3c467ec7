//! Disclosure permission and disclosure ban (Finnish: luovutuslupa-asiakirja, structure 1505.8, and kieltoasiakirja, 1505.9).

use kanta_core::{Report, Rule, Severity};

use super::{Subject, stated};

const SOURCE: &str =
    "THL Sosmeta structures 1505.8 (2023-06-01) and 1505.9 (2023-06-05), implementation notes";

pub(super) const REPRESENTATIVE: Rule =
    stated("KANTA-CONTENT-WILL-REPRESENTATIVE", Severity::Error, SOURCE);
pub(super) const REPRESENTATIVE_ID: Rule = stated(
    "KANTA-CONTENT-WILL-REPRESENTATIVE-ID",
    Severity::Error,
    SOURCE,
);
/// A warning: whether the document was made in a client system or in OmaKanta cannot be told from its content.
pub(super) const AUTHOR: Rule = stated("KANTA-CONTENT-WILL-AUTHOR", Severity::Warning, SOURCE);

/// The kinds of ban, each a group with a list of its own.
const BANS: [(&str, &str); 3] = [
    (
        "rekisterinpitajaa_koskevat_luovutuskiellot",
        "rekisterinpitajaa_koskeva_luovutuskielto",
    ),
    (
        "palvelutehtavaa_koskevat_luovutuskiellot",
        "palvelutehtavaa_koskeva_luovutuskielto",
    ),
    (
        "asiakirjoja_koskevat_luovutuskiellot",
        "asiakirjaa_koskeva_luovutuskielto",
    ),
];

pub(super) fn check_permission(document: &Subject<'_>, report: &mut Report) {
    representative(
        document,
        "luovutusluvan_antaja_on_laillinen_edustaja",
        "luovutusluvan_antaja",
        report,
    );
    author(document, report);
}

pub(super) fn check_ban(document: &Subject<'_>, report: &mut Report) {
    for (group, list) in BANS {
        for group in document.all(group) {
            for ban in group.all(list) {
                representative(
                    &ban,
                    "kieltaja_on_laillinen_edustaja",
                    "henkilo_joka_kieltaa_asiakastietojen_luovuttamisen",
                    report,
                );
            }
        }
    }
    author(document, report);
}

/// A legal representative is named exactly when one acts, with one of three identifiers.
fn representative(subject: &Subject<'_>, switch: &str, persons: &str, report: &mut Report) {
    if subject.switch(switch) {
        subject.require(
            persons,
            &REPRESENTATIVE,
            report,
            [
                "kun toimijana on laillinen edustaja",
                "when a legal representative acts",
            ],
        );
    } else if subject.has(persons) {
        report.push(REPRESENTATIVE.finding(
            subject.inside(persons),
            "laillinen edustaja on nimetty, vaikka toimijaksi ei ole merkitty laillista edustajaa",
            "a legal representative is named although none is said to act",
        ));
    }
    for person in subject.all(persons) {
        let identified = [
            "henkilotunnus",
            "tilapainen_yksilointitunnus",
            "edunvalvojan_tunniste",
        ]
        .iter()
        .any(|name| person.has(name));
        if !identified {
            report.push(REPRESENTATIVE_ID.finding(
                person.inside("henkilotunnus"),
                "edustajalla ei ole henkilötunnusta, tilapäistä yksilöintitunnusta eikä edunvalvojan tunnistetta",
                "the representative has neither an identity code, nor a temporary identifier, nor a guardian's identifier",
            ));
        }
    }
}

fn author(document: &Subject<'_>, report: &mut Report) {
    const GROUP: &str = "ammattihenkilon_laatima_asiakirja";
    let named = document.all(GROUP).any(|made| made.has("laatija"));
    if !named && document.part.field().child(GROUP).is_some() {
        report.push(AUTHOR.finding(
            format!("{}/laatija", document.inside(GROUP)),
            "laatija puuttuu; se on pakollinen, kun asiakirja laaditaan asiakastietojärjestelmässä",
            "the author is missing, who is mandatory when the document is made in a client information system",
        ));
    }
}
