//! The provider of cryptography: `ring`, or `aws-lc-rs` where the feature of that name is on.

#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) use ring::{digest, error, rand, rsa, signature};
#[cfg(not(feature = "aws-lc-rs"))]
pub(crate) use webpki::ring as path;

#[cfg(feature = "aws-lc-rs")]
pub(crate) use aws_lc_rs::{digest, error, rand, rsa, signature};
#[cfg(feature = "aws-lc-rs")]
pub(crate) use webpki::aws_lc_rs as path;

/// Makes a key pair of a private number and the public point that belongs to it.
pub(crate) fn ecdsa_pair(
    algorithm: &'static signature::EcdsaSigningAlgorithm,
    private: &[u8],
    public: &[u8],
) -> Result<signature::EcdsaKeyPair, error::KeyRejected> {
    #[cfg(not(feature = "aws-lc-rs"))]
    {
        let random = rand::SystemRandom::new();
        signature::EcdsaKeyPair::from_private_key_and_public_key(
            algorithm, private, public, &random,
        )
    }
    #[cfg(feature = "aws-lc-rs")]
    {
        signature::EcdsaKeyPair::from_private_key_and_public_key(algorithm, private, public)
    }
}
