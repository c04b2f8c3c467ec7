//! Whether a display form, ours or a vendor's own, says the same as the content.
//!
//! The archive demands that the two agree for client-relation and case documents (`[S]` Kela, vendor questions and answers,
//! 3.12.2020). A vendor's form has its own order, grouping and labels, so the check does not compare it with ours: it reads the
//! form line by line and explains every word as a label, a separator, or a piece of a value; what is left over on either
//! side is a difference.

mod cover;
mod lines;
mod values;

use kanta_core::{Mark, Report, Rule, Severity};

use super::safety::{self, UnreadableDisplay};
use crate::content::Content;
use cover::Cover;
use lines::{Line, LineKind};
use values::Values;

/// The rules of agreement between the two forms.
pub const AGREEMENT_RULES: [Rule; 7] = [
    READABLE, MISSING, EXTRA, ELSEWHERE, LABEL, PICTURE, UNMASKED,
];

const KELA: &str = "Kela slides 2020: display form and structured form agree";

const READABLE: Rule = Rule::new(
    "KANTA-DISPLAY-READABLE",
    Severity::Error,
    Mark::Own,
    "what cannot be read cannot be compared",
);
const MISSING: Rule = Rule::new("KANTA-DISPLAY-MISSING", Severity::Error, Mark::Stated, KELA);
const EXTRA: Rule = Rule::new("KANTA-DISPLAY-EXTRA", Severity::Error, Mark::Stated, KELA);
const ELSEWHERE: Rule = Rule::new(
    "KANTA-DISPLAY-ELSEWHERE",
    Severity::Error,
    Mark::Stated,
    KELA,
);
/// A warning: a vendor chooses its labels, so only a person can tell one from content.
const LABEL: Rule = Rule::new(
    "KANTA-DISPLAY-LABEL",
    Severity::Warning,
    Mark::Own,
    "a label that the structure does not have",
);
const PICTURE: Rule = Rule::new(
    "KANTA-DISPLAY-PICTURE",
    Severity::Warning,
    Mark::Own,
    "what a picture shows cannot be compared",
);
const UNMASKED: Rule = Rule::new(
    "KANTA-DISPLAY-UNMASKED",
    Severity::Warning,
    Mark::Stated,
    "public test messages, 7/2026: identity codes are shown as birth part and asterisks",
);

/// Checks that a display form shows every value of the content and nothing that is not there.
///
/// * Every value has to be shown as often as the content has it, in a form people read: coded values by their display text,
///   dates as `dd.MM.yyyy` or as written, moments by their wall clock, yes and no in Finnish or Swedish, numbers with a comma
///   or a point, identity codes masked. What a security ban hides must not be shown.
/// * Every line has to be explained: by values, or by a label (the title of a field, or what stands before a colon) and
///   values. A value under the title of a field that does not have it is reported. Labels of the form's own and pictures
///   are warnings: whether they hold content, a person has to see.
/// * Header and footer (`soc-header`, `soc-footer`) are of the metadata and are not compared.
///
/// No finding of error severity means that the two agree. Findings repeat no content.
#[must_use]
pub fn check_display(content: &Content<'_>, xhtml: &[u8]) -> Report {
    let lines = match lines::read(xhtml) {
        Ok(lines) => lines,
        Err(UnreadableDisplay(problem)) => {
            return Report::from_iter([READABLE.finding(
                "",
                "näyttömuotoa ei voi lukea",
                format!("the display form cannot be read: {problem}"),
            )]);
        }
    };
    let mut check = Check {
        xhtml,
        values: Values::of(content),
        heading: None,
        report: Report::new(),
    };
    for line in &lines {
        check.line(line);
    }
    check.missing();
    check.report
}

struct Check<'x> {
    xhtml: &'x [u8],
    values: Values,
    /// The title that stands alone on a line before.
    heading: Option<usize>,
    report: Report,
}

impl Check<'_> {
    fn line(&mut self, line: &Line) {
        if line.kind == LineKind::Picture {
            let place = self.place(line);
            self.report.push(PICTURE.finding(
                place,
                "kuvan sisältöä ei voi verrata; tarkista, ettei se näytä tietoja",
                "what a picture shows cannot be compared; see that it shows no content",
            ));
            return;
        }
        let words: Vec<&str> = line.text.split_whitespace().collect();
        if self.values.is_title(&words) {
            self.heading = self.values.label(&words);
            return;
        }
        // Values alone, then a label before each colon with values behind it. Yes and no alone belong to the title above.
        let above = self
            .heading
            .filter(|heading| self.values.has_switch(*heading));
        if let Some(cover) = Cover::of(&words, &self.values, above) {
            return self.take(&cover, None, line);
        }
        let colons = words
            .iter()
            .enumerate()
            .filter(|(_, word)| word.ends_with(':'))
            .map(|(index, _)| index + 1);
        for end in colons {
            let (label, rest) = words.split_at(end);
            let label = self.values.label(label);
            if let Some(cover) = Cover::of(rest, &self.values, label) {
                if label.is_none() {
                    self.unknown_label(line);
                }
                return self.take(&cover, label, line);
            }
        }
        let is_heading = line.kind == LineKind::Heading && !line.text.contains(':');
        if is_heading {
            return self.unknown_label(line);
        }
        let place = self.place(line);
        self.report.push(EXTRA.finding(
            place,
            "rivillä on tekstiä, jota sisällössä ei ole",
            "the line has text that the content does not have",
        ));
    }

    fn place(&self, line: &Line) -> String {
        safety::position(self.xhtml, line.offset)
    }

    fn unknown_label(&mut self, line: &Line) {
        let place = self.place(line);
        self.report.push(LABEL.finding(
            place,
            "rakenteessa ei ole tämän nimistä kohtaa; tarkista, ettei otsikko sisällä tietoja",
            "the structure has no title like this label; see that it holds no content",
        ));
    }

    fn take(&mut self, cover: &Cover, label: Option<usize>, line: &Line) {
        for piece in cover.pieces() {
            let taken = self.values.take(piece, label);
            if taken.elsewhere {
                let place = self.place(line);
                self.report.push(ELSEWHERE.finding(
                    place,
                    "otsikon alla on arvo, jota sisällössä ei ole sen kohdalla",
                    "under the label stands a value that the content does not have there",
                ));
            }
            if taken.unmasked {
                let place = self.place(line);
                self.report.push(UNMASKED.finding(
                    place,
                    "henkilötunnus näkyy kokonaan; näytä siitä vain syntymäaikaosa ja viisi tähteä",
                    "the identity code is shown in full; show its birth part and five asterisks",
                ));
            }
        }
    }

    fn missing(&mut self) {
        for leaf in self.values.not_shown() {
            self.report.push(MISSING.finding(
                &leaf.path,
                format!("kentän ”{}” arvoa ei ole näyttömuodossa", leaf.title),
                format!(
                    "the value of the field \"{}\" is not in the display form",
                    leaf.title
                ),
            ));
        }
    }
}

#[cfg(test)]
mod tests;
