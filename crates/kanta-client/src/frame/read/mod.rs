//! Reading messages, tolerantly: answers of the archive and, for a test archive, requests.
//!
//! Parts are known by name and code system, never by position; a SOAP envelope around a message is taken off; both forms of
//! the acknowledgement are understood.

mod parts;

use kanta_core::metadata::Replaced;
use kanta_core::{InstanceIdentifier, Oid, Report};
use kanta_xml::{Limits, Tree};

use super::{MessageId, MimeError};
use parts::{child, children, descend};

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
    /// It is a CDA document without a message around it (`KANTA-FRAME-DOCUMENT`).
    #[error(
        "it is a document, not a message frame: give the frame that it stands in, or look at the document itself with the \
         commands and calls for documents [KANTA-FRAME-DOCUMENT]"
    )]
    Document,
    /// A part that every message has is missing or wrong (`KANTA-FRAME-PART`).
    #[error("the message has no usable {0} [KANTA-FRAME-PART]")]
    Part(&'static str),
    /// A SOAP fault came in place of a message (`KANTA-FRAME-SOAP-FAULT`).
    #[error("the service answers with a SOAP fault: {code}: {text} [KANTA-FRAME-SOAP-FAULT]")]
    SoapFault {
        /// The code.
        code: String,
        /// The text.
        text: String,
    },
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
    /// Returns whether the code says that the message was accepted; what that means for a document is another question.
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
    /// What `interactionId` says; the name of the root element again, when it is right.
    pub stated_interaction: Option<String>,
    /// The processing code: D, T or P.
    pub processing_code: Option<String>,
}

/// A document as a message describes it.
///
/// `Debug` shows identifiers only.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DocumentEntry {
    /// The document's identifier.
    pub id: Option<Oid>,
    /// The identifier of its first version.
    pub set_id: Option<Oid>,
    /// Its version.
    pub version: Option<String>,
    /// The code of the register type.
    pub register_type: Option<String>,
    /// The state, such as COMPLETED.
    pub state: Option<String>,
    /// The time of the description, as it stands.
    pub effective_time: Option<String>,
    /// The storage code, such as AC.
    pub storage: Option<String>,
    /// The client's identifier.
    pub client: Option<InstanceIdentifier>,
    /// The register keeper.
    pub register_keeper: Option<Oid>,
    /// The code and the code system of the reason: an annulment gives one.
    pub reason: Option<(String, String)>,
    /// The version that the document replaces.
    pub replaces: Option<Replaced>,
    /// The documents themselves: none in an answer without content.
    pub contents: Vec<Vec<u8>>,
    /// Whether there is content that is not in the known layout, such as a placeholder of a system.
    pub has_other_content: bool,
}

/// What an answer says about a query (HL7 `queryAck`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct QueryAcknowledgement {
    /// The identifier of the query, to go on with it.
    pub query_id: Option<MessageId>,
    /// The code: OK, NF (no data), QE (error in the query) or AE.
    pub code: String,
    /// How many hits there are in all.
    pub total: Option<u64>,
    /// How many of them are in this answer.
    pub current: Option<u64>,
    /// How many are not in this answer.
    pub remaining: Option<u64>,
}

/// An answer of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// What every message has.
    pub wrapper: Wrapper,
    /// What is said about the request.
    pub acknowledgement: Option<Acknowledgement>,
    /// What is said about the query.
    pub query: Option<QueryAcknowledgement>,
    /// The documents in the answer.
    pub documents: Vec<DocumentEntry>,
}

/// A parameter of a query.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The name of the element.
    pub name: String,
    /// The identifier.
    pub identifier: Option<InstanceIdentifier>,
    /// The code, and its code system.
    pub code: Option<(String, Option<Oid>)>,
    /// From when to when.
    pub interval: Option<(String, String)>,
}

/// A request, as an archive reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// What every message has.
    pub wrapper: Wrapper,
    /// The code of the trigger event.
    pub trigger: Option<String>,
    /// The codes of all `reasonCode` elements with their code systems.
    pub reasons: Vec<(String, Oid)>,
    /// The user's identifier.
    pub user: Option<InstanceIdentifier>,
    /// The user's unit or organisation.
    pub user_organisation: Option<Oid>,
    /// The documents in the request.
    pub documents: Vec<DocumentEntry>,
    /// Whether it is a query.
    pub is_query: bool,
    /// The identifier of the query.
    pub query_id: Option<MessageId>,
    /// How many hits the answer may have.
    pub max_hits: Option<u64>,
    /// The parameters of the query, inside a list or not.
    pub parameters: Vec<Parameter>,
}

impl Request {
    /// Returns the codes of the reasons of one code system; versions of the system are one and the same.
    pub fn reasons_of<'r>(&'r self, system: &'r Oid) -> impl Iterator<Item = &'r str> {
        self.reasons
            .iter()
            .filter(move |(_, of)| is_same_system(of, system))
            .map(|(code, _)| code.as_str())
    }
}

/// Code systems are compared by their base: the last arc of six digits, or of four, is the version (thl.fi).
fn is_same_system(a: &Oid, b: &Oid) -> bool {
    fn base(oid: &Oid) -> &str {
        match oid.as_str().rsplit_once('.') {
            Some((base, last)) if last.len() == 6 || last.len() == 4 => base,
            _ => oid.as_str(),
        }
    }
    a == b || base(a) == base(b)
}

/// Reads an answer.
///
/// # Errors
/// [`ReadFrameError`] when the bytes are no message.
pub fn read_answer(bytes: &[u8], limits: &Limits) -> Result<Answer, ReadFrameError> {
    refuse_html(bytes)?;
    let tree = Tree::parse(bytes, limits)?;
    let root = parts::message(tree.root())?;
    let control = child(root, "controlActProcess");
    Ok(Answer {
        wrapper: parts::wrapper(root)?,
        acknowledgement: child(root, "acknowledgement").map(parts::acknowledgement),
        query: control
            .and_then(|control| child(control, "queryAck"))
            .map(parts::query_acknowledgement),
        documents: parts::documents(control)?,
    })
}

/// Reads a request.
///
/// # Errors
/// [`ReadFrameError`] when the bytes are no message.
pub fn read_request(bytes: &[u8], limits: &Limits) -> Result<Request, ReadFrameError> {
    refuse_html(bytes)?;
    let tree = Tree::parse(bytes, limits)?;
    let root = parts::message(tree.root())?;
    let control =
        child(root, "controlActProcess").ok_or(ReadFrameError::Part("controlActProcess"))?;
    let reasons = children(control, "reasonCode")
        .filter_map(|reason| {
            let system = Oid::parse(reason.attribute("codeSystem")?).ok()?;
            Some((reason.attribute("code")?.to_owned(), system))
        })
        .collect();
    let user = descend(control, &["authorOrPerformer", "assignedPerson"]);
    let query = child(control, "queryByParameter");
    Ok(Request {
        wrapper: parts::wrapper(root)?,
        trigger: child(control, "code")
            .and_then(|code| code.attribute("code"))
            .map(str::to_owned),
        reasons,
        user: user
            .and_then(|user| child(user, "id"))
            .and_then(parts::identifier),
        user_organisation: user
            .and_then(|user| descend(user, &["representedOrganization", "id"]))
            .and_then(parts::root_of),
        documents: parts::documents(Some(control))?,
        is_query: query.is_some(),
        query_id: query
            .and_then(|query| child(query, "queryId"))
            .and_then(parts::message_id),
        max_hits: query
            .and_then(|query| child(query, "initialQuantity"))
            .and_then(parts::quantity),
        parameters: query.map(parts::parameters).unwrap_or_default(),
    })
}

fn refuse_html(bytes: &[u8]) -> Result<(), ReadFrameError> {
    let start = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    let start = &start[..start.len().min(64)];
    let start = start.to_ascii_lowercase();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        Err(ReadFrameError::Html)
    } else {
        Ok(())
    }
}

impl std::fmt::Debug for DocumentEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DocumentEntry")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parameter")
            .field("name", &self.name)
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
        let document =
            "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><id root=\"2.999.1\"/></ClinicalDocument>";
        assert_eq!(read(document), ReadFrameError::Document);
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

    const GOOD: &str = "<RCMR_IN200031FI01 xmlns=\"urn:hl7-org:v3\"><id root=\"2.999.1\" extension=\"7\"/>\
         <acknowledgement><typeCode code=\"AA\"/><targetMessage><id root=\"2.999.2\"/></targetMessage></acknowledgement>\
         <controlActProcess><reasonCode code=\"1\" codeSystem=\"2.999.3\"/><subject><clinicalDocument><id root=\"2.999.4\"/>\
         <text>boundary=\"x\"&#10;--x&#10;Content-Transfer-Encoding: BASE64&#10;&#10;PGEvPg==&#10;--x--&#10;</text>\
         <versionNumber value=\"2\"/></clinicalDocument></subject><queryByParameter><a.b><value root=\"2.999.5\"/></a.b>\
         </queryByParameter><queryAck><queryResponseCode code=\"OK\"/></queryAck></controlActProcess></RCMR_IN200031FI01>";

    #[test]
    fn an_envelope_is_taken_off_and_a_fault_is_told() {
        for soap in [
            "http://schemas.xmlsoap.org/soap/envelope/",
            "http://www.w3.org/2003/05/soap-envelope",
        ] {
            let wrap = |inner: &str| {
                format!("<s:Envelope xmlns:s=\"{soap}\"><s:Body>{inner}</s:Body></s:Envelope>")
            };
            let answer = read_answer(wrap(GOOD).as_bytes(), &Limits::default()).unwrap();
            assert_eq!(answer.documents[0].contents, [b"<a/>".to_vec()]);
            let fault = "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code>\
                 <s:Reason><s:Text>trouble</s:Text></s:Reason></s:Fault>";
            let error = read_answer(wrap(fault).as_bytes(), &Limits::default()).unwrap_err();
            let ReadFrameError::SoapFault { code, text } = error else {
                panic!("{error}");
            };
            assert_eq!((code.as_str(), text.as_str()), ("s:Receiver", "trouble"));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(
            at in 0..GOOD.len(),
            length in 0_usize..20,
            change in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20),
        ) {
            let mut bytes = GOOD.as_bytes().to_vec();
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, change);
            let _ = read_answer(&bytes, &Limits::default());
            let _ = read_request(&bytes, &Limits::default());
        }
    }
}
