//! Points in time: instants, civil dates and HL7 time stamps.

mod date;
mod instant;
mod stamp;

pub use date::Date;
pub use instant::Instant;
pub use stamp::{Precision, TimeStamp};

/// Reads the digits at a place of a text; `None` when something else stands there, or nothing.
fn number(text: &str, range: std::ops::Range<usize>) -> Option<i16> {
    let part = text.get(range)?;
    if part.bytes().all(|byte| byte.is_ascii_digit()) {
        part.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = TimeStamp::parse(&text);
            let _ = Date::parse(&text);
            let _ = Instant::parse(&text);
        }
    }
}
