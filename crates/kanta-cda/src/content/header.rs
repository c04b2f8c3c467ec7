//! What header and content both say, taken over from the header.

use std::fmt::Write;

use kanta_core::ClientIdentifier;
use kanta_core::metadata::{Client, DocumentMetadata};

use super::{Content, ContentValue, PartMut};
use crate::json::{NewValue, Value};

/// The clients of a document: one group, or a list of them.
pub(crate) const CLIENTS: &str = "asiakas";
/// A client's personal identity code.
pub(crate) const IDENTITY_CODE: &str = "henkilotunnus";
const TEMPORARY_ID: &str = "tilapainen_yksilointitunnus";
/// The fields in which contents show the identifier of their case.
const CASE_NUMBERS: [&str; 2] = ["asiatunnus", "asianumero"];
/// The identifier of the client relation.
pub(crate) const RELATION: &str = "asiakkuuden_yksilointitunnus";
/// The service task, of the document or of one of its groups.
pub(crate) const SERVICE_TASK: &str = "palvelutehtava";
/// The group of a case document that tells its period.
pub(crate) const CASE_DETAILS: &str = "asian_tiedot";
/// The day on which the case was opened.
pub(crate) const CASE_OPENED: &str = "avauspaiva";
/// The day on which the case was closed.
pub(crate) const CASE_CLOSED: &str = "paattymispaiva";

impl Content<'_> {
    /// Takes over from a document's header what the content says too: who the clients are, the numbers of case and client
    /// relation, the service task, and when the case was opened and closed.
    ///
    /// The clients are those of the header afterwards, and no others. Of the rest only what the content has already is written
    /// over. What the structure does not have, or has in another form, stays as it is.
    ///
    /// ```
    /// use kanta_cda::Content;
    /// use kanta_cda::structure::Structure;
    /// use kanta_core::metadata::{Client, DocumentMetadata};
    /// use kanta_core::{ClientIdentifier, DocumentOid, Instant, PersonName, PersonalIdentityCode, TimeStamp, VersionNumber};
    ///
    /// let id = DocumentOid::parse("1.2.246.10.99999999.11.2026.1")?;
    /// let drafted = TimeStamp::in_finland(Instant::parse("2026-02-02T08:15:30Z")?);
    /// let mut header = DocumentMetadata::bare(id.clone(), id, VersionNumber::FIRST, drafted);
    /// let code = PersonalIdentityCode::parse("090514A9226")?;
    /// let name = PersonName::new(["Aino"], "Kuvitelma")?;
    /// header.client = Some(Client::new(ClientIdentifier::PersonalIdentityCode(code), name));
    ///
    /// # let schema = br#"{"type": "object", "sosmeta": {"oid": "2.999.1", "documentType": "x", "documentDefinitionVersion": "x"},
    /// #     "properties": {"muistio": {"type": "object", "properties": {"asiakas": {"type": "object", "properties": {
    /// #     "sukunimi": {"type": "string"}}}}}}}"#;
    /// let structure = Structure::parse(schema)?;
    /// let mut content = Content::new(&structure);
    /// content.agree_with(&header);
    /// assert_eq!(content.text("asiakas.sukunimi"), Some("Kuvitelma"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn agree_with(&mut self, header: &DocumentMetadata) {
        set_clients(&mut self.root_mut(), header);
        if let Some(case) = &header.case {
            let mut found = Vec::new();
            let mut take = |_: &str, shown: Value<'_>| found.push(shown.place());
            each_case_number(self.root().value(), &mut String::new(), &mut take);
            for place in found {
                let number = NewValue::Text(case.as_oid().as_str());
                self.json_mut().set(place, &number);
            }
        }
        let mut root = self.root_mut();
        if let Some(relation) = &header.client_relation {
            replace(&mut root, RELATION, relation);
        }
        if let Some(task) = &header.service_task {
            let groups: Vec<&str> = root.field().children().map(|field| field.name()).collect();
            for group in groups {
                if root.as_part().get(group).is_some()
                    && let Ok(mut group) = root.group(group)
                {
                    replace(&mut group, SERVICE_TASK, task);
                }
            }
            replace(&mut root, SERVICE_TASK, task);
        }
        if root.as_part().get(CASE_DETAILS).is_some()
            && let Ok(mut case) = root.group(CASE_DETAILS)
        {
            for (name, day) in [
                (CASE_OPENED, &header.case_opened),
                (CASE_CLOSED, &header.case_closed),
            ] {
                if let Some(day) = day.as_ref().and_then(|time| time.date()) {
                    replace(&mut case, name, day);
                }
            }
        }
    }
}

/// Meets every text that shows the identifier of the case, with the path of its field: the field's own text, or the value of an
/// identifier. `path` is that of `value`, and the same again afterwards.
pub(crate) fn each_case_number<'c>(
    value: Value<'c>,
    path: &mut String,
    meet: &mut impl FnMut(&str, Value<'c>),
) {
    let length = path.len();
    for member in value.members() {
        path.push('/');
        path.push_str(member.name());
        if CASE_NUMBERS.contains(&member.name()) {
            let shown = member.get("value").unwrap_or(member);
            if shown.as_str().is_some() {
                meet(path, shown);
            }
        } else {
            each_case_number(member, path, meet);
        }
        path.truncate(length);
    }
    for (index, item) in value.items().enumerate() {
        let _ = write!(path, "/{index}");
        each_case_number(item, path, meet);
        path.truncate(length);
    }
}

fn set_clients(root: &mut PartMut<'_, '_>, header: &DocumentMetadata) {
    let clients: Vec<&Client> = header.clients().collect();
    let (Ok(field), [first, ..]) = (root.child(CLIENTS), clients.as_slice()) else {
        return;
    };
    if !field.is_repeated() {
        if let Ok(mut part) = root.group(CLIENTS) {
            set_client(&mut part, first);
        }
        return;
    }
    while root.count(CLIENTS) > clients.len() {
        root.remove_item(CLIENTS, clients.len());
    }
    for (number, client) in clients.iter().enumerate() {
        if let Ok(mut part) = root.enter(field, Some(number)) {
            set_client(&mut part, client);
        }
    }
}

fn set_client(part: &mut PartMut<'_, '_>, client: &Client) {
    let (kept, other) = match &client.identifier {
        ClientIdentifier::Temporary(_) => (TEMPORARY_ID, IDENTITY_CODE),
        _ => (IDENTITY_CODE, TEMPORARY_ID),
    };
    part.remove(other);
    // A structure that wants them otherwise keeps what it has.
    let _ = part.set(kept, client.identifier.expose());
    let _ = part.set("sukunimi", client.name.family());
    let _ = part.set("etunimet", client.name.given().join(" "));
    if let Some(day) = client.birth.as_ref().and_then(|birth| birth.date()) {
        replace(part, "syntymaaika", day);
    }
}

/// Writes over a value that is there.
fn replace(part: &mut PartMut<'_, '_>, name: &str, value: impl Into<ContentValue>) {
    if part.as_part().get(name).is_some() {
        let _ = part.set(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{Extent, SampleOptions, Structure, fixture};
    use kanta_core::codes::ServiceTask;
    use kanta_core::{
        CaseId, ClientRelationId, DocumentOid, Instant, Oid, PersonName, PersonalIdentityCode,
        TemporaryId, TimeStamp, VersionNumber,
    };

    fn header() -> DocumentMetadata {
        let id = DocumentOid::parse("1.2.246.10.99999999.11.2026.1").unwrap();
        let drafted = TimeStamp::in_finland(Instant::parse("2026-02-02T08:15:30Z").unwrap());
        let mut header = DocumentMetadata::bare(id.clone(), id, VersionNumber::FIRST, drafted);
        header.client = Some(client(ClientIdentifier::PersonalIdentityCode(
            PersonalIdentityCode::parse("090514A9226").unwrap(),
        )));
        header.case = Some(CaseId::parse("1.2.246.10.99999999.14.2026.7").unwrap());
        header.client_relation =
            Some(ClientRelationId::parse("1.2.246.10.99999999.13.2026.7").unwrap());
        header.service_task = Some(ServiceTask::FAMILIES_WITH_CHILDREN.into());
        header
    }

    fn client(identifier: ClientIdentifier) -> Client {
        let name = PersonName::new(["Aino", "Tuulikki"], "Kuvitelma").unwrap();
        Client::new(identifier, name)
    }

    fn structure(clients: &str) -> Structure {
        let id = r#"{"type": "object", "additionalProperties": false, "required": ["value"], "sosmeta": {"representation": [{"lang": "fi", "value": "Tunnus"}]},
            "properties": {"system": {"type": "string"}, "value": {"type": "string"}}}"#;
        let code = r#"{"type": "object", "additionalProperties": false, "required": ["system", "code", "display"],
            "sosmeta": {"representation": [{"lang": "fi", "value": "Koodi"}]},
            "properties": {"system": {"type": "string"}, "code": {"type": "string"}, "display": {"type": "string"}}}"#;
        let client = format!(
            r#"{{"type": "object", "properties": {{"sukunimi": {{"type": "string"}}, "etunimet": {{"type": "string"}},
                "henkilotunnus": {id}, "tilapainen_yksilointitunnus": {id}}}}}"#
        );
        let clients = clients.replace("CLIENT", &client);
        fixture::structure(
            "",
            &format!(
                r#""asiakas": {clients}, "asiakkuuden_yksilointitunnus": {id}, "kohdat": {{"type": "array", "items":
                {{"type": "object", "properties": {{"asiatunnus": {id}}}}}}}, "asianumero": {{"type": "string"}},
                "jarjestaja": {{"type": "object", "properties": {{"palvelutehtava": {code}}}}}"#
            ),
        )
    }

    #[test]
    fn case_numbers_are_met_with_their_paths() {
        let json = br#"{"kohdat": [{"asiatunnus": {"value": "1"}}, {"ei": 0, "asiatunnus": {"value": 2}}, {"asianumero": "3"}],
            "asiatunnus": {"value": "4", "asianumero": "5"}}"#;
        let json = crate::json::Json::parse(json).unwrap();
        let (mut path, mut met) = ("#".to_owned(), Vec::new());
        let mut take = |path: &str, shown: Value<'_>| {
            met.push(format!("{path} {}", shown.as_str().unwrap()));
        };
        each_case_number(json.root(), &mut path, &mut take);
        let expected = [
            "#/kohdat/0/asiatunnus 1",
            "#/kohdat/2/asianumero 3",
            "#/asiatunnus 4",
        ];
        assert_eq!(
            (met, path),
            (expected.map(str::to_owned).to_vec(), "#".to_owned())
        );
    }

    #[test]
    fn what_both_say_is_the_headers() {
        let header = header();
        for clients in ["CLIENT", r#"{"type": "array", "items": CLIENT}"#] {
            let structure = structure(clients);
            for seed in 0..10 {
                let mut content = structure.sample(&SampleOptions {
                    seed,
                    extent: Extent::Full,
                    ..SampleOptions::default()
                });
                content.agree_with(&header);
                assert!(content.check().is_empty(), "{}", content.check());
                let json = String::from_utf8(content.to_json()).unwrap();
                assert_eq!(json.matches("090514A9226").count(), 1, "{json}");
                assert_eq!(json.matches("\"sukunimi\"").count(), 1, "{json}");
                assert!(json.contains(r#""etunimet":"Aino Tuulikki""#), "{json}");
                assert!(!json.contains(TEMPORARY_ID), "{json}");
                assert!(json.contains("13.2026.7"), "{json}");
                let cases = json.matches("asiatunnus").count() + 1;
                assert_eq!(json.matches("14.2026.7").count(), cases, "{json}");
                assert!(json.contains(r#""code":"24""#), "{json}");
                let mut report = kanta_core::Report::new();
                let json = crate::json::Json::parse(json.as_bytes()).unwrap();
                crate::rules::check_content(&header, &json, &mut report);
                assert!(report.is_empty(), "{report}");
            }
        }
    }

    #[test]
    fn a_client_without_an_identity_code_has_none_in_the_content() {
        let structure = structure("CLIENT");
        let mut header = header();
        let root = Oid::parse("1.2.246.10.99999999.22").unwrap();
        let temporary = TemporaryId::new(root, "090514A922X").unwrap();
        header.client = Some(client(ClientIdentifier::Temporary(temporary)));
        let mut content = Content::new(&structure);
        content
            .set(
                "asiakas.henkilotunnus",
                header.clients().next().unwrap().identifier.expose(),
            )
            .unwrap();
        content.agree_with(&header);
        let json = String::from_utf8(content.to_json()).unwrap();
        assert!(
            !json.contains(IDENTITY_CODE) && json.contains("22\",\"value\":\"090514A922X\""),
            "{json}"
        );
        // What the content does not have is not put into it.
        assert!(
            !json.contains("14.2026.7") && !json.contains("13.2026.7"),
            "{json}"
        );
    }

    #[test]
    fn another_form_of_client_stays() {
        let structure = fixture::structure("", r#""asiakas": {"type": "string"}"#);
        let mut content = Content::new(&structure);
        content.set("asiakas", "perhe").unwrap();
        content.agree_with(&header());
        assert_eq!(content.text("asiakas"), Some("perhe"));
    }
}
