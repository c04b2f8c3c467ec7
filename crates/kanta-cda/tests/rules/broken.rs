//! For each rule of the catalogue, the report on a document that breaks it.

use super::*;

pub(super) fn broken() -> Vec<(&'static str, Report)> {
    use DocumentKind as Kind;
    let real = a_code_that_may_be_real();
    let customer_test = Spec::for_customer_test(&[Bundle::embedded()], Inferred::Allow);
    vec![
        (
            "ANCHOR",
            with_xml(
                Kind::ClientRelation,
                "nonXMLBody ID=\"OID",
                "nonXMLBody ID=\"OOO",
            ),
        ),
        (
            "ARRIVAL",
            changed(Kind::ClientDocument, |metadata| {
                metadata.sender = Some("Lähettäjä".into());
            }),
        ),
        ("ARRIVAL", {
            let (draft, structure) = made::draft(&Kind::FirstPhase);
            let context = CheckContext::from(structure.as_ref()).received();
            report_of(&draft, context, &filled_spec())
        }),
        (
            "AUTHOR",
            changed(Kind::ClientDocument, |metadata| metadata.author = None),
        ),
        (
            "AUTHOR",
            changed(Kind::FirstPhase, |metadata| metadata.author = None),
        ),
        (
            "AUTHOR-NUMBER",
            changed(Kind::CaseNote, |metadata| {
                metadata.author.as_mut().unwrap().registration_number = None;
            }),
        ),
        (
            "BIRTH",
            changed(Kind::Case, |metadata| {
                metadata.client.as_mut().unwrap().birth = TimeStamp::parse("19700101").ok();
            }),
        ),
        (
            "BODY",
            with_xml(
                Kind::ClientRelation,
                "representation=\"B64\"",
                "representation=\"TXT\"",
            ),
        ),
        (
            "BODY",
            with_xml(
                Kind::ClientRelation,
                "representation=\"B64\">PGRp",
                "representation=\"B64\">*",
            ),
        ),
        ("BODY-FORM", {
            let draft = Draft::pdf(made::metadata(&Kind::ClientRelation), made::PDF);
            report_of(&draft, CheckContext::default(), &filled_spec())
        }),
        ("BODY-FORM", {
            let draft = Draft::new(
                made::metadata(&Kind::FirstPhase),
                made::plan_content().to_string(),
            );
            report_of(&draft, (&structures::client_plan()).into(), &filled_spec())
        }),
        ("BODY-FORM-UNUSUAL", {
            let draft = Draft::pdf(made::metadata(&Kind::DisclosureBan), made::PDF);
            report_of(&draft, CheckContext::default(), &filled_spec())
        }),
        (
            "CASE-NUMBER",
            case_with(|case| case["asian_tiedot"]["asiatunnus"]["value"] = json!("1.2.3")),
        ),
        (
            "CASE-PERIOD",
            case_with(|case| case["asian_tiedot"]["avauspaiva"] = json!("2026-01-13")),
        ),
        (
            "CASE-PERIOD",
            case_with(|case| case["asian_tiedot"]["paattymispaiva"] = json!("2026-02-01")),
        ),
        ("CHAIN-ID", {
            let previous = made::metadata(&Kind::Case);
            let (draft, structure) = made::draft(&Kind::Case);
            report_of(
                &draft,
                CheckContext::from(structure.as_ref()).with_previous(&previous),
                &filled_spec(),
            )
        }),
        ("CHAIN", {
            let mut previous = made::metadata(&Kind::Case);
            previous.set_id = made::document_oid("11.2026.9");
            let (draft, structure) = made::draft(&Kind::Case);
            report_of(
                &draft,
                CheckContext::from(structure.as_ref()).with_previous(&previous),
                &filled_spec(),
            )
        }),
        ("CHAIN-NUMBER", {
            let first = made::metadata(&Kind::Case);
            let next = first
                .revise()
                .into_version(made::document_oid("11.2026.2"), made::made_at())
                .unwrap();
            let third = next
                .revise()
                .into_version(made::document_oid("11.2026.3"), made::made_at())
                .unwrap();
            let (draft, structure) = made::draft_of(third);
            report_of(
                &draft,
                CheckContext::from(structure.as_ref()).with_previous(&first),
                &filled_spec(),
            )
        }),
        (
            "CLIENT",
            changed(Kind::ClientRelation, |metadata| metadata.client = None),
        ),
        (
            "CLIENT-NAME",
            changed(Kind::ClientRelation, |metadata| {
                metadata.client.as_mut().unwrap().name =
                    PersonName::as_read(vec![], None, "K".into());
            }),
        ),
        (
            "CLIENT-HETU",
            changed(Kind::DisclosureBan, |metadata| {
                metadata.client = Some(made::newborn());
            }),
        ),
        (
            "CLIENT-ID",
            changed(Kind::ClientRelation, |metadata| {
                let whole = InstanceIdentifier {
                    root: made::oid("22.2026.5"),
                    extension: None,
                };
                metadata.client.as_mut().unwrap().identifier =
                    ClientIdentifier::Unrecognised(whole);
            }),
        ),
        (
            "CLIENTS",
            changed(Kind::Case, |metadata| {
                metadata.further_clients.push(made::newborn());
            }),
        ),
        (
            "CODE",
            changed(Kind::ClientDocument, |metadata| {
                metadata.retention = Some(code("1 2", "1.2.246.537.6.1258.201601"));
            }),
        ),
        (
            "CODE",
            changed(Kind::ClientDocument, |metadata| {
                let nameless = code("15", "1.2.246.537.6.1506.201701").with_display("");
                metadata.general_type = Some(nameless);
            }),
        ),
        (
            "CODE-SYSTEM",
            changed(Kind::ClientDocument, |metadata| {
                metadata.service_task = Some(code("24", "1.2.246.537.6.1277.201701"));
            }),
        ),
        (
            "CONTENT-CLIENT",
            changed(Kind::ClientDocument, |metadata| {
                metadata.client = Some(made::client(made::CHILD));
            }),
        ),
        ("CONTENT-UNCHECKED", {
            let (draft, _) = made::draft(&Kind::ClientRelation);
            let mut metadata = draft.metadata().clone();
            metadata.content_specification = Some(structures::client_relation().oid().clone());
            let display = made::xhtml(&metadata);
            let draft =
                Draft::new(metadata, made::relation_content().to_string()).with_display(display);
            report_of(&draft, CheckContext::default(), &filled_spec())
        }),
        (
            "CORRECTION-GROUND",
            changed(Kind::ClientDocument, |metadata| {
                metadata.version = VersionNumber::new(2).unwrap();
                metadata.id = made::document_oid("11.2026.2");
            }),
        ),
        (
            "DISPLAY-ACTIVE",
            with_display(Kind::Legacy, |display| {
                display.replace("<h1>", "<script/><h1>")
            }),
        ),
        (
            "DISPLAY-AGREES",
            with_display(Kind::ClientRelation, |display| display),
        ),
        (
            "DISPLAY-BAN",
            banned(|display| display.replace("Asiakirja", "Kotikunta: Kuvitelma")),
        ),
        (
            "DISPLAY-BAN",
            banned(|display| display.replace("Asiakirja", "Kuvakatu 1")),
        ),
        (
            "DISPLAY-ELEMENT",
            with_display(Kind::Legacy, |display| {
                display.replace("<h1>", "<i>x</i><h1>")
            }),
        ),
        (
            "DISPLAY-FORM",
            with_display(Kind::Legacy, |display| display.replace("id=\"OID", "id=\"")),
        ),
        (
            "FOREIGN",
            with_xml(
                Kind::ClientRelation,
                "<realmCode",
                "<realmCode xml:lang=\"fi\"",
            ),
        ),
        (
            "ITEM",
            changed(Kind::ClientRelation, |metadata| {
                metadata.client_relation = None;
            }),
        ),
        (
            "ITEM",
            changed(Kind::ClientDocument, |metadata| {
                metadata.client_relation = made::metadata(&Kind::ClientRelation).client_relation;
            }),
        ),
        (
            "KIND",
            with_xml(
                Kind::ClientRelation,
                "documentGroup code=\"1\"",
                "documentGroup code=\"7\"",
            ),
        ),
        (
            "LANGUAGE",
            changed(Kind::ClientRelation, |metadata| {
                metadata.language = Some("en".into());
            }),
        ),
        (
            "LATER-VERSION",
            changed(Kind::ClientRelation, |metadata| {
                metadata.version = VersionNumber::new(2).unwrap();
            }),
        ),
        (
            "MINOR",
            changed(Kind::Legacy, |metadata| {
                metadata.client = Some(made::client(made::CHILD));
                metadata.drafted = TimeStamp::parse("20260202").unwrap();
            }),
        ),
        (
            "PATIENT-REGISTER",
            changed(Kind::Legacy, |metadata| {
                metadata.confidentiality = Some(code("5", "1.2.246.777.5.99902.2006"));
            }),
        ),
        (
            "PATIENT-REGISTER",
            with_xml(
                Kind::Legacy,
                "<component>",
                "<h:localHeader xmlns:h=\"urn:hl7finland\"/><component>",
            ),
        ),
        ("PDF", with_pdf("%PDF-", "%XYZ-")),
        ("PDF", with_pdf("%%EOF", "%%")),
        ("PDF", with_pdf("/Root", "/Encrypt 2 0 R /Root")),
        ("PDF-CLAIM", with_pdf("pdfaid:part", "pdfuaid:part")),
        (
            "PLACEHOLDER",
            changed(Kind::Legacy, |metadata| {
                metadata.retention = Some(code("PLACEHOLDER", "1.2.246.537.6.1258.201601"));
            }),
        ),
        (
            "PLACEHOLDER",
            case_with(|case| case["asian_tiedot"]["nimi"]["code"] = json!("PLACEHOLDER")),
        ),
        (
            "PLACEHOLDER",
            with_xml(
                Kind::Legacy,
                "<realmCode",
                "<realmCode xml:lang=\"PLACEHOLDER\"",
            ),
        ),
        (
            "REGISTER-KEEPER",
            changed(Kind::Legacy, |metadata| metadata.register_keeper = None),
        ),
        (
            "BIRTH-FORM",
            changed(Kind::ClientRelation, |metadata| {
                let client = metadata.client.as_mut().unwrap();
                client.birth = TimeStamp::parse("2014").ok();
            }),
        ),
        (
            "RECORD-STATUS",
            changed(Kind::ClientRelation, |metadata| {
                metadata.record_status = Some(code("1", "1.2.246.537.5.40154.2008"));
            }),
        ),
        (
            "TYPE-ID",
            with_xml(Kind::ClientRelation, "POCD_HD000040", "POCD_HD000041"),
        ),
        (
            "REGISTER-TYPE",
            changed(Kind::Legacy, |metadata| {
                metadata.register_type = Some(code("2", "1.2.246.537.6.1264.201701"));
            }),
        ),
        ("RELATION", {
            let mut content = made::relation_content();
            content["asiakkuusasiakirja"]["asiakkuuden_yksilointitunnus"]["value"] = json!("1.2.3");
            with_content(
                Kind::ClientRelation,
                &structures::client_relation(),
                content,
            )
        }),
        ("KIND-INFERRED", {
            let (draft, structure) = made::draft(&Kind::Case);
            report_of(&draft, structure.as_ref().into(), &filled_spec())
        }),
        ("REQUIRED-ITEM", {
            let text = "[kind.legacy]\nrequired = { value = [\"sender\"], status = \"verified\", source = \"a test\" }";
            let head = "name = \"mine\"\nbased_on = []\ndate = \"2026-01-01\"";
            let mine = Bundle::read([("bundle.toml", head), ("document.toml", text)]).unwrap();
            let (draft, _) = made::draft(&Kind::Legacy);
            report_of(
                &draft,
                CheckContext::default(),
                &Spec::for_test(&[Bundle::embedded(), mine], &[]),
            )
        }),
        (
            "SERVICE-TASK",
            case_with(|case| case["asian_tiedot"]["palvelutehtava"]["code"] = json!("10")),
        ),
        (
            "STRUCTURE",
            changed(Kind::ClientRelation, |metadata| {
                metadata.content_specification = Oid::parse("2.999.1").ok();
            }),
        ),
        ("STRUCTURE", {
            let draft = Draft::new(made::metadata(&Kind::Case), "{}");
            report_of(&draft, CheckContext::default(), &filled_spec())
        }),
        (
            "TEST-PERSON",
            changed(Kind::Legacy, |metadata| {
                metadata.client.as_mut().unwrap().identifier =
                    ClientIdentifier::PersonalIdentityCode(real.clone());
            }),
        ),
        (
            "TEST-PERSON",
            with_display(Kind::Legacy, |display| {
                display.replace("Asiakirja", real.expose())
            }),
        ),
        (
            "TEST-PERSON",
            changed(Kind::ClientRelation, |metadata| {
                let client = metadata.client.as_mut().unwrap();
                client.name = PersonName::new(["Aino"], real.expose()).unwrap();
            }),
        ),
        (
            "TEST-PERSON",
            changed(Kind::ClientRelation, |metadata| {
                metadata.organiser_name = Some(format!("Kuvitelma {}", real.expose()));
            }),
        ),
        ("TEST-VALUE", {
            let mut metadata = made::metadata(&Kind::ClientRelation);
            metadata.special_content = Some(code("TEST-1", "1.2.246.537.6.112.2007"));
            let (draft, structure) = made::draft_of(metadata);
            report_of(&draft, structure.as_ref().into(), &customer_test)
        }),
        (
            "TIME",
            changed(Kind::Case, |metadata| {
                metadata.drafted = TimeStamp::parse("20260202").unwrap();
            }),
        ),
        (
            "TIME",
            changed(Kind::Legacy, |metadata| {
                metadata.created = TimeStamp::parse("20260202101530").ok();
            }),
        ),
        (
            "UNIT",
            changed(Kind::Case, |metadata| metadata.service_unit = None),
        ),
        (
            "VERSION",
            changed(Kind::Case, |metadata| {
                metadata.set_id = made::document_oid("11.2026.7");
            }),
        ),
    ]
}
