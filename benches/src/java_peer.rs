//! The Java peers of documents and signatures: compiled and run where there is a JDK.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::Run;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/java");
/// Where Debian's package `libwoodstox-java` has its archives.
const WOODSTOX: [&str; 2] = [
    "/usr/share/java/woodstox-core.jar",
    "/usr/share/java/stax2-api.jar",
];

/// Programs with peers in them.
#[derive(Clone, Copy)]
pub(crate) enum Peer {
    /// Writing and reading documents by StAX.
    Documents,
    /// Canonical forms and signatures by `javax.xml.crypto`.
    Signatures,
}

impl Peer {
    fn class(self) -> &'static str {
        match self {
            Self::Documents => "CdaPeer",
            Self::Signatures => "SignaturePeer",
        }
    }
}

/// Measures the peers of one job on a document; their names begin with the job.
pub(crate) fn race(run: &mut Run<'_>, peer: Peer, job: &str, size: &str, document: &[u8]) {
    match measure(run, peer, document) {
        Err(why) => run.skip("Java", &why),
        Ok(lines) => {
            for (who, rate) in lines {
                if let Some(who) = who.strip_prefix(job) {
                    run.figure(size, who.trim_start(), rate, "1/s");
                }
            }
        }
    }
}

fn measure(run: &Run<'_>, peer: Peer, document: &[u8]) -> Result<Vec<(String, f64)>, String> {
    let folder = std::env::temp_dir().join(format!("kanta-benches-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let result = compile_and_run(run, peer, &folder, document);
    let _ = std::fs::remove_dir_all(&folder);
    result
}

fn compile_and_run(
    run: &Run<'_>,
    peer: Peer,
    folder: &Path,
    document: &[u8],
) -> Result<Vec<(String, f64)>, String> {
    let file = folder.join("document.xml");
    std::fs::write(&file, document).map_err(|error| error.to_string())?;
    tool("javac", |command| {
        let sources = ["Clock", peer.class()]
            .map(|name| Path::new(SOURCES).join(name).with_extension("java"));
        command.arg("-d").arg(folder).args(sources)
    })?;
    let jars = WOODSTOX
        .iter()
        .map(PathBuf::from)
        .filter(|jar| jar.is_file());
    let path = std::env::join_paths(std::iter::once(folder.to_owned()).chain(jars))
        .map_err(|error| error.to_string())?;
    // The process's CPU time has steps of ten milliseconds.
    let slice = if run.is_quick() { "40" } else { "150" };
    let output = tool("java", |command| {
        command
            .arg("-cp")
            .arg(path)
            .arg(peer.class())
            .arg(&file)
            .arg(slice)
    })?;
    let line = |line: &str| {
        let (who, rate) = line.split_once('\t')?;
        Some((who.to_owned(), rate.parse().ok()?))
    };
    Ok(output.lines().filter_map(line).collect())
}

fn tool(
    name: &str,
    arguments: impl for<'c> FnOnce(&'c mut Command) -> &'c mut Command,
) -> Result<String, String> {
    let mut command = Command::new(name);
    let output = arguments(&mut command)
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}
