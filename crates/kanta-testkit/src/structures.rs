//! Small structures of our own, in the shape of Sosmeta's, with OIDs below 2.999.
//!
//! They are written by hand: the names of fields and code systems are THL's, so that rules and typed documents find them; which
//! fields there are is ours, as few as tests and examples need.

use kanta_client::cda::structure::Structure;

/// Returns the structure of a small client-relation document (Finnish: asiakkuusasiakirja).
#[must_use]
pub fn client_relation() -> Structure {
    parse(include_str!("../structures/2.999.1505.1.2026.1.1.json"))
}

/// Returns the structure of a small client plan (Finnish: asiakassuunnitelma).
#[must_use]
pub fn client_plan() -> Structure {
    parse(include_str!("../structures/2.999.1506.15007.2026.1.1.json"))
}

/// Returns the structure of a small case document (Finnish: asia-asiakirja).
#[must_use]
pub fn case() -> Structure {
    parse(include_str!("../structures/2.999.1505.2.2026.1.1.json"))
}

/// Returns the structure of a small entry of the case notes (Finnish: asiakaskertomusmerkintä).
#[must_use]
pub fn case_note() -> Structure {
    parse(include_str!("../structures/2.999.1506.90001.2026.1.1.json"))
}

/// Returns the structure of a small disclosure permission (Finnish: luovutuslupa-asiakirja).
#[must_use]
pub fn disclosure_permission() -> Structure {
    parse(include_str!("../structures/2.999.1505.8.2026.1.1.json"))
}

/// Returns the structure of a small document of disclosure bans (Finnish: kieltoasiakirja).
#[must_use]
pub fn disclosure_bans() -> Structure {
    parse(include_str!("../structures/2.999.1505.9.2026.1.1.json"))
}

/// Returns all of them.
#[must_use]
pub fn all() -> Vec<Structure> {
    vec![
        client_relation(),
        client_plan(),
        case(),
        case_note(),
        disclosure_permission(),
        disclosure_bans(),
    ]
}

fn parse(schema: &str) -> Structure {
    Structure::parse(schema.as_bytes()).expect("the schema is a constant and a test reads it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_can_be_read() {
        for structure in all() {
            assert!(structure.oid().as_str().starts_with("2.999."));
        }
    }
}
