//! Structures against the published ones, a real document and the DTD of XHTML 1.1.
//!
//! The published material is read from the folder that the environment variable `KANTA_CONFORMANCE` names; without it
//! those tests say so and pass. Nothing of it is in the project.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use kanta_cda::display::{
    DisplayOptions, Logo, check_display, check_safety, render, render_content, sanitize_display,
};
use kanta_cda::structure::{
    CodeSystem, Extent, Field, Language, Representation, SampleOptions, Structure,
};
use kanta_cda::{Content, Migration};
use kanta_core::{Date, Oid};
use kanta_testkit::structures;
use serde_json::{Value, json};

const CATALOGUE: &str = "/usr/share/xml/w3c-sgml-lib/schema/dtd/catalog.xml";

fn conformance(folder: &str) -> Option<PathBuf> {
    let path = env::var_os("KANTA_CONFORMANCE").map(|root| Path::new(&root).join(folder));
    let found = path.filter(|path| path.is_dir());
    if found.is_none() {
        eprintln!("SKIPPED: KANTA_CONFORMANCE names no folder with {folder}");
    }
    found
}

/// The published structures by file name, or none.
fn published() -> BTreeMap<String, Structure> {
    let Some(folder) = conformance("sosmeta") else {
        return BTreeMap::new();
    };
    let mut structures = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let structure = Structure::parse(&fs::read(&path).unwrap());
            structures.insert(
                name.clone(),
                structure.unwrap_or_else(|error| panic!("{name}: {error}")),
            );
        }
    }
    assert!(structures.len() > 70, "{} structures", structures.len());
    structures
}

fn all() -> Vec<Structure> {
    let own = structures::all().into_iter();
    own.chain(published().into_values()).collect()
}

/// Content of a structure: what is mandatory, or one value of every field.
fn content(structure: &Structure, full: bool) -> Value {
    let options = SampleOptions {
        extent: if full { Extent::Full } else { Extent::Minimal },
        most_values: 1,
        ..SampleOptions::default()
    };
    serde_json::from_slice(&structure.sample(&options).to_json()).unwrap()
}

fn findings(structure: &Structure, content: &Value) -> Vec<(String, String)> {
    structure
        .validate(content.to_string().as_bytes())
        .iter()
        .map(|finding| (finding.rule().to_owned(), finding.place().to_owned()))
        .collect()
}

#[test]
fn published_structures_carry_the_oid_of_their_file_name() {
    for (name, structure) in published() {
        assert_eq!(structure.oid().as_str(), name);
        assert!(!structure.title(Language::Finnish).is_empty());
        assert!(!structure.document_type().is_empty());
    }
}

#[test]
fn samples_are_valid_by_the_schema_and_by_the_rules_beyond_it() {
    for structure in all() {
        for extent in [Extent::Minimal, Extent::Some, Extent::Full] {
            for seed in 0..3 {
                let options = SampleOptions {
                    seed,
                    extent,
                    ..SampleOptions::default()
                };
                let sample = structure.sample(&options);
                let bytes = sample.to_json();
                assert!(structure.validate(&bytes).is_empty(), "{}", structure.oid());
                let read = Content::read(&structure, &bytes).unwrap();
                assert_eq!(read.to_json(), bytes, "{}", structure.oid());
                // Our own small structures do not mark what is mandatory on a condition.
                let marked = !structure.oid().as_str().starts_with("2.999");
                if marked || extent == Extent::Full {
                    let report = read.check();
                    assert!(!report.has_errors(), "{}: {report}", structure.oid());
                }
            }
        }
    }
}

/// Changes one place of valid content at a time; every change must be found there, and nothing else.
#[test]
fn every_single_change_is_refused_at_its_place() {
    let mut changes = 0;
    for structure in all() {
        let content = content(&structure, true);
        let mut mutants = Vec::new();
        mutate(
            structure.root(),
            &format!("/{}", structure.root().name()),
            &mut mutants,
        );
        for (place, change, rule) in mutants {
            let mut mutant = content.clone();
            let expected = change(&mut mutant, &place);
            assert_eq!(
                findings(&structure, &mutant),
                [(format!("KANTA-STRUCTURE-{rule}"), expected)],
                "{} at {place}",
                structure.oid()
            );
            changes += 1;
        }
    }
    assert!(changes > 50);
}

/// Changes the content at a place and returns where the finding is expected.
type Change = Box<dyn Fn(&mut Value, &str) -> String>;

fn replace(value: Value) -> Change {
    Box::new(move |content, place| {
        *content.pointer_mut(place).unwrap() = value.clone();
        place.to_owned()
    })
}

fn mutate(subject: Field<'_>, place: &str, mutants: &mut Vec<(String, Change, &'static str)>) {
    let mut place = place.to_owned();
    if subject.is_repeated() {
        mutants.push((place.clone(), replace(json!({})), "TYPE"));
        if subject.min_items() > 0 {
            mutants.push((place.clone(), replace(json!([])), "MIN-ITEMS"));
        }
        place += "/0";
    }
    mutants.push((place.clone(), replace(Value::Null), "TYPE"));
    match subject.representation() {
        Representation::Date => {
            mutants.push((place.clone(), replace(json!("3.2.2026")), "PATTERN"));
        }
        Representation::Moment => {
            mutants.push((place.clone(), replace(json!("2026-05-04T09:00")), "PATTERN"));
        }
        Representation::Switch => mutants.push((place.clone(), replace(json!("true")), "TYPE")),
        Representation::Phrase => mutants.push((place.clone(), replace(json!("Muu")), "ENUM")),
        Representation::Code => {
            let system = format!("{place}/system");
            match subject.code_system() {
                Some(CodeSystem::Local(_)) => {
                    mutants.push((system, replace(json!("muu/lista")), "ENUM"));
                }
                Some(CodeSystem::National(_)) => {
                    mutants.push((system, replace(json!("urn:oid:2.999")), "PATTERN"));
                }
                _ => {}
            }
            if subject.allowed_values().is_some() {
                mutants.push((format!("{place}/code"), replace(json!("Z")), "ENUM"));
            }
        }
        _ => {}
    }
    if matches!(
        subject.representation(),
        Representation::Group | Representation::Heading
    ) {
        let add: Change = Box::new(|content, place| {
            content.pointer_mut(place).unwrap()["aivan_uusi"] = json!(1);
            format!("{place}/aivan_uusi")
        });
        mutants.push((place.clone(), add, "UNKNOWN"));
        for child in subject.children() {
            mutate(child, &format!("{place}/{}", child.name()), mutants);
        }
    }
    for name in subject
        .children()
        .filter(|child| child.is_required())
        .map(Field::name)
    {
        let name = name.to_owned();
        let remove: Change = Box::new(move |content, place| {
            content
                .pointer_mut(place)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove(&name);
            format!("{place}/{name}")
        });
        mutants.push((place.clone(), remove, "REQUIRED"));
    }
}

/// The client of the examples: a fictional child whose identity code has an individual number above 900.
fn relation_content() -> Value {
    json!({"asiakkuusasiakirja": {
        "asiakkuuden_yksilointitunnus": {"system": "urn:oid:1.2.246.1", "value": "1.2.246.10.99999999.95.2026.700001.3"},
        "asiakas": {
            "sukunimi": "Esimerkki", "etunimet": "Tuuli Kaneli",
            "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": "150312A903A"},
            "syntymaaika": "2012-03-15", "turvakielto": false
        },
        "sosiaalihuollon_asiakkuus": {"asiakkuuden_alkamispvm": "2026-01-12"},
        "palvelunjarjestajan_toimintayksikko": {
            "system": "urn:oid:1.2.246.537.6.202.2008", "code": "1.2.246.10.99999999.10.0", "display": "Mallilan hyvinvointialue"
        },
        "sosiaalihuollon_palvelutehtava": [{
            "palvelutehtava": {"system": "urn:oid:1.2.246.537.6.1221.201601", "code": "24", "display": "Lapsiperheiden palvelut"},
            "palvelunjarjestajan_palveluyksikko": [{
                "palveluyksikon_nimi": {
                    "system": "urn:oid:1.2.246.537.6.202.2008", "code": "1.2.246.10.99999999.10.12",
                    "display": "Mallilan lapsiperheiden sosiaaliohjaus"
                },
                "asiakkuuden_alkamispvm": "2026-01-12"
            }]
        }]
    }})
}

fn plan_content() -> Value {
    json!({"lapsiperheiden_palvelujen_asiakassuunnitelma": {
        "asiakas": [{
            "sukunimi": "Esimerkki", "etunimet": "Tuuli Kaneli",
            "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": "150312A903A"}
        }],
        "suunnitelma": {
            "kuvaus_asiakkaan_tilanteesta": "Perhe tarvitsee tukea arjen rytmiin.",
            "palvelut_joita_asiakkaalle_suunnitellaan": [{
                "sosiaalipalvelu": {"system": "urn:oid:1.2.246.537.6.1222.201601", "code": "45", "display": "Sosiaaliohjaus"}
            }],
            "selvitys_oikeuksista": true,
            "suunnitelman_tarkistaminen": {"paivamaara_ja_kellonaika": "2026-05-04T09:00:00+03:00"}
        },
        "paivamaara": "2026-02-02",
        "laatija": [{
            "sukunimi": "Malli", "etunimet": "Maija", "tehtavanimike": "sosiaaliohjaaja",
            "palveluyksikko": {
                "system": "urn:oid:1.2.246.537.6.202.2008", "code": "1.2.246.10.99999999.10.12",
                "display": "Mallilan lapsiperheiden sosiaaliohjaus"
            }
        }]
    }})
}

/// Content that follows one of our small structures follows the published one that it stands for.
#[test]
fn own_structures_are_a_part_of_the_published_ones() {
    let published = published();
    for (structure, name, example) in [
        (
            structures::client_relation(),
            "1.2.246.537.6.1505.1.2023.6.1",
            relation_content(),
        ),
        (
            structures::client_plan(),
            "1.2.246.537.6.1506.15007.2024.11.28",
            plan_content(),
        ),
    ] {
        assert_eq!(findings(&structure, &example), []);
        let Some(published) = published.get(name) else {
            continue;
        };
        for content in [
            example,
            content(&structure, false),
            content(&structure, true),
        ] {
            assert_eq!(findings(published, &content), [], "{name}");
        }
        assert_eq!(structure.root().name(), published.root().name());
        assert_eq!(structure.document_type(), published.document_type());
    }
}

#[test]
fn the_content_of_a_real_document_is_valid() {
    let (Some(folder), Some(structure)) = (
        conformance("real-documents"),
        published().remove("1.2.246.537.6.1505.1.2023.6.1"),
    ) else {
        return;
    };
    let document = fs::read_to_string(folder.join("client-relationship-document.xml")).unwrap();
    let start = document.find("<ep2:json").unwrap();
    let encoded = &document[start + document[start..].find('>').unwrap() + 1..];
    let encoded: String = encoded[..encoded.find('<').unwrap()]
        .split_whitespace()
        .collect();
    let content = base64_simd::STANDARD.decode_to_vec(encoded).unwrap();
    assert!(structure.validate(&content).is_empty());

    // The vendor's own display form agrees with it: labels of its own are all there is to say.
    let start = document.find("representation=\"B64\"").unwrap();
    let encoded = &document[start + document[start..].find('>').unwrap() + 1..];
    let encoded: String = encoded[..encoded.find('<').unwrap()]
        .split_whitespace()
        .collect();
    let form = base64_simd::STANDARD.decode_to_vec(encoded).unwrap();
    let read = Content::read(&structure, &content).unwrap();
    let report = check_display(&read, &form);
    assert!(!report.has_errors(), "{report}");
    let safe = sanitize_display(&form).unwrap();
    assert!(check_safety(safe.as_bytes()).is_empty());
    assert!(!check_display(&read, safe.as_bytes()).has_errors());
    // Another person's form does not.
    let other = structure.sample(&SampleOptions::default());
    assert!(check_display(&other, &form).has_errors());
    // Neither do the rules beyond the schema find anything of weight, beside what a test document leaves out.
    let errors: Vec<_> = kanta_cda::structure::rules::check(&read)
        .iter()
        .filter(|finding| finding.severity() == kanta_core::Severity::Error)
        .map(|finding| finding.rule().to_owned())
        .collect();
    assert_eq!(errors, [] as [String; 0]);

    // What the document's identity code says beyond the birth part is not in its display form.
    let json: Value = serde_json::from_slice(&content).unwrap();
    let client = &json["asiakkuusasiakirja"]["asiakas"];
    let code = client["henkilotunnus"]["value"].as_str().unwrap();
    let page = render(&structure, &content, &DisplayOptions::default()).unwrap();
    assert!(!page.contains(&code[6..]));
    assert!(page.contains(&format!("{}*****", &code[..6])));
    assert!(
        page.contains(
            client["tilapainen_yksilointitunnus"]["value"]
                .as_str()
                .unwrap()
        )
    );
}

/// Content carried from each structure to the next one in the list, which is another document: every value is carried or told,
/// and what was carried is valid there where it stands.
#[test]
fn migration_loses_nothing_without_a_word() {
    let structures = all();
    for pair in structures.windows(2) {
        let [from, to] = pair else { unreachable!() };
        assert_eq!(from.changes_to(from), []);
        assert!(!from.changes_to(to).is_empty());
        let sample = from.sample(&SampleOptions {
            seed: 3,
            extent: Extent::Full,
            ..SampleOptions::default()
        });
        let same = sample.migrate(from);
        assert!(same.report.is_empty(), "{}", same.report);
        assert_eq!(same.content.to_json(), sample.to_json());

        let Migration { content, report } = sample.migrate(to);
        let behind: Vec<&str> = report
            .iter()
            .filter(|finding| finding.rule().starts_with("KANTA-MIGRATE"))
            .map(|finding| finding.place())
            .collect();
        let pointer = |path: &str| {
            format!(
                "/{}/{}",
                from.root().name(),
                path.replace(['.', '['], "/").replace(']', "")
            )
        };
        let told = sample
            .leaves()
            .iter()
            .map(|leaf| pointer(leaf.path()))
            .filter(|leaf| {
                behind
                    .iter()
                    .any(|place| leaf == place || leaf.starts_with(&format!("{place}/")))
            })
            .count();
        assert_eq!(
            content.leaves().len() + told,
            sample.leaves().len(),
            "{} to {}",
            from.oid(),
            to.oid()
        );
        // Only what the later structure misses may be wrong with the result.
        for finding in to.validate(&content.to_json()).iter() {
            let rule = finding.rule();
            assert!(
                ["KANTA-STRUCTURE-REQUIRED", "KANTA-STRUCTURE-MIN-ITEMS"].contains(&rule),
                "{finding}"
            );
        }
    }
}

/// Our display forms of every structure agree with their content and are safe, and forms of other content do not agree.
#[test]
fn display_forms_agree_with_their_content() {
    for structure in all() {
        let sample = |seed, extent| {
            structure.sample(&SampleOptions {
                seed,
                extent,
                ..SampleOptions::default()
            })
        };
        for (seed, language) in [(1, Language::Finnish), (2, Language::Swedish)] {
            let content = sample(seed, Extent::Full);
            let options = DisplayOptions {
                language,
                ..DisplayOptions::default()
            };
            let page = render_content(&content, &options);
            let report = check_display(&content, page.as_bytes());
            assert!(report.is_empty(), "{}: {report}", structure.oid());
            assert!(
                check_safety(page.as_bytes()).is_empty(),
                "{}",
                structure.oid()
            );
            let other = sample(seed + 10, Extent::Full);
            assert!(
                check_display(&other, page.as_bytes()).has_errors(),
                "{}",
                structure.oid()
            );
        }
    }
}

#[test]
fn the_plan_of_the_examples_reads_well() {
    let page = render(
        &structures::client_plan(),
        plan_content().to_string().as_bytes(),
        &DisplayOptions {
            organisation: Some("Mallilan hyvinvointialue".to_owned()),
            date: Some(Date::new(2026, 2, 2).unwrap()),
            ..DisplayOptions::default()
        },
    )
    .unwrap();
    for part in [
        "<div class=\"soc-hdr1\">Mallilan hyvinvointialue</div><div class=\"soc-hdr2\">Suunnitelma</div><div class=\"soc-hdr3\">02.02.2026</div>",
        "<h1 class=\"soc-fulltitle\">Lapsiperheiden palvelujen asiakassuunnitelma</h1>",
        "<p>Sukunimi: Esimerkki<br/>Etunimet: Tuuli Kaneli<br/>Henkilötunnus: 150312*****</p>",
        "<h1 class=\"soc-title\">Asiakkaan tilanne</h1><div class=\"soc-content\"><p>Perhe tarvitsee tukea arjen rytmiin.</p>",
        "<p>Sosiaalipalvelu: Sosiaaliohjaus</p>",
        "<p>Kyllä</p>",
        "<p>Päivä ja kellonaika: 04.05.2026 09:00</p>",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("903A"));
}

/// Display forms of everything there is, as pages, judged by xmllint with the DTD of Debian's `w3c-sgml-lib`.
#[test]
fn display_forms_are_valid_xhtml() {
    let xmllint = Command::new("xmllint").arg("--version").output().is_ok();
    if !xmllint || !Path::new(CATALOGUE).is_file() {
        eprintln!("SKIPPED: xmllint or {CATALOGUE} is missing");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("xhtml");
    fs::create_dir_all(&folder).unwrap();
    let mut files = Vec::new();
    for structure in all() {
        for (full, language) in [(false, Language::Finnish), (true, Language::Swedish)] {
            let content = content(&structure, full).to_string();
            let options = DisplayOptions {
                language,
                document_oid: Some(Oid::parse("1.2.246.10.99999999.11.2026.1").unwrap()),
                organisation: Some("<Väli> & \"Suomi\"".to_owned()),
                logo: Logo::png(b"\x89PNG\r\n\x1A\n", "\"Väli\" & <Suomi>").ok(),
                footer: vec!["a & b".to_owned(), String::new(), "c".to_owned()],
                ..DisplayOptions::default()
            };
            let body = render(&structure, content.as_bytes(), &options).unwrap();
            let page = format!(
                "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.1//EN\" \"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd\">\n\
                 <html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>x</title></head><body>{body}</body></html>"
            );
            let file = folder.join(format!("{}-{}.xml", structure.oid(), language.code()));
            fs::write(&file, page).unwrap();
            files.push(file);
        }
    }
    let judged = Command::new("xmllint")
        .args(["--nonet", "--noout", "--valid"])
        .env("XML_CATALOG_FILES", CATALOGUE)
        .args(&files)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&judged.stderr);
    assert!(judged.status.success() && messages.is_empty(), "{messages}");
}
