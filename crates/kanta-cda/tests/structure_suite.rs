//! Validation against the official JSON Schema suite for draft-07, as far as it lies inside the dialect of the structures.
//!
//! The suite is read from the folder that the environment variable `KANTA_CONFORMANCE` names; without it the test
//! says so and passes.

use std::path::Path;
use std::{env, fs};

use kanta_cda::structure::Structure;
use serde_json::{Value, json};

/// The cases of the official draft-07 suite that lie inside the dialect. Its schemas leave the type open, ours may
/// not: a type is added where a keyword tells it, and data of another type is passed over.
#[test]
fn draft_07_suite_inside_the_dialect() {
    let folder = env::var_os("KANTA_CONFORMANCE")
        .map(|root| Path::new(&root).join("json-schema-draft7/tests/draft7"))
        .filter(|folder| folder.is_dir());
    let Some(folder) = folder else {
        eprintln!("SKIPPED: KANTA_CONFORMANCE names no folder with json-schema-draft7");
        return;
    };
    let mut run = 0;
    for keyword in [
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minItems",
        "minLength",
        "pattern",
        "enum",
    ] {
        let groups = fs::read(folder.join(format!("{keyword}.json"))).unwrap();
        let groups: Vec<Value> = serde_json::from_slice(&groups).unwrap();
        for group in groups {
            let mut schema = group["schema"].clone();
            add_type(&mut schema);
            let Some(kind) = schema["type"].as_str().map(str::to_owned) else {
                continue;
            };
            let whole = json!({
                "type": "object",
                "sosmeta": {"oid": "2.999.1", "documentType": "x", "documentDefinitionVersion": "x"},
                "properties": {"doc": {"type": "object", "properties": {"x": schema}}}
            });
            let Ok(structure) = Structure::parse(whole.to_string().as_bytes()) else {
                continue;
            };
            for case in group["tests"].as_array().unwrap() {
                let data = &case["data"];
                if keyword != "type" && !is_kind(data, &kind) {
                    continue;
                }
                let report = structure.validate(json!({"doc": {"x": data}}).to_string().as_bytes());
                assert_eq!(
                    report.is_empty(),
                    case["valid"],
                    "{keyword}: {group} {case}"
                );
                run += 1;
            }
        }
    }
    assert!(run >= 60, "only {run} cases lie inside the dialect");
}

fn add_type(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    if !schema.contains_key("type") {
        let has = |names: &[&str]| names.iter().any(|name| schema.contains_key(*name));
        let kind = if has(&["properties", "required", "additionalProperties"]) {
            "object"
        } else if has(&["items", "minItems"]) {
            "array"
        } else if has(&["minLength", "pattern", "enum"]) {
            "string"
        } else {
            return;
        };
        schema.insert("type".to_owned(), json!(kind));
    }
    if schema["type"] == "array" && !schema.contains_key("items") {
        schema.insert("items".to_owned(), json!({"type": "number"}));
    }
    for key in ["items", "additionalProperties"] {
        schema.get_mut(key).map(add_type);
    }
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(add_type);
    }
}

fn is_kind(data: &Value, kind: &str) -> bool {
    match kind {
        "object" => data.is_object(),
        "array" => data.is_array(),
        "string" => data.is_string(),
        _ => false,
    }
}
