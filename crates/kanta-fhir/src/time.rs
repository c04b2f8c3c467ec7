//! Times as FHIR writes them.

use kanta_core::{Instant, TimeStamp};

/// Writes an instant in Finnish time, exact to the nanosecond: `2026-03-02T10:15:00+02:00`.
pub(crate) fn fhir_text(instant: Instant) -> String {
    let stamp = TimeStamp::in_finland(instant);
    let stamp = stamp.as_str();
    // yyyyMMddHHmmss+zzzz, always with an offset.
    let (day, time, zone) = (&stamp[..8], &stamp[8..14], &stamp[14..]);
    let utc = instant.to_utc_text(9);
    let fraction = utc
        .split_once('.')
        .map_or("", |(_, fraction)| fraction.trim_end_matches('Z'))
        .trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!(
        "{}-{}-{}T{}:{}:{}{point}{fraction}{}:{}",
        &day[..4],
        &day[4..6],
        &day[6..],
        &time[..2],
        &time[2..4],
        &time[4..],
        &zone[..3],
        &zone[3..]
    )
}

/// Returns whether a text is an instant of FHIR: date, time to the second at least, and zone.
pub(crate) fn is_instant(text: &str) -> bool {
    is_date_time(text) && text.len() > 19 && text.as_bytes()[10] == b'T'
}

/// Returns whether a text is a `dateTime` of FHIR: a year, a month, a day, or a time to the second with a zone.
pub(crate) fn is_date_time(text: &str) -> bool {
    match text.len() {
        4 => kanta_core::Date::parse(&format!("{text}-01-01")).is_ok(),
        7 => kanta_core::Date::parse(&format!("{text}-01")).is_ok(),
        10 => kanta_core::Date::parse(text).is_ok(),
        _ => is_full(text),
    }
}

fn is_full(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 20 || !text.is_ascii() || bytes[10] != b'T' {
        return false;
    }
    let (clock, zone) = match bytes
        .iter()
        .rposition(|byte| matches!(byte, b'Z' | b'+' | b'-'))
    {
        Some(at) if at >= 19 => (&text[11..at], &text[at..]),
        _ => return false,
    };
    let zone_is_right = zone == "Z"
        || (zone.len() == 6
            && zone.as_bytes()[3] == b':'
            && pair(&zone[1..3], 14)
            && pair(&zone[4..6], 59));
    let (whole, fraction) = match clock.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (clock, None),
    };
    let whole_is_right = whole.len() == 8
        && whole.as_bytes()[2] == b':'
        && whole.as_bytes()[5] == b':'
        && pair(&whole[..2], 23)
        && pair(&whole[3..5], 59)
        && pair(&whole[6..], 60);
    kanta_core::Date::parse(&text[..10]).is_ok()
        && zone_is_right
        && whole_is_right
        && fraction.is_none_or(|digits| {
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Returns whether two digits are a number up to a limit.
fn pair(text: &str, limit: u8) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u8>().is_ok_and(|number| number <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_finnish_time_to_the_last_digit() {
        for (instant, text) in [
            ("2026-03-02T08:15:00Z", "2026-03-02T10:15:00+02:00"),
            ("2026-07-01T09:00:00Z", "2026-07-01T12:00:00+03:00"),
            ("2026-07-01T09:00:00.1200Z", "2026-07-01T12:00:00.12+03:00"),
            (
                "2026-07-01T09:00:00.000000001Z",
                "2026-07-01T12:00:00.000000001+03:00",
            ),
        ] {
            let written = fhir_text(Instant::parse(instant).unwrap());
            assert_eq!(written, text);
            assert!(is_instant(&written));
            assert_eq!(Instant::parse(&written), Instant::parse(instant));
        }
    }

    #[test]
    fn forms_of_times() {
        for (text, instant, date_time) in [
            ("2026-03-02T10:15:00+02:00", true, true),
            ("2026-03-02T10:15:00.123456789123Z", true, true),
            ("2026-03-02T23:59:60Z", true, true),
            ("2026-03-02", false, true),
            ("2026-03", false, true),
            ("2026", false, true),
            ("2026-03-02T10:15:00", false, false),
            ("2026-03-02T10:15+02:00", false, false),
            ("2026-03-02T10:15:00.Z", false, false),
            ("2026-02-30T10:15:00Z", false, false),
            ("2026-03-02T24:15:00Z", false, false),
            ("2026-03-02T10:15:00+15:00", false, false),
            ("2026-03-02 10:15:00Z", false, false),
            ("2026-03-02T10:15:00ä02:00", false, false),
            ("", false, false),
            ("26", false, false),
        ] {
            assert_eq!(is_instant(text), instant, "{text}");
            assert_eq!(is_date_time(text), date_time, "{text}");
        }
    }
}
