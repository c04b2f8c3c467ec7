//! Exchanges kept in a folder, and answers given from them.
//!
//! A recording holds personal data: its files can be read by their owner only.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::StatusCode;
use kanta_core::Reason;

use super::{OutgoingMessage, PendingReply, Reply, Transport, TransportError};
use crate::write_private_file;

/// A folder of recordings that cannot be used (`KANTA-TRANSPORT-RECORDING`).
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source} [KANTA-TRANSPORT-RECORDING]")]
pub struct RecordingError {
    path: PathBuf,
    source: io::Error,
}

/// Keeps what another transport exchanges: `000001.request`, `000001.answer` and, with the status in it, `000001.status`.
///
/// ```no_run
/// use kanta_client::transport::{HttpsPost, Recording};
///
/// # fn f(transport: HttpsPost) -> Result<(), Box<dyn std::error::Error>> {
/// let transport = Recording::new(transport, "recordings")?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Recording<T> {
    inner: T,
    folder: PathBuf,
    next: AtomicU64,
}

impl<T: Transport> Recording<T> {
    /// Records into a folder, which is made when it is not there; earlier recordings in it are kept.
    ///
    /// # Errors
    /// [`RecordingError`] when the folder cannot be made or read.
    pub fn new(inner: T, folder: impl Into<PathBuf>) -> Result<Self, RecordingError> {
        let folder = folder.into();
        make_folder(&folder).map_err(|source| wrong(&folder, source))?;
        let last = numbers(&folder)?.last().copied().unwrap_or(0);
        Ok(Self {
            inner,
            folder,
            next: AtomicU64::new(last + 1),
        })
    }

    /// A recording that fails must not lose an answer: it is told in the log.
    fn keep(&self, number: u64, part: &str, bytes: &[u8]) {
        let path = self.folder.join(format!("{number:06}.{part}"));
        if let Err(error) = write_private_file(&path, bytes) {
            tracing::warn!(path = %path.display(), %error, "an exchange was not recorded");
        }
    }
}

impl<T: Transport> Transport for Recording<T> {
    fn exchange(&self, message: OutgoingMessage) -> PendingReply<'_> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            self.keep(number, "request", &message.body);
            let reply = self.inner.exchange(message).await;
            match &reply {
                Ok(reply) => {
                    self.keep(number, "answer", &reply.body);
                    self.keep(number, "status", reply.status.as_str().as_bytes());
                }
                Err(error) => self.keep(number, "error", error.to_string().as_bytes()),
            }
            reply
        })
    }

    fn client_certificate_expires(&self) -> Option<kanta_core::Instant> {
        self.inner.client_certificate_expires()
    }
}

/// Answers messages from a recording, in its order, without a network.
///
/// Identifiers and times of messages change from run to run, so an answer about the recorded message is given as one
/// about the message at hand.
#[derive(Debug)]
pub struct Replay {
    exchanges: Vec<(Bytes, Reply)>,
    next: AtomicU64,
}

impl Replay {
    /// Reads the recordings of a folder; those without an answer are left out.
    ///
    /// # Errors
    /// [`RecordingError`] when the folder or a file of it cannot be read.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, RecordingError> {
        let folder = folder.as_ref();
        let mut exchanges = Vec::new();
        for number in numbers(folder)? {
            let read = |part: &str| {
                let path = folder.join(format!("{number:06}.{part}"));
                fs::read(&path).map_err(|source| wrong(&path, source))
            };
            let Ok(status) = read("status") else {
                continue;
            };
            let path = folder.join(format!("{number:06}.status"));
            let status = StatusCode::from_bytes(&status)
                .map_err(|error| wrong(&path, io::Error::new(io::ErrorKind::InvalidData, error)))?;
            let body = Bytes::from(read("answer")?);
            exchanges.push((Bytes::from(read("request")?), Reply { status, body }));
        }
        Ok(Self {
            exchanges,
            next: AtomicU64::new(0),
        })
    }

    fn answer(&self, message: &[u8]) -> Result<Reply, TransportError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (request, reply) = usize::try_from(number)
            .ok()
            .and_then(|number| self.exchanges.get(number))
            .ok_or_else(|| {
                TransportError::Replay(Reason::new(
                    "tallenteessa ei ole enempää sanomanvaihtoja",
                    "the recording has no further exchange",
                ))
            })?;
        if interaction(request) != interaction(message) {
            return Err(TransportError::Replay(Reason::new(
                "tallennettu sanoma on toinen",
                "the recorded message is another one",
            )));
        }
        let (Some(then), Some(now)) = (extension(request), extension(message)) else {
            return Ok(reply.clone());
        };
        let body = String::from_utf8_lossy(&reply.body).replace(
            &format!("extension=\"{then}\""),
            &format!("extension=\"{now}\""),
        );
        Ok(Reply {
            status: reply.status,
            body: Bytes::from(body),
        })
    }
}

impl Transport for Replay {
    fn exchange(&self, message: OutgoingMessage) -> PendingReply<'_> {
        Box::pin(std::future::ready(self.answer(&message.body)))
    }
}

/// Returns what `interactionId` says.
fn interaction(message: &[u8]) -> Option<&str> {
    attribute_after(message, b"<interactionId ", b"extension=\"")
}

/// Returns the extension of the message's identifier, which is the first element that has one.
fn extension(message: &[u8]) -> Option<&str> {
    attribute_after(message, b"<id ", b"extension=\"")
}

fn attribute_after<'m>(message: &'m [u8], element: &[u8], attribute: &[u8]) -> Option<&'m str> {
    let start = memchr::memmem::find(message, element)? + element.len();
    let tag = &message[start..start + memchr::memchr(b'>', &message[start..])?];
    let value = &tag[memchr::memmem::find(tag, attribute)? + attribute.len()..];
    std::str::from_utf8(&value[..memchr::memchr(b'"', value)?]).ok()
}

fn numbers(folder: &Path) -> Result<Vec<u64>, RecordingError> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder).map_err(|source| wrong(folder, source))? {
        let name = entry.map_err(|source| wrong(folder, source))?.file_name();
        let name = name.to_string_lossy();
        let number = name.strip_suffix(".request").map(str::parse::<u64>);
        numbers.extend(number.and_then(Result::ok));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn wrong(path: &Path, source: io::Error) -> RecordingError {
    RecordingError {
        path: path.to_owned(),
        source,
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
