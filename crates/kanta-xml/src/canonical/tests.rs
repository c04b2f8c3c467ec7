use super::*;
use crate::Tree;

fn text(form: Result<Vec<u8>, Error>) -> String {
    String::from_utf8(form.expect("the input is fine")).expect("a canonical form is UTF-8")
}

fn exclusive_form(input: &str, options: &Options) -> String {
    text(exclusive_to_vec(
        input.as_bytes(),
        &Limits::default(),
        options,
    ))
}

/// The exclusive form of the element with `ID="x"`, which must not depend on how the element was found.
fn form_of_x(input: &str, options: &Options) -> String {
    let limits = Limits::default();
    let tree = Tree::parse(input.as_bytes(), &limits).unwrap();
    let element = tree.element_with_id("ID", "x").unwrap();
    let form = text(exclusive_of_to_vec(element, options));
    let found = exclusive_with_id_to_vec(input.as_bytes(), "ID", "x", &limits, options);
    assert_eq!(text(found), form, "{input}");
    form
}

#[test]
fn forms_of_documents() {
    for (input, expected) in [
        // 1: line ends, in instructions too
        (
            "<a>1\r\n2\r3&#13;<?p x\r\ny?><![CDATA[4\r\n5\r6]]></a>",
            "<a>1\n2\n3&#xD;<?p x\ny?>4\n5\n6</a>",
        ),
        // 2: attribute value normalisation
        (
            "<a b='1\t2\r\n3\n4\r5&#9;&#10;&#13;&#32;'/>",
            "<a b=\"1 2 3 4 5&#x9;&#xA;&#xD; \"></a>",
        ),
        // 3: escapes
        (
            "<a b='&lt;>&amp;&quot;&apos;\"'>&lt;&gt;>&amp;\"'</a>",
            "<a b=\"&lt;>&amp;&quot;'&quot;\">&lt;&gt;&gt;&amp;\"'</a>",
        ),
        // 4: CDATA, empty tags, comments
        (
            "<a>1<![CDATA[<&]]>2<!--c-->3<b /></a>",
            "<a>1&lt;&amp;23<b></b></a>",
        ),
        // 5: order of namespaces and attributes
        (
            "<z:a xmlns:z='urn:1' xmlns:ä='urn:0' xmlns:b='urn:2' xmlns='urn:3' b:a='1' ä:z='2' z:b='3' c='4' a='5' A='6' ä:ä='7' xml:b='8'/>",
            "<z:a xmlns:b=\"urn:2\" xmlns:z=\"urn:1\" xmlns:ä=\"urn:0\" A=\"6\" a=\"5\" c=\"4\" xml:b=\"8\" ä:z=\"2\" ä:ä=\"7\" z:b=\"3\" b:a=\"1\"></z:a>",
        ),
        // 6: only what is visibly used, where it is used, once
        (
            "<a xmlns:p='urn:1' xmlns:q='urn:2'><p:b><p:c q:d=''/></p:b><p:b/></a>",
            "<a><p:b xmlns:p=\"urn:1\"><p:c xmlns:q=\"urn:2\" q:d=\"\"></p:c></p:b><p:b xmlns:p=\"urn:1\"></p:b></a>",
        ),
        (
            "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:1'/><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b></p:a>",
            "<p:a xmlns:p=\"urn:1\"><p:b></p:b><p:b xmlns:p=\"urn:2\"><p:c xmlns:p=\"urn:1\"></p:c></p:b></p:a>",
        ),
        (
            "<a xmlns='urn:1'><b xmlns=''><c/></b></a>",
            "<a xmlns=\"urn:1\"><b xmlns=\"\"><c></c></b></a>",
        ),
        ("<a xmlns=''><b xmlns=''/></a>", "<a><b></b></a>"),
        (
            "<p:a xmlns:p='urn:p' xmlns='urn:1'><p:b xmlns=''><c/></p:b></p:a>",
            "<p:a xmlns:p=\"urn:p\"><p:b><c></c></p:b></p:a>",
        ),
        (
            "<a xmlns='urn:1'><p:b xmlns:p='urn:p' xmlns=''><c/><d xmlns='urn:1'/></p:b></a>",
            "<a xmlns=\"urn:1\"><p:b xmlns:p=\"urn:p\"><c xmlns=\"\"></c><d></d></p:b></a>",
        ),
        // 7: prefixes in values are not seen
        (
            "<a xmlns:xsi='urn:xsi' xmlns:v='urn:v' xsi:type='v:ST'/>",
            "<a xmlns:xsi=\"urn:xsi\" xsi:type=\"v:ST\"></a>",
        ),
        // 8 and 9: byte order mark, characters outside the basic plane
        (
            "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?>\n<a>&#x1F600;😀</a>\n",
            "<a>😀😀</a>",
        ),
        // what stands beside the root
        (
            "<!--1--><?p?>  <?q 1 ?><a/>\n<!--2--><?r  x?>",
            "<?p?>\n<?q 1 ?>\n<a></a>\n<?r x?>",
        ),
        // a declaration whose name needs escaping
        (
            "<a xmlns='urn:&amp;&lt;&quot;'/>",
            "<a xmlns=\"urn:&amp;&lt;&quot;\"></a>",
        ),
        (
            "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='fi'/>",
            "<a xml:lang=\"fi\"></a>",
        ),
    ] {
        assert_eq!(
            exclusive_form(input, &Options::default()),
            expected,
            "{input}"
        );
        assert_eq!(
            exclusive_form(expected, &Options::default()),
            expected,
            "the form of a form"
        );
    }
}

#[test]
fn comments_are_kept_on_request() {
    let input = "<!--1\r\n--><a>x<!-- & -->y</a><!--2-->";
    let kept = Options::default().with_comments(true);
    assert_eq!(
        exclusive_form(input, &kept),
        "<!--1\n-->\n<a>x<!-- & -->y</a>\n<!--2-->"
    );
    assert_eq!(exclusive_form(input, &Options::default()), "<a>xy</a>");
}

#[test]
fn forms_of_elements() {
    let options = Options::default();
    for (input, expected) in [
        (
            "<a xmlns='urn:1' xmlns:p='urn:p' xmlns:q='urn:q' xml:lang='fi'><b ID='x'><p:c/></b> tail</a>",
            "<b xmlns=\"urn:1\" ID=\"x\"><p:c xmlns:p=\"urn:p\"></p:c></b>",
        ),
        (
            "<a xmlns='urn:1'><b xmlns='' ID='x'/></a>",
            "<b ID=\"x\"></b>",
        ),
        (
            "<a xmlns='urn:1'><b xmlns=''><c ID='x'/></b></a>",
            "<c ID=\"x\"></c>",
        ),
        (
            "<a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c ID='x'/></p:b></a>",
            "<p:c xmlns:p=\"urn:2\" ID=\"x\"></p:c>",
        ),
        ("<!--1--><a ID='x'>1<!--2--></a><?p?>", "<a ID=\"x\">1</a>"),
        ("<a ID='&#120;'/>", "<a ID=\"x\"></a>"),
    ] {
        assert_eq!(form_of_x(input, &options), expected, "{input}");
    }
}

#[test]
fn listed_prefixes_are_always_written() {
    let listed = Options::default().with_inclusive_prefixes(["p", "#default", "unknown", "xml"]);
    for (input, expected) in [
        (
            "<a xmlns='urn:1' xmlns:p='urn:p' xmlns:q='urn:q'><q:b ID='x'><c/></q:b></a>",
            "<q:b xmlns=\"urn:1\" xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" ID=\"x\"><c></c></q:b>",
        ),
        (
            "<q:b xmlns='urn:1' xmlns:q='urn:q' ID='x'><q:c xmlns=''><d/></q:c></q:b>",
            "<q:b xmlns=\"urn:1\" xmlns:q=\"urn:q\" ID=\"x\"><q:c xmlns=\"\"><d></d></q:c></q:b>",
        ),
        (
            "<b ID='x'><c xmlns:p='urn:1'><d xmlns:p='urn:1'/><d xmlns:p='urn:2'/></c></b>",
            "<b ID=\"x\"><c xmlns:p=\"urn:1\"><d></d><d xmlns:p=\"urn:2\"></d></c></b>",
        ),
    ] {
        assert_eq!(form_of_x(input, &listed), expected, "{input}");
    }
}

#[test]
fn inclusive_forms_carry_their_surroundings() {
    let input = "<a xmlns='urn:1' xmlns:p='urn:p' xml:lang='fi' xml:space='preserve' z=''>\
        <b xmlns:p='urn:q' xml:lang='sv' b=''><c xmlns:p='urn:q' ID='x' xml:space='default'><d xmlns=''/></c></b></a>";
    let limits = Limits::default();
    let options = Options::default();
    assert_eq!(
        text(inclusive_to_vec(input.as_bytes(), &limits, &options)),
        "<a xmlns=\"urn:1\" xmlns:p=\"urn:p\" z=\"\" xml:lang=\"fi\" xml:space=\"preserve\"><b xmlns:p=\"urn:q\" b=\"\" \
         xml:lang=\"sv\"><c ID=\"x\" xml:space=\"default\"><d xmlns=\"\"></d></c></b></a>"
    );
    let tree = Tree::parse(input.as_bytes(), &limits).unwrap();
    let element = tree.element_with_id("ID", "x").unwrap();
    assert_eq!(
        text(inclusive_of_to_vec(element, &options)),
        "<c xmlns=\"urn:1\" xmlns:p=\"urn:q\" ID=\"x\" xml:lang=\"sv\" xml:space=\"default\"><d xmlns=\"\"></d></c>"
    );
}

/// Each tag lacks one thing that would let it be copied as it stands.
#[test]
fn tags_that_are_nearly_canonical_are_not_copied() {
    for (input, expected) in [
        ("<a b=\"1\"  c=\"2\"/>", "<a b=\"1\" c=\"2\"></a>"),
        ("<a b=\"1\" c=\"2\" />", "<a b=\"1\" c=\"2\"></a>"),
        ("<a b=\"1\" c=\"2\" ></a >", "<a b=\"1\" c=\"2\"></a>"),
        ("<a b= \"1\"/>", "<a b=\"1\"></a>"),
        ("<a b =\"1\"/>", "<a b=\"1\"></a>"),
        ("<a b='1'/>", "<a b=\"1\"></a>"),
        ("<a b=\"&#49;\"/>", "<a b=\"1\"></a>"),
        ("<a b=\">\"/>", "<a b=\">\"></a>"),
        ("<a b=\"1\n2\"/>", "<a b=\"1 2\"></a>"),
        ("<a\nb=\"1\"/>", "<a b=\"1\"></a>"),
        ("<a c=\"1\" b=\"2\"/>", "<a b=\"2\" c=\"1\"></a>"),
        (
            "<a b=\"1\" d=\"2\" c=\"3\"/>",
            "<a b=\"1\" c=\"3\" d=\"2\"></a>",
        ),
        (
            "<a xmlns:p=\"urn:p\"><b p:a=\"1\" z=\"2\"/></a>",
            "<a><b xmlns:p=\"urn:p\" z=\"2\" p:a=\"1\"></b></a>",
        ),
        (
            "<p:a xmlns:p=\"urn:p\"><p:b p:a=\"1\" z=\"2\"/></p:a>",
            "<p:a xmlns:p=\"urn:p\"><p:b z=\"2\" p:a=\"1\"></p:b></p:a>",
        ),
        (
            "<p:a xmlns:p=\"urn:p\"><p:b xmlns:p=\"urn:p\" z=\"2\"/></p:a>",
            "<p:a xmlns:p=\"urn:p\"><p:b z=\"2\"></p:b></p:a>",
        ),
        (
            "<a><b xmlns:q=\"urn:q\" z=\"2\"/></a>",
            "<a><b z=\"2\"></b></a>",
        ),
    ] {
        let form = exclusive_form(input, &Options::default());
        assert_eq!(form, expected, "{input}");
    }
    // Without any declaration the outermost element still carries the language of what stands around it.
    let input = "<a xml:lang=\"fi\"><b ID=\"x\" z=\"1\"><c y=\"2\"></c></b></a>";
    let tree = Tree::parse(input.as_bytes(), &Limits::default()).unwrap();
    let element = tree.element_with_id("ID", "x").unwrap();
    assert_eq!(
        text(inclusive_of_to_vec(element, &Options::default())),
        "<b ID=\"x\" z=\"1\" xml:lang=\"fi\"><c y=\"2\"></c></b>"
    );
}

#[test]
fn an_id_must_be_found_once() {
    let limits = Limits::default();
    let find = |input: &str| {
        let form =
            exclusive_with_id_to_vec(input.as_bytes(), "ID", "x", &limits, &Options::default());
        let in_tree = Tree::parse(input.as_bytes(), &limits)
            .and_then(|tree| tree.element_with_id("ID", "x").map(|_| ()));
        assert_eq!(form.as_ref().err(), in_tree.as_ref().err());
        form.map_err(|error| error.kind().clone())
    };
    for input in [
        "<a/>",
        "<a Id='x' id='x' xml:id='x'/>",
        "<a ID='X'><b ID=' x'/></a>",
        "<p:a xmlns:p='urn:p' p:ID='x'/>",
    ] {
        assert_eq!(find(input), Err(ErrorKind::ElementNotFound), "{input}");
    }
    for input in [
        "<a ID='x'><b ID='x'/></a>",
        "<a><b ID='x'/><c><d ID='&#x78;'/></c></a>",
    ] {
        assert_eq!(find(input), Err(ErrorKind::DuplicateId), "{input}");
    }
    assert!(find("<a ID='y'><b ID='x'/><c ID='y'/></a>").is_ok());
    assert!(
        find("<a ID='x'><b></a>").is_err(),
        "the rest of the document counts too"
    );
}

#[test]
fn relative_namespace_names_are_refused() {
    for input in [
        "<a xmlns='x'/>",
        "<a><b xmlns:p='../x'/></a>",
        "<a xmlns:p='1a:b'/>",
        "<a xmlns:p='ä:b'/>",
    ] {
        let form = exclusive_to_vec(input.as_bytes(), &Limits::default(), &Options::default());
        assert_eq!(
            *form.unwrap_err().kind(),
            ErrorKind::RelativeNamespace,
            "{input}"
        );
    }
    let tree = Tree::parse(b"<a xmlns:p='x'><b/></a>", &Limits::default()).unwrap();
    let b = tree.root().child("", "b").unwrap();
    assert!(exclusive_of_to_vec(b, &Options::default()).is_err());
}

#[test]
fn large_forms_come_in_blocks() {
    let long = "x".repeat(100_000);
    let input = format!("<a>{}{long}&lt;{long}</a>", "<b>1</b>".repeat(10_000));
    let (mut calls, mut form) = (0, Vec::new());
    let mut sink = |bytes: &[u8]| {
        calls += 1;
        form.extend_from_slice(bytes);
    };
    exclusive(
        input.as_bytes(),
        &Limits::default(),
        &Options::default(),
        &mut sink,
    )
    .unwrap();
    assert_eq!(form, input.as_bytes());
    assert!((4..30).contains(&calls), "{calls} calls");
}
