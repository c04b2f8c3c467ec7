//! What the rehearsal must leave behind.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use kanta_client::frame::read_request;
use kanta_client::xml::Limits;

use crate::run;

#[tokio::test]
async fn every_content_is_rehearsed_and_what_it_leaves_is_marked() {
    let out = tempfile::tempdir().unwrap();
    let chapters = run(out.path()).await.unwrap();
    assert_eq!(chapters.len(), 13);
    let report = fs::read_to_string(out.path().join("report.md")).unwrap();
    for chapter in &chapters {
        assert!(
            chapter.holds(),
            "content {}:\n{report}",
            chapter.content.number
        );
        assert!(chapter.is_optional || !chapter.steps.is_empty());
    }
    let files = files(out.path());
    let messages: Vec<_> = files
        .iter()
        .filter(|path| name(path).contains(".rehearsal."))
        .collect();
    assert!(messages.len() > 20, "{files:?}");
    for path in messages {
        let text = fs::read_to_string(path).unwrap();
        let before_root = &text[..text.find("xmlns").or(text.find("resourceType")).unwrap()];
        assert!(
            before_root.contains("REHEARSAL, not for hand-in"),
            "{path:?}: {before_root}"
        );
        assert!(
            before_root.contains("message.environment.test.")
                || path.extension().unwrap() == "json",
            "{before_root}"
        );
        if path.extension().unwrap() == "xml" {
            // With the comment it is still a message.
            read_request(text.as_bytes(), &Limits::default()).unwrap();
        }
    }
    // Every file that shows a made-up service request is marked, and every file that was left is in the report.
    let html = fs::read_to_string(out.path().join("report.html")).unwrap();
    for path in &files {
        let inside = path.strip_prefix(out.path()).unwrap().display().to_string();
        if !inside.starts_with("report.") {
            assert!(
                report.contains(&inside) && html.contains(&inside),
                "{inside}"
            );
            assert!(
                inside.contains(".rehearsal.") || inside.ends_with("document.xml"),
                "{inside}"
            );
        }
    }
}

#[tokio::test]
async fn an_operation_of_which_nothing_is_known_is_told_and_leaves_no_message() {
    let out = tempfile::tempdir().unwrap();
    run(out.path()).await.unwrap();
    let report = fs::read_to_string(out.path().join("report.md")).unwrap();
    let line = report
        .lines()
        .find(|line| line.contains("| annul |"))
        .unwrap();
    assert!(
        line.contains("no message: the operation has placeholders only"),
        "{line}"
    );
    assert!(line.contains("service_request (placeholder)"), "{line}");
    assert!(
        !files(out.path())
            .iter()
            .any(|path| name(path).contains("annul"))
    );
    // What is known of an operation but for its service request is rehearsed, and the rest is told.
    let line = report
        .lines()
        .find(|line| line.contains("| store_case_note |"))
        .unwrap();
    assert!(line.contains("store_case_note.rehearsal.xml"), "{line}");
    assert!(line.contains("service_request (placeholder)"), "{line}");
    for key in [
        "operation.annul.trigger",
        "use_situation.disclosure",
        "joining.shared.sender",
    ] {
        assert!(
            report.contains(&format!("| message.{key} | placeholder | ")),
            "{key}"
        );
    }
    assert!(report.contains("| document.kind.case_note.group | placeholder | "));
    for unknown in ["optional-1", "optional-3"] {
        assert!(!out.path().join(unknown).exists());
        assert!(report.contains(&format!("## {unknown}. ")));
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
