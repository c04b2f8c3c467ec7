//! Mass archiving: what workers without a card wrote during the day is checked, signed in one session, queued and sent.
//! Stop it at any point and run it again: it goes on. `-- N` takes N documents (default 200).

use std::path::Path;
use std::sync::Arc;

use kanta_client::mass::{MassArchive, MassItem, MassOptions};
use kanta_client::outbox::{ArchiveCourier, WorkerOptions, sqlite};
use kanta_examples::{Result, now};
use kanta_testkit::{TestArchive, documents, people, structures, test_spec};

#[tokio::main]
async fn main() -> Result<()> {
    let count = std::env::args()
        .nth(1)
        .map_or(Ok(200), |count| count.parse())?;
    // In production: Kela's service, and the key in your HSM or on a card (`kanta_client::sign::pkcs11`).
    let archive = TestArchive::start(vec![structures::client_plan()]).await?;
    let (client, signer) = (archive.client()?, archive.signer()?);

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("outbox.db");
    let outbox = Arc::new(sqlite::open(Path::new(&path), sqlite::SqliteOptions::default()).await?);
    let courier = Arc::new(ArchiveCourier::with_context(client, people::context()));

    // Any iterator will do: rows of your database, a folder (`mass::folder`), a stream (`mass::feed`).
    let (plan, made) = (Arc::new(structures::client_plan()), now()?);
    let items = (1..=count).map(move |number| {
        let draft = documents::client_plan(number, "Perhe toivoo apua aamuihin.", made);
        MassItem::draft(draft, plan.clone())
    });
    let options = MassOptions {
        worker: WorkerOptions {
            parallel: 8,
            documents_per_second: Some(500.0),
            ..WorkerOptions::default()
        },
        ..MassOptions::default()
    };
    let report = MassArchive::new(outbox, courier, Arc::new(test_spec()), options)
        .with_signer(Arc::new(signer))
        .on_progress(|progress| {
            let left = progress.time_left().unwrap_or_default().as_secs();
            println!(
                "{} archived, {:.0} per second, {left} s left",
                progress.archived, progress.per_second
            );
        })
        .on_refused(|refused| println!("{}: {}", refused.name, refused.findings))
        .run(items)
        .await?;
    println!(
        "{} of {count} archived in {:.1?}.",
        report.progress.archived, report.progress.elapsed
    );
    if archive.documents().len() as u64 != count {
        return Err("not all of them are in the archive".into());
    }
    Ok(())
}
