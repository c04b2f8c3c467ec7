//! Peers that are programs: timed by many repetitions in one process, less one, so that starting them does not count.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The arguments of xmlsec1 that tell which attributes are identifiers here.
pub(crate) const IDS: [&str; 4] = [
    "--id-attr:ID",
    "urn:hl7-org:v3:nonXMLBody",
    "--id-attr:ID",
    "urn:hl7finland:signatureTimestamp",
];

/// Microseconds of one repetition of xmlsec1's verification, or why there is none.
pub(crate) fn xmlsec1_verify(document: &Path, certificate: &Path) -> Result<f64, String> {
    repeated(|count| {
        let mut command = Command::new("xmlsec1");
        command
            .arg("--verify")
            .args(IDS)
            .args(["--repeat", &count.to_string(), "--trusted-pem"])
            .arg(certificate)
            .arg(document);
        command
    })
}

/// Microseconds of one repetition of libxml2 reading a document and writing its exclusive canonical form.
pub(crate) fn xmllint_c14n(document: &Path) -> Result<f64, String> {
    // xmllint repeats a hundred times, or not at all.
    let once = wall(Command::new("xmllint").arg("--exc-c14n").arg(document))?;
    let many = wall(
        Command::new("xmllint")
            .args(["--repeat", "--exc-c14n"])
            .arg(document),
    )?;
    Ok((many - once).max(0.0) / 99.0 * 1e6)
}

fn repeated(command: impl Fn(u32) -> Command) -> Result<f64, String> {
    const MANY: u32 = 201;
    let once = wall(&mut command(1))?;
    let many = wall(&mut command(MANY))?;
    Ok((many - once).max(0.0) / f64::from(MANY - 1) * 1e6)
}

fn wall(command: &mut Command) -> Result<f64, String> {
    let start = Instant::now();
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() {
        Ok(start.elapsed().as_secs_f64())
    } else {
        Err(format!("it ended with {status}"))
    }
}
