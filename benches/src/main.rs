//! Measures the SDK against its peers and against what the machine can do, on the same work in one run.
//!
//! ```text
//! cargo run --release -p kanta-benches -- [--quick] [--json] [--only ID] [--list]
//! ```
//!
//! One file for each bench; a bench is registered by its line in [`BENCHES`].

mod bare_sqlite;
mod cda;
mod content_read;
mod display;
mod documents;
mod harness;
mod java_peer;
mod mass_run;
mod notices;
mod options;
mod outbox;
mod pkcs11_sign;
mod post;
mod report;
mod signatures;
mod sizes;
mod strangers;
mod structure_validate;
mod synthetic;

use std::process::ExitCode;

use harness::{Bench, Run};
use options::{Options, Request};

/// Every bench, in the order in which they run.
const BENCHES: &[Bench] = &[
    Bench {
        id: "structure-validate",
        about: "content checked against its structure, from bytes",
        run: structure_validate::run,
    },
    Bench {
        id: "display",
        about: "the display form of content, by its bytes",
        run: display::run,
    },
    Bench {
        id: "content-read",
        about: "content from bytes into typed fields",
        run: content_read::run,
    },
    Bench {
        id: "cda-write",
        about: "a document written from its model, Base64 included",
        run: cda::write,
    },
    Bench {
        id: "cda-read",
        about: "a document read into its model, Base64 included",
        run: cda::read,
    },
    Bench {
        id: "c14n-sha256",
        about: "a foreign document parsed, canonicalised and digested",
        run: signatures::c14n,
    },
    Bench {
        id: "prepare-sign",
        about: "from a checked document to the octets to be signed",
        run: signatures::prepare,
    },
    Bench {
        id: "sign",
        about: "signed with RSA-2048 and P-256, put in and verified again",
        run: signatures::sign,
    },
    Bench {
        id: "verify",
        about: "a received document, from its bytes to the verdict",
        run: signatures::verify,
    },
    Bench {
        id: "frame",
        about: "a document in its message, and an answer read",
        run: post::frame,
    },
    Bench {
        id: "post",
        about: "store requests over kept-alive mutual TLS, and connections resumed",
        run: post::post,
    },
    Bench {
        id: "pkcs11-sign",
        about: "documents signed in one session of an HSM, prepared meanwhile",
        run: pkcs11_sign::run,
    },
    Bench {
        id: "bundle-write",
        about: "disclosure notices to bytes, by pairs",
        run: notices::write,
    },
    Bench {
        id: "bundle-read",
        about: "disclosure notices from bytes, by pairs",
        run: notices::read,
    },
    Bench {
        id: "enqueue",
        about: "a signed document durable in the outbox, by one producer and by eight",
        run: outbox::enqueue,
    },
    Bench {
        id: "dequeue",
        about: "a document claimed and ended, among few and among a million",
        run: outbox::dequeue,
    },
    Bench {
        id: "mass-run",
        about: "documents written, signed and kept at the same time, against the slowest of the three alone",
        run: mass_run::run,
    },
    Bench {
        id: "mass-memory",
        about: "the memory of a mass run, from few documents to a million",
        run: mass_run::memory,
    },
    Bench {
        id: "workers",
        about: "three workers on PostgreSQL against one, when the archive takes 50 ms",
        run: outbox::workers,
    },
];

#[cfg(feature = "heap")]
#[global_allocator]
static HEAP: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(Request::Run(options)) => options,
        Ok(Request::List) => {
            for bench in BENCHES {
                println!("{:<24} {}", bench.id, bench.about);
            }
            return ExitCode::SUCCESS;
        }
        Err(message) => return usage(&message),
    };
    if let Some(id) = options
        .only
        .iter()
        .find(|id| !BENCHES.iter().any(|bench| bench.id == **id))
    {
        return usage(&format!("there is no bench `{id}`; --list shows all"));
    }
    if cfg!(debug_assertions) {
        eprintln!("NOTE: a build without --release; the figures say nothing");
    }
    for bench in BENCHES {
        if options.only.is_empty() || options.only.iter().any(|id| id == bench.id) {
            (bench.run)(&mut Run::new(bench, &options));
        }
    }
    ExitCode::SUCCESS
}

fn usage(message: &str) -> ExitCode {
    eprintln!("{message}\nusage: kanta-benches [--quick] [--json] [--only ID]... [--list]");
    ExitCode::from(2)
}
