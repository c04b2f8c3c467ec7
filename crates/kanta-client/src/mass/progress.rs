//! How far a mass run is.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many samples the rate looks back.
const SAMPLES: usize = 30;

/// How far a mass run is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// How many documents there are in all, when that is known.
    pub total: Option<u64>,
    /// How many were looked at.
    pub read: u64,
    /// How many of these were in the outbox already, from an earlier run.
    pub known: u64,
    /// How many were signed and queued in this run.
    pub queued: u64,
    /// How many the archive has, those of earlier runs included.
    pub archived: u64,
    /// How many were refused: by a check, the outbox or the archive.
    pub refused: u64,
    /// How many wait for a person.
    pub parked: u64,
    /// How long the run has taken.
    pub elapsed: Duration,
    /// How many documents come to an end per second, lately.
    pub per_second: f64,
}

impl Progress {
    /// Returns how many came to an end.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.archived + self.refused + self.parked
    }

    /// Returns how many are left, when it is known how many there are.
    #[must_use]
    pub fn remaining(&self) -> Option<u64> {
        Some(self.total?.saturating_sub(self.done()))
    }

    /// Returns how long the rest takes at this rate.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let seconds = self.remaining()? as f64 / self.per_second;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

/// Knows the rate of the last while.
#[derive(Debug)]
pub(super) struct Rate(VecDeque<(Instant, u64)>);

impl Rate {
    pub(super) fn new(now: Instant) -> Self {
        Self(VecDeque::from([(now, 0)]))
    }

    pub(super) fn sample(&mut self, now: Instant, done: u64) -> f64 {
        self.0.push_back((now, done));
        if self.0.len() > SAMPLES {
            self.0.pop_front();
        }
        let (since, before) = self.0[0];
        let seconds = (now - since).as_secs_f64();
        if seconds > 0.0 {
            done.saturating_sub(before) as f64 / seconds
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_the_rate_of_the_last_while() {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        for second in 1..=40_u64 {
            let now = start + Duration::from_secs(second);
            let done = if second <= 10 { 0 } else { (second - 10) * 5 };
            let per_second = rate.sample(now, done);
            if second == 40 {
                assert!((per_second - 5.0).abs() < 0.01, "{per_second}");
            }
        }
        let progress = Progress {
            total: Some(200),
            archived: 140,
            refused: 9,
            parked: 1,
            per_second: 5.0,
            ..Progress::default()
        };
        assert_eq!(progress.remaining(), Some(50));
        assert_eq!(progress.time_left(), Some(Duration::from_secs(10)));
        let unknown = Progress::default();
        assert_eq!((unknown.remaining(), unknown.time_left()), (None, None));
        let stuck = Progress {
            total: Some(1),
            ..Progress::default()
        };
        assert_eq!(stuck.time_left(), None);
    }
}
