//! Every rule of documents: id, severity, how sure it is, its source, and what it asks in two languages.

use std::fmt::Write;

use kanta_core::{Mark, Rule, Severity};

const SEEN: &str = "public test messages, 3/2026 and 7/2026";
const CDA: &str = "HL7 CDA R2 schema";
const METADATA: &str = "metadata of the public test messages; spec bundle, document.toml";
const QUESTIONS: &str = "Kela slides 2020";
const STRUCTURES: &str = "implementation notes of the Sosmeta structures";
const OWN: &str = "own check";

macro_rules! rules {
    ($( $name:ident $id:literal $severity:ident $mark:ident $source:expr, $finnish:literal, $english:literal; )*) => {
        $( pub(crate) const $name: Rule = Rule::new($id, Severity::$severity, Mark::$mark, $source); )*

        /// Every rule of documents, in the order of their ids.
        pub const CATALOGUE: &[Rule] = &[$($name),*];

        /// What each rule asks, in Finnish and English, in the order of the catalogue.
        const TEXTS: &[(&str, &str)] = &[$(($finnish, $english)),*];
    };
}

rules! {
    ANCHOR "KANTA-DOC-ANCHOR" Error Stated SEEN,
        "Rungon ID on OID ja asiakirjan yksilöintitunnus.",
        "The ID of the body is OID followed by the document's identifier.";
    ARRIVAL "KANTA-DOC-ARRIVAL" Error Stated QUESTIONS,
        "Saapuneella asiakirjalla on saapumistapa ja lähettäjä tai asiamies.",
        "A document that came from elsewhere has an arrival mode and a sender or agent.";
    AUTHOR "KANTA-DOC-AUTHOR" Error Stated QUESTIONS,
        "Asiakasasiakirjalla ja kertomusmerkinnällä on asiakirjan tallentaneen ammattihenkilön nimi.",
        "A client document and a case note name the professional who saved them.";
    AUTHOR_NUMBER "KANTA-DOC-AUTHOR-NUMBER" Warning Stated QUESTIONS,
        "Asiakirjan tallentaneella ammattihenkilöllä on rekisteröintinumero.",
        "The professional who saved the document has a registration number.";
    BIRTH "KANTA-DOC-BIRTH" Warning Own OWN,
        "Syntymäaika on sama kuin henkilötunnuksessa.",
        "The day of birth is the one in the identity code.";
    BIRTH_FORM "KANTA-DOC-BIRTH-FORM" Warning Stated SEEN,
        "Syntymäaika on päivä muodossa vvvvkkpp.",
        "The time of birth is a day, yyyyMMdd.";
    BODY "KANTA-DOC-BODY" Error Stated SEEN,
        "Asiakirjalla on runko nonXMLBody, jonka osat voi purkaa.",
        "The document has a nonXMLBody whose parts can be decoded.";
    BODY_FORM "KANTA-DOC-BODY-FORM" Error Stated QUESTIONS,
        "Rungon muoto on sellainen, jonka asiakirjaryhmä sallii.",
        "The body has a form that the kind of document allows.";
    BODY_FORM_UNUSUAL "KANTA-DOC-BODY-FORM-UNUSUAL" Warning Inferred "a structure is published for the kind",
        "Rungon muoto on se, joka asiakirjaryhmästä tunnetaan.",
        "The body has the form that is known of the kind of document.";
    CASE_NUMBER "KANTA-DOC-CASE-NUMBER" Error Stated STRUCTURES,
        "Sisällössä näkyvä asiatunnus on sama kuin otsakkeessa.",
        "The case number in the content is the one in the header.";
    CASE_PERIOD "KANTA-DOC-CASE-PERIOD" Warning Inferred STRUCTURES,
        "Asian avaus- ja päättymispäivä ovat samat otsakkeessa ja sisällössä.",
        "Opening and closing day of the case agree in header and content.";
    CHAIN "KANTA-DOC-CHAIN" Error Stated SEEN,
        "Uusi versio säilyttää alkuperäisen asiakirjan tunnisteen.",
        "A later version keeps the set id.";
    CHAIN_ID "KANTA-DOC-CHAIN-ID" Error Own OWN,
        "Uudella versiolla on eri tunniste kuin korvatulla.",
        "A later version has another identifier than the one it replaces.";
    CHAIN_NUMBER "KANTA-DOC-CHAIN-NUMBER" Warning Inferred SEEN,
        "Uuden version numero on yhtä suurempi ja se nimeää korvaamansa version.",
        "A later version has the next number and names the version that it replaces.";
    CLIENT "KANTA-DOC-CLIENT" Error Stated CDA,
        "Asiakirjalla on asiakas.",
        "The document has a client.";
    CLIENT_HETU "KANTA-DOC-CLIENT-HETU" Error Stated STRUCTURES,
        "Luovutuslupa- ja kieltoasiakirjan asiakkaalla on henkilötunnus.",
        "The client of a disclosure permission or ban has a personal identity code.";
    CLIENT_ID "KANTA-DOC-CLIENT-ID" Error Stated
        "form of personal identity codes; Kela slides 2020, for temporary identifiers",
        "Asiakkaan tunnus on henkilötunnus tai kahteen osaan jaettu tilapäinen yksilöintitunnus.",
        "The client's identifier is a personal identity code or a temporary identifier in two parts.";
    CLIENT_NAME "KANTA-DOC-CLIENT-NAME" Warning Inferred "the structures of THL want the client's names in the content",
        "Asiakkaan nimessä on etunimi ja sukunimi.",
        "The client's name has a given name and a family name.";
    CLIENTS "KANTA-DOC-CLIENTS" Warning Inferred STRUCTURES,
        "Asia-asiakirjan otsakkeessa on useita asiakkaita vain yhteisessä asiassa.",
        "The header of a case document names several clients only when the case is joint.";
    CODE "KANTA-DOC-CODE" Error Stated CDA,
        "Koodissa ei ole tyhjämerkkejä, eikä koodi tai nimi ole tyhjä.",
        "A code holds no white space, and neither a code nor a name is empty.";
    CODE_SYSTEM "KANTA-DOC-CODE-SYSTEM" Error Stated METADATA,
        "Koodi on tiedon omasta koodistosta.",
        "The code is of the code system of its item.";
    CONTENT_CLIENT "KANTA-DOC-CONTENT-CLIENT" Error Own OWN,
        "Sisällön asiakkaan henkilötunnus on sama kuin otsakkeessa.",
        "The identity code of the client in the content is the one in the header.";
    CONTENT_UNCHECKED "KANTA-DOC-CONTENT-UNCHECKED" Warning Own OWN,
        "Sisältö on tarkistettu rakennettaan vasten.",
        "The content was checked against its structure.";
    CORRECTION_GROUND "KANTA-DOC-CORRECTION-GROUND" Error Stated QUESTIONS,
        "Asiakasasiakirjan ja kertomusmerkinnän uudella versiolla on korjaamisen peruste.",
        "A later version of a client document or a case note has the ground of the correction.";
    DISPLAY_ACTIVE "KANTA-DOC-DISPLAY-ACTIVE" Error Own OWN,
        "Näyttömuodossa ei ole aktiivista eikä ulkoista sisältöä.",
        "The display form holds no active and no outside content.";
    DISPLAY_AGREES "KANTA-DOC-DISPLAY-AGREES" Warning Stated QUESTIONS,
        "Asiakkuus- ja asia-asiakirjan näyttömuoto kertoo saman kuin rakenteinen muoto.",
        "The display form of a client-relation or case document says the same as its structured form.";
    DISPLAY_BAN "KANTA-DOC-DISPLAY-BAN" Error Stated STRUCTURES,
        "Turvakiellon alaisia yhteystietoja ei näytetä.",
        "Contact data under a security ban are not shown.";
    DISPLAY_ELEMENT "KANTA-DOC-DISPLAY-ELEMENT" Information Inferred SEEN,
        "Näyttömuodossa on vain elementtejä, joita asiakirjoissa on nähty.",
        "The display form has only elements that were seen in documents.";
    DISPLAY_FORM "KANTA-DOC-DISPLAY-FORM" Error Stated SEEN,
        "Näyttömuoto on hyvin muodostettu XHTML-osa, jonka juuri on div ja jolla on asiakirjan tunnus.",
        "The display form is a well-formed XHTML fragment whose root is a div with the document's identifier.";
    FOREIGN "KANTA-DOC-FOREIGN" Information Own OWN,
        "Tuntematon kohta säilytetään sellaisenaan.",
        "An unknown part is kept as it is.";
    ITEM "KANTA-DOC-ITEM" Warning Stated METADATA,
        "Asiakirjalla on ne tiedot, jotka sen ryhmän asiakirjassa on nähty.",
        "The document has the items that were seen in a document of its kind.";
    KIND "KANTA-DOC-KIND" Warning Own OWN,
        "Asiakirjaryhmä tunnetaan.",
        "The document group is known.";
    KIND_INFERRED "KANTA-DOC-KIND-INFERRED" Warning Inferred "the OIDs of the structures of THL",
        "Asiakirjaryhmän koodi on nähty, tai sisällön rakenne vahvistaa sen.",
        "The code of the document group was seen, or the structure of the content confirms it.";
    LANGUAGE "KANTA-DOC-LANGUAGE" Warning Inferred SEEN,
        "Kieli on jokin asiakirjojen kielistä, fi tai sv.",
        "The language is one of those of documents, fi or sv.";
    LATER_VERSION "KANTA-DOC-LATER-VERSION" Warning Inferred SEEN,
        "Uudella versiolla on oma tunniste.",
        "A later version has an identifier of its own.";
    MINOR "KANTA-DOC-MINOR" Warning Inferred SEEN,
        "Alaikäisen asiakirja kertoo, saako sen luovuttaa huoltajille.",
        "A minor's document tells whether it may be given to the guardians.";
    PATIENT_REGISTER "KANTA-DOC-PATIENT-REGISTER" Error Stated "Kela's open health code",
        "Asiakirja ei ole potilasrekisterin asiakirja.",
        "The document is not one of the patient register.";
    PDF "KANTA-DOC-PDF" Error Own "ISO 32000-1, 7.5",
        "PDF-tiedostolla on otsake ja loppuosa eikä sitä ole salattu.",
        "The PDF has a header and a trailer and is not encrypted.";
    PDF_CLAIM "KANTA-DOC-PDF-CLAIM" Warning Stated QUESTIONS,
        "PDF-tiedosto ilmoittaa noudattavansa PDF/A-standardia.",
        "The PDF claims to follow PDF/A.";
    PLACEHOLDER "KANTA-DOC-PLACEHOLDER" Error Own OWN,
        "Mikään arvo ei ole paikanpitäjä.",
        "No value is a placeholder.";
    RECORD_STATUS "KANTA-DOC-RECORD-STATUS" Warning Inferred SEEN,
        "Valmistumisen tila on arkistointivalmis.",
        "The record status is ready for archiving.";
    REGISTER_KEEPER "KANTA-DOC-REGISTER-KEEPER" Error Stated CDA,
        "Asiakirjalla on rekisterinpitäjä.",
        "The document has a register keeper.";
    REGISTER_TYPE "KANTA-DOC-REGISTER-TYPE" Error Own "the register type of the public test messages",
        "Rekisterityyppi on sosiaalihuollon asiakasrekisteri.",
        "The register type is the client register of social care.";
    RELATION "KANTA-DOC-RELATION" Warning Inferred SEEN,
        "Asiakkuuden tunniste on sama otsakkeessa ja sisällössä.",
        "The identifier of the client relation is the same in header and content.";
    REQUIRED_ITEM "KANTA-DOC-REQUIRED-ITEM" Error Stated METADATA,
        "Asiakirjalla on ryhmänsä pakolliset tiedot.",
        "The document has the mandatory items of its kind.";
    SERVICE_TASK "KANTA-DOC-SERVICE-TASK" Warning Inferred SEEN,
        "Palvelutehtävä on sama otsakkeessa ja sisällössä.",
        "The service task is the same in header and content.";
    STRUCTURE "KANTA-DOC-STRUCTURE" Error Verified
        "both public test messages: the content follows exactly the structure that the header names",
        "Sisältö noudattaa sitä rakennetta, jonka otsake nimeää.",
        "The content follows the structure that the header names.";
    TEST_PERSON "KANTA-DOC-TEST-PERSON" Error Own OWN,
        "Tuotannon ulkopuolella käytetään vain keinotekoisia henkilötunnuksia (yksilönumero 900–999).",
        "Outside production only artificial identity codes (individual number 900-999) are used.";
    TEST_VALUE "KANTA-DOC-TEST-VALUE" Error Own OWN,
        "Testiarkiston keksittyjä koodeja käytetään vain testiarkistossa.",
        "Made-up codes of the test archive are used with the test archive only.";
    TIME "KANTA-DOC-TIME" Warning Stated SEEN,
        "Laatimis- ja luontiajassa on sekunnit ja aikavyöhyke.",
        "The times of drafting and creation have seconds and an offset.";
    TYPE_ID "KANTA-DOC-TYPE-ID" Error Stated CDA,
        "Kohdassa typeId on CDA R2 -asiakirjojen yhteinen arvo.",
        "The typeId is the one of all CDA R2 documents.";
    UNIT "KANTA-DOC-UNIT" Warning Stated SEEN,
        "Asiakirjalla on palveluyksikkö.",
        "The document names the service unit.";
    VERSION "KANTA-DOC-VERSION" Error Stated SEEN,
        "Ensimmäisen version alkuperäisen asiakirjan tunniste on sen oma tunniste.",
        "The first version has its own identifier as set id.";
}

/// Returns the catalogue as Markdown: `docs/rules.md`.
#[must_use]
pub fn rules_reference() -> String {
    let mut text = String::from(
        "# Rules of documents\n\n\
         Made from the catalogue of `kanta-cda`; a test keeps it in step. Every check goes on after the first finding, and a\n\
         finding has the rule's id, its severity, a place, its source, and a text in Finnish and English. Only findings of the\n\
         severity *error* stop a document.\n\n\
         Marks: *stated* in a source that was read, *verified* by running, *inferred* (never more than a warning), *own*: it\n\
         protects the sender, no official document asks for it. Contents are checked against their structures by the rules\n\
         `KANTA-STRUCTURE-…`, signatures by `KANTA-SIGN-…`. A rule that compares with a value of the spec bundle is an inferred\n\
         warning where that value is an inference.\n\n\
         | rule | severity | mark | asks | source |\n| --- | --- | --- | --- | --- |\n",
    );
    for (rule, (finnish, english)) in CATALOGUE.iter().zip(TEXTS) {
        let severity = match rule.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "information",
        };
        let mark = match rule.mark() {
            Mark::Stated => "stated",
            Mark::Verified => "verified",
            Mark::Inferred => "inferred",
            Mark::Own => "own",
        };
        // Writing into a string does not fail.
        let _ = writeln!(
            text,
            "| `{}` | {severity} | {mark} | {english}<br>*{finnish}* | {} |",
            rule.id(),
            rule.source()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_in_order() {
        let ids: Vec<String> = CATALOGUE
            .iter()
            .map(|rule| rule.id().replace('-', "\u{1}"))
            .collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
        assert_eq!(TEXTS.len(), CATALOGUE.len());
    }
}
