//! Content that is read from bytes or built value by value, always bound to its structure.

mod date;
mod difference;
mod encode;
pub(crate) mod header;
mod migrate;
mod part;
mod part_mut;
mod path;
mod systems;
pub mod typed;
mod value;
mod write;

use kanta_core::Report;

use crate::json::Json;
use crate::structure::Structure;

pub use date::PartialDate;
pub use difference::{Change, ChangeKind};
pub use migrate::{MIGRATION_RULES, Migration};
pub use part::{Leaf, Part};
pub use part_mut::PartMut;
pub use systems::with_systems_of;
pub(crate) use systems::{OID_SYSTEM, ORGANISATION_REGISTER, check_systems};
pub use value::{Code, ContentValue, Identifier, LocalCode, Moment, Quantity};

/// Content of a document, bound to its structure: what the structure does not have cannot be set.
///
/// A path names fields by their properties below the document, with the number of a repeated one in brackets:
/// `asiakas[0].sukunimi`. The form of a value is checked when it is set; whether everything that is mandatory is there is
/// checked with the whole document, or by [`Content::check`]. Content that is read borrows from its bytes and is valid.
/// `Debug` shows no values.
///
/// ```
/// use kanta_cda::{Content, PartialDate};
/// use kanta_cda::structure::Structure;
///
/// # let schema = br#"{
/// #     "type": "object", "additionalProperties": false, "required": ["muistio"],
/// #     "sosmeta": {"oid": "2.999.1.2026.1.1", "documentType": "Muistio", "documentDefinitionVersion": "2026-01-01"},
/// #     "properties": {"muistio": {"type": "object", "additionalProperties": false, "required": [], "properties": {
/// #         "aihe": {"type": "string"},
/// #         "alkaen": {"type": "string", "sosmeta": {"representation": [{"lang": "fi", "value": "Pvm"}]},
/// #             "pattern": "^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$"},
/// #         "kohta": {"type": "array", "items": {"type": "object", "additionalProperties": false, "required": [],
/// #             "properties": {"teksti": {"type": "string"}}}}
/// #     }}}
/// # }"#;
/// let structure = Structure::parse(schema)?;
/// let mut content = Content::new(&structure);
/// content.set("kohta[0].teksti", "Sovittiin käynnistä.")?.set("alkaen", PartialDate::month(2026, 2)?)?;
/// content.set("aihe", "Arki")?;
/// assert_eq!(content.text("aihe"), Some("Arki"));
/// assert_eq!(
///     String::from_utf8(content.to_json())?,
///     r#"{"muistio":{"aihe":"Arki","alkaen":"2026-02","kohta":[{"teksti":"Sovittiin käynnistä."}]}}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Content<'s> {
    structure: &'s Structure,
    json: Json<'s>,
}

/// A value that cannot be set: where, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {problem} [KANTA-CONTENT]")]
pub struct ContentError {
    path: String,
    problem: String,
}

impl<'s> Content<'s> {
    /// Makes empty content.
    #[must_use]
    pub fn new(structure: &'s Structure) -> Self {
        let mut json = Json::empty_object();
        let root = json.root_place();
        json.append(
            root,
            structure.root().name(),
            &crate::json::NewValue::Object,
        );
        Self { structure, json }
    }

    /// Reads content, given as JSON in UTF-8; texts without escapes are not copied.
    ///
    /// # Errors
    /// The findings of [`Structure::validate`] when the content does not follow the structure.
    pub fn read(structure: &'s Structure, bytes: &'s [u8]) -> Result<Self, Report> {
        Self::read_and_report(structure, bytes).map(|(content, _)| content)
    }

    /// Tells what [`Content::read`] and then [`Content::check`] would, checking against the structure only once.
    pub(crate) fn findings(structure: &'s Structure, bytes: &'s [u8]) -> Report {
        match Self::read_and_report(structure, bytes) {
            Ok((content, mut report)) => {
                report.extend(crate::structure::rules::check(&content));
                report
            }
            Err(report) => report,
        }
    }

    fn read_and_report(
        structure: &'s Structure,
        bytes: &'s [u8],
    ) -> Result<(Self, Report), Report> {
        let Ok(mut json) = Json::parse(bytes) else {
            // Reads the bytes once more, for the finding.
            return Err(structure.validate(bytes));
        };
        let report = structure.validate_json(&json);
        if report.has_errors() {
            return Err(report);
        }
        let document = structure.root().name();
        if json.root().get(document).is_none() {
            let root = json.root_place();
            json.append(root, document, &crate::json::NewValue::Object);
        }
        Ok((Self { structure, json }, report))
    }

    /// Returns the structure.
    #[must_use]
    pub fn structure(&self) -> &'s Structure {
        self.structure
    }

    /// Checks the content against its structure, and by the rules that the schema cannot express
    /// ([`crate::structure::rules`]).
    #[must_use]
    pub fn check(&self) -> Report {
        let mut report = self.structure.validate_json(&self.json);
        report.extend(crate::structure::rules::check(self));
        report
    }

    /// Returns the document, to read from.
    #[must_use]
    pub fn root(&self) -> Part<'_> {
        let field = self.structure.root();
        let value = self.json.root().get(field.name());
        Part::new(field, value.unwrap_or(self.json.root()))
    }

    /// Returns the document, to write into.
    pub fn root_mut(&mut self) -> PartMut<'_, 's> {
        let root = self.root();
        let (field, place) = (self.structure.root(), root.value().place());
        PartMut::new(&mut self.json, field, place)
    }

    /// Returns every value with its path, in the order of display.
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        self.root().leaves()
    }

    /// Returns what differs between this content and a later one, value by value, in the order of display.
    #[must_use]
    pub fn changes_to(&self, later: &Content<'_>) -> Vec<Change> {
        difference::changes(self, later)
    }

    /// Returns the content as compact JSON in UTF-8, in the structure's order; parts without any value are left out, unless
    /// they are mandatory.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        write::write(self.structure, &self.json)
    }

    pub(crate) fn json_mut(&mut self) -> &mut Json<'s> {
        &mut self.json
    }

    pub(crate) fn json(&self) -> &Json<'s> {
        &self.json
    }
}

impl std::fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content")
            .field("structure", self.structure.oid())
            .finish_non_exhaustive()
    }
}

impl From<Content<'_>> for Vec<u8> {
    fn from(content: Content<'_>) -> Self {
        content.to_json()
    }
}

#[cfg(test)]
mod tests;
