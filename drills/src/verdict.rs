//! What must hold in the end, and the figures.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::Path;

use kanta_client::outbox::{Outbox, State};
use kanta_testkit::{TestArchive, documents};

use crate::Result;
use crate::child::{TWICE, chain_of, open};
use crate::options::Options;

/// The figures of a drill.
pub(crate) struct Verdict {
    outbox: &'static str,
    documents: u64,
    pub(crate) kills: u64,
    pub(crate) power_cuts: u64,
    pub(crate) server_crashes: u64,
    /// In the archive.
    archived: u64,
    /// Not in the archive.
    lost: u64,
    /// In the archive more than once.
    doubled: u64,
    /// Sent although the archive had them.
    sent_twice: u64,
    /// In the archive before an earlier version.
    out_of_order: u64,
    /// With other bytes than those in the outbox.
    changed: u64,
    /// Not marked as archived in the outbox.
    unmarked: u64,
    pub(crate) seconds: f64,
}

impl Verdict {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            outbox: if options.postgres {
                "postgres"
            } else {
                "sqlite"
            },
            documents: options.documents,
            kills: 0,
            power_cuts: 0,
            server_crashes: 0,
            archived: 0,
            lost: 0,
            doubled: 0,
            sent_twice: 0,
            out_of_order: 0,
            changed: 0,
            unmarked: 0,
            seconds: 0.0,
        }
    }

    pub(crate) fn all_holds(&self) -> bool {
        self.archived == self.documents
            && self.lost
                + self.doubled
                + self.sent_twice
                + self.out_of_order
                + self.changed
                + self.unmarked
                == 0
    }
}

/// Compares the archive with what was to be archived, and with the outbox.
pub(crate) async fn judge(
    verdict: &mut Verdict,
    archive: &TestArchive,
    outbox: &str,
    folder: &Path,
) -> Result<()> {
    let mut arrivals: HashMap<String, Vec<usize>> = HashMap::new();
    let stored = archive.documents();
    for (arrival, document) in stored.iter().enumerate() {
        arrivals
            .entry(document.id.to_string())
            .or_default()
            .push(arrival);
    }
    verdict.archived = stored.len() as u64;
    let outbox = open(outbox).await?;
    for number in 1..=verdict.documents {
        let oid = documents::document_oid(number);
        let Some(arrived) = arrivals.get(&oid.to_string()) else {
            verdict.lost += 1;
            continue;
        };
        verdict.doubled += u64::from(arrived.len() > 1);
        let (first, _) = chain_of(number);
        let earlier = (first..number).filter_map(|earlier| {
            arrivals
                .get(&documents::document_oid(earlier).to_string())?
                .first()
        });
        verdict.out_of_order += u64::from(earlier.into_iter().any(|earlier| *earlier > arrived[0]));
        let bytes = outbox.content(oid.clone()).await?;
        verdict.changed += u64::from(bytes != stored[arrived[0]].document);
        let state = outbox.entry(oid).await?.state;
        verdict.unmarked += u64::from(state != State::Archived);
    }
    let twice = fs::read_to_string(folder.join(TWICE)).unwrap_or_default();
    verdict.sent_twice = twice.lines().count() as u64;
    Ok(())
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            outbox,
            documents,
            kills,
            power_cuts,
            server_crashes,
            archived,
            lost,
            doubled,
            sent_twice,
            out_of_order,
            changed,
            unmarked,
            seconds,
        } = self;
        write!(
            f,
            "outbox={outbox} documents={documents} kills={kills} power_cuts={power_cuts} server_crashes={server_crashes} \
             archived={archived} lost={lost} doubled={doubled} sent_twice={sent_twice} out_of_order={out_of_order} \
             changed={changed} unmarked={unmarked} seconds={seconds:.1} {}",
            if self.all_holds() { "OK" } else { "FAILED" }
        )
    }
}
