//! Reading messages, tolerantly: answers of the archive and, for a test archive, requests.

use kanta_core::{Finding, InstanceIdentifier, Oid, Report, Severity};
use kanta_xml::{Element, Limits, Tree};

use super::{MessageId, MimeError, mime};

const HL7: &str = "urn:hl7-org:v3";

/// A message that cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadFrameError {
    /// It is a web page: a firewall or a proxy answered in the archive's place (`KANTA-FRAME-HTML`).
    #[error(
        "a web page came in place of a message: a firewall or a proxy answered; show its text to whoever runs the network \
         [KANTA-FRAME-HTML]"
    )]
    Html,
    /// It is not well-formed XML, or exceeds a limit (`KANTA-FRAME-XML`).
    #[error("the message cannot be read: {0} [KANTA-FRAME-XML]")]
    Xml(#[from] kanta_xml::Error),
    /// It is XML but no message of HL7 V3 (`KANTA-FRAME-ROOT`).
    #[error("the root element is not a message of HL7 V3 [KANTA-FRAME-ROOT]")]
    NotAMessage,
    /// A part that every message has is missing or wrong (`KANTA-FRAME-PART`).
    #[error("the message has no usable {0} [KANTA-FRAME-PART]")]
    Part(&'static str),
    /// The content of the message cannot be taken out (`KANTA-FRAME-CONTENT`).
    #[error("the document in the message cannot be taken out: {0} [KANTA-FRAME-CONTENT]")]
    Content(#[from] MimeError),
}

/// What the archive says about a message (HL7 `acknowledgement`; Finnish: kuittaus).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The code: AA, AE, AR, CA, CE, CR, or what was read.
    pub code: String,
    /// The message that it is about.
    pub target: Option<MessageId>,
    /// The details, errors, warnings and information.
    pub details: Report,
}

impl Acknowledgement {
    /// Returns whether the code says that the message was accepted.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        matches!(self.code.as_str(), "AA" | "CA")
    }

    /// Returns whether the code says that the message was refused.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        matches!(self.code.as_str(), "AE" | "AR" | "CE" | "CR")
    }
}

/// What every message has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapper {
    /// The interaction, which is the name of the root element.
    pub interaction: String,
    /// The message's identifier.
    pub id: MessageId,
    /// The sender.
    pub sender: Option<Oid>,
    /// The receiver.
    pub receiver: Option<Oid>,
}

/// A document as a message describes it.
///
/// `Debug` shows identifiers only.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentEntry {
    /// The document's identifier.
    pub id: Option<Oid>,
    /// The identifier of its first version.
    pub set_id: Option<Oid>,
    /// Its version.
    pub version: Option<String>,
    /// The client's identifier.
    pub client: Option<InstanceIdentifier>,
    /// The documents themselves: none in an answer without content.
    pub contents: Vec<Vec<u8>>,
}

/// An answer of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What every message has.
    pub wrapper: Wrapper,
    /// What is said about the request.
    pub acknowledgement: Option<Acknowledgement>,
    /// The code of a query's answer: OK, NF (no data), QE or AE.
    pub query_response: Option<String>,
    /// The documents in the answer.
    pub documents: Vec<DocumentEntry>,
}

/// A request, as an archive reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What every message has.
    pub wrapper: Wrapper,
    /// The codes of all `reasonCode` elements with their code systems.
    pub reasons: Vec<(String, Oid)>,
    /// The documents in the request.
    pub documents: Vec<DocumentEntry>,
    /// Identifiers that a query asks for, by the name of the parameter.
    pub parameters: Vec<(String, InstanceIdentifier)>,
}

/// Reads an answer.
///
/// # Errors
/// [`ReadFrameError`] when the bytes are no message.
pub fn read_answer(bytes: &[u8], limits: &Limits) -> Result<Answer, ReadFrameError> {
    refuse_html(bytes)?;
    let tree = Tree::parse(bytes, limits)?;
    let root = tree.root();
    let control = child(root, "controlActProcess");
    Ok(Answer {
        wrapper: read_wrapper(root)?,
        acknowledgement: child(root, "acknowledgement").map(read_acknowledgement),
        query_response: control
            .and_then(|control| descend(control, &["queryAck", "queryResponseCode"]))
            .and_then(|code| code.attribute("code"))
            .map(str::to_owned),
        documents: read_documents(control)?,
    })
}

/// Reads a request.
///
/// # Errors
/// [`ReadFrameError`] when the bytes are no message.
pub fn read_request(bytes: &[u8], limits: &Limits) -> Result<Request, ReadFrameError> {
    refuse_html(bytes)?;
    let tree = Tree::parse(bytes, limits)?;
    let root = tree.root();
    let control =
        child(root, "controlActProcess").ok_or(ReadFrameError::Part("controlActProcess"))?;
    let reasons = children(control, "reasonCode")
        .filter_map(|reason| {
            let system = Oid::parse(reason.attribute("codeSystem")?).ok()?;
            Some((reason.attribute("code")?.to_owned(), system))
        })
        .collect();
    let parameters = children(control, "queryByParameter")
        .flat_map(|query| query.children())
        .filter_map(|parameter| {
            let value = identifier(child(parameter, "value")?)?;
            Some((parameter.local_name().to_owned(), value))
        })
        .collect();
    Ok(Request {
        wrapper: read_wrapper(root)?,
        reasons,
        documents: read_documents(Some(control))?,
        parameters,
    })
}

fn refuse_html(bytes: &[u8]) -> Result<(), ReadFrameError> {
    let start = bytes.trim_ascii_start();
    let start = &start[..start.len().min(64)];
    let start = start.to_ascii_lowercase();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        Err(ReadFrameError::Html)
    } else {
        Ok(())
    }
}

fn read_wrapper(root: Element<'_, '_>) -> Result<Wrapper, ReadFrameError> {
    if root.namespace() != HL7 {
        return Err(ReadFrameError::NotAMessage);
    }
    let device = |name| {
        descend(root, &[name, "device", "id"])
            .and_then(|id| id.attribute("root"))
            .and_then(|root| Oid::parse(root).ok())
    };
    Ok(Wrapper {
        interaction: root.local_name().to_owned(),
        id: child(root, "id")
            .and_then(message_id)
            .ok_or(ReadFrameError::Part("id"))?,
        sender: device("sender"),
        receiver: device("receiver"),
    })
}

fn read_acknowledgement(acknowledgement: Element<'_, '_>) -> Acknowledgement {
    // The editions of 2005 and 2006 had the code in an attribute, the one of 2008 has it in a child.
    let code = acknowledgement
        .attribute("typeCode")
        .or_else(|| child(acknowledgement, "typeCode").and_then(|code| code.attribute("code")))
        .unwrap_or_default()
        .to_owned();
    Acknowledgement {
        code,
        target: descend(acknowledgement, &["targetMessage", "id"]).and_then(message_id),
        details: children(acknowledgement, "acknowledgementDetail")
            .map(read_detail)
            .collect(),
    }
}

fn read_detail(detail: Element<'_, '_>) -> Finding {
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

fn read_documents(control: Option<Element<'_, '_>>) -> Result<Vec<DocumentEntry>, ReadFrameError> {
    control
        .into_iter()
        .flat_map(|control| children(control, "subject"))
        .filter_map(|subject| child(subject, "clinicalDocument"))
        .map(read_document)
        .collect()
}

fn read_document(document: Element<'_, '_>) -> Result<DocumentEntry, ReadFrameError> {
    let root_of = |name| {
        child(document, name)
            .and_then(|id| id.attribute("root"))
            .and_then(|root| Oid::parse(root).ok())
    };
    let text = child(document, "text")
        .map(|text| text.text().into_owned())
        .filter(|text| !text.trim().is_empty());
    Ok(DocumentEntry {
        id: root_of("id"),
        set_id: root_of("setId"),
        version: child(document, "versionNumber")
            .and_then(|version| version.attribute("value"))
            .map(str::to_owned),
        client: descend(document, &["recordTarget", "patient", "id"]).and_then(identifier),
        contents: match text {
            Some(text) => mime::read_parts(&text)?,
            None => Vec::new(),
        },
    })
}

fn message_id(id: Element<'_, '_>) -> Option<MessageId> {
    let identifier = identifier(id)?;
    Some(MessageId {
        root: identifier.root,
        extension: identifier.extension.unwrap_or_default(),
    })
}

fn identifier(id: Element<'_, '_>) -> Option<InstanceIdentifier> {
    Some(InstanceIdentifier {
        root: Oid::parse(id.attribute("root")?).ok()?,
        extension: id.attribute("extension").map(str::to_owned),
    })
}

fn child<'t, 'a>(parent: Element<'t, 'a>, name: &str) -> Option<Element<'t, 'a>> {
    parent.child(HL7, name)
}

fn children<'t, 'a>(
    parent: Element<'t, 'a>,
    name: &'static str,
) -> impl Iterator<Item = Element<'t, 'a>> {
    parent.children().filter(move |child| child.is(HL7, name))
}

fn descend<'t, 'a>(from: Element<'t, 'a>, names: &[&str]) -> Option<Element<'t, 'a>> {
    names
        .iter()
        .try_fold(from, |element, name| child(element, name))
}

impl std::fmt::Debug for DocumentEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DocumentEntry")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(inner: &str) -> String {
        format!(
            "<MCCI_IN000002UV01 xmlns=\"urn:hl7-org:v3\"><id root=\"2.999.1\" extension=\"7\"/>{inner}</MCCI_IN000002UV01>"
        )
    }

    #[test]
    fn both_forms_of_the_acknowledgement_are_read() {
        for form in [
            "<acknowledgement typeCode=\"AE\">",
            "<acknowledgement><typeCode code=\"AE\"/>",
        ] {
            let xml = answer(&format!(
                "{form}<targetMessage><id root=\"2.999.2\" extension=\"9\"/></targetMessage>\
                 <acknowledgementDetail typeCode=\"E\"><code code=\"4Y00007\" displayName=\"Virhe.\"/><text>a</text>\
                 <location>/x</location></acknowledgementDetail>\
                 <acknowledgementDetail typeCode=\"W\"><text>b</text></acknowledgementDetail></acknowledgement>"
            ));
            let answer = read_answer(xml.as_bytes(), &Limits::default()).unwrap();
            let acknowledgement = answer.acknowledgement.unwrap();
            assert!(acknowledgement.is_negative() && !acknowledgement.is_positive());
            assert_eq!(acknowledgement.target.unwrap().to_string(), "2.999.2^9");
            let details: Vec<String> = acknowledgement
                .details
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(
                details,
                [
                    "error 4Y00007 at /x: Virhe. a (the archive's acknowledgement)",
                    "warning -: b (the archive's acknowledgement)",
                ]
            );
        }
    }

    #[test]
    fn what_is_no_message_is_told_apart() {
        let read = |text: &str| read_answer(text.as_bytes(), &Limits::default()).unwrap_err();
        assert_eq!(read("\n<!DOCTYPE HTML><html></html>"), ReadFrameError::Html);
        assert_eq!(
            read("<HTML><body>Request Rejected</body></HTML>"),
            ReadFrameError::Html
        );
        assert_eq!(read("<a/>"), ReadFrameError::NotAMessage);
        assert_eq!(
            read("<a xmlns=\"urn:hl7-org:v3\"/>"),
            ReadFrameError::Part("id")
        );
        assert!(matches!(read(""), ReadFrameError::Xml(_)));
        let wrong = answer(
            "<controlActProcess><subject><clinicalDocument><text>no</text></clinicalDocument></subject></controlActProcess>",
        );
        assert!(matches!(read(&wrong), ReadFrameError::Content(_)));
    }
}
