//! A structure as a tree, for people and for machines.

use std::fmt::Write;

use kanta_client::cda::structure::{CodeSystem, Field, Language, Structure};

use crate::output::Shown;

/// One line a field: name, `[]` when it repeats, `*` when it is mandatory and `?` when on a condition, representation, code
/// system, Finnish title.
pub(super) fn as_tree(structure: &Structure) -> String {
    let mut tree = format!(
        "{}  {}  {}  {}\n",
        structure.oid(),
        structure.title(Language::Finnish),
        structure.document_type(),
        structure.definition_version()
    );
    write_field(structure.root(), 0, &mut tree);
    tree
}

fn write_field(field: Field<'_>, depth: usize, tree: &mut String) {
    let repeats = if field.is_repeated() { "[]" } else { "" };
    let mandatory = match (field.is_required(), field.is_conditional()) {
        (true, _) => "*",
        (false, true) => "?",
        (false, false) => "",
    };
    let mut about = field.representation().finnish().to_owned();
    if let Some(system) = system(field) {
        about.push(' ');
        about.push_str(&system);
    }
    if let Some(codes) = field.allowed_values().filter(|codes| codes.len() > 1) {
        about.push_str(&format!(" ({})", codes.join(", ")));
    }
    if field.is_hidden() {
        about.push_str(", not shown as such");
    }
    writeln!(
        tree,
        "{:indent$}{}{repeats}{mandatory}: {about}, {}",
        "",
        field.name(),
        field.title(Language::Finnish),
        indent = depth * 2
    )
    .expect("writing to a String");
    if field.is_group() {
        for child in field.children() {
            write_field(child, depth + 1, tree);
        }
    }
}

fn system(field: Field<'_>) -> Option<String> {
    field.code_system().map(|system| match system {
        CodeSystem::National(oid) => oid.as_str().to_owned(),
        CodeSystem::Local(name) => name,
    })
}

pub(super) fn as_data(structure: &Structure) -> Shown {
    Shown::Group(vec![
        ("oid", Shown::text(Some(structure.oid()))),
        ("title", both(|language| Some(structure.title(language)))),
        (
            "document_type",
            Shown::text(Some(structure.document_type())),
        ),
        ("version", Shown::text(Some(structure.definition_version()))),
        ("library_version", Shown::text(structure.library_version())),
        ("status", Shown::text(structure.status())),
        ("document", field(structure.root())),
    ])
}

fn both<'t>(text: impl Fn(Language) -> Option<&'t str>) -> Shown {
    match text(Language::Finnish) {
        None => Shown::Nothing,
        finnish => Shown::Group(vec![
            ("fi", Shown::text(finnish)),
            ("sv", Shown::text(text(Language::Swedish))),
        ]),
    }
}

fn field(of: Field<'_>) -> Shown {
    let count = |number: usize| Shown::Number(number as u64);
    let fields = of.is_group().then(|| of.children().map(field).collect());
    Shown::Group(vec![
        ("name", Shown::text(Some(of.name()))),
        ("title", both(|language| Some(of.title(language)))),
        (
            "display_title",
            both(|language| Some(of.display_title(language))),
        ),
        (
            "representation",
            Shown::text(Some(of.representation().finnish())),
        ),
        ("required", Shown::Flag(of.is_required())),
        ("conditional", Shown::Flag(of.is_conditional())),
        ("repeated", Shown::Flag(of.is_repeated())),
        (
            "min_items",
            Shown::maybe(of.is_repeated().then(|| of.min_items()), count),
        ),
        (
            "min_length",
            Shown::maybe(Some(of.min_length()).filter(|least| *least > 0), count),
        ),
        ("row", Shown::number(of.row_number().map(u64::from))),
        ("hidden", Shown::Flag(of.is_hidden())),
        ("hidden_title", Shown::Flag(of.has_hidden_title())),
        ("nationwide", Shown::Flag(of.is_recorded_nationwide())),
        ("code_system", Shown::text(system(of))),
        (
            "classification",
            both(|language| of.classification(language)),
        ),
        ("allowed", Shown::maybe(of.allowed_values(), Shown::texts)),
        (
            "accepted",
            Shown::maybe(
                Some(of.accepted_values().collect::<Vec<_>>()).filter(|codes| !codes.is_empty()),
                Shown::texts,
            ),
        ),
        ("description", both(|language| of.description(language))),
        ("example", both(|language| of.example(language))),
        ("note", both(|language| of.implementation_note(language))),
        ("fields", Shown::maybe(fields, Shown::List)),
    ])
}

/// The rows of a list, a line each, with two spaces between the columns.
pub(super) fn as_lines(rows: &[Shown]) -> String {
    let mut lines = String::new();
    for row in rows {
        let Shown::Group(cells) = row else {
            continue;
        };
        let cells = cells.iter().filter_map(|(name, cell)| match cell {
            Shown::Text(text) => Some(text.as_str()),
            Shown::Flag(true) => Some(*name),
            _ => None,
        });
        lines.push_str(&cells.collect::<Vec<_>>().join("  "));
        lines.push('\n');
    }
    lines
}
