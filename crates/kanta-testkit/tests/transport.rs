//! The ways to the archive: SOAP, a proxy, recordings, the blocking face, the validation service.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use kanta_client::blocking::BlockingError;
use kanta_client::core::spec::{Bundle, Spec, TestOverlay};
use kanta_client::transport::{
    OutgoingMessage, PendingReply, Proxy, Recording, Replay, Reply, TlsProblem, Transport,
    TransportError,
};
use kanta_client::validator::{Validator, ValidatorError};
use kanta_client::{ArchiveClient, ClientError, Outcome, SearchQuery, blocking};
use kanta_testkit::archive::Archive;
use kanta_testkit::{Fault, TestArchive, overlay, people, test_spec};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use common::{LONG, archive, client, plan, relation, transport};

fn soap_spec(version: &str) -> Spec {
    let head = "name = \"soap\"\nbased_on = []\ndate = \"2026-11-24\"\nenvironment = \"test\"";
    let message = format!(
        "[transport]\nprotocol = {{ value = \"{version}\", status = \"made-up\", source = \"t\" }}\n[transport.soap]\n\
         header_blocks = {{ value = \"<t:id xmlns:t='urn:t'>{{message_id}} {{interaction}}</t:id>\", status = \"made-up\", \
         source = \"t\" }}"
    );
    let soap = TestOverlay::read([("bundle.toml", head), ("message.toml", &message)]).unwrap();
    Spec::for_test(&[Bundle::embedded()], &[overlay(), soap])
}

type Seen = Arc<Mutex<Vec<OutgoingMessage>>>;

/// A service that takes SOAP: it answers from an archive, in an envelope.
struct SoapService {
    archive: Mutex<Archive>,
    seen: Seen,
    namespace: &'static str,
}

impl Transport for SoapService {
    fn exchange(&self, message: OutgoingMessage) -> PendingReply<'_> {
        let answer = self
            .archive
            .lock()
            .unwrap()
            .answer(&message.body, common::time());
        let answer = String::from_utf8(answer).unwrap();
        let (_, answer) = answer.split_once("?>").unwrap();
        let envelope = format!(
            "<e:Envelope xmlns:e=\"{}\"><e:Body>{answer}</e:Body></e:Envelope>",
            self.namespace
        );
        self.seen.lock().unwrap().push(message);
        Box::pin(std::future::ready(Ok(Reply {
            status: StatusCode::OK,
            body: Bytes::from(envelope),
        })))
    }
}

#[tokio::test]
async fn soap_stands_around_messages_as_the_bundle_says() {
    let server = archive().await;
    for (version, namespace, content_type) in [
        (
            "soap-1.1",
            "http://schemas.xmlsoap.org/soap/envelope/",
            "text/xml; charset=utf-8",
        ),
        (
            "soap-1.2",
            "http://www.w3.org/2003/05/soap-envelope",
            "application/soap+xml; charset=utf-8; action=\"urn:hl7-org:v3:RCMR_IN200002FI01\"",
        ),
    ] {
        let spec = soap_spec(version);
        let trusted =
            kanta_client::sign::TrustAnchors::from_pem(server.pki().ca.as_bytes()).unwrap();
        let structures = common::options().structures;
        let seen = Seen::default();
        let service = SoapService {
            archive: Mutex::new(Archive::in_memory(spec.clone(), structures, trusted).unwrap()),
            seen: seen.clone(),
            namespace,
        };
        let client = ArchiveClient::new(spec, service);
        let document = plan(&server, 1);
        let receipt = client.archive(&document, &people::context()).await.unwrap();
        assert!(
            matches!(receipt.outcome, Outcome::Archived(_)),
            "{receipt:?}"
        );
        let fetched = client
            .fetch(&document.metadata().id, &people::context())
            .await
            .unwrap();
        assert_eq!(fetched.document, document.as_xml());
        let seen = seen.lock().unwrap();
        assert_eq!(seen[0].headers["content-type"], content_type);
        let action = seen[0].headers.get("soapaction");
        assert_eq!(
            action.map(|action| action.to_str().unwrap()),
            (version == "soap-1.1").then_some("\"urn:hl7-org:v3:RCMR_IN200002FI01\"")
        );
        let body = String::from_utf8(seen[0].body.to_vec()).unwrap();
        assert!(body.contains(&format!("<soap:Envelope xmlns:soap=\"{namespace}\">")));
        assert!(body.contains(&receipt.exchanges[0].message_id().to_string()));
        assert_eq!(receipt.exchanges[0].expose_request(), body.as_bytes());
    }
}

/// An HTTP proxy that knows `CONNECT` and one password.
async fn proxy() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut inward, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(inward.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                if !head.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n") {
                    let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
                    inward.write_all(refusal).await.unwrap();
                    return;
                }
                let target = head.split(' ').nth(1).unwrap().to_owned();
                let mut outward = TcpStream::connect(target).await.unwrap();
                inward
                    .write_all(b"HTTP/1.1 200 Connected\r\nX: y\r\n\r\n")
                    .await
                    .unwrap();
                let _ = tokio::io::copy_bidirectional(&mut inward, &mut outward).await;
            });
        }
    });
    port
}

#[tokio::test]
async fn a_proxy_opens_the_way_and_tls_goes_through_it() {
    let archive = archive().await;
    let address: http::Uri = format!("http://127.0.0.1:{}", proxy().await)
        .parse()
        .unwrap();
    let through = |proxy: Proxy| {
        let endpoint = archive.endpoint().unwrap().with_proxy(proxy);
        ArchiveClient::new(test_spec(), archive.transport(endpoint).unwrap())
    };
    let document = relation(&archive, 1);
    let right = Proxy::new(address.clone()).with_credentials("me", "secret");
    assert!(!format!("{right:?}").contains("c2VjcmV0"));
    let receipt = through(right)
        .archive(&document, &people::context())
        .await
        .unwrap();
    assert!(
        matches!(receipt.outcome, Outcome::Archived(_)),
        "{receipt:?}"
    );
    let nobody: http::Uri = "http://127.0.0.1:1".parse().unwrap();
    for proxy in [Proxy::new(address), Proxy::new(nobody)] {
        let error = through(proxy)
            .archive(&document, &people::context())
            .await
            .unwrap_err();
        assert!(
            matches!(error, ClientError::Transport(TransportError::Proxy(_))),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_was_recorded_is_replayed_without_a_network() {
    let archive = archive().await;
    let folder = tempfile::tempdir().unwrap();
    let document = plan(&archive, 1);
    let id = &document.metadata().id;
    let recording = Recording::new(transport(&archive, LONG), folder.path()).unwrap();
    let recorded = ArchiveClient::new(test_spec(), recording);
    recorded
        .archive(&document, &people::context())
        .await
        .unwrap();
    recorded.fetch(id, &people::context()).await.unwrap();
    drop((recorded, archive));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let metadata = entry.unwrap().metadata().unwrap();
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777,
            0o600
        );
    }
    let replayed = ArchiveClient::new(test_spec(), Replay::open(folder.path()).unwrap());
    let receipt = replayed
        .archive(&document, &people::context())
        .await
        .unwrap();
    assert!(
        matches!(receipt.outcome, Outcome::Archived(_)),
        "{receipt:?}"
    );
    let fetched = replayed.fetch(id, &people::context()).await.unwrap();
    assert_eq!(fetched.document, document.as_xml());
    let error = replayed.fetch(id, &people::context()).await.unwrap_err();
    assert!(
        error.to_string().contains("KANTA-TRANSPORT-REPLAY"),
        "{error}"
    );
}

/// A connection that the server has closed in the meantime is no fault: the message goes over a new one.
#[tokio::test]
async fn an_idle_connection_that_is_gone_is_no_fault() {
    let archive = archive().await;
    let client = client(&archive);
    for number in 1..=3 {
        archive.script([Fault::AnswerTwice]);
        let document = relation(&archive, number);
        let receipt = client.archive(&document, &people::context()).await.unwrap();
        // The second answer on the connection is never taken for the answer to the next message.
        let settled = match receipt.outcome {
            Outcome::Archived(_) => true,
            _ => client
                .reconcile(&document, &people::context())
                .await
                .unwrap()
                .is_some(),
        };
        assert!(settled);
    }
    assert_eq!(archive.documents().len(), 3);
}

#[test]
fn hosts_without_a_runtime_block() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let archive = runtime.block_on(archive());
    let blocking = blocking::ArchiveClient::new(client(&archive)).unwrap();
    let document = plan(&archive, 1);
    let receipt = blocking.archive(&document, &people::context()).unwrap();
    assert!(
        matches!(receipt.outcome, Outcome::Archived(_)),
        "{receipt:?}"
    );
    let query = SearchQuery::of_client(people::child().identifier);
    let hits = blocking
        .search_metadata(&query, &people::context())
        .unwrap();
    assert_eq!(hits.entries.len(), 1);
    let inside =
        runtime.block_on(async { blocking.fetch(&document.metadata().id, &people::context()) });
    assert!(
        matches!(
            inside,
            Err(ClientError::Blocking(BlockingError::InsideRuntime))
        ),
        "{inside:?}"
    );
    runtime.block_on(async move { drop(blocking) });
}

/// A stand-in of the validation service: it answers what it is told and keeps what it got.
async fn validation_service(answer: &'static str) -> (http::Uri, Arc<Mutex<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}/validoi", listener.local_addr().unwrap());
    let got = Arc::new(Mutex::new(String::new()));
    let kept = got.clone();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\"}") {
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).await.unwrap();
            request.extend_from_slice(&buffer[..read]);
        }
        *kept.lock().unwrap() = String::from_utf8(request).unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    (address.parse().unwrap(), got)
}

#[tokio::test]
async fn the_validation_service_gets_the_pair_and_its_verdict_is_read() {
    let archive = archive().await;
    let document = plan(&archive, 1);
    let message = client(&archive)
        .store_message(&document, &people::context())
        .unwrap();
    let pass = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let findings = "HTTP/1.1 400 Bad Request\r\nContent-Length: 50\r\n\r\n\
                    {\"description\":\"1. setId puuttuu; 2. toinen asia\"}";
    for (answer, expected) in [(pass, 0), (findings, 2)] {
        let (address, got) = validation_service(answer).await;
        let validator = Validator::new(&test_spec()).unwrap().at(address);
        let report = validator
            .check("SP17", message.as_xml(), document.as_xml())
            .await
            .unwrap();
        assert_eq!(report.iter().count(), expected, "{report}");
        let got = got.lock().unwrap();
        assert!(got.starts_with("POST /validoi HTTP/1.1\r\n"), "{got}");
        let body = got.split_once("\r\n\r\n").unwrap().1;
        let json: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(json["palveluPyynto"], "SP17");
        assert_eq!(json["level"], "1");
        for part in ["siirtokehysXml", "asiakirjaXml"] {
            assert!(json[part].as_str().unwrap().starts_with("<?xml"));
        }
    }
    let production = Spec::for_production(&[Bundle::embedded()]);
    assert_eq!(
        Validator::new(&production).unwrap_err(),
        ValidatorError::Production
    );
}

#[tokio::test]
async fn an_endpoint_without_tls_is_refused() {
    let archive: TestArchive = archive().await;
    let mut endpoint = archive.endpoint().unwrap();
    endpoint.address = archive.url().replace("https", "http").parse().unwrap();
    let client = ArchiveClient::new(test_spec(), archive.transport(endpoint).unwrap());
    let error = client
        .archive(&relation(&archive, 1), &people::context())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("KANTA-TRANSPORT-ADDRESS"),
        "{error}"
    );
    assert_eq!(TlsProblem::Other.code(), "KANTA-TLS-OTHER");
    tokio::time::sleep(Duration::from_millis(1)).await;
}
