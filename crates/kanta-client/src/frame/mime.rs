//! The MIME text that carries a document inside a frame.
//!
//! The layout is the patient archive's of 2017; for social care it is an inference (patient frames), so the spec bundle
//! names it `mime-base64` with that status.

use base64_simd::{AsOut, STANDARD};
use kanta_core::Oid;

const BOUNDARY: &str = "----=_Part_1";
const LINE: usize = 76;

/// A content that is not in the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MimeError {
    /// There is no boundary, or no part between boundaries.
    #[error("the content is not a MIME multipart text")]
    NotMultipart,
    /// A part is in another encoding than Base64.
    #[error("a part of the content is not in Base64")]
    Encoding,
}

/// Returns how many bytes [`append_part`] appends for a document of so many bytes, without its headers.
pub(super) fn part_length(document: usize) -> usize {
    let encoded = document.div_ceil(3) * 4;
    encoded + encoded.div_ceil(LINE)
}

/// Appends one document as a multipart text, escaped for XML: ready to stand inside an element.
pub fn append_part(content_id: &Oid, document: &[u8], text: &mut Vec<u8>) {
    text.extend_from_slice(
        format!(
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"{BOUNDARY}\"\n\n--{BOUNDARY}\n\
             Content-Type: text/xml; charset=UTF-8\nContent-Transfer-Encoding: BASE64\n\
             Content-ID: &lt;{content_id}&gt;\n\n"
        )
        .as_bytes(),
    );
    append_lines(document, text);
    text.extend_from_slice(format!("--{BOUNDARY}--\n").as_bytes());
}

/// Appends Base64 in lines. A block of lines at a time is encoded where it stays near, and copied line by line.
fn append_lines(document: &[u8], text: &mut Vec<u8>) {
    const LINES: usize = 32;
    text.reserve(part_length(document.len()));
    let mut block = [0; LINES * LINE];
    for bytes in document.chunks(LINES * LINE / 4 * 3) {
        let encoded: &[u8] = STANDARD.encode(bytes, block.as_mut_slice().as_out());
        let (lines, rest) = encoded.as_chunks::<LINE>();
        for line in lines {
            text.extend_from_slice(line);
            text.push(b'\n');
        }
        if !rest.is_empty() {
            text.extend_from_slice(rest);
            text.push(b'\n');
        }
    }
}

/// Reads all parts of a multipart text.
pub(super) fn read_parts(text: &str) -> Result<Vec<Vec<u8>>, MimeError> {
    let boundary = boundary(text).ok_or(MimeError::NotMultipart)?;
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut part: Option<Vec<&str>> = None;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        match line.strip_prefix(&delimiter) {
            Some("" | "--") => {
                if let Some(lines) = part.take() {
                    parts.push(read_part(&lines)?);
                }
                if line == delimiter {
                    part = Some(Vec::new());
                } else {
                    return if parts.is_empty() {
                        Err(MimeError::NotMultipart)
                    } else {
                        Ok(parts)
                    };
                }
            }
            _ => {
                if let Some(lines) = &mut part {
                    lines.push(line);
                }
            }
        }
    }
    Err(MimeError::NotMultipart)
}

fn boundary(text: &str) -> Option<&str> {
    let headers = text.trim_start();
    let start = headers.to_ascii_lowercase().find("boundary=")? + "boundary=".len();
    let value = headers.get(start..)?;
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split(|c: char| c.is_whitespace() || c == ';').next(),
    }
    .filter(|boundary| !boundary.is_empty())
}

fn read_part(lines: &[&str]) -> Result<Vec<u8>, MimeError> {
    let end_of_headers = lines
        .iter()
        .position(|line| line.is_empty())
        .ok_or(MimeError::NotMultipart)?;
    let (headers, body) = lines.split_at(end_of_headers);
    let is_base64 = headers.iter().any(|header| {
        header.split_once(':').is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("Content-Transfer-Encoding")
                && value.trim().eq_ignore_ascii_case("base64")
        })
    });
    if !is_base64 {
        return Err(MimeError::Encoding);
    }
    let base64: String = body.iter().map(|line| line.trim()).collect();
    STANDARD
        .decode_to_vec(base64.as_bytes())
        .map_err(|_| MimeError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(document: &[u8]) -> String {
        let mut text = b"before ".to_vec();
        append_part(&Oid::parse("2.999.1").unwrap(), document, &mut text);
        let text = String::from_utf8(text).unwrap();
        let text = text.strip_prefix("before ").unwrap();
        assert!(text.contains("Content-ID: &lt;2.999.1&gt;"));
        text.replace("&lt;", "<").replace("&gt;", ">")
    }

    #[test]
    fn what_is_written_is_read() {
        for document in [
            &b""[..],
            b"<a/>",
            &[0xff; 500],
            &[1; 57],
            &[2; 58],
            &[3; 114],
            &[4; 57 * 32],
            &[5; 57 * 33 + 1],
            &[6; 57 * 64 - 1],
        ] {
            let text = written(document);
            let lines = text
                .lines()
                .skip(8)
                .take_while(|line| !line.starts_with("--"));
            assert_eq!(
                lines.map(|line| line.len() + 1).sum::<usize>(),
                part_length(document.len())
            );
            assert_eq!(read_parts(&text).unwrap(), [document.to_vec()]);
            assert_eq!(
                read_parts(&text.replace('\n', "\r\n")).unwrap(),
                [document.to_vec()]
            );
        }
        assert!(written(&[7; 500]).lines().all(|line| line.len() <= 80));
    }

    #[test]
    fn other_texts_are_refused() {
        let good = written(b"<a/>");
        for (text, error) in [
            (String::new(), MimeError::NotMultipart),
            ("boundary=\"\"".into(), MimeError::NotMultipart),
            (good.replace("--\n", "\n"), MimeError::NotMultipart),
            (good.replace("BASE64", "8bit"), MimeError::Encoding),
            (good.replace("PGEvPg==", "PGEvPg="), MimeError::Encoding),
            (good.replace("\n\nPG", "\nPG"), MimeError::NotMultipart),
        ] {
            assert_eq!(read_parts(&text), Err(error), "{text}");
        }
    }
}
