//! Notices that travel together.

use std::collections::BTreeSet;

use kanta_core::{ClientIdentifier, Report};

use super::{DisclosureNotice, NoticeError};
use crate::rules;

/// One or more notices about one person, which are stored together or not at all (disclosure guide, `[S]`).
#[derive(Debug, Clone)]
pub struct NoticeBatch {
    notices: Vec<DisclosureNotice>,
}

impl NoticeBatch {
    /// Makes a batch.
    ///
    /// # Errors
    /// [`NoticeError`] with every finding: there is no notice, notices are about different people, an identifier stands
    /// twice.
    pub fn new(notices: Vec<DisclosureNotice>) -> Result<Self, NoticeError> {
        let mut report = Report::new();
        let Some(first) = notices.first() else {
            return Err(NoticeError::from(rules::NOTICE_NONE.finding(
                "",
                "ei yhtään ilmoitusta: anna ainakin yksi",
                "there is no notice: give one at least",
            )));
        };
        let mut ids = BTreeSet::new();
        for (index, notice) in notices.iter().enumerate() {
            let disclosure = notice.disclosure();
            if disclosure.client != first.disclosure().client {
                report.push(rules::NOTICE_PERSON.finding(
                    format!("notices[{index}].client"),
                    "ilmoitus koskee toista henkilöä kuin ensimmäinen: lähetä eri lähetyksenä",
                    "the notice is about another person than the first: send it on its own",
                ));
            }
            for id in [&disclosure.id, &disclosure.provenance_id] {
                if !ids.insert(id.as_oid().as_str()) {
                    report.push(rules::NOTICE_ID.finding(
                        format!("notices[{index}].id"),
                        "sama tunnus on jo lähetyksessä: anna jokaiselle oma",
                        "the identifier is in the batch already: give each its own",
                    ));
                }
            }
        }
        if report.has_errors() {
            return Err(NoticeError::new(report));
        }
        Ok(Self { notices })
    }

    /// Returns the notices, one at least.
    #[must_use]
    pub fn notices(&self) -> &[DisclosureNotice] {
        &self.notices
    }

    /// Returns the identifier of the person that all notices are about.
    #[must_use]
    pub fn client(&self) -> &ClientIdentifier {
        &self.notices[0].disclosure().client
    }
}

impl From<DisclosureNotice> for NoticeBatch {
    fn from(notice: DisclosureNotice) -> Self {
        Self {
            notices: vec![notice],
        }
    }
}
