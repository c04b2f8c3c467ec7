//! The use situation of a message, which follows from its scope and right.

use kanta_core::right::RegisterSearch;
use kanta_core::spec::Spec;
use kanta_core::{CodedValue, Organisation, RegisterKeeper};

use super::{Access, FrameError, Operation};
use crate::Scope;

/// Returns the use-situation codes (Finnish: käyttötilanne).
///
/// # Errors
/// [`FrameError::Scope`] for an operation that cannot be done in that register by that right.
pub(crate) fn use_situations(
    operation: &Operation,
    access: &Access,
    scope: &Scope,
    spec: &Spec,
) -> Result<Vec<CodedValue>, FrameError> {
    let code = |key: &str| spec.code(&format!("message.use_situation.{key}")).cloned();
    let misfit = || FrameError::Scope {
        operation: operation.clone(),
        scope: scope.as_str(),
    };
    if operation.is_about_wills() {
        return match scope {
            Scope::OwnRegister => Ok(vec![code("will")?]),
            _ => Err(misfit()),
        };
    }
    Ok(match (scope, access) {
        (Scope::OwnRegister, Access::Register) => vec![code("own_register")?],
        (Scope::OrganiserRegister { .. }, Access::Register) => vec![code("register_use_right")?],
        (Scope::OwnAndOrganiser { register_keeper }, Access::Register) if operation.asks() => {
            let register_keeper = RegisterKeeper::new(Organisation {
                oid: register_keeper.clone(),
                name: None,
            });
            RegisterSearch::Both { register_keeper }.use_situations(spec)?
        }
        (Scope::OtherRegister { .. }, Access::Permission) => vec![code("disclosure")?],
        (Scope::OtherRegister { .. }, Access::ExtendedRight(_)) => vec![code("extended_right")?],
        (Scope::OtherRegister { .. }, Access::AuthorityRight(_)) => vec![code("authority_right")?],
        _ => return Err(misfit()),
    })
}
