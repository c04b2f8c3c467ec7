//! Identity codes and business ids against the tables of `$KANTA_CONFORMANCE/identifiers`, whose verdicts are another
//! library's.

use std::path::PathBuf;

use kanta_core::{BusinessId, PersonalIdentityCode, Sex};

fn table(name: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("KANTA_CONFORMANCE") else {
        eprintln!("SKIPPED: KANTA_CONFORMANCE does not name the folder of conformance material");
        return None;
    };
    let path = PathBuf::from(folder).join("identifiers").join(name);
    Some(std::fs::read_to_string(path).expect("the table can be read"))
}

#[test]
fn identity_codes_row_by_row() {
    let Some(table) = table("henkilotunnus.tsv") else {
        return;
    };
    let mut rows = 0;
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let value: String = match serde_json::from_str(cells[0]) {
            Ok(value) => value,
            Err(_) => cells[0].to_owned(),
        };
        let parsed = PersonalIdentityCode::parse(&value);
        assert_eq!(parsed.is_ok(), cells[1] == "1", "row {rows}: {}", cells[5]);
        if let Ok(code) = parsed {
            assert!(code.is_artificial(), "row {rows}");
            assert_eq!(code.expose(), value, "row {rows}");
            assert_eq!(code.birth_date().to_string(), cells[3], "row {rows}");
            assert_eq!(code.sex() == Sex::Male, cells[4] == "male", "row {rows}");
        }
        rows += 1;
    }
    assert!(rows > 100, "the table is shorter than expected");
}

#[test]
fn business_ids_row_by_row() {
    let Some(table) = table("ytunnus.tsv") else {
        return;
    };
    let mut rows = 0;
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let value: String = serde_json::from_str(cells[0]).unwrap_or_else(|_| cells[0].to_owned());
        let parsed = BusinessId::parse(&value);
        assert_eq!(parsed.is_ok(), cells[1] == "1", "row {rows}: {}", cells[4]);
        if let Ok(id) = parsed
            && !cells[3].is_empty()
        {
            assert_eq!(id.oid_arc(), cells[3], "row {rows}");
            assert_eq!(BusinessId::from_oid_arc(cells[3]).as_ref(), Ok(&id));
            assert_eq!(id.to_string(), value, "row {rows}");
        }
        rows += 1;
    }
    assert!(rows > 50, "the table is shorter than expected");
}
