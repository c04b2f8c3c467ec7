//! Values by path, such as `asiakas[0].sukunimi`.

use kanta_core::Instant;

use super::{Code, Content, ContentError, ContentValue, Identifier, Part, PartialDate, Quantity};

/// The most repetitions that a path may ask for, so that a slip of the finger does not fill the memory.
const MAX_REPETITIONS: usize = 10_000;

impl<'s> Content<'s> {
    /// Sets the value at a path; groups and earlier repetitions on the way are made. An empty text removes the value.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such field, or its values have another form.
    pub fn set(
        &mut self,
        path: &str,
        value: impl Into<ContentValue>,
    ) -> Result<&mut Self, ContentError> {
        self.write(path, Some(value.into()))
            .map_err(|error| error.at(path))?;
        Ok(self)
    }

    /// Sets the one fixed text that the structure gives the field at a path (Finnish: fraasi).
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such field, or gives it no single text.
    pub fn set_phrase(&mut self, path: &str) -> Result<&mut Self, ContentError> {
        let phrase =
            self.structure
                .field(path)
                .and_then(|field| match field.allowed_values()?.as_slice() {
                    [phrase] => Some((*phrase).to_owned()),
                    _ => None,
                });
        match phrase {
            Some(phrase) => self.set(path, phrase),
            None => Err(ContentError::new(
                path,
                "the structure gives the field no single fixed text",
            )),
        }
    }

    /// Removes what is at a path, and groups that become empty by it; nothing happens when there is nothing.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such field.
    pub fn remove(&mut self, path: &str) -> Result<&mut Self, ContentError> {
        if self.part(path).is_some() || self.structure.field(path).is_none() {
            self.write(path, None).map_err(|error| error.at(path))?;
        }
        Ok(self)
    }

    /// Returns how many values the field at a path has: 0 or 1 when it does not repeat.
    #[must_use]
    pub fn count(&self, path: &str) -> usize {
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
        self.part(parent).map_or(0, |part| part.all(name).count())
    }

    /// Returns what is at a path; the document for an empty one. A repeated field without a number means its first value.
    #[must_use]
    pub fn part(&self, path: &str) -> Option<Part<'_>> {
        if path.is_empty() {
            return Some(self.root());
        }
        path.split('.').try_fold(self.root(), |part, step| {
            let (name, number) = parse_step(step).ok()?;
            match number {
                None => part.get(name),
                Some(number) if part.field().child(name)?.is_repeated() => {
                    part.all(name).nth(number)
                }
                Some(_) => None,
            }
        })
    }

    /// Returns the text at a path.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.part(path)?.as_text()
    }

    /// Returns the yes or no at a path.
    #[must_use]
    pub fn switch(&self, path: &str) -> Option<bool> {
        self.part(path)?.as_switch()
    }

    /// Returns the number at a path.
    #[must_use]
    pub fn number(&self, path: &str) -> Option<f64> {
        self.part(path)?.as_number()
    }

    /// Returns the quantity at a path.
    #[must_use]
    pub fn quantity(&self, path: &str) -> Option<Quantity<'_>> {
        self.part(path)?.as_quantity()
    }

    /// Returns the date at a path; of a moment its date.
    #[must_use]
    pub fn date(&self, path: &str) -> Option<PartialDate> {
        self.part(path)?.as_date()
    }

    /// Returns the moment at a path, when it has its time.
    #[must_use]
    pub fn moment(&self, path: &str) -> Option<Instant> {
        self.part(path)?.as_moment()
    }

    /// Returns the coded value at a path.
    #[must_use]
    pub fn code(&self, path: &str) -> Option<Code<'_>> {
        self.part(path)?.as_code()
    }

    /// Returns the identifier at a path.
    #[must_use]
    pub fn identifier(&self, path: &str) -> Option<Identifier<'_>> {
        self.part(path)?.as_identifier()
    }

    /// Writes or removes the value at a path.
    fn write(&mut self, path: &str, value: Option<ContentValue>) -> Result<(), ContentError> {
        fn descend(
            part: &mut super::PartMut<'_, '_>,
            path: &str,
            value: Option<ContentValue>,
        ) -> Result<(), ContentError> {
            let (step, rest) = match path.split_once('.') {
                Some((step, rest)) => (step, Some(rest)),
                None => (path, None),
            };
            let (name, number) =
                parse_step(step).map_err(|problem| ContentError::new(step, problem))?;
            let field = part.child(name)?;
            match (field.is_repeated(), number) {
                (true, None) if value.is_some() || rest.is_some() => {
                    return Err(ContentError::new(
                        name,
                        format!("`{name}` repeats: write `{name}[0]`"),
                    ));
                }
                (false, Some(_)) => {
                    return Err(ContentError::new(
                        name,
                        format!("`{name}` does not repeat: leave the brackets out"),
                    ));
                }
                _ => {}
            }
            let had = number.map_or(0, |_| part.count(name));
            match (rest, value) {
                (Some(rest), value) => {
                    let mut inner = part.enter(field, number)?;
                    let result = descend(&mut inner, rest, value);
                    // What was made for a value that is refused, or held only the one removed, goes again.
                    let is_empty = inner.as_part().value().members().next().is_none();
                    if is_empty {
                        remove(part, name, number);
                    }
                    result?;
                }
                (None, Some(value)) => part.write(field, number, value)?,
                (None, None) => {
                    remove(part, name, number);
                }
            }
            if had > 0 && part.count(name) == 0 {
                part.remove(name);
            }
            Ok(())
        }
        fn remove(part: &mut super::PartMut<'_, '_>, name: &str, number: Option<usize>) {
            match number {
                Some(number) => {
                    part.remove_item(name, number);
                    if part.count(name) == 0 {
                        part.remove(name);
                    }
                }
                None => {
                    part.remove(name);
                }
            }
        }
        descend(&mut self.root_mut(), path, value)
    }
}

impl ContentError {
    pub(super) fn new(path: &str, problem: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            problem: problem.into(),
        }
    }

    /// The same under the whole path.
    fn at(self, path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..self
        }
    }
}

fn parse_step(step: &str) -> Result<(&str, Option<usize>), String> {
    match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
        None => Ok((step, None)),
        Some((name, number)) => match number.parse() {
            Ok(number) if number < MAX_REPETITIONS => Ok((name, Some(number))),
            _ => Err(format!("the number in brackets is below {MAX_REPETITIONS}")),
        },
    }
}
