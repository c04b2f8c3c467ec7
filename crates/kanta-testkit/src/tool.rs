//! Programs of the operating system that take part in tests: OpenSSL, SoftHSM, OpenSC, the card daemon.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A program that could not do its part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolError {
    /// The program is not there.
    #[error("`{program}` cannot be run ({source}): install the Debian package that has it")]
    Missing {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The program failed.
    #[error("`{program}` failed: {output}")]
    Failed {
        /// The program.
        program: String,
        /// What it printed.
        output: String,
    },
    /// A file or a socket failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A certificate could not be made.
    #[error(transparent)]
    Pki(#[from] crate::pki::PkiError),
}

/// Runs a program to its end, with input if there is any, and returns what it printed.
pub(crate) fn run<S: AsRef<OsStr>>(
    program: &str,
    arguments: &[S],
    environment: &[(&str, &OsStr)],
    input: &[u8],
) -> Result<Vec<u8>, ToolError> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let missing = |source| ToolError::Missing {
        program: program.to_owned(),
        source,
    };
    let mut child = command.spawn().map_err(missing)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input has its reasons, which it prints.
        let _ = io::Write::write_all(&mut stdin, input);
    }
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output()?;
    if status.success() {
        return Ok(stdout);
    }
    Err(ToolError::Failed {
        program: program.to_owned(),
        output: format!(
            "{}{}",
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr)
        ),
    })
}

/// Returns the first of some files that is there.
pub(crate) fn first_present(paths: &[&str]) -> Option<std::path::PathBuf> {
    paths
        .iter()
        .map(Path::new)
        .find(|path| path.exists())
        .map(Path::to_owned)
}
