//! What the client promises about disclosure notices, under every fault of the log register.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kanta_client::core::Instant;
use kanta_client::core::audit::UseLogEntry;
use kanta_client::disclosures::{NoticeOutcome, NotifyError};
use kanta_client::fhir::SignError;
use kanta_client::fhir::exchange::{Answer, Exchange, read_answer};
use kanta_client::transport::TransportError;
use kanta_client::{AuditError, AuditSink, Retry};
use kanta_testkit::register::{Log, RegisterFault, TestRegister, caller, sample_batch};
use kanta_testkit::test_spec;

#[tokio::test]
async fn notices_are_stored_together_each_with_its_provenance() {
    let server = TestRegister::start().await.unwrap();
    let register = server.client().unwrap();
    let signer = server.signer().unwrap();
    let outcome = register
        .disclosures()
        .notify(&sample_batch(4), &caller(), &signer)
        .await
        .unwrap();
    let NoticeOutcome::Stored(entries) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(entries.len(), 8);
    assert_eq!(
        entries[0].location.as_deref(),
        Some("AuditEvent/1/_history/1")
    );
    let stored = server.stored();
    let types: Vec<&str> = stored
        .iter()
        .map(|resource| resource.resource_type.as_str())
        .collect();
    assert_eq!(types, ["AuditEvent", "Provenance"].repeat(4));
}

#[tokio::test]
async fn a_lost_answer_is_parked_and_never_sent_again_by_itself() {
    for fault in RegisterFault::ALL {
        let server = TestRegister::start().await.unwrap();
        let register = server.client_with_deadline(Duration::from_secs(2)).unwrap();
        let signer = server.signer().unwrap();
        server.script([*fault]);
        let notices = register
            .disclosures()
            .prepare(&sample_batch(1), &signer)
            .unwrap();
        let outcome = register
            .disclosures()
            .send(&notices, &caller(), &signer)
            .await
            .unwrap();
        assert_eq!(outcome.retry(), Retry::Never);
        let stored = if fault.stores() { 2 } else { 0 };
        assert_eq!(server.stored().len(), stored, "{fault:?}");
        match outcome {
            NoticeOutcome::Rejected(report) => {
                assert!(fault.is_refusal(), "{fault:?}");
                assert!(report.has_errors());
                assert_eq!(*fault == RegisterFault::NoRight, report.has("5Y00009"));
            }
            NoticeOutcome::Unknown(parked) => {
                assert!(!fault.is_refusal(), "{fault:?}");
                assert_eq!(parked.notices(), &notices);
                assert!(!parked.reason().finnish().is_empty());
                // A person decides; what was stored is then there twice.
                let outcome = register
                    .disclosures()
                    .send_again_by_decision(&parked, &caller(), &signer)
                    .await
                    .unwrap();
                assert!(matches!(outcome, NoticeOutcome::Stored(_)), "{fault:?}");
                assert_eq!(server.stored().len(), stored + 2, "{fault:?}");
            }
            other => panic!("{fault:?}: {other:?}"),
        }
    }
}

#[derive(Clone, Default)]
struct UseLog(Arc<Mutex<Vec<String>>>);

impl AuditSink for UseLog {
    fn record(&self, entry: &UseLogEntry) -> Result<(), AuditError> {
        self.0
            .lock()
            .unwrap()
            .push(serde_json::to_string(entry).unwrap());
        Ok(())
    }
}

#[tokio::test]
async fn every_request_stands_in_the_use_log_without_personal_data() {
    let server = TestRegister::start().await.unwrap();
    let log = UseLog::default();
    let register = server.client().unwrap().with_audit(log.clone());
    let signer = server.signer().unwrap();
    for fault in [
        None,
        Some(RegisterFault::NoRight),
        Some(RegisterFault::Html),
    ] {
        server.script(fault);
        let disclosures = register.disclosures();
        disclosures
            .notify(&sample_batch(1), &caller(), &signer)
            .await
            .unwrap();
    }
    // A client that has no connection yet, and a server that is gone.
    let register = server.client().unwrap().with_audit(log.clone());
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    register
        .disclosures()
        .notify(&sample_batch(1), &caller(), &signer)
        .await
        .unwrap_err();
    let entries = log.0.lock().unwrap();
    let results = ["succeeded", "refused", "unknown", "failed"];
    assert_eq!(entries.len(), results.len());
    for (entry, result) in entries.iter().zip(results) {
        assert!(entry.contains("\"direct-disclosure\""), "{entry}");
        assert!(
            entry.contains(&format!("\"result\":\"{result}\"")),
            "{entry}"
        );
        let child = kanta_testkit::people::child();
        let identifier = child.identifier.expose().extension.unwrap();
        assert!(!entry.contains(&identifier), "{entry}");
        assert!(!entry.contains("Esimerkillinen"), "{entry}");
    }
    assert!(entries[1].contains("5Y00009"), "{}", entries[1]);
}

#[tokio::test]
async fn a_register_that_is_down_gets_nothing_and_may_be_tried_again() {
    let server = TestRegister::start().await.unwrap();
    let register = server.client().unwrap();
    let signer = server.signer().unwrap();
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = register
        .disclosures()
        .notify(&sample_batch(1), &caller(), &signer)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            NotifyError::Transport(TransportError::Unreachable(_))
        ),
        "{error}"
    );
    assert!(matches!(error.retry(), Retry::After(_)));
}

#[tokio::test]
async fn a_signer_whom_the_register_does_not_trust_is_refused() {
    let server = TestRegister::start().await.unwrap();
    let stranger = TestRegister::start().await.unwrap().signer().unwrap();
    let register = server.client().unwrap();
    let outcome = register
        .disclosures()
        .notify(&sample_batch(1), &caller(), &stranger)
        .await
        .unwrap();
    let NoticeOutcome::Rejected(report) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(report.has("KANTA-FHIR-ANSWER"), "{report}");
    assert!(server.stored().is_empty());
}

/// The register's own judgement, without a server: old tokens, changed bytes.
#[tokio::test]
async fn old_tokens_and_changed_bytes_are_refused() {
    let server = TestRegister::start().await.unwrap();
    let signer = server.signer().unwrap();
    let notices = server
        .client()
        .unwrap()
        .disclosures()
        .prepare(&sample_batch(1), &signer)
        .unwrap();
    let spec = test_spec();
    let exchange = Exchange::from_spec(&spec).unwrap();
    let trusted = kanta_client::sign::TrustAnchors::from_pem(server.pki().ca.as_bytes()).unwrap();
    let mut log = Log::new(spec.clone(), trusted).unwrap();
    let now = Instant::parse("2026-11-24T12:00:00Z").unwrap();
    let later = Instant::parse("2026-11-24T12:06:00Z").unwrap();
    let request = exchange
        .request(&notices, &caller(), "1", now, &signer)
        .unwrap();
    let body = String::from_utf8(notices.as_json().to_vec()).unwrap();
    let changed = body.replacen("Kuvitelman", "Kuvitelmin", 1);
    for (body, time, status, code) in [
        (&body, later, 401, "KANTA-FHIR-ANSWER"),
        (&changed, now, 400, "4Y00007"),
        (&"[]".to_owned(), now, 400, "KANTA-FHIR-ANSWER"),
    ] {
        let (found, answer) = log.answer(request.headers(), body.as_bytes(), time);
        assert_eq!(found, status);
        let Answer::Rejected(report) = read_answer(found, &answer, 2, &spec) else {
            panic!("{code}");
        };
        assert!(report.has(code), "{report}");
    }
    assert!(
        exchange
            .request(&notices, &caller(), "a\nb", now, &signer)
            .is_err()
    );
    assert!(log.stored().is_empty());
    assert!(!format!("{request:?}").contains("eyJ"), "a token in Debug");
}

#[test]
fn an_unreadable_input_is_no_notice() {
    let error = kanta_client::fhir::check(b"{", &test_spec()).unwrap_err();
    assert!(
        SignError::from(error)
            .to_string()
            .contains("KANTA-FHIR-READ")
    );
}
