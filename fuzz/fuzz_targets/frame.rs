//! Message frames: whatever is read as a request or an answer is read without a panic.

#![no_main]

use kanta_client::frame::{read_answer, read_request};
use kanta_xml::Limits;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let limits = Limits::default();
    let _ = read_answer(input, &limits);
    let _ = read_request(input, &limits);
});
