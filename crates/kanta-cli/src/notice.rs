//! `kanta notice`: disclosure notices over FHIR.

use clap::Subcommand;
use kanta_client::core::{Instant, Severity};
use kanta_client::fhir::{
    Bindings, BundleSignatureProfile, SignError, SignedNotices, check, verify,
};
use kanta_testkit::register::sample_batch;
use serde::Deserialize;

use crate::error::{About, Exit, Failure, counted};
use crate::input::Input;
use crate::setup::Setup;
use crate::sign::{Kind, SignerArguments};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the bundle of a disclosure of fictional people, not signed
    ///
    /// The same number of notices gives the same bytes. In other environments than `test` the spec bundle must hold what
    /// Kela's guide says; what is missing is told.
    Sample {
        /// How many notices, each an AuditEvent with its Provenance
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        pairs: u32,
    },
    /// Check a bundle of notices, an AuditEvent or a Provenance against every rule; a signature is verified
    Check {
        /// The bundle or resource in JSON
        file: Input,
    },
    /// Check and sign a bundle of notices; the bytes before the signature do not change
    Sign {
        /// The bundle without a signature
        file: Input,
        #[command(flatten)]
        signer: SignerArguments,
        /// The time that the signature states, such as 2026-02-02T10:15:30+02:00; now without it
        #[arg(long, value_parser = Instant::parse)]
        time: Option<Instant>,
    },
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    match command {
        Command::Sample { pairs } => sample(pairs, setup),
        Command::Check { file } => check_file(&file, setup),
        Command::Sign { file, signer, time } => sign(&file, &signer, time, setup),
    }
}

fn sample(pairs: u32, setup: &Setup) -> Result<Exit, Failure> {
    let bindings = Bindings::from_spec(&setup.spec()?)?;
    let batch = sample_batch(pairs);
    let bundle = batch.to_bundle(&bindings).map_err(Failure::unusable)?;
    let mut json = serde_json::to_vec_pretty(&bundle)
        .expect("texts, truth values and lists of them always serialise");
    json.push(b'\n');
    setup.output.bytes(&json)?;
    Ok(Exit::Fine)
}

fn check_file(file: &Input, setup: &Setup) -> Result<Exit, Failure> {
    let spec = setup.spec()?;
    let bytes = setup.inputs.bytes(file)?;
    let mut report = check(&bytes, &spec).about(file)?;
    let resource_type = resource_type(&bytes).about(file)?;
    let is_signed = !report.has("KANTA-FHIR-NOT-SIGNED");
    if is_signed && resource_type == Some(BUNDLE) {
        match BundleSignatureProfile::from_spec(&spec) {
            Ok(profile) => match verify(&bytes, &profile) {
                Ok(verdict) => report.extend(verdict.findings().clone()),
                // What cannot be read as a bundle has been found fault with, and its signature is not reached.
                Err(_) if report.has_errors() => {}
                Err(error) => return Err(Failure::from(error).about(file)),
            },
            // No verdict is not a good verdict.
            Err(missing) => {
                let problem = format!("the signature cannot be verified: {missing}");
                return Err(Failure::unusable(problem).with(report).about(file));
            }
        }
    }
    setup.output.findings(&report)
}

const BUNDLE: &str = "Bundle";
/// The resources that have rules.
const CHECKED: [&str; 3] = [BUNDLE, "AuditEvent", "Provenance"];

/// Returns the type of a resource, `None` when it has none of its own, which has been found fault with already. Resources that
/// no rule of notices is about are refused: without rules there are no findings, and that would look like praise.
fn resource_type(json: &[u8]) -> Result<Option<&'static str>, Failure> {
    #[derive(Deserialize)]
    struct Named {
        #[serde(rename = "resourceType")]
        resource_type: String,
    }
    let Ok(named) = serde_json::from_slice::<Named>(json) else {
        return Ok(None);
    };
    let known = CHECKED
        .into_iter()
        .find(|known| *known == named.resource_type);
    known.map(Some).ok_or_else(|| {
        Failure::unusable(
            "the resource belongs to no disclosure notice; give a Bundle of notices, an AuditEvent or a Provenance \
             [KANTA-CLI-RESOURCE-TYPE]",
        )
    })
}

fn sign(
    file: &Input,
    signer: &SignerArguments,
    time: Option<Instant>,
    setup: &Setup,
) -> Result<Exit, Failure> {
    let spec = setup.spec()?;
    let profile = BundleSignatureProfile::from_spec(&spec)?;
    let bytes = setup.inputs.bytes(file)?;
    // The signature guards the transfer: the organisation's system makes it.
    let signer = signer.signer(Kind::System, setup)?;
    let time = Setup::time(time)?;
    let signed = SignedNotices::sign(&bytes, &spec, &profile, &*signer, time).about(file)?;
    setup.output.bytes(signed.as_json())?;
    Ok(Exit::Fine)
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Findings(report) => {
                let count = report
                    .iter()
                    .filter(|finding| finding.severity() == Severity::Error)
                    .count();
                let problem = format!(
                    "{} to mend; until then nothing is signed [KANTA-FHIR-FINDINGS]",
                    counted(count, "error")
                );
                Self::findings(problem, report)
            }
            SignError::Jws(kanta_client::sign::jws::JwsError::Signer(error)) => error.into(),
            other => Self::unusable(other),
        }
    }
}
