//! What a notice says was disclosed.

use super::Checker;
use super::node::Node;
use crate::notice::OriginalServiceTask;
use crate::rules;

const DATA_SET: &str = "fhir.extension.disclosed_data.url";
const SERVICE_TASKS: &str = "urn:oid:1.2.246.537.6.1221.201601";

impl Checker<'_> {
    pub(super) fn data_sets(&mut self, notice: &Node<'_>, place: &str) {
        let Some(url) = self.binding(DATA_SET) else {
            return;
        };
        let mut found = false;
        for (index, entity) in notice.list("entity").iter().enumerate() {
            for set in entity.extensions(url) {
                found = true;
                self.data_set(set, &format!("{place}.entity[{index}]"));
            }
        }
        if !found {
            self.push_by(
                &[DATA_SET],
                &rules::A_12,
                format!("{place}.entity"),
                "luovutettuja tietokokonaisuuksia on oltava ainakin yksi",
                "there is one disclosed data set at least",
            );
        }
    }

    fn data_set(&mut self, set: &Node<'_>, place: &str) {
        const TASK: &str = "fhir.extension.disclosed_data.service_task";
        if let Some(url) = self.binding(TASK) {
            let systems: Vec<Option<&str>> = set
                .extensions(url)
                .map(|task| {
                    task.get("valueCoding")
                        .and_then(|coding| coding.text("system"))
                })
                .collect();
            if !systems.contains(&Some(SERVICE_TASKS)) {
                self.push_by(
                    &[DATA_SET, TASK],
                    &rules::A_12,
                    place,
                    "tietokokonaisuudelta puuttuu palvelutehtävä",
                    "the data set has no service task",
                );
            }
            let known = [
                SERVICE_TASKS,
                OriginalServiceTask::SYSTEM_1989,
                OriginalServiceTask::SYSTEM_2011,
            ];
            if !systems
                .iter()
                .all(|system| system.is_some_and(|system| known.contains(&system)))
            {
                self.push_by(
                    &[DATA_SET, TASK],
                    &rules::A_13,
                    place,
                    "palvelutehtävä on nykyisestä luokituksesta, alkuperäinen vuoden 1989 tai 2011 luokituksesta",
                    "a service task is of the present classification, an original one of that of 1989 or 2011",
                );
            }
        }
        let keys = [
            "fhir.extension.disclosed_data.general_type",
            "fhir.extension.disclosed_data.specified_type",
            "fhir.extension.disclosed_data.description",
        ];
        let urls: Vec<&str> = keys
            .into_iter()
            .filter_map(|key| self.binding(key))
            .collect();
        let tells = urls.iter().any(|url| set.extensions(url).next().is_some());
        if urls.len() == keys.len() && !tells {
            self.push_by(
                &[[DATA_SET].as_slice(), &keys].concat(),
                &rules::A_12,
                place,
                "tietokokonaisuus ei kerro, mitä luovutettiin: anna yleinen tai tarkennettu asiakirjatyyppi tai selite",
                "the data set does not tell what was disclosed: give the general or the specified document type, or a \
                 description",
            );
        }
    }
}
