//! The characters of a text that need a look: everything else is passed over in blocks, and near one eight bytes at a time.

use crate::blocks;

const ONES: u64 = u64::from_le_bytes([0x01; 8]);
const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);

/// Most texts are shorter: their end is looked for at once.
const NEAR: usize = 32;

/// Returns how many bytes come before the first quotation mark, backslash or control character.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    let near = bytes.get(..NEAR).unwrap_or(bytes);
    let length = by_words(near);
    if length < near.len() || near.len() == bytes.len() {
        return length;
    }
    let start = NEAR + blocks::plain(&bytes[NEAR..], is_special);
    start + by_words(&bytes[start..])
}

#[inline]
fn by_words(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let end = rest.iter().position(|byte| is_special(*byte));
    words.len() * 8 + end.unwrap_or(rest.len())
}

fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < 0x20)
}

/// Sets the high bit of bytes that are special. A byte above the lowest one set may be a false alarm, never the lowest.
#[inline]
fn special(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = zero(word ^ (ONES * b'"' as u64));
    let backslash = zero(word ^ (ONES * b'\\' as u64));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & HIGHS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one_by_one(bytes: &[u8]) -> usize {
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
        bytes.iter().position(special).unwrap_or(bytes.len())
    }

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255 {
            for place in 0..150 {
                let mut bytes = [b'a'; 150];
                bytes[place] = byte;
                assert_eq!(plain(&bytes), one_by_one(&bytes), "{byte} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn same_as_one_by_one(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(plain(&bytes), one_by_one(&bytes));
        }
    }
}
