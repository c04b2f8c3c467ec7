use super::*;
use crate::structure::fixture;

fn sample(structure: &Structure, seed: u64, extent: Extent) -> Vec<u8> {
    let options = SampleOptions {
        seed,
        extent,
        ..SampleOptions::default()
    };
    structure.sample(&options).to_json()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let structure = fixture::client_relation();
    for extent in [Extent::Minimal, Extent::Some, Extent::Full] {
        assert_eq!(sample(&structure, 5, extent), sample(&structure, 5, extent));
        assert_ne!(sample(&structure, 5, extent), sample(&structure, 6, extent));
    }
}

#[test]
fn the_extents_grow() {
    let structure = fixture::client_relation();
    let leaves = |extent| {
        let options = SampleOptions {
            extent,
            most_values: 1,
            ..SampleOptions::default()
        };
        structure.sample(&options).leaves().len()
    };
    let fields = structure
        .root()
        .descendants()
        .filter(|field| !field.is_group())
        .count();
    assert!(leaves(Extent::Minimal) < leaves(Extent::Some));
    assert_eq!(leaves(Extent::Full), fields);
}

#[test]
fn samples_are_valid_by_every_rule() {
    let structure = fixture::client_relation();
    for seed in 0..50 {
        // Our own small structure does not mark fields as mandatory on a condition, so only full content has them all.
        let options = SampleOptions {
            seed,
            extent: Extent::Full,
            ..SampleOptions::default()
        };
        let report = structure.sample(&options).check();
        assert!(!report.has_errors(), "{report}");
    }
}

/// Odd but allowed: patterns where they are not usual, required groups of nothing, lower bounds.
#[test]
fn odd_structures_have_valid_samples_too() {
    let structure = fixture::structure(
        r#""tyhja", "lista", "koodi""#,
        r#""tyhja": {"type": "object", "additionalProperties": false},
        "lista": {"type": "array", "minItems": 4, "items": {"type": "object", "additionalProperties": false, "properties": {
            "a": {"type": "string", "minLength": 300}}}},
        "koodi": {"type": "object", "additionalProperties": false, "required": ["system", "code"],
            "sosmeta": {"representation": [{"lang": "fi", "value": "Koodi"}]}, "properties": {
            "system": {"type": "string", "enum": ["x/y"]}, "code": {"type": "string", "minLength": 9}}},
        "paiva": {"type": "string", "pattern": "^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$", "enum": ["x", "2026-01-01"]}"#,
    );
    for seed in 0..20 {
        for extent in [Extent::Minimal, Extent::Some, Extent::Full] {
            let report = structure.validate(&sample(&structure, seed, extent));
            assert!(report.is_empty(), "{report}");
        }
    }
}
