use super::*;

const INPUT: &str = "<?xml version='1.0'?>\n<r xmlns='urn:1' xmlns:p='urn:p' a='1' p:a='2'>\n  one<!--x--> two<p:b/> three\
    <c><c1>x</c1></c><c xmlns='urn:2'/><c xmlns='' xmlns:p='urn:q'><d p:e='&lt;'/> </c>\n</r>\n";

fn tree() -> Tree<'static> {
    Tree::parse(INPUT.as_bytes(), &Limits::default()).unwrap()
}

#[test]
fn elements_know_their_relatives() {
    let tree = tree();
    let root = tree.root();
    assert!(root.is("urn:1", "r") && root.parent().is_none());
    let children: Vec<_> = root
        .children()
        .map(|child| (child.namespace(), child.local_name()))
        .collect();
    assert_eq!(
        children,
        [("urn:p", "b"), ("urn:1", "c"), ("urn:2", "c"), ("", "c")]
    );
    for child in root.children() {
        assert_eq!(child.parent(), Some(root));
    }
    assert_eq!(root.child("urn:2", "c").unwrap().index(), 4);
    assert!(root.child("urn:2", "b").is_none());
    let all: Vec<_> = root.descendants().map(|element| element.path()).collect();
    assert_eq!(
        all,
        [
            "/r",
            "/r/b",
            "/r/c[1]",
            "/r/c[1]/c1",
            "/r/c[2]",
            "/r/c[3]",
            "/r/c[3]/d"
        ]
    );
    for (index, element) in root.descendants().enumerate() {
        assert_eq!(element.index(), index);
        assert_eq!(tree.element(index), Some(element));
    }
    assert!(tree.element(7).is_none());
    let c = root.children().nth(1).unwrap();
    assert_eq!(c.descendants().count(), 2);
    assert_eq!(c.children().count(), 1);
}

#[test]
fn attributes_and_namespaces() {
    let tree = tree();
    let root = tree.root();
    assert_eq!(root.attribute("a"), Some("1"));
    assert_eq!(root.attribute_in("urn:p", "a"), Some("2"));
    assert_eq!(root.attribute("p:a"), None);
    let names: Vec<_> = root
        .attributes()
        .map(|attribute| attribute.qualified_name())
        .collect();
    assert_eq!(names, ["a", "p:a"]);
    let declared: Vec<_> = root.namespace_declarations().collect();
    assert_eq!(declared, [("", "urn:1"), ("p", "urn:p")]);
    let d = tree.element(6).unwrap();
    assert_eq!(d.attribute_in("urn:q", "e"), Some("<"));
    assert_eq!(d.namespaces_in_scope(), [("p", "urn:q")]);
    assert_eq!(d.namespace_declarations().count(), 0);
    assert_eq!(
        tree.element(4).unwrap().namespaces_in_scope(),
        [("", "urn:2"), ("p", "urn:p")]
    );
}

#[test]
fn text_is_that_of_the_element_itself() {
    let tree = tree();
    assert_eq!(tree.root().text(), "\n  one two three\n");
    assert!(tree.root().has_own_text());
    let c = tree.element(2).unwrap();
    assert_eq!((c.text().as_ref(), c.has_own_text()), ("", false));
    let with_space = tree.element(5).unwrap();
    assert_eq!(
        (with_space.text().as_ref(), with_space.has_own_text()),
        (" ", false)
    );
    assert!(matches!(
        tree.element(3).unwrap().text(),
        Cow::Borrowed("x")
    ));
}

#[test]
fn ranges_are_those_of_the_input() {
    let tree = tree();
    let at = |index: usize| tree.element(index).unwrap();
    assert!(INPUT[at(0).range()].starts_with("<r ") && INPUT[at(0).range()].ends_with("</r>"));
    assert_eq!(&INPUT[at(1).range()], "<p:b/>");
    assert_eq!(&INPUT[at(1).content_range()], "");
    assert!(at(1).is_empty_tag() && !at(2).is_empty_tag());
    assert_eq!(&INPUT[at(2).content_range()], "<c1>x</c1>");
    assert_eq!(
        &INPUT[..at(2).start_tag_name_end()][at(2).range().start..],
        "<c"
    );
    assert_eq!(
        &INPUT[..at(1).start_tag_name_end()][at(1).range().start..],
        "<p:b"
    );
    assert_eq!(at(0).position().to_string(), "line 2, column 1");
    assert_eq!(tree.input(), INPUT.as_bytes());

    let marked = b"\xEF\xBB\xBF<a><b>1</b></a>";
    let tree = Tree::parse(marked, &Limits::default()).unwrap();
    assert_eq!(&marked[tree.element(1).unwrap().content_range()], b"1");
}

#[test]
fn nodes_are_limited() {
    let limits = Limits::default().with_max_nodes(10);
    // Two elements, one attribute, one declaration and the always present one: five.
    assert!(Tree::parse(b"<a b='' xmlns:c='urn:c'>1<d/></a>", &limits).is_ok());
    for input in ["<b/>", " b=''", "<b>1</b>"] {
        let many = match input.starts_with(' ') {
            true => format!("<a>{}</a>", "<b x=''/>".repeat(6)),
            false => format!("<a>{}</a>", input.repeat(11)),
        };
        let error = Tree::parse(many.as_bytes(), &limits).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::LimitExceeded { limit: 10, .. }
        ));
    }
}

#[test]
fn debug_prints_no_content() {
    let input = "<a b='secret'>secret<c>secret</c></a>";
    let tree = Tree::parse(input.as_bytes(), &Limits::default()).unwrap();
    let root = tree.root();
    let attributes: Vec<_> = root.attributes().collect();
    let debug = format!("{tree:?} {root:?} {attributes:?}");
    assert!(debug.contains("/a") && !debug.contains("secret"), "{debug}");
}
