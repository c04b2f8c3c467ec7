//! What the errors of this crate say in a finding: the reasons of `Display`, in Finnish too.
//!
//! One file for each way that a message goes. Each kind of error has a Finnish text of its own; what others said (a server, an
//! operating system, a card's software) and errors of details without one are quoted in it.

mod client;
mod frame;
mod mass;
mod notices;
mod transport;

pub(crate) use mass::{checking, no_signer, queueing, reading};

use kanta_cda::{PrepareError, SigningError};
use kanta_core::spec::SpecError;
use kanta_core::{InvalidValue, Reason, Report};

/// Joins a Finnish text, the code that the English text ends with, and the error.
fn coded(finnish: &str, code: &str, error: &dyn std::error::Error) -> Reason {
    Reason::new(format!("{finnish} [{code}]"), error.to_string())
}

/// Says in Finnish what happened, and quotes an error that tells more.
pub(crate) fn quoting(finnish: &str, error: &dyn std::error::Error) -> Reason {
    Reason::new(format!("{finnish}: ”{error}”"), error.to_string())
}

/// The texts of the errors of a report, after the sentence that they explain.
fn findings(finnish: &str, code: &str, report: &Report, error: &dyn std::error::Error) -> Reason {
    let texts: Vec<_> = report
        .errors()
        .map(|finding| format!("{}: {}", finding.rule(), finding.finnish()))
        .collect();
    coded(&format!("{finnish}: {}", texts.join("; ")), code, error)
}

fn spec(error: &SpecError) -> Reason {
    let finnish = match error {
        SpecError::Incomplete { key, why, needs } => format!(
            "määrityspaketissa ei ole avaimelle `{key}` arvoa, jota saa käyttää tässä (”{why}”); se on lähteessä ”{needs}”: lisää se \
             omaan pakettiisi tilassa `verified`"
        ),
        SpecError::Invalid { key, why } => format!(
            "määrityspaketin arvoa avaimelle `{key}` ei voi käyttää (”{why}”): korjaa se pakettiin"
        ),
        _ => return quoting("määrityspaketista ei saada, mitä tarvitaan", error),
    };
    coded(&finnish, error.code(), error)
}

fn clock(error: &InvalidValue, whole: &dyn std::error::Error) -> Reason {
    Reason::new(
        format!("tämän koneen kello on väärässä: ”{error}”"),
        whole.to_string(),
    )
}

/// Why a document that was signed earlier cannot be taken up.
pub(crate) fn signing(error: &SigningError) -> Reason {
    match error {
        SigningError::Signer(signer) => signer.reason(),
        SigningError::Prepare(PrepareError::Validity(outside)) => outside.reason(),
        SigningError::Prepare(PrepareError::Spec(missing)) => spec(missing),
        SigningError::Read(_) => quoting("allekirjoitettua asiakirjaa ei voi lukea", error),
        SigningError::DoesNotVerify(why) => {
            let finnish = format!(
                "allekirjoitettu asiakirja ei läpäise tarkastusta ({}): avain ei kuulu varmenteeseen, tai arvo ei ole valmisteltujen \
                 tavujen allekirjoitus",
                why.finnish()
            );
            coded(&finnish, "KANTA-SIGN-SELF-CHECK", error)
        }
        _ => quoting("asiakirjaa ei voi allekirjoittaa", error),
    }
}
