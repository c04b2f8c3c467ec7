//! Where an entry stands, and how many stand where.

use std::fmt;
use std::str::FromStr;

use super::Kind;

macro_rules! states {
    ($($(#[$docs:meta])* $name:ident = $word:literal,)*) => {
        /// Where a document in the outbox stands (Finnish: tila).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum State {
            $($(#[$docs])* $name,)*
        }

        impl State {
            /// Every state, in the order of a document's life.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the word that the database and the command line use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }

        impl FromStr for State {
            type Err = UnknownState;

            fn from_str(word: &str) -> Result<Self, UnknownState> {
                match word { $($word => Ok(Self::$name),)* _ => Err(UnknownState(())) }
            }
        }
    };
}

states! {
    /// It waits for an earlier document of its lane or version chain.
    Held = "held",
    /// It is the next of its lane and can be sent.
    Queued = "queued",
    /// A worker is sending it. Written durably before the first byte leaves; after a crash the archive is asked. Notices are
    /// then parked.
    Sending = "sending",
    /// It may have arrived. The archive is asked before anything is sent again. Notices are parked by the next worker.
    Unknown = "unknown",
    /// The archive has it, or the log register.
    Archived = "archived",
    /// The archive, or the log register, refused it; the findings say why.
    Rejected = "rejected",
    /// A person has to decide; the findings say why.
    Parked = "parked",
    /// A person gave it up, or another document took its place.
    Discarded = "discarded",
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no state (`KANTA-OUTBOX-STATE`). It is not repeated: it may be anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no state of a document in the outbox: give held, queued, sending, unknown, archived, rejected, parked or discarded \
     [KANTA-OUTBOX-STATE]"
)]
pub struct UnknownState(());

/// How many entries of each kind are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([[u64; State::ALL.len()]; Kind::ALL.len()]);

impl Counts {
    /// Returns the same counts of one kind only.
    #[must_use]
    pub fn only(&self, kind: Kind) -> Self {
        let mut only = Self::default();
        only.0[kind as usize] = self.0[kind as usize];
        only
    }

    /// Returns how many are in a state.
    #[must_use]
    pub fn of(&self, state: State) -> u64 {
        self.0.iter().map(|counts| counts[state as usize]).sum()
    }

    /// Returns how many still have to be sent or asked for.
    #[must_use]
    pub fn open(&self) -> u64 {
        [State::Held, State::Queued, State::Sending, State::Unknown]
            .into_iter()
            .map(|state| self.of(state))
            .sum()
    }

    /// Returns how many there are in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().flatten().sum()
    }

    /// Says how many of a kind are in a state.
    pub fn set(&mut self, kind: Kind, state: State, count: u64) {
        self.0[kind as usize][state as usize] = count;
    }
}
