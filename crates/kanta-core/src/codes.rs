//! Code sets that stay open: values seen in real messages as constants, every other one as it comes.
//!
//! None of the national lists is known in full (code server), so reading never fails on a code and a constant exists only
//! for a value that was seen (`[S]`).

use std::fmt;

use crate::{CodedValue, InvalidValue, Oid};

macro_rules! code_set {
    (
        $(#[$docs:meta])*
        $name:ident, $system:literal $version:literal, $system_name:literal {
            $( $(#[$value_docs:meta])* $constant:ident = $code:literal, $display:literal; )*
        }
    ) => {
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(CodedValue);

        impl $name {
            $(
                $(#[$value_docs])*
                pub const $constant: Self =
                    Self(CodedValue::from_static($code, concat!($system, $version), $system_name, $display));
            )*

            /// The code system, without version.
            pub const SYSTEM: Oid = Oid::from_static($system);

            /// The values that were seen; the national list is longer.
            pub const SEEN: &'static [Self] = &[$(Self::$constant),*];

            /// Makes a value of the national list that is not among the constants.
            #[must_use]
            pub fn other(code: impl Into<String>, display: impl Into<String>) -> Self {
                Self(
                    CodedValue::new(code, Oid::from_static(concat!($system, $version)))
                        .with_system_name($system_name)
                        .with_display(display),
                )
            }
        }

        impl TryFrom<CodedValue> for $name {
            type Error = InvalidValue;

            /// Takes a coded value of this code system, whatever its version.
            fn try_from(value: CodedValue) -> Result<Self, Self::Error> {
                if value.system().starts_with(&Self::SYSTEM) {
                    Ok(Self(value))
                } else {
                    Err(InvalidValue::new(
                        "KANTA-CODE-SYSTEM",
                        concat!("the code is not of ", $system_name),
                        concat!("give a code of ", $system),
                    ))
                }
            }
        }

        impl From<$name> for CodedValue {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl AsRef<CodedValue> for $name {
            fn as_ref(&self) -> &CodedValue {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

code_set! {
    /// A service task (Finnish: palvelutehtävä).
    ServiceTask, "1.2.246.537.6.1221" ".201601", "Sosiaalihuolto - Palvelutehtävä" {
        /// Child protection.
        CHILD_PROTECTION = "10", "Lastensuojelu";
        /// Substance-abuse care.
        SUBSTANCE_ABUSE_CARE = "15", "Päihdehuolto";
        /// Disability services.
        DISABILITY_SERVICES = "20", "Vammaispalvelut";
        /// Services for families with children.
        FAMILIES_WITH_CHILDREN = "24", "Lapsiperheiden palvelut";
    }
}

code_set! {
    /// A service process (Finnish: palveluprosessi).
    ServiceProcess, "1.2.246.537.6.1277" ".201701", "Sosiaalihuolto - Sosiaalihuollon palveluprosessi" {
        /// Planning of the client relation.
        PLANNING = "3", "Asiakkuuden suunnittelu";
    }
}

code_set! {
    /// How long a document is kept in all (Finnish: kokonaissäilytysaika).
    RetentionClass, "1.2.246.537.6.1258" ".201601", "Sosiaalihuolto - asiakirjan kokonaissäilytysaika" {
        /// Kept permanently.
        PERMANENT = "1", "Säilytetään pysyvästi";
    }
}

code_set! {
    /// Whether a document has special content (Finnish: erityissisältö).
    SpecialContent, "1.2.246.537.6.112" ".2007", "AR/YDIN - Kyllä/EI/Ei tietoa" {
        /// It has.
        YES = "K", "Kyllä";
        /// It has not.
        NO = "E", "Ei";
    }
}

code_set! {
    /// Whether a minor's document may be given to the guardians
    /// (Finnish: alaikäisen asiakastietojen luovuttaminen huoltajille).
    GuardianDisclosure, "1.2.246.537.6.1286" ".201901", "Sosiaalihuolto - Alaikäisen asiakastietojen luovuttaminen huoltajille" {
        /// It may: the minor does not forbid it.
        PERMITTED = "1", "Alaikäisen asiakkaan asiakirja voidaan luovuttaa huoltajille ja muille tiedonsaantiin oikeutetuille, koska alaikäinen ei kiellä asiakirjan luovuttamista";
    }
}

code_set! {
    /// Why a document is shown late or not at all in OmaKanta (Finnish: näyttämisen rajaamisen peruste).
    DisplayRestriction, "1.2.246.537.6.1288" ".201901", "Sosiaalihuolto - Perustelut asiakirjan näyttämisen rajaamiselle Omakannassa" {
        /// Showing it endangers the client's health or development.
        ENDANGERS_CLIENT = "1", "Asiakirjan näyttämisestä aiheutuu vaaraa asiakkaan terveydelle tai kehitykselle";
    }
}

code_set! {
    /// A client's gender (Finnish: sukupuoli).
    Gender, "1.2.246.537.5.1" ".1997", "AR/YDIN - Sukupuoli" {
        /// Male.
        MALE = "1", "Mies";
        /// Female.
        FEMALE = "2", "Nainen";
    }
}

code_set! {
    /// A document type, general or specified (Finnish: yleinen tai tarkennettu asiakirjatyyppi).
    DocumentType, "1.2.246.537.6.1506" ".201701", "Sosiaalihuolto - Asiakasasiakirjatyyppi" {
        /// The general type of plans.
        PLAN = "15", "Suunnitelma";
        /// The client plan of services for families with children.
        FAMILY_SERVICES_CLIENT_PLAN = "15007", "Lapsiperheiden palvelujen asiakassuunnitelma";
    }
}

code_set! {
    /// A social service (Finnish: sosiaalipalvelu).
    SocialService, "1.2.246.537.6.1222" ".201601", "Sosiaalihuolto - Sosiaalipalvelut" {
        /// Educational and family counselling.
        FAMILY_COUNSELLING = "15", "Kasvatus- ja perheneuvonta";
        /// Social guidance.
        SOCIAL_GUIDANCE = "45", "Sosiaaliohjaus";
        /// Social work.
        SOCIAL_WORK = "46", "Sosiaalityö";
    }
}

code_set! {
    /// What a person is to the client (Finnish: asiakkuuteen liittyvä rooli).
    RelationRole, "1.2.246.537.6.1284" "", "Sosiaalihuolto - Asiakkuuteen liittyvä rooli" {
        /// A parent.
        PARENT = "12", "Vanhempi";
        /// The guardian of a child.
        GUARDIAN = "31", "Huoltaja";
        /// A trustee.
        TRUSTEE = "32", "Edunvalvoja";
        /// Who holds a continuing power of attorney.
        CONTINUING_POWER_OF_ATTORNEY = "33", "Edunvalvontavaltuutettu";
        /// An authorised person.
        AUTHORISED = "34", "Valtuutettu";
        /// Another person.
        OTHER_PERSON = "99", "Muu henkilö";
    }
}

code_set! {
    /// What a case is about (Finnish: sosiaalihuollon asia). No value was seen.
    CaseKind, "1.2.246.537.6.1265" "", "Sosiaalihuolto - Sosiaalihuollon asia" {
    }
}

code_set! {
    /// The state of a case (Finnish: asian tila). No value was seen; a case takes the codes from the spec bundle.
    CaseState, "1.2.246.537.6.1501" "", "Sosiaalihuolto - Asian tila" {
    }
}

code_set! {
    /// Why data are searched by the extended right or the authority's right of access
    /// (Finnish: laajan tiedonhaun peruste). No value was seen.
    ExtendedSearchGround, "1.2.246.537.6.1299" ".202101", "Sosiaalihuolto - Laajan tiedonhaun peruste" {
    }
}

/// Every constant of this module.
#[cfg(test)]
pub(crate) fn all_seen() -> Vec<CodedValue> {
    macro_rules! collect {
        ($($set:ident)*) => {
            [$($set::SEEN.iter().cloned().map(CodedValue::from).collect::<Vec<_>>()),*].concat()
        };
    }
    collect! {
        ServiceTask ServiceProcess RetentionClass SpecialContent GuardianDisclosure DisplayRestriction Gender DocumentType
        SocialService RelationRole CaseKind CaseState ExtendedSearchGround
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_hold_identifiers() {
        for value in all_seen() {
            assert!(Oid::parse(value.system().as_str()).is_ok(), "{value}");
            assert!(!value.code().is_empty() && value.display().is_some());
        }
    }

    #[test]
    fn a_set_takes_every_version_of_its_system_and_no_other() {
        let newer = CodedValue::new("77", Oid::parse("1.2.246.537.6.1221.203001").unwrap());
        assert!(ServiceTask::try_from(newer.clone()).is_ok());
        assert_eq!(
            SocialService::try_from(newer).unwrap_err().code(),
            "KANTA-CODE-SYSTEM"
        );
        let other = CodedValue::from(ServiceTask::other("77", "Uusi tehtävä"));
        assert_eq!(
            other.system(),
            CodedValue::from(ServiceTask::CHILD_PROTECTION).system()
        );
    }
}
