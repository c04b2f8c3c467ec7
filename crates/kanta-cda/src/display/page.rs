//! A display form as a whole page, for showing and printing.

use super::{Language, markup};

/// Our style sheet for the classes of display forms: one column of readable width on screen, A4 on paper, titles kept with
/// what they title. A display form itself carries no style; whoever shows it chooses one, and this is ours.
pub const STYLE_SHEET: &str = include_str!("page.css");

/// Makes a whole XHTML page of a display form, with [`STYLE_SHEET`], to show or to print.
///
/// Give it a form that is safe: one of [`super::render`], or a foreign one that went through [`super::sanitize_display`]. The
/// page is not for the archive, which takes the form itself.
#[must_use]
pub fn page(display: &str, title: &str, language: Language) -> String {
    let language = language.code();
    let mut page = format!(
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"{language}\" xml:lang=\"{language}\"><head>\
         <meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/><title>"
    );
    markup::attribute(&mut page, title);
    page.push_str("</title><style>\n");
    page.push_str(STYLE_SHEET);
    page.push_str("</style></head><body>");
    page.push_str(display.trim());
    page.push_str("</body></html>\n");
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_stands_in_a_page() {
        let page = page("\n<div>a</div>", "A & B\nC", Language::Swedish);
        assert!(page.contains("lang=\"sv\""));
        assert!(page.contains("<title>A &amp; B C</title>"));
        assert!(page.ends_with("<body><div>a</div></body></html>\n"));
        // Nothing in the sheet ends the element that it stands in, or loads anything.
        for loader in ['<', '&']
            .map(String::from)
            .into_iter()
            .chain(["url(".to_owned(), "@import".to_owned()])
        {
            assert!(!STYLE_SHEET.contains(&loader), "{loader}");
        }
        kanta_xml::Tree::parse(page.as_bytes(), &kanta_xml::Limits::default()).unwrap_err();
        let without_doctype = page.split_once('\n').unwrap().1;
        kanta_xml::Tree::parse(without_doctype.as_bytes(), &kanta_xml::Limits::default()).unwrap();
    }
}
