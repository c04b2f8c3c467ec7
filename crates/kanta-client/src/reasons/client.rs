//! Why a call did not come to an outcome, and why an outcome is unknown.

use kanta_core::Reason;

use super::{clock, coded, findings, spec};
use crate::blocking::BlockingError;
use crate::{ClientError, Unknown};

impl ClientError {
    /// Returns the error in Finnish and English. What the archive or the operating system said is quoted.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let (finnish, code) = match self {
            Self::Spec(error) => return spec(error),
            Self::Frame(error) => return error.reason(),
            Self::Transport(error) => return error.reason(),
            Self::Answer { source, .. } => return source.reason(),
            Self::Clock(error) => return clock(error, self),
            Self::Blocking(error) => return error.reason(),
            Self::FirstPhase => (
                "ensimmäisen vaiheen asiakirjoja tallentavat vain silloin liittyneet järjestelmät: kytke se päälle, tai tee toisen \
                 vaiheen asiakirja",
                "KANTA-CLIENT-FIRST-PHASE",
            ),
            Self::Refused { report, .. } => {
                return findings(
                    "arkisto hylkäsi pyynnön",
                    "KANTA-CLIENT-REFUSED",
                    report,
                    self,
                );
            }
            Self::NotFound => (
                "arkistossa ei ole tällaista asiakirjaa",
                "KANTA-CLIENT-NOT-FOUND",
            ),
            Self::Status { status, .. } => {
                let finnish = format!(
                    "vastauksen HTTP-tila on {}: palvelussa tai jossain sen edessä on häiriö",
                    status.as_u16()
                );
                return coded(&finnish, "KANTA-CLIENT-STATUS", self);
            }
            Self::OtherMessage { .. } => (
                "vastaus koskee toista sanomaa",
                "KANTA-CLIENT-OTHER-MESSAGE",
            ),
            Self::Audit(error) => {
                let finnish = format!(
                    "käyttöloki ei tallentanut merkintää (”{error}”), joten vastausta ei anneta: korjaa loki ja kysy uudelleen"
                );
                return coded(&finnish, "KANTA-CLIENT-AUDIT", self);
            }
        };
        coded(finnish, code, self)
    }
}

impl BlockingError {
    /// Returns the error in Finnish and English.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::InsideRuntime => coded(
                "odottava kutsu tehtiin asynkronisen ajoympäristön sisällä: käytä siellä asynkronista asiakasta",
                "KANTA-CLIENT-BLOCKING",
                self,
            ),
            Self::Runtime(problem) => coded(
                &format!("odottaville kutsuille ei saada ajoympäristöä: ”{problem}”"),
                "KANTA-CLIENT-RUNTIME",
                self,
            ),
        }
    }
}

impl Unknown {
    /// Returns why the outcome is unknown, in Finnish and English.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let finnish = match self {
            Self::NoAnswer(why) => {
                let finnish = format!("vastausta ei tullut: {}", why.finnish());
                return coded(&finnish, "KANTA-TRANSPORT-NO-ANSWER", self);
            }
            Self::NotUnderstood(why) => format!("vastausta ei ymmärretä: {}", why.finnish()),
            Self::OtherMessage => "vastaus koskee toista sanomaa".to_owned(),
            Self::OnlyAccepted => {
                "sanoma otettiin vastaan, mikä ei kerro, että asiakirja on arkistoitu".to_owned()
            }
            Self::OtherDocument => {
                "arkistossa on toinen asiakirja tällä tunnisteella: ihmisen on katsottava sitä"
                    .to_owned()
            }
            Self::CannotAsk(why) => format!(
                "keneltäkään ei voi kysyä, mitä siitä tuli: {}",
                why.finnish()
            ),
        };
        Reason::new(finnish, self.to_string())
    }
}
