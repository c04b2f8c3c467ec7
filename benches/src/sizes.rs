//! The sizes that everything is measured at: bytes of content before base64.

/// A size with its name in the figures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) name: &'static str,
    pub(crate) bytes: usize,
}

/// A small, a usual and a very large document.
pub(crate) const SIZES: [Size; 3] = [
    Size {
        name: "5k",
        bytes: 5_000,
    },
    Size {
        name: "40k",
        bytes: 40_000,
    },
    Size {
        name: "400k",
        bytes: 400_000,
    },
];
