//! Bodies of answers that come as they should, slowly, in part or without end.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// In how many pieces a slow answer comes.
const SLOW_PIECES: usize = 50;
const SLOW_PAUSE: Duration = Duration::from_millis(2);

/// The connection is closed on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
pub(crate) struct Closed;

/// The body of an answer.
pub(crate) enum AnswerBody {
    /// All of it at once.
    Whole(Bytes),
    /// A few bytes at a time.
    Slow {
        rest: Bytes,
        piece: usize,
        pause: Pin<Box<Sleep>>,
    },
    /// The half, and then nothing, though more is promised.
    Hanging { half: Bytes, promised: u64 },
    /// The half, and then the end of the connection.
    Cut { half: Bytes, promised: u64 },
    /// The same bytes again and again.
    Endless(Bytes),
}

impl AnswerBody {
    pub(super) fn slow(rest: Bytes) -> Self {
        Self::Slow {
            piece: rest.len() / SLOW_PIECES + 1,
            rest,
            pause: Box::pin(sleep(SLOW_PAUSE)),
        }
    }

    pub(super) fn hanging(answer: &Bytes) -> Self {
        Self::Hanging {
            half: answer.slice(..answer.len() / 2),
            promised: answer.len() as u64,
        }
    }

    pub(super) fn cut(answer: &Bytes) -> Self {
        Self::Cut {
            half: answer.slice(..answer.len() / 2),
            promised: answer.len() as u64,
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        let data = |bytes: Bytes| Poll::Ready(Some(Ok(Frame::data(bytes))));
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => data(std::mem::take(bytes)),
            Self::Slow { rest, .. } if rest.is_empty() => Poll::Ready(None),
            Self::Slow { rest, piece, pause } => {
                if pause.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                *pause = Box::pin(sleep(SLOW_PAUSE));
                data(rest.split_to(rest.len().min(*piece)))
            }
            Self::Hanging { half, .. } if half.is_empty() => Poll::Pending,
            Self::Cut { half, .. } if half.is_empty() => Poll::Ready(Some(Err(Closed))),
            Self::Hanging { half, .. } | Self::Cut { half, .. } => data(std::mem::take(half)),
            Self::Endless(bytes) => data(bytes.clone()),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) | Self::Slow { rest: bytes, .. } => {
                SizeHint::with_exact(bytes.len() as u64)
            }
            Self::Hanging { promised, .. } | Self::Cut { promised, .. } => {
                SizeHint::with_exact(*promised)
            }
            Self::Endless(_) => SizeHint::default(),
        }
    }
}
