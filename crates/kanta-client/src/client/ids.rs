//! Identifiers of messages.

/// Where identifiers of messages come from; none may ever be given out twice.
pub trait MessageIds: Send + Sync {
    /// Returns the next extension under the context's message root.
    fn next(&self) -> String;
}

/// Message identifiers from random UUIDs: unique without anything to keep.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomMessageIds;

impl MessageIds for RandomMessageIds {
    fn next(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }
}
