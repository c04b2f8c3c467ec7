//! Generated Rust types: those of every structure compile without a warning, and what they read they write again.
//!
//! The code is generated into the target folder and compiled by `rustc` against the library that this test is linked to.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use kanta_cda::structure::{Extent, RustOptions, SampleOptions, Structure};
use kanta_testkit::structures::all_schemas;

fn options() -> RustOptions {
    RustOptions {
        crate_path: "::kanta_cda".to_owned(),
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Where cargo put this test's libraries, and ours among them: the one that was built last.
fn libraries() -> (PathBuf, PathBuf) {
    let deps = env::current_exe().unwrap().parent().unwrap().to_owned();
    let ours = fs::read_dir(&deps)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("libkanta_cda-") && name.ends_with(".rlib")
        })
        .max_by_key(|path| path.metadata().unwrap().modified().unwrap())
        .unwrap();
    (deps, ours)
}

fn compile(source: &Path, arguments: &[&str]) {
    let (deps, ours) = libraries();
    let compiled = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args([
            "--edition",
            "2024",
            "-D",
            "warnings",
            "-W",
            "unused",
            "-W",
            "missing-docs",
        ])
        .arg("--extern")
        .arg(format!("kanta_cda={}", ours.display()))
        .arg("-L")
        .arg(format!("dependency={}", deps.display()))
        .args(arguments)
        .arg(source)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&compiled.stderr);
    let start: String = messages.chars().take(4000).collect();
    assert!(compiled.status.success() && messages.is_empty(), "{start}");
}

#[test]
fn generated_types_of_every_structure_compile_without_a_warning() {
    let mut schemas: Vec<Vec<u8>> = all_schemas().map(String::into_bytes).into();
    let published = env::var_os("KANTA_CONFORMANCE").map(|root| Path::new(&root).join("sosmeta"));
    match published.filter(|folder| folder.is_dir()) {
        Some(folder) => {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path
                    .extension()
                    .is_some_and(|extension| extension == "json")
                {
                    schemas.push(fs::read(path).unwrap());
                }
            }
        }
        None => eprintln!(
            "SKIPPED: KANTA_CONFORMANCE names no folder with sosmeta; only our own structures are generated"
        ),
    }
    let folder = folder("codegen");
    let mut library = "//! Generated types.\n".to_owned();
    for schema in schemas {
        let structure = Structure::parse(&schema).unwrap();
        let code = structure.generate_rust(&options());
        // No line of code or comment can break out of its place.
        assert!(!code.contains('\r') && !code.contains('\u{2028}'));
        let name = format!("s{}", structure.oid().as_str().replace('.', "_"));
        fs::write(folder.join(format!("{name}.rs")), code).unwrap();
        writeln!(library, "#[allow(missing_docs)]\npub mod {name};").unwrap();
    }
    fs::write(folder.join("lib.rs"), library).unwrap();
    let out = folder.join("libgenerated.rmeta");
    let out = format!("metadata={}", out.display());
    compile(
        &folder.join("lib.rs"),
        &["--crate-type", "lib", "--emit", &out],
    );
}

#[test]
fn what_the_types_read_they_write_again() {
    let folder = folder("codegen-run");
    let mut main = "//! Reads content into types and writes it again.\n".to_owned();
    let mut runs = String::new();
    for (number, schema) in all_schemas().iter().enumerate() {
        let structure = Structure::parse(schema.as_bytes()).unwrap();
        let code = structure.generate_rust(&options());
        fs::write(folder.join(format!("s{number}.rs")), &code).unwrap();
        fs::write(folder.join(format!("s{number}.json")), schema).unwrap();
        for seed in 0..4 {
            let sample = structure.sample(&SampleOptions {
                seed,
                extent: if seed == 0 {
                    Extent::Minimal
                } else {
                    Extent::Full
                },
                ..SampleOptions::default()
            });
            let file = format!("s{number}.{seed}.content");
            fs::write(folder.join(&file), sample.to_json()).unwrap();
        }
        let root = code.split("pub struct ").nth(1).unwrap();
        let root: String = root
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        writeln!(main, "mod s{number};").unwrap();
        writeln!(
            runs,
            "    for seed in 0..4 {{\n\
             let schema = std::fs::read(folder.join(\"s{number}.json\")).unwrap();\n\
             let structure = Structure::parse(&schema).unwrap();\n\
             assert_eq!(structure.oid().as_str(), s{number}::STRUCTURE);\n\
             let bytes = std::fs::read(folder.join(format!(\"s{number}.{{seed}}.content\"))).unwrap();\n\
             let content = Content::read(&structure, &bytes).unwrap();\n\
             let typed = s{number}::{root}::from_content(&content).unwrap();\n\
             assert_eq!(typed.to_content(&structure).unwrap().to_json(), bytes);\n    }}"
        )
        .unwrap();
    }
    write!(
        main,
        "use kanta_cda::Content;\nuse kanta_cda::structure::Structure;\n\n/// Runs.\nfn main() {{\n    \
         let folder = std::path::PathBuf::from(std::env::args().nth(1).unwrap());\n{runs}}}\n"
    )
    .unwrap();
    fs::write(folder.join("main.rs"), main).unwrap();
    let program = folder.join("round-trip");
    compile(
        &folder.join("main.rs"),
        &["-A", "dead-code", "-o", program.to_str().unwrap()],
    );
    let ran = Command::new(&program).arg(&folder).output().unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}
