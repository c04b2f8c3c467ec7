//! Waking waiting workers when another process changed something.

use std::sync::{Arc, Weak};
use std::time::Duration;

use postgres::Client;
use postgres::fallible_iterator::FallibleIterator;

use super::connection::{Target, channel, outbox_error};
use crate::outbox::OutboxError;
use crate::outbox::store::Changes;

/// How soon it is noticed that nobody needs the listener any more.
const LOOK: Duration = Duration::from_millis(500);
/// How long it takes until a lost connection is made anew; workers poll meanwhile.
const RECONNECT: Duration = Duration::from_secs(2);

/// Listens in a thread of its own as long as the outbox lives.
pub(super) fn start(target: Arc<Target>, changes: Weak<Changes>) -> Result<(), OutboxError> {
    std::thread::Builder::new()
        .name("kanta-outbox-listener".to_owned())
        .spawn(move || {
            while changes.strong_count() > 0 {
                let end = target
                    .connect()
                    .and_then(|mut client| listen(&mut client, &changes));
                if let Err(error) = end {
                    tracing::warn!(%error, "the outbox cannot listen for changes; its workers poll");
                    std::thread::sleep(RECONNECT);
                }
            }
        })
        .map(|_| ())
        .map_err(|error| OutboxError::Store(error.to_string()))
}

fn listen(client: &mut Client, changes: &Weak<Changes>) -> Result<(), OutboxError> {
    let error = |error| outbox_error(&error);
    let listen = format!("LISTEN {}", channel(client)?);
    client.batch_execute(&listen).map_err(error)?;
    // Something may have happened before anybody listened.
    let mut news = true;
    loop {
        let Some(outbox) = changes.upgrade() else {
            return Ok(());
        };
        if news {
            outbox.tell();
        }
        drop(outbox);
        news = client
            .notifications()
            .timeout_iter(LOOK)
            .next()
            .map_err(error)?
            .is_some();
        if client.is_closed() {
            return Err(OutboxError::Store("the connection was lost".to_owned()));
        }
    }
}
