//! The test log register without its server: one request in, one answer out.
//!
//! It checks what is known of the real one: R4, the rules of the notices, token and signature. To be accepted here does not
//! mean to be accepted there. It stores what comes twice twice, as the real one may: identifiers of the sender are for the
//! transfer only.

use std::path::Path;

use http::{HeaderMap, StatusCode};
use kanta_client::core::spec::Spec;
use kanta_client::core::{Instant, Report};
use kanta_client::fhir::exchange::Exchange;
use kanta_client::fhir::resource::{
    Bundle, BundleEntry, BundleResponse, CodeableConcept, Coding, OperationOutcome,
    OperationOutcomeIssue, Resource, Text,
};
use kanta_client::fhir::{BindingsError, BundleSignatureProfile, check, verify};
use kanta_client::sign::{Certificate, PathVerdict, TrustAnchors, check_path};

use super::store::Store;
use crate::archive::StoreError;

/// Kanta's list of process errors, as other FHIR services use it.
const PROCESS_ERRORS: &str = "urn:oid:1.2.246.537.5.40112.2006";

/// A resource that the register keeps.
///
/// `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredResource {
    /// The type.
    pub resource_type: String,
    /// The identifier that the register gave it.
    pub id: u64,
    /// The resource as it came.
    pub json: Vec<u8>,
}

/// The register: whom it trusts and what it keeps.
#[derive(Debug)]
pub struct Log {
    spec: Spec,
    exchange: Exchange,
    profile: BundleSignatureProfile,
    trusted: TrustAnchors,
    stored: Vec<StoredResource>,
    file: Option<Store>,
}

impl Log {
    /// Makes an empty register in memory that trusts some authorities.
    ///
    /// # Errors
    /// [`BindingsError`] when the spec bundle lacks values.
    pub fn new(spec: Spec, trusted: TrustAnchors) -> Result<Self, BindingsError> {
        Ok(Self {
            exchange: Exchange::from_spec(&spec)?,
            profile: BundleSignatureProfile::from_spec(&spec)?,
            spec,
            trusted,
            stored: Vec::new(),
            file: None,
        })
    }

    /// The same register kept in a file: it goes on where an earlier one was, even when that was killed.
    ///
    /// # Errors
    /// [`StoreError`] when SQLite cannot use the file.
    pub fn kept_in(mut self, path: &Path) -> Result<Self, StoreError> {
        let file = Store::open(path)?;
        self.stored = file.all()?;
        self.file = Some(file);
        Ok(self)
    }

    /// Returns what the register keeps, in the order of arrival.
    #[must_use]
    pub fn stored(&self) -> &[StoredResource] {
        &self.stored
    }

    /// Answers one request; `now` is the register's clock.
    pub fn answer(
        &mut self,
        headers: &HeaderMap,
        body: &[u8],
        now: Instant,
    ) -> (StatusCode, Vec<u8>) {
        let token = self.exchange.verify_request(headers, now);
        if !token.is_ok_and(|certificates| self.trusts(certificates.first(), now)) {
            return (StatusCode::UNAUTHORIZED, Vec::new());
        }
        let (Ok(mut report), Ok(verification)) =
            (check(body, &self.spec), verify(body, &self.profile))
        else {
            return (StatusCode::BAD_REQUEST, Vec::new());
        };
        report.extend(verification.findings().clone());
        if report.has_errors() || !self.trusts(verification.certificate(), now) {
            return (StatusCode::BAD_REQUEST, refusal(&report));
        }
        match serde_json::from_slice(body) {
            Ok(bundle) => match self.store(&bundle) {
                Ok(answer) => (StatusCode::OK, answer),
                Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, internal_error()),
            },
            Err(_) => (StatusCode::BAD_REQUEST, Vec::new()),
        }
    }

    fn trusts(&self, certificate: Option<&Certificate>, now: Instant) -> bool {
        certificate.is_some_and(|certificate| {
            matches!(
                check_path(certificate, &[], &self.trusted, now),
                PathVerdict::Trusted
            )
        })
    }

    /// Keeps all resources of a transaction or none.
    fn store(&mut self, bundle: &Bundle<'_>) -> Result<Vec<u8>, StoreError> {
        let mut entry = Vec::with_capacity(bundle.entry.len());
        let mut new = Vec::with_capacity(bundle.entry.len());
        for resource in bundle
            .entry
            .iter()
            .filter_map(|entry| entry.resource.as_ref())
        {
            let id = (self.stored.len() + new.len()) as u64 + 1;
            let resource_type = resource.resource_type().to_owned();
            entry.push(BundleEntry {
                response: Some(BundleResponse {
                    status: Some("201 Created".into()),
                    location: Some(format!("{resource_type}/{id}/_history/1").into()),
                    ..BundleResponse::default()
                }),
                ..BundleEntry::default()
            });
            new.push(StoredResource {
                resource_type,
                id,
                json: json(resource),
            });
        }
        if let Some(file) = &mut self.file {
            file.insert(&new)?;
        }
        self.stored.append(&mut new);
        Ok(json(&Resource::from(Bundle {
            kind: Some("transaction-response".into()),
            entry,
            ..Bundle::default()
        })))
    }
}

/// The refusal for some findings, in the form of Kanta's other services.
fn refusal(report: &Report) -> Vec<u8> {
    let issues = report.errors().map(|finding| {
        issue(
            "4Y00007",
            "Virhe sanoman eheydessä.",
            finding.place().to_owned(),
            format!("{}: {}", finding.rule(), finding.english()),
        )
    });
    let mut issues: Vec<_> = issues.collect();
    if issues.is_empty() {
        issues.push(issue(
            "4Y00007",
            "Virhe sanoman eheydessä.",
            "Bundle.signature".to_owned(),
            "the certificate of the signature is not trusted".to_owned(),
        ));
    }
    outcome(issues)
}

/// The refusal for want of a right.
pub(super) fn no_right() -> Vec<u8> {
    let issue = issue(
        "5Y00009",
        "Käyttöoikeusvirhe.",
        "Bundle".to_owned(),
        "the organisation has no right to the register".to_owned(),
    );
    outcome(vec![issue])
}

/// An error of the service's own.
pub(super) fn internal_error() -> Vec<u8> {
    let issue = OperationOutcomeIssue {
        severity: Some("fatal".into()),
        code: Some("exception".into()),
        ..OperationOutcomeIssue::default()
    };
    outcome(vec![issue])
}

fn outcome(issue: Vec<OperationOutcomeIssue<'_>>) -> Vec<u8> {
    json(&Resource::from(OperationOutcome {
        issue,
        ..OperationOutcome::default()
    }))
}

fn issue(
    code: &'static str,
    display: &'static str,
    place: String,
    diagnostics: String,
) -> OperationOutcomeIssue<'static> {
    let coding = Coding::new(PROCESS_ERRORS, code, display);
    OperationOutcomeIssue {
        severity: Some("error".into()),
        code: Some("processing".into()),
        details: Some(CodeableConcept::from(coding)),
        diagnostics: Some(diagnostics.into()),
        expression: vec![Text::from(place)],
        ..OperationOutcomeIssue::default()
    }
}

fn json(resource: &Resource<'_>) -> Vec<u8> {
    serde_json::to_vec(resource).expect("texts and lists of them always serialise")
}

impl std::fmt::Debug for StoredResource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredResource")
            .field("resource_type", &self.resource_type)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
