use super::*;
use crate::structure::fixture::{about, structure};
use proptest::prelude::*;

/// One field of every kind; `nimi` and `lista` are required.
fn everything() -> Structure {
    let date = r"^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$";
    let properties = [
        format!(
            r#""nimi": {{"type": "string", "minLength": 2, {}}}"#,
            about("Nimi", "Nimi")
        ),
        format!(
            r#""pvm": {{"type": "string", "pattern": "{date}", {}}}"#,
            about("Päivä", "Pvm")
        ),
        format!(
            r#""kytkin": {{"type": "boolean", {}}}"#,
            about("Kytkin", "Kytkin")
        ),
        format!(
            r#""luku": {{"type": "number", {}}}"#,
            about("Luku", "Numero")
        ),
        format!(
            r#""fraasi": {{"type": "string", "enum": ["Lue ohje."], {}}}"#,
            about("Fraasi", "Fraasi")
        ),
        format!(
            r#""koodi": {{"type": "object", "additionalProperties": false, "required": ["system", "code"], {},
            "properties": {{"system": {{"type": "string", "pattern": "^urn:oid:2\\.999\\.7(\\.\\d+)*$"}}, "code": {{"type": "string", "enum": ["1", "2"]}}}}}}"#,
            about("Laji", "Koodi")
        ),
        r#""lista": {"type": "array", "minItems": 1, "items": {"type": "string"}}"#.to_owned(),
        r#""avoin": {"type": "object"}"#.to_owned(),
    ];
    structure(r#""nimi", "lista""#, &properties.join(","))
}

/// Rule and place of every finding for a document with these members.
fn findings(members: &str) -> Vec<(String, String)> {
    let content = format!(r#"{{"muistio": {{{members}}}}}"#);
    everything()
        .validate(content.as_bytes())
        .iter()
        .map(|finding| (finding.rule().to_owned(), finding.place().to_owned()))
        .collect()
}

#[test]
fn one_finding_for_each_keyword() {
    for (member, rule, place) in [
        (r#""pvm": "2.2.2026""#, "PATTERN", "/muistio/pvm"),
        (r#""pvm": 2026"#, "TYPE", "/muistio/pvm"),
        (r#""kytkin": "true""#, "TYPE", "/muistio/kytkin"),
        (r#""kytkin": null"#, "TYPE", "/muistio/kytkin"),
        (r#""luku": "1""#, "TYPE", "/muistio/luku"),
        (r#""fraasi": "Lue.""#, "ENUM", "/muistio/fraasi"),
        (
            r#""koodi": {"system": "urn:oid:2.999.77", "code": "1"}"#,
            "PATTERN",
            "/muistio/koodi/system",
        ),
        (
            r#""koodi": {"system": "urn:oid:2.999.7.2", "code": "3"}"#,
            "ENUM",
            "/muistio/koodi/code",
        ),
        (
            r#""koodi": {"system": "urn:oid:2.999.7"}"#,
            "REQUIRED",
            "/muistio/koodi/code",
        ),
        (r#""koodi": "1""#, "TYPE", "/muistio/koodi"),
        (r#""koodi": []"#, "TYPE", "/muistio/koodi"),
        (r#""uusi": 1"#, "UNKNOWN", "/muistio/uusi"),
        (r#""150312A903A": 1"#, "UNKNOWN", "/muistio"),
    ] {
        assert_eq!(
            findings(&format!(r#""nimi": "Ab", "lista": ["x"], {member}"#)),
            [(format!("KANTA-STRUCTURE-{rule}"), place.to_owned())],
            "{member}"
        );
    }
    for (members, rule, place) in [
        (r#""lista": ["x"]"#, "REQUIRED", "/muistio/nimi"),
        (
            r#""nimi": "Ä", "lista": ["x"]"#,
            "MIN-LENGTH",
            "/muistio/nimi",
        ),
        (
            r#""nimi": "Ab", "lista": []"#,
            "MIN-ITEMS",
            "/muistio/lista",
        ),
        (r#""nimi": "Ab", "lista": "x""#, "TYPE", "/muistio/lista"),
        (
            r#""nimi": "Ab", "lista": ["x", 1]"#,
            "TYPE",
            "/muistio/lista/1",
        ),
    ] {
        assert_eq!(
            findings(members),
            [(format!("KANTA-STRUCTURE-{rule}"), place.to_owned())],
            "{members}"
        );
    }
}

#[test]
fn valid_content_has_no_findings() {
    for members in [
        r#""nimi": "Ab", "lista": ["x"]"#,
        r#""nimi": "😀😀", "lista": ["", "x"], "avoin": {"mita": [null]}"#,
        r#""nimi": "Ab", "lista": ["x"], "pvm": "2026-02", "kytkin": false, "luku": 1.5, "fraasi": "Lue ohje.",
           "koodi": {"system": "urn:oid:2.999.7.2026", "code": "2"}"#,
    ] {
        assert_eq!(findings(members), [], "{members}");
    }
}

#[test]
fn everything_wrong_is_reported_at_once() {
    let found = findings(r#""pvm": "x", "kytkin": 1, "koodi": {"code": "9"}, "uusi": 1"#);
    assert_eq!(found.len(), 7, "{found:?}");
    for (content, place) in [
        ("[]", ""),
        ("{}", "/muistio"),
        (r#"{"muistio": 1}"#, "/muistio"),
    ] {
        let report = everything().validate(content.as_bytes());
        assert_eq!(report.iter().next().unwrap().place(), place, "{content}");
    }
}

#[test]
fn texts_say_what_is_right_and_repeat_no_value() {
    let content = r#"{"muistio": {"nimi": "S", "lista": ["x"], "pvm": "SALAISUUS", "fraasi": "SALAISUUS", "SALAISUUS": 1,
        "koodi": {"system": "SALAISUUS", "code": "SALAISUUS"}, "kytkin": "SALAISUUS"}}"#;
    let report = everything().validate(content.as_bytes());
    let text: String = report
        .iter()
        .map(|finding| format!("{finding}\n{}\n", finding.finnish()))
        .collect();
    assert!(!text.contains("SALAISUUS"), "{text}");
    for expected in [
        "kentän ”Päivä” arvon on oltava päivä muodossa VVVV-KK-PP",
        "the value of the field \"Päivä\" must be a date as YYYY-MM-DD",
        "the code system urn:oid:2.999.7 or a version of it",
        "kentän ”Laji” arvon on oltava jokin näistä: 1, 2",
        "must be \"Lue ohje.\"",
        "needs 2 or more characters",
        "must be true or false",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[test]
fn unreadable_json_is_a_finding() {
    let report = everything().validate(b"{\n\"muistio\": {},\n\"muistio\": {}}");
    let finding = report.iter().next().unwrap();
    assert_eq!(finding.rule(), "KANTA-STRUCTURE-JSON");
    assert!(finding.place().starts_with("line 3, column "), "{finding}");
}

#[test]
fn findings_are_bounded() {
    let content = format!(
        r#"{{"muistio": {{"nimi": "Ab", "lista": [{}1]}}}}"#,
        "1,".repeat(100_000)
    );
    let report = everything().validate(content.as_bytes());
    assert_eq!(report.len(), MOST_FINDINGS + 1);
    assert!(report.has("KANTA-STRUCTURE-MANY"));
}

#[test]
fn rule_ids_are_unique() {
    let ids: std::collections::HashSet<_> = RULES.iter().map(Rule::id).collect();
    assert_eq!(ids.len(), RULES.len());
}

proptest! {
    #[test]
    fn no_bytes_panic(content in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = everything().validate(&content);
    }

    #[test]
    fn no_members_panic(members in "[\\[\\]{}:,\"a-z0-9 ]{0,60}") {
        let _ = findings(&members);
    }
}
