//! PEM: sections of Base64 between lines that name what they are (RFC 7468).

use base64_simd::STANDARD;
use zeroize::Zeroizing;

/// What one section holds. Keys come this way too, so the bytes are wiped when dropped.
pub(crate) struct Section<'p> {
    pub(crate) label: &'p str,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const RULE: &str = "-----";

/// Reads every section, in order; text around them is passed over. `None` when a section is not closed by its own end or
/// holds anything but Base64, such as the headers of old encrypted keys.
pub(crate) fn sections(pem: &[u8]) -> Option<Vec<Section<'_>>> {
    let mut text = std::str::from_utf8(pem).ok()?;
    let mut sections = Vec::new();
    while let Some(start) = text.find(BEGIN) {
        let (label, rest) = text.get(start + BEGIN.len()..)?.split_once(RULE)?;
        let (inside, rest) = rest.split_once(END)?;
        let rest = rest.strip_prefix(label)?.strip_prefix(RULE)?;
        let base64: Zeroizing<Vec<u8>> = Zeroizing::new(
            inside
                .bytes()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect(),
        );
        let der = Zeroizing::new(STANDARD.decode_to_vec(&base64).ok()?);
        sections.push(Section { label, der });
        text = rest;
    }
    Some(sections)
}

/// Writes one section.
pub(crate) fn write(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode_to_string(der);
    let mut pem = format!("{BEGIN}{label}{RULE}\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str(&format!("{END}{label}{RULE}\n"));
    pem
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(der in prop::collection::vec(any::<u8>(), 0..200)) {
            let pem = format!("Bag Attributes\r\n{}\ntext", write("X", &der)).replace('\n', "\r\n");
            let sections = sections(pem.as_bytes()).unwrap();
            prop_assert_eq!(sections.len(), 1);
            prop_assert_eq!(sections[0].label, "X");
            prop_assert_eq!(&*sections[0].der, &der);
        }
    }

    #[test]
    fn sections_that_are_not_whole_are_refused() {
        for (pem, count) in [
            ("", Some(0)),
            ("text", Some(0)),
            (
                "-----BEGIN A-----\nAAAA\n-----END A-----\n-----BEGIN B-----\n-----END B-----",
                Some(2),
            ),
            ("-----BEGIN A-----\nAAAA\n", None),
            ("-----BEGIN A-----\nAAAA\n-----END B-----", None),
            ("-----BEGIN A-----\nAA*A\n-----END A-----", None),
            (
                "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END A-----",
                None,
            ),
            ("-----BEGIN A", None),
        ] {
            let read = sections(pem.as_bytes());
            assert_eq!(read.map(|sections| sections.len()), count, "{pem}");
        }
        assert!(sections(&[0xff]).is_none());
    }
}
