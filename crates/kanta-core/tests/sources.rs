//! Sources are named so that a reader can find them: by the short names of `docs/sources.md`, never by notes of the makers.

#![allow(clippy::unwrap_used, reason = "this is a test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Names of notes that are no part of the repository, in two halves, so that this file does not hold them.
const NOTES: [(&str, &str); 9] = [
    ("messaging", ".md"),
    ("domain", ".md"),
    ("documents", ".md"),
    ("signing", ".md"),
    ("fhir-disclosure", ".md"),
    ("seen-messages", ".md"),
    ("seed", "-00"),
    ("seed", " 00"),
    ("SEED", "2"),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| {
            ["rs", "toml", "md", "json"]
                .iter()
                .any(|known| ending == *known)
        }) {
            found.push(path);
        }
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn no_text_rests_on_notes_that_nobody_can_read() {
    let mut found = Vec::new();
    for folder in ["crates", "docs", "examples"] {
        files(&repository().join(folder), &mut found);
    }
    assert!(found.len() > 100);
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        for (name, rest) in NOTES {
            let note = format!("{name}{rest}");
            let line = text.lines().position(|line| line.contains(&note));
            assert_eq!(line, None, "{} names {note}", path.display());
        }
    }
}

/// The slides, letters and pages that rules and values name are in the list of sources.
#[test]
fn short_names_are_explained() {
    let sources = fs::read_to_string(repository().join("docs/sources.md")).unwrap();
    for name in [
        "A",
        "B",
        "test messages",
        "validator client",
        "Sosmeta",
        "Kela slides 2020",
        "Kela slides 2023",
        "Kela slides 2024",
        "vendor page",
        "county letter",
        "code server",
        "kanta.fi",
        "thl.fi",
        "MR use cases",
        "patient frames",
        "disclosure guide",
        "DVV",
        "SCS",
    ] {
        assert!(sources.contains(&format!("| {name} |")), "{name}");
    }
}
