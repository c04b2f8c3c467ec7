//! Content of a chosen size: a structure of our own in Sosmeta's shape, and entries of coded values, dates and Finnish
//! text that follow it. The same size gives the same bytes.

use kanta_client::cda::structure::Structure;
use serde_json::{Value, json};

#[allow(dead_code, unreachable_pub, reason = "generated for whoever needs it")]
pub(crate) mod types;

/// The schema that the content follows.
pub(crate) const SCHEMA: &[u8] = include_bytes!("synthetic/schema.json");

/// The structure that the content follows.
pub(crate) fn structure() -> Structure {
    Structure::parse(SCHEMA).expect("the schema is our own")
}

/// Content of about this many bytes.
pub(crate) fn content(bytes: usize) -> Vec<u8> {
    let mut words = Words(0x5eed ^ bytes as u64);
    let mut entries = Vec::new();
    let mut size = 60;
    while size < bytes {
        let entry = entry(&mut words);
        size += entry.to_string().len() + 1;
        entries.push(entry);
    }
    json!({"kirjaukset": {"laatija": "Maija Malli", "kirjaus": entries}})
        .to_string()
        .into_bytes()
}

fn entry(words: &mut Words) -> Value {
    let mut code = |system: &str| {
        json!({
            "system": format!("urn:oid:2.999.6.{system}.201601"),
            "code": words.below(100).to_string(),
            "display": words.text(3),
        })
    };
    let (task, service, process, unit) = (code("1221"), code("1222"), code("1277"), code("202"));
    let length = 4 + words.below(20);
    json!({
        "paivamaara": format!("2026-{:02}-{:02}", 1 + words.below(12), 1 + words.below(28)),
        "palvelutehtava": task,
        "sosiaalipalvelu": service,
        "palveluprosessi": process,
        "palveluyksikko": unit,
        "kuvaus": words.text(length),
        "paatos_tehty": words.below(2) == 0,
        "kesto": {"value": words.below(400) as f64 / 4.0, "code": "h"},
    })
}

/// A small generator of numbers and words (xorshift).
struct Words(u64);

impl Words {
    const LIST: [&str; 16] = [
        "asiakas",
        "palvelutarve",
        "päätös",
        "kotihoito",
        "työntekijä",
        "käynti",
        "perhe",
        "äiti",
        "tavoite",
        "sovittiin",
        "viikoittain",
        "huoltaja",
        "läheinen",
        "ja",
        "jatkuu",
        "öisin",
    ];

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn text(&mut self, words: usize) -> String {
        let words: Vec<_> = (0..words)
            .map(|_| Self::LIST[self.below(Self::LIST.len())])
            .collect();
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kanta_client::cda::Content;
    use kanta_client::cda::structure::RustOptions;

    #[test]
    fn the_content_follows_its_structure() {
        let content = content(40_000);
        assert!(
            (38_000..42_000).contains(&content.len()),
            "{}",
            content.len()
        );
        assert!(structure().validate(&content).is_empty());
    }

    /// `kanta structure codegen benches/src/synthetic/schema.json`, formatted.
    #[test]
    fn the_types_are_those_of_the_schema() {
        let words = |code: &str| {
            code.split_whitespace()
                .collect::<String>()
                .replace(",)", ")")
        };
        let generated = structure().generate_rust(&RustOptions::default());
        assert_eq!(words(include_str!("synthetic/types.rs")), words(&generated));
    }

    #[test]
    fn the_types_hold_all_of_the_content() {
        let (structure, bytes) = (structure(), content(5_000));
        let content = Content::read(&structure, &bytes).unwrap();
        let typed = types::Kirjaukset::from_content(&content).unwrap();
        let again = typed.to_content(&structure).unwrap();
        assert!(content.changes_to(&again).is_empty());
    }
}
