//! Why documents stay in the queue, told while it is worked on.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use kanta_client::core::Report;
use kanta_client::outbox::State;

use crate::output::{Output, Shown, json_line};

/// So many different reasons are told; who has more looks into the queue.
const MOST: usize = 20;

/// Tells each reason once, however many documents wait for it.
pub(super) struct Reasons {
    output: Output,
    told: Mutex<HashSet<String>>,
}

impl Reasons {
    pub(super) fn new(output: &Output) -> Self {
        Self {
            output: output.clone(),
            told: Mutex::default(),
        }
    }

    /// Tells why a document did not get on, unless that was told before.
    pub(super) fn tell(&self, state: State, findings: &Report) {
        if !matches!(state, State::Queued | State::Unknown | State::Sending) || findings.is_empty()
        {
            return;
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST || !told.insert(findings.to_string()) {
            return;
        }
        let text = if self.output.is_json() {
            json_line(&Shown::Group(vec![
                ("state", Shown::text(Some(state))),
                ("findings", Shown::Findings(findings.clone())),
            ]))
        } else {
            format!("{state}: {findings}")
        };
        self.output.message(text.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_client::core::{Mark, Rule, Severity};

    #[test]
    fn a_reason_is_told_once_and_not_without_end() {
        const RULE: Rule = Rule::new("KANTA-X", Severity::Error, Mark::Own, "own check");
        let report = |text: &str| Report::from_iter([RULE.finding("", "", text)]);
        let reasons = Reasons::new(&Output::new(false, None));
        let count = || reasons.told.lock().unwrap().len();
        for (state, text, expected) in [
            (State::Archived, "fine", 0),
            (State::Queued, "away", 1),
            (State::Queued, "away", 1),
            (State::Unknown, "no answer", 2),
            (State::Queued, "away", 2),
        ] {
            reasons.tell(state, &report(text));
            assert_eq!(count(), expected, "{text}");
        }
        for number in 0..2 * MOST {
            reasons.tell(State::Queued, &report(&number.to_string()));
        }
        assert_eq!(count(), MOST);
    }
}
