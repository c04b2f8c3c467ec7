use super::*;
use crate::display::{DisplayOptions, render_content};
use crate::structure::{Extent, SampleOptions, Structure, fixture};
use crate::{Content, display};
use proptest::prelude::*;

/// What people have tried: each must come out harmless as content, and be found as markup.
const HOSTILE: [&str; 24] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC='http://a/x.js'></SCRIPT>",
    "<img src=\"x\" onerror=\"alert(1)\"/>",
    "<p onclick=\"x()\">a</p>",
    "<p style=\"background:url(http://a)\">a</p>",
    "<style>* { display: none }</style>",
    "<a href=\"javascript:x()\">a</a>",
    "<a href=\"java&#10;script:x()\">a</a>",
    "<iframe src=\"http://a\"></iframe>",
    "<object data=\"x\"></object>",
    "<embed src=\"x\"/>",
    "<form action=\"http://a\"><input name=\"b\"/></form>",
    "<link rel=\"stylesheet\" href=\"http://a\"/>",
    "<meta http-equiv=\"refresh\" content=\"0\"/>",
    "<base href=\"http://a\"/>",
    "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"><script>x()</script></svg>",
    "<img src=\"data:image/svg+xml;base64,PHN2Zy8+\" alt=\"\"/>",
    "<img src=\"http://a/b.png\" alt=\"\"/>",
    "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><mtext/></math>",
    "<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">x()</x:script>",
    "<?xml-stylesheet href=\"http://a\"?>",
    "<p>a\u{202E}b</p>",
    "<p title=\"\u{2066}\">a</p>",
    "<td background=\"http://a\">x</td>",
];

const STRUCTURE: &str = r#"{"type": "object", "additionalProperties": false,
    "sosmeta": {"oid": "2.999.1", "documentType": "x", "documentDefinitionVersion": "x"},
    "properties": {"muistio": {"type": "object", "additionalProperties": false, "properties": {
        "aihe": {"type": "string"},
        "koodi": {"type": "object", "additionalProperties": false, "sosmeta": {"representation": [{"lang": "fi", "value": "Koodi"}]},
            "properties": {"system": {"type": "string"}, "code": {"type": "string"}, "display": {"type": "string"}}},
        "kohta": {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties": {
            "tunnus": {"type": "object", "additionalProperties": false, "sosmeta": {"representation": [{"lang": "fi", "value": "Tunnus"}]},
                "properties": {"system": {"type": "string"}, "value": {"type": "string"}}}}}}
    }}}}"#;

/// The hostile text in every place that content has for one.
fn shown(text: &str) -> String {
    let structure = Structure::parse(STRUCTURE.as_bytes()).unwrap();
    let quoted = serde_json::to_string(text).unwrap();
    let bytes = format!(
        r#"{{"muistio": {{"aihe": {quoted}, "koodi": {{"system": {quoted}, "code": {quoted}, "display": {quoted}}},
        "kohta": [{{"tunnus": {{"system": {quoted}, "value": {quoted}}}}}]}}}}"#
    );
    let content = Content::read(&structure, bytes.as_bytes()).unwrap();
    let options = DisplayOptions {
        organisation: Some(text.to_owned()),
        document_type: Some(text.to_owned()),
        logo: display::Logo::png(b"\x89PNG\r\n\x1A\n", text).ok(),
        footer: vec![text.to_owned(); 3],
        ..DisplayOptions::default()
    };
    render_content(&content, &options)
}

#[test]
fn hostile_content_comes_out_harmless() {
    let more = [
        "&lt;script&gt;",
        "&#60;b&#62;",
        "]]>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<!DOCTYPE a [<!ENTITY b \"c\">]>",
        "&b;",
        "\" onmouseover=\"x()",
        "' onmouseover='x()",
        "javascript:x()",
        "\u{0}\u{1}\u{FFFE}",
        "a\u{202E}b\u{2067}c",
    ];
    for text in HOSTILE.into_iter().chain(more) {
        let report = check_safety(shown(text).as_bytes());
        assert!(report.is_empty(), "{text}: {report}");
    }
}

#[test]
fn hostile_markup_is_found_and_goes() {
    for markup in HOSTILE {
        let page = format!(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>ennen</b>{markup}<i>jälkeen</i></div>"
        );
        assert!(!check_safety(page.as_bytes()).is_empty(), "{markup}");
        let safe = sanitize_display(page.as_bytes()).unwrap();
        let report = check_safety(safe.as_bytes());
        assert!(report.is_empty(), "{safe}: {report}");
        assert!(
            safe.contains("<b>ennen</b>") && safe.contains("<i>jälkeen</i>"),
            "{safe}"
        );
        assert!(
            !safe.contains("x()") && !safe.contains("http://a"),
            "{safe}"
        );
    }
}

#[test]
fn what_is_harmless_stays() {
    let page = "<div xmlns=\"http://www.w3.org/1999/xhtml\" class=\"soc-document\" id=\"OID2.999.1\"><h1 class=\"soc-title\">A &amp; B</h1>\n\
        <table summary=\"x\"><tr><td colspan=\"2\">c<br/>d</td></tr></table><img src=\"data:image/png;base64,AA\" alt=\"e\"/></div>";
    assert_eq!(sanitize_display(page.as_bytes()).unwrap(), page);
    assert!(check_safety(page.as_bytes()).is_empty());
}

#[test]
fn whole_pages_and_other_roots_become_one_div() {
    const OPEN: &str = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
    for (page, safe) in [
        (
            "<html><head><title>x</title></head><body><p>a</p></body></html>",
            format!("{OPEN}<p>a</p></div>"),
        ),
        ("<p>a</p>", format!("{OPEN}<p>a</p></div>")),
        ("<script>x()</script>", format!("{OPEN}</div>")),
        ("\r\n<div/>", format!("{OPEN}</div>")),
        ("<DIV ONCLICK='x()'>a</DIV>", format!("{OPEN}a</div>")),
        ("<div><br>a</br></div>", format!("{OPEN}<br/>a</div>")),
    ] {
        assert_eq!(sanitize_display(page.as_bytes()).unwrap(), safe);
    }
    for broken in [
        "",
        "text",
        "<p>",
        "<!DOCTYPE p [<!ENTITY a \"b\">]><p>&a;</p>",
        "<p>&nbsp;</p>",
    ] {
        assert!(sanitize_display(broken.as_bytes()).is_err(), "{broken}");
        assert!(
            check_safety(broken.as_bytes()).has("KANTA-DISPLAY-READABLE"),
            "{broken}"
        );
    }
}

#[test]
fn samples_are_shown_safely() {
    let structure = fixture::client_relation();
    for seed in 0..20 {
        let options = SampleOptions {
            seed,
            extent: Extent::Full,
            ..SampleOptions::default()
        };
        let sample = structure.sample(&options);
        let page = render_content(&sample, &DisplayOptions::default());
        assert!(check_safety(page.as_bytes()).is_empty());
    }
}

proptest! {
    #[test]
    fn whatever_the_content_says(text in any::<String>()) {
        let report = check_safety(shown(&text).as_bytes());
        prop_assert!(report.is_empty(), "{}", report);
    }

    #[test]
    fn whatever_is_sanitized_is_safe(
        pieces in proptest::collection::vec(prop_oneof![
            proptest::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
            "<(p|b|u|div|script|x)( (class|onload|src|href)=\"[a-z:]{0,8}\")?>",
            "</(p|b|u|div|script|x)>",
            "[a-z<>&\"' ]{0,10}",
        ], 0..8),
    ) {
        let page = format!("<div>{}</div>", pieces.concat());
        if let Ok(safe) = sanitize_display(page.as_bytes()) {
            let report = check_safety(safe.as_bytes());
            prop_assert!(report.is_empty(), "{}: {}", safe, report);
        }
    }
}
