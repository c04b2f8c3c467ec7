use proptest::prelude::*;

use super::*;

fn value(code: &str, system: &str) -> CodedValue {
    CodedValue::new(code, Oid::parse(system).unwrap())
}

fn rule_of(registry: &CodeRegistry, value: &CodedValue) -> Option<(String, Severity)> {
    registry
        .check(value, "/x", Date::new(2026, 9, 1).ok())
        .map(|finding| (finding.rule().to_owned(), finding.severity()))
}

#[test]
fn the_embedded_lists_hold_every_constant() {
    let registry = CodeRegistry::seen();
    assert_eq!(registry.systems.len(), 107);
    assert!(registry.systems.values().all(|system| !system.complete));
    for constant in crate::codes::all_seen() {
        let entry = registry.find(&constant);
        assert_eq!(
            entry.map(CodeEntry::finnish),
            constant.display(),
            "{constant} of {}",
            constant.system()
        );
        assert_eq!(rule_of(&registry, &constant), None, "{constant}");
    }
}

#[test]
fn a_system_is_found_with_any_version_and_is_not_guessed_from_its_arcs() {
    let registry = CodeRegistry::seen();
    for (oid, system, version) in [
        ("1.2.246.537.6.1221", Some("1.2.246.537.6.1221"), None),
        (
            "1.2.246.537.6.1221.209912",
            Some("1.2.246.537.6.1221"),
            Some("209912"),
        ),
        // The last arc looks like a year, but is the system's own.
        (
            "1.2.246.537.6.886.2001",
            Some("1.2.246.537.6.886.2001"),
            None,
        ),
        (
            "1.2.246.537.6.886.2001.2010",
            Some("1.2.246.537.6.886.2001"),
            Some("2010"),
        ),
        ("1.2.246.537.6.12", None, None),
        ("2.999", None, None),
    ] {
        let found = registry.system(&Oid::parse(oid).unwrap());
        assert_eq!(
            found.as_ref().map(|(system, _)| system.oid().as_str()),
            system,
            "{oid}"
        );
        assert_eq!(
            found.and_then(|(_, version)| version).as_deref(),
            version,
            "{oid}"
        );
    }
}

#[test]
fn unknown_codes_are_judged_as_strictly_as_the_caller_wishes() {
    let mut registry = CodeRegistry::seen();
    let unknown = value("77", "1.2.246.537.6.1221.201601");
    let no_list = value("1", "2.999.5.2026");
    let known = value("10", "1.2.246.537.6.1221");
    let warning = Some(("KANTA-CODE-UNKNOWN".to_owned(), Severity::Warning));
    let error = Some(("KANTA-CODE-UNKNOWN".to_owned(), Severity::Error));
    for (checking, expected) in [
        (CodeChecking::Off, None),
        (CodeChecking::WarnUnknown, warning.clone()),
        (CodeChecking::DenyUnknown, error),
    ] {
        registry.set_checking(checking);
        assert_eq!(rule_of(&registry, &unknown), expected, "{checking:?}");
        assert_eq!(rule_of(&registry, &no_list), expected, "{checking:?}");
        assert_eq!(rule_of(&registry, &known), None, "{checking:?}");
    }
    registry.set_checking_of(
        Oid::parse("1.2.246.537.6.1221").unwrap(),
        CodeChecking::WarnUnknown,
    );
    assert_eq!(rule_of(&registry, &unknown), warning);
}

#[test]
fn names_and_days_are_compared() {
    let mut registry = CodeRegistry::new();
    registry
        .load_toml(
            "[[code_system]]\noid = \"2.999.5\"\nname = \"t\"\n[code_system.codes]\n1 = \"Nainen\"\n\
             2 = { fi = \"Vanha\", sv = \"Gammal\", valid_to = \"2020-12-31\" }\n",
        )
        .unwrap();
    for (code, display, expected) in [
        ("1", "nainen", None),
        ("1", "Mies", Some("KANTA-CODE-NAME")),
        ("2", "Vanha", Some("KANTA-CODE-OUT-OF-USE")),
    ] {
        let value = value(code, "2.999.5").with_display(display);
        assert_eq!(
            rule_of(&registry, &value).map(|(rule, _)| rule).as_deref(),
            expected
        );
    }
    let gammal = value("2", "2.999.5").with_display("gammal");
    assert!(
        registry
            .check(&gammal, "/x", Date::new(2020, 12, 31).ok())
            .is_none()
    );
    assert!(registry.check(&gammal, "/x", None).is_none());
}

#[test]
fn an_export_is_read_by_its_own_headings() {
    let mut registry = CodeRegistry::new();
    let system = || CodeSystem::new(Oid::parse("2.999.5").unwrap(), "t").complete();
    registry
        .load_csv(
            system(),
            "\u{feff}code;name_fi;name_sv;valid_from;valid_to\n1;Yksi;Ett;1.1.2020;\n2;\"Kaksi; eli pari\";;;\n".as_bytes(),
            &CodeColumns::default(),
        )
        .unwrap();
    assert_eq!(
        registry
            .find(&value("2", "2.999.5.2020"))
            .unwrap()
            .finnish(),
        "Kaksi; eli pari"
    );

    let columns = CodeColumns {
        code: "Tunnus".into(),
        finnish: "Nimi".into(),
        swedish: None,
        valid_from: None,
        valid_to: None,
        delimiter: b',',
    };
    registry
        .load_csv(system(), b"Nimi,Tunnus,Muuta\nKolme,3,x\n", &columns)
        .unwrap();
    assert_eq!(
        registry.find(&value("3", "2.999.5")).unwrap().finnish(),
        "Kolme"
    );
    assert!(
        registry.find(&value("2", "2.999.5")).is_none(),
        "a list replaces the earlier one"
    );

    for (text, line, problem) in [
        ("code;name\n1;x\n", 1, "no column `name_fi`"),
        ("code;name_fi\n1;x\n1;y\n", 3, "stands twice"),
        ("code;name_fi\n;x\n", 2, "`code` is empty"),
        ("code;name_fi\n1;x;y\n", 2, "3 fields"),
        (
            "code;name_fi;valid_to\n1;x;huomenna\n",
            2,
            "KANTA-TIME-DATE",
        ),
    ] {
        let error = registry
            .load_csv(system(), text.as_bytes(), &CodeColumns::default())
            .unwrap_err();
        assert_eq!(error.line(), line, "{error}");
        assert!(error.to_string().contains(problem), "{error}");
    }
    let error = registry.load_csv(system(), b"code;name_fi\n1;\xff\n", &CodeColumns::default());
    assert!(error.unwrap_err().to_string().contains("UTF-8"));
}

#[test]
fn mistakes_in_toml_name_their_line() {
    for (text, line) in [
        ("[[code_system]]\noid = \"x\"\nname = \"t\"\n", 2),
        ("[[code_system]]\noid = \"2.999\"\nnimi = \"t\"\n", 3),
        (
            "[[code_system]]\noid = \"2.999\"\nname = \"t\"\ncodes = { 1 = { fi = \"a\", valid_to = \"b\" } }\n",
            2,
        ),
        ("[[code_system\n", 1),
    ] {
        let error = CodeRegistry::new().load_toml(text).unwrap_err();
        assert_eq!(error.line(), line, "{text}: {error}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut registry = CodeRegistry::new();
        let _ = registry.load_toml(&text);
        let system = CodeSystem::new(Oid::parse("2.999").unwrap(), "t");
        let _ = registry.load_csv(system, &bytes, &CodeColumns::default());
    }
}
