//! Samples: random content that follows a structure, with fictional people only.

mod random;
mod values;

use super::field::Field;
use super::field_data::Form;
use super::{Representation, Structure};
use crate::content::Content;
use crate::json::{Json, NewValue, Place};
use random::Random;

/// How a sample is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleOptions {
    /// Where the random choices start; the same seed gives the same bytes.
    pub seed: u64,
    /// How many of the fields have a value.
    pub extent: Extent,
    /// The most values of a repeated field.
    pub most_values: usize,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            extent: Extent::Some,
            most_values: 3,
        }
    }
}

/// How many of the fields of a sample have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extent {
    /// Those that are mandatory, also on a condition.
    Minimal,
    /// Those and about half of the others.
    Some,
    /// All.
    Full,
}

/// Fields on which rules beyond the schema hang: they are always there, and say yes where they can.
const ALWAYS: [&str; 4] = [
    "asian_tiedot",
    "yhteinen_asia",
    "luovutusluvan_antaja_on_laillinen_edustaja",
    "kieltaja_on_laillinen_edustaja",
];

impl Structure {
    /// Makes random content that is valid against this structure, with Finnish text, all forms of dates and fictional people
    /// (identity codes with an individual number of 900 to 999, organisations below `1.2.246.10.99999999`).
    ///
    /// Codes of national code systems are made up unless the structure names the ones that are used.
    ///
    /// ```
    /// use kanta_cda::structure::{Extent, SampleOptions, Structure};
    ///
    /// # let schema = br#"{"type": "object", "sosmeta": {"oid": "2.999.1", "documentType": "x", "documentDefinitionVersion": "x"},
    /// #     "properties": {"muistio": {"type": "object", "properties": {"aihe": {"type": "string"}}}}}"#;
    /// let structure = Structure::parse(schema)?;
    /// let options = SampleOptions { seed: 7, extent: Extent::Full, ..SampleOptions::default() };
    /// let sample = structure.sample(&options);
    /// assert!(structure.validate(&sample.to_json()).is_empty());
    /// assert!(sample.text("aihe").is_some());
    /// # Ok::<(), kanta_cda::structure::StructureError>(())
    /// ```
    #[must_use]
    pub fn sample(&self, options: &SampleOptions) -> Content<'_> {
        let mut content = Content::new(self);
        let mut sampler = Sampler {
            random: Random::new(options.seed),
            options,
        };
        let document = content.root().value().place();
        sampler.group(self.root(), document, content.json_mut());
        content
    }
}

struct Sampler<'o> {
    random: Random,
    options: &'o SampleOptions,
}

impl Sampler<'_> {
    fn group(&mut self, group: Field<'_>, place: Place, json: &mut Json<'_>) {
        for field in group.children() {
            let takes = match self.options.extent {
                _ if field.is_required() || field.is_conditional() => true,
                _ if ALWAYS.contains(&field.name()) => true,
                Extent::Minimal => false,
                Extent::Some => self.random.below(2) == 0,
                Extent::Full => true,
            };
            if !takes {
                continue;
            }
            if !field.is_repeated() {
                let value = json.append(place, field.name(), &NewValue::Object);
                self.value(field, value, json);
                continue;
            }
            let least = field.min_items().max(1);
            let more = match self.options.extent {
                Extent::Minimal => 0,
                _ => self.options.most_values.saturating_sub(least),
            };
            let count = least + self.random.below(more + 1);
            let list = json.append(place, field.name(), &NewValue::Array);
            for _ in 0..count {
                let item = json.append(list, "", &NewValue::Object);
                self.value(field, item, json);
            }
        }
    }

    fn value(&mut self, field: Field<'_>, place: Place, json: &mut Json<'_>) {
        match field.form() {
            Form::Object if field.representation().is_composed() => {
                self.composed(field, place, json);
            }
            Form::Object => {
                json.set(place, &NewValue::Object);
                self.group(field, place, json);
            }
            Form::Text => {
                let text = values::text(field, &mut self.random);
                json.set(place, &NewValue::Text(&text));
            }
            Form::Number => {
                let number = values::number(field.representation(), &mut self.random);
                json.set(place, &NewValue::Number(&number));
            }
            Form::Switch => {
                let yes = ALWAYS.contains(&field.name()) || self.random.below(2) == 0;
                json.set(place, &NewValue::Bool(yes));
            }
        }
    }

    /// A composed value has all its parts; what they hold fits together.
    fn composed(&mut self, field: Field<'_>, place: Place, json: &mut Json<'_>) {
        json.set(place, &NewValue::Object);
        let parts = match field.representation() {
            Representation::Code => values::code(field, &mut self.random),
            Representation::Identifier => values::identifier(field, &mut self.random),
            _ => Vec::new(),
        };
        for part in field.children() {
            let made = parts.iter().find(|(name, _)| *name == part.name());
            let place = json.append(place, part.name(), &NewValue::Object);
            match made {
                Some((_, text)) if part.accepts(text) => {
                    json.set(place, &NewValue::Text(text));
                }
                _ => self.value(part, place, json),
            }
        }
    }
}

#[cfg(test)]
mod tests;
