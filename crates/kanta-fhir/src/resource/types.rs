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
        profile: 0..* uri "profile";
    }
    also {
        "versionId" 0..1 id;
        "lastUpdated" 0..1 instant;
        "source" 0..1 uri;
        "security" 0..* Coding;
        "tag" 0..* Coding;
    }
    others []
}

element! {
    /// An extension: either a value, or extensions inside.
    Extension: Element, "Extension" {
        extension: 0..* Extension "extension";
        url: 1..1 uri "url";
        value_string: 0..1 string "valueString";
        value_coding: 0..1 Coding "valueCoding";
        value_reference: 0..1 Reference "valueReference";
    }
    also {
        "valueCode" 0..1 code;
        "valueDateTime" 0..1 dateTime;
        "valueCodeableConcept" 0..1 CodeableConcept;
        "valueIdentifier" 0..1 Identifier;
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
        code: 0..1 code "code";
        display: 0..1 string "display";
    }
    also {
        "version" 0..1 string;
        "userSelected" 0..1 boolean;
    }
    others []
}

element! {
    /// A concept, by one or more codes or a text.
    CodeableConcept: Element, "CodeableConcept" {
        coding: 0..* Coding "coding";
    }
    also {
        "text" 0..1 string;
    }
    others []
}

element! {
    /// An identifier.
    Identifier: Element, "Identifier" {
        system: 0..1 uri "system";
        value: 0..1 string "value";
    }
    also {
        "use" 0..1 code in IDENTIFIER_USES;
        "type" 0..1 CodeableConcept;
        "period" 0..1 Period;
    }
    others ["assigner"]
}

element! {
    /// A reference to a resource, or to somebody by identifier.
    Reference: Element, "Reference" {
        reference: 0..1 string "reference";
        identifier: 0..1 Identifier "identifier";
        display: 0..1 string "display";
    }
    also {
        "type" 0..1 uri;
    }
    others []
}

element! {
    /// The name of a person.
    HumanName: Element, "HumanName" {
        family: 0..1 string "family";
        given: 0..* string "given";
    }
    also {
        "use" 0..1 code in NAME_USES;
        "text" 0..1 string;
        "prefix" 0..* string;
        "suffix" 0..* string;
        "period" 0..1 Period;
    }
    others []
}

element! {
    /// A time from a beginning to an end.
    Period: Element, "Period" {
        start: 0..1 dateTime "start";
    }
    also {
        "end" 0..1 dateTime;
    }
    others []
}

element! {
    /// A signature, with its value as base64 of what its format says.
    Signature: Element, "Signature" {
        kind: 1..* Coding "type";
        when: 1..1 instant "when";
        who: 1..1 Reference "who";
        target_format: 0..1 code "targetFormat";
        sig_format: 0..1 code "sigFormat";
        data: 0..1 base64Binary "data";
    }
    also {
        "onBehalfOf" 0..1 Reference;
    }
    others []
}

impl<'a> Coding<'a> {
    /// Makes a coding in the one form that Kanta takes: system, code and display (disclosure guide, `[S]`).
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
