//! The patient archive's old layout, which is only read: its body is picked by a filter, not named by an identifier.

use kanta_cda::{DocumentVerification, verify};
use kanta_core::Instant;
use kanta_sign::xmldsig;
use kanta_sign::{DigestAlgorithm, Signer, ToBeSigned};
use kanta_xml::{Limits, Tree, canonical};

use crate::scene::{EXCLUSIVE, RSA, SHA256, exclusive, part, replaced};
use crate::signing::Desk;

const FILTER: &str = "<XPath xmlns:h=\"urn:hl7-org:v3\">ancestor-or-self::h:structuredBody</XPath>";
const BODY: &str =
    "<component><structuredBody><text>Päivittäismerkintä</text></structuredBody></component>";
const TIME: &str = "2015-03-02T08:15:30Z";

/// A document of the old layout that the system's key signs, with this filter for this body.
fn signed(desk: &Desk, filter: &str, body: &str) -> String {
    let text = format!(
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" xmlns:f=\"urn:hl7finland\"><id root=\"1.2.246.10.99999999.11.2015.1\"/>\
         <f:localHeader><f:signatureCollection><f:signature ID=\"s1\">\
         <f:signatureTimestamp ID=\"t1\">{TIME}</f:signatureTimestamp>\
         <Signature xmlns=\"{}\"></Signature></f:signature></f:signatureCollection></f:localHeader>{body}</ClinicalDocument>",
        xmldsig::NAMESPACE
    );
    let digest = |octets: &[u8]| {
        base64_simd::STANDARD.encode_to_string(DigestAlgorithm::Sha256.digest(octets))
    };
    let reference = |uri: &str, transforms: &str, digest: String| {
        format!(
            "<Reference URI=\"{uri}\"><Transforms>{transforms}</Transforms>\
             <DigestMethod Algorithm=\"{SHA256}\"></DigestMethod><DigestValue>{digest}</DigestValue></Reference>"
        )
    };
    let canonicalised = format!("<Transform Algorithm=\"{EXCLUSIVE}\"></Transform>");
    let filtered = format!(
        "{canonicalised}<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">{filter}</Transform>"
    );
    let info = format!(
        "<SignedInfo><CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></CanonicalizationMethod>\
         <SignatureMethod Algorithm=\"{RSA}\"></SignatureMethod>{}{}</SignedInfo>",
        reference("", &filtered, digest(&filtered_body(&text))),
        reference(
            "#t1",
            &canonicalised,
            digest(&exclusive(&text, "signatureTimestamp"))
        ),
    );
    let text = replaced(&text, "></Signature>", &format!(">{info}</Signature>"));
    let octets = exclusive(&text, "SignedInfo");
    let algorithm = desk.system.algorithms()[0];
    let value = desk
        .system
        .sign(&ToBeSigned::new(&octets, algorithm))
        .unwrap();
    let made = xmldsig::signature_element(&octets, &value, desk.system.certificate());
    let value = part(
        &String::from_utf8(made).unwrap(),
        "<SignatureValue>",
        "</KeyInfo>",
    );
    replaced(&text, "</SignedInfo>", &format!("</SignedInfo>{value}"))
}

/// The two steps of the layout: exclusive form of the document, then inclusive form of what the filter keeps.
fn filtered_body(text: &str) -> Vec<u8> {
    let (limits, options) = (Limits::default(), canonical::Options::default());
    let document = canonical::exclusive_to_vec(text.as_bytes(), &limits, &options).unwrap();
    let tree = Tree::parse(&document, &limits).unwrap();
    let mut all = tree.root().descendants();
    let body = all
        .find(|element| element.local_name() == "structuredBody")
        .unwrap();
    canonical::inclusive_of_to_vec(body, &options).unwrap()
}

fn verdict(desk: &Desk, document: &str) -> DocumentVerification {
    verify(document.as_bytes(), &desk.spec, &Limits::default()).unwrap()
}

#[test]
fn a_signature_of_the_old_layout_is_recognised_and_told() {
    let desk = Desk::open();
    let document = signed(&desk, FILTER, BODY);
    let verdict = verdict(&desk, &document);
    let found: Vec<String> = verdict.all_findings().map(ToString::to_string).collect();
    assert!(verdict.is_valid(), "{found:?}");
    let body = part(&document, "<structuredBody>", "</structuredBody>");
    assert_eq!(document[verdict.covered_body().unwrap()], body);
    let report = &verdict.signatures()[0];
    assert_eq!(report.time(), Some(Instant::parse(TIME).unwrap()));
    let check = report.check().unwrap();
    assert_eq!(check.profile(), Some("patient-archive-2015"));
    assert!(check.value_fits());
    // No signature of this layout with this algorithm was seen.
    let rules: Vec<&str> = check
        .findings()
        .iter()
        .map(|finding| finding.rule())
        .collect();
    assert_eq!(rules, ["KANTA-SIGNATURE-ALGORITHM-UNCONFIRMED"]);
}

#[test]
fn the_old_layout_resists_wrapping_too() {
    let desk = Desk::open();
    let document = signed(&desk, FILTER, BODY);
    let second = "<section><structuredBody/></section></structuredBody>";
    let filter = |filter: &str| signed(&desk, filter, BODY);
    let attacks = [
        (
            "another body",
            "KANTA-SIGNATURE-BODY-DIGEST",
            replaced(&document, "merkintä", "merkinta"),
        ),
        (
            "another time",
            "KANTA-SIGNATURE-TIMESTAMP-DIGEST",
            replaced(&document, "08:15:30Z", "08:15:31Z"),
        ),
        (
            "a body inside the body, which the filter picks too",
            "KANTA-SIGNATURE-BODY",
            signed(&desk, FILTER, &BODY.replace("</structuredBody>", second)),
        ),
        (
            "a body beside the body",
            "KANTA-SIGNATURE-BODY",
            replaced(&document, "<component>", "<structuredBody/><component>"),
        ),
        (
            "a filter of another name",
            "KANTA-SIGNATURE-TRANSFORM",
            filter("<XPath xmlns:h=\"urn:hl7-org:v3\">ancestor-or-self::h:text</XPath>"),
        ),
        (
            "a filter of another name space",
            "KANTA-SIGNATURE-TRANSFORM",
            filter("<XPath xmlns:h=\"urn:x\">ancestor-or-self::h:structuredBody</XPath>"),
        ),
        (
            "a filter of another axis",
            "KANTA-SIGNATURE-TRANSFORM",
            filter("<XPath xmlns:h=\"urn:hl7-org:v3\">descendant::h:structuredBody</XPath>"),
        ),
        (
            "a filter with more to it",
            "KANTA-SIGNATURE-TRANSFORM",
            filter(
                "<XPath xmlns:h=\"urn:hl7-org:v3\" x=\"\">ancestor-or-self::h:structuredBody</XPath>",
            ),
        ),
    ];
    for (name, rule, forged) in attacks {
        let verdict = verdict(&desk, &forged);
        let found: Vec<&str> = verdict
            .all_findings()
            .map(|finding| finding.rule())
            .collect();
        assert!(!verdict.is_valid(), "PASSED: {name}");
        assert_eq!(verdict.covered_body(), None, "{name}");
        assert!(found.contains(&rule), "{name}: found {found:?}");
    }
}
