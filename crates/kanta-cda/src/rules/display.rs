//! Rules of the display form.

use kanta_core::{DocumentOid, Report};
use kanta_xml::{Element, Limits, Tree};

use super::{DISPLAY_ACTIVE, DISPLAY_FORM};

const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Elements that run, load or submit something: none may be in an archived display form.
const ACTIVE_ELEMENTS: &[&str] = &[
    "applet", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link",
    "meta", "object", "param", "script", "select", "style", "textarea",
];

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
    for element in root.descendants() {
        if is_active(element) {
            report.push(DISPLAY_ACTIVE.finding(
                element.path(),
                "näyttömuodossa on aktiivista tai ulkoista sisältöä",
                "the display form holds active or outside content",
            ));
        }
    }
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
