//! Checks content against a structure and says everything that is wrong, without repeating the content.

use kanta_core::{Mark, Report, Rule, Severity};

use super::Structure;
use super::field::Field;
use super::field_data::Form;
use super::language::Language;
use super::pattern::Pattern;
use super::place::{Place, Step};
use crate::json::{JsonError, Kind, Value};

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

pub(super) fn validate(structure: &Structure, content: Value<'_>) -> Report {
    let mut check = Check {
        report: Report::new(),
    };
    check.whole(structure, content);
    check.report
}

/// Walks content and structure side by side.
struct Check {
    report: Report,
}

impl Check {
    /// The outermost object, whose only field is the document.
    fn whole(&mut self, structure: &Structure, content: Value<'_>) {
        let root = structure.root();
        if !content.is_object() {
            return self.wrong_type(root, content, &Place::ROOT, "olio", "an object");
        }
        let mut found = false;
        for member in content.members() {
            if member.name() == root.name() {
                found = true;
                self.field(root, member, &Place::ROOT.inside(Step::Name(root.name())));
            } else if !structure.open {
                self.other_document(root, member.name());
            }
        }
        if root.is_required() && !found {
            self.missing(root, &Place::ROOT);
        }
    }

    fn field(&mut self, field: Field<'_>, value: Value<'_>, place: &Place<'_>) {
        if !field.is_repeated() {
            return self.value(field, value, place);
        }
        if !value.is_array() {
            return self.wrong_type(field, value, place, "luettelo", "a list (an array)");
        }
        let mut count = 0;
        for item in value.items() {
            if self.is_full() {
                return;
            }
            self.value(field, item, &place.inside(Step::Index(count)));
            count += 1;
        }
        if count < field.min_items() {
            let (title, least) = (field.title(Language::Finnish), field.min_items());
            self.report(
                &MIN_ITEMS,
                place,
                format!("kentässä ”{title}” on oltava arvoja vähintään {least}"),
                format!("the field \"{title}\" needs {least} or more values"),
            );
        }
    }

    fn value(&mut self, field: Field<'_>, value: Value<'_>, place: &Place<'_>) {
        match (field.form(), value.kind()) {
            (Form::Object, Kind::Object) => self.object(field, value, place),
            (Form::Text, Kind::Text) => {
                if let Some(text) = value.as_str() {
                    self.text(field, text, place);
                }
            }
            (Form::Number, Kind::Number) | (Form::Switch, Kind::Bool(_)) => {}
            (form, _) => {
                let (finnish, english) = match form {
                    Form::Object => ("olio", "an object"),
                    Form::Text => ("teksti", "a text (a string)"),
                    Form::Number => ("luku", "a number"),
                    Form::Switch => ("true tai false", "true or false"),
                };
                self.wrong_type(field, value, place, finnish, english);
            }
        }
    }

    fn object(&mut self, group: Field<'_>, value: Value<'_>, place: &Place<'_>) {
        // Content mostly comes in the structure's order: each field is first looked for after the one before.
        let mut expected = group.children();
        let mut required = 0;
        for member in value.members() {
            if self.is_full() {
                return;
            }
            let name = member.name();
            let field = expected.find(|field| field.name() == name).or_else(|| {
                expected = group.children();
                expected.find(|field| field.name() == name)
            });
            match field {
                Some(field) => {
                    required += u32::from(field.is_required());
                    self.field(field, member, &place.inside(Step::Name(name)));
                }
                None => {
                    expected = group.children();
                    if !group.is_open() {
                        self.unknown(group, name, place);
                    }
                }
            }
        }
        // No member occurs twice, so the count tells whether all that are required are there.
        if required < group.required_children() {
            for field in group.children().filter(|field| field.is_required()) {
                if value.get(field.name()).is_none() {
                    self.missing(field, place);
                }
            }
        }
    }

    fn text(&mut self, field: Field<'_>, text: &str, place: &Place<'_>) {
        let least = field.min_length();
        if least > 0 && text.chars().take(least).count() < least {
            let title = field.title(Language::Finnish);
            self.report(
                &MIN_LENGTH,
                place,
                format!("kentässä ”{title}” on oltava merkkejä vähintään {least}"),
                format!("the field \"{title}\" needs {least} or more characters"),
            );
        }
        if let Some(pattern) = field.pattern()
            && !pattern.matches(text)
        {
            let (finnish, english) = form(&pattern);
            let title = field.title(Language::Finnish);
            self.report(
                &PATTERN,
                place,
                format!("kentän ”{title}” arvon on oltava {finnish}"),
                format!("the value of the field \"{title}\" must be {english}"),
            );
        }
        if let Some(mut allowed) = field.allowed()
            && !allowed.any(|allowed| allowed == text)
        {
            let (finnish, english) =
                choice(&field.allowed().into_iter().flatten().collect::<Vec<_>>());
            let title = field.title(Language::Finnish);
            self.report(
                &ENUM,
                place,
                format!("kentän ”{title}” arvon on oltava {finnish}"),
                format!("the value of the field \"{title}\" must be {english}"),
            );
        }
    }

    fn missing(&mut self, field: Field<'_>, place: &Place<'_>) {
        let title = field.title(Language::Finnish);
        self.report(
            &REQUIRED,
            &place.inside(Step::Name(field.name())),
            format!("pakollinen kenttä ”{title}” puuttuu"),
            format!("the mandatory field \"{title}\" is missing"),
        );
    }

    fn wrong_type(
        &mut self,
        field: Field<'_>,
        value: Value<'_>,
        place: &Place<'_>,
        finnish: &str,
        english: &str,
    ) {
        let title = field.title(Language::Finnish);
        let (ending, remedy) = match value.kind() {
            Kind::Null => (
                "; tyhjä kenttä jätetään pois",
                "; leave an empty field out instead of writing null",
            ),
            _ => ("", ""),
        };
        self.report(
            &TYPE,
            place,
            format!("kentän ”{title}” arvon on oltava {finnish}{ending}"),
            format!("the value of the field \"{title}\" must be {english}{remedy}"),
        );
    }

    /// The content is of another document than the structure.
    fn other_document(&mut self, root: Field<'_>, name: &str) {
        let own = root.name();
        let inside = Place::ROOT.inside(Step::Name(name));
        self.report(
            &UNKNOWN,
            if can_be_named(name) { &inside } else { &Place::ROOT },
            format!("rakenteen asiakirja on {own}, sisältö on muuta; anna rakenne, jota sisältö noudattaa, tai tarkista nimi"),
            format!(
                "the document of the structure is {own}, and the content is something else; give the structure that the content \
                 follows, or check the name"
            ),
        );
    }

    fn unknown(&mut self, group: Field<'_>, name: &str, place: &Place<'_>) {
        let inside = place.inside(Step::Name(name));
        let title = group.title(Language::Finnish);
        self.report(
            &UNKNOWN,
            if can_be_named(name) { &inside } else { place },
            format!("kohdassa ”{title}” on kenttä, jota rakenteessa ei ole; poista se tai tarkista sen nimi"),
            format!("\"{title}\" has a field that the structure does not have; remove it or check its name"),
        );
    }

    #[cold]
    fn report(&mut self, rule: &Rule, place: &Place<'_>, finnish: String, english: String) {
        if self.is_full() {
            return;
        }
        self.report
            .push(rule.finding(place.to_string(), finnish, english));
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

/// A name that the structure does not know is content: it is repeated only when it looks like a property's name.
fn can_be_named(name: &str) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    !name.is_empty() && name.len() <= 150 && name.bytes().all(is_usual)
}

/// What a pattern asks for, in Finnish and English.
fn form(pattern: &Pattern<'_>) -> (String, String) {
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
fn choice(allowed: &[&str]) -> (String, String) {
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
