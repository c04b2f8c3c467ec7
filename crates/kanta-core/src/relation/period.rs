//! Spans of whole days.

use crate::Date;

/// Days from a first one to a last one, or on without end (Finnish: voimassaolo).
///
/// Holds whatever a document says, also an end before the start; such a span has no days.
///
/// ```
/// use kanta_core::Date;
/// use kanta_core::relation::{EndDay, Period};
///
/// let period = Period::new(Date::new(2026, 9, 1)?, Some(Date::new(2026, 9, 30)?));
/// let last = Date::new(2026, 9, 30)?;
/// assert!(period.contains(last, EndDay::Included));
/// assert!(!period.contains(last, EndDay::Excluded));
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first day.
    pub start: Date,
    /// The end day; `None` when no end is known.
    pub end: Option<Date>,
}

/// Whether the end day of a period belongs to it.
///
/// No source says. Whole days with the end day included are an inference (`[I]`), so the caller can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EndDay {
    /// The end day is the last day.
    #[default]
    Included,
    /// The day before the end day is the last one.
    Excluded,
}

impl Period {
    /// Makes a period.
    #[must_use]
    pub fn new(start: Date, end: Option<Date>) -> Self {
        Self { start, end }
    }

    /// Makes a period without end.
    #[must_use]
    pub fn starting(start: Date) -> Self {
        Self { start, end: None }
    }

    /// Returns whether the end is not before the start.
    #[must_use]
    pub fn is_in_order(self) -> bool {
        self.end.is_none_or(|end| self.start <= end)
    }

    /// Returns whether a day belongs to the period.
    #[must_use]
    pub fn contains(self, day: Date, end_day: EndDay) -> bool {
        self.start <= day
            && self.end.is_none_or(|end| match end_day {
                EndDay::Included => day <= end,
                EndDay::Excluded => day < end,
            })
    }

    /// Returns the days that both have; `None` when there is none.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let end = match (self.end, other.end) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (end, None) | (None, end) => end,
        };
        let both = Self::new(self.start.max(other.start), end);
        both.is_in_order().then_some(both)
    }

    /// Returns whether every day of this period belongs to the other.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        self.intersection(other) == Some(self)
    }

    /// Returns the period cut at an end day: never longer than before.
    pub(crate) fn ended(self, day: Date) -> Self {
        Self::new(self.start, Some(self.end.map_or(day, |end| end.min(day))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(number: i8) -> Date {
        Date::new(2026, 1, number).unwrap()
    }

    #[test]
    fn the_end_day_counts_as_the_caller_wishes() {
        let period = Period::new(day(2), Some(day(4)));
        for (number, included, excluded) in [
            (1, false, false),
            (2, true, true),
            (3, true, true),
            (4, true, false),
            (5, false, false),
        ] {
            assert_eq!(period.contains(day(number), EndDay::Included), included);
            assert_eq!(period.contains(day(number), EndDay::Excluded), excluded);
        }
        assert!(Period::starting(day(2)).contains(day(27), EndDay::Excluded));
    }

    fn periods() -> impl Strategy<Value = Period> {
        (1_i8..28, proptest::option::of(1_i8..28))
            .prop_map(|(start, end)| Period::new(day(start), end.map(day)))
    }

    proptest! {
        #[test]
        fn an_intersection_has_the_days_that_both_have(
            left in periods(), right in periods(), number in 1_i8..31,
            end_day in prop_oneof![Just(EndDay::Included), Just(EndDay::Excluded)],
        ) {
            let both = left.intersection(right);
            prop_assert_eq!(
                both.is_some_and(|both| both.contains(day(number), end_day)),
                left.contains(day(number), end_day) && right.contains(day(number), end_day)
            );
            prop_assert_eq!(both, right.intersection(left));
        }

        #[test]
        fn cutting_only_takes_days_away(period in periods(), cut in 1_i8..28, number in 1_i8..31) {
            let ended = period.ended(day(cut));
            for end_day in [EndDay::Included, EndDay::Excluded] {
                if ended.contains(day(number), end_day) {
                    prop_assert!(period.contains(day(number), end_day));
                    prop_assert!(number <= cut);
                }
            }
        }
    }
}
