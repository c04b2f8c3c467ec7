//! JSON pointers (RFC 6901) that grow and shrink with the walk.

use std::fmt;

/// Where a walk through a JSON text is. Each step lies in the call that made it and points back to the one before, so going
/// down costs nothing; the pointer is written only when somebody asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    before: Option<&'p Self>,
    step: Step<'p>,
}

/// One step down: into a member or an item.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'p> {
    Name(&'p str),
    Index(usize),
}

impl<'p> Place<'p> {
    pub(crate) const ROOT: Self = Self {
        before: None,
        step: Step::Index(0),
    };

    pub(crate) fn inside(&'p self, step: Step<'p>) -> Self {
        Self {
            before: Some(self),
            step,
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(before) = self.before else {
            return Ok(());
        };
        before.fmt(f)?;
        match self.step {
            Step::Name(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(f, "/{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_escapes_steps() {
        let root = Place::ROOT;
        assert_eq!(root.to_string(), "");
        let name = root.inside(Step::Name("a/b~c"));
        assert_eq!(name.inside(Step::Index(3)).to_string(), "/a~1b~0c/3");
    }
}
