use super::*;

/// What the tokens of an input are, one after the other.
fn read(input: &[u8], limits: &Limits) -> Result<Vec<String>, Error> {
    let mut tokens = Tokens::new(input, limits)?;
    let mut seen = Vec::new();
    while let Some(token) = tokens.next()? {
        seen.push(match token {
            Token::Start(tag) => {
                let mut line = format!("<{}", tag.name().qualified());
                for attribute in tokens.attributes() {
                    line += &format!(" {:?}={:?}", attribute.name(), attribute.value());
                }
                line
            }
            Token::End(tag) => format!(">{}", tag.name().qualified()),
            Token::Text { text, .. } => format!("{text:?}"),
            Token::Comment { text, .. } => format!("!{text}"),
            Token::ProcessingInstruction { target, data, .. } => format!("?{target} {data}"),
        });
    }
    Ok(seen)
}

fn reads(input: &str, expected: &[&str]) {
    let seen = read(input.as_bytes(), &Limits::default());
    assert_eq!(seen.expect(input), expected, "{input}");
}

fn refusal(input: impl AsRef<[u8]>) -> ErrorKind {
    let input = input.as_ref();
    match read(input, &Limits::default()) {
        Err(error) => error.kind().clone(),
        Ok(_) => panic!("accepted: {}", String::from_utf8_lossy(input)),
    }
}

fn not_well_formed(input: &str, part_of_problem: &str) {
    match refusal(input) {
        ErrorKind::NotWellFormed { problem } => {
            assert!(problem.contains(part_of_problem), "{input}: {problem}");
        }
        other => panic!("{input}: {other}"),
    }
}

#[test]
fn gives_tokens_in_order() {
    reads("<a/>", &["<a", ">a"]);
    reads(
        "\u{FEFF}<?xml version=\"1.0\" encoding='utf-8' standalone=\"no\" ?>\r\n<a/>\n",
        &["<a", ">a"],
    );
    reads("<?xml\tversion = '1.0'?><a></a >", &["<a", ">a"]);
    reads("<?xml version='1.0' standalone='yes'?><a/>", &["<a", ">a"]);
    reads(
        "<!--1--><?p?><a ><?p  d ?><!-- - --></a\n><!---->",
        &["!1", "?p ", "<a", "?p d ", "! - ", ">a", "!"],
    );
    reads("<a b = '1'\n\tc=\"2>\" />", &["<a b=\"1\" c=\"2>\"", ">a"]);
    reads(
        "<?xml-stylesheet x?><a/>",
        &["?xml-stylesheet x", "<a", ">a"],
    );
}

#[test]
fn text_is_as_meant() {
    for (written, meant) in [
        ("x", "x"),
        (
            "ä€😀\u{10FFFF}\u{85}\u{2028}",
            "ä€😀\u{10FFFF}\u{85}\u{2028}",
        ),
        ("1\r\n2\r3\n4\r\r\n", "1\n2\n3\n4\n\n"),
        ("&#13;&#xD;\r", "\r\r\n"),
        ("&amp;&lt;&gt;&quot;&apos;", "&<>\"'"),
        ("&amp;lt;", "&lt;"),
        ("&#65;&#x42;&#x0043;&#x1F600;&#xe4;", "ABC😀ä"),
        ("]]", "]]"),
        ("]>", "]>"),
        ("]]&gt;", "]]>"),
        ("a > b", "a > b"),
        ("<![CDATA[<&amp;\r\n]]>", "<&amp;\n"),
        ("a<![CDATA[b]]>c<![CDATA[d]]><![CDATA[e]]>&amp;", "abcde&"),
        ("<![CDATA[]]]]>", "]]"),
        ("<![CDATA[]]]]><![CDATA[>]]>", "]]>"),
        ("<![CDATA[]]>", ""),
    ] {
        let meant = format!("{meant:?}");
        reads(&format!("<a>{written}</a>"), &["<a", &meant, ">a"]);
    }
    reads(
        "<a>1<!--x-->2<?p?>3</a>",
        &["<a", "\"1\"", "!x", "\"2\"", "?p ", "\"3\"", ">a"],
    );
}

#[test]
fn text_is_borrowed_when_written_as_meant() {
    for input in ["<a>]x]</a>", "<a><![CDATA[&]]></a>"] {
        let mut tokens = Tokens::new(input.as_bytes(), &Limits::default()).unwrap();
        tokens.next().unwrap();
        let token = tokens.next().unwrap();
        assert!(
            matches!(
                token,
                Some(Token::Text {
                    text: Cow::Borrowed(_),
                    ..
                })
            ),
            "{input}"
        );
    }
}

#[test]
fn attribute_values_are_normalised() {
    for (written, meant) in [
        ("1", "1"),
        ("\t\n\r\n\r ", "     "),
        ("&#9;&#10;&#13;&#x20;", "\t\n\r "),
        ("&lt;&amp;&quot;&apos;>'", "<&\"'>'"),
        ("  a  ", "  a  "),
    ] {
        let meant = format!("<a b={meant:?}");
        reads(&format!("<a b=\"{written}\"/>"), &[&meant, ">a"]);
    }
}

#[test]
fn line_ends_in_comments_and_instructions() {
    reads(
        "<a><!--1\r\n2\r3--><?p 1\r\n2\r3?></a>",
        &["<a", "!1\n2\n3", "?p 1\n2\n3", ">a"],
    );
}

#[test]
fn spans_cover_the_input() {
    let input = "<a x='1'>t&amp;<!--c--><?p d?><b/></a>";
    let mut tokens = Tokens::new(input.as_bytes(), &Limits::default()).unwrap();
    let mut spans = Vec::new();
    while let Some(token) = tokens.next().unwrap() {
        spans.push(&input[token.span()]);
    }
    assert_eq!(
        spans,
        [
            "<a x='1'>",
            "t&amp;",
            "<!--c-->",
            "<?p d?>",
            "<b/>",
            "",
            "</a>"
        ]
    );
}

#[test]
fn namespaces_are_resolved() {
    let input = "<a xmlns='urn:1' xmlns:p='urn:&#112;' p:x='' x='' xml:lang='fi'><p:b xmlns:p='urn:2'/><p:c/></a>";
    let mut tokens = Tokens::new(input.as_bytes(), &Limits::default()).unwrap();
    let mut seen = Vec::new();
    while let Some(token) = tokens.next().unwrap() {
        if let Token::Start(tag) = token {
            seen.push(tokens.namespace(&tag).to_owned());
            for attribute in tokens.attributes() {
                seen.push(format!("@{}", tokens.attribute_namespace(attribute)));
            }
            for declaration in tokens.declarations() {
                seen.push(format!(
                    "{}={}",
                    declaration.prefix(),
                    declaration.namespace()
                ));
            }
        }
    }
    let xml = "@http://www.w3.org/XML/1998/namespace";
    assert_eq!(
        seen,
        [
            "urn:1", "@urn:p", "@", xml, "=urn:1", "p=urn:p", "urn:2", "p=urn:2", "urn:p"
        ]
    );
}

#[test]
fn refuses_bytes_that_are_no_text() {
    for input in [
        &b"<a>\xFF</a>"[..],
        b"<a>\xC0\x80</a>",
        b"<a>\xED\xA0\x80</a>",
        b"\xFF\xFE<\0a\0/\0>\0",
    ] {
        assert_eq!(refusal(input), ErrorKind::NotUtf8);
    }
    for input in [
        "<a>\0</a>",
        "<a b='\0'/>",
        "<a>\x01</a>",
        "<a>\x0B</a>",
        "<a>\x0C</a>",
        "<a>\x1F</a>",
        "<a>\u{FFFE}</a>",
        "<a>\u{FFFF}</a>",
        "<!--\x08--><a/>",
        "<a>&#0;</a>",
        "<a>&#x0;</a>",
        "<a>&#8;</a>",
        "<a b='&#x1F;'/>",
        "<a>&#xD800;</a>",
        "<a>&#xDFFF;</a>",
        "<a>&#xFFFE;</a>",
        "<a>&#xFFFF;</a>",
        "<a>&#x110000;</a>",
        "<a>&#99999999999999999999;</a>",
        "<a/>\0",
    ] {
        assert_eq!(refusal(input), ErrorKind::ForbiddenCharacter, "{input:?}");
    }
}

#[test]
fn refuses_other_versions_encodings_and_document_types() {
    for encoding in ["ISO-8859-1", "UTF-16", "utf8", "US-ASCII", ""] {
        let input = format!("<?xml version='1.0' encoding='{encoding}'?><a/>");
        assert_eq!(refusal(input), ErrorKind::UnsupportedEncoding, "{encoding}");
    }
    for version in ["1.1", "1", "2.0", ""] {
        let input = format!("<?xml version='{version}'?><a/>");
        assert_eq!(refusal(input), ErrorKind::UnsupportedVersion, "{version}");
    }
    for input in [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<?xml version='1.0'?>\n<!DOCTYPE a><a/>",
        "<a><!DOCTYPE a></a>",
        "<a/><!DOCTYPE a>",
    ] {
        assert_eq!(refusal(input), ErrorKind::Doctype, "{input}");
    }
}

#[test]
fn refuses_wrong_declarations() {
    for input in [
        "<?xml?><a/>",
        "<?xml ?><a/>",
        "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.0'encoding='UTF-8'?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
        "<?xml version='1.0' other='x'?><a/>",
        "<?xml version=1.0?><a/>",
        "<?xml version='1.0'><a/>",
        "<?xml version='1.0'",
        "<?xml version?><a/>",
        " <?xml version='1.0'?><a/>",
        "<!----><?xml version='1.0'?><a/>",
        "<a><?xml version='1.0'?></a>",
        "<a/><?xml version='1.0'?>",
        "<a><?XML x?></a>",
        "<a><?xMl?></a>",
        "<?xml version='1.0'?><?xml version='1.0'?><a/>",
    ] {
        not_well_formed(input, "");
    }
}

#[test]
fn refuses_references() {
    for input in [
        "<a>&nbsp;</a>",
        "<a b='&e;'/>",
        "<a>&AMP;</a>",
        "<a>&a:b;</a>",
    ] {
        assert_eq!(refusal(input), ErrorKind::UnknownEntity, "{input}");
    }
    for input in [
        "<a>&</a>",
        "<a>& </a>",
        "<a>&;</a>",
        "<a>&amp</a>",
        "<a>&#;</a>",
        "<a>&#x;</a>",
        "<a>&#X41;</a>",
        "<a>&#65</a>",
        "<a>&#6a;</a>",
        "<a>&#-1;</a>",
        "<a>&#+1;</a>",
        "<a>&# 65;</a>",
        "<a b='&'/>",
        "<a b='&amp'/>",
        "<a>&amp <b/>;</a>",
        "<a>&#6<![CDATA[5;]]></a>",
    ] {
        not_well_formed(input, "");
    }
}

#[test]
fn refuses_wrong_structure() {
    for (input, problem) in [
        ("", "no root"),
        (" \n", "no root"),
        ("<!---->", "no root"),
        ("x<a/>", "outside the root"),
        ("<a/>x", "outside the root"),
        ("<a/>&#32;", "outside the root"),
        ("<a/><![CDATA[]]>", "outside the root"),
        ("<![CDATA[]]><a/>", "outside the root"),
        ("\u{FEFF}\u{FEFF}<a/>", "outside the root"),
        ("<a/>\u{A0}", "outside the root"),
        ("<a/><b/>", "more than one root"),
        ("<a></a><a></a>", "more than one root"),
        ("</a>", "outside the root"),
        ("<a/></a>", "outside the root"),
        ("<a>", "ends inside"),
        ("<a><b></b>", "ends inside"),
        ("<a>text", "ends inside"),
        ("<a", "not closed"),
        ("<", "name is missing"),
        ("<>", "name is missing"),
        ("< a/>", "name is missing"),
        ("<a></>", "name is missing"),
        ("<a></ a>", "name is missing"),
        ("<a></a x='1'>", "end tag is not closed"),
        ("<a></a", "end tag is not closed"),
        ("<a/ >", "not followed"),
        ("<a / >", "not followed"),
        ("<a><!- x --></a>", "begins nothing"),
        ("<a><!ELEMENT b></a>", "begins nothing"),
        ("<a><![cdata[x]]></a>", "begins nothing"),
        ("<!doctype a><a/>", "begins nothing"),
        ("<a><!-- x -- y --></a>", "\"--\""),
        ("<a><!-- x ---></a>", "\"--\""),
        ("<a><!--></a>", "not closed"),
        ("<a><!---></a>", "not closed"),
        ("<a><!-- x </a>", "not closed"),
        ("<a>]]></a>", "\"]]>\""),
        ("<a>x ]]]> y</a>", "\"]]>\""),
        ("<a><![CDATA[]]>]]></a>", "\"]]>\""),
        ("<a><![CDATA[x]]</a>", "not closed"),
        ("<a><??></a>", "name is missing"),
        ("<a><? p?></a>", "name is missing"),
        ("<a><?p x></a>", "not closed"),
        ("<a><?p:q x?></a>", "colon"),
        ("<a><?p+x?></a>", "white space"),
    ] {
        not_well_formed(input, problem);
    }
    for input in [
        "<a></b>",
        "<a><b></a></b>",
        "<a></A>",
        "<a xmlns:p='urn:x' xmlns:q='urn:x'><p:b></q:b></a>",
    ] {
        assert!(
            matches!(refusal(input), ErrorKind::MismatchedEndTag { .. }),
            "{input}"
        );
    }
}

#[test]
fn refuses_wrong_tags() {
    for (input, problem) in [
        ("<a b/>", "no value"),
        ("<a b>", "no value"),
        ("<a b=1/>", "quotes"),
        ("<a b=/>", "quotes"),
        ("<a b='1/>", "closing quote"),
        ("<a b='<'/>", "\"<\""),
        ("<a b='x<y'/>", "\"<\""),
        ("<a b='1'c='2'/>", "white space"),
        ("<a b='1'=''/>", "white space"),
        ("<a ='1'/>", "name is missing"),
        ("<a 'b'='1'/>", "name is missing"),
        ("<a,b/>", "white space"),
        ("<1a/>", "begins with"),
        ("<a 1b='1'/>", "begins with"),
        ("<:a/>", "begins with"),
        ("<a:/>", "begins with"),
        ("<a:b:c/>", "more than one colon"),
        ("<a :b='1'/>", "begins with"),
        ("<a xmlns:='urn:x'/>", "begins with"),
        ("<a\u{D7}/>", "white space"),
    ] {
        not_well_formed(input, problem);
    }
}

#[test]
fn refuses_wrong_namespaces() {
    for input in [
        "<p:a/>",
        "<a p:b='1'/>",
        "<a><b xmlns:p='urn:x'/><p:b/></a>",
        "<xmlns:a/>",
        "<a xmlns='urn:x' p:b=''/>",
    ] {
        assert!(
            matches!(refusal(input), ErrorKind::UnboundPrefix { .. }),
            "{input}"
        );
    }
    for input in [
        "<a xmlns:p=''/>",
        "<a xmlns:xml='urn:x'/>",
        "<a xmlns:xmlns='urn:x'/>",
        "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns:p='http://www.w3.org/XML/1998/namespac&#101;'/>",
    ] {
        let kind = refusal(input);
        assert!(
            matches!(kind, ErrorKind::ForbiddenNamespaceDeclaration { .. }),
            "{input}"
        );
    }
    for input in [
        "<a b='1' b='2'/>",
        "<a b='1' c='' b='1'/>",
        "<a xmlns='urn:x' xmlns='urn:x'/>",
        "<a xmlns:p='urn:x' xmlns:p='urn:y'/>",
        "<a xmlns:p='urn:x' p:b='' p:b=''/>",
        "<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='' q:b=''/>",
        "<a xmlns:p='urn:x' xmlns:q='urn:&#120;' p:b='' q:b=''/>",
        "<a xmlns:p='urn:x'><c p:b='' q:b='' xmlns:q='urn:x'/></a>",
    ] {
        assert!(
            matches!(refusal(input), ErrorKind::DuplicateAttribute { .. }),
            "{input}"
        );
    }
    // The same local name in two namespaces, and in none, is allowed.
    reads(
        "<a xmlns='urn:x' xmlns:p='urn:x' xmlns:q='urn:y' b='' p:b='' q:b=''/>",
        &["<a b=\"\" p:b=\"\" q:b=\"\"", ">a"],
    );
    reads(
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:x=''/>",
        &["<a xml:x=\"\"", ">a"],
    );
}

#[test]
fn limits_hold() {
    let small = Limits::default()
        .with_max_bytes(200)
        .with_max_depth(3)
        .with_max_attributes(3)
        .with_max_namespaces(2)
        .with_max_name_bytes(4)
        .with_max_attribute_bytes(5);
    let accepted =
        "<abcd x='12345' y='' z=''><b xmlns:p='urn:1' xmlns:q='urn:2'><c xml:x=''/></b></abcd>";
    read(accepted.as_bytes(), &small.clone().with_max_name_bytes(7)).unwrap();
    for (input, what) in [
        (" ".repeat(201), "bytes of input"),
        ("<a><a><a><a/></a></a></a>".to_owned(), "open elements"),
        ("<a b='' c='' d='' e=''/>".to_owned(), "attributes"),
        ("<abcde/>".to_owned(), "name"),
        ("<a abcde=''/>".to_owned(), "name"),
        ("<a></abcde>".to_owned(), "name"),
        ("<?abcde?><a/>".to_owned(), "name"),
        ("<a b='123456'/>".to_owned(), "attribute value"),
    ] {
        let error = read(input.as_bytes(), &small).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::LimitExceeded { what: limited, .. } if limited.contains(what)),
            "{input}: {error}"
        );
    }
    let few = Limits::default().with_max_namespaces(2);
    let three = "<a xmlns:p='urn:1' xmlns:q='urn:2'><b xmlns:r='urn:3'/></a>";
    assert!(read(three.as_bytes(), &few).is_err());
    let beside = "<a xmlns:p='urn:1'><b xmlns:r='urn:3'/><b xmlns:r='urn:3'/></a>";
    assert!(read(beside.as_bytes(), &few).is_ok());
}

#[test]
fn depth_bombs_are_refused_without_recursion() {
    let bomb = "<a>".repeat(10_000);
    let kind = refusal(&bomb);
    assert!(matches!(kind, ErrorKind::LimitExceeded { limit: 100, .. }));
    let deep = format!("{bomb}{}", "</a>".repeat(10_000));
    let unlimited = Limits::default().with_max_depth(usize::MAX);
    assert_eq!(read(deep.as_bytes(), &unlimited).unwrap().len(), 20_000);
}

#[test]
fn errors_tell_place_and_remedy_but_no_content() {
    let error = read(b"<a>\n  <b c='secret'>&secret;</b></a>", &Limits::default()).unwrap_err();
    assert_eq!(error.position().to_string(), "line 2, column 17");
    let text = format!("{error} {error:?}");
    assert!(
        text.contains("line 2, column 17") && text.contains(error.remedy()),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");

    let long = format!("<{}>", "ä".repeat(400));
    let error = read(format!("<a>{long}</b>").as_bytes(), &Limits::default()).unwrap_err();
    assert!(error.to_string().len() < 400);
}

#[test]
fn an_error_comes_again() {
    let mut tokens = Tokens::new(b"<a>&x;</a>", &Limits::default()).unwrap();
    tokens.next().unwrap();
    let first = tokens.next().unwrap_err();
    assert_eq!(tokens.next().unwrap_err(), first);
}

#[test]
fn debug_prints_no_content() {
    let mut tokens = Tokens::new(
        b"<a b='secret'>secret<!--secret--><?p secret?></a>",
        &Limits::default(),
    )
    .unwrap();
    while let Some(token) = tokens.next().unwrap() {
        let debug = format!("{token:?} {tokens:?} {:?}", tokens.attributes());
        assert!(!debug.contains("secret"), "{debug}");
    }
}
