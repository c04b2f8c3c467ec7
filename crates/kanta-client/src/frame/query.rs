//! The messages that ask for something.

use kanta_core::spec::Spec;
use kanta_core::{
    CaseId, ClientIdentifier, ClientRelationId, CodedValue, DocumentOid, InstanceIdentifier, Oid,
    OrganisationOid, ProfessionalRegistrationNumber, TimeStamp,
};

use super::elements::FrameWriter;
use super::wrapper::{Envelope, known_word};
use super::{Access, Frame, FrameError, MessageHeader, Operation, QueryKind};
use crate::RequestContext;

/// What a search looks for (Finnish: hakuehdot). All conditions hold together.
///
/// A search names at least a client, a case, a client relation or documents; one without is too broad and is refused
/// before it is sent (`KANTA-FRAME-QUERY`). A condition whose parameter the spec bundle does not know gives
/// `KANTA-SPEC-INCOMPLETE`.
///
/// ```
/// use kanta_client::SearchQuery;
/// use kanta_client::core::CaseId;
///
/// // The organiser gave the producer the case's identifier: the producer searches with it.
/// let query = SearchQuery::of_case(CaseId::parse("1.2.246.10.99999999.95.2026.1")?).with_max_hits(50);
/// # Ok::<(), kanta_client::core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct SearchQuery {
    /// The client.
    pub client: Option<ClientIdentifier>,
    /// Versions of documents.
    pub documents: Vec<DocumentOid>,
    /// The first version of a document: all its versions are looked for.
    pub set_id: Option<DocumentOid>,
    /// The case (Finnish: asiatunnus).
    pub case: Option<CaseId>,
    /// The client relation (Finnish: asiakkuuden tunnus).
    pub client_relation: Option<ClientRelationId>,
    /// The service task (Finnish: palvelutehtävä).
    pub service_task: Option<CodedValue>,
    /// The service process (Finnish: palveluprosessi).
    pub service_process: Option<CodedValue>,
    /// The document type (Finnish: asiakirjatyyppi).
    pub document_type: Option<CodedValue>,
    /// The document group (Finnish: asiakirjaryhmä).
    pub document_group: Option<CodedValue>,
    /// The professional who saved the documents.
    pub author: Option<ProfessionalRegistrationNumber>,
    /// The service unit where the documents were made.
    pub service_unit: Option<OrganisationOid>,
    /// From when to when the documents were created.
    pub created: Option<(TimeStamp, TimeStamp)>,
    /// How many hits the answer may have.
    pub max_hits: Option<u32>,
}

impl SearchQuery {
    /// Everything of a client.
    #[must_use]
    pub fn of_client(client: ClientIdentifier) -> Self {
        Self {
            client: Some(client),
            ..Self::default()
        }
    }

    /// Everything of a case.
    #[must_use]
    pub fn of_case(case: CaseId) -> Self {
        Self {
            case: Some(case),
            ..Self::default()
        }
    }

    /// Everything of a client relation.
    #[must_use]
    pub fn of_client_relation(relation: ClientRelationId) -> Self {
        Self {
            client_relation: Some(relation),
            ..Self::default()
        }
    }

    /// Certain versions of documents.
    #[must_use]
    pub fn of_documents(documents: impl IntoIterator<Item = DocumentOid>) -> Self {
        Self {
            documents: documents.into_iter().collect(),
            ..Self::default()
        }
    }

    /// All versions of a document.
    #[must_use]
    pub fn of_all_versions(set_id: DocumentOid) -> Self {
        Self {
            set_id: Some(set_id),
            ..Self::default()
        }
    }

    /// The same search with a service task.
    #[must_use]
    pub fn with_service_task(mut self, task: impl Into<CodedValue>) -> Self {
        self.service_task = Some(task.into());
        self
    }

    /// The same search with a service process.
    #[must_use]
    pub fn with_service_process(mut self, process: impl Into<CodedValue>) -> Self {
        self.service_process = Some(process.into());
        self
    }

    /// The same search with a document type.
    #[must_use]
    pub fn with_document_type(mut self, document_type: impl Into<CodedValue>) -> Self {
        self.document_type = Some(document_type.into());
        self
    }

    /// The same search with a time of creation.
    #[must_use]
    pub fn with_created(mut self, from: TimeStamp, to: TimeStamp) -> Self {
        self.created = Some((from, to));
        self
    }

    /// The same search with a bound on the hits of one answer.
    #[must_use]
    pub fn with_max_hits(mut self, hits: u32) -> Self {
        self.max_hits = Some(hits);
        self
    }

    fn is_too_broad(&self) -> bool {
        self.client.is_none()
            && self.documents.is_empty()
            && self.set_id.is_none()
            && self.case.is_none()
            && self.client_relation.is_none()
    }
}

/// Makes a query.
///
/// Interactions, triggers and service requests of queries were never seen in social care: with the default bundle this
/// answers which official document has them.
///
/// # Errors
/// [`FrameError`] when the spec bundle lacks a value, the question does not fit scope or right, the search is too broad,
/// or a real person's identity code would leave the process outside production.
pub fn query_frame(
    kind: QueryKind,
    query: &SearchQuery,
    access: &Access,
    context: &RequestContext,
    header: &MessageHeader,
    spec: &Spec,
) -> Result<Frame, FrameError> {
    let operation = Operation::query(kind, access)?;
    if query.is_too_broad() {
        return Err(FrameError::TooBroad);
    }
    if *access != Access::Register && !context.user.authentication.is_strong() {
        return Err(FrameError::WeakAuthentication);
    }
    let envelope = Envelope {
        operation,
        access,
        client: query.client.clone(),
        case: query.case.clone(),
        documents: query.documents.clone(),
        context,
        header,
        spec,
    };
    envelope.write(8 * 1024, |xml| {
        xml.open("queryByParameter", &[]);
        let query_id = format!("{}.Q1", header.id.extension);
        xml.identifier("queryId", &header.id.root, Some(&query_id));
        xml.empty("statusCode", &[("code", "new")]);
        if let Some(hits) = query.max_hits {
            xml.empty("initialQuantity", &[("value", &hits.to_string())]);
        }
        let style = "message.query.parameter_style";
        let in_list = known_word(spec, style, &["dotted", "parameter-list"])? == "parameter-list";
        if in_list {
            xml.open("parameterList", &[]);
        }
        write_parameters(xml, query, context, spec)?;
        if in_list {
            xml.close();
        }
        xml.close();
        Ok(())
    })
}

fn write_parameters(
    xml: &mut FrameWriter,
    query: &SearchQuery,
    context: &RequestContext,
    spec: &Spec,
) -> Result<(), FrameError> {
    let name = |key: &str| spec.text(&format!("message.query.parameter.{key}"));
    let oid = |oid: &Oid| InstanceIdentifier {
        root: oid.clone(),
        extension: None,
    };
    let mut identifiers = Vec::new();
    if let Some(client) = &query.client {
        identifiers.push(("client_id", client.expose()));
    }
    for document in &query.documents {
        identifiers.push(("document_id", oid(document.as_oid())));
    }
    if let Some(set_id) = &query.set_id {
        identifiers.push(("set_id", oid(set_id.as_oid())));
    }
    if let Some(case) = &query.case {
        identifiers.push(("case_id", oid(case.as_oid())));
    }
    if let Some(relation) = &query.client_relation {
        identifiers.push(("client_relation_id", oid(relation.as_oid())));
    }
    if let Some(author) = &query.author {
        let author = InstanceIdentifier {
            root: ProfessionalRegistrationNumber::root(),
            extension: Some(author.expose().to_owned()),
        };
        identifiers.push(("author_id", author));
    }
    if let Some(unit) = &query.service_unit {
        identifiers.push(("service_unit", oid(unit.as_oid())));
    }
    if let Some(keeper) = context.scope.named_register_keeper() {
        identifiers.push(("custodian_id", oid(keeper.as_oid())));
    }
    for (key, identifier) in identifiers {
        xml.open_named(name(key)?);
        xml.identifier("value", &identifier.root, identifier.extension.as_deref());
        xml.close();
    }
    for (key, code) in [
        ("service_task", &query.service_task),
        ("service_process", &query.service_process),
        ("document_type", &query.document_type),
        ("document_group", &query.document_group),
    ] {
        if let Some(code) = code {
            xml.open_named(name(key)?);
            xml.code("value", code);
            xml.close();
        }
    }
    if let Some((from, to)) = &query.created {
        xml.open_named(name("created")?);
        xml.open("value", &[]);
        xml.empty("low", &[("value", from.as_str())]);
        xml.empty("high", &[("value", to.as_str())]);
        xml.close();
        xml.close();
    }
    Ok(())
}
