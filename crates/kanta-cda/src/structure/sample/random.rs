//! Random numbers from a seed (SplitMix64), and the words that samples are made of.

/// The same seed gives the same numbers, on every machine and in every version of this library.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit; 0 when the limit is 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub(super) fn pick<'l, T: ?Sized>(&mut self, list: &[&'l T]) -> &'l T {
        list[self.below(list.len())]
    }

    pub(super) fn words(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.pick(&WORDS)).collect();
        words.join(" ")
    }

    /// A sentence or a few; now and then in lines, or with characters that markup has to escape.
    pub(super) fn sentences(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(3) {
            if !text.is_empty() {
                text.push(if self.below(6) == 0 { '\n' } else { ' ' });
            }
            let length = 4 + self.below(9);
            let sentence = self.words(length);
            let mut characters = sentence.chars();
            text.extend(characters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(characters.as_str());
            if self.below(12) == 0 {
                text.push(' ');
                text.push_str(self.pick(&AWKWARD));
            }
            text.push('.');
        }
        text
    }
}

const WORDS: [&str; 40] = [
    "asiakas",
    "perhe",
    "äiti",
    "isä",
    "lapsi",
    "läheinen",
    "huoltaja",
    "työntekijä",
    "sosiaaliohjaaja",
    "palvelutarve",
    "arviointi",
    "päätös",
    "suunnitelma",
    "tavoite",
    "kotihoito",
    "käynti",
    "yhteydenotto",
    "toimintakyky",
    "asuminen",
    "tuki",
    "arki",
    "koulu",
    "päiväkoti",
    "viikoittain",
    "yhdessä",
    "öisin",
    "tarvitsee",
    "sovittiin",
    "keskusteltiin",
    "todettiin",
    "jatkuu",
    "myönnetään",
    "kertoo",
    "toivoo",
    "vähän",
    "paljon",
    "uusi",
    "säännöllinen",
    "ja",
    "että",
];

/// Characters that a careless writer of markup trips over.
const AWKWARD: [&str; 8] = [
    "(R&D-hanke)",
    "<5 krt/vko",
    "5 > 4",
    "\"oma koti\"",
    "’lainattu’ – näin",
    "É. Ōno-Łukasz",
    "😀",
    "a\\b",
];

pub(super) const FAMILY_NAMES: [&str; 8] = [
    "Esimerkki",
    "Malli",
    "Testinen",
    "Harjoitus",
    "Näyte-Kokeilu",
    "Mallikas",
    "Äijälä",
    "Oletus",
];

pub(super) const GIVEN_NAMES: [&str; 8] = [
    "Tuuli Kaneli",
    "Maija",
    "Väinö Öljymäki",
    "Anna-Liisa",
    "Eetu",
    "Siiri Inkeri",
    "Åke",
    "Ida",
];
