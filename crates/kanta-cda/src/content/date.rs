//! Dates of which a part may be unknown.

use std::fmt;

use kanta_core::{Date, InvalidValue};

/// A day, a month or a year of contents, such as `2026-02-03`, `2026-02` or `2026` (Finnish: päivämäärä, Pvm).
///
/// The form is the schema's (Sosmeta, `[S]`): a day `00` and days that a month does not have are read, since real
/// content may hold them, but not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i16,
    month: Option<u8>,
    day: Option<u8>,
}

impl PartialDate {
    /// Makes a year.
    ///
    /// # Errors
    /// `KANTA-TIME-DATE` outside the years 0 to 9999.
    pub fn year_only(year: i16) -> Result<Self, InvalidValue> {
        Date::new(year, 1, 1).map(|_| Self {
            year,
            month: None,
            day: None,
        })
    }

    /// Makes a month of a year.
    ///
    /// # Errors
    /// `KANTA-TIME-DATE` when there is no such month.
    pub fn month(year: i16, month: i8) -> Result<Self, InvalidValue> {
        Date::new(year, month, 1).map(|date| Self {
            day: None,
            ..date.into()
        })
    }

    /// Parses the form of contents; the date of a moment when a time follows.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.split_once('T').map_or(text, |(date, _)| date);
        if !crate::structure::Pattern::Date.matches(date) {
            return None;
        }
        let (sign, digits) = match date.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, date),
        };
        let mut parts = digits.split('-');
        let year: i16 = parts.next()?.parse().ok()?;
        Some(Self {
            year: sign * year,
            month: parts.next().and_then(|month| month.parse().ok()),
            day: parts.next().and_then(|day| day.parse().ok()),
        })
    }

    /// Returns the year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// Returns the month, 1 to 12, when it is known.
    #[must_use]
    pub fn month_of_year(self) -> Option<u8> {
        self.month
    }

    /// Returns the day of the month, when it is known.
    #[must_use]
    pub fn day(self) -> Option<u8> {
        self.day
    }

    /// Returns the day of the calendar, when all of it is known and it exists.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        let (month, day) = (self.month?, self.day?);
        Date::new(self.year, month.cast_signed(), day.cast_signed()).ok()
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self {
            year: date.year(),
            month: Some(date.month().cast_unsigned()),
            day: Some(date.day().cast_unsigned()),
        }
    }
}

/// Prints the form of contents.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}", self.year.unsigned_abs())?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_schema_accepts_and_writes_it_again() {
        for text in [
            "2026",
            "2026-02",
            "2026-02-03",
            "-0044-03-15",
            "2026-02-00",
            "2026-02-31",
            "0000",
        ] {
            assert_eq!(PartialDate::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "26", "2026-2", "2.2.2026", "2026-13"] {
            assert_eq!(PartialDate::parse(text), None, "{text}");
        }
        let moment = PartialDate::parse("2026-05-04T09:00:00+03:00").unwrap();
        assert_eq!(moment.date(), Date::new(2026, 5, 4).ok());
    }

    #[test]
    fn makes_what_exists() {
        assert_eq!(PartialDate::month(2026, 2).unwrap().to_string(), "2026-02");
        assert_eq!(PartialDate::year_only(2026).unwrap().to_string(), "2026");
        assert!(PartialDate::month(2026, 13).is_err());
        assert!(PartialDate::year_only(-1).is_err());
        let date = Date::new(2026, 2, 3).unwrap();
        assert_eq!(PartialDate::from(date).date(), Some(date));
        assert_eq!(PartialDate::parse("2026-02-31").unwrap().date(), None);
    }
}
