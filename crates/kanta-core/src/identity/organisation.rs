//! Organisations, their units and their professionals.

use std::fmt;
use std::str::FromStr;

use crate::{InvalidValue, Oid, PersonName};

/// The node under which Finnish organisations have their OIDs (JHS 159 annex 1, `[S]`).
const ORGANISATIONS: Oid = Oid::from_static("1.2.246.10");
/// The root of professionals' registration numbers (`[S]` of the real messages).
const REGISTRATION_NUMBERS: Oid = Oid::from_static("1.2.246.537.26");

/// A business id, seven digits, a hyphen and a check digit (Finnish: Y-tunnus).
///
/// ```
/// use kanta_core::BusinessId;
///
/// let id = BusinessId::parse("0123456-2")?;
/// assert_eq!(id.oid_arc(), "1234562");
/// assert_eq!(BusinessId::from_oid_arc("1234562")?, id);
/// # Ok::<(), kanta_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BusinessId([u8; 8]);

impl BusinessId {
    /// Parses the form that people use, such as `0123456-2`.
    ///
    /// # Errors
    /// `KANTA-ID-BUSINESS-FORM` or `KANTA-ID-BUSINESS-CHECK`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match text.as_bytes() {
            [number @ .., b'-', check] if number.len() == 7 => {
                let mut digits = [0; 8];
                digits[..7].copy_from_slice(number);
                digits[7] = *check;
                Self::from_digits(digits)
            }
            _ => Err(business_form_error()),
        }
    }

    /// Parses the arc of an organisation's OID: no hyphen and no leading zeros.
    ///
    /// # Errors
    /// `KANTA-ID-BUSINESS-FORM` or `KANTA-ID-BUSINESS-CHECK`.
    pub fn from_oid_arc(arc: &str) -> Result<Self, InvalidValue> {
        if arc.is_empty() || arc.len() > 8 || (arc.len() > 1 && arc.starts_with('0')) {
            return Err(business_form_error());
        }
        let mut digits = [b'0'; 8];
        digits[8 - arc.len()..].copy_from_slice(arc.as_bytes());
        Self::from_digits(digits)
    }

    fn from_digits(digits: [u8; 8]) -> Result<Self, InvalidValue> {
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(business_form_error());
        }
        let weights = [7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = digits
            .iter()
            .zip(weights)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        let expected = match sum % 11 {
            0 => Some(0),
            1 => None,
            rest => Some(11 - rest),
        };
        if expected == Some(u32::from(digits[7] - b'0')) {
            Ok(Self(digits))
        } else {
            Err(InvalidValue::new(
                "KANTA-ID-BUSINESS-CHECK",
                "the check digit of the business id is wrong",
                "check the number for a typing error",
            ))
        }
    }

    /// Returns the arc that stands for the business id in OIDs: no hyphen, no leading zeros.
    #[must_use]
    pub fn oid_arc(&self) -> &str {
        let digits = std::str::from_utf8(&self.0).expect("the constructor accepts digits only");
        match digits.trim_start_matches('0') {
            "" => "0",
            arc => arc,
        }
    }
}

impl fmt::Display for BusinessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = std::str::from_utf8(&self.0).expect("the constructor accepts digits only");
        write!(f, "{}-{}", &digits[..7], &digits[7..])
    }
}

fn business_form_error() -> InvalidValue {
    InvalidValue::new(
        "KANTA-ID-BUSINESS-FORM",
        "not a business id",
        "write seven digits, a hyphen and the check digit, such as 0123456-2",
    )
}

/// The OID of an organisation or of a unit below it, `1.2.246.10.<business id>.…` (Finnish: organisaation OID-tunnus).
///
/// The unit of a register keeper may stand under another organisation's business id, and a register keeper need not end
/// in `.10.0`: neither is ever derived from the other (test messages, `[S]`). The check digit of the business id is not
/// demanded; [`OrganisationOid::business_id`] tells.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrganisationOid(Oid);

impl OrganisationOid {
    /// Parses the dotted form.
    ///
    /// # Errors
    /// `KANTA-ID-OID`, or `KANTA-ID-ORGANISATION` when the identifier is not below 1.2.246.10.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        Self::new(Oid::parse(text)?)
    }

    /// Checks that an identifier is an organisation's.
    ///
    /// # Errors
    /// `KANTA-ID-ORGANISATION` when it is not below 1.2.246.10.
    pub fn new(oid: Oid) -> Result<Self, InvalidValue> {
        if oid.starts_with(&ORGANISATIONS) && oid != ORGANISATIONS {
            Ok(Self(oid))
        } else {
            Err(InvalidValue::new(
                "KANTA-ID-ORGANISATION",
                "not the OID of a Finnish organisation",
                "give an OID below 1.2.246.10, as the SOTE organisation register has it",
            ))
        }
    }

    /// Returns the identifier.
    #[must_use]
    pub fn as_oid(&self) -> &Oid {
        &self.0
    }

    /// Returns the node of the organisation whose business id is in the identifier: its first five arcs.
    ///
    /// Only for making identifiers below it. It says neither which organisation keeps the register nor to whom a unit
    /// belongs: a unit may stand under another organisation's business id.
    #[must_use]
    pub fn root(&self) -> Oid {
        let text = self.0.as_str();
        let end = text
            .match_indices('.')
            .nth(4)
            .map_or(text.len(), |(dot, _)| dot);
        Oid::parse(&text[..end]).expect("the beginning of an identifier is one")
    }

    /// Returns the business id in the identifier, when its check digit is right: for people to read, never to compare.
    #[must_use]
    pub fn business_id(&self) -> Option<BusinessId> {
        BusinessId::from_oid_arc(self.0.arcs().nth(4)?).ok()
    }
}

impl FromStr for OrganisationOid {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for OrganisationOid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An organisation or a unit of one, with its name (Finnish: organisaatio, palveluyksikkö).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Organisation {
    /// The identifier in the SOTE organisation register.
    pub oid: OrganisationOid,
    /// The name, when it is told.
    pub name: Option<String>,
}

impl Organisation {
    /// Makes an organisation with its name.
    #[must_use]
    pub fn new(oid: OrganisationOid, name: impl Into<String>) -> Self {
        Self {
            oid,
            name: Some(name.into()),
        }
    }
}

/// A professional's registration number, as text (Finnish: rekisteröintinumero).
///
/// Eleven digits in every message seen; other lengths are kept when they are read. It identifies a person, so `Debug`
/// does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProfessionalRegistrationNumber(String);

impl ProfessionalRegistrationNumber {
    /// Parses a registration number: digits only.
    ///
    /// # Errors
    /// `KANTA-ID-REGISTRATION` when the text is empty or holds anything but digits.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if !text.is_empty() && text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new(
                "KANTA-ID-REGISTRATION",
                "not a professional's registration number",
                "give the digits of the number, without spaces",
            ))
        }
    }

    /// Returns the root under which messages carry the number, 1.2.246.537.26.
    #[must_use]
    pub fn root() -> Oid {
        REGISTRATION_NUMBERS
    }

    /// Returns the number: it identifies a person.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns whether the number has the eleven digits of every number seen (`[S]`).
    #[must_use]
    pub fn has_usual_length(&self) -> bool {
        self.0.len() == 11
    }
}

impl fmt::Debug for ProfessionalRegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProfessionalRegistrationNumber(…)")
    }
}

/// The professional who saved a document (Finnish: asiakirjan tallentanut ammattihenkilö).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Professional {
    /// The registration number; staff without one have none.
    pub registration_number: Option<ProfessionalRegistrationNumber>,
    /// The name.
    pub name: PersonName,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn business_ids_lose_and_get_back_their_zeros() {
        for (text, arc) in [
            ("0111111-6", "1111116"),
            ("0123456-2", "1234562"),
            ("1234567-1", "12345671"),
        ] {
            let id = BusinessId::parse(text).unwrap();
            assert_eq!(id.oid_arc(), arc);
            assert_eq!(BusinessId::from_oid_arc(arc).unwrap().to_string(), text);
        }
        for bad in [
            "0111111-7",
            "111111-6",
            "01111116",
            "0111111 8",
            "0111111-x",
            "",
            "é111111-6",
        ] {
            assert!(BusinessId::parse(bad).is_err(), "{bad}");
        }
        for bad in ["", "01111116", "123456789", "abc"] {
            assert!(BusinessId::from_oid_arc(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn organisations_stand_below_their_node() {
        let unit = OrganisationOid::parse("1.2.246.10.1234562.10.40").unwrap();
        assert_eq!(unit.business_id().unwrap().to_string(), "0123456-2");
        let fictional = OrganisationOid::parse("1.2.246.10.99999999.10.0").unwrap();
        assert_eq!(fictional.business_id(), None);
        assert_eq!(unit.root().as_str(), "1.2.246.10.1234562");
        assert_eq!(
            OrganisationOid::parse("1.2.246.10.99999999")
                .unwrap()
                .root()
                .as_str(),
            "1.2.246.10.99999999"
        );
        for bad in ["1.2.246.10", "1.2.246.100.1", "1.2.246.537.6", "x"] {
            assert!(OrganisationOid::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn registration_numbers_are_digits_and_do_not_print() {
        let number = ProfessionalRegistrationNumber::parse("99999999901").unwrap();
        assert!(number.has_usual_length());
        assert!(!format!("{number:?}").contains('9'));
        for bad in ["", "9999 9999", "12a"] {
            assert!(ProfessionalRegistrationNumber::parse(bad).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = BusinessId::parse(&text);
            let _ = BusinessId::from_oid_arc(&text);
            let _ = OrganisationOid::parse(&text);
        }
    }
}
