//! The permission document and the ban document, 1505.8 and 1505.9.

use kanta_core::will::{
    BanTarget, BannedDocument, DisclosureBan, DisclosureBans, DisclosurePermission, Giver, Maker,
    Representative, RepresentativeIdentifier, RepresentativeRole, WillClient, WillRecorder,
};
use kanta_core::{DocumentOid, RegisterKeeper, ServiceUnit, codes::RelationRole};
use serde_json::Value;

use super::error::RelationContentError;
use super::reader::Node;
use super::writer::{self, Object, Writer};
use crate::json::Json;
use crate::structure::Structure;

const PERMISSION: &str = "luovutuslupa_asiakirja";
const BANS: &str = "kieltoasiakirja";
const INFORMATION: &str = "infoteksti";
const MAKER: &str = "ammattihenkilon_laatima_asiakirja";
const PERMISSION_WORDS: &str =
    "perustelut_tai_muut_lisatiedot_luovutusluvan_antamisesta_tai_perumisesta";
const BAN_WORDS: &str = "perustelut_tai_muut_lisatiedot_kiellon_asettamisesta_tai_perumisesta";
const BY_REPRESENTATIVE: &str = "kieltaja_on_laillinen_edustaja";
const FORBIDDERS: &str = "henkilo_joka_kieltaa_asiakastietojen_luovuttamisen";
const SET_ON: &str = "kiellon_asettamisen_ajankohta";

/// Group, repeated block and repeated target of each kind of ban.
const KEEPERS: [&str; 3] = [
    "rekisterinpitajaa_koskevat_luovutuskiellot",
    "rekisterinpitajaa_koskeva_luovutuskielto",
    "rekisterinpitaja_jonka_tietojen_luovutus_kielletaan",
];
const TASKS: [&str; 3] = [
    "palvelutehtavaa_koskevat_luovutuskiellot",
    "palvelutehtavaa_koskeva_luovutuskielto",
    "palvelutehtava_jonka_tietojen_luovutus_kielletaan",
];
const DOCUMENTS: [&str; 3] = [
    "asiakirjoja_koskevat_luovutuskiellot",
    "asiakirjaa_koskeva_luovutuskielto",
    "asiakirja_jonka_luovutus_kielletaan",
];

/// Reads a disclosure permission from the content of its document (Finnish: luovutuslupa-asiakirja).
///
/// A document that names no maker in a client system was made in OmaKanta (1505.8, `[S]`).
///
/// # Errors
/// `KANTA-RELATION-CONTENT` with the JSON pointer.
pub fn read_permission(content: &[u8]) -> Result<DisclosurePermission, RelationContentError> {
    let json = Json::parse(content).map_err(|error| RelationContentError::of_json(&error))?;
    let document = Node::document(&json, PERMISSION)?;
    let valid = document.demand("voimassa_oleva_luovutuslupa")?;
    let on = valid
        .demand("luovutusluvan_antamisen_ajankohta")?
        .as_day()?;
    let (maker, explanation) = read_maker(&document, PERMISSION_WORDS)?;
    let client = read_client(&document)?;
    let mut permission = DisclosurePermission::given(client, on, maker);
    valid.demand("luovutuslupa")?;
    permission.permitted = valid.switch("luovutuslupa")?;
    permission.giver = read_giver(
        &document,
        "luovutusluvan_antaja_on_laillinen_edustaja",
        "luovutusluvan_antaja",
    )?;
    permission.explanation = explanation;
    permission.drafted = document.day("laatimispaivamaara")?;
    Ok(permission)
}

/// Reads all disclosure bans from the content of their document (Finnish: kieltoasiakirja).
///
/// A part that is not known, such as a kind of ban that came later, is not passed over: [`DisclosureBans::not_understood`]
/// names it.
///
/// # Errors
/// `KANTA-RELATION-CONTENT` with the JSON pointer.
pub fn read_bans(content: &[u8]) -> Result<DisclosureBans, RelationContentError> {
    let json = Json::parse(content).map_err(|error| RelationContentError::of_json(&error))?;
    let document = Node::document(&json, BANS)?;
    let (maker, explanation) = read_maker(&document, BAN_WORDS)?;
    let mut bans = DisclosureBans::none(read_client(&document)?, maker);
    bans.explanation = explanation;
    bans.drafted = document.day("laatimispaivamaara")?;
    let known = [
        KEEPERS[0],
        TASKS[0],
        DOCUMENTS[0],
        "asiakas",
        INFORMATION,
        MAKER,
        "laatimispaivamaara",
    ];
    let unknown = document.names().filter(|name| !known.contains(name));
    bans.not_understood = unknown.map(str::to_owned).collect();
    for names in [KEEPERS, TASKS, DOCUMENTS] {
        let Some(group) = document.get(names[0]) else {
            continue;
        };
        for block in group.items(names[1])? {
            bans.bans.push(DisclosureBan {
                target: read_target(&block, names)?,
                set_on: block.demand(SET_ON)?.as_day()?,
                forbidder: read_giver(&block, BY_REPRESENTATIVE, FORBIDDERS)?,
            });
        }
    }
    Ok(bans)
}

fn read_target(block: &Node<'_>, names: [&str; 3]) -> Result<BanTarget, RelationContentError> {
    let targets = block.items(names[2])?;
    let targets = targets.iter();
    Ok(if names == KEEPERS {
        let read = |node: &Node<'_>| node.as_organisation().map(RegisterKeeper::new);
        BanTarget::RegisterKeepers(targets.map(read).collect::<Result<_, _>>()?)
    } else if names == TASKS {
        BanTarget::ServiceTasks(targets.map(Node::as_code_of).collect::<Result<_, _>>()?)
    } else {
        let read = |node: &Node<'_>| {
            Ok(BannedDocument {
                oid: DocumentOid::new(node.demand("oid_tunnus")?.as_oid()?),
                document_type: node.get("nimi").map(|node| node.as_code_of()).transpose()?,
                drafted: node.moment("laatimisaika")?,
            })
        };
        BanTarget::Documents(targets.map(read).collect::<Result<_, _>>()?)
    })
}

fn read_client(document: &Node<'_>) -> Result<WillClient, RelationContentError> {
    let client = document.demand("asiakas")?;
    let identity_code = client
        .identity_code()?
        .ok_or_else(|| client.wrong("the personal identity code is missing"))?;
    Ok(WillClient {
        identity_code,
        name: client.name()?,
    })
}

fn read_giver(node: &Node<'_>, switch: &str, people: &str) -> Result<Giver, RelationContentError> {
    let people = node.items(people)?;
    if people.is_empty() && !node.switch(switch)? {
        return Ok(Giver::Client);
    }
    let read = |node: &Node<'_>| {
        let identifier = if let Some(code) = node.identity_code()? {
            RepresentativeIdentifier::IdentityCode(code)
        } else if let Some(temporary) = node.temporary_id()? {
            RepresentativeIdentifier::Temporary(temporary)
        } else if let Some(text) = node.text("edunvalvojan_tunniste")? {
            RepresentativeIdentifier::Trustee(text)
        } else {
            return Err(node.wrong("one of the three kinds of identifier is mandatory"));
        };
        let role = node.demand("rooli")?;
        Ok(Representative {
            name: node.name()?,
            identifier,
            role: RepresentativeRole::try_from(role.as_code_of::<RelationRole>()?)
                .map_err(|error| role.invalid(&error))?,
        })
    };
    people
        .iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map(Giver::Representatives)
}

fn read_maker(
    document: &Node<'_>,
    words: &str,
) -> Result<(Maker, Option<String>), RelationContentError> {
    let Some(group) = document.get(MAKER) else {
        return Ok((Maker::OmaKanta, None));
    };
    let maker = match group.get("laatija") {
        None => Maker::OmaKanta,
        Some(node) => Maker::ClientSystem(WillRecorder {
            name: node.name()?,
            job_title: node.text("tehtavanimike")?,
            unit: node
                .get("palveluyksikko")
                .map(|unit| unit.as_organisation().map(ServiceUnit::new))
                .transpose()?,
        }),
    };
    Ok((maker, group.text(words)?))
}

/// Writes a disclosure permission into content. The structure gives the fixed information text of the document.
///
/// # Errors
/// `KANTA-RELATION-CONTENT`: the structure has no information text, or a unit or role has no name.
pub fn write_permission(
    permission: &DisclosurePermission,
    structure: &Structure,
) -> Result<Vec<u8>, RelationContentError> {
    let mut writer = Writer::onto(None)?;
    let document = writer.document(PERMISSION);
    write_client(document, &permission.client);
    writer::set(document, INFORMATION, Some(information(structure)?));
    write_giver(
        document,
        &permission.giver,
        "luovutusluvan_antaja_on_laillinen_edustaja",
        "luovutusluvan_antaja",
        PERMISSION,
    )?;
    let valid = writer::object(document, "voimassa_oleva_luovutuslupa");
    writer::set(valid, "luovutuslupa", Some(permission.permitted));
    let on = writer::day(permission.on);
    writer::set(valid, "luovutusluvan_antamisen_ajankohta", Some(on));
    write_maker(
        document,
        &permission.maker,
        permission.explanation.as_deref(),
        PERMISSION_WORDS,
        PERMISSION,
    )?;
    let drafted = permission.drafted.map(writer::day);
    writer::set(document, "laatimispaivamaara", drafted);
    Ok(writer.finish())
}

/// Writes all disclosure bans into content: a new version replaces the bans as a whole. The structure gives the fixed
/// information text of the document.
///
/// # Errors
/// `KANTA-RELATION-CONTENT`: the version before has a part that is not understood and would be lost, the structure has no
/// information text, or a unit, code or role has no name.
pub fn write_bans(
    bans: &DisclosureBans,
    structure: &Structure,
) -> Result<Vec<u8>, RelationContentError> {
    if let Some(name) = bans.not_understood.first() {
        return Err(RelationContentError::new(
            format!("/{BANS}/{name}"),
            "this part of the document is not understood and would be lost; write the document with its own structure",
        ));
    }
    let mut writer = Writer::onto(None)?;
    let document = writer.document(BANS);
    write_client(document, &bans.client);
    writer::set(document, INFORMATION, Some(information(structure)?));
    for names in [KEEPERS, TASKS, DOCUMENTS] {
        let mut blocks = Vec::new();
        for ban in &bans.bans {
            let place = format!("{BANS}/{}/{}/{}", names[0], names[1], blocks.len());
            let Some(targets) = write_target(&ban.target, names, &place)? else {
                continue;
            };
            let mut block = Object::new();
            writer::set(&mut block, names[2], Some(targets));
            writer::set(&mut block, SET_ON, Some(writer::day(ban.set_on)));
            write_giver(
                &mut block,
                &ban.forbidder,
                BY_REPRESENTATIVE,
                FORBIDDERS,
                &place,
            )?;
            blocks.push(block);
        }
        if !blocks.is_empty() {
            writer::set_items(writer::object(document, names[0]), names[1], blocks);
        }
    }
    let explanation = bans.explanation.as_deref();
    write_maker(document, &bans.maker, explanation, BAN_WORDS, BANS)?;
    writer::set(
        document,
        "laatimispaivamaara",
        bans.drafted.map(writer::day),
    );
    Ok(writer.finish())
}

/// Writes the targets of a ban when it is of the kind that these names are for.
fn write_target(
    target: &BanTarget,
    names: [&str; 3],
    place: &str,
) -> Result<Option<Vec<Value>>, RelationContentError> {
    let place = format!("/{place}/{}", names[2]);
    let targets = match target {
        BanTarget::RegisterKeepers(keepers) if names == KEEPERS => keepers
            .iter()
            .map(|keeper| writer::organisation(keeper.as_organisation(), &place))
            .collect::<Result<_, _>>()?,
        BanTarget::ServiceTasks(tasks) if names == TASKS => tasks
            .iter()
            .map(|task| writer::code(task.as_ref(), &place))
            .collect::<Result<_, _>>()?,
        BanTarget::Documents(documents) if names == DOCUMENTS => documents
            .iter()
            .map(|document| write_banned(document, &place))
            .collect::<Result<_, _>>()?,
        _ => return Ok(None),
    };
    Ok(Some(targets))
}

fn write_banned(document: &BannedDocument, place: &str) -> Result<Value, RelationContentError> {
    let mut item = Object::new();
    let oid = writer::oid(document.oid.as_oid(), None);
    writer::set(&mut item, "oid_tunnus", Some(oid));
    if let Some(document_type) = &document.document_type {
        let code = writer::code(document_type.as_ref(), &format!("{place}/nimi"))?;
        writer::set(&mut item, "nimi", Some(code));
    }
    if let Some(drafted) = &document.drafted {
        let moment = writer::moment(drafted, &format!("{place}/laatimisaika"))?;
        writer::set(&mut item, "laatimisaika", Some(moment));
    }
    Ok(Value::Object(item))
}

fn write_client(document: &mut Object, client: &WillClient) {
    let person = writer::object(document, "asiakas");
    writer::set_name(person, &client.name);
    writer::set_identity_code(person, Some(&client.identity_code));
}

fn write_giver(
    parent: &mut Object,
    giver: &Giver,
    switch: &str,
    people: &str,
    place: &str,
) -> Result<(), RelationContentError> {
    let Giver::Representatives(representatives) = giver else {
        writer::set(parent, switch, Some(false));
        return Ok(());
    };
    writer::set(parent, switch, Some(true));
    let mut items = Vec::new();
    for (index, representative) in representatives.iter().enumerate() {
        let mut item = Object::new();
        writer::set_name(&mut item, &representative.name);
        match &representative.identifier {
            RepresentativeIdentifier::IdentityCode(code) => {
                writer::set_identity_code(&mut item, Some(code));
            }
            RepresentativeIdentifier::Temporary(temporary) => {
                writer::set_temporary_id(&mut item, Some(temporary));
            }
            RepresentativeIdentifier::Trustee(text) => {
                writer::set(&mut item, "edunvalvojan_tunniste", Some(text.as_str()));
            }
        }
        let place = format!("/{place}/{people}/{index}/rooli");
        let role = writer::code(representative.role.as_role().as_ref(), &place)?;
        writer::set(&mut item, "rooli", Some(role));
        items.push(item);
    }
    writer::set_items(parent, people, items);
    Ok(())
}

fn write_maker(
    document: &mut Object,
    maker: &Maker,
    explanation: Option<&str>,
    words: &str,
    place: &str,
) -> Result<(), RelationContentError> {
    let mut group = Object::new();
    if let Maker::ClientSystem(recorder) = maker {
        let mut person = Object::new();
        writer::set_name(&mut person, &recorder.name);
        let title = recorder.job_title.as_deref();
        writer::set(&mut person, "tehtavanimike", title);
        if let Some(unit) = &recorder.unit {
            let place = format!("/{place}/{MAKER}/laatija/palveluyksikko");
            let unit = writer::organisation(unit.as_organisation(), &place)?;
            writer::set(&mut person, "palveluyksikko", Some(unit));
        }
        writer::set(&mut group, "laatija", Some(person));
    }
    writer::set(&mut group, words, explanation);
    writer::set(document, MAKER, (!group.is_empty()).then_some(group));
    Ok(())
}

/// Returns the fixed text that the structure wants in the document.
fn information(structure: &Structure) -> Result<String, RelationContentError> {
    let text = structure
        .root()
        .child(INFORMATION)
        .and_then(|field| Some(field.allowed_values()?.first()?.to_string()));
    text.ok_or_else(|| {
        RelationContentError::new(
            format!("/{}/{INFORMATION}", structure.root().name()),
            "the structure does not give the fixed information text; load the one of Sosmeta",
        )
    })
}
