//! The card itself: what it stores, its PIN, and what it answers (NIST SP 800-73-4).

use super::apdu::{
    Command, NO_SUCH_INSTRUCTION, NOT_FOUND, OK, PIN_LOCKED, PIN_NOT_VERIFIED, PIN_WRONG, Status,
    WRONG_DATA, read_tlv, tlv,
};
use crate::authority::{CertificatePurpose, TestAuthority};
use crate::openssl::{NewKey, openssl};
use crate::tool::ToolError;

/// The PIN of every card.
pub const PIN: &str = "135790";
/// As many as DVV says of its own cards (SCS).
const TRIES: u8 = 5;

const SELECT: u8 = 0xa4;
const GET_DATA: u8 = 0xcb;
const VERIFY: u8 = 0x20;
const GENERAL_AUTHENTICATE: u8 = 0x87;
/// Of Yubico, whose answer to reset this card has: OpenSC offers ECDSA on cards that it knows only.
const GET_VERSION: u8 = 0xfd;

const LOGIN: u8 = 0x9a;
const SIGNATURE: u8 = 0x9c;

/// When a card is pulled out of the reader, in the middle of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pull {
    /// When it is given a PIN: after the signature was begun, before it is made.
    AtPin,
    /// When it is to sign: the PIN was right.
    AtSignature,
}

/// Keys and certificates of a card.
pub struct CardKeys {
    identity: [u8; 16],
    login: Slot,
    signature: Slot,
}

struct Slot {
    key: NewKey,
    certificate: Vec<u8>,
}

/// The card's memory, which outlives a removal.
pub(super) struct Card {
    keys: CardKeys,
    tries: u8,
    /// Whether the PIN was given since the card was powered.
    verified: bool,
    /// Whether it was given since the last signature that wants one.
    fresh: bool,
    pub(super) pull: Option<Pull>,
    pub(super) commands: Vec<&'static str>,
}

impl CardKeys {
    /// Makes the keys of a professional's card; `kind` is that of the signature key: `rsa:2048`, `rsa:3072`, `EC:secp384r1`.
    ///
    /// # Errors
    /// [`ToolError`] when OpenSSL is not there.
    pub fn generate(kind: &str, authority: &TestAuthority) -> Result<Self, ToolError> {
        let slot = |kind: &str, purpose| {
            let key = NewKey::generate(kind)?;
            let certificate = authority.issue(&key.public, purpose)?;
            Ok::<_, ToolError>(Slot { key, certificate })
        };
        let signature = slot(kind, CertificatePurpose::ProfessionalSignature)?;
        let mut identity = [0; 16];
        // The end of an RSA key is its exponent, which all have.
        let different = signature.key.public.iter().rev().skip(10);
        for (to, from) in identity.iter_mut().zip(different) {
            *to = *from;
        }
        Ok(Self {
            identity,
            login: slot("EC:prime256v1", CertificatePurpose::ProfessionalLogin)?,
            signature,
        })
    }

    /// Returns the certificate for signatures in DER.
    #[must_use]
    pub fn signature_certificate(&self) -> &[u8] {
        &self.signature.certificate
    }
}

impl std::fmt::Debug for CardKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardKeys(…)")
    }
}

impl Card {
    pub(super) fn new(keys: CardKeys) -> Self {
        Self {
            keys,
            tries: TRIES,
            verified: false,
            fresh: false,
            pull: None,
            commands: Vec::new(),
        }
    }

    /// Forgets what was verified, as a card does without power.
    pub(super) fn reset(&mut self) {
        self.verified = false;
        self.fresh = false;
    }

    /// Answers a command; none when the card is pulled out instead.
    pub(super) fn answer(&mut self, command: &Command) -> Option<(Vec<u8>, Status)> {
        Some(match command.instruction {
            SELECT => select(command),
            GET_DATA => self.get_data(command),
            VERIFY => self.verify(command)?,
            GENERAL_AUTHENTICATE => self.sign(command)?,
            GET_VERSION => (vec![5, 4, 3], OK),
            _ => (Vec::new(), NO_SUCH_INSTRUCTION),
        })
    }

    fn get_data(&self, command: &Command) -> (Vec<u8>, Status) {
        let object = match read_tlv(&command.data).first() {
            Some((0x5c, [0x5f, 0xc1, 0x02])) => self.holder(),
            Some((0x5c, [0x5f, 0xc1, 0x05])) => certificate(&self.keys.login),
            Some((0x5c, [0x5f, 0xc1, 0x0a])) => certificate(&self.keys.signature),
            _ => return (Vec::new(), NOT_FOUND),
        };
        (tlv(&[0x53], &object), OK)
    }

    /// Returns the card holder unique identifier, which tells cards apart.
    fn holder(&self) -> Vec<u8> {
        [
            tlv(&[0x30], &[&[0; 9], &self.keys.identity[..]].concat()),
            tlv(&[0x34], &self.keys.identity),
            tlv(&[0x35], b"20391231"),
            tlv(&[0x3e], &[]),
            tlv(&[0xfe], &[]),
        ]
        .concat()
    }

    fn verify(&mut self, command: &Command) -> Option<(Vec<u8>, Status)> {
        let tries_left = || PIN_WRONG + Status::from(self.tries);
        let status = match (command.p1, &command.data[..]) {
            (0xff, _) => {
                self.reset();
                OK
            }
            _ if self.tries == 0 => PIN_LOCKED,
            (_, []) if self.verified => OK,
            (_, []) => tries_left(),
            (_, given) => {
                if self.pull == Some(Pull::AtPin) && self.verified {
                    return None;
                }
                self.commands.push("VERIFY");
                let mut pin = PIN.as_bytes().to_vec();
                pin.resize(8, 0xff);
                self.verified = given == pin;
                self.fresh = self.verified;
                if self.verified {
                    self.tries = TRIES;
                    OK
                } else {
                    self.tries -= 1;
                    match self.tries {
                        0 => PIN_LOCKED,
                        left => PIN_WRONG + Status::from(left),
                    }
                }
            }
        };
        Some((Vec::new(), status))
    }

    fn sign(&mut self, command: &Command) -> Option<(Vec<u8>, Status)> {
        let slot = match command.p2 {
            LOGIN if self.verified => &self.keys.login,
            SIGNATURE if self.fresh => &self.keys.signature,
            LOGIN | SIGNATURE => return Some((Vec::new(), PIN_NOT_VERIFIED)),
            _ => return Some((Vec::new(), NOT_FOUND)),
        };
        if self.pull == Some(Pull::AtSignature) {
            return None;
        }
        let template = read_tlv(&command.data);
        let fields = template
            .first()
            .map_or_else(Vec::new, |(_, value)| read_tlv(value));
        let Some((_, block)) = fields.into_iter().find(|(tag, _)| *tag == 0x81) else {
            return Some((Vec::new(), WRONG_DATA));
        };
        let Ok(value) = raw_signature(&slot.key, block) else {
            return Some((Vec::new(), WRONG_DATA));
        };
        if command.p2 == SIGNATURE {
            self.fresh = false;
            self.commands.push("SIGN");
        }
        Some((tlv(&[0x7c], &tlv(&[0x82], &value)), OK))
    }
}

fn select(command: &Command) -> (Vec<u8>, Status) {
    const PIV: [u8; 5] = [0xa0, 0, 0, 0x03, 0x08];
    if command.p1 == 4 && command.data.starts_with(&PIV) {
        let authority = tlv(&[0x79], &tlv(&[0x4f], &PIV));
        let template = [tlv(&[0x4f], &[0, 0, 0x10, 0, 1, 0]), authority].concat();
        (tlv(&[0x61], &template), OK)
    } else {
        (Vec::new(), NOT_FOUND)
    }
}

fn certificate(slot: &Slot) -> Vec<u8> {
    [
        tlv(&[0x70], &slot.certificate),
        tlv(&[0x71], &[0]),
        tlv(&[0xfe], &[]),
    ]
    .concat()
}

/// Does what a PIV card does: RSA without padding, which the driver made; ECDSA over a digest, in DER.
fn raw_signature(key: &NewKey, block: &[u8]) -> Result<Vec<u8>, ToolError> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("key.pem");
    std::fs::write(&file, &key.pem)?;
    let file = file.to_string_lossy();
    // To OpenSSL, RSA without padding is decryption.
    let operation: &[&str] = if key.is_rsa {
        &["-decrypt", "-pkeyopt", "rsa_padding_mode:none"]
    } else {
        &["-sign"]
    };
    openssl(&[&["pkeyutl", "-inkey", &*file], operation].concat(), block)
}
