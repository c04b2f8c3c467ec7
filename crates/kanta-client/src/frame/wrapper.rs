//! The transmission and control-act wrappers that every message has.

use kanta_core::spec::{Environment, Spec};
use kanta_core::{CodedValue, Oid, PersonName, TimeStamp};
use kanta_xml::Writer;

use super::{FrameError, MessageHeader};
use crate::{RequestContext, Scope};

/// Which message it is: its key in the bundle under `message.operation`.
pub(super) struct Operation<'s> {
    key: &'s str,
    spec: &'s Spec,
}

impl<'s> Operation<'s> {
    pub(super) fn new(key: &'s str, spec: &'s Spec) -> Self {
        Self { key, spec }
    }

    pub(super) fn text(&self, part: &str) -> Result<&'s str, FrameError> {
        Ok(self
            .spec
            .text(&format!("message.operation.{}.{part}", self.key))?)
    }

    fn code(&self, part: &str) -> Result<&'s CodedValue, FrameError> {
        Ok(self
            .spec
            .code(&format!("message.operation.{}.{part}", self.key))?)
    }
}

/// Writes a message around `payload`, which stands inside the control act.
pub(super) fn write(
    operation: &Operation<'_>,
    context: &RequestContext,
    header: &MessageHeader,
    capacity: usize,
    payload: impl FnOnce(&mut FrameWriter) -> Result<(), FrameError>,
) -> Result<Vec<u8>, FrameError> {
    let spec = operation.spec;
    if spec.environment() != Environment::Production && !context.user.identity.is_artificial() {
        return Err(FrameError::RealPerson);
    }
    let environment = spec.environment().key();
    let interaction = operation.text("interaction")?;
    let mut xml = FrameWriter::new(capacity);
    xml.open(
        interaction,
        &[
            ("xmlns", "urn:hl7-org:v3"),
            ("ITSVersion", spec.text("message.wrapper.its_version")?),
        ],
    );
    xml.identifier("id", &header.id.root, Some(&header.id.extension));
    xml.empty(
        "creationTime",
        &[("value", TimeStamp::in_finland(header.time).as_str())],
    );
    xml.empty(
        "versionCode",
        &[("code", spec.text("message.wrapper.version_code")?)],
    );
    xml.empty(
        "interactionId",
        &[
            ("root", spec.text("message.wrapper.interaction_root")?),
            ("extension", interaction),
        ],
    );
    let processing = spec.text(&format!(
        "message.environment.{environment}.processing_code"
    ))?;
    xml.empty("processingCode", &[("code", processing)]);
    xml.empty(
        "processingModeCode",
        &[("code", spec.text("message.wrapper.processing_mode")?)],
    );
    xml.empty(
        "acceptAckCode",
        &[("code", spec.text("message.wrapper.accept_acknowledgement")?)],
    );
    let receiver = spec.text(&format!("message.environment.{environment}.receiver"))?;
    xml.device("receiver", "RCV", receiver);
    xml.device("sender", "SND", context.sender.as_oid().as_str());
    xml.open(
        "controlActProcess",
        &[("classCode", "CACT"), ("moodCode", "EVN")],
    );
    xml.empty(
        "code",
        &[
            ("code", operation.text("trigger")?),
            ("codeSystem", spec.text("message.wrapper.trigger_system")?),
        ],
    );
    xml.empty(
        "priorityCode",
        &[("code", spec.text("message.wrapper.priority")?)],
    );
    xml.code("reasonCode", operation.code("service_request")?);
    let situation = match context.scope {
        Scope::OwnRegister => spec.code("message.use_situation.own_register")?,
    };
    xml.code("reasonCode", situation);
    write_user(&mut xml, context, spec.text("message.wrapper.author_type")?);
    payload(&mut xml)?;
    xml.close();
    xml.close();
    Ok(xml.xml.finish()?)
}

fn write_user(xml: &mut FrameWriter, context: &RequestContext, kind: &str) {
    let user = &context.user;
    xml.open("authorOrPerformer", &[("typeCode", kind)]);
    xml.open("assignedPerson", &[]);
    xml.identifier(
        "id",
        &kanta_core::PersonalIdentityCode::root(),
        Some(user.identity.expose()),
    );
    xml.open("assignedPerson", &[]);
    xml.name(&user.name);
    xml.close();
    xml.open("representedOrganization", &[]);
    xml.identifier("id", user.organisation.oid.as_oid(), None);
    if let Some(name) = &user.organisation.name {
        xml.text_element("name", name);
    }
    xml.close();
    xml.close();
    xml.close();
}

/// Writes the elements that frames are made of.
pub(super) struct FrameWriter {
    xml: Writer,
}

impl FrameWriter {
    fn new(capacity: usize) -> Self {
        let mut xml = Writer::with_capacity(capacity);
        xml.raw(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Self { xml }
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.xml.open(name);
        for (name, value) in attributes {
            self.xml.attribute(name, value);
        }
    }

    pub(super) fn close(&mut self) {
        self.xml.close();
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.open(name, attributes);
        self.close();
    }

    pub(super) fn text(&mut self, text: &str) {
        self.xml.text(text);
    }

    pub(super) fn text_element(&mut self, name: &str, text: &str) {
        self.open(name, &[]);
        self.text(text);
        self.close();
    }

    pub(super) fn identifier(&mut self, name: &str, root: &Oid, extension: Option<&str>) {
        match extension {
            Some(extension) => {
                self.empty(name, &[("root", root.as_str()), ("extension", extension)]);
            }
            None => self.empty(name, &[("root", root.as_str())]),
        }
    }

    pub(super) fn code(&mut self, name: &str, code: &CodedValue) {
        let mut attributes = vec![
            ("code", code.code()),
            ("codeSystem", code.system().as_str()),
        ];
        attributes.extend(code.system_name().map(|name| ("codeSystemName", name)));
        attributes.extend(code.display().map(|display| ("displayName", display)));
        self.empty(name, &attributes);
    }

    /// Writes a name in the order of frames: the family name first.
    pub(super) fn name(&mut self, name: &PersonName) {
        self.open("name", &[]);
        self.text_element("family", name.family());
        for given in name.given() {
            self.text_element("given", given);
        }
        if let Some(call_name) = name.call_name() {
            self.open("given", &[("qualifier", "CL")]);
            self.text(call_name);
            self.close();
        }
        self.close();
    }

    fn device(&mut self, name: &str, kind: &str, root: &str) {
        self.open(name, &[("typeCode", kind)]);
        self.open(
            "device",
            &[("classCode", "DEV"), ("determinerCode", "INSTANCE")],
        );
        self.empty("id", &[("root", root)]);
        self.close();
        self.close();
    }
}
