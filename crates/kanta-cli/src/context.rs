//! The request context from TOML: `frame store --context`.

use kanta_client::core::{
    CaseId, Oid, Organisation, OrganisationOid, PersonalIdentityCode,
    ProfessionalRegistrationNumber,
};
use kanta_client::{Authentication, Joining, RequestContext, Scope, User};

use crate::error::Failure;
use crate::metadata::{organisation, person_name};
use crate::toml_reader::{self, Table};

/// A commented TOML with every key.
pub(crate) const HELP: &str = include_str!("help/context.toml");

/// Reads a request context.
pub(crate) fn read(bytes: &[u8]) -> Result<RequestContext, Failure> {
    toml_reader::read(bytes, "kanta frame store --help", read_context)
}

pub(crate) fn read_context(root: &Table<'_>) -> Option<RequestContext> {
    root.need(&["sender", "message_root", "user"]);
    let sender = root.parsed("sender", OrganisationOid::parse);
    let message_root = root.parsed("message_root", Oid::parse);
    let acting = root.table("organisation", organisation);
    let joining = read_joining(root, sender.clone(), acting);
    let scope = read_scope(root);
    let user = root.table("user", read_user);
    let case = root.parsed("case", CaseId::parse);
    let mut context = RequestContext::new(joining?, message_root?, user?, scope?);
    context.case = case;
    context.purpose = root.text("purpose").map(str::to_owned);
    Some(context)
}

fn read_joining(
    root: &Table<'_>,
    sender: Option<OrganisationOid>,
    acting: Option<Organisation>,
) -> Option<Joining> {
    let word = root.text("joining");
    match (word, sender, acting) {
        (None | Some("direct"), sender, acting) => {
            let organisation = acting.or_else(|| {
                Some(Organisation {
                    oid: sender?,
                    name: None,
                })
            })?;
            Some(Joining::Direct { organisation })
        }
        (Some("shared" | "parallel"), _, None) => {
            root.wrong(
                "joining",
                "name the organisation that acts in a table [organisation]",
            );
            None
        }
        (Some("shared"), sender, Some(organisation)) => Some(Joining::Shared {
            main_joiner: sender?,
            organisation,
        }),
        (Some("parallel"), sender, Some(organisation)) => Some(Joining::Parallel {
            system_owner: sender?,
            organisation,
        }),
        (Some(_), ..) => {
            root.wrong("joining", "give direct, shared or parallel");
            None
        }
    }
}

fn read_scope(root: &Table<'_>) -> Option<Scope> {
    let keeper = root.parsed("register_keeper", OrganisationOid::parse);
    match (root.text("scope"), keeper) {
        (None | Some("own_register"), _) => Some(Scope::OwnRegister),
        (Some("organiser_register"), Some(register_keeper)) => {
            Some(Scope::OrganiserRegister { register_keeper })
        }
        (Some("organiser_register"), None) => {
            root.wrong("scope", "name the organiser in register_keeper");
            None
        }
        (Some(_), _) => {
            root.wrong(
                "scope",
                "no scope of this name for storing; give own_register or organiser_register",
            );
            None
        }
    }
}

fn read_user(user: &Table<'_>) -> Option<User> {
    user.need(&["identity_code", "organisation"]);
    let identity = user.parsed("identity_code", PersonalIdentityCode::parse);
    let (name, unit) = (person_name(user), user.table("organisation", organisation));
    let number = user.parsed("registration_number", ProfessionalRegistrationNumber::parse);
    let authentication = match user.text("authentication") {
        None | Some("system") => Authentication::System,
        Some("basic") => Authentication::Basic,
        Some("strong") => Authentication::Strong,
        Some("professional_card") => Authentication::ProfessionalCard,
        Some(_) => {
            user.wrong(
                "authentication",
                "give system, basic, strong or professional_card",
            );
            return None;
        }
    };
    // The command line keeps no use log, so its user needs no name of the host's.
    let mut read = User::new("", identity?, name?, unit?, authentication);
    read.registration_number = number;
    Some(read)
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
