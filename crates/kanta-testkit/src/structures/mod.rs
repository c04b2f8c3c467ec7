//! Small structures of our own, in the shape of Sosmeta's, with OIDs below 2.999.
//!
//! They are written by hand: the names of fields and code systems are THL's, so that rules and typed documents find them; which
//! fields there are is ours, as few as tests and examples need.

mod schema;
mod shape;
// A table, which is read best with a field a line.
#[rustfmt::skip]
mod tables;

use std::path::Path;
use std::{fs, io};

use kanta_client::cda::structure::Structure;

/// Returns the structure of a small client-relation document (Finnish: asiakkuusasiakirja).
#[must_use]
pub fn client_relation() -> Structure {
    parse(&client_relation_schema())
}

/// Returns the JSON schema of [`client_relation`].
#[must_use]
pub fn client_relation_schema() -> String {
    tables::client_relation()
}

/// Returns the structure of a small client plan (Finnish: asiakassuunnitelma).
#[must_use]
pub fn client_plan() -> Structure {
    parse(&client_plan_schema())
}

/// Returns the JSON schema of [`client_plan`].
#[must_use]
pub fn client_plan_schema() -> String {
    tables::client_plan()
}

/// Returns the structure of a small case document (Finnish: asia-asiakirja).
#[must_use]
pub fn case() -> Structure {
    parse(&tables::case())
}

/// Returns the structure of a small entry of the case notes (Finnish: asiakaskertomusmerkintä).
#[must_use]
pub fn case_note() -> Structure {
    parse(&tables::case_note())
}

/// Returns the structure of a small disclosure permission (Finnish: luovutuslupa-asiakirja).
#[must_use]
pub fn disclosure_permission() -> Structure {
    parse(&tables::disclosure_permission())
}

/// Returns the structure of a small document of disclosure bans (Finnish: kieltoasiakirja).
#[must_use]
pub fn disclosure_bans() -> Structure {
    parse(&tables::disclosure_bans())
}

/// Returns all of them.
#[must_use]
pub fn all() -> Vec<Structure> {
    all_schemas().iter().map(|schema| parse(schema)).collect()
}

/// Returns the JSON schemas of all of them.
#[must_use]
pub fn all_schemas() -> [String; 6] {
    [
        tables::client_relation(),
        tables::client_plan(),
        tables::case(),
        tables::case_note(),
        tables::disclosure_permission(),
        tables::disclosure_bans(),
    ]
}

/// Writes the JSON schemas of all of them into a folder, each as `<its OID>.json`.
///
/// # Errors
/// What the file system says.
pub fn write_all(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for schema in all_schemas() {
        let oid = parse(&schema).oid().to_string();
        fs::write(folder.join(format!("{oid}.json")), schema)?;
    }
    Ok(())
}

fn parse(schema: &str) -> Structure {
    Structure::parse(schema.as_bytes()).expect("the schema is ours and a test reads it")
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
