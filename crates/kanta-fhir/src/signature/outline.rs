//! A bundle as signing sees it: its entries and its signature, as they are written.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The members of a bundle that signing looks at.
#[derive(Deserialize)]
pub(super) struct Outline<'a> {
    #[serde(borrow, default)]
    pub(super) entry: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) signature: Option<&'a RawValue>,
}

/// Returns the bytes without a member of the outermost object, whose value is given as a part of the same bytes.
pub(super) fn without_member(json: &[u8], value: &RawValue) -> Option<Vec<u8>> {
    let start = (value.get().as_ptr() as usize).checked_sub(json.as_ptr() as usize)?;
    let end = start + value.get().len();
    let before = json.get(..start)?.trim_ascii_end().strip_suffix(b":")?;
    let before = before
        .trim_ascii_end()
        .strip_suffix(b"\"signature\"")?
        .trim_ascii_end();
    let after = json.get(end..)?;
    // A comma goes with the member: the one before it, or the one behind when it is the first.
    let (before, after) = match before.strip_suffix(b",") {
        Some(before) => (before, after),
        None => (before, after.trim_ascii_start().strip_prefix(b",")?),
    };
    Some([before, after].concat().trim_ascii().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_cut_out_of_the_bytes_wherever_it_stands() {
        for (json, bare) in [
            (r#"{"a":1,"signature":{"x":[]}}"#, r#"{"a":1}"#),
            (
                r#"{ "a" : 1 , "signature" : {} , "b":2 }"#,
                r#"{ "a" : 1  , "b":2 }"#,
            ),
            (
                r#"{"signature":{},"b":{"signature":{}}}"#,
                r#"{"b":{"signature":{}}}"#,
            ),
        ] {
            let outline: Outline<'_> = serde_json::from_str(json).unwrap();
            let cut = without_member(json.as_bytes(), outline.signature.unwrap()).unwrap();
            assert_eq!(String::from_utf8(cut).unwrap(), bare);
        }
    }
}
