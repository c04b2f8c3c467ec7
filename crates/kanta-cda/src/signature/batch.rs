//! Signing many documents in one session of a key.

use kanta_core::spec::Spec;
use kanta_sign::{Signer, SignerError};

use super::error::SigningError;
use super::options::SignOptions;
use super::prepare::Preparation;
use super::signed::Signed;
use crate::Valid;

/// Signs many documents with one key, one after the other, and tells of each.
///
/// The result has as many items as there are documents, in their order. A document that cannot be signed does not keep the
/// others from it, with one exception: when the key itself is out of use (a wrong PIN, a card that was taken away, nobody
/// to confirm), it is not asked again, since wrong tries lock cards; the rest comes back as
/// [`SigningError::NotAsked`], with retry advice, and can be signed later. `progress` hears of each document when it is
/// done: its place from 0, and how it went.
pub fn sign_all<'v>(
    documents: impl IntoIterator<Item = (&'v Valid, SignOptions)>,
    signer: &dyn Signer,
    spec: &Spec,
    progress: &mut dyn FnMut(usize, &Result<Signed, SigningError>),
) -> Vec<Result<Signed, SigningError>> {
    let mut out_of_use: Option<SignerError> = None;
    let mut results = Vec::new();
    for (index, (document, options)) in documents.into_iter().enumerate() {
        let result = match &out_of_use {
            Some(error) => Err(SigningError::NotAsked(error.clone())),
            None => sign_one(document, options, signer, spec),
        };
        if let Err(SigningError::Signer(error)) = &result
            && error.ends_session()
        {
            out_of_use = Some(error.clone());
        }
        progress(index, &result);
        results.push(result);
    }
    results
}

fn sign_one(
    document: &Valid,
    options: SignOptions,
    signer: &dyn Signer,
    spec: &Spec,
) -> Result<Signed, SigningError> {
    Preparation::for_signer(signer, options, spec)?
        .of_valid(document)?
        .sign(signer)
}
