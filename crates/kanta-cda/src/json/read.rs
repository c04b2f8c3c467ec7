//! Reads bytes into the table of nodes.

use super::{ADDED, Json, JsonError, Kind, NONE, Node, Problem, Span, scan};

/// No limit on nesting goes beyond this: the reader calls itself for each level.
const DEEPEST: usize = 120;
/// 2^53: up to here every integer is one double-precision number, beyond it two integers may become the same.
const LARGEST_INTEGER: u64 = 1 << 53;
/// Objects with more members than this are searched for doubles by sorting.
const FEW: usize = 32;

pub(super) fn read(bytes: &[u8], depth: usize) -> Result<Json<'_>, JsonError> {
    let wrong = |offset, problem| JsonError::at(bytes, offset, problem);
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(wrong(0, Problem::ByteOrderMark));
    }
    if bytes.len() > 1 << 30 {
        return Err(wrong(0, Problem::Size));
    }
    let source = std::str::from_utf8(bytes)
        .map_err(|error| wrong(error.valid_up_to(), Problem::Encoding))?;
    let mut reader = Reader {
        bytes,
        at: 0,
        json: Json {
            source,
            added: String::new(),
            // Content has a value for every twenty to forty bytes.
            nodes: Vec::with_capacity(bytes.len() / 24 + 1),
        },
    };
    match reader.whole(depth.min(DEEPEST)) {
        Ok(()) => Ok(reader.json),
        Err(problem) => Err(wrong(reader.at, problem)),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    json: Json<'a>,
}

impl Reader<'_> {
    fn whole(&mut self, depth: usize) -> Result<(), Problem> {
        self.value(Span::EMPTY, depth)?;
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(Problem::Syntax),
        }
    }

    /// The next byte that is no white space; it is not taken.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                byte => return byte.copied(),
            }
        }
    }

    #[inline]
    fn expect(&mut self, wanted: u8) -> Result<(), Problem> {
        match self.peek() {
            Some(byte) if byte == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Problem::Syntax),
            None => Err(Problem::End),
        }
    }

    fn value(&mut self, name: Span, levels: usize) -> Result<u32, Problem> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                let value = self.string()?;
                Ok(self.push(Kind::Text, name, value))
            }
            Some(b'{') => self.object(name, levels.checked_sub(1).ok_or(Problem::Depth)?),
            Some(b'[') => self.array(name, levels.checked_sub(1).ok_or(Problem::Depth)?),
            Some(b't') => self.word("true", Kind::Bool(true), name),
            Some(b'f') => self.word("false", Kind::Bool(false), name),
            Some(b'n') => self.word("null", Kind::Null, name),
            Some(b'-' | b'0'..=b'9') => {
                let value = self.number()?;
                Ok(self.push(Kind::Number, name, value))
            }
            Some(_) => Err(Problem::Syntax),
            None => Err(Problem::End),
        }
    }

    #[inline]
    fn push(&mut self, kind: Kind, name: Span, value: Span) -> u32 {
        let node = self.json.nodes.len() as u32;
        self.json.nodes.push(Node {
            kind,
            name,
            value,
            next: NONE,
        });
        node
    }

    /// Links a child as the last one of its parent.
    #[inline]
    fn link(&mut self, parent: u32, last: u32, child: u32) {
        if last == NONE {
            self.json.nodes[parent as usize].value.start = child;
        } else {
            self.json.nodes[last as usize].next = child;
        }
        self.json.nodes[parent as usize].value.length = child;
    }

    fn array(&mut self, name: Span, levels: usize) -> Result<u32, Problem> {
        let array = self.push(Kind::Array, name, Span::CHILDLESS);
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(array);
        }
        let mut last = NONE;
        loop {
            let item = self.value(Span::EMPTY, levels)?;
            self.link(array, last, item);
            last = item;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                Some(_) => return Err(Problem::Syntax),
                None => return Err(Problem::End),
            }
        }
        self.at += 1;
        Ok(array)
    }

    fn object(&mut self, name: Span, levels: usize) -> Result<u32, Problem> {
        let object = self.push(Kind::Object, name, Span::CHILDLESS);
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(object);
        }
        let mut last = NONE;
        let mut names = Names::default();
        loop {
            self.expect(b'"')?;
            let name_start = self.at;
            let name = self.string()?;
            if names.has(&self.json, object, name) {
                self.at = name_start;
                return Err(Problem::DuplicateName);
            }
            self.expect(b':')?;
            let member = self.value(name, levels)?;
            self.link(object, last, member);
            last = member;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                Some(_) => return Err(Problem::Syntax),
                None => return Err(Problem::End),
            }
        }
        if names.count > FEW && self.has_doubles(object) {
            return Err(Problem::DuplicateName);
        }
        self.at += 1;
        Ok(object)
    }

    fn has_doubles(&self, object: u32) -> bool {
        let value = super::Value {
            json: &self.json,
            node: object,
        };
        let mut names: Vec<&str> = value.members().map(super::Value::name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }

    fn word(&mut self, word: &str, kind: Kind, name: Span) -> Result<u32, Problem> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(self.push(kind, name, Span::EMPTY))
        } else if word.as_bytes().starts_with(rest) {
            Err(Problem::End)
        } else {
            Err(Problem::Syntax)
        }
    }

    /// The rest of a string whose opening quotation mark was taken.
    #[inline]
    fn string(&mut self) -> Result<Span, Problem> {
        let start = self.at;
        let length = scan::plain(&self.bytes[start..]);
        self.at += length;
        match self.bytes.get(self.at) {
            Some(b'"') => {
                self.at += 1;
                Ok(Span {
                    start: start as u32,
                    length: length as u32,
                })
            }
            Some(b'\\') => self.escaped(start),
            Some(_) => Err(Problem::Control),
            None => Err(Problem::End),
        }
    }

    /// A string with escapes, from its first character; the first escape is next.
    fn escaped(&mut self, start: usize) -> Result<Span, Problem> {
        let added = self.json.added.len();
        let mut piece = start;
        loop {
            self.json.added.push_str(&self.json.source[piece..self.at]);
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Span {
                        start: added as u32 | ADDED,
                        length: (self.json.added.len() - added) as u32,
                    });
                }
                Some(b'\\') => {
                    let character = self.escape()?;
                    self.json.added.push(character);
                }
                Some(_) => return Err(Problem::Control),
                None => return Err(Problem::End),
            }
            piece = self.at;
            self.at += scan::plain(&self.bytes[piece..]);
        }
    }

    fn escape(&mut self) -> Result<char, Problem> {
        let escape = *self.bytes.get(self.at + 1).ok_or(Problem::End)?;
        let character = match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hexadecimal(self.at + 2)?;
                match unit {
                    0xD800..=0xDBFF => {
                        if self.bytes.get(self.at + 6..self.at + 8) != Some(b"\\u") {
                            return Err(Problem::Surrogate);
                        }
                        let low = self.hexadecimal(self.at + 8)?;
                        if !(0xDC00..=0xDFFF).contains(&low) {
                            return Err(Problem::Surrogate);
                        }
                        self.at += 12;
                        let code = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                        return char::from_u32(code).ok_or(Problem::Surrogate);
                    }
                    _ => {
                        self.at += 6;
                        return char::from_u32(unit).ok_or(Problem::Surrogate);
                    }
                }
            }
            _ => return Err(Problem::Syntax),
        };
        self.at += 2;
        Ok(character)
    }

    fn hexadecimal(&self, at: usize) -> Result<u32, Problem> {
        let digits = self.bytes.get(at..at + 4).ok_or(Problem::End)?;
        digits.iter().try_fold(0, |number, digit| {
            let digit = char::from(*digit).to_digit(16).ok_or(Problem::Syntax)?;
            Ok(number * 16 + digit)
        })
    }

    fn number(&mut self) -> Result<Span, Problem> {
        let start = self.at;
        if self.bytes[self.at] == b'-' {
            self.at += 1;
        }
        let whole = self.at;
        let digits = self.digits()?;
        if digits > 1 && self.bytes[whole] == b'0' {
            self.at = whole + 1;
            return Err(Problem::Syntax);
        }
        let whole_end = self.at;
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        let exponent = matches!(self.bytes.get(self.at), Some(b'e' | b'E'));
        if exponent {
            self.at += 1;
            if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let literal = &self.json.source[start..self.at];
        // Fifteen digits are always below 2^53.
        if exponent || digits > 15 {
            let fits = if exponent {
                literal
                    .parse()
                    .is_ok_and(|number: f64| number.abs() <= LARGEST_INTEGER as f64)
            } else {
                self.json.source[whole..whole_end]
                    .parse()
                    .is_ok_and(|number: u64| number <= LARGEST_INTEGER)
            };
            if !fits {
                return Err(Problem::Number);
            }
        }
        Ok(Span {
            start: start as u32,
            length: literal.len() as u32,
        })
    }

    /// Takes one digit or more.
    fn digits(&mut self) -> Result<usize, Problem> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        match (self.at - start, self.bytes.get(self.at)) {
            (0, None) => Err(Problem::End),
            (0, Some(_)) => Err(Problem::Syntax),
            (count, _) => Ok(count),
        }
    }
}

/// The names of an object so far. A small filter tells most new names at once.
#[derive(Default)]
struct Names {
    count: usize,
    filter: u64,
}

impl Names {
    /// Takes a name and returns whether it was there; objects with many members are searched at their end instead.
    #[inline]
    fn has(&mut self, json: &Json<'_>, object: u32, name: Span) -> bool {
        self.count += 1;
        let text = json.text(name);
        let bytes = text.as_bytes();
        let middle = bytes.get(bytes.len() / 2).copied().unwrap_or(0);
        let last = bytes.last().copied().unwrap_or(0);
        let mark = 1 << ((bytes.len() * 7 + usize::from(middle) * 5 + usize::from(last)) % 64);
        let seen = self.filter & mark != 0;
        self.filter |= mark;
        seen && self.count <= FEW && {
            let value = super::Value { json, node: object };
            value.get(text).is_some()
        }
    }
}
