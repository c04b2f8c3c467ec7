//! The request context from TOML: `frame store --context`.

use kanta_client::core::{Oid, OrganisationOid, PersonalIdentityCode};
use kanta_client::{RequestContext, Scope, User};

use crate::error::Failure;
use crate::metadata::{organisation, person_name};
use crate::toml_reader::{self, Table};

/// A commented TOML with every key.
pub(crate) const HELP: &str = include_str!("help/context.toml");

/// Reads a request context.
pub(crate) fn read(bytes: &[u8]) -> Result<RequestContext, Failure> {
    toml_reader::read(bytes, "kanta frame store --help", read_context)
}

fn read_context(root: &Table<'_>) -> Option<RequestContext> {
    root.need(&["sender", "message_root", "user"]);
    let sender = root.parsed("sender", OrganisationOid::parse);
    let message_root = root.parsed("message_root", Oid::parse);
    let scope = match root.text("scope") {
        None | Some("own_register") => Scope::OwnRegister,
        Some(_) => {
            root.wrong("scope", "no scope of this name; give own_register");
            return None;
        }
    };
    let user = root.table("user", |user| {
        user.need(&["identity_code", "organisation"]);
        let identity = user.parsed("identity_code", PersonalIdentityCode::parse);
        let (name, organisation) = (person_name(user), user.table("organisation", organisation));
        Some(User {
            identity: identity?,
            name: name?,
            organisation: organisation?,
        })
    });
    Some(RequestContext {
        sender: sender?,
        message_root: message_root?,
        user: user?,
        scope,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_reader::help_test::assert_help;

    #[test]
    fn the_help_text_is_what_is_read() {
        assert_help(HELP, read_context);
        assert!(read(HELP.as_bytes()).unwrap().user.identity.is_artificial());
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let found = read(b"sender = \"1.2.3\"\nscope = \"x\"\n[user]\nfamily = \"x\"\n")
            .unwrap_err()
            .to_string();
        for expected in [
            "line 1, `sender`: not the OID of a Finnish organisation",
            "`message_root`: the key is missing",
            "line 2, `scope`",
        ] {
            assert!(found.contains(expected), "{expected} is not in\n{found}");
        }
    }
}
