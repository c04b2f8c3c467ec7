//! `kanta id`: identifiers.

use clap::builder::PossibleValue;
use clap::{Subcommand, ValueEnum};
use kanta_client::core::{
    BusinessId, InvalidValue, Oid, OrganisationOid, PersonalIdentityCode,
    ProfessionalRegistrationNumber, Sex,
};

use crate::error::{Exit, Failure};
use crate::input::Input;
use crate::output::{Shown, json_line};
use crate::setup::Setup;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check an identifier and tell its parts, as one line of JSON
    ///
    /// A wrong one is told with its code, what is wrong and what to do, and exit code 1. With `-` every line of standard
    /// input is a value of its own, and identity codes stay out of the list of processes and the shell's history.
    Check {
        /// What the value should be
        kind: Kind,
        /// The value, or `-` to read values from standard input, one a line
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    /// A personal identity code (henkilötunnus)
    Hetu,
    /// A business id (Y-tunnus)
    YTunnus,
    /// An object identifier
    Oid,
    /// A professional's registration number (rekisteröintinumero)
    RegistrationNumber,
}

pub(crate) fn run(command: Command, setup: &Setup) -> Result<Exit, Failure> {
    let Command::Check { kind, value } = command;
    if value != "-" {
        return check_all(kind, &[&value], setup);
    }
    let bytes = setup.inputs.bytes(&Input::Standard)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        Failure::unusable(format!(
            "standard input, line {line}: not UTF-8; give text in UTF-8 [KANTA-CLI-UTF8]"
        ))
    })?;
    let values: Vec<&str> = text.lines().collect();
    if values.is_empty() {
        return Err(Failure::unusable(
            "standard input is empty: give one value a line [KANTA-CLI-EMPTY]",
        ));
    }
    check_all(kind, &values, setup)
}

fn check_all(kind: Kind, values: &[&str], setup: &Setup) -> Result<Exit, Failure> {
    let mut lines = String::new();
    let mut all_fine = true;
    for (index, value) in values.iter().enumerate() {
        let checked = parts(kind, value);
        if let Err(error) = &checked
            && !setup.json()
        {
            let place = if values.len() > 1 {
                format!("line {}: ", index + 1)
            } else {
                String::new()
            };
            setup.output.message(&format!("error: {place}{error}"));
        }
        all_fine &= checked.is_ok();
        let mut line = vec![
            (
                "kind",
                Shown::text(
                    kind.to_possible_value()
                        .as_ref()
                        .map(PossibleValue::get_name),
                ),
            ),
            ("valid", Shown::Flag(checked.is_ok())),
        ];
        line.extend(checked.unwrap_or_else(|error| {
            vec![
                ("code", Shown::text(Some(error.code()))),
                ("problem", Shown::text(Some(error.problem()))),
                ("remedy", Shown::text(Some(error.remedy()))),
            ]
        }));
        lines.push_str(&json_line(&Shown::Group(line)));
    }
    setup.output.bytes(lines.as_bytes())?;
    Ok(Exit::verdict(all_fine))
}

type Parts = Vec<(&'static str, Shown)>;

fn parts(kind: Kind, value: &str) -> Result<Parts, InvalidValue> {
    Ok(match kind {
        Kind::Hetu => {
            let code = PersonalIdentityCode::parse(value)?;
            let sex = match code.sex() {
                Sex::Male => "male",
                Sex::Female => "female",
            };
            vec![
                ("birth_date", Shown::text(Some(code.birth_date()))),
                ("sex", Shown::text(Some(sex))),
                ("artificial", Shown::Flag(code.is_artificial())),
                ("masked", Shown::text(Some(code.masked()))),
                ("root", Shown::text(Some(PersonalIdentityCode::root()))),
            ]
        }
        Kind::YTunnus => {
            let id = BusinessId::parse(value)?;
            vec![
                ("business_id", Shown::text(Some(id))),
                ("oid_arc", Shown::text(Some(id.oid_arc()))),
            ]
        }
        Kind::Oid => {
            let oid = Oid::parse(value)?;
            let organisation = OrganisationOid::new(oid.clone()).ok();
            let business_id = organisation.as_ref().and_then(OrganisationOid::business_id);
            vec![
                ("oid", Shown::text(Some(&oid))),
                ("urn", Shown::text(Some(oid.to_urn()))),
                ("organisation", Shown::Flag(organisation.is_some())),
                ("business_id", Shown::text(business_id)),
            ]
        }
        Kind::RegistrationNumber => {
            let number = ProfessionalRegistrationNumber::parse(value)?;
            vec![
                ("registration_number", Shown::text(Some(number.expose()))),
                ("usual_length", Shown::Flag(number.has_usual_length())),
                (
                    "root",
                    Shown::text(Some(ProfessionalRegistrationNumber::root())),
                ),
            ]
        }
    })
}
