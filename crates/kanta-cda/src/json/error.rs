//! Why a text is not strict JSON.

/// Why a text is not readable as strict JSON, and where. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {}", problem.english())]
pub(crate) struct JsonError {
    pub(crate) line: usize,
    /// In bytes, from 1.
    pub(crate) column: usize,
    pub(crate) problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    Syntax,
    Encoding,
    Control,
    Surrogate,
    End,
    ByteOrderMark,
    DuplicateName,
    Depth,
    Number,
    Size,
}

impl JsonError {
    pub(super) fn at(bytes: &[u8], offset: usize, problem: Problem) -> Self {
        let before = bytes.get(..offset).unwrap_or(bytes);
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |line_end| line_end + 1);
        Self {
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            column: 1 + before.len() - line_start,
            problem,
        }
    }
}

impl Problem {
    pub(crate) fn english(self) -> &'static str {
        match self {
            Self::Syntax => "not JSON; mend the text here",
            Self::Encoding => "not UTF-8; write the text in UTF-8",
            Self::Control => {
                "a control character stands in a text; write it as an escape such as \\n"
            }
            Self::Surrogate => "half of a surrogate pair stands alone; write the whole character",
            Self::End => "the JSON text ends too early; write it to its end",
            Self::ByteOrderMark => "a byte order mark stands before the JSON text; leave it out",
            Self::DuplicateName => "a member occurs twice in the same object; keep one",
            Self::Depth => "the JSON text is nested too deeply; flatten it",
            Self::Number => "a number is beyond 2^53 and would lose digits; write it as a text",
            Self::Size => "the JSON text is larger than 1 GiB; split it",
        }
    }

    pub(crate) fn finnish(self) -> &'static str {
        match self {
            Self::Syntax => "teksti ei ole JSONia; korjaa se tästä kohdasta",
            Self::Encoding => "teksti ei ole UTF-8:aa; kirjoita se UTF-8-koodattuna",
            Self::Control => {
                "tekstissä on ohjausmerkki; kirjoita se koodinvaihtona, esimerkiksi \\n"
            }
            Self::Surrogate => "tekstissä on puolikas sijaispari; kirjoita koko merkki",
            Self::End => "JSON-teksti loppuu kesken; kirjoita se loppuun",
            Self::ByteOrderMark => "JSON-tekstin alussa on tavujärjestysmerkki; poista se",
            Self::DuplicateName => {
                "samassa oliossa on kaksi samannimistä ominaisuutta; jätä niistä yksi"
            }
            Self::Depth => "JSON-tekstissä on liikaa sisäkkäisyyttä; madalla rakennetta",
            Self::Number => {
                "luku on suurempi kuin 2^53 ja menettäisi numeroita; kirjoita se tekstinä"
            }
            Self::Size => "JSON-teksti on suurempi kuin 1 GiB; jaa se",
        }
    }
}
