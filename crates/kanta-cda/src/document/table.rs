//! The header, element by element: the one table that gives the order for writing, the readers, and
//! `docs/document-header.md`.
//!
//! The order is that of the CDA R2 schema; the social-care header with its own order (spec bundle,
//! `document.local_header.order`) stands between `componentOf` and `component` (test messages, `[S]`).

use super::WriteError;
use super::header_reader::Node;
use super::header_writer::HeaderWriter;
use super::read::{self, Reading};
use super::write::{self, Writing};
use crate::{HL7, HL7_FINLAND};

type Write = fn(&mut HeaderWriter<'_>, &Writing<'_>) -> Result<(), WriteError>;
type Read = fn(Node<'_, '_, '_>, &mut Reading<'_>) -> Option<()>;

/// One element below `ClinicalDocument`.
pub(super) struct Row {
    pub(super) element: &'static str,
    pub(super) namespace: &'static str,
    /// What it holds, for people: in English with the Finnish term, and how sure that is.
    pub(super) holds: &'static str,
    pub(super) mark: &'static str,
    /// How it is written and read; an element without is kept as it was read, and never written by us.
    pub(super) typed: Option<(Write, Read)>,
    /// Whether each element of the name is read, not the first one only.
    pub(super) repeats: bool,
}

const fn typed(
    element: &'static str,
    holds: &'static str,
    mark: &'static str,
    write: Write,
    read: Read,
) -> Row {
    Row {
        element,
        namespace: HL7,
        holds,
        mark,
        typed: Some((write, read)),
        repeats: false,
    }
}

const fn kept(element: &'static str, holds: &'static str, mark: &'static str) -> Row {
    Row {
        element,
        namespace: HL7,
        holds,
        mark,
        typed: None,
        repeats: true,
    }
}

const fn repeated(row: Row) -> Row {
    Row {
        repeats: true,
        ..row
    }
}

const fn of_extension(row: Row) -> Row {
    Row {
        namespace: HL7_FINLAND,
        ..row
    }
}

/// Everything below `ClinicalDocument`, in the order of writing.
pub(super) const HEADER: &[Row] = &[
    typed(
        "realmCode",
        "the realm, `FI`",
        "[S]",
        write::realm,
        read::realm,
    ),
    typed(
        "typeId",
        "the type of all CDA R2 documents",
        "[S]",
        write::type_id,
        read::type_id,
    ),
    kept(
        "templateId",
        "templates; health documents have them",
        "[S] absent in social care",
    ),
    typed(
        "id",
        "the identifier of this version (asiakirjan yksilöintitunnus)",
        "[S]",
        write::id,
        read::required,
    ),
    typed(
        "code",
        "the general document type (yleinen asiakirjatyyppi); not applicable in client-relation documents",
        "[S]",
        write::code,
        read::code,
    ),
    kept(
        "title",
        "a title; health documents have it",
        "[S] absent in social care",
    ),
    typed(
        "effectiveTime",
        "when the document was drafted (laatimisaika)",
        "[S]",
        write::effective_time,
        read::required,
    ),
    typed(
        "confidentialityCode",
        "how confidential it is (luottamuksellisuus)",
        "[S]",
        write::confidentiality,
        read::confidentiality,
    ),
    typed(
        "languageCode",
        "the language",
        "[S] `fi`; `sv` [I]",
        write::language,
        read::language,
    ),
    typed(
        "setId",
        "the identifier of the first version",
        "[S]",
        write::set_id,
        read::required,
    ),
    typed(
        "versionNumber",
        "the number of this version",
        "[S]",
        write::version,
        read::required,
    ),
    kept("copyTime", "filled by the archive", "[S] health only"),
    repeated(typed(
        "recordTarget",
        "the client (asiakas); each client of a joint case (yhteinen asia)",
        "[S]; several [I]",
        write::clients,
        read::client,
    )),
    typed(
        "author",
        "the professional who saved the document; not applicable in client-relation documents",
        "[S]",
        write::author,
        read::author,
    ),
    kept("dataEnterer", "not used", "[S] not seen"),
    kept("informant", "not used", "[S] not seen"),
    typed(
        "custodian",
        "the register keeper (rekisterinpitäjä)",
        "[S]",
        write::custodian,
        read::custodian,
    ),
    kept("informationRecipient", "not used", "[S] not seen"),
    kept("legalAuthenticator", "not used", "[S] not seen"),
    kept("authenticator", "not used", "[S] not seen"),
    kept(
        "participant",
        "other persons; health documents have them",
        "[S] health only",
    ),
    kept("inFulfillmentOf", "not used", "[S] not seen"),
    kept(
        "documentationOf",
        "the service given; health documents have it",
        "[S] health only",
    ),
    typed(
        "relatedDocument",
        "the version that this one replaces",
        "[S] place, [I] content",
        write::replaced,
        read::replaced,
    ),
    typed(
        "authorization",
        "whether a minor's document may be given to the guardians (luovuttaminen huoltajille)",
        "[S]",
        write::consent,
        read::consent,
    ),
    typed(
        "componentOf",
        "the case (asiatunnus), its days, the service producer (palveluntuottaja) and unit (palveluyksikkö)",
        "[S]; days [I]",
        write::encounter,
        read::encounter,
    ),
    of_extension(typed(
        "localSocialHeader",
        "the social-care header: its items below, then the signatures",
        "[S]",
        write::local_header,
        read::local_header,
    )),
    typed(
        "component",
        "the body, `nonXMLBody`",
        "[S]",
        write::nothing,
        read::body,
    ),
];

/// Returns the place of a row by its element's name; `next` is where it is likely to be, and is looked at first.
pub(super) fn place_of(
    namespace: &str,
    element: &str,
    local_header: Option<&str>,
    next: usize,
) -> Option<usize> {
    let is_it = |index: &usize| {
        let row = &HEADER[*index];
        let name = if row.namespace == HL7_FINLAND {
            local_header
        } else {
            Some(row.element)
        };
        name == Some(element) && row.namespace == namespace
    };
    (next..HEADER.len()).chain(0..next).find(is_it)
}
