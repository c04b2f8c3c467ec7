//! Whether a display form is safe to show, and making one safe.

use kanta_core::{Mark, Report, Rule, Severity};
use kanta_xml::{Limits, Token, Tokens};

use super::{allowed, markup};

/// The rules of a display form that is safe to show.
pub const SAFETY_RULES: [Rule; 4] = [READABLE, ELEMENT, ATTRIBUTE, CHARACTER];

const READABLE: Rule = own("KANTA-DISPLAY-READABLE");
const ELEMENT: Rule = own("KANTA-DISPLAY-ELEMENT");
const ATTRIBUTE: Rule = own("KANTA-DISPLAY-ATTRIBUTE");
const CHARACTER: Rule = own("KANTA-DISPLAY-CHARACTER");

const fn own(id: &'static str) -> Rule {
    Rule::new(id, Severity::Error, Mark::Own, "safe to show")
}

/// Why a display form cannot be made safe (`KANTA-DISPLAY-READABLE`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the display form is not well-formed XML: {0}; ask its maker for one that is [KANTA-DISPLAY-READABLE]"
)]
pub struct UnreadableDisplay(pub(super) String);

/// Checks that nothing in a display form can run, load, hide or turn anything: known elements of text, lists, tables and
/// pictures only, no scripts, styles, event attributes, links or outside resources, no instructions, no control characters.
///
/// Everything that [`super::render`] and [`sanitize_display`] make passes. XHTML 1.1 alone would not do: it allows `onclick`.
#[must_use]
pub fn check_safety(xhtml: &[u8]) -> Report {
    let mut report = Report::new();
    // Real display forms begin with line ends.
    let walked = walk(xhtml, |event, tokens, offset| {
        let place = || tokens.position(offset).to_string();
        match event {
            Event::Start { name, namespace } => {
                if !allowed::element(namespace, name) {
                    report.push(ELEMENT.finding(
                        place(),
                        "elementti ei kuulu niihin, jotka ovat turvallisia näyttää",
                        "the element is not among those that are safe to show",
                    ));
                }
                for attribute in tokens.attributes() {
                    let namespace = tokens.attribute_namespace(attribute);
                    let (local, value) = (attribute.name().local(), attribute.value());
                    if !allowed::attribute(name, namespace, local, value) {
                        report.push(ATTRIBUTE.finding(
                            place(),
                            "attribuutti ei kuulu niihin, jotka ovat turvallisia näyttää",
                            "the attribute is not among those that are safe to show",
                        ));
                    }
                    if value.chars().any(markup::is_harmful) {
                        report.push(character(place()));
                    }
                }
            }
            Event::Text(text) => {
                if text.chars().any(markup::is_harmful) {
                    report.push(character(place()));
                }
            }
            Event::End => {}
            Event::Other => report.push(ELEMENT.finding(
                place(),
                "käsittelyohje ei kuulu näyttömuotoon",
                "a processing instruction does not belong into a display form",
            )),
        }
    });
    if let Err(UnreadableDisplay(problem)) = walked {
        report.push(READABLE.finding(
            "",
            "näyttömuoto ei ole hyvin muodostettua XML:ää",
            format!("the display form is not well-formed XML: {problem}"),
        ));
    }
    report
}

fn character(place: String) -> kanta_core::Finding {
    CHARACTER.finding(
        place,
        "tekstissä on ohjausmerkki tai merkki, joka kääntää tekstin suunnan",
        "the text holds a control character or one that turns its direction",
    )
}

/// Makes a foreign display form safe to show: what is not known to be harmless is left out (scripts, styles and the like
/// with everything inside, other unknown elements around their text), and so are comments and instructions.
///
/// The result is one `div` of XHTML and passes [`check_safety`]. It is for showing only: an archived document keeps its bytes.
///
/// # Errors
/// [`UnreadableDisplay`] when the bytes are not well-formed XML in UTF-8, or declare entities.
///
/// ```
/// use kanta_cda::display::sanitize_display;
///
/// let foreign = br#"<div class="a" onclick="x()">Hei<script>x()</script> <blink>vaan</blink></div>"#;
/// let safe = sanitize_display(foreign)?;
/// assert_eq!(safe, r#"<div xmlns="http://www.w3.org/1999/xhtml" class="a">Hei vaan</div>"#);
/// # Ok::<(), kanta_cda::display::UnreadableDisplay>(())
/// ```
pub fn sanitize_display(xhtml: &[u8]) -> Result<String, UnreadableDisplay> {
    const ROOT: &str = "<div xmlns=\"http://www.w3.org/1999/xhtml\"";
    let mut out = String::with_capacity(xhtml.len());
    // What is written for the end of each open element; nothing for one that is left out around its text.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut dropped = 0_usize;
    let mut wrapped = false;
    walk(xhtml, |event, tokens, _| match event {
        Event::Start { name, namespace } => {
            if dropped > 0 || allowed::is_dropped(namespace, name) {
                dropped += 1;
                return;
            }
            let is_root = open.is_empty();
            if is_root {
                wrapped = name != "div";
                out.push_str(ROOT);
                if wrapped {
                    out.push('>');
                }
            }
            if !allowed::element(namespace, name) {
                open.push(None);
                return;
            }
            if !is_root || wrapped {
                out.push('<');
                out.push_str(name);
            }
            attributes(&mut out, name, tokens);
            out.push_str(
                if name == "br" || name == "hr" || name == "img" || name == "col" {
                    "/>"
                } else {
                    ">"
                },
            );
            let ends = !matches!(name, "br" | "hr" | "img" | "col");
            open.push(ends.then(|| format!("</{name}>")));
        }
        Event::End if dropped > 0 => dropped -= 1,
        Event::End => {
            if let Some(Some(end)) = open.pop() {
                out.push_str(&end);
            }
        }
        Event::Text(text) if dropped == 0 && !open.is_empty() => {
            markup::running_text(&mut out, text);
        }
        Event::Text(_) | Event::Other => {}
    })?;
    if out.is_empty() {
        out.push_str(ROOT);
        out.push_str("></div>");
    } else if wrapped {
        out.push_str("</div>");
    }
    Ok(out)
}

fn attributes(out: &mut String, element: &str, tokens: &Tokens<'_>) {
    for attribute in tokens.attributes() {
        let namespace = tokens.attribute_namespace(attribute);
        let (name, value) = (attribute.name().local(), attribute.value());
        if allowed::attribute(element, namespace, name, value) {
            out.push_str(if namespace.is_empty() { " " } else { " xml:" });
            out.push_str(name);
            out.push_str("=\"");
            markup::attribute(out, value);
            out.push('"');
        }
    }
}

/// What the walk through a display form meets.
pub(super) enum Event<'e> {
    Start {
        name: &'e str,
        namespace: &'e str,
    },
    End,
    Text(&'e str),
    /// An instruction.
    Other,
}

/// Walks through a display form; each event comes with its byte offset, whose place the tokens know.
pub(super) fn walk(
    xhtml: &[u8],
    mut meet: impl FnMut(Event<'_>, &Tokens<'_>, usize),
) -> Result<(), UnreadableDisplay> {
    let unreadable = |error: kanta_xml::Error| UnreadableDisplay(error.to_string());
    // Real display forms begin with line ends.
    let mut tokens = Tokens::new(xhtml.trim_ascii(), &Limits::default()).map_err(unreadable)?;
    while let Some(token) = tokens.next().map_err(unreadable)? {
        let event = match &token {
            Token::Start(tag) => Event::Start {
                name: tag.name().local(),
                namespace: tokens.namespace(tag),
            },
            Token::End(_) => Event::End,
            Token::Text { text, .. } => Event::Text(text),
            Token::Comment { .. } => continue,
            _ => Event::Other,
        };
        meet(event, &tokens, token.span().start);
    }
    Ok(())
}

/// Line and column of a byte offset that a walk gave.
pub(super) fn position(xhtml: &[u8], offset: usize) -> String {
    match Tokens::new(xhtml.trim_ascii(), &Limits::default()) {
        Ok(tokens) => tokens.position(offset).to_string(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests;
