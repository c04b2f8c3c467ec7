//! HL7 time stamps.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::tz::TimeZone;

use super::{Date, Instant, number};
use crate::InvalidValue;

/// Finnish time since 1996, as a rule that needs no time-zone database: the European Union's dates of change.
const FINLAND: &str = "EET-2EEST,M3.5.0/3,M10.5.0/4";

/// How much of an HL7 time stamp is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// `yyyy`
    Year,
    /// `yyyyMM`
    Month,
    /// `yyyyMMdd`
    Day,
    /// `yyyyMMddHH`
    Hour,
    /// `yyyyMMddHHmm`
    Minute,
    /// `yyyyMMddHHmmss`
    Second,
    /// `yyyyMMddHHmmss.f…`
    Fraction,
}

/// An HL7 time stamp of any precision, with or without an offset, such as `20260202101530+0200` (Finnish: aikaleima).
///
/// Keeps exactly the text it was made from, so that a document that is read and written again does not change.
/// Header times of social-care documents are written to the second with an offset
/// (test messages, `[S]`), days of birth as `yyyyMMdd`.
///
/// ```
/// use kanta_core::{Instant, Precision, TimeStamp};
///
/// let stamp = TimeStamp::in_finland(Instant::parse("2026-07-01T09:00:00Z")?);
/// assert_eq!(stamp.as_str(), "20260701120000+0300");
/// assert_eq!(TimeStamp::parse("202602")?.precision(), Precision::Month);
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TimeStamp {
    text: Box<str>,
    digits: u8,
}

impl TimeStamp {
    /// Parses an HL7 time stamp.
    ///
    /// # Errors
    /// `KANTA-TIME-STAMP` when the text is not one, or names a day, time or offset that does not exist.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let (local, offset) = match text.find(['+', '-']) {
            Some(sign) => text.split_at(sign),
            None => (text, ""),
        };
        let (digits, fraction) = match local.split_once('.') {
            Some((digits, fraction)) => (digits, Some(fraction)),
            None => (local, None),
        };
        let fraction_is_fine = match fraction {
            None => true,
            Some(fraction) => {
                digits.len() == 14
                    && !fraction.is_empty()
                    && fraction.bytes().all(|byte| byte.is_ascii_digit())
            }
        };
        if !fraction_is_fine || !digits_are_fine(digits) || !offset_is_fine(offset, digits.len()) {
            return Err(InvalidValue::new(
                "KANTA-TIME-STAMP",
                "not an HL7 time stamp",
                "write yyyyMMddHHmmss+hhmm, or less of it from the right, such as 20260202101530+0200 or 20260202",
            ));
        }
        Ok(Self {
            text: text.into(),
            digits: digits.len() as u8,
        })
    }

    /// Makes a time stamp to the second in Finnish time, with the offset that holds on that day.
    #[must_use]
    pub fn in_finland(instant: Instant) -> Self {
        static ZONE: LazyLock<TimeZone> = LazyLock::new(|| {
            TimeZone::posix(FINLAND).expect("the rule is a constant and a unit test parses it")
        });
        let offset = ZONE.to_offset(instant.0);
        let local = offset.to_datetime(instant.0);
        let minutes = offset.seconds() / 60;
        let text = format!(
            "{:04}{:02}{:02}{:02}{:02}{:02}{}{:02}{:02}",
            local.year(),
            local.month(),
            local.day(),
            local.hour(),
            local.minute(),
            local.second(),
            if minutes < 0 { '-' } else { '+' },
            minutes.abs() / 60,
            minutes.abs() % 60
        );
        Self {
            text: text.into(),
            digits: 14,
        }
    }

    /// Makes a time stamp of a day, `yyyyMMdd`.
    #[must_use]
    pub fn day(date: Date) -> Self {
        Self {
            text: format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()).into(),
            digits: 8,
        }
    }

    /// Returns the text exactly as it was read or made.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns how much of the time is given.
    #[must_use]
    pub fn precision(&self) -> Precision {
        match self.digits {
            4 => Precision::Year,
            6 => Precision::Month,
            8 => Precision::Day,
            10 => Precision::Hour,
            12 => Precision::Minute,
            _ if self.text.contains('.') => Precision::Fraction,
            _ => Precision::Second,
        }
    }

    /// Returns whether an offset from UTC is given.
    #[must_use]
    pub fn has_offset(&self) -> bool {
        self.text.contains(['+', '-'])
    }

    /// Returns the day, when it is given.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        Date::new(
            number(&self.text, 0..4)?,
            number(&self.text, 4..6)? as i8,
            number(&self.text, 6..8)? as i8,
        )
        .ok()
        .filter(|_| self.digits >= 8)
    }
}

fn digits_are_fine(digits: &str) -> bool {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let at_most = |range: std::ops::Range<usize>, limit: i16| {
        number(digits, range).is_none_or(|value| value <= limit)
    };
    let month_is_fine = number(digits, 4..6).is_none_or(|month| (1..=12).contains(&month));
    let day_is_fine = match (
        number(digits, 0..4),
        number(digits, 4..6),
        number(digits, 6..8),
    ) {
        (Some(year), Some(month), Some(day)) => Date::new(year, month as i8, day as i8).is_ok(),
        _ => true,
    };
    matches!(digits.len(), 4 | 6 | 8 | 10 | 12 | 14)
        && month_is_fine
        && day_is_fine
        && at_most(8..10, 23)
        && at_most(10..12, 59)
        && at_most(12..14, 59)
}

fn offset_is_fine(offset: &str, digits: usize) -> bool {
    offset.is_empty()
        || (digits > 8
            && offset.len() == 5
            && number(offset, 1..3).is_some_and(|hours| hours <= 14)
            && number(offset, 3..5).is_some_and(|minutes| minutes <= 59))
}

impl FromStr for TimeStamp {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for TimeStamp {
    /// A time stamp may be a day of birth: only its precision is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimeStamp({:?})", self.precision())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn time_stamps_of_every_precision() {
        for (text, precision) in [
            ("2026", Precision::Year),
            ("202602", Precision::Month),
            ("20240229", Precision::Day),
            ("2026020210", Precision::Hour),
            ("202602021015+0200", Precision::Minute),
            ("20260202101530", Precision::Second),
            ("20260202101530-0330", Precision::Second),
            ("20260202101530.1234567+0200", Precision::Fraction),
        ] {
            let stamp = TimeStamp::parse(text).unwrap();
            assert_eq!(stamp.precision(), precision, "{text}");
            assert_eq!(stamp.as_str(), text);
        }
    }

    #[test]
    fn what_is_no_time_stamp() {
        for bad in [
            "",
            "20",
            "20261",
            "20261301",
            "20260230",
            "2026020224",
            "202602021060",
            "20260202101560",
            "20260202101530.",
            "20260202.5",
            "20260202+0200",
            "20260202101530+02",
            "20260202101530+1500",
            "20260202101530Z",
            "2026-02-02",
            "٢٠٢٦",
            "20260202101530+0200+0200",
        ] {
            assert_eq!(
                TimeStamp::parse(bad).unwrap_err().code(),
                "KANTA-TIME-STAMP",
                "{bad}"
            );
        }
    }

    #[test]
    fn finnish_time_follows_the_season() {
        for (utc, finnish) in [
            ("2026-01-15T12:00:00Z", "20260115140000+0200"),
            ("2026-03-29T00:59:59Z", "20260329025959+0200"),
            ("2026-03-29T01:00:00Z", "20260329040000+0300"),
            ("2026-10-25T00:59:59Z", "20261025035959+0300"),
            ("2026-10-25T01:00:00Z", "20261025030000+0200"),
        ] {
            let stamp = TimeStamp::in_finland(Instant::parse(utc).unwrap());
            assert_eq!(stamp.as_str(), finnish);
        }
    }

    #[test]
    fn a_day_and_its_time_stamp() {
        assert_eq!(
            TimeStamp::day(Date::new(905, 1, 2).unwrap()).as_str(),
            "09050102"
        );
        assert_eq!(
            TimeStamp::parse("20120315").unwrap().date(),
            Date::new(2012, 3, 15).ok()
        );
        assert_eq!(TimeStamp::parse("201203").unwrap().date(), None);
    }

    proptest! {
        #[test]
        fn every_instant_of_our_days_makes_a_time_stamp(seconds in 820_000_000_i64..4_000_000_000) {
            let stamp = TimeStamp::in_finland(Instant::from_unix(seconds, 0).unwrap());
            prop_assert_eq!(TimeStamp::parse(stamp.as_str()).unwrap(), stamp);
        }
    }
}
