//! Content of a chosen size: a structure of our own in Sosmeta's shape, and entries of coded values, dates and Finnish
//! text that follow it. The same size gives the same bytes.

use serde_json::{Value, json};

/// The schema that the content follows.
pub(crate) fn schema() -> Vec<u8> {
    let about = |name: &str, representation: &str, row: u32| {
        json!({
            "name": [{"lang": "fi", "value": name}, {"lang": "sv", "value": name}],
            "representation": [{"lang": "fi", "value": representation}],
            "rowNumber": row,
        })
    };
    let code = |name: &str, row: u32, oid: &str| {
        let pattern = format!("^urn:oid:{}(\\.\\d+)*$", oid.replace('.', "\\."));
        json!({
            "type": "object", "additionalProperties": false, "required": ["system", "code", "display"],
            "sosmeta": about(name, "Koodi", row),
            "properties": {
                "system": {"type": "string", "pattern": pattern},
                "code": {"type": "string"},
                "display": {"type": "string"},
            },
        })
    };
    let text =
        |name: &str, row: u32| json!({"type": "string", "sosmeta": about(name, "Teksti", row)});
    let day = "^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$";
    let entry = json!({
        "type": "object", "additionalProperties": false, "required": ["paivamaara", "sosiaalipalvelu"],
        "sosmeta": about("Kirjaus", "Otsikko", 20),
        "properties": {
            "paivamaara": {"type": "string", "pattern": day, "sosmeta": about("Päivämäärä", "Pvm", 1)},
            "palvelutehtava": code("Palvelutehtävä", 2, "2.999.6.1221"),
            "sosiaalipalvelu": code("Sosiaalipalvelu", 3, "2.999.6.1222"),
            "palveluprosessi": code("Palveluprosessi", 4, "2.999.6.1277"),
            "palveluyksikko": code("Palveluyksikkö", 5, "2.999.6.202"),
            "kuvaus": text("Kuvaus", 6),
            "paatos_tehty": {"type": "boolean", "sosmeta": about("Päätös tehty", "Kytkin", 7)},
            "kesto": {
                "type": "object", "additionalProperties": false, "required": ["value", "code"],
                "sosmeta": about("Kesto", "Määrä", 8),
                "properties": {"value": {"type": "number"}, "code": {"type": "string"}},
            },
        },
    });
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object", "additionalProperties": false, "required": ["kirjaukset"],
        "sosmeta": {"oid": "2.999.1506.90001.2026.1.1", "documentType": "Asiakaskertomusmerkintä",
            "documentDefinitionVersion": "2026-01-01"},
        "properties": {"kirjaukset": {
            "type": "object", "additionalProperties": false, "required": ["laatija", "kirjaus"],
            "sosmeta": about("Kirjaukset", "Otsikko", 1),
            "properties": {
                "laatija": text("Laatija", 10),
                "kirjaus": {"type": "array", "minItems": 1, "items": entry},
            },
        }},
    });
    schema.to_string().into_bytes()
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
    use kanta_client::cda::structure::Structure;

    #[test]
    fn the_content_follows_its_structure() {
        let structure = Structure::parse(&schema()).unwrap();
        let content = content(40_000);
        assert!(
            (38_000..42_000).contains(&content.len()),
            "{}",
            content.len()
        );
        assert!(structure.validate(&content).is_empty());
    }
}
