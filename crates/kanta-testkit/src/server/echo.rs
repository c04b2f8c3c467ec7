//! A stream that can send what was written a second time.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Writes everything once more at the next flush, when it is switched on.
pub(super) struct Echo<S> {
    inner: S,
    twice: Arc<AtomicBool>,
    copy: Vec<u8>,
}

impl<S> Echo<S> {
    pub(super) fn new(inner: S) -> (Self, Arc<AtomicBool>) {
        let twice = Arc::new(AtomicBool::new(false));
        let echo = Self {
            inner,
            twice: Arc::clone(&twice),
            copy: Vec::new(),
        };
        (echo, twice)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Echo<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Echo<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.inner).poll_write(context, bytes))?;
        if this.twice.load(Ordering::Relaxed) {
            this.copy.extend_from_slice(&bytes[..written]);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while !this.copy.is_empty() {
            let written = ready!(Pin::new(&mut this.inner).poll_write(context, &this.copy))?;
            this.copy.drain(..written);
        }
        this.twice.store(false, Ordering::Relaxed);
        Pin::new(&mut this.inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}
