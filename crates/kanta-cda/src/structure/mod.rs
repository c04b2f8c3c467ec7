//! Structures of documents as THL's Sosmeta publishes them, and the validation of content against them
//! (Finnish: asiakirjarakenne).
//!
//! A structure is one JSON Schema (draft-07) in a small dialect: nine validation keywords, three shapes of pattern,
//! one document at the root, and Sosmeta's annotations about titles, representation and display.
//! What lies outside the dialect is refused when the schema is read, so that a check never passes over a rule
//! it does not know (Sosmeta, `[S]`).

mod codegen;
mod difference;
mod error;
mod field;
mod field_data;
mod language;
mod pattern;
mod place;
mod representation;
pub mod rules;
mod sample;
mod schema;
mod texts;
mod validate;
pub(crate) mod walk;

use kanta_core::{Oid, Report};

use crate::json::Json;
use field_data::{FieldData, Note};
use texts::Span;

pub use codegen::RustOptions;
pub use difference::{StructureChange, StructureChangeKind};
pub use error::StructureError;
pub use field::{Field, Fields};
pub use language::Language;
pub use representation::{CodeSystem, Representation};
pub use sample::{Extent, SampleOptions};
pub use validate::RULES;

pub(crate) use difference::Pairs;
pub(crate) use field_data::Form;
pub(crate) use pattern::Pattern;
pub(crate) use place::{Place, Step};

/// Where the document is in the table of fields.
const ROOT: u32 = 0;

/// One version of a document's structure, read from its schema (Finnish: asiakirjarakenne, Sosmeta).
///
/// The structure's OID is what a document names as its `contentSpecificationId`.
///
/// ```
/// use kanta_cda::structure::{Language, Structure};
///
/// let schema = r#"{
///     "type": "object", "additionalProperties": false, "required": ["muistio"],
///     "sosmeta": {"oid": "2.999.1.2026.1.1", "documentType": "Muistio", "documentDefinitionVersion": "2026-01-01"},
///     "properties": {"muistio": {
///         "type": "object", "additionalProperties": false, "required": ["paivamaara"],
///         "properties": {"paivamaara": {
///             "type": "string",
///             "pattern": "^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$",
///             "sosmeta": {
///                 "name": [{"lang": "fi", "value": "Päivämäärä"}, {"lang": "sv", "value": "Datum"}],
///                 "representation": [{"lang": "fi", "value": "Pvm"}]
///             }
///         }}
///     }}
/// }"#;
/// let structure = Structure::parse(schema.as_bytes())?;
/// assert_eq!(structure.field("paivamaara").map(|field| field.title(Language::Swedish)), Some("Datum"));
///
/// assert!(structure.validate(br#"{"muistio": {"paivamaara": "2026-02-02"}}"#).is_empty());
///
/// let report = structure.validate(br#"{"muistio": {"paivamaara": "2.2.2026"}}"#);
/// let finding = report.iter().next().expect("the date has another form");
/// assert_eq!(finding.rule(), "KANTA-STRUCTURE-PATTERN");
/// assert_eq!(finding.place(), "/muistio/paivamaara");
/// # Ok::<(), kanta_cda::structure::StructureError>(())
/// ```
#[derive(Clone)]
pub struct Structure {
    facts: Facts,
    texts: Box<str>,
    /// The document first.
    fields: Box<[FieldData]>,
    notes: Box<[Note]>,
    allowed: Box<[Span]>,
    /// Whether members beside the document are allowed.
    open: bool,
}

/// What identifies a structure.
#[derive(Clone)]
struct Facts {
    oid: Oid,
    document_type: Box<str>,
    definition_version: Box<str>,
    library_version: Option<Box<str>>,
    status: Option<Box<str>>,
    subject: Option<Box<str>>,
    author: Option<Box<str>>,
}

impl Structure {
    /// Reads a schema in the form that Sosmeta publishes.
    ///
    /// # Errors
    /// [`StructureError`], with the place as a JSON pointer, when the bytes are not JSON, when the schema uses a
    /// keyword, a type or a pattern outside the dialect, or when what identifies the structure is missing.
    pub fn parse(schema: &[u8]) -> Result<Self, StructureError> {
        schema::read(&Json::parse(schema)?)
    }

    /// Returns the OID of this version of the structure (`contentSpecificationId`).
    #[must_use]
    pub fn oid(&self) -> &Oid {
        &self.facts.oid
    }

    /// Returns the title of the document.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        self.root().title(language)
    }

    /// Returns the general type of the document in Finnish, such as `Suunnitelma` (Finnish: yleinen asiakirjatyyppi).
    #[must_use]
    pub fn document_type(&self) -> &str {
        &self.facts.document_type
    }

    /// Returns the version of the definition as the schema writes it, such as `2023-06-01`.
    #[must_use]
    pub fn definition_version(&self) -> &str {
        &self.facts.definition_version
    }

    /// Returns the version of the library of data components that the structure is made from, when the schema names it.
    #[must_use]
    pub fn library_version(&self) -> Option<&str> {
        self.facts.library_version.as_deref()
    }

    /// Returns the state in which the structure is published, such as `Valmis`, when the schema names it.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.facts.status.as_deref()
    }

    /// Returns the subject area in Finnish, when the schema names it.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.facts.subject.as_deref()
    }

    /// Returns who makes such documents, in Finnish, when the schema names it.
    #[must_use]
    pub fn author(&self) -> Option<&str> {
        self.facts.author.as_deref()
    }

    /// Returns the document itself, the only member of the content's outermost object.
    #[must_use]
    pub fn root(&self) -> Field<'_> {
        Field::new(self, ROOT)
    }

    /// Returns the field at a path: the names from below the document, with dots between them, such as
    /// `asiakas.sukunimi`; brackets after a repeated one are allowed.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<Field<'_>> {
        path.split('.').try_fold(self.root(), |field, step| {
            field.child(step.split('[').next().unwrap_or(step))
        })
    }

    /// Checks content, given as JSON in UTF-8, against this structure.
    ///
    /// The verdict is draft-07's for the keywords of the dialect, and all findings are reported at once (the first
    /// thousand of them). Each has a JSON pointer as its place and says what would be right; none repeats a value of the
    /// content. Bytes that are not strict JSON (a member twice, half of a surrogate pair, a number beyond 2^53, more than
    /// 64 levels) are a finding too, by purpose: two readers could understand them differently.
    ///
    /// The schema cannot express rules that hang on a condition, such as "identity code or temporary id" (`[S]`): no
    /// findings means that the form is right, not that the content is complete.
    #[must_use]
    pub fn validate(&self, content: &[u8]) -> Report {
        match Json::parse(content) {
            Ok(json) => self.validate_json(&json),
            Err(error) => validate::unreadable(error),
        }
    }

    /// The same check for content that was read already.
    pub(crate) fn validate_json(&self, content: &Json<'_>) -> Report {
        validate::validate(self, content.root())
    }
}

/// `Debug` shows which structure it is, not the whole of it.
impl std::fmt::Debug for Structure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Structure")
            .field("oid", self.oid())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod fixture {
    //! Small schemas for the tests beside the code. Those of the test kit are taken as bytes: its types are another build's.

    use kanta_testkit::structures;

    use super::Structure;

    pub(crate) fn client_relation() -> Structure {
        Structure::parse(structures::client_relation_schema().as_bytes()).unwrap()
    }

    pub(crate) fn client_plan() -> Structure {
        Structure::parse(structures::client_plan_schema().as_bytes()).unwrap()
    }

    /// A whole schema around the schema of its document.
    pub(crate) fn schema(document: &str) -> String {
        named_schema("muistio", document)
    }

    pub(crate) fn named_schema(root: &str, document: &str) -> String {
        format!(
            r#"{{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
            "sosmeta": {{"oid": "2.999.1.2026.1.1", "documentType": "Muistio", "documentDefinitionVersion": "2026-01-01"}},
            "required": ["{root}"], "properties": {{"{root}": {document}}}}}"#
        )
    }

    /// A structure whose document has these properties and requires these of them.
    pub(crate) fn structure(required: &str, properties: &str) -> Structure {
        let document = format!(
            r#"{{"type": "object", "additionalProperties": false, "required": [{required}], "properties": {{{properties}}}}}"#
        );
        Structure::parse(schema(&document).as_bytes()).unwrap()
    }

    /// Sosmeta's annotation with a Finnish name and a representation.
    pub(crate) fn about(name: &str, representation: &str) -> String {
        format!(
            r#""sosmeta": {{"name": [{{"lang": "fi", "value": "{name}"}}], "representation": [{{"lang": "fi", "value": "{representation}"}}]}}"#
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_testkit::structures::client_relation_schema;
    use proptest::prelude::*;

    #[test]
    fn keeps_what_identifies_the_structure() {
        let structure = fixture::client_relation();
        assert_eq!(structure.oid().as_str(), "2.999.1505.1.2026.1.1");
        assert_eq!(structure.document_type(), "Asiakkuusasiakirja");
        assert_eq!(structure.definition_version(), "2026-01-01");
        assert_eq!(structure.title(Language::Finnish), "Asiakkuusasiakirja");
        assert_eq!(
            structure.title(Language::Swedish),
            "Klientrelationshandling"
        );
        assert_eq!(structure.root().name(), "asiakkuusasiakirja");
    }

    #[test]
    fn keeps_what_the_schema_says_of_a_field() {
        let structure = fixture::client_relation();
        let root = structure.root();
        let names: Vec<_> = root.children().map(Field::name).collect();
        assert_eq!(names.len(), 5);
        assert_eq!(names[1], "asiakas");

        let code = root
            .child("asiakas")
            .unwrap()
            .child("henkilotunnus")
            .unwrap();
        assert_eq!(code.representation(), Representation::Identifier);
        assert_eq!(
            code.code_system(),
            Some(CodeSystem::National(Oid::parse("1.2.246.21").unwrap()))
        );
        assert!(!code.is_required() && !code.is_repeated() && !code.is_group());
        // A part has no title of its own.
        assert_eq!(
            code.child("value").unwrap().title(Language::Finnish),
            "Henkilötunnus"
        );

        let task = root.child("sosiaalihuollon_palvelutehtava").unwrap();
        assert!(task.is_repeated() && task.is_group() && task.min_items() == 0);
        let task = task.child("palvelutehtava").unwrap();
        assert!(task.is_required());
        assert_eq!(task.representation(), Representation::Code);
        assert_eq!(
            task.code_system(),
            Some(CodeSystem::National(
                Oid::parse("1.2.246.537.6.1221").unwrap()
            ))
        );
        assert_eq!(task.allowed_values(), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_bytes_panic(schema in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Structure::parse(&schema);
        }

        #[test]
        fn no_change_of_a_schema_panics(place in any::<proptest::sample::Index>(), byte in any::<u8>(), length in 0usize..40) {
            let mut schema = client_relation_schema().into_bytes();
            let place = place.index(schema.len());
            let end = (place + length).min(schema.len());
            schema.splice(place..end, [byte]);
            if let Ok(structure) = Structure::parse(&schema) {
                let _ = structure.validate(br#"{"asiakkuusasiakirja": {"asiakas": {}}}"#);
            }
        }
    }
}
