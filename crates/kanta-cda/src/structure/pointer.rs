//! JSON pointers (RFC 6901) that grow and shrink with the walk.

use std::fmt;

/// One step down: into a member or an item.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

/// The way from the root of a JSON text to where the walk is.
#[derive(Debug, Default)]
pub(super) struct Pointer<'a>(Vec<Step<'a>>);

impl<'a> Pointer<'a> {
    pub(super) fn enter(&mut self, step: Step<'a>) {
        self.0.push(step);
    }

    pub(super) fn leave(&mut self) {
        self.0.pop();
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Name(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1"))?,
                Step::Index(index) => write!(f, "/{index}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_escapes_steps() {
        let mut pointer = Pointer::default();
        assert_eq!(pointer.to_string(), "");
        pointer.enter(Step::Name("a/b~c"));
        pointer.enter(Step::Index(3));
        assert_eq!(pointer.to_string(), "/a~1b~0c/3");
        pointer.leave();
        pointer.leave();
        assert_eq!(pointer.to_string(), "");
    }
}
