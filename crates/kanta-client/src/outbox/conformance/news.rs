//! Hearing of what there may be to take.

use std::future::poll_fn;
use std::task::Poll;

use super::*;
use crate::outbox::{Answer, News};

/// How soon news come.
const SOON: Duration = Duration::from_secs(20);

async fn comes(news: News<'_>) -> bool {
    tokio::time::timeout(SOON, news).await.is_ok()
}

/// Begins something and goes away before it is done.
async fn give_up<T>(mut answer: Answer<'_, T>) {
    poll_fn(|context| {
        let _ = answer.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}

pub(super) async fn what_is_done_while_somebody_looks_is_news(outbox: &dyn Outbox) {
    let news = outbox.news();
    assert!(take(outbox).await.is_empty());
    put(outbox, entry("a", 1, 1)).await;
    assert!(comes(news).await, "nobody told of a document");
}

/// A worker that looks after a change takes no news away from one that looked before it.
pub(super) async fn who_takes_hears_for_nobody_else(outbox: &dyn Outbox) {
    let news = [outbox.news(), outbox.news()];
    assert!(take(outbox).await.is_empty());
    put(outbox, notices(1)).await;
    assert!(take(outbox).await.is_empty());
    for news in news {
        assert!(
            comes(news).await,
            "a worker of the other kind took the news"
        );
    }
}

/// What is done although nobody waits for the answer any more is told; what was not done need not be.
pub(super) async fn what_nobody_waits_for_any_more_is_news(outbox: &dyn Outbox) {
    let news = outbox.news();
    give_up(outbox.put(vec![entry("a", 1, 1), entry("a", 2, 1)])).await;
    let is_told = comes(news).await;
    let first = take(outbox).await;
    assert!(is_told || first.is_empty(), "documents came in untold");
    let Some(first) = first.first() else { return };

    let news = outbox.news();
    give_up(outbox.finish(first, Verdict::Archived(Report::new()))).await;
    let is_told = comes(news).await;
    let second = taken(outbox).await;
    assert!(is_told || second.is_empty(), "a successor was freed untold");
}

pub(super) async fn whatever_leaves_something_to_take_is_news(outbox: &dyn Outbox) {
    let news = outbox.news();
    put(outbox, entry("a", 1, 1)).await;
    put(outbox, entry("a", 2, 1)).await;
    assert!(comes(news).await, "put");

    let first = take_one(outbox).await;
    let news = outbox.news();
    finish(outbox, &first, Verdict::Parked(findings())).await;
    assert!(comes(news).await, "finish");

    let news = outbox.news();
    let decided = outbox.decide(first.oid.clone(), Decision::Discard).await;
    assert_eq!(decided, Ok(State::Discarded));
    assert!(comes(news).await, "decide");

    outbox.pause().await.unwrap();
    let news = outbox.news();
    outbox.resume().await.unwrap();
    assert!(comes(news).await, "resume");

    let news = outbox.news();
    assert_eq!(outbox.doubt_all().await, Ok(1));
    assert!(comes(news).await, "doubt_all");
    assert_eq!(take_one(outbox).await.task, Task::Reconcile);
}
