//! The parts that messages are read from.

use kanta_core::metadata::Replaced;
use kanta_core::{DocumentOid, Finding, InstanceIdentifier, Oid, Severity, VersionNumber};
use kanta_xml::Element;

use super::{
    Acknowledgement, DocumentEntry, Parameter, QueryAcknowledgement, ReadFrameError, Wrapper,
};
use crate::frame::{MessageId, mime};

const HL7: &str = "urn:hl7-org:v3";
const SOAP: [&str; 2] = [
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
];

/// Returns the message: the root, or what a SOAP body holds.
pub(super) fn message<'t, 'a>(root: Element<'t, 'a>) -> Result<Element<'t, 'a>, ReadFrameError> {
    let Some(soap) = SOAP.into_iter().find(|soap| root.is(soap, "Envelope")) else {
        return message_itself(root);
    };
    let content = root
        .child(soap, "Body")
        .and_then(|body| body.children().next())
        .ok_or(ReadFrameError::Part("SOAP body"))?;
    if content.is(soap, "Fault") {
        return Err(fault(content));
    }
    message_itself(content)
}

/// Messages are known by their namespace, which CDA documents share.
fn message_itself<'t, 'a>(element: Element<'t, 'a>) -> Result<Element<'t, 'a>, ReadFrameError> {
    if element.is(HL7, "ClinicalDocument") {
        Err(ReadFrameError::Document)
    } else if element.namespace() == HL7 {
        Ok(element)
    } else {
        Err(ReadFrameError::NotAMessage)
    }
}

/// Reads a fault of SOAP 1.1 (`faultcode`, `faultstring`) or 1.2 (`Code/Value`, `Reason/Text`).
fn fault(fault: Element<'_, '_>) -> ReadFrameError {
    let text = |names: [&str; 2]| {
        fault
            .descendants()
            .find(|element| names.contains(&element.local_name()))
            .map(|element| element.text().trim().to_owned())
            .unwrap_or_default()
    };
    ReadFrameError::SoapFault {
        code: text(["faultcode", "Value"]),
        text: text(["faultstring", "Text"]),
    }
}

pub(super) fn wrapper(root: Element<'_, '_>) -> Result<Wrapper, ReadFrameError> {
    let device = |name| descend(root, &[name, "device", "id"]).and_then(root_of);
    Ok(Wrapper {
        interaction: root.local_name().to_owned(),
        id: child(root, "id")
            .and_then(message_id)
            .ok_or(ReadFrameError::Part("id"))?,
        sender: device("sender"),
        receiver: device("receiver"),
        stated_interaction: child(root, "interactionId")
            .and_then(|id| id.attribute("extension"))
            .map(str::to_owned),
        processing_code: code_of(root, "processingCode"),
    })
}

pub(super) fn acknowledgement(acknowledgement: Element<'_, '_>) -> Acknowledgement {
    // The editions of 2005 and 2006 had the code in an attribute, the one of 2008 has it in a child.
    let code = acknowledgement
        .attribute("typeCode")
        .map(str::to_owned)
        .or_else(|| code_of(acknowledgement, "typeCode"))
        .unwrap_or_default();
    Acknowledgement {
        code,
        target: descend(acknowledgement, &["targetMessage", "id"]).and_then(message_id),
        details: children(acknowledgement, "acknowledgementDetail")
            .map(detail)
            .collect(),
    }
}

fn detail(detail: Element<'_, '_>) -> Finding {
    let severity = match detail.attribute("typeCode") {
        Some("W") => Severity::Warning,
        Some("I") => Severity::Information,
        _ => Severity::Error,
    };
    let code = child(detail, "code");
    let display = code
        .and_then(|code| code.attribute("displayName"))
        .unwrap_or_default();
    let text = child(detail, "text").map(|text| text.text().trim().to_owned());
    let text = match text.filter(|text| !text.is_empty()) {
        Some(text) if display.is_empty() => text,
        Some(text) => format!("{display} {text}"),
        None => display.to_owned(),
    };
    let place = child(detail, "location").map(|place| place.text().trim().to_owned());
    Finding::reported(
        code.and_then(|code| code.attribute("code")).unwrap_or("-"),
        severity,
        place.unwrap_or_default(),
        "the archive's acknowledgement",
        text,
    )
}

pub(super) fn query_acknowledgement(query: Element<'_, '_>) -> QueryAcknowledgement {
    let number = |name| child(query, name).and_then(quantity);
    QueryAcknowledgement {
        query_id: child(query, "queryId").and_then(message_id),
        code: code_of(query, "queryResponseCode").unwrap_or_default(),
        total: number("resultTotalQuantity"),
        current: number("resultCurrentQuantity"),
        remaining: number("resultRemainingQuantity"),
    }
}

pub(super) fn documents(
    control: Option<Element<'_, '_>>,
) -> Result<Vec<DocumentEntry>, ReadFrameError> {
    control
        .into_iter()
        .flat_map(|control| children(control, "subject"))
        .filter_map(|subject| child(subject, "clinicalDocument"))
        .map(document)
        .collect()
}

fn document(document: Element<'_, '_>) -> Result<DocumentEntry, ReadFrameError> {
    let root = |name| child(document, name).and_then(root_of);
    let value = |name| {
        child(document, name)
            .and_then(|element| element.attribute("value"))
            .map(str::to_owned)
    };
    let content = child(document, "text");
    let text = content
        .map(|text| text.text())
        .filter(|text| !text.trim().is_empty());
    Ok(DocumentEntry {
        id: root("id"),
        set_id: root("setId"),
        version: value("versionNumber"),
        register_type: code_of(document, "code"),
        state: code_of(document, "statusCode"),
        effective_time: value("effectiveTime"),
        storage: code_of(document, "storageCode"),
        client: descend(document, &["recordTarget", "patient", "id"]).and_then(identifier),
        register_keeper: descend(
            document,
            &[
                "custodian",
                "assignedCustodian",
                "representedOrganization",
                "id",
            ],
        )
        .and_then(root_of),
        reason: child(document, "reasonCode").and_then(|reason| {
            let system = reason.attribute("codeSystem").unwrap_or_default();
            Some((reason.attribute("code")?.to_owned(), system.to_owned()))
        }),
        replaces: descend(document, &["relatedDocument", "parentDocument"]).and_then(replaced),
        has_other_content: text.is_none()
            && content.is_some_and(|content| content.children().next().is_some()),
        contents: match text {
            Some(text) => mime::read_parts(&text)?,
            None => Vec::new(),
        },
    })
}

fn replaced(parent: Element<'_, '_>) -> Option<Replaced> {
    let oid = |name| Some(DocumentOid::new(child(parent, name).and_then(root_of)?));
    let number = child(parent, "versionNumber").and_then(|number| number.attribute("value"));
    Some(Replaced {
        id: oid("id")?,
        set_id: oid("setId"),
        version: number.and_then(|number| VersionNumber::new(number.parse().ok()?).ok()),
    })
}

/// Reads the parameters of a query, which stand straight in it or inside a list.
pub(super) fn parameters(query: Element<'_, '_>) -> Vec<Parameter> {
    child(query, "parameterList")
        .unwrap_or(query)
        .children()
        .filter_map(|parameter| {
            let value = child(parameter, "value")?;
            let bound = |name| Some(child(value, name)?.attribute("value")?.to_owned());
            Some(Parameter {
                name: parameter.local_name().to_owned(),
                identifier: identifier(value),
                code: value.attribute("code").map(|code| {
                    let system = value.attribute("codeSystem");
                    let system = system.and_then(|system| Oid::parse(system).ok());
                    (code.to_owned(), system)
                }),
                interval: bound("low").zip(bound("high")),
            })
        })
        .collect()
}

pub(super) fn message_id(id: Element<'_, '_>) -> Option<MessageId> {
    let identifier = identifier(id)?;
    Some(MessageId {
        root: identifier.root,
        extension: identifier.extension.unwrap_or_default(),
    })
}

pub(super) fn identifier(id: Element<'_, '_>) -> Option<InstanceIdentifier> {
    Some(InstanceIdentifier {
        root: root_of(id)?,
        extension: id.attribute("extension").map(str::to_owned),
    })
}

pub(super) fn root_of(id: Element<'_, '_>) -> Option<Oid> {
    Oid::parse(id.attribute("root")?).ok()
}

pub(super) fn quantity(element: Element<'_, '_>) -> Option<u64> {
    element.attribute("value")?.parse().ok()
}

fn code_of(parent: Element<'_, '_>, name: &str) -> Option<String> {
    Some(child(parent, name)?.attribute("code")?.to_owned())
}

pub(super) fn child<'t, 'a>(parent: Element<'t, 'a>, name: &str) -> Option<Element<'t, 'a>> {
    parent.child(HL7, name)
}

pub(super) fn children<'t, 'a>(
    parent: Element<'t, 'a>,
    name: &'static str,
) -> impl Iterator<Item = Element<'t, 'a>> {
    parent.children().filter(move |child| child.is(HL7, name))
}

pub(super) fn descend<'t, 'a>(from: Element<'t, 'a>, names: &[&str]) -> Option<Element<'t, 'a>> {
    names
        .iter()
        .try_fold(from, |element, name| child(element, name))
}
