//! The canonical form on its way to the sink.

use std::ops::Range;

use crate::escape;

/// Gathers small pieces, so that the sink is called with blocks. What follows one another in the input is one piece.
pub(super) struct Output<'s> {
    input: &'s [u8],
    /// The part of the input that is to be written next.
    run: Range<usize>,
    gathered: Vec<u8>,
    sink: &'s mut dyn FnMut(&[u8]),
}

impl<'s> Output<'s> {
    const BLOCK: usize = 8 * 1024;

    pub(super) fn new(input: &'s [u8], sink: &'s mut dyn FnMut(&[u8])) -> Self {
        Self {
            input,
            run: 0..0,
            gathered: Vec::with_capacity(Self::BLOCK),
            sink,
        }
    }

    /// Writes a part of the input as it stands there.
    #[inline]
    pub(super) fn copy(&mut self, span: Range<usize>) {
        if span.start != self.run.end {
            self.end_run();
            self.run.start = span.start;
        }
        self.run.end = span.end;
    }

    #[inline]
    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.end_run();
        self.gather(bytes);
    }

    /// Writes what begins an end tag, its name and `>`.
    pub(super) fn end_tag(&mut self, begin: &[u8], name: &[u8]) {
        self.end_run();
        if self.gathered.len() + begin.len() + name.len() >= Self::BLOCK {
            self.hand_over();
        }
        self.gathered.extend_from_slice(begin);
        self.gathered.extend_from_slice(name);
        self.gathered.push(b'>');
    }

    fn end_run(&mut self) {
        if !self.run.is_empty() {
            let run = self.input.get(self.run.clone()).unwrap_or_default();
            // Whatever comes next begins a run of its own.
            self.run = 0..0;
            self.gather(run);
        }
    }

    #[inline]
    fn gather(&mut self, bytes: &[u8]) {
        if self.gathered.len() + bytes.len() <= Self::BLOCK {
            self.gathered.extend_from_slice(bytes);
        } else {
            self.gather_past_block(bytes);
        }
    }

    #[cold]
    fn gather_past_block(&mut self, bytes: &[u8]) {
        self.hand_over();
        if bytes.len() > Self::BLOCK {
            (self.sink)(bytes);
        } else {
            self.gathered.extend_from_slice(bytes);
        }
    }

    pub(super) fn attribute(&mut self, name: &[&str], value: &str) {
        self.write(b" ");
        for part in name {
            self.write(part.as_bytes());
        }
        self.write(b"=\"");
        escape::write_attribute(value, |bytes| self.write(bytes));
        self.write(b"\"");
    }

    /// Gives the sink what it has not got yet.
    pub(super) fn flush(&mut self) {
        self.end_run();
        self.hand_over();
    }

    fn hand_over(&mut self) {
        if !self.gathered.is_empty() {
            (self.sink)(&self.gathered);
            self.gathered.clear();
        }
    }
}
