//! `content-read`: content from bytes into typed fields.
//!
//! Ours is read, checked against its structure, and put into the generated types. The peer is `serde_json` into the same fields,
//! unchecked: as most write it, with a `String` each, and borrowing where it can.

use std::borrow::Cow;
use std::hint::black_box;

use kanta_client::cda::Content;
use serde::Deserialize;

use crate::harness::{Run, Unit, runner};
use crate::sizes::SIZES;
use crate::synthetic::{self, types};

pub(crate) fn run(run: &mut Run<'_>) {
    let structure = synthetic::structure();
    for size in SIZES {
        let bytes = synthetic::content(size.bytes);
        let entries = |bytes: &[u8]| -> Option<usize> {
            let content = Content::read(&structure, bytes).ok()?;
            Some(
                types::Kirjaukset::from_content(&content)
                    .ok()?
                    .kirjaus
                    .len(),
            )
        };
        let peer: Document<String> = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(entries(&bytes), Some(peer.kirjaukset.kirjaus.len()));
        run.race(
            size.name,
            Unit::MegabytesPerSecond(bytes.len()),
            vec![
                runner("ours", || entries(&bytes)),
                // What nobody can save: to see that the bytes are UTF-8.
                runner("limit", || std::str::from_utf8(&bytes).is_ok()),
                runner("serde_json typed", || {
                    black_box(serde_json::from_slice::<Document<String>>(&bytes)).is_ok()
                }),
                runner("serde_json borrowing", || {
                    black_box(serde_json::from_slice::<Document<Borrowed<'_>>>(&bytes)).is_ok()
                }),
            ],
        );
    }
}

#[derive(Deserialize)]
#[serde(transparent)]
#[allow(dead_code, reason = "only read into")]
struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
#[allow(dead_code, reason = "only read into")]
struct Document<T> {
    kirjaukset: Entries<T>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "only read into")]
struct Entries<T> {
    laatija: T,
    kirjaus: Vec<Entry<T>>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "only read into")]
struct Entry<T> {
    paivamaara: T,
    palvelutehtava: Option<Code<T>>,
    sosiaalipalvelu: Code<T>,
    palveluprosessi: Option<Code<T>>,
    palveluyksikko: Option<Code<T>>,
    kuvaus: Option<T>,
    paatos_tehty: Option<bool>,
    kesto: Option<Quantity<T>>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "only read into")]
struct Code<T> {
    system: T,
    code: T,
    display: T,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "only read into")]
struct Quantity<T> {
    value: f64,
    code: T,
}
