//! What a program sets up before any handshake, and what of it fails: told to the collector, which waits whether something makes up for it.
//!
//! Nothing here waits for a lock: what is being looked at by another thread is passed over. A process that makes no `SSL_CTX` has nothing
//! here, and a handshake finds one number that is 0.

mod under_way;

use std::ffi::{CStr, c_char, c_void};
use std::ptr;

use tlsdiag_core::event::setup::{SetupEvent, SetupFailure, SetupKind};
use tlsdiag_core::source::openssl::{
    Interposer, QueuedErrors, SetupObject, Symbols, on_context_freed, own_certificate, setup_failed,
};
use tlsdiag_transport::{Message, root};

use crate::libraries::{Real, known};
use crate::loaded::object_of;
use crate::{memory, outbox, process};
use under_way::{CONSTRUCTING, EVER_FAILED, EVER_MADE, FAILED, State, flags, lower, raise, with_state};

fn send(event: &SetupEvent) {
    send_about(process::id(), event);
}

/// Tells what happens to what was set up in that process: this one, or the one that it was forked from.
fn send_about(pid: u32, event: &SetupEvent) {
    outbox::send(&Message::Setup { pid, event: &event.to_bytes() });
}

/// Whether a connection that is made has to be told here.
#[inline(always)]
pub(crate) fn concerns_connections() -> bool {
    flags() & (CONSTRUCTING | FAILED) != 0
}

/// Whether what is read from files is for a context.
pub(crate) fn is_constructing() -> bool {
    flags() & CONSTRUCTING != 0
}

/// A context was made, which is being set up from now on.
pub(crate) fn context_made(context: *mut c_void) {
    on_context_freed(context_freed);
    let failed_in = with_state(|state| {
        // It may lie where another one did.
        if state.context == context as usize {
            state.context = 0;
        }
        state.begin(context as usize);
        state.failed_in
    });
    raise(CONSTRUCTING | EVER_MADE);
    if let Some(pid) = failed_in.filter(|pid| *pid != 0) {
        let (kind, context) = (SetupKind::Context, context as u64);
        send_about(pid, &SetupEvent::Succeeded { context, kind, file: None, beside: None });
    }
}

/// Whether a context was ever made.
pub(crate) fn was_constructing() -> bool {
    flags() & EVER_MADE != 0
}

/// What is needed so that something can be told before any context is made.
#[cold]
pub(crate) fn prepare(symbols: &'static Symbols) {
    let number = known().find(|real| real.symbols.is_some_and(|its| ptr::eq(its, symbols))).map(Real::number);
    if let Some(number) = number {
        memory::look();
        outbox::open(symbols, number);
        outbox::prepare();
    }
}

/// A connection was made from this context.
#[cold]
#[inline(never)]
pub(crate) fn connection_made(context: *mut c_void) {
    outbox::keep_open();
    let failed_in = with_state(|state| {
        // Contexts were made or set up since the last connection, and it is theirs.
        let goes_on = flags() & CONSTRUCTING != 0;
        // What is known of its files stays: curl makes a connection before it compares its key.
        lower(CONSTRUCTING);
        state.forget(context as usize).or(goes_on.then_some(state.failed_in))
    });
    if let Some(pid) = failed_in.flatten().filter(|pid| *pid != 0) {
        send_about(pid, &SetupEvent::Used { context: context as u64, by: process::id() });
    }
}

fn context_freed(context: *const c_void) {
    if !concerns_connections() {
        return;
    }
    let freed = with_state(|state| {
        if state.context == context as usize {
            state.context = 0;
            lower(CONSTRUCTING);
        }
        state.forget(context as usize)
    });
    // What a child gives back its parent may still have.
    if freed.flatten() == Some(process::id()) {
        send(&SetupEvent::Freed { context: context as u64 });
    }
}

/// The OpenSSL whose libcrypto this function lies in, if it is recorded.
pub(crate) fn library_of(function: usize) -> Option<&'static Symbols> {
    let base = object_of(function)?.base;
    let symbols = known().filter_map(|real| real.symbols);
    symbols
        .into_iter()
        .find(|symbols| object_of(symbols.libcrypto()).is_some_and(|object| object.base == base))
}

/// What a call was given, and what it is called for.
pub(crate) struct Call<'a> {
    pub(crate) function: &'static str,
    pub(crate) symbols: &'static Symbols,
    pub(crate) object: SetupObject,
    /// The context that it is for, where it names one.
    pub(crate) context: usize,
    /// A connection has been made from it.
    pub(crate) is_used: bool,
    pub(crate) file: Option<String>,
    pub(crate) value: Option<String>,
    /// The certificate that it was given.
    pub(crate) certificate: *const c_void,
    /// The BIO that it read from.
    pub(crate) bio: usize,
    /// Nothing had been read of the file of that BIO.
    pub(crate) is_first: bool,
    /// What it gave, where that is a pointer.
    pub(crate) made: usize,
    pub(crate) before: &'a QueuedErrors,
}

impl Call<'_> {
    fn kind(&self) -> SetupKind {
        SetupKind::of_function(self.function)
    }

    /// It has succeeded.
    ///
    /// # Safety
    /// As for [`setup_failed`].
    pub(crate) unsafe fn succeeded(self) {
        use SetupKind::{Certificate, CheckKey, File, Key, OpenPkcs12, ReadCertificate, ReadKey, ReadPkcs12};
        let kind = self.kind();
        let tells = flags() & EVER_FAILED != 0;
        if self.is_used && !tells {
            // In the midst of a handshake, as certificate callbacks do.
            return;
        }
        // SAFETY: passed on.
        unsafe { self.tell_file() };
        let told = with_state(|state| {
            if !self.is_used {
                state.begin(self.context);
            }
            match kind {
                Certificate => state.certificate_was_loaded = true,
                Key => state.key_was_loaded = true,
                File => state.origins.opened(self.made, self.file.as_ref()),
                ReadCertificate => {
                    state.read_from = self.bio;
                    if self.is_first {
                        state.origins.read(self.made, self.bio, self.file.as_ref());
                    }
                }
                _ => {}
            }
            let place = match kind {
                Certificate | ReadCertificate => &mut state.certificate_file,
                Key | ReadKey => &mut state.key_file,
                ReadPkcs12 => &mut state.pkcs12_file,
                OpenPkcs12 => {
                    state.certificate_file.clone_from(&state.pkcs12_file);
                    state.key_file.clone_from(&state.pkcs12_file);
                    &mut state.key_file
                }
                CheckKey => return (state.context, None, state.failed_in, state.certificate_file.clone()),
                _ => return (state.context, self.file, state.failed_in, None),
            };
            if self.file.is_some() {
                place.clone_from(&self.file);
            }
            let file = if tells { place.clone() } else { None };
            let beside = match kind {
                Certificate if tells => state.key_file.clone(),
                Key if tells => state.certificate_file.clone(),
                _ => None,
            };
            (state.context, file, state.failed_in, beside)
        });
        if let (true, Some((current, file, failed_in, beside))) = (tells, told) {
            let context = if self.context == 0 { current } else { self.context } as u64;
            send_about(failed_in, &SetupEvent::Succeeded { context, kind, file, beside });
        }
    }

    /// Where it has given the context its own certificate, and that came from a file, the collector is told which.
    ///
    /// # Safety
    /// As for [`setup_failed`].
    unsafe fn tell_file(&self) {
        if self.kind() != SetupKind::Certificate {
            return;
        }
        let read = || with_state(|state| state.origins.of(self.certificate as usize)).flatten();
        let file = self.file.clone().or_else(read).and_then(|file| std::path::absolute(file).ok());
        let Some((file, root)) = file.zip(root()) else { return };
        // SAFETY: passed on.
        let certificate = unsafe { own_certificate(self.symbols, self.object, self.certificate) };
        let (Some(certificate), file) = (certificate, file.to_string_lossy().into_owned()) else { return };
        if with_state(|state| state.origins.is_news(&file, &certificate)) == Some(true) {
            send(&SetupEvent::Loaded { file, root, certificate });
        }
    }

    /// It has failed.
    ///
    /// # Safety
    /// As for [`setup_failed`].
    #[cold]
    pub(crate) unsafe fn failed(self) {
        // SAFETY: passed on.
        let mut failure =
            unsafe { setup_failed(self.symbols, self.function, self.before, self.object, self.certificate) };
        if let SetupObject::Connection(ssl) = self.object {
            // SAFETY: as for `setup_failed`.
            if unsafe { Interposer::new(self.symbols).call_failed(ssl, &failure.errors) } {
                // It is not before any handshake, and the handshake's record has it.
                return;
            }
        }
        failure.file = self.file;
        failure.value = self.value;
        let context = with_state(|state| {
            if !self.is_used {
                state.begin(self.context);
            }
            // Where the context is another one nothing is known of its files.
            if self.context == 0 || self.context == state.context {
                if is_end_of_list(&failure, self.bio != 0 && state.read_from == self.bio) {
                    return None;
                }
                fill_in(&mut failure, state);
            }
            let context = if self.context == 0 { state.context } else { self.context };
            state.failed_in = process::id();
            if !self.is_used {
                state.has_failed(context);
            }
            Some((context, state.others))
        });
        let Some((context, beside_others)) = context.flatten() else { return };
        raise(EVER_FAILED);
        let context = context as u64;
        send(&SetupEvent::Failed { context, failure: Box::new(failure), beside_others });
        if self.is_used {
            send(&SetupEvent::Used { context, by: process::id() });
        }
    }
}

/// No context was made.
#[cold]
pub(crate) fn no_context(symbols: &'static Symbols, function: &'static str, before: &QueuedErrors) {
    // SAFETY: no object is named.
    let failure = unsafe { setup_failed(symbols, function, before, SetupObject::None, ptr::null()) };
    let told = with_state(|state| {
        state.failed_in = process::id();
        state.others
    });
    raise(EVER_FAILED);
    let (failure, beside_others) = (Box::new(failure), told.unwrap_or(true));
    send(&SetupEvent::Failed { context: 0, failure, beside_others });
}

/// Whether it is how a list of certificates ends: nothing more is there, and something was.
fn is_end_of_list(failure: &SetupFailure, is_same_bio: bool) -> bool {
    const PEM: i32 = 9;
    const NO_START_LINE: i32 = 108;
    let is_end =
        |error: &tlsdiag_core::event::LibraryError| (error.library, error.reason) == (PEM, NO_START_LINE);
    failure.kind == SetupKind::ReadCertificate && is_same_bio && failure.errors.last().is_some_and(is_end)
}

/// What is known of the files.
fn fill_in(failure: &mut SetupFailure, state: &State) {
    use SetupKind::{Certificate, Key, OpenPkcs12};
    failure.certificate_file.clone_from(&state.certificate_file);
    failure.key_file.clone_from(&state.key_file);
    failure.certificate_was_loaded = state.certificate_was_loaded;
    failure.key_was_loaded = state.key_was_loaded;
    let known = match failure.kind {
        Certificate => &state.certificate_file,
        Key => &state.key_file,
        OpenPkcs12 => &state.pkcs12_file,
        _ => &None,
    };
    if failure.file.is_none() {
        failure.file.clone_from(known);
    }
    match failure.kind {
        Certificate => failure.certificate_file.clone_from(&failure.file),
        Key => failure.key_file.clone_from(&failure.file),
        _ => {}
    }
}

/// # Safety
/// `text` is null or a C string.
pub(crate) unsafe fn string(text: usize) -> Option<String> {
    // SAFETY: as promised.
    unsafe {
        let text = text as *const c_char;
        (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
    }
}

/// The context of a connection.
pub(crate) fn context_of(real: &Real, ssl: *mut c_void) -> usize {
    // SAFETY: a live SSL of this library, as our caller's caller promises.
    real.f.SSL_get_SSL_CTX.map_or(ptr::null_mut(), |get| unsafe { get(ssl) }) as usize
}
