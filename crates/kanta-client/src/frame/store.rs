//! The message that stores a document.

use kanta_cda::Signed;
use kanta_core::PersonalIdentityCode;
use kanta_core::metadata::DocumentMetadata;
use kanta_core::spec::{Spec, SpecError};

use super::mime;
use super::wrapper::{self, FrameWriter, Operation};
use super::{Frame, FrameError, MessageHeader};
use crate::RequestContext;

/// Makes the message that stores a signed document (Finnish: arkistointisanoma; `RCMR_IN200002FI01`).
///
/// # Errors
/// [`FrameError`] when the spec bundle lacks a value, no message is known for the kind, or a real person's identity code
/// would leave the process outside production.
pub fn store_frame(
    document: &Signed,
    context: &RequestContext,
    header: &MessageHeader,
    spec: &Spec,
) -> Result<Frame, FrameError> {
    let metadata = document.metadata();
    let key = metadata.kind.key().ok_or(FrameError::Kind)?;
    let operation_key = format!("store_{key}");
    let operation = Operation::new(&operation_key, spec);
    let capacity = document.as_xml().len() * 4 / 3 + 8 * 1024;
    let xml = wrapper::write(&operation, context, header, capacity, |xml| {
        xml.open("subject", &[]);
        xml.open(
            "clinicalDocument",
            &[("classCode", "DOCCLIN"), ("moodCode", "EVN")],
        );
        write_descriptor(xml, document, metadata, spec)?;
        write_people(xml, metadata, context)?;
        xml.close();
        xml.close();
        Ok(())
    })?;
    Ok(Frame {
        id: header.id.clone(),
        xml,
    })
}

fn write_descriptor(
    xml: &mut FrameWriter,
    document: &Signed,
    metadata: &DocumentMetadata,
    spec: &Spec,
) -> Result<(), FrameError> {
    xml.empty(
        "realmCode",
        &[("code", spec.text("document.header.realm")?)],
    );
    xml.empty(
        "typeId",
        &[
            ("root", spec.text("document.header.type_id_root")?),
            ("extension", spec.text("document.header.type_id_extension")?),
        ],
    );
    xml.identifier("id", metadata.id.as_oid(), None);
    // In the frame the code is the register type, not the document type.
    let register_type = match &metadata.register_type {
        Some(register_type) => register_type,
        None => spec.code("document.value.register_type")?,
    };
    xml.code("code", register_type);
    let layout = spec.text("message.descriptor.content_layout")?;
    if layout != "mime-base64" {
        return Err(SpecError::invalid(
            "message.descriptor.content_layout",
            "the only layout that can be written is `mime-base64`",
        )
        .into());
    }
    xml.open(
        "text",
        &[(
            "mediaType",
            spec.text("message.descriptor.content_media_type")?,
        )],
    );
    xml.text(&mime::write_part(
        metadata.id.as_oid().as_str(),
        document.as_xml(),
    ));
    xml.close();
    xml.empty(
        "statusCode",
        &[("code", spec.text("message.descriptor.state")?)],
    );
    xml.empty("effectiveTime", &[("value", metadata.drafted.as_str())]);
    match &metadata.confidentiality {
        Some(confidentiality) => xml.code("confidentialityCode", confidentiality),
        None => xml.code(
            "confidentialityCode",
            spec.code("document.header.confidentiality")?,
        ),
    }
    if let Some(language) = &metadata.language {
        xml.empty("languageCode", &[("code", &language.to_ascii_lowercase())]);
    }
    xml.identifier("setId", metadata.set_id.as_oid(), None);
    xml.empty("versionNumber", &[("value", &metadata.version.to_string())]);
    xml.code(
        "completionCode",
        spec.code("message.descriptor.completion")?,
    );
    xml.code("storageCode", spec.code("message.descriptor.storage")?);
    Ok(())
}

fn write_people(
    xml: &mut FrameWriter,
    metadata: &DocumentMetadata,
    context: &RequestContext,
) -> Result<(), FrameError> {
    let client = metadata
        .client
        .as_ref()
        .ok_or(FrameError::Metadata("client"))?;
    let keeper = metadata
        .register_keeper
        .as_ref()
        .ok_or(FrameError::Metadata("register keeper"))?;
    xml.open("recordTarget", &[("typeCode", "RCT")]);
    xml.open("patient", &[("classCode", "PAT")]);
    let identifier = client.identifier.expose();
    xml.identifier("id", &identifier.root, identifier.extension.as_deref());
    xml.empty("statusCode", &[("code", "normal")]);
    xml.open(
        "patientPerson",
        &[("classCode", "PSN"), ("determinerCode", "INSTANCE")],
    );
    xml.name(&client.name);
    if let Some(birth) = &client.birth {
        xml.empty("birthTime", &[("value", birth.as_str())]);
    }
    xml.close();
    xml.close();
    xml.close();

    xml.open("author", &[("typeCode", "AUT")]);
    xml.empty("time", &[("nullFlavor", "NA")]);
    xml.open("assignedAuthor", &[("classCode", "ASSIGNED")]);
    xml.identifier(
        "id",
        &PersonalIdentityCode::root(),
        Some(context.user.identity.expose()),
    );
    xml.open(
        "assignedPerson",
        &[("classCode", "PSN"), ("determinerCode", "INSTANCE")],
    );
    xml.name(&context.user.name);
    xml.close();
    xml.close();
    xml.close();

    xml.open("custodian", &[("typeCode", "CST")]);
    xml.open("assignedCustodian", &[("classCode", "ASSIGNED")]);
    xml.open(
        "representedOrganization",
        &[("classCode", "ORG"), ("determinerCode", "INSTANCE")],
    );
    xml.identifier("id", keeper.oid.as_oid(), None);
    if let Some(name) = &keeper.name {
        xml.text_element("name", name);
    }
    xml.close();
    xml.close();
    xml.close();
    Ok(())
}
