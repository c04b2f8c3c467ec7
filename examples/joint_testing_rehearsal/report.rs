//! The report of a rehearsal, in Markdown and in HTML.

use std::fmt::Write;

use crate::contents::JointTestContent;
use crate::files::{Left, Message};
use crate::rehearsal::Taken;

/// One content with what became of its steps.
pub(crate) struct Chapter {
    pub(crate) content: &'static JointTestContent,
    pub(crate) is_optional: bool,
    pub(crate) steps: Vec<(Taken, Left)>,
}

const INTRODUCTION: &str = "The contents of Kela's joint testing (yhteistestaus), rehearsed against the test archive. Kela's forms with the exact cases are \
     not public. A message with values of the bundle `test` says so in a comment and is not for hand-in; where nothing of an operation \
     is known, no message is left. For hand-in, fill a bundle of your own from Kela's documents and make the message with it: \
     `kanta --environment customer-test --spec BUNDLE frame store DOCUMENT --context CONTEXT`.";

impl Chapter {
    fn title(&self) -> String {
        let kind = if self.is_optional { ", optional" } else { "" };
        format!(
            "{}. {} ({}{kind})",
            self.content.number, self.content.finnish, self.content.english
        )
    }

    /// Whether every step ended as it must.
    pub(crate) fn holds(&self) -> bool {
        self.steps.iter().all(|(taken, _)| taken.end.is_ok())
    }

    fn verdict(&self) -> &'static str {
        match (self.steps.is_empty(), self.holds()) {
            (true, _) => "not rehearsed: its content is not known",
            (false, true) => "rehearsed",
            (false, false) => "FAILED",
        }
    }

    /// Table cells of every step: number, who, what, operation, end, files, what is missing.
    fn rows(&self) -> Vec<[String; 6]> {
        let steps = self.steps.iter().zip(1..);
        steps
            .map(|((taken, left), number)| {
                let operation = match &taken.operation {
                    Some(operation) => operation.to_string(),
                    None => "-".to_owned(),
                };
                let end = match &taken.end {
                    Ok(text) => text.clone(),
                    Err(text) => format!("FAILED: {text}"),
                };
                [
                    number.to_string(),
                    format!("{:?}: {:?}", taken.step.who, taken.step.call),
                    operation,
                    end,
                    files(left),
                    missing(taken, left),
                ]
            })
            .collect()
    }
}

const HEADS: [&str; 6] = [
    "step",
    "who and what",
    "operation",
    "end",
    "files",
    "missing for hand-in",
];

fn files(left: &Left) -> String {
    let mut words: Vec<String> = left
        .document
        .iter()
        .chain(&left.hand_in)
        .map(|path| path.display().to_string())
        .collect();
    match &left.message {
        Message::None => {}
        Message::Rehearsed(path) => words.push(path.display().to_string()),
        Message::PlaceholdersOnly => {
            words.push("no message: the operation has placeholders only".to_owned());
        }
    }
    words.join("; ")
}

/// What is missing, in short; the whole list stands at the end.
fn missing(taken: &Taken, left: &Left) -> String {
    let names: Vec<_> = left
        .missing
        .iter()
        .map(|missing| {
            let name = missing
                .key
                .strip_prefix("message.operation.")
                .and_then(|key| key.split_once('.'));
            format!(
                "{} ({})",
                name.map_or(missing.key.as_str(), |(_, part)| part),
                missing.status
            )
        })
        .collect();
    match (names.len(), &taken.for_hand_in) {
        (0, Some(Err(error))) => error.to_string(),
        (0..=8, _) => names.join(", "),
        (many, _) => format!("{many} values"),
    }
}

/// Every missing value once: its key, its status, and the official document that has it.
fn all_missing(chapters: &[Chapter]) -> Vec<[String; 3]> {
    let steps = chapters.iter().flat_map(|chapter| &chapter.steps);
    let mut rows: Vec<_> = steps
        .flat_map(|(_, left)| &left.missing)
        .map(|missing| {
            [
                missing.key.clone(),
                missing.status.to_owned(),
                missing.needs.clone(),
            ]
        })
        .collect();
    rows.sort();
    rows.dedup();
    rows
}

pub(crate) fn markdown(chapters: &[Chapter]) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let mut text = format!("# Joint-testing rehearsal\n\n{INTRODUCTION}\n");
    for chapter in chapters {
        let _ = write!(text, "\n## {}\n\n{}\n", chapter.title(), chapter.verdict());
        if let Some(unknown) = chapter.content.unknown {
            let _ = write!(text, "\nNot known: {unknown}.\n");
        }
        if chapter.steps.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "\n| {} |\n|{}\n",
            HEADS.join(" | "),
            " --- |".repeat(HEADS.len())
        );
        for row in chapter.rows() {
            let _ = writeln!(text, "| {} |", row.map(|text| cell(&text)).join(" | "));
        }
    }
    text.push_str("\n## What messages for Kela still need\n\n| value | status | document |\n| --- | --- | --- |\n");
    for row in all_missing(chapters) {
        let _ = writeln!(text, "| {} |", row.map(|text| cell(&text)).join(" | "));
    }
    text
}

pub(crate) fn html(chapters: &[Chapter]) -> String {
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Joint-testing rehearsal</title>\n\
         <style>body {{ font-family: sans-serif; margin: 2em; max-width: 80em }} td, th {{ border: 1px solid #999; padding: .3em; \
         text-align: left; vertical-align: top; overflow-wrap: anywhere }} table {{ border-collapse: collapse }}</style></head>\n\
         <body><h1>Joint-testing rehearsal</h1>\n<p>{}</p>\n",
        escaped(INTRODUCTION)
    );
    for chapter in chapters {
        let _ = write!(
            text,
            "<h2>{}</h2>\n<p>{}</p>\n",
            escaped(&chapter.title()),
            chapter.verdict()
        );
        if let Some(unknown) = chapter.content.unknown {
            let _ = writeln!(text, "<p>Not known: {}.</p>", escaped(unknown));
        }
        if chapter.steps.is_empty() {
            continue;
        }
        let _ = writeln!(text, "<table><tr><th>{}</th></tr>", HEADS.join("</th><th>"));
        for row in chapter.rows() {
            let _ = writeln!(
                text,
                "<tr><td>{}</td></tr>",
                row.map(|text| escaped(&text)).join("</td><td>")
            );
        }
        text.push_str("</table>\n");
    }
    text.push_str("<h2>What messages for Kela still need</h2>\n<table><tr><th>value</th><th>status</th><th>document</th></tr>\n");
    for row in all_missing(chapters) {
        let _ = writeln!(
            text,
            "<tr><td>{}</td></tr>",
            row.map(|text| escaped(&text)).join("</td><td>")
        );
    }
    text.push_str("</table>\n</body></html>\n");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
