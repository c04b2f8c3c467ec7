//! No real person's identity code leaves the process outside production.

use kanta_core::PersonalIdentityCode;
use kanta_core::spec::{Environment, Spec};

use super::FrameError;

/// Text runs from this length on are tried as Base64: the forms of a document in its body.
const LONG_RUN: usize = 256;

/// Returns whether messages of this environment may speak of artificial people only.
pub(crate) fn applies(spec: &Spec) -> bool {
    spec.environment() != Environment::Production
}

/// Refuses bytes that hold a real person's identity code.
pub(crate) fn refuse_real_people(bytes: &[u8]) -> Result<(), FrameError> {
    if PersonalIdentityCode::has_real(bytes) {
        Err(FrameError::RealPerson)
    } else {
        Ok(())
    }
}

/// Refuses a document that holds a real person's identity code in its header or in the decoded forms of its body.
pub(crate) fn refuse_real_people_in_document(xml: &[u8]) -> Result<(), FrameError> {
    let body = memchr::memmem::find(xml, b"nonXMLBody").unwrap_or(0);
    let (header, body) = xml.split_at(body);
    refuse_real_people(header)?;
    let mut unseen = body;
    let mut rest = body;
    while let Some(tag_end) = memchr::memchr(b'>', rest) {
        rest = &rest[tag_end + 1..];
        let run = &rest[..memchr::memchr(b'<', rest).unwrap_or(rest.len())];
        if run.len() >= LONG_RUN
            && let Ok(decoded) = base64_simd::STANDARD.decode_to_vec(run.trim_ascii())
        {
            refuse_real_people(&unseen[..unseen.len() - rest.len()])?;
            refuse_real_people(&decoded)?;
            unseen = &rest[run.len()..];
        }
        rest = &rest[run.len()..];
    }
    refuse_real_people(unseen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_headers_and_in_encoded_forms() {
        // A code of a real form with an individual number below 900; the person is as fictional as the date is absurd.
        let real = real_code();
        let artificial = "090514A9226";
        let document = |header: &str, body: &str| {
            let padded = format!("{{\"x\": \"{body}\", \"y\": \"{}\"}}", "z".repeat(400));
            let encoded = base64_simd::STANDARD.encode_to_string(padded.as_bytes());
            format!("<d><id extension=\"{header}\"/><json>\n {encoded}\n</json><end/></d>")
        };
        let refused = |text: String| refuse_real_people_in_document(text.as_bytes()).is_err();
        assert!(!refused(document(artificial, artificial)));
        assert!(refused(document(&real, artificial)));
        assert!(refused(document(artificial, &real)));
        assert!(refused(format!(
            "{}<x>{real}</x>",
            document(artificial, artificial)
        )));
        assert!(!refused(String::new()));
    }

    fn real_code() -> String {
        "0123456789ABCDEFHJKLMNPRSTUVWXY"
            .chars()
            .map(|check| format!("010100A002{check}"))
            .find(|code| PersonalIdentityCode::parse(code).is_ok())
            .unwrap()
    }
}
