//! `display`: the display form of content, measured by the bytes of the form.

use kanta_client::cda::Content;
use kanta_client::cda::display::{DisplayOptions, render, render_content};

use crate::harness::{Run, Unit, runner};
use crate::sizes::SIZES;
use crate::synthetic;

pub(crate) fn run(run: &mut Run<'_>) {
    let structure = synthetic::structure();
    let options = DisplayOptions::default();
    for size in SIZES {
        let bytes = synthetic::content(size.bytes);
        let content = Content::read(&structure, &bytes).expect("the content is our own");
        let form = render_content(&content, &options);
        run.race(
            size.name,
            Unit::MegabytesPerSecond(form.len()),
            vec![
                runner("ours", || render_content(&content, &options)),
                // What nobody can save: to copy the form into new memory.
                runner("limit", || form.clone()),
                runner("ours, with read and check", || {
                    render(&structure, &bytes, &options)
                }),
            ],
        );
    }
}
