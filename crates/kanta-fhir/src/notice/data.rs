//! What was disclosed.

use std::fmt;

use kanta_core::codes::{DocumentType, ServiceTask};
use kanta_core::metadata::DocumentMetadata;

use super::{NamedCode, NoticeError};
use crate::rules;

/// One data set that was disclosed, such as a document (Finnish: luovutettu tietokokonaisuus).
///
/// Always has a service task and tells what it is (disclosure guide, `[S]`).
#[derive(Debug, Clone)]
pub struct DisclosedData {
    service_tasks: Vec<ServiceTask>,
    original_tasks: Vec<OriginalServiceTask>,
    what: What,
}

impl DisclosedData {
    /// Makes a data set of one service task.
    #[must_use]
    pub fn new(service_task: ServiceTask, what: What) -> Self {
        Self {
            service_tasks: vec![service_task],
            original_tasks: Vec::new(),
            what,
        }
    }

    /// Makes a data set of a document that was handed out: its service task and its document types.
    ///
    /// # Errors
    /// [`NoticeError`] with the finding `KANTA-NOTICE-DOCUMENT` when the document names no service task or no document type
    /// of the national lists: then say what was disclosed with [`DisclosedData::new`].
    pub fn of_document(document: &DocumentMetadata) -> Result<Self, NoticeError> {
        let unusable = || {
            NoticeError::from(rules::NOTICE_DOCUMENT.finding(
                document.id.to_string(),
                "asiakirja ei kerro palvelutehtävää tai asiakirjatyyppiä: anna tiedot itse",
                "the document names no service task or no document type: say them yourself",
            ))
        };
        let task = document.service_task.clone().ok_or_else(unusable)?;
        let task = ServiceTask::try_from(task).map_err(|_| unusable())?;
        let general_type = document
            .general_type
            .clone()
            .and_then(|code| DocumentType::try_from(code).ok());
        let specified_type = document
            .specific_type
            .clone()
            .and_then(|code| DocumentType::try_from(code).ok());
        if general_type.is_none() && specified_type.is_none() {
            return Err(unusable());
        }
        let what = What {
            general_type,
            specified_type,
            ..What::NOTHING
        };
        Ok(Self::new(task, what))
    }

    /// Adds a service task; all tasks that the data belong to are told.
    #[must_use]
    pub fn with_service_task(mut self, service_task: ServiceTask) -> Self {
        self.service_tasks.push(service_task);
        self
    }

    /// Adds the service task under which the data were made, of an older classification.
    #[must_use]
    pub fn with_original_task(mut self, original_task: OriginalServiceTask) -> Self {
        self.original_tasks.push(original_task);
        self
    }

    /// Returns the service tasks, one at least.
    #[must_use]
    pub fn service_tasks(&self) -> &[ServiceTask] {
        &self.service_tasks
    }

    /// Returns the original service tasks.
    #[must_use]
    pub fn original_tasks(&self) -> &[OriginalServiceTask] {
        &self.original_tasks
    }

    /// Returns what the data set is.
    #[must_use]
    pub fn what(&self) -> &What {
        &self.what
    }
}

/// A service task of an older classification (Finnish: alkuperäinen palvelutehtävä).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OriginalServiceTask {
    /// Sosiaalihuolto - Palvelutehtävä 1989.
    Of1989(NamedCode),
    /// Sosiaalihuolto - Palvelutehtävä 2011.
    Of2011(NamedCode),
}

impl OriginalServiceTask {
    /// The code system of 1989 in URN form.
    pub(crate) const SYSTEM_1989: &'static str = "urn:oid:1.2.246.537.6.1259.201601";
    /// The code system of 2011 in URN form.
    pub(crate) const SYSTEM_2011: &'static str = "urn:oid:1.2.246.537.6.1283.201101";

    /// Returns the code system in URN form, and the code.
    pub(crate) fn parts(&self) -> (&'static str, &NamedCode) {
        match self {
            Self::Of1989(code) => (Self::SYSTEM_1989, code),
            Self::Of2011(code) => (Self::SYSTEM_2011, code),
        }
    }
}

/// What a data set is: its general document type, its specified document type, or a description; one of them at least.
///
/// `Debug` does not show the description.
#[derive(Clone)]
pub struct What {
    general_type: Option<DocumentType>,
    specified_type: Option<DocumentType>,
    description: Option<String>,
}

impl What {
    const NOTHING: Self = Self {
        general_type: None,
        specified_type: None,
        description: None,
    };

    /// Begins with the general document type (Finnish: yleinen asiakirjatyyppi).
    #[must_use]
    pub fn general_type(general_type: DocumentType) -> Self {
        Self {
            general_type: Some(general_type),
            ..Self::NOTHING
        }
    }

    /// Begins with the specified document type (Finnish: tarkennettu asiakirjatyyppi).
    #[must_use]
    pub fn specified_type(specified_type: DocumentType) -> Self {
        Self::NOTHING.with_specified_type(specified_type)
    }

    /// Begins with a description (Finnish: luovutetun asiakastiedon selite).
    ///
    /// # Errors
    /// [`NoticeError`] with the finding `KANTA-NOTICE-EMPTY` when it is empty.
    pub fn description(description: impl Into<String>) -> Result<Self, NoticeError> {
        Self::NOTHING.with_description(description)
    }

    /// Adds the specified document type.
    #[must_use]
    pub fn with_specified_type(mut self, specified_type: DocumentType) -> Self {
        self.specified_type = Some(specified_type);
        self
    }

    /// Adds a description.
    ///
    /// # Errors
    /// [`NoticeError`] with the finding `KANTA-NOTICE-EMPTY` when it is empty.
    pub fn with_description(mut self, description: impl Into<String>) -> Result<Self, NoticeError> {
        let description = description.into();
        if description.trim().is_empty() {
            return Err(NoticeError::from(rules::NOTICE_EMPTY.finding(
                "description",
                "selite on tyhjä: anna se tai jätä pois",
                "the description is empty: give it, or leave it out",
            )));
        }
        self.description = Some(description);
        Ok(self)
    }

    pub(crate) fn parts(&self) -> (Option<&DocumentType>, Option<&DocumentType>, Option<&str>) {
        (
            self.general_type.as_ref(),
            self.specified_type.as_ref(),
            self.description.as_deref(),
        )
    }
}

impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("What")
            .field("general_type", &self.general_type)
            .field("specified_type", &self.specified_type)
            .finish_non_exhaustive()
    }
}
