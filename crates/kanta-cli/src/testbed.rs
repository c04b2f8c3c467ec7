//! `kanta testbed`: the test archive as a server.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use kanta_testkit::testbed::{self, Testbed};
use kanta_testkit::{TestArchiveError, TestArchiveOptions};
use serde::Serialize;

use crate::error::{Exit, Failure};
use crate::outbox::runtime;
use crate::output::json_line;
use crate::setup::Setup;
use crate::stop::StopSignals;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the archive listens; a free port of this machine without it
    #[arg(long, value_name = "ADDR", value_parser = address)]
    listen: Option<SocketAddr>,
    /// Folder that keeps documents and certificates; without it a temporary one serves this run only
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Show what the archive holds on a page of its own, on this machine only
    #[arg(long)]
    ui: bool,
}

#[derive(Serialize)]
struct FirstLine<'t> {
    archive: &'t str,
    register: &'t str,
    ui: Option<&'t str>,
    pki: String,
}

pub(crate) fn run(arguments: &Arguments, setup: &Setup) -> Result<Exit, Failure> {
    if let Some(folder) = &arguments.data {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::unusable(format!(
                "{error}; give a folder that is there or can be made [KANTA-CLI-TESTBED]"
            ))
            .about(folder.display())
        })?;
    }
    let options = TestArchiveOptions {
        listen: arguments.listen,
        data: arguments.data.clone(),
        structures: setup.known_structures()?,
        page: arguments.ui,
        ..TestArchiveOptions::default()
    };
    let signal = runtime()?.block_on(async {
        let stop = StopSignals::listen()?;
        testbed::run(options, print, stop.first()).await
    });
    let signal = signal.map_err(|error: TestArchiveError| {
        let remedy = match (&error, arguments.listen) {
            (TestArchiveError::Io(io), Some(address)) if io.kind() == io::ErrorKind::AddrInUse => {
                format!(": give another port than that of {address}, or leave --listen out")
            }
            _ => String::new(),
        };
        Failure::unusable(format!("{error}{remedy} [KANTA-CLI-TESTBED]"))
    })?;
    let left = match arguments.data {
        Some(_) => "what was stored is in the folder of --data",
        None => "its temporary folder is removed",
    };
    setup
        .output
        .note(&format!("the test archive ended by {signal}; {left}"));
    Ok(Exit::Fine)
}

/// Reads an address of this machine.
fn address(word: &str) -> Result<SocketAddr, String> {
    word.parse()
        .map_err(|_| "an address with a port is needed, such as 127.0.0.1:8443".to_owned())
}

/// Prints the line that scripts wait for.
fn print(testbed: &Testbed) -> io::Result<()> {
    let line = json_line(&FirstLine {
        archive: &testbed.archive,
        register: &testbed.register,
        ui: testbed.page.as_deref(),
        pki: testbed.pki.display().to_string(),
    });
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| io::Error::new(error.kind(), format!("standard output: {error}")))
}
