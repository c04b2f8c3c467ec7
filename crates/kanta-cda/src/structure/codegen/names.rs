//! Rust names from the names of properties.

/// Words that cannot be names as they are.
const KEYWORDS: [&str; 51] = [
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "static",
    "struct",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "union",
    "macro_rules",
    "raw",
];
/// Keywords that cannot be written raw either.
const NEVER: [&str; 4] = ["self", "Self", "super", "crate"];
/// Names of types that generated code uses itself.
const TAKEN: [&str; 24] = [
    "Code",
    "Content",
    "ContentError",
    "Cow",
    "Err",
    "From",
    "GroupReader",
    "Identifier",
    "Into",
    "Local",
    "LocalCodes",
    "Moment",
    "None",
    "Ok",
    "Option",
    "Part",
    "PartMut",
    "PartialDate",
    "Quantity",
    "Result",
    "Some",
    "Structure",
    "TypedGroup",
    "Vec",
];

/// The pieces of a name: runs of ASCII letters and digits, in lower case.
fn pieces(name: &str) -> Vec<String> {
    name.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|piece| !piece.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// A name for a field, unlike those that are taken.
pub(super) fn field(name: &str, taken: &[String]) -> String {
    let mut base = pieces(name).join("_");
    if base.is_empty() {
        base.push_str("field");
    }
    if base.starts_with(|first: char| first.is_ascii_digit()) {
        base.insert(0, 'n');
    }
    let mut made = if NEVER.contains(&base.as_str()) {
        format!("{base}_")
    } else if KEYWORDS.contains(&base.as_str()) {
        format!("r#{base}")
    } else {
        base.clone()
    };
    let mut number = 1;
    while taken.contains(&made) {
        number += 1;
        made = format!("{base}_{number}");
    }
    made
}

/// The part of a method's name that comes from a field.
pub(super) fn bare(field: &str) -> &str {
    field.strip_prefix("r#").unwrap_or(field)
}

/// A name for a type; it may still be taken.
pub(super) fn type_name(name: &str) -> String {
    let mut made: String = pieces(name)
        .iter()
        .map(|piece| {
            let (first, rest) = piece.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect();
    if made.is_empty() {
        made.push_str("Group");
    }
    if made.starts_with(|first: char| first.is_ascii_digit()) {
        made.insert(0, 'N');
    }
    if TAKEN.contains(&made.as_str()) || NEVER.contains(&made.as_str()) {
        made.push_str("Group");
    }
    made
}

/// A name for the variant of a code.
pub(super) fn variant(code: &str, taken: &[String]) -> String {
    let pieces: String = pieces(code).iter().map(|piece| type_name(piece)).collect();
    let base = match pieces
        .strip_prefix('N')
        .filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    {
        Some(digits) => format!("Code{digits}"),
        None if pieces.is_empty() || NEVER.contains(&pieces.as_str()) => "Code".to_owned(),
        None => pieces,
    };
    let mut made = base.clone();
    let mut number = 1;
    while taken.contains(&made) {
        number += 1;
        made = format!("{base}V{number}");
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_and_kept_apart() {
        for (name, expected) in [
            ("sukunimi", "sukunimi"),
            ("x__ja_y", "x_ja_y"),
            ("type", "r#type"),
            ("self", "self_"),
            ("1a", "n1a"),
            ("ä", "field"),
        ] {
            assert_eq!(field(name, &[]), expected);
        }
        assert_eq!(field("a", &["a".to_owned(), "a_2".to_owned()]), "a_3");
        assert_eq!(type_name("palvelun_tuottaja"), "PalvelunTuottaja");
        assert_eq!(type_name("code"), "CodeGroup");
        assert_eq!(variant("12", &[]), "Code12");
        assert_eq!(variant("k-1", &[]), "KN1");
        assert_eq!(variant("", &["Code".to_owned()]), "CodeV2");
    }
}
