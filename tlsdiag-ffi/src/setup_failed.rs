//! A program says what it could not set up, and a callback of the recorder's hears it.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_void};
use std::ptr;

use tlsdiag_core::report::SetupRecord;
use tlsdiag_core::source::openssl::{Object, QueuedErrors, SetupObject, setup_failed};

use crate::boundary::{given, run, text};
use crate::recorder::tlsdiag_recorder;
use crate::setup::{SetupCallback, tlsdiag_setup, tlsdiag_setup_callback};
use crate::status::tlsdiag_status;

/// Calls `callback` with each setup that is said to have failed from now on; NULL takes the callback away. When this returns, the callback
/// that was there before runs nowhere any more, but where this was called from within it. tlsdiag_recorder_on_handshake() never sees them.
///
/// # Safety
/// `recorder` is NULL or has not been freed. `callback` may be called with `userdata` until another one takes its place or the recorder is
/// freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_on_setup(
    recorder: *mut tlsdiag_recorder,
    callback: tlsdiag_setup_callback,
    userdata: *mut c_void,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let recorder = unsafe { given(recorder, "recorder") }?;
        let callback = callback.map(|function| SetupCallback { function, userdata });
        recorder.listener.delivery.set_setup_callback(callback);
        Ok(())
    })
}

/// Says that a function of OpenSSL's has just failed on this thread that was to set up `ctx`, such as "SSL_CTX_use_PrivateKey_file", and
/// what it was given: the name of a file or folder, or NULL. The thread's error queue is read and left as it is, so call this before
/// anything empties it. The callback for setups runs before this returns. Say it of what counts: not of a file that need not be there, nor
/// of a passphrase while there is another one to be tried.
///
/// # Safety
/// `recorder` is NULL or has not been freed; `ctx` is NULL or an SSL_CTX that is alive, and no other thread changes it now; `function` is
/// NULL or a string, and so is `file`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_setup_failed(
    recorder: *mut tlsdiag_recorder,
    ctx: *mut c_void,
    function: *const c_char,
    file: *const c_char,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let failure = unsafe {
            let recorder = given(recorder, "recorder")?;
            let symbols = recorder.symbols_of(ctx, Object::Context)?;
            let function = text(function, "function")?;
            let file = if file.is_null() { None } else { Some(text(file, "file")?) };
            let nothing = QueuedErrors::default();
            let mut failure =
                setup_failed(symbols, function, &nothing, SetupObject::Context(ctx), ptr::null());
            failure.file = file.map(str::to_owned);
            failure
        };
        // SAFETY: as above.
        let recorder = unsafe { given(recorder, "recorder") }?;
        recorder.listener.delivery.deliver_setup(&tlsdiag_setup::of(SetupRecord::new(&failure)));
        Ok(())
    })
}
