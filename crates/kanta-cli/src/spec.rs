//! `kanta spec`: what a spec bundle lacks, and what differs between two.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use kanta_client::core::spec::{AnyBundle, Bundle, Entry, Inferred, Spec};
use kanta_client::folder::read_bundle;

use crate::error::{Exit, Failure, counted};
use crate::output::Shown;
use crate::setup::Setup;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what is still missing, for which operation, and which official document has it
    ///
    /// The bundle is laid over the built-in one and those of `--spec`. Exit code 1 when something is missing.
    Check {
        /// The bundle; without it the built-in one
        dir: Option<PathBuf>,
        /// For which service it must be complete
        #[arg(long = "for", value_enum, default_value_t = Target::Production, value_name = "WHICH")]
        target: Target,
    },
    /// Show what differs between two bundles
    Diff {
        /// The one bundle
        a: PathBuf,
        /// The other bundle
        b: PathBuf,
    },
}

/// A service of Kela's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// The archive itself
    Production,
    /// Kela's customer test
    CustomerTest,
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    match command {
        Command::Check { dir, target } => check(dir.as_deref(), target, setup),
        Command::Diff { a, b } => diff(&a, &b, setup),
    }
}

fn check(dir: Option<&Path>, target: Target, setup: &Setup) -> Result<Exit, Failure> {
    let mut bundles = vec![Bundle::embedded()];
    for folder in setup.spec_folders().iter().map(PathBuf::as_path).chain(dir) {
        bundles.push(bundle(folder)?);
    }
    let spec = match target {
        Target::Production => Spec::for_production(&bundles),
        Target::CustomerTest => Spec::for_customer_test(&bundles, setup.inferred()),
    };
    let other = ["production", "customer_test", "test"]
        .map(|environment| format!("message.environment.{environment}."));
    let own = format!("message.environment.{}.", spec.environment().key());
    let missing: Vec<Entry<'_>> = spec
        .entries()
        .filter(|entry| !entry.is_usable)
        .filter(|entry| {
            let environment = other.iter().find(|prefix| entry.key.starts_with(*prefix));
            environment.is_none_or(|prefix| *prefix == own)
        })
        .collect();
    let shown = missing.iter().map(|entry| {
        Shown::Group(vec![
            ("key", Shown::text(Some(entry.key))),
            ("operation", Shown::text(Some(operation(entry.key)))),
            ("status", Shown::text(Some(entry.status.as_str()))),
            ("value", Shown::text(entry.value.as_deref())),
            ("needs", Shown::text(Some(entry.needs))),
        ])
    });
    setup.output.shown(&Shown::List(shown.collect()))?;
    if !setup.json() {
        let count = counted(missing.len(), "value");
        setup.output.message(&format!("{count} missing"));
    }
    Ok(Exit::verdict(missing.is_empty()))
}

/// Returns for what a key is needed, in words.
fn operation(key: &str) -> String {
    let parts: Vec<&str> = key.split('.').collect();
    match parts.as_slice() {
        ["message", "operation", operation, ..] => (*operation).to_owned(),
        ["message", "query", ..] => "searches".to_owned(),
        ["message", "use_situation", situation, ..] => format!("use situation {situation}"),
        ["message", "joining", model, ..] => format!("{model} joining"),
        ["message", "validator", ..] => "validation service".to_owned(),
        ["message", ..] => "every message".to_owned(),
        ["document", "kind", kind, ..] => format!("documents of the kind {kind}"),
        ["document", ..] => "documents".to_owned(),
        ["signature", ..] => "signatures".to_owned(),
        [first, ..] => (*first).to_owned(),
        [] => String::new(),
    }
}

fn diff(a: &Path, b: &Path, setup: &Setup) -> Result<Exit, Failure> {
    let [a, b] =
        [bundle(a)?, bundle(b)?].map(|bundle| Spec::for_customer_test(&[bundle], Inferred::Allow));
    let of = |spec: &Spec| -> BTreeMap<String, (String, Option<String>)> {
        let entries = spec.entries();
        entries
            .map(|entry| {
                let status = entry.status.as_str().to_owned();
                (entry.key.to_owned(), (status, entry.value))
            })
            .collect()
    };
    let (a, b) = (of(&a), of(&b));
    let side = |side: Option<&(String, Option<String>)>| {
        Shown::maybe(side, |(status, value)| {
            Shown::Group(vec![
                ("status", Shown::text(Some(status))),
                ("value", Shown::text(value.as_deref())),
            ])
        })
    };
    let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let differences = keys.into_iter().filter(|key| a.get(*key) != b.get(*key));
    let shown = differences.map(|key| {
        Shown::Group(vec![
            ("key", Shown::text(Some(key))),
            ("a", side(a.get(key))),
            ("b", side(b.get(key))),
        ])
    });
    setup.output.shown(&Shown::List(shown.collect()))?;
    Ok(Exit::Fine)
}

fn bundle(folder: &Path) -> Result<Bundle, Failure> {
    match read_bundle(folder)? {
        AnyBundle::Bundle(bundle) => Ok(bundle),
        AnyBundle::TestOverlay(_) => Err(Failure::unusable(
            "this is an overlay of made-up values for the test archive: it says nothing of Kela's services \
             [KANTA-CLI-TEST-OVERLAY]",
        )
        .about(folder.display())),
    }
}
