//! The systems that contents name for organisations and for identifiers that are OIDs: values of the spec bundle.
//!
//! Contents are made without a bundle, so they are written with the default one's; a draft is checked by a bundle, which may
//! refuse them or say otherwise.

use std::borrow::Cow;
use std::ops::Range;

use kanta_core::spec::{Spec, SpecError};
use memchr::memmem;

/// The code system of organisations and units in contents, as the default bundle has it.
pub(crate) const ORGANISATION_REGISTER: &str = "urn:oid:1.2.246.537.6.202.2008";
/// What contents write as the system of an OID that identifies a client relation, as the default bundle has it.
pub(crate) const OID_SYSTEM: &str = "urn:oid:1.2.246.1";

/// The keys of the bundle with the values that contents are made with.
const SYSTEMS: [(&str, &str); 2] = [
    (
        "document.content.organisation_register",
        ORGANISATION_REGISTER,
    ),
    ("document.content.oid_system", OID_SYSTEM),
];

/// Puts the systems of a bundle in the place of those that contents are made with: the register of organisations, and the
/// system of an OID.
///
/// A bundle of your own changes them with the keys `document.content.organisation_register` and
/// `document.content.oid_system`. Contents that name neither, and contents under the default bundle, are not copied.
///
/// ```
/// use kanta_core::spec::{Bundle, Inferred, Spec};
///
/// let spec = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
/// let json = br#"{"unit":{"system":"urn:oid:1.2.246.537.6.202.2008","code":"1.2.246.10.99999999.10.1","display":"A"}}"#;
/// assert_eq!(&*kanta_cda::with_systems_of(&spec, json)?, json);
/// # Ok::<(), kanta_core::spec::SpecError>(())
/// ```
///
/// # Errors
/// [`SpecError`] when the content names one that may not be used in the bundle's environment.
pub fn with_systems_of<'j>(spec: &Spec, json: &'j [u8]) -> Result<Cow<'j, [u8]>, SpecError> {
    let mut changed = Vec::new();
    let mut rest = 0;
    for (key, place) in named(json) {
        let wanted = spec.text(key)?;
        if wanted.as_bytes() != &json[place.clone()] {
            changed.extend_from_slice(&json[rest..place.start]);
            changed.extend_from_slice(wanted.as_bytes());
            rest = place.end;
        }
    }
    if rest == 0 {
        return Ok(Cow::Borrowed(json));
    }
    changed.extend_from_slice(&json[rest..]);
    Ok(Cow::Owned(changed))
}

/// Refuses content whose systems the bundle does not know well enough, or has otherwise.
pub(crate) fn check_systems(spec: &Spec, json: &[u8]) -> Result<(), SpecError> {
    for (key, place) in named(json) {
        if spec.text(key)?.as_bytes() != &json[place] {
            return Err(SpecError::invalid(
                key,
                "the content names the system of the default bundle; put this bundle's into it with `with_systems_of`",
            ));
        }
    }
    Ok(())
}

/// Finds the members `system` that have one of these values: the key of each, and where the value stands between its quotes.
fn named(json: &[u8]) -> impl Iterator<Item = (&'static str, Range<usize>)> {
    const MEMBER: &[u8] = b"\"system\"";
    memmem::find_iter(json, MEMBER).filter_map(|found| {
        let behind = json[found + MEMBER.len()..].trim_ascii_start();
        let value = behind.strip_prefix(b":")?.trim_ascii_start();
        let value = value.strip_prefix(b"\"")?;
        let start = json.len() - value.len();
        SYSTEMS.iter().find_map(|(key, made_with)| {
            let end = value.strip_prefix(made_with.as_bytes())?;
            end.starts_with(b"\"")
                .then(|| (*key, start..start + made_with.len()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_core::spec::{Bundle, Inferred};

    const JSON: &[u8] = br#"{"a":{"system":"urn:oid:1.2.246.1","value":"2.999"},"b":{"system":"urn:oid:1.2.246.21"}}"#;

    fn with_another_oid_system() -> Spec {
        let head = "name = \"t\"\nbased_on = []\ndate = \"2026-01-01\"";
        let text = "[content]\noid_system = { value = \"urn:oid:2.999\", status = \"verified\", source = \"a test\" }";
        let mine = Bundle::read([("bundle.toml", head), ("document.toml", text)]).unwrap();
        Spec::for_production(&[Bundle::embedded(), mine])
    }

    #[test]
    fn contents_are_made_with_the_values_of_the_default_bundle() {
        let spec = Spec::for_production(&[Bundle::embedded()]);
        for (key, made_with) in SYSTEMS {
            assert_eq!(spec.text_for_reading(key), Some(made_with), "{key}");
        }
    }

    #[test]
    fn the_status_of_a_system_decides_whether_it_is_written() {
        let test = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Refuse);
        assert_eq!(check_systems(&test, JSON), Ok(()));
        let production = Spec::for_production(&[Bundle::embedded()]);
        let error = check_systems(&production, JSON).unwrap_err().to_string();
        assert!(error.contains("document.content.oid_system"), "{error}");
        assert_eq!(check_systems(&production, b"{}"), Ok(()));
    }

    #[test]
    fn a_bundle_of_ones_own_says_otherwise() {
        let spec = with_another_oid_system();
        let error = check_systems(&spec, JSON).unwrap_err().to_string();
        assert!(error.contains("with_systems_of"), "{error}");
        let json = with_systems_of(&spec, JSON).unwrap();
        assert_eq!(
            *json,
            *br#"{"a":{"system":"urn:oid:2.999","value":"2.999"},"b":{"system":"urn:oid:1.2.246.21"}}"#
        );
        assert_eq!(check_systems(&spec, &json), Ok(()));
    }

    #[test]
    fn only_systems_are_replaced() {
        let spec = with_another_oid_system();
        for text in [
            r#"{"teksti":"urn:oid:1.2.246.1"}"#,
            r#"{"teksti":"\"system\":\"urn:oid:1.2.246.1"}"#,
            r#"{"value":"system","code":"urn:oid:1.2.246.1"}"#,
            r#"{"system":"urn:oid:1.2.246.1.5"}"#,
            r#"{"system":["urn:oid:1.2.246.1"]}"#,
            r#"{"system"#,
        ] {
            let same = with_systems_of(&spec, text.as_bytes()).unwrap();
            assert!(matches!(same, Cow::Borrowed(_)), "{text}");
        }
        let spaced = b"{\"system\" :\n \"urn:oid:1.2.246.1\"}";
        assert_eq!(
            *with_systems_of(&spec, spaced).unwrap(),
            *b"{\"system\" :\n \"urn:oid:2.999\"}"
        );
    }
}
