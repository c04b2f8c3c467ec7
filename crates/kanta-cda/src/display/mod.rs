//! The display form of a document: an XHTML fragment made from its structure and its content (Finnish: näyttömuoto).
//!
//! The fragment has the classes and the order that are seen in real documents (test messages, `[S]`) and is valid XHTML 1.1
//! as the content of a page's body. It is made of `div`, `h1` to `h3`, `p`, `br` and one `img` for a logo: no script, style,
//! event attribute or outside resource can come out, whatever the content says.

mod agreement;
mod allowed;
mod layout;
mod logo;
mod markup;
mod page;
mod safety;
mod security_ban;
mod value;

use kanta_core::{Date, Oid, Report};

use crate::content::Content;
use crate::json::Json;
use crate::structure::Structure;

pub use crate::structure::Language;
pub use agreement::{AGREEMENT_RULES, check_display};
pub use logo::{Logo, LogoError};
pub use page::{STYLE_SHEET, page};
pub use safety::{SAFETY_RULES, UnreadableDisplay, check_safety, sanitize_display};

/// What the display form says beside the content itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DisplayOptions {
    /// The language of titles, and of yes and no. The content is shown as it is written.
    pub language: Language,
    /// The document's OID. The root element carries it as its id, and the body of the document the same one.
    pub document_oid: Option<Oid>,
    /// The organisation's name in the header.
    pub organisation: Option<String>,
    /// The general document type in the header; without it, a form in Finnish takes the structure's own.
    pub document_type: Option<String>,
    /// The date in the header.
    pub date: Option<Date>,
    /// The logo in the header.
    pub logo: Option<Logo>,
    /// The lines of the footer; three at most are shown.
    pub footer: Vec<String>,
}

/// Why a display form was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DisplayError {
    /// The content does not follow the structure, so a part of it would be left out unseen.
    #[error("the content does not follow the structure ({} findings); mend it and render again", .0.len())]
    Content(Report),
}

/// Makes the display form of content, given as JSON in UTF-8.
///
/// Fields come in the structure's display order under their titles. Coded values are shown by their display text, dates as
/// `dd.MM.yyyy`, moments with the wall clock as written, yes and no in the language, a personal identity code as its
/// birth part and five asterisks, a temporary id in full. Characters that XML cannot hold become U+FFFD. Where the client of
/// a client-relation document has a security ban (turvakielto), home municipality, temporary
/// municipality and contact data other than phone and contact address are left out for the client and the persons related.
/// Members that an object with `additionalProperties: true` takes without naming them are not shown; no published structure has one.
///
/// # Errors
/// [`DisplayError::Content`] with the findings when the content is not valid against the structure.
///
/// ```
/// use kanta_cda::display::{DisplayOptions, render};
/// use kanta_cda::structure::Structure;
///
/// let schema = r#"{
///     "type": "object", "additionalProperties": false, "required": ["muistio"],
///     "sosmeta": {"oid": "2.999.1.2026.1.1", "documentType": "Muistio", "documentDefinitionVersion": "2026-01-01"},
///     "properties": {"muistio": {
///         "type": "object", "additionalProperties": false, "required": [],
///         "sosmeta": {"name": [{"lang": "fi", "value": "Muistio"}]},
///         "properties": {"aihe": {"type": "string", "sosmeta": {"name": [{"lang": "fi", "value": "Aihe"}]}}}
///     }}
/// }"#;
/// let structure = Structure::parse(schema.as_bytes())?;
/// let xhtml = render(&structure, br#"{"muistio": {"aihe": "Arki & rytmi"}}"#, &DisplayOptions::default())?;
/// assert!(xhtml.contains(r#"<h1 class="soc-title">Aihe</h1><div class="soc-content"><p>Arki &amp; rytmi</p></div>"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render(
    structure: &Structure,
    content: &[u8],
    options: &DisplayOptions,
) -> Result<String, DisplayError> {
    match Json::parse(content) {
        Ok(json) => render_json(structure, &json, options),
        // Reads the bytes once more, for the finding.
        Err(_) => Err(DisplayError::Content(structure.validate(content))),
    }
}

/// Makes the display form of content as it is: of content that is read all of it is valid, of content that is being built
/// what is there so far is shown.
#[must_use]
pub fn render_content(content: &Content<'_>, options: &DisplayOptions) -> String {
    layout::document(content.structure(), content.json(), options)
}

/// The same for content that was read already.
pub(crate) fn render_json(
    structure: &Structure,
    content: &Json<'_>,
    options: &DisplayOptions,
) -> Result<String, DisplayError> {
    let report = structure.validate_json(content);
    if report.has_errors() {
        return Err(DisplayError::Content(report));
    }
    Ok(layout::document(structure, content, options))
}

#[cfg(test)]
mod tests;
