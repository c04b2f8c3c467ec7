//! Looking for the first special byte, many bytes at a time.

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

#[cfg(test)]
mod tests {
    use super::*;

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
