//! What an answer of the register means: stored, rejected, or nobody knows.

use http::StatusCode;
use kanta_core::spec::Spec;
use kanta_core::{Finding, Reason, Report, Severity};

use crate::resource::{Bundle, OperationOutcome, OperationOutcomeIssue, Resource};
use crate::rules;

/// What an answer says of the notices that were sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// The register has all of them; one entry for each that was sent, in the same order.
    Stored(Vec<StoredEntry>),
    /// The register refused all of them, for these reasons.
    Rejected(Report),
    /// It cannot be told what became of them, for this reason.
    Unclear(Reason),
}

/// What the register made of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredEntry {
    /// The status, such as `201 Created`.
    pub status: String,
    /// Where the resource is kept, with the identifier that the register gave it.
    pub location: Option<String>,
}

/// Reads an answer to a transaction of so many entries.
///
/// Only what is clear counts: a whole transaction response for every entry is "stored", a refusal of the register's own is
/// "rejected", and everything else (another's web page, a fault of the service, an answer that is cut) is unclear. The forms
/// of refusals are those of other Kanta FHIR services (other Kanta FHIR guides, `[S]` there, `[I]` here).
#[must_use]
pub fn read_answer(status: StatusCode, body: &[u8], entries: usize, spec: &Spec) -> Answer {
    let is_empty = body.iter().all(u8::is_ascii_whitespace);
    if is_html(body) {
        return unclear(
            status,
            "vastauksen sijasta tuli verkkosivu: jokin rekisterin edessä vastasi",
            "a web page came in place of an answer: something between here and the register answered",
        );
    }
    if is_refusal(status) {
        if is_empty {
            return Answer::Rejected(empty_refusal(status));
        }
        return match serde_json::from_slice(body) {
            Ok(Resource::OperationOutcome(outcome)) if !outcome.issue.is_empty() => {
                Answer::Rejected(findings(&outcome, spec))
            }
            _ => unclear(
                status,
                "hylkäys ei ole OperationOutcome",
                "the refusal is not an OperationOutcome",
            ),
        };
    }
    if !status.is_success() {
        return unclear(
            status,
            "palvelussa tai jossain sen edessä on häiriö",
            "the service or something before it is in trouble",
        );
    }
    match serde_json::from_slice(body) {
        Ok(Resource::Bundle(bundle)) => stored(&bundle, entries)
            .unwrap_or_else(|(finnish, english)| unclear(status, finnish, english)),
        Ok(_) => unclear(
            status,
            "vastaus ei ole Bundle",
            "the answer is not a bundle",
        ),
        Err(_) if is_empty => unclear(status, "vastaus on tyhjä", "the answer is empty"),
        Err(_) => unclear(
            status,
            "vastausta ei voi lukea FHIR-resurssina",
            "the answer cannot be read as a resource of FHIR",
        ),
    }
}

/// A status that says that the request was judged and nothing was done.
fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error()
        && !matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        )
}

fn is_html(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    start.first() == Some(&b'<')
}

fn unclear(status: StatusCode, finnish: &str, english: &str) -> Answer {
    let status = status.as_u16();
    Answer::Unclear(Reason::new(
        format!("{finnish} (HTTP-tila {status})"),
        format!("{english} (HTTP status {status})"),
    ))
}

/// What is wrong in Finnish and English.
type Wrong = (&'static str, &'static str);

fn stored(bundle: &Bundle<'_>, entries: usize) -> Result<Answer, Wrong> {
    if bundle.kind.as_deref() != Some("transaction-response") {
        return Err((
            "vastauksen Bundle ei ole transaction-response",
            "the bundle is not a transaction response",
        ));
    }
    if bundle.entry.len() != entries {
        return Err((
            "vastauksessa ei ole yhtä kohtaa jokaista lähetettyä kohden",
            "the answer does not have one entry for each that was sent",
        ));
    }
    let entries = bundle.entry.iter().map(|entry| {
        let response = entry.response.as_ref()?;
        let status = response.status.as_deref()?;
        status.starts_with('2').then(|| StoredEntry {
            status: status.to_owned(),
            location: response.location.as_deref().map(str::to_owned),
        })
    });
    entries.collect::<Option<_>>().map(Answer::Stored).ok_or((
        "vastauksen kohta ei kerro, että se tallennettiin",
        "an entry of the answer does not say that it was stored",
    ))
}

fn empty_refusal(status: StatusCode) -> Report {
    let (finnish, english) = if status == StatusCode::UNAUTHORIZED {
        (
            "rekisteri ei hyväksynyt tunnistetta (JWT): tarkista kello, varmenne ja tunnisteen sisältö",
            "the register did not accept the token: check the clock, the certificate and the claims",
        )
    } else {
        (
            "rekisteri ei pitänyt sanomaa kelvollisena: tarkista otsakkeet ja sanoman muoto",
            "the register took the message for invalid: check the headers and the form of the message",
        )
    };
    let finding = rules::ANSWER.finding(format!("HTTP {}", status.as_u16()), finnish, english);
    [finding].into_iter().collect()
}

fn findings(outcome: &OperationOutcome<'_>, spec: &Spec) -> Report {
    let kanta = spec.text_for_reading("fhir.exchange.process_error_system");
    outcome
        .issue
        .iter()
        .map(|issue| finding(issue, kanta))
        .collect()
}

/// One reason, under Kanta's own error code when it has one.
fn finding(issue: &OperationOutcomeIssue<'_>, kanta: Option<&str>) -> Finding {
    let codings = || {
        issue
            .details
            .iter()
            .flat_map(|details| &details.coding)
            .filter(|coding| coding.code.is_some())
    };
    let coding = codings()
        .find(|coding| coding.system.as_deref() == kanta)
        .or_else(|| codings().next());
    let code = coding
        .and_then(|coding| coding.code.as_deref())
        .or(issue.code.as_deref())
        .unwrap_or("unknown");
    let severity = match issue.severity.as_deref() {
        Some("warning") => Severity::Warning,
        Some("information") => Severity::Information,
        _ => Severity::Error,
    };
    let place = issue.expression.first().or(issue.location.first());
    let display = coding.and_then(|coding| coding.display.as_deref());
    let text: Vec<&str> = display
        .into_iter()
        .chain(issue.diagnostics.as_deref())
        .collect();
    Finding::reported(
        code,
        severity,
        place.map_or("", |place| place.as_str()),
        "answer of the log register",
        text.join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_core::spec::{Bundle as SpecBundle, Inferred};

    fn spec() -> Spec {
        Spec::for_customer_test(&[SpecBundle::embedded()], Inferred::Refuse)
    }

    fn read(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        read_answer(status, body.as_bytes(), 2, &spec())
    }

    const STORED: &str = r#"{"resourceType":"Bundle","type":"transaction-response","entry":[
        {"response":{"status":"201 Created","location":"AuditEvent/7/_history/1"}},
        {"response":{"status":"201","outcome":{"resourceType":"OperationOutcome"}}}]}"#;
    const REFUSED: &str = r#"{"resourceType":"OperationOutcome","issue":[
        {"severity":"error","code":"processing","details":{"coding":[{"system":"urn:oid:1.2.246.537.5.40112.2006",
         "code":"4Y00007","display":"Virhe sanoman eheydessä."}]},"diagnostics":"parametri puuttuu"},
        {"severity":"error","code":"processing","details":{"coding":[{"system":"http://hl7.org/fhir/java-core-messageId",
         "code":"Validation_VAL_Profile_Minimum"}]},"location":["Bundle.entry[0].resource"],"diagnostics":"minimum required = 1"},
        {"severity":"warning","code":"informational"}]}"#;

    #[test]
    fn a_whole_answer_means_stored() {
        let Answer::Stored(entries) = read(200, STORED) else {
            panic!();
        };
        assert_eq!(
            entries[0].location.as_deref(),
            Some("AuditEvent/7/_history/1")
        );
        assert_eq!(entries[1].status, "201");
    }

    #[test]
    fn a_refusal_tells_every_reason_under_its_own_code() {
        for status in [400, 401, 403, 422] {
            let Answer::Rejected(report) = read(status, REFUSED) else {
                panic!();
            };
            assert_eq!(report.len(), 3);
            assert!(report.has("4Y00007") && report.has("Validation_VAL_Profile_Minimum"));
            assert_eq!(report.errors().count(), 2);
            let first = report.iter().next().unwrap();
            assert!(
                first
                    .english()
                    .contains("Virhe sanoman eheydessä. parametri puuttuu")
            );
            assert_eq!(
                report.iter().nth(1).unwrap().place(),
                "Bundle.entry[0].resource"
            );
        }
        for status in [400, 401] {
            let Answer::Rejected(report) = read(status, " ") else {
                panic!();
            };
            assert!(report.has("KANTA-FHIR-ANSWER"));
        }
    }

    #[test]
    fn whatever_is_not_clear_is_unclear() {
        let half = &STORED[..STORED.len() - 20];
        let failed = STORED.replace("\"201\"", "\"500\"");
        let searched = STORED.replace("transaction-response", "batch-response");
        for (status, body) in [
            (200, ""),
            (200, "<html></html>"),
            (400, "<!DOCTYPE html><html></html>"),
            (403, "  <html></html>"),
            (400, "not now"),
            (200, half),
            (200, &failed),
            (200, &searched),
            (200, REFUSED),
            (
                200,
                r#"{"resourceType":"Bundle","type":"transaction-response"}"#,
            ),
            (302, ""),
            (408, ""),
            (429, ""),
            (500, ""),
            (500, REFUSED),
            (503, "<html></html>"),
        ] {
            let answer = read(status, body);
            assert!(matches!(answer, Answer::Unclear(_)), "{status}: {answer:?}");
        }
    }
}
