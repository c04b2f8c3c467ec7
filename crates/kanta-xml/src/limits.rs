//! Limits against hostile input.

/// How much of a document is read before it is refused. The defaults fit a server that reads documents from strangers.
///
/// Reading takes time in proportion to the input, times small factors that `max_attributes` and `max_namespaces` bound
/// (duplicates and prefixes are looked up by comparing). Memory: tokens and canonical form need a few kilobytes beside
/// the input, a tree needs about 60 bytes for each element.
///
/// ```
/// let limits = kanta_xml::Limits::default().with_max_bytes(1024).with_max_depth(10);
/// assert_eq!(limits.max_bytes, 1024);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of input. Default 256 MiB: documents carry base64 attachments, and the whole input is in memory anyway.
    pub max_bytes: usize,
    /// Open elements inside one another. Default 100: clinical documents stay below 30; programs on top often recurse.
    pub max_depth: usize,
    /// Attributes and namespace declarations of one element. Default 256: the time of the check for duplicates grows
    /// with its square.
    pub max_attributes: usize,
    /// Namespace declarations in scope at once. Default 256: looking a prefix up walks them.
    pub max_namespaces: usize,
    /// Bytes of one name with its prefix. Default 1000: real names stay below 100.
    pub max_name_bytes: usize,
    /// Bytes of one attribute value as written. Default 1 MiB: attributes hold codes, times and identifiers.
    pub max_attribute_bytes: usize,
    /// Elements, attributes and namespace declarations of one tree, together. Default 4 million, which bounds a tree to
    /// some two hundred megabytes.
    pub max_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 256 << 20,
            max_depth: 100,
            max_attributes: 256,
            max_namespaces: 256,
            max_name_bytes: 1000,
            max_attribute_bytes: 1 << 20,
            max_nodes: 4_000_000,
        }
    }
}

impl Limits {
    /// The same limits with another number of input bytes.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// The same limits with another depth.
    #[must_use]
    pub fn with_max_depth(mut self, depth: usize) -> Self {
        self.max_depth = depth;
        self
    }

    /// The same limits with another number of attributes and declarations for one element.
    #[must_use]
    pub fn with_max_attributes(mut self, count: usize) -> Self {
        self.max_attributes = count;
        self
    }

    /// The same limits with another number of namespace declarations in scope.
    #[must_use]
    pub fn with_max_namespaces(mut self, count: usize) -> Self {
        self.max_namespaces = count;
        self
    }

    /// The same limits with another length of names.
    #[must_use]
    pub fn with_max_name_bytes(mut self, bytes: usize) -> Self {
        self.max_name_bytes = bytes;
        self
    }

    /// The same limits with another length of attribute values.
    #[must_use]
    pub fn with_max_attribute_bytes(mut self, bytes: usize) -> Self {
        self.max_attribute_bytes = bytes;
        self
    }

    /// The same limits with another number of nodes in a tree.
    #[must_use]
    pub fn with_max_nodes(mut self, count: usize) -> Self {
        self.max_nodes = count;
        self
    }
}
