//! Rules of the display form.

use kanta_core::metadata::DocumentKind;
use kanta_core::{DocumentOid, Report};
use kanta_xml::{Element, Limits, Token, Tokens, Tree};

use super::catalogue::{
    DISPLAY_ACTIVE, DISPLAY_AGREES, DISPLAY_BAN, DISPLAY_ELEMENT, DISPLAY_FORM,
};
use crate::content::Content;
use crate::display;
use crate::json::{Json, Value};
use crate::structure::Structure;

const PLACE: &str = "/ClinicalDocument/component/nonXMLBody/text";

const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Elements that run, load or submit something: none may be in an archived display form.
const ACTIVE_ELEMENTS: &[&str] = &[
    "applet", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link",
    "meta", "object", "param", "script", "select", "style", "textarea",
];

/// The elements that were seen in display forms.
const SEEN_ELEMENTS: &[&str] = &["div", "h1", "h2", "h3", "p", "b", "br", "img"];

/// Checks an XHTML fragment: well formed, a root `div` of the document, nothing active in it.
pub(super) fn check(display: &[u8], id: &DocumentOid, report: &mut Report) {
    // Real display forms begin with line ends.
    let tree = match Tree::parse(display.trim_ascii(), &Limits::default()) {
        Ok(tree) => tree,
        Err(error) => {
            report.push(DISPLAY_FORM.finding(
                error.position().to_string(),
                "näyttömuoto ei ole hyvin muodostettua XHTML:ää",
                format!("the display form is not well-formed XHTML: {error}"),
            ));
            return;
        }
    };
    let root = tree.root();
    if !root.is(XHTML, "div") {
        report.push(DISPLAY_FORM.finding(
            root.path(),
            "näyttömuodon juuri ei ole XHTML:n div",
            "the root of the display form is not a div of XHTML",
        ));
    }
    if root.attribute("id") != Some(id.body_anchor().as_str()) {
        report.push(DISPLAY_FORM.finding(
            format!("{}/@id", root.path()),
            "näyttömuodon juuren id ei ole OID ja asiakirjan yksilöintitunnus",
            "the id of the display form's root is not OID followed by the document's identifier",
        ));
    }
    if root.namespace() != XHTML {
        // The same would be said of every element in it.
        return;
    }
    for element in root.descendants() {
        if is_active(element) {
            report.push(DISPLAY_ACTIVE.finding(
                element.path(),
                "näyttömuodossa on aktiivista tai ulkoista sisältöä",
                "the display form holds active or outside content",
            ));
        }
    }
    let unseen = root
        .descendants()
        .find(|element| !SEEN_ELEMENTS.contains(&element.local_name()));
    if let Some(element) = unseen {
        report.push(DISPLAY_ELEMENT.finding(
            element.path(),
            "näyttömuodossa on elementti, jota asiakirjoissa ei ole nähty",
            "the display form has an element that was not seen in documents",
        ));
    }
}

/// Checks that a display form and the content say the same, where the archive demands it.
pub(super) fn check_agreement(
    kind: &DocumentKind,
    xhtml: &[u8],
    json: &[u8],
    structure: &Structure,
    report: &mut Report,
) {
    if !matches!(kind, DocumentKind::ClientRelation | DocumentKind::Case) {
        return;
    }
    // Content that breaks its structure is told elsewhere.
    let Ok(content) = Content::read(structure, json) else {
        return;
    };
    let differences = display::check_display(&content, xhtml).errors().count();
    if differences > 0 {
        report.push(DISPLAY_AGREES.finding(
            PLACE,
            format!("näyttömuoto ja rakenteinen muoto eroavat {differences} kohdassa"),
            format!(
                "display form and structured form differ in {differences} places; `check_display` tells each"
            ),
        ));
    }
}

/// Checks that nothing under a security ban is shown by a display form of the caller's own.
///
/// Only a value that stands alone, or after its title, counts: a municipality may be part of a name that may be shown.
pub(super) fn check_ban(xhtml: &[u8], content: &Json<'_>, report: &mut Report) {
    let Some(document) = content.root().get("asiakkuusasiakirja") else {
        return;
    };
    let mut hidden = Vec::new();
    let client = document.get("asiakas");
    let is_banned =
        |person: Value<'_>| person.get("turvakielto").and_then(Value::as_bool) == Some(true);
    let covers_all = client.is_some_and(is_banned);
    let related = document.get("asiakkaaseen_liittyvat_henkilot");
    let related = related.into_iter().flat_map(Value::items);
    for person in client.into_iter().chain(related) {
        if covers_all || is_banned(person) {
            collect_hidden(person, &mut hidden);
        }
    }
    if hidden.is_empty() {
        return;
    }
    let shown = texts(xhtml).unwrap_or_default();
    let is_shown = |value: &&str| {
        shown.iter().any(|(_, text)| {
            text == value
                || text
                    .rsplit_once(": ")
                    .is_some_and(|(_, text)| text == *value)
        })
    };
    let count = hidden.iter().filter(|value| is_shown(value)).count();
    if count > 0 {
        report.push(DISPLAY_BAN.finding(
            PLACE,
            format!("näyttömuodossa on {count} turvakiellon alaista tietoa"),
            format!("the display form shows {count} values that are under a security ban"),
        ));
    }
}

/// What a person with a security ban is not shown with (the same fields as in rendering).
fn collect_hidden<'j>(person: Value<'j>, hidden: &mut Vec<&'j str>) {
    for field in ["kotikunta", "tilapainen_asuinkunta"] {
        if let Some(value) = person.get(field) {
            collect_shown_texts(value, hidden);
        }
    }
    let Some(contacts) = person.get("yhteystiedot") else {
        return;
    };
    let single = (!contacts.is_array()).then_some(contacts);
    for value in single
        .into_iter()
        .chain(contacts.items())
        .flat_map(Value::members)
    {
        if !["puhelinnumero", "yhteysosoite"].contains(&value.name()) {
            collect_shown_texts(value, hidden);
        }
    }
}

/// The texts of a value that a display form would show: of a code its name only.
fn collect_shown_texts<'j>(value: Value<'j>, texts: &mut Vec<&'j str>) {
    if let Some(display) = value.get("display").and_then(Value::as_str) {
        texts.push(display);
    } else if let Some(text) = value.as_str() {
        texts.push(text);
    } else {
        for inner in value.members().chain(value.items()) {
            collect_shown_texts(inner, texts);
        }
    }
}

/// Every run of text with the class of the nearest element that has one, white space made single.
fn texts(xhtml: &[u8]) -> Option<Vec<(String, String)>> {
    let mut tokens = Tokens::new(xhtml.trim_ascii(), &Limits::default()).ok()?;
    let mut classes: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    while let Some(token) = tokens.next().ok()? {
        match token {
            Token::Start(_) => {
                let own = tokens
                    .attributes()
                    .iter()
                    .find(|attribute| attribute.name().qualified() == "class")
                    .map(|attribute| attribute.value().to_owned());
                let class = own.or_else(|| classes.last().cloned());
                classes.push(class.unwrap_or_default());
            }
            Token::End(_) => drop(classes.pop()),
            Token::Text { text, .. } => {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if let (Some(class), false) = (classes.last(), text.is_empty()) {
                    texts.push((class.clone(), text));
                }
            }
            _ => {}
        }
    }
    Some(texts)
}

fn is_active(element: Element<'_, '_>) -> bool {
    let name = element.local_name().to_ascii_lowercase();
    element.namespace() != XHTML
        || ACTIVE_ELEMENTS.contains(&name.as_str())
        || element.attributes().any(|attribute| {
            let name = attribute.local_name().to_ascii_lowercase();
            let value = attribute.value().trim_ascii().to_ascii_lowercase();
            let is_link = matches!(
                name.as_str(),
                "href" | "src" | "background" | "cite" | "longdesc"
            );
            name.starts_with("on")
                || name == "style"
                || (is_link && !value.starts_with('#') && !value.starts_with("data:image/"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_are_judged() {
        let id = DocumentOid::parse("2.999.1").unwrap();
        let page =
            |inner: &str| format!("\r\n<div id=\"OID2.999.1\" xmlns=\"{XHTML}\">{inner}</div>");
        for (display, rule) in [
            (
                page("<p>Hei</p><img src=\"data:image/png;base64,AA\" alt=\"\"/>"),
                None,
            ),
            (page("<script/>"), Some("KANTA-DOC-DISPLAY-ACTIVE")),
            (
                page("<p onclick=\"x()\">a</p>"),
                Some("KANTA-DOC-DISPLAY-ACTIVE"),
            ),
            (
                page("<p style=\"x\">a</p>"),
                Some("KANTA-DOC-DISPLAY-ACTIVE"),
            ),
            (
                page("<a href=\" JavaScript:x()\">a</a>"),
                Some("KANTA-DOC-DISPLAY-ACTIVE"),
            ),
            (
                page("<img src=\"http://x/\" alt=\"\"/>"),
                Some("KANTA-DOC-DISPLAY-ACTIVE"),
            ),
            (
                page("<s xmlns=\"http://www.w3.org/2000/svg\"/>"),
                Some("KANTA-DOC-DISPLAY-ACTIVE"),
            ),
            (page("<p>"), Some("KANTA-DOC-DISPLAY-FORM")),
            (String::new(), Some("KANTA-DOC-DISPLAY-FORM")),
            (
                "<div id=\"OID2.999.1\"/>".into(),
                Some("KANTA-DOC-DISPLAY-FORM"),
            ),
            (
                page("").replace("999.1", "999.2"),
                Some("KANTA-DOC-DISPLAY-FORM"),
            ),
        ] {
            let mut report = Report::new();
            check(display.as_bytes(), &id, &mut report);
            match rule {
                Some(rule) => assert!(report.has(rule), "{display}"),
                None => assert!(report.is_empty(), "{display}: {report}"),
            }
        }
    }
}
