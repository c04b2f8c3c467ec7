//! `kanta verify`: the verdict on every signature of a document.

use clap::Args;
use kanta_client::cda::{self, SignatureReport};
use kanta_client::core::{Instant, Report};
use kanta_client::sign::{
    Certificate, CertificateJudgement, PathVerdict, SignatureCheck, SignerIdentity, TargetRole,
    Trust, TrustAnchors,
};

use crate::error::{About, Exit, Failure};
use crate::input::Input;
use crate::output::Shown;
use crate::setup::Setup;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The document
    file: Input,
    /// Certificates of the authorities that are trusted, in PEM; without it paths are not checked
    #[arg(long, value_name = "PEM")]
    trust: Option<Input>,
    /// The time at which the path must be valid; the signature's own time without it
    #[arg(long, value_name = "TIME", value_parser = Instant::parse)]
    at: Option<Instant>,
}

pub(crate) fn run(arguments: &Arguments, setup: &Setup) -> Result<Exit, Failure> {
    let file = &arguments.file;
    let spec = setup.spec()?;
    let document = setup.inputs.bytes(file)?;
    let trusted = match &arguments.trust {
        Some(input) => TrustAnchors::from_pem(&setup.inputs.settings(input)?).about(input)?,
        None => TrustAnchors::default(),
    };
    let verification = cda::verify(&document, &spec, setup.limits()).about(file)?;
    let mut trust = Trust::new(&trusted);
    if let Some(time) = arguments.at {
        trust = trust.at(time);
    }
    let signatures: Vec<Judged<'_>> = verification
        .signatures()
        .iter()
        .map(|signature| Judged::new(signature, &trust, arguments.trust.is_some()))
        .collect();
    let valid = verification.is_valid() && signatures.iter().all(Judged::is_trusted);
    let described = signatures.iter().map(describe);
    setup.output.shown(&Shown::Group(vec![
        ("valid", Shown::Flag(valid)),
        ("signatures", Shown::List(described.collect())),
        ("findings", Shown::Findings(verification.findings().clone())),
    ]))?;
    if !setup.json() && signatures.is_empty() {
        setup
            .output
            .message(&format!("{file}: the document is not signed"));
    }
    Ok(Exit::verdict(valid))
}

/// A signature with the verdicts on its certificate.
struct Judged<'v> {
    signature: &'v SignatureReport,
    path: PathVerdict,
    /// What was found about the certificate; nothing where nobody is trusted, since trust is the caller's.
    findings: Report,
}

impl<'v> Judged<'v> {
    fn new(signature: &'v SignatureReport, trust: &Trust<'_>, anybody: bool) -> Self {
        // Without certificate or time the signature is not valid anyway, and its findings say so.
        let judgement = signature.judge(trust).filter(|_| anybody);
        Self {
            signature,
            findings: judgement
                .as_ref()
                .map(CertificateJudgement::findings)
                .unwrap_or_default(),
            path: judgement.map_or(PathVerdict::NotChecked, |judgement| judgement.path),
        }
    }

    fn is_trusted(&self) -> bool {
        !self.findings.has_errors()
    }
}

fn certificate_of(signature: &SignatureReport) -> Option<&Certificate> {
    signature.check().and_then(SignatureCheck::certificate)
}

/// Describes a signature for those who look at the document, not at its signatures.
pub(crate) fn describe_briefly(signature: &SignatureReport) -> Shown {
    Shown::Group(vec![
        ("id", Shown::text(Some(signature.id()))),
        ("valid", Shown::Flag(signature.is_valid())),
        ("kind", Shown::text(signature.kind())),
        ("time", Shown::text(signature.time())),
        ("signer", Shown::maybe(certificate_of(signature), signer)),
    ])
}

fn describe(judged: &Judged<'_>) -> Shown {
    let signature = judged.signature;
    let check = signature.check();
    let findings: Report = signature
        .all_findings()
        .chain(&judged.findings)
        .cloned()
        .collect();
    Shown::Group(vec![
        ("id", Shown::text(Some(signature.id()))),
        (
            "valid",
            Shown::Flag(signature.is_valid() && judged.is_trusted()),
        ),
        ("kind", Shown::text(signature.kind())),
        (
            "profile",
            Shown::text(check.and_then(SignatureCheck::profile)),
        ),
        ("time", Shown::text(signature.time())),
        ("digests", Shown::maybe(check, digests)),
        ("signature", Shown::maybe(check, value)),
        ("covered", Shown::maybe(check, covered)),
        ("signer", Shown::maybe(certificate_of(signature), signer)),
        ("signer_against_document", against_document(signature)),
        (
            "certificate",
            Shown::maybe(certificate_of(signature), certificate),
        ),
        ("path", describe_path(&judged.path)),
        ("findings", Shown::Findings(findings)),
    ])
}

fn role_name(role: TargetRole) -> &'static str {
    match role {
        TargetRole::Body => "body",
        TargetRole::Timestamp => "timestamp",
    }
}

fn digests(check: &SignatureCheck) -> Shown {
    let digest = |role: TargetRole| {
        let found = check.covered().iter().find(|covered| covered.role == role);
        let brief = format!("{} {}", role_name(role), fits(found.is_some()));
        Shown::Brief(
            brief,
            vec![
                ("of", Shown::text(Some(role_name(role)))),
                ("fits", Shown::Flag(found.is_some())),
                ("id", Shown::text(found.map(|covered| &covered.id))),
                (
                    "digest",
                    Shown::text(found.map(|covered| hexadecimal(&covered.digest))),
                ),
            ],
        )
    };
    Shown::List(vec![
        digest(TargetRole::Body),
        digest(TargetRole::Timestamp),
    ])
}

fn value(check: &SignatureCheck) -> Shown {
    let algorithm = check.algorithm().map(|algorithm| algorithm.uri());
    let name = algorithm
        .and_then(|uri| uri.rsplit('#').next())
        .unwrap_or("unknown algorithm");
    Shown::Brief(
        format!("{} ({name})", fits(check.value_fits())),
        vec![
            ("fits", Shown::Flag(check.value_fits())),
            ("algorithm", Shown::text(algorithm)),
        ],
    )
}

fn fits(fits: bool) -> &'static str {
    if fits { "fits" } else { "does not fit" }
}

/// Only what a signature value that fits refers to is covered.
fn covered(check: &SignatureCheck) -> Shown {
    let all = check.covered().iter().filter(|_| check.value_fits());
    Shown::List(
        all.map(|covered| {
            let (what, bytes) = (role_name(covered.role), &covered.bytes);
            let offset = |offset: usize| Shown::number(u64::try_from(offset).ok());
            Shown::Brief(
                format!("{what}, bytes {} to {}", bytes.start, bytes.end),
                vec![
                    ("what", Shown::text(Some(what))),
                    ("first_byte", offset(bytes.start)),
                    ("end_byte", offset(bytes.end)),
                ],
            )
        })
        .collect(),
    )
}

fn signer(certificate: &Certificate) -> Shown {
    let (is, identifier) = match certificate.identity() {
        SignerIdentity::Organisation { oid } => ("organisation", Some(oid.to_string())),
        SignerIdentity::Professional {
            registration_number,
        } => (
            "professional",
            Some(registration_number.expose().to_owned()),
        ),
        _ => ("other", None),
    };
    let name = certificate.expose_common_name();
    let brief: Vec<&str> = [Some(is), identifier.as_deref(), name]
        .into_iter()
        .flatten()
        .collect();
    Shown::Brief(
        brief.join(" "),
        vec![
            ("is", Shown::text(Some(is))),
            ("identifier", Shown::text(identifier.as_ref())),
            ("name", Shown::text(name)),
        ],
    )
}

/// Tells whether the document names the signer; the library compares the signers of professionals' (kind 1) and systems'
/// signatures (kind 3).
fn against_document(signature: &SignatureReport) -> Shown {
    let differs = signature
        .findings()
        .iter()
        .any(|finding| finding.rule().starts_with("KANTA-SIGNER-"));
    Shown::text(match (certificate_of(signature), signature.kind()) {
        (Some(_), _) if differs => Some("differs"),
        (Some(_), Some("1" | "3")) => Some("agrees"),
        _ => None,
    })
}

fn certificate(certificate: &Certificate) -> Shown {
    let (issuer, not_before, not_after) = (
        certificate.issuer(),
        certificate.not_before(),
        certificate.not_after(),
    );
    Shown::Brief(
        format!("valid {not_before} to {not_after}, issued by {issuer}"),
        vec![
            ("issuer", Shown::text(Some(issuer))),
            ("not_before", Shown::text(Some(not_before))),
            ("not_after", Shown::text(Some(not_after))),
        ],
    )
}

fn describe_path(path: &PathVerdict) -> Shown {
    let (verdict, reason) = match path {
        PathVerdict::Trusted => ("trusted", None),
        PathVerdict::NotTrusted(reason) => ("not trusted", Some(reason.english())),
        _ => ("not checked", None),
    };
    let brief = match reason {
        Some(reason) => format!("{verdict}: {reason}"),
        None => verdict.to_owned(),
    };
    let parts = vec![
        ("verdict", Shown::text(Some(verdict))),
        ("reason", Shown::text(reason)),
    ];
    Shown::Brief(brief, parts)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
