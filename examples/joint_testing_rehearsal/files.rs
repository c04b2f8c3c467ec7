//! What a rehearsal leaves in its folder, readable for the owner only.

use std::path::{Path, PathBuf};

use kanta_client::write_private_file;
use kanta_examples::Result;

use crate::known::{Bundles, Missing};
use crate::rehearsal::Taken;

/// What was left of one step.
pub(crate) struct Left {
    pub(crate) document: Option<PathBuf>,
    pub(crate) message: Message,
    /// The keys of made-up values in the message and its document.
    pub(crate) made_up: Vec<String>,
    /// What a message for Kela still needs.
    pub(crate) missing: Vec<Missing>,
    /// The message for Kela's customer test, where the built-in bundle is enough for it.
    pub(crate) hand_in: Option<PathBuf>,
}

/// The message of a step.
pub(crate) enum Message {
    /// None was sent.
    None,
    /// It is in this file, with a comment.
    Rehearsed(PathBuf),
    /// Nothing of the operation is known: there is nothing that anybody could hand in.
    PlaceholdersOnly,
}

/// Writes document and message of a step; paths are those inside `out`.
pub(crate) fn leave(
    out: &Path,
    content: &str,
    number: usize,
    taken: &Taken,
    bundles: &Bundles,
) -> Result<Left> {
    let name = |what: &str| PathBuf::from(content).join(format!("{number:02}-{what}"));
    let mut left = Left {
        document: None,
        message: Message::None,
        made_up: Vec::new(),
        missing: missing(taken, bundles),
        hand_in: None,
    };
    std::fs::create_dir_all(out.join(content))?;
    let mut texts: Vec<&[u8]> = Vec::new();
    if let Some(document) = &taken.document {
        let path = name("document.xml");
        write_private_file(&out.join(&path), document.as_xml())?;
        left.document = Some(path);
        texts.push(document.as_xml());
    }
    if let (Some(Ok(message)), Some(operation)) = (&taken.for_hand_in, &taken.operation) {
        let path = name(&format!("{operation}.hand-in.xml"));
        write_private_file(&out.join(&path), message)?;
        left.hand_in = Some(path);
    }
    let Some(message) = &taken.message else {
        return Ok(left);
    };
    texts.push(message);
    left.made_up = bundles.made_up_in(&texts, taken.operation.as_ref());
    let of_test_archive = |key: &&String| key.starts_with("message.environment.test.");
    for key in left.made_up.iter().filter(|key| !of_test_archive(key)) {
        if !left.missing.iter().any(|missing| missing.key == *key) {
            left.missing.extend(bundles.missing(key));
        }
    }
    left.message = match &taken.operation {
        Some(operation) if bundles.has_placeholders_only(operation) => Message::PlaceholdersOnly,
        Some(operation) => {
            let path = name(&format!("{operation}.rehearsal.xml"));
            let text = with_comment(std::str::from_utf8(message)?, &comment(&left.made_up));
            write_private_file(&out.join(&path), text.as_bytes())?;
            Message::Rehearsed(path)
        }
        None => {
            // JSON has no comments: the words stand beside the bundle, whose signature covers every one of its members.
            let path = name("notices.rehearsal.json");
            let words = comment(&left.made_up).replace('"', "'");
            let text = format!(
                "{{\"comment\": \"{words}\",\n\"bundle\": {}}}\n",
                std::str::from_utf8(message)?
            );
            write_private_file(&out.join(&path), text.as_bytes())?;
            Message::Rehearsed(path)
        }
    };
    Ok(left)
}

/// What the bundle lacks for the operation and for the way in which the organisation has joined.
fn missing(taken: &Taken, bundles: &Bundles) -> Vec<Missing> {
    let Some(operation) = &taken.operation else {
        return match taken.message {
            Some(_) => bundles.missing("fhir."),
            None => Vec::new(),
        };
    };
    let joining = taken.step.who.context().joining;
    let mut missing = bundles.missing(&format!("message.operation.{operation}."));
    missing.extend(bundles.missing(&format!("message.joining.{}.", joining.key())));
    missing
}

/// What everybody must see who opens the file.
fn comment(made_up: &[String]) -> String {
    format!(
        "HARJOITUS, ei luovutettavaksi - REHEARSAL, not for hand-in. The bundle `test` made up these values: {}. \
         People, organisations, structures and certificates are fictional.",
        made_up.join(", ")
    )
}

/// Puts a comment before the root element.
fn with_comment(xml: &str, comment: &str) -> String {
    let root = match xml.find("?>") {
        Some(end) if xml.starts_with("<?xml") => end + "?>".len(),
        _ => 0,
    };
    // Two hyphens end a comment.
    let comment = comment.replace("--", "- -");
    format!(
        "{}\n<!-- {comment} -->\n{}",
        &xml[..root],
        xml[root..].trim_start()
    )
}
