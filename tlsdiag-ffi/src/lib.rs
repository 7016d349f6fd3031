//! tlsdiag.h: records TLS handshakes inside the process that runs OpenSSL, and names the root cause of a failure.
//!
//!     tlsdiag_recorder *recorder;
//!     tlsdiag_recorder_new(NULL, &recorder);
//!     tlsdiag_recorder_attach_ctx(recorder, ctx);              an SSL_CTX *, or _attach_ssl for one SSL *
//!     tlsdiag_recorder_on_handshake(recorder, callback, NULL);
//!
//! and in the callback, which is called with each handshake that has finished:
//!
//!     const char *line;
//!     if (tlsdiag_handshake_one_line(handshake, &line) == TLSDIAG_OK)
//!         puts(line);
//!
//! Build with `cc program.c $(pkg-config --cflags --libs tlsdiag)`. This library does not link OpenSSL: it finds OpenSSL's functions in
//! the library that made the object (1.1.1, 3.x and 4.x, also several in one process). The handshake ends exactly as it would have
//! without a recorder; the application's own callbacks are called as before.
//!
//! The rules, which hold for every function:
//!
//! - A function that can fail returns a tlsdiag_status, and TLSDIAG_OK is 0. tlsdiag_last_error() has a sentence that says why it failed.
//! - Results go through the last parameters, and are written only if it succeeds.
//! - NULL in place of options means the defaults. NULL for anything else gives TLSDIAG_NULL_ARGUMENT, and nothing happens.
//! - What is made by a function with `_new`, `_open`, `_from_…`, `_clone` or `_next` is freed by the `_free` of its type. `_free(NULL)` does
//!   nothing.
//! - A `const char *` belongs to the handle that it came from and lives as long. A `char *` is yours: tlsdiag_string_free(). All text is
//!   UTF-8; in what came from outside, control characters, bidirectional controls, line separators and what nobody sees are escaped.
//! - A string that is absent is NULL, and the status is TLSDIAG_OK.
//! - A struct begins with its size, which the caller sets: the _INIT macros do. Programs built with an older header go on working.
//! - Every callback ends in `void *userdata`, handed back as it was given. It must return: no longjmp, no C++ exception.
//! - Functions may be called from any thread. Handshakes never change and may be shared by threads; a handle is freed once, when nobody uses
//!   it any more.
//! - After fork() a recorder works on in the child, with an empty queue and, in the background, with a thread of its own.
//! - Enumerations may gain values, and structs fields at their end. No number is ever reused.

// The names are those of the header, whose items are public to C alone. A body is border, conversion, one call: `boundary::run`
// stops panics and keeps the reason of a failure, pointers are checked by name, and the words are core's.
#![allow(non_camel_case_types, unreachable_pub)]
#![deny(unsafe_code)] // allowed again in the files that are the border

mod boundary;
mod c_string;
mod status;
mod version;

mod recorder;

mod attach;
mod borrowed;
mod delivery;
mod earlier;
mod fork;
mod openssl;
mod options;

mod handshake;

mod facts;
mod finding;
mod finished;
mod kinds;
mod list;
mod text;
mod view;

mod jsonl;
mod writer;

mod causes;
mod clients;
mod hello;
mod setup;
mod setup_failed;

mod before_tls;
