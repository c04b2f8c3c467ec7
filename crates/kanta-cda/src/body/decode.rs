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
    /// What follows the CDATA section that `rest` is in.
    after_section: Option<&'b [u8]>,
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
            after_section: None,
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
        while self.base64.len() < CHUNK && !self.is_over() {
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

    /// Adds a piece of Base64 without its white space; mostly there is none.
    fn add(&mut self, piece: &[u8]) {
        let has_breaks = memchr::memchr3(b'\n', b'\r', b' ', piece).is_some();
        if has_breaks || memchr::memchr(b'\t', piece).is_some() {
            let plain = piece.iter().filter(|byte| !b" \t\r\n".contains(byte));
            self.base64.extend(plain);
        } else {
            self.base64.extend_from_slice(piece);
        }
    }

    fn is_over(&self) -> bool {
        self.rest.is_empty() && self.after_section.is_none()
    }

    /// Takes Base64 from the content up to the next markup, or past that markup.
    fn gather(&mut self) -> Option<()> {
        if let (true, Some(after)) = (self.rest.is_empty(), self.after_section) {
            self.rest = after;
            self.after_section = None;
            return Some(());
        }
        let rest = self.rest;
        let room = &rest[..rest.len().min(CHUNK - self.base64.len())];
        let piece = &room[..memchr::memchr2(b'<', b'&', room).unwrap_or(room.len())];
        if !piece.is_empty() {
            self.add(piece);
            self.rest = &rest[piece.len()..];
        } else if self.after_section.is_some() {
            return None;
        } else if let Some(comment) = rest.strip_prefix(b"<!--") {
            let end = memchr::memmem::find(comment, b"-->")?;
            self.rest = &comment[end + 3..];
        } else if let Some(reference) = rest.strip_prefix(b"&#") {
            // Serialisers write the line ends of MIME as references.
            let end = memchr::memchr(b';', &reference[..reference.len().min(12)])?;
            let digits = std::str::from_utf8(&reference[..end]).ok()?;
            let byte = match digits.strip_prefix('x') {
                Some(digits) => u8::from_str_radix(digits, 16).ok()?,
                None => digits.parse().ok()?,
            };
            self.add(&[byte]);
            self.rest = &reference[end + 1..];
        } else {
            let section = rest.strip_prefix(b"<![CDATA[")?;
            let end = memchr::memmem::find(section, b"]]>")?;
            (self.rest, self.after_section) = (&section[..end], Some(&section[end + 3..]));
        }
        Some(())
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.decoded.len() && !self.is_over() {
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
            ("<![CDATA[]]>e3<![CDATA[0]]><![CDATA[=]]> ", Some("{}")),
            ("<![CDATA[e3<!-- -->0=]]>", None),
            ("e3&#xD;\n&#13;&#10;0&#61;", Some("{}")),
            ("e3&#x1F600;0=", None),
            ("e3&amp;0=", None),
            ("e30=&#", None),
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
            for (number, line) in base64.as_bytes().chunks(width * 1000).enumerate() {
                let (before, after) = [("", "\r\n <!-- x -->"), ("<![CDATA[", "\t]]>")][number % 2];
                wrapped.extend_from_slice(before.as_bytes());
                wrapped.extend_from_slice(line);
                wrapped.extend_from_slice(after.as_bytes());
            }
            prop_assert!(decode(base64.as_bytes()).as_deref() == Some(data.as_slice()));
            prop_assert!(decode(&wrapped) == Some(data));
        }
    }
}
