//! `kanta outbox`: the queue of documents and disclosure notices on their way.

mod database;
mod key;
mod reasons;

use std::sync::Arc;

use clap::{Subcommand, ValueEnum};
use kanta_client::core::DocumentOid;
use kanta_client::core::Instant;
use kanta_client::outbox::{
    DatabaseOutbox, Decision, Entry, Filter, Kind, Outbox, OutboxError, State, Until, Worker,
    WorkerOptions,
};
use tokio::runtime::Runtime;

use crate::config::{self, Config};
use crate::error::{Exit, Failure};
use crate::input::{Input, whole_number};
use crate::output::Shown;
use crate::setup::Setup;
use database::{Database, OptionalDatabase};
use reasons::Reasons;

pub(crate) use database::{Access, is_address, open};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List documents and notices in the order of their arrival, and count them by state
    List {
        #[command(flatten)]
        database: Database,
        /// Only those in this state: held, queued, sending, unknown, archived, rejected, parked, discarded
        #[arg(long, value_parser = |word: &str| word.parse::<State>())]
        state: Option<State>,
        /// Only those of this kind: document, notices
        #[arg(long, value_parser = |word: &str| word.parse::<Kind>())]
        kind: Option<Kind>,
        /// Only those after this document, for the next page
        #[arg(long, value_name = "OID", value_parser = DocumentOid::parse)]
        after: Option<DocumentOid>,
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 100, value_parser = whole_number::<usize>)]
        limit: usize,
    },
    /// Send the documents that wait and ask for those that are unknown, until nothing can be done now
    ///
    /// Why documents stay is told on standard error, each reason once.
    ///
    /// Disclosure notices stay as they are: a program of the host's carries them, which knows caller and log register.
    #[command(after_long_help = config::HELP)]
    Run {
        /// How the archive is reached; `kanta outbox run --help` shows every key
        #[arg(long, value_name = "TOML")]
        config: Input,
        #[command(flatten)]
        database: OptionalDatabase,
        /// How many documents leave per second at most
        #[arg(long, value_name = "N", value_parser = rate)]
        per_second: Option<f64>,
    },
    /// Decide about rejected or parked documents and notices: try again without other options
    ///
    /// A document that may have arrived is asked for before it is sent again. Nobody can ask for disclosure notices: those that
    /// may have arrived are sent again only with `--as absent`, and may then be in the log register twice.
    Retry {
        /// The documents; notices go by the identifier of the first
        #[arg(required_unless_present = "all", conflicts_with = "all", value_parser = DocumentOid::parse)]
        oids: Vec<DocumentOid>,
        /// Every document in this state instead: rejected or parked. Notices are left, with a message: name them
        #[arg(long, value_name = "STATE", value_parser = awaits_decision)]
        all: Option<State>,
        /// What is known or decided about them
        #[arg(long = "as", value_enum, default_value_t = As::Retry, value_name = "WHAT")]
        decision: As,
        #[command(flatten)]
        database: Database,
    },
    /// Show what is known of a document or of notices, or the bytes themselves
    Show {
        /// The document; notices go by the identifier of the first
        #[arg(value_parser = DocumentOid::parse)]
        oid: DocumentOid,
        /// Write the document or the notices themselves, byte for byte
        #[arg(long)]
        content: bool,
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum As {
    /// Try again
    Retry,
    /// The archive is known to have it, or the log register
    Archived,
    /// The archive is known not to have it: send it again. Notices that may have arrived may then be there twice
    Absent,
    /// Give it up: what waits for it goes on
    Discard,
}

impl From<As> for Decision {
    fn from(decision: As) -> Self {
        match decision {
            As::Retry => Self::Retry,
            As::Archived => Self::Archived,
            As::Absent => Self::Absent,
            As::Discard => Self::Discard,
        }
    }
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    runtime()?.block_on(async {
        match command {
            Command::List {
                database,
                state,
                kind,
                after,
                limit,
            } => {
                let filter = Filter {
                    state,
                    kind,
                    after,
                    limit: Some(limit),
                    ..Filter::default()
                };
                list(&database.open(setup).await?, filter, setup).await
            }
            Command::Run {
                config,
                database,
                per_second,
            } => work(&config, &database, per_second, setup).await,
            Command::Retry {
                oids,
                all,
                decision,
                database,
            } => {
                decide(
                    &database.open(setup).await?,
                    oids,
                    all,
                    decision.into(),
                    setup,
                )
                .await
            }
            Command::Show {
                oid,
                content,
                database,
            } => {
                let outbox = database.open(setup).await?;
                if content {
                    setup.output.bytes(&outbox.content(oid).await?)?;
                } else {
                    setup.output.shown(&shown(&outbox.entry(oid).await?))?;
                }
                Ok(Exit::Fine)
            }
        }
    })
}

async fn list(outbox: &DatabaseOutbox, filter: Filter, setup: &Setup) -> Result<Exit, Failure> {
    let entries = outbox.list(filter).await?;
    let lines: Vec<_> = entries
        .iter()
        .map(|entry| {
            let Shown::Group(parts) = shown(entry) else {
                return Shown::Nothing;
            };
            let what = match entry.kind {
                Kind::Notices => "notices".to_owned(),
                _ => format!("version {}", entry.version),
            };
            let brief = format!(
                "{} {} {what} {} attempts {}",
                entry.state, entry.oid, entry.lane, entry.attempts
            );
            Shown::Brief(brief, parts)
        })
        .collect();
    setup.output.lines(&lines)?;
    if !setup.json() {
        let counts = outbox.counts().await?;
        let words: Vec<_> = State::ALL
            .iter()
            .filter(|state| counts.of(**state) > 0)
            .map(|state| format!("{} {state}", counts.of(*state)))
            .collect();
        setup
            .output
            .message(&format!("{} in all: {}", counts.total(), words.join(", ")));
    }
    Ok(Exit::Fine)
}

/// So many of those that wait are asked for their reason.
const LOOKED_AT: usize = 100;

async fn work(
    config: &Input,
    database: &OptionalDatabase,
    per_second: Option<f64>,
    setup: &Setup,
) -> Result<Exit, Failure> {
    let config = Config::read(config, setup)?;
    let spec = config.spec(setup)?;
    let path = database.db.clone().unwrap_or_else(|| config.outbox());
    let access = database.access.or(config.outbox_access());
    let outbox = Arc::new(open(&path, &access, setup).await?);
    let courier = Arc::new(config.courier(spec, setup)?);
    let reasons = Arc::new(Reasons::new(&setup.output));
    let told = reasons.clone();
    let worker = Worker::new(outbox.clone(), courier, worker_options(per_second))
        .on_event(move |event| told.tell(event.state, &event.findings));
    let report = worker.run(Until::NothingDue).await?;
    // What is to be tried later only was not touched: its reason is that of the time before.
    for state in [State::Queued, State::Unknown] {
        let filter = Filter {
            state: Some(state),
            kind: Some(Kind::Document),
            limit: Some(LOOKED_AT),
            ..Filter::default()
        };
        for entry in outbox.list(filter).await? {
            reasons.tell(state, &entry.findings);
        }
    }
    let counts = outbox.counts().await?;
    let notices = counts.only(Kind::Notices).open();
    if notices > 0 {
        setup.output.note(&format!(
            "entries of disclosure notices: {notices}. A program of yours carries them, with caller and log register; this command \
             leaves them as they are"
        ));
    }
    let counts = counts.only(Kind::Document);
    tell_of_next_run(counts.open(), setup);
    let numbers = [
        ("archived", report.archived),
        ("rejected", report.rejected),
        ("parked", report.parked),
        (
            "unknown",
            counts.of(State::Unknown) + counts.of(State::Sending),
        ),
        ("waiting", counts.of(State::Queued) + counts.of(State::Held)),
    ];
    let shown = numbers.map(|(name, number)| (name, Shown::Number(number)));
    setup.output.shown(&Shown::Group(shown.to_vec()))?;
    let [_, (_, rejected), (_, parked), (_, unknown), _] = numbers;
    Ok(worst([
        if unknown > 0 {
            Exit::Unknown
        } else {
            Exit::Fine
        },
        Exit::verdict(rejected + parked == 0),
        if counts.of(State::Queued) > 0 {
            Exit::Unreachable
        } else {
            Exit::Fine
        },
    ]))
}

/// Says that nobody goes on by himself with what waits for the archive.
pub(crate) fn tell_of_next_run(waiting: u64, setup: &Setup) {
    if waiting > 0 {
        setup.output.note(&format!(
            "documents that wait: {waiting}. Nothing is tried after this command has ended: call `kanta outbox run` again later"
        ));
    }
}

async fn decide(
    outbox: &DatabaseOutbox,
    mut oids: Vec<DocumentOid>,
    all: Option<State>,
    decision: Decision,
    setup: &Setup,
) -> Result<Exit, Failure> {
    if let Some(state) = all {
        let filter = Filter {
            state: Some(state),
            limit: Some(usize::MAX >> 1),
            ..Filter::default()
        };
        let (documents, notices): (Vec<_>, Vec<_>) = outbox
            .list(filter)
            .await?
            .into_iter()
            .partition(|entry| entry.kind == Kind::Document);
        if !notices.is_empty() {
            setup.output.note(&format!(
                "entries of disclosure notices that are {state}: {}. They are left as they are, since notices are decided about one by \
                 one: `kanta outbox list --kind notices --state {state}` lists them, `kanta outbox retry OID` takes them",
                notices.len()
            ));
        }
        oids = documents.into_iter().map(|entry| entry.oid).collect();
    }
    let mut lines = Vec::new();
    let mut end = Ok(Exit::Fine);
    for oid in oids {
        match decide_one(outbox, &oid, decision, setup).await {
            Ok(state) => {
                let parts = vec![
                    ("oid", Shown::text(Some(&oid))),
                    ("state", Shown::text(Some(state))),
                ];
                lines.push(Shown::Brief(format!("{oid}: {state}"), parts));
            }
            // What was decided before it stays decided, and is told.
            Err(error) => {
                end = Err(error.into());
                break;
            }
        }
    }
    setup.output.lines(&lines)?;
    end
}

async fn decide_one(
    outbox: &DatabaseOutbox,
    oid: &DocumentOid,
    decision: Decision,
    setup: &Setup,
) -> Result<State, OutboxError> {
    if decision == Decision::Absent {
        warn_of_doubles(&outbox.entry(oid.clone()).await?, setup);
    }
    outbox.decide(oid.clone(), decision).await
}

fn warn_of_doubles(entry: &Entry, setup: &Setup) {
    if entry.kind == Kind::Notices {
        setup.output.note(&format!(
            "{}: nobody can ask the log register; if it has the notices already, it has them twice then",
            entry.oid
        ));
    }
}

fn shown(entry: &Entry) -> Shown {
    let time = |time: std::time::SystemTime| {
        let since = time
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Shown::text(Instant::from_unix(since.as_secs().cast_signed(), 0).ok())
    };
    Shown::Group(vec![
        ("kind", Shown::text(Some(entry.kind))),
        ("oid", Shown::text(Some(&entry.oid))),
        ("version", Shown::Number(entry.version.as_u32().into())),
        ("chain", Shown::text(Some(&entry.chain))),
        ("lane", Shown::text(Some(&entry.lane))),
        ("state", Shown::text(Some(entry.state))),
        ("attempts", Shown::Number(entry.attempts.into())),
        ("doubts", Shown::Number(entry.doubts.into())),
        ("environment", Shown::text(Some(&entry.bundle.environment))),
        ("bundle", Shown::text(Some(&entry.bundle.name))),
        ("bundle_hash", Shown::text(Some(&entry.bundle.hash))),
        (
            "sent_bundle_hash",
            Shown::text(entry.sent_bundle_hash.as_ref()),
        ),
        ("context", Shown::text(entry.context.as_ref())),
        ("worker", Shown::text(entry.worker.as_ref())),
        ("digest", Shown::text(Some(&entry.digest))),
        ("bytes", Shown::Number(entry.size)),
        ("key", Shown::text(entry.key_id.as_ref())),
        ("put", time(entry.put_at)),
        ("changed", time(entry.changed_at)),
        ("findings", Shown::Findings(entry.findings.clone())),
    ])
}

/// Reads a state in which a person decides.
fn awaits_decision(word: &str) -> Result<State, String> {
    [State::Rejected, State::Parked]
        .into_iter()
        .find(|state| state.as_str() == word)
        .ok_or_else(|| {
            "give rejected or parked: in other states there is nothing to decide".to_owned()
        })
}

/// Reads how many documents may leave per second.
pub(crate) fn rate(word: &str) -> Result<f64, String> {
    word.parse()
        .ok()
        .filter(|rate: &f64| rate.is_normal() && *rate > 0.0)
        .ok_or_else(|| "a number above zero is needed, such as 10 or 0.5".to_owned())
}

pub(crate) fn worker_options(per_second: Option<f64>) -> WorkerOptions {
    WorkerOptions {
        name: format!("kanta {}", std::process::id()),
        documents_per_second: per_second,
        ..WorkerOptions::default()
    }
}

pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(|error| Failure::unusable(format!("{error} [KANTA-CLI-RUNTIME]")))
}

/// Returns the exit code of the worst: unknown, then negative, then not reachable.
pub(crate) fn worst(exits: impl IntoIterator<Item = Exit>) -> Exit {
    let order = [
        Exit::Fine,
        Exit::Unreachable,
        Exit::Negative,
        Exit::Unusable,
        Exit::Unknown,
    ];
    let rank = |exit: &Exit| order.iter().position(|other| other == exit);
    exits.into_iter().max_by_key(rank).unwrap_or(Exit::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::exit_of;

    #[test]
    fn an_unknown_outcome_is_the_worst() {
        let states = [
            (State::Archived, 0, Exit::Fine),
            (State::Queued, 0, Exit::Unreachable),
            (State::Rejected, 0, Exit::Negative),
            (State::Parked, 1, Exit::Unknown),
        ];
        let mut exits = Vec::new();
        for (state, doubts, exit) in states {
            exits.push(exit_of(Some(state), doubts));
            assert_eq!(worst(exits.clone()), exit, "{state}");
        }
    }
}
