//! Where the documents of a mass run come from: a folder, or somebody who pushes them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use tokio::sync::mpsc;

use super::MassItem;

/// The documents of a folder: every file `*.xml`, in the order of their names, read when its turn comes.
#[derive(Debug)]
pub struct FolderItems(std::vec::IntoIter<PathBuf>);

/// Lists the documents of a folder. Versions of one document have to follow each other by name.
///
/// # Errors
/// What the operating system says when the folder cannot be listed; a file that cannot be read becomes a refused document.
pub fn folder(path: &Path) -> io::Result<FolderItems> {
    let mut files = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    Ok(FolderItems(files.into_iter()))
}

impl Iterator for FolderItems {
    type Item = MassItem;

    fn next(&mut self) -> Option<MassItem> {
        let path = self.0.next()?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Some(match fs::read(&path) {
            Ok(bytes) => MassItem::document(name, bytes),
            Err(error) => MassItem::unreadable(name, error),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for FolderItems {}

/// The end into which asynchronous code pushes documents; the run ends when it is dropped.
#[derive(Debug, Clone)]
pub struct Feed(mpsc::Sender<MassItem>);

/// The end that a mass run takes.
#[derive(Debug)]
pub struct FeedItems(mpsc::Receiver<MassItem>);

/// Makes a feed for a stream of documents; at most `capacity` of them wait.
///
/// # Panics
/// When `capacity` is 0.
#[must_use]
pub fn feed(capacity: usize) -> (Feed, FeedItems) {
    let (sender, receiver) = mpsc::channel(capacity);
    (Feed(sender), FeedItems(receiver))
}

impl Feed {
    /// Waits for room and pushes a document; gives it back when the run has ended.
    ///
    /// # Errors
    /// The document, when nobody takes it any more.
    pub async fn push(&self, item: MassItem) -> Result<(), Box<MassItem>> {
        self.0.send(item).await.map_err(|error| Box::new(error.0))
    }
}

impl Iterator for FeedItems {
    type Item = MassItem;

    fn next(&mut self) -> Option<MassItem> {
        self.0.blocking_recv()
    }
}
