//! The command line.

/// What to run and how to report it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Fewer and shorter rounds: to see that everything runs, not to quote.
    pub(crate) quick: bool,
    /// One line of JSON a figure.
    pub(crate) json: bool,
    /// The benches to run; empty for all.
    pub(crate) only: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Run(Options),
    List,
}

impl Options {
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Request, String> {
        let mut options = Self::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--json" => options.json = true,
                "--list" => return Ok(Request::List),
                "--only" => {
                    let id = arguments.next().ok_or("--only needs the id of a bench")?;
                    options.only.push(id);
                }
                other => return Err(format!("unknown argument `{other}`")),
            }
        }
        Ok(Request::Run(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let parse = |line: &str| Options::parse(line.split_ascii_whitespace().map(str::to_owned));
        let expected = Options {
            quick: true,
            json: true,
            only: vec!["a".to_owned(), "b".to_owned()],
        };
        assert_eq!(
            parse("--only a --quick --json --only b"),
            Ok(Request::Run(expected))
        );
        assert_eq!(parse("--list"), Ok(Request::List));
        assert!(parse("--only").is_err());
        assert!(parse("--fast").is_err());
    }
}
