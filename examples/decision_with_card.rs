//! A professional signs a document with a card: the PIN is asked for each signature, and the signed document goes to the archive.
//! Without `--pkcs11 MODULE` a virtual card in a virtual reader stands in for the real one, and its PIN is typed by the program.
//!
//! Never tried with a real social and health care card and DVV's card reader software.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kanta_client::Outcome;
use kanta_client::cda::SignOptions;
use kanta_client::sign::KeyUsage;
use kanta_client::sign::pkcs11::{
    KeySelector, Pin, PinProvider, PinRequest, Token, TokenError, TokenOptions, TokenSelector,
};
use kanta_examples::{Result, TestCard, now};
use kanta_testkit::{TestArchive, TestArchiveOptions, documents, people, structures};

#[tokio::main]
async fn main() -> Result<()> {
    let (module, card) = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => {
            let Some(card) = TestCard::insert()? else {
                return Ok(());
            };
            (card.module(), Some(card))
        }
        [option, module] if option == "--pkcs11" => (PathBuf::from(module), None),
        _ => return Err("usage: [--pkcs11 MODULE]".into()),
    };
    let pins: Arc<dyn PinProvider> = match &card {
        Some(card) => Arc::new(card.pin()),
        None => Arc::new(ask),
    };
    let options = TokenOptions::new(module, TokenSelector::Single);
    let token = wait_for_card(&options, &pins)?;
    // The key for signatures is the one whose certificate is for non-repudiation, wherever it stands on the card.
    let signer = token.signer(&KeySelector::for_usage(KeyUsage::NonRepudiation))?;

    let structure = structures::client_plan();
    let archive = TestArchive::start_with(TestArchiveOptions {
        structures: vec![structure.clone()],
        // The test archive trusts the virtual card's authority; of a real card it will say that it does not.
        authorities: card.as_ref().map(TestCard::authority).unwrap_or_default(),
        ..TestArchiveOptions::default()
    })
    .await?;
    let client = archive.client()?;
    let draft = documents::client_plan(1, "Päätös on tehty perheen kanssa.", now()?);
    let valid = draft.check(&structure, client.spec())?;
    // A card waits for a person: sign where blocking is allowed. A wrong PIN is told and never tried again by itself.
    let (options, spec) = (SignOptions::professional(now()?), client.spec().clone());
    let signed = tokio::task::spawn_blocking(move || valid.sign(&signer, options, &spec)).await??;
    println!("Signed by the professional, and the signature was verified.");
    let message = client.store_message(&signed, &people::context())?;
    match client.send(&message).await?.outcome {
        Outcome::Archived(_) => println!("Archived as {}.", signed.metadata().id),
        other => return Err(format!("not archived: {other:?}").into()),
    }
    Ok(())
}

/// Waits for the card to be put in, as a desktop program does with a dialogue.
fn wait_for_card(options: &TokenOptions, pins: &Arc<dyn PinProvider>) -> Result<Token> {
    for _ in 0..100 {
        match Token::open(options, pins.clone()) {
            Err(TokenError::Absent { .. }) => std::thread::sleep(Duration::from_millis(200)),
            token => return Ok(token?),
        }
    }
    Err("no card was put in".into())
}

/// Asks on the terminal. A desktop program shows a dialogue with the same words.
fn ask(request: &PinRequest) -> Option<Pin> {
    println!("{:?} PIN ({}):", request.purpose, request.tries);
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok()?;
    let pin = line.trim_end().to_owned();
    (!pin.is_empty()).then(|| Pin::new(pin))
}
