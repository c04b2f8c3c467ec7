//! The text of one value.

use std::fmt::Write;

use crate::json::{Kind, Value};
use crate::structure::{Field, Language, Pattern, Representation};

/// The root of personal identity codes (Sosmeta, `[S]`); test documents write it with and without `urn:oid:`.
const IDENTITY_CODE_ROOT: &str = "1.2.246.21";

/// Returns a value as people read it; `None` when there is nothing to show. What is not shown as it is written lies in
/// `made`, so that nothing is allocated for each value.
pub(super) fn text<'v>(
    field: Field<'_>,
    value: Value<'v>,
    language: Language,
    made: &'v mut String,
) -> Option<&'v str> {
    use Representation as R;
    made.clear();
    let shown = match (field.representation(), value.kind()) {
        (R::Date | R::Moment, Kind::Text) => moment(value.as_str()?, made),
        (R::Identifier, Kind::Object) => identifier(field, value, made)?,
        (R::Code, Kind::Object) => code(value)?,
        (R::Quantity | R::Measure | R::Percent, Kind::Object) => {
            number(value.get("value")?.as_literal()?, made);
            if let Some(unit) = value.get("code").and_then(Value::as_str) {
                made.push(' ');
                made.push_str(unit);
            }
            made
        }
        (_, Kind::Text) => value.as_str()?,
        (_, Kind::Number) => {
            number(value.as_literal()?, made);
            made
        }
        (_, Kind::Bool(value)) => switch(value, language),
        (_, Kind::Null | Kind::Array | Kind::Object) => return None,
    };
    (!shown.trim().is_empty()).then_some(shown)
}

/// Yes and no.
pub(super) fn switch(value: bool, language: Language) -> &'static str {
    match (language, value) {
        (Language::Finnish, true) => "Kyllä",
        (Language::Finnish, false) => "Ei",
        (Language::Swedish, true) => "Ja",
        (Language::Swedish, false) => "Nej",
    }
}

/// A coded value by its display text, or by its code where that is empty.
fn code(value: Value<'_>) -> Option<&str> {
    value
        .get("display")
        .and_then(Value::as_str)
        .filter(|display| !display.trim().is_empty())
        .or_else(|| value.get("code")?.as_str())
}

/// An identifier by its value; an identity code is masked, also when only the field says that it is one.
fn identifier<'v>(field: Field<'_>, value: Value<'v>, made: &'v mut String) -> Option<&'v str> {
    let code = value.get("value")?.as_str()?;
    if !is_identity_code(field, value) {
        return Some(code);
    }
    made.extend(code.chars().take(6));
    made.push_str("*****");
    Some(made)
}

/// Returns whether an identifier is a personal identity code, by its field or by its system.
pub(super) fn is_identity_code(field: Field<'_>, value: Value<'_>) -> bool {
    let system = value.get("system").and_then(Value::as_str).unwrap_or("");
    field.national_system() == Some(IDENTITY_CODE_ROOT)
        || system.strip_prefix("urn:oid:").unwrap_or(system) == IDENTITY_CODE_ROOT
}

/// `dd.MM.yyyy`, `MM.yyyy` or `yyyy`, and `HH:mm` where there is a time; any other text stays as it is.
fn moment<'v>(text: &'v str, made: &'v mut String) -> &'v str {
    if !Pattern::Moment.matches(text) {
        return text;
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, time.get(.."HH:mm".len())),
        None => (text, None),
    };
    // The sign of a year before the common era is no separator.
    let (sign, date) = match date.strip_prefix('-') {
        Some(date) => ("-", date),
        None => ("", date),
    };
    let mut parts = date.splitn(3, '-');
    let year = parts.next().unwrap_or_default();
    let (month, day) = (parts.next(), parts.next());
    for part in [day, month].into_iter().flatten() {
        made.push_str(part);
        made.push('.');
    }
    made.push_str(sign);
    made.push_str(year);
    if let Some(time) = time {
        made.push(' ');
        made.push_str(time);
    }
    made
}

/// The shortest decimal form, with the comma of both languages.
fn number(literal: &str, made: &mut String) {
    let start = made.len();
    match literal.parse::<f64>() {
        Ok(number) => write!(made, "{number}").expect("writing to a String"),
        Err(_) => made.push_str(literal),
    }
    if let Some(point) = made[start..].find('.') {
        made.replace_range(start + point..=start + point, ",");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_moments_keep_the_wall_clock() {
        for (written, shown) in [
            ("2026-02-03", "03.02.2026"),
            ("2026-02", "02.2026"),
            ("2026", "2026"),
            ("-0044-03-15", "15.03.-0044"),
            ("2026-05-04T09:00:00+03:00", "04.05.2026 09:00"),
            ("2026-05-04T23:59:59.999Z", "04.05.2026 23:59"),
            ("ensi viikolla", "ensi viikolla"),
            ("", ""),
        ] {
            assert_eq!(moment(written, &mut String::new()), shown);
        }
    }

    #[test]
    fn numbers() {
        for (value, shown) in [
            ("0", "0"),
            ("-0", "-0"),
            ("12", "12"),
            ("12.50", "12,5"),
            ("-0.1", "-0,1"),
            ("1.5e2", "150"),
            ("9007199254740992", "9007199254740992"),
        ] {
            let mut made = String::new();
            number(value, &mut made);
            assert_eq!(made, shown);
        }
    }
}
