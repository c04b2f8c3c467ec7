//! The thread that owns the connection: jobs of concurrent callers share one commit.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::engine::Engine;
use crate::outbox::OutboxError;

/// The longest that a group waits for callers who came with the last one.
const MOST_PATIENCE: Duration = Duration::from_millis(1);
/// How often a job is repeated when another connection is in the way.
const REPEATS: usize = 20;

/// Something to do inside a transaction, and somebody who waits for its end.
trait Job: Send {
    /// Does it; may be called again after a rollback.
    fn run(&mut self, engine: &mut dyn Engine) -> Result<(), OutboxError>;

    /// Tells the end, after the commit.
    fn reply(self: Box<Self>, end: Result<(), OutboxError>);
}

struct Call<F, T> {
    work: F,
    result: Option<T>,
    sender: oneshot::Sender<Result<T, OutboxError>>,
}

impl<F, T> Job for Call<F, T>
where
    F: FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send,
    T: Send,
{
    fn run(&mut self, engine: &mut dyn Engine) -> Result<(), OutboxError> {
        self.result = Some((self.work)(engine)?);
        Ok(())
    }

    fn reply(self: Box<Self>, end: Result<(), OutboxError>) {
        let Self { result, sender, .. } = *self;
        // Nobody waits any more when the caller gave up; what was committed stays.
        let _ = sender.send(end.and_then(|()| result.ok_or_else(stopped)));
    }
}

/// The way to the thread; the thread ends when this is dropped.
pub(super) struct StoreThread {
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
                    Ok(mut engine) => {
                        if opened.send(Ok(())).is_ok() {
                            serve(&mut engine, &queue);
                        }
                    }
                    Err(error) => {
                        let _ = opened.send(Err(error));
                    }
                }
                let _ = end.send(());
            })
            .map_err(|error| OutboxError::Store(error.to_string()))?;
        answer.await.map_err(|_| stopped())??;
        Ok(Self { jobs, ended })
    }

    /// Waits until everything that was asked for is done and the connection is closed.
    pub(super) async fn close(self) {
        drop(self.jobs);
        let _ = self.ended.await;
    }

    /// Runs `work` in a transaction; the answer comes when it is durable.
    ///
    /// It begins at once, also while nobody waits for the answer yet.
    pub(super) fn call<W, T>(
        &self,
        work: W,
    ) -> impl Future<Output = Result<T, OutboxError>> + Send + use<W, T>
    where
        W: FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send + 'static,
        T: Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let call = Call {
            work,
            result: None,
            sender,
        };
        let sent = self.jobs.send(Box::new(call)).map_err(|_| stopped());
        async move {
            sent?;
            answer.await.map_err(|_| stopped())?
        }
    }
}

fn stopped() -> OutboxError {
    OutboxError::Store("its thread has ended".to_owned())
}

fn serve(engine: &mut dyn Engine, queue: &Receiver<Box<dyn Job>>) {
    let mut rhythm = Rhythm::default();
    while let Ok(first) = queue.recv() {
        let mut group = rhythm.gather(first, queue, engine.group_limit());
        let begin = Instant::now();
        let together_done = group.len() > 1 && together(engine, &mut group).is_ok();
        rhythm.keep(group.len(), begin.elapsed());
        if together_done {
            for job in group {
                job.reply(Ok(()));
            }
            continue;
        }
        for mut job in group {
            let end = alone(engine, job.as_mut());
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

fn together(engine: &mut dyn Engine, group: &mut [Box<dyn Job>]) -> Result<(), OutboxError> {
    transaction(engine, |engine| {
        group.iter_mut().try_for_each(|job| job.run(engine))
    })
}

fn alone(engine: &mut dyn Engine, job: &mut dyn Job) -> Result<(), OutboxError> {
    let mut end = transaction(engine, |engine| job.run(engine));
    for _ in 0..REPEATS {
        if end.is_ok() || !engine.may_repeat() {
            break;
        }
        end = transaction(engine, |engine| job.run(engine));
    }
    end
}

fn transaction(
    engine: &mut dyn Engine,
    work: impl FnOnce(&mut dyn Engine) -> Result<(), OutboxError>,
) -> Result<(), OutboxError> {
    engine.begin()?;
    let end = work(engine).and_then(|()| engine.commit());
    if end.is_err() {
        engine.rollback();
    }
    end
}
