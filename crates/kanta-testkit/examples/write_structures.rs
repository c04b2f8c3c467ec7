//! Writes the schemas of the small structures into a folder: `cargo run -p kanta-testkit --example write_structures -- DIR`.

use std::error::Error;
use std::path::PathBuf;

use kanta_testkit::structures;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("usage: write_structures DIR")?;
    structures::write_all(&folder)?;
    Ok(())
}
