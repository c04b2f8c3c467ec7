//! The client block (Finnish: asiakas) that almost every structure has.

use kanta_core::{Report, Rule, Severity};

use super::{Subject, stated};

pub(super) const IDENTIFIER: Rule = stated(
    "KANTA-CONTENT-CLIENT-ID",
    Severity::Error,
    "THL Sosmeta structures, note on Henkilötunnus and Tilapäinen yksilöintitunnus",
);

const IDENTITY_CODE: &str = "henkilotunnus";
const TEMPORARY: &str = "tilapainen_yksilointitunnus";

pub(super) fn check(document: &Subject<'_>, report: &mut Report) {
    for client in document.all("asiakas") {
        let field = client.part.field();
        let both = [IDENTITY_CODE, TEMPORARY].iter().all(|name| {
            field
                .child(name)
                .is_some_and(|field| field.is_conditional())
        });
        if both && !client.has(IDENTITY_CODE) && !client.has(TEMPORARY) {
            report.push(IDENTIFIER.finding(
                client.inside(IDENTITY_CODE),
                "asiakkaalla ei ole henkilötunnusta eikä tilapäistä yksilöintitunnusta; toinen niistä on pakollinen",
                "the client has neither an identity code nor a temporary identifier; one of them is mandatory",
            ));
        }
    }
}
