//! The fields of a structure.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use kanta_core::Oid;

use super::field_data::{FieldData, Form, Note, NoteKind, PatternData, SystemData};
use super::language::Language;
use super::pattern::Pattern;
use super::representation::{CodeSystem, Representation};
use super::texts::Span;
use super::{ROOT, Structure};

/// One field of a structure (Finnish: kenttä). It points into its structure and is copied freely.
#[derive(Clone, Copy)]
pub struct Field<'s> {
    structure: &'s Structure,
    index: u32,
}

impl<'s> Field<'s> {
    pub(super) fn new(structure: &'s Structure, index: u32) -> Self {
        Self { structure, index }
    }

    pub(super) fn data(self) -> &'s FieldData {
        &self.structure.fields[self.index as usize]
    }

    fn resolve(self, span: Span) -> &'s str {
        span.of(&self.structure.texts)
    }

    /// Returns the name of the property in the JSON content.
    #[must_use]
    pub fn name(self) -> &'s str {
        self.resolve(self.data().name)
    }

    /// Returns the name of the field for people (`sosmeta.name`, else its title, else the property's name).
    #[must_use]
    pub fn title(self, language: Language) -> &'s str {
        self.note(NoteKind::Name, language)
            .or_else(|| self.note(NoteKind::Title, language))
            .unwrap_or_else(|| match self.parent() {
                // A part of a composed value has no title of its own.
                Some(parent) if parent.representation().is_composed() => parent.title(language),
                _ => self.name(),
            })
    }

    /// Returns the title under which the display form shows the field (`sosmeta.title`, else its name).
    #[must_use]
    pub fn display_title(self, language: Language) -> &'s str {
        self.note(NoteKind::Title, language)
            .unwrap_or_else(|| self.title(language))
    }

    /// Returns what the field means.
    #[must_use]
    pub fn description(self, language: Language) -> Option<&'s str> {
        self.note(NoteKind::Description, language)
    }

    /// Returns an example of its content.
    #[must_use]
    pub fn example(self, language: Language) -> Option<&'s str> {
        self.note(NoteKind::Example, language)
    }

    /// Returns what the structure says to those who implement it, such as the condition under which the field is
    /// mandatory (Finnish: toteutusohje).
    #[must_use]
    pub fn implementation_note(self, language: Language) -> Option<&'s str> {
        self.note(NoteKind::ImplementationNote, language)
    }

    /// Returns the name of the code system with where it is kept.
    #[must_use]
    pub fn classification(self, language: Language) -> Option<&'s str> {
        self.note(NoteKind::Classification, language)
    }

    /// Returns the address of the code system on the code server.
    #[must_use]
    pub fn classification_link(self) -> Option<&'s str> {
        self.note(NoteKind::ClassificationLink, Language::Finnish)
    }

    /// Returns the text about the values that are used.
    #[must_use]
    pub fn value_set(self, language: Language) -> Option<&'s str> {
        self.note(NoteKind::ValueSet, language)
    }

    /// Returns the fixed text that the field holds, in a language; what content stores is one of the
    /// [`Field::allowed_values`].
    #[must_use]
    pub fn phrase(self, language: Language) -> Option<&'s str> {
        self.note(NoteKind::Phrase, language)
    }

    /// Returns the codes that the structure names as used, which the schema does not enforce.
    pub fn accepted_values(self) -> impl Iterator<Item = &'s str> {
        self.notes()
            .iter()
            .filter(|note| note.kind == NoteKind::AcceptedValue)
            .map(move |note| self.resolve(note.text))
    }

    fn notes(self) -> &'s [Note] {
        let range = &self.data().notes;
        &self.structure.notes[range.start as usize..range.end as usize]
    }

    /// The first text of a kind in a language; Finnish, or the one without a language, stands in.
    fn note(self, kind: NoteKind, language: Language) -> Option<&'s str> {
        let find = |language: Option<Language>| {
            let is_it = |note: &&Note| note.kind == kind && note.language == language;
            self.notes().iter().find(is_it)
        };
        find(Some(language))
            .or_else(|| find(Some(Language::Finnish)))
            .or_else(|| find(None))
            .map(|note| self.resolve(note.text))
    }

    /// Returns how the field is represented; a representation that does not fit the field's JSON type, or that is not
    /// known, gives way to the plain one of that type.
    #[must_use]
    pub fn representation(self) -> Representation {
        self.data().representation
    }

    pub(crate) fn form(self) -> Form {
        self.data().form
    }

    /// Returns whether an object takes members beside its fields.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.data().flags.open
    }

    /// Returns whether the field must be there.
    #[must_use]
    pub fn is_required(self) -> bool {
        self.data().flags.required
    }

    /// Returns whether the structure says that the field is mandatory on a condition (`conditionalRequired`); the
    /// condition stands in [`Field::implementation_note`], and the schema cannot check it.
    #[must_use]
    pub fn is_conditional(self) -> bool {
        self.data().flags.conditional
    }

    /// Returns whether the field feeds a national register (`nationwideRecordedInformation`).
    #[must_use]
    pub fn is_recorded_nationwide(self) -> bool {
        self.data().flags.national
    }

    /// Returns whether the field is an array of values.
    #[must_use]
    pub fn is_repeated(self) -> bool {
        self.data().repeat.is_some()
    }

    /// Returns how many values the array of a repeated field must have at least; 0 for any other field.
    #[must_use]
    pub fn min_items(self) -> usize {
        self.data().repeat.unwrap_or(0) as usize
    }

    /// Returns how many characters a text must have at least.
    #[must_use]
    pub fn min_length(self) -> usize {
        self.data().min_length as usize
    }

    /// Returns the place in the order of display.
    #[must_use]
    pub fn row_number(self) -> Option<u32> {
        self.data().row_number
    }

    /// Returns whether the field is not shown as such; what it groups is shown.
    #[must_use]
    pub fn is_hidden(self) -> bool {
        self.data().flags.hidden_field
    }

    /// Returns whether the field is shown without its title.
    #[must_use]
    pub fn has_hidden_title(self) -> bool {
        self.data().flags.hidden_title
    }

    /// Returns the code system of a coded value or the root of an identifier, when the schema gives one.
    #[must_use]
    pub fn code_system(self) -> Option<CodeSystem> {
        match self.data().code_system {
            SystemData::None => None,
            SystemData::National(oid) => {
                Oid::parse(self.resolve(oid)).ok().map(CodeSystem::National)
            }
            SystemData::Local(name) => Some(CodeSystem::Local(self.resolve(name).to_owned())),
        }
    }

    /// The OID of the code system or identifier root as it is written.
    pub(crate) fn national_system(self) -> Option<&'s str> {
        match self.data().code_system {
            SystemData::National(oid) => Some(self.resolve(oid)),
            _ => None,
        }
    }

    /// What a text has to look like.
    pub(crate) fn pattern(self) -> Option<Pattern<'s>> {
        match self.data().pattern {
            PatternData::None => None,
            PatternData::Date => Some(Pattern::Date),
            PatternData::Moment => Some(Pattern::Moment),
            PatternData::Oid(oid) => Some(Pattern::Oid(Cow::Borrowed(self.resolve(oid)))),
        }
    }

    /// Returns the only values allowed, when the schema lists them: codes of a coded value, or the text of a phrase.
    #[must_use]
    pub fn allowed_values(self) -> Option<Vec<&'s str>> {
        match self.representation() {
            Representation::Code => self.child("code")?.allowed().map(Iterator::collect),
            _ => self.allowed().map(Iterator::collect),
        }
    }

    /// The only texts allowed, when the schema lists them.
    pub(crate) fn allowed(self) -> Option<impl Iterator<Item = &'s str>> {
        let range = self.data().allowed.clone()?;
        let spans = &self.structure.allowed[range.start as usize..range.end as usize];
        Some(spans.iter().map(move |span| self.resolve(*span)))
    }

    /// Returns whether the schema accepts a text here.
    pub(crate) fn accepts(self, text: &str) -> bool {
        self.pattern().is_none_or(|pattern| pattern.matches(text))
            && text.chars().take(self.min_length()).count() >= self.min_length()
            && self
                .allowed()
                .is_none_or(|mut allowed| allowed.any(|allowed| allowed == text))
    }

    /// Returns the fields inside, in the order of display; for a composed value its parts, such as `system` and `code`.
    pub fn children(self) -> Fields<'s> {
        Fields {
            structure: self.structure,
            range: self.data().children.clone(),
        }
    }

    /// Returns the field inside that has this name.
    #[must_use]
    pub fn child(self, name: &str) -> Option<Self> {
        self.children().find(|child| child.name() == name)
    }

    pub(crate) fn required_children(self) -> u32 {
        self.data().required_children
    }

    /// Returns the field that this one is inside of; nothing for the document.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        (self.index != ROOT).then(|| Self {
            index: self.data().parent,
            ..self
        })
    }

    /// Returns the names from below the document down to this field, with `[]` after repeated ones and dots between
    /// them, such as `asiakas[].sukunimi`; empty for the document.
    #[must_use]
    pub fn path(self) -> String {
        let Some(parent) = self.parent() else {
            return String::new();
        };
        let mut path = parent.path();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(self.name());
        if self.is_repeated() {
            path.push_str("[]");
        }
        path
    }

    /// Returns this field and all fields below, groups before what they hold; parts of composed values are left out.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let field = waiting.pop()?;
            if field.is_group() {
                waiting.extend(field.children().rev());
            }
            Some(field)
        })
    }

    /// Returns whether the field is a group without fields, such as the mere heading of a law: that it is there is all it
    /// says, and content writes it as `{}`.
    #[must_use]
    pub fn is_bare(self) -> bool {
        self.form() == Form::Object && self.data().children.is_empty() && !self.is_open()
    }

    /// Returns whether the field is a group of other fields.
    #[must_use]
    pub fn is_group(self) -> bool {
        matches!(
            self.representation(),
            Representation::Group | Representation::Heading
        )
    }
}

/// Fields side by side, in the order of display.
#[derive(Clone)]
pub struct Fields<'s> {
    structure: &'s Structure,
    range: Range<u32>,
}

impl<'s> Iterator for Fields<'s> {
    type Item = Field<'s>;

    fn next(&mut self) -> Option<Field<'s>> {
        let index = self.range.next()?;
        Some(Field::new(self.structure, index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl DoubleEndedIterator for Fields<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let index = self.range.next_back()?;
        Some(Field::new(self.structure, index))
    }
}

impl ExactSizeIterator for Fields<'_> {}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("path", &self.path())
            .field("representation", &self.representation())
            .finish_non_exhaustive()
    }
}

/// Two fields are equal when they are the same field of the same structure in memory.
impl PartialEq for Field<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.structure, other.structure) && self.index == other.index
    }
}

impl Eq for Field<'_> {}
