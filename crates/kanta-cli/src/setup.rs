//! What every command may need: spec bundles, structures, limits, input and output.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use kanta_client::cda::structure::Structure;
use kanta_client::core::spec::{AnyBundle, Bundle, Inferred, Spec};
use kanta_client::core::{Instant, Oid};
use kanta_client::folder::{FolderError, StructureFolder, read_bundle};
use kanta_client::xml::Limits;
use kanta_testkit::structures;

use crate::error::{About, Failure, without_codes};
use crate::input::{Input, Inputs, whole_number};
use crate::output::Output;

/// The options that every command takes; their own ids, so that arguments of commands may be called `json` or `spec` too.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Report in JSON for machines; errors too, as one object on standard error
    #[arg(
        id = "global-json",
        long = "json",
        global = true,
        help_heading = "Global options"
    )]
    json: bool,

    /// Write the result to this file instead, readable by you only, whole or not at all
    #[arg(
        id = "global-out",
        long = "out",
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    out: Option<PathBuf>,

    /// Lay a spec bundle over the built-in one; may be repeated, a later one replaces single keys
    #[arg(
        id = "global-spec",
        long = "spec",
        global = true,
        value_name = "DIR",
        help_heading = "Global options"
    )]
    spec: Vec<PathBuf>,

    /// Folder with structures as Sosmeta publishes them, one file each, named OID.json
    #[arg(
        id = "global-structures",
        long = "structures",
        global = true,
        value_name = "DIR",
        help_heading = "Global options"
    )]
    structures: Option<PathBuf>,

    /// Which service the result is meant for: test, customer-test or production; `kanta --help` tells what each allows
    #[arg(
        id = "global-environment",
        long = "environment",
        global = true,
        value_enum,
        default_value_t = Environment::Test,
        hide_possible_values = true,
        value_name = "WHICH",
        help_heading = "Global options"
    )]
    environment: Environment,

    /// Use inferred values in the customer-test environment, to try them against Kela's test service on purpose
    #[arg(
        id = "global-allow-inferred",
        long = "allow-inferred",
        global = true,
        help_heading = "Global options"
    )]
    allow_inferred: bool,

    /// Refuse input of more bytes than this
    #[arg(id = "global-max-bytes", long = "max-bytes", global = true, value_name = "N", default_value_t = Limits::default().max_bytes, value_parser = whole_number::<usize>, hide_short_help = true, help_heading = "Global options")]
    max_bytes: usize,

    /// Refuse XML with more elements inside one another than this
    #[arg(id = "global-max-depth", long = "max-depth", global = true, value_name = "N", default_value_t = Limits::default().max_depth, value_parser = whole_number::<usize>, hide_short_help = true, help_heading = "Global options")]
    max_depth: usize,
}

/// Which service the result is meant for. The help of the whole command tells what each allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Environment {
    Production,
    CustomerTest,
    Test,
}

/// Everything that the options amount to; bundles and structures are read when they are needed.
#[derive(Debug)]
pub(crate) struct Setup {
    global: Global,
    pub(crate) inputs: Inputs,
    pub(crate) output: Output,
    limits: Limits,
}

impl Setup {
    pub(crate) fn new(mut global: Global) -> Self {
        Self {
            inputs: Inputs::new(global.max_bytes),
            output: Output::new(global.json, global.out.take()),
            limits: Limits::default()
                .with_max_bytes(global.max_bytes)
                .with_max_depth(global.max_depth),
            global,
        }
    }

    pub(crate) fn json(&self) -> bool {
        self.global.json
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Returns the folders of `--spec`.
    pub(crate) fn spec_folders(&self) -> &[PathBuf] {
        &self.global.spec
    }

    /// Returns whether inferred values may be used in the customer-test environment.
    pub(crate) fn inferred(&self) -> Inferred {
        if self.global.allow_inferred {
            Inferred::Allow
        } else {
            Inferred::Refuse
        }
    }

    /// Returns the effective spec bundle of the environment.
    pub(crate) fn spec(&self) -> Result<Spec, Failure> {
        let mut bundles = vec![Bundle::embedded()];
        let mut overlays = vec![kanta_testkit::overlay()];
        for folder in &self.global.spec {
            match read_bundle(folder)? {
                AnyBundle::Bundle(bundle) => bundles.push(bundle),
                AnyBundle::TestOverlay(overlay) if self.global.environment == Environment::Test => {
                    overlays.push(overlay);
                }
                AnyBundle::TestOverlay(_) => {
                    return Err(Failure::unusable(
                        "this is an overlay of made-up values for the test archive: use it with --environment test only \
                         [KANTA-CLI-TEST-OVERLAY]",
                    )
                    .about(folder.display()));
                }
            }
        }
        let inferred = self.inferred();
        Ok(match self.global.environment {
            Environment::Production => Spec::for_production(&bundles),
            Environment::CustomerTest => Spec::for_customer_test(&bundles, inferred),
            Environment::Test => Spec::for_test(&bundles, &overlays),
        })
    }

    /// Reads every structure of the folder of `--structures`, and the built-in ones that are not there. A file that cannot be used
    /// is told and left out.
    pub(crate) fn known_structures(&self) -> Result<Vec<Structure>, Failure> {
        let mut known = Vec::new();
        if let Some(folder) = &self.global.structures {
            for structure in StructureFolder::new(folder).read_all()? {
                match structure {
                    Ok(structure) => known.push(structure),
                    Err(error) => self.output.note(&without_codes(error)),
                }
            }
        }
        for own in structures::all() {
            if known.iter().all(|structure| structure.oid() != own.oid()) {
                known.push(own);
            }
        }
        Ok(known)
    }

    /// Finds a structure by its OID: in the folder of `--structures`, then among the small ones of the test kit.
    pub(crate) fn structure(&self, oid: &Oid) -> Result<Option<Structure>, Failure> {
        if let Some(folder) = &self.global.structures {
            match StructureFolder::new(folder).structure(oid) {
                Ok(structure) => return Ok(Some(std::sync::Arc::unwrap_or_clone(structure))),
                Err(FolderError::NoStructure { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(structures::all()
            .into_iter()
            .find(|structure| structure.oid() == oid))
    }

    /// Reads a structure from a schema file; an OID stands for the structure of that name.
    pub(crate) fn schema(&self, input: &Input) -> Result<Structure, Failure> {
        if let Input::Path(path) = input
            && !path.exists()
            && let Some(oid) = path.to_str().and_then(|text| Oid::parse(text).ok())
        {
            return self.structure(&oid)?.ok_or_else(|| {
                Failure::unusable(format!(
                    "no structure of this OID is known: give the schema file, or the folder that has {oid}.json with \
                     --structures; `kanta structure list` shows the built-in ones [KANTA-CLI-STRUCTURE]"
                ))
                .about(oid)
            });
        }
        Structure::parse(&self.inputs.bytes(input)?).about(input)
    }

    /// Returns a time that was given, or now.
    pub(crate) fn time(given: Option<Instant>) -> Result<Instant, Failure> {
        given.map_or_else(now, Ok)
    }
}

fn now() -> Result<Instant, Failure> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| {
        Failure::unusable("the clock of this machine is before 1970: set it [KANTA-CLI-CLOCK]")
    })?;
    let seconds = i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX);
    Ok(Instant::from_unix(seconds, since_1970.subsec_nanos())?)
}
