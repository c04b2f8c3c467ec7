//! Lists that others keep and that change without us: national code systems and the SOTE organisation register.
//!
//! Both are read from bytes, as TOML or CSV; the caller has the files. What ships with the crate is only what was seen
//! ([`CodeRegistry::seen`]), so unknown codes are read and kept, and judged as strictly as the caller wishes
//! ([`CodeChecking`]).
//!
//! # Import formats
//! The formats are this library's own; no layout of Kela's or THL's exports is assumed.
//!
//! * **Code systems, TOML** ([`CodeRegistry::load_toml`]): a `[[code_system]]` for each, with `oid` (without version), `name`,
//!   `versions`, `complete` and the table `codes`: `10 = "Lastensuojelu"`, or
//!   `10 = { fi = "…", sv = "…", valid_from = "2016-01-01", valid_to = "2030-12-31" }`.
//! * **Codes of one system, CSV** ([`CodeRegistry::load_csv`]): headings `code`, `name_fi`, `name_sv`, `valid_from`,
//!   `valid_to`. An export of the code server (Finnish: koodistopalvelu) is read by naming the headings that it has:
//!   [`CodeColumns`].
//! * **Organisation register, CSV** ([`OrganisationRegister::from_csv`]): headings `oid`, `name`, `parent`, `valid_from`,
//!   `valid_to`, or the headings named in [`OrganisationColumns`]. **TOML** ([`OrganisationRegister::from_toml`]): a
//!   `[[unit]]` for each, with the same keys.
//!
//! CSV is UTF-8, with or without a byte order mark, fields parted by `;` unless the columns say otherwise. Days are written
//! `yyyy-MM-dd` or `d.M.yyyy`.

mod code_registry;
mod code_system;
mod import;
mod organisation_register;
mod unit_tree;

pub use code_registry::{CodeChecking, CodeRegistry};
pub use code_system::{CodeEntry, CodeSystem};
pub use import::{CodeColumns, ImportError, OrganisationColumns};
pub use organisation_register::{OrganisationRegister, RegisteredUnit};
pub use unit_tree::VendorUnit;

use crate::Rule;

/// The rules that the checks against registries know.
pub const CATALOGUE: &[Rule] = &[
    code_registry::UNKNOWN,
    code_registry::NAME,
    code_registry::OUT_OF_USE,
    unit_tree::UNKNOWN,
    unit_tree::PARENT,
    unit_tree::NAME,
    unit_tree::OUT_OF_USE,
    unit_tree::TWICE,
];
