use super::*;
use rcgen::{
    CertificateParams, KeyPair as Pair, PKCS_ECDSA_P256_SHA256, SignatureAlgorithm as Kind,
};
use std::io::Write;
use std::process::{Command, Stdio};

fn certificate(pair: &Pair) -> String {
    CertificateParams::default()
        .self_signed(pair)
        .unwrap()
        .pem()
}

/// A signer with a new key of a kind.
pub(crate) fn signer(kind: &'static Kind) -> SoftwareSigner {
    let pair = Pair::generate_for(kind).unwrap();
    let certificate = certificate(&pair);
    SoftwareSigner::from_pem(pair.serialize_pem().as_bytes(), certificate.as_bytes()).unwrap()
}

/// Runs openssl with PEM on its standard input, or says loudly that it is not there.
pub(crate) fn openssl(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("SKIPPED: openssl is not installed");
        return None;
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(output.stdout)
}

/// A certificate of a day that openssl signs with the key itself.
pub(crate) fn self_signed(key: &[u8], subject: &str) -> Vec<u8> {
    let request = ["req", "-new", "-x509", "-key", "/dev/stdin", "-days", "1"];
    let named = [&request[..], &["-utf8", "-subj", subject]].concat();
    openssl(&named, key).expect("openssl made the key")
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (one, other) = (Pair::generate().unwrap(), Pair::generate().unwrap());
    let refused = SoftwareSigner::from_pem(
        one.serialize_pem().as_bytes(),
        certificate(&other).as_bytes(),
    );
    assert_eq!(refused.unwrap_err(), SignerError::Pair);
}

#[test]
fn what_is_no_key_is_refused() {
    let pair = Pair::generate().unwrap();
    let certificate = certificate(&pair);
    for key in [
        "",
        "nonsense",
        certificate.as_str(),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----",
    ] {
        let refused = SoftwareSigner::from_pem(key.as_bytes(), certificate.as_bytes());
        assert!(matches!(refused, Err(SignerError::Key(_))), "{key}");
    }
    let refused = SoftwareSigner::from_pem(pair.serialize_pem().as_bytes(), b"");
    assert!(matches!(refused, Err(SignerError::Certificate(_))));
}

#[test]
fn certificates_after_the_first_are_the_chain() {
    let (own, other) = (Pair::generate().unwrap(), Pair::generate().unwrap());
    let pem = format!("{}text\n{}", certificate(&own), certificate(&other));
    let signer = SoftwareSigner::from_pem(own.serialize_pem().as_bytes(), pem.as_bytes()).unwrap();
    assert_eq!(signer.chain().len(), 1);
    assert!(!format!("{signer:?}").contains("Ecdsa"));
}

/// Every form in which openssl writes a key, encrypted or not, and RSA of every length.
#[test]
fn keys_of_openssl_are_read_and_sign() {
    let Some(rsa_3072) = openssl(&["genrsa", "3072"], b"") else {
        return;
    };
    let rsa_2048 = openssl(&["genrsa", "-traditional", "2048"], b"").unwrap();
    let p384 = openssl(&["ecparam", "-name", "secp384r1", "-genkey", "-noout"], b"").unwrap();
    let p256 = Pair::generate_for(&PKCS_ECDSA_P256_SHA256)
        .unwrap()
        .serialize_pem()
        .into_bytes();
    for (key, algorithms) in [(rsa_3072, 6), (rsa_2048, 6), (p384, 1), (p256, 1)] {
        let certificate = self_signed(&key, "/CN=t");
        let plain = SoftwareSigner::from_pem(&key, &certificate).unwrap();
        assert_eq!(plain.algorithms().len(), algorithms);
        assert_eq!(crate::test_kit::check_signer(&plain), [] as [String; 0]);
        for arguments in [
            &["pkcs8", "-topk8", "-nocrypt"][..],
            &["pkcs8", "-topk8", "-passout", "pass:secret"],
            &[
                "pkcs8",
                "-topk8",
                "-passout",
                "pass:secret",
                "-v2",
                "aes128",
            ],
            &["pkcs8", "-topk8", "-passout", "pass:secret", "-scrypt"],
        ] {
            let stored = openssl(arguments, &key).unwrap();
            let read = SoftwareSigner::from_encrypted_pem(&stored, b"secret", &certificate);
            let octets = ToBeSigned::new(b"octets", plain.algorithms()[0]);
            let value = read.unwrap().sign(&octets).unwrap();
            let verifies = octets.algorithm().verifies(
                plain.certificate().public_key(),
                b"octets",
                value.as_bytes(),
            );
            assert!(verifies, "{arguments:?}");
            if arguments.contains(&"-passout") {
                let refused = SoftwareSigner::from_encrypted_pem(&stored, b"wrong", &certificate);
                assert_eq!(refused.unwrap_err(), SignerError::Password);
                let refused = SoftwareSigner::from_pem(&stored, &certificate);
                assert_eq!(refused.unwrap_err(), SignerError::Password);
            }
        }
    }
}

#[test]
fn a_key_of_another_length_is_refused_with_a_reason() {
    let Some(short) = openssl(&["genrsa", "1024"], b"") else {
        return;
    };
    let certificate = self_signed(&short, "/CN=t");
    let refused = SoftwareSigner::from_pem(&short, &certificate).unwrap_err();
    assert!(refused.to_string().contains("2048"), "{refused}");
}

/// Files that openssl makes, with new and old encryption of the container.
#[cfg(feature = "pkcs12")]
#[test]
fn a_pkcs12_file_is_opened() {
    let Some(key) = openssl(&["genrsa", "2048"], b"") else {
        return;
    };
    let certificate = self_signed(&key, "/CN=t");
    let both = [key, certificate.clone()].concat();
    for arguments in [
        &["pkcs12", "-export", "-passout", "pass:salasana"][..],
        &[
            "pkcs12",
            "-export",
            "-passout",
            "pass:salasana",
            "-keypbe",
            "AES-256-CBC",
            "-certpbe",
            "AES-128-CBC",
        ],
    ] {
        let file = openssl(arguments, &both).unwrap();
        let signer = SoftwareSigner::from_pkcs12(&file, "salasana").unwrap();
        assert_eq!(
            *signer.certificate(),
            Certificate::from_pem(&certificate).unwrap()
        );
        assert_eq!(crate::test_kit::check_signer(&signer), [] as [String; 0]);
        assert!(SoftwareSigner::from_pkcs12(&file, "wrong").is_err());
        assert!(SoftwareSigner::from_pkcs12(&file[..100], "salasana").is_err());
    }
}
