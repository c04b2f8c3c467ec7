use super::edit::NewValue;
use super::*;
use proptest::prelude::*;

fn problem(text: &str) -> Problem {
    Json::parse(text.as_bytes()).unwrap_err().problem
}

#[test]
fn refuses_what_two_readers_could_read_differently() {
    for (text, expected) in [
        ("", Problem::End),
        ("{", Problem::End),
        ("{\"a\":1", Problem::End),
        ("{\"a\"", Problem::End),
        ("[1", Problem::End),
        ("\"a", Problem::End),
        ("\"\\", Problem::End),
        ("\"\\u12", Problem::End),
        ("tru", Problem::End),
        ("-", Problem::End),
        ("1.", Problem::End),
        ("1e", Problem::End),
        ("{\"a\":1,}", Problem::Syntax),
        ("[1,]", Problem::Syntax),
        ("[1] 2", Problem::Syntax),
        ("[1 2]", Problem::Syntax),
        ("{'a':1}", Problem::Syntax),
        ("{\"a\" 1}", Problem::Syntax),
        ("NaN", Problem::Syntax),
        ("nul1", Problem::Syntax),
        ("01", Problem::Syntax),
        ("-01", Problem::Syntax),
        ("+1", Problem::Syntax),
        (".5", Problem::Syntax),
        ("1.e1", Problem::Syntax),
        ("\"\\x\"", Problem::Syntax),
        ("\"\\u00g0\"", Problem::Syntax),
        ("// no\n1", Problem::Syntax),
        ("\u{a0}1", Problem::Syntax),
        ("\"\\ud800\"", Problem::Surrogate),
        ("\"\\udc00\"", Problem::Surrogate),
        ("\"\\ud800\\u0041\"", Problem::Surrogate),
        ("\"\u{1}\"", Problem::Control),
        ("\"\n\"", Problem::Control),
        ("\u{feff}1", Problem::ByteOrderMark),
        ("{\"a\":1,\"a\":1}", Problem::DuplicateName),
        ("{\"a\":1,\"\\u0061\":1}", Problem::DuplicateName),
        ("{\"\":1,\"\":1}", Problem::DuplicateName),
        ("9007199254740993", Problem::Number),
        ("-9007199254740993", Problem::Number),
        ("9007199254740993.0", Problem::Number),
        ("18446744073709551615", Problem::Number),
        ("99999999999999999999999999", Problem::Number),
        ("1e20", Problem::Number),
        ("1e999", Problem::Number),
    ] {
        assert_eq!(problem(text), expected, "{text}");
    }
    assert_eq!(
        Json::parse(b"\"\xff\"").unwrap_err().problem,
        Problem::Encoding
    );
    for good in ["9007199254740992", "-0", "0.1e-3", "1E5", " \t\r\n[ ] "] {
        assert!(Json::parse(good.as_bytes()).is_ok(), "{good}");
    }
}

#[test]
fn doubles_are_found_in_objects_of_any_size() {
    for count in [2, 30, 31, 32, 33, 100, 5000] {
        let mut members: Vec<String> = (0..count).map(|n| format!("\"n{n}\":{n}")).collect();
        let text = format!("{{{}}}", members.join(","));
        assert!(Json::parse(text.as_bytes()).is_ok(), "{count}");
        members.push("\"n1\":0".to_owned());
        assert_eq!(
            problem(&format!("{{{}}}", members.join(","))),
            Problem::DuplicateName,
            "{count}"
        );
    }
}

#[test]
fn the_depth_is_bounded_and_settable() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let within = |text: &str, depth| read::read(text.as_bytes(), depth).is_ok();
    assert!(Json::parse(nested(DEFAULT_DEPTH).as_bytes()).is_ok());
    assert_eq!(problem(&nested(DEFAULT_DEPTH + 1)), Problem::Depth);
    assert_eq!(problem(&nested(100_000)), Problem::Depth);
    assert!(within("1", 0) && !within("[1]", 0));
    assert!(within(&nested(100), 100) && !within(&nested(100_000), usize::MAX));
}

#[test]
fn an_error_tells_the_place_and_nothing_of_the_text() {
    let error = Json::parse(b"{\n  \"salaisuus\": 1,\n  \"salaisuus\": 2\n}").unwrap_err();
    assert_eq!((error.line, error.column), (3, 4));
    assert!(!error.to_string().contains("salaisuus"));
}

#[test]
fn values_are_walked() {
    let json =
        Json::parse(br#"{"a":"plain","b":"\u00e4\ud83d\ude00\n\/x","c":[1.5,true,null]}"#).unwrap();
    let root = json.root();
    let text = |name: &str| root.get(name).and_then(Value::as_str);
    assert_eq!(text("a"), Some("plain"));
    assert_eq!(text("b"), Some("ä😀\n/x"));
    let items: Vec<_> = root.get("c").unwrap().items().collect();
    assert_eq!(items[0].as_number(), Some(1.5));
    assert_eq!(items[0].as_literal(), Some("1.5"));
    assert_eq!(items[1].as_bool(), Some(true));
    assert_eq!(items[2].kind(), Kind::Null);
    let names: Vec<_> = root.members().map(Value::name).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(root.items().count(), 0);
    assert!(format!("{json:?} {root:?}").find("plain").is_none());
}

#[test]
fn a_text_is_changed_in_place() {
    let mut json = Json::parse(br#"{"a":1,"b":[true],"c":"x"}"#).unwrap();
    let root = json.root_place();
    let place = |json: &Json<'_>, name: &str| json.root().get(name).unwrap().place();
    let b = place(&json, "b");
    json.append(b, "", &NewValue::Text("\"\u{1}ä"));
    let a = place(&json, "a");
    json.set(a, &NewValue::Object);
    json.append(a, "d", &NewValue::Number("2"));
    let c = place(&json, "c");
    json.remove(root, c);
    json.append(root, "e", &NewValue::Bool(false));
    let mut out = String::new();
    json.root().write(&mut out);
    assert_eq!(
        out,
        "{\"a\":{\"d\":2},\"b\":[true,\"\\\"\\u0001ä\"],\"e\":false}"
    );
    json.remove(root, a);
    json.remove(root, b);
    let e = place(&json, "e");
    json.remove(root, e);
    json.append(root, "f", &NewValue::Array);
    out.clear();
    json.root().write(&mut out);
    assert_eq!(out, r#"{"f":[]}"#);
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        // Eighths are exact in every reader; serde_json is a digit off in other fractions.
        any::<i32>().prop_map(|eighths| (f64::from(eighths) / 8.0).into()),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::Array),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Json::parse(&bytes);
    }

    #[test]
    fn what_is_read_is_also_read_by_serde_json(text in "[\\[\\]{}:,\"a1 .eE+-]{0,40}") {
        if Json::parse(text.as_bytes()).is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
    }

    #[test]
    fn reads_and_writes_as_serde_json_does(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty {
            serde_json::to_string_pretty(&value).unwrap()
        } else {
            value.to_string()
        };
        let json = Json::parse(text.as_bytes()).unwrap();
        let mut out = String::new();
        json.root().write(&mut out);
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap(), value);
    }
}
