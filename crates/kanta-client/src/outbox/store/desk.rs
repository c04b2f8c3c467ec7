//! The connection, and whose turn it is to work with it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::engine::Engine;
use crate::outbox::OutboxError;

/// How often a job is repeated when another connection is in the way.
const REPEATS: usize = 20;

/// Where the connection lies when nobody works with it.
pub(super) struct Desk {
    seat: Mutex<Seat>,
    /// How many jobs wait for the store's thread.
    waiting: AtomicUsize,
}

/// Whoever holds it works with the connection.
pub(super) struct Seat {
    engine: Box<dyn Engine>,
    /// How many jobs shared the last commit of the store's thread.
    pub(super) last_group: usize,
}

impl Desk {
    pub(super) fn new(engine: Box<dyn Engine>) -> Self {
        Self {
            seat: Mutex::new(Seat {
                engine,
                last_group: 0,
            }),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Says that a job goes to the store's thread.
    pub(super) fn will_wait(&self) {
        self.waiting.fetch_add(1, Ordering::Release);
    }

    /// Says that the thread has taken jobs up.
    pub(super) fn waited(&self, jobs: usize) {
        self.waiting.fetch_sub(jobs, Ordering::Release);
    }

    /// Waits for the seat.
    pub(super) fn sit_down(&self) -> MutexGuard<'_, Seat> {
        // Who panicked in it has rolled back.
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the seat to a caller who may use it in a thread of his own, when he is the only one. Callers who come together share
    /// a commit of the store's thread.
    pub(super) fn sit_down_alone(&self) -> Option<MutexGuard<'_, Seat>> {
        if self.waiting.load(Ordering::Acquire) > 0 {
            return None;
        }
        let seat = self.seat.try_lock().ok()?;
        (seat.last_group <= 1 && seat.engine.serves_callers()).then_some(seat)
    }
}

impl Seat {
    pub(super) fn group_limit(&self) -> usize {
        self.engine.group_limit()
    }

    /// Does it in a transaction of its own, again and again when another connection is in the way.
    pub(super) fn alone(
        &mut self,
        mut work: impl FnMut(&mut dyn Engine) -> Result<(), OutboxError>,
    ) -> Result<(), OutboxError> {
        let mut end = self.transaction(&mut work);
        for _ in 0..REPEATS {
            if end.is_ok() || !self.engine.may_repeat() {
                break;
            }
            end = self.transaction(&mut work);
        }
        end
    }

    /// Does it in a transaction; on an error, or a panic, nothing of it stays.
    pub(super) fn transaction(
        &mut self,
        work: impl FnOnce(&mut dyn Engine) -> Result<(), OutboxError>,
    ) -> Result<(), OutboxError> {
        self.engine.begin()?;
        let mut open = Open {
            engine: &mut *self.engine,
            is_committed: false,
        };
        work(open.engine)?;
        open.engine.commit()?;
        open.is_committed = true;
        Ok(())
    }
}

/// A transaction: rolled back when it is left before its commit.
struct Open<'e> {
    engine: &'e mut dyn Engine,
    is_committed: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.is_committed {
            self.engine.rollback();
        }
    }
}
