//! The messages that store and annul documents.

use kanta_cda::Signed;
use kanta_core::metadata::{DocumentMetadata, Replaced};
use kanta_core::spec::{Spec, SpecError};
use kanta_core::{CodedValue, VersionNumber};

use super::elements::FrameWriter;
use super::wrapper::{Envelope, known_word, write_user_identifier};
use super::{Access, Frame, FrameError, MessageHeader, Operation, guard, mime};
use crate::{RequestContext, Scope};

/// Makes the message that stores a signed document: a first version (Finnish: arkistointisanoma; `RCMR_IN200002FI01`), or
/// one that replaces another (Finnish: arkistoi asiakirjasta uusi versio).
///
/// A client who had a temporary identifier gets the official one with a new version too. The shape of a new version's
/// message is that of the patient archive (patient frames); for social care it is an inference, and the service request is
/// not known: the default bundle answers which official document has it.
///
/// # Errors
/// [`FrameError`] when the spec bundle lacks a value, the document does not fit the scope, a later version does not name
/// the one before it, or a real person's identity code would leave the process outside production.
pub fn store_frame(
    document: &Signed,
    context: &RequestContext,
    header: &MessageHeader,
    spec: &Spec,
) -> Result<Frame, FrameError> {
    let metadata = document.metadata();
    let replaced = replaced_version(metadata)?;
    let operation = match replaced {
        None => Operation::store(&metadata.kind)?,
        Some(_) => Operation::new_version(&metadata.kind)?,
    };
    write(operation, document, replaced, context, header, spec)
}

/// Returns the version that a document replaces; none for a first version.
fn replaced_version(metadata: &DocumentMetadata) -> Result<Option<&Replaced>, FrameError> {
    if metadata.version == VersionNumber::FIRST {
        return Ok(None);
    }
    let replaced = metadata.replaces.as_ref();
    let replaced = replaced.ok_or(FrameError::ReplacedMissing)?;
    let before = metadata.version.as_u32() - 1;
    let fits = replaced.id != metadata.id
        && replaced
            .set_id
            .as_ref()
            .is_none_or(|set_id| *set_id == metadata.set_id)
        && replaced
            .version
            .is_none_or(|version| version.as_u32() == before);
    if fits {
        Ok(Some(replaced))
    } else {
        Err(FrameError::Replaced)
    }
}

/// Makes the message that annuls a document, with the reason (Finnish: mitätöi asiakirja).
///
/// Nothing of this message was seen in social care: interaction, trigger, service request and shape come from the bundle.
///
/// # Errors
/// [`FrameError`] as for [`store_frame`].
pub fn annul_frame(
    metadata: &DocumentMetadata,
    reason: &CodedValue,
    context: &RequestContext,
    header: &MessageHeader,
    spec: &Spec,
) -> Result<Frame, FrameError> {
    let operation = Operation::annul(&metadata.kind)?;
    known_word(spec, "message.descriptor.annulment", &["descriptor"])?;
    refuse_other_keeper(metadata, context)?;
    let envelope = envelope(operation, metadata, context, header, spec);
    envelope.write(8 * 1024, |xml| {
        write_subject(xml, metadata, context, spec, &Payload::Annulment(reason))
    })
}

fn envelope<'m>(
    operation: Operation,
    metadata: &DocumentMetadata,
    context: &'m RequestContext,
    header: &'m MessageHeader,
    spec: &'m Spec,
) -> Envelope<'m> {
    Envelope {
        operation,
        access: &Access::Register,
        client: metadata
            .client
            .as_ref()
            .map(|client| client.identifier.clone()),
        case: metadata.case.clone(),
        documents: vec![metadata.id.clone()],
        context,
        header,
        spec,
    }
}

fn write(
    operation: Operation,
    document: &Signed,
    replaced: Option<&Replaced>,
    context: &RequestContext,
    header: &MessageHeader,
    spec: &Spec,
) -> Result<Frame, FrameError> {
    let metadata = document.metadata();
    refuse_other_keeper(metadata, context)?;
    known_word(spec, "message.descriptor.content_layout", &["mime-base64"])?;
    if replaced.is_some() {
        known_word(
            spec,
            "message.descriptor.replacement",
            &["related-document"],
        )?;
    }
    if guard::applies(spec) && document.holds_real_person() {
        return Err(FrameError::RealPerson);
    }
    let envelope = envelope(operation, metadata, context, header, spec);
    // The wrappers have some four kilobytes.
    let capacity = mime::part_length(document.as_xml().len()) + 6 * 1024;
    let payload = Payload::Document {
        document: document.as_xml(),
        replaced,
    };
    envelope.write(capacity, |xml| {
        write_subject(xml, metadata, context, spec, &payload)
    })
}

/// A document goes into the register of the scope and no other: two register keepers in one process never mix.
fn refuse_other_keeper(
    metadata: &DocumentMetadata,
    context: &RequestContext,
) -> Result<(), FrameError> {
    let keeper = metadata
        .register_keeper
        .as_ref()
        .ok_or(FrameError::Metadata("register keeper"))?;
    let expected = match &context.scope {
        Scope::OwnRegister => &context.joining.acting().oid,
        Scope::OrganiserRegister { register_keeper } => register_keeper,
        // The wrapper refuses the other scopes.
        _ => return Ok(()),
    };
    if keeper.oid == *expected {
        Ok(())
    } else {
        Err(FrameError::RegisterKeeper {
            document: keeper.oid.clone(),
            scope: expected.clone(),
        })
    }
}

/// What a message does with the document that it describes.
enum Payload<'p> {
    Document {
        document: &'p [u8],
        replaced: Option<&'p Replaced>,
    },
    Annulment(&'p CodedValue),
}

fn write_subject(
    xml: &mut FrameWriter,
    metadata: &DocumentMetadata,
    context: &RequestContext,
    spec: &Spec,
    payload: &Payload<'_>,
) -> Result<(), FrameError> {
    xml.open("subject", &[]);
    xml.open(
        "clinicalDocument",
        &[("classCode", "DOCCLIN"), ("moodCode", "EVN")],
    );
    write_description(xml, metadata, spec, payload)?;
    write_client(xml, metadata, spec)?;
    write_author(xml, context, spec)?;
    write_custodian(xml, metadata, spec)?;
    if let Payload::Document {
        replaced: Some(replaced),
        ..
    } = payload
    {
        let replacement = spec.text("document.version.replacement")?;
        xml.open("relatedDocument", &[("typeCode", replacement)]);
        xml.open(
            "parentDocument",
            &[("classCode", "DOCCLIN"), ("moodCode", "EVN")],
        );
        xml.identifier("id", replaced.id.as_oid(), None);
        xml.identifier("setId", metadata.set_id.as_oid(), None);
        let before = metadata.version.as_u32() - 1;
        xml.empty("versionNumber", &[("value", &before.to_string())]);
        xml.close();
        xml.close();
    }
    xml.close();
    xml.close();
    Ok(())
}

fn write_description(
    xml: &mut FrameWriter,
    metadata: &DocumentMetadata,
    spec: &Spec,
    payload: &Payload<'_>,
) -> Result<(), FrameError> {
    xml.fixed("document head", |xml| {
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
        Ok(())
    })?;
    xml.identifier("id", metadata.id.as_oid(), None);
    xml.code("code", register_type(metadata, spec)?);
    if let Payload::Document { document, .. } = payload {
        let media_type = spec.text("message.descriptor.content_media_type")?;
        xml.open("text", &[("mediaType", media_type)]);
        xml.content(|text| mime::append_part(metadata.id.as_oid(), document, text));
        xml.close();
    }
    xml.empty(
        "statusCode",
        &[("code", spec.text("message.descriptor.state")?)],
    );
    xml.empty("effectiveTime", &[("value", metadata.drafted.as_str())]);
    if spec.flag("message.descriptor.with_confidentiality")? {
        match &metadata.confidentiality {
            Some(confidentiality) => xml.code("confidentialityCode", confidentiality),
            None => xml.code(
                "confidentialityCode",
                spec.code("document.header.confidentiality")?,
            ),
        }
    }
    if let Payload::Annulment(reason) = payload {
        xml.code("reasonCode", reason);
    }
    if let Some(language) = &metadata.language
        && spec.flag("message.descriptor.with_language")?
    {
        xml.empty("languageCode", &[("code", &language.to_ascii_lowercase())]);
    }
    xml.identifier("setId", metadata.set_id.as_oid(), None);
    xml.empty("versionNumber", &[("value", &metadata.version.to_string())]);
    xml.fixed("document state", |xml| {
        xml.code(
            "completionCode",
            spec.code("message.descriptor.completion")?,
        );
        xml.code("storageCode", spec.code("message.descriptor.storage")?);
        Ok(())
    })
}

/// In the frame the code is the register type, not the document type.
fn register_type<'m>(
    metadata: &'m DocumentMetadata,
    spec: &'m Spec,
) -> Result<&'m CodedValue, SpecError> {
    match &metadata.register_type {
        Some(register_type) => Ok(register_type),
        None => spec.code("document.value.register_type"),
    }
}

fn write_client(
    xml: &mut FrameWriter,
    metadata: &DocumentMetadata,
    spec: &Spec,
) -> Result<(), FrameError> {
    let client = metadata
        .client
        .as_ref()
        .ok_or(FrameError::Metadata("client"))?;
    xml.open("recordTarget", &[("typeCode", "RCT")]);
    xml.open("patient", &[("classCode", "PAT")]);
    let identifier = client.identifier.expose();
    xml.identifier("id", &identifier.root, identifier.extension.as_deref());
    let status = spec.text("message.descriptor.client_status")?;
    xml.empty("statusCode", &[("code", status)]);
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
    Ok(())
}

fn write_author(
    xml: &mut FrameWriter,
    context: &RequestContext,
    spec: &Spec,
) -> Result<(), FrameError> {
    xml.open("author", &[("typeCode", "AUT")]);
    xml.empty("time", &[("nullFlavor", "NA")]);
    xml.open("assignedAuthor", &[("classCode", "ASSIGNED")]);
    write_user_identifier(xml, context, spec)?;
    xml.open(
        "assignedPerson",
        &[("classCode", "PSN"), ("determinerCode", "INSTANCE")],
    );
    xml.name(&context.user.name);
    xml.close();
    xml.close();
    xml.close();
    Ok(())
}

fn write_custodian(
    xml: &mut FrameWriter,
    metadata: &DocumentMetadata,
    spec: &Spec,
) -> Result<(), FrameError> {
    let keeper = metadata
        .register_keeper
        .as_ref()
        .ok_or(FrameError::Metadata("register keeper"))?;
    xml.open("custodian", &[("typeCode", "CST")]);
    xml.open("assignedCustodian", &[("classCode", "ASSIGNED")]);
    xml.open(
        "representedOrganization",
        &[("classCode", "ORG"), ("determinerCode", "INSTANCE")],
    );
    xml.identifier("id", keeper.oid.as_oid(), None);
    if let Some(name) = &keeper.name
        && spec.flag("message.descriptor.with_custodian_name")?
    {
        xml.text_element("name", name);
    }
    xml.close();
    xml.close();
    xml.close();
    Ok(())
}
