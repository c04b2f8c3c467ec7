//! Checks content against a structure and says everything that is wrong, without repeating the content.

use std::slice;

use kanta_core::{Mark, Report, Rule, Severity};

use super::Structure;
use super::field::{Field, Value};
use super::language::Language;
use super::pattern::Pattern;
use super::pointer::{Pointer, Step};
use crate::json::{Json, JsonError};

/// The rules of validation against a structure.
pub const RULES: [Rule; 9] = [
    JSON, TYPE, REQUIRED, UNKNOWN, MIN_ITEMS, MIN_LENGTH, PATTERN, ENUM, MANY,
];

const JSON: Rule = rule(
    "KANTA-STRUCTURE-JSON",
    "THL Sosmeta structures: content is JSON",
);
const TYPE: Rule = rule("KANTA-STRUCTURE-TYPE", "THL Sosmeta structure, type");
const REQUIRED: Rule = rule(
    "KANTA-STRUCTURE-REQUIRED",
    "THL Sosmeta structure, required",
);
const UNKNOWN: Rule = rule(
    "KANTA-STRUCTURE-UNKNOWN",
    "THL Sosmeta structure, additionalProperties",
);
const MIN_ITEMS: Rule = rule(
    "KANTA-STRUCTURE-MIN-ITEMS",
    "THL Sosmeta structure, minItems",
);
const MIN_LENGTH: Rule = rule(
    "KANTA-STRUCTURE-MIN-LENGTH",
    "THL Sosmeta structure, minLength",
);
const PATTERN: Rule = rule("KANTA-STRUCTURE-PATTERN", "THL Sosmeta structure, pattern");
const ENUM: Rule = rule("KANTA-STRUCTURE-ENUM", "THL Sosmeta structure, enum");
const MANY: Rule = Rule::new(
    "KANTA-STRUCTURE-MANY",
    Severity::Error,
    Mark::Own,
    "bound of this library",
);

/// After so many findings the check stops: content of a few bytes a finding must not fill the memory.
const MOST_FINDINGS: usize = 1000;

const fn rule(id: &'static str, source: &'static str) -> Rule {
    Rule::new(id, Severity::Error, Mark::Stated, source)
}

/// The report on bytes that are not strict JSON.
pub(super) fn unreadable(error: JsonError) -> Report {
    let JsonError { line, column, .. } = error;
    let finding = JSON.finding(
        format!("line {line}, column {column}"),
        error.problem.finnish(),
        error.problem.english(),
    );
    Report::from_iter([finding])
}

pub(super) fn validate(structure: &Structure, content: &Json<'_>) -> Report {
    let mut check = Check {
        place: Pointer::default(),
        report: Report::new(),
    };
    let title = structure.title(Language::Finnish);
    check.object(
        title,
        slice::from_ref(&structure.root),
        structure.open,
        content,
    );
    check.report
}

/// Walks content and structure side by side.
struct Check<'c> {
    place: Pointer<'c>,
    report: Report,
}

impl<'c> Check<'c> {
    fn field(&mut self, field: &'c Field, value: &'c Json<'_>) {
        let Some(least) = field.repeat else {
            return self.value(field, value);
        };
        let title = field.title(Language::Finnish);
        let Some(items) = value.items() else {
            return self.wrong_type(title, value, "luettelo", "a list (an array)");
        };
        if items.len() < least {
            self.report(
                &MIN_ITEMS,
                format!("kentässä ”{title}” on oltava arvoja vähintään {least}"),
                format!("the field \"{title}\" needs {least} or more values"),
            );
        }
        for (index, item) in items.iter().enumerate() {
            if self.is_full() {
                return;
            }
            self.place.enter(Step::Index(index));
            self.value(field, item);
            self.place.leave();
        }
    }

    fn value(&mut self, field: &'c Field, value: &'c Json<'_>) {
        let title = field.title(Language::Finnish);
        match (&field.value, value) {
            (
                Value::Text {
                    min_length,
                    pattern,
                    allowed,
                },
                Json::String(text),
            ) => self.text(
                title,
                text,
                *min_length,
                pattern.as_ref(),
                allowed.as_deref(),
            ),
            (Value::Text { .. }, _) => {
                self.wrong_type(title, value, "teksti", "a text (a string)");
            }
            (Value::Number, Json::Number(_)) | (Value::Switch, Json::Bool(_)) => {}
            (Value::Number, _) => self.wrong_type(title, value, "luku", "a number"),
            (Value::Switch, _) => {
                self.wrong_type(title, value, "true tai false", "true or false");
            }
            (Value::Object { members, open }, _) => self.object(title, members, *open, value),
        }
    }

    fn object(&mut self, title: &str, fields: &'c [Field], open: bool, value: &'c Json<'_>) {
        let Some(members) = value.members() else {
            return self.wrong_type(title, value, "olio", "an object");
        };
        for field in fields.iter().filter(|field| field.required) {
            if value.get(&field.name).is_none() {
                let title = field.title(Language::Finnish);
                self.place.enter(Step::Name(&field.name));
                self.report(
                    &REQUIRED,
                    format!("pakollinen kenttä ”{title}” puuttuu"),
                    format!("the mandatory field \"{title}\" is missing"),
                );
                self.place.leave();
            }
        }
        for (name, value) in members {
            if self.is_full() {
                return;
            }
            match fields.iter().find(|field| field.name == **name) {
                Some(field) => {
                    self.place.enter(Step::Name(name));
                    self.field(field, value);
                    self.place.leave();
                }
                None if open => {}
                None => self.unknown(title, name),
            }
        }
    }

    fn text(
        &mut self,
        title: &str,
        text: &str,
        min_length: usize,
        pattern: Option<&Pattern>,
        allowed: Option<&[String]>,
    ) {
        if text.chars().take(min_length).count() < min_length {
            self.report(
                &MIN_LENGTH,
                format!("kentässä ”{title}” on oltava merkkejä vähintään {min_length}"),
                format!("the field \"{title}\" needs {min_length} or more characters"),
            );
        }
        if let Some(pattern) = pattern
            && !pattern.matches(text)
        {
            let (finnish, english) = form(pattern);
            self.report(
                &PATTERN,
                format!("kentän ”{title}” arvon on oltava {finnish}"),
                format!("the value of the field \"{title}\" must be {english}"),
            );
        }
        if let Some(allowed) = allowed
            && !allowed.iter().any(|allowed| allowed == text)
        {
            let (finnish, english) = choice(allowed);
            self.report(
                &ENUM,
                format!("kentän ”{title}” arvon on oltava {finnish}"),
                format!("the value of the field \"{title}\" must be {english}"),
            );
        }
    }

    fn wrong_type(&mut self, title: &str, value: &Json<'_>, finnish: &str, english: &str) {
        let (ending, remedy) = match value {
            Json::Null => (
                "; tyhjä kenttä jätetään pois",
                "; leave an empty field out instead of writing null",
            ),
            _ => ("", ""),
        };
        self.report(
            &TYPE,
            format!("kentän ”{title}” arvon on oltava {finnish}{ending}"),
            format!("the value of the field \"{title}\" must be {english}{remedy}"),
        );
    }

    /// A name that the structure does not know is content: it is repeated only when it looks like a property's name.
    fn unknown(&mut self, title: &str, name: &'c str) {
        let known_form = name.len() <= 150
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if known_form {
            self.place.enter(Step::Name(name));
        }
        self.report(
            &UNKNOWN,
            format!("kohdassa ”{title}” on kenttä, jota rakenteessa ei ole; poista se tai tarkista sen nimi"),
            format!("\"{title}\" has a field that the structure does not have; remove it or check its name"),
        );
        if known_form {
            self.place.leave();
        }
    }

    fn report(&mut self, rule: &Rule, finnish: String, english: String) {
        if self.is_full() {
            return;
        }
        let place = self.place.to_string();
        self.report.push(rule.finding(place, finnish, english));
        if self.is_full() {
            self.report.push(MANY.finding(
                "",
                format!(
                    "tarkistus päättyi {MOST_FINDINGS} havaintoon; korjaa ne ja tarkista uudelleen"
                ),
                format!(
                    "the check ended after {MOST_FINDINGS} findings; mend them and check again"
                ),
            ));
        }
    }

    fn is_full(&self) -> bool {
        self.report.len() >= MOST_FINDINGS
    }
}

/// What a pattern asks for, in Finnish and English.
fn form(pattern: &Pattern) -> (String, String) {
    match pattern {
        Pattern::Date => (
            "päivä muodossa VVVV-KK-PP (tai VVVV-KK tai VVVV)".to_owned(),
            "a date as YYYY-MM-DD (or YYYY-MM or YYYY)".to_owned(),
        ),
        Pattern::Moment => (
            "ajankohta muodossa VVVV-KK-PPTHH:MM:SS ja aikavyöhyke (Z tai ±HH:MM), tai pelkkä päivä".to_owned(),
            "a moment as YYYY-MM-DDTHH:MM:SS with its offset (Z or ±HH:MM), or a date alone".to_owned(),
        ),
        Pattern::Oid(oid) => (
            format!("koodisto urn:oid:{oid} tai sen versio"),
            format!("the code system urn:oid:{oid} or a version of it"),
        ),
    }
}

/// What a list of values asks for; a phrase is too long to repeat.
fn choice(allowed: &[String]) -> (String, String) {
    const LONGEST: usize = 200;
    match allowed {
        [phrase] if phrase.len() > LONGEST => (
            "rakenteen antama vakioteksti muuttamattomana".to_owned(),
            "the fixed text of the structure, unchanged".to_owned(),
        ),
        [only] => (format!("”{only}”"), format!("\"{only}\"")),
        values => {
            let list = values.join(", ");
            (format!("jokin näistä: {list}"), format!("one of {list}"))
        }
    }
}

#[cfg(test)]
mod tests;
