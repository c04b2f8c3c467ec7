//! `kanta structure`: structures and content.

mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use kanta_client::cda::display::{self, DisplayError, DisplayOptions, Language};
use kanta_client::cda::structure::{Extent, RustOptions, SampleOptions, Structure};
use kanta_client::cda::{Content, Migration};
use kanta_client::core::{Oid, Report};
use kanta_client::folder::StructureFolder;
use kanta_testkit::structures;

use crate::error::{Exit, Failure};
use crate::input::{Input, whole_number};
use crate::output::Shown;
use crate::setup::Setup;
use crate::{describe, metadata};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the structures of a folder, the newest version of each document marked; broken files are findings
    ///
    /// Without a folder the built-in ones are listed: small ones of our own with made-up OIDs, for trying things out against
    /// the test archive. THL publishes the real ones in Sosmeta, one JSON file each; `--structures DIR` names their folder.
    List {
        /// Folder with structures as Sosmeta publishes them; without it the built-in ones
        dir: Option<PathBuf>,
    },
    /// Show one structure as a tree of its fields
    Show {
        /// Schema file as Sosmeta publishes it, or the OID of a structure in the folder of --structures or of a built-in one
        schema: Input,
    },
    /// Tell what changed from one version of a structure to another; exit 1 when content may have to change
    Diff {
        /// The earlier version
        a: Input,
        /// The later version
        b: Input,
    },
    /// Carry content over to another version of its structure; exit 1 when something stayed behind or is missing
    Migrate {
        /// Content, as JSON in UTF-8
        json: Input,
        /// The structure that the content follows
        #[arg(long)]
        from: Input,
        /// The structure that it shall follow
        #[arg(long)]
        to: Input,
    },
    /// Make valid random content with fictional people; the same seed gives the same bytes
    ///
    /// The client, the case and what else the header of a document says too are those of `kanta document template`, or of the
    /// metadata that you give: `kanta document new` takes both together.
    Sample(Sample),
    /// Check content against a structure: all findings at once, one a line
    Validate {
        /// Schema file as Sosmeta publishes it, or the OID of a structure in the folder of --structures or of a built-in one
        schema: Input,
        /// Content, as JSON in UTF-8
        json: Input,
        /// Check the rules that a schema cannot express, too
        #[arg(long)]
        rules: bool,
    },
    /// Make the display form (näyttömuoto) of content: an XHTML fragment
    Render {
        /// Schema file as Sosmeta publishes it, or the OID of a structure in the folder of --structures or of a built-in one
        schema: Input,
        /// Content, as JSON in UTF-8
        json: Input,
        /// Language of titles, and of yes and no
        #[arg(long, value_enum, default_value_t = Lang::Fi)]
        lang: Lang,
        /// The document's OID, which the root element carries as its id
        #[arg(long)]
        oid: Option<Oid>,
    },
    /// Generate Rust types of a structure
    Codegen {
        /// Schema file as Sosmeta publishes it, or the OID of a structure in the folder of --structures or of a built-in one
        schema: Input,
        /// The path under which the code finds the SDK's documents
        #[arg(long, value_name = "PATH", default_value_t = RustOptions::default().crate_path)]
        crate_path: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Sample {
    /// Schema file as Sosmeta publishes it, or the OID of a structure in the folder of --structures or of a built-in one
    schema: Input,
    /// Where the random choices start
    #[arg(long, default_value_t = 0, value_parser = whole_number::<u64>)]
    seed: u64,
    /// Fill every field
    #[arg(long)]
    full: bool,
    /// Fill what is mandatory only
    #[arg(long, conflicts_with = "full")]
    minimal: bool,
    /// Metadata that the content shall agree with; without them those of `kanta document template`
    #[arg(long, value_name = "TOML")]
    metadata: Option<Input>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Lang {
    /// Finnish
    Fi,
    /// Swedish
    Sv,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Fi => Self::Finnish,
            Lang::Sv => Self::Swedish,
        }
    }
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    match command {
        Command::List { dir: Some(dir) } => list(&StructureFolder::new(dir), setup),
        Command::List { dir: None } => {
            let rows = structures::all().iter().map(|own| row(own, true)).collect();
            write_list(rows, &Report::new(), setup)
        }
        Command::Show { schema } => {
            let structure = setup.schema(&schema)?;
            if setup.json() {
                setup.output.shown(&show::as_data(&structure))?;
            } else {
                setup.output.bytes(show::as_tree(&structure).as_bytes())?;
            }
            Ok(Exit::Fine)
        }
        Command::Diff { a, b } => diff(&a, &b, setup),
        Command::Migrate { json, from, to } => migrate(&json, &from, &to, setup),
        Command::Sample(sample) => make_sample(&sample, setup),
        Command::Validate {
            schema,
            json,
            rules,
        } => {
            let structure = setup.schema(&schema)?;
            let bytes = setup.inputs.bytes(&json)?;
            let report = match Content::read(&structure, &bytes) {
                Ok(content) if rules => content.check(),
                _ => structure.validate(&bytes),
            };
            setup.output.findings(&report)
        }
        Command::Render {
            schema,
            json,
            lang,
            oid,
        } => {
            let structure = setup.schema(&schema)?;
            let content = setup.inputs.bytes(&json)?;
            let options = DisplayOptions {
                language: lang.into(),
                document_oid: oid,
                ..DisplayOptions::default()
            };
            let xhtml = display::render(&structure, &content, &options)
                .map_err(|error| not_rendered(error).about(&json))?;
            setup.output.bytes(xhtml.as_bytes())?;
            Ok(Exit::Fine)
        }
        Command::Codegen { schema, crate_path } => {
            let code = setup
                .schema(&schema)?
                .generate_rust(&RustOptions { crate_path });
            setup.output.bytes(code.as_bytes())?;
            Ok(Exit::Fine)
        }
    }
}

fn list(folder: &StructureFolder, setup: &Setup) -> Result<Exit, Failure> {
    let report = folder.check()?;
    let newest: Vec<Oid> = folder
        .newest_of_each()?
        .iter()
        .map(|version| version.oid().clone())
        .collect();
    let mut rows = Vec::new();
    for oid in folder.oids()? {
        // A file that cannot be used is among the findings.
        let Ok(structure) = folder.structure(&oid) else {
            continue;
        };
        rows.push(row(&structure, newest.contains(&oid)));
    }
    write_list(rows, &report, setup)
}

fn row(structure: &Structure, is_newest: bool) -> Shown {
    let mut parts = describe::naming(structure);
    parts.extend([
        ("version", Shown::text(Some(structure.definition_version()))),
        ("status", Shown::text(structure.status())),
        ("newest", Shown::Flag(is_newest)),
    ]);
    Shown::Group(parts)
}

fn write_list(rows: Vec<Shown>, report: &Report, setup: &Setup) -> Result<Exit, Failure> {
    if rows.is_empty() && report.is_empty() {
        let note = "no structures: a folder has them as files OID.json, as Sosmeta publishes them";
        setup.output.note(note);
    }
    if setup.json() {
        setup.output.shown(&Shown::Group(vec![
            ("structures", Shown::List(rows)),
            ("findings", Shown::Findings(report.clone())),
        ]))?;
    } else {
        setup.output.bytes(show::as_lines(&rows).as_bytes())?;
        setup.output.warnings(report);
    }
    Ok(Exit::verdict(!report.has_errors()))
}

fn make_sample(sample: &Sample, setup: &Setup) -> Result<Exit, Failure> {
    let header = metadata::of(sample.metadata.as_ref(), setup)?;
    let structure = setup.schema(&sample.schema)?;
    let mut content = structure.sample(&SampleOptions {
        seed: sample.seed,
        extent: match (sample.full, sample.minimal) {
            (true, _) => Extent::Full,
            (_, true) => Extent::Minimal,
            _ => Extent::Some,
        },
        ..SampleOptions::default()
    });
    content.agree_with(&header);
    setup.output.bytes(&content.to_json())?;
    Ok(Exit::Fine)
}

fn diff(a: &Input, b: &Input, setup: &Setup) -> Result<Exit, Failure> {
    let (earlier, later) = (setup.schema(a)?, setup.schema(b)?);
    let changes = earlier.changes_to(&later);
    if changes.is_empty() {
        setup.output.note("nothing changed");
    }
    let breaking = changes.iter().any(|change| change.is_breaking());
    let rows: Vec<Shown> = changes
        .iter()
        .map(|change| {
            let mark = if change.is_breaking() { "! " } else { "" };
            Shown::Brief(
                format!("{mark}{change}"),
                vec![
                    ("path", Shown::text(Some(&change.path))),
                    ("title", Shown::text(Some(&change.title))),
                    ("change", Shown::text(Some(change))),
                    ("breaking", Shown::Flag(change.is_breaking())),
                ],
            )
        })
        .collect();
    setup.output.shown(&Shown::List(rows))?;
    Ok(Exit::verdict(!breaking))
}

fn migrate(json: &Input, from: &Input, to: &Input, setup: &Setup) -> Result<Exit, Failure> {
    let (from, to) = (setup.schema(from)?, setup.schema(to)?);
    let bytes = setup.inputs.bytes(json)?;
    let content = Content::read(&from, &bytes).map_err(|report| {
        Failure::findings(
            "the content does not follow the structure of --from; mend it first".to_owned(),
            report,
        )
        .about(json)
    })?;
    let Migration { content, report } = content.migrate(&to);
    setup.output.bytes(&content.to_json())?;
    setup.output.warnings(&report);
    Ok(Exit::verdict(!report.has_errors()))
}

fn not_rendered(error: DisplayError) -> Failure {
    let problem = error.to_string();
    match error {
        DisplayError::Content(report) => Failure::findings(problem, report),
        _ => Failure::unusable(problem),
    }
}
