//! The seam through which objects are read: values of content by name, each with its place.

use kanta_core::{
    ClientIdentity, CodedValue, Date, InvalidValue, Oid, Organisation, OrganisationOid, PersonName,
    PersonalIdentityCode, TemporaryId, TimeStamp,
};

use super::error::RelationContentError;
use crate::json::{Json, Kind, Value};

/// One value of the content and where it is.
pub(super) struct Node<'j> {
    json: Value<'j>,
    pointer: String,
}

type Read<T> = Result<T, RelationContentError>;

impl<'j> Node<'j> {
    /// Returns the document that stands under its name at the root.
    pub(super) fn document(json: &'j Json<'j>, name: &str) -> Read<Self> {
        let root = Node {
            json: json.root(),
            pointer: String::new(),
        };
        root.demand(name)
    }

    pub(super) fn get(&self, name: &str) -> Option<Self> {
        let json = self.json.get(name)?;
        (json.kind() != Kind::Null).then(|| Self {
            json,
            pointer: format!("{}/{name}", self.pointer),
        })
    }

    pub(super) fn demand(&self, name: &str) -> Read<Self> {
        self.get(name).ok_or_else(|| {
            RelationContentError::new(format!("{}/{name}", self.pointer), "the field is missing")
        })
    }

    /// Returns the values of a repeated field; none when it is missing.
    pub(super) fn items(&self, name: &str) -> Read<Vec<Self>> {
        let Some(list) = self.get(name) else {
            return Ok(Vec::new());
        };
        if !list.json.is_array() {
            return Err(list.wrong("a list is expected"));
        }
        let item = |(index, json): (usize, Value<'j>)| Self {
            json,
            pointer: format!("{}/{index}", list.pointer),
        };
        Ok(list.json.items().enumerate().map(item).collect())
    }

    /// Iterates over the names of the members of a group.
    pub(super) fn names(&self) -> impl Iterator<Item = &'j str> + use<'j> {
        self.json.members().map(Value::name)
    }

    pub(super) fn wrong(&self, problem: impl Into<String>) -> RelationContentError {
        RelationContentError::new(self.pointer.clone(), problem)
    }

    pub(super) fn invalid(&self, error: &InvalidValue) -> RelationContentError {
        self.wrong(error.to_string())
    }

    pub(super) fn as_text(&self) -> Read<&'j str> {
        self.json
            .as_str()
            .ok_or_else(|| self.wrong("a text is expected"))
    }

    pub(super) fn text(&self, name: &str) -> Read<Option<String>> {
        self.get(name)
            .map(|node| node.as_text().map(str::to_owned))
            .transpose()
    }

    /// Returns a yes or no; no when it is missing.
    pub(super) fn switch(&self, name: &str) -> Read<bool> {
        match self.get(name) {
            None => Ok(false),
            Some(node) => node
                .json
                .as_bool()
                .ok_or_else(|| node.wrong("true or false is expected")),
        }
    }

    pub(super) fn as_day(&self) -> Read<Date> {
        Date::parse(self.as_text()?).map_err(|error| self.invalid(&error))
    }

    pub(super) fn day(&self, name: &str) -> Read<Option<Date>> {
        self.get(name).map(|node| node.as_day()).transpose()
    }

    /// Returns a day; `None` also when only a month or a year is given.
    pub(super) fn whole_day(&self, name: &str) -> Option<Date> {
        self.get(name)?.as_day().ok()
    }

    /// Returns a moment: a day, or a day with time and offset (Finnish: hetki).
    pub(super) fn moment(&self, name: &str) -> Read<Option<TimeStamp>> {
        let read = |node: Self| {
            let text = node.as_text()?;
            let (day, time) = text.split_at_checked(10).unwrap_or((text, ""));
            let mut stamp = day.replace('-', "");
            let (clock, offset) = match time.find(['+', '-', 'Z']) {
                Some(sign) => time.split_at(sign),
                None => (time, ""),
            };
            stamp.push_str(&clock.replace(['T', ':'], ""));
            stamp.push_str(match offset {
                "Z" => "+0000",
                other => other,
            });
            // Only the offset has a colon left.
            TimeStamp::parse(&stamp.replace(':', "")).map_err(|error| node.invalid(&error))
        };
        self.get(name).map(read).transpose()
    }

    pub(super) fn as_code(&self) -> Read<CodedValue> {
        let system = self.demand("system")?;
        let oid = read_oid(system.as_text()?).map_err(|error| system.invalid(&error))?;
        let code = CodedValue::new(self.demand("code")?.as_text()?, oid);
        Ok(match self.text("display")? {
            Some(display) => code.with_display(display),
            None => code,
        })
    }

    /// Returns a code of the set that the field takes.
    pub(super) fn as_code_of<T: TryFrom<CodedValue, Error = InvalidValue>>(&self) -> Read<T> {
        T::try_from(self.as_code()?).map_err(|error| self.invalid(&error))
    }

    /// Returns an organisation or unit, which content writes as a code of the SOTE organisation register.
    pub(super) fn as_organisation(&self) -> Read<Organisation> {
        let code = self.demand("code")?;
        let oid = OrganisationOid::parse(code.as_text()?).map_err(|error| code.invalid(&error))?;
        Ok(Organisation {
            oid,
            name: self.text("display")?,
        })
    }

    /// Returns an identifier that is an OID.
    pub(super) fn as_oid(&self) -> Read<Oid> {
        let value = self.demand("value")?;
        read_oid(value.as_text()?).map_err(|error| value.invalid(&error))
    }

    pub(super) fn identity_code(&self) -> Read<Option<PersonalIdentityCode>> {
        let Some(node) = self.get("henkilotunnus") else {
            return Ok(None);
        };
        let value = node.demand("value")?;
        PersonalIdentityCode::parse(value.as_text()?)
            .map(Some)
            .map_err(|error| value.invalid(&error))
    }

    pub(super) fn temporary_id(&self) -> Read<Option<TemporaryId>> {
        let Some(node) = self.get("tilapainen_yksilointitunnus") else {
            return Ok(None);
        };
        let system = node.demand("system")?;
        let root = read_oid(system.as_text()?).map_err(|error| system.invalid(&error))?;
        TemporaryId::new(root, node.demand("value")?.as_text()?)
            .map(Some)
            .map_err(|error| node.invalid(&error))
    }

    pub(super) fn identity(&self) -> Read<ClientIdentity> {
        ClientIdentity::new(self.identity_code()?, self.temporary_id()?)
            .map_err(|error| self.invalid(&error))
    }

    pub(super) fn name(&self) -> Read<PersonName> {
        let given = self.demand("etunimet")?.as_text()?;
        let family = self.demand("sukunimi")?.as_text()?;
        Ok(PersonName::as_read(
            given.split_whitespace().map(str::to_owned).collect(),
            None,
            family.to_owned(),
        ))
    }
}

/// Reads an OID with or without `urn:oid:`: real content has both (test messages, `[S]`).
fn read_oid(text: &str) -> Result<Oid, InvalidValue> {
    Oid::parse(text.strip_prefix("urn:oid:").unwrap_or(text))
}
