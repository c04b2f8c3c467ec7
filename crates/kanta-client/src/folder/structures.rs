//! The structures in a folder: one file each, named by its OID as Sosmeta publishes them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use kanta_cda::structure::Structure;
use kanta_core::{Mark, Oid, Report, Rule, Severity};

use super::FolderError;

/// The rules of a folder of structures.
pub const RULES: [Rule; 2] = [BROKEN, NAME];

const BROKEN: Rule = Rule::new(
    "KANTA-FOLDER-BROKEN",
    Severity::Error,
    Mark::Own,
    "a file that is no structure cannot be used",
);
const NAME: Rule = Rule::new(
    "KANTA-FOLDER-NAME",
    Severity::Error,
    Mark::Stated,
    "THL Sosmeta structures: the file name is the OID of the structure",
);

/// Structures by OID and version, read when they are first asked for and kept (Finnish: rakennekansio).
///
/// Only the names of the files are looked at before, so opening a folder costs the same whatever the files hold, and a
/// broken file harms nobody who does not ask for it; [`StructureFolder::check`] reads them all. New files are seen at once.
/// The folder is shared between threads.
#[derive(Debug)]
pub struct StructureFolder {
    folder: PathBuf,
    read: Mutex<HashMap<Oid, Arc<Structure>>>,
}

/// A version of a structure, as its OID tells: the document's type and a date (Sosmeta, `[S]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StructureVersion {
    document: Oid,
    date: [u32; 3],
    oid: Oid,
}

impl StructureVersion {
    /// Takes the OID of a structure apart; `None` when it does not end in year, month and day.
    #[must_use]
    pub fn of(oid: &Oid) -> Option<Self> {
        let arcs: Vec<&str> = oid.arcs().collect();
        let (document, date) = arcs.split_last_chunk::<3>()?;
        let [year, month, day] = date.map(|arc| arc.parse().unwrap_or(u32::MAX));
        let is_date = (1900..=9999).contains(&year) && (1..=12).contains(&month) && day <= 31;
        is_date.then_some(Self {
            document: Oid::parse(&document.join(".")).ok()?,
            date: [year, month, day],
            oid: oid.clone(),
        })
    }

    /// Returns what all versions of the structure have in common, such as `1.2.246.537.6.1506.15007`.
    #[must_use]
    pub fn document(&self) -> &Oid {
        &self.document
    }

    /// Returns the year, month and day of the version.
    #[must_use]
    pub fn date(&self) -> [u32; 3] {
        self.date
    }

    /// Returns the OID of the version (`contentSpecificationId`).
    #[must_use]
    pub fn oid(&self) -> &Oid {
        &self.oid
    }
}

impl StructureFolder {
    /// Takes a folder; nothing is read yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            read: Mutex::default(),
        }
    }

    /// Returns the OIDs of all structures in the folder, in order.
    ///
    /// # Errors
    /// [`FolderError::Read`] when the folder cannot be listed.
    pub fn oids(&self) -> Result<Vec<Oid>, FolderError> {
        let mut oids: Vec<Oid> = self
            .files()?
            .iter()
            .filter_map(|path| oid_of(path))
            .collect();
        // By their numbers, so that a later month comes after an earlier one.
        oids.sort_by_cached_key(|oid| {
            let arcs = oid.arcs();
            arcs.map(|arc| (arc.len(), arc.to_owned()))
                .collect::<Vec<_>>()
        });
        Ok(oids)
    }

    /// Returns the newest version of each document's structure, by document.
    ///
    /// # Errors
    /// [`FolderError::Read`] when the folder cannot be listed.
    pub fn newest_of_each(&self) -> Result<Vec<StructureVersion>, FolderError> {
        // In the order of the OIDs, the versions of a document stand together and the newest is the last.
        let mut newest: Vec<StructureVersion> = Vec::new();
        for version in self.oids()?.iter().filter_map(StructureVersion::of) {
            match newest.last_mut() {
                Some(last) if last.document == version.document => *last = version,
                _ => newest.push(version),
            }
        }
        Ok(newest)
    }

    /// Returns the newest version of one document's structure, such as of `1.2.246.537.6.1506.15007`.
    ///
    /// # Errors
    /// [`FolderError::Read`] when the folder cannot be listed, [`FolderError::NoStructure`] when it has no version.
    pub fn newest(&self, document: &Oid) -> Result<StructureVersion, FolderError> {
        self.newest_of_each()?
            .into_iter()
            .find(|version| version.document() == document)
            .ok_or_else(|| FolderError::NoStructure {
                path: self.folder.clone(),
                oid: document.clone(),
            })
    }

    /// Returns one structure; it is read when it is asked for the first time.
    ///
    /// # Errors
    /// [`FolderError`] when there is no file for it or the file cannot be understood.
    pub fn structure(&self, oid: &Oid) -> Result<Arc<Structure>, FolderError> {
        if let Some(structure) = self.known().get(oid) {
            return Ok(Arc::clone(structure));
        }
        let path = self.folder.join(format!("{oid}.json"));
        let structure = Arc::new(match read(&path) {
            Err(FolderError::Read { source, .. })
                if source.kind() == io::ErrorKind::NotFound && self.folder.is_dir() =>
            {
                return Err(FolderError::NoStructure {
                    path: self.folder.clone(),
                    oid: oid.clone(),
                });
            }
            other => other?,
        });
        self.known().insert(oid.clone(), Arc::clone(&structure));
        Ok(structure)
    }

    /// Reads every file anew: the structure, or why it cannot be used, in the order of their names.
    ///
    /// # Errors
    /// [`FolderError::Read`] when the folder cannot be listed.
    pub fn read_all(&self) -> Result<Vec<Result<Structure, FolderError>>, FolderError> {
        Ok(self.files()?.iter().map(|path| read(path)).collect())
    }

    /// Reads every file and reports those that cannot be used; the others can, whatever is found.
    ///
    /// # Errors
    /// [`FolderError::Read`] when the folder cannot be listed.
    pub fn check(&self) -> Result<Report, FolderError> {
        let mut report = Report::new();
        for path in self.files()? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            match read(&path) {
                Ok(_) => {}
                Err(FolderError::Name { oid, .. }) => report.push(NAME.finding(
                    name,
                    format!("tiedostossa on rakenne {oid}; nimeä se {oid}.json"),
                    format!("the structure inside is {oid}; name the file {oid}.json"),
                )),
                Err(error) => report.push(BROKEN.finding(
                    name,
                    "tiedostoa ei voi käyttää rakenteena; hae se uudelleen Sosmetasta",
                    match error {
                        FolderError::Structure { source, .. } => source.to_string(),
                        FolderError::Read { source, .. } => source.to_string(),
                        other => other.to_string(),
                    },
                )),
            }
        }
        Ok(report)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<Oid, Arc<Structure>>> {
        // The map is whole at every moment, also when a thread that held it ended badly.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The files that could be structures, in the order of their names.
    fn files(&self) -> Result<Vec<PathBuf>, FolderError> {
        let wrong = |source| FolderError::Read {
            path: self.folder.clone(),
            source,
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(wrong)? {
            let path = entry.map_err(wrong)?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }
}

/// The OID that a file is named by.
fn oid_of(path: &Path) -> Option<Oid> {
    Oid::parse(path.file_stem()?.to_str()?).ok()
}

fn read(path: &Path) -> Result<Structure, FolderError> {
    let bytes = fs::read(path).map_err(|source| FolderError::Read {
        path: path.to_owned(),
        source,
    })?;
    let structure = Structure::parse(&bytes).map_err(|source| FolderError::Structure {
        path: path.to_owned(),
        source,
    })?;
    if oid_of(path).as_ref() != Some(structure.oid()) {
        return Err(FolderError::Name {
            path: path.to_owned(),
            oid: structure.oid().clone(),
        });
    }
    Ok(structure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn schema(oid: &str) -> String {
        format!(
            r#"{{"type": "object", "sosmeta": {{"oid": "{oid}", "documentType": "Muistio", "documentDefinitionVersion": "x"}},
            "properties": {{"muistio": {{"type": "object"}}}}}}"#
        )
    }

    fn folder(oids: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for oid in oids {
            fs::write(folder.path().join(format!("{oid}.json")), schema(oid)).unwrap();
        }
        folder
    }

    fn oid(text: &str) -> Oid {
        Oid::parse(text).unwrap()
    }

    #[test]
    fn versions_are_told_by_their_dates() {
        let folder = folder(&[
            "2.999.1.2025.9.30",
            "2.999.1.2025.10.1",
            "2.999.2.2024.1.1",
            "2.999.7",
        ]);
        let structures = StructureFolder::new(folder.path());
        let oids: Vec<_> = structures.oids().unwrap();
        assert_eq!(oids[0], oid("2.999.1.2025.9.30"));
        assert_eq!(oids.len(), 4);
        let newest = structures.newest(&oid("2.999.1")).unwrap();
        assert_eq!(
            (newest.oid(), newest.date()),
            (&oid("2.999.1.2025.10.1"), [2025, 10, 1])
        );
        assert_eq!(structures.newest_of_each().unwrap().len(), 2);
        assert!(structures.newest(&oid("2.999.3")).is_err());
        assert_eq!(StructureVersion::of(&oid("2.999.1.2025.13.1")), None);
    }

    #[test]
    fn a_structure_is_read_once() {
        let folder = folder(&["2.999.1.2025.1.1"]);
        let structures = StructureFolder::new(folder.path());
        let first = structures.structure(&oid("2.999.1.2025.1.1")).unwrap();
        fs::remove_file(folder.path().join("2.999.1.2025.1.1.json")).unwrap();
        let second = structures.structure(&oid("2.999.1.2025.1.1")).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
    }

    #[test]
    fn a_broken_file_is_a_finding_and_stops_nobody() {
        let folder = folder(&["2.999.1.2025.1.1"]);
        let path = |name: &str| folder.path().join(name);
        fs::write(path("2.999.2.2025.1.1.json"), "{").unwrap();
        fs::write(path("other.json"), schema("2.999.3.2025.1.1")).unwrap();
        fs::write(path("readme.txt"), "no structure").unwrap();
        let structures = StructureFolder::new(folder.path());
        let report = structures.check().unwrap();
        let found: Vec<_> = report
            .iter()
            .map(|finding| (finding.rule(), finding.place()))
            .collect();
        assert_eq!(
            found,
            [
                ("KANTA-FOLDER-BROKEN", "2.999.2.2025.1.1.json"),
                ("KANTA-FOLDER-NAME", "other.json"),
            ]
        );
        assert!(structures.structure(&oid("2.999.1.2025.1.1")).is_ok());
        let all: Vec<_> = structures.read_all().unwrap();
        let all = all.iter().map(|read| read.as_ref().map(Structure::oid));
        assert!(matches!(
            all.collect::<Vec<_>>()[..],
            [
                Ok(first),
                Err(FolderError::Structure { .. }),
                Err(FolderError::Name { .. })
            ] if *first == oid("2.999.1.2025.1.1")
        ));
        assert!(matches!(
            structures.structure(&oid("2.999.2.2025.1.1")),
            Err(FolderError::Structure { .. })
        ));
    }

    #[test]
    fn a_missing_structure_is_told_apart_from_a_missing_folder() {
        let folder = folder(&[]);
        let found = StructureFolder::new(folder.path()).structure(&oid("2.999.1"));
        assert!(matches!(found, Err(FolderError::NoStructure { .. })));
        let found = StructureFolder::new(folder.path().join("no")).structure(&oid("2.999.1"));
        assert!(matches!(found, Err(FolderError::Read { .. })));
        fs::write(folder.path().join("2.999.1.json"), schema("2.999.2")).unwrap();
        let found = StructureFolder::new(folder.path()).structure(&oid("2.999.1"));
        assert!(matches!(found, Err(FolderError::Name { .. })));
    }

    /// The best of five runs, so that a busy machine does not fail the test and reading the files would.
    #[test]
    fn two_hundred_structures_open_in_20_ms() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..202 {
            let path = folder.path().join(format!("2.999.{number}.2025.1.1.json"));
            // Large enough that reading them all would show.
            fs::write(path, vec![b' '; 100_000]).unwrap();
        }
        let best = (0..5)
            .map(|_| {
                let start = Instant::now();
                let structures = StructureFolder::new(folder.path());
                assert_eq!(structures.newest_of_each().unwrap().len(), 202);
                start.elapsed()
            })
            .min()
            .unwrap();
        assert!(best <= Duration::from_millis(20), "{best:?}");
    }
}
