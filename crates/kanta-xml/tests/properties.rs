//! Promises that hold for every input.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

use kanta_xml::canonical::{self, Options};
use kanta_xml::{Element, Error, ErrorKind, Limits, Tokens, Tree, Writer};
use proptest::prelude::*;

mod support;

use support::{document, mutated};

/// Reads an input in every way; only panics and disagreements between the ways matter.
fn read_in_every_way(input: &[u8]) {
    let limits = Limits::default();
    let options = Options::default().with_comments(true);
    let tokens = Tokens::new(input, &limits).and_then(|mut tokens| {
        let mut end = 0;
        while let Some(token) = tokens.next()? {
            assert!(token.span().start >= end && token.span().end <= input.len());
            end = token.span().end;
        }
        Ok(())
    });
    let tree = Tree::parse(input, &limits);
    assert_eq!(tokens.as_ref().err(), tree.as_ref().err());
    let form = canonical::exclusive_to_vec(input, &limits, &options);
    let _ = canonical::exclusive_with_id_to_vec(input, "k", "1", &limits, &options);
    match tree {
        Ok(tree) => {
            for element in tree.root().descendants() {
                let _ = (
                    element.text(),
                    element.path(),
                    element.position(),
                    format!("{element:?}"),
                );
                assert!(input[element.range()].starts_with(b"<"));
                let _ = &input[element.content_range()];
                let _ = canonical::inclusive_of_to_vec(element, &options);
            }
        }
        Err(error) => {
            let refusal = form.as_ref().err();
            let comes_first = |other: &Error| *other.kind() == ErrorKind::RelativeNamespace;
            assert!(refusal == Some(&error) || refusal.is_some_and(comes_first));
            assert!(error.position().offset <= input.len() && !error.to_string().is_empty());
        }
    }
    if let Ok(form) = form {
        let again = canonical::exclusive_to_vec(&form, &limits, &options);
        assert_eq!(again.as_ref(), Ok(&form), "the form of a form is itself");
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn arbitrary_bytes_never_panic(input in prop::collection::vec(any::<u8>(), 0..200)) {
        read_in_every_way(&input);
    }

    #[test]
    fn arbitrary_markup_never_panics(input in "[<>/&;#x0-9a:='\" !?\\[\\]CDAT\\-\r\nä😀]{0,60}") {
        read_in_every_way(input.as_bytes());
        read_in_every_way(format!("<a>{input}</a>").as_bytes());
        read_in_every_way(format!("<a {input}/>").as_bytes());
    }

    #[test]
    fn mutated_documents_never_panic(input in mutated(8)) {
        read_in_every_way(&input.0);
    }

    #[test]
    fn cut_documents_are_refused(document in document(), place in any::<prop::sample::Index>()) {
        let input = document.write(true).into_bytes();
        read_in_every_way(&input);
        let tree = Tree::parse(&input, &Limits::default()).unwrap();
        let cut = place.index(tree.root().range().end);
        prop_assert!(Tree::parse(&input[..cut], &Limits::default()).is_err());
    }
}

/// An element as it should be read: name, attributes, and per child its content or an element.
#[derive(Debug, Clone)]
struct Written {
    name: String,
    attributes: Vec<(String, String)>,
    text_before: String,
    children: Vec<(Self, String)>,
}

fn content() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\t\n\r]{0,12}",
        "[\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]{0,6}",
    ]
}

fn written() -> impl Strategy<Value = Written> {
    let attributes = prop::collection::btree_map("[A-Za-z_ä][A-Za-z0-9ä.-]{0,4}", content(), 0..4)
        .prop_map(|map| {
            map.into_iter()
                .filter(|(name, _)| name != "xmlns")
                .collect::<Vec<_>>()
        });
    let leaf =
        ("[a-zä]{1,4}", attributes, content()).prop_map(|(name, attributes, text_before)| {
            Written {
                name,
                attributes,
                text_before,
                children: Vec::new(),
            }
        });
    leaf.prop_recursive(4, 16, 3, |inner| {
        (
            inner.clone(),
            prop::collection::vec((inner, content()), 0..4),
        )
            .prop_map(|(mut element, children)| {
                element.children = children;
                element
            })
    })
}

fn write(element: &Written, writer: &mut Writer) {
    writer.open(&element.name);
    for (name, value) in &element.attributes {
        writer.attribute(name, value);
    }
    writer.text(&element.text_before);
    for (child, text_after) in &element.children {
        write(child, writer);
        writer.text(text_after);
    }
    writer.close();
}

fn assert_same(expected: &Written, read: Element<'_, '_>) {
    assert_eq!(expected.name, read.name().qualified());
    let attributes: Vec<_> = read
        .attributes()
        .map(|attribute| {
            (
                attribute.qualified_name().to_owned(),
                attribute.value().to_owned(),
            )
        })
        .collect();
    assert_eq!(expected.attributes, attributes);
    let texts = expected.children.iter().map(|(_, text)| text.as_str());
    let text: String = std::iter::once(expected.text_before.as_str())
        .chain(texts)
        .collect();
    assert_eq!(text, read.text());
    assert_eq!(expected.children.len(), read.children().count());
    for ((expected, _), read) in expected.children.iter().zip(read.children()) {
        assert_same(expected, read);
    }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn what_is_written_is_read(element in written()) {
        let mut writer = Writer::new();
        write(&element, &mut writer);
        let bytes = writer.finish().unwrap();
        let tree = Tree::parse(&bytes, &Limits::default()).unwrap();
        assert_same(&element, tree.root());
    }

    /// The writer escapes as canonical XML does: given attributes in canonical order, only its empty tags differ from
    /// the canonical form, which has none.
    #[test]
    fn what_is_written_is_canonical_but_for_empty_tags(element in written()) {
        let mut writer = Writer::new();
        write(&element, &mut writer);
        let bytes = writer.finish().unwrap();
        let tree = Tree::parse(&bytes, &Limits::default()).unwrap();
        let mut expected = bytes.clone();
        let mut empty: Vec<_> = tree.root().descendants().filter(Element::is_empty_tag).collect();
        empty.reverse();
        for element in empty {
            let end = element.range().end;
            let closing = format!("></{}>", element.name().qualified());
            expected.splice(end - 2..end, closing.bytes());
        }
        let form = canonical::exclusive_to_vec(&bytes, &Limits::default(), &Options::default()).unwrap();
        prop_assert_eq!(String::from_utf8(form).unwrap(), String::from_utf8(expected).unwrap());
    }
}
