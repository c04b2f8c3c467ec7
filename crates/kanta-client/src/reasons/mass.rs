//! Why a document of a mass run is refused.

use kanta_cda::{CheckError, ReadError};
use kanta_core::Reason;

use super::{coded, quoting, spec};
use crate::mass::MassError;
use crate::outbox::OutboxError;

pub(crate) fn reading(error: &ReadError) -> Reason {
    quoting("asiakirjaa ei voi lukea", error)
}

pub(crate) fn checking(error: &CheckError) -> Reason {
    match error {
        CheckError::Spec(error) => spec(error),
        CheckError::Read(error) => reading(error),
        CheckError::Write(_) => quoting("asiakirjaa ei voi kirjoittaa", error),
        CheckError::AlreadySigned => coded(
            "asiakirja on jo allekirjoitettu: vain allekirjoittamattoman voi ottaa uudelleen käsittelyyn",
            "KANTA-DRAFT-SIGNED",
            error,
        ),
        _ => quoting("asiakirjaa ei voi tarkastaa", error),
    }
}

pub(crate) fn no_signer(error: &MassError) -> Reason {
    coded(
        "asiakirjaa ei ole allekirjoitettu eikä allekirjoittajaa ole: anna sellainen, tai allekirjoita asiakirja ensin",
        "KANTA-MASS-SIGNER",
        error,
    )
}

pub(crate) fn queueing(error: &OutboxError) -> Reason {
    match error {
        OutboxError::Conflict(oid) => coded(
            &format!(
                "jonossa on jo toinen asiakirja tunnisteella {oid}: luo uusi tunniste jokaiselle asiakirjalle ja jokaiselle versiolle"
            ),
            "KANTA-OUTBOX-CONFLICT",
            error,
        ),
        OutboxError::Version { chain, there } => coded(
            &format!(
                "jonossa on jo ketjun {chain} versio {there}: anna versiot järjestyksessä, ja sama versio uudelleen vasta, kun se on \
                 hylätty tai siitä on luovuttu"
            ),
            "KANTA-OUTBOX-VERSION",
            error,
        ),
        _ => quoting("jono ei ota asiakirjaa", error),
    }
}
