//! How a profile is read from the bundle.

use kanta_core::CodedValue;
use kanta_core::spec::{Spec, SpecError};

/// The values of one profile in the bundle.
pub(super) struct Values<'s> {
    pub(super) spec: &'s Spec,
    pub(super) id: &'s str,
    pub(super) reading: bool,
}

impl Values<'_> {
    fn key(&self, part: &str) -> String {
        format!("signature.{}.{part}", self.id)
    }

    pub(super) fn invalid(&self, part: &str, why: &str) -> SpecError {
        SpecError::invalid(&self.key(part), why)
    }

    pub(super) fn text(&self, part: &str) -> Result<String, SpecError> {
        let key = self.key(part);
        match self.spec.text_for_reading(&key) {
            Some(text) if self.reading => Ok(text.to_owned()),
            _ => self.spec.text(&key).map(str::to_owned),
        }
    }

    pub(super) fn list(&self, part: &str) -> Result<Vec<String>, SpecError> {
        let key = self.key(part);
        match self.spec.list_for_reading(&key) {
            list if self.reading && !list.is_empty() => Ok(list.to_vec()),
            _ => self.spec.list(&key).map(<[String]>::to_vec),
        }
    }

    pub(super) fn code(&self, part: &str) -> Result<CodedValue, SpecError> {
        let key = self.key(part);
        match self.spec.code_for_reading(&key) {
            Some(code) if self.reading => Ok(code.clone()),
            _ => self.spec.code(&key).cloned(),
        }
    }

    pub(super) fn number(&self, part: &str) -> Result<usize, SpecError> {
        let key = self.key(part);
        let number = match self.spec.number_for_reading(&key) {
            Some(number) if self.reading => number,
            _ => self.spec.number(&key)?,
        };
        usize::try_from(number).map_err(|_| self.invalid(part, "a number below zero"))
    }

    /// Reads a value that a profile may lack altogether; what is there but may not be used is an error.
    pub(super) fn when_known<T>(
        &self,
        part: &str,
        read: impl FnOnce(&str) -> Result<T, SpecError>,
    ) -> Result<Option<T>, SpecError> {
        if self.spec.code_for_reading(&self.key(part)).is_none() {
            return Ok(None);
        }
        read(part).map(Some)
    }

    /// Reads a list that holds only when values of its status may be used here; otherwise it is empty.
    pub(super) fn switched<T>(
        &self,
        part: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, SpecError> {
        let key = self.key(part);
        if self.spec.list_for_reading(&key).is_empty()
            || (!self.reading && self.spec.list(&key).is_err())
        {
            return Ok(Vec::new());
        }
        self.words(part, parse)
    }

    pub(super) fn word<T>(
        &self,
        part: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SpecError> {
        self.known(part, &self.text(part)?, parse)
    }

    pub(super) fn words<T>(
        &self,
        part: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, SpecError> {
        self.list(part)?
            .iter()
            .map(|word| self.known(part, word, &parse))
            .collect()
    }

    fn known<T>(
        &self,
        part: &str,
        word: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SpecError> {
        parse(word).ok_or_else(|| {
            self.invalid(
                part,
                &format!("this version of the library knows no `{word}` there"),
            )
        })
    }
}
