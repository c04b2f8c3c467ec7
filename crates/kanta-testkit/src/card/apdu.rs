//! Commands and answers of a card (ISO 7816-4), short form with chaining both ways.

/// A command with the data of its chain put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) instruction: u8,
    pub(super) p1: u8,
    pub(super) p2: u8,
    pub(super) data: Vec<u8>,
}

/// Two bytes at the end of every answer.
pub(super) type Status = u16;
pub(super) const OK: Status = 0x9000;
pub(super) const NOT_FOUND: Status = 0x6a82;
pub(super) const WRONG_DATA: Status = 0x6a80;
pub(super) const NO_SUCH_INSTRUCTION: Status = 0x6d00;
pub(super) const PIN_NOT_VERIFIED: Status = 0x6982;
pub(super) const PIN_LOCKED: Status = 0x6983;
/// With the number of tries that are left in the last digit.
pub(super) const PIN_WRONG: Status = 0x63c0;
const MORE: Status = 0x6100;

const GET_RESPONSE: u8 = 0xc0;
const CHAINED: u8 = 0x10;
const PART: usize = 256;

/// Puts chains together and cuts long answers up.
#[derive(Default)]
pub(super) struct Exchange {
    chain: Vec<u8>,
    rest: Vec<u8>,
}

impl Exchange {
    /// Answers the bytes of one command; whole commands are answered by `card`.
    pub(super) fn answer(
        &mut self,
        bytes: &[u8],
        card: impl FnOnce(&Command) -> (Vec<u8>, Status),
    ) -> Vec<u8> {
        let [class, instruction, p1, p2, rest @ ..] = bytes else {
            return WRONG_DATA.to_be_bytes().to_vec();
        };
        if *instruction == GET_RESPONSE {
            return self.next_part(OK);
        }
        self.chain.extend_from_slice(data(rest));
        if class & CHAINED != 0 {
            return OK.to_be_bytes().to_vec();
        }
        let (answer, status) = card(&Command {
            instruction: *instruction,
            p1: *p1,
            p2: *p2,
            data: std::mem::take(&mut self.chain),
        });
        self.rest = answer;
        self.next_part(status)
    }

    fn next_part(&mut self, status: Status) -> Vec<u8> {
        let rest = self.rest.split_off(self.rest.len().min(PART));
        let mut part = std::mem::replace(&mut self.rest, rest);
        let status = match self.rest.len() {
            0 => status,
            more @ 1..PART => MORE + more as u16,
            _ => MORE,
        };
        part.extend_from_slice(&status.to_be_bytes());
        part
    }
}

/// Returns the data of the part of a command behind its header: a length and as many bytes, or nothing.
fn data(rest: &[u8]) -> &[u8] {
    match rest {
        [length, data @ ..] => data.get(..usize::from(*length)).unwrap_or(&[]),
        [] => &[],
    }
}

/// Writes a value with its tag and length (BER-TLV).
pub(super) fn tlv(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let mut bytes = tag.to_vec();
    match value.len() {
        length @ 0..0x80 => bytes.push(length as u8),
        length @ 0x80..0x100 => bytes.extend([0x81, length as u8]),
        length => {
            bytes.push(0x82);
            bytes.extend((length as u16).to_be_bytes());
        }
    }
    bytes.extend_from_slice(value);
    bytes
}

/// Reads tags of one byte with their values.
pub(super) fn read_tlv(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut values = Vec::new();
    while let [tag, rest @ ..] = bytes {
        let (length, rest) = match rest {
            [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
            [0x81, length, rest @ ..] | [length, rest @ ..] => (usize::from(*length), rest),
            [] => break,
        };
        let Some((value, behind)) = rest.split_at_checked(length) else {
            break;
        };
        values.push((*tag, value));
        bytes = behind;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_put_together_and_long_answers_cut() {
        let mut exchange = Exchange::default();
        let first = exchange.answer(&[0x10, 0x87, 1, 2, 2, 10, 11], |_| unreachable!());
        assert_eq!(first, [0x90, 0]);
        let answer = exchange.answer(&[0, 0x87, 1, 2, 1, 12, 0], |command| {
            assert_eq!(command.data, [10, 11, 12]);
            (vec![7; 300], OK)
        });
        assert_eq!((answer.len(), &answer[256..]), (258, &[0x61, 44][..]));
        let rest = exchange.answer(&[0, 0xc0, 0, 0, 44], |_| unreachable!());
        assert_eq!((rest.len(), &rest[44..]), (46, &[0x90, 0][..]));
    }

    #[test]
    fn values_are_read_as_written() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x300] {
            let value = vec![5; length];
            let bytes = tlv(&[0x53], &value);
            assert_eq!(read_tlv(&bytes), [(0x53, &value[..])], "{length}");
        }
    }
}
