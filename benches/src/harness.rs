//! Timing: all runners of a race take turns in short rounds, so that what disturbs the machine disturbs them all.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

use crate::options::Options;
use crate::report::{self, Figure};

/// One bench: its id and what it runs.
pub(crate) struct Bench {
    pub(crate) id: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&mut Run<'_>),
}

/// What a figure counts.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "each bench takes the one that fits")]
pub(crate) enum Unit {
    /// Calls in a second.
    PerSecond,
    /// Items in a second, where one call handles this many.
    EachPerSecond(usize),
    /// Millions of bytes in a second, where one call handles this many bytes.
    MegabytesPerSecond(usize),
    /// Microseconds for one call.
    Microseconds,
}

/// Which clock measures a race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// CPU time of this process, all threads: right for work that only computes, also on a machine that others use.
    Cpu,
    /// Time on the wall: right for work that waits for disks and networks.
    #[allow(dead_code, reason = "for the benches that wait")]
    Wall,
    /// The same, in slices that hold several times what a store leaves for later, such as copying its log: in short ones whoever
    /// comes next pays for it.
    Disk,
}

/// One run of one bench; takes the figures.
pub(crate) struct Run<'o> {
    bench: &'static Bench,
    options: &'o Options,
}

/// Somebody who does the work of a race once; `ours` is the SDK, `limit` what the machine can do, any other name a peer.
pub(crate) struct Runner<'r> {
    who: &'static str,
    work: Box<dyn FnMut() + 'r>,
}

/// Makes a runner; the result of the work is kept from being optimised away.
pub(crate) fn runner<'r, T>(who: &'static str, mut work: impl FnMut() -> T + 'r) -> Runner<'r> {
    Runner {
        who,
        work: Box::new(move || {
            black_box(work());
        }),
    }
}

impl<'o> Run<'o> {
    pub(crate) fn new(bench: &'static Bench, options: &'o Options) -> Self {
        Self { bench, options }
    }

    /// Returns the arguments that make a run of the same length and form, for benches that run themselves again.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &'static str> {
        [
            ("--quick", self.options.quick),
            ("--json", self.options.json),
        ]
        .into_iter()
        .filter_map(|(argument, given)| given.then_some(argument))
    }

    /// Returns whether fewer and shorter rounds were asked for.
    #[allow(dead_code, reason = "for benches that time themselves")]
    pub(crate) fn is_quick(&self) -> bool {
        self.options.quick
    }

    /// Races the runners by CPU time and reports the median of each.
    pub(crate) fn race(&mut self, size: &str, unit: Unit, runners: Vec<Runner<'_>>) {
        self.race_by(Clock::Cpu, size, unit, runners);
    }

    /// Races the runners by a clock and reports the median of each.
    pub(crate) fn race_by(
        &mut self,
        clock: Clock,
        size: &str,
        unit: Unit,
        mut runners: Vec<Runner<'_>>,
    ) {
        let (rounds, slice) = match clock {
            _ if self.options.quick => (3, Duration::from_millis(10)),
            Clock::Disk => (5, Duration::from_millis(500)),
            Clock::Cpu | Clock::Wall => (9, Duration::from_millis(60)),
        };
        let calls: Vec<u32> = runners
            .iter_mut()
            .map(|runner| calls_in(slice, clock, runner))
            .collect();
        let mut seconds = vec![Vec::with_capacity(rounds); runners.len()];
        for _ in 0..rounds {
            for ((runner, calls), seconds) in runners.iter_mut().zip(&calls).zip(&mut seconds) {
                let start = Stopwatch::start(clock);
                for _ in 0..*calls {
                    (runner.work)();
                }
                seconds.push(start.elapsed().as_secs_f64() / f64::from(*calls));
            }
        }
        let figures: Vec<Figure> = runners
            .iter()
            .zip(seconds)
            .map(|(runner, seconds)| {
                let second = median(seconds);
                let (median, unit) = match unit {
                    Unit::PerSecond => (1.0 / second, "1/s"),
                    Unit::EachPerSecond(items) => (items as f64 / second, "1/s"),
                    Unit::MegabytesPerSecond(bytes) => (bytes as f64 / second / 1e6, "MB/s"),
                    Unit::Microseconds => (second * 1e6, "µs"),
                };
                Figure {
                    bench: self.bench.id,
                    size: size.to_owned(),
                    who: runner.who.to_owned(),
                    median,
                    unit,
                }
            })
            .collect();
        report::figures(&figures, self.options.json);
    }

    /// Reports a figure that the bench took itself, such as bytes of memory.
    #[allow(dead_code, reason = "for benches that time themselves")]
    pub(crate) fn figure(&mut self, size: &str, who: &str, median: f64, unit: &'static str) {
        let figure = Figure {
            bench: self.bench.id,
            size: size.to_owned(),
            who: who.to_owned(),
            median,
            unit,
        };
        report::figures(&[figure], self.options.json);
    }

    /// Says that somebody does not take part, and why.
    #[allow(dead_code, reason = "for benches with peers that are not always there")]
    pub(crate) fn skip(&self, who: &str, why: &str) {
        eprintln!("SKIPPED: {} without {who}: {why}", self.bench.id);
    }

    /// Reports the most heap that one call takes, in bytes above what was there before; with the feature `heap` only.
    #[allow(
        unused_variables,
        unused_mut,
        dead_code,
        reason = "without the feature"
    )]
    pub(crate) fn peak_heap<T>(&mut self, size: &str, who: &str, work: impl FnOnce() -> T) {
        #[cfg(feature = "heap")]
        {
            let before = crate::HEAP.current_usage();
            crate::HEAP.reset_peak_usage();
            let result = black_box(work());
            let peak = crate::HEAP.peak_usage().saturating_sub(before);
            let kept = crate::HEAP.current_usage().saturating_sub(before);
            drop(result);
            self.figure(size, who, peak as f64, "B heap at most");
            self.figure(size, who, kept as f64, "B heap in what it returns");
        }
    }
}

/// How many calls fill a slice of time; also warms the runner up.
fn calls_in(slice: Duration, clock: Clock, runner: &mut Runner<'_>) -> u32 {
    (runner.work)();
    let start = Stopwatch::start(clock);
    let mut calls = 0;
    while start.elapsed() < slice {
        (runner.work)();
        calls += 1;
    }
    calls.max(1)
}

enum Stopwatch {
    Cpu(ProcessTime),
    Wall(Instant),
}

impl Stopwatch {
    fn start(clock: Clock) -> Self {
        match clock {
            Clock::Cpu => Self::Cpu(ProcessTime::now()),
            Clock::Wall | Clock::Disk => Self::Wall(Instant::now()),
        }
    }

    fn elapsed(&self) -> Duration {
        match self {
            Self::Cpu(start) => start.elapsed(),
            Self::Wall(start) => start.elapsed(),
        }
    }
}

/// The middle value; the number of values is odd.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_value() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!(median(Vec::new()).is_nan());
    }
}
