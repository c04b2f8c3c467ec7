//! Every row of `docs/coverage.md` is whole, and names tests and examples that exist.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// How many rows each part has: one that is taken out is noticed.
const ROWS: &str = "A67 B25 C19 D11 E39 F11 G7";

/// The cells of a row: id, what is asked, API, example, test or state. `None` for lines that are no row.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix('|')?.trim_end().strip_suffix('|')?;
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let is_head = cells[0] == "id" || cells[0].starts_with("---");
    (!is_head).then_some(cells)
}

/// The words that stand in backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What is wrong with a row.
fn faults(cells: &[&str], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let [_, _, _, example, state] = cells else {
        return vec![format!("{} cells", cells.len())];
    };
    let empty = cells.iter().filter(|cell| cell.is_empty());
    let mut faults: Vec<String> = empty.map(|_| "an empty cell".to_owned()).collect();
    let states = [".rs`", "not yet", "not ours", "placeholder: needs "];
    if !states.iter().any(|word| state.contains(word)) {
        faults.push("neither a test nor a state".to_owned());
    }
    let tests = quoted(state).filter(|word| word.ends_with(".rs"));
    let tests = tests.map(|test| format!("crates/{test}"));
    // A larger example is a folder.
    let examples = quoted(example).filter(|name| !exists(&format!("examples/{name}/main.rs")));
    let examples = examples.map(|name| format!("examples/{name}.rs"));
    let missing = tests.chain(examples).filter(|file| !exists(file));
    faults.extend(missing.map(|file| format!("no {file}")));
    faults
}

#[test]
fn every_row_is_whole_and_names_files_that_exist() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = fs::read_to_string(workspace.join("docs/coverage.md")).unwrap();
    let rows: Vec<_> = text.lines().filter_map(cells).collect();
    for row in &rows {
        let faults = faults(row, |file| workspace.join(file).is_file());
        assert!(faults.is_empty(), "{}: {}", row[0], faults.join(", "));
    }
    let ids: HashSet<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(ids.len(), rows.len(), "a row stands twice");
    let count = |part: char| ids.iter().filter(|id| id.starts_with(part)).count();
    let counts: Vec<_> = ('A'..='G')
        .map(|part| format!("{part}{}", count(part)))
        .collect();
    assert_eq!(counts.join(" "), ROWS);
}

#[test]
fn faults_are_told() {
    for (row, expected) in [
        ("`y` | `first` | `a/b.rs`, `a/c.rs`", ""),
        ("– | – | not yet", ""),
        (" | – | not ours", "an empty cell"),
        ("– | – | some day", "neither a test nor a state"),
        ("– | `none` | not yet", "no examples/none.rs"),
        ("– | – | `none.rs`; not yet", "no crates/none.rs"),
        ("not yet", "3 cells"),
    ] {
        let line = format!("| A01 | x | {row} |");
        let found = faults(&cells(&line).unwrap(), |file| !file.contains("none"));
        assert_eq!(found.join(", "), expected, "{row}");
    }
    assert_eq!(cells("| --- | --- |").or(cells("text")), None);
}
