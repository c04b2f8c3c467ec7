//! No byte leaves after the time of a claim is over.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

/// Runs `work` until `deadline`; `None` when it was not done by then.
///
/// The clock is looked at before every step, not only when a timer fires: a process that was stopped in the middle and wakes
/// up late takes no step more.
pub(super) async fn until<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut timer = pin!(tokio::time::sleep_until(deadline.into()));
    poll_fn(|context| {
        if Instant::now() >= deadline || timer.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        work.as_mut().poll(context).map(Some)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_step_after_the_deadline_is_not_taken() {
        let soon = Instant::now() + Duration::from_millis(30);
        let mut steps = 0;
        let work = async {
            steps += 1;
            tokio::task::yield_now().await;
            // The process is stopped here, and wakes up when its time is over.
            std::thread::sleep(Duration::from_millis(60));
            tokio::task::yield_now().await;
            steps += 1;
        };
        assert_eq!(until(soon, work).await, None);
        assert_eq!(steps, 1);
    }

    #[tokio::test]
    async fn what_is_done_in_time_is_done() {
        let later = Instant::now() + Duration::from_secs(60);
        assert_eq!(until(later, async { 7 }).await, Some(7));
        let soon = Instant::now() + Duration::from_millis(10);
        assert_eq!(until(soon, std::future::pending::<()>()).await, None);
    }
}
