//! Why no answer came.

use kanta_core::Reason;

use super::coded;
use crate::transport::{TlsProblem, TransportError};

impl TransportError {
    /// Returns the error in Finnish and English. What the other side or the operating system said is quoted.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let (finnish, code) = match self {
            Self::Unreachable(why) => (
                format!(
                    "palveluun ei saada yhteyttä ({}), mitään ei lähetetty: tarkista osoite, verkko ja että palvelu on käynnissä, \
                     ja yritä uudelleen",
                    why.finnish()
                ),
                "KANTA-TRANSPORT-UNREACHABLE",
            ),
            Self::Address(why) => (
                format!(
                    "osoitetta ei voi käyttää ({}), mitään ei lähetetty",
                    why.finnish()
                ),
                "KANTA-TRANSPORT-ADDRESS",
            ),
            Self::Proxy(why) => (
                format!(
                    "välityspalvelin ei yhdistä ({}), mitään ei lähetetty: tarkista sen osoite, säännöt ja tunnukset siihen",
                    why.finnish()
                ),
                "KANTA-TRANSPORT-PROXY",
            ),
            Self::Tls { problem, detail } => (
                format!(
                    "suojattua yhteyttä ei synny (”{detail}”), mitään ei otettu vastaan: {}",
                    problem.finnish()
                ),
                problem.code(),
            ),
            Self::NoAnswer(why) => (
                format!(
                    "vastausta ei tullut ({}), sanoma on voinut saapua: kysy arkistolta ennen kuin lähetät uudelleen",
                    why.finnish()
                ),
                "KANTA-TRANSPORT-NO-ANSWER",
            ),
            Self::Replay(why) => (
                format!(
                    "{}, mitään ei lähetetty: tallenna ensin tämä sanomanvaihto",
                    why.finnish()
                ),
                "KANTA-TRANSPORT-REPLAY",
            ),
        };
        coded(&finnish, code, self)
    }
}

impl TlsProblem {
    fn finnish(self) -> &'static str {
        match self {
            Self::ServerExpired => {
                "palvelimen varmenne on vanhentunut; kerro siitä palvelimen ylläpitäjälle ja tarkista tämän koneen kello"
            }
            Self::ServerNotYetValid => {
                "palvelimen varmenne ei ole vielä voimassa; tarkista tämän koneen kello"
            }
            Self::ServerWrongHost => "palvelimen varmenne on toisen palvelimen; tarkista osoite",
            Self::ServerUnknownAuthority => {
                "palvelimen varmenne ei ole luottamaltasi varmentajalta; tarkista luotetut varmentajat"
            }
            Self::ServerRevoked => {
                "palvelimen varmenne on suljettu tai sulkulistat eivät kata sitä; kerro siitä palvelimen ylläpitäjälle ja uusi \
                 sulkulistat"
            }
            Self::Version => "palvelin ei tue mitään tässä sallittua TLS-versiota",
            Self::ClientCertificateMissing => {
                "palvelin vaatii asiakasvarmenteen eikä saanut sitä; anna yhteydelle liityntäpisteen varmenne"
            }
            Self::ClientCertificateRefused => {
                "palvelin ei hyväksy asiakasvarmennetta; tarkista sen voimassaolo ja että tämä liityntäpiste on rekisteröity palvelimeen"
            }
            Self::ClientKeyFailed => {
                "asiakasvarmenteen avain ei allekirjoittanut; katso, mitä sen allekirjoittaja kertoo"
            }
            Self::Other => "tarkista palvelimen varmenne, luotetut varmentajat ja asiakasvarmenne",
        }
    }
}
