//! A signed document.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use kanta_core::PersonalIdentityCode;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::Spec;
use kanta_xml::{Limits, Tree};

use super::error::SigningError;
use super::verdict::DocumentVerification;
use super::verify::verify_tree;
use crate::{ClinicalDocument, ReadError, holds_real_person};

/// A signed document whose signature was verified; its bytes never change.
///
/// ```compile_fail
/// fn edit(document: &mut kanta_cda::Signed) {
///     document.as_xml()[0] = b'x';
/// }
/// ```
///
/// A draft cannot be taken for a signed document:
///
/// ```compile_fail
/// fn send(document: kanta_cda::Signed) {}
/// fn too_early(draft: kanta_cda::Draft) {
///     send(draft);
/// }
/// ```
#[derive(Clone)]
pub struct Signed {
    pub(super) metadata: Arc<DocumentMetadata>,
    pub(super) xml: Bytes,
    pub(super) verification: DocumentVerification,
    /// Where the body stands, when it was looked through for identity codes of real people.
    pub(super) looked_through: Option<Range<usize>>,
}

impl Signed {
    /// Takes up a signed document that was written earlier, with exactly its bytes, after verifying its signatures.
    ///
    /// # Errors
    /// [`SigningError`] when it cannot be read or a signature is not valid.
    pub fn from_bytes(
        bytes: impl Into<Bytes>,
        spec: &Spec,
        limits: &Limits,
    ) -> Result<Self, SigningError> {
        let bytes = bytes.into();
        let document = ClinicalDocument::read(&bytes, spec, limits)?;
        let tree = Tree::parse(&bytes, limits).map_err(ReadError::from)?;
        let verification = verify_tree(&tree, spec);
        if !verification.is_valid() {
            return Err(SigningError::DoesNotVerify(verification.first_problem()));
        }
        drop(tree);
        Ok(Self {
            metadata: Arc::new(document.metadata().clone()),
            xml: bytes,
            verification,
            looked_through: None,
        })
    }

    /// Returns the signed document.
    #[must_use]
    pub fn as_xml(&self) -> &[u8] {
        &self.xml
    }

    /// Returns the signed document without copying it.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.xml.clone()
    }

    /// Returns the metadata.
    #[must_use]
    pub fn metadata(&self) -> &DocumentMetadata {
        &self.metadata
    }

    /// Returns whether it holds an identity code that a real person can have, as [`holds_real_person`] does.
    ///
    /// The body of a document that was written in this process and checked outside production was looked through then; of
    /// such a one only what stands around the body is looked at.
    #[must_use]
    pub fn holds_real_person(&self) -> bool {
        let has_real = PersonalIdentityCode::has_real;
        match &self.looked_through {
            Some(body) => has_real(&self.xml[..body.start]) || has_real(&self.xml[body.end..]),
            // It was read within its own limits before; here nothing may be passed over for its size.
            None => holds_real_person(&self.xml, &Limits::default().with_max_bytes(usize::MAX)),
        }
    }

    /// Returns what its signatures were found to cover.
    #[must_use]
    pub fn verification(&self) -> &DocumentVerification {
        &self.verification
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("id", &self.metadata.id)
            .field("kind", &self.metadata.kind)
            .field("bytes", &self.xml.len())
            .finish_non_exhaustive()
    }
}
