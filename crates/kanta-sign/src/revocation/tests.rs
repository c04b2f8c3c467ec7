use super::*;
use std::fs;
use std::process::Command;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384, RevocationReason,
    RevokedCertParams, SerialNumber, date_time_ymd,
};

use crate::software::tests::{openssl, self_signed};
use crate::{SignatureAlgorithm, Signer, SoftwareSigner, ToBeSigned, Trust, TrustAnchors};

const LIMIT: u64 = 1 << 20;

fn time(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    CertifiedIssuer::self_signed(params, key).unwrap()
}

fn issued(authority: &Issuer<'_, KeyPair>, serial: u64) -> Certificate {
    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from(serial));
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    Certificate::from_der(certificate.der()).unwrap()
}

fn list(authority: &Issuer<'_, KeyPair>, revoked: &[u64]) -> Vec<u8> {
    let revoked = revoked.iter().map(|serial| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: date_time_ymd(2026, 2, 1),
        reason_code: Some(RevocationReason::KeyCompromise),
        invalidity_date: None,
    });
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 1, 1),
        next_update: date_time_ymd(2026, 4, 1),
        crl_number: SerialNumber::from(7),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(authority).unwrap().der().to_vec()
}

#[test]
fn a_list_tells_what_was_revoked_and_when() {
    let authority = authority("A");
    let issuer = Certificate::from_der(authority.as_ref().der()).unwrap();
    let (good, bad) = (
        issued(&authority, 0x80),
        issued(&authority, 0x1234_5678_9abc),
    );
    let der = list(&authority, &[1, 0x1234_5678_9abc, 3]);
    let asked = [&good, &bad];
    let list = RevocationList::read(&mut der.as_slice(), &issuer, &asked, LIMIT).unwrap();
    let (before, after, late) = (
        time("2026-01-31T23:59:59Z"),
        time("2026-02-01T00:00:00Z"),
        time("2026-05-01T00:00:00Z"),
    );
    assert_eq!(list.verdict(&good, after), RevocationVerdict::Good);
    assert_eq!(list.verdict(&bad, before), RevocationVerdict::Good);
    assert_eq!(
        list.verdict(&bad, after),
        RevocationVerdict::Revoked { since: after }
    );
    assert_eq!(
        list.verdict(&bad, late),
        RevocationVerdict::Revoked { since: after }
    );
    assert!(matches!(
        list.verdict(&good, late),
        RevocationVerdict::Unknown(_)
    ));
    let not_asked = issued(&authority, 9);
    assert!(matches!(
        list.verdict(&not_asked, after),
        RevocationVerdict::Unknown(_)
    ));
    assert!(list.next_update().is_some());
}

#[test]
fn a_list_that_is_not_the_authoritys_is_refused() {
    let (own, other) = (authority("A"), authority("A"));
    let stranger = authority("B");
    let certificate = |authority: &CertifiedIssuer<'_, KeyPair>| {
        Certificate::from_der(authority.as_ref().der()).unwrap()
    };
    let der = list(&own, &[1, 2, 3]);
    let read = |der: &[u8], issuer: &Certificate| {
        RevocationList::read(&mut &*der, issuer, &[], LIMIT).map(|_| ())
    };
    assert_eq!(read(&der, &certificate(&own)), Ok(()));
    assert_eq!(
        read(&der, &certificate(&other)),
        Err(RevocationError::Signature)
    );
    assert_eq!(
        read(&der, &certificate(&stranger)),
        Err(RevocationError::OtherIssuer)
    );
    let short = RevocationList::read(&mut der.as_slice(), &certificate(&own), &[], 100);
    assert_eq!(short.unwrap_err(), RevocationError::TooLong(100));
    for index in 0..der.len() {
        let mut changed = der.clone();
        changed[index] ^= 1;
        assert!(read(&changed, &certificate(&own)).is_err(), "byte {index}");
        assert!(
            read(&der[..index], &certificate(&own)).is_err(),
            "cut at {index}"
        );
    }
}

/// A list of fifty megabytes, signed with RSA, is hashed while it passes.
#[test]
fn a_long_list_is_read_as_a_stream() {
    let Some(key) = openssl(&["genrsa", "2048"], b"") else {
        return;
    };
    let certificate = self_signed(&key, "/CN=Pitkä");
    let signer = SoftwareSigner::from_pem(&key, &certificate).unwrap();
    let issuer = signer.certificate();
    let tlv = |tag: u8, content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x84][..], &length, content].concat()
    };
    let algorithm = [
        0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0,
    ];
    let mut entries = Vec::new();
    for serial in 0_u32..2_100_000 {
        entries.extend_from_slice(&[0x30, 23, 2, 6, 1, 0]);
        entries.extend_from_slice(&serial.to_be_bytes());
        entries.extend_from_slice(&[0x17, 13]);
        entries.extend_from_slice(b"260201000000Z");
    }
    let mut tbs = vec![2, 1, 1];
    tbs.extend_from_slice(&algorithm);
    tbs.extend_from_slice(issuer.subject_der());
    for time in [b"260101000000Z", b"260401000000Z"] {
        tbs.extend_from_slice(&[0x17, 13]);
        tbs.extend_from_slice(time);
    }
    tbs.extend(tlv(0x30, &entries));
    let tbs = tlv(0x30, &tbs);
    let value = signer
        .sign(&ToBeSigned::new(&tbs, SignatureAlgorithm::RsaSha256))
        .unwrap();
    let bits = [&[0][..], value.as_bytes()].concat();
    let der = tlv(
        0x30,
        &[
            tbs,
            algorithm.to_vec(),
            [&[3, 0x82, 1, 1][..], &bits].concat(),
        ]
        .concat(),
    );
    assert!(der.len() > 50_000_000);
    let read = |der: &[u8]| RevocationList::read(&mut &*der, issuer, &[issuer], 64 << 20);
    let list = read(&der).unwrap();
    let now = time("2026-02-02T00:00:00Z");
    assert_eq!(list.verdict(issuer, now), RevocationVerdict::Good);
    let mut changed = der;
    changed[25_000_000] ^= 1;
    assert!(read(&changed).is_err());
}

/// openssl answers as a responder.
#[test]
fn an_answer_of_openssl_is_judged() {
    if openssl(&["version"], b"").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let authority = authority("A");
    let issuer = Certificate::from_der(authority.as_ref().der()).unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("ca.pem"), authority.as_ref().pem()).unwrap();
    fs::write(path("ca.key"), authority.key().serialize_pem()).unwrap();
    fs::write(
        path("index.txt"),
        "V\t360101000000Z\t\t1001\tunknown\t/CN=a\nR\t360101000000Z\t260201000000Z\t1002\tunknown\t/CN=b\n",
    )
    .unwrap();
    let answer = |certificate: &Certificate| {
        fs::write(
            path("request.der"),
            ocsp_request(certificate, &issuer).unwrap(),
        )
        .unwrap();
        let output = Command::new("openssl")
            .current_dir(folder.path())
            .args([
                "ocsp",
                "-index",
                "index.txt",
                "-rsigner",
                "ca.pem",
                "-rkey",
                "ca.key",
            ])
            .args([
                "-CA",
                "ca.pem",
                "-reqin",
                "request.der",
                "-respout",
                "answer.der",
            ])
            .args(["-ndays", "3650"])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        fs::read(path("answer.der")).unwrap()
    };
    let (good, bad, unknown) = (
        issued(&authority, 0x1001),
        issued(&authority, 0x1002),
        issued(&authority, 0x1003),
    );
    let (before, after) = (time("2026-01-01T00:00:00Z"), time("2026-02-01T00:00:00Z"));
    for (certificate, at_first, later) in [
        (
            &good,
            Some(RevocationVerdict::Good),
            Some(RevocationVerdict::Good),
        ),
        (
            &bad,
            Some(RevocationVerdict::Good),
            Some(RevocationVerdict::Revoked { since: after }),
        ),
        (&unknown, None, None),
    ] {
        let der = answer(certificate);
        let read = OcspAnswer::read(&der, certificate, &issuer).unwrap();
        for (time, expected) in [(before, at_first), (after, later)] {
            let verdict = read.verdict(certificate, time);
            match expected {
                Some(expected) => assert_eq!(verdict, expected),
                None => assert!(matches!(verdict, RevocationVerdict::Unknown(_))),
            }
        }
        let long_after = time("2099-01-01T00:00:00Z");
        assert_ne!(
            read.verdict(certificate, long_after),
            RevocationVerdict::Good
        );
        let other = self::authority("A");
        let other = Certificate::from_der(other.as_ref().der()).unwrap();
        assert!(OcspAnswer::read(&der, certificate, &other).is_err());
        for index in (0..der.len()).step_by(7) {
            let mut changed = der.clone();
            changed[index] ^= 1;
            if let Ok(changed) = OcspAnswer::read(&changed, certificate, &issuer) {
                // Only what is not signed may change: certificates that are not needed.
                assert_eq!(changed, read, "byte {index}");
            }
        }
    }
    let der = answer(&good);
    assert!(OcspAnswer::read(&der, &bad, &issuer).is_err());
}

#[test]
fn a_certificate_is_judged_by_path_time_and_revocation() {
    let authority = authority("A");
    let issuer = Certificate::from_der(authority.as_ref().der()).unwrap();
    let bad = issued(&authority, 2);
    let der = list(&authority, &[2]);
    let evidence = Evidence {
        lists: vec![RevocationList::read(&mut der.as_slice(), &issuer, &[&bad], LIMIT).unwrap()],
        answers: Vec::new(),
    };
    let anchors = TrustAnchors::from_pem(authority.as_ref().pem().as_bytes()).unwrap();
    let stranger = self::authority("B");
    let strangers = TrustAnchors::from_pem(stranger.as_ref().pem().as_bytes()).unwrap();
    let none = TrustAnchors::default();
    let (before, after) = (time("2026-01-15T00:00:00Z"), time("2026-02-15T00:00:00Z"));
    for (trust, time, rules) in [
        (
            Trust::new(&anchors).with_revocation(&evidence),
            before,
            &[][..],
        ),
        (
            Trust::new(&anchors).with_revocation(&evidence),
            after,
            &["KANTA-CERT-REVOKED"],
        ),
        (Trust::new(&anchors), after, &[]),
        (Trust::new(&none), after, &["KANTA-CERT-PATH-NOT-CHECKED"]),
        (Trust::new(&strangers), after, &["KANTA-CERT-PATH"]),
        (
            Trust::new(&strangers).with_revocation(&evidence),
            after,
            &["KANTA-CERT-PATH", "KANTA-CERT-REVOCATION-UNKNOWN"],
        ),
        (
            Trust::new(&anchors),
            self::time("1974-01-01T00:00:00Z"),
            &["KANTA-CERT-VALIDITY", "KANTA-CERT-PATH"],
        ),
    ] {
        let findings = trust.judge(&bad, time).findings();
        let found: Vec<&str> = findings.iter().map(|finding| finding.rule()).collect();
        assert_eq!(found, rules);
        for finding in &findings {
            for word in [" the ", "certificate", " is ", " at "] {
                assert!(!finding.finnish().contains(word), "{}", finding.finnish());
            }
        }
    }
}
