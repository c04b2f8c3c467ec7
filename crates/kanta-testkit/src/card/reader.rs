//! The reader: the card daemon with its virtual reader, and putting a card in.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::apdu::Exchange;
use super::piv::{Card, CardKeys, Pull};
use crate::own_process;
use crate::tool::ToolError;

/// Where the virtual reader waits for cards.
const PORT: u16 = 35963;
/// The answer to reset of a card that OpenSC knows to have ECDSA (measured, `[V]`).
const ANSWER_TO_RESET: [u8; 23] = [
    0x3b, 0xfd, 0x13, 0x00, 0x00, 0x81, 0x31, 0xfe, 0x15, 0x80, 0x73, 0xc0, 0x21, 0xc0, 0x57, 0x59,
    0x75, 0x62, 0x69, 0x4b, 0x65, 0x79, 0x40,
];
/// The daemon looks every 0.4 seconds.
const NOTICED: Duration = Duration::from_millis(900);
/// Control messages of the virtual reader have one byte.
const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const GIVE_ANSWER_TO_RESET: u8 = 4;

/// The card daemon with a virtual reader, for one test at a time on this machine.
#[derive(Debug)]
pub struct CardReader {
    daemon: Child,
    _turn: File,
}

/// A card that can be put in and pulled out. Its memory, the tries for the PIN too, stays.
pub struct VirtualCard {
    card: Arc<Mutex<Card>>,
    inside: Option<(TcpStream, JoinHandle<()>)>,
}

impl CardReader {
    /// Runs the rest of a test in a process of its own while a card daemon runs that is started for it. In that process it
    /// returns true; in the first one false, when all is done. Says `SKIPPED` where the daemon cannot run.
    ///
    /// # Panics
    /// When the test fails in its own process.
    #[must_use]
    pub fn in_own_process(test: &str) -> bool {
        if own_process::is_inside(test) {
            return true;
        }
        match Self::start() {
            Ok(_) if super::module().is_none() => {
                own_process::skip::<()>(test, "OpenSC's module is not there");
            }
            Ok(_reader) => own_process::run(test, &[]),
            Err(error) => {
                own_process::skip::<()>(test, &error.to_string());
            }
        }
        false
    }

    /// Waits for its turn on this machine and starts the daemon.
    ///
    /// # Errors
    /// [`ToolError`] when the daemon is not installed, or does not get its virtual reader.
    pub fn start() -> Result<Self, ToolError> {
        let turn = File::create(std::env::temp_dir().join("kanta-testkit-card-reader.lock"))?;
        turn.lock()?;
        let daemon = Command::new("pcscd")
            .args(["--foreground", "--error"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|source| ToolError::Missing {
                program: "pcscd".to_owned(),
                source,
            })?;
        let mut reader = Self {
            daemon,
            _turn: turn,
        };
        let until = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, PORT)).is_err() {
            let ended = reader.daemon.try_wait()?.is_some();
            if ended || Instant::now() > until {
                return Err(ToolError::Failed {
                    program: "pcscd".to_owned(),
                    output:
                        "there is no virtual reader on its port: install vsmartcard-vpcd, and see \
                             that no other card daemon runs"
                            .to_owned(),
                });
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(reader)
    }
}

impl Drop for CardReader {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl VirtualCard {
    /// Makes a card that is not in the reader.
    #[must_use]
    pub fn new(keys: CardKeys) -> Self {
        Self {
            card: Arc::new(Mutex::new(Card::new(keys))),
            inside: None,
        }
    }

    /// Puts the card into the reader.
    ///
    /// # Errors
    /// [`ToolError`] when there is no reader.
    pub fn insert(&mut self) -> Result<(), ToolError> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, PORT))?;
        let (reader, card) = (stream.try_clone()?, self.card.clone());
        self.memory().reset();
        let thread = thread::spawn(move || {
            // The reader's end of the line says how it ended.
            let _ = serve(reader, &card);
        });
        self.inside = Some((stream, thread));
        Ok(())
    }

    /// Pulls the card out, and waits until the daemon has noticed: nobody's hand is faster.
    pub fn remove(&mut self) {
        if let Some((stream, thread)) = self.inside.take() {
            let _ = stream.shutdown(Shutdown::Both);
            let _ = thread.join();
            thread::sleep(NOTICED);
        }
    }

    /// Has the card pulled out in the middle of the next signature.
    pub fn pull(&self, when: Pull) {
        self.memory().pull = Some(when);
    }

    /// Returns what the card did that counts: each PIN it was given and each signature it made.
    #[must_use]
    pub fn commands(&self) -> Vec<&'static str> {
        self.memory().commands.clone()
    }

    fn memory(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        self.remove();
    }
}

impl std::fmt::Debug for VirtualCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VirtualCard")
            .field("inside", &self.inside.is_some())
            .finish_non_exhaustive()
    }
}

/// Plays the card until the reader or the test pulls it out. Each message has its length in two bytes before it.
fn serve(mut reader: TcpStream, card: &Mutex<Card>) -> std::io::Result<()> {
    let mut exchange = Exchange::default();
    loop {
        let mut length = [0; 2];
        reader.read_exact(&mut length)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        reader.read_exact(&mut message)?;
        let mut card = card.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match message[..] {
            [POWER_OFF | POWER_ON | RESET] => {
                card.reset();
                continue;
            }
            [GIVE_ANSWER_TO_RESET] => ANSWER_TO_RESET[..].to_vec(),
            _ => {
                let mut pulled = false;
                let answer = exchange.answer(&message, |command| {
                    card.answer(command).unwrap_or_else(|| {
                        pulled = true;
                        (Vec::new(), 0)
                    })
                });
                if pulled {
                    card.pull = None;
                    reader.shutdown(Shutdown::Both)?;
                    return Err(ErrorKind::ConnectionAborted.into());
                }
                answer
            }
        };
        let mut framed = (answer.len() as u16).to_be_bytes().to_vec();
        framed.extend(answer);
        reader.write_all(&framed)?;
    }
}
