//! `libtlsdiag_preload.so`: put into a program by `LD_PRELOAD`, it records the handshakes that the program makes with its own
//! libssl, and hands them to a collector. Nobody recompiles anything.
//!
//! The dynamic linker finds our functions under OpenSSL's names first (`interpose`). Each of them works out which libssl its
//! caller means (`caller`, `libraries`), calls that one, and tells the recorder. What a program sets and asks for stays what it
//! would be without us; the handshake itself is never touched, only the objects that it is made with.
//!
//! This object is not linked with libssl. It reads its configuration once, when it is loaded (`config`), since servers wipe
//! their environment; it connects when the program first makes an `SSL_CTX` (`outbox`), which a server does before it
//! gives up root.

mod accept;
mod boundary;
mod caller;
mod collect;
mod config;
mod interpose;
mod libraries;
mod load;
mod loaded;
mod memory;
mod origins;
mod outbox;
mod process;
mod recorder;
mod setup;
mod spawn;
mod stderr;
mod unhooked;
mod wanted;
