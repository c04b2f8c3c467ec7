//! Every kind of error that can stand in a finding says in Finnish too why nothing was sent, or why nobody knows.

#![allow(clippy::unwrap_used)]

mod finnish;

use finnish::assert_told_in_both;
use kanta_client::blocking::BlockingError;
use kanta_client::core::metadata::DocumentKind;
use kanta_client::core::spec::SpecError;
use kanta_client::core::{InvalidValue, OrganisationOid, Reason, TimeStamp};
use kanta_client::disclosures::NotifyError;
use kanta_client::fhir::SignError;
use kanta_client::fhir::exchange::RequestError;
use kanta_client::frame::{FrameError, Operation, ReadFrameError};
use kanta_client::sign::jws::JwsError;
use kanta_client::sign::{SignatureAlgorithm, SignerError};
use kanta_client::transport::{TlsProblem, TransportError};
use kanta_client::{AuditError, ClientError, Unknown};

fn late() -> Reason {
    Reason::new("aika loppui", "the deadline passed")
}

fn clock() -> InvalidValue {
    TimeStamp::parse("x").unwrap_err()
}

fn spec_errors() -> [SpecError; 2] {
    let incomplete = SpecError::Incomplete {
        key: "message.x".to_owned(),
        why: "no bundle names the key".to_owned(),
        needs: "not known; ask Kela's developer support".to_owned(),
    };
    [
        incomplete,
        SpecError::invalid("message.x", "it is no number"),
    ]
}

#[test]
fn of_connections() {
    let refused = || Reason::quoted("connection refused by the other side");
    let mut errors = vec![
        TransportError::Unreachable(refused()),
        TransportError::Address(late()),
        TransportError::Proxy(refused()),
        TransportError::NoAnswer(late()),
        TransportError::Replay(late()),
    ];
    errors.extend(
        [
            TlsProblem::ServerExpired,
            TlsProblem::ServerNotYetValid,
            TlsProblem::ServerWrongHost,
            TlsProblem::ServerUnknownAuthority,
            TlsProblem::ServerRevoked,
            TlsProblem::Version,
            TlsProblem::ClientCertificateMissing,
            TlsProblem::ClientCertificateRefused,
            TlsProblem::ClientKeyFailed,
            TlsProblem::Other,
        ]
        .map(|problem| TransportError::Tls {
            problem,
            detail: "the peer closed the connection".to_owned(),
        }),
    );
    for error in errors {
        let client = ClientError::from(error.clone());
        let notify = NotifyError::from(error.clone());
        assert_eq!(client.reason(), error.reason());
        assert_eq!(notify.reason(), error.reason());
        assert_told_in_both(&error.reason());
    }
}

#[test]
fn of_messages() {
    let keeper = |oid| OrganisationOid::parse(oid).unwrap();
    let mut made = vec![
        FrameError::Kind,
        FrameError::RealPerson,
        FrameError::Metadata("client"),
        FrameError::Metadata("register keeper"),
        FrameError::Scope {
            operation: Operation::store(&DocumentKind::Case).unwrap(),
            scope: "own",
        },
        FrameError::Access,
        FrameError::RegisterKeeper {
            document: keeper("1.2.246.10.99999991.10.0"),
            scope: keeper("1.2.246.10.99999992.10.0"),
        },
        FrameError::ReplacedMissing,
        FrameError::Replaced,
        FrameError::TooBroad,
        FrameError::WeakAuthentication,
        FrameError::RegistrationNumber,
    ];
    made.extend(spec_errors().map(FrameError::Spec));
    for error in made {
        let reason = error.reason();
        assert_told_in_both(&reason);
        assert_eq!(ClientError::from(error).reason(), reason);
    }
    for error in [
        ReadFrameError::Html,
        ReadFrameError::NotAMessage,
        ReadFrameError::Document,
        ReadFrameError::Part("acknowledgement"),
        ReadFrameError::SoapFault {
            code: "Server".to_owned(),
            text: "the service is down".to_owned(),
        },
    ] {
        assert_told_in_both(&error.reason());
    }
}

#[test]
fn of_calls() {
    let mut errors = vec![
        ClientError::FirstPhase,
        ClientError::NotFound,
        ClientError::Audit(AuditError("the disk is full".to_owned())),
        ClientError::Clock(clock()),
        ClientError::Blocking(BlockingError::InsideRuntime),
        ClientError::Blocking(BlockingError::Runtime("no thread for it".to_owned())),
    ];
    errors.extend(spec_errors().map(ClientError::Spec));
    for error in errors {
        assert_told_in_both(&error.reason());
    }
    for unknown in [
        Unknown::NoAnswer(late()),
        Unknown::NotUnderstood(late()),
        Unknown::OtherMessage,
        Unknown::OnlyAccepted,
        Unknown::OtherDocument,
        Unknown::CannotAsk(late()),
    ] {
        assert_told_in_both(&unknown.reason());
    }
}

#[test]
fn of_notices() {
    let signers = [
        SignerError::Key("no key in the file".to_owned()),
        SignerError::Password,
        SignerError::Pair,
        SignerError::Algorithm(SignatureAlgorithm::RsaSha256),
        SignerError::WrongPin { tries_left: None },
        SignerError::WrongPin {
            tries_left: Some(1),
        },
        SignerError::WrongPin {
            tries_left: Some(2),
        },
        SignerError::PinLocked,
        SignerError::NotConfirmed,
        SignerError::TokenAbsent,
        SignerError::TokenRemoved,
        SignerError::Unavailable("the network is down".to_owned()),
        SignerError::Failed("the machine gives no random numbers".to_owned()),
    ];
    let mut tokens: Vec<_> = signers.into_iter().map(JwsError::Signer).collect();
    tokens.extend([
        JwsError::NoAlgorithm,
        JwsError::Form(late()),
        JwsError::Header(late()),
        JwsError::Payload,
        JwsError::NoKey,
        JwsError::Value,
    ]);
    let mut errors: Vec<_> = tokens
        .into_iter()
        .map(|error| NotifyError::Request(RequestError::Token(error)))
        .collect();
    errors.extend([
        NotifyError::Request(RequestError::RequestId),
        NotifyError::Sign(SignError::AlreadySigned),
        NotifyError::Sign(SignError::NoNotices),
        NotifyError::Sign(SignError::Nobody),
        NotifyError::Clock(clock()),
    ]);
    for error in errors {
        assert_told_in_both(&error.reason());
    }
}
