//! Strict JSON, read once into a tree that borrows from the bytes.
//!
//! Stricter than JSON itself where two readers could understand the same bytes differently: a member that occurs
//! twice, a number beyond the integers that every reader keeps exactly, and nesting without bound are refused.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// How deeply arrays and objects may nest unless the caller says otherwise.
pub(crate) const DEFAULT_DEPTH: usize = 64;
/// The parser's own bound; a deeper limit has no effect.
const DEEPEST: usize = 120;
/// 2^53: up to here every integer is one double-precision number, beyond it two integers may become the same.
const LARGEST_NUMBER: f64 = 9_007_199_254_740_992.0;

/// One JSON value. `Debug` shows its kind only.
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(f64),
    String(Cow<'a, str>),
    Array(Vec<Self>),
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl<'a> Json<'a> {
    /// Reads a whole text, nested at most [`DEFAULT_DEPTH`] deep.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, JsonError> {
        Self::parse_within(bytes, DEFAULT_DEPTH)
    }

    /// Reads a whole text, nested at most `depth` deep.
    pub(crate) fn parse_within(bytes: &'a [u8], depth: usize) -> Result<Self, JsonError> {
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            return Err(JsonError {
                line: 1,
                column: 1,
                problem: Problem::ByteOrderMark,
            });
        }
        let problem = Cell::new(Problem::Syntax);
        let reader = Reader {
            levels: depth.min(DEEPEST),
            problem: &problem,
        };
        let mut input = serde_json::Deserializer::from_slice(bytes);
        let read = reader.deserialize(&mut input);
        read.and_then(|json| input.end().map(|()| json))
            .map_err(|error| JsonError {
                line: error.line(),
                column: error.column(),
                problem: if error.is_eof() {
                    Problem::End
                } else {
                    problem.get()
                },
            })
    }

    /// Returns the member of an object with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.members()?
            .iter()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    pub(crate) fn members(&self) -> Option<&[(Cow<'a, str>, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool",
            Self::Number(_) => "Number",
            Self::String(_) => "String",
            Self::Array(_) => "Array",
            Self::Object(_) => "Object",
        })
    }
}

/// Why a text is not readable as strict JSON, and where. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {}", problem.english())]
pub(crate) struct JsonError {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    Syntax,
    End,
    ByteOrderMark,
    DuplicateName,
    Depth,
    Number,
}

impl Problem {
    pub(crate) fn english(self) -> &'static str {
        match self {
            Self::Syntax => "not JSON in UTF-8; mend the text here",
            Self::End => "the JSON text ends too early; write it to its end",
            Self::ByteOrderMark => "a byte order mark stands before the JSON text; leave it out",
            Self::DuplicateName => "a member occurs twice in the same object; keep one",
            Self::Depth => "the JSON text is nested too deeply; raise the limit or flatten it",
            Self::Number => "a number is beyond 2^53 and would lose digits; write it as a text",
        }
    }

    pub(crate) fn finnish(self) -> &'static str {
        match self {
            Self::Syntax => "teksti ei ole UTF-8-koodattua JSONia; korjaa se tästä kohdasta",
            Self::End => "JSON-teksti loppuu kesken; kirjoita se loppuun",
            Self::ByteOrderMark => "JSON-tekstin alussa on tavujärjestysmerkki; poista se",
            Self::DuplicateName => {
                "samassa oliossa on kaksi samannimistä ominaisuutta; jätä niistä yksi"
            }
            Self::Depth => {
                "JSON-tekstissä on liikaa sisäkkäisyyttä; nosta rajaa tai madalla rakennetta"
            }
            Self::Number => {
                "luku on suurempi kuin 2^53 ja menettäisi numeroita; kirjoita se tekstinä"
            }
        }
    }
}

/// Builds the tree from the parser's events; says in `problem` why it stopped.
#[derive(Clone, Copy)]
struct Reader<'c> {
    levels: usize,
    problem: &'c Cell<Problem>,
}

impl Reader<'_> {
    fn refuse<T, E: Error>(self, problem: Problem) -> Result<T, E> {
        self.problem.set(problem);
        Err(E::custom(problem.english()))
    }

    fn number<'a, E: Error>(self, number: f64) -> Result<Json<'a>, E> {
        if number.abs() <= LARGEST_NUMBER {
            Ok(Json::Number(number))
        } else {
            self.refuse(Problem::Number)
        }
    }

    fn inner<E: Error>(self) -> Result<Self, E> {
        match self.levels.checked_sub(1) {
            Some(levels) => Ok(Self { levels, ..self }),
            None => self.refuse(Problem::Depth),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Json<'de>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json<'de>, E> {
        if number.unsigned_abs() > LARGEST_NUMBER as u64 {
            return self.refuse(Problem::Number);
        }
        self.number(number as f64)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json<'de>, E> {
        if number > LARGEST_NUMBER as u64 {
            return self.refuse(Problem::Number);
        }
        self.number(number as f64)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Json<'de>, E> {
        self.number(number)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json<'de>, A::Error> {
        let inner = self.inner()?;
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let inner = self.inner()?;
        let mut members = Vec::new();
        let mut names = HashSet::new();
        while let Some(key) = map.next_key_seed(inner)? {
            let Json::String(name) = key else {
                return self.refuse(Problem::Syntax);
            };
            if !names.insert(name.clone()) {
                return self.refuse(Problem::DuplicateName);
            }
            members.push((name, map.next_value_seed(inner)?));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
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
            ("{\"a\":1,}", Problem::Syntax),
            ("[1] 2", Problem::Syntax),
            ("{'a':1}", Problem::Syntax),
            ("NaN", Problem::Syntax),
            ("01", Problem::Syntax),
            ("1e999", Problem::Syntax),
            ("\"\\ud800\"", Problem::Syntax),
            ("\"\u{1}\"", Problem::Syntax),
            ("// no\n1", Problem::Syntax),
            ("\u{feff}1", Problem::ByteOrderMark),
            ("{\"a\":1,\"a\":1}", Problem::DuplicateName),
            ("{\"a\":1,\"\\u0061\":1}", Problem::DuplicateName),
            ("9007199254740993", Problem::Number),
            ("-9007199254740993", Problem::Number),
            ("18446744073709551615", Problem::Number),
            ("1e20", Problem::Number),
        ] {
            assert_eq!(problem(text), expected, "{text}");
        }
        assert!(Json::parse(b"\"\xff\"").is_err());
        assert!(Json::parse(b"9007199254740992").is_ok());
    }

    #[test]
    fn the_depth_is_bounded_and_settable() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Json::parse(nested(DEFAULT_DEPTH).as_bytes()).is_ok());
        assert_eq!(problem(&nested(DEFAULT_DEPTH + 1)), Problem::Depth);
        assert_eq!(problem(&nested(100_000)), Problem::Depth);
        assert!(Json::parse_within(b"1", 0).is_ok());
        assert!(Json::parse_within(b"[1]", 0).is_err());
        assert!(Json::parse_within(nested(DEEPEST).as_bytes(), usize::MAX).is_ok());
        assert!(Json::parse_within(nested(100_000).as_bytes(), usize::MAX).is_err());
    }

    #[test]
    fn an_error_tells_the_place_and_nothing_of_the_text() {
        let error = Json::parse(b"{\n  \"salaisuus\": 1,\n  \"salaisuus\": 2\n}").unwrap_err();
        assert_eq!(error.line, 3);
        assert!(error.to_string().starts_with("line 3, column "), "{error}");
        assert!(!error.to_string().contains("salaisuus"));
    }

    #[test]
    fn borrows_where_nothing_is_escaped() {
        let json = Json::parse(br#"{"a":"plain","b":"\u00e4","c":[1.5,true,null]}"#).unwrap();
        assert!(matches!(
            json.get("a"),
            Some(Json::String(Cow::Borrowed("plain")))
        ));
        assert_eq!(json.get("b").and_then(Json::as_str), Some("ä"));
        let items = json.get("c").and_then(Json::items).unwrap();
        assert_eq!(items[0].as_number(), Some(1.5));
        assert_eq!(items[1].as_bool(), Some(true));
        assert!(matches!(items[2], Json::Null));
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
    }
}
