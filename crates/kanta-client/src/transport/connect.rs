//! From an address to a connection: TCP, a proxy's tunnel, TLS.

use std::fmt;

use http::Uri;
use kanta_core::Reason;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::TransportError;
use super::tls::TlsClient;

/// The longest answer to `CONNECT` that is read.
const MAX_PROXY_ANSWER: usize = 16 * 1024;

/// The oldest version of TLS that is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MinimumTls {
    /// TLS 1.2.
    #[default]
    V1_2,
    /// TLS 1.3.
    V1_3,
}

/// An HTTP proxy that opens a tunnel with `CONNECT`; TLS goes through it from end to end.
///
/// `Debug` shows no credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    address: Uri,
    authorization: Option<String>,
}

impl Proxy {
    /// Makes a proxy, `http://host:port`.
    #[must_use]
    pub fn new(address: Uri) -> Self {
        Self {
            address,
            authorization: None,
        }
    }

    /// The same proxy with a name and a password for it (HTTP Basic).
    #[must_use]
    pub fn with_credentials(mut self, name: &str, password: &str) -> Self {
        let token = base64_simd::STANDARD.encode_to_string(format!("{name}:{password}"));
        self.authorization = Some(format!("Basic {token}"));
        self
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field(
                "address",
                &self.address.authority().map(http::uri::Authority::host),
            )
            .finish_non_exhaustive()
    }
}

/// A connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Opens a connection to `address`; encrypted when a client for TLS is given.
pub(super) async fn open(
    address: &Uri,
    proxy: Option<&Proxy>,
    tls: Option<&TlsClient>,
) -> Result<Box<dyn Stream>, TransportError> {
    let scheme = if tls.is_some() { "https" } else { "http" };
    if address.scheme_str() != Some(scheme) {
        return Err(TransportError::Address(Reason::new(
            format!("osoitteen alussa ei ole {scheme}://"),
            format!("the address does not begin with {scheme}://"),
        )));
    }
    let port = if tls.is_some() { 443 } else { 80 };
    let (host, port) = host_and_port(address, port)?;
    let tcp = match proxy {
        None => dial(&host, port).await?,
        Some(proxy) => tunnel(proxy, &host, port).await?,
    };
    let Some(tls) = tls else {
        return Ok(Box::new(tcp));
    };
    let name = ServerName::try_from(host).map_err(|_| {
        TransportError::Address(Reason::new(
            "sen palvelin ei ole nimi",
            "its host is not a name",
        ))
    })?;
    let handshake = TlsConnector::from(tls.config()).connect(name, tcp);
    let stream = if tls.may_block() {
        where_blocking_is_allowed(handshake).await
    } else {
        handshake.await
    };
    let stream =
        stream.map_err(|error| TransportError::of_handshake(&error, tls.was_asked_in_vain()))?;
    Ok(Box::new(stream))
}

/// Has a handshake done on a thread for blocking work: its signature is made by a card or an HSM, or waits for a person.
async fn where_blocking_is_allowed<T: Send + 'static>(
    handshake: impl Future<Output = std::io::Result<T>> + Send + 'static,
) -> std::io::Result<T> {
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || runtime.block_on(handshake))
        .await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

fn host_and_port(address: &Uri, default_port: u16) -> Result<(String, u16), TransportError> {
    let host = address
        .host()
        .map(|host| host.trim_matches(['[', ']']).to_owned())
        .ok_or_else(|| {
            TransportError::Address(Reason::new("siinä ei ole palvelinta", "it has no host"))
        })?;
    Ok((host, address.port_u16().unwrap_or(default_port)))
}

async fn dial(host: &str, port: u16) -> Result<TcpStream, TransportError> {
    let stream = TcpStream::connect((host, port))
        .await
        .map_err(|error| TransportError::Unreachable(Reason::quoted(error.to_string())))?;
    // A message is written whole: nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

async fn tunnel(proxy: &Proxy, host: &str, port: u16) -> Result<TcpStream, TransportError> {
    if proxy.address.scheme_str() != Some("http") {
        return Err(TransportError::Address(Reason::new(
            "välityspalvelimen osoitteen alussa ei ole http://",
            "the proxy's address does not begin with http://",
        )));
    }
    let (proxy_host, proxy_port) = host_and_port(&proxy.address, 3128)?;
    let mut stream = dial(&proxy_host, proxy_port)
        .await
        .map_err(|error| match error {
            TransportError::Unreachable(why) => TransportError::Proxy(why),
            other => other,
        })?;
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
    if let Some(authorization) = &proxy.authorization {
        request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
    }
    request.push_str("\r\n");
    let lost = |error: std::io::Error| TransportError::Proxy(Reason::quoted(error.to_string()));
    stream.write_all(request.as_bytes()).await.map_err(lost)?;
    let status = read_status(&mut stream).await?;
    if (200..300).contains(&status) {
        Ok(stream)
    } else {
        Err(TransportError::Proxy(Reason::new(
            format!("se vastaa {status}"),
            format!("it answers {status}"),
        )))
    }
}

/// Reads the head of the answer to `CONNECT`, byte by byte: what follows belongs to the tunnel.
async fn read_status(stream: &mut TcpStream) -> Result<u16, TransportError> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = stream
            .read_u8()
            .await
            .map_err(|error| TransportError::Proxy(Reason::quoted(error.to_string())))?;
        head.push(byte);
        if head.len() > MAX_PROXY_ANSWER {
            return Err(TransportError::Proxy(Reason::new(
                "sen vastaus on liian pitkä",
                "its answer is too long",
            )));
        }
    }
    head.split(|byte| *byte == b' ')
        .nth(1)
        .and_then(|status| std::str::from_utf8(status).ok()?.parse().ok())
        .ok_or_else(|| {
            TransportError::Proxy(Reason::new(
                "sen vastaus ei ole HTTP:tä",
                "its answer is not HTTP",
            ))
        })
}
