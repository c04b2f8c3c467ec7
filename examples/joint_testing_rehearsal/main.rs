//! A rehearsal of Kela's joint testing (yhteistestaus): its ten mandatory contents, and the optional ones of which something is
//! known, as steps against the test archive. `--out DIR` takes documents, messages and one report (Markdown and HTML).
//!
//! What is rehearsed stands in `contents.rs`, as data; read that first.

mod contents;
mod files;
mod known;
mod papers;
mod rehearsal;
mod report;
#[cfg(test)]
mod tests;

use std::path::Path;

use kanta_client::write_private_file;
use kanta_examples::{Arguments, Result};

use contents::{MANDATORY, OPTIONAL};
use known::Bundles;
use report::Chapter;

#[tokio::main]
async fn main() -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let out = Arguments::read()?.out;
    let chapters = run(out.as_deref().unwrap_or(temporary.path())).await?;
    print!("{}", report::markdown(&chapters));
    match chapters.iter().find(|chapter| !chapter.holds()) {
        None => Ok(()),
        Some(chapter) => Err(format!("content {} failed", chapter.content.number).into()),
    }
}

/// Rehearses everything, and leaves the files and the report in a folder.
async fn run(out: &Path) -> Result<Vec<Chapter>> {
    let bundles = Bundles::new();
    let mut chapters = Vec::new();
    for (contents, is_optional) in [(MANDATORY, false), (OPTIONAL, true)] {
        for content in contents {
            let mut steps = Vec::new();
            for (taken, number) in rehearsal::rehearse(content, bundles.built_in())
                .await?
                .into_iter()
                .zip(1..)
            {
                let left = files::leave(out, content.number, number, &taken, &bundles)?;
                steps.push((taken, left));
            }
            chapters.push(Chapter {
                content,
                is_optional,
                steps,
            });
        }
    }
    write_private_file(
        &out.join("report.md"),
        report::markdown(&chapters).as_bytes(),
    )?;
    write_private_file(&out.join("report.html"), report::html(&chapters).as_bytes())?;
    Ok(chapters)
}
