use super::*;
use kanta_client::core::codes::ServiceTask;

fn problems(text: &str) -> String {
    let read = read(text.as_bytes(), "kanta x --help", |root| {
        root.need(&["id"]);
        root.parsed("id", Oid::parse);
        root.number("version");
        root.instant("time");
        root.texts("names");
        root.code("other");
        root.code_of("task", ServiceTask::SEEN, ServiceTask::other);
        root.table("client", |client| {
            client.text("family");
            Some(())
        });
        Some(())
    });
    read.err()
        .map(|failure| failure.to_string())
        .unwrap_or_default()
}

#[test]
fn every_mistake_is_told_with_key_line_and_remedy() {
    let text = "id = \"1.2.x\"\nversion = \"2\"\ntime = 2026-02-02\nnames = [1]\ntask = \"9999\"\nfamly = 1\nother = { code = \"1\" }\n\n\
                [client]\nfamliy = \"x\"\nzzz = 1\n";
    let found = problems(text);
    for expected in [
        "error: line 1, `id`: not an object identifier",
        "error: line 2, `version`: a whole number is expected, not a string [KANTA-CLI-TOML]",
        "error: line 3, `time`: not a date and time with a zone",
        "error: line 4, `names`: a list of texts, such as [\"a\", \"b\"] is expected, not an array",
        "error: line 5, `task`: the name of this code is not known here",
        "error: line 6, `famly`: unknown key; `kanta x --help` shows every key",
        "error: line 7, `other.system`: the key is missing; see `kanta x --help`",
        "error: line 10, `client.famliy`: unknown key; did you mean `family`?",
        "error: line 11, `client.zzz`: unknown key",
    ] {
        assert!(found.contains(expected), "{expected} is not in\n{found}");
    }
    assert!(problems("").contains("error: line 1, `id`: the key is missing"));
}

#[test]
fn values_are_not_repeated() {
    let found =
        problems("id = \"1.2.3\"\nnames = \"090514A9226\"\n[client\nfamily = \"090514A9226\"\n");
    assert!(found.starts_with("error: line 3"), "{found}");
    let typed = problems("id = 5\nnames = \"090514A9226\"\n[client]\nfamily = [\"090514A9226\"]\n");
    for text in [found, typed] {
        assert!(!text.contains("090514"), "{text}");
    }
}

#[test]
fn codes_are_named_or_given_in_full() {
    let task = |text: &str| {
        read(text.as_bytes(), "x", |root| {
            root.code_of("task", ServiceTask::SEEN, ServiceTask::other)
        })
    };
    assert_eq!(
        task("task = \"24\"").unwrap().display(),
        Some("Lapsiperheiden palvelut")
    );
    assert_eq!(
        task("task = { code = \"24\" }").unwrap().display(),
        Some("Lapsiperheiden palvelut")
    );
    let own = task(
        "task = { code = \"99\", display = \"Uusi\", system = \"1.2.246.537.6.1221.203001\" }",
    )
    .unwrap();
    assert_eq!(
        (own.code(), own.system().as_str()),
        ("99", "1.2.246.537.6.1221.203001")
    );
    assert!(
        task("task = { code = \"99\" }")
            .unwrap_err()
            .to_string()
            .contains("`task.display`")
    );
    let foreign = task("task = { code = \"24\", system = \"1.2.3\" }").unwrap_err();
    assert!(
        foreign.to_string().contains("KANTA-CODE-SYSTEM"),
        "{foreign}"
    );
}
