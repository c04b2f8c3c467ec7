//! Whether a signature that does not verify would do so without white space between elements: a diagnostic, never a pass.

use kanta_xml::{Limits, Token, Tokens, Tree};

/// The document without text that is only white space, and without comments; what published copies of signed documents
/// were before they were indented (test messages, `[V]`). `None` when there is nothing to take out.
pub(super) fn without_blank_text(document: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    let mut tokens = Tokens::new(document, limits).ok()?;
    let mut stripped = Vec::with_capacity(document.len());
    let mut done = 0;
    while let Some(token) = tokens.next().ok()? {
        let is_blank = match &token {
            Token::Text { text, .. } => text
                .bytes()
                .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')),
            Token::Comment { .. } => true,
            _ => false,
        };
        if is_blank {
            let span = token.span();
            stripped.extend_from_slice(document.get(done..span.start)?);
            done = span.end;
        }
    }
    stripped.extend_from_slice(document.get(done..)?);
    (stripped.len() < document.len()).then_some(stripped)
}

/// Whether the same signatures verify in the document without that text.
pub(super) fn would_verify(tree: &Tree<'_>, is_valid: impl FnOnce(&Tree<'_>) -> bool) -> bool {
    without_blank_text(tree.input(), tree.limits())
        .and_then(|stripped| {
            let tree = Tree::parse(&stripped, tree.limits()).ok()?;
            Some(is_valid(&tree))
        })
        .unwrap_or(false)
}
