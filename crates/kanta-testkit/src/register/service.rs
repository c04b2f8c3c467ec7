//! Requests to the test log register, with faults by script.

use std::collections::VecDeque;
use std::sync::Mutex;

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};
use kanta_client::core::Instant;

use super::log::{internal_error, no_right};
use super::{Log, RegisterFault, StoredResource};
use crate::UnknownFault;
use crate::server::{Answer, Closed, lock, whole};

/// The register behind a server.
#[derive(Debug)]
pub(crate) struct Service {
    log: Mutex<Log>,
    faults: Mutex<VecDeque<RegisterFault>>,
}

impl Service {
    pub(crate) fn new(log: Log) -> Self {
        Self {
            log: Mutex::new(log),
            faults: Mutex::new(VecDeque::new()),
        }
    }

    pub(crate) fn script(&self, faults: impl IntoIterator<Item = RegisterFault>) {
        lock(&self.faults).extend(faults);
    }

    pub(crate) fn stored(&self) -> Vec<StoredResource> {
        lock(&self.log).stored().to_vec()
    }

    /// Answers one request, which may name the fault that it wants to meet.
    pub(crate) async fn respond(
        &self,
        request: &Parts,
        body: Bytes,
        named: Option<&str>,
        now: Instant,
    ) -> Answer {
        let named: Result<Option<RegisterFault>, UnknownFault> = named.map(str::parse).transpose();
        let fault = match named {
            Ok(Some(fault)) => Some(fault),
            Ok(None) => lock(&self.faults).pop_front(),
            Err(error) => return whole(StatusCode::BAD_REQUEST, error.to_string().into()),
        };
        let store = || lock(&self.log).answer(&request.headers, &body, now);
        let Some(fault) = fault else {
            let (status, answer) = store();
            return answered(status, answer);
        };
        match fault {
            RegisterFault::Html => {
                const PAGE: &[u8] = b"<html><body>Request Rejected. Support id: 1</body></html>";
                answered(StatusCode::OK, PAGE.to_vec())
            }
            RegisterFault::EmptyBadRequest => answered(StatusCode::BAD_REQUEST, Vec::new()),
            RegisterFault::EmptyUnauthorised => answered(StatusCode::UNAUTHORIZED, Vec::new()),
            RegisterFault::NoRight => answered(StatusCode::UNAUTHORIZED, no_right()),
            RegisterFault::InternalError => {
                answered(StatusCode::INTERNAL_SERVER_ERROR, internal_error())
            }
            RegisterFault::ServiceUnavailable => {
                answered(StatusCode::SERVICE_UNAVAILABLE, Vec::new())
            }
            RegisterFault::CloseWithoutStoring => Err(Closed),
            RegisterFault::CloseAfterStoring => {
                store();
                Err(Closed)
            }
            RegisterFault::HangAfterStoring => {
                store();
                std::future::pending().await
            }
            RegisterFault::CutAnswerAfterStoring => {
                let (status, mut answer) = store();
                answer.truncate(answer.len() / 2);
                answered(status, answer)
            }
            RegisterFault::FewerEntriesAfterStoring => {
                const FEWER: &[u8] = br#"{"resourceType":"Bundle","type":"transaction-response"}"#;
                let (status, _) = store();
                answered(status, FEWER.to_vec())
            }
        }
    }
}

/// An answer in FHIR's JSON, which is told by its media type when there is one.
fn answered(status: StatusCode, body: Vec<u8>) -> Answer {
    let is_json = body.first() == Some(&b'{');
    let mut response = whole(status, body.into())?;
    if is_json {
        let media_type = http::HeaderValue::from_static("application/fhir+json; charset=utf-8");
        let headers = Response::headers_mut(&mut response);
        headers.insert(http::header::CONTENT_TYPE, media_type);
    }
    Ok(response)
}
