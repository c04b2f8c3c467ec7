//! What a structure keeps of its fields: one flat table, with texts and notes beside it.

use std::ops::Range;

use super::ROOT;
use super::language::Language;
use super::representation::Representation;
use super::texts::Span;

/// What is kept of a field. The fields inside one lie side by side, in the order of display.
#[derive(Debug, Clone)]
pub(super) struct FieldData {
    pub(super) name: Span,
    pub(super) parent: u32,
    pub(super) form: Form,
    pub(super) representation: Representation,
    pub(super) flags: Flags,
    /// The least number of values when the field repeats.
    pub(super) repeat: Option<u32>,
    pub(super) row_number: Option<u32>,
    pub(super) min_length: u32,
    pub(super) pattern: PatternData,
    pub(super) code_system: SystemData,
    pub(super) children: Range<u32>,
    /// How many of the children are required.
    pub(super) required_children: u32,
    pub(super) allowed: Option<Range<u32>>,
    pub(super) notes: Range<u32>,
}

/// What a value is in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Number,
    Switch,
    Object,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) required: bool,
    pub(super) hidden_field: bool,
    pub(super) hidden_title: bool,
    pub(super) conditional: bool,
    pub(super) national: bool,
    /// Whether members beside the children are allowed.
    pub(super) open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PatternData {
    None,
    Date,
    Moment,
    Oid(Span),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SystemData {
    None,
    National(Span),
    Local(Span),
}

/// A text of the schema about a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Note {
    pub(super) kind: NoteKind,
    pub(super) language: Option<Language>,
    pub(super) text: Span,
}

/// The annotations of Sosmeta that are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoteKind {
    Name,
    Title,
    Description,
    Example,
    ImplementationNote,
    Classification,
    ClassificationLink,
    ValueSet,
    AcceptedValue,
    Phrase,
}

impl NoteKind {
    pub(super) const ALL: [(&'static str, Self); 10] = [
        ("name", Self::Name),
        ("title", Self::Title),
        ("description", Self::Description),
        ("example", Self::Example),
        ("implementationNote", Self::ImplementationNote),
        ("classification", Self::Classification),
        ("classificationLink", Self::ClassificationLink),
        ("valueSet", Self::ValueSet),
        ("acceptedValues", Self::AcceptedValue),
        ("phrase", Self::Phrase),
    ];
}

impl FieldData {
    pub(super) const EMPTY: Self = Self {
        name: Span::EMPTY,
        parent: ROOT,
        form: Form::Object,
        representation: Representation::Group,
        flags: Flags {
            required: false,
            hidden_field: false,
            hidden_title: false,
            conditional: false,
            national: false,
            open: false,
        },
        repeat: None,
        row_number: None,
        min_length: 0,
        pattern: PatternData::None,
        code_system: SystemData::None,
        children: 0..0,
        required_children: 0,
        allowed: None,
        notes: 0..0,
    };
}
