//! A document with a PDF of 100 MB is written and read while one copy of it is held.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod common;

use std::io::{self, Read, Write};

use common::{filled_spec, made};
use kanta_cda::{BodyForm, CheckContext, ClinicalDocument, Draft, PdfSource};
use kanta_core::metadata::DocumentKind;
use kanta_xml::Limits;
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const SIZE: usize = 100 << 20;

/// A PDF that is made while it is read.
struct Large;

impl PdfSource for Large {
    fn length(&self) -> io::Result<u64> {
        Ok(SIZE as u64)
    }

    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        let filling = SIZE - made::PDF.len();
        let head = &made::PDF[..9];
        let rest = &made::PDF[9..];
        Ok(Box::new(
            head.chain(io::repeat(b'%').take(filling as u64))
                .chain(rest),
        ))
    }
}

/// Compares what is written to it with the PDF.
struct Compare {
    expected: Box<dyn Read>,
    length: usize,
}

impl Write for Compare {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut expected = vec![0; bytes.len()];
        self.expected.read_exact(&mut expected)?;
        assert!(
            expected == bytes,
            "the PDF changed before byte {}",
            self.length
        );
        self.length += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The highest level of the heap during a call, above what was there before.
fn peak<T>(call: impl FnOnce() -> T) -> (usize, T) {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let value = call();
    (HEAP.peak_usage().saturating_sub(before), value)
}

#[test]
fn a_large_pdf_is_held_once() {
    let spec = filled_spec();
    // The bundle's tables are made once; they are not what is measured.
    let (small, _) = made::draft(&DocumentKind::FirstPhase);
    small.check(CheckContext::default(), &spec).unwrap();

    let draft = Draft::pdf(made::metadata(&DocumentKind::FirstPhase), Large);
    let (held, valid) = peak(|| draft.check(CheckContext::default(), &spec).unwrap());
    let size = valid.as_xml().len();
    assert!(size > SIZE / 3 * 4);
    assert!(
        held < size + (1 << 20),
        "writing held {held} bytes for a document of {size}"
    );

    let bytes = valid.to_bytes();
    let (held, document) =
        peak(|| ClinicalDocument::from_bytes(bytes.clone(), &spec, &Limits::default()).unwrap());
    assert!(
        held < 1 << 20,
        "reading held {held} bytes besides the document"
    );
    let body = document.body().unwrap();
    assert_eq!(body.form(), BodyForm::Pdf);
    let mut compare = Compare {
        expected: Large.open().unwrap(),
        length: 0,
    };
    let (held, copied) = peak(|| body.copy_display_form(&mut compare));
    copied.unwrap();
    assert_eq!(compare.length, SIZE);
    assert!(held < 1 << 20, "taking the PDF out held {held} bytes");

    let (held, report) = peak(|| document.check(None, &spec));
    assert!(!report.has_errors(), "{report}");
    assert!(held < 1 << 20, "checking held {held} bytes");
}
