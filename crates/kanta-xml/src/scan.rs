//! Looking for the first special byte, many bytes at a time.

const ONES: u64 = u64::MAX / 255;
const HIGH_BITS: u64 = ONES << 7;

/// The index of the first byte that `is_special` accepts.
///
/// Blocks are tested without a branch for each byte, so the compiler can test a block with vector instructions.
#[inline]
pub(crate) fn find(bytes: &[u8], is_special: impl Fn(u8) -> bool) -> Option<usize> {
    const BLOCK: usize = 16;
    let mut start = 0;
    for block in bytes.chunks(BLOCK) {
        let found = if block.len() == BLOCK {
            block
                .iter()
                .fold(false, |any, &byte| any | is_special(byte))
        } else {
            true
        };
        if found && let Some(index) = block.iter().position(|&byte| is_special(byte)) {
            return Some(start + index);
        }
        start += BLOCK;
    }
    None
}

/// Whether a byte below the space is among these, many bytes at a time: what most text has none of.
#[inline]
pub(crate) fn has_control(bytes: &[u8]) -> bool {
    bytes.iter().fold(u8::MAX, |least, &byte| least.min(byte)) < b' '
}

/// The index of the first byte before which a value in double quotes is the same in canonical form: `"`, `<`, `&` or a
/// control.
#[inline]
pub(crate) fn end_of_plain_value(bytes: &[u8]) -> Option<usize> {
    find_in_words(bytes, |word| {
        equal_to(word, b'<')
            // The two differ by one bit.
            | equal_to(word | repeated(b'"' ^ b'&'), b'"' | b'&')
            | below_space(word)
    })
}

/// The index of the first byte before which text is the same in canonical form: `<`, `>`, `&` or carriage return.
#[inline]
pub(crate) fn end_of_plain_text(bytes: &[u8]) -> Option<usize> {
    find_in_words(bytes, |word| {
        // The two differ by one bit.
        equal_to(word | repeated(b'<' ^ b'>'), b'<' | b'>')
            | equal_to(word, b'&')
            | equal_to(word, b'\r')
    })
}

/// The index of the first special byte, eight bytes at a time: for short runs, where a call costs more than it saves.
/// `special` sets the high bit of special bytes, and may be wrong about those behind the first.
#[inline]
fn find_in_words(bytes: &[u8], special: impl Fn(u64) -> u64) -> Option<usize> {
    let index_in = |word: [u8; 8]| {
        let found = special(u64::from_le_bytes(word));
        (found != 0).then_some(found.trailing_zeros() as usize / 8)
    };
    let (words, rest) = bytes.as_chunks();
    for (number, word) in words.iter().enumerate() {
        if let Some(index) = index_in(*word) {
            return Some(number * 8 + index);
        }
    }
    let mut last = [b'a'; 8];
    last[..rest.len()].copy_from_slice(rest);
    index_in(last).map(|index| words.len() * 8 + index)
}

const fn repeated(byte: u8) -> u64 {
    ONES * byte as u64
}

/// Marks the first byte that equals `byte`.
#[inline]
fn equal_to(word: u64, byte: u8) -> u64 {
    let difference = word ^ repeated(byte);
    difference.wrapping_sub(ONES) & !difference & HIGH_BITS
}

/// Marks the first byte below the space.
#[inline]
fn below_space(word: u64) -> u64 {
    word.wrapping_sub(repeated(b' ')) & !word & HIGH_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_ends_what_it_ends() {
        for length in 0..20 {
            for index in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'~'; length];
                    bytes[index] = byte;
                    let ends_value = byte < b' ' || b"\"<&".contains(&byte);
                    assert_eq!(
                        end_of_plain_value(&bytes),
                        ends_value.then_some(index),
                        "{byte} at {index} of {length}"
                    );
                    let ends_text = b"<>&\r".contains(&byte);
                    assert_eq!(
                        end_of_plain_text(&bytes),
                        ends_text.then_some(index),
                        "{byte} at {index} of {length}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_first_of_two_is_found() {
        assert_eq!(end_of_plain_value(b"ab\"c&\"<\n"), Some(2));
        assert_eq!(end_of_plain_value("ä\u{1}ö\"!!!".as_bytes()), Some(2));
        assert_eq!(end_of_plain_text(b"Aika>\r&<=%'"), Some(4));
    }

    #[test]
    fn finds_the_first_at_every_place() {
        for length in 0..100 {
            let mut bytes = vec![b'a'; length];
            assert_eq!(find(&bytes, |byte| byte == b'<'), None);
            for index in (0..length).rev() {
                bytes[index] = b'<';
                assert_eq!(find(&bytes, |byte| byte == b'<'), Some(index));
            }
        }
    }
}
