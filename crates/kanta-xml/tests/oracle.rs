//! Canonical forms against xmllint (libxml2), byte for byte.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

use std::cell::Cell;
use std::path::{Path, PathBuf};

use kanta_xml::canonical::{self, Options};
use kanta_xml::{ErrorKind, Limits, Tokens, Tree};
use proptest::prelude::*;

mod support;

use support::{Input, Xmllint, conformance, document, mutated};

fn exclusive(input: &[u8], comments: bool) -> Vec<u8> {
    let options = Options::default().with_comments(comments);
    canonical::exclusive_to_vec(input, &Limits::default(), &options)
        .unwrap_or_else(|error| panic!("{error} in {:?}", String::from_utf8_lossy(input)))
}

fn batches(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn generated_documents() {
    let Some(xmllint) = Xmllint::find("generated") else {
        return;
    };
    proptest!(batches(6), |(documents in prop::collection::vec(document(), 150))| {
        let mut exclusives = Vec::new();
        let mut inclusives = Vec::new();
        for document in &documents {
            let input = document.write(true).into_bytes();
            let without = document.write(false).into_bytes();
            exclusives.push((input.clone(), exclusive(&input, true)));
            exclusives.push((without, exclusive(&input, false)));
            let options = Options::default().with_comments(true);
            let form = canonical::inclusive_to_vec(&input, &Limits::default(), &options).unwrap();
            inclusives.push((input, form));
        }
        xmllint.agrees("--exc-c14n", &exclusives);
        xmllint.agrees("--c14n", &inclusives);
    });
}

/// An element taken out of its document with the declarations in scope has the same form as in its place.
#[test]
fn elements_of_generated_documents() {
    let Some(xmllint) = Xmllint::find("elements") else {
        return;
    };
    let options = Options::default().with_comments(true);
    proptest!(batches(6), |(documents in prop::collection::vec(document(), 60))| {
        let mut forms = Vec::new();
        for document in &documents {
            let input = document.write(true);
            let tree = Tree::parse(input.as_bytes(), &Limits::default()).unwrap();
            for element in tree.root().descendants() {
                let mut alone = input[..element.range().end].to_owned();
                for (prefix, namespace) in element.namespaces_in_scope() {
                    if !element.namespace_declarations().any(|(declared, _)| declared == prefix) {
                        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
                        let declaration = format!(" {name}='{}'", kanta_xml::escape::attribute(namespace));
                        alone.insert_str(element.start_tag_name_end(), &declaration);
                    }
                }
                let alone = alone.split_off(element.range().start);
                let form = canonical::exclusive_of_to_vec(element, &options).unwrap();
                forms.push((alone.into_bytes(), form));
            }
        }
        forms.truncate(300);
        xmllint.agrees("--exc-c14n", &forms);
    });
}

/// libxml2 is strict about characters of namespace names, which is not our subject.
fn has_plain_namespaces(input: &[u8]) -> bool {
    let is_plain = |namespace: &str| {
        let name = namespace.strip_prefix("urn:").unwrap_or(namespace);
        name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    Tree::parse(input, &Limits::default()).is_ok_and(|tree| {
        let elements = tree.root().descendants();
        let mut declarations = elements.flat_map(|element| element.namespace_declarations());
        declarations.all(|(_, namespace)| is_plain(namespace))
    })
}

/// What we read, xmllint reads too, and both mean the same by it.
#[test]
fn mutated_documents_that_are_still_accepted() {
    let Some(xmllint) = Xmllint::find("mutated") else {
        return;
    };
    let accepted = Cell::new(0);
    proptest!(batches(6), |(documents in prop::collection::vec(mutated(3), 2000))| {
        let options = Options::default().with_comments(true);
        let forms: Vec<_> = documents
            .into_iter()
            .filter_map(|Input(input)| {
                if !has_plain_namespaces(&input) {
                    return None;
                }
                let form = canonical::exclusive_to_vec(&input, &Limits::default(), &options).ok()?;
                Some((input, form))
            })
            .collect();
        accepted.set(accepted.get() + forms.len());
        xmllint.agrees("--exc-c14n", &forms);
    });
    let accepted = accepted.get();
    assert!(accepted > 300, "only {accepted} were accepted");
}

fn xml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            xml_files(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "xml" || extension == "xsd")
        {
            found.push(path);
        }
    }
}

#[test]
fn files_of_the_conformance_material() {
    let (Some(folder), Some(xmllint)) = (conformance(), Xmllint::find("files")) else {
        return;
    };
    let mut files = Vec::new();
    xml_files(&folder, &mut files);
    let (mut compared, mut refused) = (0, 0);
    for path in files {
        let input = std::fs::read(&path).unwrap();
        match Tokens::new(&input, &Limits::default()).and_then(|mut tokens| {
            while tokens.next()?.is_some() {}
            Ok(())
        }) {
            Ok(()) => {}
            Err(error) => {
                eprintln!("refused: {}: {error}", path.display());
                let has_doctype = input.windows(9).any(|window| window == b"<!DOCTYPE");
                if has_doctype {
                    assert_eq!(*error.kind(), ErrorKind::Doctype, "{}", path.display());
                } else {
                    let is_other_encoding = matches!(
                        error.kind(),
                        ErrorKind::NotUtf8 | ErrorKind::UnsupportedEncoding
                    );
                    let theirs = xmllint.form("--exc-c14n", &path);
                    assert!(
                        is_other_encoding || theirs.is_empty(),
                        "{}: {error}",
                        path.display()
                    );
                }
                refused += 1;
                continue;
            }
        }
        let options = Options::default().with_comments(true);
        let theirs = xmllint.form("--exc-c14n", &path);
        let ours = canonical::exclusive_to_vec(&input, &Limits::default(), &options);
        match ours {
            Ok(ours) => assert!(ours == theirs, "{}: the forms differ", path.display()),
            Err(error) => {
                assert_eq!(
                    *error.kind(),
                    ErrorKind::RelativeNamespace,
                    "{}",
                    path.display()
                );
                assert!(theirs.is_empty(), "{}", path.display());
            }
        }
        compared += 1;
    }
    eprintln!("{compared} files compared, {refused} refused");
    assert!(compared > 90);
}
