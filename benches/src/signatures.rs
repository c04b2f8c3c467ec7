//! `c14n-sha256`, `prepare-sign`, `sign`, `verify`: what a signature costs beside the hash and the bare operation of its key.

use base64_simd::STANDARD;
use kanta_client::cda::{SignOptions, SignatureVerifier};
use kanta_client::sign::{Certificate, DigestAlgorithm, SignatureAlgorithm, Signer, ToBeSigned};
use kanta_client::xml::canonical::{self, Options};
use kanta_client::xml::{Limits, Tree};

use crate::documents::{Desk, now};
use crate::harness::{Run, Unit, runner};
use crate::java_peer::{self, Peer};
use crate::sizes::SIZES;
use crate::strangers;

/// A foreign document: parsed, canonicalised and digested in one pass. The limit digests the canonical form alone.
pub(crate) fn c14n(run: &mut Run<'_>) {
    let desk = Desk::open();
    let limits = Limits::default();
    for size in SIZES {
        let document = desk.signed(size.bytes).as_xml().to_vec();
        let form = canonical::exclusive_to_vec(&document, &limits, &Options::default())
            .expect("a document of our own");
        run.race(
            size.name,
            Unit::MegabytesPerSecond(form.len()),
            vec![
                runner("ours", || {
                    let mut hasher = DigestAlgorithm::Sha256.hasher();
                    let options = Options::default();
                    canonical::exclusive(&document, &limits, &options, &mut |bytes| {
                        hasher.update(bytes);
                    })
                    .expect("a document of our own");
                    hasher.finish()
                }),
                runner("limit", || DigestAlgorithm::Sha256.digest(&form)),
                runner("c14n alone", || {
                    let mut count = 0;
                    let options = Options::default();
                    canonical::exclusive(&document, &limits, &options, &mut |bytes| {
                        count += bytes.len();
                    })
                    .expect("a document of our own");
                    count
                }),
            ],
        );
        c14n_of_libxml2(run, size.name, &document);
        c14n_of_bergshamra(run, size.name, &document, &form);
        java_peer::race(run, Peer::Signatures, "c14n", size.name, &document);
    }
}

/// libxml2 does the same work without the digest; it is timed by the wall, in a process of its own.
fn c14n_of_libxml2(run: &mut Run<'_>, size: &str, document: &[u8]) {
    let file = std::env::temp_dir().join(format!("kanta-benches-{}.xml", std::process::id()));
    let timed = std::fs::write(&file, document)
        .map_err(|error| error.to_string())
        .and_then(|()| strangers::xmllint_c14n(&file));
    match timed {
        Ok(time) => run.figure(size, "libxml2 (c14n alone)", time, "µs"),
        Err(why) => run.skip("libxml2", &why),
    }
    let _ = std::fs::remove_file(file);
}

/// The canonicaliser of bergshamra parses and canonicalises, without the digest, to the same bytes.
#[cfg(feature = "peer-bergshamra")]
fn c14n_of_bergshamra(run: &mut Run<'_>, size: &str, document: &[u8], form: &[u8]) {
    use bergshamra_c14n::{C14nMode, canonicalize};
    let text = std::str::from_utf8(document).expect("a document of our own");
    let make = || canonicalize(text, C14nMode::Exclusive, None, &[] as &[&str]);
    assert!(
        make().is_ok_and(|theirs| theirs == form),
        "both make the same form"
    );
    run.race(
        size,
        Unit::MegabytesPerSecond(form.len()),
        vec![runner("bergshamra (c14n alone)", make)],
    );
}

#[cfg(not(feature = "peer-bergshamra"))]
fn c14n_of_bergshamra(run: &mut Run<'_>, _: &str, _: &[u8], _: &[u8]) {
    run.skip("bergshamra", "built without the feature peer-bergshamra");
}

/// xmlsec1 verifies the same document, path included; it is timed by the wall, in a process of its own.
fn verify_of_xmlsec1(run: &mut Run<'_>, size: &str, document: &[u8], authority: &str) {
    let name = |ending: &str| {
        std::env::temp_dir().join(format!("kanta-benches-{}.{ending}", std::process::id()))
    };
    let (file, trusted) = (name("signed.xml"), name("pem"));
    let timed = std::fs::write(&file, document)
        .and_then(|()| std::fs::write(&trusted, authority))
        .map_err(|error| error.to_string())
        .and_then(|()| strangers::xmlsec1_verify(&file, &trusted));
    match timed {
        Ok(time) => run.figure(size, "xmlsec1", time, "µs"),
        Err(why) => run.skip("xmlsec1", &why),
    }
    let _ = std::fs::remove_file(file);
    let _ = std::fs::remove_file(trusted);
}

/// From a checked document to the octets that wait for a signature: digests of body and time stamp, `SignedInfo`, and
/// everything that the signature will put in. The limit digests the body.
///
/// Checking has written the body already, with the rest of the document. The second runner writes it once more, so that it
/// does all that comes between the two forms of a body and the octets.
pub(crate) fn prepare(run: &mut Run<'_>) {
    let desk = Desk::open();
    for size in SIZES {
        let valid = desk.valid(size.bytes);
        let body = body_of(valid.as_xml());
        let prepare = || {
            valid
                .prepare(
                    desk.signer.certificate(),
                    SignOptions::system(now()),
                    &desk.spec,
                )
                .expect("the profile is in the bundle")
        };
        // The two forms are of about the same length.
        let form = vec![b'a'; body.len() * 3 / 8];
        run.race(
            size.name,
            Unit::Microseconds,
            vec![
                runner("ours", prepare),
                runner("ours, body written", || {
                    let mut xml = Vec::with_capacity(body.len());
                    STANDARD.encode_append(&form, &mut xml);
                    STANDARD.encode_append(&form, &mut xml);
                    (xml, prepare())
                }),
                runner("limit", || DigestAlgorithm::Sha256.digest(&body)),
            ],
        );
    }
}

/// Signed, put in and verified again. The limit hashes, signs and verifies bare octets.
pub(crate) fn sign(run: &mut Run<'_>) {
    let desk = Desk::open();
    let keys = [
        ("RSA", &desk.signer, SignatureAlgorithm::RsaSha256),
        (
            "P-256",
            &desk.elliptic_signer,
            SignatureAlgorithm::EcdsaP256Sha256,
        ),
    ];
    for (kind, signer, algorithm) in keys {
        for size in SIZES {
            let valid = desk.valid(size.bytes);
            let body = body_of(valid.as_xml());
            run.race(
                &format!("{} {kind}", size.name),
                Unit::Microseconds,
                vec![
                    runner("ours", || {
                        valid
                            .sign(signer, SignOptions::system(now()), &desk.spec)
                            .expect("the test key signs")
                    }),
                    runner("limit", || {
                        let digest = DigestAlgorithm::Sha256.digest(&body);
                        let value = signer
                            .sign(&ToBeSigned::new(&digest, algorithm))
                            .expect("the test key signs");
                        let key = signer.certificate().public_key();
                        assert!(algorithm.verifies(key, &digest, value.as_bytes()));
                    }),
                ],
            );
        }
    }
}

/// A received document, from its bytes to the verdict. The limit scans it, hashes its body and verifies bare octets.
///
/// Ours is one verifier for all documents, which has read the certificate of the signer before; the second runner makes a
/// new one for each.
pub(crate) fn verify(run: &mut Run<'_>) {
    let desk = Desk::open();
    let verifier = SignatureVerifier::new(&desk.spec);
    let limits = Limits::default();
    for size in SIZES {
        let document = desk.signed(size.bytes).as_xml().to_vec();
        let body = body_of(&document);
        let algorithm = SignatureAlgorithm::RsaSha256;
        let octets = ToBeSigned::new(b"octets", algorithm);
        let value = desk.signer.sign(&octets).expect("the test key signs");
        run.race(
            size.name,
            Unit::Microseconds,
            vec![
                runner("ours", || {
                    let verdict = verifier.verify(&document, &limits);
                    assert!(verdict.is_ok_and(|verdict| verdict.is_valid()));
                }),
                runner("ours, new verifier", || {
                    let verdict = kanta_client::cda::verify(&document, &desk.spec, &limits);
                    assert!(verdict.is_ok_and(|verdict| verdict.is_valid()));
                }),
                runner("limit", || {
                    let scanned = scan(&document);
                    let digest = DigestAlgorithm::Sha256.digest(&body);
                    let key = desk.signer.certificate().public_key();
                    assert!(algorithm.verifies(key, b"octets", value.as_bytes()));
                    (scanned, digest)
                }),
                runner("scan alone", || scan(&document)),
                runner("certificate alone", || {
                    Certificate::from_der(desk.signer.certificate().as_der()).is_ok()
                }),
                runner("tree alone", || {
                    Tree::parse(&document, &Limits::default()).is_ok()
                }),
            ],
        );
        verify_of_xmlsec1(run, size.name, &document, &desk.authority);
        java_peer::race(run, Peer::Signatures, "verify", size.name, &document);
    }
}

/// The least that a reader does: UTF-8, and every tag found.
fn scan(document: &[u8]) -> usize {
    let text = std::str::from_utf8(document).unwrap_or_default();
    memchr::memchr2_iter(b'<', b'>', text.as_bytes()).count()
}

fn body_of(document: &[u8]) -> Vec<u8> {
    let tree = Tree::parse(document, &Limits::default()).expect("a document of our own");
    let body = tree
        .root()
        .descendants()
        .find(|element| element.local_name() == "nonXMLBody")
        .expect("the document has a body");
    canonical::exclusive_of_to_vec(body, &Options::default()).expect("a document of our own")
}
