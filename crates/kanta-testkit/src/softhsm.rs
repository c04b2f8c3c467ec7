//! An HSM in a folder: a SoftHSM2 token that is thrown away.
//!
//! A PKCS#11 module is started once for a process and finds its tokens through the environment, so every test with one runs in
//! a process of its own: see [`SoftHsm::in_own_process`].

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::authority::{CertificatePurpose, TestAuthority};
use crate::openssl::NewKey;
use crate::own_process;
use crate::tool::{self, ToolError};

/// Where Debian and others have the module.
const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];
const CONFIGURATION: &str = "SOFTHSM2_CONF";
/// The PIN of every token.
pub const PIN: &str = "246810";
const SECURITY_OFFICER_PIN: &str = "13579135";

/// A folder with SoftHSM2 tokens, removed when it is dropped by whoever made it.
#[derive(Debug)]
pub struct SoftHsm {
    configuration: PathBuf,
    _folder: Option<TempDir>,
}

/// A key to be made on a token.
#[derive(Debug, Clone, Copy)]
pub struct HsmKey<'k> {
    /// The token's label.
    pub token: &'k str,
    /// The label of key and certificate.
    pub label: &'k str,
    /// The `CKA_ID` in hexadecimal.
    pub id: &'k str,
    /// The kind as OpenSC writes it: `rsa:3072`, `EC:secp384r1`.
    pub kind: &'k str,
    /// Whether it wants a PIN for each signature.
    pub pin_each_time: bool,
}

impl<'k> HsmKey<'k> {
    /// Describes a key that needs its PIN once.
    #[must_use]
    pub fn new(token: &'k str, label: &'k str, id: &'k str, kind: &'k str) -> Self {
        Self {
            token,
            label,
            id,
            kind,
            pin_each_time: false,
        }
    }
}

impl SoftHsm {
    /// Makes an empty folder.
    ///
    /// # Errors
    /// [`ToolError`] when SoftHSM2 is not installed or the folder cannot be made.
    pub fn new() -> Result<Self, ToolError> {
        let folder = tempfile::tempdir()?;
        let tokens = folder.path().join("tokens");
        fs::create_dir(&tokens)?;
        let configuration = folder.path().join("softhsm2.conf");
        fs::write(
            &configuration,
            format!(
                "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
                tokens.display()
            ),
        )?;
        let hsm = Self {
            configuration,
            _folder: Some(folder),
        };
        hsm.util(&["--version"])?;
        Ok(hsm)
    }

    /// Runs the rest of a test in a process of its own with an HSM that `prepare` fills first. In that process it returns the HSM;
    /// in the first one `None`, when all is done. Says `SKIPPED` where SoftHSM2 is not installed.
    ///
    /// # Panics
    /// When preparing fails or the test fails in its own process.
    pub fn in_own_process(
        test: &str,
        prepare: impl FnOnce(&Self) -> Result<(), ToolError>,
    ) -> Option<Self> {
        Self::in_own_process_with(test, |hsm| prepare(hsm).map(|()| Vec::new()))
    }

    /// Does the same with more environment for the process, which `prepare` returns.
    ///
    /// # Panics
    /// When preparing fails or the test fails in its own process.
    pub fn in_own_process_with(
        test: &str,
        prepare: impl FnOnce(&Self) -> Result<Vec<(&'static str, OsString)>, ToolError>,
    ) -> Option<Self> {
        if own_process::is_inside(test) {
            return Some(Self {
                configuration: PathBuf::from(std::env::var_os(CONFIGURATION)?),
                _folder: None,
            });
        }
        let hsm = match Self::new() {
            Ok(hsm) if Self::module().is_some() => hsm,
            Ok(_) => return own_process::skip(test, "the module libsofthsm2.so is not there"),
            Err(error) => return own_process::skip(test, &error.to_string()),
        };
        let more = prepare(&hsm).expect("the HSM can be filled");
        let more = more.iter().map(|(name, value)| (*name, value.as_os_str()));
        let environment: Vec<_> = hsm.environment().into_iter().chain(more).collect();
        own_process::run(test, &environment);
        None
    }

    /// Returns the path of the module, if it is installed.
    #[must_use]
    pub fn module() -> Option<PathBuf> {
        tool::first_present(&MODULES)
    }

    /// Returns the environment that the module needs.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, &OsStr); 1] {
        [(CONFIGURATION, self.configuration.as_os_str())]
    }

    /// Adds a token.
    ///
    /// # Errors
    /// [`ToolError`] of the program.
    pub fn add_token(&self, label: &str) -> Result<(), ToolError> {
        self.util(&[
            "--init-token",
            "--free",
            "--label",
            label,
            "--so-pin",
            SECURITY_OFFICER_PIN,
            "--pin",
            PIN,
        ])
    }

    /// Makes a key on a token and puts its certificate beside it. Returns the certificate in DER.
    ///
    /// # Errors
    /// [`ToolError`] of the program.
    pub fn add_key(
        &self,
        key: HsmKey<'_>,
        authority: &TestAuthority,
        purpose: CertificatePurpose,
    ) -> Result<Vec<u8>, ToolError> {
        let certificate = self.add_bare_key(key, authority, purpose)?;
        self.add_certificate(key, &certificate)?;
        Ok(certificate)
    }

    /// Makes a key on a token without a certificate, which is returned in DER.
    ///
    /// # Errors
    /// [`ToolError`] of the program.
    pub fn add_bare_key(
        &self,
        key: HsmKey<'_>,
        authority: &TestAuthority,
        purpose: CertificatePurpose,
    ) -> Result<Vec<u8>, ToolError> {
        let pair = NewKey::generate(key.kind)?;
        let mut arguments = vec!["--usage-sign"];
        if key.pin_each_time {
            arguments.push("--always-auth");
        }
        self.write(key, "privkey", &pair.traditional, &arguments)?;
        self.write(key, "pubkey", &pair.public, &[])?;
        Ok(authority.issue(&pair.public, purpose)?)
    }

    /// Puts a certificate on a token.
    ///
    /// # Errors
    /// [`ToolError`] of the program.
    pub fn add_certificate(&self, key: HsmKey<'_>, certificate: &[u8]) -> Result<(), ToolError> {
        self.write(key, "cert", certificate, &[])
    }

    /// Takes an object away: `privkey`, `pubkey` or `cert`.
    ///
    /// # Errors
    /// [`ToolError`] of the program.
    pub fn remove(&self, key: HsmKey<'_>, kind: &str) -> Result<(), ToolError> {
        self.tool(key, &["--delete-object", "--type", kind])
    }

    /// Returns a path in the folder, for what a test wants to keep beside the tokens.
    #[must_use]
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.configuration
            .parent()
            .unwrap_or(Path::new("."))
            .join(name)
    }

    fn write(
        &self,
        key: HsmKey<'_>,
        kind: &str,
        der: &[u8],
        more: &[&str],
    ) -> Result<(), ToolError> {
        let file = self.scratch("object.der");
        fs::write(&file, der)?;
        let path = file.to_string_lossy();
        let arguments = [&["--type", kind, "--write-object", &*path], more].concat();
        self.tool(key, &arguments)?;
        fs::remove_file(&file)?;
        Ok(())
    }

    fn util(&self, arguments: &[&str]) -> Result<(), ToolError> {
        tool::run("softhsm2-util", arguments, &self.environment(), b"").map(drop)
    }

    fn tool(&self, key: HsmKey<'_>, arguments: &[&str]) -> Result<(), ToolError> {
        let module = Self::module().unwrap_or_default();
        let mut all = vec![OsStr::new("--module"), module.as_os_str()];
        all.extend(
            [
                "--token-label",
                key.token,
                "--login",
                "--pin",
                PIN,
                "--label",
                key.label,
                "--id",
                key.id,
            ]
            .map(OsStr::new),
        );
        all.extend(arguments.iter().map(OsStr::new));
        tool::run("pkcs11-tool", &all, &self.environment(), b"").map(drop)
    }
}
