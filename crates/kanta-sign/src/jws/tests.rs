use super::*;
use crate::software::tests::signer;
use crate::{PublicKey, SignatureAlgorithm, Signer};
use base64_simd::URL_SAFE_NO_PAD;
use kanta_core::Instant;
use proptest::prelude::*;
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};
use std::time::Duration;

fn elliptic() -> JwsProfile {
    JwsProfile::new(&[
        SignatureAlgorithm::EcdsaP256Sha256,
        SignatureAlgorithm::EcdsaP384Sha384,
    ])
}

/// RFC 7515, appendix A.2 (RS256) and A.3 (ES256).
#[test]
fn examples_of_the_standard_verify() {
    let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let number = |text: &str| URL_SAFE_NO_PAD.decode_to_vec(text).unwrap();
    let modulus = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    let rsa = PublicKey::rsa(&number(modulus), &[1, 0, 1]);
    let value = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let profile = JwsProfile::new(&[SignatureAlgorithm::RsaSha256]);
    let compact = format!("eyJhbGciOiJSUzI1NiJ9.{payload}.{value}");
    let verified = verify_with_key(&compact, None, &profile, &rsa).unwrap();
    assert!(verified.payload().starts_with(b"{\"iss\":\"joe\""));

    let x = number("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
    let y = number("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    let point = [&[4][..], &x, &y].concat();
    let value =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let compact = format!("eyJhbGciOiJFUzI1NiJ9.{payload}.{value}");
    let key = PublicKey::P256 { point };
    assert!(verify_with_key(&compact, None, &elliptic(), &key).is_ok());
    assert_eq!(
        verify_with_key(&compact, None, &elliptic(), &rsa).unwrap_err(),
        JwsError::Value
    );
    assert!(matches!(
        verify_with_key(&compact, None, &profile, &key).unwrap_err(),
        JwsError::Header(_)
    ));
}

#[test]
fn what_is_signed_verifies_in_every_serialisation() {
    for kind in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384] {
        let signer = signer(kind);
        for profile in [
            elliptic().with_certificate_chain(),
            elliptic().with_certificate_chain().detached(),
            elliptic()
                .with_certificate_chain()
                .with_canonicalisation(Canonicalisation::Jcs)
                .with_type("JOSE")
                .with_content_type("fhir+json")
                .with_key_id("k"),
            elliptic()
                .with_certificate_chain()
                .detached()
                .with_canonicalisation(Canonicalisation::Jcs),
        ] {
            let payload = b"{ \"b\": 1.0, \"a\": [\"\xc3\xa4\"] }";
            let compact = sign(payload, &profile, &signer).unwrap();
            let beside = profile.is_detached.then_some(&payload[..]);
            let verified = verify(&compact, beside, &profile).unwrap();
            let expected: &[u8] = match profile.canonicalisation {
                Canonicalisation::None => payload,
                Canonicalisation::Jcs => "{\"a\":[\"ä\"],\"b\":1}".as_bytes(),
            };
            assert_eq!(verified.payload(), expected);
            assert_eq!(verified.certificates(), [signer.certificate().clone()]);
            assert_eq!(compact.contains(".."), profile.is_detached);
            let other = profile.is_detached.then_some(&b"{\"b\":2}"[..]);
            if other.is_some() {
                assert_eq!(
                    verify(&compact, other, &profile).unwrap_err(),
                    JwsError::Value
                );
            }
            let wrong_side = if profile.is_detached {
                None
            } else {
                Some(&payload[..])
            };
            assert_eq!(
                verify(&compact, wrong_side, &profile).unwrap_err(),
                JwsError::Payload
            );
        }
    }
}

#[test]
fn forged_signatures_are_refused() {
    let signer = signer(&PKCS_ECDSA_P256_SHA256);
    let profile = elliptic();
    let compact = sign(b"{\"a\":1}", &profile, &signer).unwrap();
    let key = signer.certificate().public_key();
    let encode = |text: &str| URL_SAFE_NO_PAD.encode_to_string(text.as_bytes());
    let parts: Vec<&str> = compact.split('.').collect();
    let with_header = |header: &str| format!("{}.{}.{}", encode(header), parts[1], parts[2]);
    for (name, forged) in [
        ("no algorithm", with_header("{}")),
        ("none", with_header("{\"alg\":\"none\"}")),
        (
            "HMAC with the public key",
            with_header("{\"alg\":\"HS256\"}"),
        ),
        (
            "an algorithm twice",
            with_header("{\"alg\":\"ES256\",\"alg\":\"ES256\"}"),
        ),
        (
            "a critical member",
            with_header("{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}"),
        ),
        (
            "a key in the header",
            with_header("{\"alg\":\"ES256\",\"jwk\":{}}"),
        ),
        (
            "a certificate that is not expected",
            with_header("{\"alg\":\"ES256\",\"x5c\":[\"AA==\"]}"),
        ),
        (
            "a type that is not expected",
            with_header("{\"alg\":\"ES256\",\"typ\":\"JWT\"}"),
        ),
        (
            "white space in the header",
            with_header("{\"alg\": \"ES256\"}"),
        ),
        ("no header", format!(".{}.{}", parts[1], parts[2])),
        ("no value", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{compact}.")),
        ("padding", format!("{compact}=")),
        (
            "another payload",
            format!("{}.{}.{}", parts[0], encode("{\"a\":2}"), parts[2]),
        ),
        ("nothing", String::new()),
    ] {
        let error = verify_with_key(&forged, None, &profile, key).unwrap_err();
        let reason = error.reason();
        assert_eq!(reason.english(), error.to_string(), "{name}");
        // Others' words may stand in quotation marks.
        let own: String = reason.finnish().split('”').step_by(2).collect();
        for english in [" is ", " not ", " the ", " has "] {
            assert!(!own.contains(english), "{name}: {own}");
        }
        let code = |text: &str| text.split("[KANTA-").nth(1).map(str::to_owned);
        assert_eq!(
            code(reason.finnish().trim_end_matches('”')),
            code(reason.english()),
            "{name}"
        );
    }
    assert!(verify_with_key(&compact, None, &profile, key).is_ok());
    assert_eq!(
        verify(&compact, None, &profile).unwrap_err(),
        JwsError::NoKey
    );
    let rsa_only = JwsProfile::new(&[SignatureAlgorithm::RsaSha256]);
    assert_eq!(
        sign(b"", &rsa_only, &signer).unwrap_err(),
        JwsError::NoAlgorithm
    );
}

#[test]
fn json_that_readers_read_differently_is_refused() {
    for (json, problem) in [
        ("{\"a\":1,\"a\":1}", Some("twice")),
        ("{\"a\":1,\"\\u0061\":2}", Some("twice")),
        ("[{\"b\":{\"a\":1,\"a\":1}}]", Some("twice")),
        ("9007199254740992", Some("2^53")),
        ("-9007199254740992", Some("2^53")),
        ("123456789012345678901234567890", Some("2^53")),
        ("[\n 123456789012345678901]", Some("line 2, column 2")),
        ("1e20", Some("2^53")),
        ("1e21", None),
        ("\"\\\"123456789012345678901234567890\"", None),
        ("0.123456789012345678901234567890", None),
        ("9007199254740991", None),
        ("{\"a\":1} x", Some("well-formed")),
        ("{\"a\":1", Some("early")),
        ("\"\\ud800\"", Some("well-formed")),
        ("", Some("early")),
        ("NaN", Some("well-formed")),
        ("1e999", Some("well-formed")),
    ] {
        match (parse_strictly(json.as_bytes()), problem) {
            (Ok(_), None) => {}
            (Err(error), Some(problem)) => {
                assert!(error.to_string().contains(problem), "{json}: {error}");
            }
            (other, _) => panic!("{json}: {other:?}"),
        }
    }
    assert!(parse_strictly(b"\"\xff\"").is_err());
}

/// RFC 8785, appendix B.
#[test]
fn numbers_have_the_form_of_the_standard() {
    for (bits, expected) in [
        (0x0000_0000_0000_0000_u64, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] {
        let number = f64::from_bits(bits);
        let form = serde_json_canonicalizer::to_vec(&number).unwrap();
        assert_eq!(String::from_utf8(form).unwrap(), expected, "{bits:x}");
    }
}

/// The reference files of the canonical form; read from the folder that `KANTA_CONFORMANCE` names.
#[test]
fn reference_files_have_their_canonical_form() {
    let Some(root) = std::env::var_os("KANTA_CONFORMANCE") else {
        eprintln!("SKIPPED: KANTA_CONFORMANCE does not name the folder of conformance material");
        return;
    };
    let folder = std::path::Path::new(&root).join("xmldsig/jcs");
    let mut count = 0;
    for entry in std::fs::read_dir(folder.join("input")).unwrap() {
        let name = entry.unwrap().file_name();
        let input = std::fs::read(folder.join("input").join(&name)).unwrap();
        let expected = std::fs::read_to_string(folder.join("output").join(&name)).unwrap();
        let form = String::from_utf8(canonical_json(&input).unwrap()).unwrap();
        assert_eq!(form.trim_end(), expected.trim_end(), "{name:?}");
        count += 1;
    }
    assert!(count >= 5, "{count} files");
}

proptest! {
    #[test]
    fn the_canonical_form_is_its_own(text in "\\PC{0,40}", number in any::<f64>(), whole in -9_007_199_254_740_991_i64..9_007_199_254_740_991) {
        prop_assume!(!(9e15..1e21).contains(&number.abs()));
        let value = serde_json::json!({"z": text, "ä": [number, whole, null, true], (text): {"€": ""}});
        let form = canonical_json(value.to_string().as_bytes()).unwrap();
        prop_assert_eq!(canonical_json(&form).unwrap(), form);
    }
}

#[test]
fn tokens_are_judged() {
    let signer = signer(&PKCS_ECDSA_P256_SHA256);
    let profile = elliptic().with_type("JWT");
    let at = |seconds: i64| TokenRules {
        issuer: "me",
        audience: "you",
        now: Instant::from_unix(1_800_000_000 + seconds, 0).unwrap(),
        leeway: Duration::from_secs(5),
    };
    let mut claims = Claims::new();
    claims.insert("jti".to_owned(), serde_json::json!("1"));
    let token = sign_token(claims, &at(0), Duration::from_secs(60), &profile, &signer).unwrap();
    let key = signer.certificate().public_key();
    for (rules, expected) in [
        (at(0), Ok(())),
        (at(-5), Ok(())),
        (at(-6), Err("KANTA-TOKEN-EARLY")),
        (at(64), Ok(())),
        (at(65), Err("KANTA-TOKEN-EXPIRED")),
        (
            TokenRules {
                issuer: "other",
                ..at(0)
            },
            Err("KANTA-TOKEN-ISSUER"),
        ),
        (
            TokenRules {
                audience: "other",
                ..at(0)
            },
            Err("KANTA-TOKEN-AUDIENCE"),
        ),
    ] {
        let judged = verify_token(&token, &rules, &profile, key);
        match (judged, expected) {
            (Ok(claims), Ok(())) => assert_eq!(claims["jti"], "1"),
            (Err(error), Err(code)) => assert!(error.to_string().contains(code), "{error}"),
            (judged, expected) => panic!("{judged:?} where {expected:?} was expected"),
        }
    }
    for (payload, missing) in [
        ("{\"aud\":\"you\",\"exp\":1900000000}", "iss"),
        ("{\"iss\":\"me\",\"exp\":1900000000}", "aud"),
        ("{\"iss\":\"me\",\"aud\":\"you\"}", "exp"),
        (
            "{\"iss\":\"me\",\"aud\":[\"x\",\"you\"],\"exp\":\"1900000000\"}",
            "exp",
        ),
        ("[]", "claims"),
    ] {
        let token = sign(payload.as_bytes(), &profile, &signer).unwrap();
        let refused = verify_token(&token, &at(0), &profile, key).unwrap_err();
        assert_eq!(refused, TokenError::Claim(missing));
    }
}
