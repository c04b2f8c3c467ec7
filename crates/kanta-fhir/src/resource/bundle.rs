//! What carries the notices there and the answer back.

use super::element::element;
use super::{Identifier, Resource, Signature};

const BUNDLE_TYPES: &[&str] = &[
    "document",
    "message",
    "transaction",
    "transaction-response",
    "batch",
    "batch-response",
    "history",
    "searchset",
    "collection",
];
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"];

element! {
    /// A bundle: the transaction that stores notices, or its answer.
    Bundle: Resource, "Bundle" {
        kind: 1..1 code "type" in BUNDLE_TYPES;
        entry: 0..* BundleEntry "entry";
        signature: 0..1 Signature "signature";
    }
    also {
        "identifier" 0..1 Identifier;
        "timestamp" 0..1 instant;
    }
    others ["total" "link"]
}

element! {
    /// One resource of a bundle with what is to be done, or was done, with it.
    BundleEntry: BackboneElement, "Bundle.entry" {
        full_url: 0..1 uri "fullUrl";
        resource: 0..1 Resource "resource";
        request: 0..1 BundleRequest "request";
        response: 0..1 BundleResponse "response";
    }
    others ["link" "search"]
}

element! {
    /// What is to be done.
    BundleRequest: BackboneElement, "Bundle.entry.request" {
        method: 1..1 code "method" in METHODS;
        url: 1..1 uri "url";
    }
    also {
        "ifNoneMatch" 0..1 string;
        "ifModifiedSince" 0..1 instant;
        "ifMatch" 0..1 string;
        "ifNoneExist" 0..1 string;
    }
    others []
}

element! {
    /// What was done.
    BundleResponse: BackboneElement, "Bundle.entry.response" {
        status: 1..1 string "status";
        location: 0..1 uri "location";
    }
    also {
        "etag" 0..1 string;
        "lastModified" 0..1 instant;
        "outcome" 0..1 Resource;
    }
    others []
}
