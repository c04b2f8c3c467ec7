//! `kanta sign`: signatures with a key in a file, on a card or in an HSM.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use kanta_client::cda::{ClinicalDocument, SignOptions, SignatureKind, SignatureReport, Valid};
use kanta_client::core::Instant;
use kanta_client::sign::pkcs11::{FixedPin, KeySelector, Pin, Token, TokenOptions, TokenSelector};
use kanta_client::sign::{Certificate, KeyUsage, Signer, SignerError, SoftwareSigner};
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
    /// structure when that is found (see `kanta document check --help`). A test bed has a key and its certificate in its folder:
    /// signing.key and signing.pem. Next comes `kanta archive`.
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

/// The key to sign with: in a file, or on a card or in an HSM.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct SignerArguments {
    /// Private key in PEM: PKCS#8, PKCS#1 or SEC1
    #[arg(long, value_name = "PEM", requires = "cert", conflicts_with = "pkcs11")]
    key: Option<Input>,
    /// Environment variable that holds the password of an encrypted key
    #[arg(long, value_name = "VAR", requires = "key")]
    password_env: Option<String>,
    /// Certificate of the key, in PEM; not needed for a token that holds it
    #[arg(long, value_name = "PEM")]
    cert: Option<Input>,
    /// PKCS#11 module: the library that came with the card or HSM
    #[arg(long, value_name = "MODULE", requires_all = ["pin_env"])]
    pkcs11: Option<PathBuf>,
    /// Label of the token; the only one there without it
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    token: Option<String>,
    /// Label of the key or its certificate; without it the only certificate for this kind of signature
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    key_label: Option<String>,
    /// Environment variable that holds the PIN of the token
    #[arg(long, value_name = "VAR", requires = "pkcs11")]
    pin_env: Option<String>,
}

impl SignerArguments {
    /// Tells whether a key was given at all.
    pub(crate) fn is_given(&self) -> bool {
        self.key.is_some() || self.pkcs11.is_some()
    }

    /// Reads key and certificate, or opens the token.
    pub(crate) fn signer(&self, kind: Kind, setup: &Setup) -> Result<Box<dyn Signer>, Failure> {
        match (&self.key, &self.cert, &self.pkcs11) {
            (_, _, Some(module)) => self.on_token(module, kind, setup),
            (Some(key), Some(certificate), None) => self.in_files(key, certificate, setup),
            // Others do not pass the reader of the command line.
            _ => Err(Failure::unusable(
                "give --key with --cert, or --pkcs11 with --pin-env [KANTA-CLI-SIGNER]",
            )),
        }
    }

    fn in_files(
        &self,
        key: &Input,
        certificate: &Input,
        setup: &Setup,
    ) -> Result<Box<dyn Signer>, Failure> {
        let about = format!("{key} with {certificate}");
        let key = Zeroizing::new(setup.inputs.settings(key)?);
        let certificate = setup.inputs.settings(certificate)?;
        if holds(&key, b"CERTIFICATE-----") && holds(&certificate, b"PRIVATE KEY-----") {
            let problem = "the two are the other way round: give the key with --key and the certificate with --cert \
                           [KANTA-CLI-SIGNER]";
            return Err(Failure::unusable(problem).about(about));
        }
        let signer = match &self.password_env {
            None => SoftwareSigner::from_pem(&key, &certificate),
            Some(variable) => {
                let password = secret(variable)?;
                SoftwareSigner::from_encrypted_pem(&key, password.as_bytes(), &certificate)
            }
        };
        Ok(Box::new(signer.about(about)?))
    }

    fn on_token(
        &self,
        module: &Path,
        kind: Kind,
        setup: &Setup,
    ) -> Result<Box<dyn Signer>, Failure> {
        let variable = self.pin_env.as_deref().unwrap_or_default();
        let pin = Pin::new(secret(variable)?.to_string());
        let selector = match &self.token {
            Some(label) => TokenSelector::label(label),
            None => TokenSelector::Single,
        };
        let mut key = match &self.cert {
            Some(certificate) => {
                let pem = setup.inputs.settings(certificate)?;
                KeySelector::of_certificate(Certificate::from_pem(&pem).about(certificate)?)
            }
            None => KeySelector::default(),
        };
        if let Some(label) = &self.key_label {
            key = key.with_label(label);
        }
        let options = TokenOptions::new(module, selector);
        let open = || {
            let token = Token::open(&options, Arc::new(FixedPin::new(pin)))?;
            token.signer(&key.with_usage(kind.usage()))
        };
        let signer = open().map_err(SignerError::from).about(module.display())?;
        Ok(Box::new(signer))
    }
}

impl Kind {
    /// Returns the usage that a certificate for this kind of signature allows, wherever it stands on a token.
    fn usage(self) -> KeyUsage {
        match self {
            Self::System => KeyUsage::DigitalSignature,
            Self::Professional => KeyUsage::NonRepudiation,
        }
    }
}

fn holds(pem: &[u8], mark: &[u8]) -> bool {
    pem.windows(mark.len()).any(|window| window == mark)
}

fn secret(variable: &str) -> Result<Zeroizing<String>, Failure> {
    std::env::var(variable).map(Zeroizing::new).map_err(|_| {
        Failure::unusable(format!(
            "the environment variable {variable} is not set, or not in UTF-8: set it to the password or PIN \
             [KANTA-CLI-PASSWORD]"
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
        .sign(&*signer.signer(kind, setup)?, options, &spec)
        .about(&file)?;
    let of_signatures = signed.verification().signatures().iter();
    let report = valid
        .report()
        .iter()
        .chain(of_signatures.flat_map(SignatureReport::all_findings));
    setup.output.warnings(&report.cloned().collect());
    setup.output.bytes(signed.as_xml())?;
    Ok(Exit::Fine)
}
