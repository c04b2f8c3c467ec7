//! Counting what comes of a mass run.

use std::time::Instant;

use super::item::{Refused, Stage};
use super::pipeline::News;
use super::progress::{Progress, Rate};
use super::{MassError, MassOptions};
use crate::outbox::{Event, State};

/// Who is told.
pub(super) struct Listeners {
    pub(super) progress: Box<dyn Fn(&Progress) + Send + Sync>,
    pub(super) refused: Box<dyn Fn(&Refused) + Send + Sync>,
}

impl Default for Listeners {
    fn default() -> Self {
        Self {
            progress: Box::new(|_| {}),
            refused: Box::new(|_| {}),
        }
    }
}

pub(super) struct Tally {
    pub(super) progress: Progress,
    pub(super) refused: Vec<Refused>,
    most_refused: usize,
    start: Instant,
    rate: Rate,
    /// How many of the archived were archived by an earlier run: they say nothing of this one's rate.
    before: u64,
    listeners: Listeners,
}

impl Tally {
    pub(super) fn new(total: Option<u64>, options: &MassOptions, listeners: Listeners) -> Self {
        let start = Instant::now();
        Self {
            progress: Progress {
                total,
                ..Progress::default()
            },
            refused: Vec::new(),
            most_refused: options.most_refused,
            start,
            rate: Rate::new(start),
            before: 0,
            listeners,
        }
    }

    /// Counts what happened on the way into the outbox; returns why the run cannot go on.
    pub(super) fn news(&mut self, news: News) -> Option<MassError> {
        match news {
            News::Known(state) => {
                self.progress.read += 1;
                self.progress.known += 1;
                self.before += u64::from(self.count(state));
            }
            News::Refused(refused) => {
                self.progress.read += 1;
                self.progress.refused += 1;
                self.refuse(*refused);
            }
            News::Queued(count) => {
                self.progress.read += count;
                self.progress.queued += count;
            }
            News::Failed(error) => return Some(error),
        }
        None
    }

    /// Counts the end of a delivery.
    pub(super) fn ended(&mut self, event: &Event) {
        self.count(event.state);
        if matches!(event.state, State::Rejected | State::Parked) {
            let (name, findings) = (event.oid.to_string(), event.findings.clone());
            self.refuse(Refused::new(
                &name,
                Some(&event.oid),
                Stage::Archiving,
                findings,
            ));
        }
    }

    pub(super) fn tell(&mut self) {
        let now = Instant::now();
        self.progress.elapsed = now - self.start;
        let done = self.progress.done() - self.before;
        self.progress.per_second = self.rate.sample(now, done);
        (self.listeners.progress)(&self.progress);
    }

    /// Counts a document that is at an end; returns whether it is.
    fn count(&mut self, state: State) -> bool {
        match state {
            State::Archived => self.progress.archived += 1,
            State::Rejected | State::Discarded => self.progress.refused += 1,
            State::Parked => self.progress.parked += 1,
            State::Held | State::Queued | State::Sending | State::Unknown => return false,
        }
        true
    }

    fn refuse(&mut self, refused: Refused) {
        (self.listeners.refused)(&refused);
        if self.refused.len() < self.most_refused {
            self.refused.push(refused);
        }
    }
}
