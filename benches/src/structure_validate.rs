//! `structure-validate`: content from bytes to the verdict, all findings looked for.

use serde_json::Value;

use crate::harness::{Run, Unit, runner};
use crate::sizes::SIZES;
use crate::synthetic;

pub(crate) fn run(run: &mut Run<'_>) {
    let structure = synthetic::structure();
    let schema: Value = serde_json::from_slice(synthetic::SCHEMA).expect("the schema is our own");
    let peer = jsonschema::draft7::new(&schema).expect("the schema is our own");
    for size in SIZES {
        let content = synthetic::content(size.bytes);
        assert!(structure.validate(&content).is_empty());
        run.race(
            size.name,
            Unit::MegabytesPerSecond(content.len()),
            vec![
                runner("ours", || structure.validate(&content)),
                // What nobody can save: to see that the bytes are UTF-8.
                runner("limit", || std::str::from_utf8(&content).is_ok()),
                runner("serde_json + jsonschema", || {
                    let value: Value = serde_json::from_slice(&content).expect("JSON");
                    peer.is_valid(&value)
                }),
            ],
        );
    }
}
