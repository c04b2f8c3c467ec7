//! What a structure costs: memory against `serde_json::Value`, and time for its first use. In a test program of its own,
//! since the allocator counts everything.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use kanta_cda::structure::Structure;
use kanta_testkit::structures::client_relation_schema;
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Every schema there is; without the published ones our own small one.
fn schemas() -> Vec<Vec<u8>> {
    let folder = env::var_os("KANTA_CONFORMANCE").map(|root| Path::new(&root).join("sosmeta"));
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        eprintln!(
            "SKIPPED: KANTA_CONFORMANCE names no folder with sosmeta; only our own structure is measured"
        );
        return vec![client_relation_schema().into_bytes()];
    };
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| fs::read(path).unwrap())
        .collect()
}

/// How much more memory is in use after something was made than before.
fn heap_of<T>(make: impl FnOnce() -> T) -> usize {
    let before = HEAP.current_usage();
    let made = make();
    let after = HEAP.current_usage();
    drop(made);
    after - before
}

#[test]
fn a_structure_is_small_and_soon_ready() {
    let schemas = schemas();
    for schema in &schemas {
        let value = heap_of(|| serde_json::from_slice::<serde_json::Value>(schema).unwrap());
        let structure = heap_of(|| Structure::parse(schema).unwrap());
        assert!(
            structure * 2 <= value,
            "a structure takes {structure} bytes, its schema as a serde_json::Value {value}"
        );
    }

    // The best of five, so that a busy machine does not fail the test. Without optimisation everything takes longer.
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 100 } else { 5 });
    for schema in &schemas {
        let best = (0..5)
            .map(|_| {
                let start = Instant::now();
                Structure::parse(schema).unwrap();
                start.elapsed()
            })
            .min()
            .unwrap();
        assert!(best <= limit, "{} bytes took {best:?}", schema.len());
    }
}
