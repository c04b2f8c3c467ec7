//! `kanta sign`: signatures with a key at hand.

use clap::{Args, Subcommand, ValueEnum};
use kanta_client::cda::{ClinicalDocument, SignOptions, SignatureKind, Valid};
use kanta_client::core::Instant;
use kanta_client::sign::{Signer, SoftwareSigner};
use zeroize::Zeroizing;

use crate::document::structure_of;
use crate::error::{About, Exit, Failure};
use crate::input::Input;
use crate::setup::Setup;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check and sign an unsigned document; the signed one is verified before it is written
    ///
    /// Signing adds to the header only: the body stays byte for byte as it was. The content is checked against its
    /// structure when that is found (see `kanta document check --help`).
    Document {
        /// The unsigned document
        file: Input,
        /// Who signs
        #[arg(long, value_enum)]
        kind: Kind,
        #[command(flatten)]
        signer: SignerArguments,
        /// The time that the signature states, such as 2026-02-02T10:15:30+02:00; now without it
        #[arg(long, value_parser = Instant::parse)]
        time: Option<Instant>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    /// The organisation's system (järjestelmäallekirjoitus)
    System,
    /// A professional (ammattihenkilön sähköinen allekirjoitus)
    Professional,
}

impl From<Kind> for SignatureKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::System => Self::System,
            Kind::Professional => Self::Professional,
        }
    }
}

/// The key to sign with.
#[derive(Debug, Args)]
pub(crate) struct SignerArguments {
    /// Private key in PEM: PKCS#8, PKCS#1 or SEC1
    #[arg(long, value_name = "PEM")]
    key: Input,
    /// Environment variable that holds the password of an encrypted key
    #[arg(long, value_name = "VAR")]
    password_env: Option<String>,
    /// Certificate of the key, in PEM
    #[arg(long, value_name = "PEM")]
    cert: Input,
}

impl SignerArguments {
    /// Reads key and certificate.
    pub(crate) fn signer(&self, setup: &Setup) -> Result<Box<dyn Signer>, Failure> {
        let key = Zeroizing::new(setup.inputs.settings(&self.key)?);
        let certificate = setup.inputs.settings(&self.cert)?;
        let signer = match &self.password_env {
            None => SoftwareSigner::from_pem(&key, &certificate),
            Some(variable) => {
                let password = password(variable)?;
                SoftwareSigner::from_encrypted_pem(&key, password.as_bytes(), &certificate)
            }
        };
        let signer = signer.about(format!("{} with {}", self.key, self.cert))?;
        Ok(Box::new(signer))
    }
}

fn password(variable: &str) -> Result<Zeroizing<String>, Failure> {
    std::env::var(variable).map(Zeroizing::new).map_err(|_| {
        Failure::unusable(format!(
            "the environment variable {variable} is not set, or not in UTF-8: set it to the password [KANTA-CLI-PASSWORD]"
        ))
    })
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    let Command::Document {
        file,
        kind,
        signer,
        time,
    } = command;
    let spec = setup.spec()?;
    let bytes = setup.inputs.bytes(&file)?;
    let document = ClinicalDocument::read(&bytes, &spec, setup.limits()).about(&file)?;
    let structure = structure_of(&document, setup)?;
    let valid =
        Valid::from_unsigned(bytes, structure.as_ref(), &spec, setup.limits()).about(&file)?;
    let options = SignOptions::new(kind.into(), Setup::time(time)?);
    let signed = valid
        .sign(&*signer.signer(setup)?, options, &spec)
        .about(&file)?;
    setup.output.warnings(valid.report());
    setup.output.bytes(signed.as_xml())?;
    Ok(Exit::Fine)
}
