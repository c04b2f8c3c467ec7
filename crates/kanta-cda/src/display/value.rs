//! The text of one value.

use std::borrow::Cow;

use crate::json::Json;
use crate::structure::{CodeSystem, Field, Language, Pattern, Representation};

/// The root of personal identity codes (documents.md §8, `[S]`); test documents write it with and without `urn:oid:`.
const IDENTITY_CODE_ROOT: &str = "1.2.246.21";

/// Returns a value as people read it; `None` when there is nothing to show.
pub(super) fn text<'j>(
    field: &Field,
    value: &'j Json<'_>,
    language: Language,
) -> Option<Cow<'j, str>> {
    let part = |name: &str| value.get(name);
    let shown = match (field.representation(), value) {
        (Representation::Date | Representation::Moment, Json::String(text)) => moment(text),
        (Representation::Identifier, _) => identifier(field, value)?,
        (Representation::Code, _) => part("display")
            .and_then(Json::as_str)
            .filter(|display| !display.trim().is_empty())
            .or_else(|| part("code")?.as_str())?
            .into(),
        (Representation::Quantity | Representation::Measure | Representation::Percent, _) => {
            let number = number(part("value")?.as_number()?);
            match part("code").and_then(Json::as_str) {
                Some(unit) => format!("{number} {unit}").into(),
                None => number.into(),
            }
        }
        (_, Json::String(text)) => Cow::Borrowed(&**text),
        (_, Json::Number(value)) => number(*value).into(),
        (_, Json::Bool(value)) => Cow::Borrowed(match (language, value) {
            (Language::Finnish, true) => "Kyllä",
            (Language::Finnish, false) => "Ei",
            (Language::Swedish, true) => "Ja",
            (Language::Swedish, false) => "Nej",
        }),
        (_, Json::Null | Json::Array(_) | Json::Object(_)) => return None,
    };
    (!shown.trim().is_empty()).then_some(shown)
}

/// An identifier by its value; an identity code is masked, also when only the field says that it is one.
fn identifier<'j>(field: &Field, value: &'j Json<'_>) -> Option<Cow<'j, str>> {
    let code = value.get("value")?.as_str()?;
    let system = value.get("system").and_then(Json::as_str).unwrap_or("");
    let of_field = matches!(field.code_system(), Some(CodeSystem::National(root)) if root.as_str() == IDENTITY_CODE_ROOT);
    let named = system.strip_prefix("urn:oid:").unwrap_or(system) == IDENTITY_CODE_ROOT;
    if of_field || named {
        Some(code.chars().take(6).chain("*****".chars()).collect())
    } else {
        Some(Cow::Borrowed(code))
    }
}

/// `dd.MM.yyyy`, `MM.yyyy` or `yyyy`, and `HH:mm` where there is a time; any other text stays as it is.
fn moment(text: &str) -> Cow<'_, str> {
    if !Pattern::Moment.matches(text) {
        return Cow::Borrowed(text);
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
    let mut parts = date.split('-');
    let year = parts.next().unwrap_or_default();
    let mut shown = format!("{sign}{year}");
    for part in parts {
        shown = format!("{part}.{shown}");
    }
    if let Some(time) = time {
        shown = format!("{shown} {time}");
    }
    shown.into()
}

/// The shortest decimal form, with the comma of both languages.
fn number(number: f64) -> String {
    number.to_string().replace('.', ",")
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
            assert_eq!(moment(written), shown);
        }
    }

    #[test]
    fn numbers() {
        for (value, shown) in [
            (0.0, "0"),
            (12.0, "12"),
            (12.5, "12,5"),
            (-0.1, "-0,1"),
            (9_007_199_254_740_992.0, "9007199254740992"),
        ] {
            assert_eq!(number(value), shown);
        }
    }
}
