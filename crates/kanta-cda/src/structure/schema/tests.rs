use super::*;
use crate::structure::fixture;
use crate::structure::{CodeSystem, Language};

fn error(document: &str) -> String {
    Structure::parse(fixture::schema(document).as_bytes())
        .unwrap_err()
        .to_string()
}

#[test]
fn refuses_what_it_could_not_check() {
    for (property, keyword) in [
        (r#"{"type": "string", "maxLength": 3}"#, "maxLength"),
        (r#"{"type": "string", "format": "date"}"#, "format"),
        (r#"{"type": "string", "const": "a"}"#, "const"),
        (r##"{"$ref": "#"}"##, "type with one name"),
        (r##"{"type": "string", "$ref": "#"}"##, "$ref"),
        (r#"{"type": "number", "minimum": 1}"#, "minimum"),
        (r#"{"type": "number", "minLength": 1}"#, "minLength"),
        (
            r#"{"type": "object", "patternProperties": {}}"#,
            "patternProperties",
        ),
        (r#"{"type": "object", "oneOf": []}"#, "oneOf"),
        (
            r#"{"type": "array", "maxItems": 1, "items": {"type": "string"}}"#,
            "maxItems",
        ),
        (r#"{"type": "string", "patern": "typo"}"#, "patern"),
        (
            r#"{"type": "string", "pattern": "^[a-z]$"}"#,
            "a pattern of another shape",
        ),
        (
            r#"{"type": "string", "pattern": 1}"#,
            "a pattern of another shape",
        ),
        (r#"{"type": "string", "enum": [1]}"#, "enum"),
        (r#"{"type": "string", "enum": []}"#, "enum"),
        (r#"{"type": "string", "minLength": 0.5}"#, "not whole"),
        (r#"{"type": "string", "minLength": -1}"#, "not whole"),
        (r#"{"type": "integer"}"#, "another type"),
        (r#"{"type": ["string", "null"]}"#, "type with one name"),
        (r#"{"type": "array"}"#, "items"),
        (
            r#"{"type": "array", "items": [{"type": "string"}]}"#,
            "as a schema",
        ),
        (
            r#"{"type": "array", "items": {"type": "array", "items": {"type": "string"}}}"#,
            "an array here",
        ),
        (
            r#"{"type": "object", "additionalProperties": {}}"#,
            "additionalProperties",
        ),
        (
            r#"{"type": "object", "required": ["b"]}"#,
            "not among the properties",
        ),
        (r#"{"type": "object", "required": "b"}"#, "list of names"),
        (
            r#"{"type": "object", "properties": []}"#,
            "properties as an object",
        ),
        ("true", "as a schema"),
    ] {
        let error = error(&format!(
            r#"{{"type": "object", "properties": {{"a": {property}}}}}"#
        ));
        assert!(error.contains(keyword), "{property}: {error}");
        assert!(
            error.contains("/properties/muistio/properties/a"),
            "{property}: {error}"
        );
    }
}

#[test]
fn refuses_another_shape_of_the_whole() {
    for (schema, expected) in [
        ("", "line"),
        ("{}", "/sosmeta/oid"),
        (r#"{"sosmeta": {"oid": "2.999.x"}}"#, "/sosmeta/oid"),
        (
            r#"{"sosmeta": {"oid": "2.999.1"}}"#,
            "/sosmeta/documentType",
        ),
        (
            r#"{"sosmeta": {"oid": "2.999.1", "documentType": "a"}}"#,
            "/sosmeta/documentDefinitionVersion",
        ),
        (
            r#"{"$schema": "https://json-schema.org/draft/2020-12/schema"}"#,
            "draft-07",
        ),
        (
            &fixture::schema(r#"{"type": "string"}"#),
            "an object, the document",
        ),
        (
            &fixture::schema(r#"{"type": "object"}, "b": {"type": "object"}"#),
            "exactly one property",
        ),
    ] {
        let error = Structure::parse(schema.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{schema}: {error}");
    }
}

#[test]
fn annotations_are_no_keywords() {
    let document = r##"{"$id": "#a", "$comment": "", "title": "", "description": "", "default": {}, "examples": [], "sosmeta": {}, "type": "object"}"##;
    assert!(Structure::parse(fixture::schema(document).as_bytes()).is_ok());
}

#[test]
fn fields_come_in_display_order() {
    let row =
        |name: &str, row: &str| format!(r#""{name}": {{"type": "string", "sosmeta": {{{row}}}}}"#);
    let structure = fixture::structure(
        "",
        &[
            row("ei_rivia", ""),
            row("kolmas", "\"rowNumber\": 3"),
            row("toinen", "\"rowNumber\": 2"),
            row("myos_kolmas", "\"rowNumber\": 3"),
        ]
        .join(","),
    );
    let names: Vec<_> = structure.root().children().map(Field::name).collect();
    assert_eq!(names, ["toinen", "kolmas", "myos_kolmas", "ei_rivia"]);
}

#[test]
fn titles_fall_back() {
    let texts = |key: &str, text: &str| {
        format!(
            r#""{key}": [{{"lang": "fi", "value": "{text}"}}, {{"lang": "fi", "value": "toinen"}}]"#
        )
    };
    let property = |name: &str, sosmeta: &str| {
        format!(r#""{name}": {{"type": "string", "sosmeta": {{{sosmeta}}}}}"#)
    };
    let structure = fixture::structure(
        "",
        &[
            property(
                "a",
                &format!("{}, {}", texts("name", "Nimi"), texts("title", "Otsikko")),
            ),
            property("b", &texts("title", "Otsikko")),
            property("c", &texts("name", "Nimi")),
            property("d", ""),
        ]
        .join(","),
    );
    let titles: Vec<_> = structure
        .root()
        .children()
        .map(|field| {
            (
                field.title(Language::Swedish),
                field.display_title(Language::Finnish),
            )
        })
        .collect();
    assert_eq!(
        titles,
        [
            ("Nimi", "Otsikko"),
            ("Otsikko", "Otsikko"),
            ("Nimi", "Nimi"),
            ("d", "d")
        ]
    );
}

#[test]
fn a_representation_that_does_not_fit_gives_way() {
    for (schema, expected) in [
        (r#""type": "string""#, Representation::Text),
        (r#""type": "boolean""#, Representation::Switch),
        (r#""type": "number""#, Representation::Number),
        (
            r#""type": "object", "properties": {"muu": {"type": "string"}}"#,
            Representation::Group,
        ),
        (
            r#""type": "object", "additionalProperties": false, "properties": {"code": {"type": "string"}}"#,
            Representation::Code,
        ),
    ] {
        let about = fixture::about("A", "Koodi");
        let structure = fixture::structure("", &format!(r#""a": {{{schema}, {about}}}"#));
        assert_eq!(
            structure.root().children().next().unwrap().representation(),
            expected,
            "{schema}"
        );
    }
}

#[test]
fn local_lists_and_phrases() {
    let code = r#"{"type": "object", "additionalProperties": false, "properties": {
        "system": {"type": "string", "enum": ["muistio/laji"]}, "code": {"type": "string", "enum": ["1", "2"]}}"#;
    let structure = fixture::structure(
        "",
        &format!(
            r#""laji": {code}, {}}}, "ohje": {{"type": "string", "enum": ["Lue."], {}}}"#,
            fixture::about("Laji", "Koodi"),
            fixture::about("Ohje", "Fraasi")
        ),
    );
    let [kind, phrase] = ["laji", "ohje"].map(|name| structure.field(name).unwrap());
    assert_eq!(
        kind.code_system(),
        Some(CodeSystem::Local("muistio/laji".to_owned()))
    );
    assert_eq!(kind.allowed_values(), Some(vec!["1", "2"]));
    assert_eq!(phrase.representation(), Representation::Phrase);
    assert_eq!(phrase.allowed_values(), Some(vec!["Lue."]));
}
