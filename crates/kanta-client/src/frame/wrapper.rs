//! The transmission and control-act wrappers that every message has.

use std::sync::Arc;

use bytes::Bytes;
use kanta_core::spec::{Spec, SpecError};
use kanta_core::{
    CaseId, ClientIdentifier, CodedValue, DocumentOid, PersonalIdentityCode,
    ProfessionalRegistrationNumber, TimeStamp,
};

use super::elements::FrameWriter;
use super::guard;
use super::situation::use_situations;
use super::{Access, Frame, FrameError, MessageHeader, Operation, Subject};
use crate::{Joining, RequestContext};

/// Everything that decides the wrappers of one message.
pub(super) struct Envelope<'m> {
    pub(super) operation: Operation,
    pub(super) access: &'m Access,
    pub(super) client: Option<ClientIdentifier>,
    pub(super) case: Option<CaseId>,
    pub(super) documents: Vec<DocumentOid>,
    pub(super) context: &'m RequestContext,
    pub(super) header: &'m MessageHeader,
    pub(super) spec: &'m Spec,
}

impl Envelope<'_> {
    /// Writes a message around `payload`, which stands inside the control act.
    ///
    /// Nothing comes out that holds an identity code of a real person outside production: the wrappers are looked through
    /// here, the content by who gives it.
    pub(super) fn write(
        self,
        capacity: usize,
        payload: impl FnOnce(&mut FrameWriter) -> Result<(), FrameError>,
    ) -> Result<Frame, FrameError> {
        let Self { context, spec, .. } = &self;
        let mut xml = FrameWriter::new(spec, capacity);
        let interaction = self.operation.text("interaction", spec)?;
        self.write_transmission(&mut xml, interaction)?;
        xml.open(
            "controlActProcess",
            &[("classCode", "CACT"), ("moodCode", "EVN")],
        );
        let scope = context.scope.as_str();
        let key = format!("control {} {scope}", self.operation);
        xml.fixed(&key, |xml| self.write_reasons(xml))?;
        if let Some(ground) = self.access.ground() {
            known_word(spec, "message.query.ground_place", &["reason-code"])?;
            xml.code("reasonCode", &CodedValue::from(ground.clone()));
        }
        write_user(&mut xml, context, spec)?;
        payload(&mut xml)?;
        xml.close();
        xml.close();
        let (xml, content) = xml.finish()?;
        if guard::applies(spec) {
            guard::refuse_real_people(&xml[..content.start])?;
            guard::refuse_real_people(&xml[content.end..])?;
        }
        Ok(Frame {
            id: self.header.id.clone(),
            interaction: interaction.to_owned(),
            xml: Bytes::from(xml),
            subject: Arc::new(Subject {
                context: self.context.clone(),
                operation: self.operation,
                access: self.access.clone(),
                client: self.client,
                case: self.case,
                documents: self.documents,
            }),
        })
    }

    /// Writes trigger event, priority, service request and use situations.
    fn write_reasons(&self, xml: &mut FrameWriter) -> Result<(), FrameError> {
        let spec = self.spec;
        self.write_trigger(xml)?;
        xml.empty(
            "priorityCode",
            &[("code", spec.text("message.wrapper.priority")?)],
        );
        xml.code("reasonCode", self.operation.service_request(spec)?);
        let situations = use_situations(&self.operation, self.access, &self.context.scope, spec)?;
        for situation in situations {
            xml.code("reasonCode", &situation);
        }
        Ok(())
    }

    fn write_transmission(
        &self,
        xml: &mut FrameWriter,
        interaction: &str,
    ) -> Result<(), FrameError> {
        let Self {
            operation,
            context,
            header,
            spec,
            ..
        } = self;
        xml.open_named(interaction);
        xml.attribute("xmlns", "urn:hl7-org:v3");
        xml.attribute("ITSVersion", spec.text("message.wrapper.its_version")?);
        xml.identifier("id", &header.id.root, Some(&header.id.extension));
        xml.empty(
            "creationTime",
            &[("value", TimeStamp::in_finland(header.time).as_str())],
        );
        xml.fixed(&format!("transmission {operation}"), |xml| {
            self.write_kind(xml, interaction)
        })?;
        let sender = joining_word(spec, &context.joining, "sender", &["joiner", "acting"])?;
        let sender = match sender {
            "joiner" => context.joining.joiner(),
            _ => &context.joining.acting().oid,
        };
        xml.device("sender", "SND", sender.as_oid().as_str());
        Ok(())
    }

    /// Writes what says of which kind the message is, for whom and how it is acknowledged.
    fn write_kind(&self, xml: &mut FrameWriter, interaction: &str) -> Result<(), FrameError> {
        let Self {
            operation, spec, ..
        } = self;
        let environment = spec.environment().key();
        // One of the two real frames has none: an empty value leaves it out.
        match spec.text("message.wrapper.version_code")? {
            "" => {}
            code => xml.empty("versionCode", &[("code", code)]),
        }
        xml.empty(
            "interactionId",
            &[
                ("root", spec.text("message.wrapper.interaction_root")?),
                ("extension", interaction),
            ],
        );
        let processing = format!("message.environment.{environment}.processing_code");
        xml.empty("processingCode", &[("code", spec.text(&processing)?)]);
        xml.empty(
            "processingModeCode",
            &[("code", spec.text("message.wrapper.processing_mode")?)],
        );
        xml.empty(
            "acceptAckCode",
            &[("code", operation.text("accept_acknowledgement", spec)?)],
        );
        let receiver = if operation.is_about_wills() {
            "will_receiver"
        } else {
            "receiver"
        };
        let receiver = format!("message.environment.{environment}.{receiver}");
        xml.device("receiver", "RCV", spec.text(&receiver)?);
        Ok(())
    }

    /// Writes the trigger event; a bundle with an empty one leaves the code out, as one real frame does.
    fn write_trigger(&self, xml: &mut FrameWriter) -> Result<(), FrameError> {
        let system = self.spec.text("message.wrapper.trigger_system")?;
        match self.operation.text("trigger", self.spec)? {
            "" => xml.empty("code", &[("codeSystem", system)]),
            code => xml.empty("code", &[("code", code), ("codeSystem", system)]),
        }
        Ok(())
    }
}

fn write_user(
    xml: &mut FrameWriter,
    context: &RequestContext,
    spec: &Spec,
) -> Result<(), FrameError> {
    let user = &context.user;
    let kind = spec.text("message.wrapper.author_type")?;
    xml.open("authorOrPerformer", &[("typeCode", kind)]);
    xml.open("assignedPerson", &[]);
    write_user_identifier(xml, context, spec)?;
    xml.open("assignedPerson", &[]);
    xml.name(&user.name);
    xml.close();
    xml.open("representedOrganization", &[]);
    let organisation = joining_word(
        spec,
        &context.joining,
        "author_organisation",
        &["unit", "acting"],
    )?;
    let organisation = match organisation {
        "unit" => &user.unit,
        _ => context.joining.acting(),
    };
    xml.identifier("id", organisation.oid.as_oid(), None);
    if let Some(name) = &organisation.name {
        xml.text_element("name", name);
    }
    xml.close();
    xml.close();
    xml.close();
    Ok(())
}

/// Writes the identifier of the user that the bundle asks for.
pub(super) fn write_user_identifier(
    xml: &mut FrameWriter,
    context: &RequestContext,
    spec: &Spec,
) -> Result<(), FrameError> {
    let words = ["personal-identity-code", "registration-number"];
    match known_word(spec, "message.wrapper.user_identifier", &words)? {
        "registration-number" => {
            let number = context.user.registration_number.as_ref();
            let number = number.ok_or(FrameError::RegistrationNumber)?;
            let root = ProfessionalRegistrationNumber::root();
            xml.identifier("id", &root, Some(number.expose()));
        }
        _ => {
            let code = context.user.identity.expose();
            xml.identifier("id", &PersonalIdentityCode::root(), Some(code));
        }
    }
    Ok(())
}

fn joining_word<'s>(
    spec: &'s Spec,
    joining: &Joining,
    part: &str,
    known: &[&str],
) -> Result<&'s str, SpecError> {
    known_word(
        spec,
        &format!("message.joining.{}.{part}", joining.key()),
        known,
    )
}

/// Returns a word of the bundle that stands for something that this code can do.
pub(super) fn known_word<'s>(
    spec: &'s Spec,
    key: &str,
    known: &[&str],
) -> Result<&'s str, SpecError> {
    let word = spec.text(key)?;
    if known.contains(&word) {
        Ok(word)
    } else {
        let why = format!("`{word}` is none of: {}", known.join(", "));
        Err(SpecError::invalid(key, &why))
    }
}
