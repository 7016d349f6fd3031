//! Entry points for the `openssl` crate.

use std::ffi::c_void;
use std::sync::Arc;
use std::time::SystemTime;

use foreign_types::ForeignTypeRef;
use openssl::error::ErrorStack;
use openssl::ssl::{
    Ssl, SslAcceptorBuilder, SslConnectorBuilder, SslContext, SslContextBuilder, SslContextRef, SslRef,
};

use super::attach::{AttachOptions, Attachment, attach_ctx_raw, attach_ssl_raw};
use super::sys::library::Symbols;
use crate::event::LibraryError;
use crate::event::setup::SetupFailure;
use crate::{Error, HandshakeRecorder};

/// What a recorder can be attached to: a context that is being built, a finished one, or one
/// connection.
pub trait Attach: sealed::Target {}

impl<T: sealed::Target> Attach for T {}

mod sealed {
    use super::*;

    pub enum Raw {
        Context(*mut c_void),
        Connection(*mut c_void),
    }

    pub trait Target {
        fn raw(&self) -> Raw;
    }
}

macro_rules! targets {
    ($($kind:ident: $($target:ty)*;)*) => { $($(
        impl sealed::Target for $target {
            fn raw(&self) -> sealed::Raw {
                sealed::Raw::$kind(self.as_ptr().cast())
            }
        }
    )*)* };
}

targets! {
    Context: &mut SslContextBuilder &mut SslAcceptorBuilder &mut SslConnectorBuilder &SslContext &SslContextRef;
    Connection: &Ssl &mut Ssl &SslRef &mut SslRef;
}

/// Attaches a recorder to a context, whose connections it then records, or to one connection.
///
/// A finished [`SslContext`] should be attached to before threads share it, as with every setter of
/// OpenSSL.
///
/// # Errors
/// OpenSSL has no memory left, or the connection is not TLS over a stream.
///
/// ```
/// use std::sync::Arc;
/// use openssl::ssl::{SslContext, SslMethod};
/// use tlsdiag_core::{Collector, attach};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut builder = SslContext::builder(SslMethod::tls())?;
/// let collector = Arc::new(Collector::new());
/// let attachment = attach(&mut builder, Arc::clone(&collector))?;
/// let context = builder.build();
/// // … handshakes …
/// for recording in collector.take() {
///     println!("{} events", recording.len());
/// }
/// # drop((attachment, context));
/// # Ok(())
/// # }
/// ```
pub fn attach(target: impl Attach, recorder: impl HandshakeRecorder + 'static) -> Result<Attachment, Error> {
    attach_with(target, recorder, AttachOptions::new())
}

/// [`attach`] with options.
///
/// # Errors
/// As for [`attach`].
pub fn attach_with(
    target: impl Attach,
    recorder: impl HandshakeRecorder + 'static,
    options: AttachOptions,
) -> Result<Attachment, Error> {
    let (symbols, recorder) = (Symbols::linked()?, Arc::new(recorder));
    match target.raw() {
        // SAFETY: the `openssl` crate's reference proves a live SSL_CTX of the linked library. That
        // other threads do not use it meanwhile is asked for above; `SslContextBuilder` proves it.
        sealed::Raw::Context(context) => unsafe { attach_ctx_raw(symbols, context, recorder, options) },
        // SAFETY: as above; an Ssl moves between threads, and is not used by two of them while it
        // makes progress.
        sealed::Raw::Connection(ssl) => unsafe { attach_ssl_raw(symbols, ssl, recorder, options) },
    }
}

/// What is to be kept of a call that was to set a context up, such as `SSL_CTX_use_PrivateKey_file`, and that gave these errors.
/// [`SetupRecord::new`](crate::report::SetupRecord::new) says why it failed.
///
/// ```
/// use openssl::ssl::{SslContext, SslFiletype, SslMethod};
/// use tlsdiag_core::report::SetupRecord;
///
/// let mut context = SslContext::builder(SslMethod::tls_server())?;
/// let errors = context.set_private_key_file("/nowhere/server.key", SslFiletype::PEM).unwrap_err();
/// let file = Some("/nowhere/server.key");
/// let failure = tlsdiag_core::setup_failure("SSL_CTX_use_PrivateKey_file", file, &errors);
/// let record = SetupRecord::new(&failure);
/// assert_eq!(record.cause(), Some("config.file"));
/// assert!(record.one_line().ends_with("/nowhere/server.key is not there."));
/// # Ok::<(), openssl::error::ErrorStack>(())
/// ```
#[must_use]
pub fn setup_failure(function: &str, file: Option<&str>, errors: &ErrorStack) -> SetupFailure {
    let mut failure = SetupFailure::new(function, SystemTime::now());
    failure.library = openssl::version::version().to_owned();
    failure.file = file.map(str::to_owned);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let error = |error: &openssl::error::Error| LibraryError {
        library: error.library_code(),
        reason: error.reason_code(),
        library_name: text(error.library()),
        reason_text: text(error.reason()),
        function: error.function().map(|name| name.to_string()).unwrap_or_default(),
        data: text(error.data()),
    };
    failure.errors = errors.errors().iter().map(error).collect();
    failure
}
