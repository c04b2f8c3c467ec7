//! `kanta structure`: every command on every structure there is.
//!
//! The published schemas are read from the folder that the environment variable `KANTA_CONFORMANCE` names; without it the
//! small ones of the test kit are taken.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod common;

use std::path::{Path, PathBuf};
use std::{env, fs};

use common::{Fixture, PLAN, document_new, kanta};
use kanta_testkit::structures::write_all;
use tempfile::TempDir;

/// A folder with schemas, and the schemas in it; ours are written into `work`.
fn schemas(work: &TempDir) -> (PathBuf, Vec<String>) {
    let published = env::var_os("KANTA_CONFORMANCE").map(|root| Path::new(&root).join("sosmeta"));
    let folder = published.filter(|folder| folder.is_dir()).unwrap_or_else(|| {
        eprintln!("SKIPPED: KANTA_CONFORMANCE names no folder with sosmeta; only our own structures are taken");
        let folder = work.path().join("own");
        write_all(&folder).unwrap();
        folder
    });
    let mut files: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    files.sort();
    (folder, files)
}

#[test]
fn every_command_works_on_every_structure() {
    let work = tempfile::tempdir().unwrap();
    let (_, files) = schemas(&work);
    let content = work
        .path()
        .join("content.json")
        .to_str()
        .unwrap()
        .to_owned();
    for file in &files {
        for extent in [&["--full"][..], &["--minimal"], &["--seed", "7"]] {
            let arguments = [&["structure", "sample", file][..], extent].concat();
            let sample = kanta(&arguments).exits(0).out;
            assert_eq!(
                sample,
                kanta(&arguments).exits(0).out,
                "the same seed, the same bytes"
            );
            fs::write(&content, sample).unwrap();
            kanta(&["structure", "validate", file, &content]).exits(0);
        }
        let tree = kanta(&["structure", "show", file]).exits(0).text();
        assert!(tree.lines().count() > 3, "{tree}");
        let shown = kanta(&["structure", "show", file, "--json"])
            .exits(0)
            .json();
        assert!(shown["document"]["fields"][0]["name"].is_string());
        let form = kanta(&["structure", "render", file, &content, "--lang", "sv"]).exits(0);
        assert!(form.text().starts_with("<div class=\"soc-document\""));
        let code = kanta(&["structure", "codegen", file]).exits(0).text();
        assert!(code.contains("pub const STRUCTURE: &str"));
        assert_eq!(
            kanta(&["structure", "diff", file, file]).exits(0).text(),
            ""
        );
        let carried = kanta(&[
            "structure",
            "migrate",
            &content,
            "--from",
            file,
            "--to",
            file,
        ])
        .exits(0);
        assert_eq!(carried.out, fs::read(&content).unwrap());
    }
}

#[test]
fn a_folder_is_listed_and_broken_files_are_findings() {
    let own = tempfile::tempdir().unwrap();
    let (folder, files) = schemas(&own);
    let folder = folder.to_str().unwrap();
    let list = kanta(&["structure", "list", folder]).exits(0).text();
    assert_eq!(list.lines().count(), files.len());
    assert!(list.lines().all(|line| line.ends_with("  newest")));

    let work = tempfile::tempdir().unwrap();
    let name = Path::new(&files[0]).file_name().unwrap();
    fs::copy(&files[0], work.path().join(name)).unwrap();
    fs::write(work.path().join("2.999.1.2026.1.1.json"), "{").unwrap();
    let run = kanta(&["structure", "list", work.path().to_str().unwrap()]).exits(1);
    let run = run.says("KANTA-FOLDER-BROKEN at 2.999.1.2026.1.1.json");
    assert_eq!(run.text().lines().count(), 1);
    let data = kanta(&["structure", "list", work.path().to_str().unwrap(), "--json"])
        .exits(1)
        .json();
    assert_eq!(data["findings"][0]["rule"], "KANTA-FOLDER-BROKEN");
    kanta(&["structure", "list", "no-such-folder"]).exits(2);
}

#[test]
fn versions_are_compared_and_content_is_carried() {
    let work = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = work.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let schema = |date: &str, properties: &str| {
        format!(
            r#"{{"type": "object", "sosmeta": {{"oid": "2.999.1.{date}", "documentType": "x", "documentDefinitionVersion": "x"}},
            "properties": {{"muistio": {{"type": "object", "additionalProperties": false, "properties": {{{properties}}}}}}}}}"#
        )
    };
    let a = file(
        "a.json",
        &schema(
            "2025.1.1",
            r#""aihe": {"type": "string"}, "vanha": {"type": "string"}"#,
        ),
    );
    let b = file(
        "b.json",
        &schema(
            "2026.1.1",
            r#""aihe": {"type": "string"}, "uusi": {"type": "string"}"#,
        ),
    );
    let run = kanta(&["structure", "diff", &a, &b]).exits(1).text();
    assert_eq!(
        run,
        "- uusi (\"uusi\"): added\n- ! vanha (\"vanha\"): removed\n"
    );
    let data = kanta(&["structure", "diff", &a, &b, "--json"])
        .exits(1)
        .json();
    assert_eq!(data[1]["breaking"], true);

    let content = file(
        "content.json",
        r#"{"muistio": {"aihe": "Arki", "vanha": "SALAISUUS"}}"#,
    );
    let run = kanta(&["structure", "migrate", &content, "--from", &a, "--to", &b]).exits(1);
    let run = run.says("KANTA-MIGRATE-GONE at /muistio/vanha");
    assert!(!run.err.contains("SALAISUUS"));
    assert_eq!(run.text(), r#"{"muistio":{"aihe":"Arki"}}"#);
    kanta(&["structure", "migrate", &content, "--from", &b, "--to", &a])
        .exits(1)
        .says("does not follow the structure of --from");
}

#[test]
fn rules_beyond_the_schema_are_asked_for() {
    let work = tempfile::tempdir().unwrap();
    let content = work.path().join("content.json");
    let without_id = common::RELATION_CONTENT
        .lines()
        .filter(|line| !line.contains("asiakkuuden_yksilointitunnus"))
        .collect::<String>();
    fs::write(&content, without_id).unwrap();
    let content = content.to_str().unwrap();
    kanta(&["structure", "validate", common::RELATION, content]).exits(0);
    let run = kanta(&[
        "structure",
        "validate",
        common::RELATION,
        content,
        "--rules",
    ])
    .exits(1);
    assert!(run.text().contains("KANTA-CONTENT-RELATION-ID"));
}

#[test]
fn samples_of_built_in_structures_go_with_the_template_of_metadata() {
    let fixture = Fixture::new();
    let template = kanta(&["document", "template"]).exits(0).text();
    assert_eq!(template, common::PLAN_METADATA);
    let other = template
        .replace("090514A9226", "170281-935M")
        .replace("\"Kuvitelma\"", "\"Toinen\"");
    let other = fixture.write("other.toml", other);
    let listed = kanta(&["structure", "list", "--json"]).exits(0).json();
    let listed = listed["structures"].as_array().unwrap();
    assert_eq!(listed.len(), kanta_testkit::structures::all().len());
    for structure in listed {
        let oid = structure["oid"].as_str().unwrap();
        for seed in ["1", "2", "3"] {
            let sample = ["structure", "sample", oid, "--seed", seed];
            for (metadata, more) in [
                (fixture.path("plan.toml"), &["--full"][..]),
                (fixture.path("plan.toml"), &[]),
                (other.clone(), &["--metadata", &other]),
            ] {
                let content = kanta(&[&sample[..], more].concat()).exits(0).out;
                let content = fixture.write("sample.json", content);
                let made = document_new(&metadata, &content, oid, &[]);
                // The kind of the template is that of a plan; what both say is the same for every structure.
                for rule in ["CONTENT-CLIENT", "CASE-NUMBER", "RELATION", "SERVICE-TASK"] {
                    let rule = format!("KANTA-DOC-{rule} ");
                    assert!(!made.err.contains(&rule), "{oid}: {}", made.err);
                }
                if oid == PLAN {
                    made.exits(0);
                }
            }
        }
    }
    let content = kanta(&["structure", "sample", PLAN, "--metadata", &other]);
    let content = fixture.write("sample.json", content.exits(0).out);
    document_new(&fixture.path("plan.toml"), &content, PLAN, &[])
        .exits(1)
        .says("give both the same identity code");
}
