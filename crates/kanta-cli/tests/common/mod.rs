//! What the tests of the command share: a folder with everything that a document needs, and a way to run the command.

#![allow(dead_code, reason = "no test file uses all of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use kanta_testkit::TestArchive;
use kanta_testkit::pki::TestPki;
use serde_json::Value;
use tempfile::TempDir;

/// Metadata of a client plan: the very text that the help prints.
pub(crate) const PLAN_METADATA: &str = include_str!("../../src/help/metadata.toml");
/// A request context: the very text that the help prints.
pub(crate) const CONTEXT: &str = include_str!("../../src/help/context.toml");
/// The OIDs of the two structures that the command knows without a folder.
pub(crate) const PLAN: &str = "2.999.1506.15007.2026.1.1";
pub(crate) const RELATION: &str = "2.999.1505.1.2026.1.1";

pub(crate) const RELATION_METADATA: &str = r#"
kind = "client_relation"
id = "1.2.246.10.99999999.11.2026.2"
drafted = 2026-02-02T10:15:30+02:00
client_relation = "1.2.246.10.99999999.13.2026.1"
guardian_disclosure = "1"
retention = "1"
special_content = "E"
client = { identity_code = "090514A9226", given = ["Aino"], family = "Kuvitelma" }
register_keeper = { oid = "1.2.246.10.99999999.10.0", name = "Kuvitelman hyvinvointialue" }
organiser = { oid = "1.2.246.10.99999999.10.0", name = "Kuvitelman hyvinvointialue" }
service_unit = { oid = "1.2.246.10.99999999.10.21", name = "Kuvitelman perhepalvelut" }
software = { vendor = "Esimerkkitoimittaja", product = "Esimerkki-ATJ", version = "1.0.0" }
"#;

pub(crate) const PLAN_CONTENT: &str = r#"{"lapsiperheiden_palvelujen_asiakassuunnitelma": {
  "asiakas": [{"sukunimi": "Kuvitelma", "etunimet": "Aino", "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": "090514A9226"}}],
  "suunnitelma": {"kuvaus_asiakkaan_tilanteesta": "Arki & <rytmi>", "selvitys_oikeuksista": true},
  "paivamaara": "2026-02-02",
  "laatija": [{"sukunimi": "Esimerkillinen", "etunimet": "Onni"}]
}}"#;

pub(crate) const RELATION_CONTENT: &str = r#"{"asiakkuusasiakirja": {
  "asiakkuuden_yksilointitunnus": {"system": "urn:oid:1.2.246.1", "value": "1.2.246.10.99999999.13.2026.1"},
  "asiakas": {"sukunimi": "Kuvitelma", "etunimet": "Aino", "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": "090514A9226"}, "turvakielto": false},
  "sosiaalihuollon_asiakkuus": {"asiakkuuden_alkamispvm": "2026-02-02"},
  "palvelunjarjestajan_toimintayksikko": {"system": "urn:oid:1.2.246.537.6.202.2008", "code": "1.2.246.10.99999999.10.0", "display": "Kuvitelman hyvinvointialue"},
  "sosiaalihuollon_palvelutehtava": [{
    "palvelutehtava": {"system": "urn:oid:1.2.246.537.6.1221.201601", "code": "24", "display": "Lapsiperheiden palvelut"},
    "palvelunjarjestajan_palveluyksikko": [{"palveluyksikon_nimi": {"system": "urn:oid:1.2.246.537.6.202.2008", "code": "1.2.246.10.99999999.10.21", "display": "Kuvitelman perhepalvelut"}, "asiakkuuden_alkamispvm": "2026-02-02"}]
  }]
}}"#;

/// What a run of the command left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Run {
    /// Returns standard output as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.out.clone()).unwrap()
    }

    /// Returns standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Asserts the exit code, with the messages when it is another one.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.err, self.text());
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    /// Asserts that standard error holds a text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{text:?} is not in\n{}", self.err);
        self
    }
}

/// Runs the command.
pub(crate) fn kanta(arguments: &[&str]) -> Run {
    kanta_with(b"", arguments)
}

/// Runs the command with standard input.
pub(crate) fn kanta_with(input: impl Into<Vec<u8>>, arguments: &[&str]) -> Run {
    let output = assert_cmd::cargo::cargo_bin_cmd!("kanta")
        .args(arguments)
        .write_stdin(input)
        .output()
        .unwrap();
    Run {
        code: output.status.code().expect("no signal ended the command"),
        out: output.stdout,
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder with metadata, contents, a context, keys and certificates.
pub(crate) struct Fixture {
    folder: TempDir,
}

/// Runs `document new`.
pub(crate) fn document_new(metadata: &str, content: &str, structure: &str, more: &[&str]) -> Run {
    let new = [
        "document",
        "new",
        "--metadata",
        metadata,
        "--content",
        content,
        "--structure",
        structure,
    ];
    kanta(&[&new[..], more].concat())
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let pki = TestPki::generate().unwrap();
        for (name, text) in [
            ("plan.toml", PLAN_METADATA),
            ("plan.json", PLAN_CONTENT),
            ("relation.toml", RELATION_METADATA),
            ("relation.json", RELATION_CONTENT),
            ("context.toml", CONTEXT),
            ("signing.pem", &pki.signing),
            ("signing.key", &pki.signing_key),
            ("client.pem", &pki.client),
            ("client.key", &pki.client_key),
            ("ca.pem", &pki.ca),
        ] {
            fixture.write(name, text);
        }
        fixture
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file and returns its path.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Makes an unsigned document, `plan` or `relation`, and returns its bytes.
    pub(crate) fn unsigned(&self, which: &str) -> Vec<u8> {
        let structure = if which == "plan" { PLAN } else { RELATION };
        let (metadata, content) = (
            self.path(&format!("{which}.toml")),
            self.path(&format!("{which}.json")),
        );
        document_new(&metadata, &content, structure, &[])
            .exits(0)
            .out
    }

    /// Runs `document new` for a plan with other metadata and more arguments.
    pub(crate) fn new_plan(&self, metadata: &str, more: &[&str]) -> Run {
        document_new(metadata, &self.path("plan.json"), PLAN, more)
    }

    /// Makes a signed document and returns its bytes.
    pub(crate) fn signed(&self, which: &str) -> Vec<u8> {
        let (cert, key) = (self.path("signing.pem"), self.path("signing.key"));
        let arguments = [
            "sign", "document", "-", "--kind", "system", "--key", &key, "--cert", &cert,
        ];
        kanta_with(self.unsigned(which), &arguments).exits(0).out
    }
}

/// Returns the folder of conformance material, or says loudly that a test is skipped.
pub(crate) fn conformance() -> Option<PathBuf> {
    let folder = std::env::var_os("KANTA_CONFORMANCE").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED: KANTA_CONFORMANCE does not name the folder of conformance material");
    }
    folder
}

/// Returns whether a tool can be run, or says loudly that a test is skipped.
pub(crate) fn has_tool(name: &str) -> bool {
    let found = Command::new(name).arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: {name} is not installed");
    }
    found
}

/// Runs a tool with standard input; returns whether it succeeded, and everything it wrote.
pub(crate) fn tool(name: &str, arguments: &[&str], input: &[u8]) -> (bool, Vec<u8>, String) {
    let output = assert_cmd::Command::new(name)
        .args(arguments)
        .write_stdin(input)
        .output()
        .unwrap();
    (
        output.status.success(),
        output.stdout,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// Asks xmlsec1 about a signed document; returns whether it verifies both references, and what it says.
pub(crate) fn xmlsec1(trusted: &str, signed: &str) -> (bool, String) {
    let arguments = [
        "--verify",
        "--id-attr:ID",
        "urn:hl7-org:v3:nonXMLBody",
        "--id-attr:ID",
        "urn:hl7finland:signatureTimestamp",
        "--trusted-pem",
        trusted,
        signed,
    ];
    let (verified, out, err) = tool("xmlsec1", &arguments, b"");
    let text = String::from_utf8_lossy(&out).into_owned() + &err;
    let both = text.contains("SignedInfo References (ok/all): 2/2");
    (verified && both, text)
}

/// Asks the JDK about a signed document; returns whether it verifies the signature, and what it says.
pub(crate) fn jdk(signed: &str) -> (bool, String) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../kanta-cda/tests/jdk/Verify.java");
    let (ran, out, err) = tool("java", &[program.to_str().unwrap(), signed], b"");
    let text = String::from_utf8_lossy(&out).into_owned();
    (
        ran && text.trim_end().ends_with("0 true"),
        format!("{text} {err}"),
    )
}

/// Writes the configuration for an archive of this process, whose faults can be scripted.
pub(crate) fn config_for(archive: &TestArchive, fixture: &Fixture) -> String {
    const HELP: &str = include_str!("../../src/help/config.toml");
    let pki = archive.pki();
    for (name, text) in [
        ("ca.pem", &pki.ca),
        ("client.pem", &pki.client),
        ("client.key", &pki.client_key),
        ("signing.pem", &pki.signing),
        ("signing.key", &pki.signing_key),
    ] {
        fixture.write(name, text);
    }
    let config = HELP.replace(
        "https://localhost:8443/\"\ntrust",
        &format!("{}\"\ntrust", archive.url()),
    );
    assert!(config.contains(&archive.url()));
    fixture.write("config.toml", config)
}

/// Starts a test bed with what `with` adds to its command; returns it and the line in which it tells where it is.
pub(crate) fn start_testbed(with: impl FnOnce(&mut Command) -> &mut Command) -> (Child, Value) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kanta"));
    command.arg("testbed").stdout(Stdio::piped());
    let mut process = with(&mut command).spawn().unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(process.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let line = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    (process, line)
}
