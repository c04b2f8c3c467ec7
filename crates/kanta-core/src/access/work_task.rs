//! Work tasks.

/// A work task of social care: five of public and three of private social care (Finnish: työtehtävä; decree 825/2022 9 § and
/// its guidance 1.0, chapter 10, in Kela slides 2023, `[S]`).
///
/// ```
/// use kanta_core::access::WorkTask;
///
/// assert_eq!(WorkTask::parse("public-delivery"), WorkTask::PublicDelivery);
/// assert_eq!(WorkTask::PublicDelivery.finnish(), "Sosiaalipalvelun toteutus");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WorkTask {
    /// Public: broad client responsibility, such as the social worker responsible for a child's matters.
    PublicBroadResponsibility,
    /// Public: arranging of social service, such as a socionom who works beside the client's own worker.
    PublicArranging,
    /// Public: the tasks of a child-welfare supervisor.
    PublicChildWelfareSupervisor,
    /// Public: delivery of social service, such as the leading instructor of a children's home.
    PublicDelivery,
    /// Public: administration, such as the main user of the client system and the archive keeper.
    PublicAdministration,
    /// Private: broad client responsibility, such as the manager who answers for service production.
    PrivateBroadResponsibility,
    /// Private: delivery of social service, such as a practical nurse of a housing unit for the elderly.
    PrivateDelivery,
    /// Private: administration, such as an assistant for appointments and invoices.
    PrivateAdministration,
    /// Another task, by the word of the caller's own table.
    Other(String),
}

impl WorkTask {
    /// The tasks that the decree names.
    pub const NAMED: [Self; 8] = [
        Self::PublicBroadResponsibility,
        Self::PublicArranging,
        Self::PublicChildWelfareSupervisor,
        Self::PublicDelivery,
        Self::PublicAdministration,
        Self::PrivateBroadResponsibility,
        Self::PrivateDelivery,
        Self::PrivateAdministration,
    ];

    /// Reads the word that tables use; any other word is a task of the caller's own.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::NAMED
            .into_iter()
            .find(|task| task.key() == word)
            .unwrap_or_else(|| Self::Other(word.to_owned()))
    }

    /// Returns the word that tables use.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::PublicBroadResponsibility => "public-broad-responsibility",
            Self::PublicArranging => "public-arranging",
            Self::PublicChildWelfareSupervisor => "public-child-welfare-supervisor",
            Self::PublicDelivery => "public-delivery",
            Self::PublicAdministration => "public-administration",
            Self::PrivateBroadResponsibility => "private-broad-responsibility",
            Self::PrivateDelivery => "private-delivery",
            Self::PrivateAdministration => "private-administration",
            Self::Other(word) => word,
        }
    }

    /// Returns the Finnish name.
    #[must_use]
    pub fn finnish(&self) -> &str {
        match self {
            Self::PublicBroadResponsibility | Self::PrivateBroadResponsibility => {
                "Laajan asiakasvastuun työtehtävät"
            }
            Self::PublicArranging => "Sosiaalipalvelun järjestäminen",
            Self::PublicChildWelfareSupervisor => "Lastenvalvojan tehtävät",
            Self::PublicDelivery | Self::PrivateDelivery => "Sosiaalipalvelun toteutus",
            Self::PublicAdministration | Self::PrivateAdministration => {
                "Sosiaalihuollon hallinnolliset tehtävät"
            }
            Self::Other(word) => word,
        }
    }

    /// Returns whether it is a task of administration.
    #[must_use]
    pub fn is_administration(&self) -> bool {
        matches!(
            self,
            Self::PublicAdministration | Self::PrivateAdministration
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for task in WorkTask::NAMED
            .into_iter()
            .chain([WorkTask::Other("oma".into())])
        {
            assert_eq!(WorkTask::parse(task.key()), task);
            assert!(!task.finnish().is_empty());
        }
    }
}
