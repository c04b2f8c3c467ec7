//! Which use case a request is: told by its service request, as the bundle has it.

use kanta_client::ExtendedSearchGround;
use kanta_client::core::CodedValue;
use kanta_client::core::spec::Spec;
use kanta_client::frame::{Access, Operation, QueryKind, Request};

/// What a request wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// To store the first version of a document of this kind.
    Store { kind: String },
    /// To store a new version of a document of this kind.
    NewVersion { kind: String },
    /// To annul a document.
    Annul,
    /// To find something.
    Find { kind: QueryKind, access: Access },
}

/// What a request wants, with its key in the bundle.
#[derive(Debug)]
pub(super) struct Recognised {
    pub(super) key: String,
    pub(super) wanted: Wanted,
}

/// Recognises a request; `None` for a service request that the bundle does not know.
pub(super) fn recognise(request: &Request, spec: &Spec) -> Option<Recognised> {
    const PREFIX: &str = "message.operation.";
    const SUFFIX: &str = ".service_request";
    let key = spec
        .entries()
        .filter_map(|entry| entry.key.strip_prefix(PREFIX)?.strip_suffix(SUFFIX))
        .find(|operation| {
            spec.code(&format!("{PREFIX}{operation}{SUFFIX}"))
                .is_ok_and(|code| request.reasons_of(code.system()).eq([code.code()]))
        })?
        .to_owned();
    let wanted = if let Some(kind) = key.strip_prefix("store_") {
        Wanted::Store {
            kind: kind.to_owned(),
        }
    } else if let Some(kind) = key.strip_prefix("new_version_") {
        Wanted::NewVersion {
            kind: kind.to_owned(),
        }
    } else if key.starts_with("annul") {
        Wanted::Annul
    } else {
        find(&key, ground(request))?
    };
    Some(Recognised { key, wanted })
}

/// Finds the question whose key this is.
fn find(key: &str, ground: ExtendedSearchGround) -> Option<Wanted> {
    let accesses = [
        Access::Register,
        Access::Permission,
        Access::ExtendedRight(ground.clone()),
        Access::AuthorityRight(ground),
    ];
    accesses.into_iter().find_map(|access| {
        QueryKind::ALL.into_iter().find_map(|kind| {
            let operation = Operation::query(kind, &access).ok()?;
            (operation.key() == key).then(|| Wanted::Find {
                kind,
                access: access.clone(),
            })
        })
    })
}

/// Returns the ground that the request tells; one without a code when there is none.
fn ground(request: &Request) -> ExtendedSearchGround {
    let unknown = CodedValue::from(ExtendedSearchGround::other("", ""));
    let code = request.reasons_of(unknown.system()).next();
    ExtendedSearchGround::other(code.unwrap_or_default(), "")
}
