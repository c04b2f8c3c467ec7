//! The validation service of the customer-test environment (SHARK): frame and document together, before joint testing.
//!
//! The contract is that of a public client of the service (validator client). The service speaks plain HTTP: only test
//! persons may go there, and everything that is sent is looked through first.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use kanta_core::spec::{Environment, Spec, SpecError};
use kanta_core::{Finding, Report, Severity};
use serde::Serialize;

use crate::frame::{
    FrameError, ReadFrameError, refuse_real_people, refuse_real_people_in_document,
};
use crate::transport::{Reply, TransportError, post_unencrypted};

/// Asks the validation service about pairs of frame and document.
#[derive(Debug, Clone)]
pub struct Validator {
    address: Uri,
    level: String,
    timeout: Duration,
}

/// Why the validation service gave no verdict.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ValidatorError {
    /// The bundle lacks the address or the level.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The service takes test persons only: it is not for production (`KANTA-VALIDATOR-PRODUCTION`).
    #[error(
        "the validation service belongs to the customer-test environment: use a spec bundle for it [KANTA-VALIDATOR-PRODUCTION]"
    )]
    Production,
    /// Frame or document hold an identity code that can be a real person's: nothing was sent.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Frame or document are not UTF-8 (`KANTA-VALIDATOR-TEXT`).
    #[error("{0} is not UTF-8 [KANTA-VALIDATOR-TEXT]")]
    NotText(&'static str),
    /// The service was not reached or did not answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A firewall answered (`KANTA-FRAME-HTML`).
    #[error("{0}")]
    Html(ReadFrameError),
    /// The answer is none that is known (`KANTA-VALIDATOR-ANSWER`).
    #[error(
        "the answer of the validation service is not known (HTTP {0}) [KANTA-VALIDATOR-ANSWER]"
    )]
    Answer(StatusCode),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'r> {
    message_id: String,
    palvelu_pyynto: &'r str,
    level: &'r str,
    siirtokehys_xml: String,
    asiakirja_xml: String,
}

impl Validator {
    /// Takes address and level from the bundle.
    ///
    /// # Errors
    /// [`ValidatorError::Production`], and [`ValidatorError::Spec`] when the bundle lacks a value.
    pub fn new(spec: &Spec) -> Result<Self, ValidatorError> {
        if spec.environment() == Environment::Production {
            return Err(ValidatorError::Production);
        }
        const ADDRESS: &str = "message.validator.address";
        let address = spec.text(ADDRESS)?.parse().map_err(|error| {
            SpecError::invalid(ADDRESS, &format!("it is not an address: {error}"))
        })?;
        Ok(Self {
            address,
            level: spec.text("message.validator.level")?.to_owned(),
            timeout: Duration::from_secs(60),
        })
    }

    /// The same service under another address, `http://…`.
    #[must_use]
    pub fn at(mut self, address: Uri) -> Self {
        self.address = address;
        self
    }

    /// The same service with another bound on one question (default: 60 seconds).
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Asks for a verdict; an empty report is a pass. `service_request` is the code in the frame, such as SP17.
    ///
    /// Both texts get an XML declaration when they have none, and line ends become LF: the service needs both. What is
    /// archived stays as it is.
    ///
    /// # Errors
    /// [`ValidatorError`] when there is no verdict.
    pub async fn check(
        &self,
        service_request: &str,
        frame: &[u8],
        document: &[u8],
    ) -> Result<Report, ValidatorError> {
        refuse_real_people(frame)?;
        refuse_real_people_in_document(document)?;
        let request = Request {
            message_id: uuid::Uuid::new_v4().to_string(),
            palvelu_pyynto: service_request,
            level: &self.level,
            siirtokehys_xml: xml_text(frame, "the frame")?,
            asiakirja_xml: xml_text(document, "the document")?,
        };
        let body = serde_json::to_vec(&request).map_err(|_| ValidatorError::NotText("a text"))?;
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, json)]);
        let reply =
            post_unencrypted(&self.address, Bytes::from(body), headers, self.timeout).await?;
        verdict(&reply)
    }
}

fn xml_text(bytes: &[u8], what: &'static str) -> Result<String, ValidatorError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ValidatorError::NotText(what))?;
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    Ok(if text.starts_with("<?xml") {
        text
    } else {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}")
    })
}

/// Success is HTTP 200 with an empty body and nothing else; findings are numbered and separated by semicolons.
fn verdict(reply: &Reply) -> Result<Report, ValidatorError> {
    let body = reply.body.trim_ascii();
    if reply.status == StatusCode::OK && body.is_empty() {
        return Ok(Report::new());
    }
    if body.starts_with(b"<") {
        return Err(ValidatorError::Html(ReadFrameError::Html));
    }
    let description = serde_json::from_slice::<serde_json::Value>(body)
        .ok()
        .and_then(|answer| Some(answer.get("description")?.as_str()?.to_owned()))
        .filter(|description| !description.trim().is_empty())
        .ok_or(ValidatorError::Answer(reply.status))?;
    Ok(description
        .split(';')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| {
            let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
            let plain = match numbered.strip_prefix(['.', ')', ':']) {
                Some(plain) if numbered.len() < text.len() => plain.trim(),
                _ => text,
            };
            Finding::reported(
                "VALIDATOR",
                Severity::Error,
                "",
                "the validation service of the customer-test environment",
                plain,
            )
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &'static str) -> Reply {
        Reply {
            status: StatusCode::from_u16(status).unwrap(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn only_an_empty_answer_is_a_pass() {
        assert!(verdict(&reply(200, "")).unwrap().is_empty());
        assert_eq!(
            verdict(&reply(200, "ok")),
            Err(ValidatorError::Answer(StatusCode::OK))
        );
        assert!(matches!(
            verdict(&reply(200, "<html>Request Rejected</html>")),
            Err(ValidatorError::Html(_))
        ));
        assert_eq!(
            verdict(&reply(500, "{\"description\": \"\"}")),
            Err(ValidatorError::Answer(StatusCode::INTERNAL_SERVER_ERROR))
        );
        let found = verdict(&reply(
            400,
            "{\"description\": \"1. setId puuttuu; 2) koodi 5.1997 on väärä; ilman numeroa;\"}",
        ))
        .unwrap();
        let texts: Vec<&str> = found.iter().map(Finding::finnish).collect();
        assert_eq!(
            texts,
            ["setId puuttuu", "koodi 5.1997 on väärä", "ilman numeroa"]
        );
    }

    #[test]
    fn texts_get_a_declaration_and_unix_line_ends() {
        let text = xml_text(b"<a>\r\n</a>", "x").unwrap();
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n</a>"
        );
        assert_eq!(xml_text(b"<?xml?><a/>", "x").unwrap(), "<?xml?><a/>");
        assert_eq!(xml_text(b"\xff", "x"), Err(ValidatorError::NotText("x")));
    }
}
