//! A light look at PDF files: enough to refuse what is surely wrong, too little to judge conformance.

use std::io::{self, Read};
use std::ops::Range;

use bytes::Bytes;
use kanta_core::Report;
use memchr::memmem;

/// A PDF that a draft takes as its body: bytes in memory, or something that can be opened as often as needed.
///
/// Implemented for vectors, byte slices of the program and [`Bytes`]. An implementation of the caller's own (a file, a
/// store of attachments) lets a large PDF go into its document without being held in memory besides it.
pub trait PdfSource: Send + Sync {
    /// Returns the number of bytes.
    ///
    /// # Errors
    /// When it cannot be told.
    fn length(&self) -> io::Result<u64>;

    /// Opens the PDF for reading from its beginning.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn open(&self) -> io::Result<Box<dyn Read + '_>>;
}

macro_rules! in_memory {
    ($($type:ty),*) => {$(
        impl PdfSource for $type {
            fn length(&self) -> io::Result<u64> {
                Ok(self.len() as u64)
            }

            fn open(&self) -> io::Result<Box<dyn Read + '_>> {
                Ok(Box::new(&self[..]))
            }
        }
    )*};
}

in_memory!(Vec<u8>, &'static [u8], Bytes);

/// A judge of PDF files, such as a PDF/A validator: the seam for a real one, since this crate has none.
///
/// What it finds joins the report of the check; a finding of error severity refuses the document.
pub trait PdfInspector: Send + Sync {
    /// Judges a PDF.
    fn inspect(&self, pdf: &mut dyn Read) -> Report;
}

/// What a light look at a PDF tells. It never says that a file *is* PDF/A, only that it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PdfFacts {
    /// The version that the header states, such as `1.7`; `None` when the file has no PDF header.
    pub version: Option<String>,
    /// Whether `startxref` and `%%EOF` stand at the end.
    pub has_trailer: bool,
    /// Whether the file is encrypted.
    pub is_encrypted: bool,
    /// The claim of PDF/A conformance in the file's XMP metadata. Metadata that are compressed are not seen.
    pub claim: Option<PdfAClaim>,
}

/// A claim to follow PDF/A (ISO 19005).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PdfAClaim {
    /// The part of the standard, such as `1`, `2` or `3`.
    pub part: String,
    /// The conformance level, such as `B`; part 4 need not have one.
    pub conformance: Option<String>,
}

impl PdfFacts {
    /// Looks at a PDF in memory.
    #[must_use]
    pub fn of(pdf: &[u8]) -> Self {
        let mut scan = PdfScan::new();
        for chunk in pdf.chunks(64 * 1024) {
            scan.feed(chunk);
        }
        scan.finish()
    }
}

/// A PDF header may be preceded by other bytes, but not by more than this (ISO 32000-1, annex H).
const HEAD: usize = 1024;
/// Where the end of the file is looked for.
const TAIL: usize = 1024;
/// What is kept of a chunk, so that nothing is missed at the seam. Longer than anything looked for.
const OVERLAP: usize = 256;

/// Looks at a PDF that passes by in chunks.
pub(crate) struct PdfScan {
    facts: PdfFacts,
    head: Vec<u8>,
    /// The end of what has passed.
    tail: Vec<u8>,
    part: Option<String>,
    conformance: Option<String>,
}

impl PdfScan {
    pub(crate) fn new() -> Self {
        Self {
            facts: PdfFacts::default(),
            head: Vec::new(),
            tail: Vec::new(),
            part: None,
            conformance: None,
        }
    }

    pub(crate) fn feed(&mut self, chunk: &[u8]) {
        let wanted = HEAD.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk[..wanted]);
        // The seam: the end of the last chunk with the beginning of this one.
        let mut seam = self.tail[self.tail.len().saturating_sub(OVERLAP)..].to_vec();
        seam.extend_from_slice(&chunk[..OVERLAP.min(chunk.len())]);
        self.look(&seam);
        self.look(chunk);
        self.tail
            .extend_from_slice(&chunk[chunk.len().saturating_sub(TAIL)..]);
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
    }

    pub(crate) fn finish(mut self) -> PdfFacts {
        self.facts.version = version(&self.head);
        let end = memmem::rfind(&self.tail, b"%%EOF");
        let start = memmem::rfind(&self.tail, b"startxref");
        self.facts.has_trailer = matches!((start, end), (Some(start), Some(end)) if start < end);
        self.facts.claim = self.part.map(|part| PdfAClaim {
            part,
            conformance: self.conformance,
        });
        self.facts
    }

    fn look(&mut self, bytes: &[u8]) {
        if !self.facts.is_encrypted {
            self.facts.is_encrypted = memmem::find_iter(bytes, b"/Encrypt")
                .any(|place| names_encryption(&bytes[place + "/Encrypt".len()..]));
        }
        if self.part.is_none() {
            self.part = xmp_value(bytes, b"pdfaid:part");
        }
        if self.conformance.is_none() {
            self.conformance = xmp_value(bytes, b"pdfaid:conformance");
        }
    }
}

fn version(head: &[u8]) -> Option<String> {
    let start = memmem::find(head, b"%PDF-")? + "%PDF-".len();
    let version: String = head[start..]
        .iter()
        .take(8)
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
        .map(|byte| char::from(*byte))
        .collect();
    (!version.is_empty()).then_some(version)
}

/// Whether the trailer's entry `/Encrypt` is followed by a dictionary or by a reference to one.
fn names_encryption(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    rest.starts_with(b"<<") || digits > 0 && rest[digits..].starts_with(b" ")
}

/// The value of an XMP property, as an element or as an attribute: one or two letters or digits.
fn xmp_value(bytes: &[u8], name: &[u8]) -> Option<String> {
    let find = |place: usize| {
        let rest = bytes[place + name.len()..].trim_ascii_start();
        let rest = match rest {
            [b'>', rest @ ..] => rest,
            [b'=', rest @ ..] => rest
                .trim_ascii_start()
                .strip_prefix(b"\"")
                .or_else(|| rest.trim_ascii_start().strip_prefix(b"'"))?,
            _ => return None,
        };
        let rest = rest.trim_ascii_start();
        let value: Range<usize> = 0..rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let value = std::str::from_utf8(&rest[value]).ok()?;
        (!value.is_empty() && value.len() <= 2).then(|| value.to_owned())
    };
    memmem::find_iter(bytes, name).find_map(find)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &[u8] = b"%PDF-1.7\n1 0 obj <</Type/Metadata>> stream\n<rdf:Description><pdfaid:part>2</pdfaid:part>\
        <pdfaid:conformance>B</pdfaid:conformance></rdf:Description>\nendstream endobj\ntrailer <</Root 1 0 R>>\n\
        startxref\n9\n%%EOF\n";

    #[test]
    fn facts_of_a_small_file() {
        let facts = PdfFacts::of(SMALL);
        assert_eq!(facts.version.as_deref(), Some("1.7"));
        assert!(facts.has_trailer && !facts.is_encrypted);
        let claim = facts.claim.unwrap();
        assert_eq!(
            (claim.part.as_str(), claim.conformance.as_deref()),
            ("2", Some("B"))
        );
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        let text = String::from_utf8_lossy(SMALL).into_owned();
        let facts = |from: &str, to: &str| PdfFacts::of(text.replace(from, to).as_bytes());
        assert_eq!(facts("%PDF-", "%PS-").version, None);
        assert!(!facts("%%EOF", "%%").has_trailer);
        assert!(!facts("startxref", "xref").has_trailer);
        assert!(facts("/Root", "/Encrypt 7 0 R /Root").is_encrypted);
        assert!(facts("/Root", "/Encrypt<</V 4>>/Root").is_encrypted);
        assert!(!facts("/Root", "/EncryptMetadata false /Root").is_encrypted);
        assert_eq!(facts("pdfaid:part", "pdfx:part").claim, None);
        let attribute = facts("<pdfaid:part>2</pdfaid:part>", "<a pdfaid:part = '3'/>");
        assert_eq!(attribute.claim.unwrap().part, "3");
        assert_eq!(PdfFacts::of(b""), PdfFacts::default());
    }

    #[test]
    fn nothing_is_missed_at_a_seam() {
        let whole = PdfFacts::of(SMALL);
        for size in 1..SMALL.len() {
            let mut scan = PdfScan::new();
            SMALL.chunks(size).for_each(|chunk| scan.feed(chunk));
            assert_eq!(scan.finish(), whole, "chunks of {size}");
        }
    }
}
