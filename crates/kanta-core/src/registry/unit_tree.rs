//! A vendor's own units against the SOTE organisation register.

use std::collections::HashSet;

use super::OrganisationRegister;
use crate::{Date, Mark, Organisation, OrganisationOid, Report, Rule, Severity};

const SAME_UNITS: &str =
    "the client system has the same units as the SOTE organisation register (vendor page)";
const TRUE_PARENT: &str = "every unit stands under the business id and operating unit to which it belongs (county letter)";
pub(super) const UNKNOWN: Rule = Rule::new(
    "KANTA-ORG-UNKNOWN",
    Severity::Error,
    Mark::Stated,
    SAME_UNITS,
);
pub(super) const PARENT: Rule = Rule::new(
    "KANTA-ORG-PARENT",
    Severity::Error,
    Mark::Stated,
    TRUE_PARENT,
);
pub(super) const NAME: Rule = Rule::new("KANTA-ORG-NAME", Severity::Warning, Mark::Own, SAME_UNITS);
pub(super) const OUT_OF_USE: Rule = Rule::new(
    "KANTA-ORG-OUT-OF-USE",
    Severity::Warning,
    Mark::Own,
    SAME_UNITS,
);
pub(super) const TWICE: Rule =
    Rule::new("KANTA-ORG-TWICE", Severity::Warning, Mark::Own, SAME_UNITS);

/// A unit as the vendor's client system has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorUnit {
    /// The unit with the name in use.
    pub unit: Organisation,
    /// The unit or organisation above it in the client system; `None` for the top.
    pub parent: Option<OrganisationOid>,
}

impl OrganisationRegister {
    /// Checks the unit tree of a client system against the register on a day: unknown units, wrong parents, other names,
    /// units that are not in use.
    ///
    /// A vendor may leave levels of the register out: a parent is right when the register has it anywhere above the unit.
    ///
    /// ```
    /// use kanta_core::registry::{OrganisationColumns, OrganisationRegister, VendorUnit};
    /// use kanta_core::{Date, Organisation, OrganisationOid};
    ///
    /// let register = OrganisationRegister::from_csv(
    ///     b"oid;name\n1.2.246.10.99999999.10.0;Kuvitelman hyvinvointialue\n",
    ///     &OrganisationColumns::default(),
    /// )?;
    /// let ours = [VendorUnit {
    ///     unit: Organisation::new(OrganisationOid::parse("1.2.246.10.99999999.10.21")?, "Perhepalvelut"),
    ///     parent: Some(OrganisationOid::parse("1.2.246.10.99999999.10.0")?),
    /// }];
    /// let report = register.check_units(&ours, Date::new(2026, 9, 1)?);
    /// assert!(report.has("KANTA-ORG-UNKNOWN"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn check_units(&self, units: &[VendorUnit], day: Date) -> Report {
        let mut report = Report::new();
        let mut met = HashSet::new();
        for VendorUnit { unit, parent } in units {
            let place = format!("unit[{}]", unit.oid);
            if !met.insert(&unit.oid) {
                report.push(TWICE.finding(
                    &place,
                    "yksikkö on järjestelmässä kahdesti; poista toinen",
                    "the unit stands twice in the client system; remove one",
                ));
                continue;
            }
            let Some(registered) = self.get(&unit.oid) else {
                report.push(UNKNOWN.finding(
                    &place,
                    "yksikköä ei ole SOTE-organisaatiorekisterissä; ilmoita se rekisteriin tai korjaa OID",
                    "the SOTE organisation register does not have the unit; register it or correct its OID",
                ));
                continue;
            };
            if let Some(parent) = parent
                && !self
                    .upwards(&unit.oid)
                    .skip(1)
                    .any(|above| above.organisation.oid == *parent)
            {
                report.push(PARENT.finding(
                    &place,
                    "yksikkö on rekisterissä toisen yksikön alla; siirrä se oikeaan paikkaan",
                    "the register has the unit under another one; move it to its place",
                ));
            }
            if unit.name.is_some() && unit.name != registered.organisation.name {
                report.push(NAME.finding(
                    &place,
                    "yksikön nimi on rekisterissä toinen; käytä rekisterin nimeä",
                    "the register has another name for the unit; use that one",
                ));
            }
            if !registered.is_in_use(day) {
                report.push(OUT_OF_USE.finding(
                    &place,
                    "yksikkö ei ole rekisterissä voimassa tuona päivänä",
                    "the unit is not in use in the register on that day",
                ));
            }
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use super::super::OrganisationColumns;
    use super::*;

    #[test]
    fn every_difference_is_found() {
        let register = OrganisationRegister::from_csv(
            b"oid;name;parent;valid_to\n\
              1.2.246.10.99999999.10.0;Alue;;\n\
              1.2.246.10.99999999.10.1;Perhepalvelut;1.2.246.10.99999999.10.0;\n\
              1.2.246.10.99999998.10.5;Neuvola;1.2.246.10.99999999.10.1;\n\
              1.2.246.10.99999999.10.2;Vanha;1.2.246.10.99999999.10.0;2025-12-31\n",
            &OrganisationColumns::default(),
        )
        .unwrap();
        let oid = |end: &str| OrganisationOid::parse(&format!("1.2.246.10.{end}")).unwrap();
        for (unit, name, parent, expected) in [
            ("99999999.10.1", "Perhepalvelut", Some("99999999.10.0"), ""),
            // A level left out is no mistake, and a unit may have another organisation's OID.
            ("99999998.10.5", "Neuvola", Some("99999999.10.0"), ""),
            (
                "99999998.10.5",
                "Neuvola",
                Some("99999998.10.0"),
                "KANTA-ORG-PARENT",
            ),
            // A unit is not above itself.
            (
                "99999999.10.1",
                "Perhepalvelut",
                Some("99999999.10.1"),
                "KANTA-ORG-PARENT",
            ),
            ("99999999.10.1", "Perheet", None, "KANTA-ORG-NAME"),
            ("99999999.10.2", "Vanha", None, "KANTA-ORG-OUT-OF-USE"),
            ("99999999.10.9", "Uusi", None, "KANTA-ORG-UNKNOWN"),
        ] {
            let ours = [VendorUnit {
                unit: Organisation::new(oid(unit), name),
                parent: parent.map(oid),
            }];
            let report = register.check_units(&ours, Date::new(2026, 9, 1).unwrap());
            let rules: Vec<_> = report.iter().map(|finding| finding.rule()).collect();
            assert_eq!(rules.join(" "), expected, "{unit} {name}");
        }
        let unit = VendorUnit {
            unit: Organisation::new(oid("99999999.10.1"), "Perhepalvelut"),
            parent: None,
        };
        let report = register.check_units(&[unit.clone(), unit], Date::new(2026, 9, 1).unwrap());
        assert!(report.has("KANTA-ORG-TWICE"));
    }
}
