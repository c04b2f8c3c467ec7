//! Several workers on one PostgreSQL outbox: leases, order within a lane, and nothing twice when one of them is lost.
//! Starts a throw-away cluster (Debian's `postgresql`); in production give the address of your own.

use std::sync::Arc;
use std::time::Duration;

use kanta_client::cda::SignOptions;
use kanta_client::outbox::postgres::{PostgresOptions, connect};
use kanta_client::outbox::{
    ArchiveCourier, BundleStamp, NewEntry, Outbox, State, Until, Worker, WorkerOptions,
};
use kanta_examples::{Result, now};
use kanta_testkit::{PostgresCluster, TestArchive, documents, people, structures, test_spec};

#[tokio::main]
async fn main() -> Result<()> {
    let cluster = PostgresCluster::start()?;
    let archive = TestArchive::start(vec![structures::client_plan()]).await?;
    let outbox = connect(&cluster.url(), PostgresOptions::default()).await?;

    // Ten plans, each with a second version: versions of one plan leave in order, plans in parallel.
    let (spec, signer, plan) = (test_spec(), archive.signer()?, structures::client_plan());
    let bundle = Arc::new(BundleStamp::of(&spec));
    for number in 1..=10 {
        let first = documents::client_plan(number, "Tilanne.", now()?);
        let second = documents::client_plan_version(number, 100 + number, 2, now()?)?;
        for draft in [first, second] {
            let signed =
                draft
                    .check(&plan, &spec)?
                    .sign(&signer, SignOptions::system(now()?), &spec)?;
            outbox.put(vec![NewEntry::new(&signed, &bundle)]).await?;
        }
    }

    // On your machines each of these is a process of its own.
    let mut workers = Vec::new();
    for name in ["one", "two", "three"] {
        let outbox = Arc::new(connect(&cluster.url(), PostgresOptions::default()).await?);
        let courier = Arc::new(ArchiveCourier::with_context(
            archive.client()?,
            people::context(),
        ));
        let options = WorkerOptions {
            name: name.to_owned(),
            sending: Duration::from_secs(2),
            ..WorkerOptions::default()
        };
        let worker = Worker::new(outbox, courier, options);
        workers.push((
            name,
            tokio::spawn(async move { worker.run(Until::Drained).await }),
        ));
    }
    // The first is lost at some point: what it had is asked for when its lease ends, then sent or not.
    tokio::time::sleep(Duration::from_millis(30)).await;
    workers[0].1.abort();
    for (name, worker) in workers.into_iter().skip(1) {
        println!(
            "Worker {name} archived {} documents.",
            worker.await??.archived
        );
    }
    let counts = outbox.counts().await?;
    println!("{} are archived.", counts.of(State::Archived));
    if archive.documents().len() != 20 || counts.of(State::Archived) != 20 {
        return Err("the archive does not have each document once".into());
    }
    Ok(())
}
