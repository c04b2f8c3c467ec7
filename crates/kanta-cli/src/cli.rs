//! The arguments, and the way from them to an exit code.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};

use crate::error::{Exit, Failure};
use crate::setup::{Global, Setup};

/// The groups of commands. A new one takes a variant here, an arm in [`run_command`] and a file of its own.
#[derive(Debug, Subcommand)]
enum Command {
    /// Identifiers: identity codes, business ids, OIDs, registration numbers
    #[command(subcommand)]
    Id(crate::id::Command),
    /// Structures of documents as Sosmeta publishes them, and content that follows them
    #[command(subcommand)]
    Structure(crate::structure::Command),
    /// Documents: make, show, check, take apart, write again
    #[command(subcommand)]
    Document(crate::document::Command),
    /// Signatures with a key at hand
    #[command(subcommand)]
    Sign(crate::sign::Command),
    /// Verify every signature of a document: over its body, byte for byte as it stands
    ///
    /// By Kanta's profile a signature covers the body and the time stamp only, not the header: a document whose header was
    /// changed after signing still verifies, unless the header now names another signer. In what is covered, even white space
    /// that was added counts as a change. What the rules of documents say is judged by `kanta document check`.
    Verify(crate::verify::Arguments),
    /// Message frames around documents
    #[command(subcommand)]
    Frame(crate::frame::Command),
    /// Disclosure notices to the log register, over FHIR
    #[command(subcommand)]
    Notice(crate::notice::Command),
    /// XML as signatures see it
    #[command(subcommand)]
    Xml(crate::xml::Command),
    /// Spec bundles: what one lacks, and what differs between two
    #[command(subcommand)]
    Spec(crate::spec::Command),
    /// Archive documents through the outbox; one line tells what became of each
    ///
    /// A document is durable before it is sent, and sent again only after the archive was asked for it. The exit code is that of
    /// the worst: 3 when it is unknown whether one arrived, 1 when one was refused, 4 when the archive cannot be reached; what waits
    /// is sent by the next `kanta archive` or `kanta outbox run`.
    Archive(Box<crate::archive::Arguments>),
    /// The outbox: documents on their way to the archive
    #[command(subcommand)]
    Outbox(crate::outbox::Command),
    /// Run the test archive as a server until Ctrl-C or another signal ends it
    ///
    /// The first line on standard output is a JSON object: `archive`, `register` and `ui` are addresses, `pki` is a folder with
    /// ca.pem, client.pem, client.key, signing.pem, signing.key and config.toml. A request with the header
    /// `x-kanta-test-fault: NAME` meets that fault, such as hang-after-storing; the log register has faults of its own,
    /// such as close-after-storing. The first document: `kanta document template`, `kanta structure sample`,
    /// `kanta document new`, `kanta sign document`, `kanta archive`.
    ///
    /// SIGINT and SIGTERM (on Windows Ctrl-C) end it in order, with exit code 0; without --data nothing of it is left then. What it
    /// acknowledged is in the folder of --data even when it is killed.
    Testbed(crate::testbed::Arguments),
}

fn run_command(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    match command {
        Command::Id(command) => crate::id::run(command, setup),
        Command::Structure(command) => crate::structure::run(command, setup),
        Command::Document(command) => crate::document::run(command, setup),
        Command::Sign(command) => crate::sign::run(command, setup),
        Command::Verify(arguments) => crate::verify::run(&arguments, setup),
        Command::Frame(command) => crate::frame::run(command, setup),
        Command::Notice(command) => crate::notice::run(command, setup),
        Command::Xml(command) => crate::xml::run(command, setup),
        Command::Spec(command) => crate::spec::run(command, setup),
        Command::Archive(arguments) => crate::archive::run(&arguments, setup),
        Command::Outbox(command) => crate::outbox::run(command, setup),
        Command::Testbed(arguments) => crate::testbed::run(&arguments, setup),
    }
}

const ABOUT: &str =
    "Documents, signatures and messages for Finland's national archive of social-care client data";

const CONVENTIONS: &str = "\
Input comes from a path, or from standard input where a path is `-`. Results go to standard output, messages to standard
error. Documents hold personal data: `--out FILE` writes the result to a file that only you can read.

The environment decides which values of the spec bundle may be used, and for whom:
  test           the default: the test archive of this kit, with a made-up receiver and artificial people only, so that
                 nothing goes to Kela by a forgotten option
  customer-test  Kela's customer test: also values read in real test messages, and with --allow-inferred our inferences;
                 artificial people only
  production     the archive itself: official and verified values only

Exit codes:
  0  fine; there may be warnings
  1  error findings, or a negative verdict
  2  bad usage, or input that cannot be read
  3  the outcome is unknown: something may have arrived
  4  not reachable now";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "kanta", version, about = ABOUT, after_help = CONVENTIONS)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Runs the command of these arguments, the first of which is the program's own name.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(help_or_error) => {
            let help_or_error = without_values(help_or_error);
            if !help_or_error.use_stderr() {
                // A reader of the help may have gone away; that is no reason to complain.
                let _ = help_or_error.print();
                return Exit::Fine.into();
            }
            if asks_for_json(&arguments) {
                tell(&misused(&help_or_error), true);
            } else {
                let _ = help_or_error.print();
            }
            return Exit::Unusable.into();
        }
    };
    let setup = Setup::new(cli.global);
    run_command(cli.command, &setup)
        .unwrap_or_else(|failure| {
            tell(&failure, setup.json());
            failure.exit()
        })
        .into()
}

/// Writes on standard error why there is no result; when nobody listens it is lost.
fn tell(failure: &Failure, json: bool) {
    let text = failure.to_text(json);
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Whether JSON is asked for in arguments that could not be read.
fn asks_for_json(arguments: &[OsString]) -> bool {
    arguments
        .iter()
        .skip(1)
        .take_while(|argument| *argument != "--")
        .any(|argument| argument == "--json")
}

/// An error of the arguments, from which values have been taken, in the form of all others.
fn misused(error: &clap::Error) -> Failure {
    const CODE: &str = "[KANTA-CLI-USAGE]";
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand
    ) {
        return Failure::unusable(format!("a command is missing: --help lists them {CODE}"));
    }
    let text = error.render().to_string();
    // The last paragraph only says that there is help.
    let paragraphs = text.trim_start_matches("error: ").split("\n\n");
    let told: Vec<String> = paragraphs
        .filter(|paragraph| !paragraph.starts_with("For more information"))
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let told = told.join("; ");
    let code = if told.contains("[KANTA-") {
        String::new()
    } else {
        format!(" {CODE}")
    };
    Failure::unusable(format!("{told}; --help tells more{code}"))
}

/// Takes what the user gave out of an error of the arguments: it may be an identity code. Names of options stay.
fn without_values(mut error: clap::Error) -> clap::Error {
    const NOT_SHOWN: &str = "…";
    if error.kind() == ErrorKind::MissingSubcommand {
        // What it names is the command.
        return error;
    }
    for kind in [
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
        ContextKind::InvalidSubcommand,
    ] {
        if let Some(ContextValue::String(given)) = error.get(kind)
            && !is_option(given)
        {
            error.insert(kind, ContextValue::String(NOT_SHOWN.to_owned()));
        }
    }
    // A tip repeats the value that it is about.
    error.remove(ContextKind::Suggested);
    error
}

/// Whether a text is written as an option is: `-x`, `--long-name`, with or without the name of its value.
fn is_option(text: &str) -> bool {
    let name = text.split([' ', '=']).next().unwrap_or_default();
    name.strip_prefix('-').is_some_and(|name| {
        name.len() <= 40
            && name
                .chars()
                .all(|character| character.is_ascii_lowercase() || character == '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
