//! Reading spec bundles and structures from folders.

mod structures;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kanta_cda::structure::StructureError;
use kanta_core::Oid;
use kanta_core::spec::{AnyBundle, BundleError};

pub use structures::{RULES, StructureFolder, StructureVersion};

/// A folder or a file of it that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file or folder cannot be read (`KANTA-FOLDER-READ`).
    #[error("{path}: {source}; give a folder that is there and can be read [KANTA-FOLDER-READ]")]
    Read {
        /// The path.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A spec bundle is not in the shape of one.
    #[error("{path}: {source}")]
    Bundle {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        source: BundleError,
    },
    /// A structure is not one that can be understood.
    #[error("{path}: {source}")]
    Structure {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: StructureError,
    },
    /// A structure is in a file that is named by another OID (`KANTA-FOLDER-NAME`).
    #[error("{path}: the structure inside is {oid}; name the file {oid}.json [KANTA-FOLDER-NAME]")]
    Name {
        /// The file.
        path: PathBuf,
        /// The structure inside.
        oid: Oid,
    },
    /// The folder has no file for a structure (`KANTA-FOLDER-NO-STRUCTURE`).
    #[error(
        "{path}: there is no {oid}.json here; download the structure from Sosmeta into this folder \
         [KANTA-FOLDER-NO-STRUCTURE]"
    )]
    NoStructure {
        /// The folder.
        path: PathBuf,
        /// The structure.
        oid: Oid,
    },
}

/// Reads a spec bundle, or a test overlay, from a folder of TOML files and its folder `codes`.
///
/// # Errors
/// [`FolderError`] with the file that is wrong.
pub fn read_bundle(folder: &Path) -> Result<AnyBundle, FolderError> {
    let mut files = Vec::new();
    collect_toml(folder, "", &mut files)?;
    let codes = folder.join("codes");
    if codes.is_dir() {
        collect_toml(&codes, "codes/", &mut files)?;
    }
    let files = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    AnyBundle::read(files).map_err(|source| FolderError::Bundle {
        path: folder.to_owned(),
        source,
    })
}

fn collect_toml(
    folder: &Path,
    prefix: &str,
    files: &mut Vec<(String, String)>,
) -> Result<(), FolderError> {
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |source| FolderError::Read { path, source }
    };
    for entry in fs::read_dir(folder).map_err(wrong(folder))? {
        let path = entry.map_err(wrong(folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let text = fs::read_to_string(&path).map_err(wrong(&path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push((format!("{prefix}{name}"), text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundles_and_overlays_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let head = "name = \"mine\"\nbased_on = []\ndate = \"2026-01-01\"\n";
        fs::write(folder.path().join("bundle.toml"), head).unwrap();
        assert!(matches!(
            read_bundle(folder.path()),
            Ok(AnyBundle::Bundle(_))
        ));
        fs::write(
            folder.path().join("bundle.toml"),
            format!("{head}environment = \"test\"\n"),
        )
        .unwrap();
        assert!(matches!(
            read_bundle(folder.path()),
            Ok(AnyBundle::TestOverlay(_))
        ));
        fs::write(folder.path().join("message.toml"), "x = 1").unwrap();
        let error = read_bundle(folder.path()).unwrap_err().to_string();
        assert!(error.contains("message.toml, `message.x`"), "{error}");
    }
}
