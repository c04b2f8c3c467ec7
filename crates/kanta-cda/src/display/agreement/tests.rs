use super::*;
use crate::display::{DisplayOptions, Language, render_content};
use crate::structure::{Extent, SampleOptions, Structure, fixture};

fn structure() -> Structure {
    let text = |name: &str, title: &str, representation: &str| {
        format!(
            r#""{name}": {{"type": "string", {}}}"#,
            fixture::about(title, representation)
        )
    };
    let switch = |name: &str, title: &str| {
        format!(
            r#""{name}": {{"type": "boolean", {}}}"#,
            fixture::about(title, "Kytkin")
        )
    };
    fixture::structure(
        "",
        &[
            text("alku", "Alkaa", "Pvm"),
            text("loppu", "Päättyy", "Pvm"),
            text("kuvaus", "Kuvaus", "Teksti"),
            switch("valmis", "Valmis"),
            switch("kiire", "Kiireellinen"),
            format!(
                r#""asiakas": {{"type": "array", "items": {{"type": "object", "additionalProperties": false, {}, "properties": {{{}, {}, "tunnus": {{
                    "type": "object", "additionalProperties": false, "properties": {{"system": {{"type": "string"}}, "value": {{"type": "string"}}}}, {}}}}}}}}}"#,
                fixture::about("Asiakas", "Otsikko"),
                text("sukunimi", "Sukunimi", "Nimi"),
                text("etunimet", "Etunimet", "Nimi"),
                fixture::about("Henkilötunnus", "Tunnus"),
            ),
        ]
        .join(","),
    )
}

const CONTENT: &str = r#"{"muistio": {"alku": "2026-02-03", "loppu": "2026-03-04", "kuvaus": "Sovittu: käynti.\nToinen rivi.",
    "valmis": true, "kiire": false,
    "asiakas": [{"sukunimi": "Esimerkki", "etunimet": "Tuuli Kaneli", "tunnus": {"system": "urn:oid:1.2.246.21", "value": "150312A903A"}},
        {"sukunimi": "Esimerkki", "etunimet": "Eetu"}]}}"#;

fn found(lines: &str) -> Vec<(String, String)> {
    let structure = structure();
    let content = Content::read(&structure, CONTENT.as_bytes()).unwrap();
    let page = format!("<div><div class=\"soc-header\">Mallila</div><p>{lines}</p></div>");
    check_display(&content, page.as_bytes())
        .iter()
        .map(|finding| {
            let rule = finding.rule().trim_start_matches("KANTA-DISPLAY-");
            let is_path = finding.place().starts_with('/');
            (
                rule.to_owned(),
                if is_path {
                    finding.place().to_owned()
                } else {
                    String::new()
                },
            )
        })
        .collect()
}

const WHOLE: &str = "Alkaa: 3.2.2026<br/>Päättyy: 04.03.2026<br/>Sovittu: käynti.<br/>Toinen rivi.<br/>Valmis: Kyllä<br/>\
    Kiireellinen: Nej<br/><b>Asiakas</b><br/>Esimerkki, Tuuli Kaneli (150312*****)<br/>Etunimet: Eetu<br/>Sukunimi: Esimerkki";

#[test]
fn a_form_of_another_making_agrees() {
    assert_eq!(found(WHOLE), []);
    let reordered: Vec<&str> = WHOLE.rsplit("<br/>").collect();
    // Lines of one value may be apart, and values joined on one line.
    assert_eq!(
        found(&reordered.join("<br/>").replace(
            "Toinen rivi.<br/>Sovittu: käynti.",
            "Sovittu: käynti. Toinen rivi."
        )),
        []
    );
}

#[test]
fn what_differs_is_told() {
    for (from, to, expected) in [
        ("Päättyy: 04.03.2026<br/>", "", &[("MISSING", "/loppu")][..]),
        (
            "04.03.2026",
            "05.03.2026",
            &[("EXTRA", ""), ("MISSING", "/loppu")],
        ),
        ("Toinen rivi.<br/>", "", &[("MISSING", "/kuvaus")]),
        (
            "Toinen rivi.",
            "Toinen rivi",
            &[("EXTRA", ""), ("MISSING", "/kuvaus")],
        ),
        (
            "Valmis: Kyllä",
            "Valmis: Ei",
            &[("EXTRA", ""), ("MISSING", "/valmis")],
        ),
        (
            "Etunimet: Eetu",
            "Etunimet: Eetu<br/>Lisäys.",
            &[("EXTRA", "")],
        ),
        (
            "Etunimet: Eetu",
            "Etunimet: Eetu K.",
            &[("EXTRA", ""), ("MISSING", "/asiakas/1/etunimet")],
        ),
        (
            "Sukunimi: Esimerkki",
            "",
            &[("MISSING", "/asiakas/1/sukunimi")],
        ),
        ("Etunimet: Eetu", "Kutsumanimi: Eetu", &[("LABEL", "")]),
        (
            "Etunimet: Eetu",
            "Etunimet: Eetu<br/><b>Muut tiedot</b>",
            &[("LABEL", "")],
        ),
        ("150312*****", "150312A903A", &[("UNMASKED", "")]),
        (
            "Etunimet: Eetu",
            "Etunimet: Eetu<img src=\"x\"/>",
            &[("PICTURE", "")],
        ),
    ] {
        assert!(WHOLE.contains(from), "{from}");
        let expected: Vec<_> = expected
            .iter()
            .map(|(rule, place)| ((*rule).to_owned(), (*place).to_owned()))
            .collect();
        assert_eq!(found(&WHOLE.replace(from, to)), expected, "{from} → {to}");
    }
}

#[test]
fn values_under_the_wrong_label_are_told() {
    let swapped = WHOLE
        .replace("Alkaa: 3.2.2026", "Alkaa: 04.03.2026")
        .replace("Päättyy: 04.03.2026", "Päättyy: 03.02.2026");
    let rules: Vec<_> = found(&swapped).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["ELSEWHERE", "ELSEWHERE"]);
    let swapped = WHOLE
        .replace("Valmis: Kyllä", "Valmis: Ei")
        .replace("Kiireellinen: Nej", "Kiireellinen: Ja");
    let rules: Vec<_> = found(&swapped).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["EXTRA", "EXTRA", "MISSING", "MISSING"]);
}

#[test]
fn yes_and_no_alone_belong_to_the_title_above() {
    let sections = |done: &str, urgent: &str| {
        WHOLE
            .replace("Valmis: Kyllä", &format!("<h1>Valmis</h1>{done}"))
            .replace(
                "Kiireellinen: Nej",
                &format!("<h1>Kiireellinen</h1>{urgent}"),
            )
    };
    assert_eq!(found(&sections("Kyllä", "Ei")), []);
    assert_eq!(found(&sections("Ei", "Kyllä")).len(), 4);
}

#[test]
fn findings_repeat_no_content() {
    let structure = structure();
    let content = Content::read(&structure, CONTENT.as_bytes()).unwrap();
    let report = check_display(&content, b"<div>SALAISUUS</div>");
    let text: String = report
        .iter()
        .map(|finding| format!("{finding}{}", finding.finnish()))
        .collect();
    for secret in ["SALAISUUS", "Esimerkki", "Tuuli", "150312", "käynti"] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(check_display(&content, b"<div>").has("KANTA-DISPLAY-READABLE"));
}

#[test]
fn what_a_ban_hides_must_not_be_shown() {
    let properties = format!(
        r#""asiakas": {{"type": "object", "additionalProperties": false, "properties": {{
            "turvakielto": {{"type": "boolean", {}}}, "kotikunta": {{"type": "string", {}}}}}}}"#,
        fixture::about("Turvakielto", "Kytkin"),
        fixture::about("Kotikunta", "Teksti"),
    );
    let schema = fixture::named_schema(
        "asiakkuusasiakirja",
        &format!(
            r#"{{"type": "object", "additionalProperties": false, "properties": {{{properties}}}}}"#
        ),
    );
    let structure = Structure::parse(schema.as_bytes()).unwrap();
    let bytes =
        br#"{"asiakkuusasiakirja": {"asiakas": {"turvakielto": true, "kotikunta": "Mallila"}}}"#;
    let content = Content::read(&structure, bytes).unwrap();
    let check = |page: &str| check_display(&content, page.as_bytes());
    assert!(check("<p>Turvakielto: Kyllä</p>").is_empty());
    assert!(check("<p>Turvakielto: Kyllä<br/>Kotikunta: Mallila</p>").has("KANTA-DISPLAY-EXTRA"));
    let ours = render_content(&content, &DisplayOptions::default());
    assert!(check(&ours).is_empty());
}

/// Our own forms agree, in both languages; a form of other content does not.
#[test]
fn our_own_forms_agree() {
    for structure in [fixture::client_relation(), fixture::client_plan()] {
        let sample = |seed, extent| {
            structure.sample(&SampleOptions {
                seed,
                extent,
                ..SampleOptions::default()
            })
        };
        for seed in 0..30 {
            for extent in [Extent::Minimal, Extent::Some, Extent::Full] {
                let content = sample(seed, extent);
                for language in [Language::Finnish, Language::Swedish] {
                    let options = DisplayOptions {
                        language,
                        ..DisplayOptions::default()
                    };
                    let page = render_content(&content, &options);
                    let report = check_display(&content, page.as_bytes());
                    assert!(report.is_empty(), "{report}\n{page}");
                }
                let other = render_content(
                    &sample(seed + 1000, Extent::Full),
                    &DisplayOptions::default(),
                );
                assert!(check_display(&content, other.as_bytes()).has_errors());
            }
        }
    }
}
