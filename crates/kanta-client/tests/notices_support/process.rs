//! A process of its own that carries notices until it is killed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use kanta_client::disclosures::LogRegister;
use kanta_client::outbox::Until;
use kanta_client::sign::SoftwareSigner;
use kanta_client::transport::{ClientIdentity, Endpoint, HttpsPost, TrustedServers};
use kanta_testkit::test_spec;

use super::{Desk, Place, open_database, open_file, worker_of};

/// Tells the child where everything is; without it the child's test does nothing.
const OUTBOX: &str = "KANTA_TEST_NOTICES_OUTBOX";
const REGISTER: &str = "KANTA_TEST_NOTICES_REGISTER";
const KEYS: &str = "KANTA_TEST_NOTICES_KEYS";

/// Starts this test program again as a process that runs `test`, which calls [`carry`].
pub(crate) fn start(test: &str, desk: &Desk, keys: &Path) -> Child {
    let pki = desk.server.pki();
    for (name, pem) in [
        ("ca", &pki.ca),
        ("client", &pki.client),
        ("client-key", &pki.client_key),
        ("signing", &pki.signing),
        ("signing-key", &pki.signing_key),
    ] {
        std::fs::write(keys.join(name), pem).unwrap();
    }
    let outbox = match &desk.place {
        Place::File(folder) => folder.path().join("outbox.db").display().to_string(),
        Place::Database(cluster) => cluster.url(),
    };
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(OUTBOX, outbox)
        .env(REGISTER, desk.server.register_url())
        .env(KEYS, keys)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What the child does: it carries notices until there are none, or until it is killed.
pub(crate) async fn carry() {
    let Ok(outbox) = std::env::var(OUTBOX) else {
        return;
    };
    let outbox = match outbox.starts_with('/') {
        true => open_file(Path::new(&outbox)).await,
        false => open_database(&outbox).await,
    };
    let keys = std::env::var(KEYS).unwrap();
    let pem = |name: &str| std::fs::read(Path::new(&keys).join(name)).unwrap();
    let address = std::env::var(REGISTER).unwrap().parse().unwrap();
    let identity = ClientIdentity::from_pem(&pem("client"), &pem("client-key")).unwrap();
    let trusted = TrustedServers::from_pem(&pem("ca")).unwrap();
    let endpoint = Endpoint::new(address).with_attempt_timeout(Duration::from_millis(500));
    let transport = HttpsPost::new(endpoint, identity, &trusted).unwrap();
    let register = LogRegister::new(test_spec(), transport).unwrap();
    let signer = SoftwareSigner::from_pem(&pem("signing-key"), &pem("signing")).unwrap();
    let worker = worker_of(Arc::new(outbox), register, Arc::new(signer));
    worker.run(Until::Drained).await.unwrap();
}
