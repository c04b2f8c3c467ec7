//! What the reference integrations share: arguments, the clock, and files that are left behind.
//!
//! The integrations themselves stand beside this folder, one idea a file, each run against the test archive:
//! `cargo run -p kanta-examples --example first_document`.

mod tokens;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use kanta_client::cda::structure::Structure;
use kanta_client::cda::{ClinicalDocument, Signed};
use kanta_client::core::spec::Spec;
use kanta_client::core::{Instant, Oid};
use kanta_client::folder::StructureFolder;
use kanta_client::frame::Frame;
use kanta_client::write_private_file;
use kanta_client::xml::Limits;
use kanta_testkit::structures;

pub use tokens::{TestCard, with_test_hsm};

/// What an example returns when something goes wrong.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The arguments that the examples understand.
#[derive(Debug, Default)]
pub struct Arguments {
    /// `--out DIR`: where files are left.
    pub out: Option<PathBuf>,
    /// `--structures DIR`: a folder of Sosmeta's schema files.
    pub structures: Option<PathBuf>,
}

impl Arguments {
    /// Reads the arguments of the program.
    ///
    /// # Errors
    /// When there is one that no example understands, or a value is missing.
    pub fn read() -> Result<Self> {
        let mut read = Self::default();
        let mut arguments = std::env::args_os().skip(1);
        while let Some(argument) = arguments.next() {
            let target = match argument.to_str() {
                Some("--out") => &mut read.out,
                Some("--structures") => &mut read.structures,
                _ => return Err("usage: [--out DIR] [--structures DIR]".into()),
            };
            let value = arguments.next().ok_or("an option lacks its folder")?;
            *target = Some(PathBuf::from(value));
        }
        Ok(read)
    }

    /// Returns the structures of a client-relation document and a client plan: the national ones when a folder of them
    /// was named, else the small ones of the test kit.
    ///
    /// # Errors
    /// When the folder lacks one, or it cannot be read.
    pub fn relation_and_plan(&self) -> Result<(Structure, Structure)> {
        let Some(folder) = &self.structures else {
            return Ok((structures::client_relation(), structures::client_plan()));
        };
        let folder = StructureFolder::new(folder);
        let structure = |oid: &str| {
            Ok::<_, Box<dyn Error>>(Arc::unwrap_or_clone(folder.structure(&Oid::parse(oid)?)?))
        };
        Ok((
            structure("1.2.246.537.6.1505.1.2023.6.1")?,
            structure("1.2.246.537.6.1506.15007.2024.11.28")?,
        ))
    }
}

/// Returns the time of this machine's clock.
///
/// # Errors
/// When the clock stands before 1970.
pub fn now() -> Result<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let seconds = since.as_secs().try_into()?;
    Ok(Instant::from_unix(seconds, since.subsec_nanos())?)
}

/// Leaves a document, its message and both forms of its body in a folder, readable for their owner only.
///
/// # Errors
/// When a file cannot be written.
pub fn leave_files(out: &Path, document: &Signed, message: &Frame, spec: &Spec) -> Result<()> {
    let read = ClinicalDocument::read(document.as_xml(), spec, &Limits::default())?;
    let body = read.body().ok_or("the document has no body")?;
    std::fs::create_dir_all(out)?;
    write_private_file(&out.join("document.xml"), document.as_xml())?;
    write_private_file(&out.join("frame.xml"), message.as_xml())?;
    write_private_file(&out.join("display.xhtml"), &body.display_form()?)?;
    write_private_file(&out.join("content.json"), &body.structured_form()?)?;
    Ok(())
}
