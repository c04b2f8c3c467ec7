//! Searching by a register-use right.

use super::RegisterUseRight;
use crate::spec::{Spec, SpecError};
use crate::{CodedValue, Date, InvalidValue, RegisterKeeper, ServiceUnit};

/// Which registers one search message asks (Finnish: haku kahdesta rekisteristä; Kela slides 2020, `[S]`).
///
/// Searching by the right is no disclosure; what is found is still shown by the rules of access.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterSearch {
    /// The unit's own register.
    Own,
    /// The organiser's register.
    Organisers {
        /// Whose register: the search parameter `custodian.id`.
        register_keeper: RegisterKeeper,
    },
    /// Both in one message.
    Both {
        /// Whose register beside the own one.
        register_keeper: RegisterKeeper,
    },
}

impl RegisterUseRight {
    /// Makes a search in the organiser's register.
    ///
    /// # Errors
    /// `KANTA-RIGHT-UNIT` or `KANTA-RIGHT-DAY`: the search needs a right that holds (Kela slides 2020, `[S]`).
    pub fn search(&self, unit: &ServiceUnit, day: Date) -> Result<RegisterSearch, InvalidValue> {
        self.demand(unit, day)?;
        Ok(RegisterSearch::Organisers {
            register_keeper: self.register_keeper().clone(),
        })
    }

    /// Makes a search in the own register and the organiser's, with one message.
    ///
    /// # Errors
    /// `KANTA-RIGHT-UNIT` or `KANTA-RIGHT-DAY`: the search needs a right that holds (Kela slides 2020, `[S]`).
    pub fn search_both(
        &self,
        unit: &ServiceUnit,
        day: Date,
    ) -> Result<RegisterSearch, InvalidValue> {
        self.demand(unit, day)?;
        Ok(RegisterSearch::Both {
            register_keeper: self.register_keeper().clone(),
        })
    }
}

impl RegisterSearch {
    /// Returns whose register stands in the search parameter `custodian.id`, when the search has it.
    #[must_use]
    pub fn register_keeper(&self) -> Option<&RegisterKeeper> {
        match self {
            Self::Own => None,
            Self::Organisers { register_keeper } | Self::Both { register_keeper } => {
                Some(register_keeper)
            }
        }
    }

    /// Returns the use situations of the message (Finnish: käyttötilanne), each a `reasonCode` of its control act.
    ///
    /// # Errors
    /// `KANTA-SPEC-INCOMPLETE` where the bundle has no code that may be used: the one of the organiser's register alone is an
    /// inference.
    pub fn use_situations(&self, spec: &Spec) -> Result<Vec<CodedValue>, SpecError> {
        let own = || spec.code("message.use_situation.own_register");
        match self {
            Self::Own => Ok(vec![own()?.clone()]),
            Self::Organisers { .. } => Ok(vec![
                spec.code("message.use_situation.register_use_right")?
                    .clone(),
            ]),
            Self::Both { .. } => {
                let own = own()?;
                let codes = spec.list("message.use_situation.two_registers")?;
                let value = |code: &String| {
                    if code == own.code() {
                        own.clone()
                    } else {
                        let value = CodedValue::new(code.clone(), own.system().clone());
                        match own.system_name() {
                            Some(name) => value.with_system_name(name),
                            None => value,
                        }
                    }
                };
                Ok(codes.iter().map(value).collect())
            }
        }
    }
}
