//! `kanta xml`: XML as signatures see it.

use clap::{Args, Subcommand};
use kanta_client::xml::canonical::{self, Options};
use kanta_client::xml::{Limits, Tree};

use crate::error::{About, Exit, Failure};
use crate::input::Input;
use crate::setup::Setup;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the canonical form: the octets that are digested and signed
    ///
    /// Exclusive canonical XML 1.0 without comments, as signatures of the archive use it, unless the options say otherwise.
    Canonicalize(Canonicalize),
}

#[derive(Debug, Args)]
pub(crate) struct Canonicalize {
    /// The document
    file: Input,
    /// Keep comments
    #[arg(long)]
    with_comments: bool,
    /// Inclusive canonical XML 1.0 instead of exclusive
    #[arg(long)]
    inclusive: bool,
    /// Prefixes whose declarations are kept although nothing uses them (InclusiveNamespaces PrefixList), with blanks between
    #[arg(long, value_name = "A B", conflicts_with = "inclusive")]
    prefixes: Option<String>,
    /// Only the element with this id
    #[arg(long)]
    id: Option<String>,
    /// The name of the attribute that holds ids
    #[arg(long, value_name = "NAME", default_value = "ID", requires = "id")]
    id_attribute: String,
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    let Command::Canonicalize(arguments) = command;
    let input = setup.inputs.bytes(&arguments.file)?;
    let form = canonicalize(&arguments, &input, setup.limits())?;
    setup.output.bytes(&form)?;
    Ok(Exit::Fine)
}

fn canonicalize(
    arguments: &Canonicalize,
    input: &[u8],
    limits: &Limits,
) -> Result<Vec<u8>, Failure> {
    let prefixes = arguments
        .prefixes
        .as_deref()
        .unwrap_or_default()
        .split_whitespace();
    let options = Options::default()
        .with_comments(arguments.with_comments)
        .with_inclusive_prefixes(prefixes);
    match (&arguments.id, arguments.inclusive) {
        (None, false) => canonical::exclusive_to_vec(input, limits, &options),
        (None, true) => canonical::inclusive_to_vec(input, limits, &options),
        (Some(id), false) => canonical::exclusive_with_id_to_vec(
            input,
            &arguments.id_attribute,
            id,
            limits,
            &options,
        ),
        (Some(id), true) => Tree::parse(input, limits).and_then(|tree| {
            let element = tree.element_with_id(&arguments.id_attribute, id)?;
            canonical::inclusive_of_to_vec(element, &options)
        }),
    }
    .about(&arguments.file)
}
