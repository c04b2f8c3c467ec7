//! Content of one version of a structure carried over to another.

use kanta_core::{Mark, Report, Rule, Severity};

use super::Content;
use crate::json::{Json, Kind, NewValue, Place as Spot, Value};
use crate::structure::walk::{present, values};
use crate::structure::{
    CodeSystem, Field, Form, Language, Pairs, Place, Representation, Step, Structure,
};

/// The rules of carrying content over: each finding is one thing that stayed behind.
pub const MIGRATION_RULES: [Rule; 4] = [GONE, FORM, VALUE, REPEATED];

const GONE: Rule = own("KANTA-MIGRATE-GONE");
const FORM: Rule = own("KANTA-MIGRATE-FORM");
const VALUE: Rule = own("KANTA-MIGRATE-VALUE");
const REPEATED: Rule = own("KANTA-MIGRATE-REPEATED");

const fn own(id: &'static str) -> Rule {
    Rule::new(
        id,
        Severity::Error,
        Mark::Own,
        "nothing is lost without a word",
    )
}

/// Content carried over to another version of its structure, and what that needs from a person.
#[derive(Debug, Clone)]
pub struct Migration<'t> {
    /// What could be carried over.
    pub content: Content<'t>,
    /// What could not (`KANTA-MIGRATE-…`, each with its place in the earlier content), followed by what the later version
    /// finds wrong with the result (places in the later content). Findings repeat no values.
    pub report: Report,
}

impl Content<'_> {
    /// Carries the content over to another version of its structure.
    ///
    /// Every value goes where its field is, also when the field moved, when the field there takes it: of the same form, in
    /// the pattern and among the codes that are allowed. Codes of the structure's own lists take the list's new name. Of a field
    /// that no longer repeats the first value goes. Everything else is reported.
    #[must_use]
    pub fn migrate<'t>(&self, to: &'t Structure) -> Migration<'t> {
        let pairs = Pairs::of(self.structure(), to);
        let mut content = Content::new(to);
        let document = content.root().value().place();
        let mut carrier = Carrier {
            pairs: &pairs,
            open: vec![(to.root(), document)],
            json: content.json_mut(),
            report: Report::new(),
        };
        let root = self.root();
        let place = Place::ROOT;
        carrier.group(
            root.field(),
            root.value(),
            &place.inside(Step::Name(root.field().name())),
        );
        let mut report = carrier.report;
        report.extend(to.validate(&content.to_json()));
        Migration { content, report }
    }
}

struct Carrier<'c, 'e, 't> {
    pairs: &'c Pairs<'e, 't>,
    /// The groups of the later content that the walk is inside of, with their places.
    open: Vec<(Field<'t>, Spot)>,
    json: &'c mut Json<'t>,
    report: Report,
}

impl<'e, 't> Carrier<'_, 'e, 't> {
    fn group(&mut self, group: Field<'e>, object: Value<'_>, place: &Place<'_>) {
        for (field, content) in present(group, object) {
            let place = place.inside(Step::Name(field.name()));
            self.field(field, content, &place);
        }
        for other in object
            .members()
            .filter(|member| group.child(member.name()).is_none())
        {
            self.behind(&GONE, group, &place.inside(Step::Name(other.name())));
        }
    }

    fn field(&mut self, field: Field<'e>, content: Value<'_>, place: &Place<'_>) {
        let Some((target, parent)) = self.target(field) else {
            // What moved out of the field is still carried.
            if field.is_group()
                && field
                    .descendants()
                    .skip(1)
                    .any(|inner| self.pairs.later(inner).is_some())
            {
                for (index, value) in values(field, content).enumerate() {
                    let item = place.inside(Step::Index(index));
                    self.group(
                        field,
                        value,
                        if field.is_repeated() { &item } else { place },
                    );
                }
            } else {
                self.behind(&GONE, field, place);
            }
            return;
        };
        if field.is_group() != target.is_group() || field.form() != target.form() {
            return self.behind(&FORM, field, place);
        }
        for (index, value) in values(field, content).enumerate() {
            let item = place.inside(Step::Index(index));
            let place = if field.is_repeated() { &item } else { place };
            if index > 0 && !target.is_repeated() {
                self.behind(&REPEATED, field, place);
                continue;
            }
            if !target.is_group() && !takes(target, value) {
                self.behind(&VALUE, field, place);
                continue;
            }
            let spot = self.spot(target, parent);
            if target.is_group() {
                self.open.push((target, spot));
                self.group(field, value, place);
                self.open.pop();
            } else {
                self.copy(target, value, spot);
            }
        }
    }

    /// Where a field's values go: the field of the later version, and the place of the group that holds it.
    fn target(&mut self, field: Field<'e>) -> Option<(Field<'t>, Spot)> {
        let target = self.pairs.later(field)?;
        // What stands in a list that has no counterpart could come several times, and values of several entries would mix.
        let mut around = field.parent()?;
        while !self.is_open(around) {
            if around.is_repeated() {
                return None;
            }
            around = around.parent()?;
        }
        // Up from the target to a group that the walk is inside of; what lies between is made, unless it repeats.
        let mut between = Vec::new();
        let mut group = target.parent()?;
        let mut spot = loop {
            let open = self.open.iter().rev().find(|(open, _)| *open == group);
            if let Some((_, spot)) = open {
                break *spot;
            }
            if group.is_repeated() {
                return None;
            }
            between.push(group);
            group = group.parent()?;
        };
        for group in between.into_iter().rev() {
            spot = self.spot(group, spot);
        }
        Some((target, spot))
    }

    fn is_open(&self, group: Field<'e>) -> bool {
        self.pairs
            .later(group)
            .is_some_and(|later| self.open.iter().any(|(open, _)| *open == later))
    }

    /// The place of a field's next value.
    fn spot(&mut self, field: Field<'_>, parent: Spot) -> Spot {
        let known = self.json.at(parent).get(field.name()).map(Value::place);
        if field.is_repeated() {
            let list =
                known.unwrap_or_else(|| self.json.append(parent, field.name(), &NewValue::Array));
            return self.json.append(list, "", &NewValue::Object);
        }
        known.unwrap_or_else(|| self.json.append(parent, field.name(), &NewValue::Object))
    }

    fn copy(&mut self, target: Field<'_>, value: Value<'_>, spot: Spot) {
        match value.kind() {
            Kind::Bool(value) => self.json.set(spot, &NewValue::Bool(value)),
            Kind::Number => {
                let literal = value.as_literal().unwrap_or_default();
                self.json.set(spot, &NewValue::Number(literal));
            }
            Kind::Text => {
                let text = value.as_str().unwrap_or_default();
                self.json.set(spot, &NewValue::Text(text));
            }
            Kind::Object => {
                self.json.set(spot, &NewValue::Object);
                for part in value.members() {
                    let place = self.json.append(spot, part.name(), &NewValue::Object);
                    match (target.code_system(), part.name()) {
                        (Some(CodeSystem::Local(list)), "system") => {
                            self.json.set(place, &NewValue::Text(&list));
                        }
                        _ => self.copy(target, part, place),
                    }
                }
            }
            Kind::Null | Kind::Array => {}
        }
    }

    fn behind(&mut self, rule: &Rule, field: Field<'_>, place: &Place<'_>) {
        let title = field.title(Language::Finnish);
        let (finnish, english) = match rule.id() {
            id if id == GONE.id() => (
                "kenttää ei ole uudessa rakenteessa",
                "the other version has no such field, or no single place for it",
            ),
            id if id == FORM.id() => (
                "kentän esitysmuoto on uudessa rakenteessa toinen",
                "the field has another form in the other version",
            ),
            id if id == VALUE.id() => (
                "uusi rakenne ei salli kentän arvoa",
                "the other version does not allow the value",
            ),
            _ => (
                "kenttä ei enää toistu",
                "the field does not repeat in the other version",
            ),
        };
        self.report.push(rule.finding(
            place.to_string(),
            format!("”{title}” jäi siirtämättä: {finnish}"),
            format!("\"{title}\" was not carried over: {english}"),
        ));
    }
}

/// Returns whether a field takes a value as it is; the name of an own list does not count.
fn takes(field: Field<'_>, value: Value<'_>) -> bool {
    let fits = |field: Field<'_>, value: Value<'_>| match (field.form(), value.kind()) {
        (Form::Text, Kind::Text) => value.as_str().is_some_and(|text| field.accepts(text)),
        (Form::Number, Kind::Number) | (Form::Switch, Kind::Bool(_)) => true,
        _ => false,
    };
    if field.form() != Form::Object {
        return fits(field, value);
    }
    let is_local = matches!(field.code_system(), Some(CodeSystem::Local(_)));
    let mut parts = value.members();
    let parts_fit = parts.all(|part| {
        let renamed = is_local
            && part.name() == "system"
            && field.representation() == Representation::Code
            && part
                .as_str()
                .is_some_and(|system| !system.starts_with("urn:oid:"));
        renamed
            || field
                .child(part.name())
                .is_some_and(|field| fits(field, part))
    });
    let all_there = field
        .children()
        .filter(|part| part.is_required())
        .all(|part| value.get(part.name()).is_some());
    parts_fit && all_there
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::fixture::structure;
    use crate::structure::{Extent, SampleOptions};

    fn code(document: &str, codes: &str) -> String {
        format!(
            r#""laji": {{"type": "object", "additionalProperties": false, "sosmeta": {{"representation": [{{"lang": "fi", "value": "Koodi"}}]}},
            "properties": {{"system": {{"type": "string", "enum": ["{document}/laji"]}}, "code": {{"type": "string", "enum": [{codes}]}}, "display": {{"type": "string"}}}}}}"#
        )
    }

    fn earlier() -> Structure {
        structure(
            "",
            &[
                r#""aihe": {"type": "string"}, "vanha": {"type": "string"}, "luku": {"type": "number"}, "siirtyva": {"type": "string"}"#,
                r#""lista": {"type": "array", "items": {"type": "string"}}"#,
                r#""kohta": {"type": "array", "items": {"type": "object", "properties": {"teksti": {"type": "string"}}}}"#,
                &code("muistio", r#""1", "2""#),
            ]
            .join(","),
        )
    }

    fn later() -> Structure {
        structure(
            r#""pakko""#,
            &[
                r#""aihe": {"type": "string"}, "luku": {"type": "string"}, "pakko": {"type": "string"}"#,
                r#""lista": {"type": "string"}"#,
                r#""kohta": {"type": "array", "items": {"type": "object", "properties": {"teksti": {"type": "string"}}}}"#,
                r#""uusi": {"type": "object", "properties": {"siirtyva": {"type": "string"}}}"#,
                &code("uusi", r#""2""#),
            ]
            .join(","),
        )
    }

    #[test]
    fn what_can_be_carried_is_and_the_rest_is_told() {
        let (earlier, later) = (earlier(), later());
        let bytes = br#"{"muistio": {"aihe": "a", "vanha": "SALAISUUS", "luku": 1, "siirtyva": "s", "lista": ["x", "y"],
            "kohta": [{"teksti": "t"}, {"teksti": "u"}], "laji": {"system": "muistio/laji", "code": "2", "display": "d"}}}"#;
        let content = Content::read(&earlier, bytes).unwrap();
        let Migration { content, report } = content.migrate(&later);
        assert_eq!(
            String::from_utf8(content.to_json()).unwrap(),
            r#"{"muistio":{"aihe":"a","lista":"x","kohta":[{"teksti":"t"},{"teksti":"u"}],"uusi":{"siirtyva":"s"},"laji":{"system":"uusi/laji","code":"2","display":"d"}}}"#
        );
        let told: Vec<_> = report
            .iter()
            .map(|finding| (finding.rule(), finding.place()))
            .collect();
        assert_eq!(
            told,
            [
                ("KANTA-MIGRATE-GONE", "/muistio/vanha"),
                ("KANTA-MIGRATE-FORM", "/muistio/luku"),
                ("KANTA-MIGRATE-REPEATED", "/muistio/lista/1"),
                ("KANTA-STRUCTURE-REQUIRED", "/muistio/pakko"),
            ]
        );
        assert!(!report.to_string().contains("SALAISUUS"));
    }

    #[test]
    fn entries_of_a_list_are_not_mixed() {
        let item = r#""properties": {"nimi": {"type": "string"}, "puhelin": {"type": "string"}}"#;
        let earlier = structure(
            "",
            &format!(r#""henkilot": {{"type": "array", "items": {{"type": "object", {item}}}}}"#),
        );
        let later = structure("", &format!(r#""henkilo": {{"type": "object", {item}}}"#));
        let bytes = br#"{"muistio": {"henkilot": [{"nimi": "a"}, {"puhelin": "b"}]}}"#;
        let content = Content::read(&earlier, bytes).unwrap();
        let Migration { content, report } = content.migrate(&later);
        assert!(content.leaves().is_empty());
        let places: Vec<_> = report
            .iter()
            .map(|finding| finding.place().to_owned())
            .collect();
        assert_eq!(
            places,
            ["/muistio/henkilot/0/nimi", "/muistio/henkilot/1/puhelin"]
        );
    }

    #[test]
    fn a_code_that_is_gone_is_told() {
        let (earlier, later) = (earlier(), later());
        let bytes =
            br#"{"muistio": {"laji": {"system": "muistio/laji", "code": "1", "display": "d"}}}"#;
        let content = Content::read(&earlier, bytes).unwrap();
        let report = content.migrate(&later).report;
        assert_eq!(report.iter().next().unwrap().rule(), "KANTA-MIGRATE-VALUE");
        assert_eq!(report.iter().next().unwrap().place(), "/muistio/laji");
    }

    /// Every value is carried or told: nothing gets lost.
    #[test]
    fn nothing_is_lost_without_a_word() {
        let structures = [earlier(), later()];
        for seed in 0..100 {
            for (from, to) in [(0, 1), (1, 0), (0, 0)] {
                let options = SampleOptions {
                    seed,
                    extent: Extent::Full,
                    ..SampleOptions::default()
                };
                let sample = structures[from].sample(&options);
                let Migration { content, report } = sample.migrate(&structures[to]);
                let behind = report
                    .iter()
                    .filter(|finding| finding.rule().starts_with("KANTA-MIGRATE"))
                    .count();
                assert_eq!(content.leaves().len() + behind, sample.leaves().len());
                if from == to {
                    assert_eq!(content.to_json(), sample.to_json());
                }
            }
        }
    }
}
