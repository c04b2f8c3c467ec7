//! A policy that reads a table.

use serde::Deserialize;

use super::decision::{
    AccessDecision, AccessPolicy, AccessRequest, Basis, DenyReason, MissingFact,
};
use super::document::AccessedDocument;
use super::evidence::Unsupported;
use super::work_task::WorkTask;
use crate::codes::{DocumentType, ServiceProcess, ServiceTask, SocialService};
use crate::{CodedValue, Oid};

/// An access policy whose rows the provider answers for (Finnish: käyttöoikeustaulukko).
///
/// TOML: `name`, and a `[[row]]` for each rule, judged from the first to the last; the first that fits decides. A row has
/// `work_task` (the words of [`WorkTask::key`] or the provider's own), `decision` (`permit` or `deny`), and as conditions, each
/// a list and each free to leave out: `basis` (the words of [`Basis::key`]), `service_task`, `service_process`,
/// `social_service`, `document_type` (codes; the general type); `own_unit = true` for documents of the worker's unit; and a
/// `note` that a denial shows. A condition on a fact that the document does not tell ends the search: undecided.
#[derive(Debug, Clone)]
pub struct TablePolicy {
    name: String,
    rows: Vec<Row>,
}

/// A table that cannot be read (`KANTA-ACCESS-TABLE`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} [KANTA-ACCESS-TABLE]")]
pub struct TableError {
    problem: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    #[serde(default)]
    row: Vec<Row>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    work_task: String,
    decision: Effect,
    basis: Option<Vec<String>>,
    service_task: Option<Vec<String>>,
    service_process: Option<Vec<String>>,
    social_service: Option<Vec<String>>,
    document_type: Option<Vec<String>>,
    own_unit: Option<bool>,
    note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Effect {
    Permit,
    Deny,
}

impl TablePolicy {
    /// Reads a table.
    ///
    /// # Errors
    /// `KANTA-ACCESS-TABLE` with what is wrong: an unknown key, basis or decision.
    pub fn from_toml(text: &str) -> Result<Self, TableError> {
        let table: Table = toml::from_str(text).map_err(|error| TableError {
            problem: error.to_string().trim_end().to_owned(),
        })?;
        for row in &table.row {
            let words = row.basis.iter().flatten();
            for word in words {
                if !Basis::ALL.iter().any(|basis| basis.key() == word) {
                    return Err(TableError {
                        problem: format!(
                            "there is no basis `{word}`; the words are those of Basis::key"
                        ),
                    });
                }
            }
        }
        Ok(Self {
            name: table.name,
            rows: table.row,
        })
    }

    /// Returns the name of the table, for the log.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Judges the rows for one basis.
    fn judge(&self, request: &AccessRequest<'_>, basis: Basis) -> Result<(), AccessDecision> {
        let missing = |fact| AccessDecision::Undecided {
            missing: vec![fact],
        };
        for row in &self.rows {
            if WorkTask::parse(&row.work_task) != request.user.work_task {
                continue;
            }
            match row.fits(request, basis) {
                Ok(false) => {}
                Err(fact) => return Err(missing(fact)),
                Ok(true) if row.decision == Effect::Permit => return Ok(()),
                Ok(true) => {
                    return Err(AccessDecision::Deny {
                        reasons: vec![DenyReason::Table {
                            note: row.note.clone(),
                        }],
                    });
                }
            }
        }
        Err(missing(MissingFact::TableRow))
    }
}

impl Row {
    fn fits(&self, request: &AccessRequest<'_>, basis: Basis) -> Result<bool, MissingFact> {
        let document: &AccessedDocument = request.document;
        if let Some(words) = &self.basis
            && !words.iter().any(|word| word == basis.key())
        {
            return Ok(false);
        }
        Ok(among(
            self.service_task.as_deref(),
            document.service_task.as_ref(),
            &ServiceTask::SYSTEM,
            MissingFact::ServiceTask,
        )? && among(
            self.service_process.as_deref(),
            document.service_process.as_ref(),
            &ServiceProcess::SYSTEM,
            MissingFact::ServiceProcess,
        )? && among(
            self.social_service.as_deref(),
            document.social_service.as_ref(),
            &SocialService::SYSTEM,
            MissingFact::SocialService,
        )? && among(
            self.document_type.as_deref(),
            document.document_type.as_ref(),
            &DocumentType::SYSTEM,
            MissingFact::DocumentType,
        )? && match (self.own_unit, &document.unit) {
            (None, _) => true,
            (Some(_), None) => return Err(MissingFact::Unit),
            (Some(own), Some(unit)) => own == (*unit == request.user.unit),
        })
    }
}

fn among(
    codes: Option<&[String]>,
    value: Option<&impl AsRef<CodedValue>>,
    system: &Oid,
    missing: MissingFact,
) -> Result<bool, MissingFact> {
    let Some(codes) = codes else {
        return Ok(true);
    };
    let value = value.ok_or(missing)?.as_ref();
    Ok(codes.iter().any(|code| value.is_same_code(code, system)))
}

impl AccessPolicy for TablePolicy {
    fn decide(&self, request: &AccessRequest<'_>) -> AccessDecision {
        let user = request.user;
        let mut reasons = Vec::new();
        let mut missing = Vec::new();
        let mut bases = Vec::new();
        for evidence in request.evidence {
            match evidence.basis(user, request.document, request.day) {
                Ok(basis) if basis.is_from_another_register() && !user.strongly_identified => {
                    reasons.push(DenyReason::StrongIdentificationNeeded);
                }
                Ok(basis) => bases.push(basis),
                Err(Unsupported::Not(reason)) => reasons.push(reason),
                Err(Unsupported::Unknown(fact)) => missing.push(fact),
            }
        }
        if bases.is_empty() {
            return if !missing.is_empty() {
                AccessDecision::Undecided { missing }
            } else if reasons.is_empty() {
                let reasons = vec![DenyReason::NoEvidence];
                AccessDecision::Deny { reasons }
            } else {
                AccessDecision::Deny { reasons }
            };
        }
        let Some(task) = &request.document.service_task else {
            let missing = vec![MissingFact::ServiceTask];
            return AccessDecision::Undecided { missing };
        };
        let code = task.as_ref().code();
        let has_task = |own: &ServiceTask| own.as_ref().is_same_code(code, &ServiceTask::SYSTEM);
        if !user.service_tasks.iter().any(has_task) {
            let reasons = vec![DenyReason::ServiceTaskNotAssigned];
            return AccessDecision::Deny { reasons };
        }
        let mut refusal = None;
        for basis in bases {
            match self.judge(request, basis) {
                Ok(()) => return AccessDecision::Permit { basis },
                Err(decision) => {
                    refusal.get_or_insert(decision);
                }
            }
        }
        refusal.expect("there is a basis, and none permitted")
    }
}

#[cfg(test)]
mod tests;
