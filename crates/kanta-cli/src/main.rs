//! The `kanta` command.

fn main() {}
