//! `kanta document`: make, show, check, take apart, write again.

use clap::{Args, Subcommand, ValueEnum};
use kanta_client::cda::structure::Structure;
use kanta_client::cda::{self, CheckContext, CheckError, ClinicalDocument, Draft};
use kanta_client::core::spec::Spec;

use crate::error::{About, Exit, Failure};
use crate::input::Input;
use crate::origin::Origin;
use crate::output::Shown;
use crate::setup::Setup;
use crate::{describe, metadata, verify};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an unsigned document from metadata and content, after checking every rule
    ///
    /// The document goes to standard output and warnings to standard error; with errors there is no document. The display
    /// form is rendered from the content unless --display gives one.
    ///
    /// To begin with: `kanta document template --out plan.toml` writes the metadata below into a file, and
    /// `kanta structure sample 2.999.1506.15007.2026.1.1 --out plan.json` content that fits them. Next comes
    /// `kanta sign document`.
    #[command(after_long_help = metadata::TEMPLATE)]
    New(New),
    /// Write the commented TOML that `kanta document new --metadata` reads, with every key and a fictional client
    Template,
    /// Show metadata, structure and signatures; personal data too
    Show {
        /// The document
        file: Input,
    },
    /// Check every rule: header, both forms of the body, and the content against its structure
    ///
    /// The structure is found by the OID that the document names, in the folder of --structures; without it the content
    /// is not checked, and a warning says so. Signatures are judged by `kanta verify`.
    Check {
        /// The document
        file: Input,
    },
    /// Take a part out of the body, decoded and otherwise unchanged
    Body {
        /// The document
        file: Input,
        /// Which part
        #[arg(long, value_enum)]
        part: Part,
    },
    /// Read a document and write it again: the same values in our order, the same body and signatures
    Rewrite {
        /// The document
        file: Input,
    },
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// Metadata; `kanta document template` writes a file with every key
    #[arg(long, value_name = "TOML")]
    metadata: Input,
    /// Content, as JSON in UTF-8; its bytes go into the document unchanged. `kanta structure sample` makes some to try with
    #[arg(long, value_name = "JSON", requires = "structure", required_unless_present_any = ["display", "pdf"])]
    content: Option<Input>,
    /// Schema file as Sosmeta publishes it, or the OID of a structure in the folder of --structures or of a built-in one
    /// (`kanta structure list`)
    #[arg(long, value_name = "SCHEMA", requires = "content")]
    structure: Option<Input>,
    /// Display form of your own, as an XHTML fragment; without --content it is the whole body
    #[arg(long, value_name = "XHTML")]
    display: Option<Input>,
    /// A PDF as the body, for kinds that take one
    #[arg(long, value_name = "PDF", conflicts_with_all = ["content", "structure", "display"])]
    pdf: Option<Input>,
    /// The document came from elsewhere: its arrival mode and its sender are mandatory
    #[arg(long)]
    received: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The structured form
    Json,
    /// The display form in XHTML
    Xhtml,
    /// The display form in PDF
    Pdf,
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    match command {
        Command::New(arguments) => new(&arguments, setup),
        Command::Template => {
            setup.output.bytes(metadata::TEMPLATE.as_bytes())?;
            Ok(Exit::Fine)
        }
        Command::Show { file } => show(&file, setup),
        Command::Check { file } => {
            let spec = setup.spec()?;
            let document = read(&file, setup, &spec)?.1;
            let structure = structure_of(&document, setup)?;
            setup
                .output
                .findings(&document.check(structure.as_ref(), &spec))
        }
        Command::Body { file, part } => body(&file, part, setup),
        Command::Rewrite { file } => {
            let spec = setup.spec()?;
            let document = read(&file, setup, &spec)?.1;
            setup.output.bytes(&document.rewrite(&spec).about(&file)?)?;
            Ok(Exit::Fine)
        }
    }
}

fn new(arguments: &New, setup: &Setup) -> Result<Exit, Failure> {
    let spec = setup.spec()?;
    let metadata = metadata::of(Some(&arguments.metadata), setup)?;
    let bytes = |input: &Input| setup.inputs.bytes(input);
    let draft = match (&arguments.content, &arguments.display, &arguments.pdf) {
        (_, _, Some(pdf)) => Draft::pdf(metadata, bytes(pdf)?),
        (None, display, None) => {
            let display = display.as_ref().map(bytes).transpose()?;
            Draft::xhtml(metadata, display.unwrap_or_default())
        }
        (Some(content), None, None) => Draft::new(metadata, bytes(content)?),
        (Some(content), Some(display), None) => {
            Draft::new(metadata, bytes(content)?).with_display(bytes(display)?)
        }
    };
    let structure = arguments.structure.as_ref();
    let structure = structure.map(|input| setup.schema(input)).transpose()?;
    let mut context = CheckContext::from(structure.as_ref());
    if arguments.received {
        context = context.received();
    }
    let origin = Origin {
        metadata: &arguments.metadata,
        content: arguments.content.as_ref(),
        display: arguments.display.as_ref().or(arguments.pdf.as_ref()),
    };
    let valid = draft.check(context, &spec).map_err(|error| match error {
        CheckError::Findings(report) => CheckError::Findings(origin.of_all(report, &spec)),
        other => other,
    })?;
    setup
        .output
        .warnings(&origin.of_all(valid.report().clone(), &spec));
    setup.output.bytes(valid.as_xml())?;
    Ok(Exit::Fine)
}

fn show(file: &Input, setup: &Setup) -> Result<Exit, Failure> {
    let spec = setup.spec()?;
    let (bytes, document) = read(file, setup, &spec)?;
    let structure = structure_of(&document, setup)?;
    let verification = cda::verify(&bytes, &spec, setup.limits()).about(file)?;
    let mut shown = describe::metadata(document.metadata());
    shown.push((
        "structure",
        Shown::maybe(structure.as_ref(), describe::structure),
    ));
    shown.push(("body", describe::body(&document)));
    let signatures = verification
        .signatures()
        .iter()
        .map(verify::describe_briefly);
    shown.push(("signatures", Shown::List(signatures.collect())));
    shown.push(("unknown_parts", Shown::texts(document.unknown_parts())));
    setup.output.shown(&Shown::Group(shown))?;
    Ok(Exit::Fine)
}

fn body(file: &Input, part: Part, setup: &Setup) -> Result<Exit, Failure> {
    let spec = setup.spec()?;
    let (_, document) = read(file, setup, &spec)?;
    let body = document.body().ok_or_else(|| {
        Failure::unusable("the document has no nonXMLBody: documents of this shape have no parts to take out [KANTA-CLI-NO-BODY]")
            .about(file)
    })?;
    let media_type = match part {
        Part::Json => {
            setup.output.bytes(&body.structured_form().about(file)?)?;
            return Ok(Exit::Fine);
        }
        Part::Xhtml => spec.text_for_reading("document.body.display_media_type"),
        Part::Pdf => spec.text_for_reading("document.body.pdf_media_type"),
    };
    if Some(body.media_type()) != media_type {
        return Err(Failure::unusable(format!(
            "the display form is `{}`, not `{}`: ask for the other part [KANTA-CLI-PART]",
            body.media_type(),
            media_type.unwrap_or_default()
        ))
        .about(file));
    }
    setup.output.bytes(&body.display_form().about(file)?)?;
    Ok(Exit::Fine)
}

fn read(file: &Input, setup: &Setup, spec: &Spec) -> Result<(Vec<u8>, ClinicalDocument), Failure> {
    let bytes = setup.inputs.bytes(file)?;
    let document = ClinicalDocument::read(&bytes, spec, setup.limits()).about(file)?;
    Ok((bytes, document))
}

/// Finds the structure that the document names, when it is known here.
pub(crate) fn structure_of(
    document: &ClinicalDocument,
    setup: &Setup,
) -> Result<Option<Structure>, Failure> {
    match &document.metadata().content_specification {
        Some(oid) => setup.structure(oid),
        None => Ok(None),
    }
}
