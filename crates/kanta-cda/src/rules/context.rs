//! What a check may know beside the document.

use std::sync::Arc;

use kanta_core::metadata::DocumentMetadata;

use crate::PdfInspector;
use crate::structure::Structure;

/// What a check knows beside the document itself; nothing of it is needed.
///
/// A structure, or an optional one, is a context of its own: `draft.check(&structure, &spec)`.
#[derive(Clone, Copy, Default)]
pub struct CheckContext<'c> {
    pub(crate) structure: Option<&'c Structure>,
    pub(crate) pdf_inspector: Option<&'c dyn PdfInspector>,
    pub(crate) previous: Option<&'c DocumentMetadata>,
    pub(crate) received: bool,
}

impl<'c> CheckContext<'c> {
    /// Checks the content against a structure; without one it stays unchecked, which is a warning.
    #[must_use]
    pub fn with_structure(mut self, structure: &'c Structure) -> Self {
        self.structure = Some(structure);
        self
    }

    /// Lets a real judge look at a PDF.
    #[must_use]
    pub fn with_pdf_inspector(mut self, inspector: &'c dyn PdfInspector) -> Self {
        self.pdf_inspector = Some(inspector);
        self
    }

    /// Checks the chain against the version before.
    #[must_use]
    pub fn with_previous(mut self, previous: &'c DocumentMetadata) -> Self {
        self.previous = Some(previous);
        self
    }

    /// Tells that the document came from elsewhere: then its arrival mode and its sender are mandatory.
    #[must_use]
    pub fn received(mut self) -> Self {
        self.received = true;
        self
    }
}

impl<'c> From<&'c Structure> for CheckContext<'c> {
    fn from(structure: &'c Structure) -> Self {
        Self::default().with_structure(structure)
    }
}

impl<'c> From<&'c Arc<Structure>> for CheckContext<'c> {
    fn from(structure: &'c Arc<Structure>) -> Self {
        Self::from(structure.as_ref())
    }
}

impl<'c> From<Option<&'c Structure>> for CheckContext<'c> {
    fn from(structure: Option<&'c Structure>) -> Self {
        Self {
            structure,
            ..Self::default()
        }
    }
}

impl std::fmt::Debug for CheckContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckContext")
            .field("structure", &self.structure.map(Structure::oid))
            .field("pdf_inspector", &self.pdf_inspector.is_some())
            .field("previous", &self.previous)
            .field("received", &self.received)
            .finish()
    }
}
