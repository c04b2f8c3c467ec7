//! Rules of what header and content say about the same thing.

use kanta_core::metadata::{DocumentKind, DocumentMetadata};
use kanta_core::{ClientIdentifier, PersonalIdentityCode, Report, TimeStamp};

use super::catalogue::{CASE_NUMBER, CASE_PERIOD, CLIENTS, CONTENT_CLIENT, RELATION, SERVICE_TASK};
use crate::content::header::{
    self, CASE_DETAILS, CLIENTS as IN_CONTENT, IDENTITY_CODE, each_case_number,
};
use crate::json::{Json, Value};

const JSON: &str = "/ClinicalDocument/component/nonXMLBody/json";

pub(crate) fn check(metadata: &DocumentMetadata, content: &Json<'_>, report: &mut Report) {
    // The root has exactly one member: the document.
    let Some(document) = content.root().members().next() else {
        return;
    };
    let path = format!("{JSON}#/{}", document.name());
    check_clients(metadata, document, &path, report);
    check_case_numbers(metadata, document, &path, report);
    check_relation(metadata, document, &path, report);
    check_service_task(metadata, document, &path, report);
    if metadata.kind == DocumentKind::Case {
        check_case(metadata, document, &path, report);
    }
}

/// The content's clients: one object, or a list of them.
fn clients(document: Value<'_>) -> Vec<Value<'_>> {
    match document.get(IN_CONTENT) {
        Some(clients) if clients.is_array() => clients.items().collect(),
        Some(client) => vec![client],
        None => Vec::new(),
    }
}

fn check_clients(
    metadata: &DocumentMetadata,
    document: Value<'_>,
    path: &str,
    report: &mut Report,
) {
    let in_content: Vec<PersonalIdentityCode> = clients(document)
        .into_iter()
        .filter_map(|client| client.get(IDENTITY_CODE)?.get("value")?.as_str())
        .filter_map(|code| PersonalIdentityCode::parse(code).ok())
        .collect();
    for client in metadata.clients() {
        if let ClientIdentifier::PersonalIdentityCode(code) = &client.identifier
            && !in_content.is_empty()
            && !in_content.contains(code)
        {
            report.push(CONTENT_CLIENT.finding(
                format!("{path}/{IN_CONTENT}"),
                "sisältö kertoo toisesta asiakkaasta kuin otsake: anna kumpaankin sama henkilötunnus, tai selvitä, kenen asiakirja on",
                "the content is about another client than the header: give both the same identity code, or find out whose document \
                 it is",
            ));
        }
    }
}

fn check_case_numbers(
    metadata: &DocumentMetadata,
    document: Value<'_>,
    path: &str,
    report: &mut Report,
) {
    let Some(case) = &metadata.case else {
        return;
    };
    each_case_number(document, &mut path.to_owned(), &mut |place, shown| {
        if shown.as_str().map(str::trim) != Some(case.as_oid().as_str()) {
            report.push(CASE_NUMBER.finding(
                place,
                "sisällön asiatunnus on toinen kuin otsakkeen: anna kumpaankin sama",
                "the case number in the content is not the one in the header: give both the same",
            ));
        }
    });
}

fn check_relation(
    metadata: &DocumentMetadata,
    document: Value<'_>,
    path: &str,
    report: &mut Report,
) {
    const FIELD: &str = header::RELATION;
    let in_content = document.get(FIELD).and_then(|id| id.get("value")?.as_str());
    if let (Some(in_content), Some(in_header)) = (in_content, &metadata.client_relation)
        && in_content != in_header.as_oid().as_str()
    {
        report.push(RELATION.finding(
            format!("{path}/{FIELD}"),
            "asiakkuuden tunniste on toinen kuin otsakkeessa: anna kumpaankin sama",
            "the identifier of the client relation is not the one in the header: give both the same",
        ));
    }
}

fn check_service_task(
    metadata: &DocumentMetadata,
    document: Value<'_>,
    path: &str,
    report: &mut Report,
) {
    const FIELD: &str = header::SERVICE_TASK;
    let tasks: Vec<&str> = document
        .members()
        .chain([document])
        .filter_map(|group| group.get(FIELD)?.get("code")?.as_str())
        .collect();
    if let ([in_content], Some(in_header)) = (tasks.as_slice(), &metadata.service_task)
        && *in_content != in_header.code()
    {
        report.push(SERVICE_TASK.finding(
            format!("{path}/{FIELD}"),
            "palvelutehtävä on toinen kuin otsakkeessa: anna kumpaankin sama",
            "the service task is not the one in the header: give both the same",
        ));
    }
}

fn check_case(metadata: &DocumentMetadata, document: Value<'_>, path: &str, report: &mut Report) {
    let Some(case) = document.get(CASE_DETAILS) else {
        return;
    };
    let case_path = format!("{path}/{CASE_DETAILS}");
    let days = [
        (header::CASE_OPENED, &metadata.case_opened),
        (header::CASE_CLOSED, &metadata.case_closed),
    ];
    for (field, in_header) in days {
        let in_content = case.get(field).and_then(Value::as_str);
        let in_header = in_header.as_ref().and_then(TimeStamp::date);
        if in_content.map(str::to_owned) != in_header.map(|day| day.to_string()) {
            report.push(CASE_PERIOD.finding(
                format!("{case_path}/{field}"),
                "päivä on toinen kuin otsakkeessa: anna kumpaankin sama",
                "the day is not the one in the header: give both the same",
            ));
        }
    }
    let is_joint = case.get("yhteinen_asia").and_then(Value::as_bool) == Some(true);
    if !is_joint && !metadata.further_clients.is_empty() {
        report.push(CLIENTS.finding(
            "/ClinicalDocument/recordTarget",
            "otsakkeessa on useita asiakkaita, mutta asia ei ole yhteinen",
            "the header names several clients, but the case is not joint",
        ));
    }
}
