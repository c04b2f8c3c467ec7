//! What the errors of signing and verifying say in a finding, in Finnish too.

use kanta_core::Reason;

use crate::jws::JwsError;
use crate::{OutsideValidity, SignerError};

impl SignerError {
    /// Returns the error in Finnish and English. What others said (a card's software, an HSM) is quoted.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let finnish = match self {
            Self::Key(problem) => {
                format!("avainta ei voi käyttää (”{problem}”): anna yksityinen avain PEM-muodossa, RSA tai EC")
            }
            Self::Password => {
                "avain on salattu eikä salasana avaa sitä: anna se salasana, jolla avain tallennettiin"
                    .to_owned()
            }
            Self::Certificate(error) => return certificate(error),
            Self::Pair => {
                "avain ei kuulu varmenteeseen: anna ne kaksi, jotka tehtiin yhdessä".to_owned()
            }
            Self::Algorithm(algorithm) => format!(
                "avain ei allekirjoita algoritmilla {algorithm:?}: käytä varmennetta, joka on tilattu tähän tarkoitukseen"
            ),
            Self::WrongPin { tries_left } => {
                let left = match tries_left {
                    None => String::new(),
                    Some(1) => ", ja seuraava väärä lukitsee kortin".to_owned(),
                    Some(tries) => format!(", ja yrityksiä on jäljellä {tries}"),
                };
                format!("PIN on väärä{left}: kysy se henkilöltä uudelleen")
            }
            Self::PinLocked => {
                "PIN on lukittu liian monen väärän yrityksen jälkeen: avaa lukitus PUK-koodilla kortin omassa ohjelmassa"
                    .to_owned()
            }
            Self::NotConfirmed => {
                "kukaan ei vahvistanut allekirjoitusta: PINiä ei annettu tai henkilö kieltäytyi".to_owned()
            }
            Self::TokenAbsent => {
                "korttia tai laitetta, jossa avain on, ei ole: aseta kortti lukijaan ja yritä uudelleen"
                    .to_owned()
            }
            Self::TokenRemoved => {
                "kortti poistettiin ennen kuin se oli allekirjoittanut: aseta se takaisin ja yritä uudelleen"
                    .to_owned()
            }
            Self::Unavailable(problem) => {
                format!("allekirjoittajaan ei nyt saada yhteyttä: ”{problem}”")
            }
            #[cfg(feature = "pkcs11")]
            Self::Token(error) => return quoted("kortti tai HSM ei allekirjoita", error),
            Self::Failed(problem) => format!("allekirjoittaja epäonnistui: ”{problem}”"),
        };
        Reason::new(format!("{finnish} [{}]", self.code()), self.to_string())
    }
}

impl JwsError {
    /// Returns the error in Finnish and English.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let (finnish, code) = match self {
            Self::Signer(error) => return error.reason(),
            Self::Json(error) => {
                return quoted("JSON-muotoista tietoa ei voi allekirjoittaa eikä tarkastaa", error);
            }
            Self::Certificate(error) => return certificate(error),
            Self::NoAlgorithm => (
                "avain ei allekirjoita millään profiilin algoritmilla: käytä varmennetta, joka on tilattu tähän tarkoitukseen"
                    .to_owned(),
                "KANTA-JWS-NO-ALGORITHM",
            ),
            Self::Form(why) => (
                format!("tämä ei ole tiiviin muodon JSON-allekirjoitus: {}", why.finnish()),
                "KANTA-JWS-FORM",
            ),
            Self::Header(why) => (
                format!("JSON-allekirjoituksen otsake ei ole profiilinsa mukainen: {}", why.finnish()),
                "KANTA-JWS-HEADER",
            ),
            Self::Payload => (
                "irrallinen allekirjoitus tarvitsee sisältönsä viereensä, ja muu pitää sen itsessään".to_owned(),
                "KANTA-JWS-PAYLOAD",
            ),
            Self::NoKey => (
                "otsakkeessa ei ole varmennetta eikä avainta annettu".to_owned(),
                "KANTA-JWS-KEY",
            ),
            Self::Value => (
                "JSON-allekirjoitus ei täsmää: otsaketta tai sisältöä on muutettu, tai avain on toinen".to_owned(),
                "KANTA-JWS-VALUE",
            ),
        };
        Reason::new(format!("{finnish} [{code}]"), self.to_string())
    }
}

impl OutsideValidity {
    /// Returns the error in Finnish and English.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let finnish = format!(
            "varmenne on voimassa {}–{} ja allekirjoituksen aika on {}: allekirjoita silloin voimassa olevalla varmenteella, tai ilmoita \
             aika, jolloin allekirjoitat [{}]",
            self.from,
            self.until,
            self.time,
            Self::CODE
        );
        Reason::new(finnish, self.to_string())
    }
}

fn certificate(error: &crate::CertificateError) -> Reason {
    quoted("varmennetta ei voi lukea", error)
}

/// Says in Finnish what happened, and quotes an error that tells more.
fn quoted(finnish: &str, error: &dyn std::error::Error) -> Reason {
    Reason::new(format!("{finnish}: ”{error}”"), error.to_string())
}
