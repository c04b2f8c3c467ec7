//! The progress of a mass run: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, Write};

use kanta_client::mass::Progress;

/// How many characters the bar has.
const WIDTH: u64 = 30;

/// Shows progress on standard error.
pub(crate) struct ProgressBar {
    on_terminal: bool,
}

impl ProgressBar {
    pub(crate) fn new() -> Self {
        Self {
            on_terminal: std::io::stderr().is_terminal(),
        }
    }

    pub(crate) fn show(&self, progress: &Progress) {
        let text = if self.on_terminal {
            // Back to the start of the line; what is left of a longer one is cleared.
            let bar = bar(progress.done(), progress.total);
            format!("\r{bar} {}\x1b[K", line(progress))
        } else {
            format!("{}\n", line(progress))
        };
        Self::write(&text);
    }

    /// Leaves the line of the bar.
    pub(crate) fn end(&self) {
        if self.on_terminal {
            Self::write("\n");
        }
    }

    fn write(text: &str) {
        // When nobody reads it, the run goes on.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Draws how much is done; nothing when nobody knows of how many.
fn bar(done: u64, total: Option<u64>) -> String {
    let Some(total) = total.filter(|total| *total > 0) else {
        return String::new();
    };
    let full = (done.min(total) * WIDTH / total) as usize;
    format!(
        "[{}{}]",
        "#".repeat(full),
        ".".repeat(WIDTH as usize - full)
    )
}

fn line(progress: &Progress) -> String {
    let of = progress
        .total
        .map(|total| format!(" of {total}"))
        .unwrap_or_default();
    let left = progress
        .time_left()
        .map(|left| format!(", {} s left", left.as_secs()))
        .unwrap_or_default();
    format!(
        "{}{of} done, {} refused, {:.1} per second{left}",
        progress.done(),
        progress.refused,
        progress.per_second
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_up() {
        assert_eq!(bar(0, None), "");
        assert_eq!(bar(0, Some(0)), "");
        assert_eq!(bar(0, Some(4)), format!("[{}]", ".".repeat(30)));
        assert_eq!(
            bar(1, Some(4)),
            format!("[{}{}]", "#".repeat(7), ".".repeat(23))
        );
        for done in [4, 5] {
            assert_eq!(bar(done, Some(4)), format!("[{}]", "#".repeat(30)));
        }
    }
}
