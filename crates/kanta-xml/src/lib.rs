//! Strict XML for signed documents: tokens with positions, a flat tree, exclusive canonical XML, escaping and a writer.
//!
//! The crate knows nothing of any particular document. It is made to stand under a signature verifier, so it reads a
//! small and exact language and refuses the rest: UTF-8, XML 1.0 with namespaces, no document type declaration, no
//! entities but the five predefined ones. Nothing is repaired and nothing is guessed; every refusal is an [`Error`] with
//! a [`Position`] and a remedy. Reading never recurses and is bounded by [`Limits`]; text and names are borrowed from the
//! input wherever they stand there as they mean.
//!
//! | for | take |
//! | --- | --- |
//! | finding elements, reading values, byte ranges to splice at | [`Tree`] |
//! | the octets to digest or sign | [`canonical`] |
//! | making XML | [`Writer`] |
//! | one pass over a large document | [`Tokens`] |
//!
//! ```
//! use kanta_xml::{Limits, Tree, canonical};
//!
//! let input = b"<n:note xmlns:n='urn:example' b='2' a='1'><n:to/></n:note>";
//! let tree = Tree::parse(input, &Limits::default())?;
//! assert!(tree.root().is("urn:example", "note"));
//! assert_eq!(
//!     canonical::exclusive_of_to_vec(tree.root(), &canonical::Options::default())?,
//!     b"<n:note xmlns:n=\"urn:example\" a=\"1\" b=\"2\"><n:to></n:to></n:note>",
//! );
//! # Ok::<(), kanta_xml::Error>(())
//! ```

pub mod canonical;
pub mod escape;
pub mod namespaces;
pub mod tokens;
pub mod tree;

mod cursor;
mod declaration;
mod error;
mod limits;
mod names;
mod normalise;
mod position;
mod scan;
mod writer;

pub use error::{Error, ErrorKind};
pub use limits::Limits;
pub use names::Name;
pub use position::Position;
pub use tokens::{Token, Tokens};
pub use tree::{Attribute, Element, Tree};
pub use writer::{CheckedName, Writer};
