//! What the integration tests share: generated documents, and xmllint.

#![allow(dead_code, reason = "no test uses all of it")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use proptest::sample::select;

/// A generated element, or something that stands beside elements.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Element {
        prefix: &'static str,
        name: &'static str,
        declarations: Vec<(&'static str, &'static str)>,
        attributes: Vec<(&'static str, &'static str, Vec<&'static str>)>,
        children: Vec<Self>,
    },
    /// Text as written, a CDATA section or a processing instruction.
    Raw(&'static str),
    Comment(&'static str),
}

/// A generated document.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    before: Vec<Node>,
    root: Node,
    after: Vec<Node>,
}

const PREFIXES: [&str; 4] = ["", "a", "b", "ä"];
/// No `&` and nothing beyond ASCII: libxml2 writes the one unescaped, against the specification, and refuses the other.
const NAMESPACES: [&str; 4] = ["urn:1", "urn:2", "urn:10", "urn:1"];
const NAMES: [&str; 4] = ["x", "y", "Z-1.2_", "öljy"];
const VALUES: [&str; 14] = [
    "",
    "1",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "&#9;&#xA;&#13;",
    "&quot;&apos;",
    ">",
    "&lt;&amp;",
    "a:x",
    "😀&#x1F600;",
    "äö",
];
const TEXTS: [&str; 18] = [
    "text",
    " ",
    "\n  ",
    "\r\n",
    "\r",
    "\t",
    "&#13;",
    "&#xD;&#xA;",
    "&lt;&amp;&gt;",
    ">",
    "]]&gt;",
    "\"'&quot;&apos;",
    "😀",
    "&#x10FFFF;\u{85}\u{2028}",
    "<![CDATA[<&>\r\n]]>",
    "<![CDATA[]]>",
    "<![CDATA[]]]]>",
    "äöå",
];
const INSTRUCTIONS: [&str; 4] = ["<?p?>", "<?p  data ?>", "<?xml-x a\r\nb\rc?>", "<?ö <&>?>"];
const COMMENTS: [&str; 4] = ["", " - ", "a\r\nb\rc", "<&>]]>ä"];

fn attributes() -> impl Strategy<Value = Vec<(&'static str, &'static str, Vec<&'static str>)>> {
    let prefix = select(vec!["", "", "a", "b", "ä", "xml"]);
    let value = prop::collection::vec(select(VALUES.to_vec()), 0..4);
    // Local names are different, so no two prefixes of one namespace can make a duplicate.
    prop::collection::vec((prefix, value), 0..5).prop_flat_map(|attributes| {
        let names = vec!["k", "l", "K", "ä", "id-1"];
        Just(names).prop_shuffle().prop_map(move |names| {
            let pairs = names.into_iter().zip(attributes.clone());
            pairs
                .map(|(name, (prefix, value))| (prefix, name, value))
                .collect()
        })
    })
}

fn declarations(
    prefixes: &'static [&'static str],
) -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    prop::sample::subsequence(prefixes.to_vec(), 0..=prefixes.len()).prop_flat_map(|prefixes| {
        let namespaces = prop::collection::vec(0..=NAMESPACES.len(), prefixes.len());
        namespaces.prop_map(move |namespaces| {
            let namespace = |prefix: &str, index: usize| match NAMESPACES.get(index) {
                Some(namespace) => namespace,
                None if prefix.is_empty() => "",
                None => "urn:3",
            };
            let pairs = prefixes.iter().zip(namespaces);
            pairs
                .map(|(prefix, index)| (*prefix, namespace(prefix, index)))
                .collect()
        })
    })
}

fn element(children: BoxedStrategy<Vec<Node>>) -> impl Strategy<Value = Node> {
    let declared = prop_oneof![2 => Just(Vec::new()), 1 => declarations(&PREFIXES)];
    (
        select(PREFIXES.to_vec()),
        select(NAMES.to_vec()),
        declared,
        attributes(),
        children,
    )
        .prop_map(
            |(prefix, name, declarations, attributes, children)| Node::Element {
                prefix,
                name,
                declarations,
                attributes,
                children,
            },
        )
}

fn beside_elements() -> impl Strategy<Value = Node> {
    prop_oneof![
        select(INSTRUCTIONS.to_vec()).prop_map(Node::Raw),
        select(COMMENTS.to_vec()).prop_map(Node::Comment),
    ]
}

/// Documents with namespaces redeclared and taken back, every kind of line end, reference and section.
pub(crate) fn document() -> impl Strategy<Value = Document> {
    let leaf = prop_oneof![
        4 => select(TEXTS.to_vec()).prop_map(Node::Raw),
        1 => beside_elements(),
        1 => element(Just(Vec::new()).boxed()),
    ];
    let node = leaf.prop_recursive(5, 24, 4, |inner| {
        element(prop::collection::vec(inner, 0..5).boxed())
    });
    let children = prop::collection::vec(node, 0..4).boxed();
    let around = || prop::collection::vec(beside_elements(), 0..2);
    (around(), element(children), around()).prop_map(|(before, mut root, after)| {
        if let Node::Element { declarations, .. } = &mut root {
            // Every prefix is bound somewhere, and often elsewhere again.
            for prefix in ["a", "b", "ä"] {
                if !declarations.iter().any(|(declared, _)| *declared == prefix) {
                    declarations.push((prefix, "urn:0"));
                }
            }
        }
        Document {
            before,
            root,
            after,
        }
    })
}

impl Document {
    /// The document as text.
    pub(crate) fn write(&self, comments: bool) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n");
        let is_kept = |node: &&Node| comments || !matches!(node, Node::Comment(_));
        for node in self.before.iter().filter(is_kept) {
            write_node(node, comments, &mut out);
            out.push('\n');
        }
        write_node(&self.root, comments, &mut out);
        for node in self.after.iter().filter(is_kept) {
            out.push_str("\r\n");
            write_node(node, comments, &mut out);
        }
        out
    }
}

fn write_node(node: &Node, comments: bool, out: &mut String) {
    match node {
        Node::Raw(raw) => out.push_str(raw),
        Node::Comment(text) if comments => write!(out, "<!--{text}-->").unwrap(),
        // Something must stay there, or the CR before it and the LF behind it become one line end.
        Node::Comment(_) => out.push_str("<![CDATA[]]>"),
        Node::Element {
            prefix,
            name,
            declarations,
            attributes,
            children,
        } => {
            let name = qualified(prefix, name);
            write!(out, "<{name}").unwrap();
            // Attributes and declarations change places, so that declarations also come after their use.
            for (prefix, local, value) in attributes {
                let value = value.concat();
                write!(out, "\n{}='{value}'", qualified(prefix, local)).unwrap();
            }
            for (prefix, namespace) in declarations {
                let name = if prefix.is_empty() {
                    "xmlns".to_owned()
                } else {
                    format!("xmlns:{prefix}")
                };
                write!(out, " {name} = \"{namespace}\"").unwrap();
            }
            if children.is_empty() {
                out.push_str("/>");
                return;
            }
            out.push('>');
            for child in children {
                write_node(child, comments, out);
            }
            write!(out, "</{name} >").unwrap();
        }
    }
}

fn qualified(prefix: &str, local: &str) -> String {
    if prefix.is_empty() {
        local.to_owned()
    } else {
        format!("{prefix}:{local}")
    }
}

/// Bytes that print as text.
#[derive(Clone)]
pub(crate) struct Input(pub(crate) Vec<u8>);

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// A document with random edits.
pub(crate) fn mutated(most: usize) -> impl Strategy<Value = Input> {
    const BITS: [&str; 34] = [
        "<",
        ">",
        "/",
        "</",
        "/>",
        "&",
        ";",
        "&#",
        "'",
        "\"",
        "=",
        " ",
        ":",
        "x",
        "a",
        "xmlns",
        "xmlns:a='urn:1'",
        "<!--",
        "-->",
        "--",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<?xml ",
        "<!DOCTYPE x>",
        "&amp;",
        "&#0;",
        "\r",
        "\0",
        "\u{FFFE}",
        "ä",
        "<a:x",
        "</a:x>",
    ];
    let edit = (
        any::<prop::sample::Index>(),
        0..6_usize,
        select(BITS.to_vec()),
    );
    (document(), prop::collection::vec(edit, 1..most)).prop_map(|(document, edits)| {
        let mut bytes = document.write(true).into_bytes();
        for (place, removed, inserted) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, inserted.bytes());
        }
        Input(bytes)
    })
}

/// The canonical forms that xmllint makes of documents, or `None` when there is no xmllint.
pub(crate) struct Xmllint {
    folder: PathBuf,
}

impl Xmllint {
    /// The program, with a folder for the files of one test; says so when there is none.
    pub(crate) fn find(test: &str) -> Option<Self> {
        if Command::new("xmllint").arg("--version").output().is_err() {
            eprintln!("SKIPPED: xmllint (package libxml2-utils) is not installed");
            return None;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        Some(Self { folder })
    }

    /// Panics with the first document for which xmllint makes another form than the expected one. `option` is
    /// `--exc-c14n` or `--c14n`; xmllint keeps comments.
    pub(crate) fn agrees(&self, option: &str, documents: &[(Vec<u8>, Vec<u8>)]) {
        let paths: Vec<PathBuf> = (0..documents.len())
            .map(|index| self.folder.join(format!("{index}.xml")))
            .collect();
        for (path, (input, _)) in paths.iter().zip(documents) {
            std::fs::write(path, input).expect("the file can be written");
        }
        // All at once is fast; one by one finds the culprit.
        let all: Vec<u8> = documents
            .iter()
            .flat_map(|(_, form)| form.clone())
            .collect();
        if run(option, &paths) == all {
            return;
        }
        for (path, (input, form)) in paths.iter().zip(documents) {
            let theirs = run(option, std::slice::from_ref(path));
            assert_eq!(
                String::from_utf8_lossy(&theirs),
                String::from_utf8_lossy(form),
                "xmllint (left) and we (right) differ on {:?}",
                String::from_utf8_lossy(input)
            );
        }
    }

    /// The form that xmllint makes of a file.
    pub(crate) fn form(&self, option: &str, path: &Path) -> Vec<u8> {
        run(option, &[path.to_owned()])
    }
}

fn run(option: &str, paths: &[PathBuf]) -> Vec<u8> {
    if paths.is_empty() {
        return Vec::new();
    }
    let output = Command::new("xmllint")
        .args(["--nonet", "--huge", option])
        .args(paths)
        .output();
    output.expect("xmllint runs").stdout
}

/// The folder of conformance material; says so when there is none.
pub(crate) fn conformance() -> Option<PathBuf> {
    let folder = std::env::var_os("KANTA_CONFORMANCE").map(PathBuf::from);
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("SKIPPED: KANTA_CONFORMANCE does not name the folder of conformance material");
    }
    folder
}
