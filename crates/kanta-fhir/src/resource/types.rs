//! The data types that the resources use.

use super::element::element;

const IDENTIFIER_USES: &[&str] = &["usual", "official", "temp", "secondary", "old"];
const NAME_USES: &[&str] = &[
    "usual",
    "official",
    "temp",
    "nickname",
    "anonymous",
    "old",
    "maiden",
];

element! {
    /// What a resource says of itself.
    Meta: Element, "Meta" {
        version_id: 0..1 id "versionId";
        last_updated: 0..1 instant "lastUpdated";
        source: 0..1 uri "source";
        profile: 0..* uri "profile";
        security: 0..* Coding "security";
        tag: 0..* Coding "tag";
    }
    others []
}

element! {
    /// An extension: either a value, or extensions inside.
    Extension: Element, "Extension" {
        extension: 0..* Extension "extension";
        url: 1..1 uri "url";
        value_code: 0..1 code "valueCode";
        value_date_time: 0..1 dateTime "valueDateTime";
        value_string: 0..1 string "valueString";
        value_codeable_concept: 0..1 CodeableConcept "valueCodeableConcept";
        value_coding: 0..1 Coding "valueCoding";
        value_identifier: 0..1 Identifier "valueIdentifier";
        value_reference: 0..1 Reference "valueReference";
    }
    others [
        "valueBase64Binary" "valueBoolean" "valueCanonical" "valueDate" "valueDecimal" "valueId" "valueInstant"
        "valueInteger" "valueMarkdown" "valueOid" "valuePositiveInt" "valueTime" "valueUnsignedInt" "valueUri" "valueUrl"
        "valueUuid" "valueAddress" "valueAge" "valueAnnotation" "valueAttachment" "valueContactPoint" "valueCount"
        "valueDistance" "valueDuration" "valueHumanName" "valueMoney" "valuePeriod" "valueQuantity" "valueRange" "valueRatio"
        "valueSampledData" "valueSignature" "valueTiming" "valueContactDetail" "valueContributor" "valueDataRequirement"
        "valueExpression" "valueParameterDefinition" "valueRelatedArtifact" "valueTriggerDefinition" "valueUsageContext"
        "valueDosage" "valueMeta"
    ]
}

element! {
    /// A code of a code system.
    Coding: Element, "Coding" {
        system: 0..1 uri "system";
        version: 0..1 string "version";
        code: 0..1 code "code";
        display: 0..1 string "display";
        user_selected: 0..1 boolean "userSelected";
    }
    others []
}

element! {
    /// A concept, by one or more codes or a text.
    CodeableConcept: Element, "CodeableConcept" {
        coding: 0..* Coding "coding";
        text: 0..1 string "text";
    }
    others []
}

element! {
    /// An identifier.
    Identifier: Element, "Identifier" {
        usage: 0..1 code "use" in IDENTIFIER_USES;
        kind: 0..1 CodeableConcept "type";
        system: 0..1 uri "system";
        value: 0..1 string "value";
        period: 0..1 Period "period";
    }
    others ["assigner"]
}

element! {
    /// A reference to a resource, or to somebody by identifier.
    Reference: Element, "Reference" {
        reference: 0..1 string "reference";
        kind: 0..1 uri "type";
        identifier: 0..1 Identifier "identifier";
        display: 0..1 string "display";
    }
    others []
}

element! {
    /// The name of a person.
    HumanName: Element, "HumanName" {
        usage: 0..1 code "use" in NAME_USES;
        text: 0..1 string "text";
        family: 0..1 string "family";
        given: 0..* string "given";
        prefix: 0..* string "prefix";
        suffix: 0..* string "suffix";
        period: 0..1 Period "period";
    }
    others []
}

element! {
    /// A time from a beginning to an end.
    Period: Element, "Period" {
        start: 0..1 dateTime "start";
        end: 0..1 dateTime "end";
    }
    others []
}

element! {
    /// A signature, with its value as base64 of what its format says.
    Signature: Element, "Signature" {
        kind: 1..* Coding "type";
        when: 1..1 instant "when";
        who: 1..1 Reference "who";
        on_behalf_of: 0..1 Reference "onBehalfOf";
        target_format: 0..1 code "targetFormat";
        sig_format: 0..1 code "sigFormat";
        data: 0..1 base64Binary "data";
    }
    others []
}

impl<'a> Coding<'a> {
    /// Makes a coding in the one form that Kanta takes: system, code and display (fhir-disclosure.md 3, `[S]`).
    #[must_use]
    pub fn new(
        system: impl Into<super::Text<'a>>,
        code: impl Into<super::Text<'a>>,
        display: impl Into<super::Text<'a>>,
    ) -> Self {
        Self {
            system: Some(system.into()),
            code: Some(code.into()),
            display: Some(display.into()),
            ..Self::default()
        }
    }
}

impl<'a> From<Coding<'a>> for CodeableConcept<'a> {
    fn from(coding: Coding<'a>) -> Self {
        Self {
            coding: vec![coding],
            ..Self::default()
        }
    }
}

impl<'a> Reference<'a> {
    /// Makes a reference by address: of a contained resource (`#id`), or the full address of another entry.
    #[must_use]
    pub fn to(reference: impl Into<super::Text<'a>>) -> Self {
        Self {
            reference: Some(reference.into()),
            ..Self::default()
        }
    }
}

impl<'a> Identifier<'a> {
    /// Makes an identifier from its system and value.
    #[must_use]
    pub fn new(system: impl Into<super::Text<'a>>, value: impl Into<super::Text<'a>>) -> Self {
        Self {
            system: Some(system.into()),
            value: Some(value.into()),
            ..Self::default()
        }
    }
}

impl<'a> Meta<'a> {
    /// Says which profile a resource follows.
    #[must_use]
    pub fn of_profile(canonical: impl Into<super::Text<'a>>) -> Self {
        Self {
            profile: vec![canonical.into()],
            ..Self::default()
        }
    }
}
