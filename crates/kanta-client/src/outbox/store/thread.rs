//! The thread that owns the connection: jobs of concurrent callers share one commit.

use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::sync::oneshot;

use super::engine::Engine;
use crate::outbox::OutboxError;

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
    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Engine) -> Result<T, OutboxError> + Send + 'static,
    ) -> Result<T, OutboxError> {
        let (sender, answer) = oneshot::channel();
        let call = Call {
            work,
            result: None,
            sender,
        };
        self.jobs.send(Box::new(call)).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

fn stopped() -> OutboxError {
    OutboxError::Store("its thread has ended".to_owned())
}

fn serve(engine: &mut dyn Engine, queue: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        // Whatever came in while the last commit was on its way shares the next one.
        group.extend(queue.try_iter().take(engine.group_limit() - 1));
        if group.len() > 1 && together(engine, &mut group).is_ok() {
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
