//! Published examples of canonical XML, and the digest inputs of signatures that another program made.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

use std::path::Path;

use kanta_xml::canonical::{self, Options};
use kanta_xml::{Element, ErrorKind, Limits, Tree};

mod support;

fn read(folder: &Path, name: &str) -> Vec<u8> {
    let path = folder.join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn named<'t, 'a>(tree: &'t Tree<'a>, local_name: &str) -> Element<'t, 'a> {
    let mut all = tree.root().descendants();
    all.find(|element| element.local_name() == local_name)
        .unwrap_or_else(|| panic!("there is no {local_name}"))
}

fn assert_form(form: &[u8], expected: &[u8], what: &str) {
    let trimmed = expected.strip_suffix(b"\n").unwrap_or(expected);
    assert_eq!(
        String::from_utf8_lossy(form),
        String::from_utf8_lossy(trimmed),
        "{what}"
    );
}

#[test]
fn examples_of_the_exclusive_specification() {
    let Some(folder) = support::conformance() else {
        return;
    };
    let folder = folder.join("xmldsig/exc-c14n");
    for (input, element, expected) in [
        (
            "example2_2_1.xml",
            "elem2",
            "example2_2_c14nized_exclusive.xml",
        ),
        (
            "example2_2_2.xml",
            "elem2",
            "example2_2_c14nized_exclusive.xml",
        ),
        (
            "example2_2_3.xml",
            "p",
            "example2_2_3_c14nized_exclusive.xml",
        ),
        ("example2_4.xml", "elem2", "example2_4_c14nized.xml"),
        ("plain-soap-1.1.xml", "Body", "plain-soap-c14nized.xml"),
    ] {
        let bytes = read(&folder, input);
        let tree = Tree::parse(&bytes, &Limits::default()).unwrap();
        let form = canonical::exclusive_of_to_vec(named(&tree, element), &Options::default());
        assert_form(&form.unwrap(), &read(&folder, expected), input);
    }
    for (input, expected) in [
        ("example2_2_1.xml", "example2_2_1_c14nized.xml"),
        ("example2_2_2.xml", "example2_2_2_c14nized.xml"),
    ] {
        let bytes = read(&folder, input);
        let tree = Tree::parse(&bytes, &Limits::default()).unwrap();
        let form = canonical::inclusive_of_to_vec(named(&tree, "elem2"), &Options::default());
        assert_form(&form.unwrap(), &read(&folder, expected), input);
    }
}

#[test]
fn examples_of_the_inclusive_specification() {
    let Some(folder) = support::conformance() else {
        return;
    };
    let folder = folder.join("xmldsig/c14n");
    let limits = Limits::default();
    let plain = Options::default();

    // Example 3.1 names a document type that changes nothing; without that line it is an input for us.
    let input = String::from_utf8(read(&folder, "31_input.xml")).unwrap();
    let start = input.find("<!DOCTYPE").unwrap();
    let end = start + input[start..].find('>').unwrap() + 1;
    let input = [&input[..start], &input[end..]].concat();
    for (options, expected) in [
        (plain.clone(), "31_c14n.xml"),
        (plain.clone().with_comments(true), "31_c14n-comments.xml"),
    ] {
        let form = canonical::exclusive_to_vec(input.as_bytes(), &limits, &options).unwrap();
        assert_form(&form, &read(&folder, expected), expected);
        let form = canonical::inclusive_to_vec(input.as_bytes(), &limits, &options).unwrap();
        assert_form(&form, &read(&folder, expected), expected);
    }

    let form = canonical::inclusive_to_vec(&read(&folder, "32_input.xml"), &limits, &plain);
    assert_form(&form.unwrap(), &read(&folder, "32_c14n.xml"), "3.2");

    let bytes = read(&folder, "default_ns_redefinition_input.xml");
    let tree = Tree::parse(&bytes, &limits).unwrap();
    let object = named(&tree, "Object");
    let expected = read(&folder, "default_ns_redefinition_c14n.xml");
    for form in [
        canonical::inclusive_of_to_vec(object, &plain),
        canonical::exclusive_of_to_vec(object, &plain),
    ] {
        assert_form(&form.unwrap(), &expected, "default namespace redefined");
    }

    for input in [
        "33_input.xml",
        "34_input.xml",
        "35_input.xml",
        "37_input.xml",
        "38_input.xml",
    ] {
        let error = Tree::parse(&read(&folder, input), &limits).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Doctype, "{input}");
    }
    // Example 3.6 is written in ISO 8859-1.
    let error = Tree::parse(&read(&folder, "36_input.xml"), &limits).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::NotUtf8 | ErrorKind::UnsupportedEncoding
    ));
}

/// The references of the interoperability signature whose input is a whole element, and its SignedInfo.
#[test]
fn interoperability_signature() {
    let Some(folder) = support::conformance() else {
        return;
    };
    let folder = folder.join("xmldsig/merlin-c14n-three");
    let bytes = read(&folder, "signature.xml");
    let tree = Tree::parse(&bytes, &Limits::default()).unwrap();
    let something = named(&tree, "Something");
    let plain = Options::default();
    let listed = plain.clone().with_inclusive_prefixes(["#default"]);
    for (form, expected) in [
        (
            canonical::inclusive_of_to_vec(something, &plain),
            "c14n-0.txt",
        ),
        (
            canonical::exclusive_of_to_vec(something, &plain),
            "c14n-9.txt",
        ),
        (
            canonical::exclusive_of_to_vec(something, &listed),
            "c14n-18.txt",
        ),
        (
            canonical::inclusive_of_to_vec(named(&tree, "SignedInfo"), &plain),
            "c14n-27.txt",
        ),
    ] {
        assert_eq!(
            String::from_utf8(form.unwrap()).unwrap(),
            String::from_utf8(read(&folder, expected)).unwrap(),
            "{expected}"
        );
    }
}

/// The digest inputs that xmlsec1 wrote down while it signed.
#[test]
fn digest_inputs_of_signed_documents() {
    let Some(folder) = support::conformance() else {
        return;
    };
    let folder = folder.join("xmldsig");
    let limits = Limits::default();
    let plain = Options::default();

    let social = folder.join("kanta-social");
    for name in [
        "system-rsa4096",
        "professional-rsa3072-two",
        "professional-ecdsa-p384",
    ] {
        let bytes = read(&social, &format!("{name}.xml"));
        let tree = Tree::parse(&bytes, &limits).unwrap();
        let signed_info = named(&tree, "SignedInfo");
        let references = signed_info
            .children()
            .filter(|child| child.local_name() == "Reference");
        let mut count = 0;
        for (index, reference) in references.enumerate() {
            let id = reference
                .attribute("URI")
                .unwrap()
                .strip_prefix('#')
                .unwrap();
            let expected = read(&social, &format!("{name}.predigest-{index}.txt"));
            let form = canonical::exclusive_with_id_to_vec(&bytes, "ID", id, &limits, &plain);
            assert!(form.unwrap() == expected, "{name}: reference {index}");
            let element = tree.element_with_id("ID", id).unwrap();
            let form = canonical::exclusive_of_to_vec(element, &plain);
            assert!(form.unwrap() == expected, "{name}: reference {index}");
            count += 1;
        }
        assert_eq!(count, 2, "{name}");
    }
    let bytes = read(&social, "neg-duplicate-id.xml");
    let tree = Tree::parse(&bytes, &limits).unwrap();
    let ids = tree
        .root()
        .descendants()
        .filter_map(|element| element.attribute("ID"));
    let refused = ids
        .map(|id| canonical::exclusive_with_id_to_vec(&bytes, "ID", id, &limits, &plain))
        .filter(|form| matches!(form, Err(error) if *error.kind() == ErrorKind::DuplicateId));
    assert_eq!(refused.count(), 2);

    let health = folder.join("kanta-health-2015-shaped");
    let bytes = read(&health, "rsa-sha256-signed.xml");
    let tree = Tree::parse(&bytes, &limits).unwrap();
    let form = canonical::exclusive_of_to_vec(named(&tree, "signatureTimestamp"), &plain);
    assert!(form.unwrap() == read(&health, "rsa-sha256.predigest-timestamp.txt"));
    // The first transform makes octets of the document, the second picks the body from them.
    let document = canonical::exclusive_to_vec(&bytes, &limits, &plain).unwrap();
    let transformed = Tree::parse(&document, &limits).unwrap();
    let form = canonical::inclusive_of_to_vec(named(&transformed, "structuredBody"), &plain);
    assert!(form.unwrap() == read(&health, "rsa-sha256.predigest-body.txt"));
    let form = canonical::exclusive_of_to_vec(named(&tree, "SignedInfo"), &plain);
    assert!(form.unwrap() == read(&health, "rsa-sha256.signedinfo-exc-c14n.txt"));
    let with_doctype = read(&health, "doctype-generic-verifier-accepts.xml");
    assert_eq!(
        *Tree::parse(&with_doctype, &limits).unwrap_err().kind(),
        ErrorKind::Doctype
    );
}
