//! Mutual TLS with keys in an HSM, judged by `openssl s_server`, which verifies the client.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod token;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use kanta_client::sign::pkcs11::KeySelector;
use kanta_client::sign::{
    Certificate, Confirmation, RenewableSigner, SignatureAlgorithm, SignatureValue, Signer,
    SignerError, ToBeSigned,
};
use kanta_client::transport::{
    ClientIdentity, Endpoint, HttpsPost, OutgoingMessage, TlsProblem, Transport, TransportError,
    TrustedServers,
};
use kanta_client::{CertificateEvent, CertificateWatch};
use kanta_testkit::authority::{CertificatePurpose, TestAuthority};
use kanta_testkit::pki::TestPki;
use kanta_testkit::softhsm::{HsmKey, SoftHsm};

use token::open;

const KEYS: [(&str, &str, &str); 3] = [
    ("rsa", "01", "rsa:2048"),
    ("p256", "02", "EC:prime256v1"),
    ("p384", "03", "EC:secp384r1"),
];

#[test]
fn openssl_accepts_keys_of_every_kind_and_sessions_are_resumed() {
    let test = "openssl_accepts_keys_of_every_kind_and_sessions_are_resumed";
    let Some(hsm) = prepared(test) else { return };
    let token = open("imp", 1);
    for (label, ..) in KEYS {
        let signer = token.signer(&KeySelector::labelled(label)).unwrap();
        for version in ["-tls1_2", "-tls1_3"] {
            let server = Server::start(&hsm, version);
            let counted = Arc::new(Counted::new(signer.clone()));
            let identity = ClientIdentity::from_signer(counted.clone()).unwrap();
            let transport = server.transport(identity);
            for _ in 0..3 {
                server.answers_one();
                let reply = post(&transport).unwrap();
                assert_eq!((reply.status.as_u16(), &reply.body[..]), (200, &b"ok"[..]));
            }
            assert_eq!(
                counted.signatures.load(Ordering::Relaxed),
                1,
                "{label} {version}: one handshake signs, the others resume"
            );
        }
    }
}

#[test]
fn a_renewed_certificate_is_shown_from_the_next_connection() {
    let test = "a_renewed_certificate_is_shown_from_the_next_connection";
    let Some(hsm) = prepared(test) else { return };
    let token = open("imp", 1);
    let label = Arc::new(Mutex::new("rsa"));
    let source = label.clone();
    let signer = RenewableSigner::new(move || {
        let label = *source.lock().unwrap();
        let signer = token.signer(&KeySelector::labelled(label))?;
        Ok(Arc::new(signer) as Arc<dyn Signer>)
    });
    let signer = Arc::new(signer.unwrap());
    let server = Server::start(&hsm, "-tls1_3");
    let identity = ClientIdentity::from_renewable(signer.clone()).unwrap();
    let transport = server.transport(identity);
    server.answers_one();
    post(&transport).unwrap();
    let first = transport.client_certificate_expires().unwrap();

    let events = Arc::new(Mutex::new(Vec::new()));
    let told = events.clone();
    *label.lock().unwrap() = "p384";
    let watch = CertificateWatch {
        every: Duration::from_millis(50),
        ..CertificateWatch::default()
    };
    runtime().block_on(async {
        let watching = watch.run(signer.clone(), move |event| {
            told.lock().unwrap().push(event);
        });
        let _ = tokio::time::timeout(Duration::from_millis(600), watching).await;
    });
    let events = events.lock().unwrap();
    assert!(matches!(events[0], CertificateEvent::Life(_)), "{events:?}");
    assert_eq!(
        events
            .iter()
            .filter(|event| **event == CertificateEvent::Renewed)
            .count(),
        1,
        "{events:?}"
    );
    server.answers_one();
    post(&transport).unwrap();
    assert!(
        server.saw("id-ecPublicKey") || server.saw("ECDSA"),
        "{:?}",
        server.lines()
    );
    assert_eq!(transport.client_certificate_expires(), Some(first));
}

#[test]
fn a_wrong_pin_and_a_wrong_certificate_are_told() {
    let test = "a_wrong_pin_and_a_wrong_certificate_are_told";
    let Some(hsm) = prepared(test) else { return };
    let right = open("imp", 1);
    let signatures = right.signer(&KeySelector::labelled("document")).unwrap();
    let error = ClientIdentity::from_signer(Arc::new(signatures)).unwrap_err();
    assert!(error.to_string().contains("KANTA-TLS"), "{error}");

    let server = Server::start(&hsm, "-tls1_3");
    let broken = Counted::broken(right.signer(&KeySelector::labelled("rsa")).unwrap());
    let identity = ClientIdentity::from_signer(Arc::new(broken)).unwrap();
    let error = post(&server.transport(identity)).unwrap_err();
    let TransportError::Tls { problem, detail } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(*problem, TlsProblem::ClientKeyFailed);
    assert!(detail.contains("KANTA-SIGNER-PIN"), "{detail}");
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

/// A signer that counts.
struct Counted<S> {
    signer: S,
    signatures: AtomicUsize,
    is_broken: bool,
}

impl<S: Signer> Counted<S> {
    fn new(signer: S) -> Self {
        Self {
            signer,
            signatures: AtomicUsize::new(0),
            is_broken: false,
        }
    }

    fn broken(signer: S) -> Self {
        Self {
            is_broken: true,
            ..Self::new(signer)
        }
    }
}

impl<S: Signer> Signer for Counted<S> {
    fn certificate(&self) -> &Certificate {
        self.signer.certificate()
    }

    fn algorithms(&self) -> &[SignatureAlgorithm] {
        self.signer.algorithms()
    }

    fn confirmation(&self) -> Confirmation {
        self.signer.confirmation()
    }

    fn sign(&self, octets: &ToBeSigned<'_>) -> Result<SignatureValue, SignerError> {
        if self.is_broken {
            return Err(SignerError::WrongPin {
                tries_left: Some(1),
            });
        }
        self.signatures.fetch_add(1, Ordering::Relaxed);
        self.signer.sign(octets)
    }
}

/// `openssl s_server`, which demands and verifies a client certificate.
struct Server {
    process: Child,
    port: u16,
    authority: String,
    lines: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<usize>>,
}

impl Server {
    fn start(hsm: &SoftHsm, version: &str) -> Self {
        let pki = TestPki::generate().unwrap();
        let file = |name: &str, text: &str| {
            std::fs::write(hsm.scratch(name), text).unwrap();
            hsm.scratch(name)
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut process = Command::new("openssl")
            .args(["s_server", "-accept", &port.to_string(), version])
            .args(["-Verify", "3", "-verify_return_error", "-state"])
            .arg("-CAfile")
            .arg(hsm.scratch("clients.pem"))
            .arg("-cert")
            .arg(file("server.pem", &pki.server.certificate))
            .arg("-key")
            .arg(file("server.key", &pki.server.key))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(0));
        let (seen, left) = (lines.clone(), answers.clone());
        let mut stdin = process.stdin.take().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                // The end of the request's body.
                let is_request = line.starts_with("message");
                seen.lock().unwrap().push(line);
                let mut left = left.lock().unwrap();
                if is_request && *left > 0 {
                    *left -= 1;
                    let _ = stdin.write_all(ANSWER).and_then(|()| stdin.flush());
                }
            }
        });
        std::thread::sleep(Duration::from_millis(300));
        Self {
            process,
            port,
            authority: pki.ca,
            lines,
            answers,
        }
    }

    fn answers_one(&self) {
        *self.answers.lock().unwrap() += 1;
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    fn saw(&self, text: &str) -> bool {
        self.lines().iter().any(|line| line.contains(text))
    }

    fn transport(&self, identity: ClientIdentity) -> HttpsPost {
        let address = format!("https://localhost:{}/", self.port).parse().unwrap();
        let mut endpoint = Endpoint::new(address).with_attempt_timeout(Duration::from_secs(10));
        endpoint.max_idle = 0;
        let trusted = TrustedServers::from_pem(self.authority.as_bytes()).unwrap();
        HttpsPost::new(endpoint, identity, &trusted).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn runtime() -> tokio::runtime::Runtime {
    // One thread: a handshake that blocked it would hang.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn post(transport: &HttpsPost) -> Result<kanta_client::transport::Reply, TransportError> {
    let message = OutgoingMessage::new(Bytes::from_static(b"message\n"), HeaderMap::new());
    runtime().block_on(transport.exchange(message))
}

fn prepared(test: &str) -> Option<SoftHsm> {
    SoftHsm::in_own_process(test, |hsm| {
        hsm.add_token("imp")?;
        let authority = TestAuthority::new()?;
        std::fs::write(hsm.scratch("clients.pem"), authority.pem())?;
        for (label, id, kind) in KEYS {
            let key = HsmKey::new("imp", label, id, kind);
            hsm.add_key(key, &authority, CertificatePurpose::TlsClient)?;
        }
        let key = HsmKey::new("imp", "document", "09", "EC:secp384r1");
        let purpose = CertificatePurpose::ProfessionalSignature;
        hsm.add_key(key, &authority, purpose).map(drop)
    })
}
