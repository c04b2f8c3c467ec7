//! Takes the steps of one content against an archive of its own, and keeps what was made.

use std::sync::{Arc, Mutex};

use kanta_client::cda::{CheckContext, SignOptions, Signed};
use kanta_client::core::spec::Spec;
use kanta_client::core::{CodedValue, Instant, Oid};
use kanta_client::disclosures::NoticeOutcome;
use kanta_client::frame::{Access, Operation, QueryKind};
use kanta_client::transport::{HttpsPost, OutgoingMessage, PendingReply, Transport};
use kanta_client::{
    ArchiveClient, ClientError, Fetched, FetchedDocuments, Hits, Joining, Outcome, RequestContext,
    Scope, SearchQuery,
};
use kanta_examples::{Result, now};
use kanta_testkit::archive::Will;
use kanta_testkit::register::{TestRegister, caller, sample_batch};
use kanta_testkit::{TestArchive, documents, people, structures, test_spec};

use crate::contents::{Call, End, JointTestContent, Step, Who};
use crate::papers::Paper;

/// What became of a step.
pub(crate) struct Taken {
    pub(crate) step: &'static Step,
    /// What the message asks for; none where none was sent.
    pub(crate) operation: Option<Operation>,
    /// How it ended, in words; `Err` when not as it must.
    pub(crate) end: std::result::Result<String, String>,
    /// The document that was stored.
    pub(crate) document: Option<Signed>,
    /// The message as it was sent.
    pub(crate) message: Option<Vec<u8>>,
    /// The message that stores the document, made from the built-in bundle alone, or why it cannot be made yet.
    pub(crate) for_hand_in: Option<Result<Vec<u8>>>,
}

/// Takes every step of a content.
pub(crate) async fn rehearse(content: &JointTestContent, built_in: &Spec) -> Result<Vec<Taken>> {
    let archive = TestArchive::start(structures::all()).await?;
    let heard = Heard::default();
    let transport = Overheard {
        inner: archive.transport(archive.endpoint()?)?,
        heard: heard.clone(),
    };
    let stage = Stage {
        client: ArchiveClient::new(test_spec(), transport),
        unsent: ArchiveClient::new(built_in.clone(), archive.transport(archive.endpoint()?)?),
        heard,
        made: now()?,
        archive,
    };
    let mut taken = Vec::new();
    for step in content.steps {
        taken.push(stage.take(step).await?);
    }
    Ok(taken)
}

impl Who {
    /// The context of the request.
    pub(crate) fn context(self) -> RequestContext {
        let county = people::county().oid;
        let by_right = |scope| people::provider_context().with_scope(scope);
        let joined = |joining| {
            let own = people::provider_context();
            RequestContext::new(joining, own.message_root, own.user, Scope::OwnRegister)
        };
        match self {
            Self::County => people::context(),
            Self::CountyElsewhere => people::context().with_scope(Scope::OtherRegister {
                register_keeper: None,
            }),
            Self::OtherCounty => people::other_county_context(),
            Self::ProducerForCounty => by_right(Scope::OrganiserRegister {
                register_keeper: county,
            }),
            Self::ProducerInBoth => by_right(Scope::OwnAndOrganiser {
                register_keeper: county,
            }),
            Self::CoJoiner => joined(Joining::Shared {
                main_joiner: people::other_county().oid,
                organisation: people::provider(),
            }),
            Self::ParallelJoiner => joined(Joining::Parallel {
                system_owner: county,
                organisation: people::provider(),
            }),
        }
    }
}

/// What stands ready for the steps of one content.
struct Stage {
    archive: TestArchive,
    client: ArchiveClient,
    /// Makes messages for the customer test and sends none.
    unsent: ArchiveClient,
    heard: Heard,
    made: Instant,
}

impl Stage {
    async fn take(&self, step: &'static Step) -> Result<Taken> {
        let (document, for_hand_in) = match step.call {
            Call::Store(paper) => (
                Some(self.signed(paper, self.client.spec())?),
                Some(self.for_hand_in(paper, &step.who.context())),
            ),
            _ => (None, None),
        };
        self.heard.take();
        let end = match self.make(step, document.as_ref()).await {
            Ok(end) => end,
            Err(error) => ended_with(*error),
        };
        Ok(Taken {
            step,
            operation: operation(step.call)?,
            end: judged(end, step.end),
            document,
            message: self.heard.take(),
            for_hand_in,
        })
    }

    /// Makes, checks and signs a document under a bundle.
    fn signed(&self, paper: Paper, spec: &Spec) -> Result<Signed> {
        let structure = paper.structure();
        let context = CheckContext::from(structure.as_ref());
        let valid = paper.draft(self.made)?.check(context, spec)?;
        Ok(valid.sign(
            &self.archive.signer()?,
            SignOptions::system(self.made),
            spec,
        )?)
    }

    fn for_hand_in(&self, paper: Paper, context: &RequestContext) -> Result<Vec<u8>> {
        let document = self.signed(paper, self.unsent.spec())?;
        Ok(self
            .unsent
            .store_message(&document, context)?
            .as_xml()
            .to_vec())
    }

    /// Compares what came with what the archive holds.
    fn came(&self, found: &FetchedDocuments) -> Ended {
        let stored = self.archive.documents();
        let is_stored = |fetched: &Fetched| {
            stored
                .iter()
                .any(|stored| stored.id == fetched.id && stored.document == fetched.document)
        };
        if !found.missing.is_empty() || found.documents.is_empty() {
            Ended::Failed("the document did not come".to_owned())
        } else if found.documents.iter().all(is_stored) {
            Ended::Done("came back, byte for byte as it was stored".to_owned())
        } else {
            Ended::Failed("came back changed".to_owned())
        }
    }

    /// Makes the call.
    async fn make(
        &self,
        step: &Step,
        document: Option<&Signed>,
    ) -> std::result::Result<Ended, Box<ClientError>> {
        let (client, context) = (&self.client, &step.who.context());
        let child = people::child().identifier;
        let hits = |hits: Hits| Ended::Hits(hits.entries.len());
        Ok(match step.call {
            Call::Store(_) => match document {
                Some(document) => outcome(client.archive(document, context).await?.outcome),
                None => Ended::Failed("there is no document".to_owned()),
            },
            Call::Annul(paper) => {
                let metadata = paper.draft(self.made).map_err(|error| error.to_string());
                match metadata {
                    Ok(draft) => outcome(
                        client
                            .annul(draft.metadata(), &reason(), context)
                            .await?
                            .outcome,
                    ),
                    Err(error) => Ended::Failed(error),
                }
            }
            Call::FindClientRelations => hits(client.find_client_relations(&child, context).await?),
            Call::FindCase => hits(client.find_case(&documents::case_id(), context).await?),
            Call::FindNewest => {
                let query = SearchQuery::of_case(documents::case_id());
                hits(client.search_metadata(&query, context).await?)
            }
            Call::FindAllVersions(paper) => {
                let query = SearchQuery::of_all_versions(paper.id());
                hits(client.search_metadata(&query, context).await?)
            }
            Call::Fetch(paper) => self.came(&client.fetch_documents(&[paper.id()], context).await?),
            Call::FetchWills => hits(client.fetch_wills(&child, context).await?),
            Call::ClientPermits => match self.archive.set_will(&child, &Will::permitting()) {
                Ok(()) => Ended::Done("the client has permitted disclosures".to_owned()),
                Err(error) => Ended::Failed(error.to_string()),
            },
            Call::FindDisclosed => {
                let query = SearchQuery::of_client(child);
                hits(client.search_disclosed(&query, context).await?)
            }
            Call::FetchDisclosed(paper) => {
                self.came(&client.fetch_disclosed(&[paper.id()], context).await?)
            }
            Call::Notify => match self.notify().await {
                Ok(end) => end,
                Err(error) => Ended::Failed(error.to_string()),
            },
        })
    }

    /// Tells three disclosures to a log register; what is sent is a bundle in JSON.
    async fn notify(&self) -> Result<Ended> {
        let server = TestRegister::start().await?;
        let (register, signer) = (server.client()?, server.signer()?);
        let disclosures = register.disclosures();
        let notices = disclosures.prepare(&sample_batch(3), &signer)?;
        self.heard.put(notices.as_json());
        Ok(
            match disclosures.send(&notices, &caller(), &signer).await? {
                NoticeOutcome::Stored(entries) => {
                    Ended::Done(format!("stored as {} resources", entries.len()))
                }
                NoticeOutcome::Rejected(findings) => Ended::Failed(findings.to_string()),
                other => Ended::Failed(format!("{other:?}")),
            },
        )
    }
}

/// What a step came to.
enum Ended {
    Done(String),
    Hits(usize),
    Refused(String),
    Failed(String),
}

fn outcome(outcome: Outcome) -> Ended {
    match outcome {
        Outcome::Archived(_) => Ended::Done("archived".to_owned()),
        Outcome::Rejected(findings) => Ended::Refused(findings.to_string()),
        other => Ended::Failed(format!("{other:?}")),
    }
}

fn ended_with(error: ClientError) -> Ended {
    match error {
        ClientError::Refused { report, .. } => Ended::Refused(report.to_string()),
        other => Ended::Failed(other.to_string()),
    }
}

/// Compares what happened with what must happen.
fn judged(ended: Ended, must: End) -> std::result::Result<String, String> {
    match (ended, must) {
        (Ended::Done(text), End::Done) => Ok(text),
        (Ended::Hits(count), End::Hits(must)) if count == must => Ok(format!("{count} found")),
        (Ended::Hits(count), End::Hits(must)) => Err(format!("{count} found, {must} must be")),
        (Ended::Refused(text), End::Refused(code)) if text.contains(code) => {
            Ok(format!("refused with {code}, as it must be"))
        }
        (Ended::Done(text) | Ended::Refused(text) | Ended::Failed(text), _) => Err(text),
        (Ended::Hits(count), _) => Err(format!("{count} found")),
    }
}

/// What a call asks for; none when it sends no message of the archive.
fn operation(call: Call) -> Result<Option<Operation>> {
    let query = |kind| Operation::query(kind, &Access::Register);
    Ok(Some(match call {
        Call::Store(paper) => {
            let draft = paper.draft(now()?)?;
            match draft.metadata().replaces {
                None => Operation::store(&draft.metadata().kind)?,
                Some(_) => Operation::new_version(&draft.metadata().kind)?,
            }
        }
        Call::Annul(paper) => Operation::annul(&paper.draft(now()?)?.metadata().kind)?,
        Call::FindClientRelations => query(QueryKind::ClientRelations)?,
        Call::FindCase => query(QueryKind::Cases)?,
        Call::FindNewest | Call::FindAllVersions(_) => query(QueryKind::Metadata)?,
        Call::Fetch(_) => query(QueryKind::Documents)?,
        Call::FetchWills => query(QueryKind::Wills)?,
        Call::FindDisclosed => Operation::query(QueryKind::Metadata, &Access::Permission)?,
        Call::FetchDisclosed(_) => Operation::query(QueryKind::Documents, &Access::Permission)?,
        Call::ClientPermits | Call::Notify => return Ok(None),
    }))
}

/// The national list of reasons is not public: the test archive takes any.
fn reason() -> CodedValue {
    CodedValue::new(
        "TEST-REASON",
        Oid::parse("2.999.3").expect("the text is an object identifier"),
    )
}

/// The last message that left.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Option<Vec<u8>>>>);

impl Heard {
    fn put(&self, message: &[u8]) {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(message.to_vec());
    }

    fn take(&self) -> Option<Vec<u8>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take()
    }
}

/// A transport that keeps what it sends.
struct Overheard {
    inner: HttpsPost,
    heard: Heard,
}

impl Transport for Overheard {
    fn exchange(&self, message: OutgoingMessage) -> PendingReply<'_> {
        self.heard.put(&message.body);
        self.inner.exchange(message)
    }
}
