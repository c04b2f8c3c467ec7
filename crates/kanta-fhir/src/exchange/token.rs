//! The token that goes with every request (JSON Web Token), by a profile of the spec bundle.

use kanta_core::spec::Spec;
use kanta_core::{Instant, Organisation};
use kanta_sign::Signer;
use kanta_sign::jws::{self, JwsError, JwsProfile};
use serde_json::{Map, Value};

use crate::bindings::{BindingsError, Lookup};
use crate::notice::NamedCode;
use crate::signature::jws_profile;

/// Who calls, for the token (other Kanta FHIR guides: the content is that of an older Kanta interface).
///
/// `Debug` shows no person.
#[derive(Clone)]
pub struct Caller {
    /// The identifier of the calling information system.
    pub system_id: String,
    /// Its name.
    pub system_name: String,
    /// The identifier of the person at work.
    pub user_id: String,
    /// The person's name.
    pub user_name: String,
    /// How the person was authenticated.
    pub authentication: NamedCode,
    /// The organisation that has joined Kanta (Finnish: liittyjä).
    pub joined: Organisation,
    /// The organisation that makes the request (Finnish: pyynnön tehnyt organisaatio).
    pub requester: Organisation,
    /// Its unit.
    pub requester_unit: Option<Organisation>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller")
            .field("system", &self.system_id)
            .field("requester", &self.requester.oid)
            .finish_non_exhaustive()
    }
}

macro_rules! claims {
    ($($(#[$docs:meta])* $name:ident = $word:literal;)*) => {
        /// Where the value of a claim comes from; the spec bundle names it by its word.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Claim {
            $(
                $(#[$docs])*
                #[doc = concat!(" (`", $word, "`)")]
                $name,
            )*
        }

        impl Claim {
            const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$name)),*];
        }
    };
}

claims! {
    /// When the token was made, in seconds since 1970.
    IssuedAt = "issued_at";
    /// When it ends, in seconds since 1970.
    ExpiresAt = "expires_at";
    /// The identifier of the request.
    RequestId = "request.id";
    /// The identifier of the system.
    SystemId = "system.id";
    /// The name of the system.
    SystemName = "system.name";
    /// The identifier of the person.
    UserId = "user.id";
    /// The name of the person.
    UserName = "user.name";
    /// The code of how the person was authenticated.
    UserAuthentication = "user.authentication_method";
    /// The OID of the joined organisation.
    JoinedId = "joined.id";
    /// The name of the joined organisation.
    JoinedName = "joined.name";
    /// The OID of the requesting organisation.
    RequesterId = "requester.id";
    /// The name of the requesting organisation.
    RequesterName = "requester.name";
    /// The OID of its unit.
    RequesterUnitId = "requester.unit_id";
    /// The name of its unit.
    RequesterUnitName = "requester.unit_name";
}

/// What a token looks like.
#[derive(Debug, Clone)]
pub(super) struct TokenProfile {
    jws: JwsProfile,
    claims: Vec<(Vec<String>, Claim)>,
    lifetime_seconds: i64,
}

impl TokenProfile {
    pub(super) fn from_spec(spec: &Spec) -> Result<Self, BindingsError> {
        const CLAIMS: &str = "token.claims";
        let mut lookup = Lookup::new(spec);
        let mut claims = Vec::new();
        for line in lookup.list(CLAIMS) {
            let claim = line.split_once('=').and_then(|(path, word)| {
                let (_, claim) = Claim::ALL.iter().find(|(known, _)| *known == word.trim())?;
                let path: Vec<String> = path.trim().split('/').map(str::to_owned).collect();
                (!path.iter().any(String::is_empty)).then_some((path, *claim))
            });
            match claim {
                Some(claim) => claims.push(claim),
                None => lookup.problem(CLAIMS, &format!("`{line}` is not `path = source`")),
            }
        }
        let profile = Self {
            jws: jws_profile(&mut lookup, "token"),
            claims,
            lifetime_seconds: lookup.number("token.lifetime_seconds"),
        };
        lookup.finish(profile)
    }

    /// Makes a token for one request.
    pub(super) fn token(
        &self,
        caller: &Caller,
        request_id: &str,
        now: Instant,
        signer: &dyn Signer,
    ) -> Result<String, JwsError> {
        let mut claims = Map::new();
        for (path, claim) in &self.claims {
            if let Some(value) = self.value(*claim, caller, request_id, now) {
                put(&mut claims, path, value);
            }
        }
        let claims = Value::Object(claims).to_string();
        jws::sign(claims.as_bytes(), &self.jws, signer)
    }

    pub(super) fn jws(&self) -> &JwsProfile {
        &self.jws
    }

    /// The path of a claim, where the profile has it.
    pub(super) fn path(&self, claim: Claim) -> Option<&[String]> {
        let found = self.claims.iter().find(|(_, known)| *known == claim);
        found.map(|(path, _)| path.as_slice())
    }

    fn value(
        &self,
        claim: Claim,
        caller: &Caller,
        request_id: &str,
        now: Instant,
    ) -> Option<Value> {
        let oid = |organisation: &Organisation| organisation.oid.to_string();
        let unit = caller.requester_unit.as_ref();
        let text = match claim {
            Claim::IssuedAt => return Some(now.unix_seconds().into()),
            Claim::ExpiresAt => {
                let end = now.unix_seconds().saturating_add(self.lifetime_seconds);
                return Some(end.into());
            }
            Claim::RequestId => Some(request_id.to_owned()),
            Claim::SystemId => Some(caller.system_id.clone()),
            Claim::SystemName => Some(caller.system_name.clone()),
            Claim::UserId => Some(caller.user_id.clone()),
            Claim::UserName => Some(caller.user_name.clone()),
            Claim::UserAuthentication => Some(caller.authentication.code().to_owned()),
            Claim::JoinedId => Some(oid(&caller.joined)),
            Claim::JoinedName => caller.joined.name.clone(),
            Claim::RequesterId => Some(oid(&caller.requester)),
            Claim::RequesterName => caller.requester.name.clone(),
            Claim::RequesterUnitId => unit.map(oid),
            Claim::RequesterUnitName => unit.and_then(|unit| unit.name.clone()),
        };
        text.map(Value::String)
    }
}

/// Puts a value below a path of names.
fn put(claims: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => {
            claims.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let inner = claims
                .entry(name.clone())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}
