//! `cda-write`: from the model with both forms of the body, Base64 included, to the bytes of the document.
//! `cda-read`: from the bytes to the model with both forms decoded.

use base64_simd::STANDARD;
use bytes::Bytes;
use kanta_client::cda::ClinicalDocument;
use kanta_client::xml::Limits;

use crate::documents::Desk;
use crate::harness::{Run, Unit, runner};
use crate::java_peer::{self, Peer};
use crate::sizes::SIZES;

pub(crate) fn write(run: &mut Run<'_>) {
    let desk = Desk::open();
    for size in SIZES {
        let draft = desk.draft(size.bytes * 4 / 3);
        let make = || desk.write(&draft);
        let xml = make();
        let document = read_all(&Bytes::from(xml.clone()), &desk);
        let parts = [&document.1, &document.2];
        let base64: usize = parts
            .iter()
            .map(|part| STANDARD.encoded_length(part.len()))
            .sum();
        let header = &xml[..xml.len() - base64];
        let mut output = Vec::with_capacity(xml.len());
        run.race(
            size.name,
            Unit::PerSecond,
            vec![
                runner("ours", make),
                // A copy of everything that is not the body, and the fastest Base64 of the body.
                runner("limit", || {
                    output.clear();
                    output.extend_from_slice(header);
                    for part in parts {
                        STANDARD.encode_append(part, &mut output);
                    }
                    output.len()
                }),
            ],
        );
        run.peak_heap(size.name, "ours", make);
        run.figure(size.name, "document", xml.len() as f64, "B");
        java_peer::race(run, Peer::Documents, "write", size.name, &xml);
    }
}

pub(crate) fn read(run: &mut Run<'_>) {
    let desk = Desk::open();
    for size in SIZES {
        let xml = Bytes::from(desk.write(&desk.draft(size.bytes * 4 / 3)));
        let (_, display, content) = read_all(&xml, &desk);
        let base64 = [&display, &content].map(|part| STANDARD.encode_to_string(part));
        run.race(
            size.name,
            Unit::PerSecond,
            vec![
                runner("ours", || read_all(&xml, &desk)),
                // One look at every byte for markup, and the fastest Base64 of the body.
                runner("limit", || {
                    let markup = memchr::memchr2_iter(b'<', b'>', &xml).count();
                    let parts = base64.each_ref().map(|part| STANDARD.decode_to_vec(part));
                    (markup, parts)
                }),
            ],
        );
        run.peak_heap(size.name, "ours", || read_all(&xml, &desk));
        run.figure(
            size.name,
            "decoded",
            (display.len() + content.len()) as f64,
            "B",
        );
        java_peer::race(run, Peer::Documents, "read", size.name, &xml);
    }
}

fn read_all(xml: &Bytes, desk: &Desk) -> (ClinicalDocument, Vec<u8>, Vec<u8>) {
    let document = ClinicalDocument::from_bytes(xml.clone(), &desk.spec, &Limits::default())
        .expect("the document is ours");
    let body = document.body().expect("the document has a body");
    let display = body.display_form().expect("it is Base64");
    let content = body.structured_form().expect("it is Base64");
    (document, display, content)
}
