//! The message that asks for one document.

use kanta_core::DocumentOid;
use kanta_core::spec::Spec;

use super::wrapper::{self, Operation};
use super::{Frame, FrameError, MessageHeader};
use crate::RequestContext;

/// Makes the query for a document by its identifier (Finnish: hae asiakirja).
///
/// Interaction, trigger and service request of the query were never seen in social care: with the default bundle this
/// answers which official document has them.
///
/// # Errors
/// [`FrameError`] when the spec bundle lacks a value.
pub fn fetch_frame(
    document: &DocumentOid,
    context: &RequestContext,
    header: &MessageHeader,
    spec: &Spec,
) -> Result<Frame, FrameError> {
    let operation = Operation::new("fetch_document", spec);
    let xml = wrapper::write(&operation, context, header, 8 * 1024, |xml| {
        xml.open("queryByParameter", &[]);
        let query = format!("{}.Q1", header.id.extension);
        xml.identifier("queryId", &header.id.root, Some(&query));
        xml.empty("statusCode", &[("code", "new")]);
        xml.open(operation.text("parameter_document_id")?, &[]);
        xml.identifier("value", document.as_oid(), None);
        xml.close();
        xml.close();
        Ok(())
    })?;
    Ok(Frame {
        id: header.id.clone(),
        xml,
    })
}
