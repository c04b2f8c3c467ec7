//! JSON that means the same to every reader, and its canonical form (RFC 8785).
//!
//! Readers differ in what they make of a member that stands twice, and of numbers beyond what a double can tell apart; so
//! both are refused before anything is signed or verified.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The greatest whole number that a double tells apart from its neighbours.
const GREATEST: u64 = (1 << 53) - 1;

/// JSON that is not strict enough to be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StrictJsonError {
    /// It is not JSON, or not such that every reader reads the same (`KANTA-JSON-STRICT`).
    #[error(
        "the JSON cannot be signed: {problem} at line {line}, column {column} [KANTA-JSON-STRICT]"
    )]
    Strict {
        /// What is wrong.
        problem: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It was received in another form than the canonical one (`KANTA-JSON-CANONICAL`).
    #[error("the signed JSON is not in canonical form [KANTA-JSON-CANONICAL]")]
    NotCanonical,
}

/// Parses JSON strictly: no member twice in an object, no whole number beyond 2⁵³ − 1, nothing behind the value.
///
/// # Errors
/// [`StrictJsonError::Strict`] with the place.
pub fn parse_strictly(json: &[u8]) -> Result<Value, StrictJsonError> {
    if let Some(offset) = find_long_integer(json) {
        let before = json.get(..offset).unwrap_or_default();
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        return Err(StrictJsonError::Strict {
            problem: TOO_GREAT.to_owned(),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: offset - line_start + 1,
        });
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let read = Strict
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| StrictJsonError::Strict {
        line: error.line(),
        column: error.column(),
        problem: match error.classify() {
            serde_json::error::Category::Data => problem_of(&error),
            serde_json::error::Category::Eof => "it ends too early".to_owned(),
            _ => "it is not well-formed".to_owned(),
        },
    })
}

/// Brings JSON into its canonical form, after strict parsing.
///
/// # Errors
/// As [`parse_strictly`].
pub fn canonical_json(json: &[u8]) -> Result<Vec<u8>, StrictJsonError> {
    let value = parse_strictly(json)?;
    serde_json_canonicalizer::to_vec(&value).map_err(|_| StrictJsonError::Strict {
        problem: "a number has no canonical form".to_owned(),
        line: 0,
        column: 0,
    })
}

/// The place of a whole number of more than twenty digits, which the parser would take for a double.
fn find_long_integer(json: &[u8]) -> Option<usize> {
    let mut in_string = false;
    let mut index = 0;
    while let Some(byte) = json.get(index) {
        match byte {
            b'\\' if in_string => index += 1,
            b'"' => in_string = !in_string,
            b'0'..=b'9' if !in_string => {
                let rest = json.get(index..).unwrap_or_default();
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let before = index.checked_sub(1).and_then(|before| json.get(before));
                let is_part = matches!(before, Some(b'.' | b'e' | b'E' | b'+'));
                let goes_on = matches!(rest.get(digits), Some(b'.' | b'e' | b'E'));
                if digits > 20 && !is_part && !goes_on {
                    return Some(index);
                }
                index += digits - 1;
            }
            _ => {}
        }
        index += 1;
    }
    None
}

/// Our own messages hold no content; those of the parser might.
fn problem_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    [TWICE, TOO_GREAT]
        .into_iter()
        .find(|own| text.starts_with(own))
        .unwrap_or("a value is not allowed")
        .to_owned()
}

const TWICE: &str = "a member stands twice in an object";
const TOO_GREAT: &str = "a whole number is beyond 2^53 - 1, where readers differ";

/// Reads a value, strictly.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        if value > GREATEST {
            return Err(E::custom(TOO_GREAT));
        }
        Ok(Value::from(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > GREATEST {
            return Err(E::custom(TOO_GREAT));
        }
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // Between these the canonical form is that of a whole number, which would be refused when it is read again.
        let is_written_whole =
            (GREATEST as f64..1e21).contains(&value.abs()) && value.abs() > GREATEST as f64;
        Number::from_f64(value)
            .filter(|_| !is_written_whole)
            .map(Value::Number)
            .ok_or_else(|| E::custom(TOO_GREAT))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key_seed(Name)? {
            let value = members.next_value_seed(Self)?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Value::Object(object))
    }
}

struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        String::deserialize(deserializer)
    }
}
