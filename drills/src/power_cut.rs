//! What a power cut leaves of a SQLite outbox: everything that was synced, and any part of what was not.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use crate::Result;
use crate::child::SYNCED;
use crate::random::Random;

/// Stops the child, takes what is on its disk, and kills it.
pub(crate) fn cut(
    child: &mut Child,
    database: &Path,
    folder: &Path,
    random: &mut Random,
) -> Result<()> {
    stop(child)?;
    let wal = database.with_extension("db-wal");
    let (main_copy, wal_copy) = (folder.join("cut.db"), folder.join("cut.db-wal"));
    fs::copy(database, &main_copy)?;
    let has_wal = wal.exists();
    if has_wal {
        fs::copy(&wal, &wal_copy)?;
    }
    let copied = fs::read(database.with_extension("db-shm")).unwrap_or_default();
    child.kill()?;
    child.wait()?;
    if has_wal {
        let synced = synced(folder).max(checkpointed(&fs::read(&wal_copy)?, &copied));
        tear(&wal_copy, synced, random)?;
        fs::rename(&wal_copy, &wal)?;
    }
    fs::rename(&main_copy, database)?;
    // Shared memory does not outlive a power cut.
    let _ = fs::remove_file(database.with_extension("db-shm"));
    Ok(())
}

/// Drops a random part of what was written after the last length that is known to be synced, or puts rubbish there.
fn tear(wal: &Path, synced: u64, random: &mut Random) -> Result<()> {
    let length = fs::metadata(wal)?.len();
    let kept = synced + random.below(length.saturating_sub(synced) + 1);
    let mut file = OpenOptions::new().write(true).open(wal)?;
    file.set_len(kept.min(length))?;
    if random.below(2) == 0 {
        std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0))?;
        let rubbish: Vec<u8> = (0..random.below(9000))
            .map(|_| random.below(256) as u8)
            .collect();
        file.write_all(&rubbish)?;
    }
    Ok(())
}

/// The last length that the child reported.
fn synced(folder: &Path) -> u64 {
    let log = fs::read_to_string(folder.join(SYNCED)).unwrap_or_default();
    // The log grows and shrinks with checkpoints; a line that is cut short does not count.
    let whole = log.rfind('\n').map_or("", |end| &log[..end]);
    whole
        .lines()
        .next_back()
        .and_then(|length| length.parse().ok())
        .unwrap_or(0)
}

/// The length of the log up to the frames that were being copied into the database: they are synced before that begins.
///
/// The log's header has the size of a page; the index of the log tells, after two headers of 48 bytes, which frames a checkpoint
/// set out to copy (SQLite, "WAL-mode file format", 2.1: `nBackfillAttempted`).
fn checkpointed(log: &[u8], index: &[u8]) -> u64 {
    let page = log.get(8..12).and_then(|page| page.try_into().ok());
    let frames = index
        .get(128..132)
        .and_then(|frames| frames.try_into().ok());
    let (Some(page), Some(frames)) = (page, frames) else {
        return 0;
    };
    32 + u64::from(u32::from_ne_bytes(frames)) * (24 + u64::from(u32::from_be_bytes(page)))
}

fn stop(child: &Child) -> Result<()> {
    let pid = child.id().to_string();
    Command::new("kill").args(["-STOP", &pid]).status()?;
    for _ in 0..1000 {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let state = stat
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next());
        if matches!(state, Some('T' | 'Z')) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Err("the child does not stop".into())
}
