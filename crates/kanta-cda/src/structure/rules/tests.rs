use super::*;
use crate::structure::{Structure, fixture};

/// A structure with this document and these fields; every field is open text, yes or no, or a group as its value needs it.
fn findings(root: &str, properties: &str, content: &str) -> Vec<(String, String)> {
    let schema = fixture::named_schema(
        root,
        &format!(
            r#"{{"type": "object", "additionalProperties": false, "properties": {{{properties}}}}}"#
        ),
    );
    let structure = Structure::parse(schema.as_bytes()).unwrap();
    let bytes = format!(r#"{{"{root}": {{{content}}}}}"#);
    let content = Content::read(&structure, bytes.as_bytes()).unwrap();
    let prefix = format!("/{root}");
    check(&content)
        .iter()
        .map(|finding| {
            (
                finding
                    .rule()
                    .trim_start_matches("KANTA-CONTENT-")
                    .to_owned(),
                finding.place().trim_start_matches(&prefix).to_owned(),
            )
        })
        .collect()
}

fn group(name: &str, properties: &str) -> String {
    format!(
        r#""{name}": {{"type": "object", "additionalProperties": false, "properties": {{{properties}}}}}"#
    )
}

fn list(name: &str, properties: &str) -> String {
    format!(
        r#""{name}": {{"type": "array", "items": {{"type": "object", "additionalProperties": false, "properties": {{{properties}}}}}}}"#
    )
}

fn text(name: &str) -> String {
    format!(r#""{name}": {{"type": "string", "sosmeta": {{"conditionalRequired": true}}}}"#)
}

fn switch(name: &str) -> String {
    format!(r#""{name}": {{"type": "boolean"}}"#)
}

fn code(name: &str) -> String {
    format!(
        r#""{name}": {{"type": "object", "additionalProperties": false, "sosmeta": {{"representation": [{{"lang": "fi", "value": "Koodi"}}]}},
        "properties": {{"code": {{"type": "string"}}}}}}"#
    )
}

fn expect(found: &[(String, String)], expected: &[(&str, &str)]) {
    let found: Vec<_> = found
        .iter()
        .map(|(rule, place)| (rule.as_str(), place.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn ids_are_unique() {
    let ids: std::collections::HashSet<_> = CATALOGUE.iter().map(Rule::id).collect();
    assert_eq!(ids.len(), CATALOGUE.len());
}

#[test]
fn a_client_has_one_of_two_identifiers() {
    let properties = list(
        "asiakas",
        &[text("henkilotunnus"), text("tilapainen_yksilointitunnus")].join(","),
    );
    let found = findings(
        "muistio",
        &properties,
        r#""asiakas": [{"henkilotunnus": "x"}, {}, {"tilapainen_yksilointitunnus": "x"}]"#,
    );
    expect(&found, &[("CLIENT-ID", "/asiakas/1/henkilotunnus")]);
    // Where the structure has only one of them, its own rules are enough.
    let found = findings(
        "muistio",
        &list("asiakas", &text("henkilotunnus")),
        r#""asiakas": [{}]"#,
    );
    expect(&found, &[]);
}

#[test]
fn a_relation_is_complete() {
    let unit = || list("palvelunjarjestajan_palveluyksikko", &text("nimi"));
    let properties = [
        text("asiakkuuden_yksilointitunnus"),
        text("palvelunjarjestajan_toimintayksikko"),
        unit(),
        list("sosiaalihuollon_palvelutehtava", &unit()),
        group("sosiaalihuollon_asiakkuus", &switch("vanha_asiakkuus")),
        group(
            "asiakas",
            &[
                text("henkilotunnus"),
                text("tilapainen_yksilointitunnus"),
                text("syntymaaika"),
                switch("turvakielto"),
                text("turvakiellon_paattymispaiva"),
            ]
            .join(","),
        ),
        list(
            "asiakkaaseen_liittyvat_henkilot",
            &[
                format!(
                    r#""rooli": {{"type": "array", "items": {}}}"#,
                    code("rooli").split_once(": ").unwrap().1
                ),
                text("toimivalta"),
                group("huoltajuus", &text("kuvaus")),
            ]
            .join(","),
        ),
    ]
    .join(",");
    let relation = |content: &str| findings("asiakkuusasiakirja", &properties, content);
    expect(
        &relation(r#""asiakas": {"henkilotunnus": "x"}, "sosiaalihuollon_palvelutehtava": [{}]"#),
        &[
            ("RELATION-ID", "/asiakkuuden_yksilointitunnus"),
            ("RELATION-UNIT", "/palvelunjarjestajan_toimintayksikko"),
            (
                "RELATION-SERVICE-UNIT",
                "/palvelunjarjestajan_palveluyksikko",
            ),
        ],
    );
    let whole = r#""asiakkuuden_yksilointitunnus": "x", "palvelunjarjestajan_toimintayksikko": "x", "palvelunjarjestajan_palveluyksikko": [{"nimi": "x"}]"#;
    expect(
        &relation(&format!(r#"{whole}, "asiakas": {{"henkilotunnus": "x"}}"#)),
        &[("RELATION-TASK", "/sosiaalihuollon_palvelutehtava")],
    );
    expect(
        &relation(
            r#""asiakas": {"tilapainen_yksilointitunnus": "x"}, "sosiaalihuollon_asiakkuus": {"vanha_asiakkuus": true}"#,
        ),
        &[
            ("RELATION-LEGACY-CODE", "/asiakas/henkilotunnus"),
            ("RELATION-LEGACY-BIRTH", "/asiakas/syntymaaika"),
            (
                "RELATION-SERVICE-UNIT",
                "/palvelunjarjestajan_palveluyksikko",
            ),
        ],
    );
    expect(
        &relation(&format!(
            r#"{whole}, "sosiaalihuollon_palvelutehtava": [{{}}],
            "asiakas": {{"henkilotunnus": "x", "turvakielto": false, "turvakiellon_paattymispaiva": "2026"}},
            "asiakkaaseen_liittyvat_henkilot": [{{"rooli": [{{"code": "31"}}], "huoltajuus": {{"kuvaus": "x"}}}},
                {{"rooli": [{{"code": "12"}}], "huoltajuus": {{"kuvaus": "x"}}}}]"#
        )),
        &[
            ("RELATION-BAN-END", "/asiakas/turvakiellon_paattymispaiva"),
            (
                "RELATION-AUTHORITY",
                "/asiakkaaseen_liittyvat_henkilot/0/toimivalta",
            ),
            (
                "RELATION-ROLE-BLOCK",
                "/asiakkaaseen_liittyvat_henkilot/1/huoltajuus",
            ),
        ],
    );
}

#[test]
fn joining_moments_belong_to_joint_cases() {
    let properties = [
        list(
            "asiakas",
            &[
                text("asiaan_liittymishetki"),
                text("asiasta_poistumishetki"),
            ]
            .join(","),
        ),
        group(
            "asian_tiedot",
            &[
                code("nimi"),
                text("lisatieto_luokkaan_muu"),
                switch("yhteinen_asia"),
            ]
            .join(","),
        ),
    ]
    .join(",");
    let case = |content: &str| findings("asia_asiakirja", &properties, content);
    expect(
        &case(r#""asiakas": [{}]"#),
        &[("CASE-DETAILS", "/asian_tiedot")],
    );
    expect(
        &case(
            r#""asiakas": [{"asiaan_liittymishetki": "2026"}, {"asiasta_poistumishetki": "2026"}], "asian_tiedot": {"nimi": {"code": "99"}}"#,
        ),
        &[
            ("CASE-OTHER", "/asian_tiedot/lisatieto_luokkaan_muu"),
            ("CASE-CLIENTS-ONLY-JOINT", "/asiakas"),
            (
                "CASE-JOINING-ONLY-JOINT",
                "/asiakas/0/asiaan_liittymishetki",
            ),
            (
                "CASE-LEAVING-ONLY-JOINT",
                "/asiakas/1/asiasta_poistumishetki",
            ),
        ],
    );
    expect(
        &case(
            r#""asiakas": [{"asiaan_liittymishetki": "2026"}, {}], "asian_tiedot": {"nimi": {"code": "1"}, "yhteinen_asia": true}"#,
        ),
        &[("CASE-JOINT-JOINING", "/asiakas/1/asiaan_liittymishetki")],
    );
}

#[test]
fn representatives_are_named_when_they_act() {
    let person = [text("henkilotunnus"), text("edunvalvojan_tunniste")].join(",");
    let author = group(
        "ammattihenkilon_laatima_asiakirja",
        &group("laatija", &text("sukunimi")),
    );
    let properties = [
        switch("luovutusluvan_antaja_on_laillinen_edustaja"),
        list("luovutusluvan_antaja", &person),
        author.clone(),
    ]
    .join(",");
    let made = r#""ammattihenkilon_laatima_asiakirja": {"laatija": {"sukunimi": "x"}}"#;
    let permission = |content: &str| findings("luovutuslupa_asiakirja", &properties, content);
    expect(
        &permission(r#""luovutusluvan_antaja_on_laillinen_edustaja": true"#),
        &[
            ("WILL-REPRESENTATIVE", "/luovutusluvan_antaja"),
            ("WILL-AUTHOR", "/ammattihenkilon_laatima_asiakirja/laatija"),
        ],
    );
    expect(
        &permission(&format!(
            r#""luovutusluvan_antaja": [{{"henkilotunnus": "x"}}], {made}"#
        )),
        &[("WILL-REPRESENTATIVE", "/luovutusluvan_antaja")],
    );
    expect(
        &permission(&format!(
            r#""luovutusluvan_antaja_on_laillinen_edustaja": true, "luovutusluvan_antaja": [{{}}], {made}"#
        )),
        &[(
            "WILL-REPRESENTATIVE-ID",
            "/luovutusluvan_antaja/0/henkilotunnus",
        )],
    );
    let bans = group(
        "palvelutehtavaa_koskevat_luovutuskiellot",
        &list(
            "palvelutehtavaa_koskeva_luovutuskielto",
            &[
                switch("kieltaja_on_laillinen_edustaja"),
                list(
                    "henkilo_joka_kieltaa_asiakastietojen_luovuttamisen",
                    &person,
                ),
            ]
            .join(","),
        ),
    );
    let found = findings(
        "kieltoasiakirja",
        &[bans, author].join(","),
        &format!(
            r#""palvelutehtavaa_koskevat_luovutuskiellot": {{"palvelutehtavaa_koskeva_luovutuskielto": [{{}}, {{"kieltaja_on_laillinen_edustaja": true}}]}}, {made}"#
        ),
    );
    expect(
        &found,
        &[(
            "WILL-REPRESENTATIVE",
            "/palvelutehtavaa_koskevat_luovutuskiellot/palvelutehtavaa_koskeva_luovutuskielto/1/henkilo_joka_kieltaa_asiakastietojen_luovuttamisen",
        )],
    );
}
