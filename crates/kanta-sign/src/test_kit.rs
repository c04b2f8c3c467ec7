//! A suite that every signer must pass, for those who write one (feature `test-kit`).
//!
//! It asks the signer what the library will ask it, and some things that go wrong in the field: a value in the encoding of
//! TLS, an algorithm that is offered and not kept, a signer that is lost after a refusal, calls from several threads.
//!
//! ```
//! # fn check(signer: &dyn kanta_sign::Signer) {
//! let failures = kanta_sign::test_kit::check_signer(signer);
//! assert!(failures.is_empty(), "{failures:#?}");
//! # }
//! ```

use std::thread;

use crate::{Confirmation, PublicKey, SignatureAlgorithm, Signer, SignerError, ToBeSigned};

/// How many threads sign at once, and how often each.
const THREADS: usize = 4;
const EACH: usize = 3;

/// Checks a signer and returns what it does wrong, in English, one sentence each.
///
/// Signs about twenty times for each algorithm that is offered; a signer that asks a person for every signature is asked
/// once for each algorithm and once more.
#[must_use]
pub fn check_signer(signer: &dyn Signer) -> Vec<String> {
    let mut suite = Suite {
        signer,
        failures: Vec::new(),
    };
    suite.offers_what_the_key_can();
    suite.keeps_what_it_offers();
    suite.refuses_what_it_does_not_offer();
    if signer.confirmation() != Confirmation::EverySignature {
        suite.signs_from_several_threads();
    }
    suite.failures
}

struct Suite<'s> {
    signer: &'s dyn Signer,
    failures: Vec<String>,
}

impl Suite<'_> {
    fn fail(&mut self, failure: impl Into<String>) {
        self.failures.push(failure.into());
    }

    fn offers_what_the_key_can(&mut self) {
        let key = self.signer.certificate().public_key();
        let algorithms = self.signer.algorithms();
        if *key == PublicKey::Other {
            self.fail("the certificate's key is of a kind that nobody can verify with");
        }
        if algorithms.is_empty() {
            self.fail("no algorithm is offered");
        }
        for (index, algorithm) in algorithms.iter().enumerate() {
            if !algorithm.fits(key) {
                self.fail(format!(
                    "{algorithm:?} is offered and does not fit the certificate's key"
                ));
            }
            if !algorithm.is_for_signing() {
                self.fail(format!(
                    "{algorithm:?} is offered, which new signatures must not have"
                ));
            }
            if algorithms
                .get(..index)
                .unwrap_or_default()
                .contains(algorithm)
            {
                self.fail(format!("{algorithm:?} is offered twice"));
            }
        }
        if self.signer.chain().contains(self.signer.certificate()) {
            self.fail("the chain holds the signer's own certificate");
        }
    }

    fn keeps_what_it_offers(&mut self) {
        let many = vec![0x5a; 300_000];
        let all: [&[u8]; 6] = [b"octets", b"", b"a", &many[..55], &many[..64], &many];
        let octets = match self.signer.confirmation() {
            Confirmation::EverySignature => &all[..1],
            _ => &all[..],
        };
        for &algorithm in self.signer.algorithms() {
            for octets in octets {
                if let Err(failure) = signs(self.signer, octets, algorithm) {
                    self.fail(failure);
                }
            }
        }
    }

    fn refuses_what_it_does_not_offer(&mut self) {
        let offered = self.signer.algorithms();
        for algorithm in [
            SignatureAlgorithm::RsaSha1,
            SignatureAlgorithm::RsaSha256,
            SignatureAlgorithm::EcdsaP256Sha256,
            SignatureAlgorithm::EcdsaP384Sha384,
        ] {
            if offered.contains(&algorithm) {
                continue;
            }
            match self.signer.sign(&ToBeSigned::new(b"octets", algorithm)) {
                Err(SignerError::Algorithm(refused)) if refused == algorithm => {}
                Err(error) => self.fail(format!(
                    "{algorithm:?} is not offered, and refusing it says `{error}` and not that"
                )),
                Ok(_) => self.fail(format!("{algorithm:?} is not offered, yet it signs")),
            }
        }
        if let Some(&algorithm) = offered.first()
            && let Err(failure) = signs(self.signer, b"octets", algorithm)
        {
            self.fail(format!("after a refusal: {failure}"));
        }
    }

    fn signs_from_several_threads(&mut self) {
        let signer = self.signer;
        let Some(&algorithm) = signer.algorithms().first() else {
            return;
        };
        let failures: Vec<String> = thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|thread| {
                    scope.spawn(move || {
                        (0..EACH)
                            .filter_map(|turn| {
                                let octets = format!("thread {thread}, turn {turn}");
                                signs(signer, octets.as_bytes(), algorithm).err()
                            })
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| {
                    thread
                        .join()
                        .unwrap_or_else(|_| vec!["it panics".to_owned()])
                })
                .collect()
        });
        for failure in failures {
            self.fail(format!("from several threads: {failure}"));
        }
    }
}

/// Signs and verifies as a stranger would.
fn signs(signer: &dyn Signer, octets: &[u8], algorithm: SignatureAlgorithm) -> Result<(), String> {
    let what = format!("{algorithm:?} over {} bytes", octets.len());
    let value = signer
        .sign(&ToBeSigned::new(octets, algorithm))
        .map_err(|error| format!("{what}: it fails with `{error}`"))?;
    let key = signer.certificate().public_key();
    let length = match (algorithm.ecdsa_field_bytes(), key.rsa_bits()) {
        (Some(field), _) => 2 * field,
        (None, Some(bits)) => bits.div_ceil(8),
        (None, None) => 0,
    };
    if value.as_bytes().len() != length {
        return Err(format!(
            "{what}: the value has {} bytes where {length} are due (ECDSA: r and s side by side, no DER)",
            value.as_bytes().len()
        ));
    }
    if !algorithm.verifies(key, octets, value.as_bytes()) {
        return Err(format!(
            "{what}: the value does not verify with the certificate"
        ));
    }
    let mut other = octets.to_vec();
    other.push(0);
    if algorithm.verifies(key, &other, value.as_bytes()) {
        return Err(format!("{what}: the value verifies over other octets too"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
