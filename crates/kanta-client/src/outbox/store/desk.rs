//! The connection, and whose turn it is to work with it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use super::engine::Engine;
use crate::outbox::OutboxError;

/// How often a job is repeated when another connection is in the way.
const REPEATS: usize = 20;

/// Where the connection lies when nobody works with it.
pub(super) struct Desk {
    seat: Mutex<Seat>,
    /// How many jobs the store's thread has not yet done.
    waiting: AtomicUsize,
}

/// Whoever holds it works with the connection.
pub(super) struct Seat {
    /// Nothing when the store's thread has ended.
    engine: Option<Box<dyn Engine>>,
    /// How many jobs shared the last commit of the store's thread.
    pub(super) last_group: usize,
}

impl Desk {
    pub(super) fn new(engine: Box<dyn Engine>) -> Self {
        Self {
            seat: Mutex::new(Seat {
                engine: Some(engine),
                last_group: 0,
            }),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Says that a job goes to the store's thread.
    pub(super) fn will_wait(&self) {
        self.waiting.fetch_add(1, Ordering::Release);
    }

    /// Says that the thread has done one.
    pub(super) fn waited(&self) {
        self.waiting.fetch_sub(1, Ordering::Release);
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
        let seat = match self.seat.try_lock() {
            Ok(seat) => seat,
            Err(TryLockError::Poisoned(panicked)) => panicked.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let engine = seat.engine.as_ref()?;
        (seat.last_group <= 1 && engine.serves_callers()).then_some(seat)
    }
}

impl Seat {
    pub(super) fn group_limit(&self) -> usize {
        self.engine
            .as_ref()
            .map_or(1, |engine| engine.group_limit())
    }

    /// Closes the connection and gives up its locks.
    pub(super) fn close(&mut self) {
        self.engine = None;
    }

    fn engine(&mut self) -> Result<&mut (dyn Engine + 'static), OutboxError> {
        self.engine.as_deref_mut().ok_or_else(stopped)
    }

    /// Does it in a transaction of its own, again and again when another connection is in the way.
    pub(super) fn alone(
        &mut self,
        mut work: impl FnMut(&mut dyn Engine) -> Result<(), OutboxError>,
    ) -> Result<(), OutboxError> {
        let mut end = self.transaction(true, &mut work);
        for _ in 0..REPEATS {
            if end.is_ok() || !self.engine()?.may_repeat() {
                break;
            }
            end = self.transaction(true, &mut work);
        }
        end
    }

    /// Does it in a transaction that several jobs share; on an error, or a panic, nothing of it stays.
    pub(super) fn together(
        &mut self,
        work: impl FnOnce(&mut dyn Engine) -> Result<(), OutboxError>,
    ) -> Result<(), OutboxError> {
        self.transaction(false, work)
    }

    fn transaction(
        &mut self,
        is_alone: bool,
        work: impl FnOnce(&mut dyn Engine) -> Result<(), OutboxError>,
    ) -> Result<(), OutboxError> {
        let engine = self.engine()?;
        engine.begin(is_alone)?;
        let mut open = Open {
            engine,
            is_committed: false,
        };
        work(open.engine)?;
        open.engine.commit()?;
        open.is_committed = true;
        Ok(())
    }
}

pub(super) fn stopped() -> OutboxError {
    OutboxError::Store("its thread has ended".to_owned())
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
