//! Connections that are kept open between messages.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;

pub(super) type Connection = SendRequest<Full<Bytes>>;

/// Idle connections to one address, the one used last at the end.
#[derive(Debug)]
pub(super) struct Pool {
    idle: Mutex<VecDeque<(Connection, Instant)>>,
    max_idle: usize,
    idle_for: Duration,
}

impl Pool {
    pub(super) fn new(max_idle: usize, idle_for: Duration) -> Self {
        Self {
            idle: Mutex::new(VecDeque::new()),
            max_idle,
            idle_for,
        }
    }

    /// Takes the connection that was used last, unless it has been idle for too long or is closed.
    pub(super) fn take(&self) -> Option<Connection> {
        let mut idle = self.lock();
        while let Some((connection, since)) = idle.pop_back() {
            if since.elapsed() > self.idle_for {
                // All others have been idle for longer.
                idle.clear();
                return None;
            }
            if !connection.is_closed() {
                return Some(connection);
            }
        }
        None
    }

    pub(super) fn put(&self, connection: Connection) {
        if self.max_idle == 0 || connection.is_closed() {
            return;
        }
        let mut idle = self.lock();
        if idle.len() >= self.max_idle {
            idle.pop_front();
        }
        idle.push_back((connection, Instant::now()));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(Connection, Instant)>> {
        self.idle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
