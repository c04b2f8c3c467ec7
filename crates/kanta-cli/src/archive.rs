//! `kanta archive`: documents through the outbox into the archive.

use std::collections::HashMap;
use std::sync::Arc;

use clap::Args;
use kanta_client::cda::{ClinicalDocument, SignatureKind};
use kanta_client::core::spec::Spec;
use kanta_client::core::{DocumentOid, Report};
use kanta_client::mass::{MassArchive, MassItem, MassOptions, MassReport, Refused, Stage};
use kanta_client::outbox::{DatabaseOutbox, Kind as Kept, Outbox, State, Until};
use kanta_client::sign::Signer;

use crate::config::{self, Config};
use crate::error::{About, Exit, Failure};
use crate::input::Input;
use crate::outbox::{Access, open, rate, runtime, tell_of_next_run, worker_options, worst};
use crate::output::Shown;
use crate::progress::ProgressBar;
use crate::setup::Setup;
use crate::sign::{Kind, SignerArguments};

#[derive(Debug, Args)]
#[command(after_long_help = config::HELP)]
pub(crate) struct Arguments {
    /// The documents
    #[arg(required = true)]
    files: Vec<Input>,
    /// How the archive is reached: config.toml of a test bed, or your own; `kanta archive --help` shows every key
    #[arg(long, value_name = "TOML")]
    config: Input,
    /// Sign documents that are not signed yet: with the key of the configuration, or the one given here
    #[arg(long, value_enum, value_name = "KIND")]
    sign: Option<Kind>,
    #[command(flatten)]
    signer: SignerArguments,
    /// How many documents leave per second at most
    #[arg(long, value_name = "N", value_parser = rate)]
    per_second: Option<f64>,
    #[command(flatten)]
    access: Access,
}

pub(crate) fn run(arguments: &Arguments, setup: &Setup) -> Result<Exit, Failure> {
    let config = Config::read(&arguments.config, setup)?;
    let spec = config.spec(setup)?;
    let signer = signer(arguments, &config, setup)?;
    let access = arguments.access.or(config.outbox_access());
    let files = read(arguments, &spec, setup)?;
    let structures: HashMap<_, _> = setup
        .known_structures()?
        .into_iter()
        .map(|structure| (structure.oid().clone(), Arc::new(structure)))
        .collect();
    runtime()?.block_on(async {
        let outbox = Arc::new(open(&config.outbox(), &access, setup).await?);
        let courier = Arc::new(config.courier(spec.clone(), setup)?);
        let options = MassOptions {
            until: Until::NothingDue,
            worker: worker_options(arguments.per_second),
            signature: arguments.sign.map_or(SignatureKind::System, Into::into),
            ..MassOptions::default()
        };
        let items: Vec<_> = files.iter().map(File::item).collect();
        let bar = (items.len() > 1 && !setup.json()).then(|| Arc::new(ProgressBar::new()));
        let shown = bar.clone();
        let mut run = MassArchive::new(outbox.clone(), courier, Arc::new(spec), options)
            .with_structures(move |oid| structures.get(oid).cloned())
            .on_progress(move |progress| {
                if let Some(bar) = &shown {
                    bar.show(progress);
                }
            });
        if let Some(signer) = signer {
            run = run.with_signer(signer);
        }
        let report = run.run(items).await;
        if let Some(bar) = bar {
            bar.end();
        }
        let report = report?;
        let exit = finish(&files, &report, &outbox, setup).await?;
        let waiting = outbox.counts().await?.only(Kept::Document).open();
        tell_of_next_run(waiting, setup);
        // Without a signer nothing else stops a document there.
        let is_unsigned = |refused: &Refused| refused.stage == Stage::Signing;
        if arguments.sign.is_none() && report.refused.iter().any(is_unsigned) {
            setup.output.note(
                "documents that are not signed: give --sign system to sign with the key of [signing] in the configuration, or \
                 sign them first with `kanta sign document`",
            );
        }
        Ok(exit)
    })
}

/// Returns who signs; without `--sign` nobody does, and an unsigned document is refused.
fn signer(
    arguments: &Arguments,
    config: &Config,
    setup: &Setup,
) -> Result<Option<Arc<dyn Signer>>, Failure> {
    let Some(kind) = arguments.sign else {
        if arguments.signer.is_given() {
            return Err(Failure::unusable(
                "a key is given, and nobody is to sign: add --sign system or --sign professional [KANTA-CLI-SIGNER]",
            ));
        }
        return Ok(None);
    };
    if arguments.signer.is_given() {
        return Ok(Some(Arc::from(arguments.signer.signer(kind, setup)?)));
    }
    match config.signer(setup)? {
        Some(signer) => Ok(Some(Arc::new(signer))),
        None => Err(Failure::unusable(
            "--sign needs a key: give --key with --cert, --pkcs11, or [signing] in the configuration [KANTA-CLI-SIGNER]",
        )),
    }
}

/// A document of the command line.
struct File {
    name: String,
    bytes: Vec<u8>,
    oid: DocumentOid,
}

fn read(arguments: &Arguments, spec: &Spec, setup: &Setup) -> Result<Vec<File>, Failure> {
    let read_one = |input: &Input| {
        let bytes = setup.inputs.bytes(input)?;
        let document = ClinicalDocument::read(&bytes, spec, setup.limits()).about(input)?;
        Ok(File {
            name: input.to_string(),
            oid: document.metadata().id.clone(),
            bytes,
        })
    };
    arguments.files.iter().map(read_one).collect()
}

impl File {
    fn item(&self) -> MassItem {
        MassItem::document(&self.name, self.bytes.clone())
    }
}

/// Writes a line for each file; the exit code is that of the worst.
async fn finish(
    files: &[File],
    report: &MassReport,
    outbox: &DatabaseOutbox,
    setup: &Setup,
) -> Result<Exit, Failure> {
    let oids = files.iter().map(|file| file.oid.clone()).collect();
    let states = outbox.states(oids).await?;
    let (mut shown, mut exits) = (Vec::new(), Vec::new());
    for (file, state) in files.iter().zip(states) {
        let refused = report
            .refused
            .iter()
            .find(|refused| refused.name == file.name);
        let (word, findings, doubts) = match (refused, state) {
            (Some(refused), _) => ("refused", refused.findings.clone(), 0),
            (None, Some(state)) => {
                let entry = outbox.entry(file.oid.clone()).await?;
                (state.as_str(), entry.findings, entry.doubts)
            }
            (None, None) => ("refused", Report::new(), 0),
        };
        exits.push(exit_of(state.filter(|_| refused.is_none()), doubts));
        let brief = format!("{}: {word} {}{}", file.name, file.oid, lines(&findings));
        let parts = vec![
            ("file", Shown::text(Some(&file.name))),
            ("oid", Shown::text(Some(&file.oid))),
            ("state", Shown::text(Some(word))),
            ("findings", Shown::Findings(findings)),
        ];
        shown.push(Shown::Brief(brief, parts));
    }
    setup.output.lines(&shown)?;
    Ok(worst(exits))
}

/// Returns the exit code that a document's end calls for.
pub(crate) fn exit_of(state: Option<State>, doubts: u32) -> Exit {
    match state {
        Some(State::Archived) => Exit::Fine,
        Some(State::Unknown | State::Sending) => Exit::Unknown,
        Some(State::Parked) if doubts > 0 => Exit::Unknown,
        Some(State::Queued | State::Held) => Exit::Unreachable,
        Some(State::Rejected | State::Parked | State::Discarded) | None => Exit::Negative,
    }
}

fn lines(report: &Report) -> String {
    report
        .iter()
        .map(|finding| format!("\n  {finding}"))
        .collect()
}
