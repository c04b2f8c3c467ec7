//! The catalogue of rules.
//!
//! `KANTA-FHIR-…` followed by HL7's own key (`DOM-3`, `BDL-7`) are invariants of FHIR R4; those followed by a letter and a
//! number are Kanta's, numbered in the order in which a notice is read.

use kanta_core::{Mark, Rule, Severity};

const R4: &str = "HL7 FHIR R4 4.0.1";
const GUIDE_0_3: &str = "Kanta sosiaalihuolto R4, guide 0.3";
const GUIDE: &str = "Kanta sosiaalihuolto R4, guide 1.0.0";
const EXAMPLE: &str = "Kanta sosiaalihuolto R4, example of the package 1.0.0";

const fn r4(id: &'static str) -> Rule {
    Rule::new(id, Severity::Error, Mark::Stated, R4)
}

const fn kanta(id: &'static str, source: &'static str) -> Rule {
    Rule::new(id, Severity::Error, Mark::Stated, source)
}

const fn inferred(id: &'static str, source: &'static str) -> Rule {
    Rule::new(id, Severity::Warning, Mark::Inferred, source)
}

const fn own(id: &'static str, severity: Severity) -> Rule {
    Rule::new(id, severity, Mark::Own, "own check")
}

// What a notice is, before FHIR.
pub(crate) const NOTICE_ID: Rule = own("KANTA-NOTICE-ID", Severity::Error);
pub(crate) const NOTICE_CLIENT: Rule = kanta("KANTA-NOTICE-CLIENT", GUIDE_0_3);
pub(crate) const NOTICE_EMPTY: Rule = own("KANTA-NOTICE-EMPTY", Severity::Error);
pub(crate) const NOTICE_NONE: Rule = kanta("KANTA-NOTICE-NONE", GUIDE);
pub(crate) const NOTICE_PERSON: Rule = kanta("KANTA-NOTICE-PERSON", GUIDE);
pub(crate) const NOTICE_DOCUMENT: Rule = own("KANTA-NOTICE-DOCUMENT", Severity::Error);
pub(crate) const NOTICE_REAL_PERSON: Rule = own("KANTA-NOTICE-REAL-PERSON", Severity::Error);

// The structure of FHIR R4.
pub(crate) const RESOURCE_TYPE: Rule = r4("KANTA-FHIR-RESOURCE-TYPE");
pub(crate) const UNKNOWN_ELEMENT: Rule = r4("KANTA-FHIR-UNKNOWN-ELEMENT");
pub(crate) const REQUIRED: Rule = r4("KANTA-FHIR-REQUIRED");
pub(crate) const TYPE: Rule = r4("KANTA-FHIR-TYPE");
pub(crate) const FORMAT: Rule = r4("KANTA-FHIR-FORMAT");
pub(crate) const BINDING: Rule = r4("KANTA-FHIR-BINDING");
pub(crate) const DUPLICATE: Rule = r4("KANTA-FHIR-DUPLICATE");
pub(crate) const ELE_1: Rule = r4("KANTA-FHIR-ELE-1");
pub(crate) const EXT_1: Rule = r4("KANTA-FHIR-EXT-1");

// Its invariants.
pub(crate) const DOM_2: Rule = r4("KANTA-FHIR-DOM-2");
pub(crate) const DOM_3: Rule = r4("KANTA-FHIR-DOM-3");
pub(crate) const DOM_4: Rule = r4("KANTA-FHIR-DOM-4");
pub(crate) const DOM_5: Rule = r4("KANTA-FHIR-DOM-5");
pub(crate) const REF_1: Rule = r4("KANTA-FHIR-REF-1");
pub(crate) const PER_1: Rule = r4("KANTA-FHIR-PER-1");
pub(crate) const SEV_1: Rule = r4("KANTA-FHIR-SEV-1");
pub(crate) const ORG_1: Rule = r4("KANTA-FHIR-ORG-1");
pub(crate) const PPC_1: Rule = r4("KANTA-FHIR-PPC-1");
pub(crate) const PPC_2: Rule = r4("KANTA-FHIR-PPC-2");
pub(crate) const BDL_1: Rule = r4("KANTA-FHIR-BDL-1");
pub(crate) const BDL_2: Rule = r4("KANTA-FHIR-BDL-2");
pub(crate) const BDL_3: Rule = r4("KANTA-FHIR-BDL-3");
pub(crate) const BDL_4: Rule = r4("KANTA-FHIR-BDL-4");
pub(crate) const BDL_5: Rule = r4("KANTA-FHIR-BDL-5");
pub(crate) const BDL_7: Rule = r4("KANTA-FHIR-BDL-7");
pub(crate) const BDL_8: Rule = r4("KANTA-FHIR-BDL-8");

// Kanta's rules of the bundle.
pub(crate) const B_01: Rule = kanta("KANTA-FHIR-B-01", GUIDE);
pub(crate) const B_02: Rule = kanta("KANTA-FHIR-B-02", GUIDE);
pub(crate) const B_03: Rule = inferred(
    "KANTA-FHIR-B-03",
    "Provenance profiles of other Kanta FHIR interfaces",
);
pub(crate) const B_04: Rule = kanta("KANTA-FHIR-B-04", GUIDE);
pub(crate) const B_05: Rule = kanta("KANTA-FHIR-B-05", GUIDE);
pub(crate) const B_06: Rule = kanta("KANTA-FHIR-B-06", EXAMPLE);
pub(crate) const B_07: Rule = kanta("KANTA-FHIR-B-07", GUIDE);

// Kanta's rules of the notice.
pub(crate) const A_01: Rule = kanta("KANTA-FHIR-A-01", GUIDE);
pub(crate) const A_02: Rule = kanta("KANTA-FHIR-A-02", EXAMPLE);
pub(crate) const A_03: Rule = kanta("KANTA-FHIR-A-03", GUIDE_0_3);
pub(crate) const A_04: Rule = kanta("KANTA-FHIR-A-04", GUIDE_0_3);
pub(crate) const A_05: Rule = inferred("KANTA-FHIR-A-05", "what is recorded has happened");
pub(crate) const A_06: Rule = kanta("KANTA-FHIR-A-06", GUIDE_0_3);
pub(crate) const A_07: Rule = kanta("KANTA-FHIR-A-07", GUIDE_0_3);
pub(crate) const A_08: Rule = kanta("KANTA-FHIR-A-08", GUIDE);
pub(crate) const A_08_REGISTER: Rule = inferred("KANTA-FHIR-A-08-REGISTER", EXAMPLE);
pub(crate) const A_09: Rule = kanta("KANTA-FHIR-A-09", GUIDE);
pub(crate) const A_10: Rule = kanta("KANTA-FHIR-A-10", GUIDE_0_3);
pub(crate) const A_11: Rule = kanta("KANTA-FHIR-A-11", GUIDE);
pub(crate) const A_12: Rule = kanta("KANTA-FHIR-A-12", GUIDE);
pub(crate) const A_13: Rule = kanta("KANTA-FHIR-A-13", GUIDE_0_3);
pub(crate) const A_14: Rule = kanta("KANTA-FHIR-A-14", GUIDE_0_3);
pub(crate) const A_15: Rule = kanta("KANTA-FHIR-A-15", GUIDE_0_3);
pub(crate) const P_01: Rule = kanta("KANTA-FHIR-P-01", GUIDE_0_3);
pub(crate) const P_02: Rule = kanta("KANTA-FHIR-P-02", GUIDE_0_3);
pub(crate) const P_03: Rule = inferred(
    "KANTA-FHIR-P-03",
    "Provenance profiles of other Kanta FHIR interfaces",
);
pub(crate) const NOT_SIGNED: Rule = own("KANTA-FHIR-NOT-SIGNED", Severity::Information);
pub(crate) const NOT_CHECKED: Rule = own("KANTA-FHIR-NOT-CHECKED", Severity::Information);

// Answers of the register.
pub(crate) const ANSWER: Rule = own("KANTA-FHIR-ANSWER", Severity::Error);
