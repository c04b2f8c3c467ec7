//! The conditional rules of permissions and bans.

use super::{DisclosureBans, DisclosurePermission, Giver, Maker};
use crate::{Mark, Report, Rule, Severity};

pub(super) const REPRESENTATIVE: Rule = Rule::new(
    "KANTA-WILL-REPRESENTATIVE",
    Severity::Error,
    Mark::Stated,
    "Luovutuslupa-asiakirja 1505.8.2023.6.1, Kieltoasiakirja 1505.9.2023.6.5 (THL, Sosmeta), implementation notes",
);
pub(super) const GUARDIAN_BAN: Rule = Rule::new(
    "KANTA-WILL-GUARDIAN-BAN",
    Severity::Warning,
    Mark::Stated,
    "guardians cannot ban on behalf of a child in OmaKanta (kanta.fi)",
);

impl DisclosurePermission {
    /// Checks that a permission given by legal representatives names them (`KANTA-WILL-REPRESENTATIVE`, 1505.8, `[S]`).
    #[must_use]
    pub fn check(&self) -> Report {
        let mut report = Report::new();
        demand_representative(
            &mut report,
            "/luovutuslupa_asiakirja/luovutusluvan_antaja",
            &self.giver,
        );
        report
    }
}

impl DisclosureBans {
    /// Checks that bans set by legal representatives name them (`KANTA-WILL-REPRESENTATIVE`, 1505.9, `[S]`), and that no
    /// guardian has set one in OmaKanta, where guardians cannot (`KANTA-WILL-GUARDIAN-BAN`, a warning, `[S]`).
    #[must_use]
    pub fn check(&self) -> Report {
        let mut report = Report::new();
        for (index, ban) in self.bans.iter().enumerate() {
            let place = format!("ban[{index}]");
            demand_representative(&mut report, &place, &ban.forbidder);
            let by_guardian = match &ban.forbidder {
                Giver::Client => false,
                Giver::Representatives(all) => all.iter().any(|one| one.role.is_guardian()),
            };
            if by_guardian && self.maker == Maker::OmaKanta {
                report.push(GUARDIAN_BAN.finding(
                    place,
                    "huoltaja ei voi asettaa kieltoa lapsen puolesta OmaKannassa",
                    "a guardian cannot set a ban for a child in OmaKanta",
                ));
            }
        }
        report
    }
}

fn demand_representative(report: &mut Report, place: &str, giver: &Giver) {
    if *giver == Giver::Representatives(Vec::new()) {
        report.push(REPRESENTATIVE.finding(
            place,
            "tahdon on ilmaissut laillinen edustaja, mutta häntä ei ole nimetty",
            "a legal representative has expressed the will, but none is named",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        BanTarget, DisclosureBan, Representative, RepresentativeIdentifier, RepresentativeRole,
        WillClient, WillRecorder,
    };
    use super::*;
    use crate::codes::RelationRole;
    use crate::relation::fixture::{aino, day, name};

    fn giver(role: RelationRole) -> Giver {
        Giver::Representatives(vec![Representative {
            name: name(),
            identifier: RepresentativeIdentifier::Trustee("17".into()),
            role: RepresentativeRole::try_from(role).unwrap(),
        }])
    }

    #[test]
    fn representatives_are_named_and_guardians_do_not_ban_in_omakanta() {
        let client = || WillClient {
            identity_code: aino().identity_code().unwrap().clone(),
            name: name(),
        };
        let professional = || {
            Maker::ClientSystem(WillRecorder {
                name: name(),
                job_title: None,
                unit: None,
            })
        };
        for (giver, maker, of_permission, of_bans) in [
            (Giver::Client, Maker::OmaKanta, "", ""),
            (
                Giver::Representatives(Vec::new()),
                professional(),
                "KANTA-WILL-REPRESENTATIVE",
                "KANTA-WILL-REPRESENTATIVE",
            ),
            (
                giver(RelationRole::GUARDIAN),
                Maker::OmaKanta,
                "",
                "KANTA-WILL-GUARDIAN-BAN",
            ),
            (giver(RelationRole::GUARDIAN), professional(), "", ""),
            (giver(RelationRole::TRUSTEE), Maker::OmaKanta, "", ""),
        ] {
            let rules = |report: Report| {
                let rules: Vec<_> = report
                    .iter()
                    .map(|finding| finding.rule().to_owned())
                    .collect();
                rules.join(" ")
            };
            let permission = DisclosurePermission::given(client(), day("1.1"), maker.clone());
            assert_eq!(rules(permission.by(giver.clone()).check()), of_permission);
            let mut ban = DisclosureBan::new(BanTarget::RegisterKeepers(Vec::new()), day("1.1"));
            ban.forbidder = giver;
            let bans = DisclosureBans::none(client(), maker).with(ban);
            assert_eq!(rules(bans.check()), of_bans);
        }
    }
}
