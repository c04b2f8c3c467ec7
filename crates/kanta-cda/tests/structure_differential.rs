//! Our verdict against a stranger's: the crate `jsonschema` validates the same content by the same schema, and the two must
//! never differ.
//!
//! The published schemas are read from the folder that the environment variable `KANTA_CONFORMANCE` names; without it only our
//! own small ones are judged.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

use std::path::Path;
use std::sync::OnceLock;
use std::{env, fs};

use jsonschema::Validator;
use kanta_cda::structure::{Extent, SampleOptions, Structure};
use kanta_testkit::structures::all_schemas;
use proptest::prelude::*;
use serde_json::{Value, json};

struct Pair {
    ours: Structure,
    peer: Validator,
}

impl Pair {
    fn of(schema: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(schema).unwrap();
        Self {
            ours: Structure::parse(schema).unwrap(),
            peer: jsonschema::draft7::new(&value).unwrap(),
        }
    }

    fn sample(&self, seed: u64) -> Value {
        let extent = [Extent::Minimal, Extent::Some, Extent::Full][(seed % 3) as usize];
        let options = SampleOptions {
            seed,
            extent,
            ..SampleOptions::default()
        };
        serde_json::from_slice(&self.ours.sample(&options).to_json()).unwrap()
    }

    fn agree(&self, content: &Value) -> bool {
        let report = self.ours.validate(content.to_string().as_bytes());
        let valid = self.peer.is_valid(content);
        assert_eq!(
            report.is_empty(),
            valid,
            "{}: {report}\n{content}",
            self.ours.oid()
        );
        valid
    }
}

fn pairs() -> &'static [Pair] {
    static PAIRS: OnceLock<Vec<Pair>> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let mut pairs: Vec<Pair> = all_schemas()
            .iter()
            .map(|schema| Pair::of(schema.as_bytes()))
            .collect();
        let folder = env::var_os("KANTA_CONFORMANCE").map(|root| Path::new(&root).join("sosmeta"));
        let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
            eprintln!("SKIPPED: KANTA_CONFORMANCE names no folder with sosmeta; only our own structures are judged");
            return pairs;
        };
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "json") {
                pairs.push(Pair::of(&fs::read(path).unwrap()));
            }
        }
        pairs
    })
}

/// What a place of content may be replaced by: every type, and texts at the edges of the patterns.
fn odd_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1.5),
        json!(9_007_199_254_740_992_u64),
        json!(""),
        json!(" "),
        json!("x"),
        json!("1"),
        json!("2026"),
        json!("2026-02"),
        json!("2026-02-00"),
        json!("2026-13-01"),
        json!("2026-02-03\n"),
        json!("٢٠٢٦"),
        json!("-0044-03-15"),
        json!("2026-05-04T09:00:00+03:00"),
        json!("2026-05-04T09:00:00+14:01"),
        json!("2026-05-04T09:00"),
        json!("urn:oid:2.999"),
        json!("urn:oid:1.2.246.537.6.1221"),
        json!("urn:oid:1.2.246.537.6.1221.201601\n"),
        json!("urn:oid:1.2.246.537.6.12211"),
        json!([]),
        json!([[]]),
        json!(["x"]),
        json!({}),
        json!({"value": 1}),
        json!({"value": "x", "system": "x"}),
        json!({"system": "x", "code": "1", "display": "x"}),
    ]
}

/// Changes one place of the content, chosen by two numbers.
fn mutate(content: &mut Value, place: usize, change: usize) {
    let mut places = Vec::new();
    collect(content, String::new(), &mut places);
    let pointer = &places[place % places.len()];
    let value = content.pointer_mut(pointer).unwrap();
    let odd = odd_values();
    match (change % (odd.len() + 6), value) {
        (0, Value::Object(members)) => {
            let key = members.keys().nth(place % members.len().max(1)).cloned();
            key.map(|key| members.remove(&key));
        }
        (1, Value::Object(members)) => {
            members.insert("aivan_uusi".to_owned(), json!(1));
        }
        (2, Value::Array(items)) => {
            items.pop();
        }
        (3, Value::Array(items)) => items.extend(items.first().cloned()),
        (4, Value::String(text)) => text.push('0'),
        (5, Value::String(text)) => {
            text.pop();
        }
        (change, value) => *value = odd[change % odd.len()].clone(),
    }
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                collect(member, format!("{place}/{name}"), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{place}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(place);
}

/// Every structure: samples of each extent, and a chain of changes to each.
#[test]
fn verdicts_agree_on_every_structure() {
    let (mut valid, mut invalid) = (0, 0);
    for pair in pairs() {
        for seed in 0..3 {
            let mut content = pair.sample(seed);
            assert!(pair.agree(&content), "{}", pair.ours.oid());
            valid += 1;
            let original = content.clone();
            for step in 0..24_usize {
                if step % 3 == 0 {
                    content = original.clone();
                }
                mutate(
                    &mut content,
                    step * 7919 + seed as usize * 31,
                    step * 13 + seed as usize,
                );
                if pair.agree(&content) {
                    valid += 1;
                } else {
                    invalid += 1;
                }
            }
        }
    }
    // Both verdicts are common: a check that always says the same would not pass.
    assert!(
        valid >= 6 && invalid >= 50,
        "{valid} valid, {invalid} invalid"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn verdicts_agree_on_random_changes(
        structure in any::<prop::sample::Index>(),
        seed in any::<u64>(),
        changes in proptest::collection::vec((any::<usize>(), any::<usize>()), 0..4),
    ) {
        let pair = structure.get(pairs());
        let mut content = pair.sample(seed);
        for (place, change) in changes {
            mutate(&mut content, place, change);
        }
        pair.agree(&content);
    }
}
