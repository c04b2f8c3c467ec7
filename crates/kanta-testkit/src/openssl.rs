//! Keys made by OpenSSL, for tokens and cards: the provider of cryptography here makes no RSA keys.

use std::ffi::OsStr;

use crate::tool::{self, ToolError};

/// A private key with its public half.
pub(crate) struct NewKey {
    /// PKCS#8 in PEM.
    pub(crate) pem: Vec<u8>,
    /// `RSAPrivateKey` or `ECPrivateKey` in DER.
    pub(crate) traditional: Vec<u8>,
    /// `SubjectPublicKeyInfo` in DER.
    pub(crate) public: Vec<u8>,
    pub(crate) is_rsa: bool,
}

impl NewKey {
    /// Makes a key of a kind as OpenSC writes it: `rsa:3072`, `EC:secp384r1`.
    pub(crate) fn generate(kind: &str) -> Result<Self, ToolError> {
        let (algorithm, size) = kind.split_once(':').unwrap_or((kind, ""));
        let option = if algorithm.eq_ignore_ascii_case("rsa") {
            format!("rsa_keygen_bits:{size}")
        } else {
            format!("ec_paramgen_curve:{size}")
        };
        let pem = openssl(
            &["genpkey", "-algorithm", algorithm, "-pkeyopt", &option],
            b"",
        )?;
        Ok(Self {
            traditional: openssl(&["pkey", "-traditional", "-outform", "DER"], &pem)?,
            public: openssl(&["pkey", "-pubout", "-outform", "DER"], &pem)?,
            is_rsa: algorithm.eq_ignore_ascii_case("rsa"),
            pem,
        })
    }
}

/// Runs OpenSSL with input and returns its output.
pub(crate) fn openssl(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, ToolError> {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    tool::run("openssl", &arguments, &[], input)
}
