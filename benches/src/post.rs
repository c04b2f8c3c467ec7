//! `frame`, `post`: a document in its message, and the message on its way over mutual TLS.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kanta_client::cda::Signed;
use kanta_client::core::spec::{Bundle, Spec};
use kanta_client::frame::{Frame, MessageHeader, MessageId, read_answer, store_frame};
use kanta_client::transport::{
    ClientIdentity, Endpoint, HttpsPost, OutgoingMessage, Transport, TrustedServers,
};
use kanta_client::xml::Limits;
use kanta_client::{ArchiveClient, Outcome, RequestContext};
use kanta_testkit::people;
use kanta_testkit::pki::TestPki;
use rustls::client::Resumption;
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::documents::{Desk, now};
use crate::harness::{Clock, Run, Unit, runner};
use crate::sizes::SIZES;

/// Content of a document whose message has about 60 KB.
const CONTENT: usize = 33_500;

/// A message made around a signed document, every identity code in it looked at. The limit encodes and copies.
pub(crate) fn frame(run: &mut Run<'_>) {
    let desk = Desk::open();
    let (context, header) = (people::context(), header());
    for size in SIZES {
        let document = desk.signed(size.bytes);
        run.race(
            size.name,
            Unit::Microseconds,
            vec![
                runner("ours", || message(&document, &context, &header, &desk.spec)),
                runner("limit", || {
                    base64_simd::STANDARD.encode_to_string(document.as_xml())
                }),
            ],
        );
    }
    let answer = answer_to("1");
    run.race(
        "answer",
        Unit::Microseconds,
        vec![runner("ours", || {
            read_answer(&answer, &Limits::default()).expect("it is an answer")
        })],
    );
}

/// Store requests over kept-alive mutual TLS, frame and answer included; and connections, resumed and not.
pub(crate) fn post(run: &mut Run<'_>) {
    let desk = Desk::open();
    let document = desk.signed(CONTENT);
    let context = people::context();
    let pki = TestPki::generate().expect("the test certificates are made");
    let port = serve(&pki);
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime on this thread");

    let client = ArchiveClient::new(desk.spec.clone(), self::transport(&pki, port, 8));
    // The same without the search for real identity codes, which production does not need.
    let production = ArchiveClient::new(production(), self::transport(&pki, port, 8));
    let made = message(&document, &context, &header(), &desk.spec);
    let made = Bytes::copy_from_slice(made.as_xml());
    eprintln!("NOTE: the message has {} bytes", made.len());
    let tls = bare_tls(&pki, true);
    let mut kept = runtime.block_on(connect(&tls, port));
    let transport = self::transport(&pki, port, 8);
    for (size, clock) in [("60k", Clock::Wall), ("60k cpu", Clock::Cpu)] {
        run.race_by(
            clock,
            size,
            Unit::PerSecond,
            vec![
                runner("ours", || {
                    let receipt = runtime.block_on(client.archive(&document, &context));
                    let outcome = receipt.expect("the server answers").outcome;
                    assert!(matches!(outcome, Outcome::Archived(_)), "{outcome:?}");
                }),
                runner("ours in production", || {
                    let receipt = runtime.block_on(production.archive(&document, &context));
                    let outcome = receipt.expect("the server answers").outcome;
                    assert!(matches!(outcome, Outcome::Archived(_)), "{outcome:?}");
                }),
                runner("our transport", || {
                    let message = OutgoingMessage::new(made.clone(), HeaderMap::new());
                    runtime
                        .block_on(transport.exchange(message))
                        .expect("the server answers")
                }),
                runner("hyper + rustls", || bare(&runtime, &mut kept, &made)),
            ],
        );
    }

    let resuming = self::transport(&pki, port, 0);
    let full = bare_tls(&pki, false);
    let small = Bytes::from_static(b"<a><id extension=\"1\"/></a>");
    run.race_by(
        Clock::Wall,
        "connect",
        Unit::PerSecond,
        vec![
            runner("ours", || {
                let message = OutgoingMessage::new(small.clone(), HeaderMap::new());
                runtime
                    .block_on(resuming.exchange(message))
                    .expect("the server answers")
            }),
            runner("full handshake", || {
                let mut connection = runtime.block_on(connect(&full, port));
                bare(&runtime, &mut connection, &small);
            }),
        ],
    );
}

/// A bundle as a vendor makes it: every value marked as verified.
fn production() -> Spec {
    let head = "name = \"bench\"\nbased_on = []\ndate = \"2026-11-24\"";
    let verified = |text: &str| {
        text.replace("status = \"seen\"", "status = \"verified\"")
            .replace("status = \"inferred\"", "status = \"verified\"")
    };
    let document = verified(include_str!("../../crates/kanta-core/spec/document.toml"));
    let message = verified(include_str!("../../crates/kanta-core/spec/message.toml"));
    let mine = "[environment.production]\nreceiver = { value = \"2.999.1.1\", status = \"verified\", source = \"b\" }\n\
         [transport]\nprotocol = { value = \"plain-post\", status = \"verified\", source = \"b\" }\n\
         content_type = { value = \"application/xml; charset=utf-8\", status = \"verified\", source = \"b\" }";
    let read = |files: &[(&str, &str)]| {
        Bundle::read(files.iter().copied()).expect("the files are our own")
    };
    Spec::for_production(&[
        Bundle::embedded(),
        read(&[
            ("bundle.toml", head),
            ("document.toml", &document),
            ("message.toml", &message),
        ]),
        read(&[("bundle.toml", head), ("message.toml", mine)]),
    ])
}

fn header() -> MessageHeader {
    MessageHeader {
        id: MessageId {
            root: people::context().message_root,
            extension: "1".to_owned(),
        },
        time: now(),
    }
}

fn message(
    document: &Signed,
    context: &RequestContext,
    header: &MessageHeader,
    spec: &Spec,
) -> Frame {
    store_frame(document, context, header, spec).expect("the bundle is complete")
}

fn transport(pki: &TestPki, port: u16, max_idle: usize) -> HttpsPost {
    let address = format!("https://127.0.0.1:{port}/");
    let endpoint = Endpoint {
        max_idle,
        ..Endpoint::new(address.parse().expect("it is an address"))
    };
    let identity = ClientIdentity::from_pem(pki.client.as_bytes(), pki.client_key.as_bytes());
    let trusted = TrustedServers::from_pem(pki.ca.as_bytes()).expect("it is a certificate");
    HttpsPost::new(endpoint, identity.expect("they are PEM"), &trusted).expect("they fit")
}

/// What a program writes that uses hyper and rustls straight.
fn bare(runtime: &Runtime, connection: &mut SendRequest<Full<Bytes>>, message: &Bytes) -> Bytes {
    runtime.block_on(async {
        let request = Request::post("/")
            .header("host", "localhost")
            .header("content-type", "application/xml; charset=utf-8")
            .body(Full::new(message.clone()))
            .expect("the parts are right");
        let response = connection
            .send_request(request)
            .await
            .expect("the server answers");
        let body = response.into_body().collect().await;
        body.expect("the server answers").to_bytes()
    })
}

async fn connect(tls: &Arc<ClientConfig>, port: u16) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("the server is up");
    stream.set_nodelay(true).expect("it is a socket");
    let name = ServerName::try_from("localhost").expect("it is a name");
    let connector = TlsConnector::from(tls.clone());
    let stream = connector
        .connect(name, stream)
        .await
        .expect("the server is trusted");
    let (sender, connection) = handshake(TokioIo::new(stream))
        .await
        .expect("it speaks HTTP");
    tokio::spawn(connection);
    sender
}

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("it is PEM")
}

fn key(pem: &str) -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).expect("it is PEM")
}

fn roots(pki: &TestPki) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate(&pki.ca)).expect("it is an authority");
    Arc::new(roots)
}

fn bare_tls(pki: &TestPki, resumes: bool) -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows them")
        .with_root_certificates(roots(pki))
        .with_client_auth_cert(vec![certificate(&pki.client)], key(&pki.client_key))
        .expect("they fit");
    if !resumes {
        config.resumption = Resumption::disabled();
    }
    Arc::new(config)
}

/// A server on a thread of its own that reads each message and acknowledges it.
fn serve(pki: &TestPki) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots(pki), provider.clone())
        .build()
        .expect("there is an authority");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows them")
        .with_client_cert_verifier(verifier)
        .with_single_cert(
            vec![certificate(&pki.server.certificate)],
            key(&pki.server.key),
        )
        .expect("they fit");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (tell, port) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime
            .expect("a runtime on this thread")
            .block_on(async move {
                let listener = TcpListener::bind(("127.0.0.1", 0))
                    .await
                    .expect("a free port");
                let address = listener.local_addr().expect("it is bound");
                tell.send(address.port()).expect("the bench waits for it");
                while let Ok((stream, _)) = listener.accept().await {
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        stream.set_nodelay(true).ok();
                        let Ok(stream) = acceptor.accept(stream).await else {
                            return;
                        };
                        let connection = http1::Builder::new()
                            .serve_connection(TokioIo::new(stream), service_fn(acknowledge));
                        connection.await.ok();
                    });
                }
            });
    });
    port.recv().expect("the server starts")
}

async fn acknowledge(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let message = request.into_body().collect().await?.to_bytes();
    let attribute = b"extension=\"";
    let start = memchr::memmem::find(&message, attribute).unwrap_or(0) + attribute.len();
    let rest = &message[start.min(message.len())..];
    let end = memchr::memchr(b'"', rest).unwrap_or(0);
    let id = String::from_utf8_lossy(&rest[..end]);
    Ok(Response::new(Full::new(answer_to(&id))))
}

fn answer_to(extension: &str) -> Bytes {
    let root = people::context().message_root;
    Bytes::from(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<MCCI_IN000002UV01 xmlns=\"urn:hl7-org:v3\" ITSVersion=\"XML_1.0\">\
         <id root=\"2.999.1.1\" extension=\"K.9\"/><creationTime value=\"20260202101530+0200\"/>\
         <interactionId root=\"2.16.840.1.113883.1.6\" extension=\"MCCI_IN000002UV01\"/><processingCode code=\"D\"/>\
         <processingModeCode code=\"T\"/><acceptAckCode code=\"NE\"/><acknowledgement><typeCode code=\"AA\"/>\
         <targetMessage><id root=\"{root}\" extension=\"{extension}\"/></targetMessage></acknowledgement></MCCI_IN000002UV01>"
    ))
}
