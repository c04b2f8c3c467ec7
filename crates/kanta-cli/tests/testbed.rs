//! Frames shown, bundles looked through, and the test archive as a server: driven by `curl`, killed and started again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::path::Path;
use std::process::{Child, Command};

use common::{Fixture, kanta};
use kanta_client::blocking::LogRegister;
use kanta_client::disclosures::{self, NoticeOutcome};
use kanta_client::sign::SoftwareSigner;
use kanta_client::transport::{ClientIdentity, Endpoint, HttpsPost, TrustedServers};
use kanta_testkit::register::{caller, sample_batch};
use kanta_testkit::test_spec;
use serde_json::{Value, json};

struct Server {
    process: Child,
    line: Value,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let (process, line) = common::start_testbed(|command| command.args(arguments));
        Self { process, line }
    }

    fn text(&self, key: &str) -> &str {
        self.line[key].as_str().unwrap()
    }

    /// Posts with `curl`, as a program in any language would.
    fn curl(&self, url: &str, arguments: &[&str]) -> (String, String) {
        let file = |name: &str| format!("{}/{name}", self.text("pki"));
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "20"])
            .args(["--write-out", "\n%{http_code}"])
            .args(["--cacert", &file("ca.pem"), "--cert", &file("client.pem")])
            .args(["--key", &file("client.key")])
            .args(arguments)
            .arg(url)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (body, status) = text.rsplit_once('\n').unwrap();
        (body.to_owned(), status.to_owned())
    }

    fn post(&self, frame: &str, header: &str) -> (String, String) {
        let data = format!("@{frame}");
        let arguments = ["--header", header, "--data-binary", &data];
        self.curl(self.text("archive"), &arguments)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL: nothing is tidied up.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Signs the fixture's plan with the key of a test bed and makes its frame.
fn frame(fixture: &Fixture, server: &Server, id: &str) -> String {
    let pki = Path::new(server.text("pki"));
    let [key, certificate] = ["signing.key", "signing.pem"].map(|name| pki.join(name));
    let unsigned = fixture.write("unsigned.xml", fixture.unsigned("plan"));
    let signed = kanta(&[
        "sign",
        "document",
        &unsigned,
        "--kind",
        "system",
        "--key",
        key.to_str().unwrap(),
        "--cert",
        certificate.to_str().unwrap(),
    ]);
    let signed = fixture.write("signed.xml", signed.exits(0).out);
    let context = fixture.path("context.toml");
    let store = [
        "frame",
        "store",
        &signed,
        "--context",
        &context,
        "--message-id",
        id,
    ];
    fixture.write(
        &format!("{}.xml", id.replace('^', "-")),
        kanta(&store).exits(0).out,
    )
}

#[test]
fn a_server_that_is_killed_has_what_it_acknowledged() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("SKIPPED: curl is missing");
        return;
    }
    let fixture = Fixture::new();
    let data = fixture.path("testbed");
    let arguments = ["--data", data.as_str(), "--ui"];
    let server = Server::start(&arguments);
    for file in [
        "ca.pem",
        "client.pem",
        "client.key",
        "signing.pem",
        "signing.key",
        "config.toml",
    ] {
        assert!(Path::new(server.text("pki")).join(file).is_file(), "{file}");
    }
    let config = std::fs::read_to_string(Path::new(server.text("pki")).join("config.toml"));
    assert!(toml::from_str::<toml::Table>(&config.unwrap()).is_ok());

    let first = frame(&fixture, &server, "1.2.246.10.99999999.18.1^1");
    let (answer, status) = server.post(&first, "x-kanta-test-fault: service-unavailable");
    assert_eq!((answer.as_str(), status.as_str()), ("", "503"));
    let (answer, status) = server.post(&first, "x-kanta-test-fault: nonsense");
    assert_eq!(status, "400", "{answer}");
    let (answer, status) = server.post(&first, "content-type: application/xml");
    assert!(
        status == "200" && answer.contains("<typeCode code=\"AA\"/>"),
        "{answer}"
    );
    let answer = fixture.write("answer.xml", answer);
    let shown = kanta(&["frame", "show", &answer, "--json"]).exits(0).json();
    assert_eq!(shown["acknowledgement"]["code"], "AA");
    let (_, status) = server.curl(server.text("register"), &[]);
    assert_eq!(status, "405", "notices are posted");
    let (page, _) = server.curl(server.text("ui"), &[]);
    assert!(
        page.contains("1 documents") && !page.contains("Kuvitelma"),
        "{page}"
    );
    drop(server);

    let server = Server::start(&arguments);
    let second = frame(&fixture, &server, "1.2.246.10.99999999.18.1^2");
    let (answer, _) = server.post(&second, "content-type: application/xml");
    assert!(answer.contains("TEST-DUPLICATE"), "{answer}");
    let (answer, _) = server.post(&first, "content-type: application/xml");
    assert!(
        answer.contains("a message with this identifier came before"),
        "{answer}"
    );
    #[cfg(unix)]
    for file in ["archive.sqlite", "pki/client.key", "pki/config.toml"] {
        let metadata = std::fs::metadata(Path::new(&data).join(file)).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

/// A blocking client of the log register of a test bed, made from the files that it wrote.
fn log_register(server: &Server) -> (LogRegister, SoftwareSigner) {
    let file = |name: &str| std::fs::read(Path::new(server.text("pki")).join(name)).unwrap();
    let endpoint = Endpoint::new(server.text("register").parse().unwrap());
    let identity = ClientIdentity::from_pem(&file("client.pem"), &file("client.key")).unwrap();
    let trusted = TrustedServers::from_pem(&file("ca.pem")).unwrap();
    let transport = HttpsPost::new(endpoint, identity, &trusted).unwrap();
    let register = disclosures::LogRegister::new(test_spec(), transport).unwrap();
    let signer = SoftwareSigner::from_pem(&file("signing.key"), &file("signing.pem")).unwrap();
    (LogRegister::new(register).unwrap(), signer)
}

#[test]
fn notices_are_kept_by_the_log_register_of_a_test_bed() {
    let fixture = Fixture::new();
    let data = fixture.path("testbed");
    let notify = |server: &Server| {
        let (register, signer) = log_register(server);
        let outcome = register.notify(&sample_batch(1), &caller(), &signer);
        match outcome.unwrap() {
            NoticeOutcome::Stored(entries) => entries[0].location.clone().unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let server = Server::start(&["--data", &data]);
    assert_eq!(notify(&server), "AuditEvent/1/_history/1");
    if Command::new("curl").arg("--version").output().is_ok() {
        let bundle = fixture.write("notice.json", kanta(&["notice", "sample"]).exits(0).out);
        let post = |header: &str| {
            let data = format!("@{bundle}");
            let arguments = ["--header", header, "--data-binary", &data];
            server.curl(server.text("register"), &arguments)
        };
        // Nobody gets in without a token; a fault can be asked for by its name.
        assert_eq!(post("content-type: application/fhir+json").1, "401");
        let (answer, status) = post("x-kanta-test-fault: no-right");
        assert!(status == "401" && answer.contains("5Y00009"), "{answer}");
        assert_eq!(post("x-kanta-test-fault: nonsense").1, "400");
    } else {
        eprintln!("SKIPPED: curl is missing");
    }
    drop(server);
    // Killed, and started again: what was stored is there.
    let server = Server::start(&["--data", &data]);
    assert_eq!(notify(&server), "AuditEvent/3/_history/1");
}

#[test]
fn a_frame_is_shown_without_persons_and_judged() {
    let fixture = Fixture::new();
    let signed = fixture.write("signed.xml", fixture.signed("plan"));
    let context = fixture.path("context.toml");
    let frame = kanta(&["frame", "store", &signed, "--context", &context])
        .exits(0)
        .text();
    let file = fixture.write("frame.xml", &frame);
    let run = kanta(&["frame", "show", &file, "--json"]).exits(0);
    for secret in ["090514A9226", "170281-935M", "Esimerkillinen"] {
        assert!(!run.text().contains(secret), "{secret}");
    }
    let shown = run.json();
    assert_eq!(shown["interaction"], "RCMR_IN200002FI01");
    assert_eq!(shown["reasons"][0], "SP17 (1.2.246.537.6.1503.201601)");
    assert_eq!(shown["documents"][0]["version"], "1");
    let wrong = frame.replacen("<setId root=\"1", "<setId root=\"2.999.1", 1);
    let wrong = fixture.write("wrong.xml", wrong);
    let shown = kanta(&["frame", "show", &wrong, "--json"]).exits(1).json();
    let rules: Vec<&Value> = shown["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["rule"])
        .collect();
    assert_eq!(rules, [&json!("KANTA-FRAME-5"), &json!("KANTA-FRAME-4")]);
    let page = fixture.write("page.html", "<html><body>Request Rejected</body></html>");
    let document = fixture.write("document.xml", fixture.unsigned("plan"));
    kanta(&["frame", "show", &document])
        .exits(2)
        .says("it is a document, not a message frame");
    kanta(&["frame", "show", &page])
        .exits(2)
        .says("KANTA-FRAME-HTML");
}

#[test]
fn a_bundle_tells_what_it_lacks_and_where_that_stands() {
    let fixture = Fixture::new();
    let missing = kanta(&["spec", "check", "--json"]).exits(1).json();
    let find = |missing: &Value, key: &str| {
        let list = missing.as_array().unwrap();
        list.iter().find(|entry| entry["key"] == key).cloned()
    };
    let receiver = find(&missing, "message.environment.production.receiver").unwrap();
    assert!(
        receiver["needs"]
            .as_str()
            .unwrap()
            .contains("Osapuolitiedot"),
        "{receiver}"
    );
    let search = find(
        &missing,
        "message.operation.search_metadata.service_request",
    )
    .unwrap();
    assert_eq!(search["operation"], "search_metadata");
    assert_eq!(search["status"], "placeholder");
    assert!(find(&missing, "message.environment.test.receiver").is_none());
    let folder = fixture.path("mine");
    std::fs::create_dir(&folder).unwrap();
    let head = "name = \"mine\"\nbased_on = [\"MR 9\"]\ndate = \"2026-11-24\"\n";
    std::fs::write(Path::new(&folder).join("bundle.toml"), head).unwrap();
    let other = fixture.path("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(Path::new(&other).join("bundle.toml"), head).unwrap();
    let message = "[environment.production]\nreceiver = { value = \"2.999.1\", status = \"verified\", source = \"t\" }";
    std::fs::write(Path::new(&folder).join("message.toml"), message).unwrap();
    let less = kanta(&["spec", "check", &folder, "--json"]).exits(1).json();
    assert!(find(&less, "message.environment.production.receiver").is_none());
    assert_eq!(
        less.as_array().unwrap().len() + 1,
        missing.as_array().unwrap().len()
    );
    let differences = kanta(&["spec", "diff", &other, &folder, "--json"])
        .exits(0)
        .json();
    assert_eq!(differences.as_array().unwrap().len(), 1);
    assert_eq!(
        differences[0]["key"],
        "message.environment.production.receiver"
    );
    assert_eq!(differences[0]["a"], Value::Null);
    assert_eq!(differences[0]["b"]["value"], "2.999.1");
    kanta(&["spec", "diff", &folder, "/nowhere"]).exits(2);
}

#[test]
fn one_test_bed_at_a_time_uses_a_folder() {
    let fixture = Fixture::new();
    let data = fixture.path("data");
    let server = Server::start(&["--data", &data]);
    let config = Path::new(server.text("pki")).join("config.toml");
    let before = std::fs::read(&config).unwrap();
    let second = assert_cmd::cargo::cargo_bin_cmd!("kanta")
        .args(["testbed", "--data", &data])
        .timeout(std::time::Duration::from_secs(20))
        .output()
        .unwrap();
    let told = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(2), "{told}");
    assert!(
        told.contains("another test bed runs on the folder"),
        "{told}"
    );
    assert_eq!(std::fs::read(&config).unwrap(), before);
    // Killed, it leaves no lock behind.
    drop(server);
    Server::start(&["--data", &data]);
}
