use super::*;
use kanta_core::spec::{Bundle, Inferred};

#[test]
fn both_profiles_of_the_bundle_read() {
    let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
    let system = SignatureProfile::from_spec(&spec, "social-system-2026").unwrap();
    assert_eq!(
        system.references(),
        [TargetRole::Timestamp, TargetRole::Body]
    );
    assert_eq!(system.transforms().len(), 2);
    assert_eq!(system.description().unwrap().code(), "3");
    assert!(system.authentication_method().is_none());
    let professional = SignatureProfile::from_spec(&spec, "social-professional-2026").unwrap();
    assert_eq!(
        professional.references(),
        [TargetRole::Body, TargetRole::Timestamp]
    );
    assert_eq!(professional.key_usage(), [KeyUsage::NonRepudiation]);
    assert!(professional.authentication_method().is_some());
}

#[test]
fn what_is_only_seen_signs_nothing_in_production_but_is_recognised() {
    let spec = Spec::for_production(&[Bundle::embedded()]);
    let error = SignatureProfile::from_spec(&spec, "social-system-2026").unwrap_err();
    assert_eq!(error.code(), "KANTA-SPEC-INCOMPLETE");
    assert!(SignatureProfile::from_spec_for_reading(&spec, "social-system-2026").is_ok());
}

#[test]
fn what_nobody_has_confirmed_is_signed_only_by_the_switch() {
    let key = PublicKey::P384 { point: Vec::new() };
    let bundles = [Bundle::embedded()];
    let id = "social-professional-2026";
    let refused = Spec::for_customer_test(&bundles, Inferred::Refuse);
    let profile = SignatureProfile::from_spec(&refused, id).unwrap();
    assert_eq!(profile.choose(&key, None), None);
    let allowed = Spec::for_customer_test(&bundles, Inferred::Allow);
    let profile = SignatureProfile::from_spec(&allowed, id).unwrap();
    let algorithm = profile.choose(&key, None).unwrap();
    assert_eq!(algorithm, SignatureAlgorithm::EcdsaP384Sha384);
    assert_eq!(profile.digest_for(algorithm), DigestAlgorithm::Sha384);
    assert!(profile.is_unconfirmed(algorithm));
    assert!(!profile.allows_digest(SignatureAlgorithm::RsaSha256, DigestAlgorithm::Sha384));
    assert_eq!(
        profile.choose(&key, Some(&[SignatureAlgorithm::RsaSha256])),
        None
    );
}

#[test]
fn the_old_layout_is_for_reading_only() {
    let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow);
    let profile = SignatureProfile::from_spec_for_reading(&spec, "patient-archive-2015").unwrap();
    assert_eq!(profile.layout(), Layout::PatientArchive);
    assert!(profile.allows(SignatureAlgorithm::RsaSha1));
    assert!(SignatureProfile::from_spec(&spec, "patient-archive-2015").is_err());
}

#[test]
fn values_that_are_not_implemented_are_told() {
    let head = (
        "bundle.toml",
        "name = \"t\"\nbased_on = []\ndate = \"2026-01-01\"",
    );
    for (key, value) in [
        ("canonicalization", "\"x\""),
        ("transforms", "[\"x\"]"),
        ("key_info", "\"chain\""),
        ("references", "[\"body\"]"),
        ("references", "[\"body\", \"body\"]"),
        ("layout", "\"patient-archive\""),
        ("digests", "[\"sha1\"]"),
        ("signature_algorithms", "[\"rsa-sha1\"]"),
        ("key_usage", "[\"anything\"]"),
        ("timestamp_fraction_digits", "-1"),
    ] {
        let text = format!(
            "[social-system-2026]\n{key} = {{ value = {value}, status = \"seen\", source = \"t\" }}"
        );
        let overlay = Bundle::read([head, ("signature.toml", text.as_str())]).unwrap();
        let spec = Spec::for_customer_test(&[Bundle::embedded(), overlay], Inferred::Refuse);
        let error = SignatureProfile::from_spec(&spec, "social-system-2026").unwrap_err();
        assert_eq!(error.code(), "KANTA-SPEC-INVALID", "{key}");
    }
}
