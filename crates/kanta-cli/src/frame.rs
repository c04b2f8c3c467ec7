//! `kanta frame`: message frames.

use clap::Subcommand;
use kanta_client::cda::Signed;
use kanta_client::core::{Instant, Oid};
use kanta_client::frame::{MessageHeader, MessageId, store_frame};
use kanta_client::{MessageIds, RandomMessageIds};

use crate::context;
use crate::error::{About, Exit, Failure};
use crate::input::Input;
use crate::setup::Setup;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the message that stores a signed document
    ///
    /// The document's signatures are verified first. In the environment `test`, the default, the frame names a made-up
    /// receiver; for Kela's customer test, name the environment.
    #[command(after_long_help = context::HELP)]
    Store {
        /// The signed document
        file: Input,
        /// Who sends, and for whom; `kanta frame store --help` shows every key
        #[arg(long, value_name = "TOML")]
        context: Input,
        /// The message's identifier, root and extension; a random one below the context's root without it
        #[arg(long, value_name = "R^E", value_parser = message_id)]
        message_id: Option<MessageId>,
        /// When the message is made, such as 2026-02-02T10:15:30+02:00; now without it
        #[arg(long, value_parser = Instant::parse)]
        time: Option<Instant>,
    },
}

fn message_id(text: &str) -> Result<MessageId, String> {
    let (root, extension) = text
        .split_once('^')
        .filter(|(_, extension)| !extension.is_empty())
        .ok_or(
            "write root and extension with ^ between them, such as 1.2.246.10.99999999.18.1^123",
        )?;
    Ok(MessageId {
        root: Oid::parse(root).map_err(|error| error.to_string())?,
        extension: extension.to_owned(),
    })
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    let Command::Store {
        file,
        context,
        message_id,
        time,
    } = command;
    let spec = setup.spec()?;
    let request = context::read(&setup.inputs.settings(&context)?).about(&context)?;
    let document = setup.inputs.bytes(&file)?;
    let signed = Signed::from_bytes(document, &spec, setup.limits()).about(&file)?;
    let header = MessageHeader {
        id: message_id.unwrap_or_else(|| MessageId {
            root: request.message_root.clone(),
            extension: RandomMessageIds.next(),
        }),
        time: Setup::time(time)?,
    };
    let frame = store_frame(&signed, &request, &header, &spec).about(&file)?;
    setup.output.bytes(frame.as_xml())?;
    Ok(Exit::Fine)
}
