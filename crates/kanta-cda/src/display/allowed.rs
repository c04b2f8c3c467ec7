//! What may stand in a display form that is shown: everything else can run, load or hide something, or is not known to be
//! harmless. Our own bound ([I]): the archive's list is not known.

/// Elements of text, lists, tables and pictures.
const ELEMENTS: [&str; 48] = [
    "abbr",
    "acronym",
    "address",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "var",
];

/// Elements whose content is no text for people; they go with everything inside.
const DROPPED: [&str; 28] = [
    "applet", "audio", "base", "button", "canvas", "embed", "form", "frame", "frameset", "head",
    "iframe", "input", "link", "math", "meta", "noframes", "noscript", "object", "param", "script",
    "select", "style", "svg", "template", "textarea", "title", "video", "xml",
];

const ATTRIBUTES: [&str; 12] = [
    "abbr", "alt", "class", "colspan", "height", "id", "lang", "rowspan", "scope", "summary",
    "title", "width",
];

const XHTML: &str = "http://www.w3.org/1999/xhtml";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Returns whether an element, by its namespace and name as written, may be shown.
pub(super) fn element(namespace: &str, name: &str) -> bool {
    is_xhtml(namespace) && ELEMENTS.contains(&name)
}

/// Returns whether an element goes with everything inside, whatever the case of its name: a viewer that reads the form as HTML
/// does not see the difference.
pub(super) fn is_dropped(namespace: &str, name: &str) -> bool {
    !is_xhtml(namespace) || DROPPED.contains(&name.to_ascii_lowercase().as_str())
}

/// A fragment without a namespace is shown as XHTML too.
fn is_xhtml(namespace: &str) -> bool {
    namespace.is_empty() || namespace == XHTML
}

/// Returns whether an attribute of an element may be shown.
pub(super) fn attribute(element: &str, namespace: &str, name: &str, value: &str) -> bool {
    match (element, namespace, name) {
        ("img", "", "src") => is_picture(value),
        (_, XML, "lang") => true,
        (_, "", name) => ATTRIBUTES.contains(&name),
        _ => false,
    }
}

/// A picture inside the document, of a kind that cannot hold a script.
fn is_picture(uri: &str) -> bool {
    let data = ["png", "jpeg", "gif"].iter().find_map(|kind| {
        uri.strip_prefix("data:image/")?
            .strip_prefix(kind)?
            .strip_prefix(";base64,")
    });
    data.is_some_and(|data| {
        data.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'+' | b'/' | b'=' | b' ' | b'\n' | b'\r')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order() {
        assert!(ELEMENTS.is_sorted() && DROPPED.is_sorted() && ATTRIBUTES.is_sorted());
        assert!(!ELEMENTS.iter().any(|element| DROPPED.contains(element)));
    }

    #[test]
    fn pictures() {
        assert!(is_picture("data:image/png;base64,iVBORw0KGgo="));
        for bad in [
            "",
            "x.png",
            "http://a/x.png",
            "javascript:x()",
            "data:text/html;base64,AA",
            "data:image/svg+xml;base64,AA",
            "data:image/png,AA",
            "data:image/png;base64,A\"A",
        ] {
            assert!(!is_picture(bad), "{bad}");
        }
    }
}
