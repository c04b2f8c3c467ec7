//! What differs between two versions of a structure.

mod compare;
mod pairs;

use std::fmt;

use super::Structure;

pub(crate) use pairs::Pairs;

impl Structure {
    /// Returns what differs in a later version, in its order of display; what was removed comes with its group.
    ///
    /// Fields are the same when they have the same name in the same group. One that went from one place to another under the same
    /// name and representation counts as moved when no other could be meant.
    #[must_use]
    pub fn changes_to(&self, later: &Self) -> Vec<StructureChange> {
        let pairs = Pairs::of(self, later);
        let mut changes = Vec::new();
        compare::group(self.root(), later.root(), &pairs, &mut changes);
        changes
    }
}

/// One difference between two versions of a structure (Finnish: rakenteen muutos).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StructureChange {
    /// Where it is, such as `asiakas[].sukunimi`: in the later version, or in the earlier one for what was removed.
    pub path: String,
    /// The title of the field in Finnish; in the later version where it has one.
    pub title: String,
    /// What changed.
    pub kind: StructureChangeKind,
}

/// What changed in a structure.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StructureChangeKind {
    /// The field is new; whether it is mandatory.
    Added {
        /// Whether content must have it.
        required: bool,
    },
    /// The field is gone.
    Removed,
    /// The field, with what it holds, was elsewhere.
    Moved {
        /// Where it was.
        from: String,
    },
    /// The field became mandatory.
    BecameRequired,
    /// The field is no longer mandatory.
    BecameOptional,
    /// The field became mandatory on a condition, which its note tells.
    BecameConditional,
    /// Another number of values is allowed.
    Repetition {
        /// The least number of values before; nothing when the field did not repeat.
        before: Option<usize>,
        /// The least number of values now; nothing when the field does not repeat.
        after: Option<usize>,
    },
    /// The values are represented in another way.
    Representation {
        /// The Finnish name of the representation before.
        before: &'static str,
        /// The Finnish name of the representation now.
        after: &'static str,
    },
    /// The codes are of another code system, or the identifiers of another root.
    CodeSystem {
        /// The code system before.
        before: Option<String>,
        /// The code system now.
        after: Option<String>,
    },
    /// Other codes or texts are allowed, or named as used.
    Codes {
        /// What is allowed now and was not.
        added: Vec<String>,
        /// What was allowed and is not any more.
        removed: Vec<String>,
    },
    /// The title in Finnish or Swedish changed.
    Title {
        /// The title before: the Finnish one, or the Swedish one where only that changed.
        before: String,
    },
    /// The field is shown in another way: hidden, or without its title.
    Visibility,
    /// The note to those who implement it changed.
    Note,
}

impl StructureChange {
    /// Returns whether content that followed the earlier version may not follow the later one.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        use StructureChangeKind as K;
        match &self.kind {
            K::Added { required } => *required,
            K::Removed | K::Moved { .. } | K::BecameRequired => true,
            K::Repetition { before, after } => match (before, after) {
                (Some(before), Some(after)) => after > before,
                _ => true,
            },
            K::Representation { .. } | K::CodeSystem { .. } => true,
            K::Codes { removed, .. } => !removed.is_empty(),
            K::BecameOptional
            | K::BecameConditional
            | K::Title { .. }
            | K::Visibility
            | K::Note => false,
        }
    }
}

impl fmt::Display for StructureChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use StructureChangeKind as K;
        let Self { path, title, .. } = self;
        write!(f, "{path} (\"{title}\"): ")?;
        let list = |values: &[String]| values.join(", ");
        let or_none = |value: &Option<String>| value.as_deref().unwrap_or("none").to_owned();
        match &self.kind {
            K::Added { required: true } => f.write_str("added, mandatory"),
            K::Added { required: false } => f.write_str("added"),
            K::Removed => f.write_str("removed"),
            K::Moved { from } => write!(f, "moved from {from}"),
            K::BecameRequired => f.write_str("became mandatory"),
            K::BecameOptional => f.write_str("is no longer mandatory"),
            K::BecameConditional => f.write_str("became mandatory on a condition; see its note"),
            K::Repetition { before, after } => {
                let times = |least: &Option<usize>| match least {
                    None => "one value".to_owned(),
                    Some(least) => format!("{least} or more values"),
                };
                write!(f, "{} instead of {}", times(after), times(before))
            }
            K::Representation { before, after } => write!(f, "{after} instead of {before}"),
            K::CodeSystem { before, after } => write!(
                f,
                "code system {} instead of {}",
                or_none(after),
                or_none(before)
            ),
            K::Codes { added, removed } => match (added.is_empty(), removed.is_empty()) {
                (false, false) => write!(
                    f,
                    "codes added: {}; removed: {}",
                    list(added),
                    list(removed)
                ),
                (false, true) => write!(f, "codes added: {}", list(added)),
                _ => write!(f, "codes removed: {}", list(removed)),
            },
            K::Title { before } => write!(f, "the title was \"{before}\""),
            K::Visibility => f.write_str("is shown in another way"),
            K::Note => f.write_str("the note changed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::fixture::{about, structure};

    fn told(earlier: &Structure, later: &Structure) -> Vec<String> {
        let changes = earlier.changes_to(later);
        changes
            .iter()
            .map(|change| {
                let breaking = if change.is_breaking() { "! " } else { "" };
                format!("{breaking}{change}")
            })
            .collect()
    }

    fn code(codes: &str) -> String {
        format!(
            r#""laji": {{"type": "object", "additionalProperties": false, "sosmeta": {{"representation": [{{"lang": "fi", "value": "Koodi"}}]}},
            "properties": {{"system": {{"type": "string", "enum": ["muistio/laji"]}}, "code": {{"type": "string", "enum": [{codes}]}}, "display": {{"type": "string"}}}}}}"#
        )
    }

    #[test]
    fn every_kind_of_change() {
        let text = |name: &str| format!(r#""{name}": {{"type": "string"}}"#);
        let earlier = structure(
            "",
            &[
                text("aihe"),
                text("poistuva"),
                text("siirtyva"),
                code(r#""1", "2""#),
                format!(
                    r#""pvm": {{"type": "string", {}}}"#,
                    about("Päivä", "Teksti")
                ),
                r#""kohta": {"type": "object", "properties": {"teksti": {"type": "string"}}}"#
                    .to_owned(),
            ]
            .join(","),
        );
        let later = structure(
            r#""aihe""#,
            &[
                text("aihe"),
                code(r#""2", "3""#),
                format!(r#""pvm": {{"type": "array", "minItems": 1, "items": {{"type": "string", {}}}}}"#, about("Päivät", "Nimi")),
                r#""kohta": {"type": "object", "properties": {"teksti": {"type": "string", "sosmeta": {"hiddenTitle": true, "conditionalRequired": true}}}}"#.to_owned(),
                r#""uusi": {"type": "object", "required": ["pakko"], "properties": {"pakko": {"type": "string"}, "siirtyva": {"type": "string"}}}"#.to_owned(),
            ]
            .join(","),
        );
        assert_eq!(
            told(&earlier, &later),
            [
                "! aihe (\"aihe\"): became mandatory",
                "! laji (\"laji\"): codes added: 3; removed: 1",
                "! pvm[] (\"Päivät\"): 1 or more values instead of one value",
                "! pvm[] (\"Päivät\"): Nimi instead of Teksti",
                "pvm[] (\"Päivät\"): the title was \"Päivä\"",
                "kohta.teksti (\"teksti\"): became mandatory on a condition; see its note",
                "kohta.teksti (\"teksti\"): is shown in another way",
                "uusi (\"uusi\"): added",
                "! uusi.siirtyva (\"siirtyva\"): moved from siirtyva",
                "! poistuva (\"poistuva\"): removed",
            ]
        );
        assert!(told(&earlier, &earlier.clone()).is_empty());
        // The way back is told too.
        assert!(
            told(&later, &earlier)
                .iter()
                .any(|change| change == "! siirtyva (\"siirtyva\"): moved from uusi.siirtyva")
        );
    }
}
