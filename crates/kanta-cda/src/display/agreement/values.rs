//! What the content has to show, in all the forms in which people read it.

use std::collections::HashMap;

use crate::content::Content;
use crate::display::security_ban::SecurityBan;
use crate::display::{markup, value};
use crate::json::{Kind, Value};
use crate::structure::walk::values;
use crate::structure::{Field, Language, Pattern, Representation};

/// All values that are shown, and the pieces of text that show them.
pub(super) struct Values {
    leaves: Vec<Leaf>,
    /// Every text that shows a value, or one line of one.
    pieces: Vec<Piece>,
    /// The pieces by their first word.
    by_word: HashMap<String, Vec<usize>>,
    /// The titles of fields and groups with the leaves below them.
    titles: HashMap<String, usize>,
    under: Vec<Vec<usize>>,
}

pub(super) struct Leaf {
    pub(super) path: String,
    pub(super) title: String,
    is_switch: bool,
    /// Which of its lines are not shown yet.
    waiting: Vec<bool>,
}

pub(super) struct Piece {
    pub(super) words: Vec<String>,
    /// The leaves that it shows, each with the number of the line.
    shows: Vec<(usize, usize)>,
    /// Yes and no say something only under their label.
    is_switch: bool,
    is_unmasked: bool,
}

/// How a piece was taken as a value.
pub(super) struct Taken {
    /// The label's fields do not have the value.
    pub(super) elsewhere: bool,
    pub(super) unmasked: bool,
}

impl Values {
    pub(super) fn of(content: &Content<'_>) -> Self {
        let mut found = Self {
            leaves: Vec::new(),
            pieces: Vec::new(),
            by_word: HashMap::new(),
            titles: HashMap::new(),
            under: Vec::new(),
        };
        let root = content.structure().root();
        for field in root.descendants() {
            found.title(field);
        }
        let document = content.root().value();
        let ban = SecurityBan::of_document(root, document);
        found.group(root, document, ban, "", &mut Vec::new());
        found
    }

    /// Makes the titles of a field known, also of fields that the content does not have.
    fn title(&mut self, field: Field<'_>) -> Vec<usize> {
        let mut labels = Vec::new();
        for language in [Language::Finnish, Language::Swedish] {
            for title in [field.title(language), field.display_title(language)] {
                let key = normalised(title);
                let next = self.under.len();
                let label = *self.titles.entry(key).or_insert(next);
                if label == next {
                    self.under.push(Vec::new());
                }
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
        }
        labels
    }

    fn group(
        &mut self,
        group: Field<'_>,
        object: Value<'_>,
        ban: SecurityBan,
        before: &str,
        above: &mut Vec<usize>,
    ) {
        let shown = crate::structure::walk::present(group, object)
            .filter(|(field, _)| !ban.hides(group, *field));
        for (field, content) in shown {
            let depth = above.len();
            above.extend(self.title(field));
            for (index, value) in values(field, content).enumerate() {
                let place = if content.is_array() {
                    format!("{before}/{}/{index}", field.name())
                } else {
                    format!("{before}/{}", field.name())
                };
                if field.is_group() {
                    self.group(field, value, ban.inside(field, value), &place, above);
                } else {
                    self.leaf(field, value, place, above);
                }
            }
            above.truncate(depth);
        }
    }

    fn leaf(&mut self, field: Field<'_>, value: Value<'_>, path: String, above: &[usize]) {
        let mut forms = forms(field, value);
        forms.retain(|form| !form.text.trim().is_empty());
        let Some(first) = forms.first() else {
            return;
        };
        let leaf = self.leaves.len();
        let lines = lines(&first.text).count();
        for label in above {
            self.under[*label].push(leaf);
        }
        self.leaves.push(Leaf {
            path,
            title: field.title(Language::Finnish).to_owned(),
            is_switch: first.is_switch,
            waiting: vec![true; lines],
        });
        for form in forms {
            for (number, line) in lines_of(&form.text).into_iter().enumerate() {
                self.piece(line, leaf, number.min(lines - 1), &form);
            }
        }
    }

    fn piece(&mut self, words: Vec<String>, leaf: usize, line: usize, form: &Form) {
        let Some(first) = words.first() else {
            return;
        };
        let same = self.by_word.entry(first.clone()).or_default();
        let known = same
            .iter()
            .find(|piece| self.pieces[**piece].words == words)
            .copied();
        match known {
            Some(piece) => {
                let piece = &mut self.pieces[piece];
                if !piece.shows.contains(&(leaf, line)) {
                    piece.shows.push((leaf, line));
                }
                piece.is_switch &= form.is_switch;
                piece.is_unmasked &= form.is_unmasked;
            }
            None => {
                same.push(self.pieces.len());
                self.pieces.push(Piece {
                    words,
                    shows: vec![(leaf, line)],
                    is_switch: form.is_switch,
                    is_unmasked: form.is_unmasked,
                });
            }
        }
    }

    /// The pieces that begin with a word.
    pub(super) fn beginning_with(&self, word: &str) -> impl Iterator<Item = (usize, &Piece)> {
        let pieces = self.by_word.get(word).map(Vec::as_slice);
        pieces
            .unwrap_or_default()
            .iter()
            .map(|piece| (*piece, &self.pieces[*piece]))
    }

    /// Returns whether the words are the title of a field, with or without a colon.
    pub(super) fn is_title(&self, words: &[&str]) -> bool {
        let text = words.join(" ");
        self.titles
            .contains_key(&normalised(text.trim_end_matches(':')))
            && !self.pieces_are(&text)
    }

    fn pieces_are(&self, text: &str) -> bool {
        let words: Vec<&str> = text.split(' ').collect();
        let first = words.first().copied().unwrap_or_default();
        self.beginning_with(first).any(|(_, piece)| {
            piece.words == words
                && piece
                    .shows
                    .iter()
                    .any(|(leaf, line)| self.leaves[*leaf].waiting[*line])
        })
    }

    /// The label that these words are, when they are the title of a field.
    pub(super) fn label(&self, words: &[&str]) -> Option<usize> {
        let text = words.join(" ");
        self.titles
            .get(&normalised(text.trim_end_matches(':')))
            .copied()
    }

    /// Returns whether a piece can be a value under a label: yes and no have to be of its fields.
    pub(super) fn suits(&self, piece: &Piece, label: Option<usize>) -> bool {
        match label {
            Some(label) if piece.is_switch => piece
                .shows
                .iter()
                .any(|(leaf, _)| self.is_under(*leaf, label)),
            _ => true,
        }
    }

    fn is_under(&self, leaf: usize, label: usize) -> bool {
        // Leaves are met in order, so each list is sorted.
        self.under[label].binary_search(&leaf).is_ok()
    }

    /// Returns whether a label has yes or no among its values.
    pub(super) fn has_switch(&self, label: usize) -> bool {
        self.under[label]
            .iter()
            .any(|leaf| self.leaves[*leaf].is_switch)
    }

    /// Takes a piece as one value: of the label's fields before others, not shown yet before shown.
    pub(super) fn take(&mut self, piece: usize, label: Option<usize>) -> Taken {
        let Piece {
            shows, is_unmasked, ..
        } = &self.pieces[piece];
        let of_label = |leaf: usize| label.is_some_and(|label| self.under[label].contains(&leaf));
        let waits = |(leaf, line): (usize, usize)| self.leaves[leaf].waiting[line];
        let best = shows
            .iter()
            .copied()
            .min_by_key(|show| (!of_label(show.0), !waits(*show)));
        let taken = Taken {
            // A label whose fields have values at all, none of them this one.
            elsewhere: label.is_some_and(|label| !self.under[label].is_empty())
                && best.is_some_and(|(leaf, _)| !of_label(leaf)),
            unmasked: *is_unmasked,
        };
        if let Some((leaf, line)) = best {
            self.leaves[leaf].waiting[line] = false;
        }
        taken
    }

    pub(super) fn not_shown(&self) -> impl Iterator<Item = &Leaf> {
        self.leaves
            .iter()
            .filter(|leaf| leaf.waiting.iter().any(|waits| *waits))
    }
}

/// One way to show a value.
struct Form {
    text: String,
    is_switch: bool,
    is_unmasked: bool,
}

impl From<String> for Form {
    fn from(text: String) -> Self {
        Self {
            text,
            is_switch: false,
            is_unmasked: false,
        }
    }
}

/// The ways in which people read a value; ours is the first.
fn forms(field: Field<'_>, content: Value<'_>) -> Vec<Form> {
    use Representation as R;
    let mut made = String::new();
    let Some(ours) = value::text(field, content, Language::Finnish, &mut made) else {
        return Vec::new();
    };
    let mut forms = vec![Form::from(ours.to_owned())];
    let mut also = |text: String| forms.push(text.into());
    match (field.representation(), content.kind()) {
        (R::Date | R::Moment, Kind::Text) => {
            let written = content.as_str().unwrap_or_default();
            moments(written).into_iter().for_each(&mut also);
        }
        (R::Identifier, Kind::Object) if value::is_identity_code(field, content) => {
            forms.push(Form {
                text: part(content, "value").to_owned(),
                is_switch: false,
                is_unmasked: true,
            });
        }
        (R::Code, Kind::Object) => {
            also(format!(
                "{} {}",
                part(content, "code"),
                part(content, "display")
            ));
        }
        (R::Quantity | R::Measure | R::Percent, Kind::Object) => {
            also(forms_with_point(&made));
            if part(content, "code") == "%" {
                also(made.replace(" %", "%"));
            }
        }
        (_, Kind::Number) => also(forms_with_point(&made)),
        (_, Kind::Bool(yes)) => {
            forms = [Language::Finnish, Language::Swedish]
                .map(|language| Form {
                    text: value::switch(yes, language).to_owned(),
                    is_switch: true,
                    is_unmasked: false,
                })
                .into();
        }
        _ => {}
    }
    forms
}

fn forms_with_point(text: &str) -> String {
    text.replace(',', ".")
}

fn part<'v>(value: Value<'v>, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// As written, without leading zeros, and with the ways to write a time.
fn moments(written: &str) -> Vec<String> {
    let mut forms = vec![written.to_owned()];
    if !Pattern::Moment.matches(written) || written.starts_with('-') {
        return forms;
    }
    let (date, time) = written.split_once('T').unwrap_or((written, ""));
    let short: Vec<&str> = date
        .split('-')
        .rev()
        .map(|part| part.trim_start_matches('0'))
        .collect();
    let full: Vec<&str> = date.split('-').rev().collect();
    for date in [short.join("."), full.join(".")] {
        if time.is_empty() {
            forms.push(date);
            continue;
        }
        let clock = time.get(..5).unwrap_or(time);
        for clock in [
            clock.to_owned(),
            clock.replace(':', "."),
            time.get(..8).unwrap_or(time).to_owned(),
        ] {
            for between in [" ", " klo ", " kl. ", " kello "] {
                forms.push(format!("{date}{between}{clock}"));
            }
        }
    }
    forms
}

/// The lines of a value that show something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
        .filter(|line| !line.trim().is_empty())
}

fn lines_of(text: &str) -> Vec<Vec<String>> {
    lines(text).map(words).collect()
}

/// The words of a line; characters that are never shown stand as their replacement.
fn words(line: &str) -> Vec<String> {
    line.split_whitespace()
        .map(|word| {
            word.chars()
                .map(|character| {
                    if markup::is_harmful(character) {
                        '\u{FFFD}'
                    } else {
                        character
                    }
                })
                .collect()
        })
        .collect()
}

fn normalised(title: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    words.join(" ").trim_end_matches(':').to_lowercase()
}
