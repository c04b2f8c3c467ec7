//! What goes wrong with a message, by script.

use std::str::FromStr;

/// What goes wrong with the next message.
///
/// Faults of the connection meet the next new connection. Names for scripts in other languages are the variants' in
/// kebab-case: `hang-after-storing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is closed before TLS begins.
    RefuseConnection,
    /// The server's certificate has expired.
    ExpiredCertificate,
    /// The server's certificate is for another host.
    WrongHostCertificate,
    /// The server's certificate is from an authority that nobody trusts.
    UntrustedCertificate,
    /// The server's certificate is revoked: [`crate::pki::TestPki::revocation_list`] says so.
    RevokedCertificate,
    /// A page with status 400 says that the client certificate is missing; nothing is stored.
    CertificatePage,
    /// The connection is closed without an answer, and nothing is stored.
    CloseWithoutStoring,
    /// The document is stored, then the connection is closed without an answer.
    CloseAfterStoring,
    /// Nothing is stored and no answer comes.
    HangWithoutStoring,
    /// The document is stored and no answer comes.
    HangAfterStoring,
    /// The document is stored; half the answer comes and no more.
    HangInAnswer,
    /// The document is stored; half the answer comes, then the connection is closed.
    CutAnswer,
    /// The document is stored; the answer comes a few bytes at a time.
    SlowAnswer,
    /// The document is stored; the answer comes twice on the same connection.
    AnswerTwice,
    /// The document is stored and the answer is about another message.
    AnswerAboutOtherMessage,
    /// A web page comes in place of an answer, with status 200; nothing is stored.
    AnswerHtml,
    /// Status 500 with an empty body; nothing is stored.
    InternalServerError,
    /// Status 502 with a web page; nothing is stored.
    BadGateway,
    /// Status 503 with an empty body; nothing is stored.
    ServiceUnavailable,
    /// The document is stored; status 504 comes from something before the archive.
    GatewayTimeout,
    /// An empty answer with status 200; nothing is stored.
    EmptyAnswer,
    /// The document is stored; the answer is not well-formed XML.
    MalformedAnswer,
    /// The document is stored; the answer does not end.
    EndlessAnswer,
    /// The document is stored; the answer has no acknowledgement.
    AnswerWithoutAcknowledgement,
    /// A SOAP fault with status 500; nothing is stored.
    SoapFault,
    /// The document is stored; the answer says only that the message was accepted (CA).
    OnlyAccepted,
    /// Nothing is wrong: the acknowledgement has its code in an attribute, as in the editions of 2005 and 2006.
    OldAcknowledgement,
    /// The archive refuses the message: its integrity is wrong (`4Y00007`).
    RefuseIntegrity,
    /// The archive refuses the message: there is no right (`5Y00009`).
    RefuseAccess,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 29] = [
        Self::RefuseConnection,
        Self::ExpiredCertificate,
        Self::WrongHostCertificate,
        Self::UntrustedCertificate,
        Self::RevokedCertificate,
        Self::CertificatePage,
        Self::CloseWithoutStoring,
        Self::CloseAfterStoring,
        Self::HangWithoutStoring,
        Self::HangAfterStoring,
        Self::HangInAnswer,
        Self::CutAnswer,
        Self::SlowAnswer,
        Self::AnswerTwice,
        Self::AnswerAboutOtherMessage,
        Self::AnswerHtml,
        Self::InternalServerError,
        Self::BadGateway,
        Self::ServiceUnavailable,
        Self::GatewayTimeout,
        Self::EmptyAnswer,
        Self::MalformedAnswer,
        Self::EndlessAnswer,
        Self::AnswerWithoutAcknowledgement,
        Self::SoapFault,
        Self::OnlyAccepted,
        Self::OldAcknowledgement,
        Self::RefuseIntegrity,
        Self::RefuseAccess,
    ];

    /// Returns whether the message does its work all the same: a document is stored.
    #[must_use]
    pub fn stores(self) -> bool {
        matches!(
            self,
            Self::CloseAfterStoring
                | Self::HangAfterStoring
                | Self::HangInAnswer
                | Self::CutAnswer
                | Self::SlowAnswer
                | Self::AnswerTwice
                | Self::AnswerAboutOtherMessage
                | Self::GatewayTimeout
                | Self::MalformedAnswer
                | Self::EndlessAnswer
                | Self::AnswerWithoutAcknowledgement
                | Self::OnlyAccepted
                | Self::OldAcknowledgement
        )
    }

    /// Returns whether the fault meets a connection, not a message.
    #[must_use]
    pub fn is_of_connection(self) -> bool {
        matches!(
            self,
            Self::RefuseConnection
                | Self::ExpiredCertificate
                | Self::WrongHostCertificate
                | Self::UntrustedCertificate
                | Self::RevokedCertificate
        )
    }

    /// Returns the name that scripts use.
    #[must_use]
    pub fn name(self) -> String {
        kebab_case(&format!("{self:?}"))
    }
}

/// The name of a variant as scripts write it.
pub(crate) fn kebab_case(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// There is no fault of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault `{0}`")]
pub struct UnknownFault(pub(crate) String);

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_name_of_its_own() {
        for fault in Fault::ALL {
            assert_eq!(fault.name().parse(), Ok(fault));
        }
        assert_eq!(Fault::HangInAnswer.name(), "hang-in-answer");
        assert!("none".parse::<Fault>().is_err());
    }
}
