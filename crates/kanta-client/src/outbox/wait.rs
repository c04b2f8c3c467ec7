//! Waiting for an answer without a runtime.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Wakes the thread that waits.
struct Bell(Thread);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Lets this thread sleep until the answer is there.
pub(super) fn for_answer<T>(answer: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Bell(thread::current())));
    let mut context = Context::from_waker(&waker);
    // A task's budget is no matter here: whoever waits yields to nobody, and would wait for ever once it is used up.
    let mut answer = pin!(tokio::task::unconstrained(answer));
    loop {
        match answer.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn an_answer_of_another_thread_is_waited_for() {
        let (sender, receiver) = oneshot::channel();
        let answering = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            sender.send(7)
        });
        assert_eq!(for_answer(receiver), Ok(7));
        answering.join().unwrap().unwrap();
    }

    #[tokio::test]
    async fn in_a_task_too_every_answer_comes() {
        for number in 0..1000 {
            let (sender, receiver) = oneshot::channel();
            sender.send(number).unwrap();
            assert_eq!(for_answer(receiver), Ok(number));
        }
    }
}
