//! TLS judged by strangers: nginx and `openssl s_server`, with good and bad certificates.
//!
//! Without a program its judge says so and passes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use kanta_client::transport::{
    ClientIdentity, Endpoint, HttpsPost, MinimumTls, OutgoingMessage, Reply, TlsProblem, Transport,
    TransportError, TrustedServers,
};
use kanta_testkit::pki::{KeyPair, TestPki};
use tempfile::TempDir;
use tokio::net::TcpStream;

struct Server {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn has(program: &str, argument: &str) -> bool {
    let found = Command::new(program)
        .arg(argument)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !found {
        eprintln!("SKIPPED: {program} is missing");
    }
    found
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Starts a server on a free port. Somebody else may take the port before the server does: then it takes another.
async fn started(folder: TempDir, command: impl Fn(&Path, u16) -> Command) -> Server {
    for _ in 0..5 {
        let port = free_port();
        let mut process = command(folder.path(), port)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if listens(&mut process, port).await {
            return Server {
                process,
                port,
                _folder: folder,
            };
        }
    }
    panic!("the server ends every time");
}

/// Waits until the process listens; false when it ended instead.
async fn listens(process: &mut Child, port: u16) -> bool {
    for _ in 0..200 {
        let answers = TcpStream::connect(("127.0.0.1", port)).await.is_ok();
        tokio::time::sleep(Duration::from_millis(25)).await;
        if process.try_wait().unwrap().is_some() {
            return false;
        }
        if answers {
            return true;
        }
    }
    panic!("no server on port {port}");
}

fn write_files(folder: &Path, pki: &TestPki, server: &KeyPair) {
    fs::write(folder.join("ca.pem"), &pki.ca).unwrap();
    fs::write(folder.join("server.pem"), &server.certificate).unwrap();
    fs::write(folder.join("server.key"), &server.key).unwrap();
}

/// A server of nginx that wants a client certificate and answers everything with a short text.
async fn nginx(pki: &TestPki, server: &KeyPair, more: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path(), pki, server);
    started(folder, |folder, port| {
        let path = folder.display();
        fs::write(
            folder.join("nginx.conf"),
            format!(
                "daemon off; master_process off; pid {path}/pid; error_log {path}/error.log;
                 events {{}}
                 http {{
                   access_log off; client_body_temp_path {path}/body; proxy_temp_path {path}/proxy;
                   fastcgi_temp_path {path}/fastcgi; uwsgi_temp_path {path}/uwsgi; scgi_temp_path {path}/scgi;
                   server {{
                     listen 127.0.0.1:{port} ssl;
                     ssl_certificate {path}/server.pem; ssl_certificate_key {path}/server.key;
                     ssl_client_certificate {path}/ca.pem; ssl_verify_client on; {more}
                     location / {{ return 200 \"reused=$ssl_session_reused protocol=$ssl_protocol requests=$connection_requests\"; }}
                   }}
                 }}"
            ),
        )
        .unwrap();
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder);
        command.arg("-e").arg(folder.join("error.log"));
        command.arg("-c").arg(folder.join("nginx.conf"));
        command
    })
    .await
}

/// `openssl s_server` with further arguments.
async fn openssl(pki: &TestPki, server: &KeyPair, arguments: &[&str]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path(), pki, server);
    started(folder, |folder, port| {
        let mut command = Command::new("openssl");
        command.args(["s_server", "-quiet", "-www", "-accept", &port.to_string()]);
        command.arg("-cert").arg(folder.join("server.pem"));
        command.arg("-key").arg(folder.join("server.key"));
        command.arg("-CAfile").arg(folder.join("ca.pem"));
        command.args(arguments);
        command
    })
    .await
}

fn endpoint(server: &Server) -> Endpoint {
    let address = format!("https://localhost:{}/", server.port);
    Endpoint::new(address.parse().unwrap()).with_attempt_timeout(Duration::from_secs(20))
}

fn trusted(pki: &TestPki) -> TrustedServers {
    TrustedServers::from_pem(pki.ca.as_bytes())
        .unwrap()
        .with_revocation_lists(pki.revocation_list.as_bytes())
        .unwrap()
}

fn identity(pki: &TestPki) -> ClientIdentity {
    ClientIdentity::from_pem(pki.client.as_bytes(), pki.client_key.as_bytes()).unwrap()
}

fn with_certificate(pki: &TestPki, server: &Server) -> HttpsPost {
    HttpsPost::new(endpoint(server), identity(pki), &trusted(pki)).unwrap()
}

fn without_certificate(pki: &TestPki, server: &Server) -> HttpsPost {
    HttpsPost::without_client_certificate(endpoint(server), &trusted(pki)).unwrap()
}

async fn post(transport: &HttpsPost) -> Result<Reply, TransportError> {
    let message = OutgoingMessage::new(Bytes::from_static(b"<a/>"), HeaderMap::new());
    transport.exchange(message).await
}

async fn text(transport: &HttpsPost) -> String {
    let reply = post(transport).await.unwrap();
    assert_eq!(reply.status, 200);
    String::from_utf8(reply.body.to_vec()).unwrap()
}

async fn expect(transport: HttpsPost, wanted: TlsProblem, what: &str) {
    let error = post(&transport).await.unwrap_err();
    let TransportError::Tls { problem, .. } = &error else {
        panic!("{what}: {error}");
    };
    assert_eq!(*problem, wanted, "{what}: {error}");
    assert!(!error.may_have_arrived(), "{what}");
    assert!(error.to_string().contains(wanted.code()), "{what}: {error}");
}

fn bad_servers(pki: &TestPki) -> [(&KeyPair, TlsProblem); 4] {
    [
        (&pki.expired_server, TlsProblem::ServerExpired),
        (&pki.wrong_host_server, TlsProblem::ServerWrongHost),
        (&pki.untrusted_server, TlsProblem::ServerUnknownAuthority),
        (&pki.revoked_server, TlsProblem::ServerRevoked),
    ]
}

#[tokio::test]
async fn nginx_is_judged_by_its_certificate_and_its_pages() {
    if !has("nginx", "-v") {
        return;
    }
    let pki = TestPki::generate().unwrap();
    for (server, problem) in bad_servers(&pki) {
        let server = nginx(&pki, server, "").await;
        expect(with_certificate(&pki, &server), problem, "nginx").await;
    }
    for protocol in ["TLSv1.2", "TLSv1.3"] {
        let server = nginx(&pki, &pki.server, &format!("ssl_protocols {protocol};")).await;
        assert!(
            text(&with_certificate(&pki, &server))
                .await
                .contains(protocol)
        );
        // nginx says it on a page with status 400.
        expect(
            without_certificate(&pki, &server),
            TlsProblem::ClientCertificateMissing,
            protocol,
        )
        .await;
        let stranger = TestPki::generate().unwrap();
        let transport =
            HttpsPost::new(endpoint(&server), identity(&stranger), &trusted(&pki)).unwrap();
        expect(transport, TlsProblem::ClientCertificateRefused, protocol).await;
    }
    let old = nginx(
        &pki,
        &pki.server,
        "ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;",
    )
    .await;
    expect(with_certificate(&pki, &old), TlsProblem::Version, "TLS 1.1").await;
    let only_1_2 = nginx(&pki, &pki.server, "ssl_protocols TLSv1.2;").await;
    let mut strict = endpoint(&only_1_2);
    strict.minimum_tls = MinimumTls::V1_3;
    let transport = HttpsPost::new(strict, identity(&pki), &trusted(&pki)).unwrap();
    expect(transport, TlsProblem::Version, "at least TLS 1.3").await;
}

#[tokio::test]
async fn openssl_is_judged_by_its_certificate_and_its_alerts() {
    if !has("openssl", "version") {
        return;
    }
    let pki = TestPki::generate().unwrap();
    for (server, problem) in bad_servers(&pki) {
        let server = openssl(&pki, server, &[]).await;
        expect(with_certificate(&pki, &server), problem, "openssl").await;
    }
    for version in ["-tls1_2", "-tls1_3"] {
        let arguments = [version, "-Verify", "2", "-verify_return_error"];
        let server = openssl(&pki, &pki.server, &arguments).await;
        // openssl says it by an alert.
        expect(
            without_certificate(&pki, &server),
            TlsProblem::ClientCertificateMissing,
            version,
        )
        .await;
        let stranger = TestPki::generate().unwrap();
        let transport =
            HttpsPost::new(endpoint(&server), identity(&stranger), &trusted(&pki)).unwrap();
        expect(transport, TlsProblem::ClientCertificateRefused, version).await;
    }
    let old = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
    let server = openssl(&pki, &pki.server, &old).await;
    expect(
        with_certificate(&pki, &server),
        TlsProblem::Version,
        "TLS 1.1",
    )
    .await;
}

#[tokio::test]
async fn connections_are_kept_and_sessions_resumed() {
    if !has("nginx", "-v") {
        return;
    }
    let pki = TestPki::generate().unwrap();
    let server = nginx(
        &pki,
        &pki.server,
        "keepalive_requests 3; ssl_session_cache shared:x:1m; ssl_session_tickets on;",
    )
    .await;
    let transport = with_certificate(&pki, &server);
    let mut answers = Vec::new();
    for _ in 0..7 {
        answers.push(text(&transport).await);
    }
    // nginx closes a connection after three requests; the next one resumes the session.
    let reused: Vec<bool> = answers
        .iter()
        .map(|text| text.contains("reused=r"))
        .collect();
    assert_eq!(
        reused,
        [false, false, false, true, true, true, true],
        "{answers:?}"
    );
    assert!(answers[2].contains("requests=3"), "{answers:?}");
}
