//! Rules beyond the schema: what the notes of the structures and Kela's answers demand on a condition.
//!
//! A JSON Schema of the dialect cannot say "this or that" and "only if", so the structures say it in notes for people
//! (`implementationNote`). The rules here are those of the four documents that the archive itself works with (client relation,
//! case, disclosure permission, disclosure ban) and of the client block that almost every structure has.

mod case;
mod client;
mod relation;
mod will;

use kanta_core::{Mark, Report, Rule, Severity};

use crate::content::{Content, Part};

/// Every rule beyond the schema.
pub const CATALOGUE: [Rule; 19] = [
    client::IDENTIFIER,
    relation::ID,
    relation::UNIT,
    relation::TASK,
    relation::SERVICE_UNIT,
    relation::LEGACY_CODE,
    relation::LEGACY_BIRTH,
    relation::AUTHORITY,
    relation::ROLE_BLOCK,
    relation::BAN_END,
    case::DETAILS,
    case::OTHER,
    case::JOINT_JOINING,
    case::JOINING_ONLY_JOINT,
    case::LEAVING_ONLY_JOINT,
    case::CLIENTS_ONLY_JOINT,
    will::REPRESENTATIVE,
    will::REPRESENTATIVE_ID,
    will::AUTHOR,
];

const fn stated(id: &'static str, severity: Severity, source: &'static str) -> Rule {
    Rule::new(id, severity, Mark::Stated, source)
}

/// Checks content by every rule that its kind of document has. The form is checked by
/// [`crate::structure::Structure::validate`]; [`Content::check`] does both.
#[must_use]
pub fn check(content: &Content<'_>) -> Report {
    let mut report = Report::new();
    let document = Subject {
        part: content.root(),
        place: format!("/{}", content.root().field().name()),
    };
    client::check(&document, &mut report);
    // Structures are told apart by the name of their document, which stays the same from version to version.
    match document.part.field().name() {
        "asiakkuusasiakirja" => relation::check(&document, &mut report),
        "asia_asiakirja" => case::check(&document, &mut report),
        "luovutuslupa_asiakirja" => will::check_permission(&document, &mut report),
        "kieltoasiakirja" => will::check_ban(&document, &mut report),
        _ => {}
    }
    report
}

/// A part of content with its JSON pointer.
struct Subject<'c> {
    part: Part<'c>,
    place: String,
}

impl<'c> Subject<'c> {
    fn has(&self, name: &str) -> bool {
        self.part.all(name).next().is_some()
    }

    fn switch(&self, name: &str) -> bool {
        self.part.switch(name) == Some(true)
    }

    fn inside(&self, name: &str) -> String {
        format!("{}/{name}", self.place)
    }

    /// The values of a field, each with its place.
    fn all(&self, name: &str) -> impl Iterator<Item = Self> {
        let place = self.inside(name);
        self.part
            .all(name)
            .enumerate()
            .map(move |(index, part)| Self {
                place: if part.field().is_repeated() {
                    format!("{place}/{index}")
                } else {
                    place.clone()
                },
                part,
            })
    }

    /// Reports a field that is not there, unless the structure does not have it either.
    fn require(&self, name: &str, rule: &Rule, report: &mut Report, when: [&str; 2]) {
        if let Some(field) = self.part.field().child(name)
            && !self.has(name)
        {
            let title = field.title(crate::structure::Language::Finnish);
            let [finnish, english] = when;
            report.push(rule.finding(
                self.inside(name),
                format!("kenttä ”{title}” puuttuu; se on pakollinen, {finnish}"),
                format!("the field \"{title}\" is missing; it is mandatory {english}"),
            ));
        }
    }
}

#[cfg(test)]
mod tests;
