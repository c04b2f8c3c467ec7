//! The test archive as a program of its own, usable from any language.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use kanta_client::write_private_file;

use crate::{TestArchive, TestArchiveError, TestArchiveOptions, people};

/// Where a test bed is: what its user needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Testbed {
    /// The address of the archive: messages are posted there, over mutual TLS.
    pub archive: String,
    /// The address of the log register: disclosure notices are posted there, over mutual TLS.
    pub register: String,
    /// The address of the page that shows what the archive holds.
    pub page: Option<String>,
    /// The folder with `ca.pem`, `client.pem`, `client.key`, `signing.pem`, `signing.key` and `config.toml`.
    pub pki: PathBuf,
}

/// Starts a test archive and serves until `stopped` completes, whose value it returns; `started` is called when it can be used.
///
/// Without a folder in the options it makes a temporary one, and removes it at the end. What was acknowledged is kept in a folder that
/// was given, whatever ends the process.
///
/// Faults are scripted by a header of the request: `x-kanta-test-fault: hang-after-storing` ([`crate::Fault::name`], for the log
/// register [`crate::register::RegisterFault::name`]).
///
/// # Errors
/// [`TestArchiveError`] when it does not start, `started` fails, it takes no connections any more, or the temporary folder stays.
pub async fn run<T>(
    options: TestArchiveOptions,
    started: impl FnOnce(&Testbed) -> std::io::Result<()>,
    stopped: impl Future<Output = T>,
) -> Result<T, TestArchiveError> {
    let Some(data) = options.data.clone() else {
        let temporary = tempfile::tempdir()?;
        let archive = TestArchive::start_with(options).await?;
        let pki = temporary.path().join("pki");
        archive.pki().write(&pki)?;
        let told = serve(archive, &pki, started, stopped).await?;
        temporary.close().map_err(TestArchiveError::NotRemoved)?;
        return Ok(told);
    };
    let _lock = lock(&data)?;
    let archive = TestArchive::start_with(options).await?;
    serve(archive, &data.join("pki"), started, stopped).await
}

async fn serve<T>(
    archive: TestArchive,
    pki: &Path,
    started: impl FnOnce(&Testbed) -> std::io::Result<()>,
    stopped: impl Future<Output = T>,
) -> Result<T, TestArchiveError> {
    let testbed = Testbed {
        archive: archive.url(),
        register: archive.register_url(),
        page: archive.page_url(),
        pki: fs::canonicalize(pki)?,
    };
    let config = config(&testbed);
    write_private_file(&testbed.pki.join("config.toml"), config.as_bytes())?;
    started(&testbed)?;
    tokio::select! {
        told = stopped => Ok(told),
        () = archive.run() => Err(TestArchiveError::Ended),
    }
}

/// Takes the lock of a folder, which the operating system gives up when the process dies: two test beds would overwrite each
/// other's files.
fn lock(data: &Path) -> Result<File, TestArchiveError> {
    fs::create_dir_all(data)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(data.join("testbed.lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(TestArchiveError::Busy(data.to_owned())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Writes what a client of the test bed needs: addresses, files, and the request context of the fictional county.
fn config(testbed: &Testbed) -> String {
    let context = people::context();
    let user = &context.user;
    let file = |name: &str| quoted(&testbed.pki.join(name));
    format!(
        "# A client of the test bed. Everything here is fictional.\n\
         environment = \"test\"\n\n\
         [archive]\naddress = \"{}\"\nregister = \"{}\"\ntrust = {}\ncertificate = {}\nkey = {}\n\n\
         [signing]\ncertificate = {}\nkey = {}\n\n\
         # As `kanta frame store --context` reads it.\n\
         [context]\nsender = \"{}\"\nmessage_root = \"{}\"\n\n\
         [context.user]\nidentity_code = \"{}\"\ngiven = [\"{}\"]\nfamily = \"{}\"\n\n\
         [context.user.organisation]\noid = \"{}\"\nname = \"{}\"\n",
        testbed.archive,
        testbed.register,
        file("ca.pem"),
        file("client.pem"),
        file("client.key"),
        file("signing.pem"),
        file("signing.key"),
        context.joining.joiner(),
        context.message_root,
        user.identity.expose(),
        user.name.given().join("\", \""),
        user.name.family(),
        user.unit.oid,
        user.unit.name.as_deref().unwrap_or_default(),
    )
}

/// A path as a literal string of TOML, which knows no escapes; one with an apostrophe cannot be written so.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    if path.contains('\'') {
        format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("'{path}'")
    }
}
