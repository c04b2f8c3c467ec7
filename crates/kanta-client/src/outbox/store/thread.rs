//! The store's thread: jobs of concurrent callers share one commit. A blocking caller who is alone needs no thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::desk::{Desk, stopped};
use super::engine::Engine;
use crate::outbox::OutboxError;

/// The longest that a group waits for callers who came with the last one.
const MOST_PATIENCE: Duration = Duration::from_millis(1);

/// Something to do inside a transaction, and somebody who waits for its end.
trait Job: Send {
    /// Does it; may be called again after a rollback.
    fn run(&mut self, engine: &mut dyn Engine) -> Result<(), OutboxError>;

    /// Tells the end, after the commit.
    fn reply(self: Box<Self>, end: Result<(), OutboxError>);
}

struct Call<F, T, R> {
    work: F,
    result: Option<T>,
    answer: R,
}

impl<F, T, R> Job for Call<F, T, R>
where
    F: FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send,
    T: Send,
    R: FnOnce(Result<T, OutboxError>) + Send,
{
    fn run(&mut self, engine: &mut dyn Engine) -> Result<(), OutboxError> {
        self.result = Some((self.work)(engine)?);
        Ok(())
    }

    fn reply(self: Box<Self>, end: Result<(), OutboxError>) {
        let Self { result, answer, .. } = *self;
        answer(end.and_then(|()| result.ok_or_else(stopped)));
    }
}

/// The way to the connection and its thread; both end when this is dropped.
pub(super) struct StoreThread {
    desk: Arc<Desk>,
    jobs: Sender<Box<dyn Job>>,
    ended: oneshot::Receiver<()>,
}

impl StoreThread {
    /// Starts a thread that opens the connection itself; answers when it is open.
    pub(super) async fn start<E: Engine + 'static>(
        open: impl FnOnce() -> Result<E, OutboxError> + Send + 'static,
    ) -> Result<Self, OutboxError> {
        let (jobs, queue) = channel();
        let (opened, answer) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("kanta-outbox".to_owned())
            .spawn(move || {
                match open() {
                    Ok(engine) => {
                        let desk = Arc::new(Desk::new(Box::new(engine)));
                        let _closing = Closing(&desk);
                        if opened.send(Ok(desk.clone())).is_ok() {
                            serve(&desk, &queue);
                        }
                    }
                    Err(error) => {
                        let _ = opened.send(Err(error));
                    }
                }
                let _ = end.send(());
            })
            .map_err(|error| OutboxError::Store(error.to_string()))?;
        let desk = answer.await.map_err(|_| stopped())??;
        Ok(Self { desk, jobs, ended })
    }

    /// Waits until everything that was asked for is done and the connection is closed.
    pub(super) async fn close(self) {
        drop(self.jobs);
        let _ = self.ended.await;
    }

    /// Runs `work` in a transaction; the answer comes when it is durable.
    ///
    /// It begins with this call, also while nobody waits for the answer yet.
    pub(super) fn call<W, T>(
        &self,
        work: W,
    ) -> impl Future<Output = Result<T, OutboxError>> + Send + use<W, T>
    where
        W: FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send + 'static,
        T: Send + 'static,
    {
        self.call_then(work, || ())
    }

    /// Does the same, and `committed` between commit and answer, also when nobody waits for the answer any more.
    pub(super) fn call_then<W, T, C>(
        &self,
        work: W,
        committed: C,
    ) -> impl Future<Output = Result<T, OutboxError>> + Send + use<W, T, C>
    where
        W: FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send + 'static,
        T: Send + 'static,
        C: FnOnce() + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        // Nobody waits any more when the caller gave up; what was committed stays.
        let sent = self.send(work, |end| {
            if end.is_ok() {
                committed();
            }
            drop(sender.send(end));
        });
        async move {
            sent?;
            answer.await.map_err(|_| stopped())?
        }
    }

    /// Runs `work` in a transaction, in this thread when nobody else is at work, and returns when it is durable.
    pub(super) fn call_blocking<W, T>(&self, mut work: W) -> Result<T, OutboxError>
    where
        W: FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send + 'static,
        T: Send + 'static,
    {
        if let Some(mut seat) = self.desk.sit_down_alone() {
            let mut result = None;
            seat.alone(|engine| {
                result = Some(work(engine)?);
                Ok(())
            })?;
            return result.ok_or_else(stopped);
        }
        let (sender, answer) = sync_channel(1);
        self.send(work, move |end| drop(sender.send(end)))?;
        answer.recv().map_err(|_| stopped())?
    }

    fn send<W, T>(
        &self,
        work: W,
        answer: impl FnOnce(Result<T, OutboxError>) + Send + 'static,
    ) -> Result<(), OutboxError>
    where
        W: FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send + 'static,
        T: Send + 'static,
    {
        let call = Call {
            work,
            result: None,
            answer,
        };
        self.desk.will_wait();
        self.jobs.send(Box::new(call)).map_err(|_| stopped())
    }
}

/// Closes the connection in the thread that opened it, however that ends: other workers need not wait for the host.
struct Closing<'d>(&'d Desk);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.sit_down().close();
    }
}

fn serve(desk: &Desk, queue: &Receiver<Box<dyn Job>>) {
    let mut rhythm = Rhythm::default();
    while let Ok(first) = queue.recv() {
        let mut seat = desk.sit_down();
        let mut group = rhythm.gather(first, queue, seat.group_limit());
        seat.last_group = group.len();
        let begin = Instant::now();
        let together_done = group.len() > 1
            && seat
                .together(|engine| group.iter_mut().try_for_each(|job| job.run(engine)))
                .is_ok();
        rhythm.keep(group.len(), begin.elapsed());
        // Whoever is answered finds the seat free.
        drop(seat);
        for mut job in group {
            let end = if together_done {
                Ok(())
            } else {
                desk.sit_down().alone(|engine| job.run(engine))
            };
            desk.waited();
            job.reply(end);
        }
    }
}

/// How many callers came together the last time, and how long their commit took.
///
/// Callers who are answered together come back together, but not at the same moment. Without a little patience the first of them
/// would have a commit of its own, and the others the next: half as many would share one.
#[derive(Default)]
struct Rhythm {
    callers: usize,
    commit: Duration,
}

impl Rhythm {
    /// Takes whatever came in while the last commit was on its way, and waits a part of such a time for as many as shared it.
    fn gather(
        &self,
        first: Box<dyn Job>,
        queue: &Receiver<Box<dyn Job>>,
        limit: usize,
    ) -> Vec<Box<dyn Job>> {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(limit - 1));
        let until = Instant::now() + (self.commit / 4).min(MOST_PATIENCE);
        while group.len() < self.callers.min(limit) {
            let left = until.saturating_duration_since(Instant::now());
            match queue.recv_timeout(left) {
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        group
    }

    fn keep(&mut self, callers: usize, commit: Duration) {
        *self = Self { callers, commit };
    }
}
