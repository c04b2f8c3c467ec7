//! Counters whose numbers are never handed out twice: over restarts, crashes and between processes.
//!
//! Document identifiers and temporary identifiers stand on them ([`kanta_core::DocumentOidGenerator`],
//! [`kanta_core::TemporaryIdGenerator`]; requirement YY11).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use kanta_core::Counter;

/// A counter in a file (Finnish: pysyvä laskuri).
///
/// The file holds the first number that nobody has taken. A number is handed out only after a larger one is on the disk,
/// so a number that may have been used is lost in a crash, never repeated. Processes that share the file take turns by a
/// lock on a second file beside it (`….lock`); the operating system frees it when a process dies. Network drives whose
/// locks do not hold between machines are no place for it.
///
/// A file that has disappeared is an error, never a new beginning: only [`FileCounter::create`] begins one.
///
/// ```no_run
/// use kanta_client::counter::FileCounter;
/// use kanta_core::{Counter, DocumentOidGenerator, Oid};
///
/// let counter = FileCounter::open("/var/lib/vendor/document-oid.counter")?;
/// let prefix = Oid::parse("1.2.246.10.99999999.11.2026")?;
/// let mut generator = DocumentOidGenerator::new(prefix, counter);
/// let id = generator.next()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FileCounter {
    path: PathBuf,
    lock: File,
    block: NonZeroU32,
    next: u64,
    /// The first number that is not ours.
    end: u64,
}

/// A counter file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CounterError {
    /// The file cannot be read or written (`KANTA-COUNTER-IO`). No number was handed out.
    #[error("{path}: {source}; mend the file system, then try again [KANTA-COUNTER-IO]")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file does not hold a number (`KANTA-COUNTER-CONTENT`).
    #[error(
        "{path}: not a counter; restore it with a number above every one that was ever used \
         [KANTA-COUNTER-CONTENT]"
    )]
    Content {
        /// The file.
        path: PathBuf,
    },
    /// Every number is used (`KANTA-COUNTER-END`).
    #[error("{path}: every number is used; begin a counter under a new prefix [KANTA-COUNTER-END]")]
    End {
        /// The file.
        path: PathBuf,
    },
}

impl FileCounter {
    /// Begins a counter whose first number is `first`; the file must not exist.
    ///
    /// # Errors
    /// `KANTA-COUNTER-IO`, also when there is a file already: a counter never begins anew over another.
    pub fn create(path: impl Into<PathBuf>, first: u64) -> Result<Self, CounterError> {
        let path = path.into();
        let lock = open_lock(&path)?;
        lock.lock().map_err(|source| failed(&path, source))?;
        let begun = if path.try_exists().map_err(|source| failed(&path, source))? {
            Err(failed(&path, io::ErrorKind::AlreadyExists.into()))
        } else {
            store(&path, first)
        };
        lock.unlock().map_err(|source| failed(&path, source))?;
        begun.map(|()| Self::idle(path, lock))
    }

    /// Opens a counter that was begun earlier.
    ///
    /// # Errors
    /// `KANTA-COUNTER-IO` when there is no file, `KANTA-COUNTER-CONTENT` when it is not a counter's.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, CounterError> {
        let path = path.into();
        load(&path)?;
        let lock = open_lock(&path)?;
        Ok(Self::idle(path, lock))
    }

    /// Takes this many numbers from the file at a time, by default 1.
    ///
    /// A larger block writes to the disk less often; a crash loses what is left of it.
    #[must_use]
    pub fn with_block(mut self, block: NonZeroU32) -> Self {
        self.block = block;
        self
    }

    fn idle(path: PathBuf, lock: File) -> Self {
        Self {
            path,
            lock,
            block: NonZeroU32::MIN,
            next: 0,
            end: 0,
        }
    }

    fn take_block(&mut self) -> Result<(), CounterError> {
        self.lock
            .lock()
            .map_err(|source| failed(&self.path, source))?;
        let taken = self.take_block_locked();
        self.lock
            .unlock()
            .map_err(|source| failed(&self.path, source))?;
        (self.next, self.end) = taken?;
        Ok(())
    }

    fn take_block_locked(&self) -> Result<(u64, u64), CounterError> {
        let first = load(&self.path)?;
        let end = first
            .checked_add(self.block.get().into())
            .ok_or_else(|| CounterError::End {
                path: self.path.clone(),
            })?;
        store(&self.path, end)?;
        Ok((first, end))
    }
}

impl Counter for FileCounter {
    type Error = CounterError;

    fn next(&mut self) -> Result<u64, Self::Error> {
        if self.next == self.end {
            self.take_block()?;
        }
        let number = self.next;
        self.next += 1;
        Ok(number)
    }
}

fn open_lock(path: &Path) -> Result<File, CounterError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = PathBuf::from(name);
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock)
        .map_err(|source| failed(&lock, source))
}

/// Reads the number; its line end proves that the file is whole.
fn load(path: &Path) -> Result<u64, CounterError> {
    let text = fs::read_to_string(path).map_err(|source| failed(path, source))?;
    text.strip_suffix('\n')
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| CounterError::Content {
            path: path.to_owned(),
        })
}

/// Replaces the number so that a crash leaves the old or the new one, whole.
fn store(path: &Path, number: u64) -> Result<(), CounterError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let write = || -> io::Result<()> {
        let mut file = File::create(&new)?;
        writeln!(file, "{number}")?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        sync_folder(path)
    };
    write().map_err(|source| failed(path, source))
}

/// Makes the renaming itself durable, where folders can be flushed.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> CounterError {
    CounterError::Io {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counter");
        let mut counter = FileCounter::create(&path, 41).unwrap();
        assert_eq!(counter.next().unwrap(), 41);
        drop(counter);
        let mut counter = FileCounter::open(&path).unwrap();
        assert_eq!(counter.next().unwrap(), 42);
    }

    #[test]
    fn the_rest_of_a_block_is_lost_and_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counter");
        let ten = NonZeroU32::new(10).unwrap();
        let mut first = FileCounter::create(&path, 1).unwrap().with_block(ten);
        let mut second = FileCounter::open(&path).unwrap();
        let numbers: Vec<u64> = (0..3).map(|_| first.next().unwrap()).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(second.next().unwrap(), 11);
        drop(first);
        assert_eq!(second.next().unwrap(), 12);
    }

    #[test]
    fn a_counter_never_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counter");
        assert!(matches!(
            FileCounter::open(&path),
            Err(CounterError::Io { .. })
        ));
        let mut counter = FileCounter::create(&path, 1).unwrap();
        assert!(matches!(
            FileCounter::create(&path, 1),
            Err(CounterError::Io { .. })
        ));
        fs::remove_file(&path).unwrap();
        assert!(matches!(counter.next(), Err(CounterError::Io { .. })));
    }

    #[test]
    fn a_damaged_file_is_no_counter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counter");
        for text in [
            "",
            "12",
            "12\n\n",
            "-1\n",
            "+1\n",
            "x\n",
            "\n",
            "99999999999999999999\n",
        ] {
            fs::write(&path, text).unwrap();
            assert!(
                matches!(FileCounter::open(&path), Err(CounterError::Content { .. })),
                "{text:?}"
            );
        }
        fs::write(&path, format!("{}\n", u64::MAX)).unwrap();
        let mut counter = FileCounter::open(&path).unwrap();
        assert!(matches!(counter.next(), Err(CounterError::End { .. })));
    }
}
