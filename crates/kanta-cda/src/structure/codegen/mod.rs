//! Rust types of a structure, as source text.

mod model;
mod names;
mod write;

use super::Structure;

/// How Rust types are generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RustOptions {
    /// The path under which the generated code finds this crate.
    pub crate_path: String,
}

impl Default for RustOptions {
    /// The path for those who depend on the client crate.
    fn default() -> Self {
        Self {
            crate_path: "::kanta_client::cda".to_owned(),
        }
    }
}

impl Structure {
    /// Generates readable Rust types of this structure: a struct for each group of fields with a builder, an enum for each
    /// list of codes of the structure's own, doc comments with the titles, and the way to [`crate::Content`] and back. Groups
    /// that are alike share a type.
    ///
    /// The text is a module of its own and compiles without warnings. Made for a vendor's `build.rs`: the types follow the
    /// schema file with every release, and the compiler tells what has to change.
    ///
    /// ```
    /// use kanta_cda::structure::{RustOptions, Structure};
    ///
    /// # let schema = br#"{"type": "object", "sosmeta": {"oid": "2.999.1", "documentType": "x", "documentDefinitionVersion": "x"},
    /// #     "properties": {"muistio": {"type": "object", "required": ["aihe"], "properties": {"aihe": {"type": "string"}}}}}"#;
    /// let code = Structure::parse(schema)?.generate_rust(&RustOptions::default());
    /// assert!(code.contains("pub struct Muistio<'a> {"));
    /// assert!(code.contains("pub aihe: Cow<'a, str>,"));
    /// # Ok::<(), kanta_cda::structure::StructureError>(())
    /// ```
    #[must_use]
    pub fn generate_rust(&self, options: &RustOptions) -> String {
        let module = model::Module::of(self);
        write::module(self, &module, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::fixture::structure;

    #[test]
    fn groups_that_are_alike_share_a_type() {
        let address = r#"{"type": "object", "properties": {"katu": {"type": "string"}}}"#;
        let structure = structure(
            r#""osoite""#,
            &format!(
                r#""osoite": {address}, "asiakas": {{"type": "object", "properties": {{"osoite": {address}}}}},
                "muu": {{"type": "object", "properties": {{"osoite": {{"type": "object", "properties": {{"katu": {{"type": "number"}}}}}}}}}}"#
            ),
        );
        let code = structure.generate_rust(&RustOptions::default());
        assert_eq!(code.matches("pub struct Osoite<'a> {").count(), 1, "{code}");
        assert_eq!(code.matches("pub struct MuuOsoite {").count(), 1, "{code}");
        assert!(
            code.contains("pub osoite: Osoite<'a>,")
                && code.contains("pub osoite: Option<Osoite<'a>>,")
        );
        assert!(code.contains("pub fn new(osoite: Osoite<'a>) -> Self {"));
        assert!(
            code.contains("pub fn with_katu(mut self, value: impl Into<Cow<'a, str>>) -> Self {")
        );
    }

    #[test]
    fn awkward_names_are_rust_names() {
        let structure = structure(
            "",
            r#""type": {"type": "string"}, "self": {"type": "string"}, "a__b": {"type": "string"}, "a_b": {"type": "string"},
            "_": {"type": "boolean"}, "1a": {"type": "boolean"}, "Ä-x": {"type": "object", "properties": {"y": {"type": "number"}}},
            "teksti": {"type": "object", "properties": {"y": {"type": "boolean"}}}, "option": {"type": "object", "properties": {"y": {"type": "boolean"}}}"#,
        );
        let code = structure.generate_rust(&RustOptions::default());
        for expected in [
            "pub r#type:",
            "pub self_:",
            "pub a_b:",
            "pub a_b_2:",
            "pub field:",
            "pub n1a:",
            "pub x: Option<X>,",
            "pub option: Option<OptionGroup>",
        ] {
            assert!(code.contains(expected), "{expected} in {code}");
        }
    }
}
