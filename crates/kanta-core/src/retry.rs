//! Advice on trying again, which every error of an operation carries.

use std::time::Duration;

/// Whether and when an operation may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Trying again changes nothing: something has to be mended first.
    Never,
    /// Nothing was sent: it is safe to try at once.
    SafeNow,
    /// Nothing was sent: try after a while.
    After(Duration),
    /// Something may have arrived: ask the archive first.
    AfterReconcile,
}
