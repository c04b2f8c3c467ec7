//! Judges whether a text is Finnish all through.

use kanta_client::core::{Finding, Reason, Report};

/// English words that no Finnish sentence of this project has.
const ENGLISH: [&str; 16] = [
    "the", "and", "not", "is", "was", "no", "it", "of", "to", "that", "there", "came", "which",
    "for", "with", "its",
];

/// Panics when English stands outside quotation marks, where others' words may stand as they are.
pub(crate) fn assert_finnish(text: &str) {
    let mut own = String::new();
    for (index, part) in text.split('”').enumerate() {
        if index % 2 == 0 {
            own.push_str(part);
        }
    }
    let english: Vec<_> = own
        .split(|letter: char| !letter.is_alphabetic())
        .filter(|word| ENGLISH.contains(word))
        .collect();
    assert!(
        english.is_empty() && !own.trim().is_empty(),
        "{english:?} in: {text}"
    );
}

/// The same of everything that this project itself found.
#[allow(dead_code)]
pub(crate) fn assert_all_finnish(findings: &Report) {
    let own = |finding: &&Finding| finding.rule().starts_with("KANTA-");
    findings
        .iter()
        .filter(own)
        .for_each(|finding| assert_finnish(finding.finnish()));
}

/// Panics when a reason is not told in both languages, or under another code in one of them.
#[allow(dead_code)]
pub(crate) fn assert_told_in_both(reason: &Reason) {
    assert_finnish(reason.finnish());
    let code = |text: &str| {
        text.split(['[', ']'])
            .find(|part| part.starts_with("KANTA-"))
            .map(str::to_owned)
    };
    assert_eq!(code(reason.finnish()), code(reason.english()), "{reason:?}");
    let is_english = |word| ENGLISH.contains(&word);
    assert!(reason.english().split(' ').any(is_english), "{reason:?}");
}
