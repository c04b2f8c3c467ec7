//! Single values of samples: always of the form that the schema demands.

use super::random::{FAMILY_NAMES, GIVEN_NAMES, Random};
use crate::structure::{CodeSystem, Field, Pattern, Representation};

/// The register of social and health care organisations (`[S]`): its codes are organisations' OIDs.
const ORGANISATION_REGISTER: &str = "1.2.246.537.6.202";
/// The root of personal identity codes (`[S]`).
const IDENTITY_CODE_ROOT: &str = "1.2.246.21";
/// A fictional organisation.
const ORGANISATION: &str = "1.2.246.10.99999999";

/// A text that the schema accepts.
pub(super) fn text(field: Field<'_>, random: &mut Random) -> String {
    if let Some(allowed) = field.allowed() {
        let fitting: Vec<&str> = allowed.filter(|value| field.accepts(value)).collect();
        return fitting
            .get(random.below(fitting.len()))
            .map_or_else(String::new, |value| (*value).to_owned());
    }
    let mut text = match (field.pattern(), field.representation()) {
        (Some(Pattern::Date), _) => date(random),
        (Some(Pattern::Moment), _) => moment(random),
        (Some(Pattern::Oid(oid)), _) => format!("urn:oid:{oid}.{}", 2000 + random.below(30)),
        (None, Representation::Name) => name(field, random),
        (None, _) if field.name().contains("postinumero") => {
            format!("{:05}", random.below(100_000))
        }
        (None, _) if field.name().contains("puhelin") => {
            format!("+358 40 {:07}", random.below(10_000_000))
        }
        (None, _) if field.name().contains("sahkoposti") => {
            "etunimi.sukunimi@esimerkki.example".to_owned()
        }
        (None, Representation::Signature) => name(field, random),
        (None, _) => random.sentences(),
    };
    while text.chars().count() < field.min_length() && field.pattern().is_none() {
        text.push('.');
    }
    text
}

fn name(field: Field<'_>, random: &mut Random) -> String {
    let name = field.name();
    if name.contains("postitoimipaikka") {
        return random
            .pick(&["Mallila", "Esimerkkilä", "Näytejärvi"])
            .to_owned();
    }
    if name.contains("organisaatio") {
        return "Mallilan hyvinvointialue".to_owned();
    }
    if name.contains("etunim") {
        random.pick(&GIVEN_NAMES).to_owned()
    } else if name.contains("sukunim") {
        random.pick(&FAMILY_NAMES).to_owned()
    } else {
        format!(
            "{} {}",
            random.pick(&GIVEN_NAMES),
            random.pick(&FAMILY_NAMES)
        )
    }
}

/// A day, now and then a month or a year alone.
fn date(random: &mut Random) -> String {
    let (year, month, day) = (
        1990 + random.below(40),
        1 + random.below(12),
        1 + random.below(28),
    );
    match random.below(8) {
        0 => format!("{year}"),
        1 => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

/// A day with time and offset, in all the forms there are; now and then a date alone.
fn moment(random: &mut Random) -> String {
    if random.below(6) == 0 {
        return date(random);
    }
    let fraction = random.pick(&["", "", "", ".5", ".123456"]);
    let offset = random.pick(&["+02:00", "+03:00", "Z", "-05:30", "+14:00"]);
    format!(
        "{}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}{offset}",
        1990 + random.below(40),
        1 + random.below(12),
        1 + random.below(28),
        random.below(24),
        random.below(60),
        random.below(60),
    )
}

pub(super) fn number(representation: Representation, random: &mut Random) -> String {
    match representation {
        Representation::Count => random.below(50).to_string(),
        _ => (random.below(4000) as f64 / 8.0).to_string(),
    }
}

/// The parts of a coded value.
pub(super) fn code(field: Field<'_>, random: &mut Random) -> Vec<(&'static str, String)> {
    let (system, is_register) = match field.code_system() {
        Some(CodeSystem::National(oid)) => {
            let is_register = oid.as_str() == ORGANISATION_REGISTER;
            let version = [2008, 201_601, 202_301][random.below(3)];
            (oid.child(version).to_urn(), is_register)
        }
        Some(CodeSystem::Local(name)) => (name, false),
        None => ("urn:oid:2.999.6".to_owned(), false),
    };
    let (code, display) = if is_register {
        let number = 1 + random.below(99);
        (
            format!("{ORGANISATION}.10.{number}"),
            format!("Mallilan palveluyksikkö {number}"),
        )
    } else {
        let accepted: Vec<&str> = field.accepted_values().collect();
        let code = accepted
            .get(random.below(accepted.len()))
            .map_or_else(|| random.below(100).to_string(), |code| (*code).to_owned());
        let length = 1 + random.below(3);
        (code, random.words(length))
    };
    vec![("system", system), ("code", code), ("display", display)]
}

/// The parts of an identifier.
pub(super) fn identifier(field: Field<'_>, random: &mut Random) -> Vec<(&'static str, String)> {
    let (system, value) = match field.national_system() {
        Some(IDENTITY_CODE_ROOT) => (
            format!("urn:oid:{IDENTITY_CODE_ROOT}"),
            identity_code(random),
        ),
        Some(root) => (
            format!("urn:oid:{root}"),
            random.below(1_000_000).to_string(),
        ),
        None if field.name() == "tilapainen_yksilointitunnus" => (
            format!("urn:oid:{ORGANISATION}.22.2026"),
            identity_code(random),
        ),
        None => (
            "urn:oid:1.2.246.1".to_owned(),
            format!("{ORGANISATION}.11.2026.{}", 1 + random.below(100_000)),
        ),
    };
    vec![("system", system), ("value", value)]
}

/// An identity code of nobody: its individual number is between 900 and 999.
fn identity_code(random: &mut Random) -> String {
    const CHECKS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let (day, month, year) = (
        1 + random.below(28),
        1 + random.below(12),
        random.below(100),
    );
    let individual = 900 + random.below(100);
    let digits = ((day * 100 + month) * 100 + year) * 1000 + individual;
    let check = char::from(CHECKS[digits % CHECKS.len()]);
    let century = if year < 20 { 'A' } else { '-' };
    format!("{day:02}{month:02}{year:02}{century}{individual}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_core::PersonalIdentityCode;

    #[test]
    fn people_are_fictional() {
        let mut random = Random::new(1);
        for _ in 0..500 {
            let code = identity_code(&mut random);
            let parsed = PersonalIdentityCode::parse(&code).unwrap();
            assert!(parsed.is_artificial(), "{code}");
        }
    }
}
