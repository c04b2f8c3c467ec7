//! The `kanta` command. All work is done by `kanta-client` and `kanta-testkit`; here are arguments, input and output.

mod archive;
mod cli;
mod config;
mod context;
mod describe;
mod document;
mod error;
mod frame;
mod id;
mod input;
mod metadata;
mod notice;
mod origin;
mod outbox;
mod output;
mod progress;
mod setup;
mod sign;
mod spec;
mod stop;
mod structure;
mod testbed;
mod toml_reader;
mod verify;
mod xml;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os())
}
