//! Every requirement names tests and examples that exist, and the matrix for people says the same.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The ids of the workbook that are public (Kela, 3.12.2020 and 7.2.2024), and the contents of joint testing.
const MUST_BE_THERE: [&str; 17] = [
    "YY11",
    "HaLu08",
    "HaLu09",
    "HaLu09-ground",
    "joint-1",
    "joint-2",
    "joint-3",
    "joint-4",
    "joint-5",
    "joint-6",
    "joint-7",
    "joint-8",
    "joint-9",
    "joint-10",
    "joint-optional-1",
    "joint-optional-2",
    "joint-optional-3",
];

const KINDS: [(&str, &str); 4] = [
    ("atj", "Requirements for client systems"),
    ("joint-testing", "Joint testing, mandatory contents"),
    ("optional-joint-testing", "Joint testing, optional contents"),
    ("rule", "Other rules of public texts"),
];

struct Requirement {
    id: String,
    kind: String,
    text: String,
    source: String,
    status: String,
    missing: Option<String>,
    tests: Vec<String>,
    examples: Vec<String>,
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn requirements() -> Vec<Requirement> {
    let text = fs::read_to_string(workspace().join("requirements.toml")).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let rows = file["requirement"].as_array().unwrap();
    rows.iter()
        .map(|row| read(row.as_table().unwrap()))
        .collect()
}

fn read(row: &toml::Table) -> Requirement {
    let known = [
        "id", "kind", "text", "source", "status", "missing", "tests", "examples",
    ];
    for key in row.keys() {
        assert!(known.contains(&key.as_str()), "unknown key `{key}`");
    }
    let text = |key: &str| row.get(key).map(|value| value.as_str().unwrap().to_owned());
    let demanded = |key: &str| text(key).unwrap_or_else(|| panic!("{row:?} has no `{key}`"));
    let list = |key: &str| {
        let list = row.get(key).map(|list| list.as_array().unwrap().as_slice());
        let items = list.unwrap_or_default().iter();
        items
            .map(|item| item.as_str().unwrap().to_owned())
            .collect()
    };
    Requirement {
        id: demanded("id"),
        kind: demanded("kind"),
        text: demanded("text"),
        source: demanded("source"),
        status: demanded("status"),
        missing: text("missing"),
        tests: list("tests"),
        examples: list("examples"),
    }
}

/// Returns whether a source has a test function of this name: right after `#[test]` or `#[tokio::test…]`, other attributes
/// and comments apart.
fn has_test(source: &str, name: &str) -> bool {
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if is_test && !line.starts_with("#[") && !line.starts_with("//") {
            let function = line.strip_prefix("async ").unwrap_or(line);
            let rest = function
                .strip_prefix("fn ")
                .and_then(|rest| rest.strip_prefix(name));
            if rest.is_some_and(|rest| rest.starts_with('(')) {
                return true;
            }
            is_test = false;
        }
    }
    false
}

#[test]
fn named_tests_and_examples_exist() {
    for requirement in requirements() {
        for test in &requirement.tests {
            let (file, name) = test.split_once("::").unwrap();
            let source = fs::read_to_string(workspace().join(file))
                .unwrap_or_else(|error| panic!("{}: {file}: {error}", requirement.id));
            assert!(
                has_test(&source, name),
                "{}: {file} has no test `{name}`",
                requirement.id
            );
        }
        for example in &requirement.examples {
            let exists = example.starts_with("examples/") && workspace().join(example).is_file();
            assert!(exists, "{}: there is no {example}", requirement.id);
        }
    }
}

#[test]
fn every_row_says_how_far_it_is() {
    let requirements = requirements();
    let mut ids = HashSet::new();
    for requirement in &requirements {
        let id = &requirement.id;
        assert!(ids.insert(id.as_str()), "{id} stands twice");
        assert!(
            KINDS.iter().any(|(kind, _)| kind == &requirement.kind),
            "{id}: kind"
        );
        let (has_tests, misses) = (!requirement.tests.is_empty(), requirement.missing.is_some());
        let expected = match requirement.status.as_str() {
            "works" => (true, false),
            "part" => (true, true),
            "waits" => (false, true),
            other => panic!("{id}: there is no status `{other}`"),
        };
        assert_eq!(
            (has_tests, misses),
            expected,
            "{id}: tests and what is missing fit the status"
        );
    }
    for id in MUST_BE_THERE {
        assert!(ids.contains(id), "{id} is missing");
    }
}

#[test]
fn the_matrix_for_people_says_the_same() {
    let path = workspace().join("docs/requirements.md");
    let matrix = matrix(&requirements());
    if std::env::var_os("KANTA_UPDATE").is_some() {
        fs::write(&path, &matrix).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == matrix,
        "docs/requirements.md is out of date: run this test with KANTA_UPDATE=1"
    );
}

fn matrix(requirements: &[Requirement]) -> String {
    let mut out = String::from(
        "# Requirements and what shows them\n\n\
         Made from `requirements.toml`; a test keeps the two in step and fails when a named test does not exist.\n",
    );
    for (kind, title) in KINDS {
        let rows: Vec<_> = requirements.iter().filter(|row| row.kind == kind).collect();
        let works = rows.iter().filter(|row| row.status == "works").count();
        let part = rows.iter().filter(|row| row.status == "part").count();
        write!(
            out,
            "\n## {title}\n\n{works} of {} work, {part} in part.\n\n| id | what | status | shown by | source |\n| --- | --- | --- | --- | --- |\n",
            rows.len()
        )
        .unwrap();
        for row in rows {
            let status = match &row.missing {
                None => row.status.clone(),
                Some(missing) => format!("{}; missing: {missing}", row.status),
            };
            let shown: Vec<_> = row
                .tests
                .iter()
                .map(|test| test.rsplit("::").next().unwrap())
                .chain(row.examples.iter().map(String::as_str))
                .map(|name| format!("`{name}`"))
                .collect();
            let (id, text, source) = (&row.id, &row.text, &row.source);
            writeln!(
                out,
                "| {id} | {text} | {status} | {} | {source} |",
                shown.join(", ")
            )
            .unwrap();
        }
    }
    out
}

#[test]
fn a_test_is_told_from_a_function() {
    let source = "#[test]\n/// doc\nfn one() {}\nfn two() {}\n#[tokio::test(flavor = \"x\")]\n#[cfg(unix)]\nasync fn three() {}\n\
                  #[test]\nfn four_and_more() {}\n";
    for (name, found) in [
        ("one", true),
        ("two", false),
        ("three", true),
        ("four", false),
    ] {
        assert_eq!(has_test(source, name), found, "{name}");
    }
}
