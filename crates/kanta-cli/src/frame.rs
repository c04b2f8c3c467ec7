//! `kanta frame`: message frames.

use clap::Subcommand;
use kanta_client::cda::{ClinicalDocument, Signed};
use kanta_client::core::{Instant, Oid, Report};
use kanta_client::frame::{
    DocumentEntry, MessageHeader, MessageId, check_frame, read_answer, read_request, store_frame,
};
use kanta_client::{MessageIds, RandomMessageIds, RequestContext};

use crate::context;
use crate::document::structure_of;
use crate::error::{About, Exit, Failure};
use crate::input::Input;
use crate::output::Shown;
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
    /// Show what a message says: wrappers, acknowledgement, documents, and what the rules of frames find
    ///
    /// Identifiers of persons are not shown. Exit code 1 when a rule finds an error.
    Show {
        /// The message, a request or an answer
        file: Input,
    },
}

/// More than any counter or UUID needs.
const LONGEST_EXTENSION: usize = 64;

fn message_id(text: &str) -> Result<MessageId, String> {
    let (root, extension) = text
        .split_once('^')
        .filter(|(_, extension)| !extension.is_empty())
        .ok_or(
            "write root and extension with ^ between them, such as 1.2.246.10.99999999.18.1^123",
        )?;
    if extension.len() > LONGEST_EXTENSION || !extension.chars().all(|c| c.is_ascii_graphic()) {
        return Err(format!(
            "the extension has at most {LONGEST_EXTENSION} letters, digits and signs, without spaces"
        ));
    }
    Ok(MessageId {
        root: Oid::parse(root).map_err(|error| error.to_string())?,
        extension: extension.to_owned(),
    })
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    match command {
        Command::Store {
            file,
            context,
            message_id,
            time,
        } => {
            let context = context::read(&setup.inputs.settings(&context)?).about(&context)?;
            let header = MessageHeader {
                id: message_id.unwrap_or_else(|| MessageId {
                    root: context.message_root.clone(),
                    extension: RandomMessageIds.next(),
                }),
                time: Setup::time(time)?,
            };
            store(&file, &context, &header, setup)
        }
        Command::Show { file } => show(&file, setup),
    }
}

fn store(
    file: &Input,
    context: &RequestContext,
    header: &MessageHeader,
    setup: &Setup,
) -> Result<Exit, Failure> {
    let spec = setup.spec()?;
    let bytes = setup.inputs.bytes(file)?;
    let document = ClinicalDocument::read(&bytes, &spec, setup.limits()).about(file)?;
    if !document.is_signed() {
        let problem = "the document is not signed: sign it first, with `kanta sign document` [KANTA-CLI-NOT-SIGNED]";
        return Err(Failure::findings(problem, Report::new()).about(file));
    }
    let structure = structure_of(&document, setup)?;
    let report = document.check(structure.as_ref(), &spec);
    if report.has_errors() {
        let problem = "the document breaks rules, so it gets no frame";
        return Err(Failure::findings(problem, report).about(file));
    }
    let signed = Signed::from_bytes(bytes, &spec, setup.limits()).about(file)?;
    let frame = store_frame(&signed, context, header, &spec).about(file)?;
    setup.output.bytes(frame.as_xml())?;
    Ok(Exit::Fine)
}

fn show(file: &Input, setup: &Setup) -> Result<Exit, Failure> {
    let spec = setup.spec()?;
    let message = setup.inputs.bytes(file)?;
    let answer = read_answer(&message, setup.limits()).about(file)?;
    let request = read_request(&message, setup.limits()).ok();
    let report = match (&answer.acknowledgement, &request) {
        (None, Some(_)) => check_frame(&message, &spec, setup.limits()).about(file)?,
        _ => Report::new(),
    };
    let good = !report.has_errors();
    let wrapper = &answer.wrapper;
    let reasons = request.iter().flat_map(|request| &request.reasons);
    let parameters = request.iter().flat_map(|request| &request.parameters);
    setup.output.shown(&Shown::Group(vec![
        ("interaction", Shown::text(Some(&wrapper.interaction))),
        ("id", Shown::text(Some(&wrapper.id))),
        ("sender", Shown::text(wrapper.sender.as_ref())),
        ("receiver", Shown::text(wrapper.receiver.as_ref())),
        (
            "processing_code",
            Shown::text(wrapper.processing_code.as_ref()),
        ),
        (
            "reasons",
            Shown::List(
                reasons
                    .map(|(code, system)| Shown::text(Some(format!("{code} ({system})"))))
                    .collect(),
            ),
        ),
        (
            "user_organisation",
            Shown::text(
                request
                    .as_ref()
                    .and_then(|request| request.user_organisation.as_ref()),
            ),
        ),
        (
            "parameters",
            Shown::List(
                parameters
                    .map(|parameter| Shown::text(Some(&parameter.name)))
                    .collect(),
            ),
        ),
        (
            "acknowledgement",
            Shown::maybe(answer.acknowledgement.as_ref(), |acknowledgement| {
                Shown::Group(vec![
                    ("code", Shown::text(Some(&acknowledgement.code))),
                    ("target", Shown::text(acknowledgement.target.as_ref())),
                    ("details", Shown::Findings(acknowledgement.details.clone())),
                ])
            }),
        ),
        (
            "query",
            Shown::maybe(answer.query.as_ref(), |query| {
                Shown::Group(vec![
                    ("code", Shown::text(Some(&query.code))),
                    ("total", Shown::text(query.total)),
                    ("remaining", Shown::text(query.remaining)),
                ])
            }),
        ),
        (
            "documents",
            Shown::List(answer.documents.iter().map(document).collect()),
        ),
        ("findings", Shown::Findings(report)),
    ]))?;
    Ok(Exit::verdict(good))
}

fn document(entry: &DocumentEntry) -> Shown {
    let bytes = entry.contents.iter().map(|content| content.len() as u64);
    Shown::Group(vec![
        ("id", Shown::text(entry.id.as_ref())),
        ("set_id", Shown::text(entry.set_id.as_ref())),
        ("version", Shown::text(entry.version.as_ref())),
        (
            "replaces",
            Shown::text(entry.replaces.as_ref().map(|replaced| &replaced.id)),
        ),
        ("state", Shown::text(entry.state.as_ref())),
        ("effective_time", Shown::text(entry.effective_time.as_ref())),
        (
            "register_keeper",
            Shown::text(entry.register_keeper.as_ref()),
        ),
        (
            "content_bytes",
            Shown::List(bytes.map(Shown::Number).collect()),
        ),
    ])
}
