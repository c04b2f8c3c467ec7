//! `kanta structure`: structures and content.

use clap::{Subcommand, ValueEnum};
use kanta_client::cda::display::{self, DisplayError, DisplayOptions, Language};
use kanta_client::core::Oid;

use crate::error::{Exit, Failure};
use crate::input::Input;
use crate::setup::Setup;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check content against a structure: all findings at once, one a line
    Validate {
        /// Schema file as Sosmeta publishes it, or the OID of a structure in the folder of --structures
        schema: Input,
        /// Content, as JSON in UTF-8
        json: Input,
    },
    /// Make the display form (näyttömuoto) of content: an XHTML fragment
    Render {
        /// Schema file as Sosmeta publishes it, or the OID of a structure in the folder of --structures
        schema: Input,
        /// Content, as JSON in UTF-8
        json: Input,
        /// Language of titles, and of yes and no
        #[arg(long, value_enum, default_value_t = Lang::Fi)]
        lang: Lang,
        /// The document's OID, which the root element carries as its id
        #[arg(long)]
        oid: Option<Oid>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Lang {
    /// Finnish
    Fi,
    /// Swedish
    Sv,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Fi => Self::Finnish,
            Lang::Sv => Self::Swedish,
        }
    }
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    match command {
        Command::Validate { schema, json } => {
            let structure = setup.schema(&schema)?;
            let content = setup.inputs.bytes(&json)?;
            setup.output.findings(&structure.validate(&content))
        }
        Command::Render {
            schema,
            json,
            lang,
            oid,
        } => {
            let structure = setup.schema(&schema)?;
            let content = setup.inputs.bytes(&json)?;
            let options = DisplayOptions {
                language: lang.into(),
                document_oid: oid,
                ..DisplayOptions::default()
            };
            let xhtml = display::render(&structure, &content, &options)
                .map_err(|error| not_rendered(error).about(&json))?;
            setup.output.bytes(xhtml.as_bytes())?;
            Ok(Exit::Fine)
        }
    }
}

fn not_rendered(error: DisplayError) -> Failure {
    let problem = error.to_string();
    match error {
        DisplayError::Content(report) => Failure::findings(problem, report),
        _ => Failure::unusable(problem),
    }
}
