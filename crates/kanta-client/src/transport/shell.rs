//! What stands around a message: nothing, or a SOAP envelope.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use kanta_core::spec::{Spec, SpecError};
use kanta_xml::Writer;

use super::OutgoingMessage;
use crate::frame::Frame;

const PROTOCOL: &str = "message.transport.protocol";
const CONTENT_TYPE_KEY: &str = "message.transport.content_type";

/// What stands around every message of an environment, as the spec bundle says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shell {
    /// The message itself is the body.
    Plain { content_type: HeaderValue },
    /// The message stands in the body of a SOAP envelope.
    Soap {
        version: SoapVersion,
        action: String,
        header_blocks: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SoapVersion {
    V1_1,
    V1_2,
}

impl SoapVersion {
    fn namespace(self) -> &'static str {
        match self {
            Self::V1_1 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V1_2 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }
}

impl Shell {
    /// Reads the shell from the bundle.
    pub(crate) fn of(spec: &Spec) -> Result<Self, SpecError> {
        let soap = |version| -> Result<Self, SpecError> {
            Ok(Self::Soap {
                version,
                action: spec.text("message.transport.soap.action")?.to_owned(),
                header_blocks: spec
                    .text("message.transport.soap.header_blocks")?
                    .to_owned(),
            })
        };
        match spec.text(PROTOCOL)? {
            "plain-post" => Ok(Self::Plain {
                content_type: header(CONTENT_TYPE_KEY, spec.text(CONTENT_TYPE_KEY)?)?,
            }),
            "soap-1.1" => soap(SoapVersion::V1_1),
            "soap-1.2" => soap(SoapVersion::V1_2),
            _ => Err(SpecError::invalid(
                PROTOCOL,
                "it is none of: plain-post, soap-1.1, soap-1.2",
            )),
        }
    }

    /// Puts the shell around a message.
    pub(crate) fn wrap(&self, frame: &Frame) -> Result<OutgoingMessage, SpecError> {
        match self {
            Self::Plain { content_type } => {
                let headers = HeaderMap::from_iter([(CONTENT_TYPE, content_type.clone())]);
                Ok(OutgoingMessage::new(frame.bytes(), headers))
            }
            Self::Soap {
                version,
                action,
                header_blocks,
            } => {
                let action = action.replace("{interaction}", frame.interaction());
                let headers = soap_headers(*version, &action)?;
                let blocks = header_blocks
                    .replace("{interaction}", frame.interaction())
                    .replace("{message_id}", &escaped(&frame.id().to_string())?);
                let body = envelope(*version, &blocks, frame.as_xml());
                Ok(OutgoingMessage::new(Bytes::from(body), headers))
            }
        }
    }
}

fn soap_headers(version: SoapVersion, action: &str) -> Result<HeaderMap, SpecError> {
    const ACTION: &str = "message.transport.soap.action";
    if action.contains(['"', '\\']) {
        return Err(SpecError::invalid(ACTION, "it holds a quotation mark"));
    }
    let mut headers = HeaderMap::new();
    match version {
        SoapVersion::V1_1 => {
            let content_type = HeaderValue::from_static("text/xml; charset=utf-8");
            headers.insert(CONTENT_TYPE, content_type);
            let name = HeaderName::from_static("soapaction");
            headers.insert(name, header(ACTION, &format!("\"{action}\""))?);
        }
        SoapVersion::V1_2 => {
            let value = format!("application/soap+xml; charset=utf-8; action=\"{action}\"");
            headers.insert(CONTENT_TYPE, header(ACTION, &value)?);
        }
    }
    Ok(headers)
}

fn header(key: &str, value: &str) -> Result<HeaderValue, SpecError> {
    HeaderValue::from_str(value)
        .map_err(|_| SpecError::invalid(key, "it cannot stand in an HTTP header"))
}

fn escaped(text: &str) -> Result<String, SpecError> {
    let mut xml = Writer::new();
    xml.open("x");
    xml.text(text);
    xml.close();
    let wrong = || SpecError::invalid("message.transport.soap.header_blocks", "not writable");
    let bytes = xml.finish().map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    Ok(text.replace("<x>", "").replace("</x>", ""))
}

/// Writes the envelope around a message, whose XML declaration goes.
fn envelope(version: SoapVersion, header_blocks: &str, message: &[u8]) -> Vec<u8> {
    let message = match message.strip_prefix(b"<?xml") {
        Some(rest) => match memchr::memmem::find(rest, b"?>") {
            Some(end) => rest[end + 2..].trim_ascii_start(),
            None => message,
        },
        None => message,
    };
    let mut body = Vec::with_capacity(message.len() + header_blocks.len() + 512);
    body.extend_from_slice(
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soap:Envelope xmlns:soap=\"{}\">",
            version.namespace()
        )
        .as_bytes(),
    );
    if !header_blocks.is_empty() {
        body.extend_from_slice(b"<soap:Header>");
        body.extend_from_slice(header_blocks.as_bytes());
        body.extend_from_slice(b"</soap:Header>");
    }
    body.extend_from_slice(b"<soap:Body>");
    body.extend_from_slice(message);
    body.extend_from_slice(b"</soap:Body></soap:Envelope>");
    body
}
