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

/// The least and the greatest byte, many bytes at a time; of none, what is between all.
#[inline]
pub(crate) fn extremes(bytes: &[u8]) -> (u8, u8) {
    let wider = |(least, greatest): (u8, u8), &byte: &u8| (least.min(byte), greatest.max(byte));
    bytes.iter().fold((u8::MAX, 0), wider)
}

/// The index of the first byte before which a value in double quotes is the same in canonical form: `"`, `<`, `&` or a
/// control. The length when there is none.
#[inline]
pub(crate) fn end_of_plain_value(bytes: &[u8]) -> usize {
    find_in_words(bytes, |word| {
        equal_to(word, b'<')
            // The two differ by one bit.
            | equal_to(word | repeated(b'"' ^ b'&'), b'"' | b'&')
            | below_space(word)
    })
}

/// The index of the first byte before which text is the same in canonical form: `<`, `>`, `&` or carriage return. The
/// length when there is none.
#[inline]
pub(crate) fn end_of_plain_text(bytes: &[u8]) -> usize {
    find_in_words(bytes, |word| {
        // The two differ by one bit.
        equal_to(word | repeated(b'<' ^ b'>'), b'<' | b'>')
            | equal_to(word, b'&')
            | equal_to(word, b'\r')
    })
}

/// The index of the first byte that is no letter and no digit of ASCII, or the length: mostly the end of a name, or of its
/// prefix.
#[inline]
pub(crate) fn end_of_letters_and_digits(bytes: &[u8]) -> usize {
    const PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            plain[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        plain
    };
    let is_other = |&byte: &u8| !PLAIN[usize::from(byte)];
    bytes.iter().position(is_other).unwrap_or(bytes.len())
}

/// The index of the first special byte, or the length, eight bytes at a time: for short runs, where a call costs more than
/// it saves. `special` sets the high bit of special bytes, and may be wrong about those behind the first.
#[inline]
fn find_in_words(bytes: &[u8], special: impl Fn(u64) -> u64) -> usize {
    let mut start = 0;
    while let Some(word) = bytes.get(start..).and_then(<[u8]>::first_chunk) {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            return start + found.trailing_zeros() as usize / 8;
        }
        start += 8;
    }
    let rest = bytes.get(start..).unwrap_or_default();
    let mut last = [b'a'; 8];
    last[..rest.len()].copy_from_slice(rest);
    let found = special(u64::from_le_bytes(last));
    bytes.len().min(start + found.trailing_zeros() as usize / 8)
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

/// Whether two short runs are equal: names and namespaces, for which a call costs more than comparing.
#[inline]
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let (left_words, left_rest) = left.as_chunks();
    let (right_words, right_rest) = right.as_chunks();
    let word = |bytes: &[u8; 8]| u64::from_ne_bytes(*bytes);
    let words_are = left_words
        .iter()
        .zip(right_words)
        .all(|(left, right)| word(left) == word(right));
    words_are && left_rest.iter().eq(right_rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_ends_what_it_ends() {
        for length in 0..40 {
            for index in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'x'; length];
                    bytes[index] = byte;
                    let check = |end: usize, ends: bool| {
                        let expected = if ends { index } else { length };
                        assert_eq!(end, expected, "{byte} at {index} of {length}");
                    };
                    let ends_value = byte < b' ' || b"\"<&".contains(&byte);
                    check(end_of_plain_value(&bytes), ends_value);
                    check(end_of_plain_text(&bytes), b"<>&\r".contains(&byte));
                    check(
                        end_of_letters_and_digits(&bytes),
                        !byte.is_ascii_alphanumeric(),
                    );
                }
            }
        }
    }

    #[test]
    fn a_difference_at_every_place_is_one() {
        for length in 0..20 {
            let bytes = vec![b'a'; length];
            assert!(same(&bytes, &bytes.clone()));
            assert!(!same(&bytes, &vec![b'a'; length + 1]));
            for index in 0..length {
                let mut other = bytes.clone();
                other[index] = b'b';
                assert!(!same(&bytes, &other), "{index} of {length}");
            }
        }
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
