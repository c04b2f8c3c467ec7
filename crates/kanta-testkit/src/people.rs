//! Fictional people and organisations.
//!
//! Identity codes have individual numbers of 900–999, which are never given to real people; organisations stand below
//! `1.2.246.10.99999999`, whose check digit is wrong on purpose.

use kanta_client::core::metadata::{Client, Office, Software};
use kanta_client::core::{
    ClientIdentifier, Oid, Organisation, OrganisationOid, PersonName, PersonalIdentityCode,
    Professional, ProfessionalRegistrationNumber,
};
use kanta_client::{Authentication, Joining, RequestContext, Scope, User};

/// The arc of the fictional wellbeing services county.
pub const ORGANISATION_ARC: &str = "1.2.246.10.99999999";

/// Returns a child whose family gets services.
#[must_use]
pub fn child() -> Client {
    Client::new(
        ClientIdentifier::PersonalIdentityCode(identity_code("090514A9226")),
        name(&["Aino", "Tuulikki"], "Kuvitelma").with_call_name("Aino"),
    )
}

/// Returns the professional who makes documents.
#[must_use]
pub fn social_worker() -> Professional {
    Professional {
        registration_number: Some(
            ProfessionalRegistrationNumber::parse("99999999911").expect("eleven digits"),
        ),
        name: name(&["Onni"], "Esimerkillinen"),
    }
}

/// Returns the professional as the user of a request, with a card.
#[must_use]
pub fn user() -> User {
    user_at(service_unit())
}

fn user_at(unit: Organisation) -> User {
    User::new(
        "worker-17",
        identity_code("170281-935M"),
        social_worker().name,
        unit,
        Authentication::ProfessionalCard,
    )
}

/// Returns the fictional wellbeing services county: register keeper, organiser and producer in one.
#[must_use]
pub fn county() -> Organisation {
    organisation("10.0", "Kuvitelman hyvinvointialue")
}

/// Returns the service unit of the county.
#[must_use]
pub fn service_unit() -> Organisation {
    organisation("10.21", "Kuvitelman perhepalvelut")
}

/// Returns where the documents of these people are made.
#[must_use]
pub fn office() -> Office {
    Office {
        register_keeper: county(),
        organiser: county(),
        producer: county(),
        service_unit: service_unit(),
        software: Software {
            vendor: "Esimerkkitoimittaja".to_owned(),
            product: "Esimerkki-ATJ".to_owned(),
            version: "1.0.0".to_owned(),
        },
    }
}

/// Returns the context of requests that the professional makes in the county's own register.
#[must_use]
pub fn context() -> RequestContext {
    direct(county(), service_unit())
}

/// Returns another fictional county, which keeps a register of its own.
#[must_use]
pub fn other_county() -> Organisation {
    organisation("10.40", "Toisen kuvitelman hyvinvointialue")
}

/// Returns the context of requests that a professional makes in the other county's own register.
#[must_use]
pub fn other_county_context() -> RequestContext {
    direct(
        other_county(),
        organisation("10.41", "Toisen kuvitelman perhepalvelut"),
    )
}

/// Returns a fictional private provider that produces services for the county.
#[must_use]
pub fn provider() -> Organisation {
    organisation("10.700", "Esimerkkihoiva Oy")
}

/// Returns the provider's service unit.
#[must_use]
pub fn provider_unit() -> Organisation {
    organisation("10.701", "Esimerkkikoti")
}

/// Returns the context of requests that a professional makes for the provider.
#[must_use]
pub fn provider_context() -> RequestContext {
    direct(provider(), provider_unit())
}

fn direct(organisation: Organisation, unit: Organisation) -> RequestContext {
    RequestContext::new(
        Joining::Direct { organisation },
        oid(&format!("{ORGANISATION_ARC}.18.1")),
        user_at(unit),
        Scope::OwnRegister,
    )
}

/// Returns every unit here with the organisation that it belongs to.
#[must_use]
pub fn units() -> Vec<(Organisation, Organisation)> {
    vec![
        (service_unit(), county()),
        (other_county_context().user.unit, other_county()),
        (provider_unit(), provider()),
    ]
}

/// Returns an identifier below the county's arc.
///
/// # Panics
/// When `rest` is not arcs in dotted form.
#[must_use]
pub fn county_oid(rest: &str) -> Oid {
    oid(&format!("{ORGANISATION_ARC}.{rest}"))
}

fn organisation(rest: &str, name: &str) -> Organisation {
    let oid = OrganisationOid::new(county_oid(rest)).expect("the arc is an organisation's");
    Organisation::new(oid, name)
}

fn oid(text: &str) -> Oid {
    Oid::parse(text).expect("the text is an object identifier")
}

fn identity_code(text: &str) -> PersonalIdentityCode {
    PersonalIdentityCode::parse(text).expect("the check character is right")
}

fn name(given: &[&str], family: &str) -> PersonName {
    PersonName::new(given.iter().copied(), family).expect("no part is empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_here_can_be_real() {
        assert!(!child().identifier.can_be_a_real_person());
        assert!(user().identity.is_artificial());
        assert_eq!(county().oid.business_id(), None);
    }
}
