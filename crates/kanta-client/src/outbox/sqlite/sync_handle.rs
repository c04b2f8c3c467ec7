//! Handles of our own to database files, for syncing them.
//!
//! They are never closed. When a process closes any of its handles to a file, POSIX takes away all locks that it has on the file,
//! also those by which SQLite keeps other processes from removing a log that is in use (SQLite, "How To Corrupt An SQLite
//! Database File", 2.2).

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// One a path, so that opening the same outbox again and again takes no more of them.
static HANDLES: Mutex<Option<HashMap<PathBuf, &'static File>>> = Mutex::new(None);

/// Returns the handle to the file at the canonical `path`.
///
/// Where the file was replaced from outside it is the handle to the old one, whose space stays taken until the process ends: SQLite
/// itself syncs the new one, only later.
pub(super) fn of(path: &Path) -> io::Result<&'static File> {
    let mut handles = HANDLES.lock().unwrap_or_else(PoisonError::into_inner);
    let handles = handles.get_or_insert_default();
    if let Some(&handle) = handles.get(path) {
        return Ok(handle);
    }
    let handle = Box::leak(Box::new(OpenOptions::new().write(true).open(path)?));
    handles.insert(path.to_owned(), handle);
    Ok(handle)
}

/// Keeps the handle with which the file at the canonical `path` was made.
pub(super) fn keep(path: PathBuf, made: File) {
    let mut handles = HANDLES.lock().unwrap_or_else(PoisonError::into_inner);
    handles
        .get_or_insert_default()
        .insert(path, Box::leak(Box::new(made)));
}
