use proptest::prelude::*;

use super::*;
use crate::structure::fixture::{about, named_schema, structure};

fn show(structure: &Structure, content: &str) -> String {
    let xhtml = render(structure, content.as_bytes(), &DisplayOptions::default()).unwrap();
    let start = xhtml.find("</h1>").unwrap() + "</h1>".len();
    let end = xhtml.find("</div><div class=\"soc-footer\">").unwrap();
    xhtml[start..end].to_owned()
}

fn item(title: &str, content: &str) -> String {
    format!(
        r#"<div class="soc-item"><h1 class="soc-title">{title}</h1><div class="soc-content">{content}</div></div>"#
    )
}

fn list(items: &[String]) -> String {
    format!(r#"<div class="soc-list">{}</div>"#, items.concat())
}

const IDENTIFIER: &str = r#""type": "object", "additionalProperties": false, "properties": {"system": {"type": "string"}, "value": {"type": "string"}}"#;

#[test]
fn the_frame_of_the_page() {
    let structure = structure("", "");
    let content = br#"{"muistio": {}}"#;
    assert_eq!(
        render(&structure, content, &DisplayOptions::default()).unwrap(),
        concat!(
            r#"<div class="soc-document" xmlns="http://www.w3.org/1999/xhtml">"#,
            r#"<div class="soc-header"><div class="soc-hdr1"></div><div class="soc-hdr2">Muistio</div><div class="soc-hdr3"></div></div>"#,
            r#"<div class="soc-main-wrapper"><h1 class="soc-fulltitle">muistio</h1></div>"#,
            r#"<div class="soc-footer"><div class="soc-ftr1"></div></div></div>"#
        )
    );
    let options = DisplayOptions {
        language: Language::Swedish,
        document_oid: Some(Oid::parse("2.999.5").unwrap()),
        organisation: Some("Väli & Suomi".to_owned()),
        document_type: Some("Plan".to_owned()),
        date: Some(Date::new(2026, 2, 3).unwrap()),
        ..DisplayOptions::default()
    };
    let page = render(&structure, content, &options).unwrap();
    assert!(page.starts_with(concat!(
        r#"<div class="soc-document" id="OID2.999.5" xmlns="http://www.w3.org/1999/xhtml">"#,
        r#"<div class="soc-header"><div class="soc-hdr1">Väli &amp; Suomi</div><div class="soc-hdr2">Plan</div>"#,
        r#"<div class="soc-hdr3">03.02.2026</div></div>"#
    )));
}

#[test]
fn values_by_representation() {
    let code = r#""type": "object", "additionalProperties": false, "properties": {"system": {"type": "string"}, "code": {"type": "string"}, "display": {"type": "string"}}"#;
    let quantity = r#""type": "object", "additionalProperties": false, "properties": {"value": {"type": "number"}, "code": {"type": "string"}}"#;
    for (schema, representation, value, shown) in [
        (r#""type": "string""#, "Teksti", r#""a\nb""#, "a<br/>b"),
        (r#""type": "string""#, "Fraasi", r#""Lue.""#, "Lue."),
        (
            r#""type": "string""#,
            "Allekirjoitus",
            r#""A. B.""#,
            "A. B.",
        ),
        (
            r#""type": "string""#,
            "Pvm",
            r#""2026-02-03""#,
            "03.02.2026",
        ),
        (
            r#""type": "string""#,
            "Hetki",
            r#""2026-05-04T09:00:00+03:00""#,
            "04.05.2026 09:00",
        ),
        (r#""type": "boolean""#, "Kytkin", "true", "Kyllä"),
        (r#""type": "boolean""#, "Kytkin", "false", "Ei"),
        (r#""type": "number""#, "Lkm", "3", "3"),
        (code, "Koodi", r#"{"code": "1", "display": "Yksi"}"#, "Yksi"),
        (code, "Koodi", r#"{"code": "1", "display": " "}"#, "1"),
        (
            quantity,
            "Määrä",
            r#"{"value": 12.5, "code": "EUR"}"#,
            "12,5 EUR",
        ),
        (IDENTIFIER, "Tunnus", r#"{"value": "A-1"}"#, "A-1"),
        (
            IDENTIFIER,
            "Tunnus",
            r#"{"system": "urn:oid:1.2.246.21", "value": "150312A903A"}"#,
            "150312*****",
        ),
        (
            IDENTIFIER,
            "Tunnus",
            r#"{"system": "1.2.246.21", "value": "150312A903A"}"#,
            "150312*****",
        ),
        (
            IDENTIFIER,
            "Tunnus",
            r#"{"system": "1.2.246.10.99999999.22.2026", "value": "150312A903A"}"#,
            "150312A903A",
        ),
    ] {
        let structure = structure(
            "",
            &format!(r#""a": {{{schema}, {}}}"#, about("A", representation)),
        );
        assert_eq!(
            show(&structure, &format!(r#"{{"muistio": {{"a": {value}}}}}"#)),
            list(&[item("A", &format!("<p>{shown}</p>"))]),
            "{value}"
        );
    }
}

#[test]
fn a_field_for_identity_codes_is_masked_whatever_its_system() {
    let structure = structure(
        "",
        &format!(
            r#""a": {{{IDENTIFIER}, "sosmeta": {{"representation": [{{"lang": "fi", "value": "Tunnus"}}], "systemUri": [{{"lang": "", "value": "urn:oid:1.2.246.21"}}]}}}}"#
        ),
    );
    for system in ["", r#""system": "muu", "#] {
        let shown = show(
            &structure,
            &format!(r#"{{"muistio": {{"a": {{{system}"value": "150312A903A"}}}}}}"#),
        );
        assert!(
            shown.contains("150312*****") && !shown.contains("903"),
            "{shown}"
        );
    }
}

#[test]
fn groups_repeat_nest_and_hide() {
    let text = r#"{"type": "string"}"#;
    let group = |sosmeta: &str, properties: &str| {
        format!(r#"{{"type": "object", "sosmeta": {{{sosmeta}}}, "properties": {{{properties}}}}}"#)
    };
    let list_of = |items: &str| format!(r#"{{"type": "array", "items": {items}}}"#);
    let properties = [
        format!(
            r#""ryhma": {}"#,
            list_of(&group(
                "",
                &format!(
                    r#""a": {text}, "b": {}, "sisempi": {}, "viimeinen": {text}"#,
                    list_of(text),
                    list_of(&group(
                        "",
                        &format!(
                            r#""c": {text}, "syva": {}"#,
                            group("", &format!(r#""d": {text}"#))
                        )
                    ))
                )
            ))
        ),
        format!(
            r#""piilo": {}"#,
            group(
                r#""hiddenField": true"#,
                &format!(r#""e": {text}, "tyhja": {}"#, group("", ""))
            )
        ),
        r#""nimeton": {"type": "string", "sosmeta": {"hiddenTitle": true}}"#.to_owned(),
    ];
    let structure = structure("", &properties.join(","));
    let content = r#"{"muistio": {
        "nimeton": "6", "piilo": {"e": "5", "tyhja": {}},
        "ryhma": [{"viimeinen": "4", "sisempi": [{"c": "2"}, {"syva": {"d": "3"}}, {}], "b": ["1", "x"], "a": "0"}, {}, {"a": "7"}]
    }}"#;
    let inner = concat!(
        "<p>a: 0<br/>b: 1, x</p>",
        r#"<div><h2 class="soc-fulltitle">sisempi</h2><p>c: 2</p></div>"#,
        r#"<div><h2 class="soc-fulltitle">sisempi</h2><div><h3 class="soc-fulltitle">syva</h3><p>d: 3</p></div></div>"#,
        "<p>viimeinen: 4</p>"
    );
    assert_eq!(
        show(&structure, content),
        [
            list(&[item("ryhma", inner), item("ryhma", "<p>a: 7</p>")]),
            list(&[item("e", "<p>5</p>")]),
            r#"<div class="soc-list"><div class="soc-item"><div class="soc-content"><p>6</p></div></div></div>"#.to_owned(),
        ]
        .concat()
    );
}

#[test]
fn a_security_ban_hides_where_people_live() {
    let text = r#"{"type": "string"}"#;
    let person = format!(
        r#""type": "object", "properties": {{"turvakielto": {{"type": "boolean"}}, "kotikunta": {text}, "tilapainen_asuinkunta": {text},
        "yhteystiedot": {{"type": "object", "properties": {{"osoite": {text}, "sahkopostiosoite": {text}, "puhelinnumero": {text},
        "yhteysosoite": {{"type": "object", "properties": {{"lahiosoite": {text}}}}}}}}}}}"#
    );
    let document = format!(
        r#"{{"type": "object", "properties": {{"asiakas": {{{person}}},
        "asiakkaaseen_liittyvat_henkilot": {{"type": "array", "items": {{{person}}}}}, "yksikko": {{{person}}}}}}}"#
    );
    let shown = |root: &str, client: bool, related: bool| {
        let structure = Structure::parse(named_schema(root, &document).as_bytes()).unwrap();
        let person = |who: &str, ban: bool| {
            format!(
                r#"{{"turvakielto": {ban}, "kotikunta": "{who}1", "tilapainen_asuinkunta": "{who}2", "yhteystiedot": {{"osoite": "{who}3",
                "sahkopostiosoite": "{who}4", "puhelinnumero": "{who}5", "yhteysosoite": {{"lahiosoite": "{who}6"}}}}}}"#
            )
        };
        let content = format!(
            r#"{{"{root}": {{"asiakas": {}, "asiakkaaseen_liittyvat_henkilot": [{}], "yksikko": {}}}}}"#,
            person("A", client),
            person("B", related),
            person("C", false)
        );
        let page = show(&structure, &content);
        [
            "A1", "A2", "A3", "A4", "A5", "A6", "B1", "B2", "B3", "B4", "B5", "B6", "C1", "C3",
        ]
        .into_iter()
        .filter(|text| page.contains(&format!(": {text}")))
        .collect::<Vec<_>>()
        .join(" ")
    };
    let all = "A1 A2 A3 A4 A5 A6 B1 B2 B3 B4 B5 B6 C1 C3";
    assert_eq!(shown("asiakkuusasiakirja", false, false), all);
    assert_eq!(
        shown("asiakkuusasiakirja", true, false),
        "A5 A6 B5 B6 C1 C3"
    );
    assert_eq!(
        shown("asiakkuusasiakirja", false, true),
        "A1 A2 A3 A4 A5 A6 B5 B6 C1 C3"
    );
    assert_eq!(shown("muu_asiakirja", true, true), all);
}

#[test]
fn content_that_is_not_valid_is_not_rendered() {
    let structure = structure("", "");
    for content in ["", "{", r#"{"muistio": {"salaisuus": "SALAISUUS"}}"#] {
        let error = render(&structure, content.as_bytes(), &DisplayOptions::default()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("SALAISUUS"));
    }
}

#[test]
fn markup_in_content_titles_and_options_is_text() {
    let attack = r#"</p><script>x()</script><img src=x onerror=\"x()\"> \" onclick=\"x ]]> <!-- &nbsp; <![CDATA["#;
    let structure = structure(
        "",
        &format!(r#""a": {{"type": "string", {}}}"#, about(attack, "Teksti")),
    );
    let options = DisplayOptions {
        organisation: Some(attack.to_owned()),
        document_type: Some(attack.to_owned()),
        ..DisplayOptions::default()
    };
    let content = format!(r#"{{"muistio": {{"a": "{attack}"}}}}"#);
    let page = render(&structure, content.as_bytes(), &options).unwrap();
    for forbidden in ["<script", "<img", "\" onclick", "]]>", "<!", "&nbsp;"] {
        assert!(!page.contains(forbidden), "{forbidden} in {page}");
    }
    assert_eq!(page.matches("&lt;script&gt;").count(), 4);
}

proptest! {
    #[test]
    fn no_content_panics_and_tags_stay_ours(text in any::<String>(), bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let structure = structure("", &format!(r#""a": {{"type": "string", {}}}"#, about("A", "Hetki")));
        let content = serde_json::json!({"muistio": {"a": text}}).to_string();
        let page = show(&structure, &content);
        for tag in page.split('<').skip(1) {
            let name = tag.split(['>', ' ', '/']).find(|part| !part.is_empty()).unwrap_or_default();
            prop_assert!(["div", "h1", "p", "br"].contains(&name), "{}", name);
        }
        let _ = render(&structure, &bytes, &DisplayOptions::default());
    }
}
