//! Passing over long texts, without a branch for each byte.

/// So many bytes are looked at together.
const BLOCK: usize = 64;

/// Returns how many bytes come before the first block with a special byte, or what is left after the last whole block.
#[inline]
pub(crate) fn plain(bytes: &[u8], is_special: impl Fn(u8) -> bool) -> usize {
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let has_special = |block: &[u8; BLOCK]| {
        let bytes = block.iter();
        bytes.fold(false, |found, byte| found | is_special(*byte))
    };
    blocks
        .iter()
        .take_while(|block| !has_special(block))
        .count()
        * BLOCK
}
