use super::*;
use kanta_core::{CodedValue, Date, Instant, Oid, TimeStamp};

fn structure() -> Structure {
    let about = |representation: &str| {
        format!(
            r#""sosmeta": {{"representation": [{{"lang": "fi", "value": "{representation}"}}]}}"#
        )
    };
    let coded = |system: &str| {
        format!(
            r#"{{"type": "object", "additionalProperties": false, "required": ["system", "code", "display"], {},
            "properties": {{"system": {{"type": "string", {system}}}, "code": {{"type": "string"}}, "display": {{"type": "string"}}}}}}"#,
            about("Koodi")
        )
    };
    let date = r"^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$";
    let moment = r"^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?$";
    let fields = [
        format!(r#""aihe": {{"type": "string", {}}}"#, about("Teksti")),
        format!(r#""valmis": {{"type": "boolean", {}}}"#, about("Kytkin")),
        format!(r#""pvm": {{"type": "string", "pattern": "{date}", {}}}"#, about("Pvm")),
        format!(r#""hetki": {{"type": "string", "pattern": "{moment}", {}}}"#, about("Hetki")),
        format!(r#""maara": {{"type": "object", "additionalProperties": false, "required": ["value", "code"], {},
            "properties": {{"value": {{"type": "number"}}, "code": {{"type": "string"}}}}}}"#, about("Määrä")),
        format!(r#""lkm": {{"type": "number", {}}}"#, about("Lkm")),
        format!(r#""koodi": {}"#, coded(r#""pattern": "^urn:oid:2\\.999\\.7(\\.\\d+)*$""#)),
        format!(r#""oma": {}"#, coded(r#""enum": ["muistio/oma"]"#)),
        format!(r#""tunnus": {{"type": "object", "additionalProperties": false, "required": ["value"], {},
            "properties": {{"system": {{"type": "string"}}, "value": {{"type": "string"}}}}}}"#, about("Tunnus")),
        format!(r#""fraasi": {{"type": "string", "enum": ["Lue ohje."], {}}}"#, about("Fraasi")),
        r#""kohta": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": [],
            "properties": {"teksti": {"type": "string"}, "rivi": {"type": "array", "items": {"type": "string"}}}}}"#.to_owned(),
    ];
    crate::structure::fixture::structure("", &fields.join(","))
}

fn json(content: &Content<'_>) -> String {
    String::from_utf8(content.to_json()).unwrap()
}

#[test]
fn values_are_set_by_path_and_come_in_the_structures_order() {
    let structure = structure();
    let mut content = Content::new(&structure);
    content.set("kohta[0].teksti", "a").unwrap();
    content.set("kohta[1].rivi[0]", "b").unwrap();
    content
        .set("valmis", true)
        .unwrap()
        .set("aihe", "Arki")
        .unwrap();
    content.set("kohta[0].teksti", "c").unwrap();
    assert!(structure.validate(&content.to_json()).is_empty());
    assert_eq!(
        json(&content),
        r#"{"muistio":{"aihe":"Arki","valmis":true,"kohta":[{"teksti":"c"},{"rivi":["b"]}]}}"#
    );
    assert!(!format!("{content:?}{:?}", content.leaves()).contains("Arki"));
    let paths: Vec<_> = content
        .leaves()
        .iter()
        .map(|leaf| leaf.path().to_owned())
        .collect();
    assert_eq!(
        paths,
        ["aihe", "valmis", "kohta[0].teksti", "kohta[1].rivi[0]"]
    );
}

#[test]
fn every_kind_of_value_goes_in_and_comes_out() {
    let structure = structure();
    let mut content = Content::new(&structure);
    let code = CodedValue::new("4", Oid::parse("2.999.7.2026").unwrap()).with_display("Neljä");
    content.set("aihe", "Ä \"&<\n").unwrap();
    content
        .set("pvm", PartialDate::month(2026, 2).unwrap())
        .unwrap();
    let stamp = TimeStamp::in_finland(Instant::parse("2026-05-04T06:00:00Z").unwrap());
    content.set("hetki", stamp).unwrap();
    content.set("maara", Quantity::new(1.5, "h")).unwrap();
    content.set("lkm", 3).unwrap();
    content.set("koodi", code).unwrap();
    content.set("oma", LocalCode::new("1", "Yksi")).unwrap();
    content
        .set("tunnus", Oid::parse("2.999.5").unwrap())
        .unwrap();
    content.set_phrase("fraasi").unwrap();
    let bytes = content.to_json();
    let read = Content::read(&structure, &bytes).unwrap();
    assert_eq!(read.to_json(), bytes);
    for content in [&content, &read] {
        assert_eq!(content.text("aihe"), Some("Ä \"&<\n"));
        assert_eq!(content.date("pvm").unwrap().to_string(), "2026-02");
        assert_eq!(content.text("hetki"), Some("2026-05-04T09:00:00+03:00"));
        assert_eq!(
            content.moment("hetki"),
            Instant::parse("2026-05-04T06:00:00Z").ok()
        );
        assert_eq!(
            content.date("hetki").unwrap().date(),
            Date::new(2026, 5, 4).ok()
        );
        assert_eq!(content.quantity("maara"), Some(Quantity::new(1.5, "h")));
        assert_eq!(content.number("lkm"), Some(3.0));
        let code = content.code("koodi").unwrap();
        assert_eq!(
            (&*code.system, &*code.code, &*code.display),
            ("urn:oid:2.999.7.2026", "4", "Neljä")
        );
        assert_eq!(code.to_coded_value().unwrap().code(), "4");
        assert_eq!(content.code("oma").unwrap().system, "muistio/oma");
        assert_eq!(content.identifier("tunnus").unwrap().value, "2.999.5");
        assert_eq!(content.text("fraasi"), Some("Lue ohje."));
        assert_eq!(content.switch("valmis"), None);
        assert_eq!(content.text("lkm"), None);
    }
}

#[test]
fn empty_parts_go() {
    let structure = structure();
    let mut content = Content::new(&structure);
    content.set("kohta[0].teksti", "a").unwrap();
    content.set("kohta[1].teksti", "b").unwrap();
    content.remove("kohta[0].teksti").unwrap();
    assert_eq!(json(&content), r#"{"muistio":{"kohta":[{"teksti":"b"}]}}"#);
    content.set("kohta[0].teksti", "").unwrap();
    assert_eq!(json(&content), r#"{"muistio":{}}"#);
    assert_eq!(content.count("kohta"), 0);
    content.remove("aihe").unwrap().remove("kohta").unwrap();
    // A value that is refused leaves nothing behind.
    assert!(content.set("kohta[0].teksti", true).is_err());
    assert_eq!(content.count("kohta"), 0);
    let bytes = br#"{"muistio": {"aihe": "", "kohta": [{"rivi": [""]}, {"teksti": "x"}, {}]}}"#;
    let read = Content::read(&structure, bytes).unwrap();
    assert_eq!(json(&read), r#"{"muistio":{"kohta":[{"teksti":"x"}]}}"#);
}

#[test]
fn what_the_structure_does_not_have_cannot_be_set() {
    let structure = structure();
    let mut content = Content::new(&structure);
    let code = |system: &str| CodedValue::new("1", Oid::parse(system).unwrap());
    for (path, value, problem) in [
        ("aihee", ContentValue::from("x"), "no field `aihee`"),
        ("aihe", ContentValue::from(true), "of another kind"),
        ("valmis", ContentValue::from("x"), "of another kind"),
        ("aihe[0]", ContentValue::from("x"), "does not repeat"),
        (
            "aihe.teksti",
            ContentValue::from("x"),
            "a value, not a group",
        ),
        ("kohta.teksti", ContentValue::from("x"), "write `kohta[0]`"),
        (
            "kohta[1].teksti",
            ContentValue::from("x"),
            "has the number 0",
        ),
        (
            "kohta[99999].teksti",
            ContentValue::from("x"),
            "below 10000",
        ),
        ("kohta[0]", ContentValue::from("x"), "of another kind"),
        ("", ContentValue::from("x"), "no field ``"),
        ("koodi", code("2.999.7").into(), "has its display name"),
        (
            "koodi",
            code("2.999.8").with_display("x").into(),
            "code system is 2.999.7",
        ),
        (
            "koodi",
            LocalCode::new("1", "x").into(),
            "give a coded value",
        ),
        ("koodi.code", ContentValue::from("x"), "set together"),
        ("fraasi", ContentValue::from("Muu."), "`set_phrase`"),
        ("lkm", ContentValue::from(f64::NAN), "finite"),
        (
            "hetki",
            TimeStamp::parse("202605040900").unwrap().into(),
            "its seconds",
        ),
    ] {
        let error = content.set(path, value).unwrap_err().to_string();
        assert!(error.contains(problem), "{path}: {error}");
        assert!(error.starts_with(&format!("`{path}`")), "{error}");
    }
    assert!(content.set_phrase("aihe").is_err());
    assert!(content.remove("aihee").is_err());
    assert_eq!(json(&content), r#"{"muistio":{}}"#);
}

#[test]
fn only_valid_content_is_read() {
    let structure = structure();
    for (bytes, rule) in [
        (&b"{"[..], "KANTA-STRUCTURE-JSON"),
        (br#"{"muistio": {"aihe": 1}}"#, "KANTA-STRUCTURE-TYPE"),
    ] {
        assert!(Content::read(&structure, bytes).unwrap_err().has(rule));
    }
}

#[test]
fn changes_are_told_value_by_value() {
    let structure = structure();
    let earlier = br#"{"muistio": {"aihe": "a", "valmis": true, "kohta": [{"teksti": "x"}]}}"#;
    let later = br#"{"muistio": {"kohta": [{"teksti": "y"}, {"teksti": "z"}], "valmis": true}}"#;
    let earlier = Content::read(&structure, earlier).unwrap();
    let later = Content::read(&structure, later).unwrap();
    let changes = earlier.changes_to(&later);
    let told: Vec<_> = changes
        .iter()
        .map(|change| {
            (
                change.path(),
                change.kind(),
                change.before(),
                change.after(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("aihe", ChangeKind::Removed, Some("\"a\""), None),
            (
                "kohta[0].teksti",
                ChangeKind::Changed,
                Some("\"x\""),
                Some("\"y\"")
            ),
            ("kohta[1].teksti", ChangeKind::Added, None, Some("\"z\"")),
        ]
    );
    assert!(earlier.changes_to(&earlier.clone()).is_empty());
    // Neither the order of members nor the way a number is written is a difference.
    let one = br#"{"muistio": {"maara": {"value": 1.50, "code": "h"}, "lkm": 2}}"#;
    let other = br#"{"muistio": {"lkm": 2.0, "maara": {"code": "h", "value": 15e-1}}}"#;
    let one = Content::read(&structure, one).unwrap();
    assert!(
        one.changes_to(&Content::read(&structure, other).unwrap())
            .is_empty()
    );
}

#[test]
fn groups_are_filled_without_paths() {
    let structure = structure();
    let mut content = Content::new(&structure);
    let mut root = content.root_mut();
    root.set("aihe", "Arki").unwrap();
    for text in ["a", "b"] {
        let mut entry = root.push_group("kohta").unwrap();
        entry
            .set("teksti", text)
            .unwrap()
            .push("rivi", "r")
            .unwrap();
    }
    assert!(root.group("kohta").is_err() && root.push("aihe", "x").is_err());
    assert_eq!(
        json(&content),
        r#"{"muistio":{"aihe":"Arki","kohta":[{"teksti":"a","rivi":["r"]},{"teksti":"b","rivi":["r"]}]}}"#
    );
    let texts: Vec<_> = content
        .root()
        .all("kohta")
        .filter_map(|entry| entry.text("teksti"))
        .collect();
    assert_eq!(texts, ["a", "b"]);
}
