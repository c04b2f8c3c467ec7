//! The file of a SQLite outbox: its room, its locks and its log, and whose it is.

use super::*;

#[tokio::test]
async fn a_full_disk_refuses_what_does_not_fit_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let options = SqliteOptions {
        max_bytes: Some(2 * 1024 * 1024),
        ..SqliteOptions::default()
    };
    let outbox = Arc::new(open(&path, options).await.unwrap());
    let mut kept = Vec::new();
    // Several at once, so that a group is cut in the middle of its commit.
    for round in 0..20 {
        let puts: Vec<_> = (0..8)
            .map(|n| {
                let outbox = outbox.clone();
                let document = round * 8 + n;
                tokio::spawn(async move {
                    let chain = format!("2.999.1.{document}");
                    let bytes = vec![document as u8; 40_000];
                    let entry = entry_of(&format!("lane {document}"), &chain, 1, bytes);
                    (entry.oid().clone(), outbox.put(vec![entry]).await)
                })
            })
            .collect();
        for put in puts {
            match put.await.unwrap() {
                (oid, Ok(_)) => kept.push(oid),
                (_, Err(error)) => assert_eq!(error, OutboxError::Full),
            }
        }
    }
    assert!((20..80).contains(&kept.len()), "{}", kept.len());
    // Outcomes can still be written down, and room comes back.
    let claims = outbox.take(claiming()).await.unwrap();
    assert_eq!(claims.len(), kept.len());
    for claim in &claims {
        outbox
            .finish(claim, Verdict::Archived(Report::new()))
            .await
            .unwrap();
    }
    let now = kanta_client::outbox::Retention {
        bytes: Duration::ZERO,
        ..Default::default()
    };
    outbox.prune(now).await.unwrap();
    let entry = entry_of("again", "2.999.2", 1, vec![0; 40_000]);
    assert_eq!(outbox.put(vec![entry]).await.unwrap(), [Put::Kept]);
}

/// The limit is for what comes in: whatever lets documents leave, and whoever looks, goes on.
#[tokio::test]
async fn a_full_outbox_can_be_looked_at_and_emptied() {
    for together in 1..=2_u32 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let options = SqliteOptions {
            max_bytes: Some(120 * 1024),
            ..SqliteOptions::default()
        };
        let outbox = open(&path, options).await.unwrap();
        let batch = |number: u32| -> Vec<NewEntry> {
            let one = |n| entry(&format!("lane {number} {n}"), 2 * number + n, 1);
            (0..together).map(one).collect()
        };
        let mut kept = 0;
        let refused = loop {
            match outbox.put_blocking(batch(kept)) {
                Ok(_) => kept += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(refused, OutboxError::Full);
        assert!(kept > 20, "{kept}");
        let known = outbox.put(batch(kept - 1)).await.unwrap();
        assert_eq!(known.len(), together as usize);
        assert!(matches!(known[0], Put::WasThere(_)), "{known:?}");
        let all = (kept * together) as usize;
        assert_eq!(outbox.counts().await.unwrap().total(), all as u64);
        let last = batch(kept - 1).remove(0).oid().clone();
        assert_eq!(outbox.entry(last.clone()).await.unwrap().oid, last);
        let everything = Claiming {
            limit: all + 1,
            ..claiming()
        };
        let claims = outbox.take(everything).await.unwrap();
        assert_eq!(claims.len(), all);
        for claim in &claims {
            let archived = Verdict::Archived(Report::new());
            outbox.finish(claim, archived).await.unwrap();
        }
        let now = kanta_client::outbox::Retention {
            bytes: Duration::ZERO,
            rows: Duration::ZERO,
        };
        assert_eq!(outbox.prune(now).await, Ok(all as u64));
        for number in 0..kept {
            let again = outbox.put_blocking(batch(number));
            assert!(again.is_ok(), "{number}: {again:?}");
        }
    }
}

/// A host's programs may start at the same time, the first time too.
#[tokio::test]
async fn a_new_file_is_opened_by_many_at_once() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let opening: Vec<_> = (0..6)
            .map(|number| {
                let path = path.clone();
                tokio::spawn(async move {
                    let outbox = open(&path, SqliteOptions::default()).await?;
                    outbox.put(vec![entry("a", number, 1)]).await
                })
            })
            .collect();
        for opened in opening {
            assert_eq!(opened.await.unwrap(), Ok(vec![Put::Kept]));
        }
    }
}

#[tokio::test]
async fn a_file_of_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "x".repeat(5000)).unwrap();
    let error = open(&path, SqliteOptions::default()).await.unwrap_err();
    assert!(matches!(error, OutboxError::Schema(_)), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap().len(), 5000);
    let error = open(&folder.path().join("no/such"), SqliteOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, OutboxError::Store(_)), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let outbox = plain(&folder.path().join("outbox.db")).await;
    outbox.put(vec![entry("a", 1, 1)]).await.unwrap();
    outbox.take(claiming()).await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{file:?}"
        );
        files += 1;
    }
    assert!(files >= 3);
}

/// The locks of this process on a file, as Linux tells them: a reading may pass over some while others come and go.
#[cfg(target_os = "linux")]
fn locks(path: &Path) -> usize {
    (0..10).map(|_| locks_read_once(path)).max().unwrap()
}

#[cfg(target_os = "linux")]
fn locks_read_once(path: &Path) -> usize {
    use std::os::unix::fs::MetadataExt;
    let file = format!(":{} ", std::fs::metadata(path).unwrap().ino());
    let process = format!(" {} ", std::process::id());
    std::fs::read_to_string("/proc/locks")
        .unwrap()
        .lines()
        .filter(|lock| lock.contains(&file) && lock.contains(&process))
        .count()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn opening_and_closing_it_again_takes_no_lock_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let first = plain(&path).await;
    first.put(vec![entry("a", 1, 1)]).await.unwrap();
    assert!(locks(&path) > 0);
    let second = plain(&path).await;
    second.put(vec![entry("a", 2, 1)]).await.unwrap();
    assert!(locks(&path) > 0);
    second.close().await;
    assert!(locks(&path) > 0);
    first.close().await;
    assert_eq!(locks(&path), 0);
}

#[test]
fn a_log_that_was_copied_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let outbox = wait(plain(&path));
    for document in 0..4000 {
        let entry = entry_of("a", &format!("2.999.1.{document}"), 1, vec![7; 60_000]);
        assert_eq!(outbox.put_blocking(vec![entry]).unwrap(), [Put::Kept]);
    }
    let log = std::fs::metadata(folder.path().join("outbox.db-wal")).unwrap();
    assert!(log.len() < 180 << 20, "{} bytes of 240 MB", log.len());
    assert_eq!(wait(outbox.counts()).unwrap().open(), 4000);
    wait(outbox.close());
}

#[cfg(unix)]
#[tokio::test]
async fn by_whatever_name_one_process_works() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (
        folder.path().join("outbox.db"),
        folder.path().join("link.db"),
    );
    let first = plain(&path).await;
    std::os::unix::fs::symlink(&path, &link).unwrap();
    first.take(claiming()).await.unwrap();
    let second = plain(&link).await;
    let refused = second.take(claiming()).await.unwrap_err();
    assert!(matches!(refused, OutboxError::Busy), "{refused}");
}

#[tokio::test]
async fn what_is_no_outbox_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let theirs = folder.path().join("theirs.db");
    let database = rusqlite::Connection::open(&theirs).unwrap();
    database.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(database);
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    let missing = folder.path().join("missing.db");
    for (path, must_exist) in [
        (&theirs, false),
        (&theirs, true),
        (&empty, true),
        (&missing, true),
    ] {
        let before = std::fs::read(path).ok();
        let options = SqliteOptions {
            must_exist,
            ..SqliteOptions::default()
        };
        let error = open(path, options).await.unwrap_err();
        assert!(matches!(error, OutboxError::Schema(_)), "{error}");
        assert_eq!(std::fs::read(path).ok(), before, "{error}");
    }
    let outbox = open(&empty, SqliteOptions::default()).await.unwrap();
    outbox.close().await;
    let options = SqliteOptions {
        must_exist: true,
        ..SqliteOptions::default()
    };
    open(&empty, options).await.unwrap().close().await;
}
