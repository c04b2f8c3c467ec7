//! Connections of the test archive: TLS with the certificate that the script wants, HTTP, faults.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kanta_client::core::Instant;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::Fault;
use super::body::{AnswerBody, Closed};
use super::echo::Echo;
use crate::archive::{Archive, Refusal, Style};
use crate::register;

/// The largest message that the server takes.
const MAX_MESSAGE_BYTES: usize = 256 * 1024 * 1024;
/// Where the log register takes disclosure notices; everything else is the archive's.
pub(super) const REGISTER_PATH: &str = "/register";
/// A request may name the fault that it wants to meet.
const FAULT_HEADER: &str = "x-kanta-test-fault";

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) archive: Mutex<Archive>,
    pub(super) faults: Mutex<VecDeque<Fault>>,
    pub(super) register: register::Service,
}

/// One acceptor for each certificate.
#[derive(Clone)]
pub(super) struct Acceptors {
    pub(super) good: TlsAcceptor,
    pub(super) expired: TlsAcceptor,
    pub(super) wrong_host: TlsAcceptor,
    pub(super) untrusted: TlsAcceptor,
    pub(super) revoked: TlsAcceptor,
}

/// A thread that panicked while it held the lock has already failed its test.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

pub(super) async fn serve(listener: TcpListener, acceptors: Acceptors, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let fault = {
            let mut faults = lock(&shared.faults);
            match faults.front() {
                Some(fault) if fault.is_of_connection() => faults.pop_front(),
                _ => None,
            }
        };
        let acceptor = match fault {
            Some(Fault::RefuseConnection) => continue,
            Some(Fault::ExpiredCertificate) => &acceptors.expired,
            Some(Fault::WrongHostCertificate) => &acceptors.wrong_host,
            Some(Fault::UntrustedCertificate) => &acceptors.untrusted,
            Some(Fault::RevokedCertificate) => &acceptors.revoked,
            _ => &acceptors.good,
        };
        tokio::spawn(serve_connection(stream, acceptor.clone(), shared.clone()));
    }
}

async fn serve_connection(stream: TcpStream, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let (stream, twice) = Echo::new(stream);
    let service = service_fn(move |request| {
        let (shared, twice) = (shared.clone(), twice.clone());
        async move { respond(request, &shared, &twice).await }
    });
    // A connection that ends with a fault is what the test wanted.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

pub(crate) type Answer = Result<Response<AnswerBody>, Closed>;

async fn respond(request: Request<Incoming>, shared: &Shared, twice: &AtomicBool) -> Answer {
    if request.method() != Method::POST {
        let text = "messages are posted to the archive, disclosure notices to the log register";
        return whole(StatusCode::METHOD_NOT_ALLOWED, text.into());
    }
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_MESSAGE_BYTES).collect().await;
    let Ok(body) = body.map(http_body_util::Collected::to_bytes) else {
        return whole(StatusCode::BAD_REQUEST, Bytes::new());
    };
    let named = parts.headers.get(FAULT_HEADER);
    let named = named.map(|name| name.to_str().unwrap_or_default());
    if parts.uri.path() == REGISTER_PATH {
        return shared.register.respond(&parts, body, named, now()).await;
    }
    let fault = match named.map(str::parse::<Fault>) {
        Some(Ok(fault)) => Some(fault),
        Some(Err(error)) => return whole(StatusCode::BAD_REQUEST, error.to_string().into()),
        None => lock(&shared.faults).pop_front(),
    };
    match fault {
        None => whole(StatusCode::OK, shared.answer(Style::default(), &body)),
        Some(fault) if fault.stores() => answer_badly(fault, shared, &body, twice).await,
        Some(fault) => refuse(fault, shared, &body).await,
    }
}

/// The archive does its work, and the answer suffers.
async fn answer_badly(
    fault: Fault,
    shared: &Shared,
    message: &Bytes,
    twice: &AtomicBool,
) -> Answer {
    let style = match fault {
        Fault::OnlyAccepted => Style::OnlyAccepted,
        Fault::OldAcknowledgement => Style::Attribute,
        _ => Style::default(),
    };
    let answer = shared.answer(style, message);
    let with = |body| Ok(Response::new(body));
    match fault {
        Fault::CloseAfterStoring => Err(Closed),
        Fault::HangAfterStoring => std::future::pending().await,
        Fault::HangInAnswer => with(AnswerBody::hanging(&answer)),
        Fault::CutAnswer => with(AnswerBody::cut(&answer)),
        Fault::SlowAnswer => with(AnswerBody::slow(answer)),
        Fault::EndlessAnswer => with(AnswerBody::Endless(answer)),
        Fault::GatewayTimeout => whole(StatusCode::GATEWAY_TIMEOUT, Bytes::new()),
        Fault::MalformedAnswer => whole(StatusCode::OK, answer.slice(..answer.len() - 5)),
        Fault::AnswerWithoutAcknowledgement => whole(
            StatusCode::OK,
            replaced(&answer, "acknowledgement", "other"),
        ),
        Fault::AnswerAboutOtherMessage => {
            let other = replaced(&answer, "<targetMessage><id ", "<targetMessage><id x=\"\" ");
            let other = replaced(&other, "x=\"\" root=\"", "root=\"2.999.");
            whole(StatusCode::OK, other)
        }
        _ => {
            twice.store(fault == Fault::AnswerTwice, Ordering::Relaxed);
            whole(StatusCode::OK, answer)
        }
    }
}

/// The archive does nothing.
async fn refuse(fault: Fault, shared: &Shared, message: &Bytes) -> Answer {
    const PAGE: &str = "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Your support \
         ID is: 1</body></html>";
    const NO_CERTIFICATE: &str = "<html><head><title>400 No required SSL certificate was sent</title></head>\
         <body>No required SSL certificate was sent</body></html>";
    const SOAP_FAULT: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
         <faultcode>s:Server</faultcode><faultstring>the service is in trouble</faultstring></s:Fault></s:Body></s:Envelope>";
    let refused = |refusal: &Refusal| {
        let answer = lock(&shared.archive).refuse(message, now(), refusal);
        whole(StatusCode::OK, answer.into())
    };
    match fault {
        Fault::HangWithoutStoring => std::future::pending().await,
        Fault::AnswerHtml => whole(StatusCode::OK, PAGE.into()),
        Fault::BadGateway => whole(StatusCode::BAD_GATEWAY, PAGE.into()),
        Fault::CertificatePage => whole(StatusCode::BAD_REQUEST, NO_CERTIFICATE.into()),
        Fault::InternalServerError => whole(StatusCode::INTERNAL_SERVER_ERROR, Bytes::new()),
        Fault::ServiceUnavailable => whole(StatusCode::SERVICE_UNAVAILABLE, Bytes::new()),
        Fault::EmptyAnswer => whole(StatusCode::OK, Bytes::new()),
        Fault::SoapFault => whole(StatusCode::INTERNAL_SERVER_ERROR, SOAP_FAULT.into()),
        Fault::RefuseIntegrity => refused(&Refusal::integrity("/", "refused by script")),
        Fault::RefuseAccess => refused(&Refusal::access("/", "refused by script")),
        // Faults of the connection come too late here.
        _ => Err(Closed),
    }
}

impl Shared {
    fn answer(&self, style: Style, message: &[u8]) -> Bytes {
        lock(&self.archive).answer_in(style, message, now()).into()
    }
}

fn replaced(answer: &Bytes, from: &str, to: &str) -> Bytes {
    String::from_utf8_lossy(answer).replace(from, to).into()
}

pub(crate) fn whole(status: StatusCode, body: Bytes) -> Answer {
    let mut response = Response::new(AnswerBody::Whole(body));
    *response.status_mut() = status;
    Ok(response)
}

pub(super) fn now() -> Instant {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Instant::from_unix(since.as_secs().cast_signed(), since.subsec_nanos())
        .expect("the clock stands between the years 1970 and 9999")
}
