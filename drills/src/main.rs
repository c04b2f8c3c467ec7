//! The crash drill: processes that archive documents are killed at random points, and in the end the test archive holds each
//! document exactly once and in the order of its lane.
//!
//! ```text
//! scripts/crash-drill --documents N --kills K [--postgres] [--seed S]
//! ```
//!
//! The test archive runs in this process. With SQLite one child makes, signs, queues and sends documents; every third kill is
//! a power cut: the child is stopped, its files are copied, of what was not yet synced a random part is dropped, and the next
//! child goes on with the copy. With `--postgres` one child makes and queues documents and three send them; besides the
//! children the server is made to crash too. The last line on stdout has the figures; the exit code is 0 only if all holds.

mod child;
mod options;
mod parent;
mod power_cut;
mod random;
mod reporting;
mod verdict;

use std::process::ExitCode;

pub(crate) type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> ExitCode {
    let end = match options::read(std::env::args().skip(1)) {
        Ok(options::Role::Parent(options)) => parent::run(&options).await,
        Ok(options::Role::Child(task)) => child::run(&task).await.map(|()| true),
        Err(message) => {
            eprintln!(
                "{message}\nusage: crash-drill --documents N --kills K [--postgres] [--seed S]"
            );
            return ExitCode::from(2);
        }
    };
    match end {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("crash-drill: {error}");
            ExitCode::FAILURE
        }
    }
}
