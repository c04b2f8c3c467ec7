//! The XML declaration.

use crate::cursor::Cursor;
use crate::error::{ErrorKind, Fault};

/// Moves past the XML declaration if there is one; only version 1.0 and UTF-8 are accepted.
pub(crate) fn skip(cursor: &mut Cursor<'_>) -> Result<(), Fault> {
    let is_declaration = cursor.rest().starts_with("<?xml")
        && matches!(cursor.peek_at(5), Some(b' ' | b'\t' | b'\n' | b'\r'));
    if !is_declaration {
        return Ok(());
    }
    cursor.accept("<?xml");

    let version_offset = cursor.offset();
    match parameter(cursor, "version")? {
        Some("1.0") => {}
        Some(_) => return Err(Fault::new(ErrorKind::UnsupportedVersion, version_offset)),
        None => return Err(cursor.fault("the XML declaration has no version")),
    }
    let encoding_offset = cursor.offset();
    match parameter(cursor, "encoding")? {
        None => {}
        Some(encoding) if encoding.eq_ignore_ascii_case("UTF-8") => {}
        Some(_) => return Err(Fault::new(ErrorKind::UnsupportedEncoding, encoding_offset)),
    }
    match parameter(cursor, "standalone")? {
        None | Some("yes" | "no") => {}
        Some(_) => return Err(cursor.fault("standalone is neither yes nor no")),
    }
    cursor.skip_white_space();
    cursor.expect("?>", "the XML declaration is not closed")
}

/// The value of ` name = "value"` if that stands next; otherwise the cursor does not move.
fn parameter<'a>(cursor: &mut Cursor<'a>, name: &str) -> Result<Option<&'a str>, Fault> {
    let mut ahead = cursor.clone();
    let spaced = ahead.skip_white_space();
    if !ahead.accept(name) {
        return Ok(None);
    }
    if !spaced {
        return Err(ahead.fault("white space is missing in the XML declaration"));
    }
    ahead.skip_white_space();
    ahead.expect("=", "\"=\" is missing in the XML declaration")?;
    ahead.skip_white_space();
    let (value, _) = ahead.quoted()?;
    *cursor = ahead;
    Ok(Some(value))
}
