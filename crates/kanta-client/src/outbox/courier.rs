//! The seam between the outbox and whoever carries a document to the archive.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use kanta_cda::Signed;
use kanta_core::spec::Environment;
use kanta_core::{Mark, Reason, Report, Rule, Severity};
use kanta_xml::Limits;

use super::{BundleStamp, Claim, Kind};
use crate::{ArchiveClient, ClientError, Outcome, RequestContext, Retry, reasons};

const NOT_SENT: Rule = Rule::new(
    "KANTA-OUTBOX-NOT-SENT",
    Severity::Error,
    Mark::Own,
    "own check: what cannot be sent stays in the outbox",
);

/// Somebody who carries documents to the archive and asks it for them, or notices to the log register.
pub trait Courier: Send + Sync {
    /// Returns what it carries (default: documents): a worker claims nothing else for it.
    fn kind(&self) -> Kind {
        Kind::Document
    }

    /// Sends the document once.
    ///
    /// An error means that no byte of it left; whatever is not certain is [`Outcome::Unknown`].
    fn send<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Outcome>;

    /// Asks the archive for the document: [`Outcome::Archived`] when it has this very document, `None` when it certainly has
    /// not.
    fn reconcile<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Option<Outcome>>;

    /// Returns the hash of the spec bundle under which messages are made.
    fn bundle_hash(&self) -> Option<String> {
        None
    }
}

/// The end of a delivery that is on its way.
pub type Delivery<'c, T> = Pin<Box<dyn Future<Output = Result<T, NotSent>> + Send + 'c>>;

/// Why nothing was sent, or the archive was not asked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NotSent {
    /// The reasons.
    pub report: Report,
    /// Whether and when it may be tried again; [`Retry::Never`] leaves it to a person.
    pub retry: Retry,
}

impl NotSent {
    /// Tells a reason.
    #[must_use]
    pub fn new(why: &Reason, retry: Retry) -> Self {
        let finding = NOT_SENT.finding(
            "",
            format!("mitään ei lähetetty eikä kysytty: {}", why.finnish()),
            format!("nothing was sent or asked: {why}"),
        );
        Self {
            report: [finding].into_iter().collect(),
            retry,
        }
    }
}

/// Sees that a claim holds what the courier carries, made for the environment that it carries to.
pub(super) fn check_claim(
    claim: &Claim,
    kind: Kind,
    environment: Environment,
) -> Result<(), NotSent> {
    if claim.kind != kind {
        return Err(NotSent::new(
            &Reason::new(
                format!(
                    "rivin laji on {} ja kuljettajan {kind}: anna se oman lajinsa työntekijälle [KANTA-OUTBOX-KIND]",
                    claim.kind
                ),
                format!(
                    "the entry holds {} and the courier carries {kind}: give it to a worker of its kind [KANTA-OUTBOX-KIND]",
                    claim.kind
                ),
            ),
            Retry::Never,
        ));
    }
    if !claim.bundle.is_for(environment) {
        return Err(NotSent::new(
            &Reason::new(
                format!(
                    "se on tehty ympäristöön `{}` ja asiakas on ympäristöä `{}` varten: käytä sen ympäristön työntekijää \
                     [KANTA-OUTBOX-ENVIRONMENT]",
                    claim.bundle.environment,
                    environment.key()
                ),
                format!(
                    "it was made for the environment `{}` and the client is for `{}`; run the worker of that environment \
                     [KANTA-OUTBOX-ENVIRONMENT]",
                    claim.bundle.environment,
                    environment.key()
                ),
            ),
            Retry::Never,
        ));
    }
    Ok(())
}

impl From<ClientError> for NotSent {
    fn from(error: ClientError) -> Self {
        let retry = match (&error, error.retry()) {
            // A connection that does not come about, or something in between that answers, is no fault of the document.
            (ClientError::Transport(_) | ClientError::Answer { .. }, Retry::Never) => {
                Retry::After(Duration::from_secs(30))
            }
            (_, retry) => retry,
        };
        Self::new(&error.reason(), retry)
    }
}

type Contexts = dyn Fn(Option<&str>) -> Option<RequestContext> + Send + Sync;

/// Carries documents with an [`ArchiveClient`].
pub struct ArchiveCourier {
    client: ArchiveClient,
    contexts: Box<Contexts>,
    stamp: BundleStamp,
    limits: Limits,
}

impl ArchiveCourier {
    /// Makes a courier; `contexts` finds the request context by the word that was kept with a document
    /// ([`NewEntry::with_context`](super::NewEntry::with_context)).
    pub fn new(
        client: ArchiveClient,
        contexts: impl Fn(Option<&str>) -> Option<RequestContext> + Send + Sync + 'static,
    ) -> Self {
        Self {
            stamp: BundleStamp::of(client.spec()),
            client,
            contexts: Box::new(contexts),
            limits: Limits::default(),
        }
    }

    /// Makes a courier for documents that all have the same request context.
    pub fn with_context(client: ArchiveClient, context: RequestContext) -> Self {
        Self::new(client, move |_| Some(context.clone()))
    }

    /// Takes the document up as it was signed: signatures are verified again before it leaves.
    fn unpack(&self, document: &Claim) -> Result<(Signed, RequestContext), NotSent> {
        let never = |why: &Reason| NotSent::new(why, Retry::Never);
        check_claim(document, self.kind(), self.client.spec().environment())?;
        let context = (self.contexts)(document.context.as_deref()).ok_or_else(|| {
            never(&Reason::new(
                "järjestelmä ei tunne asiakirjan pyynnön kontekstia [KANTA-OUTBOX-CONTEXT]",
                "the host knows no request context for the document [KANTA-OUTBOX-CONTEXT]",
            ))
        })?;
        let signed = Signed::from_bytes(document.bytes.clone(), self.client.spec(), &self.limits)
            .map_err(|error| never(&reasons::signing(&error)))?;
        if signed.metadata().id != document.oid {
            return Err(never(&Reason::new(
                "asiakirjalla on toinen tunniste kuin sen rivillä [KANTA-OUTBOX-BYTES]",
                "the document has another identifier than its row [KANTA-OUTBOX-BYTES]",
            )));
        }
        Ok((signed, context))
    }
}

impl Courier for ArchiveCourier {
    fn send<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Outcome> {
        Box::pin(async move {
            let (signed, context) = self.unpack(document)?;
            Ok(self.client.archive(&signed, &context).await?.outcome)
        })
    }

    fn reconcile<'c>(&'c self, document: &'c Claim) -> Delivery<'c, Option<Outcome>> {
        Box::pin(async move {
            let (signed, context) = self.unpack(document)?;
            Ok(self.client.reconcile(&signed, &context).await?)
        })
    }

    fn bundle_hash(&self) -> Option<String> {
        Some(self.stamp.hash.clone())
    }
}

impl std::fmt::Debug for ArchiveCourier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArchiveCourier")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
