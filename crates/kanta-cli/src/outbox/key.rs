//! The keys under which the queue keeps documents, from a file: a key on the command line would be seen by everybody.

use std::path::PathBuf;

use kanta_client::outbox::{Encryption, EncryptionKey};
use zeroize::Zeroizing;

use crate::error::{About, Failure};
use crate::input::Input;
use crate::setup::Setup;

const BYTES: usize = 32;
const SHAPE: &str = "a line is a name and a key of 64 hexadecimal digits, such as `printf \"2026-1 %s\\n\" $(openssl rand -hex 32)` writes";

/// Reads keys, one a line: the first encrypts, the others can still decrypt what is there.
pub(crate) fn read(file: Option<&PathBuf>, setup: &Setup) -> Result<Encryption, Failure> {
    let Some(file) = file else {
        return Ok(Encryption::default());
    };
    let input = Input::Path(file.clone());
    let bytes = Zeroizing::new(setup.inputs.settings(&input)?);
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| wrong(0))
        .about(&input)?;
    parse(text).about(&input)
}

fn parse(text: &str) -> Result<Encryption, Failure> {
    let mut keys = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, digits) = line
            .trim()
            .split_once(char::is_whitespace)
            .ok_or_else(|| wrong(number))?;
        let key = hexadecimal(digits.trim()).ok_or_else(|| wrong(number))?;
        keys.push(EncryptionKey::new(name, &key));
    }
    let mut keys = keys.into_iter();
    let first = keys.next().ok_or_else(|| wrong(0))?;
    Ok(keys.fold(Encryption::with(first), Encryption::and_older))
}

/// Never shows what stands in the line.
fn wrong(line: usize) -> Failure {
    let place = match line {
        0 => "there is no key".to_owned(),
        line => format!("line {line} has no key"),
    };
    Failure::unusable(format!("{place}: {SHAPE} [KANTA-CLI-OUTBOX-KEY]"))
}

fn hexadecimal(digits: &str) -> Option<Zeroizing<[u8; BYTES]>> {
    let mut key = Zeroizing::new([0; BYTES]);
    if digits.len() != 2 * BYTES || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in key.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&digits[at..at + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_a_wrong_line_is_told_without_showing_it() {
        let key = "0f".repeat(BYTES);
        let keys = parse(&format!("# ours\nnew {key}\n\nold\t{key}\n")).unwrap();
        let shown = format!("{keys:?}");
        assert!(
            shown.contains("EncryptionKey(new)") && shown.contains("EncryptionKey(old)"),
            "{shown}"
        );
        for (text, place) in [
            ("", "there is no key"),
            ("new\n", "line 1"),
            (&format!("a {key}\nsecret {}g\n", &key[1..]), "line 2"),
            (&format!("secret {key}0\n"), "line 1"),
        ] {
            let told = parse(text).unwrap_err().to_string();
            assert!(
                told.contains(place) && told.contains("KANTA-CLI-OUTBOX-KEY"),
                "{told}"
            );
            assert!(!told.contains("secret") && !told.contains("0f0f"), "{told}");
        }
    }
}
