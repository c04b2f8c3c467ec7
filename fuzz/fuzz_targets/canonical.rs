//! Canonical forms: whatever is read, its form is its own form, and reading by tree or by tokens makes no difference.

#![no_main]

use kanta_xml::canonical::{self, Options};
use kanta_xml::{Limits, Tree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let limits = Limits::default();
    for options in [Options::default(), Options::default().with_comments(true)] {
        let Ok(form) = canonical::exclusive_to_vec(input, &limits, &options) else {
            continue;
        };
        let again = canonical::exclusive_to_vec(&form, &limits, &options).expect("a form is XML");
        assert_eq!(form, again, "the form of a form is itself");
        let tree = Tree::parse(input, &limits).expect("what has a form is read");
        let root = canonical::exclusive_of_to_vec(tree.root(), &options).expect("as the whole");
        let inside = form.windows(root.len()).any(|window| window == root);
        assert!(inside, "the form of the root is in that of the document");
        let inclusive = canonical::inclusive_to_vec(input, &limits, &options).expect("as exclusive");
        let exclusive = canonical::exclusive_to_vec(&inclusive, &limits, &options).expect("a form is XML");
        assert_eq!(exclusive, form, "the inclusive form means the same");
    }
});
