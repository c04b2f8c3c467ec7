//! The contents of Kela's joint testing (Finnish: yhteistestaus; Kanta-info, 7.2.2024), each as steps that a tester would take.

use crate::papers::Paper;

/// One content: what Kela calls it, and the steps, which begin with an empty archive.
pub(crate) struct JointTestContent {
    pub(crate) number: &'static str,
    pub(crate) finnish: &'static str,
    pub(crate) english: &'static str,
    /// What no public text says of it.
    pub(crate) unknown: Option<&'static str>,
    pub(crate) steps: &'static [Step],
}

/// One step: who does what, and how it must end.
pub(crate) struct Step {
    pub(crate) who: Who,
    pub(crate) call: Call,
    pub(crate) end: End,
}

/// Who makes the request, in whose register.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who {
    /// The fictional county, in its own register.
    County,
    /// The county, in the registers of others.
    CountyElsewhere,
    OtherCounty,
    /// A private provider, in the county's register by a register-use right.
    ProducerForCounty,
    /// The provider, in its own and the county's register with one message.
    ProducerInBoth,
    /// The provider with the system of a main joiner (Finnish: yhteisliittyminen).
    CoJoiner,
    /// The provider with the system of its organiser (Finnish: rinnakkaisliittyminen).
    ParallelJoiner,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    /// Stores a first or a later version.
    Store(Paper),
    Annul(Paper),
    FindClientRelations,
    /// The cases with the rehearsal's case identifier.
    FindCase,
    /// Descriptions of the newest versions in the case.
    FindNewest,
    FindAllVersions(Paper),
    Fetch(Paper),
    FetchWills,
    /// The client informs the will service, in OmaKanta: no message of ours.
    ClientPermits,
    FindDisclosed,
    FetchDisclosed(Paper),
    /// Tells a disclosure past Kanta to the log register.
    Notify,
}

/// How a step must end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Done,
    /// So many hits.
    Hits(usize),
    /// Refused with this code, which is published.
    Refused(&'static str),
}

const fn step(who: Who, call: Call, end: End) -> Step {
    Step { who, call, end }
}

use Call::{
    Annul, ClientPermits, Fetch, FetchDisclosed, FetchWills, FindAllVersions, FindCase,
    FindClientRelations, FindDisclosed, FindNewest, Notify, Store,
};
use End::{Done, Hits, Refused};
use Who::{
    CoJoiner, County, CountyElsewhere, OtherCounty, ParallelJoiner, ProducerForCounty,
    ProducerInBoth,
};

/// The code of a missing right.
const NO_RIGHT: &str = "5Y00009";

pub(crate) const MANDATORY: &[JointTestContent] = &[
    JointTestContent {
        number: "1",
        finnish: "Arkiston perustoiminnot ja uusin voimassa oleva metatieto",
        english: "basic functions of the archive and the newest valid metadata",
        unknown: None,
        steps: &[
            step(County, Store(Paper::Relation), Done),
            step(County, FindClientRelations, Hits(1)),
            step(County, Store(Paper::Plan), Done),
            step(County, Store(Paper::PlanAgain), Done),
            step(County, FindNewest, Hits(1)),
            step(County, FindAllVersions(Paper::Plan), Hits(2)),
            step(County, Fetch(Paper::PlanAgain), Done),
            step(County, Annul(Paper::PlanAgain), Done),
        ],
    },
    JointTestContent {
        number: "2",
        finnish: "Asiakaskertomusmerkinnät",
        english: "case notes",
        unknown: None,
        steps: &[
            step(County, Store(Paper::CaseNote), Done),
            step(County, Store(Paper::CaseNoteAgain), Done),
            step(County, FindNewest, Hits(1)),
            step(County, Fetch(Paper::CaseNoteAgain), Done),
        ],
    },
    JointTestContent {
        number: "3",
        finnish: "Yhteinen asia",
        english: "joint case",
        unknown: None,
        steps: &[
            step(County, Store(Paper::JointCase), Done),
            step(County, FindCase, Hits(1)),
            step(County, Store(Paper::JointPlan), Done),
            step(County, Fetch(Paper::JointPlan), Done),
        ],
    },
    JointTestContent {
        number: "4",
        finnish: "Rekisterinkäyttöoikeus palvelunjärjestäjänä",
        english: "register-use right as organiser",
        unknown: None,
        steps: &[
            step(County, Store(Paper::RelationNamingProducer), Done),
            step(ProducerForCounty, Store(Paper::PlanOfProducer), Done),
            step(County, FindNewest, Hits(1)),
            step(County, Fetch(Paper::PlanOfProducer), Done),
        ],
    },
    JointTestContent {
        number: "5",
        finnish: "Rekisterinkäyttöoikeus palveluntuottajana",
        english: "register-use right as producer",
        unknown: None,
        steps: &[
            step(
                ProducerForCounty,
                Store(Paper::PlanOfProducer),
                Refused(NO_RIGHT),
            ),
            step(County, Store(Paper::RelationNamingProducer), Done),
            step(County, Store(Paper::JointCase), Done),
            step(ProducerForCounty, FindCase, Hits(1)),
            step(ProducerForCounty, Store(Paper::PlanOfProducer), Done),
            step(ProducerInBoth, FindNewest, Hits(2)),
            step(ProducerForCounty, Fetch(Paper::PlanOfProducer), Done),
        ],
    },
    JointTestContent {
        number: "6",
        finnish: "Rakenteiset asiakasasiakirjat palvelutehtävittäin",
        english: "structured client documents by service task",
        unknown: Some(
            "the list of the documents to be tested is a form of Kela's that is not public",
        ),
        steps: &[
            step(County, Store(Paper::Plan), Done),
            step(County, Store(Paper::ChildProtectionPlan), Done),
            step(County, Store(Paper::DisabilityPlan), Done),
            step(County, Store(Paper::SubstanceAbusePlan), Done),
            step(County, FindNewest, Hits(4)),
        ],
    },
    JointTestContent {
        number: "7",
        finnish: "Vanhojen asiakirjojen arkistointi ja haku",
        english: "archiving and search of legacy documents",
        unknown: None,
        steps: &[
            step(County, Store(Paper::LegacyText), Done),
            step(County, Store(Paper::LegacyPdf), Done),
            step(County, Fetch(Paper::LegacyText), Done),
            step(County, Fetch(Paper::LegacyPdf), Done),
        ],
    },
    JointTestContent {
        number: "8",
        finnish: "Tahdonilmaisupalvelun asiakirjat",
        english: "documents of the will service",
        unknown: Some("the structures of the informing and of the ban of the whole sector"),
        steps: &[
            step(County, Store(Paper::Permission), Done),
            step(County, Store(Paper::Ban), Done),
            step(County, Store(Paper::PermissionCancelled), Done),
            step(County, FetchWills, Hits(2)),
            step(County, Annul(Paper::Ban), Done),
        ],
    },
    JointTestContent {
        number: "9",
        finnish: "Haku toisen rekisteristä",
        english: "search from another's register",
        unknown: None,
        steps: &[
            step(OtherCounty, Store(Paper::PlanOfOtherCounty), Done),
            step(CountyElsewhere, FindDisclosed, Refused(NO_RIGHT)),
            step(County, ClientPermits, Done),
            step(CountyElsewhere, FindDisclosed, Hits(1)),
            step(
                CountyElsewhere,
                FetchDisclosed(Paper::PlanOfOtherCounty),
                Done,
            ),
        ],
    },
    JointTestContent {
        number: "10",
        finnish: "Luovutuksenhallinta: luovutusilmoitukset",
        english: "disclosure notices",
        unknown: None,
        steps: &[step(County, Notify, Done)],
    },
];

pub(crate) const OPTIONAL: &[JointTestContent] = &[
    JointTestContent {
        number: "optional-1",
        finnish: "Laaja rekisterinkäyttöoikeus",
        english: "wide register-use right",
        unknown: Some("what it is: no public text says"),
        steps: &[],
    },
    JointTestContent {
        number: "optional-2",
        finnish: "Yhteis- ja rinnakkaisliittyminen",
        english: "shared and parallel joining",
        unknown: Some("which organisation stands where in the message"),
        steps: &[
            step(CoJoiner, Store(Paper::PlanOfCoJoiner), Done),
            step(CoJoiner, Fetch(Paper::PlanOfCoJoiner), Done),
            step(ParallelJoiner, Fetch(Paper::PlanOfCoJoiner), Done),
        ],
    },
    JointTestContent {
        number: "optional-3",
        finnish: "Asiakkaan sähköinen allekirjoitus",
        english: "the client's electronic signature",
        unknown: Some("how it is made: no public text says"),
        steps: &[],
    },
];
