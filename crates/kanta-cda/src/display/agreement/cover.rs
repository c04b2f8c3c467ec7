//! A line explained as values, one after the other.

use super::values::Values;

/// The pieces that explain a line, in order.
pub(super) struct Cover(Vec<usize>);

/// Words that stand between values and say nothing.
const SEPARATORS: [&str; 10] = ["-", "–", "—", "/", "|", ";", ",", "•", "·", "ja"];

impl Cover {
    /// Explains words as values under a label; `None` when some of them are no value.
    pub(super) fn of(words: &[&str], values: &Values, label: Option<usize>) -> Option<Self> {
        // From the end: the first piece, and where it ends, with which the rest from each word on is explained.
        let mut explained: Vec<Option<(Option<usize>, usize)>> = vec![None; words.len() + 1];
        explained[words.len()] = Some((None, words.len()));
        for start in (0..words.len()).rev() {
            let mut best: Option<(Option<usize>, usize)> = None;
            for opening in openings(words[start]) {
                for (number, piece) in values.beginning_with(opening) {
                    let end = start + piece.words.len();
                    let longer = best.is_none_or(|(_, best)| end > best);
                    if end <= words.len()
                        && longer
                        && explained[end].is_some()
                        && values.suits(piece, label)
                        && matches(&words[start..end], &piece.words)
                    {
                        best = Some((Some(number), end));
                    }
                }
            }
            if best.is_none()
                && SEPARATORS.contains(&words[start])
                && explained[start + 1].is_some()
            {
                best = Some((None, start + 1));
            }
            explained[start] = best;
        }
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let (piece, end) = explained[at]?;
            pieces.extend(piece);
            at = end;
        }
        Some(Self(pieces))
    }

    pub(super) fn pieces(&self) -> impl Iterator<Item = usize> {
        self.0.iter().copied()
    }
}

/// The ways to read the first word of a value: as it stands, without a bracket before it, without a comma behind it.
fn openings(word: &str) -> impl Iterator<Item = &str> {
    let plain = word.trim_start_matches('(');
    let ended = plain.trim_end_matches(ENDINGS);
    let without_bracket = Some(plain).filter(|plain| *plain != word);
    let without_ending = Some(ended).filter(|ended| *ended != plain && !ended.is_empty());
    [Some(word), without_bracket, without_ending]
        .into_iter()
        .flatten()
}

const ENDINGS: [char; 4] = [',', ';', '.', ')'];

/// Returns whether the words of a line are those of a piece; a bracket before the first and a comma behind the last do not
/// count.
fn matches(line: &[&str], piece: &[String]) -> bool {
    let last = line.len() - 1;
    line.iter()
        .zip(piece)
        .enumerate()
        .all(|(index, (word, wanted))| {
            let mut word = *word;
            if word == wanted {
                return true;
            }
            if index == 0 {
                word = word.strip_prefix('(').unwrap_or(word);
            }
            word == wanted
                || index == last
                    && word
                        .strip_prefix(wanted.as_str())
                        .is_some_and(|rest| rest.chars().all(|rest| ENDINGS.contains(&rest)))
        })
}
