//! Object identifiers.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::InvalidValue;

/// An object identifier in dotted form, such as `1.2.246.10.99999999.10.0` (Finnish: OID-tunnus).
///
/// Guarantees at least two arcs, a first arc of 0, 1 or 2, a second arc below 40 under 0 and 1, digits only and no
/// leading zeros. Arcs have no upper limit: Kanta's own are longer than 32 bits.
///
/// ```
/// use kanta_core::Oid;
///
/// let oid: Oid = "1.2.246.537.6.1505".parse()?;
/// assert!(oid.starts_with(&Oid::parse("1.2.246")?));
/// assert!(Oid::parse("1.02.246").is_err());
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Oid(Cow<'static, str>);

impl Oid {
    /// Parses the dotted form.
    ///
    /// # Errors
    /// `KANTA-ID-OID` when the text is not an object identifier.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match problem(text) {
            None => Ok(Self(Cow::Owned(text.to_owned()))),
            Some(problem) => Err(InvalidValue::new(
                "KANTA-ID-OID",
                format!("not an object identifier: {problem}"),
                "write it as digits between dots, such as 1.2.246.10.99999999.10.0",
            )),
        }
    }

    /// Parses the form that JSON contents use: `urn:oid:` and the dotted form.
    ///
    /// # Errors
    /// `KANTA-ID-OID` when the prefix is missing or the rest is not an object identifier.
    pub fn parse_urn(text: &str) -> Result<Self, InvalidValue> {
        match text.strip_prefix("urn:oid:") {
            Some(dotted) => Self::parse(dotted),
            None => Err(InvalidValue::new(
                "KANTA-ID-OID",
                "not an object identifier in URN form",
                "write urn:oid: in front of the dotted form",
            )),
        }
    }

    /// Makes an identifier of the project's own tables; their tests check each one.
    pub(crate) const fn from_static(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Returns the dotted form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form that JSON contents use, `urn:oid:…`.
    #[must_use]
    pub fn to_urn(&self) -> String {
        format!("urn:oid:{}", self.0)
    }

    /// Iterates over the arcs as decimal text.
    pub fn arcs(&self) -> impl Iterator<Item = &str> {
        self.0.split('.')
    }

    /// Returns whether this identifier is `ancestor` or lies below it.
    #[must_use]
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        match self.0.strip_prefix(&*ancestor.0) {
            Some(rest) => rest.is_empty() || rest.starts_with('.'),
            None => false,
        }
    }

    /// Returns the identifier one arc below this one.
    #[must_use]
    pub fn child(&self, arc: u64) -> Self {
        Self(Cow::Owned(format!("{}.{arc}", self.0)))
    }
}

fn problem(text: &str) -> Option<&'static str> {
    let mut arcs = text.split('.');
    let (Some(first), Some(second)) = (arcs.next(), arcs.next()) else {
        return Some("it needs two arcs at least");
    };
    // By bytes, not by characters: documents are full of identifiers.
    for arc in text.as_bytes().split(|byte| *byte == b'.') {
        if arc.is_empty() || !arc.iter().all(u8::is_ascii_digit) {
            return Some("an arc is empty or not a number");
        }
        if arc.len() > 1 && arc.starts_with(b"0") {
            return Some("an arc begins with a zero");
        }
    }
    match first {
        "0" | "1" if second.len() > 2 || second.parse::<u8>().is_ok_and(|arc| arc > 39) => {
            Some("the second arc is above 39")
        }
        "0" | "1" | "2" => None,
        _ => Some("the first arc is not 0, 1 or 2"),
    }
}

impl FromStr for Oid {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({})", self.0)
    }
}

/// An identifier of HL7's type `II`: a root and, for some kinds, an extension below it.
///
/// `Debug` hides the extension: it may be an identity code.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InstanceIdentifier {
    /// The identifier of the name space.
    pub root: Oid,
    /// The identifier inside it.
    pub extension: Option<String>,
}

impl fmt::Debug for InstanceIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceIdentifier")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accepts_and_refuses() {
        for good in [
            "1.2",
            "0.39",
            "2.999",
            "2.100.3",
            "1.2.246.10.99999999.11.2026.1.99999999999999999999",
        ] {
            assert_eq!(Oid::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "1",
            "1.",
            ".1",
            "1..2",
            "3.1",
            "1.40",
            "0.100",
            "1.02",
            "1.2.x",
            "1.2 ",
            "1.-2",
            "urn:oid:1.2",
            "1.٣",
        ] {
            assert_eq!(Oid::parse(bad).unwrap_err().code(), "KANTA-ID-OID", "{bad}");
        }
    }

    #[test]
    fn knows_its_ancestors() {
        let oid = Oid::parse("1.2.246.10").unwrap();
        assert!(oid.starts_with(&oid));
        assert!(oid.starts_with(&Oid::parse("1.2").unwrap()));
        assert!(!oid.starts_with(&Oid::parse("1.2.24").unwrap()));
        assert_eq!(oid.child(7).as_str(), "1.2.246.10.7");
    }

    #[test]
    fn the_urn_form_goes_both_ways() {
        let oid = Oid::parse_urn("urn:oid:1.2.246").unwrap();
        assert_eq!(oid.to_urn(), "urn:oid:1.2.246");
        assert!(Oid::parse_urn("1.2.246").is_err());
    }

    proptest! {
        #[test]
        fn what_is_parsed_prints_the_same(text in "[0-2](\\.(0|[1-9][0-9]{0,30})){1,12}") {
            if let Ok(oid) = Oid::parse(&text) {
                prop_assert_eq!(oid.to_string(), text);
            }
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = Oid::parse(&text);
        }
    }
}
