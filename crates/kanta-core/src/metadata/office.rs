//! Where documents are made, and by which program.

use crate::Organisation;

/// The program that makes documents (Finnish: asiakirjan ohjelmistoympäristö).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Software {
    /// The vendor (`moderator`).
    pub vendor: String,
    /// The product.
    pub product: String,
    /// The version.
    pub version: String,
}

/// Where documents are made: the same for every document of a unit.
#[derive(Debug, Clone)]
pub struct Office {
    /// The register keeper (Finnish: rekisterinpitäjä).
    pub register_keeper: Organisation,
    /// The service organiser (Finnish: palvelunjärjestäjä).
    pub organiser: Organisation,
    /// The service producer (Finnish: palveluntuottaja); client documents name one.
    pub producer: Organisation,
    /// The service unit where the client is (Finnish: palveluyksikkö).
    pub service_unit: Organisation,
    /// The program.
    pub software: Software,
}
