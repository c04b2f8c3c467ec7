//! Many documents in one session of a token.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{TokenError, TokenSigner};
use crate::{SignatureValue, ToBeSigned};

/// So many documents stand ready behind those in the token's hands; each is held in memory.
const READY: usize = 3;
/// How long the batch stays awake for an answer: longer than a fast token takes, and nothing beside what a slow one does.
const AWAKE: Duration = Duration::from_micros(200);

/// How a batch deals with a token that goes away.
#[derive(Debug, Clone, Copy, Default)]
pub struct BatchOptions {
    /// How long to wait for a token that is away before the batch is interrupted (default: not at all).
    pub wait_for_token: Duration,
}

/// What came of a document of a batch, or of the batch.
#[derive(Debug)]
pub enum BatchStep<T> {
    /// A document was signed.
    Signed(T, SignatureValue),
    /// A document could not be signed, for a reason of its own; the others go on.
    Failed(T, TokenError),
    /// Nothing can be signed now: the token is away, or a PIN is wrong or missing. No document was taken from the batch. Asking
    /// for the next step goes on with the document that was in turn.
    Interrupted(TokenError),
}

/// How far a batch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchProgress {
    /// How many documents were signed.
    pub signed: usize,
    /// How many could not be signed.
    pub failed: usize,
    /// How many there are in all, if the iterator of documents knows.
    pub total: Option<usize>,
}

/// Many documents signed in one session, with a result for each, in their order.
///
/// While the token signs one, the next are taken from the iterator and so prepared: an iterator that prepares documents lazily
/// costs no time beside a token that is slower. Nothing is lost when the token goes away: the batch stands still at the document
/// in turn and goes on from there when it is asked for the next step.
///
/// ```no_run
/// use std::time::Duration;
///
/// use kanta_sign::pkcs11::{BatchOptions, BatchStep, TokenError, TokenSigner};
/// use kanta_sign::{SignatureAlgorithm, SignatureValue, ToBeSigned};
///
/// fn octets(prepared: &Vec<u8>) -> ToBeSigned<'_> {
///     ToBeSigned::new(prepared, SignatureAlgorithm::RsaSha256)
/// }
///
/// fn sign_all(
///     signer: &TokenSigner,
///     prepared: impl Iterator<Item = Vec<u8>>,
///     mut keep: impl FnMut(Vec<u8>, SignatureValue),
/// ) -> Result<(), TokenError> {
///     for step in signer.batch(prepared, octets, BatchOptions::default()) {
///         match step {
///             BatchStep::Signed(document, value) => keep(document, value),
///             BatchStep::Failed(_, error) => eprintln!("{error}"),
///             // Here a service waits for its HSM, and a desktop program asks the person to insert the card.
///             BatchStep::Interrupted(error) if error.is_token_away() => {
///                 if !signer.token().wait(Duration::from_secs(60)) {
///                     return Err(error);
///                 }
///             }
///             BatchStep::Interrupted(error) => return Err(error),
///         }
///     }
///     Ok(())
/// }
/// ```
pub struct Batch<I: Iterator, F> {
    signer: TokenSigner,
    documents: std::iter::Fuse<I>,
    octets: F,
    options: BatchOptions,
    /// Taken from the iterator and not yet given back, in order.
    taken: VecDeque<Taken<I::Item>>,
    /// The number of the first of them.
    first: usize,
    answers: (Sender<Answer>, Receiver<Answer>),
    /// Set when the token failed, so that what stands in the queue behind the failure is not tried.
    stopped: Arc<AtomicBool>,
    /// The number of the document that the token was last waited for.
    waited_at: Option<usize>,
    signed: usize,
    failed: usize,
}

/// A document's number and its result; none when its turn was passed over after a failure of the token.
type Answer = (usize, Option<Result<SignatureValue, TokenError>>);

/// A document's turn on a thread of the token. The batch gets an answer whatever becomes of it.
pub(super) struct Turn {
    number: usize,
    stopped: Arc<AtomicBool>,
    answers: Sender<Answer>,
    answered: bool,
}

impl Turn {
    /// Signs, unless the token failed for an earlier document, and answers.
    pub(super) fn take(mut self, sign: impl FnOnce() -> Result<SignatureValue, TokenError>) {
        if self.stopped.load(Ordering::Acquire) {
            self.answer(None);
        } else {
            let result = sign();
            self.answer(Some(result));
        }
    }

    fn answer(&mut self, result: Option<Result<SignatureValue, TokenError>>) {
        self.answered = true;
        if matches!(&result, Some(Err(error)) if !error.is_of_one_document()) {
            self.stopped.store(true, Ordering::Release);
        }
        // Nobody waits any more when the batch was dropped.
        let _ = self.answers.send((self.number, result));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.answered {
            self.answer(Some(Err(TokenError::CallbackPanicked)));
        }
    }
}

struct Taken<T> {
    document: T,
    state: State,
}

enum State {
    /// Must be given to the token.
    Waiting,
    /// Was given to the token.
    Given,
    /// The token answered.
    Answered(Result<SignatureValue, TokenError>),
}

impl<I, F> Batch<I, F>
where
    I: Iterator,
    F: Fn(&I::Item) -> ToBeSigned<'_>,
{
    pub(super) fn new(signer: TokenSigner, documents: I, octets: F, options: BatchOptions) -> Self {
        Self {
            signer,
            documents: documents.fuse(),
            octets,
            options,
            taken: VecDeque::new(),
            first: 0,
            answers: channel(),
            stopped: Arc::default(),
            waited_at: None,
            signed: 0,
            failed: 0,
        }
    }

    /// Returns how far it has come.
    #[must_use]
    pub fn progress(&self) -> BatchProgress {
        let done = self.signed + self.failed;
        let (least, most) = self.documents.size_hint();
        BatchProgress {
            signed: self.signed,
            failed: self.failed,
            total: (most == Some(least)).then_some(done + self.taken.len() + least),
        }
    }

    /// Gives back the documents that were not signed, the ones taken already first.
    pub fn into_rest(self) -> impl Iterator<Item = I::Item> {
        self.taken
            .into_iter()
            .map(|taken| taken.document)
            .chain(self.documents)
    }

    /// Takes documents and gives them to the token: what it can have in hand, and some that it finds ready, so that a fast
    /// token does not wait until this thread wakes up.
    fn fill(&mut self) {
        while self.taken.len() < self.signer.sessions() + READY {
            let Some(document) = self.documents.next() else {
                break;
            };
            self.taken.push_back(Taken {
                document,
                state: State::Waiting,
            });
            self.give();
        }
        self.give();
    }

    fn give(&mut self) {
        let waiting = self.taken.len() + self.documents.size_hint().0;
        for (place, taken) in self.taken.iter_mut().enumerate() {
            if !matches!(taken.state, State::Waiting) {
                continue;
            }
            taken.state = State::Given;
            let turn = Turn {
                number: self.first + place,
                stopped: self.stopped.clone(),
                answers: self.answers.0.clone(),
                answered: false,
            };
            self.signer
                .put(&(self.octets)(&taken.document), waiting - place, turn);
        }
    }

    /// Waits for one answer and notes it.
    fn receive(&mut self) {
        let Some((number, answer)) = self.next_answer() else {
            return;
        };
        if let Some(taken) = number
            .checked_sub(self.first)
            .and_then(|place| self.taken.get_mut(place))
        {
            taken.state = match answer {
                Some(result) => State::Answered(result),
                None => State::Waiting,
            };
        }
    }

    /// Looks for the next answer a while before it sleeps: to be woken takes a fast token's thread a fifth of a signature.
    fn next_answer(&self) -> Option<Answer> {
        let start = Instant::now();
        while start.elapsed() < AWAKE {
            if let Ok(answer) = self.answers.1.try_recv() {
                return Some(answer);
            }
            thread::yield_now();
        }
        self.answers.1.recv().ok()
    }

    /// Waits until the token has nothing of this batch in hand, and returns what the token failed with; the documents that it
    /// failed for wait again.
    fn settle(&mut self) -> Option<TokenError> {
        while self
            .taken
            .iter()
            .any(|taken| matches!(taken.state, State::Given))
        {
            self.receive();
        }
        self.stopped.store(false, Ordering::Release);
        let mut first = None;
        for taken in &mut self.taken {
            if let State::Answered(Err(error)) = &taken.state
                && !error.is_of_one_document()
            {
                first.get_or_insert(error.clone());
                taken.state = State::Waiting;
            }
        }
        first
    }

    /// Waits for a token that is away, once for each document. Returns whether it is back.
    fn wait_for_token(&mut self, error: &TokenError) -> bool {
        let wait = self.options.wait_for_token;
        error.is_token_away()
            && !wait.is_zero()
            && self.waited_at.replace(self.first) != Some(self.first)
            && self.signer.token().wait(wait)
    }

    /// Returns the document in turn with its result, if there is one that is its own.
    fn take_front(&mut self) -> Option<BatchStep<I::Item>> {
        let is_done = self.taken.front().is_some_and(|front| {
            matches!(&front.state, State::Answered(result)
                if result.as_ref().err().is_none_or(TokenError::is_of_one_document))
        });
        let taken = is_done.then(|| self.taken.pop_front()).flatten()?;
        self.first += 1;
        match taken.state {
            State::Answered(Ok(value)) => {
                self.signed += 1;
                Some(BatchStep::Signed(taken.document, value))
            }
            State::Answered(Err(error)) => {
                self.failed += 1;
                Some(BatchStep::Failed(taken.document, error))
            }
            State::Waiting | State::Given => None,
        }
    }
}

impl<I, F> Iterator for Batch<I, F>
where
    I: Iterator,
    F: Fn(&I::Item) -> ToBeSigned<'_>,
{
    type Item = BatchStep<I::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(step) = self.take_front() {
                return Some(step);
            }
            if self.stopped.load(Ordering::Acquire) {
                if let Some(error) = self.settle()
                    && !self.wait_for_token(&error)
                {
                    return Some(BatchStep::Interrupted(error));
                }
                continue;
            }
            self.fill();
            if self.taken.is_empty() {
                return None;
            }
            self.receive();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, _) = self.documents.size_hint();
        // Interruptions are steps too, and nobody knows how many there are.
        (self.taken.len() + least, None)
    }
}

impl<I: Iterator, F> fmt::Debug for Batch<I, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("signed", &self.signed)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
