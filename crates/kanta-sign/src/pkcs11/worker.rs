//! The threads that own the sessions of one token.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::TokenError;
use super::session::{Place, TokenSession};

/// Something to do in a session.
pub(super) type Job = Box<dyn FnOnce(&mut TokenSession) + Send>;

/// Threads with one session each, which take jobs from one queue.
pub(super) struct Worker {
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Starts the threads; a session is opened when the first job needs it.
    pub(super) fn start(place: &Place, sessions: usize) -> Self {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let threads = (0..sessions.max(1))
            .map(|_| {
                let (queue, place) = (queue.clone(), place.clone());
                thread::spawn(move || serve(&queue, TokenSession::new(place)))
            })
            .collect();
        Self {
            jobs: Some(jobs),
            threads,
        }
    }

    /// Returns how many sessions there may be.
    pub(super) fn sessions(&self) -> usize {
        self.threads.len()
    }

    /// Puts a job into the queue.
    pub(super) fn put(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The threads end only after this sender.
            let _ = jobs.send(job);
        }
    }

    /// Has something done and waits for it.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut TokenSession) -> Result<T, TokenError> + Send + 'static,
    ) -> Result<T, TokenError> {
        let (reply, answer) = channel();
        self.put(Box::new(move |session| {
            let _ = reply.send(work(session));
        }));
        answer.recv().unwrap_or(Err(TokenError::CallbackPanicked))
    }
}

impl Drop for Worker {
    /// Ends the threads; the last one of a token logs out.
    fn drop(&mut self) {
        drop(self.jobs.take());
        let own = thread::current().id();
        for thread in self.threads.drain(..) {
            // A PIN callback that drops the last handle runs on one of these threads, which cannot wait for itself.
            if thread.thread().id() != own {
                let _ = thread.join();
            }
        }
    }
}

fn serve(queue: &Mutex<Receiver<Job>>, mut session: TokenSession) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else {
            return;
        };
        if catch_unwind(AssertUnwindSafe(|| job(&mut session))).is_err() {
            session.drop_session();
        }
    }
}
