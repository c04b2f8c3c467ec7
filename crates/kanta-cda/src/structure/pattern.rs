//! The three shapes of pattern that the structures use, matched by hand with exactly the verdict of the regular expression.
//!
//! The expressions are ECMAScript's without flags: `^` and `$` are the very beginning and end of the text (a line end
//! after the match is refused) and `\d` is an ASCII digit.

use std::borrow::Cow;

use kanta_core::Oid;

const DATE: &str = r"^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$";
const MOMENT: &str = r"^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?$";
const OID_BEGIN: &str = "^urn:oid:";
const OID_END: &str = r"(\.\d+)*$";

/// What a text has to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern<'s> {
    /// A day, a month or a year. As in the expression, day 00 and days that a month does not have are accepted.
    Date,
    /// A date as above, or a day with a time to the second and its offset.
    Moment,
    /// A code system or a version of it, as `urn:oid:` and the arcs of an OID.
    Oid(Cow<'s, str>),
}

impl Pattern<'_> {
    /// Recognises an expression; `None` for any other shape.
    pub(super) fn compile(expression: &str) -> Option<Pattern<'static>> {
        match expression {
            DATE => Some(Pattern::Date),
            MOMENT => Some(Pattern::Moment),
            _ => {
                // Split at the escaped dots: a dot that is not escaped stands for any character, and `Oid` refuses the
                // arc that holds anything but digits.
                let arcs: Vec<_> = expression
                    .strip_prefix(OID_BEGIN)?
                    .strip_suffix(OID_END)?
                    .split(r"\.")
                    .collect();
                if arcs.iter().any(|arc| arc.contains('.')) {
                    return None;
                }
                let oid = Oid::parse(&arcs.join(".")).ok()?;
                Some(Pattern::Oid(Cow::Owned(oid.as_str().to_owned())))
            }
        }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        match self {
            Self::Date => date(bytes) == Some(b""),
            Self::Moment => match date(bytes) {
                Some(b"") => true,
                // A time stands after a whole day only.
                Some([b'T', rest @ ..]) => {
                    bytes.len() - rest.len() > "yyyy-MM-dd".len() && time(rest) == Some(b"")
                }
                _ => false,
            },
            Self::Oid(oid) => text
                .strip_prefix("urn:oid:")
                .and_then(|text| text.strip_prefix(&**oid))
                .is_some_and(arcs),
        }
    }
}

/// Takes `-?yyyy(-MM(-dd)?)?` and returns what follows.
fn date(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let (_, bytes) = number(bytes, 4, 0..=9999)?;
    let Some(bytes) = part(bytes, b'-', 1..=12) else {
        return Some(bytes);
    };
    Some(part(bytes, b'-', 0..=31).unwrap_or(bytes))
}

/// Takes `HH:mm:ss(.f+)?` and the offset, and returns what follows.
fn time(bytes: &[u8]) -> Option<&[u8]> {
    let (_, bytes) = number(bytes, 2, 0..=23)?;
    let bytes = part(bytes, b':', 0..=59)?;
    let bytes = part(bytes, b':', 0..=59)?;
    let bytes = match bytes {
        [b'.', fraction @ ..] => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit());
            match digits.count() {
                0 => return None,
                count => fraction.get(count..)?,
            }
        }
        _ => bytes,
    };
    match bytes {
        [b'Z', rest @ ..] => Some(rest),
        [b'+' | b'-', rest @ ..] => {
            let (hours, rest) = number(rest, 2, 0..=14)?;
            part(rest, b':', 0..=if hours == 14 { 0 } else { 59 })
        }
        _ => None,
    }
}

/// Takes a separator and a number of two digits.
fn part(bytes: &[u8], separator: u8, range: std::ops::RangeInclusive<u32>) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(&[separator])?;
    number(rest, 2, range).map(|(_, rest)| rest)
}

fn number(
    bytes: &[u8],
    digits: usize,
    range: std::ops::RangeInclusive<u32>,
) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_at_checked(digits)?;
    let number = number.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u32::from(byte - b'0'))
    })?;
    range.contains(&number).then_some((number, rest))
}

/// `(\.\d+)*`, to the end.
fn arcs(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix('.').is_some_and(|arcs| {
            arcs.split('.')
                .all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gender() -> Pattern<'static> {
        Pattern::compile(r"^urn:oid:1\.2\.246\.537\.5\.1(\.\d+)*$").unwrap()
    }

    #[test]
    fn knows_its_three_shapes_only() {
        assert_eq!(Pattern::compile(DATE), Some(Pattern::Date));
        assert_eq!(Pattern::compile(MOMENT), Some(Pattern::Moment));
        assert_eq!(gender(), Pattern::Oid("1.2.246.537.5.1".into()));
        for other in [
            "",
            ".*",
            "^[0-9]{4}$",
            r"^urn:oid:1.2.246(\.\d+)*$",
            r"^urn:oid:1\.2/246(\.\d+)*$",
            r"^urn:oid:1\.02(\.\d+)*$",
            r"^urn:oid:(\.\d+)*$",
            r"^urn:oid:1\.2\.246(\.\d+)+$",
            r"urn:oid:1\.2\.246(\.\d+)*$",
        ] {
            assert_eq!(Pattern::compile(other), None, "{other}");
        }
    }

    #[test]
    fn days() {
        for good in [
            "2026",
            "-0044",
            "2026-01",
            "2026-12",
            "2026-02-00",
            "2026-02-31",
            "0000-09-30",
        ] {
            assert!(Pattern::Date.matches(good), "{good}");
            assert!(Pattern::Moment.matches(good), "{good}");
        }
        for bad in [
            "",
            "-",
            "202",
            "20260",
            "+2026",
            "--2026",
            "2026-",
            "2026-00",
            "2026-13",
            "2026-1",
            "2026-01-",
            "2026-01-32",
            "2026-01-1",
            "2026-01-011",
            "2026-01-01-",
            "2026-01-01\n",
            "2026\n",
            " 2026",
            "2026-01-01 ",
            "٢٠٢٦",
            "2026-01-0١",
            "2.2.2026",
        ] {
            assert!(!Pattern::Date.matches(bad), "{bad:?}");
            assert!(!Pattern::Moment.matches(bad), "{bad:?}");
        }
    }

    #[test]
    fn moments() {
        for good in [
            "2026-05-04T09:00:00+03:00",
            "2026-05-04T23:59:59Z",
            "2026-05-00T00:00:00.5Z",
            "-2026-05-04T00:00:00.123456789012-14:00",
            "2026-05-04T00:00:00-13:59",
            "2026-05-04T00:00:00+00:00",
        ] {
            assert!(Pattern::Moment.matches(good), "{good}");
            assert!(!Pattern::Date.matches(good), "{good}");
        }
        for bad in [
            "2026T00:00:00Z",
            "2026-05T00:00:00Z",
            "-2026-05T00:00:00Z",
            "2026-05-04T",
            "2026-05-04T09:00",
            "2026-05-04T09:00+03:00",
            "2026-05-04T09:00:00",
            "2026-05-04T24:00:00Z",
            "2026-05-04T09:60:00Z",
            "2026-05-04T09:00:60Z",
            "2026-05-04T09:00:00.Z",
            "2026-05-04T09:00:00z",
            "2026-05-04T09:00:00Z\n",
            "2026-05-04T09:00:00+14:01",
            "2026-05-04T09:00:00+15:00",
            "2026-05-04T09:00:00+03",
            "2026-05-04T09:00:00+0300",
            "2026-05-04T09:00:00+03:000",
            "2026-05-04 09:00:00Z",
            "2026-05-04T09:00:00+03:00Z",
        ] {
            assert!(!Pattern::Moment.matches(bad), "{bad:?}");
        }
    }

    #[test]
    fn code_systems_and_their_versions() {
        for good in [
            "urn:oid:1.2.246.537.5.1",
            "urn:oid:1.2.246.537.5.1.1997",
            "urn:oid:1.2.246.537.5.1.007.0",
        ] {
            assert!(gender().matches(good), "{good}");
        }
        for bad in [
            "1.2.246.537.5.1",
            "urn:oid:1.2.246.537.5",
            "urn:oid:1.2.246.537.5.11",
            "urn:oid:1.2.246.537.5.1.",
            "urn:oid:1.2.246.537.5.1..1",
            "urn:oid:1.2.246.537.5.1.1997\n",
            "urn:oid:1.2.246.537.5.1.a",
            "URN:OID:1.2.246.537.5.1",
            "urn:oid:1.2.246.537.5.1.١",
        ] {
            assert!(!gender().matches(bad), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_the_expressions_generate_matches(
            date in "-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?",
            moment in "-?[0-9]{4}-(0[1-9]|1[0-2])-(0[0-9]|[1-2][0-9]|3[0-1])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))",
            system in "urn:oid:1\\.2\\.246\\.537\\.5\\.1(\\.[0-9]{1,9}){0,4}",
        ) {
            prop_assert!(Pattern::Date.matches(&date));
            prop_assert!(Pattern::Moment.matches(&date));
            prop_assert!(Pattern::Moment.matches(&moment));
            prop_assert!(gender().matches(&system));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = (Pattern::Moment.matches(&text), gender().matches(&text), Pattern::compile(&text));
        }
    }
}
