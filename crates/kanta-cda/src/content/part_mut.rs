//! Writing: parts of content with setters.

use super::encode::encode;
use super::{ContentError, ContentValue, Part};
use crate::json::{Json, NewValue, Place};
use crate::structure::{Field, Representation};

/// One value of a group of fields, or the document itself: where values are set.
pub struct PartMut<'c, 's> {
    json: &'c mut Json<'s>,
    field: Field<'s>,
    place: Place,
}

impl<'c, 's> PartMut<'c, 's> {
    pub(super) fn new(json: &'c mut Json<'s>, field: Field<'s>, place: Place) -> Self {
        Self { json, field, place }
    }

    /// Returns the same part to read from.
    #[must_use]
    pub fn as_part(&self) -> Part<'_> {
        Part::new(self.field, self.json.at(self.place))
    }

    /// Sets the value of a field that does not repeat. An empty text removes it: empty fields are left out of content.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such field here, it repeats, or its values have another form.
    pub fn set(
        &mut self,
        name: &str,
        value: impl Into<ContentValue>,
    ) -> Result<&mut Self, ContentError> {
        let field = self.single(name)?;
        self.write(field, None, value.into())?;
        Ok(self)
    }

    /// Sets the one fixed text that the structure gives a field (Finnish: fraasi).
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such field here, or gives it no single text.
    pub fn set_phrase(&mut self, name: &str) -> Result<&mut Self, ContentError> {
        let field = self.single(name)?;
        match field.allowed_values().as_deref() {
            Some([phrase]) if field.representation() == Representation::Phrase => {
                self.write(field, None, ContentValue::from(*phrase))?;
                Ok(self)
            }
            _ => Err(ContentError::new(
                name,
                "the structure gives the field no single fixed text",
            )),
        }
    }

    /// Appends a value to a repeated field.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such field here, it does not repeat, or its values have another form.
    pub fn push(
        &mut self,
        name: &str,
        value: impl Into<ContentValue>,
    ) -> Result<&mut Self, ContentError> {
        let field = self.repeated(name)?;
        let count = self.count(name);
        self.write(field, Some(count), value.into())?;
        Ok(self)
    }

    /// Returns the group of this name, made when it is not there yet.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such group here, or it repeats.
    pub fn group(&mut self, name: &str) -> Result<PartMut<'_, 's>, ContentError> {
        let field = self.single(name)?;
        self.enter(field, None)
    }

    /// Appends an empty value to a repeated group and returns it.
    ///
    /// # Errors
    /// [`ContentError`] when the structure has no such group here, or it does not repeat.
    pub fn push_group(&mut self, name: &str) -> Result<PartMut<'_, 's>, ContentError> {
        let field = self.repeated(name)?;
        let count = self.count(name);
        self.enter(field, Some(count))
    }

    /// Removes a field with everything in it; returns whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let Some(member) = self
            .json
            .at(self.place)
            .get(name)
            .map(|value| value.place())
        else {
            return false;
        };
        self.json.remove(self.place, member);
        true
    }

    /// Removes one value of a repeated field; those after it move up.
    pub fn remove_item(&mut self, name: &str, number: usize) -> bool {
        let list = self.json.at(self.place).get(name);
        let item = list.and_then(|list| list.items().nth(number));
        let Some((list, item)) = list.zip(item) else {
            return false;
        };
        let (list, item) = (list.place(), item.place());
        self.json.remove(list, item);
        true
    }

    /// Returns how many values a repeated field has.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        let list = self.json.at(self.place).get(name);
        list.map_or(0, |list| list.items().count())
    }

    pub(super) fn field(&self) -> Field<'s> {
        self.field
    }

    pub(super) fn child(&self, name: &str) -> Result<Field<'s>, ContentError> {
        self.field.child(name).ok_or_else(|| {
            ContentError::new(name, format!("the structure has no field `{name}` here"))
        })
    }

    fn single(&self, name: &str) -> Result<Field<'s>, ContentError> {
        let field = self.child(name)?;
        if field.is_repeated() {
            return Err(ContentError::new(
                name,
                format!("`{name}` repeats: write `{name}[0]`, or append to it"),
            ));
        }
        Ok(field)
    }

    fn repeated(&self, name: &str) -> Result<Field<'s>, ContentError> {
        let field = self.child(name)?;
        if !field.is_repeated() {
            return Err(ContentError::new(
                name,
                format!("`{name}` does not repeat: leave the brackets out"),
            ));
        }
        Ok(field)
    }

    /// Goes into a group; a number one beyond the last makes a new value.
    pub(super) fn enter(
        &mut self,
        field: Field<'s>,
        number: Option<usize>,
    ) -> Result<PartMut<'_, 's>, ContentError> {
        if !field.is_group() {
            return Err(ContentError::new(
                field.name(),
                format!(
                    "`{}` is a value, not a group of fields: its parts are set together",
                    field.name()
                ),
            ));
        }
        let place = self.place_of(field, number)?;
        Ok(PartMut {
            json: self.json,
            field,
            place,
        })
    }

    pub(super) fn write(
        &mut self,
        field: Field<'s>,
        number: Option<usize>,
        value: ContentValue,
    ) -> Result<(), ContentError> {
        // Encoded first, so that a value that is refused leaves no empty parts behind.
        let is_empty = matches!(&value, ContentValue::Text(text) if text.is_empty());
        let encoded = if is_empty {
            None
        } else {
            Some(encode(field, value).map_err(|problem| ContentError::new(field.name(), problem))?)
        };
        match (encoded, number) {
            (Some(encoded), _) => {
                let place = self.place_of(field, number)?;
                encoded.write(self.json, place);
            }
            (None, None) => {
                self.remove(field.name());
            }
            (None, Some(number)) => {
                self.remove_item(field.name(), number);
            }
        }
        Ok(())
    }

    /// The place of a field's value, made where it is not there yet.
    fn place_of(&mut self, field: Field<'s>, number: Option<usize>) -> Result<Place, ContentError> {
        let name = field.name();
        let Some(number) = number else {
            let member = self
                .json
                .at(self.place)
                .get(name)
                .map(|value| value.place());
            return Ok(
                member.unwrap_or_else(|| self.json.append(self.place, name, &NewValue::Object))
            );
        };
        let count = self.count(name);
        if number > count {
            return Err(ContentError::new(
                name,
                format!("the next one has the number {count}"),
            ));
        }
        let list = match self.json.at(self.place).get(name) {
            Some(list) => list.place(),
            None => self.json.append(self.place, name, &NewValue::Array),
        };
        let item = self.json.at(list).items().nth(number);
        Ok(match item.map(|item| item.place()) {
            Some(item) => item,
            None => self.json.append(list, "", &NewValue::Object),
        })
    }
}

impl std::fmt::Debug for PartMut<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PartMut").field(&self.field).finish()
    }
}
