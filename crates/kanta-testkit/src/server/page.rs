//! A page that shows what the test archive holds: identifiers, no personal data.

use std::convert::Infallible;
use std::sync::Arc;

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::connection::{Shared, lock};

const HEAD: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Kanta test archive</title><style>\
     body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3em .7em;\
     text-align:left}.annulled{color:#888;text-decoration:line-through}</style></head><body><h1>Kanta test archive</h1>";

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        let service = service_fn(move |_: Request<Incoming>| {
            let page = page(&shared);
            async move { Ok::<_, Infallible>(page) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn page(shared: &Shared) -> Response<Full<Bytes>> {
    let mut html = HEAD.to_owned();
    match lock(&shared.archive).documents() {
        Ok(documents) => {
            html.push_str(&format!(
                "<p>{} documents, in the order of arrival.</p><table><tr><th>document</th><th>first version</th>\
                 <th>version</th><th>kind</th><th>register keeper</th><th>bytes</th></tr>",
                documents.len()
            ));
            // Identifiers are digits and dots, kinds are words of the bundle: nothing here needs escaping.
            for document in documents {
                html.push_str(&format!(
                    "<tr{}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                    if document.annulled {
                        " class=\"annulled\""
                    } else {
                        ""
                    },
                    document.id,
                    document.set_id,
                    document.version,
                    document.kind,
                    document.register_keeper,
                    document.document.len(),
                ));
            }
            html.push_str("</table>");
        }
        Err(error) => html.push_str(&format!("<p>{error}</p>")),
    }
    html.push_str("</body></html>");
    let mut response = Response::new(Full::new(Bytes::from(html)));
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    );
    response
}
