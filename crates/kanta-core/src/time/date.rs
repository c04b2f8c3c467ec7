//! Days.

use std::fmt;

use jiff::civil;

use super::number;
use crate::InvalidValue;

/// A day of the calendar (Finnish: päivämäärä).
///
/// Prints as `yyyy-MM-dd`, the form of JSON contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// Makes a day that exists.
    ///
    /// # Errors
    /// `KANTA-TIME-DATE` when there is no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, InvalidValue> {
        civil::Date::new(year, month, day)
            .ok()
            .filter(|_| year >= 0)
            .map(Self)
            .ok_or_else(|| {
                InvalidValue::new(
                    "KANTA-TIME-DATE",
                    "there is no such day",
                    "give a day of the calendar between the years 0 and 9999",
                )
            })
    }

    /// Parses `yyyy-MM-dd`.
    ///
    /// # Errors
    /// `KANTA-TIME-DATE` when the text has another form or there is no such day.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let (Some(year), Some(month), Some(day), 10, Some("-"), Some("-")) = (
            number(text, 0..4),
            number(text, 5..7),
            number(text, 8..10),
            text.len(),
            text.get(4..5),
            text.get(7..8),
        ) else {
            return Err(InvalidValue::new(
                "KANTA-TIME-DATE",
                "not a day in the form yyyy-MM-dd",
                "write it as 2026-02-28",
            ));
        };
        Self::new(year, month as i8, day as i8)
    }

    /// Returns the year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Returns the month, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// Returns the day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.year(),
            self.month(),
            self.day()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        assert_eq!(Date::parse("2024-02-29").unwrap().to_string(), "2024-02-29");
        for bad in [
            "2023-02-29",
            "2026-2-1",
            "20260201",
            "2026-13-01",
            "-001-01-01",
            "2026-01-011",
        ] {
            assert!(Date::parse(bad).is_err(), "{bad}");
        }
    }
}
