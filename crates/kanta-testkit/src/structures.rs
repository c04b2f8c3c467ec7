//! Two small structures of our own, in the shape of Sosmeta's, with OIDs below 2.999.
//!
//! Content that fits them also fits the national structures of the same name, of which they are a small part.

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

fn parse(schema: &str) -> Structure {
    Structure::parse(schema.as_bytes()).expect("the schema is a constant and a test reads it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_can_be_read() {
        assert!(client_relation().oid().as_str().starts_with("2.999."));
        assert!(client_plan().oid().as_str().starts_with("2.999."));
    }
}
