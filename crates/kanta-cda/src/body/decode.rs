//! From the content of an element to the bytes that its Base64 stands for.

use std::io::{self, Read};

use base64_simd::STANDARD;

/// How much Base64 is decoded at once; a multiple of four.
const CHUNK: usize = 64 * 1024;

/// Decodes the whole content: white space, comments and CDATA marks are no part of the Base64.
pub(super) fn decode(content: &[u8]) -> Option<Vec<u8>> {
    // Nearly always there is nothing but Base64.
    let plain = content.trim_ascii();
    if let Ok(decoded) = STANDARD.decode_to_vec(plain) {
        return Some(decoded);
    }
    let mut decoded = Vec::new();
    Decoder::new(content).read_to_end(&mut decoded).ok()?;
    Some(decoded)
}

/// Decodes piece by piece, so that only a small part is held at a time.
pub(super) struct Decoder<'b> {
    rest: &'b [u8],
    /// Base64 without what stands around and between it; never more than a chunk.
    base64: Vec<u8>,
    decoded: Vec<u8>,
    taken: usize,
    padded: bool,
}

impl<'b> Decoder<'b> {
    pub(super) fn new(content: &'b [u8]) -> Self {
        Self {
            rest: content.trim_ascii(),
            base64: Vec::with_capacity(CHUNK.min(content.len())),
            decoded: Vec::new(),
            taken: 0,
            padded: false,
        }
    }

    /// Decodes the next chunk; nothing when there is no more.
    fn fill(&mut self) -> Option<()> {
        self.decoded.clear();
        self.taken = 0;
        while self.base64.len() < CHUNK && !self.rest.is_empty() {
            self.gather()?;
        }
        // What follows the padding is a mistake, whatever it is.
        if self.padded && !self.base64.is_empty() {
            return None;
        }
        STANDARD
            .decode_append(&self.base64, &mut self.decoded)
            .ok()?;
        self.padded |= self.base64.last() == Some(&b'=');
        self.base64.clear();
        Some(())
    }

    /// Takes Base64 from the content up to the next markup, or past that markup.
    fn gather(&mut self) -> Option<()> {
        let rest = self.rest;
        let markup = memchr::memchr(b'<', rest).unwrap_or(rest.len());
        if markup > 0 {
            let room = CHUNK - self.base64.len();
            let piece = &rest[..markup.min(room)];
            self.base64
                .extend(piece.iter().filter(|byte| !b" \t\r\n".contains(byte)));
            self.rest = &rest[piece.len()..];
            return Some(());
        }
        let (open, close): (&[u8], &[u8]) = if rest.starts_with(b"<!--") {
            (b"<!--", b"-->")
        } else if rest.starts_with(b"<![CDATA[") {
            (b"<![CDATA[", b"]]>")
        } else {
            return None;
        };
        let inner = &rest[open.len()..];
        let end = memchr::memmem::find(inner, close)?;
        if open == b"<![CDATA[" {
            let inner = inner[..end].iter();
            self.base64
                .extend(inner.filter(|byte| !b" \t\r\n".contains(byte)));
        }
        self.rest = &inner[end + close.len()..];
        Some(())
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.decoded.len() && !(self.rest.is_empty() && self.base64.is_empty()) {
            self.fill()
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not Base64"))?;
        }
        let ready = &self.decoded[self.taken..];
        let count = ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ready[..count]);
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn base64_may_have_white_space_comments_and_cdata_around_it() {
        for (content, expected) in [
            ("e30=", Some("{}")),
            ("\r\n\t e3\n0=\n\t", Some("{}")),
            ("<!-- sisältö -->e30=", Some("{}")),
            ("<![CDATA[e3]]>0=", Some("{}")),
            ("e3<!-- - -->0<!---->=", Some("{}")),
            ("", Some("")),
            ("<!-- -->", Some("")),
            ("e30", None),
            ("e3*=", None),
            ("e30=<b/>", None),
            ("e30=<!-- ", None),
            ("e30=e30=", None),
        ] {
            let found = decode(content.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{content}");
        }
    }

    #[test]
    fn nothing_may_follow_the_padding_in_a_later_chunk() {
        let mut base64 = STANDARD.encode_to_string(vec![7_u8; CHUNK / 4 * 3 - 1]);
        assert!(base64.len() == CHUNK && base64.ends_with('='));
        base64.push_str("\nQQ==");
        assert_eq!(decode(base64.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn what_is_wrapped_decodes_as_what_is_not(data in prop::collection::vec(any::<u8>(), 0..200_000), width in 1_usize..80) {
            let base64 = STANDARD.encode_to_string(&data);
            let mut wrapped = Vec::new();
            for line in base64.as_bytes().chunks(width * 1000) {
                wrapped.extend_from_slice(line);
                wrapped.extend_from_slice(b"\r\n <!-- x -->");
            }
            prop_assert!(decode(base64.as_bytes()).as_deref() == Some(data.as_slice()));
            prop_assert!(decode(&wrapped) == Some(data));
        }
    }
}
