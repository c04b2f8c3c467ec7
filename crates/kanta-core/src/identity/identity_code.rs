//! Personal identity codes.

use std::borrow::Cow;
use std::fmt;

use crate::time::Date;
use crate::{InvalidValue, Oid};

/// The root of personal identity codes (`[S]` of the real messages).
pub(super) const IDENTITY_CODE_ROOT: Oid = Oid::from_static("1.2.246.21");

/// A personal identity code, DDMMYY, century sign, individual number and check character (Finnish: henkilötunnus).
///
/// Knows all century signs of 2023: `+` for the 1800s, `-YXWVU` for the 1900s and `ABCDEF` for the 2000s
/// (validator client, `[S]`). Only the canonical form is accepted: eleven characters, capitals. `Debug` never shows it.
///
/// ```
/// use kanta_core::PersonalIdentityCode;
///
/// let code = PersonalIdentityCode::parse("150312A903A")?;
/// assert!(code.is_artificial());
/// assert_eq!(code.birth_date().to_string(), "2012-03-15");
/// assert_eq!(format!("{code:?}"), "PersonalIdentityCode(…)");
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonalIdentityCode {
    text: [u8; 11],
    birth_date: Date,
}

/// The sex that a personal identity code tells (individual number: odd for men, even for women).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Odd individual number.
    Male,
    /// Even individual number.
    Female,
}

impl PersonalIdentityCode {
    /// Parses the canonical form.
    ///
    /// # Errors
    /// `KANTA-ID-HETU-FORM`, `-DATE`, `-NUMBER` or `-CHECK`; the message never holds the code.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let bytes: [u8; 11] = text.as_bytes().try_into().map_err(|_| form_error())?;
        let [d1, d2, m1, m2, y1, y2, sign, n1, n2, n3, check] = bytes;
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0_u32, |sum, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| sum * 10 + u32::from(digit - b'0'))
            })
        };
        let (Some(day), Some(month), Some(year), Some(individual)) = (
            number(&[d1, d2]),
            number(&[m1, m2]),
            number(&[y1, y2]),
            number(&[n1, n2, n3]),
        ) else {
            return Err(form_error());
        };
        let century = match sign {
            b'+' => 1800,
            b'-' | b'Y' | b'X' | b'W' | b'V' | b'U' => 1900,
            b'A'..=b'F' => 2000,
            _ => return Err(form_error()),
        };
        let birth_date =
            Date::new((century + year) as i16, month as i8, day as i8).map_err(|_| {
                InvalidValue::new(
                    "KANTA-ID-HETU-DATE",
                    "the personal identity code begins with a day that does not exist",
                    "check the first six characters and the century sign",
                )
            })?;
        if individual < 2 {
            return Err(InvalidValue::new(
                "KANTA-ID-HETU-NUMBER",
                "the individual number of the personal identity code is 000 or 001",
                "check the three digits after the century sign",
            ));
        }
        let date_digits = (day * 100 + month) * 100 + year;
        let expected = CHECK_CHARACTERS[((date_digits * 1000 + individual) % 31) as usize];
        if check != expected {
            return Err(InvalidValue::new(
                "KANTA-ID-HETU-CHECK",
                "the check character of the personal identity code is wrong",
                "check the code for a typing error; a temporary identifier is given as root and extension instead",
            ));
        }
        Ok(Self {
            text: bytes,
            birth_date,
        })
    }

    /// Returns the root under which messages carry the code, 1.2.246.21.
    #[must_use]
    pub fn root() -> Oid {
        IDENTITY_CODE_ROOT
    }

    /// Returns the code itself: personal data, for the message and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.text).expect("the constructor accepts ASCII only")
    }

    /// Returns the code as display forms show it: the day of birth and five asterisks (test messages, `[V]`).
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}*****", &self.expose()[..6])
    }

    /// Returns the day of birth.
    #[must_use]
    pub fn birth_date(&self) -> Date {
        self.birth_date
    }

    /// Returns the sex that the individual number tells.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.text[9] % 2 == 1 {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// Returns whether a text holds, anywhere, an identity code that a real person can have.
    ///
    /// Looks at every run of eleven bytes that does not continue a longer word, in capitals or small letters.
    #[must_use]
    pub fn has_real(text: &[u8]) -> bool {
        // The sixth to eighth bytes of a code are a digit, a century sign and a digit, which other text seldom has. The blocks are
        // looked at without a branch for each byte.
        const BLOCK: usize = 64;
        let is_place = |[before, sign, after]: [u8; 3]| {
            before.is_ascii_digit() & is_century_sign(sign) & after.is_ascii_digit()
        };
        let mut start = 0;
        while let Some(block) = text.get(start..start + BLOCK + 2) {
            let triples = block.iter().zip(&block[1..]).zip(&block[2..]);
            let mut triples = triples.map(|((before, sign), after)| [*before, *sign, *after]);
            if triples
                .clone()
                .fold(false, |found, triple| found | is_place(triple))
            {
                let mut place = start;
                let is_real = triples.any(|triple| {
                    place += 1;
                    is_place(triple) && Self::is_real_around(text, place)
                });
                if is_real {
                    return true;
                }
            }
            start += BLOCK;
        }
        (start..text.len()).any(|sign| Self::is_real_around(text, sign))
    }

    /// Judges the eleven bytes whose century sign stands at a place.
    fn is_real_around(text: &[u8], sign: usize) -> bool {
        is_century_sign(text[sign])
            && sign
                .checked_sub(6)
                .is_some_and(|start| Self::is_real_at(text, start))
    }

    /// Judges the eleven bytes from a place on; a code there begins its run of digits and continues no word.
    fn is_real_at(text: &[u8], start: usize) -> bool {
        let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let Some(window) = text.get(start..start + 11) else {
            return false;
        };
        window[..6].iter().all(u8::is_ascii_digit)
            && !window[6].is_ascii_digit()
            && !is_word(start.checked_sub(1).and_then(|before| text.get(before)))
            && !is_word(text.get(start + 11))
            && std::str::from_utf8(window).is_ok_and(|code| {
                Self::parse(&code.to_ascii_uppercase()).is_ok_and(|code| !code.is_artificial())
            })
    }

    /// Returns a text with an ellipsis in the place of everything that has the form of an identity code, right or not.
    ///
    /// For names and places that errors repeat from the input: an element or a key may be named by a code.
    ///
    /// ```
    /// use kanta_core::PersonalIdentityCode;
    ///
    /// assert_eq!(PersonalIdentityCode::hide_in("/asiakas/150312A903A/x"), "/asiakas/…/x");
    /// assert_eq!(PersonalIdentityCode::hide_in("/asiakas/henkilotunnus"), "/asiakas/henkilotunnus");
    /// ```
    #[must_use]
    pub fn hide_in(text: &str) -> Cow<'_, str> {
        let mut shown = Cow::Borrowed("");
        let mut rest = text;
        while let Some(at) = rest.as_bytes().windows(11).position(has_form) {
            shown.to_mut().push_str(&rest[..at]);
            shown.to_mut().push('…');
            rest = &rest[at + 11..];
        }
        if shown.is_empty() {
            return Cow::Borrowed(rest);
        }
        shown.to_mut().push_str(rest);
        shown
    }

    /// Returns whether the individual number is 900–999: never given to a real person, the only kind that may leave
    /// the process outside production.
    #[must_use]
    pub fn is_artificial(&self) -> bool {
        self.text[7] == b'9'
    }
}

/// Whether eleven bytes have the form of a code, in capitals or small letters; its parts may be wrong.
fn has_form(bytes: &[u8]) -> bool {
    let are_digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    are_digits(&bytes[..6])
        && is_century_sign(bytes[6])
        && are_digits(&bytes[7..10])
        && bytes[10].is_ascii_alphanumeric()
}

/// Whether a byte is a century sign, in either case.
const fn is_century_sign(byte: u8) -> bool {
    let letter = byte | 0x20;
    (byte == b'+')
        | (byte == b'-')
        | ((letter >= b'a') & (letter <= b'f'))
        | ((letter >= b'u') & (letter <= b'y'))
}

const CHECK_CHARACTERS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

fn form_error() -> InvalidValue {
    InvalidValue::new(
        "KANTA-ID-HETU-FORM",
        "not a personal identity code",
        "write DDMMYY, a century sign (+, -, Y, X, W, V, U, A to F), three digits and the check character, in capitals",
    )
}

impl fmt::Debug for PersonalIdentityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalIdentityCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn identity_codes_are_judged_part_by_part() {
        for (text, code) in [
            ("150312A903A", ""),
            ("150312a903A", "KANTA-ID-HETU-FORM"),
            ("150312A903a", "KANTA-ID-HETU-CHECK"),
            ("150312A903", "KANTA-ID-HETU-FORM"),
            (" 150312A903A", "KANTA-ID-HETU-FORM"),
            ("150312G903A", "KANTA-ID-HETU-FORM"),
            ("310212A903A", "KANTA-ID-HETU-DATE"),
            ("290213A903A", "KANTA-ID-HETU-DATE"),
            ("150312A001A", "KANTA-ID-HETU-NUMBER"),
            ("150312A903B", "KANTA-ID-HETU-CHECK"),
            ("1503120903A", "KANTA-ID-HETU-FORM"),
        ] {
            let found = PersonalIdentityCode::parse(text)
                .err()
                .map_or("", |e| e.code());
            assert_eq!(found, code, "{text}");
        }
    }

    #[test]
    fn every_century_sign_of_2023_is_known() {
        for (signs, year) in [("+", 1812), ("-YXWVU", 1912), ("ABCDEF", 2012)] {
            for sign in signs.chars() {
                let code = PersonalIdentityCode::parse(&format!("150312{sign}903A")).unwrap();
                assert_eq!(code.birth_date().year(), year);
                assert_eq!(code.sex(), Sex::Male);
            }
        }
    }

    #[test]
    fn messages_and_debug_hide_the_code() {
        let code = PersonalIdentityCode::parse("150312A903A").unwrap();
        assert_eq!(code.masked(), "150312*****");
        assert!(!format!("{code:?}").contains("1503"));
        let error = PersonalIdentityCode::parse("150312A903B").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("903"));
    }

    #[test]
    fn real_codes_are_found_in_any_text() {
        // Made at run time: a code that a real person could have stands in no file of the project.
        let digits = 150_312_u32 * 1000 + 105;
        let check = char::from(CHECK_CHARACTERS[(digits % 31) as usize]);
        let real = format!("150312A105{check}");
        for (text, found) in [
            (format!("{{\"value\":\"{real}\"}}"), true),
            (format!("tunnus {}.", real.to_lowercase()), true),
            (format!("1{real}"), false),
            (format!("{real}x"), false),
            ("150312A903A".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(PersonalIdentityCode::has_real(text.as_bytes()), found);
        }
        // Wherever it stands, among texts of any length.
        for before in 0..150 {
            for after in [0, 1, 70] {
                let [before, after] = [before, after].map(|length| "1.".repeat(length));
                let text = format!(
                    "{before}{real}{}{after}",
                    if after.is_empty() { "" } else { " " }
                );
                assert!(PersonalIdentityCode::has_real(text.as_bytes()), "{text}");
                let artificial = text.replace(&real, "150312A903A");
                assert!(!PersonalIdentityCode::has_real(artificial.as_bytes()));
            }
        }
    }

    #[test]
    fn what_has_the_form_of_a_code_is_not_shown() {
        for (text, shown) in [
            ("", ""),
            ("150312A903A", "…"),
            ("a150312-105xb", "a…b"),
            ("/150312A903A/150312+9030", "/…/…"),
            ("1150312A903A", "1…"),
            ("ä150312A903Aä", "ä…ä"),
            ("1.2.246.10.150312.903", "1.2.246.10.150312.903"),
        ] {
            assert_eq!(PersonalIdentityCode::hide_in(text), shown, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = PersonalIdentityCode::parse(&text);
            let _ = PersonalIdentityCode::hide_in(&text);
        }

        #[test]
        fn one_wrong_digit_is_always_noticed(number in 900_u32..1000, at in 7_usize..10, to in 0_u8..10) {
            let digits = 150_312_u32 * 1000 + number;
            let check = char::from(CHECK_CHARACTERS[(digits % 31) as usize]);
            let good = format!("150312A{number}{check}");
            prop_assert!(PersonalIdentityCode::parse(&good).is_ok());
            let mut bad = good.clone().into_bytes();
            bad[at] = b'0' + to;
            let bad = String::from_utf8(bad).unwrap();
            prop_assert_eq!(PersonalIdentityCode::parse(&bad).is_ok(), bad == good);
        }
    }
}
