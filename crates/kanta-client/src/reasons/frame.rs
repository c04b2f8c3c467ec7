//! Why a message cannot be made or read.

use kanta_core::Reason;

use super::{coded, quoting, spec};
use crate::frame::{FrameError, ReadFrameError};

impl FrameError {
    /// Returns the error in Finnish and English.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let (finnish, code) = match self {
            Self::Spec(error) => return spec(error),
            Self::Xml(error) => {
                let finnish = format!(
                    "pyynnön kontekstissa tai metatiedoissa on merkki, jonka XML kieltää: ”{error}”"
                );
                return coded(&finnish, "KANTA-FRAME-CHARACTER", self);
            }
            Self::Kind => (
                "tämän ryhmän asiakirjoille ei tunneta sanomaa",
                "KANTA-FRAME-KIND",
            ),
            Self::RealPerson => (
                "sanomassa on henkilötunnus, joka voi olla oikean ihmisen: tuotannon ulkopuolella jokaisella, käyttäjälläkin, on \
                 tunnus, jonka yksilönumero on 900–999",
                "KANTA-FRAME-TEST-PERSON",
            ),
            Self::Metadata(missing) => {
                let missing = match *missing {
                    "client" => "asiakasta",
                    "register keeper" => "rekisterinpitäjää",
                    other => &format!("tietoa ”{other}”"),
                };
                let finnish = format!("asiakirjassa ei ole {missing}, jonka sanoma toistaa");
                return coded(&finnish, "KANTA-FRAME-METADATA", self);
            }
            Self::Scope { operation, scope } => {
                let finnish = format!(
                    "toimintoa `{operation}` ei voi tehdä käyttötilanteessa `{scope}`: anna pyynnön kontekstille toinen käyttötilanne"
                );
                return coded(&finnish, "KANTA-FRAME-SCOPE", self);
            }
            Self::Access => (
                "tätä kysymystä ei voi esittää sillä oikeudella: omien rekisterien ulkopuolelta haetaan kuvailutietoja ja asiakirjoja",
                "KANTA-FRAME-ACCESS",
            ),
            Self::RegisterKeeper { document, scope } => {
                let finnish = format!(
                    "asiakirjan rekisterinpitäjä on {document} ja käyttötilanteen {scope}: käytä oikean rekisterinpitäjän kontekstia"
                );
                return coded(&finnish, "KANTA-FRAME-REGISTER-KEEPER", self);
            }
            Self::ReplacedMissing => (
                "asiakirja on myöhempi versio eikä nimeä versiota, jonka se korvaa: tee se kutsulla `revise` edellisen version \
                 metatiedoista",
                "KANTA-FRAME-REPLACED-MISSING",
            ),
            Self::Replaced => (
                "korvattu versio ei ole tätä edeltävä versio samassa ketjussa: sama setId, numero yhtä pienempi, toinen id",
                "KANTA-FRAME-REPLACED",
            ),
            Self::TooBroad => (
                "haku on liian laaja: nimeä asiakas, asia, asiakkuus tai asiakirjat",
                "KANTA-FRAME-QUERY",
            ),
            Self::WeakAuthentication => (
                "luovutus vaatii käyttäjän vahvan tunnistamisen: käyttäjän on tunnistauduttava ammattikortilla tai vastaavalla",
                "KANTA-FRAME-AUTHENTICATION",
            ),
            Self::RegistrationNumber => (
                "määrityspaketti nimeää käyttäjät rekisteröintinumerolla eikä tällä käyttäjällä ole sitä: anna se käyttäjälle",
                "KANTA-FRAME-REGISTRATION-NUMBER",
            ),
        };
        coded(finnish, code, self)
    }
}

impl ReadFrameError {
    /// Returns the error in Finnish and English. What the service said in a fault is quoted.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let (finnish, code) = match self {
            Self::Html => (
                "sanoman sijasta tuli verkkosivu, palomuuri tai välityspalvelin vastasi: näytä sen teksti verkon ylläpitäjälle".to_owned(),
                "KANTA-FRAME-HTML",
            ),
            Self::Xml(_) | Self::Content(_) => {
                return quoting("sanomaa tai siinä olevaa asiakirjaa ei voi lukea", self);
            }
            Self::NotAMessage => (
                "juurielementti ei ole HL7 V3 -sanoma".to_owned(),
                "KANTA-FRAME-ROOT",
            ),
            Self::Document => (
                "tämä on asiakirja eikä sanoma: anna sanoma, jossa se on, tai katso asiakirjaa asiakirjojen komennoilla ja kutsuilla"
                    .to_owned(),
                "KANTA-FRAME-DOCUMENT",
            ),
            Self::Part(part) => (
                format!("sanomassa ei ole käyttökelpoista osaa `{part}`"),
                "KANTA-FRAME-PART",
            ),
            Self::SoapFault { code, text } => (
                format!("palvelu vastaa SOAP-virheellä ”{code}: {text}”"),
                "KANTA-FRAME-SOAP-FAULT",
            ),
        };
        coded(&finnish, code, self)
    }
}
