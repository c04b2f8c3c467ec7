//! DER from a stream: headers one by one, small parts in memory, everything between two points hashed on the way.

use std::io::Read;

use super::RevocationError;
use super::signature::{SignedBy, SignedOctets};

/// Tag and place of one value.
pub(super) struct Header {
    pub(super) tag: u8,
    bytes: Vec<u8>,
    length: u64,
    /// Where it ends in the stream.
    pub(super) end: u64,
}

/// A reader of DER with definite lengths that never goes back.
pub(super) struct DerStream<'r> {
    input: &'r mut dyn Read,
    buffer: Vec<u8>,
    /// What of the buffer is read.
    used: usize,
    position: u64,
    limit: u64,
    signed: Option<SignedOctets>,
}

const BUFFER: usize = 64 * 1024;

impl<'r> DerStream<'r> {
    pub(super) fn new(input: &'r mut dyn Read, limit: u64) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            used: 0,
            position: 0,
            limit,
            signed: None,
        }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Steps into the outermost sequence.
    pub(super) fn sequence(&mut self) -> Result<Header, RevocationError> {
        let header = self.header()?;
        if header.tag == 0x30 && header.end <= self.limit {
            Ok(header)
        } else if header.tag == 0x30 {
            Err(RevocationError::TooLong(self.limit))
        } else {
            Err(RevocationError::Form(
                "it does not begin as one does".to_owned(),
            ))
        }
    }

    /// Steps into the sequence that is signed.
    pub(super) fn begin_signed(&mut self) -> Result<Header, RevocationError> {
        self.signed = Some(SignedOctets::waiting());
        self.header()
    }

    /// Tells how the octets are signed: from here on they need not be kept.
    pub(super) fn sign_with(&mut self, signed_by: &SignedBy) {
        if let Some(signed) = &mut self.signed {
            signed.choose(signed_by);
        }
    }

    pub(super) fn end_signed(&mut self) -> SignedOctets {
        self.signed.take().unwrap_or_else(SignedOctets::waiting)
    }

    pub(super) fn header(&mut self) -> Result<Header, RevocationError> {
        let mut bytes = vec![0; 2];
        self.take(&mut bytes)?;
        let (tag, first) = (bytes[0], bytes[1]);
        let length = if first < 0x80 {
            u64::from(first)
        } else {
            let count = usize::from(first & 0x7f);
            if !(1..=5).contains(&count) {
                return Err(RevocationError::Form("a length is not definite".to_owned()));
            }
            let mut digits = vec![0; count];
            self.take(&mut digits)?;
            bytes.extend_from_slice(&digits);
            digits
                .iter()
                .fold(0, |length, digit| length << 8 | u64::from(*digit))
        };
        Ok(Header {
            tag,
            bytes,
            length,
            end: self.position + length,
        })
    }

    /// The whole value of a header, header included.
    pub(super) fn part(
        &mut self,
        header: &Header,
        most: usize,
    ) -> Result<Vec<u8>, RevocationError> {
        let mut part = Vec::new();
        self.part_into(header, most, &mut part)?;
        Ok(part)
    }

    pub(super) fn part_into(
        &mut self,
        header: &Header,
        most: usize,
        part: &mut Vec<u8>,
    ) -> Result<(), RevocationError> {
        let length = usize::try_from(header.length)
            .ok()
            .filter(|length| *length <= most)
            .ok_or_else(|| RevocationError::Form("a part is too long".to_owned()))?;
        part.clear();
        part.extend_from_slice(&header.bytes);
        let start = part.len();
        part.resize(start + length, 0);
        self.take(&mut part[start..])
    }

    fn take(&mut self, target: &mut [u8]) -> Result<(), RevocationError> {
        let mut filled = 0;
        while filled < target.len() {
            if self.used == self.buffer.len() {
                self.fill()?;
            }
            let here = self.buffer.get(self.used..).unwrap_or_default();
            let count = here.len().min(target.len() - filled);
            target[filled..filled + count].copy_from_slice(&here[..count]);
            filled += count;
            self.used += count;
        }
        self.position += target.len() as u64;
        if self.position > self.limit {
            return Err(RevocationError::TooLong(self.limit));
        }
        if let Some(signed) = &mut self.signed {
            signed.add(target);
        }
        Ok(())
    }

    fn fill(&mut self) -> Result<(), RevocationError> {
        self.buffer.resize(BUFFER, 0);
        self.used = 0;
        let count = self
            .input
            .read(&mut self.buffer)
            .map_err(|error| RevocationError::Read(error.to_string()))?;
        self.buffer.truncate(count);
        if count == 0 {
            return Err(RevocationError::Form("it ends too early".to_owned()));
        }
        Ok(())
    }
}
