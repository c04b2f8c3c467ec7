//! Instants.

use std::fmt;

use jiff::tz::Offset;

use crate::InvalidValue;

/// A point on the time line, exact to the nanosecond.
///
/// The library never reads a clock below `kanta-client`: an instant is always an argument.
///
/// ```
/// use kanta_core::Instant;
///
/// let instant = Instant::parse("2026-02-02T10:15:30.5+02:00")?;
/// assert_eq!(instant.to_utc_text(7), "2026-02-02T08:15:30.5000000Z");
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub(super) jiff::Timestamp);

/// Seconds from 1970-01-01T00:00:00Z to the beginning of the year 1; `xs:dateTime` has no year 0.
const BEGIN_OF_YEAR_1: i64 = -62_135_596_800;

impl Instant {
    /// Makes an instant from seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// `KANTA-TIME-INSTANT` outside the years -9999 to 9999 or with a billion nanoseconds and more.
    pub fn from_unix(seconds: i64, nanoseconds: u32) -> Result<Self, InvalidValue> {
        if nanoseconds >= 1_000_000_000 {
            return Err(invalid_instant("a second has fewer nanoseconds"));
        }
        jiff::Timestamp::new(seconds, nanoseconds.cast_signed())
            .map(Self)
            .map_err(|_| invalid_instant("outside the years that can be written"))
    }

    /// Parses the form of RFC 3339 and `xs:dateTime` with a zone, such as `2026-02-02T08:15:30.5Z`.
    ///
    /// # Errors
    /// `KANTA-TIME-INSTANT` when the text is another form or has no zone.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| {
            invalid_instant("not a date and time with a zone, such as 2026-02-02T08:15:30Z")
        })?;
        if instant.as_second() < BEGIN_OF_YEAR_1 {
            return Err(invalid_instant("before the year 1"));
        }
        Ok(Self(instant))
    }

    /// Returns the whole seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Returns `yyyy-MM-ddTHH:mm:ss.fffZ` in UTC with 0 to 9 fraction digits, cut, not rounded.
    #[must_use]
    pub fn to_utc_text(self, fraction_digits: usize) -> String {
        let utc = Offset::UTC.to_datetime(self.0);
        let digits = fraction_digits.min(9);
        let mut text = String::with_capacity("yyyy-MM-ddTHH:mm:ss.fffffffffZ".len());
        // Without format!, which costs a signature more time than all its other text.
        let mut push = |number: i32, first_place: i32, count: usize, end: char| {
            let mut place = first_place;
            for _ in 0..count {
                let digit = (number / place % 10).unsigned_abs() as u8;
                text.push(char::from(b'0' + digit));
                place /= 10;
            }
            text.push(end);
        };
        push(utc.year().into(), 1000, 4, '-');
        push(utc.month().into(), 10, 2, '-');
        push(utc.day().into(), 10, 2, 'T');
        push(utc.hour().into(), 10, 2, ':');
        push(utc.minute().into(), 10, 2, ':');
        let before_fraction = if digits > 0 { '.' } else { 'Z' };
        push(utc.second().into(), 10, 2, before_fraction);
        if digits > 0 {
            push(utc.subsec_nanosecond(), 100_000_000, digits, 'Z');
        }
        text
    }
}

fn invalid_instant(problem: &str) -> InvalidValue {
    InvalidValue::new(
        "KANTA-TIME-INSTANT",
        problem,
        "give a date and time with a zone between the years 1 and 9999",
    )
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_print_in_utc() {
        let instant = Instant::from_unix(1_770_020_130, 76_175_900).unwrap();
        assert_eq!(instant.to_utc_text(0), "2026-02-02T08:15:30Z");
        assert_eq!(instant.to_utc_text(7), "2026-02-02T08:15:30.0761759Z");
        assert!(Instant::parse("2026-02-02T08:15:30").is_err());
        assert!(Instant::from_unix(i64::MAX, 0).is_err());
        assert!(Instant::from_unix(0, 1_000_000_000).is_err());
    }
}
