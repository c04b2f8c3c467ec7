//! The SOTE organisation register.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::import::{ImportError, OrganisationColumns, Table, day, line_at};
use crate::{Date, InvalidValue, OperatingUnit, Organisation, OrganisationOid, ServiceUnit};

/// A unit or an organisation of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredUnit {
    /// The unit with its official name.
    pub organisation: Organisation,
    /// The unit or organisation above it.
    pub parent: Option<OrganisationOid>,
    /// The first day of use, when it is told.
    pub valid_from: Option<Date>,
    /// The last day of use, when it is told.
    pub valid_to: Option<Date>,
}

/// The national register of organisations and their units, as far as it was loaded
/// (Finnish: SOTE-organisaatiorekisteri, 1.2.246.537.6.202).
///
/// Who is above whom is told here and nowhere else: a unit's OID may stand under another organisation (test messages, `[S]`).
///
/// ```
/// use kanta_core::registry::{OrganisationColumns, OrganisationRegister};
/// use kanta_core::{Organisation, OrganisationOid, ServiceUnit};
///
/// let register = OrganisationRegister::from_csv(
///     b"oid;name;parent\n\
///       1.2.246.10.99999999.10.0;Kuvitelman hyvinvointialue;\n\
///       1.2.246.10.99999998.10.7;Perhepalvelut;1.2.246.10.99999999.10.0\n",
///     &OrganisationColumns::default(),
/// )?;
/// let unit = OrganisationOid::parse("1.2.246.10.99999998.10.7")?;
/// let above = register.operating_unit_of(&unit).unwrap();
/// assert_eq!(above.name(), Some("Kuvitelman hyvinvointialue"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct OrganisationRegister {
    units: BTreeMap<String, RegisteredUnit>,
}

impl RegisteredUnit {
    /// Returns whether the unit is in use on a day, both ends included.
    #[must_use]
    pub fn is_in_use(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

impl OrganisationRegister {
    /// Makes a register of these units.
    ///
    /// # Errors
    /// `KANTA-REGISTRY-TWICE` when a unit stands twice.
    pub fn new(units: impl IntoIterator<Item = RegisteredUnit>) -> Result<Self, InvalidValue> {
        let mut register = Self::default();
        for unit in units {
            register.insert(unit)?;
        }
        Ok(register)
    }

    /// Reads a register from CSV (see [`crate::registry`]).
    ///
    /// # Errors
    /// `KANTA-REGISTRY-IMPORT` with the line.
    pub fn from_csv(bytes: &[u8], columns: &OrganisationColumns) -> Result<Self, ImportError> {
        let table = Table::read(bytes, columns.delimiter)?;
        table.demand(&columns.oid)?;
        table.demand(&columns.name)?;
        let mut register = Self::default();
        table.each(|row| {
            let oid = |text: &str| OrganisationOid::parse(text).map_err(|error| row.wrong(&error));
            let unit = RegisteredUnit {
                organisation: Organisation::new(
                    oid(row.demand(&columns.oid)?)?,
                    row.demand(&columns.name)?,
                ),
                parent: columns
                    .parent
                    .as_ref()
                    .and_then(|heading| row.field(heading))
                    .map(oid)
                    .transpose()?,
                valid_from: row.day(columns.valid_from.as_ref())?,
                valid_to: row.day(columns.valid_to.as_ref())?,
            };
            register.insert(unit).map_err(|error| row.wrong(&error))
        })?;
        Ok(register)
    }

    /// Reads a register from TOML (see [`crate::registry`]).
    ///
    /// # Errors
    /// `KANTA-REGISTRY-IMPORT` with the line.
    pub fn from_toml(text: &str) -> Result<Self, ImportError> {
        let file: File =
            toml::from_str(text).map_err(|error| ImportError::of_toml(text, &error))?;
        let mut register = Self::default();
        for unit in file.unit {
            let line = line_at(text, unit.oid.span().start);
            let wrong = |error: InvalidValue| ImportError::new(line, error.to_string());
            let read_day = |text: Option<String>| text.map(|text| day(&text)).transpose();
            let parent = unit.parent.map(|parent| OrganisationOid::parse(&parent));
            register
                .insert(RegisteredUnit {
                    organisation: Organisation::new(
                        OrganisationOid::parse(unit.oid.get_ref()).map_err(wrong)?,
                        unit.name,
                    ),
                    parent: parent.transpose().map_err(wrong)?,
                    valid_from: read_day(unit.valid_from).map_err(wrong)?,
                    valid_to: read_day(unit.valid_to).map_err(wrong)?,
                })
                .map_err(wrong)?;
        }
        Ok(register)
    }

    /// Returns a unit.
    #[must_use]
    pub fn get(&self, oid: &OrganisationOid) -> Option<&RegisteredUnit> {
        self.units.get(oid.as_oid().as_str())
    }

    /// Iterates over the units.
    pub fn iter(&self) -> impl Iterator<Item = &RegisteredUnit> {
        self.units.values()
    }

    /// Returns a unit of the register as a service unit, with its official name.
    #[must_use]
    pub fn service_unit(&self, oid: &OrganisationOid) -> Option<ServiceUnit> {
        Some(ServiceUnit::new(self.get(oid)?.organisation.clone()))
    }

    /// Iterates over a unit and everything above it, nearest first; a circle in the register ends the walk.
    pub fn upwards<'r>(
        &'r self,
        oid: &OrganisationOid,
    ) -> impl Iterator<Item = &'r RegisteredUnit> + use<'r> {
        let mut steps = self.units.len();
        std::iter::successors(self.get(oid), move |unit| {
            steps = steps.checked_sub(1).filter(|left| *left > 0)?;
            self.get(unit.parent.as_ref()?)
        })
    }

    /// Returns the topmost unit or organisation above a unit: its operating unit (Finnish: toimintayksikkö).
    #[must_use]
    pub fn operating_unit_of(&self, oid: &OrganisationOid) -> Option<OperatingUnit> {
        let topmost = self.upwards(oid).last()?;
        Some(OperatingUnit::new(topmost.organisation.clone()))
    }

    fn insert(&mut self, unit: RegisteredUnit) -> Result<(), InvalidValue> {
        let oid = unit.organisation.oid.as_oid().as_str().to_owned();
        match self.units.insert(oid, unit) {
            None => Ok(()),
            Some(_) => Err(InvalidValue::new(
                "KANTA-REGISTRY-TWICE",
                "the unit stands twice in the register",
                "keep the row that is valid",
            )),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    unit: Vec<FileUnit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileUnit {
    oid: toml::Spanned<String>,
    name: String,
    parent: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_formats_say_the_same() {
        let csv = OrganisationRegister::from_csv(
            b"oid;name;parent;valid_to\n1.2.246.10.99999999.10.0;K;;\n1.2.246.10.99999999.10.1;U;1.2.246.10.99999999.10.0;31.8.2026\n",
            &OrganisationColumns::default(),
        )
        .unwrap();
        let toml = OrganisationRegister::from_toml(
            "[[unit]]\noid = \"1.2.246.10.99999999.10.0\"\nname = \"K\"\n[[unit]]\noid = \"1.2.246.10.99999999.10.1\"\n\
             name = \"U\"\nparent = \"1.2.246.10.99999999.10.0\"\nvalid_to = \"2026-08-31\"\n",
        )
        .unwrap();
        assert!(csv.iter().eq(toml.iter()));
    }

    #[test]
    fn mistakes_name_their_line() {
        for (text, line, problem) in [
            ("oid;name\nx;K\n", 2, "KANTA-ID-OID"),
            ("oid;name\n2.999;K\n", 2, "KANTA-ID-ORGANISATION"),
            ("oid;name\n1.2.246.10.9.1;\n", 2, "`name` is empty"),
            (
                "oid;name\n1.2.246.10.9.1;K\n1.2.246.10.9.1;L\n",
                3,
                "stands twice",
            ),
            ("oid;nimi\n", 1, "no column `name`"),
        ] {
            let error =
                OrganisationRegister::from_csv(text.as_bytes(), &OrganisationColumns::default())
                    .unwrap_err();
            assert_eq!(error.line(), line, "{error}");
            assert!(error.to_string().contains(problem), "{error}");
        }
        let error = OrganisationRegister::from_toml("[[unit]]\noid = \"2.999\"\nname = \"K\"\n");
        assert_eq!(error.unwrap_err().line(), 2);
    }

    #[test]
    fn a_circle_ends_the_walk() {
        let register = OrganisationRegister::from_csv(
            b"oid;name;parent\n1.2.246.10.9.1;A;1.2.246.10.9.2\n1.2.246.10.9.2;B;1.2.246.10.9.1\n",
            &OrganisationColumns::default(),
        )
        .unwrap();
        let unit = OrganisationOid::parse("1.2.246.10.9.1").unwrap();
        assert_eq!(register.upwards(&unit).count(), 2);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(text in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = OrganisationRegister::from_toml(&text);
            let _ = OrganisationRegister::from_csv(&bytes, &OrganisationColumns::default());
        }
    }
}
