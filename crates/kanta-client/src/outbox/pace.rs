//! How fast documents may leave.

use std::time::{Duration, Instant};

/// Gives out permits at an even rate, at most one second's worth at once.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    burst: u32,
    /// When the next permit is due; permits not used for long are lost.
    next: Instant,
}

impl Pace {
    /// What is no rate (no number, zero or less) is the slowest one.
    pub(super) fn new(per_second: f64, now: Instant) -> Self {
        const SLOWEST: f64 = 0.001;
        let per_second = match per_second.is_nan() {
            true => SLOWEST,
            false => per_second.clamp(SLOWEST, 1_000_000.0),
        };
        Self {
            interval: Duration::from_secs_f64(1.0 / per_second),
            burst: (per_second.ceil() as u32).max(1),
            next: now,
        }
    }

    /// Returns how many documents may leave now.
    pub(super) fn permits(&mut self, now: Instant) -> usize {
        let longest = self.interval * self.burst;
        if let Some(earliest) = now.checked_sub(longest) {
            self.next = self.next.max(earliest);
        }
        match now.checked_duration_since(self.next) {
            Some(idle) => 1 + (idle.as_nanos() / self.interval.as_nanos().max(1)) as usize,
            None => 0,
        }
    }

    pub(super) fn spend(&mut self, permits: usize) {
        self.next += self.interval * u32::try_from(permits).unwrap_or(u32::MAX);
    }

    /// Returns how long it takes until one more may leave.
    pub(super) fn until_next(&self, now: Instant) -> Duration {
        self.next.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_kept_and_bursts_are_bounded() {
        let start = Instant::now();
        let mut pace = Pace::new(10.0, start);
        assert_eq!(pace.permits(start), 1);
        pace.spend(1);
        assert_eq!(pace.permits(start), 0);
        assert_eq!(pace.until_next(start), Duration::from_millis(100));
        let later = start + Duration::from_secs(60);
        let permits = pace.permits(later);
        assert!((10..=11).contains(&permits), "{permits}");
        pace.spend(permits);
        assert_eq!(pace.permits(later), 0);
    }

    #[test]
    fn what_is_no_rate_is_the_slowest() {
        let start = Instant::now();
        for no_rate in [f64::NAN, 0.0, -0.5, f64::NEG_INFINITY, 1e-30] {
            let mut pace = Pace::new(no_rate, start);
            pace.spend(1);
            assert_eq!(
                pace.until_next(start),
                Duration::from_secs(1000),
                "{no_rate}"
            );
        }
        let mut pace = Pace::new(f64::INFINITY, start);
        pace.spend(1);
        assert_eq!(pace.until_next(start), Duration::from_micros(1));
    }
}
