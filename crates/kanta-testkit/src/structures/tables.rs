//! Which fields each small structure has: a line a field, its name, its labels and whether it has to be there.

use super::shape::{
    Field, coded, coded_by, date, fixed_text, group, identifier, identifier_below, moment, name, structure, switch, text, time_stamp,
};

/// Code systems, and the root of identity codes.
const UNITS: &str = "1.2.246.537.6.202";
const SERVICE_TASKS: &str = "1.2.246.537.6.1221";
const SERVICES: &str = "1.2.246.537.6.1222";
const IDENTITY_CODES: &str = "urn:oid:1.2.246.21";

pub(super) fn client_relation() -> String {
    let unit = || coded_by(UNITS, "palveluyksikon_nimi", ["Yksikön nimi", "Enhetens namn"]).required();
    let since = || date("asiakkuuden_alkamispvm", ["Yksikön asiakkaana alkaen", "Enhetens klient från och med"]).required();
    let until = date("asiakkuuden_paattymispvm", ["Yksikön asiakkaana saakka", "Enhetens klient till och med"]);
    structure("2.999.1505.1.2026.1.1", "Asiakkuusasiakirja", "asiakkuusasiakirja", ["Asiakkuusasiakirja", "Klientrelationshandling"], [
        identifier("asiakkuuden_yksilointitunnus", ["Asiakkuuden tunnus", "Klientrelationens kod"]),
        client([
            family_name(),
            given_names().required(),
            identity_code(),
            identifier("tilapainen_yksilointitunnus", ["Tilapäinen tunnus", "Tillfällig kod"]),
            birth_date(),
            switch("turvakielto", ["Turvakielto", "Spärrmarkering"]).required(),
        ]),
        group("sosiaalihuollon_asiakkuus", ["Asiakkuus", "Klientrelation"], [
            date("asiakkuuden_alkamispvm", ["Asiakkuus alkoi", "Klientrelationen började"]).required(),
        ]),
        coded_by(UNITS, "palvelunjarjestajan_toimintayksikko", ["Järjestäjän toimintayksikkö", "Anordnarens verksamhetsenhet"]),
        group("sosiaalihuollon_palvelutehtava", ["Palvelutehtävän tiedot", "Uppgifter om serviceuppgiften"], [
            coded_by(SERVICE_TASKS, "palvelutehtava", ["Palvelutehtävä", "Serviceuppgift"]).required(),
            group("palvelunjarjestajan_palveluyksikko", ["Järjestäjän palveluyksikkö", "Anordnarens serviceenhet"], [
                unit(),
                since(),
            ]).repeated(0),
            group("palveluntuottaja", ["Palveluntuottaja", "Tjänsteproducent"], [
                unit(),
                since(),
                until,
            ]).conditional().repeated(0),
        ]).repeated(0),
    ])
}

pub(super) fn client_plan() -> String {
    let labels = ["Lapsiperheiden palvelujen asiakassuunnitelma", "Klientplan för barnfamiljer"];
    structure("2.999.1506.15007.2026.1.1", "Suunnitelma", "lapsiperheiden_palvelujen_asiakassuunnitelma", labels, [
        client([
            family_name(),
            given_names().required(),
            identity_code().required(),
        ]).repeated(1),
        group("suunnitelma", ["Suunnitelma", "Plan"], [
            text("kuvaus_asiakkaan_tilanteesta", ["Asiakkaan tilanne", "Klientens situation"]),
            group("palvelut_joita_asiakkaalle_suunnitellaan", ["Suunnitellut palvelut", "Planerade tjänster"], [
                coded_by(SERVICES, "sosiaalipalvelu", ["Sosiaalipalvelu", "Socialservice"]),
            ]).repeated(0),
            switch("selvitys_oikeuksista", ["Oikeuksista on kerrottu", "Rättigheterna har förklarats"]),
            group("suunnitelman_tarkistaminen", ["Tarkistaminen", "Översyn"], [
                moment("paivamaara_ja_kellonaika", ["Päivä ja kellonaika", "Dag och klockslag"]),
            ]),
        ]).hidden(),
        date("paivamaara", ["Päivämäärä", "Datum"]),
        author([
            family_name(),
            given_names().required(),
            text("tehtavanimike", ["Tehtävä", "Uppgift"]),
            coded_by(UNITS, "palveluyksikko", ["Yksikkö", "Enhet"]),
        ]).required().repeated(1),
    ])
}

pub(super) fn case() -> String {
    structure("2.999.1505.2.2026.1.1", "Asia-asiakirja", "asia_asiakirja", ["Asia-asiakirja", "Ärendehandling"], [
        coded("palvelunjarjestajan_toimintayksikko", ["Järjestäjän toimintayksikkö", "Anordnarens verksamhetsenhet"]),
        client([
            family_name(),
            given_names(),
            identity_code(),
            birth_date(),
            time_stamp("asiaan_liittymishetki", ["Liittymishetki", "Anslutningstidpunkt"]),
        ]).repeated(1),
        group("asian_tiedot", ["Asia", "Ärende"], [
            identifier("asiatunnus", ["Asiatunnus", "Ärendekod"]).required(),
            coded("nimi", ["Asian luokka", "Ärendets klass"]).required(),
            text("lisatieto_luokkaan_muu", ["Lisätieto", "Tilläggsuppgift"]).not_empty(),
            coded("tila", ["Tila", "Status"]).required(),
            date("avauspaiva", ["Avattu", "Öppnat"]).required(),
            date("paattymispaiva", ["Päättynyt", "Avslutat"]),
            switch("yhteinen_asia", ["Yhteinen asia", "Gemensamt ärende"]).required(),
            coded("palvelutehtava", ["Palvelutehtävä", "Serviceuppgift"]).required(),
        ]).required(),
    ])
}

pub(super) fn case_note() -> String {
    let labels = ["Asiakaskertomusmerkintä", "Anteckning i klientberättelsen"];
    structure("2.999.1506.90001.2026.1.1", "Asiakaskertomusmerkintä", "asiakaskertomusmerkinta", labels, [
        client([
            family_name(),
            given_names(),
            identity_code(),
        ]).repeated(1),
        group("merkinta", ["Merkintä", "Anteckning"], [
            date("paivamaara", ["Päivä", "Dag"]),
            text("teksti", ["Teksti", "Text"]).not_empty().required(),
        ]).required(),
        author([
            family_name(),
            given_names(),
        ]).required().repeated(1),
    ])
}

pub(super) fn disclosure_permission() -> String {
    let labels = ["Luovutuslupa-asiakirja", "Tillstånd till utlämnande"];
    structure("2.999.1505.8.2026.1.1", "Luovutuslupa-asiakirja", "luovutuslupa_asiakirja", labels, [
        client([
            family_name(),
            given_names(),
            identity_code(),
        ]),
        information(),
        switch("luovutusluvan_antaja_on_laillinen_edustaja", ["Laillinen edustaja", "Laglig företrädare"]).required(),
        group("voimassa_oleva_luovutuslupa", ["Luovutuslupa", "Tillstånd"], [
            switch("luovutuslupa", ["Lupa annettu", "Tillstånd givet"]).required(),
            date("luovutusluvan_antamisen_ajankohta", ["Annettu", "Givet"]).required(),
        ]).required(),
        recorded_by_professional(),
        drawn_up_on(),
    ])
}

pub(super) fn disclosure_bans() -> String {
    let keeper = coded("rekisterinpitaja_jonka_tietojen_luovutus_kielletaan", ["Rekisterinpitäjä", "Personuppgiftsansvarig"]);
    let task = coded("palvelutehtava_jonka_tietojen_luovutus_kielletaan", ["Palvelutehtävä", "Serviceuppgift"]);
    let document = group("asiakirja_jonka_luovutus_kielletaan", ["Asiakirja", "Handling"], [
        identifier("oid_tunnus", ["Tunnus", "Identifierare"]).required(),
    ]);
    let ban = |name, target: Field| group(name, ["Kielto", "Förbud"], [
        target.required().repeated(1),
        date("kiellon_asettamisen_ajankohta", ["Asetettu", "Satt"]).required(),
        switch("kieltaja_on_laillinen_edustaja", ["Laillinen edustaja", "Laglig företrädare"]).required(),
    ]).repeated(0);
    structure("2.999.1505.9.2026.1.1", "Kieltoasiakirja", "kieltoasiakirja", ["Kieltoasiakirja", "Förbudshandling"], [
        client([
            family_name(),
            given_names(),
            identity_code(),
        ]),
        information(),
        group("rekisterinpitajaa_koskevat_luovutuskiellot", ["Rekisterinpitäjä: kiellot", "Personuppgiftsansvarig: förbud"], [
            ban("rekisterinpitajaa_koskeva_luovutuskielto", keeper),
        ]),
        group("palvelutehtavaa_koskevat_luovutuskiellot", ["Palvelutehtävä: kiellot", "Serviceuppgift: förbud"], [
            ban("palvelutehtavaa_koskeva_luovutuskielto", task),
        ]),
        group("asiakirjoja_koskevat_luovutuskiellot", ["Asiakirja: kiellot", "Handling: förbud"], [
            ban("asiakirjaa_koskeva_luovutuskielto", document),
        ]),
        recorded_by_professional(),
        drawn_up_on(),
    ])
}

/// The client of the document, whom no structure does without.
fn client(fields: impl IntoIterator<Item = Field>) -> Field {
    group("asiakas", ["Asiakas", "Klient"], fields).required()
}

/// Who drew the document up.
fn author(fields: impl IntoIterator<Item = Field>) -> Field {
    group("laatija", ["Laatija", "Upprättare"], fields)
}

fn family_name() -> Field {
    name("sukunimi", ["Sukunimi", "Efternamn"]).required()
}

fn given_names() -> Field {
    name("etunimet", ["Etunimet", "Förnamn"])
}

fn identity_code() -> Field {
    identifier_below(IDENTITY_CODES, "henkilotunnus", ["Henkilötunnus", "Personbeteckning"])
}

fn birth_date() -> Field {
    date("syntymaaika", ["Syntymäaika", "Födelsetid"])
}

/// What a client is told before a will is recorded.
fn information() -> Field {
    fixed_text("infoteksti", ["Tietoa", "Information"], "Testiteksti: näin asiakasta on informoitu.").required()
}

/// Who recorded the will when the client did not do it alone.
fn recorded_by_professional() -> Field {
    group("ammattihenkilon_laatima_asiakirja", ["Ammattihenkilön laatima", "Gjord av yrkesutbildad person"], [
        author([
            family_name(),
            given_names(),
            text("tehtavanimike", ["Tehtävänimike", "Uppgiftsbenämning"]).not_empty(),
            coded("palveluyksikko", ["Palveluyksikkö", "Serviceenhet"]),
        ]),
    ])
}

fn drawn_up_on() -> Field {
    date("laatimispaivamaara", ["Laadittu", "Upprättad"])
}
