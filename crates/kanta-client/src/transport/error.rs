//! Why no answer came.

use std::error::Error;
use std::fmt;
use std::io;

use http_body_util::LengthLimitError;
use kanta_core::Reason;
use rustls::{AlertDescription, CertificateError, Error as Rustls, PeerIncompatible};

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The other side was not reached: no byte of the message left (`KANTA-TRANSPORT-UNREACHABLE`).
    #[error(
        "the service cannot be reached ({0}): nothing was sent; check the address, the network and that the service is up, \
         then try again [KANTA-TRANSPORT-UNREACHABLE]"
    )]
    Unreachable(Reason),
    /// The address or the proxy cannot be used: nothing was sent (`KANTA-TRANSPORT-ADDRESS`).
    #[error("the address cannot be used ({0}): nothing was sent [KANTA-TRANSPORT-ADDRESS]")]
    Address(Reason),
    /// The proxy does not connect: nothing was sent (`KANTA-TRANSPORT-PROXY`).
    #[error(
        "the proxy does not connect ({0}): nothing was sent; check its address, its rules and the credentials for it \
         [KANTA-TRANSPORT-PROXY]"
    )]
    Proxy(Reason),
    /// No secure connection came about, or the other side ended it for its certificates: the message was not taken in.
    #[error("no secure connection ({detail}): nothing was taken in; {problem}")]
    Tls {
        /// What is wrong, with what to do.
        problem: TlsProblem,
        /// What the programs said.
        detail: String,
    },
    /// The connection broke or time ran out when the message was on its way (`KANTA-TRANSPORT-NO-ANSWER`).
    #[error(
        "no answer ({0}): the message may have arrived; ask the archive before sending again [KANTA-TRANSPORT-NO-ANSWER]"
    )]
    NoAnswer(Reason),
    /// A replay has no answer to this message: nothing was sent (`KANTA-TRANSPORT-REPLAY`).
    #[error("{0}: nothing was sent; record the exchange first [KANTA-TRANSPORT-REPLAY]")]
    Replay(Reason),
}

/// What is wrong with a secure connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsProblem {
    /// The server's certificate has expired (`KANTA-TLS-SERVER-EXPIRED`).
    ServerExpired,
    /// The server's certificate is not valid yet (`KANTA-TLS-SERVER-NOT-YET`).
    ServerNotYetValid,
    /// The server's certificate is for another host (`KANTA-TLS-SERVER-HOST`).
    ServerWrongHost,
    /// The server's certificate comes from an authority that is not trusted (`KANTA-TLS-SERVER-UNKNOWN`).
    ServerUnknownAuthority,
    /// The server's certificate is revoked, or nothing says that it is not (`KANTA-TLS-SERVER-REVOKED`).
    ServerRevoked,
    /// The server speaks only versions that are too old (`KANTA-TLS-VERSION`).
    Version,
    /// The server wants a client certificate and got none (`KANTA-TLS-CLIENT-MISSING`).
    ClientCertificateMissing,
    /// The server does not accept the client certificate (`KANTA-TLS-CLIENT-REFUSED`).
    ClientCertificateRefused,
    /// The key of the client certificate did not sign: a card or an HSM is away, or a PIN is wrong (`KANTA-TLS-CLIENT-KEY`).
    ClientKeyFailed,
    /// Something else (`KANTA-TLS-OTHER`).
    Other,
}

impl TlsProblem {
    /// Returns the stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ServerExpired => "KANTA-TLS-SERVER-EXPIRED",
            Self::ServerNotYetValid => "KANTA-TLS-SERVER-NOT-YET",
            Self::ServerWrongHost => "KANTA-TLS-SERVER-HOST",
            Self::ServerUnknownAuthority => "KANTA-TLS-SERVER-UNKNOWN",
            Self::ServerRevoked => "KANTA-TLS-SERVER-REVOKED",
            Self::Version => "KANTA-TLS-VERSION",
            Self::ClientCertificateMissing => "KANTA-TLS-CLIENT-MISSING",
            Self::ClientCertificateRefused => "KANTA-TLS-CLIENT-REFUSED",
            Self::ClientKeyFailed => "KANTA-TLS-CLIENT-KEY",
            Self::Other => "KANTA-TLS-OTHER",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::ServerExpired => {
                "the server's certificate has expired: tell who runs the server, and check this machine's clock"
            }
            Self::ServerNotYetValid => {
                "the server's certificate is not valid yet: check this machine's clock"
            }
            Self::ServerWrongHost => {
                "the server's certificate is for another host: check the address"
            }
            Self::ServerUnknownAuthority => {
                "the server's certificate is not from an authority that you trust: check the trust anchors"
            }
            Self::ServerRevoked => {
                "the server's certificate is revoked, or the revocation lists do not cover it: tell who runs the server, \
                 and renew the lists"
            }
            Self::Version => "the server speaks no version of TLS that is allowed here",
            Self::ClientCertificateMissing => {
                "the server wants a client certificate and got none: give the transport the access point's certificate"
            }
            Self::ClientCertificateRefused => {
                "the server does not accept the client certificate: check its validity, and that this access point is \
                 registered with it"
            }
            Self::ClientKeyFailed => {
                "the key of the client certificate did not sign: see what its signer says"
            }
            Self::Other => {
                "check the server's certificate, the trust anchors and the client certificate"
            }
        }
    }
}

impl fmt::Display for TlsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.remedy(), self.code())
    }
}

impl TransportError {
    /// Returns whether the message may have arrived all the same.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, Self::NoAnswer(_))
    }

    /// Judges an error of the handshake.
    pub(super) fn of_handshake(error: &io::Error, asked_for_certificate: bool) -> Self {
        match tls_error(error) {
            Some(tls) => Self::Tls {
                problem: problem(tls, asked_for_certificate),
                detail: tls.to_string(),
            },
            None if asked_for_certificate => Self::Tls {
                problem: TlsProblem::ClientCertificateMissing,
                detail: error.to_string(),
            },
            None => Self::Unreachable(Reason::new(
                format!("yhteys katkesi kättelyssä: ”{error}”"),
                format!("the connection broke in the handshake: {error}"),
            )),
        }
    }

    /// Judges an error after the message was on its way: TLS 1.3 tells of a wrong client certificate only then.
    pub(super) fn of_exchange(error: &(dyn Error + 'static), asked_for_certificate: bool) -> Self {
        if let Some(tls @ Rustls::AlertReceived(_)) = tls_error(error) {
            let problem = problem(tls, asked_for_certificate);
            if problem != TlsProblem::Other {
                let detail = tls.to_string();
                return Self::Tls { problem, detail };
            }
        }
        if error.is::<TooLong>() || error.is::<LengthLimitError>() {
            return Self::NoAnswer(Reason::new(
                "vastaus on pidempi kuin sallitaan",
                TooLong.to_string(),
            ));
        }
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(deeper) = cause {
            text = format!("{text}: {deeper}");
            cause = deeper.source();
        }
        Self::NoAnswer(Reason::quoted(text))
    }
}

/// The answer has more bytes than the endpoint allows.
#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than is allowed")]
pub(super) struct TooLong;

/// Finds an error of TLS in a chain of causes.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Rustls> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<Rustls>() {
            return Some(tls);
        }
        next = match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn problem(error: &Rustls, asked_for_certificate: bool) -> TlsProblem {
    match error {
        Rustls::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                TlsProblem::ServerExpired
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                TlsProblem::ServerNotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsProblem::ServerWrongHost
            }
            CertificateError::UnknownIssuer => TlsProblem::ServerUnknownAuthority,
            CertificateError::Revoked
            | CertificateError::UnknownRevocationStatus
            | CertificateError::ExpiredRevocationList
            | CertificateError::ExpiredRevocationListContext { .. } => TlsProblem::ServerRevoked,
            _ => TlsProblem::Other,
        },
        Rustls::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )
        | Rustls::AlertReceived(AlertDescription::ProtocolVersion) => TlsProblem::Version,
        Rustls::AlertReceived(AlertDescription::CertificateRequired) => {
            TlsProblem::ClientCertificateMissing
        }
        Rustls::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::AccessDenied,
        ) if asked_for_certificate => TlsProblem::ClientCertificateMissing,
        Rustls::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError,
        ) => TlsProblem::ClientCertificateRefused,
        // What the signer of the client's key says; rustls itself has its own kinds.
        Rustls::General(_) => TlsProblem::ClientKeyFailed,
        _ => TlsProblem::Other,
    }
}

/// Finds out whether an answer is the web server's word about the client certificate, which some give in place of an alert.
pub(super) fn certificate_page(reply: &super::Reply) -> Option<TransportError> {
    let problem = match reply.status.as_u16() {
        496 => TlsProblem::ClientCertificateMissing,
        495 => TlsProblem::ClientCertificateRefused,
        400 => {
            let page = reply.body[..reply.body.len().min(4096)].to_ascii_lowercase();
            if memchr::memmem::find(&page, b"no required ssl certificate").is_some() {
                TlsProblem::ClientCertificateMissing
            } else if memchr::memmem::find(&page, b"ssl certificate error").is_some() {
                TlsProblem::ClientCertificateRefused
            } else {
                return None;
            }
        }
        _ => return None,
    };
    Some(TransportError::Tls {
        problem,
        detail: format!("HTTP {}", reply.status),
    })
}
