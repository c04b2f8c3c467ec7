//! Rules of typed values (kanta-core) and of contents (kanta-cda) that ask the same are equally bad and equally sure.

#![allow(clippy::unwrap_used, reason = "this is a test")]

use kanta_cda::structure::rules;
use kanta_core::{Rule, relation};

#[test]
fn rules_of_values_and_of_contents_agree() {
    let pairs = [
        (
            "KANTA-CASE-ONE-CLIENT",
            "KANTA-CONTENT-CASE-CLIENTS-ONLY-JOINT",
        ),
        (
            "KANTA-CASE-JOINED-MISSING",
            "KANTA-CONTENT-CASE-JOINT-JOINING",
        ),
        (
            "KANTA-CASE-JOINED-NOT-JOINT",
            "KANTA-CONTENT-CASE-JOINING-ONLY-JOINT",
        ),
        (
            "KANTA-CASE-LEFT-NOT-JOINT",
            "KANTA-CONTENT-CASE-LEAVING-ONLY-JOINT",
        ),
        ("KANTA-CASE-KIND-TEXT", "KANTA-CONTENT-CASE-OTHER"),
        ("KANTA-RELATION-ID", "KANTA-CONTENT-RELATION-ID"),
        ("KANTA-RELATION-ORGANISER", "KANTA-CONTENT-RELATION-UNIT"),
        ("KANTA-RELATION-TASK", "KANTA-CONTENT-RELATION-TASK"),
        ("KANTA-RELATION-UNIT", "KANTA-CONTENT-RELATION-SERVICE-UNIT"),
        (
            "KANTA-RELATION-LEGACY-CLIENT",
            "KANTA-CONTENT-RELATION-LEGACY-CODE",
        ),
        (
            "KANTA-RELATION-LEGACY-CLIENT",
            "KANTA-CONTENT-RELATION-LEGACY-BIRTH",
        ),
    ];
    for (of_value, of_content) in pairs {
        let find = |all: &[Rule], id: &str| *all.iter().find(|rule| rule.id() == id).unwrap();
        let (value, content) = (
            find(relation::CATALOGUE, of_value),
            find(&rules::CATALOGUE, of_content),
        );
        assert_eq!(
            value.severity(),
            content.severity(),
            "{of_value} {of_content}"
        );
        assert_eq!(value.mark(), content.mark(), "{of_value} {of_content}");
    }
    // A rule of contents about relations and cases has its pair, or speaks of what the types do not hold.
    let alone = [
        "KANTA-CONTENT-CASE-DETAILS",
        "KANTA-CONTENT-RELATION-AUTHORITY",
        "KANTA-CONTENT-RELATION-BAN-END",
        "KANTA-CONTENT-RELATION-ROLE-BLOCK",
    ];
    for rule in rules::CATALOGUE {
        let is_shared = ["KANTA-CONTENT-CASE", "KANTA-CONTENT-RELATION"]
            .iter()
            .any(|prefix| rule.id().starts_with(prefix));
        let has_pair = pairs.iter().any(|(_, content)| *content == rule.id());
        assert!(
            !is_shared || has_pair != alone.contains(&rule.id()),
            "{}",
            rule.id()
        );
    }
}
