//! Searches: what is asked for, whose register it is, and what right and will allow.

use kanta_client::core::{CodedValue, InstanceIdentifier, Instant, Oid};
use kanta_client::frame::{Access, Parameter, QueryKind, Request};

use super::{Archive, Failure, Refusal, StoreError, StoredDocument, refused};

/// What a search found.
pub(super) struct Found {
    pub(super) documents: Vec<StoredDocument>,
    pub(super) total: usize,
    pub(super) with_content: bool,
}

/// Legacy documents and those of the first phase are disclosed only by the authority's right (Kela slides 2024).
const NOT_DISCLOSED: [&str; 2] = ["legacy", "first_phase"];
const WILLS: [&str; 2] = ["disclosure_permission", "disclosure_ban"];
const PARAMETERS: &str = "/controlActProcess/queryByParameter";
const REASON: &str = "/controlActProcess/reasonCode";

pub(super) fn find(
    archive: &Archive,
    request: &Request,
    kind: QueryKind,
    access: &Access,
    now: Instant,
) -> Result<Found, Failure> {
    if !request.is_query {
        return Err(refused(Refusal::integrity(
            PARAMETERS,
            "the query is missing",
        )));
    }
    let conditions = Conditions::read(archive, &request.parameters)?;
    let registers = Registers::of(archive, request, access, &conditions)?;
    let mut documents = Vec::new();
    let mut lacks_right = false;
    for document in conditions.candidates(archive)? {
        if document.annulled
            || !is_of_kind(&document, kind)
            || !conditions.hold(&document)
            || (!conditions.names_versions() && !is_newest(archive, &document)?)
        {
            continue;
        }
        match registers.admit(archive, request, &document, access, now)? {
            Verdict::Given => documents.push(document),
            Verdict::Hidden => {}
            Verdict::NoRight => lacks_right = true,
        }
    }
    if let Some(refusal) = missing_will(archive, access, &conditions)? {
        return Err(refused(refusal));
    }
    let asked_organiser = registers.organiser.is_some();
    if documents.is_empty() && asked_organiser {
        let without_right = match (&conditions.client, &registers.organiser) {
            (Some(client), Some(keeper)) => {
                !archive.has_right(request.user_organisation.as_ref(), keeper, client, now)?
            }
            _ => lacks_right,
        };
        if without_right {
            return Err(refused(Refusal::access(
                REASON,
                "there is no valid register-use right for the user's unit",
            )));
        }
    }
    let total = documents.len();
    if let Some(most) = request.max_hits {
        documents.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    }
    Ok(Found {
        documents,
        total,
        with_content: !matches!(kind, QueryKind::Metadata),
    })
}

fn is_of_kind(document: &StoredDocument, kind: QueryKind) -> bool {
    let of = document.kind.as_str();
    match kind {
        QueryKind::ClientRelations => of == "client_relation",
        QueryKind::Cases => of == "case",
        QueryKind::Wills => WILLS.contains(&of),
        QueryKind::Summary | QueryKind::EnrichedSummary => {
            !WILLS.contains(&of) && !NOT_DISCLOSED.contains(&of)
        }
        _ => !WILLS.contains(&of),
    }
}

fn is_newest(archive: &Archive, document: &StoredDocument) -> Result<bool, StoreError> {
    let chain = archive.store.of_set(document.set_id.as_oid())?;
    let newest = chain
        .iter()
        .filter(|other| !other.annulled)
        .map(|other| other.version.as_u32())
        .max();
    Ok(newest == Some(document.version.as_u32()))
}

/// A search for disclosure that names a client is told that the client has not permitted any.
fn missing_will(
    archive: &Archive,
    access: &Access,
    conditions: &Conditions,
) -> Result<Option<Refusal>, StoreError> {
    let (Access::Permission, Some(client)) = (access, &conditions.client) else {
        return Ok(None);
    };
    if archive.store.will(client)?.permits() {
        return Ok(None);
    }
    Ok(Some(Refusal::access(
        PARAMETERS,
        "the client was not informed or has not permitted disclosures",
    )))
}

/// Whose registers a search reaches.
struct Registers {
    own: Option<Oid>,
    organiser: Option<Oid>,
    others: bool,
    acting: Option<Oid>,
}

enum Verdict {
    Given,
    Hidden,
    NoRight,
}

impl Registers {
    fn of(
        archive: &Archive,
        request: &Request,
        access: &Access,
        conditions: &Conditions,
    ) -> Result<Self, Failure> {
        let is = |key: &str| {
            let code = archive.spec.code(&format!("message.use_situation.{key}"));
            code.is_ok_and(|code| request.reasons_of(code.system()).eq([code.code()]))
        };
        let both = || {
            let Ok(own) = archive.spec.code("message.use_situation.own_register") else {
                return false;
            };
            let mut found: Vec<&str> = request.reasons_of(own.system()).collect();
            found.sort_unstable();
            let codes = archive.spec.list("message.use_situation.two_registers");
            codes.is_ok_and(|codes| codes == found)
        };
        let acting = archive.acting(request);
        let wrong = |text: &str| Err(refused(Refusal::integrity(REASON, text)));
        let keeper = conditions.register_keeper.clone();
        let mut registers = Self {
            own: None,
            organiser: None,
            others: false,
            acting: acting.clone(),
        };
        match access {
            Access::Register if is("own_register") || is("will") => registers.own = acting,
            Access::Register if is("register_use_right") => registers.organiser = keeper,
            Access::Register if both() => {
                registers.own = acting;
                registers.organiser = keeper;
            }
            Access::Permission if is("disclosure") => registers.others = true,
            Access::ExtendedRight(ground) if is("extended_right") => {
                if CodedValue::from(ground.clone()).code().is_empty() {
                    return wrong("the ground of the extended search is missing");
                }
                registers.others = true;
            }
            Access::AuthorityRight(ground) if is("authority_right") => {
                if CodedValue::from(ground.clone()).code().is_empty() {
                    return wrong("the ground of the authority's search is missing");
                }
                registers.others = true;
            }
            _ => return wrong("the use situation is missing or does not fit"),
        }
        let situations = !is("own_register") && !is("will");
        if !registers.others && situations && registers.organiser.is_none() {
            return Err(refused(Refusal::integrity(
                PARAMETERS,
                "the organiser's identifier is missing",
            )));
        }
        Ok(registers)
    }

    fn admit(
        &self,
        archive: &Archive,
        request: &Request,
        document: &StoredDocument,
        access: &Access,
        now: Instant,
    ) -> Result<Verdict, StoreError> {
        let keeper = &document.register_keeper;
        if self.own.as_ref() == Some(keeper) {
            return Ok(Verdict::Given);
        }
        if self.organiser.as_ref() == Some(keeper) {
            let unit = request.user_organisation.as_ref();
            let right = archive.has_right(unit, keeper, &document.client, now)?;
            return Ok(if right {
                Verdict::Given
            } else {
                Verdict::NoRight
            });
        }
        if !self.others || self.acting.as_ref() == Some(keeper) {
            return Ok(Verdict::Hidden);
        }
        let given = match access {
            Access::AuthorityRight(_) => true,
            Access::ExtendedRight(_) => !NOT_DISCLOSED.contains(&document.kind.as_str()),
            _ => {
                let will = archive.store.will(&document.client)?;
                !NOT_DISCLOSED.contains(&document.kind.as_str())
                    && will.permits()
                    && !will.bans(document)
            }
        };
        Ok(if given {
            Verdict::Given
        } else {
            Verdict::Hidden
        })
    }
}

/// The conditions of a search; all hold together.
#[derive(Default)]
struct Conditions {
    client: Option<InstanceIdentifier>,
    register_keeper: Option<Oid>,
    documents: Vec<Oid>,
    set_id: Option<Oid>,
    texts: Vec<(&'static str, String)>,
    created: Option<(String, String)>,
}

impl Conditions {
    fn read(archive: &Archive, parameters: &[Parameter]) -> Result<Self, Failure> {
        let mut conditions = Self::default();
        for parameter in parameters {
            conditions.add(archive, parameter).ok_or_else(|| {
                refused(Refusal::integrity(
                    format!("{PARAMETERS}/{}", parameter.name),
                    "this archive does not know the parameter or its value",
                ))
            })?;
        }
        Ok(conditions)
    }

    fn add(&mut self, archive: &Archive, parameter: &Parameter) -> Option<()> {
        const KEYS: [&str; 12] = [
            "client_id",
            "custodian_id",
            "document_id",
            "set_id",
            "created",
            "case_id",
            "client_relation_id",
            "author_id",
            "service_unit",
            "service_task",
            "service_process",
            "document_type",
        ];
        let key = KEYS.into_iter().find(|key| {
            let name = archive.spec.text(&format!("message.query.parameter.{key}"));
            name == Ok(parameter.name.as_str())
        });
        let group = archive.spec.text("message.query.parameter.document_group");
        let key =
            key.or_else(|| (group == Ok(parameter.name.as_str())).then_some("document_group"))?;
        let identifier = parameter.identifier.as_ref();
        match key {
            "client_id" => self.client = Some(identifier?.clone()),
            "custodian_id" => self.register_keeper = Some(identifier?.root.clone()),
            "document_id" => self.documents.push(identifier?.root.clone()),
            "set_id" => self.set_id = Some(identifier?.root.clone()),
            "created" => self.created = Some(parameter.interval.clone()?),
            "author_id" => self.texts.push((key, identifier?.extension.clone()?)),
            "case_id" | "client_relation_id" | "service_unit" => {
                self.texts.push((key, identifier?.root.to_string()));
            }
            _ => self.texts.push((key, parameter.code.as_ref()?.0.clone())),
        }
        Some(())
    }

    /// The documents that can fulfil the conditions: no more of them is read than need be.
    fn candidates(&self, archive: &Archive) -> Result<Vec<StoredDocument>, StoreError> {
        let store = &archive.store;
        if !self.documents.is_empty() {
            let found = self.documents.iter().map(|id| store.with_id(id));
            return found.filter_map(Result::transpose).collect();
        }
        match (&self.set_id, &self.client) {
            (Some(set_id), _) => store.of_set(set_id),
            (None, Some(client)) => store.of_client(client),
            (None, None) => store.all(),
        }
    }

    /// Whether the search names versions of documents, so that old ones are given too.
    fn names_versions(&self) -> bool {
        !self.documents.is_empty() || self.set_id.is_some()
    }

    fn hold(&self, document: &StoredDocument) -> bool {
        let text_of = |key: &str| match key {
            "case_id" => &document.case,
            "client_relation_id" => &document.relation,
            "author_id" => &document.author,
            "service_unit" => &document.service_unit,
            "service_task" => &document.service_task,
            "service_process" => &document.service_process,
            "document_type" => &document.document_type,
            _ => &document.document_group,
        };
        let client = &document.client;
        self.client.as_ref().is_none_or(|wanted| wanted == client)
            && (self.documents.is_empty() || self.documents.contains(document.id.as_oid()))
            && self
                .set_id
                .as_ref()
                .is_none_or(|set_id| set_id == document.set_id.as_oid())
            && self
                .texts
                .iter()
                .all(|(key, wanted)| text_of(key).as_ref() == Some(wanted))
            && self.created.as_ref().is_none_or(|(from, to)| {
                let drafted = &document.drafted;
                prefix(drafted, from) >= from.as_str() && prefix(drafted, to) <= to.as_str()
            })
    }
}

/// The time as exactly as the bound gives it.
fn prefix<'t>(time: &'t str, bound: &str) -> &'t str {
    time.get(..bound.len()).unwrap_or(time)
}
