//! The configuration of a client from TOML: `archive --config`, `outbox run --config`.

use std::path::{Path, PathBuf};

use kanta_client::core::spec::Spec;
use kanta_client::outbox::ArchiveCourier;
use kanta_client::sign::SoftwareSigner;
use kanta_client::transport::{ClientIdentity, Endpoint, HttpsPost, TrustedServers};
use kanta_client::{ArchiveClient, RequestContext};
use zeroize::Zeroizing;

use crate::context;
use crate::error::{About, Failure};
use crate::input::Input;
use crate::outbox::Access;
use crate::setup::Setup;
use crate::toml_reader::{self, Table};

/// A commented TOML with every key.
pub(crate) const HELP: &str = include_str!("help/config.toml");

/// The file beside the configuration that is the outbox when it names none.
const OUTBOX: &str = "outbox.db";

/// How a client reaches the archive, as a file says.
#[derive(Debug)]
pub(crate) struct Config {
    environment: String,
    archive: Archive,
    signing: Option<Pair>,
    outbox: Option<Queue>,
    context: RequestContext,
    /// The folder of the file: relative paths begin there.
    folder: PathBuf,
}

#[derive(Debug)]
struct Archive {
    address: String,
    trust: String,
    pair: Pair,
}

/// Where documents wait, and what opens it.
#[derive(Debug)]
struct Queue {
    database: String,
    trust: Option<String>,
    keys: Option<String>,
}

/// A certificate and its key.
#[derive(Debug)]
struct Pair {
    certificate: String,
    key: String,
}

impl Config {
    /// Reads a configuration.
    pub(crate) fn read(input: &Input, setup: &Setup) -> Result<Self, Failure> {
        let bytes = setup.inputs.settings(input)?;
        let folder = match input {
            Input::Path(path) => path.parent().unwrap_or(Path::new("")).to_owned(),
            Input::Standard => PathBuf::new(),
        };
        toml_reader::read(&bytes, "kanta archive --help", |root| read(root, folder)).about(input)
    }

    /// Returns the effective spec bundle; the file must be for the environment that the command works in.
    pub(crate) fn spec(&self, setup: &Setup) -> Result<Spec, Failure> {
        let spec = setup.spec()?;
        let environment = spec.environment().key();
        if environment.replace('_', "-") != self.environment {
            return Err(Failure::unusable(format!(
                "the configuration is for the environment `{}` and the command works in `{}`: give --environment {} if that is \
                 what you want [KANTA-CLI-ENVIRONMENT]",
                self.environment,
                environment.replace('_', "-"),
                self.environment
            )));
        }
        Ok(spec)
    }

    /// Makes what carries documents to the archive.
    pub(crate) fn courier(&self, spec: Spec, setup: &Setup) -> Result<ArchiveCourier, Failure> {
        let given = &self.archive.address;
        let is_secure = given.to_ascii_lowercase().starts_with("https://");
        let address = given
            .parse()
            .ok()
            .filter(|_| is_secure)
            .ok_or_else(|| {
                let problem = "no address of an archive, as `address` in [archive] needs it: write https://host/path \
                               [KANTA-CLI-ADDRESS]";
                Failure::unusable(problem).about(given)
            })?;
        let certificate = self.file(&self.archive.pair.certificate, setup)?;
        let key = Zeroizing::new(self.file(&self.archive.pair.key, setup)?);
        let identity = ClientIdentity::from_pem(&certificate, &key)?;
        let trusted = TrustedServers::from_pem(&self.file(&self.archive.trust, setup)?)?;
        let transport = HttpsPost::new(Endpoint::new(address), identity, &trusted)?;
        let client = ArchiveClient::new(spec, transport);
        Ok(ArchiveCourier::with_context(client, self.context.clone()))
    }

    /// Returns the signer of `[signing]`.
    pub(crate) fn signer(&self, setup: &Setup) -> Result<Option<SoftwareSigner>, Failure> {
        let Some(pair) = &self.signing else {
            return Ok(None);
        };
        let key = Zeroizing::new(self.file(&pair.key, setup)?);
        let certificate = self.file(&pair.certificate, setup)?;
        let signer = SoftwareSigner::from_pem(&key, &certificate)
            .about(format!("{} with {}", pair.key, pair.certificate))?;
        Ok(Some(signer))
    }

    /// Returns the file or the address of the outbox.
    pub(crate) fn outbox(&self) -> String {
        match self.outbox.as_ref().map(|queue| &queue.database) {
            Some(outbox) if crate::outbox::is_address(outbox) => outbox.clone(),
            Some(path) => self.folder.join(path).display().to_string(),
            None => self.folder.join(OUTBOX).display().to_string(),
        }
    }

    /// Returns what the outbox is opened with.
    pub(crate) fn outbox_access(&self) -> Access {
        let Some(queue) = &self.outbox else {
            return Access::default();
        };
        let file = |name: &Option<String>| name.as_ref().map(|name| self.folder.join(name));
        Access {
            trust: file(&queue.trust),
            keys: file(&queue.keys),
        }
    }

    fn file(&self, name: &str, setup: &Setup) -> Result<Vec<u8>, Failure> {
        setup.inputs.settings(&Input::Path(self.folder.join(name)))
    }
}

fn read(root: &Table<'_>, folder: PathBuf) -> Option<Config> {
    root.need(&["environment", "archive", "context"]);
    let environment = root.text("environment").map(str::to_owned);
    let archive = root.table("archive", |table| {
        table.need(&["address", "trust"]);
        // The log register is for disclosure notices, which a program of the host's carries: it knows who calls.
        let _ = table.text("register");
        let address = table.text("address").map(str::to_owned);
        let trust = table.text("trust").map(str::to_owned);
        let pair = pair(table);
        Some(Archive {
            address: address?,
            trust: trust?,
            pair: pair?,
        })
    });
    let signing = root.table("signing", pair);
    let outbox = root.table("outbox", |table| {
        table.need(&["database"]);
        let trust = table.text("trust").map(str::to_owned);
        let keys = table.text("keys").map(str::to_owned);
        Some(Queue {
            database: table.text("database")?.to_owned(),
            trust,
            keys,
        })
    });
    let context = root.table("context", context::read_context);
    Some(Config {
        environment: environment?,
        archive: archive?,
        signing,
        outbox,
        context: context?,
        folder,
    })
}

fn pair(table: &Table<'_>) -> Option<Pair> {
    table.need(&["certificate", "key"]);
    let certificate = table.text("certificate").map(str::to_owned);
    let key = table.text("key").map(str::to_owned);
    Some(Pair {
        certificate: certificate?,
        key: key?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_reader::help_test::assert_help;

    #[test]
    fn the_help_text_is_what_is_read() {
        assert_help(HELP, |root| read(root, PathBuf::new()));
    }
}
