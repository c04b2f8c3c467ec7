//! Why a schema is refused.

use crate::json::JsonError;

/// Why a schema cannot be used as a structure, and where: places are JSON pointers into the schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StructureError {
    /// The bytes are not strict JSON (`KANTA-SCHEMA-JSON`).
    #[error(
        "the schema is not readable at line {line}, column {column}: {problem}; use the file as Sosmeta publishes it \
         [KANTA-SCHEMA-JSON]"
    )]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// The schema asks for something that this library cannot check (`KANTA-SCHEMA-DIALECT`).
    #[error(
        "the schema uses {what} at {pointer}, which is outside the dialect of Sosmeta; use the structure as published, or a newer version of this library [KANTA-SCHEMA-DIALECT]"
    )]
    Unsupported {
        /// Where: a JSON pointer.
        pointer: String,
        /// What it is.
        what: String,
    },
    /// Something that every structure has is missing or has another form (`KANTA-SCHEMA-INCOMPLETE`).
    #[error(
        "the schema needs {what} at {pointer}; use the file as Sosmeta publishes it [KANTA-SCHEMA-INCOMPLETE]"
    )]
    Needs {
        /// Where: a JSON pointer.
        pointer: String,
        /// What should be there.
        what: &'static str,
    },
}

impl From<JsonError> for StructureError {
    fn from(error: JsonError) -> Self {
        Self::Json {
            line: error.line,
            column: error.column,
            problem: error.problem.english(),
        }
    }
}
