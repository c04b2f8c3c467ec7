//! What the guide fixes and the spec bundle holds: addresses, code systems, roles, layout.

use std::fmt;

use kanta_core::spec::{Environment, Spec, SpecError};

use crate::resource::Coding;

/// The bindings of the notice to FHIR, all of them present.
///
/// Read once from the effective spec bundle and used for many notices. `kanta_core`'s default bundle lacks what Kela has not
/// published; an overlay of the host gives it.
#[derive(Debug, Clone)]
pub struct Bindings {
    pub(crate) environment: Environment,
    pub(crate) profile: Profiles,
    pub(crate) extension: Extensions,
    pub(crate) register: OwnedCoding,
    pub(crate) audit_type: OwnedCoding,
    pub(crate) disclosure_type_system: String,
    pub(crate) purpose_system: String,
    pub(crate) authentication_system: String,
    pub(crate) register_keeper: Role,
    pub(crate) professional: Role,
    pub(crate) recipient: Role,
    pub(crate) makers: Vec<Maker>,
    pub(crate) client_in_each_entity: bool,
    pub(crate) person_identifier: PersonIdentifier,
    pub(crate) registration_number_system: String,
    /// Needed only by notices with a permit or consent of their own.
    pub(crate) consent: Result<ConsentBindings, BindingsError>,
}

#[derive(Debug, Clone)]
pub(crate) struct Profiles {
    pub(crate) audit_event: String,
    pub(crate) provenance: String,
    pub(crate) organization: String,
    pub(crate) practitioner_role: String,
    pub(crate) practitioner: String,
    pub(crate) patient: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Extensions {
    pub(crate) register_type: String,
    pub(crate) practitioner_title: String,
    pub(crate) authentication_method: String,
    pub(crate) disclosure_type: String,
    pub(crate) provenance: String,
    pub(crate) provenance_value: String,
    pub(crate) disclosed_data: String,
    pub(crate) service_task: String,
    pub(crate) general_type: String,
    pub(crate) specified_type: String,
    pub(crate) description: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConsentBindings {
    pub(crate) profile: String,
    pub(crate) extension: String,
    pub(crate) status: String,
    pub(crate) scope: OwnedCoding,
    pub(crate) permit: OwnedCoding,
    pub(crate) consent: OwnedCoding,
    pub(crate) policy: String,
}

/// A part that somebody takes in the event.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) coding: OwnedCoding,
    pub(crate) requestor: bool,
}

/// Who is named as a maker of the notice, with the code of the role.
#[derive(Debug, Clone)]
pub(crate) struct Maker {
    pub(crate) who: MakerKind,
    pub(crate) coding: OwnedCoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MakerKind {
    Professional,
    ServiceUnit,
}

/// The form of a person's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersonIdentifier {
    /// System `urn:oid:<root>`, value as it is.
    OidRoot,
    /// System `urn:ietf:rfc:3986`, value `urn:oid:<root>.<value>`.
    Rfc3986Urn,
}

/// A coding that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnedCoding {
    pub(crate) system: String,
    pub(crate) code: String,
    pub(crate) display: String,
}

impl OwnedCoding {
    pub(crate) fn to_coding(&self) -> Coding<'_> {
        Coding::new(
            self.system.as_str(),
            self.code.as_str(),
            self.display.as_str(),
        )
    }
}

/// Everything that the spec bundle lacks for notices, each with the official document that has it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct BindingsError(Vec<SpecError>);

impl BindingsError {
    /// Returns what is missing or unusable, one at least.
    #[must_use]
    pub fn problems(&self) -> &[SpecError] {
        &self.0
    }

    /// Puts everything that several errors name into one.
    #[must_use]
    pub fn all(errors: impl IntoIterator<Item = Self>) -> Self {
        let mut problems: Vec<SpecError> = errors.into_iter().flat_map(|error| error.0).collect();
        let mut seen = std::collections::HashSet::new();
        problems.retain(|problem| seen.insert(problem.to_string()));
        Self(problems)
    }
}

impl fmt::Display for BindingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl Bindings {
    /// Reads the bindings.
    ///
    /// # Errors
    /// [`BindingsError`] with every key that has no value for the environment. What only a permit or consent needs is looked
    /// for when a notice has one.
    pub fn from_spec(spec: &Spec) -> Result<Self, BindingsError> {
        let mut lookup = Lookup::new(spec);
        let bindings = Self {
            environment: spec.environment(),
            profile: Profiles {
                audit_event: lookup.text("profile.audit_event"),
                provenance: lookup.text("profile.provenance"),
                organization: lookup.text("profile.organization"),
                practitioner_role: lookup.text("profile.practitioner_role"),
                practitioner: lookup.text("profile.practitioner"),
                patient: lookup.text("profile.patient"),
            },
            extension: Extensions {
                register_type: lookup.text("extension.register_type"),
                practitioner_title: lookup.text("extension.practitioner_title"),
                authentication_method: lookup.text("extension.authentication_method"),
                disclosure_type: lookup.text("extension.disclosure_type"),
                provenance: lookup.text("extension.provenance"),
                provenance_value: lookup.text("extension.provenance_value"),
                disclosed_data: lookup.text("extension.disclosed_data.url"),
                service_task: lookup.text("extension.disclosed_data.service_task"),
                general_type: lookup.text("extension.disclosed_data.general_type"),
                specified_type: lookup.text("extension.disclosed_data.specified_type"),
                description: lookup.text("extension.disclosed_data.description"),
            },
            register: lookup.national_code("register.client"),
            audit_type: lookup.coding("audit_type"),
            disclosure_type_system: lookup.text("code_system.disclosure_type"),
            purpose_system: lookup.text("code_system.purpose"),
            authentication_system: lookup.text("code_system.authentication_method"),
            register_keeper: lookup.role("agent.register_keeper"),
            professional: lookup.role("agent.professional"),
            recipient: lookup.role("agent.recipient"),
            makers: lookup.makers(),
            client_in_each_entity: lookup.choice("layout.client", &["own-entity", "each-entity"])
                == 1,
            person_identifier: match lookup
                .choice("layout.person_identifier", &["oid-root", "rfc3986-urn"])
            {
                0 => PersonIdentifier::OidRoot,
                _ => PersonIdentifier::Rfc3986Urn,
            },
            registration_number_system: lookup.text("layout.registration_number_system"),
            consent: consent(spec),
        };
        lookup.finish(bindings)
    }
}

fn consent(spec: &Spec) -> Result<ConsentBindings, BindingsError> {
    let mut lookup = Lookup::new(spec);
    let category_system = lookup.text("consent.category_system");
    let mut category = |kind: &str| OwnedCoding {
        system: category_system.clone(),
        code: lookup.text(&format!("consent.{kind}_code")),
        display: lookup.text(&format!("consent.{kind}_display")),
    };
    let (permit, consent) = (category("permit"), category("consent"));
    let bindings = ConsentBindings {
        profile: lookup.text("profile.consent"),
        extension: lookup.text("extension.consent"),
        status: lookup.text("consent.status"),
        scope: OwnedCoding {
            system: lookup.text("consent.scope_system"),
            code: lookup.text("consent.scope_code"),
            display: lookup.text("consent.scope_display"),
        },
        permit,
        consent,
        policy: lookup.text("consent.policy"),
    };
    lookup.finish(bindings)
}

/// Looks keys up and remembers every one that has no value.
pub(crate) struct Lookup<'s> {
    spec: &'s Spec,
    problems: Vec<SpecError>,
}

impl<'s> Lookup<'s> {
    pub(crate) fn new(spec: &'s Spec) -> Self {
        Self {
            spec,
            problems: Vec::new(),
        }
    }

    pub(crate) fn finish<T>(self, found: T) -> Result<T, BindingsError> {
        if self.problems.is_empty() {
            Ok(found)
        } else {
            Err(BindingsError(self.problems))
        }
    }

    /// Takes a part that was looked up elsewhere; what it lacks is told with the rest.
    pub(crate) fn part<T>(&mut self, part: Result<T, BindingsError>) -> Result<T, BindingsError> {
        part.map_err(|BindingsError(problems)| {
            self.problems.extend(problems);
            BindingsError(std::mem::take(&mut self.problems))
        })
    }

    pub(crate) fn problem(&mut self, key: &str, why: &str) {
        self.problems.push(SpecError::invalid(&full(key), why));
    }

    fn keep<T: Default>(&mut self, found: Result<T, SpecError>) -> T {
        found.unwrap_or_else(|problem| {
            self.problems.push(problem);
            T::default()
        })
    }

    pub(crate) fn text(&mut self, key: &str) -> String {
        let found = self.spec.text(&full(key)).map(str::to_owned);
        self.keep(found)
    }

    pub(crate) fn list(&mut self, key: &str) -> Vec<String> {
        let found = self.spec.list(&full(key)).map(<[String]>::to_vec);
        self.keep(found)
    }

    pub(crate) fn number(&mut self, key: &str) -> i64 {
        let found = self.spec.number(&full(key));
        self.keep(found)
    }

    /// Returns which of some words is the value.
    pub(crate) fn choice(&mut self, key: &str, words: &[&str]) -> usize {
        let before = self.problems.len();
        let word = self.text(key);
        let found = words.iter().position(|known| *known == word);
        if found.is_none() && self.problems.len() == before {
            self.problem(key, &format!("one of {} is expected", words.join(", ")));
        }
        found.unwrap_or_default()
    }

    fn coding(&mut self, key: &str) -> OwnedCoding {
        OwnedCoding {
            system: self.text(&format!("{key}.system")),
            code: self.text(&format!("{key}.code")),
            display: self.text(&format!("{key}.display")),
        }
    }

    fn national_code(&mut self, key: &str) -> OwnedCoding {
        match self.spec.code(&full(key)) {
            Ok(code) => OwnedCoding {
                system: code.system().to_urn(),
                code: code.code().to_owned(),
                display: code.display().unwrap_or_default().to_owned(),
            },
            Err(problem) => {
                self.problems.push(problem);
                OwnedCoding {
                    system: String::new(),
                    code: String::new(),
                    display: String::new(),
                }
            }
        }
    }

    fn role(&mut self, key: &str) -> Role {
        let requestor = self.spec.flag(&full(&format!("{key}.requestor")));
        Role {
            coding: self.coding(key),
            requestor: self.keep(requestor),
        }
    }

    fn makers(&mut self) -> Vec<Maker> {
        let system = self.text("provenance_role.system");
        let mut makers = Vec::new();
        for word in self.list("provenance_role.agents") {
            let who = match word.as_str() {
                "professional" => MakerKind::Professional,
                "service_unit" => MakerKind::ServiceUnit,
                _ => {
                    self.problem(
                        "provenance_role.agents",
                        "professional and service_unit are known",
                    );
                    continue;
                }
            };
            makers.push(Maker {
                who,
                coding: OwnedCoding {
                    system: system.clone(),
                    code: self.text(&format!("provenance_role.{word}.code")),
                    display: self.text(&format!("provenance_role.{word}.display")),
                },
            });
        }
        makers
    }
}

fn full(key: &str) -> String {
    format!("fhir.{key}")
}
