//! What went wrong, in the words of the service.

use super::CodeableConcept;
use super::element::element;

const SEVERITIES: &[&str] = &["fatal", "error", "warning", "information"];
const ISSUE_TYPES: &[&str] = &[
    "invalid",
    "structure",
    "required",
    "value",
    "invariant",
    "security",
    "login",
    "unknown",
    "expired",
    "forbidden",
    "suppressed",
    "processing",
    "not-supported",
    "duplicate",
    "multiple-matches",
    "not-found",
    "deleted",
    "too-long",
    "code-invalid",
    "extension",
    "too-costly",
    "business-rule",
    "conflict",
    "transient",
    "lock-error",
    "no-store",
    "exception",
    "timeout",
    "incomplete",
    "throttled",
    "informational",
];

element! {
    /// The reasons of a refusal.
    OperationOutcome: DomainResource, "OperationOutcome" {
        issue: 1..* OperationOutcomeIssue "issue";
    }
    others []
}

element! {
    /// One reason.
    OperationOutcomeIssue: BackboneElement, "OperationOutcome.issue" {
        severity: 1..1 code "severity" in SEVERITIES;
        code: 1..1 code "code" in ISSUE_TYPES;
        details: 0..1 CodeableConcept "details";
        diagnostics: 0..1 string "diagnostics";
        location: 0..* string "location";
        expression: 0..* string "expression";
    }
    others []
}
